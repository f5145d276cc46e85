/*
 * cmd/verdicts.h -- what an exporter remembers of the judging: the same rules over the same report as on the pages.
 */
#ifndef MC_CMD_VERDICTS_H
#define MC_CMD_VERDICTS_H

#include "config/config.h"
#include "json/json.h"
#include "store/store_alerts.h"

/*
 * Judges a report as it is published, so that nothing is remembered that a
 * page could not say: its texts have passed the redactor and the policy. What
 * admins have answered is noted of each alert and changes no verdict. All in `a`. NULL for a report that cannot be read back.
 */
const struct store_verdict *verdict_of_instance(const cJSON *report, const struct instance *in, const struct config *c,
						struct arena *a);
const struct store_verdict *verdict_of_host(const cJSON *report, const struct config *c, struct arena *a);

#endif
