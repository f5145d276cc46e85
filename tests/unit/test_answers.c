/*
 * test_answers.c -- which alert an answer holds of, how answers are kept, and until when a form means.
 */
#include "test.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"
#include "json/json.h"
#include "pane/answer_until.h"
#include "report/answers_file.h"
#include "view/verdict.h"
#include "view_facts.h"

struct place {
	char dir[64];
	struct arena *a;
};

static int setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/mc-answers.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	p->a = arena_new(64 * 1024 * 1024);
	*state = p;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

static int teardown(void **state)
{
	struct place *p = *state;

	nftw(p->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	arena_free(p->a);
	free(p);
	return 0;
}

static struct answer made(struct place *p, const char *reading, enum answer_kind kind, int64_t at)
{
	static unsigned n;

	return (struct answer){ .id = arena_printf(p->a, "%016x", ++n), .kind = kind, .instance_id = "vijay", .reading = reading,
				.severity = kind == ANSWER_SILENCE ? ALERT_NONE : ALERT_CRITICAL, .opened_at = at - 60, .by = "asha",
				.reason = "after the <b>trip", .at = at, .until = at + 3600 };
}

static struct answers load(struct place *p, const char *id)
{
	struct answers all;

	answers_load(p->dir, id, NOW, &all, p->a);
	return all;
}

static void add(struct place *p, const struct answer *x)
{
	const struct answers had = load(p, x->instance_id);
	const char *reason = "conflict";

	if (answers_add(p->dir, x, answers_same(&had, x, x->at), p->a, &reason) != ANSWERS_ADDED)
		fail_msg("%s", reason);
}

/* ---- of which alert ---- */

static void an_acknowledgement_holds_of_the_opening_that_was_answered_alone(void **state)
{
	enum { NONE = -1, NOT_OPEN = 0 };
	/* Answered at NOW. */
	static const struct {
		const char *what;
		int64_t opened;     /* since when the last report had it open */
		int64_t reported;   /* how long after the answer that was made */
		int64_t later;      /* how long after it we look */
		bool holds;
	} cases[] = {
		{ "the same opening", NOW - 600, 30, 60, true },
		{ "opened in the very second", NOW, 30, 60, true },
		{ "it came back", NOW + 300, 330, 360, false },
		{ "new in the last report, which was before the answer", NOT_OPEN, -5, 5, true },
		{ "new in a report after the answer", NOT_OPEN, 30, 60, false },
		{ "no ledger tells, soon", NONE, 30, 3600, true },
		{ "no ledger tells, a day later", NONE, 30, ANSWER_BLIND_S, false },
		{ "no ledger tells, and no report since", NONE, -5, ANSWER_BLIND_S, true },
	};
	struct place *p = *state;
	struct answer x = made(p, "backup.age", ANSWER_ACKNOWLEDGE, NOW);

	x.until = NOW + ACKNOWLEDGE_MAX_S;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct opened_alert one = { "backup.age", cases[i].opened };
		struct opened opened = { .probe = { .state = cases[i].opened == NONE ? PROBE_UNKNOWN : PROBE_OK }, .list = &one,
					 .n_list = cases[i].opened > 0 };
		struct answerable alert = { .reading = "backup.age", .severity = ALERT_WARN, .opened = &opened,
					    .reported_at = NOW + cases[i].reported, .now = NOW + cases[i].later };

		if (answer_holds(&x, &alert) != cases[i].holds)
			fail_msg("%s", cases[i].what);
	}
}

/* Keys that two instances share are found by the pages alone. */
static void what_no_ledger_ever_holds_is_answered_for_a_day(void **state)
{
	struct place *p = *state;
	struct opened none = { .probe = { .state = PROBE_OK } };
	struct answer x = made(p, "keys", ANSWER_ACKNOWLEDGE, NOW);
	struct answerable alert = { "keys", ALERT_WARN, &none, NOW + 30, NOW + 60, true };

	x.until = NOW + ACKNOWLEDGE_MAX_S;
	assert_true(answer_holds(&x, &alert));
	alert.now = alert.reported_at = NOW + ANSWER_BLIND_S;
	assert_false(answer_holds(&x, &alert));
}

