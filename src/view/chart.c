#include "view/chart.h"

#include <math.h>

#include "base/buf.h"
#include "base/str.h"
#include "json/json.h"
#include "view/parts_json.h"

/*
 * Paths are drawn in a box of this size, which the page stretches to its own
 * (preserveAspectRatio="none"; strokes keep their width). What would suffer
 * from that, texts and hatching, stands outside it, in percent.
 */
#define BOX_W       1000.0
#define BOX_H       100.0
#define BOX         "0 0 1000 100"
#define BAR_SHARE   0.84 /* of a place's width */
#define BAR_LEAST   1.0  /* height of the smallest bar that is not nothing */
#define DRAWING_MAX (64 * 1024)
#define LABEL_MAX   60
#define PLAIN_LOOKS 4

static const char *const looks[PLAIN_LOOKS] = { "s1", "s2", "s3", "s4" };

/* A number with at most one decimal, and without a needless one: paths are most of a page's bytes. */
static void add_number(struct buf *out, double v)
{
	double tenths = round(v * 10);

	if (fmod(tenths, 10) == 0)
		buf_printf(out, "%.0f", tenths / 10 + 0.0);
	else
		buf_printf(out, "%.1f", tenths / 10);
}

static void add_command(struct buf *out, char command, double x)
{
	buf_addc(out, command);
	add_number(out, x);
}

static void add_point(struct buf *out, char command, double x, double y)
{
	add_command(out, command, x);
	buf_addc(out, ' ');
	add_number(out, y);
}

static double known(double v)
{
	return chart_is_known(v) ? v : 0;
}

static double height_of(const struct chart_scale *s, double v)
{
	double h = v / s->top * BOX_H;

	if (h > BOX_H)
		return BOX_H;
	return v > 0 && h < BAR_LEAST ? BAR_LEAST : h;
}

/* How much of a place's stack stands under a series. */
static double height_below(const struct chart *c, const struct chart_scale *s, size_t at, size_t place)
{
	double sum = 0;

	for (size_t k = 0; k < at && !c->is_grouped; k++)
		sum += height_of(s, known(c->series[k].values[place]));
	return sum;
}

/* The series' piece of every bar: on those before it, or beside them. */
static void add_bars(struct buf *out, const struct chart *c, const struct chart_scale *s, size_t at)
{
	double place = BOX_W / (double)c->n, width = place * BAR_SHARE / (double)(c->is_grouped ? c->n_series : 1);
	double left = place * (1 - BAR_SHARE) / 2 + (c->is_grouped ? width * (double)at : 0);

	for (size_t i = 0; i < c->n; i++) {
		double h = height_of(s, known(c->series[at].values[i])), below = height_below(c, s, at, i);

		if (h <= 0)
			continue;
		if (below > BOX_H - h)
			below = BOX_H - h;
		add_point(out, 'M', place * (double)i + left, BOX_H - below);
		add_command(out, 'v', -h);
		add_command(out, 'h', width);
		add_command(out, 'v', h);
		buf_addc(out, 'z');
	}
}

/* Where lines go: how wide a place is, what stands on the baseline, what at the top. */
struct run {
	double width;
	double height;
	double top;
};

static double x_of(const struct run *r, size_t i)
{
	return r->width * ((double)i + 0.5);
}

static double y_of(const struct run *r, double v)
{
	return r->height - v / r->top * r->height;
}

/* A line through what is known, broken at gaps; a single point is a stroke of no length, which a round cap shows. */
static void add_line(struct buf *line, struct buf *area, const struct run *r, const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool begins = i == 0 || !chart_is_known(values[i - 1]);
		bool ends = i + 1 == n || !chart_is_known(values[i + 1]);

		if (!chart_is_known(values[i]))
			continue;
		add_point(line, begins ? 'M' : 'L', x_of(r, i), y_of(r, values[i]));
		if (begins && ends)
			buf_adds(line, "h0");
		if (begins)
			add_point(area, 'M', x_of(r, i), r->height);
		add_point(area, 'L', x_of(r, i), y_of(r, values[i]));
		if (ends) {
			add_command(area, 'V', r->height);
			buf_addc(area, 'z');
		}
	}
}

static void add_path(cJSON *o, const char *name, const struct buf *path)
{
	json_add_string(o, name, path->overflow ? "" : buf_str(path));
}

static cJSON *series_json(const struct chart *c, size_t at, const char *d, const char *area, struct arena *a)
{
	const struct chart_series *x = &c->series[at];
	cJSON *o = cJSON_CreateObject();

	add_text(o, "id", x->id, LABEL_MAX, a);
	add_text(o, "label", x->label, LABEL_MAX, a);
	json_add_string(o, "look", x->look ? x->look : looks[at < PLAIN_LOOKS ? at : PLAIN_LOOKS - 1]);
	json_add_string(o, "totalText", x->total);
	json_add_string(o, "d", d);
	json_add_string(o, "area", area);
	return o;
}

