/*
 * report/report.h -- report.json: written atomically, read without trust.
 *
 * <stateDir>/reports/<id>/report.json; the host's id is "host".
 */
#ifndef MC_REPORT_REPORT_H
#define MC_REPORT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "config/config.h"
#include "json/json.h"
#include "model/report.h"
#include "model/snapshot.h"
#include "redact/redact.h"

#define REPORT_MAX_BYTES (1024 * 1024)

/*
 * Gives the report as JSON (cJSON_Delete): every string has passed the
 * redactor, texts that the report's own policy (exporter.publish) does not
 * allow are null, and exporter says what was replaced, by rule.
 */
cJSON *report_instance_json(const struct instance_report *r, struct redactor *redactor);
cJSON *report_host_json(const struct host_report *r, struct redactor *redactor);

/*
 * Puts text at dir/report.json by temporary file, fsync and rename: whoever
 * reads sees the old or the new file whole, whatever happens. 0, or -1 with
 * one line in *error (allocated in `a`), the old file untouched.
 */
int report_publish(const char *dir, const char *text, struct arena *a, const char **error);

/*
 * Reads every report that the configuration names, and what was answered to alerts. Never fails: what cannot
 * be read, is foreign, oversized, broken, from the future or stale (older
 * than two intervals and a few seconds) is PROBE_UNKNOWN with its reason.
 */
struct snapshot *snapshot_load(const struct config *c, int64_t now, struct arena *a);

/* What an instance's exporter published last, however old it is, in `a`; NULL where there is none that can be read. */
const struct instance_report *report_last(const struct config *c, const struct instance *in, struct arena *a);
const struct host_report *report_last_host(const struct config *c, struct arena *a);

/*
 * A report that was not published yet, as a pane will read it. Strings are
 * in `a`. False, with the reason in out->probe, when it is not valid.
 */
bool report_read_instance(const cJSON *json, const struct instance *in, int64_t interval_s, int64_t now, struct arena *a,
			  struct instance_snapshot *out);
bool report_read_host(const cJSON *json, int64_t interval_s, int64_t now, struct arena *a, struct host_snapshot *out);

/*
 * Gives the snapshot as JSON (cJSON_Delete): each report as it was published,
 * beside how well it is known. choice is an instance id, or NULL for all and
 * the host.
 */
cJSON *snapshot_json(const struct snapshot *s, const char *choice);

#endif
