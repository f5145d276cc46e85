/*
 * tests/unit/guard_facts.h -- guardrails that all hold, of an instance and of the machine, to be spoilt one at a time.
 */
#ifndef MC_TESTS_GUARD_FACTS_H
#define MC_TESTS_GUARD_FACTS_H

#include "view_facts.h"

static inline struct file_guard fact_file(const char *path, const char *owner, int64_t mode, enum tristate is_private)
{
	return (struct file_guard){ .path = path, .holds = "keys", .owner = owner, .group = owner, .mode = mode, .is_private = is_private,
				    .changed_at = NOW - 9 * DAYS };
}

/* Makes every guardrail of that instance hold. */
static inline void fact_guarded(struct instance_snapshot *s, struct arena *a)
{
	static const char *const names[] = { "approvals.mode", "security.redact_secrets", "privacy.redact_pii" };
	static const char *const values[] = { "smart", "true", "true" };
	struct instance *in = (struct instance *)s->instance;
	struct instance_report *r = &s->report;

	in->decisions.list = arena_calloc(a, 3, sizeof(struct decision));
	in->decisions.n_list = 3;
	for (size_t i = 0; i < 3; i++)
		in->decisions.list[i] = (struct decision){ names[i], values[i], "2026-06-02", "as the house has it" };
	r->agent.settings.redact_pii = TRI_YES;
	r->agent.settings.redact_pii_is_set = TRI_YES;
	r->credential = (struct push_credential){
		.probe = PROBED("the backup's repository"), .remote = "git@github.com:org/backup", .transport = "ssh", .kind = "ssh key",
		.kind_from = ".git/config", .key_file = "/home/uma/.ssh/backup", .key_type = "ssh-ed25519", .key_print = "SHA256:abc",
		.key_changed_at = NOW - 12 * DAYS, .repo_owner = "uma", .pushed_by = "uma", .pushed_at = NOW - 2 * HOURS,
		.unit = "hermes-backup.service", .unit_user = "uma",
	};
	r->secrets = (struct secret_files){ .probe = PROBED("the home"), .home_owner = "uma", .home_mode = 0755, .n_list = 2,
					    .list = arena_calloc(a, 2, sizeof(struct file_guard)) };
	r->secrets.list[0] = fact_file(".env", "uma", 0600, TRI_YES);
	r->secrets.list[1] = fact_file("auth.json", "uma", 0600, TRI_YES);
	r->sandbox = (struct sandbox){ .probe = PROBED("/proc/self"), .unit = "hmc-export@bheem.service", .no_new_privileges = TRI_YES,
				       .filters_calls = TRI_YES, .capabilities = 0, .system_is_read_only = TRI_YES,
				       .homes_are_hidden = TRI_YES, .devices_are_hidden = TRI_YES, .has_network = TRI_NO };
}

/* The same of the machine. */
static inline void fact_guarded_host(struct host_snapshot *h, struct arena *a)
{
	struct host_report *r = &h->report;
	struct listeners *l = &r->listeners;

	h->expected = (struct reach_expected){ .listen = "127.0.0.1:8480", .run_dir = "/run/hermes-mission-control", .tailscale = "100.87.53.10",
					       .folders = arena_calloc(a, 3, sizeof(const char *)), .n_folders = 3,
					       .ports = arena_calloc(a, 2, sizeof(int64_t)), .n_ports = 2 };
	h->expected.folders[0] = "/var/lib/hermes-mission-control";
	h->expected.folders[1] = "/etc/hermes-mission-control";
	h->expected.folders[2] = "/home/uma/.hermes/";
	h->expected.ports[0] = 9119;
	h->expected.ports[1] = 9120;
	l->list = arena_calloc(a, 5, sizeof(*l->list));
	l->n_list = 4;
	l->list[0] = (struct listener){ "tcp", "0.0.0.0", 22, "root", NULL, NULL, "public" };
	l->list[1] = (struct listener){ "tcp", "127.0.0.1", 8480, "hmc-caddy", NULL, NULL, "loopback" };
	l->list[2] = (struct listener){ "tcp", "100.87.53.10", 9119, "root", NULL, NULL, "tailnet" };
	l->list[3] = (struct listener){ "tcp", "127.0.0.1", 9120, "uma", NULL, NULL, "loopback" };
	r->caddy = (struct caddy){ .probe = PROBED("http://127.0.0.1:2019/config/"), .how = "loaded configuration", .is_whole = TRI_YES,
				   .admin = "localhost:2019", .n_sites = 1,
				   .sites = arena_calloc(a, 2, sizeof(struct caddy_site)) };
	r->caddy.sites[0] = (struct caddy_site){ ":443", "public", "shop.example", "127.0.0.1:3000", "/srv/shop" };
	r->own_units = (struct own_units){ .probe = PROBED("systemd"), .n_list = 2, .list = arena_calloc(a, 2, sizeof(struct own_unit)) };
	r->own_units.list[0] = (struct own_unit){ .unit = "hmc-pane@overview.service", .process = "Panes (11)", .user = "hmc", .network = "none",
						  .reads = "reports, ledgers", .writes = "nothing", .capabilities = "none",
						  .no_new_privileges = TRI_YES, .filters_calls = TRI_YES };
	r->own_units.list[1] = (struct own_unit){ .unit = "hmc-export@bheem.service", .process = "Exporter of Bheem", .user = "uma",
						  .instance_id = "bheem", .network = "none", .reads = "its own home", .writes = "its reports",
						  .capabilities = "none", .no_new_privileges = TRI_YES, .filters_calls = TRI_YES };
	r->own_files = (struct own_files){ .probe = PROBED("/etc/hermes-mission-control"), .n_list = 1,
					   .list = arena_calloc(a, 1, sizeof(struct file_guard)) };
	r->own_files.list[0] = fact_file("/etc/hermes-mission-control/jwt.key", "root", 0640, TRI_YES);
}

/* n instances on a machine, on which everything holds. */
static inline struct snapshot *fact_guarded_snapshot(size_t n, struct arena *a)
{
	struct snapshot *s = fact_snapshot(n, a);

	for (size_t i = 0; i < n; i++)
		fact_guarded(&s->instances[i], a);
	fact_guarded_host(&s->host, a);
	return s;
}

#endif
