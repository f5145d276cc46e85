/* The alert book: store/store_book.h, and its rules: model/book.h. */
#include "test_hermes.h"

#include "model/book.h"
#include "store/store_book.h"
#include "store/store_parts.h"

#define T0    INT64_C(1795400000)
#define EVERY 30

static const struct book_rule two_two[] = { { "*", 2, 2, 3 } };
static const struct book_rules rules_22 = { two_two, 1 };
static const struct book_rule three_two[] = { { "*", 3, 2, 3 } };
static const struct book_rules rules_32 = { three_two, 1 };

/* One letter a run, of the reading "r"; its cause is "top". */
static size_t judged(char c, char top, struct store_judged *out)
{
	size_t n = 0;

	if (top == 'b')
		out[n++] = (struct store_judged){ .reading = "top", .is_known = true, .severity = ALERT_CRITICAL, .title = "top is bad" };
	else if (top == 'o')
		out[n++] = (struct store_judged){ .reading = "top", .is_known = true, .is_off = true };
	else if (top == 'g')
		out[n++] = (struct store_judged){ .reading = "top", .is_known = true };
	switch (c) {
	case 'b':
		out[n++] = (struct store_judged){ .reading = "r", .is_known = true, .severity = ALERT_WARN, .title = "it warns", .why = "Why." };
		break;
	case 'd':
		out[n++] = (struct store_judged){ .reading = "r", .is_known = true, .severity = ALERT_WARN, .title = "it warns", .why = "Why, later." };
		break;
	case 'c':
		out[n++] = (struct store_judged){ .reading = "r", .is_known = true, .severity = ALERT_CRITICAL, .title = "it is down" };
		break;
	case 'g':
		out[n++] = (struct store_judged){ .reading = "r", .is_known = true };
		break;
	case 'u':
		out[n++] = (struct store_judged){ .reading = "r", .severity = ALERT_UNKNOWN, .title = "not known" };
		break;
	case 'n':
		out[n++] = (struct store_judged){ .reading = "r" };
		break;
	case 'o':
		out[n++] = (struct store_judged){ .reading = "r", .is_known = true, .is_off = true };
		break;
	case 'h':
		out[n++] = (struct store_judged){ .reading = "r", .cause = "top" };
		break;
	case 'H': /* as a platform is whose gateway does not run, or has just started */
		out[n++] = (struct store_judged){ .reading = "r", .is_known = true, .is_off = true, .cause = "top" };
		break;
	default:
		break;
	}
	return n;
}

static void run_at(struct book *b, char c, char top, const struct book_rules *rules, int64_t now, int64_t prior, struct arena *a)
{
	struct store_judged items[2];
	struct store_verdict v = { .items = items, .state = PROBE_OK, .interval_s = EVERY, .rules = rules };

	v.n = judged(c, top, items);
	book_take(b, &v, now, prior, a);
}

static struct book_alert *alert_in(struct book *b, struct arena *a)
{
	return &book_entry(b, "r", a)->alert;
}

/* After each run: '.' nothing open, 'o' open. */
static const char *walk(struct book *b, const char *runs, const char *tops, const struct book_rules *rules, struct arena *a)
{
	char *out = arena_calloc(a, strlen(runs) + 1, 1);

	for (size_t i = 0; runs[i]; i++) {
		int64_t now = T0 + (int64_t)i * EVERY;

		run_at(b, runs[i], (char)(tops ? tops[i] : ' '), rules, now, i ? now - EVERY : 0, a);
		out[i] = alert_in(b, a)->is_open ? 'o' : '.';
	}
	return out;
}

static void sequences_of_readings_open_and_close_as_the_rule_says(void **state)
{
	static const struct {
		const char *runs;
		const char *open;
	} cases[] = {
		{ "gggg", "...." },       { "b", "." },	     { "bb", ".o" },       { "bgb", "..." },
		{ "bbgbgg", ".oooo." },   { "bbgg", ".oo." }, { "bub", "..o" },     { "bnnnb", "....o" },
		{ "bbuuuuuu", ".ooooooo" }, { "bbnnnn", ".ooooo" }, { "bbgug", ".ooo." }, { "uu", ".." },
		{ "uuu", "..o" },	  { "uugu", "...." }, { "uuugg", "..oo." }, { "uuubgg", "..ooo." },
		{ "nnnnnn", "......" },   { "bb--", ".oo." }, { "b-b", "..." },     { "bbo", ".o." },
		{ "bob", "..." },	  { "bbobb", ".o..o" }, { "cc", ".o" },	    { "bc", ".o" },
		{ "bbggbb", ".oo..o" },
	};
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct book b = { 0 };
		const char *got = walk(&b, cases[i].runs, NULL, &rules_22, h->a);

		if (strcmp(got, cases[i].open) != 0)
			fail_msg("%s: %s, not %s", cases[i].runs, got, cases[i].open);
	}
}

