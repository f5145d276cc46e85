#include "probe/systemd.h"

#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "probe/names.h"
#include "probe/systemd_bus.h"

#define IF_UNIT    "org.freedesktop.systemd1.Unit"
#define IF_SERVICE "org.freedesktop.systemd1.Service"
#define IF_TIMER   "org.freedesktop.systemd1.Timer"

/* Kept back of the deadline, so that "did not answer" arrives before the runner stops waiting. */
#define MARGIN_US (200 * 1000)

/* The managers one probe may ask; each is connected to at its first question. */
struct managers {
	struct manager user;
	struct manager system;
};

/* systemd's properties of a unit, and of a service, under their own names. Times in microseconds. */
struct unit_properties {
	const char *load_state, *load_error, *active_state, *sub_state, *unit_file_state;
	uint64_t state_change, active_enter, active_exit, inactive_enter, inactive_exit;
	const char *result, *user;
	uint64_t exec_start, exec_exit;
	uint32_t main_pid, restarts;
	int32_t exec_status;
	bool is_service;
};

static void managers_init(struct managers *m, struct arena *a, int64_t deadline_us)
{
	manager_init(&m->user, UNIT_SCOPE_USER, a, deadline_us - MARGIN_US);
	manager_init(&m->system, UNIT_SCOPE_SYSTEM, a, deadline_us - MARGIN_US);
}

static void managers_done(struct managers *m)
{
	manager_done(&m->user);
	manager_done(&m->system);
}

static bool read_service(struct manager *m, const char *object, struct unit_properties *p,
			 const char **reason)
{
	const struct property wanted[] = {
		{ "Result", "s", &p->result },
		{ "User", "s", &p->user },
		{ "ExecMainStartTimestamp", "t", &p->exec_start },
		{ "ExecMainExitTimestamp", "t", &p->exec_exit },
		{ "ExecMainStatus", "i", &p->exec_status },
		{ "MainPID", "u", &p->main_pid },
		{ "NRestarts", "u", &p->restarts },
	};

	p->is_service = true;
	return manager_get_all(m, object, IF_SERVICE, wanted, ARRAY_SIZE(wanted), reason);
}

static bool is_running(const char *active_state)
{
	static const char *const running[] = { "active", "activating", "deactivating", "reloading",
					       "maintenance" };

	for (size_t i = 0; i < ARRAY_SIZE(running); i++) {
		if (str_eq(active_state, running[i]))
			return true;
	}
	return false;
}

/* No such unit. One whose file was removed while it runs is there all the same. */
static bool is_absent(const struct unit_properties *p)
{
	return str_eq(p->load_state, "not-found") && !is_running(p->active_state);
}

/* Reads a unit, and what it has as a service. False with *reason when that was not possible. */
static bool read_unit(struct manager *m, const char *name, struct unit_properties *p, const char **object,
		      const char **reason)
{
	const struct property wanted[] = {
		{ "LoadState", "s", &p->load_state },
		{ "LoadError", "(ss)", &p->load_error },
		{ "ActiveState", "s", &p->active_state },
		{ "SubState", "s", &p->sub_state },
		{ "UnitFileState", "s", &p->unit_file_state },
		{ "StateChangeTimestamp", "t", &p->state_change },
		{ "ActiveEnterTimestamp", "t", &p->active_enter },
		{ "ActiveExitTimestamp", "t", &p->active_exit },
		{ "InactiveEnterTimestamp", "t", &p->inactive_enter },
		{ "InactiveExitTimestamp", "t", &p->inactive_exit },
	};

	*p = (struct unit_properties){ 0 };
	*object = manager_load_unit(m, name, reason);
	if (!*object || !manager_get_all(m, *object, IF_UNIT, wanted, ARRAY_SIZE(wanted), reason))
		return false;
	if (!p->load_state || !p->active_state) {
		*reason = arena_printf(m->arena, "systemd on %s did not say in which state %s is",
				       manager_bus_name(m), name);
		return false;
	}
	return !str_ends(name, ".service") || is_absent(p) || read_service(m, *object, p, reason);
}

