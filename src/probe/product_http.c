/* Many addresses asked at once, by one thread: libcurl's multi interface. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/httpurl.h"
#include "base/str.h"
#include "probe/curl_api.h"
#include "probe/products.h"

#define BODY_MAX    (64 * 1024)
#define CONNECT_MS  2000L
#define HOPS_MAX    2
#define POLL_MS     250
#define NO_NETWORK  "this exporter may not use the network; run 'hmc setup', then 'systemctl daemon-reload'"
#define MARGIN_US   (200 * 1000) /* so that libcurl's own limit ends a transfer, and its reason is told */

struct transfer {
	const struct curl_api *api;
	const struct product *product;
	struct product_health *to;
	CURL *easy;                 /* NULL: it has ended */
	const char *url;            /* where it is by now */
	int hops;
	int64_t hops_us;            /* what the answers before this one took */
	int64_t limit_us;           /* monotonic: when it must have ended */
	struct buf body;
	bool is_whole;              /* no more of the body is wanted, or none came */
	char error[CURL_ERROR_SIZE];
};

struct round {
	const struct curl_api *api;
	CURLM *multi;
	struct transfer *list;
	size_t n;
	size_t n_open;
	int64_t limit_us;
	struct arena *a;
};

static bool has_text(const struct transfer *t)
{
	const char *want = t->product->expect_text;

	return memmem(buf_str(&t->body), t->body.len, want, strlen(want)) != NULL;
}

/* Ends the transfer, by taking nothing, as soon as nothing more could be learnt. */
static size_t take_body(char *data, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = size * n, room = BODY_MAX - t->body.len;

	if (t->product->expect_text)
		buf_add(&t->body, data, len < room ? len : room);
	t->is_whole = !t->product->expect_text || len >= room || has_text(t);
	return t->is_whole ? 0 : len;
}

static void set_options(struct transfer *t)
{
	const struct curl_api *api = t->api;
	CURL *c = t->easy;

	api->setopt(c, CURLOPT_PRIVATE, t);
	api->setopt(c, CURLOPT_ERRORBUFFER, t->error);
	api->setopt(c, CURLOPT_NOSIGNAL, 1L); /* threads */
	api->setopt(c, CURLOPT_QUICK_EXIT, 1L); /* nobody waits for a name server that does not answer */
	api->setopt(c, CURLOPT_PROXY, "");
	api->setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	api->setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	api->setopt(c, CURLOPT_HTTP09_ALLOWED, 0L);
	api->setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	api->setopt(c, CURLOPT_CERTINFO, 1L);
	api->setopt(c, CURLOPT_USERAGENT, "hermes-mission-control/" MC_VERSION);
	api->setopt(c, CURLOPT_WRITEFUNCTION, take_body);
	api->setopt(c, CURLOPT_WRITEDATA, t);
}

/* Sends it to t->url for as long as it may still take. */
static void go(struct round *r, struct transfer *t)
{
	int64_t left_us = t->limit_us - clock_mono_us();

	buf_clear(&t->body);
	t->is_whole = false;
	t->error[0] = '\0';
	r->api->setopt(t->easy, CURLOPT_URL, t->url);
	r->api->setopt(t->easy, CURLOPT_TIMEOUT_MS, left_us > 1000 ? (long)(left_us / 1000) : 1L);
	r->api->multi_add(r->multi, t->easy);
}

int64_t product_certificate_time(const char *text)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%b %d %H:%M:%S %Y GMT", &tm);
	time_t t = end && *end == '\0' ? timegm(&tm) : 0;

	return t > 0 ? (int64_t)t : 0;
}

