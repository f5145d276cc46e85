/*
 * Axes: where they end, where their labels stand, and figures in words.
 */
#include <math.h>

#include "base/cleanup.h"
#include "view/chart.h"
#include "view/human.h"

#define STEPS_MAX 4
#define HOUR_S    3600.0
#define DAY_S     86400.0

bool chart_is_known(double v)
{
	return isfinite(v) && v >= 0 && v <= CHART_MAX;
}

const char *chart_unit_name(enum chart_unit unit)
{
	static const char *const names[] = { "count", "usd", "percent", "seconds" };

	return names[unit];
}

/* 1, 2 or 5 times a power of ten: the smallest that is at least x, and at least least. */
static double round_step(double x, double least)
{
	static const double leads[] = { 1, 2, 5, 10 };
	double power;

	if (x <= least)
		return least;
	power = pow(10, floor(log10(x)));
	for (size_t i = 0; i < ARRAY_SIZE(leads); i++)
		if (leads[i] * power >= x * (1 - 1e-9))
			return leads[i] * power;
	return 10 * power;
}

/* Whole minutes, hours or days, as clocks divide them. */
static double time_step(double x)
{
	static const double steps[] = { 60,         300,        900,        1800,        HOUR_S,
					2 * HOUR_S, 3 * HOUR_S, 6 * HOUR_S, 12 * HOUR_S, DAY_S };

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (steps[i] >= x)
			return steps[i];
	return DAY_S * round_step(x / DAY_S, 1);
}

struct chart_scale chart_scale_of(enum chart_unit unit, double max)
{
	double goal = chart_is_known(max) ? max / STEPS_MAX : 0;
	struct chart_scale s;

	switch (unit) {
	case CHART_PERCENT:
		return (struct chart_scale){ 100, 50, 2 };
	case CHART_SECONDS:
		s.step = time_step(goal);
		break;
	case CHART_USD:
		s.step = round_step(goal, 0.01);
		break;
	default:
		s.step = round_step(goal, 1);
	}
	s.n_steps = (size_t)ceil(goal * STEPS_MAX / s.step - 1e-9);
	if (s.n_steps < 1)
		s.n_steps = 1;
	s.top = s.step * (double)s.n_steps;
	return s;
}

const char *chart_text(enum chart_unit unit, double v, struct arena *a)
{
	if (!chart_is_known(v))
		return "not known";
	switch (unit) {
	case CHART_USD:
		return human_usd(a, v < CHART_MAX / 1e6 ? (int64_t)llround(v * 1e6) : INT64_MAX);
	case CHART_PERCENT:
		/* What is not all of it never looks as if it were. */
		if (v < 100 && v > 99.9)
			return "over 99.9 %";
		return arena_printf(a, v == floor(v) ? "%.0f %%" : "%.1f %%", v);
	case CHART_SECONDS:
		return human_span(a, (int64_t)v);
	default:
		return human_count(a, (int64_t)v);
	}
}

/* Three digits at most: "950", "12 k", "1.5 M". */
static const char *short_count(double v, struct arena *a)
{
	static const struct {
		double of;
		const char *name;
	} units[] = { { 1e12, "tn" }, { 1e9, "bn" }, { 1e6, "M" }, { 1e3, "k" } };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		double x = v / units[i].of;

		if (x >= 1)
			return arena_printf(a, x == floor(x) ? "%.0f %s" : "%.1f %s", x, units[i].name);
	}
	return arena_printf(a, "%.0f", v);
}

const char *chart_tick(enum chart_unit unit, double v, struct arena *a)
{
	switch (unit) {
	case CHART_USD:
		if (v >= 1000)
			return arena_printf(a, "$%s", short_count(v, a));
		return arena_printf(a, v == floor(v) ? "$%.0f" : "$%.2f", v);
	case CHART_PERCENT:
		return arena_printf(a, "%.0f %%", v);
	case CHART_SECONDS:
		return v > 0 ? human_duration(a, (int64_t)v) : "0";
	default:
		return short_count(v, a);
	}
}
