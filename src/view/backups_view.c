#include "view/backups_view.h"

#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "view/backups_parts.h"
#include "view/human.h"
#include "view/links.h"
#include "view/parts_json.h"
#include "view/runbook.h"

/* An answer stays under 1 MiB, a page far below. */
#define CARDS_MAX  20
#define REASON_MAX 200

static bool is_so(const struct verdict_part *part, const char *reading, enum status status)
{
	const struct judgement *j = judge_find(part->judgements, part->n, reading);

	return j && j->status == status;
}

static const char *word_of(const struct verdict_part *part, const char *reading)
{
	const struct judgement *j = judge_find(part->judgements, part->n, reading);

	return j ? j->word : "not told";
}

/* "One of two backups is fresh, none is proven to restore" */
static const char *headline(const struct backups *p)
{
	size_t n = 0, fresh = 0, proven = 0;

	for (size_t i = 0; i < p->v->n_parts; i++) {
		const struct verdict_part *part = &p->v->parts[i];

		n += part->snapshot->instance->backup_repo != NULL;
		fresh += is_so(part, "backup.age", STATUS_OK);
		proven += is_so(part, "drill.proof", STATUS_OK);
	}
	if (p->v->n_parts == 0)
		return "There is no instance to back up";
	if (n == 0)
		return "No backup is configured";
	if (p->v->n_parts == 1)
		return arena_printf(p->a, "Backup %s, restore drill %s", word_of(p->v->parts, "backup.age"), word_of(p->v->parts, "drill.proof"));
	if (fresh == n && proven == n)
		return n == 1 ? "The one backup is fresh and proven to restore" : "All backups are fresh and proven to restore";
	return arena_printf(p->a, "%s of %s backup%s %s fresh, %s %s proven to restore",
			    fresh ? human_number_cap(p->a, (int64_t)fresh) : "None", human_number(p->a, (int64_t)n), n == 1 ? "" : "s",
			    fresh > 1 ? "are" : "is", proven ? human_number(p->a, (int64_t)proven) : "none", proven > 1 ? "are" : "is");
}

static cJSON *card_json(const struct backups *p, const struct verdict_part *part)
{
	const struct backups_source *x = &p->q->sources[part->snapshot - p->s->instances];
	const struct instance *in = part->snapshot->instance;
	const struct judgement *age = judge_find(part->judgements, part->n, "backup.age");
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "instanceId", in->id);
	json_add(o, "ref", ref_json(in, p->a));
	add_text(o, "name", part->name, 100, p->a);
	add_text(o, "user", in->user, 100, p->a);
	json_add_string(o, "status", status_name(age ? age->status : STATUS_UNKNOWN));
	add_text(o, "word", age ? age->word : "not told", 40, p->a);
	json_add_string(o, "maxAgeText", in->backup_repo && in->backup_max_age_s > 0 ?
						 arena_printf(p->a, "expected within %s", human_span(p->a, in->backup_max_age_s)) : NULL);
	add_text(o, "unread", x->reason ? arena_printf(p->a, "What its loops did could not be read (%s).", x->reason) : NULL, REASON_MAX + 60, p->a);
	json_add_string(o, "runbookHref", runbook_href(in->id, "backup.run", p->a));
	backups_add_strip(o, p, part, x);
	backups_add_drill(o, p, part, x);
	return o;
}

static void add_cards(cJSON *model, const struct backups *p)
{
	cJSON *list = json_add_array(model, "instances");
	size_t n = p->v->n_parts;

	for (size_t i = 0; i < n && i < CARDS_MAX; i++)
		json_append(list, card_json(p, &p->v->parts[i]));
	json_add_string(model, "moreText",
			n > CARDS_MAX ? arena_printf(p->a, "%zu more instances: choose one to see its days and its drill.", n - CARDS_MAX) : NULL);
}

cJSON *backups_view(const struct snapshot *s, const char *choice, const struct backups_question *q, struct arena *a)
{
	const struct backups p = { s, q, verdict_of(s, choice, a), a };
	cJSON *model = cJSON_CreateObject();

	add_head(model, "Backups", s, p.v, choice, a);
	json_add_string(model, "headline", headline(&p));
	json_add_string(model, "timeZone", q->zone);
	json_add_string(model, "timeZoneText", human_zone(a, q->zone, q->offset_s));
	json_add_string(model, "notificationsHref", link_pane(a, "notifications", choice));
	json_add_string(model, "opsHref", link_pane(a, "ops", choice));
	backups_add_parity(model, &p);
	add_cards(model, &p);
	return model;
}
