#include "test.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "product_facts.h"
#include "tmpl/tmpl.h"
#include "view/products_view.h"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new(64 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

/* Two instances, "one" and "two", and the four products. */
static struct snapshot *facts(void)
{
	struct snapshot *s = fact_snapshot(2, a);

	((struct instance *)s->instances[0].instance)->id = "one";
	((struct instance *)s->instances[1].instance)->id = "two";
	fact_products(&s->host, a);
	return s;
}

static struct product_health *h(struct snapshot *s, size_t i)
{
	return &s->host.report.products.list[i];
}

static void down(struct snapshot *s, size_t i)
{
	h(s, i)->probe.state = PROBE_INACTIVE;
	h(s, i)->probe.reason = "it answers 503, expected is 200 to 399";
	h(s, i)->status = 503;
	h(s, i)->text_found = TRI_UNKNOWN;
}

static const struct products_past no_past = { .error = "no ledger.db" };

static const cJSON *product(const cJSON *model, const char *id)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, json_array(model, "products"))
		if (str_eq(json_string(item, "id"), id))
			return item;
	cJSON_ArrayForEach(item, json_array(model, "planned"))
		if (str_eq(json_string(item, "id"), id))
			return item;
	return NULL;
}

static void the_headline_says_how_many_are_well(void **state)
{
	struct snapshot *s = facts();
	struct { const char *choice, *headline; } well[] = {
		{ NULL, "All three products are well" }, { "one", "The one product of I1 is well" }, { "two", "The one product of I2 is well" },
	};

	(void)state;
	((struct instance *)s->instances[0].instance)->label = "I1 / root";
	((struct instance *)s->instances[1].instance)->label = "I2";
	for (size_t i = 0; i < ARRAY_SIZE(well); i++) {
		CLEANUP_JSON cJSON *m = products_view(s, well[i].choice, &no_past, a);

		assert_string_equal(json_string(m, "headline"), well[i].headline);
	}
	down(s, WEB);
	CLEANUP_JSON cJSON *one_down = products_view(s, NULL, &no_past, a);
	assert_string_equal(json_string(one_down, "headline"), "Two of three products are well; one needs a look");
	fact_unread(&h(s, SHOP)->probe, "it could not be asked");
	CLEANUP_JSON cJSON *and_unknown = products_view(s, NULL, &no_past, a);
	assert_string_equal(json_string(and_unknown, "headline"), "One of three products is well; one needs a look, one could not be checked");
	fact_unread(&s->host.probe, "the last report is 9 min old");
	s->host.report.generated_at = NOW - 540;
	CLEANUP_JSON cJSON *dark = products_view(s, NULL, &no_past, a);
	assert_string_equal(json_string(dark, "headline"), "Nothing is known now about three products");
	assert_non_null(json_string(dark, "darkText"));
}

static void the_worst_stands_first_and_planned_apart(void **state)
{
	struct snapshot *s = facts();

	(void)state;
	down(s, SHOP);
	CLEANUP_JSON cJSON *m = products_view(s, NULL, &no_past, a);
	assert_string_equal(json_string(json_array(m, "products")->child, "id"), "shop");
	assert_int_equal(cJSON_GetArraySize(json_array(m, "products")), 3);
	assert_int_equal(cJSON_GetArraySize(json_array(m, "planned")), 1);
	assert_string_equal(json_string(json_array(m, "planned")->child, "word"), "planned");
}

