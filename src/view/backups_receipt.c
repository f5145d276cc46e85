/* The last restore drill, and what its receipt says. A receipt is another user's text: nothing in it is believed to be there. */
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "json/json.h"
#include "view/backups_parts.h"
#include "view/human.h"
#include "view/parts_json.h"
#include "view/runbook.h"

/* As src/drill writes them. */
#define RECEIPT_KIND    "hmc-restore-drill"
#define RECEIPT_VERSION 1

#define LINES_MAX  20
#define COUNTS_MAX 16
#define LINE_CHARS 300
#define HASH_CHARS 7

static void add_count(cJSON *o, const char *name, int64_t n)
{
	if (n < 0)
		json_add_null(o, name);
	else
		json_add_i64(o, name, n);
}

static int64_t count_of(const cJSON *o, const char *name)
{
	int64_t n;

	return json_i64(o, name, &n) && n >= 0 ? n : COUNT_UNKNOWN;
}

/* ---- the receipt ---- */

static void add_steps(cJSON *to, const cJSON *receipt, struct arena *a)
{
	static const struct {
		const char *id;
		const char *label;
	} steps[] = { { "clone", "Cloned" }, { "restore", "Put back" }, { "compare", "Compared with its list" }, { "read", "Read as Hermes would" },
		      { "live", "Held against the live home" } };
	const cJSON *took = json_object(receipt, "tookSeconds");
	cJSON *list = json_add_array(to, "steps");

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		double s;
		cJSON *o;

		if (!json_double(took, steps[i].id, &s) || s < 0 || s > 1e6)
			continue;
		o = cJSON_CreateObject();
		json_add_string(o, "id", steps[i].id);
		json_add_string(o, "label", steps[i].label);
		json_add_double(o, "took", s);
		json_add_string(o, "tookText", human_took(a, (int64_t)(s * 1e6)));
		json_append(list, o);
	}
}

static const char *count_text(int64_t n, struct arena *a)
{
	return n == COUNT_UNKNOWN ? "not known" : human_count(a, n);
}

static void add_counts(cJSON *to, const cJSON *receipt, struct arena *a)
{
	cJSON *list = json_add_array(to, "counts");
	const cJSON *x;

	cJSON_ArrayForEach(x, json_array(receipt, "counts")) {
		int64_t backup = count_of(x, "backup"), live = count_of(x, "live");
		cJSON *o;

		if (!json_string(x, "kind") || cJSON_GetArraySize(list) >= COUNTS_MAX)
			continue;
		o = cJSON_CreateObject();
		add_text(o, "kind", json_string(x, "kind"), 60, a);
		add_count(o, "backup", backup);
		add_count(o, "live", live);
		json_add_string(o, "backupText", count_text(backup, a));
		json_add_string(o, "liveText", count_text(live, a));
		json_add_bool(o, "isDifferent", backup >= 0 && live >= 0 && backup != live);
		json_append(list, o);
	}
	json_add_bool(to, "hasCounts", cJSON_GetArraySize(list) > 0);
}

static void add_lines(cJSON *to, const char *name, const cJSON *receipt, struct arena *a)
{
	cJSON *list = json_add_array(to, name);
	const cJSON *x;

	cJSON_ArrayForEach(x, json_array(receipt, name))
		if (cJSON_IsString(x) && cJSON_GetArraySize(list) < LINES_MAX)
			json_append(list, cJSON_CreateString(str_clean(a, x->valuestring, strlen(x->valuestring), LINE_CHARS)));
}

cJSON *backups_receipt(const char *text, const char **why, int64_t now, struct arena *a)
{
	CLEANUP_JSON cJSON *r = text ? json_parse(text, strlen(text), JSON_STRICT, NULL) : NULL;
	int64_t version = 0, made_at = 0;
	const char *made_text;
	cJSON *o;

	*why = NULL;
	if (!text)
		*why = "No receipt was kept of it.";
	else if (!r || !str_eq(json_string(r, "kind"), RECEIPT_KIND) || !json_i64(r, "version", &version) || version < 1)
		*why = "Its receipt cannot be read.";
	else if (version > RECEIPT_VERSION)
		*why = "Its receipt was written by a later version of hmc, and is not shown.";
	if (*why)
		return NULL;
	made_text = json_string(r, "backupMadeAt");
	if (!made_text || !clock_parse_iso(made_text, 0, &made_at))
		made_at = 0;
	o = cJSON_CreateObject();
	add_text(o, "madeBy", json_string(r, "madeBy"), 60, a);
	add_time(o, "backupMade", made_at, now, a);
	add_steps(o, r, a);
	add_counts(o, r, a);
	add_lines(o, "findings", r, a);
	add_lines(o, "told", r, a);
	json_add_bool(o, "hasFindings", cJSON_GetArraySize(json_array(o, "findings")) > 0);
	json_add_bool(o, "hasTold", cJSON_GetArraySize(json_array(o, "told")) > 0);
	return o;
}

