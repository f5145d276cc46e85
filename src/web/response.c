#include "web/response.h"

#include <openssl/sha.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "web/gzip.h"
#include "web/hex.h"

/*
 * Referrer-Policy is same-origin, not no-referrer: with the latter browsers
 * send "Origin: null" with our own forms, and the same-origin rule for POST
 * would be left without its second leg where Sec-Fetch-Site is missing.
 */
static const char fixed_headers[] =
	"Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'\r\n"
	"X-Content-Type-Options: nosniff\r\n"
	"X-Frame-Options: DENY\r\n"
	"Referrer-Policy: same-origin\r\n"
	"Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n"
	"Cross-Origin-Opener-Policy: same-origin\r\n"
	"Cross-Origin-Resource-Policy: same-origin\r\n"
	"X-Robots-Tag: noindex, nofollow\r\n"
	"Cache-Control: no-store\r\n";

/* The phrase is RFC 9110's, for programs; the heading is for people, and stands above a sentence that says more. */
static const struct {
	int status;
	const char *phrase;
	const char *heading;
} phrases[] = {
	{ 200, "OK", NULL },
	{ 303, "See Other", NULL },
	{ 304, "Not Modified", NULL },
	{ 400, "Bad Request", "Not understood" },
	{ 401, "Unauthorized", "Not signed in" },
	{ 403, "Forbidden", "Not allowed" },
	{ 404, "Not Found", "Not found" },
	{ 405, "Method Not Allowed", "Not possible here" },
	{ 409, "Conflict", "Changed in the meantime" },
	{ 411, "Length Required", "Not understood" },
	{ 413, "Content Too Large", "Too long" },
	{ 414, "URI Too Long", "Too long" },
	{ 415, "Unsupported Media Type", "Not understood" },
	{ 421, "Misdirected Request", "Not a name of this site" },
	{ 422, "Unprocessable Content", "Not understood" },
	{ 429, "Too Many Requests", "Too soon" },
	{ 431, "Request Header Fields Too Large", "Too long" },
	{ 500, "Internal Server Error", "Something here is broken" },
	{ 503, "Service Unavailable", "Not possible now" },
};

const char *response_phrase(int status)
{
	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Unknown";
}

const char *response_heading(int status)
{
	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++)
		if (phrases[i].status == status && phrases[i].heading)
			return phrases[i].heading;
	return response_phrase(status);
}

void response_init(struct response *r)
{
	*r = (struct response){
		.status = 200,
		.content_type = "text/html; charset=utf-8",
		.body = BUF_INIT(RESPONSE_MAX_BYTES),
		.headers = BUF_INIT(RESPONSE_HEADERS_MAX - 2048),
	};
}

void response_done(struct response *r)
{
	buf_done(&r->body);
	buf_done(&r->headers);
}

void response_clear(struct response *r)
{
	buf_clear(&r->body);
	buf_clear(&r->headers);
	r->broken = r->is_finished = r->is_packed = false;
	r->etag[0] = '\0';
	r->status = 200;
	r->content_type = "text/html; charset=utf-8";
}

static bool is_printable_ascii(const char *s)
{
	for (; *s; s++)
		if (*s < ' ' || *s > '~')
			return false;
	return true;
}

void response_header(struct response *r, const char *name, const char *value)
{
	if (!*name || strpbrk(name, ": ") || !is_printable_ascii(name) || !is_printable_ascii(value)) {
		r->broken = true;
		return;
	}
	buf_printf(&r->headers, "%s: %s\r\n", name, value);
}

void response_redirect(struct response *r, const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-._~/?&=%+,:@!$'()*;";
	CLEANUP(buf_done) struct buf url = BUF_INIT(4096);

	if (path[0] != '/' || path[1] == '/' || path[1] == '\\') {
		r->broken = true;
		return;
	}
	for (const char *p = path; *p; p++) {
		if (strchr(plain, *p))
			buf_addc(&url, *p);
		else
			buf_printf(&url, "%%%02X", (unsigned char)*p);
	}
	if (url.overflow)
		r->broken = true;
	r->status = 303;
	response_header(r, "Location", buf_str(&url));
}

/* cookie-octet of RFC 6265: printable ASCII without space, quote, comma, semicolon, backslash. */
static bool is_cookie_text(const char *s)
{
	return is_printable_ascii(s) && !strpbrk(s, " \",;\\");
}

void response_cookie(struct response *r, const struct cookie *c)
{
	if (!*c->name || strchr(c->name, '=') || !is_cookie_text(c->name) || !is_cookie_text(c->value)) {
		r->broken = true;
		return;
	}
	buf_printf(&r->headers, "Set-Cookie: %s=%s; Path=/; HttpOnly; SameSite=Lax", c->name, c->value);
	if (c->max_age_s >= 0)
		buf_printf(&r->headers, "; Max-Age=%lld", (long long)c->max_age_s);
	if (c->secure)
		buf_adds(&r->headers, "; Secure");
	buf_adds(&r->headers, "\r\n");
}

/* "0", "0.", "0.000": not acceptable (RFC 9110, section 12.4.2). */
static bool is_zero_weight(const char *q, size_t n)
{
	return n > 0 && strspn(q, "0.") >= n;
}