/* The first certificate of the chain is the server's own. */
static int64_t certificate_until(struct transfer *t)
{
	static const char name[] = "Expire date:";
	struct curl_certinfo *chain = NULL;

	if (t->api->getinfo(t->easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain || chain->num_of_certs < 1)
		return 0;
	for (struct curl_slist *line = chain->certinfo[0]; line; line = line->next)
		if (str_starts(line->data, name))
			return product_certificate_time(line->data + strlen(name));
	return 0;
}

/* The next address of a redirect that may be followed; NULL when this answer stands. */
static const char *next_hop(struct round *r, struct transfer *t, long status)
{
	char *url = NULL;
	struct httpurl from, to;
	const char *why;

	if (status < 300 || status > 399 || t->hops >= HOPS_MAX)
		return NULL;
	if (t->api->getinfo(t->easy, CURLINFO_REDIRECT_URL, &url) != CURLE_OK || !url)
		return NULL;
	if (!httpurl_parse(t->url, &from, &why) || !httpurl_parse(url, &to, &why) || !httpurl_stays(&from, &to))
		return NULL;
	return arena_strdup(r->a, url);
}

static const char *place(const struct transfer *t, struct arena *a)
{
	struct httpurl u;
	const char *why;

	if (!httpurl_parse(t->url, &u, &why))
		return "its address";
	return arena_printf(a, "%.*s:%lld", (int)u.host_len, u.host, (long long)u.port);
}

static void end_without(struct round *r, struct transfer *t, enum product_outcome outcome, const char *reason)
{
	t->to->outcome = outcome;
	t->to->probe.state = outcome == PRODUCT_SILENT || outcome == PRODUCT_UNREACHED ? PROBE_UNKNOWN : PROBE_INACTIVE;
	t->to->probe.reason = str_clean(r->a, reason, strlen(reason), 300);
}

static void no_connection(struct round *r, struct transfer *t, CURLcode code)
{
	long why = 0;

	t->api->getinfo(t->easy, CURLINFO_OS_ERRNO, &why);
	if (code == CURLE_COULDNT_CONNECT && why == ECONNREFUSED)
		end_without(r, t, PRODUCT_REFUSED, arena_printf(r->a, "nobody takes connections at %s", place(t, r->a)));
	else if (why == EPERM || why == EACCES)
		end_without(r, t, PRODUCT_UNREACHED, NO_NETWORK);
	else
		end_without(r, t, PRODUCT_UNREACHED, arena_printf(r->a, "it could not be asked: %s",
								  *t->error ? t->error : t->api->describe(code)));
}

static void no_answer_in_time(struct round *r, struct transfer *t)
{
	curl_off_t connected_us = 0;

	t->api->getinfo(t->easy, CURLINFO_CONNECT_TIME_T, &connected_us);
	end_without(r, t, PRODUCT_SILENT, connected_us > 0 ? arena_printf(r->a, "%s took the connection, but gave no answer in time", place(t, r->a))
							   : arena_printf(r->a, "no connection to %s in time", place(t, r->a)));
}

static void no_answer(struct round *r, struct transfer *t, CURLcode code)
{
	switch (code) {
	case CURLE_OPERATION_TIMEDOUT:
		no_answer_in_time(r, t);
		return;
	case CURLE_GOT_NOTHING:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL: /* an answer in HTTP/0.9, that is: any bytes at all */
	case CURLE_RECV_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		end_without(r, t, PRODUCT_NO_HTTP, arena_printf(r->a, "%s took the connection, but what came is no HTTP answer", place(t, r->a)));
		return;
	case CURLE_PEER_FAILED_VERIFICATION:
		end_without(r, t, PRODUCT_BAD_TLS, arena_printf(r->a, "its certificate is not accepted: %s",
								*t->error ? t->error : t->api->describe(code)));
		return;
	case CURLE_SSL_CONNECT_ERROR:
		end_without(r, t, PRODUCT_BAD_TLS, arena_printf(r->a, "no TLS connection came about: %s",
								*t->error ? t->error : t->api->describe(code)));
		return;
	default:
		no_connection(r, t, code);
	}
}

static void took_answer(struct transfer *t, CURLcode code, long status)
{
	curl_off_t took_us = 0;

	t->api->getinfo(t->easy, CURLINFO_STARTTRANSFER_TIME_T, &took_us);
	t->to->outcome = PRODUCT_ANSWERED;
	t->to->status = status;
	t->to->latency_us = t->hops_us + took_us > 0 ? t->hops_us + took_us : 1;
	t->to->certificate_until = certificate_until(t);
	if (!t->product->expect_text)
		return;
	if (has_text(t))
		t->to->text_found = TRI_YES;
	else if (code == CURLE_OK || t->is_whole)
		t->to->text_found = TRI_NO; /* else it may have been in what did not come */
}

/* An answer whose body ended badly after its head had come is an answer all the same. */
static void ended(struct round *r, struct transfer *t, CURLcode code)
{
	const char *next;
	long status = 0;

	t->api->getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	r->api->multi_remove(r->multi, t->easy);
	next = status ? next_hop(r, t, status) : NULL;
	if (next) {
		curl_off_t took_us = 0;

		t->api->getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &took_us);
		t->hops_us += took_us;
		t->hops++;
		t->url = next;
		go(r, t);
		return;
	}
	/* 1xx alone is no answer yet. */
	if (status >= 200 && (code == CURLE_OK || *buf_str(&t->body) || t->is_whole || code == CURLE_OPERATION_TIMEDOUT || code == CURLE_PARTIAL_FILE))
		took_answer(t, code, status);
	else
		no_answer(r, t, code == CURLE_OK ? CURLE_WEIRD_SERVER_REPLY : code);
	r->api->cleanup(t->easy);
	t->easy = NULL;
	r->n_open--;
}

