#include "view/judge_guard.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "view/facts.h"
#include "view/judge_guard_parts.h"

#define GUARDS_MAX 16

/* ---- words ---- */

struct judgement *guard_add(struct judging *g, const char *id, const char *group, const char *label, const struct probe *p)
{
	struct judgement *j = judging_add(g, id, group, label, p);

	j->is_part = true;
	return j;
}

bool guard_is_untold(struct judgement *j, const struct probe *p)
{
	if (p->state != PROBE_UNKNOWN || p->reason || p->taken_at)
		return false;
	judging_say(j, STATUS_UNKNOWN, GUARD_UNKNOWN, "its exporter does not tell of it");
	judging_hang(j, "exporter");
	j->clears_when = "its exporter is of this version, and has reported";
	return true;
}

void guard_holds(struct judgement *j, const char *detail)
{
	judging_say(j, STATUS_OK, GUARD_HOLDS, detail);
}

void guard_broken(struct judgement *j, enum status status, const char *detail, const char *title, const char *why,
		  const char *phrase)
{
	judging_say(j, status, GUARD_BROKEN, detail);
	judging_attend(j, title, why, phrase);
}

void guard_weaker(struct judgement *j, const char *detail, const char *until)
{
	judging_say(j, STATUS_INFO, GUARD_WEAKER, detail);
	j->clears_when = until;
}

void guard_unknown(struct judgement *j, const char *detail, const char *until)
{
	judging_say(j, STATUS_UNKNOWN, GUARD_UNKNOWN, detail);
	j->clears_when = until;
}

void guard_none(struct judgement *j, const char *detail, const char *until)
{
	judging_off(j, GUARD_NONE, detail, until);
}

void guard_read(struct judging *g, struct judgement *j, const char *also)
{
	j->evidence.read = j->evidence.read ? arena_printf(g->a, "%s; %s", j->evidence.read, also) : also;
}

void guard_name(struct guard_names *to, const char *name)
{
	if (to->n < GUARD_NAMES_MAX)
		to->list[to->n] = name;
	to->n++;
}

const char *guard_named(struct judging *g, const struct guard_names *names)
{
	const char *text;

	if (names->n <= GUARD_NAMES_MAX)
		return human_list(g->a, names->list, names->n);
	text = human_list(g->a, names->list, GUARD_NAMES_MAX - 1);
	return arena_printf(g->a, "%s and %zu more", text, names->n - (GUARD_NAMES_MAX - 1));
}

int64_t guard_port(const char *address)
{
	const char *colon = address ? strrchr(address, ':') : NULL;
	int64_t port;

	return colon && str_parse_i64(colon + 1, 1, 65535, &port) ? port : 0;
}

const struct decision *guard_decision(const struct instance *in, const char *setting)
{
	for (size_t i = 0; in && i < in->decisions.n_list; i++)
		if (str_eq(in->decisions.list[i].setting, setting))
			return &in->decisions.list[i];
	return NULL;
}

/* ---- all of them ---- */

void judge_guards_of_instance(struct judging *g, const struct instance_report *r)
{
	judge_guard_decisions(g, &r->agent.settings);
	judge_guard_push(g, r);
	judge_guard_secrets(g, &r->secrets);
	judge_guard_sandbox(g, r);
}

void judge_guards_of_host(struct judging *g, const struct host_report *r, const struct reach_expected *e)
{
	judge_guard_listeners(g, r, e);
	judge_guard_caddy(g, r, e);
	judge_guard_own_units(g, &r->own_units);
	judge_guard_own_files(g, &r->own_files);
}

/* Whether the other panes show it: its alarm is theirs, or what they know already hides it. */
static bool is_theirs(const struct judgement *j)
{
	return j->title || (j->status == STATUS_UNKNOWN && j->cause && !str_eq(j->cause, "exporter"));
}

void guard_keep_alarms(struct judging *g, size_t from)
{
	size_t kept = from;

	for (size_t i = from; i < g->n; i++) {
		if (!is_theirs(&g->items[i]))
			continue;
		g->items[i].group = "guardrails";
		g->items[kept++] = g->items[i];
	}
	/* What was left behind is the next one's, which expects it empty. */
	memset(&g->items[kept], 0, (g->n - kept) * sizeof(*g->items));
	g->n = kept;
}

static void begin(struct judging *g)
{
	g->size = GUARDS_MAX;
	g->items = arena_calloc(g->a, g->size, sizeof(*g->items));
}

/* As of any dead report; what held is said to have held. */
static void make_unknown(struct judging *g, bool has_report, int64_t generated_at)
{
	judging_make_unknown(g, has_report, generated_at);
	for (size_t i = 0; i < g->n; i++) {
		struct judgement *j = &g->items[i];

		if (j->detail && str_starts(j->detail, "was " GUARD_HOLDS))
			j->detail = arena_printf(g->a, "held%s", j->detail + strlen("was " GUARD_HOLDS));
	}
}

static void give(struct judging *g, struct judgement **out, size_t *n)
{
	judging_finish(g);
	*out = g->items;
	*n = g->n;
}

