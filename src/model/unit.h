/*
 * model/unit.h -- a systemd unit and a timer, as systemd sees them.
 */
#ifndef MC_MODEL_UNIT_H
#define MC_MODEL_UNIT_H

#include "model/probe.h"

enum unit_scope { UNIT_SCOPE_AUTO = 0, UNIT_SCOPE_SYSTEM, UNIT_SCOPE_USER };

/*
 * PROBE_OK: loaded and active, activating, deactivating or failed.
 * PROBE_INACTIVE: stopped, masked, not found, not configured; the facts
 * below hold what systemd said all the same, where it said anything.
 */
struct unit {
	struct probe probe;
	const char *name;            /* "hermes-gateway.service" */
	enum unit_scope scope;       /* where it was found, else where it was looked for */
	const char *load_state;      /* loaded, masked, not-found, bad-setting, error */
	const char *active_state;    /* active, activating, inactive, failed, ... */
	const char *sub_state;       /* running, auto-restart, dead, ... */
	const char *result;          /* success, exit-code, signal, oom-kill, start-limit-hit, ... */
	const char *unit_file_state; /* enabled, disabled, static, masked, ...: what happens at boot */
	enum tristate lingers;       /* of a user's unit: that user's manager comes up at boot; unknown for the system's */
	int64_t since;               /* last change of active_state */
	int64_t restarts;            /* automatic restarts since it was last started by hand */
	int64_t main_pid;            /* 0 when none */
	int64_t exit_status;         /* of the main process's last end; COUNT_UNKNOWN when it has none */
};

struct timer {
	struct probe probe;
	const char *name;
	enum unit_scope scope;
	const char *load_state;
	const char *active_state;
	const char *unit_file_state;
	enum tristate lingers;
	int64_t last_run;            /* last time it elapsed; 0 = never, or not known */
	int64_t next_run;            /* 0 = none planned */
	const char *service;         /* the unit it starts */
	const char *service_state;   /* that unit's active_state: activating = running now */
	const char *service_result;  /* success, exit-code, ...; of its last run */
	int64_t service_exit_status; /* COUNT_UNKNOWN when it never ran */
	const char *service_user;    /* as whom that unit runs; NULL where systemd does not say */
};

#endif
