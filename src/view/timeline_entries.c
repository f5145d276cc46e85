#include "view/timeline_entries.h"

#include <string.h>

#include "base/str.h"

#define ENTRIES_MAX 300                 /* of one page, ... */
#define BYTES_MAX   ((size_t)200 * 1024) /* and of texts in it: an answer stays under 1 MiB */

static const struct message *result_of(const struct timeline_page *p, size_t from, const char *call_id)
{
	for (size_t i = from; call_id && i < p->n; i++)
		if (str_eq(p->rows[i].role, "tool") && str_eq(p->rows[i].call_id, call_id))
			return &p->rows[i];
	return NULL;
}

/* Whether a call on this page has it already. */
static bool has_call(const struct timeline_page *p, size_t before, const struct message *m)
{
	for (size_t i = 0; m->call_id && i < before; i++)
		for (size_t k = 0; k < p->rows[i].n_calls; k++)
			if (str_eq(p->rows[i].calls[k].id, m->call_id))
				return result_of(p, i + 1, m->call_id) == m;
	return false;
}

static struct entry *add(struct entries *e, enum entry_kind kind, const struct message *m)
{
	struct entry *x = &e->list[e->n++];

	*x = (struct entry){ .kind = kind, .message = m, .count = 1, .bytes = COUNT_UNKNOWN, .argument_bytes = COUNT_UNKNOWN };
	if (m) {
		x->at_ms = x->until_ms = m->at_ms;
		x->bytes = m->bytes;
		x->mark = m->mark;
	}
	return x;
}

static void add_call(struct entries *e, const struct timeline_page *p, size_t at, const struct tool_call *c)
{
	const struct message *from = &p->rows[at], *result = result_of(p, at + 1, c->id);
	struct entry *x = add(e, ENTRY_TOOL, result);

	x->call = c;
	x->argument_bytes = c->bytes;
	x->at_ms = from->at_ms;
	if (!result)
		x->until_ms = from->at_ms;
	x->mark = from->mark;
}

static void add_row(struct entries *e, const struct timeline_page *p, size_t i)
{
	const struct message *m = &p->rows[i];

	if (str_eq(m->role, "session_meta"))
		return; /* the gateway's note to itself */
	if (str_eq(m->role, "tool")) {
		if (!has_call(p, i, m))
			add(e, ENTRY_TOOL, m);
		return;
	}
	if (m->bytes != 0 || m->n_calls == 0)
		add(e, ENTRY_MESSAGE, m);
	for (size_t k = 0; k < m->n_calls; k++)
		add_call(e, p, i, &m->calls[k]);
}

const char *entry_tool(const struct entry *x)
{
	return x->call && x->call->name ? x->call->name : x->message ? x->message->tool : NULL;
}

static bool is_plain(const struct entry *x)
{
	return x->kind == ENTRY_TOOL && x->message && x->message->failed != TRI_YES && !x->message->text &&
	       !(x->call && x->call->text);
}

static void sum(int64_t *to, int64_t n)
{
	*to = *to == COUNT_UNKNOWN || n == COUNT_UNKNOWN ? COUNT_UNKNOWN : *to + n;
}

/* Eleven files read one after the other are one line. */
static void join_plain(struct entries *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++) {
		struct entry *x = &e->list[i], *last = n ? &e->list[n - 1] : NULL;

		if (last && is_plain(last) && is_plain(x) && last->mark == x->mark && str_eq(entry_tool(last), entry_tool(x))) {
			last->count += x->count;
			last->until_ms = x->until_ms > last->until_ms ? x->until_ms : last->until_ms;
			sum(&last->bytes, x->bytes);
			sum(&last->argument_bytes, x->argument_bytes);
		} else {
			e->list[n++] = *x;
		}
	}
	e->n = n;
}

static size_t text_bytes(const struct message *m)
{
	size_t n = m->text ? strlen(m->text) : 0;

	for (size_t i = 0; i < m->n_calls; i++)
		n += m->calls[i].text ? strlen(m->calls[i].text) : 0;
	return n;
}

struct timeline_page timeline_part(const struct timeline_page *p)
{
	struct timeline_page part = *p;
	size_t entries = 0, bytes = 0;

	for (part.n = 0; part.n < p->n; part.n++) {
		const struct message *m = &p->rows[part.n];

		entries += 1 + m->n_calls;
		bytes += text_bytes(m);
		if (part.n && (entries > ENTRIES_MAX || bytes > BYTES_MAX))
			break;
	}
	part.has_more = p->has_more || part.n < p->n;
	return part;
}

struct entries timeline_entries(const struct timeline_page *p, struct arena *a)
{
	struct entries e = { .list = arena_calloc(a, p->n * (TIMELINE_CALLS + 1) + 2, sizeof(*e.list)) };

	for (size_t i = 0; i < p->n; i++) {
		add_row(&e, p, i);
		if (p->rows[i].id == p->gap_after)
			add(&e, ENTRY_GAP, NULL);
	}
	join_plain(&e);
	return e;
}
