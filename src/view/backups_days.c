/* The strip of thirty days. */
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "view/backups_parts.h"
#include "view/human.h"
#include "view/judge_backup_days.h"
#include "view/parts_json.h"

#define CELL       8    /* of the drawing's units, with the gap after it */
#define CELL_GAP   2
#define HASH_CHARS 7
#define WHY_CHARS  300

/* "at 05:00, in 2.4 s" */
static const char *when(const struct backups *p, const struct backup_run *r, int64_t offset_s)
{
	const char *at = human_time_of_day(p->a, r->at, offset_s);

	return r->took_us > 0 ? arena_printf(p->a, "at %s, in %s", at, human_took(p->a, r->took_us)) : arena_printf(p->a, "at %s", at);
}

static const char *pushed_text(const struct backups *p, const struct backup_run *r, int64_t offset_s)
{
	const char *text;

	if (r->state == LOOP_NOTHING)
		return arena_printf(p->a, "Nothing had changed %s; nothing was pushed.", when(p, r, offset_s));
	text = arena_printf(p->a, "Pushed %.*s %s", HASH_CHARS, r->commit ? r->commit : "a commit", when(p, r, offset_s));
	if (r->changed >= 0)
		text = arena_printf(p->a, "%s: %s changed", text, human_plural(p->a, r->changed, "file"));
	if (r->files >= 0)
		text = arena_printf(p->a, "%s%s %s in all", text, r->changed >= 0 ? "," : ":", human_count(p->a, r->files));
	return arena_printf(p->a, "%s.", text);
}

/* What ran, what it pushed, or why not. */
static const char *ran_text(const struct backups *p, const struct backup_day *d, int64_t offset_s)
{
	const struct backup_run *r = &d->last;
	const char *text;

	if (r->state == LOOP_DONE || r->state == LOOP_NOTHING) {
		text = pushed_text(p, r, offset_s);
	} else {
		text = arena_printf(p->a, "%s %s: %s.", r->state == LOOP_REFUSED ? "Refused" : "Failed", when(p, r, offset_s),
				    r->error ? r->error : "no reason was recorded");
		if (d->good.at)
			text = arena_printf(p->a, "%s One before it ended well.", text);
	}
	if (d->runs > 1)
		text = arena_printf(p->a, "%s %s that day%s.", text, human_cap(p->a, human_plural(p->a, d->runs, "run")),
				    d->failed ? arena_printf(p->a, ", %s of them failed", human_number(p->a, d->failed)) : "");
	return text;
}

static const char *day_text(const struct backups *p, const struct instance *in, const struct backup_day *d,
			    const struct backup_day_verdict *v, int64_t offset_s, bool is_today)
{
	const char *until = is_today ? "is" : "was, at the day's end,";

	if (d->last.at && v->state == BACKUP_DAY_LATE)
		return arena_printf(p->a, "%s The newest good one %s %s old, expected within %s.", ran_text(p, d, offset_s), until,
				    human_span(p->a, v->age_s), human_span(p->a, in->backup_max_age_s));
	if (d->last.at)
		return ran_text(p, d, offset_s);
	if (v->state == BACKUP_DAY_BEFORE)
		return "No run of hmc backup was on record yet.";
	if (!in->backup_repo)
		return "No backup is configured.";
	if (v->age_s == COUNT_UNKNOWN)
		return "No run, and none before it had ended well.";
	if (v->state == BACKUP_DAY_LATE)
		return arena_printf(p->a, "No run. The newest good one %s %s old, expected within %s.", until, human_span(p->a, v->age_s),
				    human_span(p->a, in->backup_max_age_s));
	return arena_printf(p->a, "No run, and none was due: the newest good one %s %s old.", until, human_span(p->a, v->age_s));
}

static void add_count(cJSON *o, const char *name, int64_t n)
{
	if (n < 0)
		json_add_null(o, name);
	else
		json_add_i64(o, name, n);
}

