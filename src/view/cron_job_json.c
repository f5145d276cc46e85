/* One job of the cron pane: its schedule in words, its strip, what it did last and does next. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "json/json.h"
#include "view/cron_view.h"
#include "view/human.h"
#include "view/links.h"
#include "view/parts_json.h"

#define NAME_CHARS  100
#define ERROR_CHARS 300

/* How wide a slot is drawn, in the picture's own units, with the gap after it. */
#define SLOT_WIDTH 8
#define SLOT_GAP   2

static void add_instant(cJSON *o, const char *name, int64_t t)
{
	char text[CLOCK_TEXT_MAX] = "";

	if (t)
		clock_rfc3339(t, text);
	json_add_string(o, name, *text ? text : NULL);
}

static void add_count(cJSON *o, const char *name, int64_t n)
{
	if (n < 0)
		json_add_null(o, name);
	else
		json_add_i64(o, name, n);
}

/* "2026-11-24 07:30 UTC: failed" */
static const char *slot_text(const struct cron_slot *s, struct arena *a)
{
	const char *text = cron_slot_word(s->state);

	if (s->due_at)
		text = arena_printf(a, "%.16s UTC: %s", human_instant(a, s->due_at), text);
	if (!s->late_s)
		return text;
	return arena_printf(a, s->state == CRON_SLOT_LATE ? "%s, by %s" : "%s, and %s late", text, human_span(a, s->late_s));
}

static cJSON *slot_json(const struct cron_slot *s, size_t place, const char *instance_id, struct arena *a)
{
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "status", cron_slot_class(s->state));
	json_add_string(o, "state", cron_slot_id(s->state));
	json_add_string(o, "word", cron_slot_word(s->state));
	add_instant(o, "dueAt", s->due_at);
	add_instant(o, "runAt", s->run_at);
	json_add_string(o, "href", s->run_n ? link_run(a, instance_id, s->run_n) : NULL);
	json_add_i64(o, "x", (int64_t)place * SLOT_WIDTH);
	json_add_i64(o, "width", SLOT_WIDTH - SLOT_GAP);
	json_add_string(o, "text", slot_text(s, a));
	return o;
}

/* "30 slots: 27 ok, 2 failed, 1 missed", what is bad last as a person would say it. */
static const char *summary(const struct cron_slot *slots, size_t n, struct arena *a)
{
	static const enum cron_slot_state order[] = {
		CRON_SLOT_OK,	     CRON_SLOT_FAILED,	CRON_SLOT_MISSED, CRON_SLOT_UNDELIVERED, CRON_SLOT_LATE,      CRON_SLOT_EMPTY,
		CRON_SLOT_UNCLEAR, CRON_SLOT_RUNNING, CRON_SLOT_WAITING, CRON_SLOT_PAUSED,	   CRON_SLOT_UNOBSERVED, CRON_SLOT_BEFORE,
	};
	const char *text = arena_printf(a, "%zu slot%s", n, n == 1 ? "" : "s"), *sep = ": ";

	for (size_t k = 0; k < ARRAY_SIZE(order); k++) {
		size_t many = 0;

		for (size_t i = 0; i < n; i++)
			many += slots[i].state == order[k];
		if (!many)
			continue;
		text = arena_printf(a, "%s%s%zu %s", text, sep, many, cron_slot_word(order[k]));
		sep = ", ";
	}
	return text;
}

/* As view/strip.h has it, but with every slot for itself; the newest stands at the right end. */
static void add_strip(cJSON *o, const struct cron_slot *slots, size_t n, const char *instance_id, struct arena *a)
{
	cJSON *strip, *list;

	if (n == 0) {
		json_add_null(o, "strip");
		return;
	}
	strip = json_add_object(o, "strip");
	json_add_i64(strip, "slots", (int64_t)n);
	json_add_string(strip, "summary", summary(slots, n, a));
	json_add_i64(strip, "width", CRON_DUE_MAX * SLOT_WIDTH - SLOT_GAP);
	add_instant(strip, "fromAt", slots[0].due_at);
	add_instant(strip, "toAt", slots[n - 1].due_at);
	list = json_add_array(strip, "runs");
	for (size_t i = 0; i < n; i++)
		json_append(list, slot_json(&slots[i], CRON_DUE_MAX - n + i, instance_id, a));
}

/* Why there is no strip. */
static const char *no_strip(const struct cron_job *job)
{
	if (str_eq(job->kind, "once"))
		return "It has not been due yet.";
	if (!job->kind)
		return "Its report does not say when it was due.";
	return job->words ? "No time at which it was due is told." : "Its schedule is not understood, so its times are not known.";
}

