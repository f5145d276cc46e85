/*
 * cmd/slow.h -- readings that cost too much for every run.
 *
 * Such a reading is taken again only when the one that was published last is
 * old enough; until then that one is published again, with the time it was
 * taken. The report itself is the memory, so an exporter that a timer starts
 * afresh each time remembers as well as one that keeps going.
 */
#ifndef MC_CMD_SLOW_H
#define MC_CMD_SLOW_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/report.h"
#include "probe/runner.h"

/* A task of the runner that reads only when it is time to. */
struct slow {
	probe_fn run;               /* takes the reading */
	const void *in;
	const void *kept;           /* the reading as it was published last; NULL = none */
	size_t size;                /* of the reading, which begins with a struct probe */
	int64_t every_s;            /* what was found holds for so long; what could not be found out, a quarter of it; that it is not there, never */
};

/* The probe_fn; `in` is a struct slow. Strings of a kept reading stay where they are. */
void slow_read(void *out, const void *in, struct arena *a, int64_t deadline_us);

#endif
