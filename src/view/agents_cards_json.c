/*
 * A card an instance: what it is made of. What is judged is taken from its
 * judgements; the rest are plain facts.
 */
#include <stddef.h>
#include <string.h>

#include "base/str.h"
#include "json/json.h"
#include "view/agent_text.h"
#include "view/agents_parts.h"
#include "view/human.h"
#include "view/parts_json.h"

/* With more instances than this, cards keep the rows that matter most, without what is folded under them. */
#define FULL_CARDS_MAX 12
#define ITEMS_MAX      40
#define NAMES_MAX_COMPACT 10 /* of a list for programs, which then says that it was cut */

_Static_assert(offsetof(struct agent_platform, name) == 0 && offsetof(struct mcp_server, name) == 0, "names come first");

struct card {
	const struct verdict_part *part;
	const struct instance *in;
	const struct instance_report *r;
	const char *id;
	bool is_compact;
	int64_t now;
	struct arena *a;
	cJSON *rows;
};

/* ---- rows ---- */

static void add_item(cJSON *row, const char *label, const char *text, const struct card *c)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(row, "items"), *o;

	if (c->is_compact || cJSON_GetArraySize(list) >= ITEMS_MAX)
		return;
	o = cJSON_CreateObject();
	add_text(o, "label", label, 100, c->a);
	add_text(o, "text", text, AGENT_TEXT_MAX, c->a);
	json_append(list, o);
}

static cJSON *add_row(const struct card *c, const struct judgement *j)
{
	cJSON *row = reading_json(j, c->id, !c->is_compact, c->now, c->a);

	json_add_array(row, "items");
	json_append(c->rows, row);
	return row;
}

/* A row as it was judged; nothing where it was not. */
static cJSON *add_judged(const struct card *c, const char *id, const char *label)
{
	const struct judgement *j = judge_find(c->part->judgements, c->part->n, id);
	struct judgement own;

	if (!j)
		return NULL;
	own = *j;
	own.label = label ? label : j->label;
	return add_row(c, &own);
}

/* A plain fact of a reading; text NULL: what the reading says of itself. */
static cJSON *add_fact(const struct card *c, const char *id, const char *label, const struct probe *p, const char *text,
		       const char *detail)
{
	struct judgement j = { .id = id, .group = "agent", .label = label, .status = STATUS_INFO, .word = text,
			       .detail = detail, .rule = "a plain fact" };
	cJSON *row;

	if (!p)
		j.evidence.read = "the configuration";
	else {
		j.evidence.read = p->source;
		j.evidence.taken_at = p->taken_at;
		j.evidence.took_us = p->took_us;
	}
	if (p && !agent_is_known(p)) {
		j.status = STATUS_UNKNOWN;
		j.word = "unknown";
		j.detail = p->reason ? p->reason : "nobody has looked yet";
	}
	row = add_row(c, &j);
	/* There is nothing to do about a plain fact. */
	cJSON_DeleteItemFromObjectCaseSensitive(row, "runbookHref");
	json_add_null(row, "runbookHref");
	return row;
}

static void add_platforms(const struct card *c)
{
	const struct settings *s = &c->r->agent.settings;
	cJSON *row = add_fact(c, "platforms", "Platforms", &s->probe, agent_platforms(s, c->a), NULL);

	for (size_t i = 0; i < s->n_platforms; i++) {
		const struct agent_platform *p = &s->platforms[i];
		const char *name = agent_name(p->name, c->a);
		const struct judgement *j = judge_find(c->part->judgements, c->part->n, arena_printf(c->a, "platform.%s", name));

		add_item(row, name,
			 arena_printf(c->a, "%s%s%s%s", j ? j->word : p->enabled == TRI_NO ? "off" : "no sign of it from the gateway",
				      p->source ? "; set up in " : "", p->source ? agent_name(p->source, c->a) : "",
				      p->has_home_chat == TRI_YES ? "; has a home chat" : ""),
			 c);
	}
}

static void add_toolsets(const struct card *c)
{
	const struct settings *s = &c->r->agent.settings;
	cJSON *row = add_fact(c, "toolsets", "Toolsets", &s->probe, agent_toolsets(s, c->a),
			      s->n_platform_toolsets
				      ? arena_printf(c->a, "%s of its own", human_plural(c->a, (int64_t)s->n_platform_toolsets, "platform"))
				      : NULL);

	if (s->n_platform_toolsets)
		add_item(row, "command line", agent_toolsets(s, c->a), c);
	for (size_t i = 0; i < s->n_platform_toolsets; i++)
		add_item(row, agent_name(s->platform_toolsets[i].platform, c->a), agent_toolsets_of(&s->platform_toolsets[i], c->a), c);
}

