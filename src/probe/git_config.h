/*
 * probe/git_config.h -- a repository's own .git/config, as text.
 *
 * By hand and not by libgit2, which follows include.path to wherever it
 * leads, a named pipe included. Nothing else is read.
 */
#ifndef MC_PROBE_GIT_CONFIG_H
#define MC_PROBE_GIT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

#define GIT_SETTINGS_MAX 2000

struct git_setting {
	const char *section;    /* lower case: "remote" */
	const char *sub;        /* as written: "origin"; NULL = none */
	const char *name;       /* lower case: "url" */
	const char *value;      /* "" where only the name stands; raw, not to be shown */
};

struct git_settings {
	struct git_setting *list;
	size_t n;
	bool includes;          /* it names further files, which were not read */
};

/*
 * Reads what git-config(1), "Syntax", allows: sections with and without a
 * quoted name, comments, quotes, escapes, lines that go on. False, with
 * *reason, where git would refuse it too, or where it has more than
 * GIT_SETTINGS_MAX settings. Everything lives in `a`, the values too.
 */
bool git_config_parse(struct git_settings *out, const char *text, size_t len, struct arena *a, const char **reason);

/* The last value of a setting; NULL when there is none. sub NULL = without one. */
const char *git_config_last(const struct git_settings *s, const char *section, const char *sub, const char *name);

#endif
