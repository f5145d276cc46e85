/*
 * report/refresh_request.h -- <stateDir>/refresh: that somebody wants a new report now.
 *
 * Panes start nothing. They write when they were asked into a file an
 * exporter, which whatever starts that exporter watches (systemd.path(5), or
 * `hmc export --every`). A report says which request it answers
 * (exporter.askedAt).
 */
#ifndef MC_REPORT_REFRESH_REQUEST_H
#define MC_REPORT_REFRESH_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define REFRESH_DIR     "refresh"
#define REFRESH_HOST    "host"      /* the machine's own exporter, as in reports/ */
#define REFRESH_EVERY_S 10          /* an instance is asked no oftener */
#define REFRESH_TOLD_S  600         /* so long a request is worth a word on a page */

enum refresh_result {
	REFRESH_FAILED = 0,
	REFRESH_TOO_SOON,
	REFRESH_ASKED,
};

/*
 * Asks for a new report of id, an instance's or REFRESH_HOST; makes the
 * folder where that is allowed. Waits up to 2 s for another worker that asks.
 * *reason is one line after REFRESH_FAILED.
 */
enum refresh_result refresh_request(const char *state_dir, const char *id, int64_t now, struct arena *a, const char **reason)
	__attribute__((nonnull));

/* When that was last asked for, in seconds; 0: never, or what is there says no time. */
int64_t refresh_asked_at(const char *state_dir, const char *id, struct arena *a) __attribute__((nonnull));

/* Whether it may be asked for again; a request from the future is of a clock that was set back. */
bool refresh_is_too_soon(int64_t asked_at, int64_t now);

/* When anything was last asked for, in nanoseconds; 0: never, or longer than REFRESH_TOLD_S ago. One look at the folder. */
int64_t refresh_last_ns(const char *state_dir, int64_t now, struct arena *a) __attribute__((nonnull));

#endif
