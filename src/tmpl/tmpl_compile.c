#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "tmpl/tmpl_node.h"

#define DELIMITER_MAX 15

/* Enough for any template of 256 KiB: its text, and three bytes a tag at least. */
#define ARENA_MAX (16u << 20)
#define NODES_MAX ((size_t)TMPL_FILE_MAX * sizeof(struct tmpl_node))

struct parser {
	struct tmpl_set *set;
	const char *file;
	struct arena *mem;
	const char *start, *p, *end; /* p: everything before it is in nodes */
	char open[DELIMITER_MAX + 1], close[DELIMITER_MAX + 1];
	const char *counted; /* how far lines were counted */
	uint32_t line;
	struct buf nodes;
	uint32_t sections[TMPL_SECTIONS_MAX]; /* the nodes of the sections that are open */
	size_t depth;
	struct tmpl_error *err;
};

struct tag {
	char type; /* one of "{&#^/>!="; 0 for a plain name */
	const char *begin, *end;
	const char *body; /* without delimiters, type and blanks around */
	size_t len;
	uint32_t line;
	bool stands_alone;     /* then the whole line belongs to it, */
	const char *line_from; /* from here */
	const char *line_to;   /* to here, line end included */
};

static struct tmpl_node *node_at(struct parser *p, size_t i)
{
	return (struct tmpl_node *)(void *)p->nodes.data + i;
}

static size_t node_count(const struct parser *p)
{
	return p->nodes.len / sizeof(struct tmpl_node);
}

static uint32_t line_of(struct parser *p, const char *at)
{
	for (; p->counted < at; p->counted++)
		p->line += *p->counted == '\n';
	return p->line;
}

static bool at_line_start(const struct parser *p, const char *at)
{
	return at == p->start || at[-1] == '\n';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
	return is_blank(c) || c == '\n' || c == '\r';
}

static void trim(struct tag *tag)
{
	while (tag->len && is_space(tag->body[0])) {
		tag->body++;
		tag->len--;
	}
	while (tag->len && is_space(tag->body[tag->len - 1]))
		tag->len--;
}

/* How much of a tag's text an error shows: its first line, at most 40 bytes. */
static int shown(const struct tag *tag)
{
	size_t n = 0;

	while (n < tag->len && n < 40 && (unsigned char)tag->body[n] >= 0x20)
		n++;
	return (int)n;
}

/*
 * A section, partial, comment or delimiter tag with nothing but blanks beside
 * it takes its line with it. A tag beside it is no blank, whatever the
 * delimiters are, so the bytes around it tell.
 */
static void look_around(const struct parser *p, struct tag *tag)
{
	const char *from = tag->begin, *to = tag->end;

	while (from > p->start && is_blank(from[-1]))
		from--;
	while (to < p->end && is_blank(*to))
		to++;
	if (to < p->end && *to == '\r' && to + 1 < p->end && to[1] == '\n')
		to++;
	tag->stands_alone = tag->type && !strchr("{&", tag->type) && at_line_start(p, from) &&
			    (to == p->end || *to == '\n');
	tag->line_from = from;
	tag->line_to = to < p->end ? to + 1 : to;
}

/* What a tag of this type has before its closing delimiter: {{{x}}} and {{=<% %>=}}. */
static const char *closing_mark(char type)
{
	if (type == '{')
		return "}";
	return type == '=' ? "=" : "";
}

/* Finds the next tag; its begin is NULL where only text is left. */
static bool next_tag(struct parser *p, struct tag *tag)
{
	char closer[DELIMITER_MAX + 2];
	const char *body, *close;

	memset(tag, 0, sizeof(*tag));
	tag->begin = memmem(p->p, (size_t)(p->end - p->p), p->open, strlen(p->open));
	if (!tag->begin)
		return true;
	tag->line = line_of(p, tag->begin);
	body = tag->begin + strlen(p->open);
	if (body < p->end && strchr("{&#^/>!=", *body))
		tag->type = *body++;
	snprintf(closer, sizeof(closer), "%s%s", closing_mark(tag->type), p->close);
	close = memmem(body, (size_t)(p->end - body), closer, strlen(closer));
	if (!close) {
		tmpl_fail(p->err, "%s:%u: a tag is not closed: %s is missing", p->file, tag->line, closer);
		return false;
	}
	tag->body = body;
	tag->len = (size_t)(close - body);
	tag->end = close + strlen(closer);
	trim(tag);
	look_around(p, tag);
	return true;
}

