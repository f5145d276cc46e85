/*
 * web/document.h -- documents of our own that are served as pages.
 */
#ifndef MC_WEB_DOCUMENT_H
#define MC_WEB_DOCUMENT_H

#include <stddef.h>

#include "base/arena.h"

/* Where `make install` puts what is no program. */
#ifndef MC_DATADIR
#define MC_DATADIR "/usr/share/hermes-mission-control"
#endif

struct document {
	const char *text;    /* NUL-terminated; NULL = it could not be read */
	size_t n;
	const char *version; /* differs whenever the file does */
	const char *problem; /* with a NULL text: one line, what happened and what to do */
};

/*
 * Reads a file of at most max bytes from $HMC_DOCS, else from the data folder's
 * docs; longer, absent or unreadable is a problem. All in `a`.
 */
struct document document_load(const char *name, size_t max, struct arena *a) __attribute__((nonnull));

#endif