static void a_product_tells_its_owner_its_figures_and_no_query(void **state)
{
	CLEANUP_JSON cJSON *m = products_view(facts(), NULL, &no_past, a);
	CLEANUP_FREE char *text = json_print(m);
	const cJSON *web = product(m, "web"), *shop = product(m, "shop"), *worker = product(m, "worker");
	double v;
	int64_t n;

	(void)state;
	assert_string_equal(json_string(web, "instanceId"), "one");
	assert_string_equal(json_string(web, "reading"), "product.web");
	assert_string_equal(json_string(web, "url"), "http://127.0.0.1:3049/healthz?…");
	assert_true(json_double(web, "latency", &v) && v == 0.031);
	assert_true(json_i64(web, "httpStatus", &n) && n == 200);
	assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(web, "certificateDaysLeft")));
	assert_true(json_i64(shop, "certificateDaysLeft", &n) && n == 61);
	assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(worker, "instanceId")));
	assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(worker, "httpStatus")));
	assert_string_equal(json_string(worker, "unitState"), "active");
	assert_null(strstr(text, "secret"));
}

static void what_is_not_known_any_more_is_no_figure(void **state)
{
	struct snapshot *s = facts();
	const cJSON *web;

	(void)state;
	fact_unread(&s->host.probe, "the last report is 9 min old");
	s->host.report.generated_at = NOW - 540;
	CLEANUP_JSON cJSON *m = products_view(s, NULL, &no_past, a);
	web = product(m, "web");
	assert_string_equal(json_string(web, "status"), "unknown");
	assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(web, "latency")));
	assert_int_equal(cJSON_GetArraySize(json_array(web, "facts")), 0);
	assert_non_null(strstr(json_string(web, "why"), "Was answers"));
}

static void a_strip_is_time_and_what_was_not_seen_is_neither_up_nor_down(void **state)
{
	const int64_t quarter = NOW - NOW % 900;
	struct watch_slot rows[] = {
		{ .at = quarter - 12 * HOURS, .runs = 30, .fine = 30, .up = 30 },
		{ .at = quarter - 900, .runs = 30, .fine = 29, .critical = 1, .up = 29, .down = 1 },
		{ .at = quarter, .runs = 10, .fine = 10, .up = 10 },
	};
	struct reading_watch list[] = { { "product.web", { rows, 3, quarter - 12 * HOURS } } };
	const struct products_past past = { .watches = { list, 1 } };
	CLEANUP_JSON cJSON *m = products_view(facts(), NULL, &past, a);
	const cJSON *strip = json_object(product(m, "web"), "strip");
	double v;

	(void)state;
	assert_non_null(strip);
	assert_non_null(strstr(json_string(strip, "summary"), "not observed"));
	assert_non_null(strstr(json_string(strip, "summary"), "before the first report"));
	assert_true(json_double(product(m, "web"), "uptime", &v) && v > 0.985 && v < 0.986);
	assert_string_equal(json_string(product(m, "web"), "uptimeText"), "98.5 % known well");
	assert_string_equal(json_string(product(m, "shop"), "uptimeText"), "not observed yet");
	assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(product(m, "shop"), "uptime")));
	assert_null(json_string(m, "pastText"));
}

static void a_ledger_that_cannot_be_read_is_said_and_the_rest_stands(void **state)
{
	CLEANUP_JSON cJSON *m = products_view(facts(), NULL, &no_past, a);

	(void)state;
	assert_string_equal(json_string(m, "pastText"), "The last 24 hours cannot be shown: no ledger.db.");
	assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(product(m, "web"), "strip")));
	assert_string_equal(json_string(product(m, "web"), "word"), "answers");
}

static void without_products_the_page_says_what_to_do(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);
	CLEANUP_JSON cJSON *none = products_view(s, NULL, &no_past, a), *others = NULL;
	const char *id = s->instances[1].instance->id;

	(void)state;
	assert_string_equal(json_string(none, "headline"), "No products are configured");
	assert_string_equal(json_string(json_object(none, "none"), "command"), "hmc products import docker-compose.yml");
	assert_null(json_string(none, "pastText"));
	fact_products(&s->host, a);
	others = products_view(s, id, &no_past, a);
	assert_true(str_starts(json_string(others, "headline"), "No product belongs to "));
	assert_null(json_string(json_object(others, "none"), "command"));
	json_freep(&others);
}