static void an_alert_counts_from_the_first_bad_reading(void **state)
{
	struct home *h = *state;
	struct book b = { 0 };
	struct book_alert *x;

	walk(&b, "gbbbgg", NULL, &rules_22, h->a);
	x = alert_in(&b, h->a);
	assert_int_equal(x->opened, T0 + EVERY);
	assert_int_equal(x->last, T0 + 3 * EVERY);
	assert_int_equal(x->closed, T0 + 5 * EVERY);
	assert_string_equal(x->ended, "recovered");
	assert_string_equal(x->title, "it warns");
	assert_string_equal(x->why, "Why.");
	assert_int_equal(x->missed, 0);
}

/* "It ended 2 h ago": a reminder says what is true then. */
static void an_open_alert_says_what_was_read_last_and_the_worst_of_it(void **state)
{
	struct home *h = *state;
	struct book b = { 0 };

	walk(&b, "bbd", NULL, &rules_22, h->a);
	assert_string_equal(alert_in(&b, h->a)->why, "Why, later.");
	run_at(&b, 'c', ' ', &rules_22, T0 + 3 * EVERY, T0 + 2 * EVERY, h->a);
	run_at(&b, 'b', ' ', &rules_22, T0 + 4 * EVERY, T0 + 3 * EVERY, h->a);
	assert_string_equal(alert_in(&b, h->a)->title, "it is down");
	run_at(&b, 'g', ' ', &rules_22, T0 + 5 * EVERY, T0 + 4 * EVERY, h->a);
	assert_string_equal(alert_in(&b, h->a)->title, "it is down");
}

static void what_gets_worse_is_the_same_alert_and_that_is_told(void **state)
{
	struct home *h = *state;
	struct book b = { 0 }, u = { 0 };

	assert_string_equal(walk(&b, "bbbc", NULL, &rules_22, h->a), ".ooo");
	assert_int_equal(alert_in(&b, h->a)->severity, ALERT_CRITICAL);
	assert_int_equal(alert_in(&b, h->a)->worse, T0 + 3 * EVERY);
	assert_string_equal(alert_in(&b, h->a)->title, "it is down");
	run_at(&b, 'b', ' ', &rules_22, T0 + 4 * EVERY, T0 + 3 * EVERY, h->a);
	assert_int_equal(alert_in(&b, h->a)->severity, ALERT_CRITICAL);
	/* What could not be known is bad after two bad readings, not after one. */
	walk(&u, "uuub", NULL, &rules_22, h->a);
	assert_int_equal(alert_in(&u, h->a)->severity, ALERT_UNKNOWN);
	run_at(&u, 'b', ' ', &rules_22, T0 + 4 * EVERY, T0 + 3 * EVERY, h->a);
	assert_int_equal(alert_in(&u, h->a)->severity, ALERT_WARN);
}

static void a_cause_hides_its_consequences_and_explains_what_was_open(void **state)
{
	static const struct {
		const char *runs;
		const char *tops;
		const char *open;
		const char *ended;
	} cases[] = {
		{ "hhhh", "bbbb", "....", NULL },
		{ "bbhh", "ggbb", ".oo.", "explained" }, /* as long as the cause is seen once, somebody has to be told of something */
		{ "bbhg", "ggbg", ".ooo", NULL },
		{ "bbHH", "ggbb", ".oo.", "explained" },
		{ "bbHHHg", "ggbggg", ".ooooo", NULL }, /* not judged yet is not good */
		{ "bbh", "ggo", ".o.", "off" },
		{ "bbhhhh", "gg    ", ".ooooo", NULL }, /* a cause that nothing is known of explains nothing */
	};
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct book b = { 0 };

		assert_string_equal(walk(&b, cases[i].runs, cases[i].tops, &rules_22, h->a), cases[i].open);
		if (cases[i].ended)
			assert_string_equal(alert_in(&b, h->a)->ended, cases[i].ended);
	}
	{
		struct book b = { 0 };

		walk(&b, "bbhh", "ggbb", &rules_22, h->a);
		assert_string_equal(alert_in(&b, h->a)->cause, "top");
	}
}

