#include "view/agent_diff.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "view/agent_skills.h"
#include "view/agent_text.h"
#include "view/facts.h"
#include "view/human.h"
#include "view/judge_parts.h"

#define SKILLS_NAMED   5
#define IDENTITY_BYTES (256 * 1024) /* of one fact, to be digested */

/* One fact of one instance. */
struct fact {
	const char *text;           /* for people; NULL = not known */
	const char *identity;       /* what is compared, where text does not say all; NULL = text */
};

struct comparing {
	const struct snapshot *s;
	const struct skill_inventory *skills; /* of those compared */
	struct arena *a;
};

typedef struct fact (*fact_fn)(const struct comparing *c, size_t instance);

static const struct instance_report *report_of(const struct comparing *c, size_t i)
{
	return &c->s->instances[i].report;
}

static const struct settings *settings_of(const struct comparing *c, size_t i)
{
	return &report_of(c, i)->agent.settings;
}

static struct fact plain(const char *text)
{
	return (struct fact){ .text = text };
}

/* A word of the settings: known with or without a file, for then defaults hold. */
static struct fact setting(const struct comparing *c, size_t i, const char *word, const char *otherwise)
{
	if (!agent_is_known(&settings_of(c, i)->probe))
		return plain(NULL);
	return plain(word && *word ? agent_name(word, c->a) : otherwise);
}

static struct fact version(const struct comparing *c, size_t i)
{
	const struct hermes_version *v = &report_of(c, i)->hermes;

	return plain(v->probe.state == PROBE_OK && v->version ? agent_name(v->version, c->a) : NULL);
}

static struct fact is_meant_to_run(const struct comparing *c, size_t i)
{
	const char *why = c->s->instances[i].instance->paused;

	return why ? (struct fact){ arena_printf(c->a, "no: %s", str_clean(c->a, why, strlen(why), TEXT_MAX)), "no" } :
		     plain("yes");
}

static struct fact model(const struct comparing *c, size_t i)
{
	return setting(c, i, settings_of(c, i)->model, "not set");
}

static struct fact provider(const struct comparing *c, size_t i)
{
	return setting(c, i, settings_of(c, i)->provider, "not set");
}

static struct fact approvals(const struct comparing *c, size_t i)
{
	return setting(c, i, settings_of(c, i)->approvals_mode, NULL);
}

static struct fact approvals_cron(const struct comparing *c, size_t i)
{
	return setting(c, i, settings_of(c, i)->approvals_cron, "not set");
}

static struct fact allowlist(const struct comparing *c, size_t i)
{
	int64_t n = settings_of(c, i)->allowlist;

	return setting(c, i, n < 0 ? NULL : human_plural(c->a, n, "command"), NULL);
}

static struct fact secrets(const struct comparing *c, size_t i)
{
	return setting(c, i, agent_tristate(settings_of(c, i)->redact_secrets), NULL);
}

static struct fact pii(const struct comparing *c, size_t i)
{
	return setting(c, i, agent_pii(settings_of(c, i)), NULL);
}

static struct fact platforms(const struct comparing *c, size_t i)
{
	return plain(agent_platforms(settings_of(c, i), c->a));
}

static struct fact toolsets(const struct comparing *c, size_t i)
{
	return plain(agent_toolsets(settings_of(c, i), c->a));
}

static struct fact platform_toolsets(const struct comparing *c, size_t i)
{
	return plain(agent_platform_toolsets(settings_of(c, i), c->a));
}

static struct fact mcp_servers(const struct comparing *c, size_t i)
{
	return plain(agent_mcp_servers(settings_of(c, i), c->a));
}

static struct fact google(const struct comparing *c, size_t i)
{
	const struct probe *p = &report_of(c, i)->google.probe;

	return plain(p->state == PROBE_OK ? "set up" : p->state == PROBE_INACTIVE ? "not set up" : NULL);
}

static struct fact hooks(const struct comparing *c, size_t i)
{
	return plain(agent_extensions(&report_of(c, i)->agent.extensions, "hook", c->a));
}

static struct fact plugins(const struct comparing *c, size_t i)
{
	return plain(agent_extensions(&report_of(c, i)->agent.extensions, "plugin", c->a));
}

static struct fact profiles(const struct comparing *c, size_t i)
{
	return plain(agent_profiles(&report_of(c, i)->agent.profiles, c->a));
}

