#include "web/page_cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

struct entry {
	struct buf key;             /* empty: the entry is free */
	int64_t second;
	const char *content_type;
	char etag[RESPONSE_ETAG_SIZE];
	struct buf body;
	bool has_body;              /* a 304 taught the ETag alone */
	bool is_packed;
};

struct page_cache {
	struct entry entries[PAGE_CACHE_ENTRIES];
	size_t next;                /* to be replaced when all are of this second */
};

struct page_cache *page_cache_new(void)
{
	struct page_cache *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	return c;
}

static void drop(struct entry *e)
{
	buf_done(&e->key);
	buf_done(&e->body);
	*e = (struct entry){ .second = 0 };
}

void page_cache_clear(struct page_cache *c)
{
	for (size_t i = 0; i < PAGE_CACHE_ENTRIES; i++)
		drop(&c->entries[i]);
}

void page_cache_free(struct page_cache *c)
{
	if (c)
		page_cache_clear(c);
	free(c);
}

static bool is_named(const struct entry *e, const char *key)
{
	return e->key.len > 0 && strcmp(e->key.data, key) == 0;
}

static const struct entry *find(const struct page_cache *c, const char *key, int64_t now)
{
	for (size_t i = 0; i < PAGE_CACHE_ENTRIES; i++)
		if (c->entries[i].second == now && is_named(&c->entries[i], key))
			return &c->entries[i];
	return NULL;
}

bool page_cache_get(const struct page_cache *c, const char *key, int64_t now, const struct request *request,
		    struct response *r)
{
	const struct entry *e = find(c, key, now);
	bool is_known = e && response_etag_matches(request, e->etag);

	if (!e || (!is_known && !e->has_body))
		return false;
	memcpy(r->etag, e->etag, sizeof(r->etag));
	r->content_type = e->content_type;
	r->is_finished = true;
	if (is_known) {
		r->status = 304;
		return true;
	}
	r->is_packed = e->is_packed;
	buf_add(&r->body, buf_str(&e->body), e->body.len);
	return true;
}

static bool may_be_kept(const struct response *r)
{
	return r->is_finished && (r->status == 200 || r->status == 304) && *r->etag && r->headers.len == 0;
}

/* Drops what is of another second or this key's own, and counts what stays. */
static size_t make_room(struct page_cache *c, const char *key, int64_t now)
{
	size_t bytes = 0;

	for (size_t i = 0; i < PAGE_CACHE_ENTRIES; i++) {
		struct entry *e = &c->entries[i];

		if (e->second != now || is_named(e, key))
			drop(e);
		bytes += e->key.size + e->body.size;
	}
	return bytes;
}

static struct entry *free_entry(struct page_cache *c)
{
	struct entry *e;

	for (size_t i = 0; i < PAGE_CACHE_ENTRIES; i++)
		if (c->entries[i].key.len == 0)
			return &c->entries[i];
	e = &c->entries[c->next++ % PAGE_CACHE_ENTRIES];
	drop(e);
	return e;
}

void page_cache_put(struct page_cache *c, const char *key, int64_t now, const struct response *r)
{
	/* A buffer grows by doubling: this is the most that the copy can take. */
	size_t need = 2 * (strlen(key) + 1 + r->body.len + 1);
	const struct entry *had = find(c, key, now);
	struct entry *e;

	if (!may_be_kept(r) || !*key || (r->status == 304 && had && strcmp(had->etag, r->etag) == 0))
		return;
	if (make_room(c, key, now) + need > PAGE_CACHE_MAX_BYTES)
		return;
	e = free_entry(c);
	*e = (struct entry){
		.key = BUF_INIT(strlen(key) + 1),
		.second = now,
		.content_type = r->content_type,
		.body = BUF_INIT(RESPONSE_MAX_BYTES),
		.has_body = r->status == 200,
		.is_packed = r->is_packed,
	};
	memcpy(e->etag, r->etag, sizeof(e->etag));
	buf_adds(&e->key, key);
	buf_add(&e->body, buf_str(&r->body), r->body.len);
}