static void hostile_texts_leave_the_page_as_it_is(void **state)
{
	CLEANUP(buf_done) struct buf page = BUF_INIT(1 << 20);
	struct tmpl_set *set = tmpl_set_new(top_path("templates"), true);
	struct tmpl_error err = { "" };
	struct snapshot *s = facts();
	struct product *web = (struct product *)&s->host.products.list[WEB];

	(void)state;
	web->name = "<script>alert(1)</script>";
	web->links[0].label = "\"><img src=x onerror=alert(2)>";
	web->links[0].url = "https://web.example/?a=1&b='x'";
	down(s, WEB);
	h(s, WEB)->probe.reason = "</section><b>";
	CLEANUP_JSON cJSON *m = products_view(s, NULL, &no_past, a);
	if (!tmpl_set_load(set, "products", &err) || !tmpl_render(set, "products", m, &page, &err))
		fail_msg("%s", err.text);
	assert_null(strstr(buf_str(&page), "<script>"));
	assert_null(strstr(buf_str(&page), "<img"));
	assert_null(strstr(buf_str(&page), "<b>"));
	assert_non_null(strstr(buf_str(&page), "https://web.example/?a=1&amp;b=&#39;x&#39;"));
	tmpl_set_free(set);
}

static void a_hundred_stay_within_an_answer(void **state)
{
	struct snapshot *s = facts();
	struct product *list = arena_calloc(a, PRODUCTS_MAX, sizeof(*list));
	struct product_health *found = arena_calloc(a, PRODUCTS_MAX, sizeof(*found));
	struct product_link *links = arena_calloc(a, PRODUCT_LINKS_MAX, sizeof(*links));
	struct reading_watch *watches = arena_calloc(a, PRODUCTS_MAX, sizeof(*watches));
	char *words = arena_alloc(a, 501);

	(void)state;
	memset(words, 'x', 500);
	for (size_t i = 0; i < PRODUCT_LINKS_MAX; i++)
		links[i] = (struct product_link){ words, words };
	for (size_t i = 0; i < PRODUCTS_MAX; i++) {
		struct watch_slot *rows = arena_calloc(a, 96, sizeof(*rows));

		list[i] = (struct product){ .id = arena_printf(a, "p%zu", i), .name = words, .url = words, .url_shown = words, .links = links,
					    .n_links = PRODUCT_LINKS_MAX };
		found[i] = fact_answer(list[i].id, words);
		found[i].probe.state = PROBE_INACTIVE;
		found[i].probe.reason = words;
		for (size_t k = 0; k < 96; k++)
			rows[k] = (struct watch_slot){ .at = NOW - NOW % 3600 + 2700 - (int64_t)k * 900, .runs = 1, .fine = (int64_t)(k / 4 % 2), .critical = !(k / 4 % 2) }; /* each hour another */
		watches[i] = (struct reading_watch){ arena_printf(a, "product.p%zu", i), { rows, 96, 1 } };
	}
	s->host.products = (struct products){ list, PRODUCTS_MAX };
	s->host.report.products.list = found;
	s->host.report.products.n_list = PRODUCTS_MAX;
	const struct products_past past = { .watches = { watches, PRODUCTS_MAX } };
	CLEANUP_JSON cJSON *m = products_view(s, NULL, &past, a);
	CLEANUP_FREE char *text = json_print(m);
	if (strlen(text) > 1024 * 1024)
		fail_msg("%zu bytes", strlen(text));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(the_headline_says_how_many_are_well),
		T(the_worst_stands_first_and_planned_apart),
		T(a_product_tells_its_owner_its_figures_and_no_query),
		T(what_is_not_known_any_more_is_no_figure),
		T(a_strip_is_time_and_what_was_not_seen_is_neither_up_nor_down),
		T(a_ledger_that_cannot_be_read_is_said_and_the_rest_stands),
		T(without_products_the_page_says_what_to_do),
		T(hostile_texts_leave_the_page_as_it_is),
		T(a_hundred_stay_within_an_answer),
	};

	json_init();
	return RUN_TESTS("products_view", tests);
}
