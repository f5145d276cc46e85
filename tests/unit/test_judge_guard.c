/*
 * test_judge_guard.c -- guardrails: what each of them says of facts that are spoilt one at a time.
 */
#include "test.h"

#include "base/str.h"
#include "guard_facts.h"
#include "view/judge_guard.h"
#include "view/verdict.h"

static struct arena *a;
static struct instance_snapshot s;
static struct instance_report *r;
static struct instance *in;
static struct host_snapshot h;
static struct listeners *l;

static int setup(void **state)
{
	(void)state;
	a = arena_new(256 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static void healthy(void)
{
	arena_reset(a);
	s = fact_instance("bheem", "Bheem / Uma", a);
	fact_guarded(&s, a);
	r = &s.report;
	in = (struct instance *)s.instance;
	h = fact_host();
	fact_guarded_host(&h, a);
	l = &h.report.listeners;
}

static const char *text(const char *t)
{
	return t ? t : "(none)";
}

struct row {
	const char *name;
	void (*spoil)(void);
	const char *id;
	enum status status;
	const char *word;
	const char *title;          /* a piece of it; NULL = must have none */
	const char *cause;
	const char *detail;         /* a piece of it; NULL = any */
};

/* What holds for every guardrail, however the facts are. */
static void check_all(const char *name, const struct judgement *all, size_t n)
{
	static const char *const words[] = { GUARD_HOLDS,   GUARD_UNDECIDED, GUARD_UNEVEN,  GUARD_BROKEN, GUARD_DRIFTED,
					     GUARD_WEAKER, GUARD_UNKNOWN,   GUARD_PLANNED, GUARD_NONE };

	for (size_t i = 0; i < n; i++) {
		const struct judgement *j = &all[i];
		bool is_word = false;

		for (size_t k = 0; k < ARRAY_SIZE(words); k++)
			is_word |= str_eq(words[k], j->word);
		if (!is_word || !str_starts(j->id, "guard."))
			fail_msg("%s: %s is called \"%s\"", name, j->id, j->word);
		if (!j->rule || !j->label || !j->evidence.value || !*j->evidence.value)
			fail_msg("%s: %s lacks a rule, a label or what was found", name, j->id);
		if ((j->status == STATUS_OK) != str_eq(j->word, GUARD_HOLDS))
			fail_msg("%s: %s is %s and \"%s\"", name, j->id, status_name(j->status), j->word);
		if (j->status != STATUS_OK && !j->clears_when)
			fail_msg("%s: %s does not say what would change it", name, j->id);
		if ((j->status == STATUS_CRITICAL || str_eq(j->word, GUARD_BROKEN) || str_eq(j->word, GUARD_DRIFTED)) && !j->title && !j->cause)
			fail_msg("%s: %s is %s and nobody is told", name, j->id, j->word);
		if (j->title && (!j->why || !*j->why || j->cause || !status_needs_attention(j->status)))
			fail_msg("%s: %s has a title without a reason", name, j->id);
		if (!j->is_part)
			fail_msg("%s: %s would stand on a card", name, j->id);
	}
}

static void judge(bool is_host, struct judgement **all, size_t *n)
{
	if (is_host)
		judge_guard_host(&h, NOW, a, all, n);
	else
		judge_guard_instance(&s, NOW, a, all, n);
}

static void check_row(const struct row *row, bool is_host)
{
	struct judgement *all;
	const struct judgement *j;
	size_t n;

	healthy();
	row->spoil();
	judge(is_host, &all, &n);
	check_all(row->name, all, n);
	j = judge_find(all, n, row->id);
	if (!j)
		fail_msg("%s: there is no guardrail \"%s\"", row->name, row->id);
	if (j->status != row->status || !str_eq(j->word, row->word))
		fail_msg("%s: %s is %s \"%s\" (%s), wanted %s \"%s\"", row->name, row->id, status_name(j->status), j->word, text(j->detail),
			 status_name(row->status), row->word);
	if (!row->title != !j->title || (row->title && !strstr(j->title, row->title)))
		fail_msg("%s: title \"%s\", wanted \"%s\"", row->name, text(j->title), text(row->title));
	if (!str_eq(row->cause, j->cause))
		fail_msg("%s: hangs from \"%s\", wanted \"%s\"", row->name, text(j->cause), text(row->cause));
	if (row->detail && !strstr(text(j->detail), row->detail))
		fail_msg("%s: says \"%s\", wanted \"%s\"", row->name, text(j->detail), row->detail);
}

#define ROWS(is_host, ...) \
	static const struct row rows[] = { __VA_ARGS__ }; \
	(void)state; \
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) \
		check_row(&rows[i], is_host)

static void as_it_is(void) { }

/* ---- decisions ---- */

static void undecided(void) { in->decisions.n_list = 0; }
static void mode_off(void) { r->agent.settings.approvals_mode = "off"; }
static void mode_decided_off(void) { mode_off(); in->decisions.list[0].value = "off"; }
static void yolo(void) { mode_off(); r->agent.settings.approvals_from = "HERMES_YOLO_MODE in .env"; }
static void mode_strange(void) { r->agent.settings.approvals_mode = "yes<b>"; }
static void mode_manual(void) { r->agent.settings.approvals_mode = "manual"; }
static void mode_unknown(void) { r->agent.settings.approvals_mode = NULL; }
static void mode_undecided_default(void) { undecided(); r->agent.settings.approvals_from = "default"; }
static void secrets_shown(void) { r->agent.settings.redact_secrets = TRI_NO; }
static void secrets_decided_off(void) { secrets_shown(); in->decisions.list[1].value = "false"; }
static void secrets_safer(void) { in->decisions.list[1].value = "false"; }
static void pii_off(void) { r->agent.settings.redact_pii = TRI_NO; }
static void pii_undecided(void) { pii_off(); in->decisions.n_list = 2; }
static void pii_default(void) { pii_off(); r->agent.settings.redact_pii_is_set = TRI_NO; in->decisions.list[2].value = "false"; }
static void settings_unread(void) { fact_unread(&r->agent.settings.probe, "line 3"); }
static void no_config(void) { r->agent.settings.probe.state = PROBE_INACTIVE; }

static void a_decision_holds_drifts_or_is_missing(void **state)
{
	ROWS(false, { "smart", as_it_is, "guard.approvals", STATUS_OK, GUARD_HOLDS, NULL, NULL, "config.yaml says smart; decided smart on 2026-06-02" },
	     { "off", mode_off, "guard.approvals", STATUS_CRITICAL, GUARD_BROKEN, NULL, "approvals", "asks for manual or smart" },
	     { "off as decided", mode_decided_off, "guard.approvals", STATUS_CRITICAL, GUARD_BROKEN, NULL, "approvals", "decided off on 2026-06-02" },
	     { "by the environment", yolo, "guard.approvals", STATUS_CRITICAL, GUARD_BROKEN, NULL, "approvals", "HERMES_YOLO_MODE in .env says off" },
	     { "a mode nobody knows", mode_strange, "guard.approvals", STATUS_CRITICAL, GUARD_BROKEN, "in doubt", NULL, NULL },
	     { "another than decided", mode_manual, "guard.approvals", STATUS_WARN, GUARD_DRIFTED, "approvals.mode is not as it was decided", NULL, NULL },
	     { "not known", mode_unknown, "guard.approvals", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "not known" },
	     { "approvals need no decision", mode_undecided_default, "guard.approvals", STATUS_OK, GUARD_HOLDS, NULL, NULL, "smart by default" },
	     { "secrets undecided", undecided, "guard.redact-secrets", STATUS_WARN, GUARD_UNDECIDED, NULL, NULL, "no decision is recorded" },
	     { "secrets shown", secrets_shown, "guard.redact-secrets", STATUS_WARN, GUARD_DRIFTED, NULL, "redaction", "decided was true" },
	     { "shown as decided", secrets_decided_off, "guard.redact-secrets", STATUS_OK, GUARD_HOLDS, NULL, NULL, "decided false" },
	     { "masked, against the decision", secrets_safer, "guard.redact-secrets", STATUS_WARN, GUARD_DRIFTED, "redact_secrets is not as", NULL, NULL },
	     { "pii", as_it_is, "guard.redact-pii", STATUS_OK, GUARD_HOLDS, NULL, NULL, "as the house has it" },
	     { "pii undecided", pii_undecided, "guard.redact-pii", STATUS_WARN, GUARD_UNDECIDED, NULL, NULL, "config.yaml says false; no decision" },
	     { "pii drifted", pii_off, "guard.redact-pii", STATUS_WARN, GUARD_DRIFTED, "redact_pii is not as it was decided", NULL, NULL },
	     { "pii by default", pii_default, "guard.redact-pii", STATUS_OK, GUARD_HOLDS, NULL, NULL, "false by default" },
	     { "unread", settings_unread, "guard.redact-pii", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, "settings", NULL },
	     { "no config.yaml", no_config, "guard.approvals", STATUS_OK, GUARD_HOLDS, NULL, NULL, NULL });
}

/* ---- credentials ---- */

static void no_backup(void) { in->backup_repo = NULL; }
static void no_remote(void) { r->credential.probe = (struct probe){ .state = PROBE_INACTIVE, .reason = "it has no remote" }; }
static void credential_untold(void) { r->credential.probe = (struct probe){ 0 }; }
static void credential_unread(void) { fact_unread(&r->credential.probe, "permission denied"); }
static void repo_unread(void) { credential_unread(); fact_unread(&r->backup_repo.probe, "permission denied"); }
static void by_root(void) { r->credential.pushed_by = "root"; }
static void unit_of_root(void) { r->credential.unit_user = "root"; r->credential.pushed_by = NULL; }
static void by_nobody_known(void) { r->credential.unit_user = r->credential.pushed_by = NULL; }
static void token_in_url(void) { r->credential.kind = "token in the URL"; r->credential.transport = "https"; }
static void key_open_to_all(void) { r->credential.key_is_private = TRI_NO; }
static void in_the_clear(void) { r->credential.transport = "http"; }
static void kind_unknown(void) { r->credential.kind = NULL; }
static void key_old(void) { r->credential.key_changed_at = NOW - 181 * DAYS; }
static void key_180(void) { r->credential.key_changed_at = NOW - 180 * DAYS; }
static void key_ageless(void) { r->credential.key_changed_at = 0; }
static void key_ahead(void) { r->credential.key_changed_at = NOW + DAYS; }

static void who_pushes_a_backup_is_the_instance_s_own_user(void **state)
{
	ROWS(false, { "own", as_it_is, "guard.push", STATUS_OK, GUARD_HOLDS, NULL, NULL, "by uma, with ssh key" },
	     { "none", no_backup, "guard.push", STATUS_OFF, GUARD_NONE, NULL, NULL, NULL },
	     { "no remote", no_remote, "guard.push", STATUS_OFF, GUARD_NONE, NULL, NULL, "no remote" },
	     { "an older exporter", credential_untold, "guard.push", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, "exporter", NULL },
	     { "unread", credential_unread, "guard.push", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "permission denied" },
	     { "the repository unread", repo_unread, "guard.push", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, "backup.age", NULL },
	     { "root pushed", by_root, "guard.push", STATUS_WARN, GUARD_BROKEN, "Root pushes this backup, and not uma", NULL, NULL },
	     { "root's unit", unit_of_root, "guard.push", STATUS_WARN, GUARD_BROKEN, "Root pushes this backup", NULL, NULL },
	     { "nobody", by_nobody_known, "guard.push", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, NULL },
	     { "token", token_in_url, "guard.push", STATUS_CRITICAL, GUARD_BROKEN, "A token stands in the URL", NULL, NULL },
	     { "a key for all", key_open_to_all, "guard.push", STATUS_CRITICAL, GUARD_BROKEN, "Others may read the key", NULL, NULL },
	     { "in the clear", in_the_clear, "guard.push", STATUS_WARN, GUARD_BROKEN, "without encryption", NULL, NULL },
	     { "kind unknown", kind_unknown, "guard.push", STATUS_OK, GUARD_HOLDS, NULL, NULL, "does not name" },
	     { "key", as_it_is, "guard.key", STATUS_OK, GUARD_HOLDS, NULL, NULL, "ssh key, 12 d old" },
	     { "old key", key_old, "guard.key", STATUS_INFO, GUARD_WEAKER, NULL, NULL, "181 d old" },
	     { "half a year", key_180, "guard.key", STATUS_OK, GUARD_HOLDS, NULL, NULL, NULL },
	     { "ageless", key_ageless, "guard.key", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "says how old" },
	     { "of tomorrow", key_ahead, "guard.key", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "future" });
}

/* ---- files ---- */

static void env_open(void) { r->secrets.list[0].mode = 0644; r->secrets.list[0].is_private = TRI_NO; }
static void home_closed(void) { env_open(); r->secrets.home_mode = 0700; }
static void of_root(void) { r->secrets.list[1].owner = "root"; }
static void mode_unread(void) { r->secrets.list[1].is_private = TRI_UNKNOWN; }
static void secrets_unread(void) { fact_unread(&r->secrets.probe, "permission denied"); }
static void no_secrets(void) { r->secrets = (struct secret_files){ .probe = { .state = PROBE_INACTIVE, .reason = "it holds none" } }; }
static void secrets_untold(void) { r->secrets = (struct secret_files){ 0 }; }

static void secrets_are_for_their_user_s_eyes(void **state)
{
	ROWS(false, { "private", as_it_is, "guard.secrets", STATUS_OK, GUARD_HOLDS, NULL, NULL, "two files" },
	     { "open", env_open, "guard.secrets", STATUS_CRITICAL, GUARD_BROKEN, "can get at .env", NULL, ".env (0644 uma:uma)" },
	     { "behind a closed door", home_closed, "guard.secrets", STATUS_INFO, GUARD_WEAKER, NULL, NULL, "alone keeps others out" },
	     { "root's", of_root, "guard.secrets", STATUS_WARN, GUARD_BROKEN, "belong to another user", NULL, "auth.json" },
	     { "one not told", mode_unread, "guard.secrets", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "1 of 2" },
	     { "unread", secrets_unread, "guard.secrets", STATUS_UNKNOWN, GUARD_UNKNOWN, "could not be checked", NULL, NULL },
	     { "none", no_secrets, "guard.secrets", STATUS_OFF, GUARD_NONE, NULL, NULL, NULL },
	     { "untold", secrets_untold, "guard.secrets", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, "exporter", NULL });
}

static void a_mode_that_was_not_read_is_not_shown_as_one(void **state)
{
	struct judgement *all;
	const struct judgement *j;
	size_t n;

	(void)state;
	healthy();
	env_open();
	r->secrets.home_mode = COUNT_UNKNOWN;
	judge(false, &all, &n);
	j = judge_find(all, n, "guard.secrets");
	assert_int_equal(j->status, STATUS_CRITICAL);
	assert_null(strstr(j->evidence.value, "0000"));
	assert_non_null(strstr(j->evidence.value, "home (mode not known"));
}

/* ---- exporters ---- */

static void user_flavour(void)
{
	r->exporter.flavour = "user timer";
	r->sandbox.homes_are_hidden = r->sandbox.system_is_read_only = TRI_NO;
}
static void networked(void) { r->sandbox.has_network = TRI_YES; }
static void capable(void) { r->sandbox.capabilities = 3; }
static void wall_unknown(void) { r->sandbox.devices_are_hidden = TRI_UNKNOWN; }
static void by_hand(void) { r->sandbox.probe = (struct probe){ .state = PROBE_INACTIVE, .reason = "run by hand" }; }
static void sandbox_untold(void) { r->sandbox.probe = (struct probe){ 0 }; }
static void sandbox_unread(void) { fact_unread(&r->sandbox.probe, "no /proc"); }

static void a_weaker_sandbox_is_a_plain_fact(void **state)
{
	ROWS(false, { "whole", as_it_is, "guard.sandbox", STATUS_OK, GUARD_HOLDS, NULL, NULL, "system timer" },
	     { "user", user_flavour, "guard.sandbox", STATUS_INFO, GUARD_WEAKER, NULL, NULL, "user timer: it sees the homes of others" },
	     { "network", networked, "guard.sandbox", STATUS_INFO, GUARD_WEAKER, NULL, NULL, "network" },
	     { "capabilities", capable, "guard.sandbox", STATUS_INFO, GUARD_WEAKER, NULL, NULL, "capabilities" },
	     { "a part not told", wall_unknown, "guard.sandbox", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "one part could not be told" },
	     { "by hand", by_hand, "guard.sandbox", STATUS_INFO, GUARD_WEAKER, NULL, NULL, "by hand" },
	     { "untold", sandbox_untold, "guard.sandbox", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, "exporter", NULL },
	     { "unread", sandbox_unread, "guard.sandbox", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "no /proc" });
}

/* ---- the machine: sockets ---- */

static struct listener *further(const char *address, int64_t port, const char *user, const char *reach)
{
	l->list[l->n_list] = (struct listener){ "tcp", address, port, user, NULL, NULL, reach };
	return &l->list[l->n_list++];
}
static void dashboard_open(void) { l->list[2].address = "0.0.0.0"; l->list[2].reach = "public"; }
static void dashboard_on_lan(void) { l->list[3].address = "10.0.0.4"; l->list[3].reach = "private"; }
static void site_open(void) { l->list[1].address = "::"; l->list[1].reach = "public"; }
static void foreign_tailnet(void) { l->list[2].address = "100.64.0.9"; }
static void tailnet_renamed(void) { foreign_tailnet(); h.report.tailscale.address = "100.64.0.9"; }
static void gateway_open(void) { further("0.0.0.0", 8642, "uma", "public")->unit = "uma-hermes-gateway.service"; }
static void admin_open(void) { further("0.0.0.0", 2019, "caddy", "public"); }
static void product_seen(void) { further("0.0.0.0", 3049, "www", "public")->process = "node"; }
static void product_unseen(void) { further("0.0.0.0", 3049, "root", "public"); }
static void web_open(void) { further("0.0.0.0", 443, "caddy", "public"); }
static void tailnet_unsaid(void) { h.expected.tailscale = NULL; h.report.tailscale.address = "100.87.53.10"; }
static void tailnet_unsaid_foreign(void) { tailnet_unsaid(); foreign_tailnet(); }
static void tailnet_unread(void)
{
	h.expected.tailscale = h.report.tailscale.address = NULL;
	fact_unread(&h.report.tailscale.probe, "interfaces could not be listed");
}
static void udp_open(void) { further("0.0.0.0", 9119, "root", "public")->protocol = "udp"; }
static void sockets_unread(void) { fact_unread(&l->probe, "no /proc"); }

static void nothing_of_ours_listens_beyond_the_tailnet(void **state)
{
	ROWS(true, { "near", as_it_is, "guard.listeners", STATUS_OK, GUARD_HOLDS, NULL, NULL, "four sockets read; ours: 127.0.0.1:8480, 100.87.53.10:9119" },
	     { "a dashboard everywhere", dashboard_open, "guard.listeners", STATUS_CRITICAL, GUARD_BROKEN, "Port 9119 is open beyond", NULL, "0.0.0.0:9119" },
	     { "a dashboard in the house", dashboard_on_lan, "guard.listeners", STATUS_CRITICAL, GUARD_BROKEN, "Port 9120", NULL, NULL },
	     { "our own site", site_open, "guard.listeners", STATUS_CRITICAL, GUARD_BROKEN, "Port 8480", NULL, "[::]:8480" },
	     { "a provider's 100.64/10", foreign_tailnet, "guard.listeners", STATUS_CRITICAL, GUARD_BROKEN, "Port 9119", NULL, NULL },
	     { "a machine registered anew", tailnet_renamed, "guard.listeners", STATUS_OK, GUARD_HOLDS, NULL, NULL, NULL },
	     { "an address that was found", tailnet_unsaid, "guard.listeners", STATUS_OK, GUARD_HOLDS, NULL, NULL, NULL },
	     { "another 100.64/10 than was found", tailnet_unsaid_foreign, "guard.listeners", STATUS_CRITICAL, GUARD_BROKEN, "Port 9119", NULL, NULL },
	     { "no address to compare with", tailnet_unread, "guard.listeners", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "100.87.53.10:9119" },
	     { "a gateway", gateway_open, "guard.listeners", STATUS_CRITICAL, GUARD_BROKEN, "Port 8642", NULL, NULL },
	     { "Caddy's admin socket", admin_open, "guard.listeners", STATUS_CRITICAL, GUARD_BROKEN, "Port 2019", NULL, NULL },
	     { "a product that is seen", product_seen, "guard.listeners", STATUS_OK, GUARD_HOLDS, NULL, NULL, NULL },
	     { "a program that is not seen", product_unseen, "guard.listeners", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "0.0.0.0:3049 of root" },
	     { "the web", web_open, "guard.listeners", STATUS_OK, GUARD_HOLDS, NULL, NULL, NULL },
	     { "UDP", udp_open, "guard.listeners", STATUS_OK, GUARD_HOLDS, NULL, NULL, NULL },
	     { "unread", sockets_unread, "guard.listeners", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, "listeners", NULL });
}

/* ---- the machine: Caddy ---- */

static struct caddy_site *site(void) { return &h.report.caddy.sites[0]; }
static void to_us(void) { site()->upstreams = "127.0.0.1:3000 localhost:8480"; }
static void to_a_pane(void) { site()->upstreams = "unix//run/hermes-mission-control/ops.sock"; }
static void to_a_dashboard(void) { site()->upstreams = "[::1]:9119"; }
static void to_its_tailnet_address(void) { site()->upstreams = "100.87.53.10:9120"; }
static void to_the_admin(void) { site()->upstreams = ":2019"; }
static void to_another_machine(void) { site()->upstreams = "192.168.7.7:9119"; }
static void to_another_socket(void) { site()->upstreams = "unix//run/shop/web.sock"; }
static void serves_everything(void) { site()->roots = "/srv/shop /"; }
static void serves_our_keys(void) { site()->roots = "/etc/hermes-mission-control/keys"; }
static void serves_a_home(void) { site()->roots = "/home/uma/.hermes/logs"; }
static void serves_above_a_home(void) { site()->roots = "/home"; }
static void serves_beside_a_home(void) { site()->roots = "/home/uma/.hermes2 /srv"; }
static void serves_where_it_started(void) { site()->roots = "."; }
static void to_a_placeholder(void) { site()->upstreams = "{env.UPSTREAM}"; }
static void by_scheme(void) { site()->upstreams = "http://127.0.0.1:9119"; }
static void by_hostname(void) { site()->upstreams = "vm-01:9119"; }
static void by_another_name(void) { site()->upstreams = "dash.internal:9119"; }
static void by_another_name_elsewhere(void) { site()->upstreams = "shop.internal:3000"; }
static void by_a_mapped_address(void) { site()->upstreams = "[::ffff:127.0.0.1]:9119"; }
static void by_loud_localhost(void) { site()->upstreams = "LocalHost:9119"; }
static void by_a_found_tailnet_address(void) { tailnet_unsaid(); to_its_tailnet_address(); }
static void to_many_ports(void) { site()->upstreams = "localhost:9100-9119"; }
static void serves_a_relative_folder(void) { site()->roots = "public"; }
static void in_no_known_part(void) { h.report.caddy.is_whole = TRI_UNKNOWN; }
static void stopped_caddy(void) { h.report.caddy.probe = (struct probe){ .state = PROBE_INACTIVE, .reason = "Caddy is stopped: caddy.service" }; }
static void another_caddy(void)
{
	h.report.caddy.probe = (struct probe){ .state = PROBE_INACTIVE, .reason = "this machine has no Caddy but our own" };
	further("0.0.0.0", 443, "caddy", "public");
}
static void on_a_foreign_tailnet(void) { to_us(); site()->listen = "100.64.0.9:443"; site()->reach = "tailnet"; }
static void on_its_tailnet(void) { to_us(); site()->listen = "100.87.53.10:443"; site()->reach = "tailnet"; }
static void in_part(void) { h.report.caddy.is_whole = TRI_NO; h.report.caddy.note = "import /srv/more was not followed"; }
static void from_its_file(void) { h.report.caddy.how = "file"; h.report.caddy.note = "what it has loaded may differ"; }
static void on_a_socket(void) { to_us(); site()->reach = NULL; site()->listen = "unix//run/web.sock"; }
static void admin_elsewhere(void) { h.report.caddy.admin = "localhost:2020"; site()->upstreams = "localhost:2020"; }
static void on_loopback(void) { to_us(); site()->reach = "loopback"; }
static void of_unknown_reach(void) { to_us(); site()->reach = NULL; }
static void caddy_unread(void) { fact_unread(&h.report.caddy.probe, "its admin socket cannot be reached"); }
static void no_caddy(void) { h.report.caddy.probe = (struct probe){ .state = PROBE_INACTIVE, .reason = "this machine has no Caddy but our own" }; }
static void caddy_untold(void) { h.report.caddy.probe = (struct probe){ 0 }; }

static void no_public_site_leads_to_us(void **state)
{
	ROWS(true, { "a shop", as_it_is, "guard.caddy", STATUS_OK, GUARD_HOLDS, NULL, NULL, "one site in its loaded configuration, one beyond the tailnet" },
	     { "to us", to_us, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "A public site leads to Mission Control", NULL, "shop.example passes requests to localhost:8480" },
	     { "to a pane", to_a_pane, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "a pane of Mission Control", NULL, NULL },
	     { "to a dashboard", to_a_dashboard, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "a private dashboard", NULL, NULL },
	     { "by the tailnet's address", to_its_tailnet_address, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "a private dashboard", NULL, NULL },
	     { "to its own admin", to_the_admin, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "admin socket", NULL, NULL },
	     { "to another machine", to_another_machine, "guard.caddy", STATUS_OK, GUARD_HOLDS, NULL, NULL, NULL },
	     { "to another socket", to_another_socket, "guard.caddy", STATUS_OK, GUARD_HOLDS, NULL, NULL, NULL },
	     { "everything", serves_everything, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "private folders", NULL, NULL },
	     { "our keys", serves_our_keys, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "private folders", NULL, NULL },
	     { "a home", serves_a_home, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "private folders", NULL, NULL },
	     { "above a home", serves_above_a_home, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "private folders", NULL, NULL },
	     { "beside a home", serves_beside_a_home, "guard.caddy", STATUS_OK, GUARD_HOLDS, NULL, NULL, NULL },
	     { "where it started", serves_where_it_started, "guard.caddy", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "cannot be told" },
	     { "a placeholder", to_a_placeholder, "guard.caddy", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "leads to {env.UPSTREAM}" },
	     { "with a scheme", by_scheme, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "a private dashboard", NULL, NULL },
	     { "by the machine's name", by_hostname, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "a private dashboard", NULL, NULL },
	     { "by a name that may be any machine's", by_another_name, "guard.caddy", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "dash.internal:9119" },
	     { "by a name, to no port of ours", by_another_name_elsewhere, "guard.caddy", STATUS_OK, GUARD_HOLDS, NULL, NULL, NULL },
	     { "by a mapped address", by_a_mapped_address, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "a private dashboard", NULL, NULL },
	     { "by localhost in capitals", by_loud_localhost, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "a private dashboard", NULL, NULL },
	     { "by the tailnet's address as found", by_a_found_tailnet_address, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "a private dashboard", NULL, NULL },
	     { "to a range of ports", to_many_ports, "guard.caddy", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "localhost:9100-9119" },
	     { "a folder below where it started", serves_a_relative_folder, "guard.caddy", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "leads to public" },
	     { "whole or not", in_no_known_part, "guard.caddy", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, NULL },
	     { "stopped", stopped_caddy, "guard.caddy", STATUS_OK, GUARD_HOLDS, NULL, NULL, "Caddy is stopped" },
	     { "one that no unit is known of", another_caddy, "guard.caddy", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "0.0.0.0:443" },
	     { "on somebody's 100.64/10", on_a_foreign_tailnet, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "Mission Control", NULL, NULL },
	     { "on the tailnet", on_its_tailnet, "guard.caddy", STATUS_OK, GUARD_HOLDS, NULL, NULL, NULL },
	     { "read in part", in_part, "guard.caddy", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "not followed" },
	     { "from its file", from_its_file, "guard.caddy", STATUS_OK, GUARD_HOLDS, NULL, NULL, "in its file, one beyond the tailnet; what it has" },
	     { "on a socket", on_a_socket, "guard.caddy", STATUS_OK, GUARD_HOLDS, NULL, NULL, NULL },
	     { "an admin socket elsewhere", admin_elsewhere, "guard.caddy", STATUS_CRITICAL, GUARD_BROKEN, "admin socket", NULL, NULL },
	     { "on loopback", on_loopback, "guard.caddy", STATUS_OK, GUARD_HOLDS, NULL, NULL, "none beyond" },
	     { "nobody knows where", of_unknown_reach, "guard.caddy", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "listens on a name" },
	     { "unread", caddy_unread, "guard.caddy", STATUS_UNKNOWN, GUARD_UNKNOWN, "could not be checked", NULL, NULL },
	     { "no Caddy", no_caddy, "guard.caddy", STATUS_OK, GUARD_HOLDS, NULL, NULL, "no Caddy but our own" },
	     { "untold", caddy_untold, "guard.caddy", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, "exporter", NULL });
}

/* ---- ourselves ---- */

static void loosened(void) { h.report.own_units.list[0].loose = 2; h.report.own_units.list[0].loose_names = "PrivateNetwork ProtectHome"; }
static void unit_unknown(void) { h.report.own_units.list[1].loose = COUNT_UNKNOWN; }
static void not_installed(void) { h.report.own_units = (struct own_units){ .probe = { .state = PROBE_INACTIVE, .reason = "no unit of ours" } }; }
static void units_unread(void) { fact_unread(&h.report.own_units.probe, "the bus did not answer"); }
static void key_open(void) { h.report.own_files.list[0].is_private = TRI_NO; h.report.own_files.list[0].mode = 0644; }
static void key_unknown(void) { h.report.own_files.list[0].is_private = TRI_UNKNOWN; h.report.own_files.list[0].mode = COUNT_UNKNOWN; }
static void files_unread(void) { fact_unread(&h.report.own_files.probe, "permission denied"); }

static void our_own_units_and_keys_are_held_to_the_same(void **state)
{
	ROWS(true, { "as shipped", as_it_is, "guard.units", STATUS_OK, GUARD_HOLDS, NULL, NULL, "two units as shipped" },
	     { "loosened", loosened, "guard.units", STATUS_WARN, GUARD_WEAKER, NULL, NULL, "hmc-pane@overview.service: PrivateNetwork" },
	     { "one not told", unit_unknown, "guard.units", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "one unit" },
	     { "from a folder", not_installed, "guard.units", STATUS_INFO, GUARD_WEAKER, NULL, NULL, "not installed" },
	     { "unread", units_unread, "guard.units", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "bus" },
	     { "private", as_it_is, "guard.files", STATUS_OK, GUARD_HOLDS, NULL, NULL, NULL },
	     { "open", key_open, "guard.files", STATUS_CRITICAL, GUARD_BROKEN, "Others can get at /etc/hermes-mission-control/jwt.key", NULL, "0644" },
	     { "a mode not told", key_unknown, "guard.files", STATUS_UNKNOWN, GUARD_UNKNOWN, NULL, NULL, "1 of 1" },
	     { "files unread", files_unread, "guard.files", STATUS_UNKNOWN, GUARD_UNKNOWN, "could not be checked", NULL, NULL });
}

/* ---- all of them, and the other panes ---- */

static void a_dead_report_makes_every_guardrail_unknown_with_one_alarm(void **state)
{
	struct judgement *all;
	size_t n;

	(void)state;
	healthy();
	mode_off();
	fact_dark(&s, 5 * HOURS);
	judge(false, &all, &n);
	assert_true(n >= 7);
	check_all("dark", all, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(all[i].status, STATUS_UNKNOWN);
		assert_string_equal(all[i].cause, "exporter");
	}
	fact_unread(&h.probe, "no report");
	h.has_report = false;
	judge(true, &all, &n);
	check_all("no report", all, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(all[i].cause, "exporter");
}

static size_t guards_in(const struct judgement *all, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (!str_starts(all[i].id, "guard."))
			continue;
		assert_string_equal(all[i].group, "guardrails");
		found++;
	}
	return found;
}

static void only_what_needs_somebody_is_among_the_readings_of_ops(void **state)
{
	struct judgement *all;
	size_t n;

	(void)state;
	healthy();
	judge_instance(&s, NOW, a, &all, &n);
	assert_int_equal(guards_in(all, n), 0);
	judge_host(&h, NOW, a, &all, &n);
	assert_int_equal(guards_in(all, n), 0);
	undecided();
	mode_off();
	user_flavour();
	judge_instance(&s, NOW, a, &all, &n);
	assert_int_equal(guards_in(all, n), 0); /* "approvals" has the alarm */
	assert_int_equal(judge_find(all, n, "approvals")->status, STATUS_CRITICAL);
	by_root();
	env_open();
	judge_instance(&s, NOW, a, &all, &n);
	assert_int_equal(guards_in(all, n), 2);
	assert_non_null(judge_find(all, n, "guard.push")->title);
	dashboard_open();
	judge_host(&h, NOW, a, &all, &n);
	assert_int_equal(guards_in(all, n), 1);
	fact_dark(&s, 5 * HOURS);
	judge_instance(&s, NOW, a, &all, &n);
	assert_string_equal(judge_find(all, n, "guard.push")->cause, "exporter");
}

static void an_exporter_that_is_older_raises_no_alarm(void **state)
{
	struct snapshot *all = fact_snapshot(2, a);
	struct verdict *v = verdict_of(all, NULL, a);

	(void)state;
	assert_int_equal(v->status, STATUS_OK);
	assert_int_equal(v->n_unknown, 0);
}

static void what_shows_secrets_as_decided_is_no_alarm(void **state)
{
	struct judgement *all;
	size_t n;

	(void)state;
	healthy();
	secrets_decided_off();
	judge_instance(&s, NOW, a, &all, &n);
	assert_int_equal(judge_find(all, n, "redaction")->status, STATUS_INFO);
	secrets_shown();
	in->decisions.n_list = 0;
	judge_instance(&s, NOW, a, &all, &n);
	assert_int_equal(judge_find(all, n, "redaction")->status, STATUS_WARN);
}

static const struct judgement *parity(const struct snapshot *all, const char *id)
{
	struct judgement *items;
	size_t n;

	judge_guard_parity(all, a, &items, &n);
	check_all("parity", items, n);
	return judge_find(items, n, id);
}

static void backups_are_even_or_said_to_be_uneven(void **state)
{
	struct snapshot *all = fact_guarded_snapshot(2, a);
	struct instance *second = (struct instance *)all->instances[1].instance;

	(void)state;
	assert_int_equal(parity(all, "guard.parity.backups")->status, STATUS_OK);
	all->instances[1].report.backup_repo.head_at = NOW - 40 * HOURS;
	assert_string_equal(parity(all, "guard.parity.backups")->word, GUARD_UNEVEN);
	assert_string_equal(parity(all, "guard.parity.backups")->detail, "Vijay fresh and Bheem late");
	assert_null(parity(all, "guard.parity.backups")->title);
	fact_unread(&all->instances[1].report.backup_repo.probe, "locked");
	assert_string_equal(parity(all, "guard.parity.backups")->word, GUARD_UNKNOWN);
	second->backup_repo = NULL;
	assert_string_equal(parity(all, "guard.parity.backups")->detail, "Vijay fresh and Bheem not configured");
	((struct instance *)all->instances[0].instance)->backup_repo = NULL;
	assert_string_equal(parity(all, "guard.parity.backups")->word, GUARD_NONE);
	all->n_instances = 1;
	assert_null(parity(all, "guard.parity.backups"));
}

static void proven(struct snapshot *all, size_t i)
{
	struct loops *loops = &all->instances[i].report.loops;

	*loops = (struct loops){ .probe = PROBED("ledger.db") };
	loops->drill = loops->proof = (struct drill_run){ .at = NOW - 3 * DAYS, .state = LOOP_DONE };
}

static void drills_are_even_when_every_backup_is_proven_or_none(void **state)
{
	struct snapshot *all = fact_guarded_snapshot(2, a);

	(void)state;
	assert_string_equal(parity(all, "guard.parity.drills")->word, GUARD_NONE);
	proven(all, 0);
	assert_string_equal(parity(all, "guard.parity.drills")->word, GUARD_UNKNOWN);
	proven(all, 1);
	assert_int_equal(parity(all, "guard.parity.drills")->status, STATUS_OK);
	assert_string_equal(parity(all, "guard.parity.notifications")->word, GUARD_NONE);
	all->instances[1].report.loops.drill.state = LOOP_FAILED;
	assert_string_equal(parity(all, "guard.parity.drills")->word, GUARD_UNEVEN);
	assert_string_equal(parity(all, "guard.parity.drills")->detail, "Vijay proven and Bheem failed");
	for (size_t i = 0; i < 2; i++)
		all->instances[i].report.loops.drill = all->instances[i].report.loops.proof = (struct drill_run){ 0 };
	assert_string_equal(parity(all, "guard.parity.drills")->word, GUARD_NONE);
	proven(all, 0);
	assert_string_equal(parity(all, "guard.parity.drills")->word, GUARD_UNEVEN);
	assert_string_equal(parity(all, "guard.parity.drills")->detail, "Vijay proven and Bheem never proven");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_decision_holds_drifts_or_is_missing),
		T(who_pushes_a_backup_is_the_instance_s_own_user),
		T(secrets_are_for_their_user_s_eyes),
		T(a_mode_that_was_not_read_is_not_shown_as_one),
		T(a_weaker_sandbox_is_a_plain_fact),
		T(nothing_of_ours_listens_beyond_the_tailnet),
		T(no_public_site_leads_to_us),
		T(our_own_units_and_keys_are_held_to_the_same),
		T(a_dead_report_makes_every_guardrail_unknown_with_one_alarm),
		T(only_what_needs_somebody_is_among_the_readings_of_ops),
		T(an_exporter_that_is_older_raises_no_alarm),
		T(what_shows_secrets_as_decided_is_no_alarm),
		T(backups_are_even_or_said_to_be_uneven),
		T(drills_are_even_when_every_backup_is_proven_or_none),
	};

	return RUN_TESTS("judge_guard", tests);
}
