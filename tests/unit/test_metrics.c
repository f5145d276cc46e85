/* Metrics, read back by a parser that takes nothing but the text format 0.0.4. */
#include "test.h"

#include <ctype.h>
#include <math.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "naughty.h"
#include "view/metrics_view.h"
#include "view_facts.h"

#define FAMILIES_MAX 100
#define LABELS_MAX   8

struct metric {
	char name[128];
	char labels[LABELS_MAX][2][1024]; /* name, value with its escapes undone */
	size_t n_labels;
	double value;
};

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new(256 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static const char *view(const struct snapshot *s, const char *choice)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1024 * 1024);

	metrics_view(s, choice, "1.2.3", &out, a);
	assert_false(out.overflow);
	assert_true(str_is_utf8(buf_str(&out), out.len));
	return arena_strdup(a, buf_str(&out));
}

/* Takes a name of [a-z_][a-z0-9_]* off *p; ours are never anything else. */
static void take_name(const char **p, char *out, size_t size)
{
	size_t n = strspn(*p, "abcdefghijklmnopqrstuvwxyz_0123456789");

	assert_true(n > 0 && n < size && !isdigit((unsigned char)**p));
	memcpy(out, *p, n);
	out[n] = '\0';
	*p += n;
}

static void take(const char **p, char c)
{
	if (**p != c)
		fail_msg("'%c' expected at: %.60s", c, *p);
	++*p;
}

static void take_value(const char **p, char *out, size_t size)
{
	size_t n = 0;

	take(p, '"');
	for (; **p != '"'; ++*p) {
		bool is_escaped = **p == '\\';

		assert_true((unsigned char)**p >= ' ' && n + 1 < size);
		*p += is_escaped;
		assert_true(!is_escaped || **p == '\\' || **p == '"' || **p == 'n');
		out[n++] = (char)(is_escaped && **p == 'n' ? '\n' : **p);
	}
	out[n] = '\0';
	++*p;
}

/* One line, whole. */
static void parse_sample(const char *line, struct metric *s)
{
	const char *p = line;
	char *end;

	*s = (struct metric){ .n_labels = 0 };
	take_name(&p, s->name, sizeof(s->name));
	take(&p, '{');
	for (;; p++) {
		assert_true(s->n_labels < LABELS_MAX);
		take_name(&p, s->labels[s->n_labels][0], sizeof(s->labels[0][0]));
		take(&p, '=');
		take_value(&p, s->labels[s->n_labels++][1], sizeof(s->labels[0][1]));
		if (*p != ',')
			break;
	}
	take(&p, '}');
	take(&p, ' ');
	s->value = strtod(p, &end);
	assert_true(end > p && *end == '\0' && isfinite(s->value));
}

static const char *label(const struct metric *s, const char *name)
{
	for (size_t i = 0; i < s->n_labels; i++)
		if (str_eq(s->labels[i][0], name))
			return s->labels[i][1];
	return NULL;
}

/* What promtool's lint asks of a name, of its type and of its help. */
static void lint(const char *name, const char *type, const char *help)
{
	static const char *const no_base_unit[] = { "milliseconds", "_ms", "minutes", "hours", "days", "kilobytes",
						    "megabytes", "kib", "mib", "percent", "gauge", "counter", "_bucket",
						    "_count", "_sum", "_info_", "uptime" };

	assert_true(*help && help[strlen(help) - 1] == '.' && !strchr(help, '\\'));
	assert_true(str_eq(type, "gauge") || str_eq(type, "counter"));
	if (str_ends(name, "_total") != str_eq(type, "counter"))
		fail_msg("%s: _total is for counters, all of them", name);
	for (size_t i = 0; i < ARRAY_SIZE(no_base_unit); i++)
		if (strstr(name, no_base_unit[i]))
			fail_msg("%s: %s", name, no_base_unit[i]);
}

static void no_sample_twice(const char *line)
{
	static char *seen[20000];
	static size_t n;

	if (!line) {
		n = 0;
		return;
	}
	seen[n] = arena_strndup(a, line, (size_t)(strrchr(line, ' ') - line));
	for (size_t i = 0; i < n; i++)
		if (str_eq(seen[i], seen[n]))
			fail_msg("twice: %s", seen[n]);
	n++;
	assert_true(n < ARRAY_SIZE(seen));
}

