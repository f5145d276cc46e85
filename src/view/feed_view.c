#include "view/feed_view.h"

#include <openssl/sha.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "view/attention.h"
#include "view/links.h"

#define TITLE_CHARS   200
#define SUMMARY_CHARS 800

struct feed {
	const struct snapshot *s;
	const char *choice;
	const char *origin;
	const struct feed_book *books;
	size_t n_books;
	struct buf *out;
	struct arena *a;
};

/* Foreign text as character data or an attribute's value: without what XML 1.0 forbids, the rest escaped. */
static void add_xml(struct feed *f, const char *text, size_t max)
{
	for (const char *c = str_clean(f->a, text, strlen(text), max); *c; c++) {
		switch (*c) {
		case '&':
			buf_adds(f->out, "&amp;");
			break;
		case '<':
			buf_adds(f->out, "&lt;");
			break;
		case '>':
			buf_adds(f->out, "&gt;");
			break;
		case '"':
			buf_adds(f->out, "&quot;");
			break;
		default:
			buf_addc(f->out, *c);
		}
	}
}

static void add_element(struct feed *f, const char *tag, const char *text, size_t max)
{
	buf_printf(f->out, "<%s>", tag);
	add_xml(f, text, max);
	buf_printf(f->out, "</%s>\n", tag);
}

static void add_link(struct feed *f, const char *attributes, const char *path)
{
	buf_printf(f->out, "<link %s href=\"", attributes);
	add_xml(f, f->origin, TITLE_CHARS);
	add_xml(f, path, TITLE_CHARS);
	buf_adds(f->out, "\"/>\n");
}

static void add_updated(struct feed *f, int64_t t)
{
	char text[CLOCK_TEXT_MAX];

	clock_rfc3339(t, text);
	add_element(f, "updated", text, sizeof(text));
}

/* <id>urn:uuid:...</id> of a name, by RFC 4122, section 4.3, in the name space of URLs. */
static void add_id(struct feed *f, const char *name)
{
	static const unsigned char space[] = { 0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1,
					       0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 };
	CLEANUP(buf_done) struct buf bytes = BUF_INIT(16384);
	unsigned char hash[SHA_DIGEST_LENGTH];

	buf_add(&bytes, space, sizeof(space));
	buf_adds(&bytes, name);
	SHA1((const unsigned char *)buf_str(&bytes), bytes.len, hash);
	hash[6] = (hash[6] & 0x0f) | 0x50;
	hash[8] = (hash[8] & 0x3f) | 0x80;
	buf_adds(f->out, "<id>urn:uuid:");
	for (size_t i = 0; i < 16; i++)
		buf_printf(f->out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", hash[i]);
	buf_adds(f->out, "</id>\n");
}

/* When it began to need someone; 0 where no ledger tells. */
static int64_t since(const struct feed *f, const struct attention *t)
{
	for (size_t i = 0; i < f->n_books; i++) {
		const struct alert_page *page = &f->books[i].page;

		if (!str_eq(f->books[i].instance_id, attention_instance(t)))
			continue;
		for (size_t k = 0; k < page->n; k++)
			if (!page->rows[k].closed_at && str_eq(page->rows[k].reading, t->judgement->id))
				return store_alert_since(&page->rows[k]);
	}
	return 0;
}

static int64_t seen_at(const struct feed *f, const struct attention *t)
{
	const struct verdict_part *p = t->part;
	bool has = p->snapshot ? p->snapshot->has_report : f->s->host.has_report;
	int64_t at = since(f, t);

	if (!at)
		at = t->judgement->evidence.taken_at;
	if (!at && has)
		at = p->snapshot ? p->snapshot->report.generated_at : f->s->host.report.generated_at;
	return at > 0 && at < f->s->now ? at : f->s->now;
}

static void add_entry(struct feed *f, const struct attention *t)
{
	const char *id = attention_instance(t), *name = t->part->snapshot ? t->part->name : "Host";
	const struct judgement *j = t->judgement;

	buf_adds(f->out, "<entry>\n");
	add_id(f, arena_printf(f->a, "%s/hermes/alerts/%s/%s/%s", f->origin, id, j->id,
			       status_name(j->status)));
	add_element(f, "title", arena_printf(f->a, "%s: %s", name, j->title), TITLE_CHARS);
	add_updated(f, seen_at(f, t));
	add_link(f, "rel=\"alternate\" type=\"text/html\"",
		 link_reading(f->a, id, j->id));
	buf_printf(f->out, "<category term=\"%s\" label=\"%s\"/>\n", status_name(j->status),
		   status_severity(j->status));
	add_element(f, "summary", j->why ? j->why : j->title, SUMMARY_CHARS);
	buf_adds(f->out, "</entry>\n");
}

/* Of an empty feed: when it was found to be empty. */
static int64_t newest(const struct feed *f, const struct attention *all, size_t n)
{
	int64_t at = 0;

	for (size_t i = 0; i < n; i++)
		at = seen_at(f, &all[i]) > at ? seen_at(f, &all[i]) : at;
	return at ? at : f->s->now;
}

static void add_head(struct feed *f, const struct verdict *v, int64_t updated)
{
	const char *query = f->choice ? arena_printf(f->a, "?instance=%s", f->choice) : "";

	buf_adds(f->out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
			 "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
	add_id(f, arena_printf(f->a, "%s" FEED_PATH "%s", f->origin, query));
	add_element(f, "title",
		    f->choice && v->n_parts ? arena_printf(f->a, "%s: what needs you", v->parts[0].name) :
					      "Mission Control: what needs you",
		    TITLE_CHARS);
	add_element(f, "subtitle", v->sentence, SUMMARY_CHARS);
	add_updated(f, updated);
	add_link(f, "rel=\"self\" type=\"application/atom+xml\"", arena_printf(f->a, FEED_PATH "%s", query));
	add_link(f, "rel=\"alternate\" type=\"text/html\"", arena_printf(f->a, "/hermes/alerts%s", query));
	buf_adds(f->out, "<author><name>Mission Control</name></author>\n");
}

void feed_view(const struct snapshot *s, const char *choice, const char *origin, const struct feed_book *books,
	       size_t n_books, struct buf *out, struct arena *a)
{
	const struct verdict *v = verdict_of(s, choice, a);
	struct feed f = { s, choice, origin, books, n_books, out, a };
	size_t n;
	const struct attention *all = attention_of(v, &n, a);

	/* What was answered comes last, and needs nobody. */
	while (n > 0 && all[n - 1].judgement->answer)
		n--;
	if (n > ATTENTION_MAX)
		n = ATTENTION_MAX;
	add_head(&f, v, newest(&f, all, n));
	for (size_t i = 0; i < n; i++)
		add_entry(&f, &all[i]);
	buf_adds(out, "</feed>\n");
}