static void add_mcp(const struct card *c)
{
	const struct settings *s = &c->r->agent.settings;
	cJSON *row = add_fact(c, "mcpServers", "MCP servers", &s->probe, agent_mcp_servers(s, c->a), NULL);

	for (size_t i = 0; i < s->n_mcp_servers; i++)
		add_item(row, agent_name(s->mcp_servers[i].name, c->a),
			 arena_printf(c->a, "%s%s; whether it is connected no file tells", agent_name(s->mcp_servers[i].transport, c->a),
				      s->mcp_servers[i].enabled == TRI_NO ? ", switched off" : ""),
			 c);
}

static void add_skills_row(const struct card *c)
{
	const struct skills *k = &c->r->agent.skills;
	int64_t off = k->total - k->enabled;
	cJSON *row = add_judged(c, "skills", NULL);

	if (row && k->probe.state == PROBE_OK && off > 0 && k->enabled >= 0)
		add_item(row, "switched off", human_count(c->a, off), c);
}

static void add_extension_rows(const struct card *c)
{
	const struct extensions *x = &c->r->agent.extensions;
	cJSON *row = add_judged(c, "extensions", NULL);

	for (size_t i = 0; row && i < x->n_list; i++)
		add_item(row, arena_printf(c->a, "%s %s", x->list[i].kind ? x->list[i].kind : "?", agent_name(x->list[i].name, c->a)),
			 arena_printf(c->a, "%s%s%s", x->list[i].version ? agent_name(x->list[i].version, c->a) : "no version",
				      x->list[i].enabled == TRI_NO ? ", off" : "",
				      x->list[i].n_events ? arena_printf(c->a, "; %s", human_plural(c->a, (int64_t)x->list[i].n_events, "event")) : ""),
			 c);
}

static void add_approvals(const struct card *c)
{
	const struct settings *s = &c->r->agent.settings;
	cJSON *row = add_judged(c, "approvals", NULL);

	if (!row || !agent_is_known(&s->probe))
		return;
	if (s->approvals_cron)
		add_item(row, "in cron runs", s->approvals_cron, c);
	if (s->allowlist >= 0)
		add_item(row, "allowed for ever", human_plural(c->a, s->allowlist, "command"), c);
}

static void add_keys(const struct card *c)
{
	const struct keys *k = &c->r->agent.keys;
	cJSON *row = add_judged(c, "keys", "Keys in .env");

	for (size_t i = 0; row && i < k->n_list; i++)
		add_item(row, k->list[i].name ? k->list[i].name : "?",
			 arena_printf(c->a, "fingerprint %.8s", k->list[i].fingerprint ? k->list[i].fingerprint : "?"), c);
}

static void add_paused(const struct card *c)
{
	add_fact(c, "paused", "Meant to run", NULL, c->in->paused ? "no, paused" : "yes", c->in->paused);
}

static void add_rest(const struct card *c)
{
	const struct agent *x = &c->r->agent;

	add_fact(c, "timezone", "Time zone", &x->settings.probe,
		 x->settings.timezone && *x->settings.timezone ? x->settings.timezone : "the machine's", NULL);
	add_fact(c, "profiles", "Profiles", &x->profiles.probe, agent_profiles(&x->profiles, c->a), NULL);
	add_fact(c, "publish", "Published", NULL, agent_policy(&c->r->exporter, c->a), "by Mission Control");
}

static void add_rows(const struct card *c)
{
	if (c->part->is_dark) {
		add_judged(c, "exporter", NULL);
		add_paused(c);
		return;
	}
	add_judged(c, "hermes.version", NULL);
	add_platforms(c);
	if (!c->is_compact)
		add_toolsets(c);
	add_mcp(c);
	if (!c->is_compact)
		add_judged(c, "google", NULL);
	add_judged(c, "memory", NULL);
	add_judged(c, "memory.user", NULL);
	add_skills_row(c);
	add_extension_rows(c);
	add_approvals(c);
	add_judged(c, "redaction", NULL);
	add_keys(c);
	if (c->is_compact && !c->in->paused)
		return;
	add_paused(c);
	if (!c->is_compact)
		add_rest(c);
}

/* ---- the same for programs ---- */

/* Names at even distances in memory: of toolsets, or the first members of platforms and servers. */
static bool add_names(cJSON *o, const char *name, const void *first, size_t n, size_t step, const struct card *c)
{
	size_t max = c->is_compact ? NAMES_MAX_COMPACT : n;
	cJSON *list = json_add_array(o, name);

	for (size_t i = 0; i < n && i < max; i++)
		json_append(list, cJSON_CreateString(agent_name(*(const char *const *)((const char *)first + i * step), c->a)));
	return n > max;
}

static void add_flag(cJSON *o, const char *name, enum tristate t)
{
	if (t == TRI_UNKNOWN)
		json_add_null(o, name);
	else
		json_add_bool(o, name, t == TRI_YES);
}

