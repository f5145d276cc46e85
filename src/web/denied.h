/*
 * web/denied.h -- the list of tokens that were ended before their time.
 *
 * <stateDir>/auth/denied/<id>: one file a token, named by its id, holding the
 * second at which the token would have expired anyway, in 18 digits. Creating the file is
 * the one atomic step that also makes a sign-in link good for one use.
 */
#ifndef MC_WEB_DENIED_H
#define MC_WEB_DENIED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * Makes <stateDir>/auth and the lists below it, mode 0700, owned as stateDir
 * is (root may be the one who looks first). stateDir itself must be there.
 * False with one line in *error that says the cure.
 */
bool denied_prepare(const char *state_dir, struct arena *a, const char **error) __attribute__((nonnull));

/* For what is ended by its number alone, whose end is not known: a token without iat may become valid in years. */
#define DENIED_FOR_EVER INT64_C(999999999999999999)

enum denied_answer {
	DENIED_UNKNOWN = 0, /* the list cannot be examined: refuse */
	DENIED_NO,
	DENIED_YES,
};

/* Whether the token of that id was ended; *reason is set for DENIED_UNKNOWN. */
enum denied_answer denied_contains(const char *state_dir, const char *id, struct arena *a, const char **reason)
	__attribute__((nonnull));

/*
 * Ends the token of that id. DENIED_YES: this call did it. DENIED_NO: it had
 * been ended before. DENIED_UNKNOWN with *reason: it could not be written
 * down, so the token lives on. Entries that have expired are swept on the
 * way, a bounded number of them.
 */
enum denied_answer denied_add(const char *state_dir, const char *id, int64_t expires_at, int64_t now,
			      struct arena *a, const char **reason) __attribute__((nonnull));

#endif
