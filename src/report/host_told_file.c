#include "report/host_told_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/replace.h"
#include "base/str.h"
#include "probe/files.h"
#include "report/fields.h"
#include "report/keeper.h"

#define NAME      "alerts.json"
#define WHY_CHARS 800
#define FILE_MAX  ((size_t)1024 * 1024)
#define NUMBER_MAX INT64_C(1000000000)

static const char *const severity_words[] = { "none", "unknown", "warning", "critical", NULL };
static const char *const kind_words[] = { "none", "acknowledge", "snooze", "silence", NULL };

static const struct field alert_fields[] = {
	COUNT(struct store_alert, n, "number"),
	TEXT(struct store_alert, reading, "reading"),
	ENUM(struct store_alert, severity, "severity", severity_words),
	ENUM(struct store_alert, severity_now, "severityNow", severity_words),
	TEXT(struct store_alert, title, "title"),
	{ .name = "why", .kind = FIELD_TEXT, .offset = offsetof(struct store_alert, why), .max = WHY_CHARS },
	TEXT(struct store_alert, cause, "cause"),
	TEXT(struct store_alert, ended, "ended"),
	TIME(struct store_alert, opened_at, "openedAt"),
	TIME(struct store_alert, closed_at, "closedAt"),
	TIME(struct store_alert, last_at, "lastAt"),
	TIME(struct store_alert, again_at, "againAt"),
	TIME(struct store_alert, worse_at, "worseAt"),
	TIME(struct store_alert, unsteady_at, "unsteadyAt"),
	COUNT(struct store_alert, reopened, "reopened"),
	COUNT(struct store_alert, flaps, "flaps"),
	COUNT(struct store_alert, answer, "answer"),
};
static const struct shape alert_shape = SHAPE(struct store_alert, alert_fields);

static const struct field answer_fields[] = {
	ENUM(struct answer, kind, "kind", kind_words),
	TEXT(struct answer, reading, "reading"),
	ENUM(struct answer, severity, "severity", severity_words),
	TIME(struct answer, opened_at, "openedAt"),
	TIME(struct answer, at, "at"),
	TIME(struct answer, until, "until"),
};
static const struct shape answer_shape = SHAPE(struct answer, answer_fields);

static const struct field told_fields[] = {
	LIST(struct host_told, alerts, "alerts", alert_shape, 2 * HOST_TOLD_MAX),
	LIST(struct host_told, answers, "answers", answer_shape, ANSWERS_MAX),
};
static const struct shape told_shape = SHAPE(struct host_told, told_fields);

/* ---- reading ---- */

static bool is_number(int64_t n)
{
	return n >= 0 && n <= NUMBER_MAX;
}

/* What must hold before it is told of: what a book could have written. */
static bool is_sound(const struct store_alert *x)
{
	return x->n > 0 && x->n <= NUMBER_MAX && x->reading && *x->reading && x->title && x->severity >= ALERT_UNKNOWN && x->opened_at > 0 &&
	       (!x->closed_at || x->closed_at >= x->opened_at) && is_number(x->reopened) && is_number(x->flaps) && is_number(x->answer) &&
	       x->answer <= ANSWER_SILENCE;
}

static int by_number(const void *x, const void *y)
{
	const struct store_alert *p = x, *q = y;

	return (p->n > q->n) - (p->n < q->n);
}

static const char *check(const void *what, struct arena *a)
{
	const struct host_told *x = what;

	for (size_t i = 0; i < x->n_alerts; i++)
		if (!is_sound(&x->alerts[i]))
			return arena_printf(a, "alert %zu is none that a book could hold", i + 1);
	if (x->n_alerts)
		qsort(x->alerts, x->n_alerts, sizeof(*x->alerts), by_number);
	for (size_t i = 1; i < x->n_alerts; i++)
		if (x->alerts[i - 1].n == x->alerts[i].n)
			return "one alert stands there twice";
	for (size_t i = 0; i < x->n_answers; i++)
		if (!x->answers[i].reading || x->answers[i].kind == ANSWER_NONE || answer_rule_wrong(x->answers[i].reading))
			return arena_printf(a, "answer %zu is none that a page could have made", i + 1);
	return NULL;
}

void host_told_load(const char *state_dir, int64_t now, struct host_told *out, struct arena *a)
{
	const struct keeper k = { .dir = HOST_TOLD_DIR, .name = NAME, .things = "alerts", .none = "the machine's exporter has handed nothing over yet",
				  .shape = &told_shape, .check = check };

	keeper_load(&k, state_dir, now, out, a);
	/* A word of ours each: what other code compares by. */
	for (size_t i = 0; i < out->n_alerts; i++)
		if (out->alerts[i].closed_at)
			out->alerts[i].severity_now = ALERT_NONE;
}

/* ---- writing ---- */

/* Most runs change nothing, and every write is synced. */
static bool is_as_it_was(const char *state_dir, const char *text, struct arena *a)
{
	const struct file_rules rules = { .max_bytes = FILE_MAX, .owner_uid = (int64_t)geteuid() };
	const char *reason = NULL;
	char *old;
	size_t len;

	return file_read_beneath(state_dir, HOST_TOLD_DIR "/" NAME, &rules, a, &old, &len, NULL, &reason) == FILE_OK && str_eq(old, text);
}

int host_told_publish(const char *state_dir, const struct host_told *x, struct arena *a, const char **error)
{
	const char *path = arena_printf(a, "%s/" HOST_TOLD_DIR, state_dir);
	CLEANUP_JSON cJSON *json = shape_write(&told_shape, x, PUBLISH_EXCERPTS, NULL, a);
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FD int dir = -1;

	json_add_i64(json, "schemaVersion", 1);
	text = json_print(json);
	if (is_as_it_was(state_dir, text, a))
		return 0;
	mkdir(path, 0750);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir >= 0 && replace_file(dir, NAME, text, strlen(text), 0640) == 0)
		return 0;
	*error = arena_printf(a, "%s/" NAME " cannot be written, so nobody is told of the machine's alerts: %s; run 'hmc setup' as root", path,
			      strerrordesc_np(errno));
	return -1;
}
