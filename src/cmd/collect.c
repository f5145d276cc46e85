#include "cmd/collect.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "cmd/own_plan.h"
#include "cmd/slow.h"
#include "hermes/hermes.h"
#include "probe/caddy.h"
#include "probe/git.h"
#include "probe/git_credential.h"
#include "probe/host.h"
#include "probe/http.h"
#include "probe/listeners.h"
#include "probe/products.h"
#include "probe/runner.h"
#include "probe/sandbox.h"
#include "probe/systemd.h"
#include "report/beat_file.h"
#include "report/report.h"
#include "store/store_alerts.h"
#include "store/store_outbox.h"

#define TASKS_MAX 32
#define SLOW_MAX  12

#define SOCKETS_EVERY_S 120 /* the kernel walks a table of all connections that there might be */
#define PAYLOAD_EVERY_S 300
#define AGENT_EVERY_S   300
#define STORAGE_EVERY_S (6 * 3600)
#define PRODUCTS_EVERY_S 55 /* once a minute, with some room for an interval that comes early */
#define GUARD_EVERY_S    120 /* as the listeners that they are held against */
#define STORAGE_LIMIT_US (5 * 1000 * 1000) /* a walk, a few times a day; a whole run has 10 s */
#define KEPT_ARENA_MAX (8 * 1024 * 1024)
#define SELF_ARENA_MAX (64 * 1024)

/* Everything a probe is given or fills lives here: it outlasts a probe that was left behind. */
struct collector {
	const struct config *config;
	const struct instance *instance; /* NULL = the host */
	struct runner *runner;
	struct hermes_source home;
	struct sandbox_source sandbox;
	char *key_dir;              /* where hmc setup puts this machine's fingerprint key for the exporter */
	const struct sessions *sessions; /* given for this run; NULL = to be read here */
	struct instance_units units;
	struct unit_refs timers;
	struct probe_task tasks[TASKS_MAX];
	size_t n_tasks;
	struct slow slow[SLOW_MAX];
	size_t n_slow;
	int64_t asked_at;           /* of the request that the next run answers */
	bool is_fresh;              /* by hand: every reading is taken now, the slow ones too */
	struct arena *own_arena;    /* what the looking at ourselves goes by */
	struct arena *kept_arena;   /* of the report that the slow ones may be kept from */
	const char *skipped[TASKS_MAX];
	char hostname[256];
	char user[64];
	struct arena *self_arena;   /* of started_by */
	struct started_by started_by;
	struct instance_report report;
	struct host_report host;
};

static void task(struct collector *c, const char *name, probe_fn run, const void *in, void *out, size_t out_size)
{
	c->tasks[c->n_tasks++] = (struct probe_task){ .name = name, .run = run, .in = in, .out = out, .out_size = out_size };
}

/* A reading of *out in the report, taken again only every_s after the last time. */
static void slow_task(struct collector *c, const char *name, probe_fn run, const void *in, void *out, size_t out_size,
		      int64_t every_s)
{
	struct slow *s = &c->slow[c->n_slow++];

	*s = (struct slow){ .run = run, .in = in, .size = out_size, .every_s = every_s };
	task(c, name, slow_read, s, out, out_size);
}

/*
 * Finds in the report that was published last what the slow tasks may keep.
 * Its place in the report is that of the task's own result.
 */
static void find_kept(struct collector *c)
{
	const char *last, *mine = c->instance ? (const char *)&c->report : (const char *)&c->host;
	size_t n = 0;

	if (c->is_fresh || c->n_slow == 0 || runner_stuck(c->runner) > 0) /* one left behind may still look at it */
		return;
	arena_free(c->kept_arena);
	c->kept_arena = arena_new(KEPT_ARENA_MAX);
	last = c->instance ? (const char *)report_last(c->config, c->instance, c->kept_arena)
			   : (const char *)report_last_host(c->config, c->kept_arena);
	for (size_t i = 0; i < c->n_tasks; i++)
		if (c->tasks[i].run == slow_read)
			c->slow[n++].kept = last ? last + ((const char *)c->tasks[i].out - mine) : NULL;
}

void collect_give_sessions(struct collector *c, const struct sessions *given)
{
	c->sessions = given;
}

