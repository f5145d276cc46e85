/*
 * probe/systemd.h -- what systemd says about units and timers.
 *
 * Asks over sd-bus; never starts, stops, reloads or subscribes to anything.
 * The system manager is asked on the system bus, the user's manager on the
 * bus of the user this process runs as ($XDG_RUNTIME_DIR/bus, else
 * /run/user/<uid>/bus). It does not reach for other users' managers.
 */
#ifndef MC_PROBE_SYSTEMD_H
#define MC_PROBE_SYSTEMD_H

#include "base/arena.h"
#include "model/host.h"
#include "model/instance.h"
#include "model/unit.h"

/* What hangs from one instance; `probe` heads it for the runner and says nothing itself. */
struct instance_units {
	struct probe probe;
	struct unit gateway;
	struct unit dashboard;
	struct timer backup;
};

/* `in` is a struct instance; `out` a struct instance_units. Opens each bus it needs once. */
void probe_instance_units(void *out, const void *in, struct arena *a, int64_t deadline_us);

/*
 * To call after a run: when the whole probe was late (its head is not
 * PROBE_OK) each reading gets its name and the head's reason. Borrows both.
 */
void instance_units_settle(struct instance_units *u, const struct instance *i);

struct unit_refs {
	const struct unit_ref *list;
	size_t n;
};

/* `in` is a struct unit_refs; `out` a struct host_timers, each of them with its own state. Opens a bus once. */
void probe_host_timers(void *out, const void *in, struct arena *a, int64_t deadline_us);

/* Reads n units into `out`, zeroed; each bus is opened once, and the deadline holds for all. */
void systemd_units(struct unit *out, const struct unit_ref *refs, size_t n, struct arena *a, int64_t deadline_us);

/* `in` is a struct unit_ref; `out` a struct timer. */
void probe_timer(void *out, const void *in, struct arena *a, int64_t deadline_us);

#endif
