/*
 * view/history_parts.h -- what the history_*.c files share, and the overview's trends: a day's figure is judged in one place.
 */
#ifndef MC_VIEW_HISTORY_PARTS_H
#define MC_VIEW_HISTORY_PARTS_H

#include "view/chart.h"
#include "view/history_view.h"

#define HISTORY_NAMED_MAX 4 /* series of one chart; more can be told apart by nobody */

/* An instance whose ledger could be read. */
struct history_part {
	const struct instance *instance;
	const char *name;               /* for sentences: "Bheem" */
	const struct history *history;
};

struct history_pane {
	const struct history_question *q;
	const char *choice;
	int64_t now;
	size_t n;                       /* days */
	struct chart_place *places;
	struct history_part *parts;     /* of those chosen */
	size_t n_parts;
	double *unseen;                 /* 1 for a day on which no exporter of these ran, else 0 */
	struct arena *a;
};

/* A figure of one instance on one day; CHART_NONE where it is not known. */
typedef double (*history_figure)(const struct history *h, size_t day);

double history_sessions(const struct history *h, size_t day);
double history_messages(const struct history *h, size_t day);
double history_input(const struct history *h, size_t day);
double history_output(const struct history *h, size_t day);
double history_runs_ok(const struct history *h, size_t day);
double history_runs_failed(const struct history *h, size_t day);
double history_opened(const struct history *h, size_t day);
double history_closed(const struct history *h, size_t day);
double history_backup_age(const struct history *h, size_t day);

/* Those of all parts, added up; not known where none is. All of n days, in the arena. */
double *history_sum(const struct history_pane *p, history_figure f);

/* What is known of n figures, added up; CHART_NONE for none. */
double history_total(const double *values, size_t n);

/* How the time of a day was spent, in seconds; what is left of length_s was not observed. */
struct history_time {
	double length_s;                /* of the day, as far as it is over */
	double observed_s;
	double up_s, down_s, off_s;
	double unsure_s;                /* observed, and not judged */
};
struct history_time history_time_of(const struct history_pane *p, const struct history *h, size_t day);
void history_add_time(struct history_time *sum, struct history_time t);

/* What cost is known of some work: CHART_NONE for none; *text is set where it is the least it can have been. */
double history_cost(const struct history_work *w, bool is_observed, const char **text, struct arena *a);

/* Whether an exporter looked at this instance at all on that day. */
bool history_is_observed(const struct history *h, size_t day);

/* "97.1 %" of a part of a whole; "–" of nothing. */
const char *history_share(double part, double whole, struct arena *a);

/* What a card has beside its chart. */
struct history_card {
	const char *id;
	const char *label;
	const char *sub;        /* may be NULL */
	double value;           /* over all days, in the chart's unit; CHART_NONE */
	const char *figure;     /* the same in words; NULL = not known */
	bool is_line;
	bool is_wide;
};

/* Appends a card to the list; places, n and, where the chart does not say so, what was not observed are filled in. */
void history_add_card(cJSON *list, const struct history_pane *p, const struct history_card *card, struct chart *c);

/* "Sessions a day, 30 days: most on Wed 4 Nov (18)": for those who hear the drawing. */
const char *history_sentence(const struct history_pane *p, const char *what, enum chart_unit unit, const double *values);

/* The total of counts in words. */
const char *history_count(const double *values, size_t n, struct arena *a);

/* One chart each; the first adds "charts" with all of them. */
void history_add_charts(cJSON *model, const struct history_pane *p);
void history_add_cost(cJSON *list, const struct history_pane *p);
void history_add_availability(cJSON *list, const struct history_pane *p);

/* Adds "instances" and "instancesMore": a small drawing each, where there are several. */
void history_add_instances(cJSON *model, const struct history_pane *p);

/* This pane's address with a choice of instance (NULL = all), days and zone. */
const char *history_href(const char *choice, size_t days, const char *zone, struct arena *a);

#endif
