/*
 * pane/ledgers.h -- the ledgers that a request is about.
 */
#ifndef MC_PANE_LEDGERS_H
#define MC_PANE_LEDGERS_H

#include "store/store.h"
#include "web/pane.h"

struct ledger {
	const struct instance *instance;
	struct store *store;        /* NULL: it cannot be read */
	const char *error;          /* why */
};

struct ledgers {
	struct ledger *list;        /* one a chosen instance, in the configuration's order */
	size_t n;
};

/*
 * Opens, for reading, the ledger of the chosen instance or of all; nothing of
 * them works beyond the request's deadline. Release with ledgers_close();
 * the list itself lives in the request's arena.
 */
struct ledgers ledgers_open(struct pane *p) __attribute__((nonnull));
void ledgers_close(struct ledgers *l) __attribute__((nonnull));

/*
 * What the chosen ledgers are by now, as text in the request's arena: it
 * differs once anything was written into one. For pane_visitor_has(), beside
 * snapshot_facts(): the loops write between two reports.
 */
const char *ledgers_facts(struct pane *p) __attribute__((nonnull, returns_nonnull));

/* That of the machine, which has no instance; release with store_closep(&l.store). */
struct ledger ledger_of_host(struct pane *p) __attribute__((nonnull));

/* One of the configuration's alone; store_close() its store. For who reads one after the other: fifty at once are fifty caches. */
struct ledger ledger_open(struct pane *p, const struct instance *in) __attribute__((nonnull));

/* That of one instance; NULL when it is not among them. */
struct ledger *ledgers_of(const struct ledgers *l, const char *instance_id) __attribute__((nonnull));

#endif
