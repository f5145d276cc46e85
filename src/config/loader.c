#include "config/loader.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

void loader_fail(struct loader *l, const char *fmt, ...)
{
	va_list ap;
	char *what;

	if (l->error)
		return;
	va_start(ap, fmt);
	what = arena_vprintf(l->arena, fmt, ap);
	va_end(ap);
	l->error = arena_printf(l->arena, "%s: %s", l->path ? l->path : "configuration", what);
}

/* "instances[1].user" */
static const char *full_name(struct loader *l, struct place p, const char *key)
{
	return *p.name ? arena_printf(l->arena, "%s.%s", p.name, key) : key;
}

/* Levenshtein distance of two short names, for "did you mean". */
static size_t distance(const char *a, const char *b)
{
	enum { LONGEST = 40 };
	size_t row[LONGEST + 1], n = strlen(a), m = strlen(b);

	if (n > LONGEST || m > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);
			size_t gap = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = change < gap ? change : gap;
		}
	}
	return row[m];
}

void loader_known(struct loader *l, struct place p, const char *const *known)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, p.object) {
		const char *near = NULL, *name;
		size_t i;

		for (i = 0; known[i] && strcmp(known[i], item->string) != 0; i++)
			if (distance(item->string, known[i]) <= 2)
				near = known[i];
		if (known[i])
			continue;
		name = full_name(l, p, item->string);
		loader_fail(l, "unknown key '%s'%s%s%s; remove it or correct its name",
			    str_clean(l->arena, name, strlen(name), 80),
			    near ? ", did you mean '" : "", near ? near : "", near ? "'" : "");
		return;
	}
}

struct place loader_object(struct loader *l, struct place p, const char *key)
{
	struct place below = { .name = full_name(l, p, key) };
	const cJSON *item = json_get(p.object, key);

	if (item && !cJSON_IsObject(item))
		loader_fail(l, "%s must be an object { … }", below.name);
	else
		below.object = item;
	return below;
}

const cJSON *loader_array(struct loader *l, struct place p, const char *key, int max)
{
	const cJSON *item = json_get(p.object, key);

	if (!item)
		return NULL;
	if (!cJSON_IsArray(item)) {
		loader_fail(l, "%s must be a list [ … ]", full_name(l, p, key));
		return NULL;
	}
	if (cJSON_GetArraySize(item) > max) {
		loader_fail(l, "%s has more than %d entries", full_name(l, p, key), max);
		return NULL;
	}
	return item;
}

struct place loader_item(struct loader *l, struct place p, const char *key, const cJSON *item, int i)
{
	struct place below = { .object = item, .name = arena_printf(l->arena, "%s[%d]", full_name(l, p, key), i) };

	if (!cJSON_IsObject(item)) {
		loader_fail(l, "%s must be an object { … }", below.name);
		below.object = NULL;
	}
	return below;
}

const char *loader_string(struct loader *l, struct place p, const char *key, const char *dflt)
{
	const cJSON *item = json_get(p.object, key);
	const char *s, *clean;

	if (!item)
		return dflt;
	s = cJSON_GetStringValue(item);
	if (!s) {
		loader_fail(l, "%s must be a text in quotes", full_name(l, p, key));
		return dflt;
	}
	clean = str_clean(l->arena, s, strlen(s), 500);
	if (!*s || strcmp(clean, s) != 0) {
		loader_fail(l, "%s must be 1 to 500 printable characters", full_name(l, p, key));
		return dflt;
	}
	return clean;
}

const char *loader_required(struct loader *l, struct place p, const char *key)
{
	const char *s = loader_string(l, p, key, NULL);

	if (!s)
		loader_fail(l, "%s is missing", full_name(l, p, key));
	return s ? s : "";
}

static bool is_clean_path(const char *s)
{
	if (*s != '/' || strstr(s, "//") || strstr(s, "/../") || strstr(s, "/./"))
		return false;
	return !str_ends(s, "/..") && !str_ends(s, "/.") && (strlen(s) == 1 || !str_ends(s, "/"));
}