static void what_is_back_within_an_hour_is_the_same_alert_again(void **state)
{
	struct home *h = *state;
	struct book b = { 0 }, later = { 0 }, worse = { 0 };
	struct book_alert *x;

	walk(&b, "bbggbb", NULL, &rules_22, h->a);
	x = alert_in(&b, h->a);
	assert_int_equal(x->opened, T0);
	assert_int_equal(x->again, T0 + 4 * EVERY);
	assert_int_equal(x->reopened, 1);
	assert_int_equal(x->closed, 0);
	assert_null(x->ended);
	/* It is as bad as it is now, not as it was: what gets worse then is told. */
	walk(&worse, "ccggbb", NULL, &rules_22, h->a);
	assert_int_equal(alert_in(&worse, h->a)->severity, ALERT_WARN);
	run_at(&worse, 'c', ' ', &rules_22, T0 + 6 * EVERY, T0 + 5 * EVERY, h->a);
	assert_int_equal(alert_in(&worse, h->a)->severity, ALERT_CRITICAL);
	assert_int_equal(alert_in(&worse, h->a)->worse, T0 + 6 * EVERY);
	walk(&later, "bbgg", NULL, &rules_22, h->a);
	run_at(&later, 'b', ' ', &rules_22, T0 + 4000, T0 + 3970, h->a);
	run_at(&later, 'b', ' ', &rules_22, T0 + 4030, T0 + 4000, h->a);
	x = alert_in(&later, h->a);
	assert_true(x->is_open);
	assert_int_equal(x->opened, T0 + 4000);
	assert_int_equal(x->reopened, 0);
	assert_int_equal(x->n, 0);
}

static void what_comes_and_goes_is_one_alert_until_it_is_calm(void **state)
{
	struct home *h = *state;
	struct book b = { 0 };
	int64_t at = T0 + 8 * EVERY, calm;

	/* Three in a row it never is; the seventh change says enough. */
	assert_string_equal(walk(&b, "bgbgbgbg", NULL, &rules_32, h->a), "......oo");
	assert_true(alert_in(&b, h->a)->unsteady > 0);
	assert_int_equal(alert_in(&b, h->a)->opened, T0 + 6 * EVERY);
	assert_int_equal(alert_in(&b, h->a)->flaps, 8);
	for (calm = T0 + 7 * EVERY + BOOK_CALM_S; at < calm; at += EVERY) {
		run_at(&b, 'g', ' ', &rules_32, at, at - EVERY, h->a);
		assert_true(alert_in(&b, h->a)->is_open);
	}
	run_at(&b, 'g', ' ', &rules_32, at, at - EVERY, h->a);
	assert_false(alert_in(&b, h->a)->is_open);
	assert_int_equal(alert_in(&b, h->a)->unsteady, 0);
	assert_int_equal(alert_in(&b, h->a)->reopened, 0);
}

static void runs_that_were_missed_are_counted_and_no_duration_is_made_up(void **state)
{
	struct home *h = *state;
	struct book b = { 0 }, pending = { 0 };
	int64_t back = T0 + 5 * 3600;

	walk(&b, "bb", NULL, &rules_22, h->a);
	run_at(&b, 'g', ' ', &rules_22, back, T0 + EVERY, h->a);
	assert_true(alert_in(&b, h->a)->is_open);
	assert_int_equal(alert_in(&b, h->a)->missed, (5 * 3600 - EVERY) / EVERY - 1);
	assert_int_equal(alert_in(&b, h->a)->last, T0 + EVERY);
	run_at(&b, 'g', ' ', &rules_22, back + EVERY, back, h->a);
	assert_false(alert_in(&b, h->a)->is_open);
	assert_int_equal(alert_in(&b, h->a)->last, T0 + EVERY);
	/* Two readings with hours between them are not two in a row. */
	walk(&pending, "b", NULL, &rules_22, h->a);
	run_at(&pending, 'b', ' ', &rules_22, back, T0, h->a);
	assert_false(alert_in(&pending, h->a)->is_open);
	run_at(&pending, 'b', ' ', &rules_22, back + EVERY, back, h->a);
	assert_true(alert_in(&pending, h->a)->is_open);
	assert_int_equal(alert_in(&pending, h->a)->opened, back);
}