/*
 * Whatever runs is PROBE_OK, even when its file was masked, broken or removed
 * after the start: load_state says so beside it. A broken file of a unit that
 * does not run is PROBE_INACTIVE, because we did find out: systemd answered,
 * nothing runs and nothing can be started; unknown would say that asking again
 * might help.
 */
static void set_state(struct probe *probe, const char *name, const struct unit_properties *p, struct arena *a)
{
	if (is_running(p->active_state)) {
		probe->state = PROBE_OK;
		return;
	}
	probe->state = PROBE_INACTIVE;
	if (str_eq(p->load_state, "masked"))
		probe->reason = "masked";
	else if (str_eq(p->load_state, "not-found"))
		probe->reason = arena_printf(a, "no such unit: %s", name);
	else if (!str_eq(p->load_state, "loaded"))
		probe->reason = arena_printf(a, "its unit file is broken: %s",
					     p->load_error ? p->load_error : p->load_state);
	else if (str_eq(p->active_state, "inactive"))
		probe->reason = "stopped";
	else
		probe->state = PROBE_OK; /* failed: a fact, with its result beside it */
}

/* Both managers may know it, as they do our own units; then it is meant where it runs. */
static bool runs_in_system(struct managers *ms, const char *name, struct unit_properties *p, const char **object)
{
	struct unit_properties there;
	const char *place, *reason = NULL;

	if (is_running(p->active_state) || !read_unit(&ms->system, name, &there, &place, &reason) || !is_running(there.active_state))
		return false;
	*p = there;
	*object = place;
	return true;
}

/*
 * Finds the manager that has the unit and reads it there. Without a scope the
 * user's own manager goes first. NULL with `probe` filled when the unit could
 * not be read anywhere; then *p says nothing.
 */
static struct manager *find_unit(struct managers *ms, struct probe *probe, const struct unit_ref *ref,
				 struct unit_properties *p, const char **object, struct arena *a)
{
	const char *user_reason = NULL, *reason = NULL;

	if (ref->scope != UNIT_SCOPE_SYSTEM) {
		if (read_unit(&ms->user, ref->unit, p, object, &user_reason) &&
		    (ref->scope == UNIT_SCOPE_USER || !is_absent(p)))
			return ref->scope == UNIT_SCOPE_AUTO && runs_in_system(ms, ref->unit, p, object) ? &ms->system : &ms->user;
		if (ref->scope == UNIT_SCOPE_USER) {
			probe->reason = user_reason;
			return NULL;
		}
	}
	if (!read_unit(&ms->system, ref->unit, p, object, &reason)) {
		probe->reason = reason;
		return NULL;
	}
	/*
	 * Not there either. Where the user's manager could not be asked it may
	 * hide the unit; root, who seldom has one, is taken at the system's word.
	 */
	if (user_reason && is_absent(p) && !(ms->user.is_absent && geteuid() == 0)) {
		probe->reason = arena_printf(a, "the system manager does not know it, and %s", user_reason);
		return NULL;
	}
	return &ms->system;
}

static int64_t seconds(uint64_t us)
{
	return us == UINT64_MAX ? 0 : (int64_t)(us / 1000000);
}

/* When active_state became what it is. */
static int64_t since(const struct unit_properties *p)
{
	uint64_t t = p->inactive_enter; /* inactive and failed */

	if (str_eq(p->active_state, "active") || str_eq(p->active_state, "reloading"))
		t = p->active_enter;
	else if (str_eq(p->active_state, "activating"))
		t = p->inactive_exit;
	else if (str_eq(p->active_state, "deactivating"))
		t = p->active_exit;
	return seconds(t ? t : p->state_change);
}

