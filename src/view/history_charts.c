/*
 * The charts of the history pane, a card each.
 */
#include "json/json.h"
#include "view/history_parts.h"
#include "view/human.h"

#define NAMED_MAX HISTORY_NAMED_MAX

/* ---- by instance ---- */

/* The one series of all parts: n_parts of them are too many to be told apart. */
static double *figures_of(const struct history_pane *p, size_t part, history_figure f)
{
	double *out = arena_calloc(p->a, p->n, sizeof(*out));

	for (size_t i = 0; i < p->n; i++)
		out[i] = f(p->parts[part].history, i);
	return out;
}

/* The places of the parts with the greatest totals, in the parts' own order. Returns how many. */
static size_t greatest_parts(const struct history_pane *p, history_figure f, size_t max, size_t *out)
{
	double *totals = arena_calloc(p->a, p->n_parts + 1, sizeof(*totals));
	size_t n = 0;

	for (size_t k = 0; k < p->n_parts; k++)
		totals[k] = history_total(figures_of(p, k, f), p->n);
	for (size_t k = 0; k < p->n_parts; k++) {
		size_t greater = 0;

		for (size_t j = 0; j < p->n_parts; j++)
			greater += totals[j] > totals[k] || (j < k && totals[j] == totals[k]);
		if (greater < max && n < max)
			out[n++] = k;
	}
	return n;
}

/* What the named ones leave of the sum. */
static double *rest_of(const struct history_pane *p, const double *sum, const struct chart_series *named, size_t n)
{
	double *out = arena_calloc(p->a, p->n, sizeof(*out));

	for (size_t i = 0; i < p->n; i++) {
		double left = sum[i];

		for (size_t k = 0; k < n && chart_is_known(left); k++)
			left -= chart_is_known(named[k].values[i]) ? named[k].values[i] : 0;
		out[i] = left;
	}
	return out;
}

/* A series an instance, the smaller ones of many as one. Returns how many. */
static size_t by_instance(const struct history_pane *p, history_figure f, const double *sum, struct chart_series *out)
{
	size_t places[NAMED_MAX], n;

	n = greatest_parts(p, f, p->n_parts > NAMED_MAX ? NAMED_MAX - 1 : NAMED_MAX, places);
	for (size_t i = 0; i < n; i++) {
		const struct history_part *part = &p->parts[places[i]];
		double *values = figures_of(p, places[i], f);

		out[i] = (struct chart_series){ .id = part->instance->id, .label = part->name, .values = values,
						.total = history_count(values, p->n, p->a) };
	}
	if (p->n_parts > n) {
		double *values = rest_of(p, sum, out, n);

		out[n] = (struct chart_series){ .id = "other", .values = values,
						.label = arena_printf(p->a, "%s others", human_number(p->a, (int64_t)(p->n_parts - n))),
						.total = history_count(values, p->n, p->a) };
		n++;
	}
	return n;
}

static void add_sessions(cJSON *list, const struct history_pane *p)
{
	double *sum = history_sum(p, history_sessions);
	struct chart_series series[NAMED_MAX] = { { .id = "sessions", .label = "Sessions", .values = sum } };
	struct chart c = { .sentence = history_sentence(p, "Sessions a day", CHART_COUNT, sum), .series = series, .n_series = 1 };
	struct history_card card = { .id = "sessions", .label = "Sessions", .sub = "begun a day", .is_wide = true,
			     .value = history_total(sum, p->n), .figure = history_count(sum, p->n, p->a) };

	if (p->n_parts > 1) {
		c.n_series = by_instance(p, history_sessions, sum, series);
		c.sum_label = "All";
		card.sub = "begun a day, by instance";
	}
	history_add_card(list, p, &card, &c);
}

/* ---- sums ---- */

static void add_messages(cJSON *list, const struct history_pane *p)
{
	double *sum = history_sum(p, history_messages);
	const struct chart_series series = { .id = "messages", .label = "Messages", .values = sum };
	struct chart c = { .sentence = history_sentence(p, "Messages a day", CHART_COUNT, sum), .series = &series, .n_series = 1 };

	history_add_card(list, p, &(struct history_card){ .id = "messages", .label = "Messages", .sub = "of sessions begun that day",
					  .value = history_total(sum, p->n),
					  .figure = history_count(sum, p->n, p->a) }, &c);
}

static void add_tokens(cJSON *list, const struct history_pane *p)
{
	double *in = history_sum(p, history_input), *out = history_sum(p, history_output);
	const struct chart_series series[] = {
		{ .id = "input", .label = "In", .values = in, .total = history_count(in, p->n, p->a) },
		{ .id = "output", .label = "Out", .values = out, .total = history_count(out, p->n, p->a) },
	};
	struct chart c = { .sentence = history_sentence(p, "Tokens in a day", CHART_COUNT, in), .series = series,
			   .n_series = 2, .sum_label = "All" };
	double total = history_total(in, p->n) + history_total(out, p->n);

	history_add_card(list, p, &(struct history_card){ .id = "tokens", .label = "Tokens", .sub = "of sessions begun that day",
							  .value = total, .figure = chart_text(CHART_COUNT, total, p->a) }, &c);
}

