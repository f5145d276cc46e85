#include "test.h"

#include "base/str.h"
#include "product_facts.h"
#include "view/judge.h"

static struct arena *a;
static struct host_snapshot host;

static int setup(void **state)
{
	(void)state;
	a = arena_new(16 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static struct product_health *h(size_t i)
{
	return &host.report.products.list[i];
}

static void down(size_t i, enum product_outcome outcome, int64_t status, const char *reason)
{
	h(i)->probe.state = PROBE_INACTIVE;
	h(i)->probe.reason = reason;
	h(i)->outcome = outcome;
	h(i)->status = status;
}

static void unasked(size_t i, const char *reason)
{
	h(i)->probe.state = PROBE_UNKNOWN;
	h(i)->probe.reason = reason;
	h(i)->outcome = PRODUCT_UNREACHED;
	h(i)->status = COUNT_UNKNOWN;
}

static void as_it_is(void) {}
static void error_503(void) { down(WEB, PRODUCT_ANSWERED, 503, "it answers 503, expected is 200 to 399"); h(WEB)->text_found = TRI_UNKNOWN; }
static void other_text(void) { down(WEB, PRODUCT_ANSWERED, 200, "it answers 200, but without the expected text"); h(WEB)->text_found = TRI_NO; }
static void refused(void) { down(WEB, PRODUCT_REFUSED, COUNT_UNKNOWN, "nobody takes connections at 127.0.0.1:3049"); }
static void garbage(void) { down(WEB, PRODUCT_NO_HTTP, COUNT_UNKNOWN, "what came is no HTTP answer"); }
static void bad_tls(void) { down(SHOP, PRODUCT_BAD_TLS, COUNT_UNKNOWN, "its certificate is not accepted: certificate has expired"); }
static void silent(void) { unasked(WEB, "127.0.0.1:3049 took the connection, but gave no answer in time"); }
static void slow(void) { h(WEB)->latency_us = 2000000; }
static void not_slow(void) { h(WEB)->latency_us = 1999999; }
static void ends_soon(void) { h(SHOP)->certificate_until = NOW + 14 * DAYS - 1; h(SHOP)->latency_us = 2500000; }
static void ends_later(void) { h(SHOP)->certificate_until = NOW + 14 * DAYS; }
static void unit_failed(void) { down(WORKER, PRODUCT_NOT_ASKED, COUNT_UNKNOWN, "worker.service is failed"); h(WORKER)->unit.active_state = "failed"; }
static void unit_stopped(void) { down(WORKER, PRODUCT_NOT_ASKED, COUNT_UNKNOWN, "stopped"); h(WORKER)->unit.active_state = "inactive"; h(WORKER)->unit.probe.state = PROBE_INACTIVE; }
static void unit_missing(void) { unit_stopped(); h(WORKER)->unit.load_state = "not-found"; }
static void unit_starts(void) { h(WORKER)->unit.active_state = "activating"; }
static void not_read_yet(void) { h(WEB)->id = "another"; }
static void all_late(void) { host.report.products = (struct product_healths){ .probe = { .reason = "timed out after 5 s", .taken_at = NOW } }; }
static void no_network(void) { unasked(WEB, "this exporter may not use the network"); unasked(SHOP, "this exporter may not use the network"); }
static void four_down(void)
{
	error_503();
	unit_failed();
	bad_tls();
	((struct product *)host.products.list)[LATER].url = "http://x/";
}
static void stale(void) { refused(); fact_unread(&host.probe, "the last report is 9 min old"); host.report.generated_at = NOW - 540; }
static void clock_back(void) { h(SHOP)->certificate_until = NOW - DAYS; }

static void each_is_judged_by_what_is_asked_of_it(void **state)
{
	static const struct {
		const char *name;
		void (*spoil)(void);
		const char *id;
		enum status status;
		const char *word, *detail; /* NULL = any */
		const char *title;         /* a piece of it; NULL = must have none */
		const char *cause;
	} rows[] = {
		{ "well", as_it_is, "product.web", STATUS_OK, "answers", "200 in 31 ms", NULL, NULL },
		{ "well", as_it_is, "product.worker", STATUS_OK, "active", "worker.service", NULL, NULL },
		{ "well", as_it_is, "product.shop", STATUS_OK, "answers", NULL, NULL, NULL },
		{ "well", as_it_is, "product.later", STATUS_OFF, "planned", NULL, NULL, NULL },
		{ "well", as_it_is, "products", STATUS_OK, "3 of 3 well", NULL, NULL, NULL },
		{ "503", error_503, "product.web", STATUS_CRITICAL, "status 503", NULL, "Web answers with status 503", NULL },
		{ "503", error_503, "products", STATUS_CRITICAL, "2 of 3 well", "Web", NULL, "product.web" },
		{ "text", other_text, "product.web", STATUS_CRITICAL, "wrong text", NULL, "not what is expected", NULL },
		{ "refused", refused, "product.web", STATUS_CRITICAL, "refused", NULL, "Web takes no connections", NULL },
		{ "garbage", garbage, "product.web", STATUS_CRITICAL, "no answer", NULL, "no answer that is one", NULL },
		{ "tls", bad_tls, "product.shop", STATUS_CRITICAL, "no safe connection", NULL, "cannot be reached safely", NULL },
		{ "silent", silent, "product.web", STATUS_UNKNOWN, "unknown", NULL, "Web could not be checked", NULL },
		{ "slow", slow, "product.web", STATUS_WARN, "slow", "200 in 2 s", "Web is slow", NULL },
		{ "not slow", not_slow, "product.web", STATUS_OK, "answers", NULL, NULL, NULL },
		{ "ends soon", ends_soon, "product.shop", STATUS_WARN, "certificate ends", "in 13 d", "certificate of Shop ends soon", NULL },
		{ "ends later", ends_later, "product.shop", STATUS_OK, "answers", NULL, NULL, NULL },
		{ "ended", clock_back, "product.shop", STATUS_WARN, "certificate ends", "due", "ends soon", NULL },
		{ "failed", unit_failed, "product.worker", STATUS_CRITICAL, "failed", NULL, "Worker has failed", NULL },
		{ "stopped", unit_stopped, "product.worker", STATUS_CRITICAL, "stopped", NULL, "Worker is stopped", NULL },
		{ "missing", unit_missing, "product.worker", STATUS_CRITICAL, "missing", NULL, "Worker has no such unit", NULL },
		{ "starts", unit_starts, "product.worker", STATUS_OK, "starting", NULL, NULL, NULL },
		{ "new in the configuration", not_read_yet, "product.web", STATUS_UNKNOWN, "unknown", NULL, "Web could not be checked", NULL },
		{ "late", all_late, "product.web", STATUS_UNKNOWN, "unknown", "timed out after 5 s", NULL, "products" },
		{ "late", all_late, "products", STATUS_UNKNOWN, "0 of 3 well", NULL, "Products could not be checked", NULL },
		{ "late", all_late, "product.later", STATUS_OFF, "planned", NULL, NULL, NULL },
		{ "no network", no_network, "product.shop", STATUS_UNKNOWN, "unknown", NULL, NULL, "products" },
		{ "no network", no_network, "products", STATUS_UNKNOWN, "1 of 3 well", NULL, "Products could not be checked", NULL },
		{ "four", four_down, "products", STATUS_CRITICAL, "0 of 4 well", "Web and Worker", "Four products need a look", NULL },
		{ "four", four_down, "product.shop", STATUS_CRITICAL, "no safe connection", NULL, NULL, "products" },
		{ "stale", stale, "product.web", STATUS_UNKNOWN, "unknown", NULL, NULL, "exporter" },
		{ "stale", stale, "product.later", STATUS_OFF, "planned", NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct judgement *all;
		const struct judgement *j;
		size_t n;

		host = fact_host();
		fact_products(&host, a);
		rows[i].spoil();
		judge_host(&host, NOW, a, &all, &n);
		j = judge_find(all, n, rows[i].id);
		assert_non_null(j);
		if (j->status != rows[i].status || !str_eq(j->word, rows[i].word) || (rows[i].detail && !str_eq(j->detail, rows[i].detail)))
			fail_msg("%s: %s is %s \"%s\" (%s)", rows[i].name, j->id, status_name(j->status), j->word, j->detail);
		if (!rows[i].title != !j->title || (j->title && !strstr(j->title, rows[i].title)))
			fail_msg("%s: %s has the title %s", rows[i].name, j->id, j->title);
		if (!str_eq(j->cause, rows[i].cause))
			fail_msg("%s: %s hangs from %s", rows[i].name, j->id, j->cause);
		for (size_t k = 0; k < n; k++) {
			if (status_needs_attention(all[k].status) && !all[k].title && !all[k].cause)
				fail_msg("%s: %s neither says why nor names a cause", rows[i].name, all[k].id);
			if (all[k].title && (!all[k].why || all[k].cause))
				fail_msg("%s: %s has a title without a reason, or a cause besides", rows[i].name, all[k].id);
			if (all[k].cause && !judge_find(all, n, all[k].cause))
				fail_msg("%s: %s hangs from nothing", rows[i].name, all[k].id);
		}
	}
}

static void a_product_that_is_down_is_no_machine_that_fails(void **state)
{
	struct judgement *all;
	const char *word;
	size_t n;

	(void)state;
	host = fact_host();
	fact_products(&host, a);
	refused();
	judge_host(&host, NOW, a, &all, &n);
	assert_int_equal(judge_overall(all, n, &word), STATUS_WARN);
	assert_string_equal(word, "degraded");
}

static void without_products_nothing_is_said_of_them(void **state)
{
	struct judgement *all;
	size_t n;

	(void)state;
	host = fact_host();
	judge_host(&host, NOW, a, &all, &n);
	assert_null(judge_find(all, n, "products"));
}

static void evidence_tells_all_that_was_found(void **state)
{
	struct judgement *all;
	const struct judgement *j;
	size_t n;

	(void)state;
	host = fact_host();
	fact_products(&host, a);
	judge_host(&host, NOW, a, &all, &n);
	j = judge_find(all, n, "product.web");
	assert_string_equal(j->evidence.value, "status 200 in 31 ms; expected text found");
	assert_null(strstr(j->evidence.read, "secret"));
	assert_non_null(strstr(judge_find(all, n, "product.shop")->evidence.value, "certificate until 2027-"));
	assert_non_null(strstr(judge_find(all, n, "product.worker")->evidence.value, "worker.service: active (running)"));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(each_is_judged_by_what_is_asked_of_it),
		T(a_product_that_is_down_is_no_machine_that_fails),
		T(without_products_nothing_is_said_of_them),
		T(evidence_tells_all_that_was_found),
	};

	return RUN_TESTS("judge_products", tests);
}
