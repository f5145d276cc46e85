#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/str.h"
#include "hermes/cron_schedule.h"
#include "hermes/hermes.h"
#include "hermes/home.h"
#include "hermes/version.h"
#include "json/json.h"
#include "model/cron.h"
#include "model/report.h"

#define JOBS_FILE      "cron/jobs.json"
#define JOBS_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define JOBS_MAX       500
#define ID_CHARS       64
#define NAME_CHARS     200
#define WORD_CHARS     40
#define TEXT_CHARS     300
#define BOM            "\xEF\xBB\xBF"

#define HEARTBEAT    "cron/ticker_heartbeat"
#define LAST_SUCCESS "cron/ticker_last_success"
#define LAST_ERROR   "cron/ticker_last_error"
#define TICKER_MAX   ((size_t)64 * 1024)

/*
 * cron/jobs.py:effective_job_state of 0.21: `enabled` decides, for the
 * scheduler fires by it; an end state stands; an open set otherwise.
 */
static const char *effective_state(const cJSON *job, bool enabled, struct arena *a)
{
	const char *stored = home_text(job, "state", WORD_CHARS, a);
	bool has_pause_mark = str_eq(stored, "paused") || home_truth(job, "paused_at", false);

	if (str_eq(stored, "completed") || str_eq(stored, "error"))
		return stored;
	if (has_pause_mark)
		return enabled ? "scheduled" : "paused";
	if (stored)
		return stored;
	return enabled ? "scheduled" : "paused";
}

static const char *schedule_of(const cJSON *job, struct arena *a)
{
	const cJSON *schedule = json_object(job, "schedule");
	const char *text = home_text(job, "schedule_display", NAME_CHARS, a);

	if (!text)
		text = home_text(schedule, "display", NAME_CHARS, a);
	if (!text)
		text = home_text(schedule, "expr", NAME_CHARS, a);
	return text ? text : home_text(job, "schedule", NAME_CHARS, a);
}

static void read_job(struct cron_job *out, const cJSON *job, struct cron_reading *r)
{
	struct arena *a = r->a;
	bool enabled = home_truth(job, "enabled", true);

	out->id = home_text(job, "id", ID_CHARS, a);
	out->name = home_text(job, "name", NAME_CHARS, a);
	if (!out->name)
		out->name = out->id;
	out->schedule = schedule_of(job, a);
	out->enabled = enabled ? TRI_YES : TRI_NO;
	out->state = effective_state(job, enabled, a);
	out->last_status = home_text(job, "last_status", WORD_CHARS, a);
	out->last_error = home_text(job, "last_error", TEXT_CHARS, a);
	out->last_delivery_error = home_text(job, "last_delivery_error", TEXT_CHARS, a);
	out->delivery_failed = out->last_delivery_error && *out->last_delivery_error ? TRI_YES : TRI_NO;
	out->paused_reason = home_text(job, "paused_reason", TEXT_CHARS, a);
	out->deliver = home_text(job, "deliver", NAME_CHARS, a);
	out->last_run_at = home_time(job, "last_run_at");
	out->next_run_at = home_time(job, "next_run_at");
	out->created_at = home_time(job, "created_at");
	out->paused_at = home_time(job, "paused_at");
	out->failure_streak = home_count(job, "failure_streak");
	out->runs = home_count(json_object(job, "repeat"), "completed");
	out->runs_wanted = home_count(json_object(job, "repeat"), "times");
	cron_schedule_read(out, job, r);
}

/* Neither failed nor undelivered: what may be left out of a list that is too long. */
static bool is_quiet(const cJSON *job)
{
	const char *status = json_string(job, "last_status");

	return (!status || str_eq(status, "ok")) && !json_get(job, "last_delivery_error") &&
	       !str_eq(json_string(job, "state"), "error");
}

/*
 * Takes JOBS_MAX jobs in the file's order. When there are more, those with
 * something wrong go first: a cut list must not look better than a whole one.
 */
static void read_jobs(struct cron *c, const cJSON *list, const struct hermes_source *src, struct arena *a)
{
	struct cron_reading reading = { .a = a };
	size_t total = 0, troubled = 0, quiet_left = 0;
	const cJSON *job;

	cJSON_ArrayForEach(job, list)
	{
		total += cJSON_IsObject(job);
		troubled += cJSON_IsObject(job) && !is_quiet(job);
	}
	if (troubled < JOBS_MAX)
		quiet_left = JOBS_MAX - troubled;
	if (total)
		cron_reading_begin(&reading, src, a);
	c->jobs = arena_calloc(a, total < JOBS_MAX ? total : JOBS_MAX, sizeof(*c->jobs));
	cJSON_ArrayForEach(job, list)
	{
		bool quiet = cJSON_IsObject(job) && is_quiet(job);

		if (!cJSON_IsObject(job) || (quiet && !quiet_left) || c->n_jobs == JOBS_MAX)
			continue;
		quiet_left -= quiet;
		read_job(&c->jobs[c->n_jobs++], job, &reading);
	}
	home_answer(&c->probe, PROBE_OK,
		    total > JOBS_MAX ? arena_printf(a, "%zu jobs; %d are shown, those with trouble first",
						    total, JOBS_MAX)
				     : NULL);
}

