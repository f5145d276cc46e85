#include <string.h>

#include "base/cleanup.h"
#include "json/json.h"
#include "tmpl/tmpl_node.h"

/* The context stack: what the innermost section stands on, and what lies around it. */
struct context {
	const cJSON *item;
	const struct context *up;
};

/* What stands before every line of a partial on a line of its own, after that of the partial around it. */
struct indent {
	const char *text;
	size_t len;
	const struct indent *up;
};

struct render {
	const struct tmpl_set *set;
	struct buf *out;
	struct tmpl_error *err;
	int depth; /* of partials */
};

static bool render_nodes(struct render *r, const struct tmpl *t, size_t from, size_t to,
			 const struct context *context, const struct indent *indent);

static const cJSON *member(const cJSON *item, const char *name)
{
	return cJSON_IsObject(item) ? cJSON_GetObjectItemCaseSensitive(item, name) : NULL;
}

/*
 * Finds a name: its first part in the innermost context that has it, the rest
 * from there only. Below null is null; NULL when the model has no such name.
 */
static const cJSON *lookup(const struct tmpl_node *node, const struct context *context)
{
	const char *part = node->path;
	const cJSON *item = NULL;

	if (node->parts == 0)
		return context->item;
	for (; context && !item; context = context->up)
		item = member(context->item, part);
	for (int i = 1; i < node->parts && item && !cJSON_IsNull(item); i++) {
		part += strlen(part) + 1;
		item = member(item, part);
	}
	return item;
}

static bool fail(struct render *r, const struct tmpl *t, const struct tmpl_node *node, const char *why)
{
	return tmpl_fail(r->err, "%s:%u: '%.60s' %s", t->file, node->line, node->name, why);
}

static void put_indent(struct buf *out, const struct indent *indent)
{
	if (!indent)
		return;
	put_indent(out, indent->up);
	buf_add(out, indent->text, indent->len);
}

/* Prints template text, the indent before each line that begins in it and is not empty. */
static void put_text(struct buf *out, const struct tmpl_node *node, const struct indent *indent)
{
	const char *p = node->text, *end = p + node->len;
	bool line_starts = node->starts_line;

	if (!indent) {
		buf_add(out, p, node->len);
		return;
	}
	if (p == end && line_starts)
		put_indent(out, indent);
	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *next = newline ? newline + 1 : end;

		if (line_starts && *p != '\n' && !(*p == '\r' && p + 1 == newline))
			put_indent(out, indent);
		buf_add(out, p, (size_t)(next - p));
		line_starts = true;
		p = next;
	}
}

static void put_escaped(struct buf *out, const char *s)
{
	for (;;) {
		size_t run = strcspn(s, "&<>\"'");

		buf_add(out, s, run);
		s += run;
		switch (*s++) {
		case '&':
			buf_adds(out, "&amp;");
			break;
		case '<':
			buf_adds(out, "&lt;");
			break;
		case '>':
			buf_adds(out, "&gt;");
			break;
		case '"':
			buf_adds(out, "&quot;");
			break;
		case '\'':
			buf_adds(out, "&#39;");
			break;
		default:
			return;
		}
	}
}

static bool put_value(struct render *r, const struct tmpl *t, const struct tmpl_node *node, const cJSON *item)
{
	char number[JSON_NUMBER_TEXT];
	const char *s = "";

	if (!item)
		return !r->set->strict || fail(r, t, node, "is not in the model");
	if (cJSON_IsArray(item) || cJSON_IsObject(item)) {
		if (r->set->strict)
			return fail(r, t, node, "is a list or an object, which cannot be printed");
	} else if (cJSON_IsString(item) || cJSON_IsRaw(item)) {
		s = item->valuestring;
	} else if (cJSON_IsNumber(item)) {
		s = json_number_text(item->valuedouble, number);
	} else if (cJSON_IsBool(item)) {
		s = cJSON_IsTrue(item) ? "true" : "false";
	}
	if (node->kind == TMPL_RAW)
		buf_adds(r->out, s);
	else
		put_escaped(r->out, s);
	return true;
}