static void a_clock_that_is_set_back_leaves_nothing_in_the_future(void **state)
{
	struct home *h = *state;
	struct book b = { 0 };
	int64_t past = T0 - 86400;

	walk(&b, "bb", NULL, &rules_22, h->a);
	run_at(&b, 'b', ' ', &rules_22, past, T0 + EVERY, h->a);
	assert_int_equal(alert_in(&b, h->a)->opened, past);
	assert_int_equal(alert_in(&b, h->a)->missed, 0);
	run_at(&b, 'g', ' ', &rules_22, past + EVERY, past, h->a);
	run_at(&b, 'g', ' ', &rules_22, past + 2 * EVERY, past + EVERY, h->a);
	assert_false(alert_in(&b, h->a)->is_open);
	assert_true(alert_in(&b, h->a)->closed >= alert_in(&b, h->a)->opened);
	/* What was closed while the clock was ahead is not "back within the hour" for as long as it was ahead. */
	past -= 10 * 86400;
	run_at(&b, 'g', ' ', &rules_22, past, past + 10 * 86400 + 2 * EVERY, h->a);
	assert_int_equal(alert_in(&b, h->a)->closed, past);
	assert_true(alert_in(&b, h->a)->is_changed);
	run_at(&b, 'b', ' ', &rules_22, past + 4000, past + 3970, h->a);
	run_at(&b, 'b', ' ', &rules_22, past + 4030, past + 4000, h->a);
	assert_true(alert_in(&b, h->a)->is_open);
	assert_int_equal(alert_in(&b, h->a)->reopened, 0);
	assert_int_equal(alert_in(&b, h->a)->opened, past + 4000);
}

static void each_reading_goes_by_the_rule_that_names_it_best(void **state)
{
	static const struct book_rule own[] = { { "platform.*", 9, 8, 7 }, { "platform.telegram", 1, 1, 1 }, { "cron.*", 5, 5, 5 } };
	static const struct book_rules mine = { own, 3 };

	(void)state;
	assert_int_equal(book_rule_of(NULL, "gateway")->open, 2);
	assert_int_equal(book_rule_of(NULL, "platform.telegram")->open, 3);
	assert_int_equal(book_rule_of(NULL, "backup.age")->open, 1);
	assert_int_equal(book_rule_of(NULL, "backup.age")->close, 1);
	assert_int_equal(book_rule_of(NULL, "product.web")->open, 3);
	assert_int_equal(book_rule_of(NULL, "disk")->close, 3);
	assert_string_equal(book_rule_of(NULL, "something")->rule, "*");
	assert_int_equal(book_rule_of(&mine, "platform.telegram")->open, 1);
	assert_int_equal(book_rule_of(&mine, "platform.slack")->open, 9);
	assert_int_equal(book_rule_of(&mine, "gateway")->open, 2);
	for (size_t i = 0; i < book_default_rules()->n; i++) {
		const struct book_rule *r = &book_default_rules()->list[i];

		assert_ptr_equal(book_rule_of(NULL, r->rule), r);
		assert_true(r->open >= 1 && r->close >= 1 && r->unknown >= r->open);
	}
}