/*
 * Reads all of text, strictly: HELP, TYPE, then that metric's samples alone,
 * each once; gives how many samples of `name` there are with that instance
 * (NULL = any) and, if wanted, a further label; *found is the last of them.
 */
static size_t count(const char *text, const char *name, const char *instance, const char *with, const char *value,
		    struct metric *found)
{
	char family[128] = "", type[32] = "", help[256] = "";
	size_t n = 0;

	no_sample_twice(NULL);
	assert_true(str_ends(text, "\n"));
	while (*text) {
		const char *line = arena_strndup(a, text, strcspn(text, "\n"));
		struct metric s;

		text += strlen(line) + 1;
		if (str_starts(line, "# HELP ")) {
			char before[128];

			memcpy(before, family, sizeof(before));
			assert_int_equal(sscanf(line, "# HELP %127s %255[^\n]", family, help), 2);
			assert_string_not_equal(before, family);
			type[0] = '\0';
			continue;
		}
		if (str_starts(line, "# TYPE ")) {
			char again[128];

			assert_int_equal(sscanf(line, "# TYPE %127s %31s", again, type), 2);
			assert_string_equal(again, family);
			lint(family, type, help);
			continue;
		}
		assert_true(*type);
		parse_sample(line, &s);
		assert_string_equal(s.name, family);
		no_sample_twice(line);
		if (!str_eq(s.name, name) || (instance && !str_eq(label(&s, "instance"), instance)) ||
		    (with && !str_eq(label(&s, with), value)))
			continue;
		n++;
		if (found)
			*found = s;
	}
	return n;
}

static double value_of(const char *text, const char *name, const char *instance, const char *with, const char *value)
{
	struct metric s;

	if (count(text, name, instance, with, value, &s) != 1)
		fail_msg("%s of %s: not one sample", name, instance);
	return s.value;
}

static void healthy_instances_are_told_as_they_are(void **state)
{
	const char *text = view(fact_snapshot(2, a), NULL);
	struct metric info;

	(void)state;
	assert_int_equal(count(text, "hmc_build_info", NULL, "version", "1.2.3", NULL), 1);
	assert_int_equal(count(text, "hermes_instance_info", "bheem", "label", "Bheem / Uma", &info), 1);
	assert_string_equal(label(&info, "hermes_version"), "0.15.1");
	assert_true(value_of(text, "hermes_instance_up", "vijay", NULL, NULL) == 1);
	assert_true(value_of(text, "hermes_instance_status", "vijay", "status", "ok") == 1);
	assert_true(value_of(text, "hermes_instance_status", "vijay", "status", "critical") == 0);
	assert_true(value_of(text, "hermes_reading_status", "vijay", "reading", "backup.age") == 1);
	assert_true(value_of(text, "hermes_report_age_seconds", "host", NULL, NULL) == 9);
	assert_true(value_of(text, "hermes_exporter_duration_seconds", "vijay", NULL, NULL) == 0.08);
	assert_true(value_of(text, "hermes_sessions", "vijay", NULL, NULL) == 1204);
	assert_true(value_of(text, "hermes_cron_jobs", "vijay", "state", "ok") == 3);
	assert_true(value_of(text, "hermes_cron_heartbeat_age_seconds", "vijay", NULL, NULL) == 22);
	assert_true(value_of(text, "hermes_backup_age_seconds", "vijay", NULL, NULL) == 2 * HOURS);
	assert_true(value_of(text, "hermes_gateway_start_time_seconds", "vijay", NULL, NULL) == NOW - 3 * DAYS - 4 * HOURS);
	assert_true(value_of(text, "hermes_host_disk_available_bytes", "host", NULL, NULL) == 78.0 * (INT64_C(1) << 30));
}

static void products_are_told_by_what_is_known_of_them(void **state)
{
	struct snapshot *s = fact_snapshot(1, a);
	struct product_health list[] = {
		{ .probe = PROBED("https"), .id = "shop", .latency_us = 184000, .certificate_until = NOW + 9 * DAYS },
		{ .probe = { .state = PROBE_INACTIVE, .reason = "it answers 503" }, .id = "api", .latency_us = 4000 },
		{ .probe = { .state = PROBE_UNKNOWN, .reason = "no such name" }, .id = "docs" },
	};
	const char *text;

	(void)state;
	s->host.report.products = (struct product_healths){ .probe = PROBED("products"), .list = list, .n_list = 3 };
	text = view(s, NULL);
	assert_true(value_of(text, "hermes_product_up", "host", "product", "shop") == 1);
	assert_true(value_of(text, "hermes_product_up", "host", "product", "api") == 0);
	assert_int_equal(count(text, "hermes_product_up", NULL, "product", "docs", NULL), 0);
	assert_true(value_of(text, "hermes_product_latency_seconds", "host", "product", "shop") == 0.184);
	assert_true(value_of(text, "hermes_product_certificate_expiry_timestamp_seconds", "host", NULL, NULL) == NOW + 9 * DAYS);
	assert_int_equal(count(view(s, "vijay"), "hermes_product_up", NULL, NULL, NULL, NULL), 0);
}

