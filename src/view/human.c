#include "view/human.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"

#define MINUTE_S 60
#define HOUR_S   3600
#define DAY_S    86400

/* Clocks of two processes may differ by a moment; more than this is no moment. */
#define AHEAD_TOLERATED_S 5

#define NOT_KNOWN "not known"

char *human_duration(struct arena *a, int64_t s)
{
	if (s < 0)
		return arena_strdup(a, NOT_KNOWN);
	if (s >= DAY_S)
		return s / HOUR_S % 24
			       ? arena_printf(a, "%" PRId64 " d %" PRId64 " h", s / DAY_S, s / HOUR_S % 24)
			       : arena_printf(a, "%" PRId64 " d", s / DAY_S);
	if (s >= HOUR_S)
		return s / MINUTE_S % 60
			       ? arena_printf(a, "%" PRId64 " h %" PRId64 " m", s / HOUR_S, s / MINUTE_S % 60)
			       : arena_printf(a, "%" PRId64 " h", s / HOUR_S);
	if (s >= MINUTE_S)
		return s % 60 ? arena_printf(a, "%" PRId64 " m %" PRId64 " s", s / MINUTE_S, s % 60)
			      : arena_printf(a, "%" PRId64 " m", s / MINUTE_S);
	return arena_printf(a, "%" PRId64 " s", s);
}

char *human_span(struct arena *a, int64_t s)
{
	if (s < 0)
		return arena_strdup(a, NOT_KNOWN);
	if (s < MINUTE_S)
		return arena_printf(a, "%" PRId64 " s", s);
	if (s < HOUR_S)
		return arena_printf(a, "%" PRId64 " min", s / MINUTE_S);
	if (s < 2 * DAY_S)
		return arena_printf(a, "%" PRId64 " h", s / HOUR_S);
	return arena_printf(a, "%" PRId64 " d", s / DAY_S);
}

/* later - earlier without overflow, whatever the two are. */
static int64_t distance(int64_t later, int64_t earlier)
{
	int64_t d;

	if (__builtin_sub_overflow(later, earlier, &d))
		return later > earlier ? INT64_MAX : INT64_MIN;
	return d;
}

char *human_ago(struct arena *a, int64_t t, int64_t now)
{
	int64_t age = distance(now, t);

	if (t == 0)
		return arena_strdup(a, "never");
	if (age < -AHEAD_TOLERATED_S)
		return arena_strdup(a, "in the future");
	if (age <= 0)
		return arena_strdup(a, "just now");
	return arena_printf(a, "%s ago", human_span(a, age));
}

char *human_until(struct arena *a, int64_t t, int64_t now)
{
	int64_t wait = distance(t, now);

	if (t == 0)
		return arena_strdup(a, "not planned");
	if (wait <= 0)
		return arena_strdup(a, "due");
	return arena_printf(a, "in %s", human_span(a, wait));
}

char *human_took(struct arena *a, int64_t us)
{
	if (us < 0)
		return arena_strdup(a, NOT_KNOWN);
	if (us < 10000)
		return arena_printf(a, "%.1f ms", (double)us / 1000);
	if (us < 1000000)
		return arena_printf(a, "%" PRId64 " ms", us / 1000);
	if (us < 60000000 && us % 1000000 >= 50000)
		return arena_printf(a, "%.1f s", (double)us / 1000000);
	return human_duration(a, us / 1000000);
}

char *human_instant(struct arena *a, int64_t t)
{
	char text[CLOCK_TEXT_MAX];

	if (t == 0)
		return arena_strdup(a, "");
	clock_rfc3339(t, text);
	if (text[0] == '\0')
		return arena_strdup(a, "");
	text[10] = ' ';
	text[19] = '\0';
	return arena_printf(a, "%s UTC", text);
}

char *human_time_of_day(struct arena *a, int64_t t, int64_t offset_s)
{
	char text[CLOCK_TEXT_MAX] = "";

	if (t)
		clock_rfc3339(t + offset_s, text);
	return text[0] ? arena_strndup(a, text + 11, 5) : arena_strdup(a, "");
}

const char *human_weekday(int weekday)
{
	static const char *const names[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

	return weekday >= 0 && weekday <= 6 ? names[weekday] : "";
}

char *human_date(struct arena *a, int day, int month)
{
	static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

	return arena_printf(a, "%d %s", day, month >= 1 && month <= 12 ? names[month - 1] : "");
}

char *human_day(struct arena *a, int weekday, int day, int month)
{
	return arena_printf(a, "%s %s", human_weekday(weekday), human_date(a, day, month));
}

const char *human_zone(struct arena *a, const char *zone, int64_t offset_s)
{
	int64_t minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;

	if (str_eq(zone, "UTC"))
		return "UTC";
	return arena_printf(a, "%s (UTC%s%02d:%02d)", zone, offset_s < 0 ? "-" : "+", (int)(minutes / 60), (int)(minutes % 60));
}

char *human_bytes(struct arena *a, int64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double v = (double)bytes;
	size_t unit = 0;

	if (bytes < 0)
		return arena_strdup(a, NOT_KNOWN);
	if (bytes < 1024)
		return arena_printf(a, "%" PRId64 " B", bytes);
	v /= 1024;
	while (v >= 1023.5 && unit + 1 < ARRAY_SIZE(units)) {
		v /= 1024;
		unit++;
	}
	return arena_printf(a, v < 9.95 ? "%.1f %s" : "%.0f %s", v, units[unit]);
}

/* The digits of n >= 0 in threes. */
static char *grouped(struct arena *a, int64_t n, const char *separator)
{
	char digits[24];
	size_t len = (size_t)snprintf(digits, sizeof(digits), "%" PRId64, n);
	CLEANUP(buf_done) struct buf out = BUF_INIT(64);

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf_adds(&out, separator);
		buf_addc(&out, digits[i]);
	}
	return arena_strdup(a, buf_str(&out));
}

char *human_usd(struct arena *a, int64_t microusd)
{
	int64_t cents;

	if (microusd < 0)
		return arena_strdup(a, NOT_KNOWN);
	if (microusd > 0 && microusd < 5000)
		return arena_strdup(a, "under $0.01");
	cents = microusd / 10000 + (microusd % 10000 >= 5000);
	return arena_printf(a, "$%s.%02d", grouped(a, cents / 100, ","), (int)(cents % 100));
}

char *human_count(struct arena *a, int64_t n)
{
	if (n < 0)
		return arena_strdup(a, NOT_KNOWN);
	return grouped(a, n, "\xE2\x80\xAF");
}

const char *human_number(struct arena *a, int64_t n)
{
	static const char *const words[] = { "no",  "one",   "two",   "three", "four", "five",
					     "six", "seven", "eight", "nine",  "ten" };

	if (n >= 0 && n < (int64_t)ARRAY_SIZE(words))
		return words[n];
	return human_count(a, n);
}

char *human_cap(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s ? s : "");

	if (out[0] >= 'a' && out[0] <= 'z')
		out[0] = (char)(out[0] - 'a' + 'A');
	return out;
}

const char *human_number_cap(struct arena *a, int64_t n)
{
	return human_cap(a, human_number(a, n));
}

char *human_plural(struct arena *a, int64_t n, const char *noun)
{
	return arena_printf(a, "%s %s%s", human_number(a, n), noun, n == 1 ? "" : "s");
}

char *human_list(struct arena *a, const char *const *items, size_t n)
{
	char *out = arena_strdup(a, n ? items[0] : "");

	for (size_t i = 1; i < n; i++)
		out = arena_printf(a, "%s%s%s", out, i + 1 == n ? " and " : ", ", items[i]);
	return out;
}
