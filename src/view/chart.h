/*
 * view/chart.h -- figures along days as drawings: geometry for SVG, and the same figures as a table.
 *
 * Gives numbers and path data alone: templates/_chart_*.html hold the
 * markup, mc.css the looks. A figure that is not known (below 0, not finite,
 * above CHART_MAX) is a gap: a bar that is not there, a line that is broken,
 * a cell that says so. It is never drawn as zero, and no line leads across it.
 */
#ifndef MC_VIEW_CHART_H
#define MC_VIEW_CHART_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

#define CHART_MAX  1e18
#define CHART_NONE (-1.0) /* not known */

enum chart_unit {
	CHART_COUNT = 0,
	CHART_USD,     /* dollars */
	CHART_PERCENT, /* 0 to 100; the axis always ends at 100 */
	CHART_SECONDS,
};

/* One figure a place, and what it is called. */
struct chart_series {
	const char *id;           /* stable: "vijay", "other" */
	const char *label;        /* may be foreign text */
	const double *values;     /* as many as the chart has places */
	const char *const *texts; /* what a cell says instead of its figure; NULL, or NULL entries: the figure */
	const char *total;        /* for the legend: "218"; NULL = none */
	const char *look;         /* a class of mc.css: "ok"; NULL: s1, s2, ... by order, which differ by more than colour */
};

struct chart_place {
	const char *date; /* "2026-11-24", for programs */
	const char *name; /* "Tue 24 Nov", "today, so far": the row's head in the table */
	const char *href; /* what the row's head leads to; NULL = nothing */
	const char *mark; /* a label under the axis: "24 Nov"; NULL = none */
};

struct chart {
	const char *sentence;             /* what the drawing shows, for those who hear it */
	enum chart_unit unit;
	const struct chart_place *places; /* oldest first */
	size_t n;
	const struct chart_series *series;
	size_t n_series;
	const double *unseen;    /* what share of a place was not observed, 0 to 1: hatched from above; NULL = none */
	const char *unseen_label; /* what the legend calls it; NULL: "not observed" */
	const char *unseen_text; /* what a cell of a place says of which nothing is known; NULL: "not known" */
	const char *sum_label;   /* the table has a last column of this name, the sum of a row; NULL = none */
	const char *const *sum_texts; /* as the texts of a series */
	double limit;            /* a line across, in the unit; 0 = none */
	bool is_grouped;         /* bars of a place side by side, where their sum would mean nothing */
};

/*
 * A model for _chart_bars.html (series stacked in their order, or grouped) or
 * _chart_line.html: "sentence", "unit" (of the table's values), "viewBox", "grid", "ticks" (from above),
 * "marks", "unseen" (rectangles in percent), "unseenLabel", "limit" (path or null),
 * "series" [{id, label, look, totalText, d, area}], "hasLegend" (more than
 * one series, or hatched places), "last" {date, name, cells} (the last place of which anything is known; null = none), and
 * "table" {columns [{label}], rows [{date, name, cells [{value, text}]}],
 * newest first}.
 * Gives the tree (cJSON_Delete); nothing of *c need outlive the call.
 */
cJSON *chart_bars(const struct chart *c, struct arena *a);
cJSON *chart_line(const struct chart *c, struct arena *a);

/*
 * A small line without axes, for a card, by _chart_spark.html: "sentence",
 * "viewBox", "line", "area", "isEmpty" (no figure is known), "last" (number or
 * null). It begins at zero, so that a ripple looks like one. NULL for sentence: decoration beside a figure.
 */
cJSON *chart_spark(const double *values, size_t n, const char *sentence, struct arena *a);

/* "count", "usd", "percent", "seconds": for programs. */
const char *chart_unit_name(enum chart_unit unit);

/* Whether a figure is known. */
bool chart_is_known(double v);

/* A figure in words: "1 204", "$3.20", "97.1 %", "31 h"; "not known". */
const char *chart_text(enum chart_unit unit, double v, struct arena *a);

/* An axis from zero to a round number that max fits under, with at most five labels. */
struct chart_scale {
	double top;
	double step; /* top is a whole number of these, 1 to 4 */
	size_t n_steps;
};
struct chart_scale chart_scale_of(enum chart_unit unit, double max);

/* A label of the axis, short: "20 k", "$0.50", "50 %", "12 h". */
const char *chart_tick(enum chart_unit unit, double v, struct arena *a);

#endif
