/*
 * web/urls.h -- links of our own.
 */
#ifndef MC_WEB_URLS_H
#define MC_WEB_URLS_H

#include "base/arena.h"
#include "base/buf.h"
#include "web/params.h"

/*
 * A path with a query made of p and name=value at the end; p and name may be
 * NULL. Of p the choice of an instance and "part" are left out: who makes a
 * link says those anew. Gives it in `a`; the bare path for what would be
 * longer than 16 KiB.
 */
const char *url_make(struct arena *a, const char *path, const struct params *p, const char *name,
		     const char *value)
	__attribute__((nonnull(1, 2), returns_nonnull));

#endif