/* Names the reading and starts its clock; false when nothing is configured. */
static bool begin(struct probe *probe, const char **name, const struct unit_ref *ref, struct arena *a)
{
	probe->taken_at = clock_now_s();
	if (!ref->unit) {
		probe->state = PROBE_INACTIVE;
		probe->reason = "not configured";
		probe->source = "the configuration";
		return false;
	}
	*name = arena_strdup(a, ref->unit);
	probe->source = arena_printf(a, "%s on %s", ref->unit,
				     ref->scope == UNIT_SCOPE_SYSTEM ? "the system bus"
				     : ref->scope == UNIT_SCOPE_USER ? "the user bus"
								     : "the user and the system bus");
	return true;
}

static void end(struct probe *probe, int64_t started_us)
{
	int64_t took = clock_mono_us() - started_us;

	probe->took_us = took > 0 ? took : 1;
}

static void set_unit(struct unit *u, struct manager *m, const struct unit_properties *p)
{
	if (!is_absent(p))
		u->scope = m->scope;
	u->lingers = manager_lingers(m);
	u->load_state = p->load_state;
	u->active_state = p->active_state;
	u->sub_state = p->sub_state;
	u->unit_file_state = p->unit_file_state;
	u->since = since(p);
	if (!p->is_service)
		return;
	u->result = p->result;
	u->main_pid = p->main_pid;
	u->restarts = p->restarts;
	if (p->exec_exit)
		u->exit_status = p->exec_status;
}

static void read_unit_reading(struct managers *ms, struct unit *u, const struct unit_ref *ref,
			      struct arena *a)
{
	int64_t started_us = clock_mono_us();
	struct unit_properties p;
	const char *object;
	struct manager *m;

	u->scope = ref->scope;
	u->restarts = COUNT_UNKNOWN;
	u->exit_status = COUNT_UNKNOWN;
	if (!begin(&u->probe, &u->name, ref, a))
		return;
	m = find_unit(ms, &u->probe, ref, &p, &object, a);
	if (m) {
		set_unit(u, m, &p);
		set_state(&u->probe, ref->unit, &p, a);
		if (u->scope != UNIT_SCOPE_AUTO)
			u->probe.source = arena_printf(a, "%s on %s", ref->unit, manager_bus_name(m));
	}
	end(&u->probe, started_us);
}

/* The sooner of a timer's two next times, in epoch seconds: one is counted by the wall clock, one from boot. */
static int64_t next_run(uint64_t realtime_us, uint64_t monotonic_us)
{
	int64_t wall = realtime_us == UINT64_MAX ? 0 : seconds(realtime_us), boot = 0;

	if (monotonic_us != 0 && monotonic_us < INT64_MAX / 2)
		boot = clock_now_s() + ((int64_t)monotonic_us - clock_mono_us()) / 1000000;
	if (!wall || !boot)
		return wall ? wall : boot;
	return wall < boot ? wall : boot;
}

/* Who a service runs as: User=, a name or a number; without it root, and in a user's own manager always that user. */
static const char *service_user(const struct manager *m, const struct unit_properties *p)
{
	int64_t uid;

	if (m->scope == UNIT_SCOPE_USER)
		return name_of_user(geteuid(), m->arena);
	if (!p->user || !*p->user)
		return name_of_user(0, m->arena);
	return str_parse_i64(p->user, 0, UINT32_MAX, &uid) ? name_of_user((uid_t)uid, m->arena) : p->user;
}

/* What the timer's service did last. systemd says "success" of one that never ran; we say nothing. */
static bool read_timer_service(struct manager *m, struct timer *t, const char **reason)
{
	struct unit_properties p;
	const char *object;

	if (!t->service)
		return true;
	if (!read_unit(m, t->service, &p, &object, reason))
		return false;
	t->service_state = p.active_state;
	if (p.is_service && !is_absent(&p))
		t->service_user = service_user(m, &p);
	if (p.is_service && (p.exec_start || !str_eq(p.result, "success")))
		t->service_result = p.result;
	if (p.is_service && p.exec_exit)
		t->service_exit_status = p.exec_status;
	return true;
}

