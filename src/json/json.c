#include "json/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json_scan.h"

#define EXACT_MAX (INT64_C(1) << 53)

static void die(const char *why)
{
	fprintf(stderr, "mission-control: %s\n", why);
	abort();
}

static void *allocate(size_t n)
{
	void *p = malloc(n);

	if (!p)
		die("out of memory");
	return p;
}

void json_init(void)
{
	cJSON_Hooks hooks = { .malloc_fn = allocate, .free_fn = free };

	cJSON_InitHooks(&hooks);
}

cJSON *json_parse(const char *text, size_t n, int flags, struct json_error *err)
{
	CLEANUP(buf_done) struct buf normal = BUF_INIT((n < JSON_TEXT_MAX ? n : JSON_TEXT_MAX) * JSON_GROWTH);
	struct json_error ignored;
	cJSON *j;

	if (!err)
		err = &ignored;
	if (!json_scan(text, n, flags, &normal, err))
		return NULL;
	j = cJSON_ParseWithLength(normal.data, normal.len);
	if (!j) { /* cJSON knows what passed the scan; without json_init() it may lack memory */
		err->line = 1;
		err->what = "there was not enough memory to read it";
	}
	return j;
}

const cJSON *json_get(const cJSON *object, const char *name)
{
	const cJSON *j = cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;

	return cJSON_IsNull(j) ? NULL : j;
}

const cJSON *json_object(const cJSON *object, const char *name)
{
	const cJSON *j = json_get(object, name);

	return cJSON_IsObject(j) ? j : NULL;
}

const cJSON *json_array(const cJSON *object, const char *name)
{
	const cJSON *j = json_get(object, name);

	return cJSON_IsArray(j) ? j : NULL;
}

const char *json_string(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(json_get(object, name));
}

bool json_double(const cJSON *object, const char *name, double *out)
{
	const cJSON *j = json_get(object, name);

	if (!cJSON_IsNumber(j) || !isfinite(j->valuedouble))
		return false;
	*out = j->valuedouble;
	return true;
}

bool json_i64(const cJSON *object, const char *name, int64_t *out)
{
	double v;

	if (!json_double(object, name, &v) || fabs(v) > (double)EXACT_MAX || floor(v) != v)
		return false;
	*out = (int64_t)v;
	return true;
}

bool json_bool(const cJSON *object, const char *name, bool *out)
{
	const cJSON *j = json_get(object, name);

	if (!cJSON_IsBool(j))
		return false;
	*out = cJSON_IsTrue(j);
	return true;
}

/* Adding to what is no object, or without memory, is a fault of the program. */
static cJSON *must(cJSON *item)
{
	if (!item)
		die("out of memory");
	return item;
}

void json_add(cJSON *object, const char *name, cJSON *item)
{
	if (!item)
		item = must(cJSON_CreateNull());
	if (!cJSON_IsObject(object) || !cJSON_AddItemToObjectCS(object, name, item))
		die("a JSON member was added to something that is not an object");
}

void json_append(cJSON *array, cJSON *item)
{
	if (!item)
		item = must(cJSON_CreateNull());
	if (!cJSON_IsArray(array) || !cJSON_AddItemToArray(array, item))
		die("a JSON element was added to something that is not an array");
}

void json_add_string(cJSON *object, const char *name, const char *value)
{
	json_add(object, name, value ? must(cJSON_CreateString(value)) : NULL);
}

void json_add_i64(cJSON *object, const char *name, int64_t value)
{
	char text[sizeof("-9223372036854775808")];

	if (value >= -EXACT_MAX && value <= EXACT_MAX) {
		json_add(object, name, must(cJSON_CreateNumber((double)value)));
		return;
	}
	snprintf(text, sizeof(text), "%" PRId64, value); /* a double would round it */
	json_add(object, name, must(cJSON_CreateRaw(text)));
}

void json_add_double(cJSON *object, const char *name, double value)
{
	json_add(object, name, isfinite(value) ? must(cJSON_CreateNumber(value)) : NULL);
}

void json_add_bool(cJSON *object, const char *name, bool value)
{
	json_add(object, name, must(cJSON_CreateBool(value)));
}

void json_add_null(cJSON *object, const char *name)
{
	json_add(object, name, NULL);
}

cJSON *json_add_object(cJSON *object, const char *name)
{
	cJSON *j = must(cJSON_CreateObject());

	json_add(object, name, j);
	return j;
}

cJSON *json_add_array(cJSON *object, const char *name)
{
	cJSON *j = must(cJSON_CreateArray());

	json_add(object, name, j);
	return j;
}