static void what_is_not_known_has_no_sample(void **state)
{
	struct snapshot *s = fact_snapshot(2, a);
	struct instance_report *r = &s->instances[0].report;
	const char *text;

	(void)state;
	fact_unread(&r->sessions.probe, "locked");
	fact_unread(&r->cron.probe, "locked");
	fact_unread(&r->gateway_unit.probe, "no bus");
	r->gateway.pid_state = PID_UNKNOWN;
	r->gateway_unit.restarts = COUNT_UNKNOWN;
	fact_dark(&s->instances[1], 5 * MINUTES);
	text = view(s, NULL);
	assert_int_equal(count(text, "hermes_sessions", NULL, NULL, NULL, NULL), 0);
	assert_int_equal(count(text, "hermes_cron_jobs", NULL, NULL, NULL, NULL), 0);
	assert_int_equal(count(text, "hermes_instance_up", NULL, NULL, NULL, NULL), 0);
	assert_int_equal(count(text, "hermes_gateway_start_time_seconds", NULL, NULL, NULL, NULL), 0);
	assert_true(value_of(text, "hermes_instance_status", "bheem", "status", "unknown") == 1);
	assert_true(value_of(text, "hermes_report_age_seconds", "bheem", NULL, NULL) == 5 * MINUTES);
	assert_int_equal(count(text, "hermes_exporter_duration_seconds", "bheem", NULL, NULL, NULL), 0);
	assert_int_equal(count(text, "hermes_backup_age_seconds", NULL, NULL, NULL, NULL), 1);
}

static void a_stopped_gateway_is_down_and_not_unknown(void **state)
{
	struct snapshot *s = fact_snapshot(1, a);
	struct unit *u = &s->instances[0].report.gateway_unit;
	const char *text;

	(void)state;
	u->probe.state = PROBE_INACTIVE;
	u->active_state = "inactive";
	s->instances[0].report.gateway.pid_state = PID_NONE;
	text = view(s, NULL);
	assert_true(value_of(text, "hermes_instance_up", "vijay", NULL, NULL) == 0);
	assert_int_equal(count(text, "hermes_gateway_start_time_seconds", NULL, NULL, NULL, NULL), 0);
	assert_true(value_of(text, "hermes_attention", "vijay", "severity", "critical") >= 1);
}

static void jobs_are_counted_each_in_one_state(void **state)
{
	struct snapshot *s = fact_snapshot(1, a);
	struct cron *c = &s->instances[0].report.cron;
	const char *text, *p;
	double sum = 0;

	(void)state;
	c->jobs = arena_calloc(a, 400, sizeof(*c->jobs));
	c->n_jobs = 400;
	for (size_t i = 0; i < c->n_jobs; i++) {
		static const char *const results[] = { "ok", "error", "blocked_config", NULL, "some other word" };

		c->jobs[i] = fact_job(arena_printf(a, "%012zx", i), "a job");
		c->jobs[i].last_status = results[i % 5];
		c->jobs[i].enabled = i % 7 ? TRI_YES : TRI_NO;
	}
	text = view(s, NULL);
	for (p = text; (p = strstr(p, "\nhermes_cron_jobs{")); p++)
		sum += strtod(strchr(p + 1, ' '), NULL);
	assert_true(sum == 400);
	assert_true(value_of(text, "hermes_cron_jobs", "vijay", "state", "failed") > 50);
	assert_true(value_of(text, "hermes_cron_jobs", "vijay", "state", "other") > 50);
	/* However many there are: one series a state, none a job. */
	assert_int_equal(count(text, "hermes_cron_jobs", NULL, NULL, NULL, NULL), 10);
	assert_null(strstr(text, "reading=\"cron."));
}

