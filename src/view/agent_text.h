/*
 * view/agent_text.h -- what an instance is made of, in words: for its card and for the comparison.
 *
 * Each gives one line in the arena: names out of a report are cleaned and
 * cut, "none" stands for an empty list, NULL for what is not known.
 */
#ifndef MC_VIEW_AGENT_TEXT_H
#define MC_VIEW_AGENT_TEXT_H

#include "base/arena.h"
#include "model/report.h"

/* Whether a reading tells anything: it was taken, or there is nothing to take, so that defaults hold. */
bool agent_is_known(const struct probe *p);

const char *agent_name(const char *name, struct arena *a);

/* "telegram, discord (off)" */
const char *agent_platforms(const struct settings *s, struct arena *a);

/* The command line's: "web, memory"; "Hermes's default" where none are named. */
const char *agent_toolsets(const struct settings *s, struct arena *a);

/* "web, memory": those of one platform. */
const char *agent_toolsets_of(const struct platform_toolsets *p, struct arena *a);

/* "telegram: web, memory; cli: all" */
const char *agent_platform_toolsets(const struct settings *s, struct arena *a);

/* "github (stdio), linear (http, off)" */
const char *agent_mcp_servers(const struct settings *s, struct arena *a);

/* Names and versions of one kind, "hook" or "plugin". */
const char *agent_extensions(const struct extensions *x, const char *kind, struct arena *a);

const char *agent_profiles(const struct profiles *p, struct arena *a);

/* "true", "false"; "not decided" where the file does not say. */
const char *agent_pii(const struct settings *s);
const char *agent_tristate(enum tristate t);

/* "titles; personal data replaced": what Mission Control publishes of it. */
const char *agent_policy(const struct exporter *e, struct arena *a);

#endif
