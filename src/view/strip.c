#include "view/strip.h"

#include "base/clock.h"
#include "json/json.h"
#include "view/human.h"

#define QUARTER_S 900

/* How wide a slot is drawn, in the picture's own units, with the gap after it. */
#define SLOT_WIDTH 8

static const struct {
	const char *name;
	const char *word;
} kinds[] = {
	[SLOT_UNSEEN] = { "unseen", "not observed" },
	[SLOT_BEFORE] = { "before", "before the first report" },
	[SLOT_OK] = { "ok", "ok" },
	[SLOT_WARN] = { "warn", "warning" },
	[SLOT_CRITICAL] = { "critical", "critical" },
	[SLOT_OFF] = { "off", "off" },
	[SLOT_UNKNOWN] = { "unknown", "not known" },
};

const char *slot_name(enum slot s)
{
	return kinds[s].name;
}

const char *slot_word(enum slot s)
{
	return kinds[s].word;
}

/* As bad as the worst of its runs; "not known" only where nothing better is. */
static enum slot slot_of(const struct watch_slot *w)
{
	if (w->critical)
		return SLOT_CRITICAL;
	if (w->warns)
		return SLOT_WARN;
	if (w->fine)
		return SLOT_OK;
	if (w->off)
		return SLOT_OFF;
	return w->runs ? SLOT_UNKNOWN : SLOT_UNSEEN;
}

/* Which of two says more of a slot: the worse one; what was seen before what was not. */
static enum slot worse(enum slot a, enum slot b)
{
	static const int rank[] = {
		[SLOT_BEFORE] = 0, [SLOT_UNSEEN] = 1, [SLOT_UNKNOWN] = 2, [SLOT_OFF] = 3, [SLOT_OK] = 4, [SLOT_WARN] = 5, [SLOT_CRITICAL] = 6,
	};

	return rank[b] > rank[a] ? b : a;
}

struct strip strip_of_watch(const struct watch *w, int64_t slot_s, size_t n, int64_t now, struct arena *a)
{
	struct strip s = { .slots = arena_calloc(a, n ? n : 1, sizeof(*s.slots)), .n = n, .slot_s = slot_s };

	s.from_s = now - now % slot_s - (int64_t)(n ? n - 1 : 0) * slot_s;
	for (size_t i = 0; i < n; i++)
		if (!w->since || s.from_s + (int64_t)(i + 1) * slot_s <= w->since)
			s.slots[i] = SLOT_BEFORE;
	for (size_t i = 0; i < w->n; i++) {
		int64_t at = (w->rows[i].at - s.from_s) / slot_s;

		if (w->rows[i].at >= s.from_s && at < (int64_t)n)
			s.slots[at] = worse(s.slots[at], slot_of(&w->rows[i]));
	}
	return s;
}

double watch_uptime(const struct watch *w, int64_t from_s, int64_t to_s)
{
	int64_t up = 0, down = 0;

	for (size_t i = 0; i < w->n; i++) {
		if (w->rows[i].at + QUARTER_S <= from_s || w->rows[i].at >= to_s)
			continue;
		up += w->rows[i].up;
		down += watch_slot_down(&w->rows[i]);
	}
	return up + down ? (double)up / (double)(up + down) : -1;
}

static void add_instant(cJSON *o, const char *name, int64_t t)
{
	char text[CLOCK_TEXT_MAX];

	clock_rfc3339(t, text);
	json_add_string(o, name, text);
}

static void add_run(cJSON *list, const struct strip *s, size_t from, size_t to, struct arena *a)
{
	int64_t begin = s->from_s + (int64_t)from * s->slot_s, end = s->from_s + (int64_t)to * s->slot_s;
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "status", slot_name(s->slots[from]));
	json_add_string(o, "word", slot_word(s->slots[from]));
	json_add_i64(o, "x", (int64_t)from * SLOT_WIDTH);
	json_add_i64(o, "width", (int64_t)(to - from) * SLOT_WIDTH);
	add_instant(o, "fromAt", begin);
	add_instant(o, "toAt", end);
	json_add_string(o, "text", arena_printf(a, "%s: %.16s to %.5s UTC", slot_word(s->slots[from]), human_instant(a, begin),
						human_instant(a, end) + 11));
	json_append(list, o);
}

/* "24 h: 22 h ok, 2 h not observed", the worst first. */
static const char *summary(const struct strip *s, const char *what, struct arena *a)
{
	static const enum slot order[] = { SLOT_CRITICAL, SLOT_WARN, SLOT_OK, SLOT_OFF, SLOT_UNKNOWN, SLOT_UNSEEN, SLOT_BEFORE };
	const char *text = what, *sep = ": ";

	for (size_t k = 0; k < ARRAY_SIZE(order); k++) {
		int64_t n = 0;

		for (size_t i = 0; i < s->n; i++)
			n += s->slots[i] == order[k];
		if (n == 0)
			continue;
		text = arena_printf(a, "%s%s%s %s", text, sep, human_duration(a, n * s->slot_s), slot_word(order[k]));
		sep = ", ";
	}
	return text;
}

cJSON *strip_json(const struct strip *s, const char *what, struct arena *a)
{
	cJSON *o = cJSON_CreateObject(), *list;

	json_add_i64(o, "slotSeconds", s->slot_s);
	json_add_i64(o, "slots", (int64_t)s->n);
	add_instant(o, "fromAt", s->from_s);
	add_instant(o, "toAt", s->from_s + (int64_t)s->n * s->slot_s);
	json_add_string(o, "summary", summary(s, what, a));
	json_add_i64(o, "width", (int64_t)s->n * SLOT_WIDTH);
	list = json_add_array(o, "runs");
	for (size_t i = 0, from = 0; i < s->n; i++)
		if (i + 1 == s->n || s->slots[i + 1] != s->slots[from]) {
			add_run(list, s, from, i + 1, a);
			from = i + 1;
		}
	return o;
}
