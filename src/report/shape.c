#include "report/shape.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "model/probe.h"

#define TEXT_MAX_CHARS 500

/* Times from 2000 to 2200 are real ones; anything else in a report is noise. */
#define TIME_MIN INT64_C(946684800)
#define TIME_MAX INT64_C(7258118400)

struct writer {
	enum publish publish;
	struct redactor *redactor;
	struct arena *arena;
};

struct reader {
	struct arena *arena;
	const char *error;
};

static int64_t get_i64(const void *p)
{
	int64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void put_i64(void *p, int64_t v)
{
	memcpy(p, &v, sizeof(v));
}

static void write_fields(struct writer *w, const struct shape *s, const char *from, cJSON *to);

static void write_time(cJSON *to, const char *name, int64_t t)
{
	char text[CLOCK_TEXT_MAX];

	clock_rfc3339(t, text);
	json_add_string(to, name, t && *text ? text : NULL);
}

static const char *clean_of_secrets(struct writer *w, const char *text)
{
	return text && w->redactor ? redact(w->redactor, text, w->arena) : text;
}

static void write_text(struct writer *w, const struct field *f, const char *text, cJSON *to)
{
	json_add_string(to, f->name, f->content <= w->publish ? clean_of_secrets(w, text) : NULL);
}

static void write_texts(struct writer *w, const struct field *f, const char *from, cJSON *to)
{
	const char *const *texts = *(const char *const *const *)(from + f->offset);
	size_t n = *(const size_t *)(from + f->count_offset);
	cJSON *list = json_add_array(to, f->name);

	for (size_t i = 0; i < n && i < f->max; i++)
		json_append(list, cJSON_CreateString(clean_of_secrets(w, texts[i])));
}

static void write_list(struct writer *w, const struct field *f, const char *from, cJSON *to)
{
	const char *items = *(const char *const *)(from + f->offset);
	size_t n = *(const size_t *)(from + f->count_offset);
	cJSON *list = json_add_array(to, f->name);

	for (size_t i = 0; i < n && i < f->max; i++) {
		cJSON *item = cJSON_CreateObject();

		write_fields(w, f->shape, items + i * f->shape->size, item);
		json_append(list, item);
	}
}

static void write_field(struct writer *w, const struct field *f, const char *from, cJSON *to)
{
	const char *p = from + f->offset;
	double number;
	int64_t v;

	switch (f->kind) {
	case FIELD_TEXT:
		write_text(w, f, *(const char *const *)p, to);
		return;
	case FIELD_COUNT:
		v = get_i64(p);
		if (v == COUNT_UNKNOWN)
			json_add_null(to, f->name);
		else
			json_add_i64(to, f->name, v);
		return;
	case FIELD_TIME:
		write_time(to, f->name, get_i64(p));
		return;
	case FIELD_DURATION_US:
		json_add_double(to, f->name, (double)get_i64(p) / 1e6);
		return;
	case FIELD_NUMBER:
		memcpy(&number, p, sizeof(number));
		json_add_double(to, f->name, number);
		return;
	case FIELD_MICROUSD:
		v = get_i64(p);
		if (v == COUNT_UNKNOWN)
			json_add_null(to, f->name);
		else
			json_add_double(to, f->name, (double)v / 1e6);
		return;
	case FIELD_TRISTATE:
		if (*(const enum tristate *)p == TRI_UNKNOWN)
			json_add_null(to, f->name);
		else
			json_add_bool(to, f->name, *(const enum tristate *)p == TRI_YES);
		return;
	case FIELD_ENUM:
		json_add_string(to, f->name, f->words[*(const int *)p]);
		return;
	case FIELD_OBJECT:
		write_fields(w, f->shape, p, json_add_object(to, f->name));
		return;
	case FIELD_EMBED:
		write_fields(w, f->shape, p, to);
		return;
	case FIELD_LIST:
		write_list(w, f, from, to);
		return;
	case FIELD_TEXTS:
		write_texts(w, f, from, to);
		return;
	}
}

static void write_fields(struct writer *w, const struct shape *s, const char *from, cJSON *to)
{
	for (size_t i = 0; i < s->n_fields; i++)
		write_field(w, &s->fields[i], from, to);
}

cJSON *shape_write(const struct shape *s, const void *from, enum publish publish, struct redactor *r,
		   struct arena *a)
{
	struct writer w = { .publish = publish, .redactor = r, .arena = a };
	cJSON *to = cJSON_CreateObject();

	write_fields(&w, s, from, to);
	return to;
}

static bool read_fields(struct reader *r, const struct shape *s, const cJSON *from, char *to);

static bool wrong(struct reader *r, const struct field *f, const char *what)
{
	r->error = arena_printf(r->arena, "'%s' is not %s", f->name, what);
	return false;
}

static bool read_text(struct reader *r, const struct field *f, const cJSON *item, char *p)
{
	const char *s;

	if (!item)
		return true;
	s = cJSON_GetStringValue(item);
	if (!s)
		return wrong(r, f, "a text");
	*(const char **)p = str_clean(r->arena, s, strlen(s), f->max ? f->max : TEXT_MAX_CHARS);
	return true;
}

static bool read_time(struct reader *r, const struct field *f, const cJSON *item, char *p)
{
	int64_t t = 0;

	if (item && !clock_parse_iso(cJSON_GetStringValue(item), 0, &t))
		return wrong(r, f, "a time");
	put_i64(p, t >= TIME_MIN && t <= TIME_MAX ? t : 0);
	return true;
}

/* A number scaled to an integer; dflt when absent. */
static bool read_scaled(struct reader *r, const struct field *f, const cJSON *item, double scale, int64_t dflt,
			char *p)
{
	double v;

	if (!item) {
		put_i64(p, dflt);
		return true;
	}
	v = cJSON_IsNumber(item) ? item->valuedouble * scale : NAN;
	if (!isfinite(v) || fabs(v) > 9e15)
		return wrong(r, f, "a number within limits");
	put_i64(p, (int64_t)llround(v));
	return true;
}

static bool read_enum(struct reader *r, const struct field *f, const cJSON *item, char *p)
{
	const char *s = item ? cJSON_GetStringValue(item) : NULL;
	int v = 0;

	if (item && !s)
		return wrong(r, f, "a word");
	for (int i = 0; s && f->words[i]; i++)
		if (str_eq(f->words[i], s))
			v = i;
	memcpy(p, &v, sizeof(v));
	return true;
}

/* False when it is no list, or one over its limit. */
static bool check_list(struct reader *r, const struct field *f, const cJSON *item)
{
	if (!cJSON_IsArray(item))
		return wrong(r, f, "a list");
	if ((size_t)cJSON_GetArraySize(item) > f->max)
		return wrong(r, f, arena_printf(r->arena, "a list of at most %zu", f->max));
	return true;
}

static bool read_list(struct reader *r, const struct field *f, const cJSON *item, char *to)
{
	const cJSON *entry;
	size_t n = 0;
	char *items;

	if (!item)
		return true;
	if (!check_list(r, f, item))
		return false;
	items = arena_calloc(r->arena, (size_t)cJSON_GetArraySize(item) + 1, f->shape->size);
	cJSON_ArrayForEach(entry, item)
		if (!read_fields(r, f->shape, entry, items + n++ * f->shape->size))
			return false;
	*(char **)(to + f->offset) = items;
	*(size_t *)(to + f->count_offset) = n;
	return true;
}

static bool read_texts(struct reader *r, const struct field *f, const cJSON *item, char *to)
{
	const struct field entry_of = { .name = f->name, .kind = FIELD_TEXT };
	const char **texts;
	const cJSON *entry;
	size_t n = 0;

	if (!item)
		return true;
	if (!check_list(r, f, item))
		return false;
	texts = arena_calloc(r->arena, (size_t)cJSON_GetArraySize(item) + 1, sizeof(*texts));
	cJSON_ArrayForEach(entry, item) {
		if (!read_text(r, &entry_of, entry, (char *)&texts[n]))
			return false;
		n += texts[n] != NULL;
	}
	*(const char ***)(to + f->offset) = texts;
	*(size_t *)(to + f->count_offset) = n;
	return true;
}

static bool read_field(struct reader *r, const struct field *f, const cJSON *from, char *to)
{
	const cJSON *item = f->kind == FIELD_EMBED ? from : json_get(from, f->name);
	static const struct cJSON nothing = { .type = cJSON_Object };
	char *p = to + f->offset;
	double number;
	enum tristate tri = TRI_UNKNOWN;

	switch (f->kind) {
	case FIELD_TEXT:
		return read_text(r, f, item, p);
	case FIELD_COUNT:
		return read_scaled(r, f, item, 1, COUNT_UNKNOWN, p);
	case FIELD_TIME:
		return read_time(r, f, item, p);
	case FIELD_DURATION_US:
		return read_scaled(r, f, item, 1e6, 0, p);
	case FIELD_MICROUSD:
		return read_scaled(r, f, item, 1e6, COUNT_UNKNOWN, p);
	case FIELD_NUMBER:
		if (item && (!cJSON_IsNumber(item) || !isfinite(item->valuedouble)))
			return wrong(r, f, "a number");
		number = item ? item->valuedouble : 0;
		memcpy(p, &number, sizeof(number));
		return true;
	case FIELD_TRISTATE:
		if (item && !cJSON_IsBool(item))
			return wrong(r, f, "true or false");
		if (item)
			tri = cJSON_IsTrue(item) ? TRI_YES : TRI_NO;
		memcpy(p, &tri, sizeof(tri));
		return true;
	case FIELD_ENUM:
		return read_enum(r, f, item, p);
	case FIELD_OBJECT:
	case FIELD_EMBED:
		return read_fields(r, f->shape, item ? item : &nothing, p);
	case FIELD_LIST:
		return read_list(r, f, item, to);
	case FIELD_TEXTS:
		return read_texts(r, f, item, to);
	}
	return true;
}

static bool read_fields(struct reader *r, const struct shape *s, const cJSON *from, char *to)
{
	if (!cJSON_IsObject(from)) {
		r->error = "a part of it is not an object";
		return false;
	}
	for (size_t i = 0; i < s->n_fields; i++)
		if (!read_field(r, &s->fields[i], from, to))
			return false;
	return true;
}

bool shape_read(const struct shape *s, const cJSON *from, void *to, struct arena *a, const char **error)
{
	struct reader r = { .arena = a };

	if (read_fields(&r, s, from, to))
		return true;
	*error = r.error;
	return false;
}
