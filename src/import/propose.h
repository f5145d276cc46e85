/*
 * import/propose.h -- entries for "products", proposed from what lists of services say already.
 *
 * Nothing is invented: what a file does not tell is left out, and a note says
 * so. Nobody is asked and nothing is written.
 */
#ifndef MC_IMPORT_PROPOSE_H
#define MC_IMPORT_PROPOSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "model/product.h"

#define IMPORT_MAX_BYTES ((size_t)1024 * 1024)

struct proposals {
	struct product *list;       /* id, name, url, unit, at most one link; PRODUCTS_MAX of them at most */
	size_t n;
	const char **notes;         /* one line each, about what was left out or must be looked at */
	size_t n_notes;
	const struct products *had; /* given: what is configured, which is not proposed again */
	struct arena *a;            /* given */
};

/*
 * Reads n bytes of a docker-compose file (YAML, or the JSON of `docker compose
 * config`; https://github.com/compose-spec/compose-spec) or of a JSON list of
 * services: [{"name": …, "url": …}], bare or under "services" or "products".
 * False with one line in *error for anything else.
 */
bool import_services(const char *text, size_t n, struct proposals *out, const char **error);

/* Prints {"products": […]} as the configuration takes it, one entry a line. */
void proposals_print(const struct proposals *p, struct buf *out);

/* ---- for the readers of one kind of file, private to import/ ---- */

bool import_compose(const char *text, size_t n, struct proposals *out, const char **error);

/* Adds a note that begins with whose it is. */
void proposals_note(struct proposals *p, const char *whose, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/*
 * Adds an entry called name, with an id made of it. NULL, with a note, where
 * there is no room, no letter in the name, or one like it is configured.
 */
struct product *proposals_add(struct proposals *p, const char *name);

/* url when it may stand in the configuration; NULL, with a note, when it may not. */
const char *proposals_url(struct proposals *p, const char *whose, const char *url);

#endif
