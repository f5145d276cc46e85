#include "report/answers_file.h"

#include <string.h>

#include "base/str.h"
#include "report/fields.h"
#include "report/keeper.h"

#define SWEEP_S (30 * 86400)
#define SLACK_S 60 /* a clock that was set while a form was read */

static const char *const kind_words[] = { "none", "acknowledge", "snooze", "silence", NULL };
static const char *const severity_words[] = { "none", "unknown", "warning", "critical", NULL };

static const struct field answer_fields[] = {
	TEXT(struct answer, id, "id"),
	ENUM(struct answer, kind, "kind", kind_words),
	TEXT(struct answer, instance_id, "instanceId"),
	TEXT(struct answer, reading, "reading"),
	ENUM(struct answer, severity, "severity", severity_words),
	TIME(struct answer, opened_at, "openedAt"),
	TEXT(struct answer, by, "by"),
	TEXT(struct answer, reason, "reason"),
	TIME(struct answer, at, "at"),
	TIME(struct answer, until, "until"),
};
static const struct shape answer_shape = SHAPE(struct answer, answer_fields);

static const struct field answers_fields[] = {
	LIST(struct answers, list, "answers", answer_shape, ANSWERS_MAX),
};
static const struct shape answers_shape = SHAPE(struct answers, answers_fields);

static bool is_id(const char *s)
{
	return s && strlen(s) == ANSWER_ID_CHARS && strspn(s, "0123456789abcdef") == ANSWER_ID_CHARS;
}

static int64_t longest(enum answer_kind kind)
{
	return kind == ANSWER_ACKNOWLEDGE ? ACKNOWLEDGE_MAX_S : kind == ANSWER_SNOOZE ? SNOOZE_MAX_S : SILENCE_MAX_S;
}

/* What must hold before one of them may quieten anything. */
static bool is_sound(const struct answer *x)
{
	return is_id(x->id) && x->kind != ANSWER_NONE && x->instance_id && x->by && x->reading && !answer_rule_wrong(x->reading) &&
	       (x->kind == ANSWER_SILENCE || (x->severity != ALERT_NONE && !strchr(x->reading, '*'))) &&
	       (x->reason || x->kind == ANSWER_SNOOZE) &&
	       (!x->reason || str_utf8_count(x->reason, strlen(x->reason)) <= ANSWER_REASON_MAX) &&
	       x->at > 0 && x->until > x->at && x->until - x->at <= longest(x->kind) + SLACK_S;
}

static const char *check(const void *what, struct arena *a)
{
	const struct answers *all = what;

	for (size_t i = 0; i < all->n_list; i++)
		if (!is_sound(&all->list[i]))
			return arena_printf(a, "answer %zu is none that a page could have made", i + 1);
	return NULL;
}

static struct keeper keeper_of(const char *id, struct arena *a)
{
	bool is_open = str_eq(id, ANSWER_FOR_ALL);

	return (struct keeper){ .dir = arena_printf(a, "answers/%s", id), .name = "answers.json", .things = "answers",
				.none = "nothing was answered yet", .shape = &answers_shape, .check = check,
				.dir_mode = is_open ? 0755 : 0750, .mode = is_open ? 0644 : 0640 };
}

/* Those of another instance, which only a mistake can have put there, answer nothing here. */
static void keep_own(struct answers *all, const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n_list; i++)
		if (str_eq(all->list[i].instance_id, id))
			all->list[n++] = all->list[i];
	all->n_list = n;
}

void answers_load(const char *state_dir, const char *id, int64_t now, struct answers *out, struct arena *a)
{
	const struct keeper k = keeper_of(id, a);

	keeper_load(&k, state_dir, now, out, a);
	keep_own(out, id);
}

/* ---- writing ---- */

static bool is_same(const struct answer *x, const struct answer *y)
{
	return (x->kind == ANSWER_SILENCE) == (y->kind == ANSWER_SILENCE) && str_eq(x->reading, y->reading);
}

const struct answer *answers_same(const struct answers *all, const struct answer *x, int64_t now)
{
	for (size_t i = 0; i < all->n_list; i++)
		if (is_same(x, &all->list[i]) && answer_is_running(&all->list[i], now))
			return &all->list[i];
	return NULL;
}

struct addition {
	const struct answer *x;
	const struct answer *instead;
	bool is_conflict;
};

/* Makes room: what ended long ago goes, and of too many the one that ended first. False: none has ended. */
static bool sweep(struct answers *all, int64_t now)
{
	size_t n = 0, first = 0;

	for (size_t i = 0; i < all->n_list; i++)
		if (all->list[i].until + SWEEP_S > now)
			all->list[n++] = all->list[i];
	all->n_list = n;
	if (n < ANSWERS_MAX)
		return true;
	for (size_t i = 1; i < n; i++)
		if (all->list[i].until < all->list[first].until)
			first = i;
	if (answer_is_running(&all->list[first], now))
		return false;
	all->list[first] = all->list[--all->n_list];
	return true;
}

static enum keeper_wish add(void *what, void *ctx, struct arena *a, const char **reason)
{
	struct addition *w = ctx;
	struct answers had = *(struct answers *)what, *all = what;
	const struct answer *stands = answers_same(&had, w->x, w->x->at);

	w->is_conflict = !str_eq(stands ? stands->id : "", w->instead ? w->instead->id : "");
	if (w->is_conflict)
		return KEEPER_AS_IT_IS;
	all->list = arena_calloc(a, ANSWERS_MAX + 1, sizeof(*all->list));
	all->n_list = 0;
	for (size_t i = 0; i < had.n_list; i++)
		if (&had.list[i] != stands)
			all->list[all->n_list++] = had.list[i];
	if (!sweep(all, w->x->at)) {
		*reason = arena_printf(a, "there are %d answers that have not ended; take some back", ANSWERS_MAX);
		return KEEPER_REFUSE;
	}
	all->list[all->n_list++] = *w->x;
	return KEEPER_SAVE;
}

enum answers_result answers_add(const char *state_dir, const struct answer *x, const struct answer *instead, struct arena *a,
				const char **reason)
{
	const struct keeper k = keeper_of(x->instance_id, a);
	struct addition w = { x, instead, false };

	if (!is_sound(x)) {
		*reason = "the answer is not complete";
		return ANSWERS_FAILED;
	}
	if (!keeper_change(&k, state_dir, add, &w, a, reason))
		return ANSWERS_FAILED;
	return w.is_conflict ? ANSWERS_CONFLICT : ANSWERS_ADDED;
}

struct removal {
	const char *id;
	bool found;
};

static enum keeper_wish take_back(void *what, void *ctx, struct arena *a, const char **reason)
{
	struct removal *r = ctx;
	struct answers *all = what;
	size_t n = 0;

	(void)a;
	(void)reason;
	for (size_t i = 0; i < all->n_list; i++) {
		if (str_eq(all->list[i].id, r->id))
			r->found = true;
		else
			all->list[n++] = all->list[i];
	}
	all->n_list = n;
	return r->found ? KEEPER_SAVE : KEEPER_AS_IT_IS;
}

bool answers_remove(const char *state_dir, const char *instance, const char *id, bool *found, struct arena *a, const char **reason)
{
	const struct keeper k = keeper_of(instance, a);
	struct removal r = { id, false };
	bool ok = keeper_change(&k, state_dir, take_back, &r, a, reason);

	*found = r.found;
	return ok;
}