/* A probe_fn: `in` is the collector. From the ledger where that could be asked, else from state.db itself. */
static void take_sessions(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct collector *c = in;

	if (c->sessions)
		memcpy(out, c->sessions, sizeof(*c->sessions));
	else
		hermes_sessions(out, &c->home, a, deadline_us);
}

static void plan_instance(struct collector *c)
{
	const struct instance *in = c->instance;
	struct instance_report *r = &c->report;

	if (asprintf(&c->key_dir, "%s/reports/%s", c->config->state_dir, in->id) < 0)
		abort();
	c->home = (struct hermes_source){ .home = in->hermes_home, .proc_root = "/proc",
					  .excerpts = in->publish >= PUBLISH_EXCERPTS, .key_dir = c->key_dir };
	c->sandbox = (struct sandbox_source){ .proc_root = "/proc", .dev = "/dev", .own = { in->hermes_home } };
	c->sandbox.own[1] = in->backup_repo ? in->backup_repo : in->hermes_home;
	c->sandbox.own[2] = in->backup_key ? arena_printf(c->self_arena, "%s.pub", in->backup_key) : NULL;
	task(c, "systemd", probe_instance_units, in, &c->units, sizeof(c->units));
	task(c, "gateway_state.json", hermes_gateway, &c->home, &r->gateway, sizeof(r->gateway));
	task(c, "state.db", take_sessions, c, &r->sessions, sizeof(r->sessions));
	task(c, "cron/jobs.json", hermes_cron, &c->home, &r->cron, sizeof(r->cron));
	task(c, "the backup repository", probe_repo, in->backup_repo, &r->backup_repo, sizeof(r->backup_repo));
	task(c, "signs of life", hermes_life, &c->home, &r->life, sizeof(r->life));
	slow_task(c, "the gateway's sockets", hermes_sockets, &c->home, &r->sockets, sizeof(r->sockets), SOCKETS_EVERY_S);
	task(c, "modes of secrets", hermes_secret_files, &c->home, &r->secrets, sizeof(r->secrets));
	task(c, "the backup's credential", probe_credential, in, &r->credential, sizeof(r->credential));
	task(c, "this exporter's sandbox", probe_sandbox, &c->sandbox, &r->sandbox, sizeof(r->sandbox));
	task(c, "google_token.json", hermes_google, &c->home, &r->google, sizeof(r->google));
	slow_task(c, "the backup's payload", probe_payload, in->backup_repo, &r->payload, sizeof(r->payload), PAYLOAD_EVERY_S);
	slow_task(c, "the home's files", hermes_storage, &c->home, &r->storage, sizeof(r->storage), STORAGE_EVERY_S);
	c->tasks[c->n_tasks - 1].limit_us = STORAGE_LIMIT_US;
	task(c, "config.yaml", hermes_settings, &c->home, &r->agent.settings, sizeof(r->agent.settings));
	task(c, "memories/MEMORY.md", hermes_memory_md, &c->home, &r->agent.memory, sizeof(r->agent.memory));
	task(c, "memories/USER.md", hermes_user_md, &c->home, &r->agent.user, sizeof(r->agent.user));
	slow_task(c, "skills/", hermes_skills, &c->home, &r->agent.skills, sizeof(r->agent.skills), AGENT_EVERY_S);
	slow_task(c, "hooks/ and plugins/", hermes_extensions, &c->home, &r->agent.extensions, sizeof(r->agent.extensions),
		  AGENT_EVERY_S);
	task(c, "profiles/", hermes_profiles, &c->home, &r->agent.profiles, sizeof(r->agent.profiles));
	task(c, ".env", hermes_keys, &c->home, &r->agent.keys, sizeof(r->agent.keys));
	task(c, "kanban.db", hermes_kanban, &c->home, &r->kanban, sizeof(r->kanban));
	task(c, "the private dashboard", probe_http_answer, in, &r->dashboard, sizeof(r->dashboard));
	task(c, "Hermes's version", hermes_read_version, &c->home, &r->hermes, sizeof(r->hermes));
}

