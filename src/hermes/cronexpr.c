#include "hermes/cronexpr.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/cleanup.h"

#define TEXT_MAX  256
#define YEARS_MAX 9
#define DAY_S     86400

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

static bool is_day(const struct cronexpr *c, int mday, int wday)
{
	bool day = has(c->days, mday), weekday = has(c->weekdays, wday);

	if (c->days != CRONEXPR_ALL_DAYS && c->weekdays != CRONEXPR_ALL_WEEKDAYS)
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
		if (has(c->months, tm.tm_mon + 1) && is_day(c, tm.tm_mday, tm.tm_wday) && time_of_day(c, &tm)) {
			*out = (int64_t)timegm(&tm) - offset_s;
			return true;
		}
		tm.tm_mday++;
		tm.tm_hour = tm.tm_min = 0;
		timegm(&tm); /* carries over into month and year, and sets the weekday */
	}
	return false;
}

/* The highest value set at or below v; -1 when none is. */
static int last_value(uint64_t bits, int v)
{
	bits = v < 0 ? 0 : bits << (63 - v) >> (63 - v);
	return bits ? 63 - __builtin_clzll(bits) : -1;
}

/* The last hour and minute at or before these, in *hour and *minute; false when there is none. */
static bool time_before(const struct cronexpr *c, int *hour, int *minute)
{
	int h = last_value(c->hours, *hour);
	int m = last_value(c->minutes, h == *hour ? *minute : 59);

	if (h >= 0 && m < 0) { /* none yet in this hour */
		h = last_value(c->hours, *hour - 1);
		m = last_value(c->minutes, 59);
	}
	*hour = h;
	*minute = m;
	return h >= 0 && m >= 0;
}

struct day {
	int year, month, mday, wday; /* month from 1, wday from Sunday */
	int64_t n;                   /* days since the epoch */
};

static int days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && is_leap);
}

/* Goes back by n days, at most to the last day of the month before. */
static void go_back(struct day *d, int n)
{
	d->n -= n;
	d->wday = (d->wday + 35 - n) % 7;
	d->mday -= n;
	if (d->mday > 0)
		return;
	if (--d->month == 0) {
		d->month = 12;
		d->year--;
	}
	d->mday = days_of(d->year, d->month);
}

/*
 * Asked thirty times a job in every run of the exporter: no library call but
 * the first, and a month that does not fit is one step.
 */
bool cronexpr_last(const struct cronexpr *c, int64_t at_s, int64_t offset_s, int64_t *out)
{
	time_t local;
	struct tm tm;
	struct day d;
	int hour, minute;

	if (__builtin_add_overflow(at_s, offset_s, &local) || local < 0 || local > INT64_C(253402300799) ||
	    !gmtime_r(&local, &tm))
		return false;
	d = (struct day){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_wday, local / DAY_S };
	hour = tm.tm_hour;
	minute = tm.tm_min;
	for (int64_t first = d.n - YEARS_MAX * 366; d.n >= first && d.n >= 0;) {
		bool is_month = has(c->months, d.month);

		if (is_month && is_day(c, d.mday, d.wday) && time_before(c, &hour, &minute)) {
			*out = d.n * DAY_S + hour * 3600 + minute * 60 - offset_s;
			return true;
		}
		go_back(&d, is_month ? 1 : d.mday);
		hour = 23;
		minute = 59;
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
