/* The feed of what needs a person: well-formed whatever it is made of, and steady in its ids. */
#include "test.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "naughty.h"
#include "view/feed_view.h"
#include "view_facts.h"

#define ORIGIN "https://vm-01.example.ts.net"

static struct arena *a;

static const struct feed_book *books;
static size_t n_books;

static int setup(void **state)
{
	(void)state;
	a = arena_new(64 * 1024 * 1024);
	books = NULL;
	n_books = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

/* Character data or an attribute's value up to its end: no bare '<' or '&', no control character. */
static const char *skip_text(const char *p, char end)
{
	for (; *p && *p != end; p++) {
		assert_true((unsigned char)*p >= ' ' || *p == '\n');
		assert_true(*p != '<' && *p != '>');
		if (*p == '&')
			assert_true(str_starts(p, "&amp;") || str_starts(p, "&lt;") || str_starts(p, "&gt;") ||
				    str_starts(p, "&quot;"));
	}
	return p;
}

/* Reads the whole as XML of elements, attributes and text; fails at what is not well-formed. */
static void check_xml(const char *p)
{
	char open[16][32];
	size_t depth = 0;

	assert_true(str_starts(p, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">"));
	p = strchr(p, '\n') + 1;
	while (*p) {
		bool is_end = p[1] == '/';
		char name[32];
		size_t n;

		assert_int_equal(*p, '<');
		p += is_end ? 2 : 1;
		n = strspn(p, "abcdefghijklmnopqrstuvwxyz");
		assert_true(n > 0 && n < sizeof(name));
		snprintf(name, sizeof(name), "%.*s", (int)n, p);
		p += n;
		while (!is_end && *p == ' ') {
			p += strcspn(p, "=");
			assert_true(str_starts(p, "=\""));
			p = skip_text(p + 2, '"');
			assert_int_equal(*p++, '"');
		}
		if (is_end) {
			assert_true(depth > 0);
			assert_string_equal(open[--depth], name);
		} else if (*p == '/') {
			p++;
		} else {
			assert_true(depth < 16);
			memcpy(open[depth++], name, sizeof(name));
		}
		assert_int_equal(*p++, '>');
		p = skip_text(p, '<');
	}
	assert_int_equal(depth, 0);
}

static const char *feed(const struct snapshot *s, const char *choice)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1024 * 1024);

	feed_view(s, choice, ORIGIN, books, n_books, &out, a);
	assert_false(out.overflow);
	assert_true(str_is_utf8(buf_str(&out), out.len));
	check_xml(buf_str(&out));
	return arena_strdup(a, buf_str(&out));
}

static size_t times(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text++)
		n++;
	return n;
}

/* The n-th id, 0 for the feed's own. */
static const char *id_at(const char *text, size_t n)
{
	for (text = strstr(text, "<id>"); n > 0 && text; n--)
		text = strstr(text + 1, "<id>");
	assert_non_null(text);
	return arena_strndup(a, text, strcspn(text, "\n"));
}

static struct snapshot *troubled(void)
{
	struct snapshot *s = fact_snapshot(2, a);

	s->instances[1].report.backup_repo.head_at = NOW - 33 * HOURS;
	s->instances[1].report.cron.jobs[1].last_status = "error";
	s->instances[1].report.cron.jobs[1].failure_streak = 3;
	return s;
}

static void each_thing_that_needs_someone_is_an_entry_worst_first(void **state)
{
	const char *text = feed(troubled(), NULL);
	const char *failed = strstr(text, "<title>Bheem: Cron job tender-watch has failed 3 runs");
	const char *late = strstr(text, "<title>Bheem: Backup is 7 h late</title>");

	(void)state;
	assert_int_equal(times(text, "<entry>"), 2);
	assert_non_null(failed);
	assert_non_null(late);
	assert_true(failed < late);
	assert_non_null(strstr(text, "<category term=\"critical\" label=\"critical\"/>"));
	assert_non_null(strstr(text, "href=\"" ORIGIN "/hermes/ops?instance=bheem"));
	assert_non_null(strstr(text, "rel=\"self\" type=\"application/atom+xml\" href=\"" ORIGIN "/hermes/alerts.atom\""));
	assert_int_equal(times(text, "<updated>"), 3);
	assert_int_equal(times(text, "<author>"), 1);
}

static void a_healthy_machine_has_an_empty_feed_that_says_so(void **state)
{
	const char *text = feed(fact_snapshot(2, a), NULL);

	(void)state;
	assert_int_equal(times(text, "<entry>"), 0);
	assert_non_null(strstr(text, "<subtitle>All is well. Both instances are running.</subtitle>"));
	assert_int_equal(times(text, "<updated>"), 1);
}

static void an_id_stays_while_the_trouble_does_and_changes_as_it_grows_worse(void **state)
{
	struct snapshot *s = troubled();
	const char *before = feed(s, NULL), *later, *worse;

	(void)state;
	assert_string_equal(id_at(before, 2), "<id>urn:uuid:e33e275b-63fd-5959-8820-d0a1b32151a1</id>");
	s->now += 20;
	s->instances[1].report.backup_repo.head_at -= HOURS; /* "8 h late" now */
	later = feed(s, NULL);
	assert_string_equal(id_at(before, 1), id_at(later, 1));
	assert_string_equal(id_at(before, 2), id_at(later, 2));
	assert_string_not_equal(id_at(before, 1), id_at(before, 2));
	s->instances[1].report.cron.jobs[1].failure_streak = 1; /* a warning, no more critical */
	worse = feed(s, NULL);
	assert_null(strstr(worse, id_at(before, 1)));
	assert_string_equal(id_at(feed(s, NULL), 0), id_at(before, 0));
	assert_string_not_equal(id_at(feed(s, "bheem"), 0), id_at(before, 0));
}