void judge_guard_instance(const struct instance_snapshot *s, int64_t now, struct arena *a, struct judgement **out,
			  size_t *n)
{
	static const struct instance_report nothing;
	const struct instance_report *r = s->has_report ? &s->report : &nothing;
	bool is_fresh = facts_hold(s, now);
	struct judging g = { .instance = s->instance, .a = a, .now = is_fresh || !s->has_report ? now : r->generated_at };

	begin(&g);
	judge_guards_of_instance(&g, r);
	g.now = now;
	if (!is_fresh)
		make_unknown(&g, s->has_report, r->generated_at);
	give(&g, out, n);
}

void judge_guard_host(const struct host_snapshot *s, int64_t now, struct arena *a, struct judgement **out, size_t *n)
{
	static const struct host_report nothing;
	const struct host_report *r = s->has_report ? &s->report : &nothing;
	bool is_fresh = host_facts_hold(s, now);
	struct judging g = { .a = a, .now = is_fresh || !s->has_report ? now : r->generated_at };

	begin(&g);
	judge_guards_of_host(&g, r, &s->expected);
	g.now = now;
	if (!is_fresh)
		make_unknown(&g, s->has_report, r->generated_at);
	give(&g, out, n);
}

/* ---- between instances ---- */

/* "Vijay fresh, Bheem not configured" */
static const char *said_text(const struct snapshot *s, const struct judgement *const *all, struct arena *a)
{
	const char **said = arena_calloc(a, s->n_instances, sizeof(*said));

	for (size_t i = 0; i < s->n_instances; i++)
		said[i] = arena_printf(a, "%s %s", instance_short_label(s->instances[i].instance, a),
				       all[i] ? all[i]->word : "unknown");
	return human_list(a, said, s->n_instances);
}

/* What is held beside each other: one reading of every instance. */
static const struct alike {
	const char *id;
	const char *label;
	const char *reading;
	const char *rule;
	const char *read;
	const char *even;           /* all are fine */
	const char *none;           /* none has it, and from when on one has */
	const char *until;
	const char *known_when;
	const char *clears_when;
} alike[] = {
	{ "guard.parity.backups", "Backups of all instances", "backup.age", "even when the newest backup of every instance is fresh, or none has one",
	  "the reading “Backup” of every instance", "all are fresh", "no instance has one", "the configuration names a repository of each",
	  "every backup can be judged", "every instance has a fresh backup" },
	{ "guard.parity.drills", "Restore drills of all instances", "drill.proof",
	  "even when the backup of every instance is proven restorable, or none is yet", "the reading “Restore drill” of every instance",
	  "all are proven", "no drill is recorded yet", "`hmc drill` has restored a backup of each", "every drill can be judged",
	  "the backup of every instance is proven restorable" },
	{ "guard.parity.notifications", "Notifications of all instances", "notify.delivery",
	  "even when the notifications of every instance arrive, or none has any", "the reading “Notifications” of every instance", "all arrive",
	  "no instance has them", "the configuration has \"notify\" of each", "the notifications of every instance can be judged",
	  "the notifications of every instance arrive" },
};

static void judge_alike(struct judging *g, const struct snapshot *s, const struct alike *x, const struct judgement *const *all)
{
	struct judgement *j = guard_add(g, x->id, "credentials", x->label, NULL);
	size_t n_ok = 0, n_none = 0, n_unknown = 0, n_untold = 0;

	for (size_t i = 0; i < s->n_instances; i++) {
		n_ok += all[i] && all[i]->status == STATUS_OK;
		n_none += all[i] && (all[i]->status == STATUS_OFF || all[i]->status == STATUS_INFO);
		n_unknown += !all[i] || all[i]->status == STATUS_UNKNOWN;
		n_untold += !all[i];
	}
	j->rule = x->rule;
	j->evidence.read = x->read;
	j->evidence.taken_at = s->now;
	j->evidence.value = said_text(s, all, g->a);
	if (n_untold == s->n_instances)
		guard_none(j, "no exporter tells of them yet", "exporters of this version have run");
	else if (n_ok == s->n_instances)
		guard_holds(j, x->even);
	else if (n_none == s->n_instances)
		guard_none(j, x->none, x->until);
	else if (n_unknown > 0 && n_ok + n_none + n_unknown == s->n_instances)
		guard_unknown(j, j->evidence.value, x->known_when);
	else
		judging_say(j, STATUS_WARN, GUARD_UNEVEN, j->evidence.value);
	if (j->status == STATUS_WARN)
		j->clears_when = x->clears_when;
}

/* Each instance is judged once, whatever is compared. */
static void judge_all_alike(struct judging *g, const struct snapshot *s)
{
	const struct judgement **all = arena_calloc(g->a, ARRAY_SIZE(alike) * s->n_instances, sizeof(void *));

	for (size_t i = 0; i < s->n_instances; i++) {
		struct judgement *items;
		size_t n;

		judge_instance(&s->instances[i], s->now, g->a, &items, &n);
		for (size_t k = 0; k < ARRAY_SIZE(alike); k++)
			all[k * s->n_instances + i] = judge_find(items, n, alike[k].reading);
	}
	for (size_t k = 0; k < ARRAY_SIZE(alike); k++)
		judge_alike(g, s, &alike[k], &all[k * s->n_instances]);
}

void judge_guard_parity(const struct snapshot *s, struct arena *a, struct judgement **out, size_t *n)
{
	struct judging g = { .a = a, .now = s->now };

	begin(&g);
	if (s->n_instances > 1)
		judge_all_alike(&g, s);
	give(&g, out, n);
}