static void hostile_texts_stay_inside_their_quotes(void **state)
{
	static const char evil[] = "a\"} 1\nhermes_instance_up{instance=\"x\"} 1\\\r\t\x01\xff\\n";
	struct snapshot *s = fact_snapshot(1, a);
	struct instance *in = arena_alloc(a, sizeof(*in));
	struct gateway *g = &s->instances[0].report.gateway;
	const char *text;

	(void)state;
	*in = *s->instances[0].instance;
	in->label = in->user = evil;
	s->instances[0].instance = in;
	s->instances[0].report.hermes.version = evil;
	g->platforms[0].name = evil;
	text = view(s, NULL);
	assert_int_equal(count(text, "hermes_instance_info", "vijay", NULL, NULL, NULL), 1);
	assert_int_equal(count(text, "hermes_instance_up", NULL, NULL, NULL, NULL), 1);
	assert_int_equal(count(text, "hermes_instance_info", NULL, "label",
			       "a\"} 1 hermes_instance_up{instance=\"x\"} 1\\   \xEF\xBF\xBD\\n", NULL), 1);
}

static void metrics_with(const char *text)
{
	struct snapshot *s = fact_snapshot(1, a);
	struct instance *in = arena_alloc(a, sizeof(*in));
	struct metric info;

	*in = *s->instances[0].instance;
	in->label = text;
	s->instances[0].instance = in;
	s->instances[0].report.gateway.platforms[0].name = text;
	assert_int_equal(count(view(s, NULL), "hermes_instance_info", "vijay", NULL, NULL, &info), 1);
	assert_string_equal(label(&info, "label"), str_clean(a, text, strlen(text), 100));
}

static void every_naughty_string_comes_back_from_its_label(void **state)
{
	(void)state;
	assert_true(each_naughty(metrics_with) > 400);
}

static void series_are_bounded_whatever_an_instance_sends(void **state)
{
	struct snapshot *s = fact_snapshot(200, a);
	char *name = arena_alloc(a, 4001);
	const char *text;

	(void)state;
	memset(name, '"', 4000);
	for (size_t i = 0; i < s->n_instances; i++) {
		struct gateway *g = &s->instances[i].report.gateway;

		g->n_platforms = 64;
		g->platforms = arena_calloc(a, 64, sizeof(*g->platforms));
		for (size_t k = 0; k < 64; k++)
			g->platforms[k] = (struct platform){ .name = arena_printf(a, "%02zu%s", k, name), .state = "fatal" };
		fact_unread(&s->instances[i].report.sessions.probe, "locked");
	}
	text = view(s, NULL);
	assert_true(strlen(text) < 1000 * 1000);
	s->n_instances = 1;
	assert_int_equal(count(view(s, NULL), "hermes_reading_status", "vijay", "status", "critical", NULL), 12);
}

static void a_choice_leaves_out_the_others_and_the_machine(void **state)
{
	const char *text = view(fact_snapshot(3, a), "bheem");

	(void)state;
	assert_null(strstr(text, "instance=\"vijay\""));
	assert_null(strstr(text, "instance=\"host\""));
	assert_true(value_of(text, "hermes_instance_up", "bheem", NULL, NULL) == 1);
}

static void without_instances_there_is_the_machine(void **state)
{
	const char *text = view(fact_snapshot(0, a), NULL);

	(void)state;
	assert_int_equal(count(text, "hermes_instance_info", NULL, NULL, NULL, NULL), 0);
	assert_true(value_of(text, "hermes_instance_status", "host", "status", "ok") == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(healthy_instances_are_told_as_they_are, setup, teardown),
		cmocka_unit_test_setup_teardown(products_are_told_by_what_is_known_of_them, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_known_has_no_sample, setup, teardown),
		cmocka_unit_test_setup_teardown(a_stopped_gateway_is_down_and_not_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(jobs_are_counted_each_in_one_state, setup, teardown),
		cmocka_unit_test_setup_teardown(hostile_texts_stay_inside_their_quotes, setup, teardown),
		cmocka_unit_test_setup_teardown(every_naughty_string_comes_back_from_its_label, setup, teardown),
		cmocka_unit_test_setup_teardown(series_are_bounded_whatever_an_instance_sends, setup, teardown),
		cmocka_unit_test_setup_teardown(a_choice_leaves_out_the_others_and_the_machine, setup, teardown),
		cmocka_unit_test_setup_teardown(without_instances_there_is_the_machine, setup, teardown),
	};

	return RUN_TESTS("metrics", tests);
}
