/*
 * web/page_cache.h -- finished answers of this very second.
 *
 * Twenty people who look at once, or one who looks at twenty tabs, cost one
 * rendering a second and worker. An entry is never older than the clock's
 * second, so nobody sees anything staler than what a page made now could have
 * said. It holds what a signed-in person saw: look only after the request's
 * own token was verified, with a key that names that token.
 */
#ifndef MC_WEB_PAGE_CACHE_H
#define MC_WEB_PAGE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "web/request.h"
#include "web/response.h"

#define PAGE_CACHE_ENTRIES   8
#define PAGE_CACHE_MAX_BYTES (4 * 1024 * 1024) /* of all bodies and keys together */

struct page_cache;

/* An empty cache; page_cache_free() takes NULL, too. */
struct page_cache *page_cache_new(void) __attribute__((returns_nonnull));
void page_cache_free(struct page_cache *c);

/* Drops what it holds. */
void page_cache_clear(struct page_cache *c) __attribute__((nonnull));

/*
 * Finishes *r, whose body is still empty, with what was stored under exactly
 * this key in this second: the page, or a 304 where the visitor has it. Its
 * headers (a choice to remember) stay. False, with *r untouched, when there
 * is nothing.
 */
bool page_cache_get(const struct page_cache *c, const char *key, int64_t now, const struct request *request,
		    struct response *r) __attribute__((nonnull));

/*
 * Keeps a finished answer. Only a 200 or 304 with an ETag and without headers
 * of its own (a cookie is for one visitor) is taken; anything else, or what
 * does not fit, is passed over. Entries of other seconds go.
 */
void page_cache_put(struct page_cache *c, const char *key, int64_t now, const struct response *r)
	__attribute__((nonnull));

#endif
