/*
 * cmd/limit.h -- the end of patience with one run.
 *
 * Every probe has a deadline of its own; what has none is writing (fsync on a
 * dead server). What was published before stands, and the next run begins
 * afresh.
 */
#ifndef MC_CMD_LIMIT_H
#define MC_CMD_LIMIT_H

#define RUN_LIMIT_S     10  /* of one instance, or of the host */
#define UPGRADE_LIMIT_S 300 /* to bring the ledger of an older version up to date */

/* From now on the process ends in RUN_LIMIT_S, with one line, unless this or limit_stop() is called again. */
void limit_start(void);
void limit_start_for(unsigned seconds);
void limit_stop(void);

#endif