static void add_count(cJSON *o, const char *name, int64_t n)
{
	if (n < 0)
		json_add_null(o, name);
	else
		json_add_i64(o, name, n);
}

static void add_memory(cJSON *o, const char *name, const struct memory_file *m)
{
	cJSON *x;

	if (m->probe.state != PROBE_OK) {
		json_add_null(o, name);
		return;
	}
	x = json_add_object(o, name);
	add_count(x, "entries", m->entries);
	add_count(x, "characters", m->characters);
	add_count(x, "limit", m->limit);
}

static void add_setup(cJSON *o, const struct settings *s, const struct card *c)
{
	bool is_cut;

	add_text(o, "model", s->model, 100, c->a);
	add_text(o, "provider", s->provider, 100, c->a);
	add_text(o, "approvalsMode", s->approvals_mode, 40, c->a);
	add_text(o, "approvalsFrom", s->approvals_from, 100, c->a);
	add_text(o, "approvalsCron", s->approvals_cron, 40, c->a);
	add_flag(o, "redactSecrets", s->redact_secrets);
	add_flag(o, "redactPii", s->redact_pii_is_set == TRI_YES ? s->redact_pii : TRI_UNKNOWN);
	add_text(o, "timezone", s->timezone, 100, c->a);
	is_cut = add_names(o, "toolsets", s->toolsets, s->n_toolsets, sizeof(*s->toolsets), c);
	is_cut |= add_names(o, "platforms", s->platforms, s->n_platforms, sizeof(*s->platforms), c);
	is_cut |= add_names(o, "mcpServers", s->mcp_servers, s->n_mcp_servers, sizeof(*s->mcp_servers), c);
	json_add_bool(o, "isCut", is_cut);
}

/* Null of a report that is not believed; of a reading that could not be taken every value is null. */
static void add_facts(cJSON *card, const struct card *c)
{
	static const struct settings nothing = { .allowlist = COUNT_UNKNOWN };
	const struct agent *x = &c->r->agent;
	bool is_known = x->skills.probe.state == PROBE_OK;
	cJSON *o;

	if (c->part->is_dark) {
		json_add_null(card, "facts");
		return;
	}
	o = json_add_object(card, "facts");
	add_text(o, "version", c->r->hermes.probe.state == PROBE_OK ? c->r->hermes.version : NULL, 40, c->a);
	add_setup(o, agent_is_known(&x->settings.probe) ? &x->settings : &nothing, c);
	add_memory(o, "memory", &x->memory);
	add_memory(o, "userMemory", &x->user);
	add_count(o, "skills", is_known ? x->skills.total : -1);
	add_count(o, "skillsEnabled", is_known ? x->skills.enabled : -1);
	add_count(o, "skillsOwn", is_known ? x->skills.local : -1);
	json_add_bool(o, "isPaused", c->in->paused != NULL);
}

static cJSON *card_json(struct card *c)
{
	const struct judgement *gateway = judge_find(c->part->judgements, c->part->n, "gateway");
	const struct settings *s = &c->r->agent.settings;
	cJSON *card = cJSON_CreateObject(), *row;

	json_add_string(card, "instanceId", c->id);
	json_add(card, "ref", ref_json(c->in, c->a));
	add_text(card, "name", c->part->name, 100, c->a);
	json_add_string(card, "href", arena_printf(c->a, "/hermes/agents?instance=%s", c->id));
	json_add_string(card, "status", status_name(gateway ? gateway->status : STATUS_UNKNOWN));
	add_text(card, "word", gateway ? gateway->word : "unknown", 100, c->a);
	add_text(card, "modelText",
		 c->part->is_dark || !agent_is_known(&s->probe) ? NULL
		 : !s->model ? "no model set"
			     : arena_printf(c->a, "%s%s%s", agent_name(s->model, c->a), s->provider ? " via " : "",
					    s->provider ? agent_name(s->provider, c->a) : ""),
		 200, c->a);
	add_facts(card, c);
	c->rows = json_add_array(card, "rows");
	add_rows(c);
	cJSON_ArrayForEach(row, c->rows)
		json_add_bool(row, "hasItems", cJSON_GetArraySize(json_array(row, "items")) > 0);
	return card;
}

void add_agents(cJSON *model, const struct verdict *v, const struct snapshot *s, struct arena *a)
{
	cJSON *list = json_add_array(model, "agents");
	bool is_compact = v->n_parts > FULL_CARDS_MAX;

	for (size_t i = 0; i < v->n_parts; i++) {
		const struct instance_snapshot *in = v->parts[i].snapshot;
		struct card c = { .part = &v->parts[i], .in = in->instance, .r = &in->report, .id = in->instance->id,
				  .is_compact = is_compact, .now = s->now, .a = a };

		json_append(list, card_json(&c));
	}
	json_add_bool(model, "isCompact", is_compact);
	json_add_bool(model, "hasAgents", v->n_parts > 0);
}
