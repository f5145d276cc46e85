/* Cron expressions in the words of a person. */
#include <inttypes.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "hermes/cron_schedule.h"

#define TIMES_MAX 4 /* more times of day than this are counted, not listed */
#define WORDS_MAX 400

#define WORKDAYS UINT64_C(0x3E)
#define WEEKEND  UINT64_C(0x41)

static const char *const day_names[] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" };
static const char *const month_names[] = { "January", "February", "March",     "April",   "May",      "June",
					   "July",    "August",   "September", "October", "November", "December" };

static int count(uint64_t bits)
{
	return __builtin_popcountll(bits);
}

static int lowest(uint64_t bits)
{
	return __builtin_ctzll(bits);
}

static int highest(uint64_t bits)
{
	return 63 - __builtin_clzll(bits);
}

/* The distance between all neighbours, or 0 where it differs or there is one alone. */
static int step_of(uint64_t bits)
{
	int step = 0, last = lowest(bits);

	for (int i = last + 1; i < 64; i++) {
		if (!(bits >> i & 1))
			continue;
		if (step && i - last != step)
			return 0;
		step = i - last;
		last = i;
	}
	return step;
}

/* ", " and " and " between the n words of a list, of which this is the one at i. */
static void add_comma(struct buf *out, int i, int n)
{
	if (i)
		buf_adds(out, i + 1 == n ? " and " : ", ");
}

/* Whether hour:minute pairs of the pattern are the same distance apart around the clock; that distance in minutes. */
static int even_around_clock(const struct cronexpr *c)
{
	int step = step_of(c->minutes);

	if (c->hours == CRONEXPR_ALL_HOURS && count(c->minutes) == 1)
		return 60;
	if (c->hours == CRONEXPR_ALL_HOURS && step && 60 % step == 0 && count(c->minutes) == 60 / step)
		return step;
	step = step_of(c->hours);
	if (count(c->minutes) == 1 && step && lowest(c->hours) == 0 && 24 % step == 0 && count(c->hours) == 24 / step)
		return step * 60;
	return 0;
}

static void add_list_of_times(struct buf *out, const struct cronexpr *c)
{
	int n = count(c->hours) * count(c->minutes), i = 0;

	buf_adds(out, " at ");
	for (int h = 0; h < 24; h++)
		for (int m = 0; m < 60; m++)
			if (c->hours >> h & 1 && c->minutes >> m & 1) {
				add_comma(out, i++, n);
				buf_printf(out, "%02d:%02d", h, m);
			}
}

/* " every 15 minutes from 09:00 to 17:45", or how often between the first and the last. */
static void add_span_of_times(struct buf *out, const struct cronexpr *c)
{
	int step = step_of(c->minutes), step_h = step_of(c->hours);
	bool is_even = step && 60 % step == 0 && count(c->minutes) == 60 / step && (step_h == 1 || count(c->hours) == 1);

	if (is_even && step == 1)
		buf_adds(out, ", every minute");
	else if (is_even)
		buf_printf(out, ", every %d minutes", step);
	else if (count(c->minutes) == 1 && step_h == 1)
		buf_adds(out, ", every hour");
	else if (count(c->minutes) == 1 && step_h)
		buf_printf(out, ", every %d hours", step_h);
	else
		buf_printf(out, ", %d times", count(c->hours) * count(c->minutes));
	buf_printf(out, " from %02d:%02d to %02d:%02d", lowest(c->hours), lowest(c->minutes), highest(c->hours),
		   highest(c->minutes));
}

static void add_weekdays(struct buf *out, uint64_t days)
{
	int n = count(days), i = 0;

	if (days == WORKDAYS) {
		buf_adds(out, "every weekday");
	} else if (days == WEEKEND) {
		buf_adds(out, "every Saturday and Sunday");
	} else {
		buf_adds(out, "every ");
		/* A week begins on Monday. */
		for (int d = 1; d <= 7; d++)
			if (days >> d % 7 & 1) {
				add_comma(out, i++, n);
				buf_adds(out, day_names[d % 7]);
			}
	}
}

static void add_months(struct buf *out, uint64_t months)
{
	int n = count(months), i = 0;

	for (int m = 1; m <= 12; m++)
		if (months >> m & 1) {
			add_comma(out, i++, n);
			buf_adds(out, month_names[m - 1]);
		}
}

static void add_month_days(struct buf *out, const struct cronexpr *c)
{
	int n = count(c->days), i = 0;

	buf_adds(out, n == 1 ? "on day " : "on days ");
	for (int d = 1; d <= 31; d++)
		if (c->days >> d & 1) {
			add_comma(out, i++, n);
			buf_printf(out, "%d", d);
		}
	buf_adds(out, " of ");
	if (c->months == CRONEXPR_ALL_MONTHS)
		buf_adds(out, "every month");
	else
		add_months(out, c->months);
}

static bool is_every_day(const struct cronexpr *c)
{
	return c->days == CRONEXPR_ALL_DAYS && c->weekdays == CRONEXPR_ALL_WEEKDAYS;
}

static void add_days(struct buf *out, const struct cronexpr *c)
{
	bool has_days = c->days != CRONEXPR_ALL_DAYS, has_weekdays = c->weekdays != CRONEXPR_ALL_WEEKDAYS;

	if (has_days)
		add_month_days(out, c);
	if (has_days && has_weekdays)
		buf_adds(out, " and ");
	if (has_weekdays)
		add_weekdays(out, c->weekdays);
	if (!has_days && !has_weekdays)
		buf_adds(out, "every day");
	if (c->months != CRONEXPR_ALL_MONTHS && (!has_days || has_weekdays)) {
		buf_adds(out, " in ");
		add_months(out, c->months);
	}
}

static void add_minute(struct buf *out, int minute)
{
	if (minute)
		buf_printf(out, " at %d past", minute);
}

const char *cron_interval_words(int64_t minutes, struct arena *a)
{
	static const struct {
		int64_t minutes;
		const char *one, *many;
	} units[] = { { 1440, "day", "days" }, { 60, "hour", "hours" }, { 1, "minute", "minutes" } };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (minutes < units[i].minutes || minutes % units[i].minutes)
			continue;
		return minutes == units[i].minutes ? arena_printf(a, "every %s", units[i].one) :
						     arena_printf(a, "every %" PRId64 " %s", minutes / units[i].minutes,
								  units[i].many);
	}
	return NULL;
}

const char *cron_words(const struct cronexpr *c, struct arena *a)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(WORDS_MAX);
	int even = even_around_clock(c);

	if (even && is_every_day(c) && c->months == CRONEXPR_ALL_MONTHS) {
		buf_adds(&out, cron_interval_words(even, a));
		if (even >= 60)
			add_minute(&out, lowest(c->minutes));
	} else {
		add_days(&out, c);
		if (count(c->hours) * count(c->minutes) <= TIMES_MAX)
			add_list_of_times(&out, c);
		else
			add_span_of_times(&out, c);
	}
	return out.overflow ? NULL : arena_strdup(a, buf_str(&out));
}
