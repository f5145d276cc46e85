/*
 * model/snapshot.h -- all that a pane may know: every report, as it was found.
 */
#ifndef MC_MODEL_SNAPSHOT_H
#define MC_MODEL_SNAPSHOT_H

#include "model/answers.h"
#include "model/report.h"

struct instance_snapshot {
	const struct instance *instance;
	struct probe probe;         /* of the report file: PROBE_OK when it could be read and is not stale */
	bool has_report;            /* report below was read, though it may be stale */
	struct instance_report report;
	struct answers answers;     /* what admins have said of its alerts */
};

/* What the configuration says of ports and addresses: what listeners and Caddy's sites are held against. */
struct reach_expected {
	const char *listen;         /* our own: "127.0.0.1:8480" */
	const char *run_dir;        /* where the panes' sockets are */
	const char *tailscale;      /* this machine's address in the tailnet; NULL = any of 100.64.0.0/10 */
	int64_t *ports;             /* of instances' private dashboards */
	size_t n_ports;
	const char **folders;       /* that nobody may serve files from, nor from above: ours, homes, backup repositories */
	size_t n_folders;
};

struct host_snapshot {
	struct probe probe;
	bool has_report;
	struct host_report report;
	struct reach_expected expected;
	struct products products;   /* that are configured: what the report is expected to tell of */
	struct answers answers;
};

struct snapshot {
	int64_t now;
	struct instance_snapshot *instances;
	size_t n_instances;
	struct host_snapshot host;
	struct answers answers;     /* silences that hold everywhere */
	bool is_sample;             /* every instance is a sample: say so on every page */
	const char *discovery_note; /* why there are no instances, or NULL */
};

#endif