static bool read_timer(struct manager *m, const char *object, struct timer *t, const char **reason)
{
	uint64_t last = 0, realtime = 0, monotonic = 0;
	const struct property wanted[] = {
		{ "Unit", "s", &t->service },
		{ "LastTriggerUSec", "t", &last },
		{ "NextElapseUSecRealtime", "t", &realtime },
		{ "NextElapseUSecMonotonic", "t", &monotonic },
	};

	if (!manager_get_all(m, object, IF_TIMER, wanted, ARRAY_SIZE(wanted), reason))
		return false;
	t->last_run = seconds(last);
	if (is_running(t->active_state)) /* a stopped timer keeps its old plan */
		t->next_run = next_run(realtime, monotonic);
	return read_timer_service(m, t, reason);
}

static void set_timer(struct timer *t, struct manager *m, const struct unit_properties *p, const char *object,
		      struct arena *a)
{
	const char *reason = NULL;

	t->load_state = p->load_state;
	t->active_state = p->active_state;
	t->unit_file_state = p->unit_file_state;
	t->lingers = manager_lingers(m);
	set_state(&t->probe, t->name, p, a);
	if (is_absent(p))
		return;
	t->scope = m->scope;
	t->probe.source = arena_printf(a, "%s on %s", t->name, manager_bus_name(m));
	if (str_ends(t->name, ".timer") && !read_timer(m, object, t, &reason)) {
		t->probe.state = PROBE_UNKNOWN;
		t->probe.reason = reason;
	}
}

static void read_timer_reading(struct managers *ms, struct timer *t, const struct unit_ref *ref,
			       struct arena *a)
{
	int64_t started_us = clock_mono_us();
	struct unit_properties p;
	const char *object;
	struct manager *m;

	t->scope = ref->scope;
	t->service_exit_status = COUNT_UNKNOWN;
	if (!begin(&t->probe, &t->name, ref, a))
		return;
	m = find_unit(ms, &t->probe, ref, &p, &object, a);
	if (m)
		set_timer(t, m, &p, object, a);
	end(&t->probe, started_us);
}

void probe_timer(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	CLEANUP(managers_done) struct managers ms;

	managers_init(&ms, a, deadline_us);
	read_timer_reading(&ms, out, in, a);
}

void probe_host_timers(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	CLEANUP(managers_done) struct managers ms;
	const struct unit_refs *refs = in;
	struct host_timers *timers = out;

	timers->probe.source = refs->n ? "systemd" : "the configuration";
	timers->probe.state = refs->n ? PROBE_OK : PROBE_INACTIVE;
	timers->probe.reason = refs->n ? NULL : "no further timers are configured";
	timers->list = arena_calloc(a, HOST_TIMERS_MAX, sizeof(*timers->list));
	managers_init(&ms, a, deadline_us);
	for (size_t i = 0; i < refs->n && i < HOST_TIMERS_MAX; i++)
		read_timer_reading(&ms, &timers->list[timers->n_list++], &refs->list[i], a);
}

void systemd_units(struct unit *out, const struct unit_ref *refs, size_t n, struct arena *a, int64_t deadline_us)
{
	CLEANUP(managers_done) struct managers ms;

	managers_init(&ms, a, deadline_us);
	for (size_t i = 0; i < n; i++)
		read_unit_reading(&ms, &out[i], &refs[i], a);
}

void probe_instance_units(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	CLEANUP(managers_done) struct managers ms;
	const struct instance *instance = in;
	struct instance_units *units = out;

	managers_init(&ms, a, deadline_us);
	read_unit_reading(&ms, &units->gateway, &instance->gateway, a);
	read_unit_reading(&ms, &units->dashboard, &instance->dashboard, a);
	read_timer_reading(&ms, &units->backup, &instance->backup_timer, a);
	units->probe.state = PROBE_OK;
}