static void take_ended(struct round *r)
{
	CURLMsg *m;
	int left;

	while ((m = r->api->multi_info(r->multi, &left))) {
		CURLcode code = m->data.result; /* before the handle, and the message with it, is taken out */
		char *t = NULL;

		if (m->msg == CURLMSG_DONE && r->api->getinfo(m->easy_handle, CURLINFO_PRIVATE, &t) == CURLE_OK)
			ended(r, (struct transfer *)(void *)t, code);
	}
}

static void start(struct round *r, struct transfer *t, const struct product_question *q)
{
	*t = (struct transfer){ .api = r->api, .product = q->product, .to = q->to, .url = q->product->url,
				.limit_us = r->limit_us - MARGIN_US, .body = BUF_INIT(BODY_MAX), .easy = r->api->init() };
	if (!t->easy) {
		end_without(r, t, PRODUCT_UNREACHED, "there is no memory left to ask with");
		return;
	}
	set_options(t);
	r->n_open++;
	go(r, t);
}

static void run(struct round *r)
{
	int running;

	while (r->n_open > 0 && clock_mono_us() < r->limit_us) {
		if (r->api->multi_perform(r->multi, &running) != CURLM_OK)
			return;
		take_ended(r);
		if (r->n_open > 0)
			r->api->multi_poll(r->multi, NULL, 0, POLL_MS, NULL);
	}
}

/* What is still open by now: libcurl did not end it by itself. */
static void give_up(struct round *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct transfer *t = &r->list[i];

		if (t->easy) {
			r->api->multi_remove(r->multi, t->easy);
			no_answer_in_time(r, t);
			r->api->cleanup(t->easy);
		}
		buf_done(&t->body);
	}
	r->api->multi_cleanup(r->multi);
}

/*
 * NULL, or why nobody can be asked. As shipped, the exporter's unit allows no
 * sockets of IP, which libcurl tells as if nobody were there.
 */
static const char *find_obstacle(const struct curl_api *api)
{
	CLEANUP_FD int four = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CLEANUP_FD int six = four < 0 ? socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;

	if (four < 0 && six < 0 && (errno == EAFNOSUPPORT || errno == EPERM || errno == EACCES))
		return NO_NETWORK;
	return api ? NULL : CURL_MISSING;
}

void product_http_ask(const struct product_question *list, size_t n, int64_t limit_us, struct arena *a)
{
	struct round r = { .api = n ? curl_api() : NULL, .n = n, .limit_us = clock_mono_us() + limit_us, .a = a };
	const char *obstacle = n ? find_obstacle(r.api) : NULL;

	r.list = arena_calloc(a, n ? n : 1, sizeof(*r.list));
	r.multi = n && !obstacle ? r.api->multi_init() : NULL;
	for (size_t i = 0; i < n; i++) {
		if (r.multi)
			start(&r, &r.list[i], &list[i]);
		else
			end_without(&r, &(struct transfer){ .to = list[i].to }, PRODUCT_UNREACHED, obstacle ? obstacle : "there is no memory left to ask with");
	}
	if (!r.multi)
		return;
	run(&r);
	give_up(&r);
}
