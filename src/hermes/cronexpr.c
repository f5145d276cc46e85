#include "hermes/cronexpr.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/cleanup.h"

#define TEXT_MAX  256
#define YEARS_MAX 9

struct field {
	int low, high;            /* high of weekdays is 7, folded to 0 */
	const char *const *names; /* three letters each, the first means low */
	int n_names;
};

static const char *const month_names[] = { "jan", "feb", "mar", "apr", "may", "jun",
					   "jul", "aug", "sep", "oct", "nov", "dec" };
static const char *const day_names[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

static const struct field fields[5] = {
	{ 0, 59, NULL, 0 },         { 0, 23, NULL, 0 },     { 1, 31, NULL, 0 },
	{ 1, 12, month_names, 12 }, { 0, 7, day_names, 7 },
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Up to four digits at *s; -1 when there is none. */
static int parse_number(const char **s)
{
	int v = 0, n = 0;

	while (**s >= '0' && **s <= '9') {
		if (++n > 4)
			return -1;
		v = v * 10 + (*(*s)++ - '0');
	}
	return n ? v : -1;
}

static int parse_value(const struct field *f, const char **s)
{
	int v;

	for (int i = 0; i < f->n_names; i++) {
		if (strncasecmp(*s, f->names[i], 3) == 0) {
			*s += 3;
			return f->low + i;
		}
	}
	v = parse_number(s);
	return v >= f->low && v <= f->high ? v : -1;
}

/* Sets low..high by step, running over the field's end when low > high. */
static uint64_t range_bits(const struct field *f, int low, int high, int step)
{
	bool is_week = f->high == 7;
	int top = is_week ? 6 : f->high;
	int size = top - f->low + 1;
	uint64_t bits = 0;
	int last = high;

	if (low > high)
		last = high + size;
	for (int v = low; v <= last; v += step) {
		int at = v > top ? f->low + (v - f->low) % size : v;

		bits |= UINT64_C(1) << at;
	}
	return bits;
}

/* One item of a list: "*", "a", "a-b", each with "/n" after it. */
static bool parse_item(const struct field *f, const char **s, uint64_t *bits)
{
	int low = f->low, high = f->high == 7 ? 6 : f->high, step = 1;
	bool is_single = false;

	if (**s == '*' || **s == '?') {
		(*s)++;
	} else {
		low = parse_value(f, s);
		if (low < 0)
			return false;
		is_single = **s != '-';
		if (!is_single) {
			(*s)++;
			high = parse_value(f, s);
			if (high < 0)
				return false;
		}
	}
	if (**s == '/') {
		(*s)++;
		step = parse_number(s);
		if (step <= 0)
			return false;
	} else if (is_single) {
		high = low;
	}
	*bits |= range_bits(f, low, high, step);
	return true;
}

/* One field up to a blank or the end. */
static bool parse_field(const struct field *f, const char **s, uint64_t *bits)
{
	*bits = 0;
	for (;;) {
		if (!parse_item(f, s, bits))
			return false;
		if (**s != ',')
			return **s == '\0' || is_blank(**s);
		(*s)++;
	}
}

bool cronexpr_parse(const char *text, struct cronexpr *out)
{
	uint64_t bits[ARRAY_SIZE(fields)];

	if (!text || strnlen(text, TEXT_MAX) == TEXT_MAX)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		while (is_blank(*text))
			text++;
		if (!parse_field(&fields[i], &text, &bits[i]))
			return false;
	}
	while (is_blank(*text))
		text++;
	if (*text)
		return false;
	*out = (struct cronexpr){ bits[0], bits[1], bits[2], bits[3], bits[4] };
	return true;
}

static bool has(uint64_t bits, int v)
{
	return bits >> v & 1;
}

/* The lowest value set at or above v; -1 when none is. */
static int next_value(uint64_t bits, int v)
{
	bits = v > 63 ? 0 : bits >> v << v;
	return bits ? __builtin_ctzll(bits) : -1;
}

static bool is_day(const struct cronexpr *c, const struct tm *tm)
{
	const uint64_t all_days = 0xFFFFFFFE, all_weekdays = 0x7F;
	bool day = has(c->days, tm->tm_mday), weekday = has(c->weekdays, tm->tm_wday);

	if (c->days != all_days && c->weekdays != all_weekdays)
		return day || weekday;
	return day && weekday;
}

/* The first hour and minute of this day at or after tm's; false when there is none. */
static bool time_of_day(const struct cronexpr *c, struct tm *tm)
{
	int hour = next_value(c->hours, tm->tm_hour);
	int minute = next_value(c->minutes, hour == tm->tm_hour ? tm->tm_min : 0);

	if (hour >= 0 && minute < 0) { /* none left in this hour */
		hour = next_value(c->hours, tm->tm_hour + 1);
		minute = next_value(c->minutes, 0);
	}
	tm->tm_hour = hour;
	tm->tm_min = minute;
	return hour >= 0 && minute >= 0;
}

bool cronexpr_next(const struct cronexpr *c, int64_t after_s, int64_t offset_s, int64_t *out)
{
	time_t local;
	struct tm tm;

	if (__builtin_add_overflow(after_s, offset_s, &local) || local < 0 || local > INT64_C(253402300799))
		return false;
	local = local / 60 * 60 + 60;
	if (!gmtime_r(&local, &tm))
		return false;
	/* Day by day: 3,300 steps at most, with the clock at midnight from the second day on. */
	for (int day = 0; day <= YEARS_MAX * 366; day++) {
		if (has(c->months, tm.tm_mon + 1) && is_day(c, &tm) && time_of_day(c, &tm)) {
			*out = (int64_t)timegm(&tm) - offset_s;
			return true;
		}
		tm.tm_mday++;
		tm.tm_hour = tm.tm_min = 0;
		timegm(&tm); /* carries over into month and year, and sets the weekday */
	}
	return false;
}

int64_t cronexpr_period_s(const struct cronexpr *c, int64_t after_s, int64_t offset_s)
{
	int64_t first, second;

	if (!cronexpr_next(c, after_s, offset_s, &first) || !cronexpr_next(c, first, offset_s, &second))
		return 0;
	return second - first;
}