/* ---- drills ---- */

/* "Proven 18 d ago: 112 files put back and checked in 9 s." */
static const char *drill_text(const struct backups *p, const struct drill_run *d)
{
	const char *what = d->state == LOOP_DONE ? "Proven" : d->state == LOOP_REFUSED ? "Refused" : "Not proven", *text;

	text = arena_printf(p->a, "%s %s", what, human_ago(p->a, d->at, p->s->now));
	if (d->files >= 0)
		text = arena_printf(p->a, "%s: %s put back%s", text, human_plural(p->a, d->files, "file"),
				    d->checked == d->files ? " and checked" : "");
	if (d->took_us > 0)
		text = arena_printf(p->a, "%s in %s", text, human_took(p->a, d->took_us));
	return arena_printf(p->a, "%s.", text);
}

static cJSON *drill_json(const struct backups *p, const char *id, const struct drill_run *d)
{
	bool is_proven = d->state == LOOP_DONE;
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "instanceId", id);
	json_add_string(o, "state", is_proven ? "proven" : d->state == LOOP_REFUSED ? "refused" : "failed");
	json_add_string(o, "status", status_name(is_proven ? STATUS_OK : STATUS_WARN));
	json_add_string(o, "word", is_proven ? "proven" : d->state == LOOP_REFUSED ? "refused" : "not proven");
	add_text(o, "text", drill_text(p, d), LINE_CHARS, p->a);
	add_time(o, "ran", d->at, p->s->now, p->a);
	if (d->took_us >= 0)
		json_add_double(o, "took", (double)d->took_us / 1e6);
	else
		json_add_null(o, "took");
	add_text(o, "commit", d->commit, 64, p->a);
	json_add_string(o, "commitText", d->commit ? arena_strndup(p->a, d->commit, HASH_CHARS) : NULL);
	add_text(o, "remote", d->remote, LINE_CHARS, p->a);
	add_count(o, "files", d->files);
	add_count(o, "bytes", d->bytes);
	json_add_string(o, "bytesText", d->bytes >= 0 ? human_bytes(p->a, d->bytes) : NULL);
	add_count(o, "checked", d->checked);
	add_count(o, "failed", d->failed);
	json_add_string(o, "checkedText",
			d->checked < 0 ? NULL : d->failed > 0 ? arena_printf(p->a, "%s, %s", human_count(p->a, d->checked),
									      human_plural(p->a, d->failed, "finding"))
							      : arena_printf(p->a, "%s, all well", human_count(p->a, d->checked)));
	add_text(o, "error", d->error, 400, p->a);
	return o;
}

static const char *empty_text(const struct backups *p, const struct instance *in)
{
	if (!in->backup_repo)
		return "No backup is configured, so there is nothing to restore.";
	return arena_printf(p->a, "No drill is on record: that this backup restores was never proven. hmc drill --instance %s proves it.", in->id);
}

void backups_add_drill(cJSON *card, const struct backups *p, const struct verdict_part *part, const struct backups_source *x)
{
	const struct instance *in = part->snapshot->instance;
	cJSON *list, *o;
	const char *why = NULL;

	json_add_string(card, "drillRunbookHref", runbook_href(in->id, "drill.proof", p->a));
	add_text(card, "drillEmpty", x->reason || x->n_drills ? NULL : empty_text(p, in), LINE_CHARS, p->a);
	if (x->reason || !x->n_drills) {
		json_add_null(card, "drill");
	} else {
		o = drill_json(p, in->id, &x->drills[0]);
		json_add(o, "receipt", backups_receipt(x->drills[0].receipt, &why, p->s->now, p->a));
		json_add_string(o, "receiptEmpty", why);
		json_add(card, "drill", o);
	}
	list = json_add_array(card, "drills");
	for (size_t i = 1; !x->reason && i < x->n_drills; i++)
		json_append(list, drill_json(p, in->id, &x->drills[i]));
	json_add_bool(card, "hasDrills", cJSON_GetArraySize(list) > 0);
}