static void add_node(struct parser *p, const struct tmpl_node *node)
{
	buf_add(&p->nodes, node, sizeof(*node));
}

/* Adds the text from the cursor on; an empty one only marks that a line starts here. */
static void add_text(struct parser *p, const char *to, bool even_empty)
{
	struct tmpl_node node = {
		.kind = TMPL_TEXT,
		.len = (uint32_t)(to - p->p),
		.text = arena_strndup(p->mem, p->p, (size_t)(to - p->p)),
		.starts_line = at_line_start(p, p->p),
	};

	if (node.len || even_empty)
		add_node(p, &node);
	p->p = to;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '-';
}

/* Takes a name apart at its points; false when it is not one. */
static bool parse_name(struct parser *p, const struct tag *tag, struct tmpl_node *node)
{
	char *path = arena_strndup(p->mem, tag->body, tag->len);
	size_t parts = 1;

	node->name = arena_strndup(p->mem, tag->body, tag->len);
	node->path = path;
	if (tag->len == 1 && path[0] == '.')
		return true; /* the implicit iterator has no parts */
	for (size_t i = 0; i < tag->len; i++) {
		if (path[i] == '.' && i > 0 && i + 1 < tag->len && path[i + 1] != '.') {
			path[i] = '\0';
			parts++;
		} else if (!is_name_char(path[i])) {
			return false;
		}
	}
	node->parts = (uint8_t)parts;
	return tag->len > 0 && parts <= TMPL_PARTS_MAX;
}

static bool add_named(struct parser *p, const struct tag *tag, enum tmpl_kind kind)
{
	struct tmpl_node node = {
		.kind = kind,
		.line = tag->line,
		.starts_line = !tag->stands_alone && at_line_start(p, tag->begin),
	};

	if (!parse_name(p, tag, &node))
		return tmpl_fail(p->err,
				 "%s:%u: '%.*s' is not a name: letters, digits, _ and -, in up to %d parts "
				 "with points between",
				 p->file, tag->line, shown(tag), tag->body, TMPL_PARTS_MAX);
	add_node(p, &node);
	return true;
}

static bool open_section(struct parser *p, const struct tag *tag)
{
	if (p->depth == TMPL_SECTIONS_MAX)
		return tmpl_fail(p->err,
				 "%s:%u: sections are nested deeper than %d; move some into a partial",
				 p->file, tag->line, TMPL_SECTIONS_MAX);
	p->sections[p->depth++] = (uint32_t)node_count(p);
	return add_named(p, tag, tag->type == '#' ? TMPL_SECTION : TMPL_INVERTED);
}

static bool close_section(struct parser *p, const struct tag *tag)
{
	struct tmpl_node *section;

	if (!p->depth)
		return tmpl_fail(p->err, "%s:%u: '%.*s' is closed but was never opened", p->file, tag->line,
				 shown(tag), tag->body);
	section = node_at(p, p->sections[p->depth - 1]);
	if (strlen(section->name) != tag->len || memcmp(section->name, tag->body, tag->len) != 0)
		return tmpl_fail(p->err, "%s:%u: '%.*s' is closed while section '%.40s' of line %u is open",
				 p->file, tag->line, shown(tag), tag->body, section->name, section->line);
	section->end = (uint32_t)node_count(p);
	p->depth--;
	return true;
}

static bool add_partial(struct parser *p, const struct tag *tag)
{
	struct tmpl_node node = {
		.kind = TMPL_PARTIAL,
		.line = tag->line,
		.starts_line = !tag->stands_alone && at_line_start(p, tag->begin),
		.stands_alone = tag->stands_alone,
	};

	node.partial = tmpl_set_entry(p->set, tag->body, tag->len, true);
	if (!node.partial)
		return tmpl_fail(p->err,
				 "%s:%u: '%.*s' cannot be a partial: names are a-z, 0-9, _ and -, and a set "
				 "holds some hundreds",
				 p->file, tag->line, shown(tag), tag->body);
	node.name = node.partial->name;
	node.text = "";
	if (tag->stands_alone) {
		node.len = (uint32_t)(tag->begin - tag->line_from);
		node.text = arena_strndup(p->mem, tag->line_from, node.len);
	}
	add_node(p, &node);
	return true;
}

