#include "hermes/cron_schedule.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "hermes/home.h"

#define EXPR_CHARS  120
#define CONFIG_YAML "config.yaml"
#define CONFIG_MAX  ((size_t)1024 * 1024)

/* Of a report's megabyte an eighth, were every job due at irregular times. */
#define DUE_BUDGET 2000

/* 2000: a report's times begin there. */
#define FIRST_DUE_S INT64_C(946684800)

/* cron/jobs.py:_compute_grace_seconds: a run missed by more than half its period is skipped. */
#define GRACE_MIN_S 120
#define GRACE_MAX_S 7200

static int64_t grace_of(int64_t period_s)
{
	int64_t half = period_s / 2;

	if (period_s <= 0 || half > GRACE_MAX_S)
		return GRACE_MAX_S;
	return half < GRACE_MIN_S ? GRACE_MIN_S : half;
}

/* ---- the clock that a job goes by ---- */

/* The value of a key at the top of config.yaml, without a parser: the settings are read elsewhere, in full. */
static const char *timezone_in(const char *yaml, struct arena *a)
{
	static const char key[] = "timezone:";
	const char *at = str_starts(yaml, key) ? yaml : strstr(yaml, "\ntimezone:");
	size_t n;

	if (!at)
		return NULL;
	at += strlen(key) + (*at == '\n');
	at += strspn(at, " \t\"'");
	n = strcspn(at, " \t\"'#\r\n");
	return n ? arena_strndup(a, at, n) : NULL;
}

void cron_reading_begin(struct cron_reading *r, const struct hermes_source *src, struct arena *a)
{
	struct probe p = { 0 };
	const char *name = NULL;
	char *yaml;
	size_t len;

	*r = (struct cron_reading){ .now = home_now(src), .due_left = DUE_BUDGET, .a = a };
	if (home_read(&p, src, CONFIG_YAML, CONFIG_MAX, "absent", a, &yaml, &len))
		name = timezone_in(yaml, a);
	r->has_configured = name && tzif_load(name, r->now, &r->configured, a);
	r->has_own = tzif_load(NULL, r->now, &r->own, a);
}

/* Seconds east of UTC in an ISO stamp. */
static bool offset_in(const char *iso, int64_t *at, int64_t *offset_s)
{
	char naive[sizeof("2026-03-29T07:00:36")];
	int64_t without;

	if (!iso || strlen(iso) < sizeof(naive) - 1 || !clock_parse_iso(iso, 0, at))
		return false;
	memcpy(naive, iso, sizeof(naive) - 1);
	naive[sizeof(naive) - 1] = '\0';
	if (!clock_parse_iso(naive, 0, &without))
		return false;
	*offset_s = without - *at;
	return true;
}

/*
 * The zone that a job's own stamps are in: the one of the settings or of the
 * machine when its clock agrees with a stamp, else the stamp's offset for good.
 */
static struct tzif zone_of(const cJSON *job, const struct cron_reading *r)
{
	static const char *const stamps[] = { "next_run_at", "last_run_at", "created_at" };
	int64_t at = 0, offset = 0;
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(stamps) && !found; i++)
		found = offset_in(json_string(job, stamps[i]), &at, &offset);
	if (found && r->has_configured && tzif_offset_s(&r->configured, at) == offset)
		return r->configured;
	if (found && r->has_own && tzif_offset_s(&r->own, at) == offset)
		return r->own;
	return (struct tzif){ .first_s = offset };
}

static const char *zone_text(int64_t offset_s, struct arena *a)
{
	int64_t minutes = llabs(offset_s) / 60;

	if (minutes == 0)
		return "UTC";
	return arena_printf(a, "UTC%c%02d:%02d", offset_s < 0 ? '-' : '+', (int)(minutes / 60), (int)(minutes % 60));
}

/* ---- when it was due ---- */

/* The newest first, into the fewest stretches that are evenly apart, the oldest first. */
static void tell_due(struct cron_job *out, const int64_t *times, size_t n, struct cron_reading *r)
{
	struct cron_due *due = arena_calloc(r->a, n ? n : 1, sizeof(*due));
	size_t used = 0;

	for (size_t i = n; i-- > 0;) {
		struct cron_due *last = used ? &due[used - 1] : NULL;
		int64_t end = last ? last->from + (last->times - 1) * last->every_s : 0;

		if (last && (last->times == 1 || times[i] - end == last->every_s)) {
			last->every_s = times[i] - end;
			last->times++;
		} else {
			due[used++] = (struct cron_due){ .from = times[i], .times = 1 };
		}
	}
	if (used > r->due_left)
		return;
	r->due_left -= used;
	out->due = due;
	out->n_due = used;
}

