#include "web/response.h"

#include <openssl/sha.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "web/gzip.h"

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

static const struct {
	int status;
	const char *phrase;
} phrases[] = {
	{ 200, "OK" }, { 303, "See Other" }, { 304, "Not Modified" },
	{ 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" },
	{ 405, "Method Not Allowed" }, { 409, "Conflict" }, { 411, "Length Required" },
	{ 413, "Content Too Large" }, { 414, "URI Too Long" }, { 415, "Unsupported Media Type" },
	{ 421, "Misdirected Request" }, { 422, "Unprocessable Content" }, { 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" }, { 500, "Internal Server Error" },
	{ 503, "Service Unavailable" },
};

const char *response_phrase(int status)
{
	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Unknown";
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
	r->broken = false;
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

/* Whether the browser named gzip; "*" alone is not enough for us. */
static bool takes_gzip(const char *accept)
{
	for (const char *s = accept; s && *s;) {
		size_t n;

		s += strspn(s, ", \t");
		n = strcspn(s, ",");
		if (is_gzip_element(s, n))
			return true;
		s += n;
	}
	return false;
}

#define ETAG_SIZE 40

/* A strong validator over the plain body; the compressed form has one of its own. */
static void make_etag(const struct buf *body, bool is_gzip, char out[ETAG_SIZE])
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	static const char hex[] = "0123456789abcdef";
	size_t o = 0;

	SHA256((const unsigned char *)buf_str(body), body->len, hash);
	out[o++] = '"';
	for (size_t i = 0; i < 12; i++) {
		out[o++] = hex[hash[i] >> 4];
		out[o++] = hex[hash[i] & 15];
	}
	for (const char *s = is_gzip ? "-gz\"" : "\""; *s; s++)
		out[o++] = *s;
	out[o] = '\0';
}

/* If-None-Match compares weakly (RFC 9110, section 13.1.2). */
static bool etag_matches(const char *header, const char *etag)
{
	size_t n = strlen(etag);

	for (const char *s = header; s && *s;) {
		s += strspn(s, ", \t");
		if (*s == '*')
			return true;
		if (s[0] == 'W' && s[1] == '/')
			s += 2;
		if (strncmp(s, etag, n) == 0 && (s[n] == '\0' || strchr(", \t", s[n])))
			return true;
		s += strcspn(s, ",");
	}
	return false;
}

/* Turns an answer that cannot be sent into one that can. */
static void fail_plainly(struct response *r)
{
	response_clear(r);
	r->status = 500;
	r->content_type = "text/plain; charset=utf-8";
	buf_adds(&r->body, "This answer could not be built. The program's log has more.\n");
}

static void print_head(const struct response *r, const char *etag, bool is_gzip, struct buf *out)
{
	buf_printf(out, "Status: %d %s\r\n", r->status, response_phrase(r->status));
	buf_adds(out, fixed_headers);
	buf_adds(out, "Vary: Accept-Encoding, Cookie\r\n");
	buf_adds(out, buf_str(&r->headers));
	if (*etag)
		buf_printf(out, "ETag: %s\r\n", etag);
	if (is_gzip)
		buf_adds(out, "Content-Encoding: gzip\r\n");
}

void response_print(struct response *r, const struct request *request, struct buf *out)
{
	CLEANUP(buf_done) struct buf packed = BUF_INIT(RESPONSE_MAX_BYTES);
	const struct buf *body = &r->body;
	char etag[ETAG_SIZE] = "";
	bool is_gzip, has_etag;

	if (r->broken || r->body.overflow || r->headers.overflow)
		fail_plainly(r);
	has_etag = r->status == 200 && request_is_read(request);
	is_gzip = takes_gzip(request->accept_encoding) && gzip_is_worth_it(body);
	if (has_etag)
		make_etag(&r->body, is_gzip, etag);
	if (has_etag && etag_matches(request->if_none_match, etag)) {
		r->status = 304; /* RFC 9110, section 15.4.5: validators and Vary, no body */
		print_head(r, etag, false, out);
		buf_adds(out, "\r\n");
		return;
	}
	if (is_gzip) {
		is_gzip = gzip_pack(&r->body, &packed);
		if (is_gzip)
			body = &packed;
		else if (has_etag)
			make_etag(&r->body, false, etag);
	}
	print_head(r, etag, is_gzip, out);
	buf_printf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n", r->content_type, body->len);
	if (!request_is(request, "HEAD"))
		buf_add(out, buf_str(body), body->len);
}