/* Zero is a figure and counts as present; "" and an empty list have nothing to show. */
static bool is_truthy(const cJSON *item)
{
	if (!item || cJSON_IsNull(item) || cJSON_IsFalse(item))
		return false;
	if (cJSON_IsString(item))
		return item->valuestring[0] != '\0';
	return !cJSON_IsArray(item) || item->child;
}

static bool render_section(struct render *r, const struct tmpl *t, size_t at, const struct context *context,
			   const struct indent *indent)
{
	const struct tmpl_node *node = &t->nodes[at];
	const cJSON *item = lookup(node, context);
	struct context inner = { .item = item, .up = context };

	if (!item && r->set->strict)
		return fail(r, t, node, "is not in the model");
	if (node->kind == TMPL_INVERTED)
		return is_truthy(item) || render_nodes(r, t, at + 1, node->end, context, indent);
	if (!item || !is_truthy(item))
		return true;
	if (!cJSON_IsArray(item))
		return render_nodes(r, t, at + 1, node->end, &inner, indent);
	for (inner.item = item->child; inner.item; inner.item = inner.item->next)
		if (!render_nodes(r, t, at + 1, node->end, &inner, indent))
			return false;
	return true;
}

static bool render_partial(struct render *r, const struct tmpl *t, const struct tmpl_node *node,
			   const struct context *context, const struct indent *outer)
{
	/* In the middle of a line there is nothing to indent: the line has begun. */
	struct indent indent = { .text = node->text, .len = node->len, .up = outer };
	bool indented = node->stands_alone && (node->len || outer);
	bool good;

	if (!node->partial->loaded)
		return !r->set->strict || fail(r, t, node, "is a partial that is not loaded");
	if (r->depth == TMPL_PARTIALS_MAX)
		return fail(r, t, node,
			    "nests partials deeper than 20; does it include itself without an end?");
	r->depth++;
	good = render_nodes(r, node->partial, 0, node->partial->n, context, indented ? &indent : NULL);
	r->depth--;
	return good;
}

static bool render_node(struct render *r, const struct tmpl *t, size_t at, const struct context *context,
			const struct indent *indent)
{
	const struct tmpl_node *node = &t->nodes[at];

	switch (node->kind) {
	case TMPL_TEXT:
		put_text(r->out, node, indent);
		return true;
	case TMPL_ESCAPED:
	case TMPL_RAW:
		return put_value(r, t, node, lookup(node, context));
	case TMPL_SECTION:
	case TMPL_INVERTED:
		return render_section(r, t, at, context, indent);
	case TMPL_PARTIAL:
		return render_partial(r, t, node, context, indent);
	}
	return true;
}

static bool render_nodes(struct render *r, const struct tmpl *t, size_t from, size_t to,
			 const struct context *context, const struct indent *indent)
{
	for (size_t i = from; i < to;) {
		const struct tmpl_node *node = &t->nodes[i];

		if (node->starts_line && node->kind != TMPL_TEXT)
			put_indent(r->out, indent);
		if (!render_node(r, t, i, context, indent))
			return false;
		if (r->out->overflow)
			return tmpl_fail(r->err, "%s: the page is larger than %zu bytes; show fewer rows",
					 t->file, r->out->limit);
		i = node->kind == TMPL_SECTION || node->kind == TMPL_INVERTED ? node->end : i + 1;
	}
	return true;
}

bool tmpl_render(struct tmpl_set *set, const char *name, const cJSON *model, struct buf *out,
		 struct tmpl_error *err)
{
	const struct tmpl *t = tmpl_set_find(set, name, false);
	const struct context context = { .item = model };
	struct render r = { .set = set, .out = out, .err = err };
	size_t before = out->len;

	if (!t || !t->loaded)
		return tmpl_fail(err, "the template '%.60s' is not loaded", name);
	if (render_nodes(&r, t, 0, t->n, &context, NULL))
		return true;
	buf_cut(out, before); /* half a page is none */
	return false;
}
