#include "notify/times.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS 60000
#define SECOND_MS 1000
#define DAY_S     86400
#define BACKOFF_S 15

void bucket_read(struct bucket *b, const char *word, int64_t now_ms)
{
	b->n = 0;
	while (word && *word && b->n < BUCKET_ROOM) {
		char *end;
		int64_t at = strtoll(word, &end, 10);

		if (end == word)
			return;
		/* A clock that was set back: what lies ahead by it was no later than now. */
		b->at_ms[b->n++] = at < now_ms ? at : now_ms;
		word = *end == ',' ? end + 1 : end;
	}
}

const char *bucket_word(const struct bucket *b, struct arena *a)
{
	const char *s = "";

	for (size_t i = 0; i < b->n; i++)
		s = arena_printf(a, "%s%s%" PRId64, s, i ? "," : "", b->at_ms[i]);
	return s;
}

int64_t bucket_wait_ms(const struct bucket *b, int64_t now_ms)
{
	int64_t wait = 0;

	if (b->n && now_ms - b->at_ms[b->n - 1] < SECOND_MS)
		wait = b->at_ms[b->n - 1] + SECOND_MS - now_ms;
	if (b->n == BUCKET_ROOM && now_ms - b->at_ms[0] < MINUTE_MS && b->at_ms[0] + MINUTE_MS - now_ms > wait)
		wait = b->at_ms[0] + MINUTE_MS - now_ms;
	return wait;
}

void bucket_take(struct bucket *b, int64_t now_ms)
{
	if (b->n == BUCKET_ROOM)
		memmove(b->at_ms, b->at_ms + 1, --b->n * sizeof(b->at_ms[0]));
	b->at_ms[b->n++] = now_ms;
}

int64_t notify_backoff_s(int64_t failures)
{
	int64_t s = BACKOFF_S;

	for (int64_t i = 1; i < failures && s < BACKOFF_MAX_S; i++)
		s *= 2;
	return s < BACKOFF_MAX_S ? s : BACKOFF_MAX_S;
}

/* Seconds into the day, by the zone. */
static int64_t into_day(int64_t now, int64_t offset_s)
{
	int64_t s = (now + offset_s) % DAY_S;

	return s < 0 ? s + DAY_S : s;
}

bool notify_is_quiet(const struct notify_rules *r, int64_t now, int64_t offset_s, int64_t *until)
{
	int64_t at = into_day(now, offset_s), from = r->quiet_from * 60, to = r->quiet_to * 60;
	bool is_quiet = r->quiet_from >= 0 && (from < to ? at >= from && at < to : at >= from || at < to);

	*until = !is_quiet ? now : now + (to > at ? to - at : to + DAY_S - at);
	return is_quiet;
}

bool notify_is_morning(const struct notify_rules *r, int64_t now, int64_t offset_s, int64_t *day)
{
	int64_t late = into_day(now, offset_s) - r->morning * 60;

	*day = (now + offset_s) / DAY_S;
	return r->morning >= 0 && late >= 0 && late < MORNING_LATE_S;
}

int64_t notify_reminder(const struct notify_rules *r, int64_t told_at, int64_t now)
{
	int64_t age = now - told_at, k = 0, last;

	while (k < (int64_t)r->n_remind && age >= r->remind_s[k])
		k++;
	if (k < (int64_t)r->n_remind || k == 0)
		return k;
	last = r->remind_s[r->n_remind - 1];
	return last > 0 ? k + (age - last) / last : k;
}
