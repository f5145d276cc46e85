/*
 * web/journal.h -- where a program's log goes: the journal, or stderr in the form that fits.
 */
#ifndef MC_WEB_JOURNAL_H
#define MC_WEB_JOURNAL_H

#include <stdbool.h>

/*
 * Sends what is logged from now on to the journal, structured, where stderr
 * leads there (base/log.h); fields are named HMC_STATUS and so on. Else a
 * service whose stderr is no terminal writes JSON lines, anything else plain
 * ones; $HMC_LOG ("json", "plain") says otherwise.
 */
void journal_attach(bool is_service);

#endif
