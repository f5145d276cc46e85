#include "hermes/version.h"

#include <string.h>

#include "base/str.h"
#include "hermes/hermes.h"
#include "hermes/home.h"
#include "model/report.h"

#define PYPROJECT "hermes-agent/pyproject.toml"
#define INIT_PY   "hermes-agent/hermes_cli/__init__.py"
#define FILE_MAX  ((size_t)1024 * 1024)
#define ABSENT    "no checkout below the home"

/* Reads `name = "value"` at the start of a line, with either quote; NULL when this is not such a line. */
static const char *assigned(const char *line, const char *name, struct arena *a)
{
	size_t len;
	char quote;

	if (!str_starts(line, name))
		return NULL;
	line += strlen(name);
	line += strspn(line, " \t");
	if (*line++ != '=')
		return NULL;
	line += strspn(line, " \t");
	quote = *line++;
	if (quote != '"' && quote != '\'')
		return NULL;
	len = strcspn(line, "\"'\r\n");
	return len && line[len] == quote ? str_clean(a, line, len, 40) : NULL;
}

/* The first assignment of that name; in TOML only below [section]. */
static const char *find(const char *text, const char *section, const char *name, struct arena *a)
{
	bool is_inside = !section;
	const char *value = NULL;

	for (const char *line = text; line && !value; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (section && *line == '[')
			is_inside = str_starts(line, section);
		else if (is_inside)
			value = assigned(line, name, a);
	}
	return value;
}

static bool read_from(struct hermes_version *v, const struct hermes_source *src, const char *path,
		      const char *section, const char *name, struct arena *a)
{
	struct probe p = v->probe;
	char *data;
	size_t len;

	p.source = path;
	if (home_read(&p, src, path, FILE_MAX, ABSENT, a, &data, &len)) {
		v->version = find(data, section, name, a);
		home_answer(&p, v->version ? PROBE_OK : PROBE_UNKNOWN,
			    v->version ? NULL : arena_printf(a, "%s names no version", path));
	}
	v->probe = p;
	return p.state == PROBE_OK;
}

void hermes_read_version(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct hermes_source *src = in;
	struct hermes_version *v = out;
	struct probe first;

	(void)deadline_us;
	home_begin(&v->probe, PYPROJECT, src);
	if (!home_is_there(&v->probe, src, a))
		return;
	if (read_from(v, src, PYPROJECT, "[project]", "version", a))
		return;
	first = v->probe;
	/* The second file may settle it; where it is not there, what stood in the way of the first counts. */
	if (!read_from(v, src, INIT_PY, NULL, "__version__", a) && v->probe.state == PROBE_INACTIVE)
		v->probe = first;
}

/* Digits up to a dot or the end; -1 when there are none. */
static int part(const char **s)
{
	int v = -1;

	for (; **s >= '0' && **s <= '9' && v < 100000; (*s)++)
		v = (v < 0 ? 0 : v) * 10 + (**s - '0');
	if (**s == '.')
		(*s)++;
	return v;
}

bool version_is_at_most(const char *version, int major, int minor)
{
	int x, y;

	if (!version)
		return false;
	version += *version == 'v';
	x = part(&version);
	y = part(&version);
	return x >= 0 && y >= 0 && (x < major || (x == major && y <= minor));
}