/* Which parts there are stands in the very thing that could not be read: that they are gone is not known. */
static void parts_of_what_cannot_be_read_are_not_gone(void **state)
{
	static const struct store_judged telegram = { .reading = "platform.telegram", .is_known = true, .severity = ALERT_CRITICAL, .title = "it is down" };
	static const struct store_judged unreadable = { .reading = "platforms", .severity = ALERT_UNKNOWN, .title = "could not be read" };
	static const struct store_judged job = { .reading = "cron.daily", .is_known = true, .severity = ALERT_WARN, .title = "it failed" };
	static const struct store_judged cron = { .reading = "cron" }, none = { .reading = "cron", .is_known = true, .is_off = true };
	static const struct store_judged others = { .reading = "cron", .is_known = true, .cause = "cron.weekly" };
	static const struct store_judged *const rows[] = { &telegram, &unreadable, &job, &cron, &none, &others };
	static const struct { const char *runs, *open; int watched; } cases[] = {
		{ "0011111", ".oooooo", 0 }, /* suspended, as long as it takes */
		{ "00111--", ".ooooo.", 0 }, /* read again, and it is not there */
		{ "2233333", ".oooooo", 2 },
		{ "2233344", ".ooooo.", 2 },
		{ "2233355", ".ooooo.", 2 }, /* another job is the trouble */
	};
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct book b = { 0 };

		for (size_t k = 0; cases[i].runs[k]; k++) {
			struct store_judged items[1];
			struct store_verdict v = { .items = items, .state = PROBE_OK, .interval_s = EVERY, .rules = &rules_22 };
			int64_t now = T0 + (int64_t)k * EVERY;

			if (cases[i].runs[k] != '-')
				items[v.n++] = *rows[cases[i].runs[k] - '0'];
			book_take(&b, &v, now, k ? now - EVERY : 0, h->a);
			if (book_entry(&b, rows[cases[i].watched]->reading, h->a)->alert.is_open != (cases[i].open[k] == 'o'))
				fail_msg("%s: not %s at %zu", cases[i].runs, cases[i].open, k);
		}
		if (strchr("-45", cases[i].runs[6]))
			assert_string_equal(book_entry(&b, rows[cases[i].watched]->reading, h->a)->alert.ended, "gone");
	}
}

/* ---- in the ledger ---- */

static struct store *ledger(struct home *h)
{
	const char *error = NULL;
	struct store *s;

	mkdir(in_home(h, "ledger"), 0755);
	s = store_open(in_home(h, "ledger"), h->a, &error);
	if (!s)
		fail_msg("%s", error);
	return s;
}

static void record_at(struct home *h, char c, char top, const struct answer *answer, int64_t at)
{
	CLEANUP(store_closep) struct store *s = ledger(h);
	struct store_judged items[2];
	struct store_verdict v = { .items = items, .state = PROBE_OK, .interval_s = EVERY, .rules = &rules_22 };
	struct instance_report r = { .instance_id = "x", .generated_at = at };
	const char *error = NULL;

	v.n = judged(c, top, items);
	for (size_t i = 0; i < v.n; i++)
		items[i].answer = items[i].severity ? answer : NULL;
	if (store_record_instance(s, &r, &v, h->a, &error) < 0)
		fail_msg("%s", error);
}

static struct alert_page alerts(struct home *h)
{
	CLEANUP(store_closep) struct store *s = ledger(h);
	const struct alert_query q = { 0 };
	struct alert_page page;
	const char *error = NULL;

	if (store_alerts(s, &q, &page, h->a, &error) < 0)
		fail_msg("%s", error);
	return page;
}

static size_t pending(struct home *h, struct store_pending *out)
{
	CLEANUP(store_closep) struct store *s = ledger(h);
	const char *error = NULL;
	size_t n = 0;

	assert_int_equal(store_pending(s, out, 1, &n, h->a, &error), 0);
	return n;
}

static const struct store_alert *newest_of(const struct alert_page *page, const char *reading)
{
	for (size_t i = 0; i < page->n; i++)
		if (strcmp(page->rows[i].reading, reading) == 0)
			return &page->rows[i];
	return NULL;
}

static void assert_same(const struct book_alert *x, const struct store_alert *w, size_t i)
{
	if (!x->is_there) {
		assert_null(w);
		return;
	}
	assert_non_null(w);
	if (x->is_open != !w->closed_at || x->opened != w->opened_at || x->severity != w->severity || x->reopened != w->reopened ||
	    x->flaps != w->flaps || x->again != w->again_at || x->unsteady != w->unsteady_at || x->last != w->last_at || x->missed != w->missed)
		fail_msg("after %zu runs: opened %lld, severity %d, reopened %lld, flaps %lld, again %lld, last %lld, missed %lld; the ledger: "
			 "%lld, %d, %lld, %lld, %lld, %lld, %lld",
			 i + 1, (long long)x->opened, (int)x->severity, (long long)x->reopened, (long long)x->flaps, (long long)x->again,
			 (long long)x->last, (long long)x->missed, (long long)w->opened_at, (int)w->severity, (long long)w->reopened,
			 (long long)w->flaps, (long long)w->again_at, (long long)w->last_at, (long long)w->missed);
	if (!x->is_open)
		assert_int_equal(x->closed, w->closed_at);
}