static void nothing_worse_is_covered_and_nothing_that_has_ended(void **state)
{
	struct place *p = *state;
	struct opened_alert one = { "gateway", NOW - 600 };
	struct opened opened = { .probe = { .state = PROBE_OK }, .list = &one, .n_list = 1 };
	struct answerable alert = { "gateway", ALERT_CRITICAL, &opened, NOW - 5, NOW + 10, false };
	struct answer x = made(p, "gateway", ANSWER_SNOOZE, NOW);

	assert_true(answer_holds(&x, &alert));
	x.severity = ALERT_WARN;
	assert_false(answer_holds(&x, &alert));
	x.severity = ALERT_CRITICAL;
	alert.now = x.until;
	assert_false(answer_holds(&x, &alert));
	x.kind = ANSWER_SILENCE;
	assert_false(answer_holds(&x, &alert));
	x.until++;
	x.severity = ALERT_NONE;
	assert_true(answer_holds(&x, &alert));
}

static void a_rule_names_one_reading_or_a_family_never_everything(void **state)
{
	(void)state;
	assert_true(answer_rule_has("cron.*", "cron.tender"));
	assert_false(answer_rule_has("cron.*", "cron"));
	assert_false(answer_rule_has("cron", "cron.tender"));
	assert_true(answer_rule_has("cron", "cron"));
	assert_null(answer_rule_wrong("cron.*"));
	assert_null(answer_rule_wrong("platform.telegram"));
	assert_non_null(answer_rule_wrong(""));
	assert_non_null(answer_rule_wrong("*"));
	assert_non_null(answer_rule_wrong(".*"));
	assert_non_null(answer_rule_wrong("cron*"));
	assert_non_null(answer_rule_wrong("c*n.*"));
	assert_non_null(answer_rule_wrong("a\nb"));
	assert_non_null(answer_rule_wrong("\xff"));
}

/* ---- what still needs someone ---- */

static void what_is_answered_counts_no_more_and_stays_judged(void **state)
{
	struct place *p = *state;
	struct snapshot *s = fact_snapshot(2, p->a);
	struct instance_snapshot *in = &s->instances[0];
	const struct verdict *v;
	struct answer x = made(p, "platform.telegram", ANSWER_ACKNOWLEDGE, s->now - 5);

	in->report.gateway.platforms[0].state = "fatal";
	v = verdict_of(s, NULL, p->a);
	assert_int_equal(v->n_critical, 1);
	x.instance_id = in->instance->id;
	in->answers = (struct answers){ .probe = { .state = PROBE_OK }, .list = &x, .n_list = 1 };
	v = verdict_of(s, NULL, p->a);
	assert_int_equal(v->n_critical, 0);
	assert_int_equal(v->n_acknowledged, 1);
	assert_int_equal(v->status, STATUS_OK);
	assert_int_equal(v->parts[0].status, STATUS_WARN);
	assert_non_null(strstr(v->sentence, "Nothing needs you: one is acknowledged."));
	assert_int_equal(verdict_badges(s, v, p->a)[0].n, 0);
	x.instance_id = s->instances[1].instance->id;
	s->instances[1].answers = in->answers;
	in->answers.n_list = 0;
	assert_int_equal(verdict_of(s, NULL, p->a)->n_critical, 1);
}

static void what_is_not_known_stays_told_though_it_was_answered(void **state)
{
	struct place *p = *state;
	struct snapshot *s = fact_snapshot(1, p->a);
	struct answer x = made(p, "exporter", ANSWER_ACKNOWLEDGE, s->now - 5);
	const struct verdict *v;

	s->instances[0].probe = (struct probe){ .reason = "its exporter has stopped reporting", .taken_at = s->now - 900 };
	s->instances[0].report.generated_at = s->now - 900;
	s->instances[0].answers = (struct answers){ .probe = { .state = PROBE_OK }, .list = &x, .n_list = 1 };
	v = verdict_of(s, s->instances[0].instance->id, p->a);
	assert_int_equal(v->n_acknowledged, 1);
	assert_int_equal(v->status, STATUS_UNKNOWN);
	assert_non_null(strstr(v->sentence, "Nothing is known about"));
}

/* ---- keeping ---- */