static void an_entry_is_dated_by_the_ledger_that_has_it_open(void **state)
{
	struct store_alert rows[] = {
		{ .reading = "backup.age", .opened_at = NOW - 9 * DAYS, .closed_at = NOW - 8 * DAYS },
		{ .reading = "backup.age", .opened_at = NOW - 7 * HOURS },
	};
	const struct feed_book both[] = {
		{ "vijay", { .rows = (struct store_alert[]){ { .reading = "backup.age", .opened_at = NOW - DAYS } }, .n = 1 } },
		{ "bheem", { .rows = rows, .n = 2 } },
	};
	const char *text, *late;
	char stamp[CLOCK_TEXT_MAX];

	(void)state;
	books = both;
	n_books = 2;
	text = feed(troubled(), NULL);
	late = strstr(text, "Backup is 7 h late");
	assert_non_null(late);
	clock_rfc3339(NOW - 7 * HOURS, stamp);
	assert_true(str_starts(strstr(late, "<updated>") + strlen("<updated>"), stamp));
	clock_rfc3339(NOW - 12, stamp); /* the other one's evidence, and so the feed's own */
	assert_int_equal(times(text, stamp), 2);
}

static void hostile_texts_are_text(void **state)
{
	static const char evil[] = "]]></title></entry><evil a='\"'>&bogus;<![CDATA[\x01\x0b\x1f\x7f\xc2\x85\xef\xbf\xbe\xff"
				   "\xed\xa0\x80 \r\n\xe2\x80\xae\xf0\x9f\x92\xa9";
	struct snapshot *s = troubled();
	struct instance *in = arena_alloc(a, sizeof(*in));
	const char *text;

	(void)state;
	*in = *s->instances[1].instance;
	in->label = evil;
	s->instances[1].instance = in;
	s->instances[1].report.cron.jobs[1].name = evil;
	s->instances[1].report.cron.jobs[1].last_error = evil;
	text = feed(s, NULL);
	assert_int_equal(times(text, "<entry>"), 2);
	assert_null(strstr(text, "<evil"));
	assert_non_null(strstr(text, "&lt;evil"));
	assert_non_null(strstr(text, "\xf0\x9f\x92\xa9"));
	assert_null(strstr(text, "\xef\xbf\xbe"));
}

static void feed_with(const char *text)
{
	struct snapshot *s = troubled();
	struct instance *in = arena_alloc(a, sizeof(*in));

	*in = *s->instances[1].instance;
	in->label = text;
	s->instances[1].instance = in;
	s->instances[1].report.cron.jobs[1].name = s->instances[1].report.cron.jobs[1].last_error = text;
	assert_int_equal(times(feed(s, NULL), "<entry>"), 2);
}

static void no_naughty_string_changes_its_elements(void **state)
{
	(void)state;
	assert_true(each_naughty(feed_with) > 400);
}

static void a_choice_has_a_feed_of_its_own(void **state)
{
	struct snapshot *s = troubled();

	(void)state;
	assert_int_equal(times(feed(s, "vijay"), "<entry>"), 0);
	assert_non_null(strstr(feed(s, "bheem"), "<title>Bheem: what needs you</title>"));
	assert_non_null(strstr(feed(s, "bheem"), "/hermes/alerts.atom?instance=bheem\""));
	s->host.report.disk.available_bytes = 0;
	assert_non_null(strstr(feed(s, NULL), "<title>Host: "));
	assert_null(strstr(feed(s, "bheem"), "<title>Host: "));
}

static void it_is_bounded(void **state)
{
	struct snapshot *s = fact_snapshot(200, a);
	char *name = arena_alloc(a, 4001);

	(void)state;
	memset(name, '&', 4000);
	for (size_t i = 0; i < 200; i++) {
		s->instances[i].report.cron.jobs[0].last_status = "error";
		s->instances[i].report.cron.jobs[0].last_error = name;
		s->instances[i].report.cron.jobs[0].name = name;
	}
	assert_int_equal(times(feed(s, NULL), "<entry>"), 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_thing_that_needs_someone_is_an_entry_worst_first, setup, teardown),
		cmocka_unit_test_setup_teardown(a_healthy_machine_has_an_empty_feed_that_says_so, setup, teardown),
		cmocka_unit_test_setup_teardown(an_id_stays_while_the_trouble_does_and_changes_as_it_grows_worse, setup, teardown),
		cmocka_unit_test_setup_teardown(an_entry_is_dated_by_the_ledger_that_has_it_open, setup, teardown),
		cmocka_unit_test_setup_teardown(hostile_texts_are_text, setup, teardown),
		cmocka_unit_test_setup_teardown(no_naughty_string_changes_its_elements, setup, teardown),
		cmocka_unit_test_setup_teardown(a_choice_has_a_feed_of_its_own, setup, teardown),
		cmocka_unit_test_setup_teardown(it_is_bounded, setup, teardown),
	};

	return RUN_TESTS("feed", tests);
}
