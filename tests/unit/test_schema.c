/* The schemas of report.json against the tables that write and read it: a fact that is published is documented. */
#include "test.h"

#include "base/arena.h"
#include "base/str.h"
#include "json/json.h"
#include "report/shapes.h"

static cJSON *schema;

static void load(const char *name)
{
	char path[128];
	size_t n;
	char *text;

	snprintf(path, sizeof(path), "static/schema/%s.schema.json", name);
	text = read_all(top_path(path), &n);
	schema = json_parse(text, n, JSON_STRICT, NULL);
	assert_non_null(schema);
	free(text);
}

/* What a schema comes to: of "this or null" the first part, of a reference what it names. *name: of the last one. */
static const cJSON *resolve(const cJSON *s, const char **name)
{
	const cJSON *any = json_array(s, "anyOf");
	const char *ref;

	if (any)
		return resolve(any->child, name);
	ref = json_string(s, "$ref");
	if (!ref)
		return s;
	assert_true(str_starts(ref, "#/$defs/"));
	*name = ref + strlen("#/$defs/");
	return resolve(json_object(json_object(schema, "$defs"), *name), name);
}

/* Whether "type" is that word, or a list that begins with it. */
static bool is_type(const cJSON *s, const char *type)
{
	const cJSON *list = json_array(s, "type");

	return str_eq(list ? cJSON_GetStringValue(list->child) : json_string(s, "type"), type);
}

static void has_words(const cJSON *s, const char *const *words, const char *where)
{
	const cJSON *word;
	int n = 0;

	cJSON_ArrayForEach(word, json_array(s, "enum"))
		if (!str_eq(cJSON_GetStringValue(word), words[n++]))
			fail_msg("%s: the schema's words are not those of the report", where);
	if (!n || words[n])
		fail_msg("%s: the schema lacks a word", where);
}

static int compare(const struct shape *shape, const cJSON *s, const char *where);

static void compare_field(const struct field *f, const cJSON *member, const char *where)
{
	const char *name = NULL;
	const cJSON *s = resolve(member, &name);
	bool ok = true;

	switch (f->kind) {
	case FIELD_TEXT:
		ok = is_type(s, "string") && !str_eq(name, "HermesTime");
		break;
	case FIELD_COUNT:
		ok = is_type(s, "integer");
		break;
	case FIELD_TIME:
		ok = str_eq(name, "HermesTime");
		break;
	case FIELD_DURATION_US:
		ok = str_eq(name, "HermesSeconds");
		break;
	case FIELD_NUMBER:
		ok = is_type(s, "number");
		break;
	case FIELD_MICROUSD:
		ok = str_eq(name, "HermesUsd");
		break;
	case FIELD_TRISTATE:
		ok = is_type(s, "boolean");
		break;
	case FIELD_ENUM:
		has_words(s, f->words, where);
		break;
	case FIELD_OBJECT:
	case FIELD_EMBED:
		assert_int_equal(compare(f->shape, s, where), cJSON_GetArraySize(json_object(s, "properties")));
		break;
	case FIELD_LIST:
		ok = is_type(s, "array");
		s = resolve(json_object(s, "items"), &name);
		assert_int_equal(compare(f->shape, s, where), cJSON_GetArraySize(json_object(s, "properties")));
		break;
	case FIELD_TEXTS:
		ok = is_type(s, "array") && is_type(json_object(s, "items"), "string");
		break;
	}
	if (!ok)
		fail_msg("%s: the schema says another type than the report has", where);
}

/* Finds every field of the shape in the schema; gives how many there are. */
static int compare(const struct shape *shape, const cJSON *s, const char *where)
{
	const cJSON *properties = json_object(s, "properties");
	int n = 0;

	for (size_t i = 0; i < shape->n_fields; i++) {
		const struct field *f = &shape->fields[i];
		const cJSON *member;
		char here[512];

		if (f->kind == FIELD_EMBED) {
			n += compare(f->shape, s, where);
			continue;
		}
		snprintf(here, sizeof(here), "%s.%s", where, f->name);
		member = json_object(properties, f->name);
		if (!member)
			fail_msg("%s stands in no type of static/schema/hermes.d.ts; document it, then: make schema", here);
		compare_field(f, member, here);
		n++;
	}
	return n;
}

/* Beside its shape a report has "kind" and "schemaVersion". */
#define OUTSIDE_THE_SHAPE 2

static void every_fact_of_an_instance_is_documented_and_nothing_else(void **state)
{
	(void)state;
	load("report-instance");
	assert_int_equal(compare(&instance_report_shape, schema, "report"),
			 cJSON_GetArraySize(json_object(schema, "properties")) - OUTSIDE_THE_SHAPE);
	cJSON_Delete(schema);
}

static void every_fact_of_the_machine_is_documented_and_nothing_else(void **state)
{
	(void)state;
	load("report-host");
	assert_int_equal(compare(&host_report_shape, schema, "report"),
			 cJSON_GetArraySize(json_object(schema, "properties")) - OUTSIDE_THE_SHAPE);
	cJSON_Delete(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fact_of_an_instance_is_documented_and_nothing_else),
		cmocka_unit_test(every_fact_of_the_machine_is_documented_and_nothing_else),
	};

	return RUN_TESTS("schema", tests);
}