const char *loader_path(struct loader *l, struct place p, const char *key, const char *dflt)
{
	const char *s = loader_string(l, p, key, dflt);

	if (!s || is_clean_path(s))
		return s;
	loader_fail(l, "%s must be an absolute path without '.', '..' or a slash at the end, not '%s'",
		    full_name(l, p, key), s);
	return dflt;
}

int64_t loader_i64(struct loader *l, struct place p, const char *key, int64_t min, int64_t max, int64_t dflt)
{
	int64_t v = dflt;

	if (!json_get(p.object, key))
		return dflt;
	if (!json_i64(p.object, key, &v) || v < min || v > max) {
		loader_fail(l, "%s must be a whole number from %lld to %lld", full_name(l, p, key), (long long)min,
			    (long long)max);
		return dflt;
	}
	return v;
}

bool loader_bool(struct loader *l, struct place p, const char *key, bool dflt)
{
	bool v = dflt;

	if (json_get(p.object, key) && !json_bool(p.object, key, &v))
		loader_fail(l, "%s must be true or false", full_name(l, p, key));
	return v;
}

int64_t loader_duration(struct loader *l, struct place p, const char *key, int64_t dflt_s)
{
	const int64_t ten_years = (int64_t)3653 * 86400;
	const cJSON *item = json_get(p.object, key);
	int64_t v = dflt_s;
	bool ok;

	if (!item)
		return dflt_s;
	if (cJSON_IsString(item))
		ok = str_parse_duration(item->valuestring, &v);
	else
		ok = json_i64(p.object, key, &v);
	if (ok && v >= 1 && v <= ten_years)
		return v;
	loader_fail(l, "%s must be a time such as \"90s\", \"15m\", \"26h\" or \"7d\"", full_name(l, p, key));
	return dflt_s;
}

/* Characters systemd allows in a unit name (systemd.unit(5)). */
static bool is_unit_name(const char *s)
{
	if (*s == '.' || strlen(s) > 200)
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr(":-_.\\@", *s))
			return false;
	return true;
}

/* s as the name of a unit; NULL, with an error about what is called `name`, when it cannot be one. */
static const char *unit_name(struct loader *l, const char *name, const char *s, const char *suffix)
{
	if (!strchr(s, '.'))
		s = arena_printf(l->arena, "%s%s", s, suffix);
	if (is_unit_name(s) && str_ends(s, suffix))
		return s;
	loader_fail(l, "%s must be the name of a unit ending in %s, not '%s'", name, suffix, s);
	return NULL;
}

const char *loader_unit(struct loader *l, struct place p, const char *key, const char *suffix, const char *dflt)
{
	const char *s = loader_string(l, p, key, NULL);

	if (!s)
		return cJSON_GetObjectItemCaseSensitive(p.object, key) ? NULL : dflt;
	return unit_name(l, full_name(l, p, key), s, suffix);
}

const char *loader_unit_item(struct loader *l, struct place p, const char *key, const cJSON *item, const char *suffix)
{
	const char *s = cJSON_GetStringValue(item);

	if (s && *s)
		return unit_name(l, full_name(l, p, key), str_clean(l->arena, s, strlen(s), 500), suffix);
	loader_fail(l, "%s must be a list of unit names in quotes", full_name(l, p, key));
	return NULL;
}

enum unit_scope loader_scope(struct loader *l, struct place p, enum unit_scope dflt)
{
	const char *s = loader_string(l, p, "scope", NULL);

	if (!s)
		return dflt;
	if (str_eq(s, "system"))
		return UNIT_SCOPE_SYSTEM;
	if (str_eq(s, "user"))
		return UNIT_SCOPE_USER;
	if (!str_eq(s, "auto"))
		loader_fail(l, "%s must be \"system\", \"user\" or \"auto\"", full_name(l, p, "scope"));
	return UNIT_SCOPE_AUTO;
}
