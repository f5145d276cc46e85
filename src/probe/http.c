#include "probe/http.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"

#define LIMIT_US   (1500 * 1000)
#define CONNECT_MS 500L

/*
 * libcurl brings some thirty libraries, which cost each start of hmc 4 ms,
 * and most runs ask nobody anything: so it is loaded when first wanted.
 */
static struct {
	void *library;
	CURL *(*init)(void);
	CURLcode (*setopt)(CURL *, CURLoption, ...);
	CURLcode (*perform)(CURL *);
	CURLcode (*getinfo)(CURL *, CURLINFO, ...);
	void (*cleanup)(CURL *);
	const char *(*describe)(CURLcode);
} curl;

static void *symbol(const char *name)
{
	void *s = dlsym(curl.library, name);

	if (!s && curl.library) {
		dlclose(curl.library);
		curl.library = NULL;
	}
	return s;
}

/* A function pointer out of dlsym, in the one way that ISO C leaves. */
#define LOAD(member, name)                                   \
	do {                                                 \
		void *s_ = symbol(name);                     \
		memcpy(&curl.member, &s_, sizeof(s_));       \
	} while (0)

static void load_curl(void)
{
	CURLcode (*global_init)(long) = NULL;
	void *s;

	curl.library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
	if (!curl.library)
		return;
	LOAD(init, "curl_easy_init");
	LOAD(setopt, "curl_easy_setopt");
	LOAD(perform, "curl_easy_perform");
	LOAD(getinfo, "curl_easy_getinfo");
	LOAD(cleanup, "curl_easy_cleanup");
	LOAD(describe, "curl_easy_strerror");
	s = symbol("curl_global_init");
	memcpy(&global_init, &s, sizeof(s));
	/* Once, before any thread has a handle: it is not safe beside another. */
	if (curl.library && global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		curl.library = NULL;
}

static bool have_curl(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load_curl);
	return curl.library != NULL;
}

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

static void set_options(CURL *c, const char *url, int64_t limit_us, struct body *body)
{
	curl.setopt(c, CURLOPT_URL, url);
	curl.setopt(c, CURLOPT_NOSIGNAL, 1L); /* threads */
	curl.setopt(c, CURLOPT_PROXY, "");
	curl.setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl.setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl.setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl.setopt(c, CURLOPT_TIMEOUT_MS, (long)(limit_us / 1000));
	curl.setopt(c, CURLOPT_USERAGENT, "hermes-mission-control/" MC_VERSION);
	curl.setopt(c, CURLOPT_WRITEFUNCTION, drop_body);
	curl.setopt(c, CURLOPT_WRITEDATA, body);
	curl.setopt(c, CURLOPT_HTTP09_ALLOWED, 0L);
}

/* A transfer that ended badly after its status had come is an answer all the same. */
static struct http_response result_of(CURL *c, CURLcode code, const char *url, struct arena *a)
{
	struct http_response r = { .result = HTTP_FAILED };
	curl_off_t took = 0;

	curl.getinfo(c, CURLINFO_RESPONSE_CODE, &r.status);
	curl.getinfo(c, CURLINFO_STARTTRANSFER_TIME_T, &took);
	r.took_us = took;
	if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && r.status > 0))
		r.result = HTTP_ANSWERED;
	else if (code == CURLE_COULDNT_CONNECT)
		r.result = HTTP_REFUSED;
	if (r.result == HTTP_REFUSED)
		r.reason = arena_printf(a, "nobody takes connections at %s", url);
	else if (r.result == HTTP_FAILED)
		r.reason = arena_printf(a, "%s gave no answer: %s", url, curl.describe(code));
	return r;
}

struct http_response http_get(const char *url, int64_t limit_us, struct arena *a)
{
	struct http_response r = { .result = HTTP_FAILED, .reason = "libcurl cannot be loaded; install libcurl4" };
	struct body body = { 0 };
	CURL *c = have_curl() ? curl.init() : NULL;

	if (!c)
		return r;
	set_options(c, url, limit_us, &body);
	r = result_of(c, curl.perform(c), url, a);
	curl.cleanup(c);
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
