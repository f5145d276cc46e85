/* What is due, row by row: each is on file as being sent before its request, and as what became of it after. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/str.h"
#include "notify/send.h"
#include "notify/times.h"

#define REFUSED_WAIT_S 900      /* until the next try, where no message is taken at all */
#define HELD_MAX_S     86400
#define WAIT_MAX_MS    1100     /* what a pass waits for the next turn */
#define MARK_TRIES     3

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void wait_ms(int64_t ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &t, &t) != 0)
		;
}

/* ---- the other side's patience ---- */

static int put_hold(struct notify *n, int64_t until, const char *word, const char **error)
{
	if (store_put_state(n->store, NOTIFY_HELD_FROM, n->now, NULL, n->a, error) < 0)
		return -1;
	return store_put_state(n->store, NOTIFY_HELD, until, word, n->a, error);
}

/* A clock that was set back makes no wait longer than it was. */
static int64_t settle_hold(struct notify *n, int64_t until, const char *word)
{
	const char *none = NULL, *error = NULL;
	int64_t from = 0;

	if (!store_get_state(n->store, NOTIFY_HELD_FROM, &from, &none, n->a) || from <= n->now || until <= from)
		return until;
	until = n->now + (until - from);
	put_hold(n, until, word, &error);
	return until;
}

/* In the ledger: "3 Telegram asks to wait": how often in a row, and why. */
bool notify_is_held(struct notify *n, int64_t *until, int64_t *failures, const char **why)
{
	const char *word = NULL;
	char *end;

	*until = *failures = 0;
	*why = "";
	if (!store_get_state(n->store, NOTIFY_HELD, until, &word, n->a) || !word)
		return false;
	*until = settle_hold(n, *until, word);
	*failures = strtoll(word, &end, 10);
	*why = *end == ' ' ? end + 1 : end;
	return *until > n->now && *until <= n->now + HELD_MAX_S;
}

static int hold(struct notify *n, const struct bot_answer *r, const char **error)
{
	int64_t until, failures, wait;
	const char *why;

	notify_is_held(n, &until, &failures, &why);
	failures++;
	wait = r->result == BOT_REFUSED ? REFUSED_WAIT_S : r->retry_after_s > 0 ? r->retry_after_s : notify_backoff_s(failures);
	return put_hold(n, n->now + wait, arena_printf(n->a, "%" PRId64 " %s", failures, r->why), error);
}

static int let_go(struct notify *n, const char **error)
{
	if (store_put_state(n->store, NOTIFY_HELD, 0, NULL, n->a, error) < 0)
		return -1;
	return store_put_state(n->store, NOTIFY_GOOD, n->now, NULL, n->a, error);
}

/* ---- one row ---- */

/* What lies ahead by a clock that was set back is now, once: found anew as now each time, it would never pass. */
static void settle_bucket(struct notify *n, const struct bucket *b, const char *was)
{
	const char *word = bucket_word(b, n->a), *error = NULL;

	if (was && !str_eq(was, word))
		store_put_state(n->store, NOTIFY_SENDS, n->now, word, n->a, &error);
}

/* Takes a turn out of the bucket; false where a later pass has to go on. */
static bool take_turn(struct notify *n, struct bucket *b)
{
	const char *word = NULL;
	int64_t at, ms = now_ms(), wait;

	bucket_read(b, store_get_state(n->store, NOTIFY_SENDS, &at, &word, n->a) ? word : NULL, ms);
	wait = bucket_wait_ms(b, ms);
	if (wait > WAIT_MAX_MS) {
		settle_bucket(n, b, word);
		return false;
	}
	if (wait > 0)
		wait_ms(wait);
	bucket_take(b, now_ms());
	return true;
}

bool notify_take_turn(struct notify *n)
{
	const char *error = NULL;
	struct bucket b;

	if (!take_turn(n, &b))
		return false;
	n->now = clock_now_s();
	store_put_state(n->store, NOTIFY_SENDS, n->now, bucket_word(&b, n->a), n->a, &error);
	return true;
}

void notify_heed(struct notify *n, const struct bot_answer *r)
{
	const char *error = NULL;

	if (r->result == BOT_LATER || r->result == BOT_UNCLEAR)
		hold(n, r, &error);
}

/* On file before the request: what is found so after a kill is not sent again. */
static bool begin(struct notify *n, struct outbox_item *x, const struct bucket *b)
{
	const char *error = NULL;
	int rc = store_begin(n->store, n->a, &error);

	x->state = OUTBOX_SENDING;
	x->sent_at = n->now;
	x->tries++;
	if (rc == 0)
		rc = store_mark_outbox(n->store, x, n->a, &error);
	if (rc == 0)
		rc = store_put_state(n->store, NOTIFY_SENDS, n->now, bucket_word(b, n->a), n->a, &error);
	if (store_commit(n->store, rc, n->a, &error) == 0)
		return true;
	n->error = error;
	return false;
}