static void plan_host(struct collector *c)
{
	const struct config *config = c->config;
	struct host_report *h = &c->host;
	const struct own_question *own;

	task(c, "the disk", probe_disk, config->disk_path, &h->disk, sizeof(h->disk));
	task(c, "/proc/meminfo", probe_memory, "/proc", &h->memory, sizeof(h->memory));
	task(c, "/proc/loadavg", probe_load, "/proc", &h->load, sizeof(h->load));
	task(c, "/proc/uptime", probe_uptime, "/proc", &h->uptime, sizeof(h->uptime));
	task(c, "network interfaces", probe_tailscale, config->tailscale_address, &h->tailscale, sizeof(h->tailscale));
	task(c, "systemd", probe_timer, &config->emergency_drive, &h->emergency_drive, sizeof(h->emergency_drive));
	c->timers = (struct unit_refs){ config->timers, config->n_timers };
	task(c, "the configured timers", probe_host_timers, &c->timers, &h->timers, sizeof(h->timers));
	slow_task(c, "/proc/net", probe_listeners, "/proc", &h->listeners, sizeof(h->listeners), SOCKETS_EVERY_S);
	slow_task(c, "the configured products", probe_products, &config->products, &h->products, sizeof(h->products), PRODUCTS_EVERY_S);
	c->tasks[c->n_tasks - 1].limit_us = PRODUCTS_LIMIT_US;
	slow_task(c, "the machine's Caddy", probe_caddy, &config->caddy, &h->caddy, sizeof(h->caddy), GUARD_EVERY_S);
	own = own_plan(config, c->own_arena = arena_new(KEPT_ARENA_MAX));
	slow_task(c, "our own units", probe_own_units, own, &h->own_units, sizeof(h->own_units), GUARD_EVERY_S);
	task(c, "our own files", probe_own_files, own, &h->own_files, sizeof(h->own_files));
}

static void look_up_self(struct collector *c)
{
	struct passwd *pw = getpwuid(geteuid());

	if (gethostname(c->hostname, sizeof(c->hostname) - 1) < 0)
		c->hostname[0] = '\0';
	if (pw)
		snprintf(c->user, sizeof(c->user), "%s", pw->pw_name);
	else
		snprintf(c->user, sizeof(c->user), "uid %u", geteuid());
}

struct collector *collector_new(const struct config *config, const struct instance *in, bool is_fresh)
{
	struct collector *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->config = config;
	c->instance = in;
	c->is_fresh = is_fresh;
	look_up_self(c);
	c->self_arena = arena_new(SELF_ARENA_MAX);
	c->started_by = sandbox_started_by("/proc", c->self_arena);
	if (in)
		plan_instance(c);
	else
		plan_host(c);
	c->runner = runner_new(c->n_tasks);
	return c;
}

static struct exporter describe(const struct collector *c, int64_t took_us)
{
	return (struct exporter){ .version = MC_VERSION,
				  .user = c->user,
				  .flavour = c->started_by.flavour,
				  .interval_s = c->config->interval_s,
				  .took_us = took_us,
				  .asked_at = c->asked_at,
				  .publish = c->instance ? c->instance->publish : PUBLISH_EXCERPTS,
				  .privacy = c->instance && c->instance->privacy ? TRI_YES : TRI_NO };
}

/* What this run did not come to is told beside what it did. */
static void name_skipped(struct collector *c, struct exporter *e)
{
	e->skipped = c->skipped;
	for (size_t i = 0; i < c->n_tasks; i++)
		if (c->tasks[i].was_left_out)
			c->skipped[e->n_skipped++] = c->tasks[i].name;
}

/* The units came in one answer. */
static void hand_out_units(struct collector *c)
{
	struct instance_report *r = &c->report;

	instance_units_settle(&c->units, c->instance);
	r->gateway_unit = c->units.gateway;
	r->dashboard_unit = c->units.dashboard;
	r->backup_timer = c->units.backup;
	r->credential.unit = r->backup_timer.service;
	r->credential.unit_user = r->backup_timer.service_user;
}

static int64_t take(struct collector *c)
{
	int64_t start = clock_mono_us();

	runner_recycle(c->runner);
	find_kept(c);
	runner_run(c->runner, c->tasks, c->n_tasks);
	return clock_mono_us() - start;
}

/* What only the past can tell. */
static void ask_ledger(struct collector *c, struct store *s)
{
	struct life *l = &c->report.life;
	struct storage *x = &c->report.storage;
	int64_t now = clock_now_s();

	if (!s || !store_restarts(s, clock_midnight_s(now), now, &l->restarts_today, &l->restarts_from))
		l->restarts_today = COUNT_UNKNOWN;
	if (!s || x->probe.state != PROBE_OK || !store_growth(s, now, x->bytes, &x->growth_bytes, &x->growth_s)) {
		x->growth_bytes = COUNT_UNKNOWN;
		x->growth_s = 0;
	}
}

