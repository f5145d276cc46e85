/*
 * view/metrics_view.h -- facts and verdicts as metrics, for Prometheus.
 */
#ifndef MC_VIEW_METRICS_VIEW_H
#define MC_VIEW_METRICS_VIEW_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/snapshot.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/*
 * Appends the metrics of everything that the choice covers (an instance id,
 * or NULL for all and the machine) in Prometheus's text format 0.0.4, with
 * the names and base units that `promtool check metrics` asks for.
 *
 * What is not known has no sample: a zero would be a lie. Facts of a report
 * that is missing or stale are not known; hermes_instance_status and
 * hermes_report_age_seconds say so. How many series an instance has does not
 * depend on what it calls its jobs: they are counted by state. With more than
 * METRICS_READINGS_PARTS instances only readings that need a person are told,
 * so that an answer stays under 1 MiB.
 */
#define METRICS_READINGS_PARTS 60
void metrics_view(const struct snapshot *s, const char *choice, const char *version, struct buf *out,
		  struct arena *a) __attribute__((nonnull(1, 3, 4, 5)));

#endif
