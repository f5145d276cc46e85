#include "view/markdown.h"

#include <cmark.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"

#define TEXT_MAX (64 * 1024)

static inline void node_freep(cmark_node **n)
{
	if (*n)
		cmark_node_free(*n);
}

static inline void iter_freep(cmark_iter **i)
{
	cmark_iter_free(*i);
}

/* All words below a node; a break is a space. */
static const char *text_of(cmark_node *node, struct arena *a)
{
	CLEANUP(iter_freep) cmark_iter *it = cmark_iter_new(node);
	CLEANUP(buf_done) struct buf text = BUF_INIT(TEXT_MAX);

	for (cmark_event_type e = cmark_iter_next(it); e != CMARK_EVENT_DONE; e = cmark_iter_next(it)) {
		cmark_node *n = cmark_iter_get_node(it);
		const char *literal = cmark_node_get_literal(n);
		cmark_node_type type = cmark_node_get_type(n);

		if (e != CMARK_EVENT_ENTER)
			continue;
		if (literal)
			buf_adds(&text, literal);
		else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
			buf_addc(&text, ' ');
	}
	return arena_strdup(a, buf_str(&text));
}

/* An address that a page of ours may link to. */
static bool is_link(const char *url)
{
	return url && (str_starts(url, "https://") || str_starts(url, "http://") || *url == '#' ||
		       (*url == '/' && url[1] != '/'));
}

/* What all of one reading share. */
struct source {
	const char *page;
	struct arena *a;
};

enum span { SPAN_TEXT, SPAN_CODE, SPAN_STRONG, SPAN_EMPHASIS, SPANS };

/* link stands in place of words; taken. */
static void add_span(cJSON *spans, enum span kind, const char *words, cJSON *link)
{
	static const char *const names[SPANS] = { "text", "code", "strong", "emphasis" };
	cJSON *o = cJSON_CreateObject();

	for (size_t i = 0; i < SPANS; i++)
		json_add_string(o, names[i], !link && i == kind ? words : NULL);
	json_add(o, "link", link);
	json_append(spans, o);
}

static void add_link(cJSON *spans, const char *label, const char *url, const struct source *s)
{
	cJSON *o;

	if (!is_link(url)) {
		add_span(spans, SPAN_TEXT, label, NULL);
		return;
	}
	o = cJSON_CreateObject();
	json_add_string(o, "label", label);
	json_add_string(o, "href", arena_printf(s->a, "%s%s", *url == '#' ? s->page : "", url));
	add_span(spans, SPAN_TEXT, NULL, o);
}

static void add_inlines(cJSON *spans, cmark_node *block, const struct source *s)
{
	for (cmark_node *n = cmark_node_first_child(block); n; n = cmark_node_next(n)) {
		switch (cmark_node_get_type(n)) {
		case CMARK_NODE_SOFTBREAK:
		case CMARK_NODE_LINEBREAK:
			add_span(spans, SPAN_TEXT, " ", NULL);
			break;
		case CMARK_NODE_CODE:
			add_span(spans, SPAN_CODE, cmark_node_get_literal(n), NULL);
			break;
		case CMARK_NODE_STRONG:
			add_span(spans, SPAN_STRONG, text_of(n, s->a), NULL);
			break;
		case CMARK_NODE_EMPH:
			add_span(spans, SPAN_EMPHASIS, text_of(n, s->a), NULL);
			break;
		case CMARK_NODE_LINK:
			add_link(spans, text_of(n, s->a), cmark_node_get_url(n), s);
			break;
		default: /* words; and HTML, which is shown as such */
			add_span(spans, SPAN_TEXT, text_of(n, s->a), NULL);
			break;
		}
	}
}

static void add_items(cJSON *items, cmark_node *list, const struct source *s)
{
	for (cmark_node *item = cmark_node_first_child(list); item; item = cmark_node_next(item)) {
		cJSON *o = cJSON_CreateObject(), *spans = json_add_array(o, "spans");

		json_append(items, o);
		for (cmark_node *n = cmark_node_first_child(item); n; n = cmark_node_next(n)) {
			if (cmark_node_get_type(n) == CMARK_NODE_LIST)
				add_items(items, n, s);
			else
				add_inlines(spans, n, s);
		}
	}
}

/* A line each: that is what a person copies. */
static void add_commands(cJSON *commands, const char *code, struct arena *a)
{
	while (*code) {
		size_t n = strcspn(code, "\n");

		if (n) {
			cJSON *o = cJSON_CreateObject();

			json_add_string(o, "text", arena_strndup(a, code, n));
			json_append(commands, o);
		}
		code += n + (code[n] == '\n');
	}
}

static void add_block(cJSON *blocks, cmark_node *n, const struct source *s)
{
	cJSON *o = cJSON_CreateObject(), *paragraph = NULL, *list = NULL, *code = NULL;

	switch (cmark_node_get_type(n)) {
	case CMARK_NODE_LIST:
		list = cJSON_CreateObject();
		add_items(json_add_array(list, "items"), n, s);
		break;
	case CMARK_NODE_CODE_BLOCK:
		code = cJSON_CreateObject();
		add_commands(json_add_array(code, "commands"), cmark_node_get_literal(n), s->a);
		break;
	case CMARK_NODE_PARAGRAPH:
		paragraph = cJSON_CreateObject();
		add_inlines(json_add_array(paragraph, "spans"), n, s);
		break;
	default:
		paragraph = cJSON_CreateObject();
		add_span(json_add_array(paragraph, "spans"), SPAN_TEXT, text_of(n, s->a), NULL);
		break;
	}
	json_add(o, "paragraph", paragraph);
	json_add(o, "list", list);
	json_add(o, "code", code);
	json_append(blocks, o);
}

/* "Gateway `gateway`": the code at its end is its id. */
static void read_heading(cmark_node *n, struct arena *a, struct markdown_heading *out)
{
	cmark_node *last = cmark_node_last_child(n);
	char *title;
	size_t len;

	*out = (struct markdown_heading){ .level = cmark_node_get_heading_level(n) };
	if (last && cmark_node_get_type(last) == CMARK_NODE_CODE) {
		out->id = arena_strdup(a, cmark_node_get_literal(last));
		cmark_node_free(last);
	}
	title = arena_strdup(a, text_of(n, a));
	for (len = strlen(title); len && title[len - 1] == ' '; len--)
		title[len - 1] = '\0';
	out->title = title;
}

void markdown_read(const char *text, size_t n, const char *page, struct arena *a, markdown_fn *fn, void *ctx)
{
	CLEANUP(node_freep) cmark_node *doc =
		cmark_parse_document(text, n < MARKDOWN_MAX_BYTES ? n : MARKDOWN_MAX_BYTES, CMARK_OPT_VALIDATE_UTF8);
	const struct source s = { page, a };
	struct markdown_heading h = { .title = "" };
	cJSON *blocks = cJSON_CreateArray();

	for (cmark_node *b = doc ? cmark_node_first_child(doc) : NULL; b; b = cmark_node_next(b)) {
		if (cmark_node_get_type(b) != CMARK_NODE_HEADING) {
			add_block(blocks, b, &s);
			continue;
		}
		fn(ctx, &h, blocks);
		blocks = cJSON_CreateArray();
		read_heading(b, a, &h);
	}
	fn(ctx, &h, blocks);
}
