/* What of the watching is new, as rows of the outbox; and when a silence is none. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "notify/times.h"
#include "view/links.h"
#include "watch/watch.h"

/* One pass. */
struct round {
	struct notify *n;
	const struct watch_list *w;
	const char **error;
	bool has_grace;
	bool can_speak;
	const struct watched **silent; /* newly */
	const struct watched **still;  /* told, and silent yet */
	const struct watched **back;
	int64_t *silent_from;          /* beside back */
	int64_t *row_of;               /* beside back: the message that told it */
	size_t n_silent, n_still, n_back;
	int64_t told_at;               /* the first of those that are silent yet */
	int64_t told_by;               /* and its message */
};

/* ---- what is remembered ---- */

static const char *state_name(struct arena *a, const struct watched *x)
{
	return arena_printf(a, "watch.%s.%s", x->what == ALIVE_EXPORT ? "export" : "notify", x->id);
}

/* "17 1795400000": the message that told it, and when it was last alive. at 0 = it is not told. */
struct told {
	int64_t at, row, alive_at;
};

static struct told told_of(const struct round *r, const struct watched *x)
{
	struct told t = { 0 };
	const char *word = NULL;
	char *end;

	if (!store_get_state(r->n->store, state_name(r->n->a, x), &t.at, &word, r->n->a) || !word)
		return (struct told){ 0 };
	t.row = strtoll(word, &end, 10);
	t.alive_at = *end == ' ' ? strtoll(end + 1, NULL, 10) : 0;
	return t;
}

static void remember(const struct round *r, const struct watched *x, const struct told *t)
{
	const char *word = t->at ? arena_printf(r->n->a, "%" PRId64 " %" PRId64, t->row, t->alive_at) : NULL;

	if (!*r->error)
		store_put_state(r->n->store, state_name(r->n->a, x), t->at, word, r->n->a, r->error);
}

/* ---- time that did not pass ---- */

/* Why what was silent meanwhile is no alarm; NULL = nothing has happened. *until: so long. */
static const char *what_happened(const struct watch_clock *c, int64_t last, const char *word, bool had_grace, int64_t *until)
{
	int64_t to_boot = c->now - c->boot, asleep = c->boot - c->awake, old_to_boot, old_asleep;
	char *end;

	*until = c->now + WATCH_GRACE_S;
	if (c->boot < WATCH_GRACE_S) {
		*until = c->now - c->boot + WATCH_GRACE_S;
		return "the machine was just started";
	}
	if (last <= 0 || !word)
		return NULL;
	old_to_boot = strtoll(word, &end, 10);
	old_asleep = strtoll(end, NULL, 10);
	if (asleep - old_asleep > WATCH_JUMP_S)
		return "the machine slept";
	if (llabs(to_boot - old_to_boot) > WATCH_JUMP_S)
		return "the clock was set";
	/* Once: where passes are always that far apart, it is the rule, and every other one tells. */
	*until = c->now;
	return c->now - last > WATCH_GAP_S && !had_grace ? "nothing ran here for a while" : NULL;
}

static bool has_grace(const struct round *r, const struct watch_clock *c)
{
	struct notify *n = r->n;
	int64_t last = 0, grace = 0, until = 0;
	const char *word = NULL, *why = NULL, *old = NULL;

	store_get_state(n->store, WATCH_GRACE, &grace, &old, n->a);
	if (!store_get_state(n->store, WATCH_CLOCK, &last, &word, n->a))
		last = 0;
	why = what_happened(c, last, word, grace >= last, &until);
	if (store_put_state(n->store, WATCH_CLOCK, c->now, arena_printf(n->a, "%" PRId64 " %" PRId64, c->now - c->boot, c->boot - c->awake), n->a,
			    r->error) < 0)
		return true;
	if (why) {
		notify_say(n, "%s: what is silent now is not told yet", why);
		store_put_state(n->store, WATCH_GRACE, until, why, n->a, r->error);
		return true;
	}
	/* A clock that was set back makes no grace longer than the longest there is. */
	return grace >= c->now && grace <= c->now + WATCH_GRACE_S;
}