static void read_cron_due(struct cron_job *out, const struct cronexpr *c, const struct tzif *z, struct cron_reading *r)
{
	int64_t times[CRON_DUE_MAX], wall = r->now + tzif_offset_s(z, r->now), utc;
	size_t n = 0;

	while (n < CRON_DUE_MAX && cronexpr_last(c, wall, 0, &wall)) {
		utc = tzif_to_utc(z, wall);
		wall--;
		if (out->created_at ? utc < out->created_at : n > 0 && times[0] - utc > INT64_C(9) * 366 * 86400)
			break;
		if (utc <= r->now && (n == 0 || utc < times[n - 1]))
			times[n++] = utc;
	}
	tell_due(out, times, n, r);
}

/* Back from the next time by its period: where it would be, had each run taken no time. */
static void read_interval_due(struct cron_job *out, struct cron_reading *r)
{
	int64_t times[CRON_DUE_MAX], since = out->last_run_at ? out->last_run_at : out->created_at;
	int64_t at = out->next_run_at ? out->next_run_at : since + out->period_s;
	size_t n = 0;

	/* Counted from nothing it would have been due since 1970. */
	if (!out->next_run_at && !since)
		return;
	if (at > r->now)
		at -= (at - r->now + out->period_s - 1) / out->period_s * out->period_s;
	for (; n < CRON_DUE_MAX && at >= FIRST_DUE_S && at >= out->created_at; at -= out->period_s)
		times[n++] = at;
	tell_due(out, times, n, r);
}

/* ---- the three kinds ---- */

static void read_cron(struct cron_job *out, const cJSON *job, const char *expr, struct cron_reading *r)
{
	struct tzif z = zone_of(job, r);
	struct cronexpr c;
	int64_t offset = tzif_offset_s(&z, r->now);

	out->kind = "cron";
	out->expr = str_clean(r->a, expr, strlen(expr), EXPR_CHARS);
	out->zone = zone_text(offset, r->a);
	if (!cronexpr_parse(expr, &c))
		return;
	out->period_s = cronexpr_period_s(&c, r->now, offset);
	out->words = cron_words(&c, r->a);
	read_cron_due(out, &c, &z, r);
}

static void read_interval(struct cron_job *out, double minutes, struct cron_reading *r)
{
	out->kind = "interval";
	out->period_s = (int64_t)(minutes * 60);
	out->words = cron_interval_words((int64_t)minutes, r->a);
	if (out->period_s > 0)
		read_interval_due(out, r);
}

static void read_once(struct cron_job *out, const char *run_at, struct cron_reading *r)
{
	int64_t at, offset, wall;
	char text[CLOCK_TEXT_MAX];

	out->kind = "once";
	if (!offset_in(run_at, &at, &offset))
		return;
	wall = at + offset;
	clock_rfc3339(wall, text);
	out->zone = zone_text(offset, r->a);
	out->words = arena_printf(r->a, "once on %.10s at %.5s", text, text + 11);
	if (at <= r->now && at >= FIRST_DUE_S)
		tell_due(out, &at, 1, r);
}

void cron_schedule_read(struct cron_job *out, const cJSON *job, struct cron_reading *r)
{
	const cJSON *schedule = json_object(job, "schedule");
	/* A schedule that is plain text comes from a file written by hand. */
	const char *expr = schedule ? json_string(schedule, "expr") : json_string(job, "schedule");
	double minutes;

	out->period_s = COUNT_UNKNOWN;
	if (json_double(schedule, "minutes", &minutes) && minutes > 0 && minutes < 1e8)
		read_interval(out, minutes, r);
	else if (str_eq(json_string(schedule, "kind"), "once") || json_get(schedule, "run_at"))
		read_once(out, json_string(schedule, "run_at"), r);
	else if (expr)
		read_cron(out, job, expr, r);
	if (out->period_s <= 0)
		out->period_s = COUNT_UNKNOWN;
	out->grace_s = grace_of(out->period_s);
}