static int end_once(struct notify *n, const struct outbox_item *x, const struct bot_answer *r, const char **error)
{
	int rc = store_begin(n->store, n->a, error);

	if (rc == 0)
		rc = store_mark_outbox(n->store, x, n->a, error);
	if (rc == 0 && r->result == BOT_SENT)
		rc = let_go(n, error);
	else if (rc == 0 && (r->result != BOT_REFUSED || r->is_for_all))
		rc = hold(n, r, error);
	return store_commit(n->store, rc, n->a, error);
}

/* A ledger that is locked for a moment must not make a message that arrived one of which nobody knows. */
static bool end(struct notify *n, struct outbox_item *x, const struct bot_answer *r)
{
	static const enum outbox_state states[] = { [BOT_SENT] = OUTBOX_SENT, [BOT_LATER] = OUTBOX_WAITING, [BOT_REFUSED] = OUTBOX_REFUSED,
						    [BOT_UNCLEAR] = OUTBOX_UNCLEAR };
	const char *error = NULL;

	x->state = states[r->result];
	x->message_id = r->message_id;
	x->error = r->why;
	for (int i = 0; i < MARK_TRIES; i++) {
		error = NULL;
		if (end_once(n, x, r, &error) == 0)
			return true;
	}
	n->error = error;
	return false;
}

enum notify_end notify_ended(struct notify *n, const char *what, const struct bot_answer *r)
{
	if (r->result == BOT_SENT) {
		n->sent++;
		return NOTIFY_ALL;
	}
	n->error = r->why;
	notify_say(n, "%s: %s", what, r->why);
	if (r->result == BOT_REFUSED)
		return r->is_for_all ? NOTIFY_REFUSED : NOTIFY_ALL;
	return NOTIFY_LATER;
}

bool notify_send_row(struct notify *n, const struct bot *bot, struct outbox_item *x, enum notify_end *how)
{
	struct bot_answer r;
	struct bucket b;

	*how = NOTIFY_PACED;
	if (!take_turn(n, &b))
		return false;
	n->now = clock_now_s();
	*how = NOTIFY_FAILED;
	if (!begin(n, x, &b))
		return false;
	r = bot_send(bot, x, n->a);
	n->now = clock_now_s();
	if (!end(n, x, &r))
		return false;
	if (r.result == BOT_SENT)
		notify_say(n, "sent as message %" PRId64 ": %s", r.message_id, str_clean(n->a, x->text, strcspn(x->text, "\n"), 100));
	*how = notify_ended(n, x->key, &r);
	return *how == NOTIFY_ALL;
}

/* ---- all of them ---- */

/* Nobody waits for what is critical until all that was done is told. */
static int by_urgency(const void *x, const void *y)
{
	const struct outbox_item *p = x, *q = y;
	bool p_now = p->severity >= ALERT_CRITICAL, q_now = q->severity >= ALERT_CRITICAL;

	return p_now != q_now ? q_now - p_now : (p->n > q->n) - (p->n < q->n);
}

/* What could not be said when the book was looked through was not merged: it has the next pass, though quiet hours end in this one. */
static size_t drop_hushed(const struct notify *n, struct outbox_item *rows, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++)
		if (notify_may_say(n, &rows[i]) && !str_eq(rows[i].text, SUMMARISED))
			rows[kept++] = rows[i];
	return kept;
}

static enum notify_end send_rows(struct notify *n, const struct bot *bot, struct outbox_item *rows, size_t all)
{
	size_t count = drop_hushed(n, rows, all);
	int64_t stop = clock_mono_us() + NOTIFY_PASS_S * INT64_C(1000000);
	enum notify_end how = NOTIFY_ALL;
	bool is_hushed = count < all;

	if (count)
		qsort(rows, count, sizeof(*rows), by_urgency);
	for (size_t i = 0; i < count; i++) {
		if (!notify_may_say(n, &rows[i])) {
			is_hushed = true;
			continue;
		}
		if (clock_mono_us() > stop)
			return NOTIFY_PACED;
		if (!notify_send_row(n, bot, &rows[i], &how))
			return how;
	}
	return is_hushed ? NOTIFY_PACED : NOTIFY_ALL;
}

enum notify_end notify_send(struct notify *n, const struct bot *bot)
{
	const struct outbox_query q = { .state = OUTBOX_WAITING };
	const char *error = NULL, *why;
	struct outbox_item *rows;
	int64_t until, failures;
	size_t count;

	if (store_outbox(n->store, &q, &rows, &count, n->a, &error) < 0) {
		n->error = error;
		return NOTIFY_FAILED;
	}
	if (!count || !notify_is_held(n, &until, &failures, &why))
		return send_rows(n, bot, rows, count);
	n->error = *why ? why : "the other side asked to wait";
	notify_say(n, "%zu waiting: %s", count, n->error);
	return NOTIFY_LATER;
}