/* Whether one list element of n bytes is gzip with a weight above 0. */
static bool is_gzip_element(const char *s, size_t n)
{
	const char *q;

	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	if (n < 4 || strncasecmp(s, "gzip", 4) != 0 || (n > 4 && !strchr("; \t", s[4])))
		return false;
	q = memmem(s, n, "q=", 2);
	return !q || !is_zero_weight(q + 2, n - (size_t)(q + 2 - s));
}

/* Whether the browser named it: "*" alone is not enough for us. */
bool response_takes_gzip(const struct request *request)
{
	for (const char *s = request->accept_encoding; s && *s;) {
		size_t n;

		s += strspn(s, ", \t");
		n = strcspn(s, ",");
		if (is_gzip_element(s, n))
			return true;
		s += n;
	}
	return false;
}

/* start, 96 bits of the text's hash, and what sets the compressed form apart. */
static void make_etag(const char *start, const char *text, size_t n, bool is_gzip, char out[RESPONSE_ETAG_SIZE])
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	char hex[2 * 12 + 1];

	SHA256((const unsigned char *)text, n, hash);
	hex_encode(hash, 12, hex);
	snprintf(out, RESPONSE_ETAG_SIZE, "%s%s%s", start, hex, is_gzip ? "-gz\"" : "\"");
}

static const char *opaque_tag(const char *etag)
{
	return etag[0] == 'W' && etag[1] == '/' ? etag + 2 : etag;
}

bool response_etag_matches(const struct request *request, const char *etag)
{
	const char *tag = opaque_tag(etag);
	size_t n = strlen(tag);

	for (const char *s = request->if_none_match; s && *s && n;) {
		s += strspn(s, ", \t");
		if (*s == '*')
			return true;
		s = opaque_tag(s);
		if (strncmp(s, tag, n) == 0 && (s[n] == '\0' || strchr(", \t", s[n])))
			return true;
		s += strcspn(s, ",");
	}
	return false;
}

/* RFC 9110, section 15.4.5: validators and Vary, no body. */
static void become_304(struct response *r)
{
	buf_clear(&r->body);
	r->status = 304;
	r->is_packed = false;
	r->is_finished = true;
}

bool response_seed(struct response *r, const struct request *request, const char *seed)
{
	if (!request_is_read(request))
		return false;
	make_etag("W/\"", seed, strlen(seed), response_takes_gzip(request), r->etag);
	if (r->broken || r->headers.overflow || !response_etag_matches(request, r->etag))
		return false;
	become_304(r);
	return true;
}

/* Turns an answer that cannot be sent into one that can. */
static void fail_plainly(struct response *r)
{
	response_clear(r);
	r->status = 500;
	r->content_type = "text/plain; charset=utf-8";
	buf_adds(&r->body, "This answer could not be built. The program's log has more.\n");
}

/* A strong validator over the plain body, unless the answer was given a seed. */
static void choose_etag(struct response *r, const struct request *request, bool is_gzip)
{
	if (r->status != 200 || !request_is_read(request))
		r->etag[0] = '\0';
	else if (*r->etag != 'W')
		make_etag("\"", buf_str(&r->body), r->body.len, is_gzip, r->etag);
}

/* Puts the packed form in the body's place; false when that would not be smaller. */
static bool pack(struct response *r)
{
	CLEANUP(buf_done) struct buf packed = BUF_INIT(RESPONSE_MAX_BYTES);

	if (!gzip_pack(&r->body, &packed))
		return false;
	buf_clear(&r->body);
	buf_add(&r->body, packed.data, packed.len);
	return true;
}

void response_finish(struct response *r, const struct request *request)
{
	bool is_gzip;

	if (r->is_finished)
		return;
	if (r->broken || r->body.overflow || r->headers.overflow)
		fail_plainly(r);
	r->is_finished = true;
	is_gzip = response_takes_gzip(request) && gzip_is_worth_it(&r->body);
	choose_etag(r, request, is_gzip);
	if (response_etag_matches(request, r->etag)) {
		become_304(r);
		return;
	}
	if (!is_gzip)
		return;
	r->is_packed = pack(r);
	if (!r->is_packed)
		choose_etag(r, request, false);
}

static void print_head(const struct response *r, struct buf *out)
{
	buf_printf(out, "Status: %d %s\r\n", r->status, response_phrase(r->status));
	buf_adds(out, fixed_headers);
	buf_adds(out, "Vary: Accept-Encoding, Cookie\r\n");
	buf_adds(out, buf_str(&r->headers));
	if (*r->etag)
		buf_printf(out, "ETag: %s\r\n", r->etag);
	if (r->is_packed)
		buf_adds(out, "Content-Encoding: gzip\r\n");
}

void response_print(struct response *r, const struct request *request, struct buf *out)
{
	response_finish(r, request);
	print_head(r, out);
	if (r->status == 304) {
		buf_adds(out, "\r\n");
		return;
	}
	buf_printf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n", r->content_type, r->body.len);
	if (!request_is(request, "HEAD"))
		buf_add(out, buf_str(&r->body), r->body.len);
}