static const char *path_str(const struct buf *path)
{
	return path->overflow ? "" : buf_str(path);
}

static void add_series(cJSON *model, const struct chart *c, const struct chart_scale *s, bool is_line, struct arena *a)
{
	const struct run r = { BOX_W / (double)(c->n ? c->n : 1), BOX_H, s->top };
	cJSON *list = json_add_array(model, "series");

	for (size_t i = 0; i < c->n_series; i++) {
		CLEANUP(buf_done) struct buf d = BUF_INIT(DRAWING_MAX), area = BUF_INIT(DRAWING_MAX);

		if (is_line)
			add_line(&d, &area, &r, c->series[i].values, c->n);
		else
			add_bars(&d, c, s, i);
		/* Areas of several lines would lie on each other. */
		json_append(list, series_json(c, i, path_str(&d), is_line && c->n_series == 1 ? path_str(&area) : NULL, a));
	}
	json_add_bool(model, "hasLegend", c->n_series > 1 || cJSON_IsTrue(json_get(model, "hasUnseen")));
}

/* The greatest figure: of stacks or of single ones. */
static double greatest(const struct chart *c, bool is_stacked)
{
	double most = known(c->limit);

	for (size_t i = 0; i < c->n; i++) {
		double sum = 0;

		for (size_t k = 0; k < c->n_series; k++) {
			double v = known(c->series[k].values[i]);

			sum = is_stacked ? sum + v : fmax(sum, v);
		}
		most = fmax(most, sum);
	}
	return fmin(most, CHART_MAX);
}

static void add_axis(cJSON *model, const struct chart *c, const struct chart_scale *s, struct arena *a)
{
	CLEANUP(buf_done) struct buf grid = BUF_INIT(DRAWING_MAX), limit = BUF_INIT(DRAWING_MAX);
	cJSON *ticks = json_add_array(model, "ticks");

	for (size_t i = s->n_steps + 1; i-- > 0;) {
		cJSON *o = cJSON_CreateObject();

		json_add_string(o, "text", chart_tick(c->unit, s->step * (double)i, a));
		json_append(ticks, o);
		add_point(&grid, 'M', 0, BOX_H - BOX_H * (double)i / (double)s->n_steps);
		add_command(&grid, 'h', BOX_W);
	}
	add_path(model, "grid", &grid);
	if (c->limit > 0) {
		add_point(&limit, 'M', 0, BOX_H - height_of(s, c->limit));
		add_command(&limit, 'h', BOX_W);
	}
	json_add_string(model, "limit", c->limit > 0 ? buf_str(&limit) : NULL);
}

static const char *percent(double share, struct arena *a)
{
	return arena_printf(a, "%.2f%%", share * 100);
}

static size_t count_marks(const struct chart *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += c->places[i].mark != NULL;
	return n;
}

/*
 * Where every place has a label they stand in the middle, else where their
 * place begins, and every second may be left out where there is little room.
 */
static void add_marks(cJSON *model, const struct chart *c, struct arena *a)
{
	cJSON *list = json_add_array(model, "marks");
	bool is_each = count_marks(c) == c->n;
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		cJSON *o;

		if (!c->places[i].mark)
			continue;
		o = cJSON_CreateObject();
		json_add_string(o, "x", percent(((double)i + (is_each ? 0.5 : 0)) / (double)c->n, a));
		json_add_string(o, "text", c->places[i].mark);
		json_add_bool(o, "isCentred", is_each);
		json_add_bool(o, "isMinor", !is_each && n++ % 2 == 1);
		json_append(list, o);
	}
}

static double unseen_of(const struct chart *c, size_t i)
{
	double share = c->unseen ? known(c->unseen[i]) : 0;

	return share > 1 ? 1 : share;
}

/* Neighbours of equal height are one rectangle. */
static void add_unseen(cJSON *model, const struct chart *c, struct arena *a)
{
	cJSON *list = json_add_array(model, "unseen");

	for (size_t i = 0, end; i < c->n; i = end) {
		double share = unseen_of(c, i);
		cJSON *o;

		for (end = i + 1; end < c->n && fabs(unseen_of(c, end) - share) < 0.005;)
			end++;
		if (share < 0.005)
			continue;
		o = cJSON_CreateObject();
		json_add_string(o, "x", percent((double)i / (double)c->n, a));
		json_add_string(o, "y", "0");
		json_add_string(o, "width", percent((double)(end - i) / (double)c->n, a));
		json_add_string(o, "height", percent(share, a));
		json_append(list, o);
	}
	json_add_bool(model, "hasUnseen", cJSON_GetArraySize(list) > 0);
	json_add_string(model, "unseenLabel", c->unseen_label ? c->unseen_label : "not observed");
}