/* Nothing stood in the way of our own last pass. */
static bool can_speak(const struct notify *n)
{
	const char *stood = NULL;
	int64_t at;

	return !store_get_state(n->store, NOTIFY_RAN, &at, &stood, n->a) || !stood;
}

/* ---- sorting ---- */

static void sort_out(struct round *r)
{
	for (size_t i = 0; i < r->w->n; i++) {
		const struct watched *x = &r->w->list[i];
		const struct told t = told_of(r, x);

		if (t.at && x->is_silent) {
			r->still[r->n_still++] = x;
			if (!r->told_at || t.at < r->told_at) {
				r->told_at = t.at;
				r->told_by = t.row;
			}
		} else if (t.at && x->alive.state == ALIVE_MARKED) {
			r->back[r->n_back] = x;
			r->silent_from[r->n_back] = t.alive_at;
			r->row_of[r->n_back++] = t.row;
		} else if (!t.at && x->is_silent && x->is_ours && !r->has_grace && (x->what == ALIVE_EXPORT || r->can_speak)) {
			r->silent[r->n_silent++] = x;
		}
	}
}

/* ---- rows ---- */

static int64_t put(struct round *r, const char *what, enum outbox_kind kind, const struct watched *first, const char *text)
{
	struct notify *n = r->n;
	const struct outbox_item row = { .key = arena_printf(n->a, "watch:%" PRId64 ":%s:%d:%s", n->now, what, (int)first->what, first->id),
					 .kind = kind, .state = OUTBOX_WAITING, .severity = ALERT_CRITICAL, .text = text,
					 .link = link_pane(n->a, "ops", NULL), .made_at = n->now, .next_at = n->now };
	int64_t number = 0;

	if (!*r->error)
		store_put_outbox(n->store, &row, &number, n->a, r->error);
	return number;
}

static bool row_numbered(const struct round *r, int64_t number, struct outbox_item *out)
{
	const struct outbox_query waiting = { .state = OUTBOX_WAITING }, refused = { .state = OUTBOX_REFUSED };
	const struct outbox_query *const both[] = { &waiting, &refused };

	for (size_t k = 0; k < 2 && number; k++) {
		struct outbox_item *rows;
		size_t count;

		if (*r->error || store_outbox(r->n->store, both[k], &rows, &count, r->n->a, r->error) < 0)
			return false;
		for (size_t i = 0; i < count; i++)
			if (rows[i].n == number) {
				*out = rows[i];
				return true;
			}
	}
	return false;
}

static bool tells_of_others(const struct round *r, int64_t row)
{
	for (size_t i = 0; i < r->n_still; i++)
		if (told_of(r, r->still[i]).row == row)
			return true;
	return false;
}

/* A message that has not been sent, or was refused, is told by a later one. True where that makes it unsaid. */
static bool hand_over(const struct round *r, int64_t row, int64_t by)
{
	struct outbox_item x;

	if (!by || !row_numbered(r, row, &x) || tells_of_others(r, row))
		return false;
	x.told_by = by;
	x.state = x.state == OUTBOX_WAITING ? OUTBOX_MERGED : x.state;
	store_mark_outbox(r->n->store, &x, r->n->a, r->error);
	return true;
}

static void tell_silent(struct round *r)
{
	struct told t = { .at = r->n->now };

	if (!r->n_silent)
		return;
	t.row = put(r, "silent", OUTBOX_WATCH, r->silent[0], watch_text_silent(r->n, r->silent, r->n_silent, false));
	for (size_t i = 0; i < r->n_silent; i++) {
		t.alive_at = r->silent[i]->alive.at;
		remember(r, r->silent[i], &t);
	}
}

