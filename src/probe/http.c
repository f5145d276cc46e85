#include "probe/http.h"

#include "base/clock.h"
#include "probe/curl_api.h"

#define LIMIT_US   (1500 * 1000)
#define CONNECT_MS 500L

struct body {
	size_t taken;
};

static size_t drop_body(char *data, size_t size, size_t n, void *ctx)
{
	struct body *body = ctx;

	(void)data;
	body->taken += size * n;
	return body->taken > HTTP_BODY_MAX ? 0 : size * n; /* 0 ends the transfer */
}

static void set_options(const struct curl_api *api, CURL *c, const char *url, int64_t limit_us, struct body *body)
{
	api->setopt(c, CURLOPT_URL, url);
	api->setopt(c, CURLOPT_NOSIGNAL, 1L); /* threads */
	api->setopt(c, CURLOPT_PROXY, "");
	api->setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	api->setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	api->setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	api->setopt(c, CURLOPT_TIMEOUT_MS, (long)(limit_us / 1000));
	api->setopt(c, CURLOPT_USERAGENT, "hermes-mission-control/" MC_VERSION);
	api->setopt(c, CURLOPT_WRITEFUNCTION, drop_body);
	api->setopt(c, CURLOPT_WRITEDATA, body);
	api->setopt(c, CURLOPT_HTTP09_ALLOWED, 0L);
}

/* A transfer that ended badly after its status had come is an answer all the same. */
static struct http_response result_of(const struct curl_api *api, CURL *c, CURLcode code, const char *url, struct arena *a)
{
	struct http_response r = { .result = HTTP_FAILED };
	curl_off_t took = 0;

	api->getinfo(c, CURLINFO_RESPONSE_CODE, &r.status);
	api->getinfo(c, CURLINFO_STARTTRANSFER_TIME_T, &took);
	r.took_us = took;
	if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && r.status > 0))
		r.result = HTTP_ANSWERED;
	else if (code == CURLE_COULDNT_CONNECT)
		r.result = HTTP_REFUSED;
	if (r.result == HTTP_REFUSED)
		r.reason = arena_printf(a, "nobody takes connections at %s", url);
	else if (r.result == HTTP_FAILED)
		r.reason = arena_printf(a, "%s gave no answer: %s", url, api->describe(code));
	return r;
}

struct http_response http_get(const char *url, int64_t limit_us, struct arena *a)
{
	struct http_response r = { .result = HTTP_FAILED, .reason = CURL_MISSING };
	struct body body = { 0 };
	const struct curl_api *api = curl_api();
	CURL *c = api ? api->init() : NULL;

	if (!c)
		return r;
	set_options(api, c, url, limit_us, &body);
	r = result_of(api, c, api->perform(c), url, a);
	api->cleanup(c);
	return r;
}

void probe_http_answer(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct instance *instance = in;
	struct http_answer *answer = out;
	int64_t left = deadline_us > 0 ? deadline_us - clock_mono_us() - 100000 : LIMIT_US;
	struct http_response r;

	answer->port = instance->dashboard_port ? instance->dashboard_port : COUNT_UNKNOWN;
	answer->status = COUNT_UNKNOWN;
	answer->probe.source = "the configuration";
	if (!instance->dashboard_port) {
		answer->probe.state = PROBE_INACTIVE;
		answer->probe.reason = "no dashboard port is configured";
		return;
	}
	answer->probe.source = arena_printf(a, "http://127.0.0.1:%lld/", (long long)instance->dashboard_port);
	r = http_get(answer->probe.source, left < LIMIT_US ? left : LIMIT_US, a);
	answer->probe.reason = r.reason;
	answer->probe.state = r.result == HTTP_ANSWERED ? PROBE_OK
			      : r.result == HTTP_REFUSED ? PROBE_INACTIVE
							 : PROBE_UNKNOWN;
	if (r.result == HTTP_ANSWERED) {
		answer->status = r.status;
		answer->took_us = r.took_us;
	}
}