static bool has_figure(const struct chart *c, size_t i)
{
	for (size_t k = 0; k < c->n_series; k++)
		if (chart_is_known(c->series[k].values[i]))
			return true;
	return false;
}

static cJSON *cell_json(const struct chart *c, double v, const char *text, struct arena *a)
{
	cJSON *o = cJSON_CreateObject();

	if (!text && chart_is_known(v))
		text = chart_text(c->unit, v, a);
	json_add_double(o, "value", chart_is_known(v) ? v : NAN);
	json_add_string(o, "text", text ? text : c->unseen_text ? c->unseen_text : "not known");
	return o;
}

static cJSON *row_json(const struct chart *c, size_t i, struct arena *a)
{
	cJSON *o = cJSON_CreateObject(), *cells;
	double sum = CHART_NONE;

	json_add_string(o, "date", c->places[i].date);
	json_add_string(o, "name", c->places[i].name);
	json_add_string(o, "href", c->places[i].href);
	cells = json_add_array(o, "cells");
	for (size_t k = 0; k < c->n_series; k++) {
		const struct chart_series *x = &c->series[k];

		if (chart_is_known(x->values[i]))
			sum = known(sum) + x->values[i];
		json_append(cells, cell_json(c, x->values[i], x->texts ? x->texts[i] : NULL, a));
	}
	if (c->sum_label)
		json_append(cells, cell_json(c, sum, c->sum_texts ? c->sum_texts[i] : NULL, a));
	return o;
}

static void add_column(cJSON *columns, const char *label, struct arena *a)
{
	cJSON *o = cJSON_CreateObject();

	add_text(o, "label", label, LABEL_MAX, a);
	json_append(columns, o);
}

static void add_table(cJSON *model, const struct chart *c, struct arena *a)
{
	cJSON *table, *columns, *rows;
	size_t last = c->n;

	while (last > 0 && !has_figure(c, last - 1))
		last--;
	json_add(model, "last", last ? row_json(c, last - 1, a) : NULL);
	table = json_add_object(model, "table");
	columns = json_add_array(table, "columns");
	rows = json_add_array(table, "rows");
	for (size_t k = 0; k < c->n_series; k++)
		add_column(columns, c->series[k].label, a);
	if (c->sum_label)
		add_column(columns, c->sum_label, a);
	for (size_t i = c->n; i-- > 0;) /* the newest is what is looked for */
		json_append(rows, row_json(c, i, a));
}

static cJSON *chart_json(const struct chart *c, bool is_line, struct arena *a)
{
	const struct chart_scale s = chart_scale_of(c->unit, greatest(c, !is_line && !c->is_grouped));
	cJSON *model = cJSON_CreateObject();

	json_add_string(model, "sentence", c->sentence);
	json_add_string(model, "unit", chart_unit_name(c->unit));
	json_add_string(model, "viewBox", BOX);
	add_axis(model, c, &s, a);
	add_marks(model, c, a);
	add_unseen(model, c, a);
	add_series(model, c, &s, is_line, a);
	add_table(model, c, a);
	return model;
}

cJSON *chart_bars(const struct chart *c, struct arena *a)
{
	return chart_json(c, false, a);
}

cJSON *chart_line(const struct chart *c, struct arena *a)
{
	return chart_json(c, true, a);
}

cJSON *chart_spark(const double *values, size_t n, const char *sentence, struct arena *a)
{
	CLEANUP(buf_done) struct buf line = BUF_INIT(DRAWING_MAX), area = BUF_INIT(DRAWING_MAX);
	const struct chart_series series = { .values = values };
	const struct chart c = { .n = n, .series = &series, .n_series = 1 };
	double most = greatest(&c, false), last = NAN;
	/* A little room above, so that the stroke is not cut. */
	const struct run r = { BOX_W / (double)(n ? n : 1), BOX_H, most > 0 ? most * 1.04 : 1 };
	cJSON *model = cJSON_CreateObject();

	(void)a;
	for (size_t i = 0; i < n; i++)
		last = chart_is_known(values[i]) ? values[i] : last;
	add_line(&line, &area, &r, values, n);
	json_add_string(model, "sentence", sentence);
	json_add_string(model, "viewBox", BOX);
	add_path(model, "line", &line);
	add_path(model, "area", &area);
	json_add_bool(model, "isEmpty", line.len == 0);
	json_add_double(model, "last", last);
	return model;
}