static void an_answer_is_read_back_as_it_was_given_and_taken_back_once(void **state)
{
	struct place *p = *state;
	struct answer x = made(p, "cron.a", ANSWER_ACKNOWLEDGE, NOW);
	struct answers all;
	const char *reason = NULL;
	struct stat st;
	bool found;

	assert_int_equal(load(p, "vijay").probe.state, PROBE_INACTIVE);
	add(p, &x);
	all = load(p, "vijay");
	assert_int_equal(all.probe.state, PROBE_OK);
	assert_int_equal(all.n_list, 1);
	assert_string_equal(all.list[0].id, x.id);
	assert_string_equal(all.list[0].reason, "after the <b>trip");
	assert_int_equal(all.list[0].kind, ANSWER_ACKNOWLEDGE);
	assert_int_equal(all.list[0].severity, ALERT_CRITICAL);
	assert_int_equal(all.list[0].until, x.until);
	assert_int_equal(stat(arena_printf(p->a, "%s/answers/vijay/answers.json", p->dir), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(load(p, "bheem").probe.state, PROBE_INACTIVE);
	assert_true(answers_remove(p->dir, "vijay", x.id, &found, p->a, &reason));
	assert_true(found);
	assert_true(answers_remove(p->dir, "vijay", x.id, &found, p->a, &reason));
	assert_false(found);
}

static void of_two_at_once_the_second_is_told(void **state)
{
	struct place *p = *state;
	struct answer x = made(p, "cron.a", ANSWER_ACKNOWLEDGE, NOW), y = made(p, "cron.a", ANSWER_SNOOZE, NOW);
	const char *reason = NULL;

	assert_int_equal(answers_add(p->dir, &x, NULL, p->a, &reason), ANSWERS_ADDED);
	assert_int_equal(answers_add(p->dir, &y, NULL, p->a, &reason), ANSWERS_CONFLICT);
	assert_int_equal(load(p, "vijay").list[0].kind, ANSWER_ACKNOWLEDGE);
	assert_int_equal(answers_add(p->dir, &y, &x, p->a, &reason), ANSWERS_ADDED);
	assert_int_equal(load(p, "vijay").n_list, 1);
	assert_int_equal(load(p, "vijay").list[0].kind, ANSWER_SNOOZE);
}

static void there_is_room_for_so_many_and_what_ended_makes_it(void **state)
{
	struct place *p = *state;
	struct answer x;
	const char *reason = NULL;

	for (int i = 0; i < ANSWERS_MAX; i++) {
		x = made(p, arena_printf(p->a, "cron.%d", i), ANSWER_SNOOZE, NOW);
		x.until += i ? 7200 : 0;
		add(p, &x);
	}
	x = made(p, "cron.more", ANSWER_SNOOZE, NOW + 60);
	assert_int_equal(answers_add(p->dir, &x, NULL, p->a, &reason), ANSWERS_FAILED);
	assert_non_null(strstr(reason, "take some back"));
	x = made(p, "cron.more", ANSWER_SNOOZE, NOW + 3600);
	add(p, &x);
	assert_int_equal(load(p, "vijay").n_list, ANSWERS_MAX);
	x = made(p, "cron.later", ANSWER_SNOOZE, NOW + 40 * DAYS);
	add(p, &x);
	assert_int_equal(load(p, "vijay").n_list, 1);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

#define SOUND "\"id\":\"0123456789abcdef\",\"instanceId\":\"vijay\",\"by\":\"a\",\"reason\":\"r\",\"at\":\"2026-11-20T00:00:00Z\""

static void what_no_page_could_have_made_answers_nothing_and_is_not_overwritten(void **state)
{
	static const char *const texts[] = {
		"", "{", "[]", "{\"schemaVersion\":2,\"answers\":[]}", "{\"schemaVersion\":1,\"answers\":5}",
		"{\"schemaVersion\":1,\"answers\":[{}]}",
		/* of everything; for ever; of no kind; without an end; of a family; by nobody */
		"{\"schemaVersion\":1,\"answers\":[{" SOUND ",\"kind\":\"silence\",\"reading\":\"*\",\"until\":\"2026-11-21T00:00:00Z\"}]}",
		"{\"schemaVersion\":1,\"answers\":[{" SOUND ",\"kind\":\"silence\",\"reading\":\"cron.*\",\"until\":\"2036-11-21T00:00:00Z\"}]}",
		"{\"schemaVersion\":1,\"answers\":[{" SOUND ",\"kind\":\"odd\",\"reading\":\"cron\",\"until\":\"2026-11-21T00:00:00Z\"}]}",
		"{\"schemaVersion\":1,\"answers\":[{" SOUND ",\"kind\":\"silence\",\"reading\":\"cron.*\"}]}",
		"{\"schemaVersion\":1,\"answers\":[{" SOUND ",\"kind\":\"acknowledge\",\"severity\":\"critical\",\"reading\":\"cron.*\",\"until\":\"2026-11-21T00:00:00Z\"}]}",
		"{\"schemaVersion\":1,\"answers\":[{\"id\":\"x\",\"kind\":\"silence\",\"reading\":\"cron\"}]}",
	};
	struct place *p = *state;
	const char *path = arena_printf(p->a, "%s/answers/vijay/answers.json", p->dir), *reason = NULL;
	struct answer x = made(p, "cron.a", ANSWER_ACKNOWLEDGE, NOW);

	add(p, &x);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP_FREE char *after = NULL;

		write_file(path, texts[i]);
		if (load(p, "vijay").probe.state != PROBE_UNKNOWN || load(p, "vijay").n_list || !load(p, "vijay").probe.reason)
			fail_msg("taken: %s", texts[i]);
		assert_int_equal(answers_add(p->dir, &x, NULL, p->a, &reason), ANSWERS_FAILED);
		after = read_all(path, NULL);
		assert_string_equal(after, texts[i]);
	}
	write_file(path, "{\"schemaVersion\":1,\"answers\":[{" SOUND ",\"kind\":\"silence\",\"reading\":\"cron.*\",\"until\":\"2026-12-20T00:00:00Z\"}]}");
	assert_int_equal(load(p, "vijay").n_list, 1);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 65534, 65534), 0);
		assert_int_equal(load(p, "vijay").probe.state, PROBE_UNKNOWN);
		assert_int_equal(chown(path, 0, 0), 0);
		assert_int_equal(chmod(arena_printf(p->a, "%s/answers/vijay", p->dir), 0770), 0);
		assert_int_equal(load(p, "vijay").probe.state, PROBE_UNKNOWN);
	}
}