static void add_run(cJSON *o, const struct backup_day *d, int64_t now, struct arena *a)
{
	const struct backup_run *r = &d->last;

	json_add_i64(o, "runs", d->runs);
	json_add_i64(o, "failures", d->failed);
	add_time(o, "ran", r->at, now, a);
	if (r->at && r->took_us >= 0)
		json_add_double(o, "took", (double)r->took_us / 1e6);
	else
		json_add_null(o, "took");
	add_text(o, "commit", r->at ? r->commit : NULL, 64, a);
	add_count(o, "files", r->at ? r->files : COUNT_UNKNOWN);
	add_count(o, "changed", r->at ? r->changed : COUNT_UNKNOWN);
	add_text(o, "error", r->at ? r->error : NULL, WHY_CHARS, a);
}

static cJSON *day_json(const struct backups *p, const struct instance *in, const struct backups_source *x,
		       const struct backup_day_verdict *v, size_t i)
{
	const struct zone_day *z = &p->q->days[i];
	bool is_today = i + 1 == BACKUP_DAYS;
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "date", arena_printf(p->a, "%04d-%02d-%02d", z->year, z->month, z->day));
	json_add_string(o, "name", arena_printf(p->a, "%s%s", human_day(p->a, z->weekday, z->day, z->month), is_today ? ", so far" : ""));
	json_add_string(o, "state", backup_day_name(v->state));
	json_add_string(o, "status", status_name(backup_day_status(v->state)));
	json_add_string(o, "word", backup_day_word(v->state));
	add_text(o, "text", day_text(p, in, &x->days[i], v, x->offsets[i], is_today), WHY_CHARS + 200, p->a);
	json_add_i64(o, "x", (int64_t)i * CELL);
	json_add_i64(o, "width", CELL - CELL_GAP);
	add_run(o, &x->days[i], p->s->now, p->a);
	return o;
}

/* "24 fresh, 2 late, 1 failed", the worst first; *counts is what a legend of them shows. */
static const char *summary(const struct backup_day_verdict *v, cJSON *counts, struct arena *a)
{
	static const enum backup_day_state order[] = { BACKUP_DAY_FAILED, BACKUP_DAY_LATE, BACKUP_DAY_FRESH, BACKUP_DAY_NONE, BACKUP_DAY_BEFORE };
	const char *parts[ARRAY_SIZE(order)];
	size_t n_parts = 0;

	for (size_t k = 0; k < ARRAY_SIZE(order); k++) {
		int64_t n = 0;
		cJSON *o;

		for (size_t i = 0; i < BACKUP_DAYS; i++)
			n += v[i].state == order[k];
		if (n == 0)
			continue;
		parts[n_parts++] = arena_printf(a, "%s %s", human_count(a, n), backup_day_word(order[k]));
		o = cJSON_CreateObject();
		json_add_string(o, "state", backup_day_name(order[k]));
		json_add_string(o, "word", backup_day_word(order[k]));
		json_add_i64(o, "days", n);
		json_append(counts, o);
	}
	return human_list(a, parts, n_parts);
}

void backups_add_strip(cJSON *card, const struct backups *p, const struct verdict_part *part, const struct backups_source *x)
{
	int64_t bounds[BACKUP_DAYS + 1];
	const struct backup_days d = { .days = x->days, .bounds = bounds, .n = BACKUP_DAYS, .first_at = x->first_at, .good_at = x->good_at };
	const struct instance *in = part->snapshot->instance;
	const struct backup_day_verdict *v;
	cJSON *o, *list, *counts;

	if (x->reason) {
		json_add_null(card, "strip");
		return;
	}
	for (size_t i = 0; i < BACKUP_DAYS; i++)
		bounds[i] = p->q->days[i].from_s;
	bounds[BACKUP_DAYS] = p->q->days[BACKUP_DAYS - 1].to_s;
	v = judge_backup_days(in, &d, p->s->now, p->a);
	o = json_add_object(card, "strip");
	counts = json_add_array(o, "counts");
	json_add_string(o, "summary", arena_printf(p->a, "%d days: %s", BACKUP_DAYS, summary(v, counts, p->a)));
	json_add_i64(o, "width", BACKUP_DAYS * CELL - CELL_GAP);
	json_add_string(o, "fromText", human_date(p->a, p->q->days[0].day, p->q->days[0].month));
	list = json_add_array(o, "days");
	for (size_t i = BACKUP_DAYS; i > 0; i--)
		json_append(list, day_json(p, in, x, &v[i - 1], i - 1));
}
