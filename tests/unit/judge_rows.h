/*
 * tests/unit/judge_rows.h -- a table of spoilt facts, and the judgement that must come of each.
 */
#ifndef MC_TESTS_JUDGE_ROWS_H
#define MC_TESTS_JUDGE_ROWS_H

#include "test.h"

#include "base/str.h"
#include "view/judge.h"
#include "view_facts.h"

static struct arena *a;
static struct instance_snapshot s;
static struct instance_report *r;
static struct instance *in;

static inline void healthy(void)
{
	arena_reset(a);
	s = fact_instance("bheem", "Bheem / Uma", a);
	r = &s.report;
	in = (struct instance *)s.instance;
}

static inline const char *text(const char *t)
{
	return t ? t : "(none)";
}

/* One row: how it is spoilt, and the judgement that must come of it. */
struct row {
	const char *name;
	void (*spoil)(void);
	const char *id;
	enum status status;
	const char *word;
	const char *title;  /* a piece of it; NULL = must have no attention sentence */
	const char *cause;  /* NULL = must stand for itself */
};

static inline void check_row(const struct row *row)
{
	struct judgement *all;
	const struct judgement *j;
	size_t n;

	healthy();
	row->spoil();
	judge_instance(&s, NOW, a, &all, &n);
	j = judge_find(all, n, row->id);
	if (!j)
		fail_msg("%s: there is no judgement \"%s\"", row->name, row->id);
	if (j->status != row->status || !str_eq(j->word, row->word))
		fail_msg("%s: %s is %s \"%s\" (%s), wanted %s \"%s\"", row->name, row->id, status_name(j->status), j->word,
			 text(j->detail), status_name(row->status), row->word);
	if (!row->title != !j->title || (row->title && !strstr(j->title, row->title)))
		fail_msg("%s: title \"%s\", wanted \"%s\"", row->name, text(j->title), text(row->title));
	if (!str_eq(row->cause, j->cause))
		fail_msg("%s: hangs from \"%s\", wanted \"%s\"", row->name, text(j->cause), text(row->cause));
}

/* What holds for every judgement, however the facts are. */
static inline void check_all(const char *name)
{
	struct judgement *all;
	size_t n;

	judge_instance(&s, NOW, a, &all, &n);
	for (size_t i = 0; i < n; i++) {
		const struct judgement *j = &all[i];

		if (!j->word || !j->label || !j->group || !j->rule)
			fail_msg("%s: %s lacks a word, label, group or rule", name, j->id);
		if (!j->evidence.value || !*j->evidence.value)
			fail_msg("%s: %s does not say what was found", name, j->id);
		if (j->status != STATUS_OK && j->status != STATUS_INFO && !j->clears_when)
			fail_msg("%s: %s is %s, and nothing is said to change that", name, j->id, status_name(j->status));
		if (status_needs_attention(j->status) && !j->title && !j->cause)
			fail_msg("%s: %s is %s, but neither says why nor names a cause", name, j->id, status_name(j->status));
		if (j->title && (!j->why || !*j->why || j->cause))
			fail_msg("%s: %s has a title without a reason, or a cause besides", name, j->id);
		if (!status_needs_attention(j->status) && j->title)
			fail_msg("%s: %s is %s and asks for attention", name, j->id, status_name(j->status));
		if (j->cause && !judge_find(all, n, j->cause))
			fail_msg("%s: %s hangs from %s, which is not there", name, j->id, j->cause);
		for (size_t k = 0; k < i; k++)
			if (str_eq(all[k].id, j->id) && !str_starts(j->id, "cron.") && !str_starts(j->id, "platform."))
				fail_msg("%s: two judgements are called %s", name, j->id);
	}
}

static inline void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check_row(&rows[i]);
		check_all(rows[i].name);
	}
}

#define ROWS(...) \
	static const struct row rows[] = { __VA_ARGS__ }; \
	(void)state;                                    \
	check_rows(rows, ARRAY_SIZE(rows))

#endif