static void add_schedule(cJSON *o, const struct cron_job *job, struct arena *a)
{
	add_text(o, "scheduleText", job->words ? job->words : job->schedule ? job->schedule : "no schedule", NAME_CHARS * 2, a);
	add_text(o, "scheduleExpr", job->expr, NAME_CHARS, a);
	add_text(o, "scheduleKind", job->kind, 20, a);
	add_text(o, "scheduleZone", job->zone, 40, a);
	add_count(o, "period", job->period_s);
	add_count(o, "grace", job->grace_s > 0 ? job->grace_s : COUNT_UNKNOWN);
	json_add_string(o, "graceText", job->grace_s > 0 ? human_span(a, job->grace_s) : NULL);
}

/* "212 runs", "3 of 5 runs", for people. */
static const char *repeat_text(const struct cron_job *job, struct arena *a)
{
	const char *runs = human_count(a, job->runs);

	if (job->runs < 0)
		return "runs are not counted";
	if (job->runs_wanted > 0)
		return arena_printf(a, "%s of %s runs", runs, human_count(a, job->runs_wanted));
	return arena_printf(a, "%s run%s so far, no end set", runs, job->runs == 1 ? "" : "s");
}

/* The run that is the last, when the ledger has it. */
static const char *last_run_href(const struct cron_row *row, const char *instance_id, struct arena *a)
{
	const struct cron_past *p = row->past;

	for (size_t i = 0; p && i < p->n; i++) {
		int64_t end = p->runs[i].finished_at ? p->runs[i].finished_at : p->runs[i].started_at;

		if (row->job->last_run_at && end >= row->job->last_run_at - 120 && end <= row->job->last_run_at + 120)
			return link_run(a, instance_id, p->numbers[i]);
	}
	return NULL;
}

static void add_runs(cJSON *o, const struct cron_row *row, const char *instance_id, int64_t now, struct arena *a)
{
	const struct cron_job *job = row->job;
	bool is_off = judge_job_is_off(job);

	add_time(o, "lastRun", job->last_run_at, now, a);
	json_add_string(o, "lastRunHref", last_run_href(row, instance_id, a));
	add_text(o, "lastStatus", job->last_status, 40, a);
	add_text(o, "lastError", job->last_error, ERROR_CHARS, a);
	add_text(o, "lastDeliveryError", job->last_delivery_error, ERROR_CHARS, a);
	/* Of a paused job Hermes keeps a time that has long passed. */
	add_time(o, "nextRun", is_off ? 0 : job->next_run_at, now, a);
	json_add_string(o, "nextText", is_off ? "none" : human_until(a, job->next_run_at, now));
	add_text(o, "deliver", job->deliver, NAME_CHARS, a);
	add_count(o, "runs", job->runs);
	add_count(o, "runsWanted", job->runs_wanted > 0 ? job->runs_wanted : COUNT_UNKNOWN);
	json_add_string(o, "repeatText", repeat_text(job, a));
	add_count(o, "failureStreak", job->failure_streak);
}

cJSON *cron_job_json(const struct cron_row *row, const struct cron_group *g, int64_t now, struct arena *a)
{
	const struct cron_job *job = row->job;
	const struct instance_snapshot *in = g->part->snapshot;
	const char *id = in->instance->id;
	struct cron_slot slots[CRON_DUE_MAX];
	struct cron_slot_facts facts = { .job = job,
					 .past = row->past,
					 .at = in->report.generated_at,
					 .is_paused = judge_job_is_off(job),
					 .is_late = str_eq(row->judgement->word, "late") };
	cJSON *o = reading_json(row->judgement, id, false, now, a);
	size_t n = cron_slots(&facts, slots, a);

	add_text(o, "jobId", job->id, NAME_CHARS, a);
	add_text(o, "rule", row->judgement->rule, 400, a);
	add_schedule(o, job, a);
	add_runs(o, row, id, now, a);
	add_time(o, "lateSince", facts.is_late ? job->next_run_at : 0, now, a);
	json_add_string(o, "lateText", facts.is_late ? human_span(a, now - job->next_run_at) : NULL);
	add_time(o, "paused", facts.is_paused && !str_eq(job->state, "completed") ? job->paused_at : 0, now, a);
	add_text(o, "pausedReason", facts.is_paused ? job->paused_reason : NULL, ERROR_CHARS, a);
	add_time(o, "created", job->created_at, now, a);
	add_strip(o, slots, n, id, a);
	json_add_string(o, "noStrip", n ? NULL : no_strip(job));
	return o;
}
