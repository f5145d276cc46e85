/*
 * cmd/own_ledger.h -- the ledger that an instance's exporter keeps, for the loops beside it.
 */
#ifndef MC_CMD_OWN_LEDGER_H
#define MC_CMD_OWN_LEDGER_H

#include "store/store.h"

#define EXIT_TRY_LATER 75 /* sysexits.h: EX_TEMPFAIL */

/*
 * Opens the ledger in dir for writing. It is begun and brought up to date by
 * the exporter, which has the time for it: NULL until then, and on trouble,
 * with a line of that command on stderr and its exit status in *status.
 */
struct store *own_ledger(const char *command, const char *dir, struct arena *a, int *status) __attribute__((nonnull));

#endif
