#include "store/store_history.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/store_alerts.h"
#include "store/store_history_parts.h"

#define MODELS_TOLD 64 /* while adding up; beyond them a model is one of the others */

struct history_day *store_day_of(const struct by_day *b, int64_t at)
{
	size_t low = 0, high = b->n;

	if (at < b->bounds[0] || at >= b->bounds[b->n])
		return NULL;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (b->bounds[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return &b->out->days[low];
}

/* The file is another user's: no sum runs over, and no count is below nothing. */
static void add(int64_t *sum, int64_t n)
{
	if (n > 0 && __builtin_add_overflow(*sum, n, sum))
		*sum = INT64_MAX;
}

static void add_work(struct history_work *sum, const struct history_work *w)
{
	add(&sum->sessions, w->sessions);
	add(&sum->messages, w->messages);
	add(&sum->tool_calls, w->tool_calls);
	add(&sum->input_tokens, w->input_tokens);
	add(&sum->output_tokens, w->output_tokens);
	add(&sum->cost_microusd, w->cost_microusd);
	add(&sum->costed, w->costed);
}

static struct history_model model_new(const struct by_day *b, const char *name)
{
	return (struct history_model){ .name = arena_strndup(b->a, name, STORE_TEXT_MAX),
				       .days = arena_calloc(b->a, b->n, sizeof(struct history_work)) };
}

/* The sums of a model; beyond as many as are told apart, those of the others. */
static struct history_model *model_of(const struct by_day *b, struct history_model *all, size_t *n, const char *name)
{
	for (size_t i = 0; i < *n; i++)
		if (str_eq(all[i].name, name))
			return &all[i];
	if (*n == MODELS_TOLD)
		return &all[MODELS_TOLD];
	all[*n] = model_new(b, name);
	return &all[(*n)++];
}

static int dearest_first(const void *x, const void *y)
{
	const struct history_work *a = &((const struct history_model *)x)->total;
	const struct history_work *b = &((const struct history_model *)y)->total;

	if (a->cost_microusd != b->cost_microusd)
		return a->cost_microusd < b->cost_microusd ? 1 : -1;
	if (a->sessions != b->sessions)
		return a->sessions < b->sessions ? 1 : -1;
	return strcmp(((const struct history_model *)x)->name, ((const struct history_model *)y)->name);
}

/* Those shown by name, and one sum of what is left. */
static void keep_models(const struct by_day *b, struct history_model *all, size_t n)
{
	struct history_model *others = &all[MODELS_TOLD];

	qsort(all, n, sizeof(*all), dearest_first);
	for (size_t i = HISTORY_MODELS_MAX; i < n; i++) {
		add_work(&others->total, &all[i].total);
		for (size_t k = 0; k < b->n; k++)
			add_work(&others->days[k], &all[i].days[k]);
	}
	b->out->models = all;
	b->out->n_models = n < HISTORY_MODELS_MAX ? n : HISTORY_MODELS_MAX;
	if (others->total.sessions > 0) {
		others->name = NULL;
		all[b->out->n_models++] = *others;
	}
}

static int read_work(struct by_day *b)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	struct history_model *models = arena_calloc(b->a, MODELS_TOLD + 1, sizeof(*models));
	size_t n = 0;
	int rc = sqlite3_prepare_v2(b->db,
				    "SELECT quarter, model, sessions, messages, tool_calls, input, output, cost, costed"
				    " FROM session_quarters WHERE quarter >= ?1 AND quarter < ?2",
				    -1, &st, NULL);

	models[MODELS_TOLD] = model_new(b, "");
	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(st, 1, b->bounds[0] / STORE_QUARTER_S);
		sqlite3_bind_int64(st, 2, (b->bounds[b->n] + STORE_QUARTER_S - 1) / STORE_QUARTER_S);
	}
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct history_day *d = store_day_of(b, sqlite3_column_int64(st, 0) * STORE_QUARTER_S);
		const char *name = (const char *)sqlite3_column_text(st, 1);
		const struct history_work w = {
			sqlite3_column_int64(st, 2), sqlite3_column_int64(st, 3), sqlite3_column_int64(st, 4),
			sqlite3_column_int64(st, 5), sqlite3_column_int64(st, 6), sqlite3_column_int64(st, 7),
			sqlite3_column_int64(st, 8),
		};
		struct history_model *m;

		rc = SQLITE_OK;
		if (!d)
			continue;
		m = model_of(b, models, &n, name ? name : "");
		add_work(&d->work, &w);
		add_work(&m->total, &w);
		add_work(&m->days[d - b->out->days], &w);
	}
	keep_models(b, models, n);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Steps through rows of a moment and a word between the first bound and the last. SQLite's code. */
static int each_moment(struct by_day *b, const char *sql, void (*take)(struct history_day *d, const char *word))
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(b->db, sql, -1, &st, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(st, 1, b->bounds[0]);
		sqlite3_bind_int64(st, 2, b->bounds[b->n]);
	}
	while (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct history_day *d = store_day_of(b, sqlite3_column_int64(st, 0));

		if (d)
			take(d, (const char *)sqlite3_column_text(st, 1));
		rc = SQLITE_OK;
	}
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* An empty answer and a silent one are what Hermes calls ok. */
static void take_run(struct history_day *d, const char *status)
{
	static const char *const good[] = { "ok", "empty", "silent" };

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		if (str_eq(status, good[i])) {
			d->runs_ok++;
			return;
		}
	}
	if (str_eq(status, "failed"))
		d->runs_failed++;
	else
		d->runs_other++;
}

static void take_opened(struct history_day *d, const char *word)
{
	(void)word;
	d->opened++;
}

static void take_closed(struct history_day *d, const char *word)
{
	(void)word;
	d->closed++;
}

static int read_moments(struct by_day *b)
{
	int rc = each_moment(b, "SELECT at, status FROM cron_runs INDEXED BY cron_runs_at WHERE at >= ?1 AND at < ?2", take_run);

	if (rc == SQLITE_OK)
		rc = each_moment(b, "SELECT opened, NULL FROM alerts WHERE opened >= ?1 AND opened < ?2", take_opened);
	if (rc == SQLITE_OK)
		rc = each_moment(b, "SELECT closed, NULL FROM alerts WHERE closed >= ?1 AND closed < ?2", take_closed);
	return rc;
}

int store_history(struct store *s, const int64_t *bounds, size_t n, int64_t now, struct history *out, struct arena *a,
		  const char **error)
{
	struct by_day b = { .db = s->db, .bounds = bounds, .n = n, .now = now, .out = out, .a = a };
	int rc;

	*out = (struct history){ .days = arena_calloc(a, n, sizeof(*out->days)), .n = n };
	for (size_t i = 0; i < n; i++)
		out->days[i].backup_age_s = COUNT_UNKNOWN;
	rc = read_work(&b);
	if (rc == SQLITE_OK)
		rc = read_moments(&b);
	if (rc == SQLITE_OK)
		rc = store_history_backups(&b);
	if (rc != SQLITE_OK) {
		*error = store_reason(a, s->db, rc);
		return -1;
	}
	if (store_history_watch(&b, s, error) < 0)
		return -1;
	out->has_all_work = store_number(s->db, "SELECT complete FROM intake", 0) == 1;
	return 0;
}