static struct fact characters(const struct comparing *c, size_t i, int64_t limit)
{
	return setting(c, i, limit < 0 ? NULL : arena_printf(c->a, "%s characters", human_count(c->a, limit)), NULL);
}

static struct fact memory_limit(const struct comparing *c, size_t i)
{
	return characters(c, i, settings_of(c, i)->memory_limit);
}

static struct fact user_limit(const struct comparing *c, size_t i)
{
	return characters(c, i, settings_of(c, i)->user_limit);
}

static struct fact zone(const struct comparing *c, size_t i)
{
	return setting(c, i, settings_of(c, i)->timezone, "the machine's");
}

static struct fact policy(const struct comparing *c, size_t i)
{
	return plain(agent_policy(&report_of(c, i)->exporter, c->a));
}

static const struct skill_use *use_in(const struct skill_entry *e, size_t instance)
{
	for (size_t i = 0; i < e->n_uses; i++)
		if (e->uses[i].instance == instance)
			return &e->uses[i];
	return NULL;
}

/* Compared by all their names; told by those that not everybody has. */
static struct fact skills(const struct comparing *c, size_t i)
{
	CLEANUP(buf_done) struct buf all = BUF_INIT(IDENTITY_BYTES);
	const char *names[SKILLS_NAMED + 1];
	size_t n = 0, own = 0, enabled = 0;

	if (!agent_is_known(&report_of(c, i)->agent.skills.probe))
		return plain(NULL);
	for (size_t k = 0; k < c->skills->n; k++) {
		const struct skill_entry *e = &c->skills->list[k];
		const struct skill_use *u = use_in(e, i);

		if (!u || u->skill->enabled == TRI_NO)
			continue;
		enabled++;
		buf_printf(&all, "%s\n", e->name);
		if (e->n_enabled < c->skills->n_known && own++ < SKILLS_NAMED)
			names[n++] = agent_name(e->name, c->a);
	}
	if (own > SKILLS_NAMED)
		names[n++] = arena_printf(c->a, "%zu more", own - SKILLS_NAMED);
	return (struct fact){ .text = arena_printf(c->a, "%s enabled%s%s", human_count(c->a, (int64_t)enabled),
						   own ? "; not everywhere: " : "", own ? human_list(c->a, names, n) : ""),
			      .identity = arena_strdup(c->a, buf_str(&all)) };
}

static const struct {
	const char *key;
	const char *label;
	fact_fn read;
} facts[] = {
	{ "version", "Hermes version", version },
	{ "paused", "Meant to run", is_meant_to_run },
	{ "model", "Model", model },
	{ "provider", "Provider", provider },
	{ "approvals.mode", "approvals.mode", approvals },
	{ "approvals.cron_mode", "approvals.cron_mode", approvals_cron },
	{ "command_allowlist", "Allowed for ever", allowlist },
	{ "security.redact_secrets", "security.redact_secrets", secrets },
	{ "privacy.redact_pii", "privacy.redact_pii", pii },
	{ "platforms", "Platforms", platforms },
	{ "toolsets", "Toolsets of the command line", toolsets },
	{ "platform_toolsets", "Toolsets by platform", platform_toolsets },
	{ "mcp_servers", "MCP servers", mcp_servers },
	{ "google", "Google Workspace", google },
	{ "skills", "Skills", skills },
	{ "hooks", "Hooks", hooks },
	{ "plugins", "Plugins", plugins },
	{ "profiles", "Profiles", profiles },
	{ "memory.memory_char_limit", "Room in MEMORY.md", memory_limit },
	{ "memory.user_char_limit", "Room in USER.md", user_limit },
	{ "timezone", "Time zone", zone },
	{ "publish", "What Mission Control publishes", policy },
};

/* ---- comparing ---- */

