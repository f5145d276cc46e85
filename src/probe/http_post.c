#include "probe/http_post.h"

#include "base/buf.h"
#include "probe/curl_api.h"

struct reply {
	struct buf text;
	bool is_cut;
};

static size_t take(char *data, size_t size, size_t n, void *ctx)
{
	struct reply *r = ctx;

	buf_add(&r->text, data, size * n);
	r->is_cut = r->is_cut || r->text.overflow;
	return r->is_cut ? 0 : size * n; /* 0 ends the transfer */
}

static void set_options(const struct curl_api *api, CURL *c, const struct http_post *p, struct curl_slist *headers, struct reply *r)
{
	api->setopt(c, CURLOPT_URL, p->url);
	api->setopt(c, CURLOPT_NOSIGNAL, 1L);
	api->setopt(c, CURLOPT_PROXY, "");
	api->setopt(c, CURLOPT_PROTOCOLS_STR, "https");
	api->setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	api->setopt(c, CURLOPT_CONNECTTIMEOUT_MS, HTTP_POST_CONNECT_MS);
	api->setopt(c, CURLOPT_TIMEOUT_MS, HTTP_POST_TOTAL_MS);
	api->setopt(c, CURLOPT_USERAGENT, "hermes-mission-control/" MC_VERSION);
	api->setopt(c, CURLOPT_HTTP09_ALLOWED, 0L);
	/* One request a connection: libcurl repeats by itself what a reused one has lost, and nothing is to be sent twice. */
	api->setopt(c, CURLOPT_FRESH_CONNECT, 1L);
	api->setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	api->setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	api->setopt(c, CURLOPT_POST, 1L);
	api->setopt(c, CURLOPT_POSTFIELDS, p->body);
	api->setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)p->n);
	api->setopt(c, CURLOPT_HTTPHEADER, headers);
	api->setopt(c, CURLOPT_WRITEFUNCTION, take);
	api->setopt(c, CURLOPT_WRITEDATA, r);
	if (p->ca_file)
		api->setopt(c, CURLOPT_CAINFO, p->ca_file);
}

/* In words of our own: libcurl's details may hold what stands in the URL. */
static const char *reason_of(const struct curl_api *api, CURLcode code, bool is_cut)
{
	if (is_cut)
		return "its answer is longer than 64 KiB and was cut off";
	switch (code) {
	case CURLE_OK:
		return NULL;
	case CURLE_COULDNT_RESOLVE_HOST:
		return "its name cannot be looked up; is there a network, and a DNS server?";
	case CURLE_COULDNT_CONNECT:
		return "nobody takes connections there";
	case CURLE_OPERATION_TIMEDOUT:
		return "it gave no answer in time";
	case CURLE_PEER_FAILED_VERIFICATION:
		return "its TLS certificate is not one that is trusted here";
	case CURLE_SSL_CACERT_BADFILE:
		return "the file with the certificates to trust cannot be read";
	case CURLE_SSL_CONNECT_ERROR:
		return "no TLS connection comes about";
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
		return "it ended the connection without an answer";
	default:
		return api->describe(code);
	}
}

static struct http_reply reply_of(const struct curl_api *api, CURL *c, CURLcode code, const struct http_post *p, const struct reply *got,
				  struct arena *a)
{
	struct http_reply r = { .data = "", .reason = reason_of(api, code, got->is_cut) };
	curl_off_t up = 0;

	api->getinfo(c, CURLINFO_RESPONSE_CODE, &r.status);
	api->getinfo(c, CURLINFO_SIZE_UPLOAD_T, &up);
	r.has_status = r.status >= 200;
	r.is_out = !r.has_status && p->n > 0 && up >= (curl_off_t)p->n;
	r.len = got->text.len;
	if (r.len)
		r.data = arena_strndup(a, buf_str(&got->text), r.len);
	return r;
}

struct http_reply http_post(const struct http_post *p, struct arena *a)
{
	struct http_reply r = { .data = "", .reason = CURL_MISSING };
	struct reply got = { .text = BUF_INIT(HTTP_REPLY_MAX) };
	const struct curl_api *api = curl_api();
	CURL *c = api ? api->init() : NULL;
	struct curl_slist *headers;

	if (!c)
		return r;
	headers = api->list_add(NULL, arena_printf(a, "Content-Type: %s", p->type));
	headers = api->list_add(headers, "Expect:"); /* no waiting for a 100 */
	set_options(api, c, p, headers, &got);
	r = reply_of(api, c, api->perform(c), p, &got, a);
	api->cleanup(c);
	api->list_free(headers);
	buf_done(&got.text);
	return r;
}