static void tell_back(struct round *r)
{
	bool was_told = false;
	struct outbox_item x;
	int64_t by;

	if (!r->n_back)
		return;
	for (size_t i = 0; i < r->n_back; i++)
		was_told = was_told || !row_numbered(r, r->row_of[i], &x);
	by = put(r, "back", OUTBOX_RECOVERED, r->back[0], watch_text_back(r->n, r->back, r->silent_from, r->n_back, was_told));
	for (size_t i = 0; i < r->n_back; i++) {
		hand_over(r, r->row_of[i], by);
		remember(r, r->back[i], &(struct told){ 0 });
	}
}

/* As what is critical is told again; and at once where it was refused and messages are taken by now. */
static void remind(struct round *r)
{
	int64_t good = 0, by, k = r->n_still ? notify_reminder(&r->n->in->notify, r->told_at, r->n->now) : 0;
	struct outbox_item x = { .state = OUTBOX_WAITING };
	const char *word = NULL, *key;
	bool was_refused = r->n_still && row_numbered(r, r->told_by, &x) && x.state == OUTBOX_REFUSED && !x.told_by &&
			   store_get_state(r->n->store, NOTIFY_GOOD, &good, &word, r->n->a) && good > x.sent_at;

	key = arena_printf(r->n->a, "watch:%" PRId64 ":still:%" PRId64, r->told_at, k);
	if (was_refused) {
		by = put(r, "still", OUTBOX_REMINDER, r->still[0], watch_text_silent(r->n, r->still, r->n_still, true));
		x.told_by = by;
		if (!*r->error && by)
			store_mark_outbox(r->n->store, &x, r->n->a, r->error);
	} else if (k > 0 && x.n == 0 && !store_outbox_find(r->n->store, key, &x, r->n->a)) {
		const struct outbox_item row = { .key = key, .kind = OUTBOX_REMINDER, .state = OUTBOX_WAITING, .severity = ALERT_CRITICAL,
						 .text = watch_text_silent(r->n, r->still, r->n_still, true),
						 .link = link_pane(r->n->a, "ops", NULL), .made_at = r->n->now, .next_at = r->n->now };

		if (!*r->error)
			store_put_outbox(r->n->store, &row, &by, r->n->a, r->error);
	}
}

/* ---- the whole ---- */

static int leave_word(struct round *r, int64_t now)
{
	const char *silent = arena_printf(r->n->a, "%zu", r->w->n_silent);

	if (store_put_state(r->n->store, WATCH_SEEN, (int64_t)r->w->n, silent, r->n->a, r->error) < 0)
		return -1;
	return store_put_state(r->n->store, WATCH_RAN, now, r->w->blind, r->n->a, r->error);
}

static int tell_all(struct round *r, const struct watch_clock *clock)
{
	size_t room = r->w->n + 1;
	struct arena *a = r->n->a;

	/* Lists of pointers. NOLINTBEGIN(bugprone-sizeof-expression) */
	r->silent = arena_calloc(a, room, sizeof(*r->silent));
	r->still = arena_calloc(a, room, sizeof(*r->still));
	r->back = arena_calloc(a, room, sizeof(*r->back));
	/* NOLINTEND(bugprone-sizeof-expression) */
	r->silent_from = arena_calloc(a, room, sizeof(*r->silent_from));
	r->row_of = arena_calloc(a, room, sizeof(*r->row_of));
	r->has_grace = has_grace(r, clock);
	r->can_speak = can_speak(r->n);
	sort_out(r);
	tell_back(r);
	tell_silent(r);
	remind(r);
	return *r->error ? -1 : leave_word(r, clock->now);
}

bool watch_tell(struct notify *n, const struct watch_list *w, const struct watch_clock *clock)
{
	const char *error = NULL;
	struct round r = { .n = n, .w = w, .error = &error };
	int rc = store_begin(n->store, n->a, &error);

	if (rc == 0)
		rc = tell_all(&r, clock);
	if (store_commit(n->store, rc, n->a, &error) == 0)
		return true;
	n->error = error ? error : "the outbox could not be written; run hmc doctor";
	return false;
}
