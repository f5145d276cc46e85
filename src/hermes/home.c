#include "hermes/home.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/str.h"
#include "json/json.h"
#include "probe/files.h"

#define EPOCH_2000 946684800LL
#define EPOCH_9999 253402300799LL

int64_t home_now(const struct hermes_source *src)
{
	return src->now ? src->now : clock_now_s();
}

void home_begin(struct probe *p, const char *source, const struct hermes_source *src)
{
	memset(p, 0, sizeof(*p));
	p->source = source;
	p->taken_at = home_now(src);
}

void home_answer(struct probe *p, enum probe_state state, const char *reason)
{
	p->state = state;
	p->reason = reason;
}

bool home_is_there(struct probe *p, const struct hermes_source *src, struct arena *a)
{
	struct stat st;

	if (stat(src->home, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return true;
		home_answer(p, PROBE_UNKNOWN, arena_printf(a, "not a directory: %s", src->home));
	} else if (errno == ENOENT || errno == ENOTDIR) {
		home_answer(p, PROBE_INACTIVE, arena_printf(a, "no such directory: %s", src->home));
	} else if (errno == EACCES) {
		home_answer(p, PROBE_UNKNOWN, arena_printf(a, "permission denied: %s", src->home));
	} else {
		home_answer(p, PROBE_UNKNOWN,
			    arena_printf(a, "%s cannot be looked at: %s", src->home, strerrordesc_np(errno)));
	}
	return false;
}

bool home_read_private(struct probe *p, const struct hermes_source *src, const char *path, size_t max_bytes,
		       const char *absent, struct arena *scratch, struct arena *a, char **data, size_t *len,
		       struct stat *st)
{
	const struct file_rules rules = { .max_bytes = max_bytes, .owner_uid = -1 };
	const char *reason = NULL;

	switch (file_read_beneath(src->home, path, &rules, scratch, data, len, st, &reason)) {
	case FILE_OK:
		return true;
	case FILE_ABSENT:
		home_answer(p, PROBE_INACTIVE, absent);
		return false;
	default:
		home_answer(p, PROBE_UNKNOWN, arena_strdup(a, reason));
		return false;
	}
}

bool home_read(struct probe *p, const struct hermes_source *src, const char *path, size_t max_bytes,
	       const char *absent, struct arena *a, char **data, size_t *len)
{
	struct stat st;

	return home_read_private(p, src, path, max_bytes, absent, a, a, data, len, &st);
}

cJSON *home_parse(struct probe *p, const char *path, const char *text, size_t len, struct arena *a)
{
	const int flags = JSON_RAW_CONTROLS | JSON_REPLACE_BAD_UTF8 | JSON_PYTHON_NUMBERS;
	struct json_error err = { 0 };
	cJSON *tree = NULL;

	if (len == 0) {
		home_answer(p, PROBE_UNKNOWN,
			    arena_printf(a, "%s is empty: it was cut off while written", path));
		return NULL;
	}
	tree = json_parse(text, len, flags, &err);
	if (!tree)
		home_answer(p, PROBE_UNKNOWN,
			    arena_printf(a, "%s is not JSON: line %zu: %s", path, err.line,
					 err.what ? err.what : "cannot be read"));
	return tree;
}

const char *home_text(const cJSON *object, const char *name, size_t max, struct arena *a)
{
	const cJSON *v = json_get(object, name);
	const char *text = NULL;
	char number[32];

	if (cJSON_IsString(v)) {
		text = v->valuestring;
	} else if (cJSON_IsNumber(v)) {
		snprintf(number, sizeof(number), "%.15g", v->valuedouble);
		text = number;
	} else if (cJSON_IsBool(v)) {
		text = cJSON_IsTrue(v) ? "true" : "false";
	}
	if (!text)
		return NULL;
	text = str_clean(a, text, strlen(text), max);
	return text[strspn(text, " ")] ? text : NULL;
}

int64_t home_epoch(double seconds)
{
	if (!isfinite(seconds) || seconds < EPOCH_2000 || seconds > EPOCH_9999)
		return 0;
	return (int64_t)seconds;
}

int64_t home_time(const cJSON *object, const char *name)
{
	const cJSON *v = json_get(object, name);
	int64_t t = 0;

	if (cJSON_IsNumber(v))
		return home_epoch(v->valuedouble);
	if (cJSON_IsString(v) && clock_parse_iso(v->valuestring, 0, &t))
		return t > 0 ? t : 0;
	return 0;
}

int64_t home_count(const cJSON *object, const char *name)
{
	int64_t v;

	return json_i64(object, name, &v) && v >= 0 ? v : COUNT_UNKNOWN;
}

bool home_truth(const cJSON *object, const char *name, bool absent)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, name);

	if (!v)
		return absent;
	if (cJSON_IsBool(v))
		return cJSON_IsTrue(v);
	if (cJSON_IsNumber(v))
		return v->valuedouble != 0.0;
	if (cJSON_IsString(v))
		return v->valuestring[0] != '\0';
	return !cJSON_IsNull(v) && v->child;
}
