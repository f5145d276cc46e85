#include "pane/answer_until.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/zone.h"

#define TEXT_MAX 40
#define MORNING  (8 * 3600)

/* "4h", "7d". */
static bool parse_span(const char *text, struct arena *a, int64_t *out)
{
	size_t n = strlen(text);
	int64_t unit_s = str_ends(text, "h") ? 3600 : str_ends(text, "d") ? 86400 : 0, count;

	if (!unit_s || !str_parse_i64(arena_strndup(a, text, n - 1), 1, 9999, &count))
		return false;
	*out = count * unit_s;
	return true;
}

/* The time at which clocks in the zone show local (seconds as if it were UTC): by the offset that is in force then. */
static int64_t from_local(const char *zone, int64_t local)
{
	int64_t guess = local - zone_offset_s(zone, local);

	return local - zone_offset_s(zone, guess);
}

static int64_t tomorrow(const char *zone, int64_t now)
{
	struct zone_day today;

	zone_days(zone, now, 1, &today);
	/* The next day may begin at one o'clock: its date is what counts. */
	int64_t local = today.to_s + zone_offset_s(zone, today.to_s);
	return from_local(zone, local - local % 86400 + MORNING);
}

bool answer_until(const char *text, const char *zone, int64_t now, struct arena *a, int64_t *out)
{
	int64_t t = 0, span, local;
	size_t n = strlen(text);

	if (n == 0 || n > TEXT_MAX)
		return false;
	if (str_eq(text, "tomorrow"))
		t = tomorrow(zone, now);
	else if (parse_span(text, a, &span))
		t = now + span;
	else if (n >= 16 && text[n - 1] != 'Z' && !strpbrk(text + 11, "+-") && clock_parse_iso(n == 16 ? arena_printf(a, "%s:00", text) : text, 0, &local))
		t = from_local(zone, local);
	else if (!clock_parse_iso(text, 0, &t))
		return false;
	*out = t;
	return t > now;
}
