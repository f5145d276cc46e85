/*
 * probe/caddy_parts.h -- a list of sites as it grows (private to probe/caddy*.c).
 */
#ifndef MC_PROBE_CADDY_PARTS_H
#define MC_PROBE_CADDY_PARTS_H

#include "base/buf.h"
#include "probe/caddy.h"

#define CADDY_WORDS_MAX 990 /* bytes of a list of names: what a report takes in one text */

#define CADDY_DYNAMIC   "{dynamic}" /* an upstream that Caddy looks up */

/* Adds a word of n bytes, made fit to show, unless it is there; blanks within become "%20". */
void caddy_add_word(struct buf *words, const char *word, size_t n);

/* Adds a site. What is too much for the list makes it not whole. Words are copied; empty ones are NULL there. */
void caddy_add_site(struct caddy *to, const char *listen, const struct buf *hosts, const struct buf *upstreams,
		    const struct buf *roots, struct arena *a);

/* The address of a site, "https://example.com:8443/path": adds its name to host and gives its port. */
const char *caddy_take_address(const char *address, struct buf *host, struct arena *a);

/* Some of it was not read: keeps the first reason. */
void caddy_not_whole(struct caddy *to, const char *note);

/* Asks the Caddy at admin ("unix//…", "http://…" or "host:port") for its loaded configuration; false with *reason. */
bool caddy_ask(struct caddy *to, const char *admin, struct arena *a, int64_t deadline_us, const char **reason);

#endif