/*
 * What only newer releases read (cron/jobs.py:load_jobs): up to 0.15 a byte
 * order mark or a bare list stops every job. False, answered, when the
 * release below this home is known to be that old.
 */
static bool can_hermes_read(struct probe *p, const struct hermes_source *src, const char *what,
			    struct arena *a)
{
	struct hermes_version v = { 0 };

	hermes_read_version(&v, src, a, 0);
	if (v.probe.state != PROBE_OK || !version_is_at_most(v.version, 0, 15))
		return true;
	home_answer(p, PROBE_UNKNOWN,
		    arena_printf(a,
				 JOBS_FILE " %s, which Hermes %s cannot read: no job runs until "
					   "it is saved without",
				 what, v.version));
	return false;
}

/* The list of jobs in the tree; NULL, answered, when there is none to be read. */
static const cJSON *find_list(struct probe *p, const struct hermes_source *src, const cJSON *tree,
			      struct arena *a)
{
	const cJSON *list;

	if (cJSON_IsArray(tree))
		return can_hermes_read(p, src, "is a bare list", a) ? tree : NULL;
	if (!cJSON_IsObject(tree)) {
		home_answer(p, PROBE_UNKNOWN,
			    JOBS_FILE " holds neither an object nor a list: Hermes cannot read it");
		return NULL;
	}
	list = cJSON_GetObjectItemCaseSensitive(tree, "jobs");
	if (!list) {
		home_answer(p, PROBE_OK, NULL);
		return NULL;
	}
	if (!cJSON_IsArray(list)) {
		home_answer(p, PROBE_UNKNOWN, JOBS_FILE ": \"jobs\" is no list: Hermes cannot read it");
		return NULL;
	}
	return list;
}

static void read_jobs_file(struct cron *c, const struct hermes_source *src, struct arena *a)
{
	/* The text is the big thing here, and needed for the parser alone. */
	CLEANUP(arena_freep) struct arena *scratch = arena_new(JOBS_BYTES_MAX + 64 * 1024);
	CLEANUP_JSON cJSON *tree = NULL;
	const cJSON *list;
	const char *absent = "no cron jobs";
	char *data;
	size_t len;

	if (!home_read(&c->probe, src, JOBS_FILE, JOBS_BYTES_MAX, absent, scratch, &data, &len)) {
		c->probe.reason = arena_strdup(a, c->probe.reason);
		return;
	}
	if (!str_is_utf8(data, len)) {
		home_answer(&c->probe, PROBE_UNKNOWN,
			    JOBS_FILE " is not UTF-8: Hermes cannot read it, no job runs");
		return;
	}
	if (len >= strlen(BOM) && memcmp(data, BOM, strlen(BOM)) == 0) {
		if (!can_hermes_read(&c->probe, src, "begins with a byte order mark", a))
			return;
		data += strlen(BOM);
		len -= strlen(BOM);
	}
	tree = home_parse(&c->probe, JOBS_FILE, data, len, a);
	list = tree ? find_list(&c->probe, src, tree, a) : NULL;
	if (list)
		read_jobs(c, list, src, a);
}

/*
 * A file of the ticker: an epoch number, for errors a message after it
 * (cron/jobs.py:_write_marker, record_ticker_error). Absent keeps *p as it
 * is; a half-written one makes it unknown.
 */
static void read_ticker(struct probe *p, const struct hermes_source *src, const char *path, int64_t *at,
			const char **message, struct arena *a)
{
	struct probe file = { 0 };
	char *data, *end = NULL;
	size_t len;

	if (!home_read(&file, src, path, TICKER_MAX, "absent", a, &data, &len)) {
		if (file.state == PROBE_UNKNOWN)
			home_answer(p, PROBE_UNKNOWN, file.reason);
		return;
	}
	*at = isdigit((unsigned char)*data) ? home_epoch(strtod(data, &end)) : 0;
	if (*at == 0 || (*end && !isspace((unsigned char)*end))) {
		*at = 0;
		home_answer(p, PROBE_UNKNOWN, arena_printf(a, "%s holds no time", path));
		return;
	}
	if (message) {
		end += strspn(end, " \r\n");
		*message = str_clean(a, end, len - (size_t)(end - data), TEXT_CHARS);
	}
	if (p->state != PROBE_UNKNOWN)
		home_answer(p, PROBE_OK, NULL);
}

static void read_scheduler(struct cron *c, const struct hermes_source *src, struct arena *a)
{
	struct probe *p = &c->scheduler;

	home_answer(p, PROBE_INACTIVE, "this version of Hermes writes no heartbeat of its scheduler");
	read_ticker(p, src, HEARTBEAT, &c->heartbeat_at, NULL, a);
	read_ticker(p, src, LAST_SUCCESS, &c->last_success_at, NULL, a);
	read_ticker(p, src, LAST_ERROR, &c->last_error_at, &c->last_error, a);
}

void hermes_cron(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct hermes_source *src = in;
	struct cron *c = out;

	(void)deadline_us;
	home_begin(&c->probe, JOBS_FILE, src);
	home_begin(&c->scheduler, HEARTBEAT, src);
	if (!home_is_there(&c->probe, src, a)) {
		home_answer(&c->scheduler, c->probe.state, c->probe.reason);
		return;
	}
	read_jobs_file(c, src, a);
	read_scheduler(c, src, a);
}
