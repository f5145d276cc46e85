#include "view/agent_text.h"

#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "view/judge_parts.h"

#define LINE_MAX_BYTES (64 * 1024) /* beyond what any report can hold in one list */

bool agent_is_known(const struct probe *p)
{
	return p->state == PROBE_OK || p->state == PROBE_INACTIVE;
}

const char *agent_name(const char *name, struct arena *a)
{
	return name ? str_clean(a, name, strlen(name), NAME_MAX_CHARS) : "?";
}

static void add(struct buf *b, const char *sep, const char *text)
{
	buf_adds(b, b->len ? sep : "");
	buf_adds(b, text);
}

static const char *line(const struct buf *b, const char *empty, struct arena *a)
{
	return b->len ? arena_strdup(a, buf_str(b)) : empty;
}

const char *agent_platforms(const struct settings *s, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(LINE_MAX_BYTES);

	if (!agent_is_known(&s->probe))
		return NULL;
	for (size_t i = 0; i < s->n_platforms; i++) {
		add(&b, ", ", agent_name(s->platforms[i].name, a));
		if (s->platforms[i].enabled == TRI_NO)
			buf_adds(&b, " (off)");
	}
	return line(&b, "none", a);
}

static void add_names(struct buf *b, const char *const *names, size_t n, struct arena *a)
{
	for (size_t i = 0; i < n; i++) {
		buf_adds(b, i ? ", " : "");
		buf_adds(b, agent_name(names[i], a));
	}
}

const char *agent_toolsets(const struct settings *s, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(LINE_MAX_BYTES);

	if (!agent_is_known(&s->probe))
		return NULL;
	add_names(&b, s->toolsets, s->n_toolsets, a);
	return line(&b, "Hermes's default", a);
}

const char *agent_toolsets_of(const struct platform_toolsets *p, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(LINE_MAX_BYTES);

	add_names(&b, p->toolsets, p->n_toolsets, a);
	return line(&b, "none", a);
}

const char *agent_platform_toolsets(const struct settings *s, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(LINE_MAX_BYTES);

	if (!agent_is_known(&s->probe))
		return NULL;
	for (size_t i = 0; i < s->n_platform_toolsets; i++) {
		add(&b, "; ", agent_name(s->platform_toolsets[i].platform, a));
		buf_adds(&b, ": ");
		buf_adds(&b, agent_toolsets_of(&s->platform_toolsets[i], a));
	}
	return line(&b, "Hermes's default", a);
}

const char *agent_mcp_servers(const struct settings *s, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(LINE_MAX_BYTES);

	if (!agent_is_known(&s->probe))
		return NULL;
	for (size_t i = 0; i < s->n_mcp_servers; i++) {
		const struct mcp_server *m = &s->mcp_servers[i];

		add(&b, ", ", agent_name(m->name, a));
		buf_printf(&b, " (%s%s)", agent_name(m->transport, a), m->enabled == TRI_NO ? ", off" : "");
	}
	return line(&b, "none", a);
}

const char *agent_extensions(const struct extensions *x, const char *kind, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(LINE_MAX_BYTES);

	if (!agent_is_known(&x->probe))
		return NULL;
	for (size_t i = 0; i < x->n_list; i++) {
		const struct extension *e = &x->list[i];

		if (!str_eq(e->kind, kind))
			continue;
		add(&b, ", ", agent_name(e->name, a));
		if (e->version)
			buf_printf(&b, " %s", agent_name(e->version, a));
		if (e->enabled == TRI_NO)
			buf_adds(&b, " (off)");
	}
	return line(&b, "none", a);
}

const char *agent_profiles(const struct profiles *p, struct arena *a)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(LINE_MAX_BYTES);

	if (!agent_is_known(&p->probe))
		return NULL;
	for (size_t i = 0; i < p->n_list; i++) {
		add(&b, ", ", agent_name(p->list[i].name, a));
		if (p->list[i].is_active == TRI_YES)
			buf_adds(&b, " (active)");
	}
	return line(&b, "none", a);
}

const char *agent_tristate(enum tristate t)
{
	return t == TRI_YES ? "true" : t == TRI_NO ? "false" : NULL;
}

const char *agent_pii(const struct settings *s)
{
	return s->redact_pii_is_set == TRI_YES ? agent_tristate(s->redact_pii) : "not decided";
}

const char *agent_policy(const struct exporter *e, struct arena *a)
{
	static const char *const words[] = { "counts alone", "titles", "titles and excerpts" };

	return arena_printf(a, "%s%s", words[e->publish], e->privacy == TRI_YES ? "; personal data replaced" : "");
}