static void a_ledger_that_is_closed_between_runs_says_the_same_as_a_book_that_stays(void **state)
{
	static const char letters[] = "bbcgggunoh-";
	struct home *h = *state;
	struct arena *stays = h->a;
	struct book b = { 0 };
	unsigned seed = 7;

	for (size_t i = 0; i < 300; i++) {
		CLEANUP(arena_freep) struct arena *one = arena_new(16 * 1024 * 1024);
		int64_t at = T0 + (int64_t)i * EVERY;
		struct alert_page page;
		char c, top;

		seed = seed * 1103515245 + 12345;
		c = letters[(seed >> 16) % (sizeof(letters) - 1)];
		top = "gggb"[(seed >> 20) & 3];
		run_at(&b, c, top, &rules_22, at, i ? at - EVERY : 0, stays);
		h->a = one;
		record_at(h, c, top, NULL, at);
		page = alerts(h);
		assert_same(alert_in(&b, stays), newest_of(&page, "r"), i);
		h->a = stays;
	}
}

static void what_an_admin_said_is_noted_and_ends_with_the_alert(void **state)
{
	const struct answer said = { .id = "1", .kind = ANSWER_ACKNOWLEDGE, .by = "asha", .at = T0 + 40, .until = T0 + 86400 };
	struct home *h = *state;
	const struct store_alert *x;
	struct alert_page page;

	record_at(h, 'b', ' ', NULL, T0);
	record_at(h, 'b', ' ', NULL, T0 + 30);
	record_at(h, 'b', ' ', &said, T0 + 60);
	page = alerts(h);
	x = &page.rows[0];
	assert_int_equal(x->answer, ANSWER_ACKNOWLEDGE);
	assert_string_equal(x->answered_by, "asha");
	assert_int_equal(x->answered_at, T0 + 40);
	record_at(h, 'g', ' ', NULL, T0 + 90);
	record_at(h, 'g', ' ', NULL, T0 + 120);
	page = alerts(h);
	x = &page.rows[0];
	assert_int_equal(x->closed_at, T0 + 120);
	assert_string_equal(x->answered_by, "asha"); /* in its history */
	record_at(h, 'b', ' ', NULL, T0 + 150);
	record_at(h, 'b', ' ', NULL, T0 + 180);
	page = alerts(h);
	x = &page.rows[0];
	assert_int_equal(x->closed_at, 0);
	assert_int_equal(x->reopened, 1);
	assert_int_equal(x->again_at, T0 + 150);
	assert_int_equal(x->answer, 0);
	assert_null(x->answered_by);
}

static void a_reading_on_its_way_is_pending_and_then_an_alert(void **state)
{
	struct home *h = *state;
	struct store_pending p;

	record_at(h, 'b', ' ', NULL, T0);
	assert_int_equal(alerts(h).n, 0);
	assert_int_equal(pending(h, &p), 1);
	assert_string_equal(p.reading, "r");
	assert_int_equal(p.seen, 1);
	assert_int_equal(p.needs, 2);
	assert_int_equal(p.since, T0);
	record_at(h, 'b', ' ', NULL, T0 + 30);
	assert_int_equal(alerts(h).n, 1);
	assert_int_equal(pending(h, &p), 0);
	record_at(h, 'u', ' ', NULL, T0 + 60);
	assert_int_equal(alerts(h).rows[0].unknown_since, T0 + 60);
	assert_int_equal(alerts(h).rows[0].severity_now, ALERT_WARN);
}

