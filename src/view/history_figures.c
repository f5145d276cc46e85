/*
 * Figures of a day, and when they are not known.
 *
 * Sessions and cron runs of a day on which no exporter ran are found later, in
 * what Hermes keeps: where there are any they count, where there are none
 * nobody can say that there were none. What is sampled is known for the days
 * alone that have samples.
 */
#include "view/history_parts.h"
#include "view/human.h"

bool history_is_observed(const struct history *h, size_t day)
{
	return h->days[day].observed_s > 0;
}

static double found(const struct history *h, size_t day, int64_t n)
{
	if (n > 0)
		return (double)n;
	return history_is_observed(h, day) ? 0 : CHART_NONE;
}

/* Until all of state.db has been taken in, what is missing is not nothing. */
static double work(const struct history *h, size_t day, int64_t n)
{
	if (h->days[day].work.sessions <= 0 && !h->has_all_work)
		return CHART_NONE;
	return h->days[day].work.sessions > 0 ? (double)n : found(h, day, 0);
}

double history_sessions(const struct history *h, size_t day)
{
	return work(h, day, h->days[day].work.sessions);
}

double history_messages(const struct history *h, size_t day)
{
	return work(h, day, h->days[day].work.messages);
}

double history_input(const struct history *h, size_t day)
{
	return work(h, day, h->days[day].work.input_tokens);
}

double history_output(const struct history *h, size_t day)
{
	return work(h, day, h->days[day].work.output_tokens);
}

static int64_t runs_of(const struct history_day *d)
{
	return d->runs_ok + d->runs_failed + d->runs_other;
}

double history_runs_ok(const struct history *h, size_t day)
{
	const struct history_day *d = &h->days[day];

	return runs_of(d) > 0 ? (double)d->runs_ok : found(h, day, 0);
}

double history_runs_failed(const struct history *h, size_t day)
{
	const struct history_day *d = &h->days[day];

	return runs_of(d) > 0 ? (double)d->runs_failed : found(h, day, 0);
}

/* Before exporters judged what they read, nothing could open. */
static bool is_judged(const struct history_day *d)
{
	return d->up + d->down + d->off + d->unsure > 0;
}

double history_opened(const struct history *h, size_t day)
{
	const struct history_day *d = &h->days[day];

	return is_judged(d) || d->opened > 0 ? (double)d->opened : CHART_NONE;
}

double history_closed(const struct history *h, size_t day)
{
	const struct history_day *d = &h->days[day];

	return is_judged(d) || d->closed > 0 ? (double)d->closed : CHART_NONE;
}

double history_backup_age(const struct history *h, size_t day)
{
	/* While nobody looks, a newer one may have been made. */
	if (!history_is_observed(h, day) || h->days[day].backup_age_s < 0)
		return CHART_NONE;
	return (double)h->days[day].backup_age_s;
}

double *history_sum(const struct history_pane *p, history_figure f)
{
	double *out = arena_calloc(p->a, p->n, sizeof(*out));

	for (size_t i = 0; i < p->n; i++) {
		out[i] = CHART_NONE;
		for (size_t k = 0; k < p->n_parts; k++) {
			double v = f(p->parts[k].history, i);

			if (chart_is_known(v))
				out[i] = (chart_is_known(out[i]) ? out[i] : 0) + v;
		}
	}
	return out;
}

double history_total(const double *values, size_t n)
{
	double sum = CHART_NONE;

	for (size_t i = 0; i < n; i++)
		if (chart_is_known(values[i]))
			sum = (sum < 0 ? 0 : sum) + values[i];
	return sum;
}

struct history_time history_time_of(const struct history_pane *p, const struct history *h, size_t day)
{
	const struct history_day *d = &h->days[day];
	const struct zone_day *z = &p->q->days[day];
	double all = d->up + d->down + d->off + d->unsure, each;
	struct history_time t = { .length_s = (double)((z->to_s < p->now ? z->to_s : p->now) - z->from_s) };

	if (t.length_s < 0)
		t.length_s = 0;
	t.observed_s = (double)d->observed_s < t.length_s ? (double)d->observed_s : t.length_s;
	if (all <= 0) {
		t.unsure_s = t.observed_s;
		return t;
	}
	each = t.observed_s / all;
	t.up_s = d->up * each;
	t.down_s = d->down * each;
	t.off_s = d->off * each;
	t.unsure_s = d->unsure * each;
	return t;
}

void history_add_time(struct history_time *sum, struct history_time t)
{
	sum->length_s += t.length_s;
	sum->observed_s += t.observed_s;
	sum->up_s += t.up_s;
	sum->down_s += t.down_s;
	sum->off_s += t.off_s;
	sum->unsure_s += t.unsure_s;
}

double history_cost(const struct history_work *w, bool is_observed, const char **text, struct arena *a)
{
	double usd = (double)w->cost_microusd / 1e6;

	*text = NULL;
	if (w->sessions <= 0)
		return is_observed ? 0 : CHART_NONE;
	if (w->costed <= 0)
		return CHART_NONE;
	if (w->costed < w->sessions)
		*text = arena_printf(a, "at least %s", chart_text(CHART_USD, usd, a));
	return usd;
}

const char *history_share(double part, double whole, struct arena *a)
{
	return whole > 0 ? chart_text(CHART_PERCENT, part / whole * 100, a) : "–";
}
