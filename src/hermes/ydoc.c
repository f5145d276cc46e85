#include "hermes/ydoc.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/str.h"

#define PATH_PART_MAX 64

const char *ydoc_load(struct ydoc *y, const char *text, size_t n, struct arena *a)
{
	yaml_parser_t parser;
	const char *reason = NULL;

	y->is_loaded = false;
	if (!yaml_parser_initialize(&parser))
		return "there is no memory left to read YAML with";
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
	if (yaml_parser_load(&parser, &y->doc))
		y->is_loaded = true;
	else
		reason = arena_printf(a, "line %zu: %s", parser.problem_mark.line + 1,
				      parser.problem ? parser.problem : "it cannot be read");
	yaml_parser_delete(&parser);
	return reason;
}

void ydoc_done(struct ydoc *y)
{
	if (y->is_loaded)
		yaml_document_delete(&y->doc);
	y->is_loaded = false;
}

yaml_node_t *ydoc_root(struct ydoc *y)
{
	yaml_node_t *root = y->is_loaded ? yaml_document_get_root_node(&y->doc) : NULL;

	return root && root->type == YAML_MAPPING_NODE ? root : NULL;
}

static const char *scalar(const yaml_node_t *node)
{
	return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

yaml_node_t *ydoc_get(struct ydoc *y, yaml_node_t *node, const char *key)
{
	yaml_node_t *found = NULL;

	if (!node || node->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++)
		if (str_eq(scalar(yaml_document_get_node(&y->doc, p->key)), key))
			found = yaml_document_get_node(&y->doc, p->value);
	return found;
}

yaml_node_t *ydoc_at(struct ydoc *y, const char *path)
{
	yaml_node_t *node = ydoc_root(y);
	char part[PATH_PART_MAX];

	while (node && *path) {
		size_t n = strcspn(path, ".");

		snprintf(part, sizeof(part), "%.*s", (int)n, path);
		node = ydoc_get(y, node, part);
		path += n + (path[n] == '.');
	}
	return node;
}

void ydoc_each(struct ydoc *y, yaml_node_t *node, size_t max, void (*each)(const char *key, yaml_node_t *value, void *ctx),
	       void *ctx)
{
	size_t n = 0;

	if (node && node->type == YAML_SEQUENCE_NODE)
		for (yaml_node_item_t *i = node->data.sequence.items.start; i < node->data.sequence.items.top && n < max; i++, n++)
			each(NULL, yaml_document_get_node(&y->doc, *i), ctx);
	if (!node || node->type != YAML_MAPPING_NODE)
		return;
	for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top && n < max; p++) {
		const char *key = scalar(yaml_document_get_node(&y->doc, p->key));

		if (!key)
			continue;
		each(key, yaml_document_get_node(&y->doc, p->value), ctx);
		n++;
	}
}

size_t ydoc_size(const yaml_node_t *node)
{
	if (node && node->type == YAML_SEQUENCE_NODE)
		return (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
	if (node && node->type == YAML_MAPPING_NODE)
		return (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
	return 0;
}

static bool is_plain(const yaml_node_t *node)
{
	return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static bool is_null(const yaml_node_t *node)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };
	const char *s = scalar(node);

	for (size_t i = 0; s && is_plain(node) && i < ARRAY_SIZE(nulls); i++)
		if (str_eq(s, nulls[i]))
			return true;
	return false;
}

const char *ydoc_text(const yaml_node_t *node, size_t max, struct arena *a)
{
	const char *s = scalar(node);

	if (!s || is_null(node))
		return NULL;
	s = str_clean(a, s, node->data.scalar.length, max);
	return s[strspn(s, " ")] ? s : NULL;
}

static void take_name(const char *key, yaml_node_t *value, void *ctx)
{
	struct ydoc_names *names = ctx;
	const char *text = ydoc_text(value, names->max_chars, names->a);

	(void)key;
	if (text)
		names->list[names->n++] = text;
}

struct ydoc_names ydoc_names(struct ydoc *y, yaml_node_t *node, size_t max, size_t max_chars, struct arena *a)
{
	struct ydoc_names names = { .max_chars = max_chars, .a = a };

	names.list = arena_calloc(a, max, sizeof(*names.list));
	if (node && node->type == YAML_SCALAR_NODE)
		take_name(NULL, node, &names);
	else if (node && node->type == YAML_SEQUENCE_NODE)
		ydoc_each(y, node, max, take_name, &names);
	return names;
}

enum tristate ydoc_bool(const yaml_node_t *node)
{
	static const char *const yes[] = { "true", "yes", "on" }, *const no[] = { "false", "no", "off" };
	const char *s = scalar(node);

	for (size_t i = 0; s && is_plain(node) && i < ARRAY_SIZE(yes); i++) {
		if (strcasecmp(s, yes[i]) == 0)
			return TRI_YES;
		if (strcasecmp(s, no[i]) == 0)
			return TRI_NO;
	}
	return TRI_UNKNOWN;
}

int64_t ydoc_count(const yaml_node_t *node)
{
	const char *s = scalar(node);
	int64_t v;

	return s && str_parse_i64(s, 0, INT64_C(1) << 50, &v) ? v : COUNT_UNKNOWN;
}