/* Takes over "<% %>" of {{=<% %>=}}. */
static bool set_delimiters(struct parser *p, const struct tag *tag)
{
	const char *end = tag->body + tag->len;
	const char *open_end = tag->body, *close = end;
	size_t open_len, close_len;

	while (open_end < end && !is_space(*open_end))
		open_end++;
	while (close > open_end && !is_space(close[-1]))
		close--;
	open_len = (size_t)(open_end - tag->body);
	close_len = (size_t)(end - close);
	for (const char *c = open_end; c < close; c++)
		if (!is_space(*c))
			open_len = 0; /* a third word */
	if (!open_len || !close_len || open_len > DELIMITER_MAX || close_len > DELIMITER_MAX ||
	    memchr(tag->body, '=', tag->len))
		return tmpl_fail(p->err,
				 "%s:%u: '%.*s' does not set delimiters: two words without =, at most %d "
				 "characters each",
				 p->file, tag->line, shown(tag), tag->body, DELIMITER_MAX);
	memcpy(p->open, tag->body, open_len);
	p->open[open_len] = '\0';
	memcpy(p->close, close, close_len);
	p->close[close_len] = '\0';
	return true;
}

static bool add_tag(struct parser *p, const struct tag *tag)
{
	/* What prints nothing itself must not swallow the indent of the line that it starts. */
	if (!tag->stands_alone && tag->type && strchr("/!=", tag->type) && at_line_start(p, tag->begin))
		add_text(p, tag->begin, true);
	switch (tag->type) {
	case '{':
	case '&':
		return add_named(p, tag, TMPL_RAW);
	case '#':
	case '^':
		return open_section(p, tag);
	case '/':
		return close_section(p, tag);
	case '>':
		return add_partial(p, tag);
	case '=':
		return set_delimiters(p, tag);
	case '!':
		return true;
	default:
		return add_named(p, tag, TMPL_ESCAPED);
	}
}

static bool parse(struct parser *p)
{
	const struct tmpl_node *section;
	struct tag tag;

	for (;;) {
		if (!next_tag(p, &tag))
			return false;
		if (!tag.begin)
			break;
		add_text(p, tag.stands_alone ? tag.line_from : tag.begin, false);
		if (!add_tag(p, &tag))
			return false;
		p->p = tag.stands_alone ? tag.line_to : tag.end;
	}
	add_text(p, p->end, false);
	if (!p->depth)
		return true;
	section = node_at(p, p->sections[p->depth - 1]);
	return tmpl_fail(p->err, "%s:%u: section '%.40s' is not closed before the end in line %u", p->file,
			 section->line, section->name, line_of(p, p->end));
}

bool tmpl_compile(struct tmpl_set *set, struct tmpl *t, const char *text, size_t n, struct tmpl_error *err)
{
	CLEANUP(arena_freep) struct arena *mem = arena_new(ARENA_MAX);
	struct parser p = {
		.set = set,
		.file = t->file,
		.mem = mem,
		.start = text,
		.p = text,
		.end = text + n,
		.open = "{{",
		.close = "}}",
		.counted = text,
		.line = 1,
		.nodes = BUF_INIT(NODES_MAX),
		.err = err,
	};

	if (n > TMPL_FILE_MAX)
		return tmpl_fail(err, "%s: is larger than %u KiB", t->file, TMPL_FILE_MAX >> 10);
	if (memchr(text, '\0', n) || !str_is_utf8(text, n))
		return tmpl_fail(err, "%s: is not valid UTF-8 text", t->file);
	if (!parse(&p)) {
		buf_done(&p.nodes);
		return false;
	}
	tmpl_unload(t);
	t->n = node_count(&p);
	t->nodes = (struct tmpl_node *)(void *)buf_take(&p.nodes);
	t->mem = TAKE_PTR(mem);
	t->loaded = true;
	return true;
}