static void a_run_that_is_cut_off_leaves_the_book_as_it_was(void **state)
{
	struct home *h = *state;

	record_at(h, 'b', ' ', NULL, T0);
	{
		CLEANUP(store_closep) struct store *s = ledger(h);
		struct store_judged items[2];
		struct store_verdict v = { .items = items, .state = PROBE_OK, .rules = &rules_22 };

		v.n = judged('b', ' ', items);
		assert_int_equal(sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
		assert_int_equal(store_put_verdict(s->db, &v, T0 + 30, T0, h->a), SQLITE_OK);
		assert_int_equal(store_number(s->db, "SELECT count(*) FROM alerts", -1), 1);
	}
	assert_int_equal(alerts(h).n, 0);
	record_at(h, 'b', ' ', NULL, T0 + 60);
	assert_int_equal(alerts(h).rows[0].opened_at, T0);
}

static void what_an_earlier_version_left_open_stays_open(void **state)
{
	struct home *h = *state;

	{
		sqlite3 *db = NULL;

		mkdir(in_home(h, "ledger"), 0755);
		assert_int_equal(sqlite3_open(in_home(h, "ledger/ledger.db"), &db), SQLITE_OK);
		assert_int_equal(store_migrate(db, 6), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, "INSERT INTO alerts(reading, severity, title, opened) VALUES('r', 2, 'it warns', 1795300000)", NULL,
					      NULL, NULL),
				 SQLITE_OK);
		sqlite3_close(db);
		chmod(in_home(h, "ledger/ledger.db"), 0640);
	}
	record_at(h, 'n', ' ', NULL, T0);
	record_at(h, 'g', ' ', NULL, T0 + 30);
	assert_int_equal(alerts(h).rows[0].opened_at, 1795300000);
	assert_int_equal(alerts(h).rows[0].closed_at, 0);
	record_at(h, 'b', ' ', NULL, T0 + 60);
	record_at(h, 'g', ' ', NULL, T0 + 90);
	assert_int_equal(alerts(h).rows[0].closed_at, 0);
	record_at(h, 'g', ' ', NULL, T0 + 120);
	assert_int_equal(alerts(h).n, 1);
	assert_int_equal(alerts(h).rows[0].closed_at, T0 + 120);
}

/* Whatever comes in whatever order: one alert at a time, no time turned round, and in the end what is found decides. */
static void ten_thousand_changes_end_where_the_readings_end(void **state)
{
	static const char letters[] = "bcgunoh-";
	struct home *h = *state;
	unsigned seed = 42;

	(void)h;
	for (int round = 0; round < 5; round++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
		struct book b = { 0 };
		int64_t now = T0, prior = 0;
		int opened = 0;
		bool was = false;

		for (int i = 0; i < 10000; i++) {
			const struct book_alert *x;

			seed = seed * 1103515245 + 12345;
			run_at(&b, letters[(seed >> 16) % (sizeof(letters) - 1)], "gggb"[(seed >> 20) & 3], &rules_22, now, prior, a);
			x = alert_in(&b, a);
			opened += x->is_open && !was;
			was = x->is_open;
			assert_true(x->is_open ? x->opened <= now && x->last <= now : x->closed >= x->opened);
			prior = now;
			now += (seed >> 24) % 50 == 0 ? -400 : 30;
		}
		assert_true(opened < 10000 / 4);
		for (int i = 0; i < 300; i++, prior = now, now += EVERY)
			run_at(&b, 'g', 'g', &rules_22, now, prior, a);
		assert_false(alert_in(&b, a)->is_open);
		assert_true(book_entry_is_idle(book_entry(&b, "r", a)));
		for (int i = 0; i < 2; i++, prior = now, now += EVERY)
			run_at(&b, 'b', 'g', &rules_22, now, prior, a);
		assert_true(alert_in(&b, a)->is_open);
	}
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, home_setup, home_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(sequences_of_readings_open_and_close_as_the_rule_says),
		UNIT(an_alert_counts_from_the_first_bad_reading),
		UNIT(an_open_alert_says_what_was_read_last_and_the_worst_of_it),
		UNIT(what_gets_worse_is_the_same_alert_and_that_is_told),
		UNIT(a_cause_hides_its_consequences_and_explains_what_was_open),
		UNIT(what_is_back_within_an_hour_is_the_same_alert_again),
		UNIT(what_comes_and_goes_is_one_alert_until_it_is_calm),
		UNIT(runs_that_were_missed_are_counted_and_no_duration_is_made_up),
		UNIT(a_clock_that_is_set_back_leaves_nothing_in_the_future),
		UNIT(each_reading_goes_by_the_rule_that_names_it_best),
		UNIT(parts_of_what_cannot_be_read_are_not_gone),
		UNIT(a_ledger_that_is_closed_between_runs_says_the_same_as_a_book_that_stays),
		UNIT(what_an_admin_said_is_noted_and_ends_with_the_alert),
		UNIT(a_reading_on_its_way_is_pending_and_then_an_alert),
		UNIT(a_run_that_is_cut_off_leaves_the_book_as_it_was),
		UNIT(what_an_earlier_version_left_open_stays_open),
		UNIT(ten_thousand_changes_end_where_the_readings_end),
	};

	return RUN_TESTS("store book", tests);
}