static void digest(const char *text, size_t n, char out[DIGEST_CHARS + 1])
{
	unsigned char sum[SHA256_DIGEST_LENGTH];

	SHA256((const unsigned char *)text, n, sum);
	for (size_t i = 0; i < DIGEST_CHARS / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", sum[i]);
}

/* The value that most have; of equals the one that comes first. */
static const struct diff_value *usual(const struct diff_value *v, size_t n)
{
	const struct diff_value *best = NULL;
	size_t most = 0;

	for (size_t i = 0; i < n; i++) {
		size_t count = 0;

		for (size_t k = 0; v[i].text && k < n; k++)
			count += v[k].text && str_eq(v[i].digest, v[k].digest);
		if (count > most) {
			most = count;
			best = &v[i];
		}
	}
	return best;
}

/* Fills the row; false when those that are known are all alike. */
static bool compare(const struct comparing *c, const struct differences *d, fact_fn read, struct difference *x)
{
	const struct diff_value *most;
	bool differs = false;

	x->values = arena_calloc(c->a, d->n_compared + 1, sizeof(*x->values));
	for (size_t i = 0; i < d->n_compared; i++) {
		struct fact f = read(c, d->compared[i]);
		const char *identity = f.identity ? f.identity : f.text;

		x->values[i].text = f.text;
		if (f.text)
			digest(identity, strlen(identity), x->values[i].digest);
	}
	most = usual(x->values, d->n_compared);
	for (size_t i = 0; most && i < d->n_compared; i++) {
		x->values[i].is_odd = x->values[i].text && !str_eq(x->values[i].digest, most->digest);
		differs = differs || x->values[i].is_odd;
	}
	return differs;
}

static void digest_row(const struct comparing *c, const struct differences *d, struct difference *x)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(IDENTITY_BYTES);

	for (size_t i = 0; i < d->n_compared; i++)
		buf_printf(&b, "%s %s\n", c->s->instances[d->compared[i]].instance->id, x->values[i].digest);
	digest(buf_str(&b), b.len, x->seen);
}

static const char *marked_value(const struct mark *m, const char *instance_id)
{
	for (size_t i = 0; i < m->n_values; i++)
		if (str_eq(m->values[i].instance_id, instance_id))
			return m->values[i].digest;
	return NULL;
}

/*
 * A mark holds for the values it was made for. An instance that is not known
 * at the moment does not end it; a new value or a new instance does.
 */
static bool holds(const struct comparing *c, const struct differences *d, const struct difference *x, const struct mark *m)
{
	for (size_t i = 0; i < d->n_compared; i++)
		if (x->values[i].text &&
		    !str_eq(marked_value(m, c->s->instances[d->compared[i]].instance->id), x->values[i].digest))
			return false;
	return true;
}

static const struct mark *find_mark(const struct comparing *c, const struct differences *d, const struct difference *x,
				    const struct marks *marks)
{
	for (size_t i = 0; i < marks->n_list; i++)
		if (str_eq(marks->list[i].key, x->key) && holds(c, d, x, &marks->list[i]))
			return &marks->list[i];
	return NULL;
}

struct differences differences_of(const struct snapshot *s, const struct marks *marks, struct arena *a)
{
	struct differences d = { .compared = arena_calloc(a, s->n_instances + 1, sizeof(*d.compared)),
				 .list = arena_calloc(a, ARRAY_SIZE(facts), sizeof(*d.list)) };
	bool *covers = arena_calloc(a, s->n_instances + 1, sizeof(*covers));
	struct skill_inventory inventory;
	struct comparing c = { .s = s, .skills = &inventory, .a = a };

	for (size_t i = 0; i < s->n_instances; i++) {
		covers[i] = facts_hold(&s->instances[i], s->now);
		if (covers[i])
			d.compared[d.n_compared++] = i;
	}
	inventory = skill_inventory_of(s, covers, a);
	for (size_t i = 0; d.n_compared > 1 && i < ARRAY_SIZE(facts); i++) {
		struct difference *x = &d.list[d.n];

		*x = (struct difference){ .key = facts[i].key, .label = facts[i].label };
		if (!compare(&c, &d, facts[i].read, x))
			continue;
		digest_row(&c, &d, x);
		x->mark = find_mark(&c, &d, x, marks);
		d.n_open += !x->mark;
		d.n++;
	}
	return d;
}

const struct difference *difference_find(const struct differences *d, const char *key)
{
	for (size_t i = 0; i < d->n; i++)
		if (str_eq(d->list[i].key, key))
			return &d->list[i];
	return NULL;
}

struct mark difference_mark(const struct differences *d, const struct difference *x, const struct snapshot *s,
			    const char *by, struct arena *a)
{
	struct mark m = { .key = x->key, .by = by, .at = s->now };

	m.values = arena_calloc(a, d->n_compared + 1, sizeof(*m.values));
	for (size_t i = 0; i < d->n_compared && m.n_values < MARK_VALUES_MAX; i++)
		if (x->values[i].text)
			m.values[m.n_values++] = (struct mark_value){ s->instances[d->compared[i]].instance->id,
								      x->values[i].digest };
	return m;
}
