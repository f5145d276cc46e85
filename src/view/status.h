/*
 * view/status.h -- what a view makes of a reading.
 *
 * Only views judge. Unknown is neither fine nor broken: it has its own word,
 * shape and colour everywhere.
 */
#ifndef MC_VIEW_STATUS_H
#define MC_VIEW_STATUS_H

#include <stdbool.h>

enum status {
	STATUS_UNKNOWN = 0, /* so that a forgotten judgement shows a doubt */
	STATUS_INFO,        /* a plain fact, not judged */
	STATUS_OFF,         /* meant to be so: not configured, switched off, hangs from something that is */
	STATUS_OK,
	STATUS_WARN,
	STATUS_CRITICAL,
};

/* "ok", "warn", "critical", "off", "unknown", "info": for programs, class names and icons. */
const char *status_name(enum status s);

/* "critical", "warning", "unknown", ...: for people, as a severity. */
const char *status_severity(enum status s);

/* How bad, for sorting and rolling up: critical, warn, unknown, ok, off, info. Greater is worse. */
int status_rank(enum status s);

enum status status_worst(enum status a, enum status b);

/* Whether it belongs under "needs attention". */
bool status_needs_attention(enum status s);

#endif
