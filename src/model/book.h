/*
 * model/book.h -- how many readings it takes until an alert is opened, and until it is closed.
 *
 * The one table of defaults, and what the configuration says instead
 * ("alerts.rules"). No I/O.
 */
#ifndef MC_MODEL_BOOK_H
#define MC_MODEL_BOOK_H

#include <stddef.h>
#include <stdint.h>

#define BOOK_COUNT_MAX   1000   /* readings that a rule may ask for */
#define BOOK_RULES_MAX   100    /* in a configuration */
#define BOOK_REOPEN_S    3600   /* what is back within that time was never over; also how long a change counts as one of many */
#define BOOK_CHANGES_MAX 6      /* more changes than that within BOOK_REOPEN_S: unsteady ... */
#define BOOK_CALM_S      1800   /* ... until it has not changed for so long */

struct book_rule {
	const char *rule;       /* a reading; all that begin alike: "platform.*"; or "*" */
	int64_t open;           /* bad readings in a row until it is opened */
	int64_t close;          /* good ones until it is closed */
	int64_t unknown;        /* readings that could not be taken until that is an alert itself */
};

struct book_rules {
	const struct book_rule *list;
	size_t n;
};

/* The defaults; the last one is "*". */
const struct book_rules *book_default_rules(void) __attribute__((returns_nonnull));

/*
 * The rule that a reading goes by: of the configured ones (NULL: there are
 * none) before the defaults; of each the reading's own before the longest that
 * begins alike. Never NULL.
 */
const struct book_rule *book_rule_of(const struct book_rules *configured, const char *reading) __attribute__((nonnull(2), returns_nonnull));

#endif