/*
 * What is open as the ledger has it, or on the way to it: with it a pane can
 * tell an alert that was answered from one that came back.
 */
static void ask_opened(struct opened *out, struct store *s, struct arena *a)
{
	const struct alert_query q = { .only_open = true, .limit = OPENED_MAX };
	struct store_pending *pending;
	struct alert_page page;
	size_t n = 0;

	*out = (struct opened){ .probe = { .source = "ledger.db", .taken_at = clock_now_s(), .reason = "the ledger could not be opened" } };
	if (!s || store_alerts(s, &q, &page, a, &out->probe.reason) < 0)
		return;
	pending = arena_calloc(a, OPENED_MAX - page.n + 1, sizeof(*pending));
	if (store_pending(s, pending, OPENED_MAX - page.n, &n, a, &out->probe.reason) < 0)
		return;
	out->list = arena_calloc(a, page.n + n + 1, sizeof(*out->list));
	for (size_t i = 0; i < page.n; i++)
		out->list[out->n_list++] = (struct opened_alert){ page.rows[i].reading, store_alert_since(&page.rows[i]) };
	for (size_t i = 0; i < n; i++)
		out->list[out->n_list++] = (struct opened_alert){ pending[i].reading, pending[i].since };
	out->probe.state = page.has_more ? PROBE_UNKNOWN : PROBE_OK;
	out->probe.reason = page.has_more ? "more alerts are open than a report holds" : NULL;
}

/* How the loops ended: they run without us, and leave their rows. */
static void ask_loops(struct loops *out, struct store *s, struct arena *a)
{
	*out = (struct loops){ .probe = { .source = "ledger.db", .taken_at = clock_now_s(), .reason = "the ledger could not be opened" },
			       .backup_failures = COUNT_UNKNOWN,
			       .watching = { .seen = COUNT_UNKNOWN, .silent = COUNT_UNKNOWN } };
	if (!s || store_loops(s, out, a, &out->probe.reason) < 0 ||
	    store_delivery(s, out->probe.taken_at, &out->delivery, a, &out->probe.reason) < 0)
		return;
	store_watching(s, &out->watching, a);
	out->probe.state = PROBE_OK;
	out->probe.reason = NULL;
}

/* How the beat to the outside goes: it leaves its own file. */
static void ask_beat(struct beat *out, const struct config *c, struct arena *a)
{
	int64_t now = clock_now_s();

	if (!c->beat.url_file) {
		*out = (struct beat){ .probe = { .state = PROBE_INACTIVE, .taken_at = now, .reason = "the configuration has no \"beat\"" } };
		return;
	}
	beat_load(c->state_dir, now, out, a);
	out->every_s = c->beat.every_s;
	if (out->probe.state != PROBE_INACTIVE)
		return;
	out->probe.state = PROBE_OK; /* that it never ran is a fact */
	out->probe.reason = NULL;
}

void collect_give_request(struct collector *c, int64_t asked_at)
{
	c->asked_at = asked_at;
}

const struct instance_report *collect_instance(struct collector *c, struct store *s, struct arena *a)
{
	int64_t took = take(c);

	hand_out_units(c);
	ask_ledger(c, s);
	ask_opened(&c->report.opened, s, a);
	ask_loops(&c->report.loops, s, a);
	c->report.instance_id = c->instance->id;
	c->report.exporter = describe(c, took);
	name_skipped(c, &c->report.exporter);
	c->report.generated_at = clock_now_s();
	return &c->report;
}

const struct host_report *collect_host(struct collector *c, struct store *s, struct arena *a)
{
	int64_t took = take(c);

	c->host.hostname = c->hostname[0] ? c->hostname : NULL;
	ask_opened(&c->host.opened, s, a);
	ask_beat(&c->host.beat, c->config, a);
	c->host.exporter = describe(c, took);
	name_skipped(c, &c->host.exporter);
	c->host.generated_at = clock_now_s();
	return &c->host;
}

void collector_free(struct collector *c)
{
	if (!c || runner_stuck(c->runner) > 0)
		return;
	runner_free(c->runner);
	arena_free(c->kept_arena);
	arena_free(c->self_arena);
	arena_free(c->own_arena);
	free(c->key_dir);
	free(c);
}