/* ---- until when ---- */

static void a_form_says_until_when_in_the_persons_own_zone(void **state)
{
	static const struct {
		const char *text;
		const char *zone;
		const char *until;  /* NULL = refused */
	} cases[] = {
		{ "4h", "UTC", "2026-11-24T11:00:00Z" },
		{ "7d", "UTC", "2026-12-01T07:00:00Z" },
		{ "tomorrow", "UTC", "2026-11-25T08:00:00Z" },
		{ "tomorrow", "Asia/Kolkata", "2026-11-25T02:30:00Z" },
		{ "tomorrow", "Pacific/Auckland", "2026-11-24T19:00:00Z" },
		{ "2026-11-25T08:00", "Asia/Kolkata", "2026-11-25T02:30:00Z" },
		{ "2026-11-25T08:00:30", "UTC", "2026-11-25T08:00:30Z" },
		{ "2026-11-25T08:00:00Z", "Asia/Kolkata", "2026-11-25T08:00:00Z" },
		{ "2026-11-25T08:00:00+05:30", "UTC", "2026-11-25T02:30:00Z" },
		/* Summer time has begun in New York by then. */
		{ "2027-03-15T08:00", "America/New_York", "2027-03-15T12:00:00Z" },
		{ "", "UTC", NULL }, { "0h", "UTC", NULL }, { "-4h", "UTC", NULL }, { "h", "UTC", NULL }, { "99999d", "UTC", NULL },
		{ "for ever", "UTC", NULL }, { "2026-11-24T06:59", "UTC", NULL }, { "2026-13-25T08:00", "UTC", NULL },
		{ "2026-11-25", "UTC", NULL },
	};
	struct place *p = *state;
	int64_t now, t;

	assert_true(clock_parse_iso("2026-11-24T07:00:00Z", 0, &now));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[CLOCK_TEXT_MAX] = "refused";
		bool ok = answer_until(cases[i].text, cases[i].zone, now, p->a, &t);

		if (ok)
			clock_rfc3339(t, text);
		if (!str_eq(text, cases[i].until ? cases[i].until : "refused"))
			fail_msg("%s in %s: %s", cases[i].text, cases[i].zone, text);
	}
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(an_acknowledgement_holds_of_the_opening_that_was_answered_alone),
		UNIT(what_no_ledger_ever_holds_is_answered_for_a_day),
		UNIT(nothing_worse_is_covered_and_nothing_that_has_ended),
		UNIT(a_rule_names_one_reading_or_a_family_never_everything),
		UNIT(what_is_answered_counts_no_more_and_stays_judged),
		UNIT(what_is_not_known_stays_told_though_it_was_answered),
		UNIT(an_answer_is_read_back_as_it_was_given_and_taken_back_once),
		UNIT(of_two_at_once_the_second_is_told),
		UNIT(there_is_room_for_so_many_and_what_ended_makes_it),
		UNIT(what_no_page_could_have_made_answers_nothing_and_is_not_overwritten),
		UNIT(a_form_says_until_when_in_the_persons_own_zone),
	};

	json_init();
	return RUN_TESTS("answers", tests);
}