static void add_runs(cJSON *list, const struct history_pane *p)
{
	double *ok = history_sum(p, history_runs_ok), *failed = history_sum(p, history_runs_failed);
	double n_ok = history_total(ok, p->n), n_failed = history_total(failed, p->n), all = n_ok + n_failed;
	const struct chart_series series[] = {
		{ .id = "ok", .label = "Ended well", .values = ok, .look = "ok", .total = history_count(ok, p->n, p->a) },
		{ .id = "failed", .label = "Failed", .values = failed, .look = "down",
		  .total = history_count(failed, p->n, p->a) },
	};
	struct chart c = { .sentence = history_sentence(p, "Cron runs that failed, a day", CHART_COUNT, failed), .series = series,
			   .n_series = 2 };
	struct history_card card = { .id = "cron", .label = "Cron success", .sub = "runs a day", .value = CHART_NONE };

	if (n_ok >= 0 && all > 0) {
		card.value = n_ok / all * 100;
		card.figure = history_share(n_ok, all, p->a);
		card.sub = arena_printf(p->a, "of %s", human_plural(p->a, (int64_t)all, "run"));
	}
	history_add_card(list, p, &card, &c);
}

/* Those of all parts and, where all is chosen, of this machine. */
static double *alerts_of(const struct history_pane *p, history_figure f)
{
	const struct history *host = p->choice ? NULL : p->q->host.history;
	double *out = history_sum(p, f);

	for (size_t i = 0; host && i < p->n; i++) {
		double v = f(host, i);

		if (chart_is_known(v))
			out[i] = (chart_is_known(out[i]) ? out[i] : 0) + v;
	}
	return out;
}

static void add_alerts(cJSON *list, const struct history_pane *p)
{
	double *opened = alerts_of(p, history_opened), *closed = alerts_of(p, history_closed);
	const struct chart_series series[] = {
		{ .id = "opened", .label = "Opened", .values = opened, .look = "s3",
		  .total = history_count(opened, p->n, p->a) },
		{ .id = "closed", .label = "Closed", .values = closed, .look = "s1",
		  .total = history_count(closed, p->n, p->a) },
	};
	struct chart c = { .sentence = history_sentence(p, "Alerts opened a day", CHART_COUNT, opened), .series = series,
			   .n_series = 2, .unseen_text = "not known", .is_grouped = true };
	struct history_card card = { .id = "alerts", .label = "Alerts", .value = history_total(opened, p->n),
				     .figure = history_count(opened, p->n, p->a) };

	card.sub = p->choice ? "opened and closed a day" :
		   p->q->host.history ? "opened and closed a day, with this machine's" :
					"opened and closed a day, without this machine's";
	history_add_card(list, p, &card, &c);
}

/* ---- backup ---- */

static double *oldest(const struct history_pane *p)
{
	double *out = arena_calloc(p->a, p->n, sizeof(*out));

	for (size_t i = 0; i < p->n; i++) {
		out[i] = CHART_NONE;
		for (size_t k = 0; k < p->n_parts; k++) {
			double v = history_backup_age(p->parts[k].history, i);

			out[i] = v > out[i] ? v : out[i];
		}
	}
	return out;
}

/* What all of them expect of a backup, in seconds; 0 where they differ. */
static double common_limit(const struct history_pane *p)
{
	int64_t limit = 0;

	for (size_t k = 0; k < p->n_parts; k++) {
		const struct instance *in = p->parts[k].instance;

		if (!in->backup_repo)
			continue;
		if (limit && limit != in->backup_max_age_s)
			return 0;
		limit = in->backup_max_age_s;
	}
	return (double)limit;
}

static void add_backup(cJSON *list, const struct history_pane *p)
{
	double *worst = oldest(p), most = CHART_NONE, limit = common_limit(p);
	struct chart_series series[NAMED_MAX] = { { .id = "backup", .label = "Oldest of all", .values = worst } };
	struct chart c = { .sentence = history_sentence(p, "Age of the newest backup at its greatest, a day", CHART_SECONDS, worst),
			   .unit = CHART_SECONDS, .series = series, .n_series = 1, .limit = limit, .unseen_text = "not known" };
	struct history_card card = { .id = "backup", .label = "Backup age, worst", .is_line = true };

	for (size_t i = 0; i < p->n; i++)
		most = worst[i] > most ? worst[i] : most;
	for (size_t k = 0; p->n_parts <= NAMED_MAX && k < p->n_parts; k++) {
		series[k] = (struct chart_series){ .id = p->parts[k].instance->id, .label = p->parts[k].name,
						   .values = figures_of(p, k, history_backup_age) };
		c.n_series = k + 1;
	}
	card.value = most;
	card.figure = chart_text(CHART_SECONDS, most, p->a);
	card.sub = limit > 0 ? arena_printf(p->a, "expected under %s", human_span(p->a, (int64_t)limit)) : NULL;
	history_add_card(list, p, &card, &c);
}

void history_add_charts(cJSON *model, const struct history_pane *p)
{
	cJSON *list = json_add_array(model, "charts");

	add_sessions(list, p);
	history_add_availability(list, p);
	add_messages(list, p);
	add_tokens(list, p);
	history_add_cost(list, p);
	add_runs(list, p);
	add_backup(list, p);
	add_alerts(list, p);
}
