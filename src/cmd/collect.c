#include "cmd/collect.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "hermes/hermes.h"
#include "probe/git.h"
#include "probe/host.h"
#include "probe/runner.h"
#include "probe/systemd.h"

#define TASKS_MAX 8

/* Everything a probe is given or fills lives here: it outlasts a probe that was left behind. */
struct collector {
	const struct config *config;
	const struct instance *instance; /* NULL = the host */
	struct runner *runner;
	struct hermes_source home;
	struct instance_units units;
	struct probe_task tasks[TASKS_MAX];
	size_t n_tasks;
	char hostname[256];
	char user[64];
	struct instance_report report;
	struct host_report host;
};

static void task(struct collector *c, const char *name, probe_fn run, const void *in, void *out, size_t out_size)
{
	c->tasks[c->n_tasks++] = (struct probe_task){ .name = name, .run = run, .in = in, .out = out, .out_size = out_size };
}

static void plan_instance(struct collector *c)
{
	const struct instance *in = c->instance;
	struct instance_report *r = &c->report;

	c->home = (struct hermes_source){ .home = in->hermes_home, .proc_root = "/proc" };
	task(c, "systemd", probe_instance_units, in, &c->units, sizeof(c->units));
	task(c, "gateway_state.json", hermes_gateway, &c->home, &r->gateway, sizeof(r->gateway));
	task(c, "state.db", hermes_sessions, &c->home, &r->sessions, sizeof(r->sessions));
	task(c, "cron/jobs.json", hermes_cron, &c->home, &r->cron, sizeof(r->cron));
	task(c, "the backup repository", probe_repo, in->backup_repo, &r->backup_repo, sizeof(r->backup_repo));
	task(c, "Hermes's version", hermes_read_version, &c->home, &r->hermes, sizeof(r->hermes));
}

static void plan_host(struct collector *c)
{
	const struct config *config = c->config;
	struct host_report *h = &c->host;

	task(c, "the disk", probe_disk, config->disk_path, &h->disk, sizeof(h->disk));
	task(c, "/proc/meminfo", probe_memory, "/proc", &h->memory, sizeof(h->memory));
	task(c, "/proc/loadavg", probe_load, "/proc", &h->load, sizeof(h->load));
	task(c, "/proc/uptime", probe_uptime, "/proc", &h->uptime, sizeof(h->uptime));
	task(c, "network interfaces", probe_tailscale, config->tailscale_address, &h->tailscale, sizeof(h->tailscale));
	task(c, "systemd", probe_timer, &config->emergency_drive, &h->emergency_drive, sizeof(h->emergency_drive));
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

struct collector *collector_new(const struct config *config, const struct instance *in)
{
	struct collector *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	c->config = config;
	c->instance = in;
	look_up_self(c);
	if (in)
		plan_instance(c);
	else
		plan_host(c);
	c->runner = runner_new(c->n_tasks);
	return c;
}

/* How this process was started, from what systemd sets for what it starts. */
static const char *flavour(void)
{
	CLEANUP_FILE FILE *f = NULL;
	char line[512];

	if (!getenv("INVOCATION_ID"))
		return "by hand";
	f = fopen("/proc/self/cgroup", "re");
	while (f && fgets(line, sizeof(line), f))
		if (strstr(line, "hmc-export"))
			return strstr(line, "/user@") ? "user timer" : "system timer";
	return "by hand";
}

static struct exporter describe(const struct collector *c, int64_t took_us)
{
	return (struct exporter){ .version = MC_VERSION,
				  .user = c->user,
				  .flavour = flavour(),
				  .interval_s = c->config->interval_s,
				  .took_us = took_us };
}

/* The units came in one answer. */
static void hand_out_units(struct collector *c)
{
	struct instance_report *r = &c->report;

	instance_units_settle(&c->units, c->instance);
	r->gateway_unit = c->units.gateway;
	r->dashboard_unit = c->units.dashboard;
	r->backup_timer = c->units.backup;
}

static int64_t take(struct collector *c)
{
	int64_t start = clock_mono_us();

	runner_recycle(c->runner);
	runner_run(c->runner, c->tasks, c->n_tasks);
	return clock_mono_us() - start;
}

const struct instance_report *collect_instance(struct collector *c)
{
	int64_t took = take(c);

	hand_out_units(c);
	c->report.instance_id = c->instance->id;
	c->report.exporter = describe(c, took);
	c->report.generated_at = clock_now_s();
	return &c->report;
}

const struct host_report *collect_host(struct collector *c)
{
	int64_t took = take(c);

	c->host.hostname = c->hostname[0] ? c->hostname : NULL;
	c->host.exporter = describe(c, took);
	c->host.generated_at = clock_now_s();
	return &c->host;
}

void collector_free(struct collector *c)
{
	if (!c || runner_stuck(c->runner) > 0)
		return;
	runner_free(c->runner);
	free(c);
}
