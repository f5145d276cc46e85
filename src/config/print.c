/* The effective configuration as text that can be read back, with where each value came from. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "config/config.h"
#include "json/json.h"

struct printer {
	struct buf *out;
	const char *origin; /* of what the file does not say */
};

static void quoted(struct buf *out, const char *s)
{
	cJSON *j = s ? cJSON_CreateString(s) : cJSON_CreateNull();
	char *text = json_print(j);

	buf_adds(out, text);
	free(text);
	cJSON_Delete(j);
}

static void comment(struct printer *p, const cJSON *file, const char *key)
{
	buf_printf(p->out, "  // %s\n", json_get(file, key) ? "from the file" : p->origin);
}

static void text(struct printer *p, int depth, const cJSON *file, const char *key, const char *value, bool last)
{
	buf_printf(p->out, "%*s\"%s\": ", depth * 2, "", key);
	quoted(p->out, value);
	buf_adds(p->out, last ? "" : ",");
	comment(p, file, key);
}

static void flag(struct printer *p, int depth, const cJSON *file, const char *key, bool value, bool last)
{
	buf_printf(p->out, "%*s\"%s\": %s%s", depth * 2, "", key, value ? "true" : "false", last ? "" : ",");
	comment(p, file, key);
}

static void number(struct printer *p, int depth, const cJSON *file, const char *key, int64_t value, bool last)
{
	buf_printf(p->out, "%*s\"%s\": %lld%s", depth * 2, "", key, (long long)value, last ? "" : ",");
	comment(p, file, key);
}

static void optional_number(struct printer *p, int depth, const cJSON *file, const char *key, int64_t value)
{
	if (value)
		number(p, depth, file, key, value, false);
	else
		text(p, depth, file, key, NULL, false);
}

static void open_block(struct printer *p, int depth, const char *key)
{
	buf_printf(p->out, "%*s\"%s\": {\n", depth * 2, "", key);
}

static void close_block(struct printer *p, int depth, bool last)
{
	buf_printf(p->out, "%*s}%s\n", depth * 2, "", last ? "" : ",");
}

static const char *scope_word(enum unit_scope scope)
{
	return scope == UNIT_SCOPE_SYSTEM ? "system" : scope == UNIT_SCOPE_USER ? "user" : "auto";
}

static const char *publish_word(enum publish publish)
{
	return publish == PUBLISH_EXCERPTS ? "excerpts" : publish == PUBLISH_TITLES ? "titles" : "counts";
}

static void print_timers(struct printer *p, const struct config *c, const cJSON *host)
{
	buf_adds(p->out, "    \"timers\": [");
	for (size_t i = 0; i < c->n_timers; i++) {
		buf_adds(p->out, i ? ", " : "");
		quoted(p->out, c->timers[i].unit);
	}
	buf_adds(p->out, "],");
	comment(p, host, "timers");
}

static void print_keys(struct printer *p, const struct config *c)
{
	buf_adds(p->out, "    \"keys\": [");
	for (size_t i = 0; i < c->n_keys; i++) {
		buf_adds(p->out, i ? ",\n      { \"kid\": " : "\n      { \"kid\": ");
		quoted(p->out, c->keys[i].kid);
		buf_adds(p->out, ", \"alg\": ");
		quoted(p->out, c->keys[i].alg);
		buf_adds(p->out, ", \"file\": ");
		quoted(p->out, c->keys[i].file);
		buf_adds(p->out, c->keys[i].mints ? ", \"mint\": true }" : " }");
	}
	buf_printf(p->out, "%s],  // %s\n", c->n_keys ? "\n    " : "",
		   c->n_keys ? "from the file" : "none: pages refuse to start without one");
}

static void print_decisions(struct printer *p, const struct instance *in, const cJSON *file)
{
	buf_adds(p->out, "      \"decisions\": {");
	for (size_t i = 0; i < in->decisions.n_list; i++) {
		const struct decision *d = &in->decisions.list[i];

		buf_adds(p->out, i ? ",\n        " : "\n        ");
		quoted(p->out, d->setting);
		buf_adds(p->out, ": { \"value\": ");
		quoted(p->out, d->value);
		buf_adds(p->out, ", \"date\": ");
		quoted(p->out, d->date);
		buf_adds(p->out, ", \"reason\": ");
		quoted(p->out, d->reason);
		buf_adds(p->out, " }");
	}
	buf_adds(p->out, in->decisions.n_list ? "\n      }" : "}");
	comment(p, file, "decisions");
}

static void print_origins(struct printer *p, const struct config *c, const cJSON *auth)
{
	buf_adds(p->out, "    \"signinOrigins\": [");
	for (size_t i = 0; i < c->n_signin_origins; i++) {
		buf_adds(p->out, i ? ", " : "");
		quoted(p->out, c->signin_origins[i]);
	}
	buf_adds(p->out, "]");
	comment(p, auth, "signinOrigins");
}

static void print_allow(struct printer *p, const struct instance *in, const cJSON *backup)
{
	buf_adds(p->out, "        \"allow\": [");
	for (size_t i = 0; i < in->n_backup_allow; i++) {
		buf_adds(p->out, i ? ", " : "");
		quoted(p->out, in->backup_allow[i]);
	}
	buf_adds(p->out, "]");
	comment(p, backup, "allow");
}

static void print_day_times(struct printer *p, const struct notify_rules *n, const cJSON *notify)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(4096);
	int m = (int)n->morning, from = (int)n->quiet_from, to = (int)n->quiet_to;

	text(p, 4, notify, "morning", m < 0 ? NULL : arena_printf(a, "%02d:%02d", m / 60, m % 60), false);
	text(p, 4, notify, "quiet", from < 0 ? NULL : arena_printf(a, "%02d:%02d-%02d:%02d", from / 60, from % 60, to / 60, to % 60), false);
}

static void print_notify(struct printer *p, const struct notify_rules *n, const cJSON *file)
{
	static const char *const severities[] = { "unknown", "unknown", "warn", "critical" };
	const cJSON *notify = json_object(file, "notify");

	open_block(p, 3, "notify");
	flag(p, 4, notify, "enabled", n->is_on, false);
	flag(p, 4, notify, "host", n->for_host, false);
	text(p, 4, notify, "tokenFile", n->token_file, false);
	text(p, 4, notify, "chat", n->chat, false);
	text(p, 4, notify, "thread", n->thread, false);
	text(p, 4, notify, "api", n->api, false);
	text(p, 4, notify, "caFile", n->ca_file, false);
	print_day_times(p, n, notify);
	text(p, 4, notify, "minSeverity", severities[n->min_severity], false);
	buf_adds(p->out, "        \"remind\": [");
	for (size_t i = 0; i < n->n_remind; i++)
		buf_printf(p->out, "%s%lld", i ? ", " : "", (long long)n->remind_s[i]);
	buf_adds(p->out, "]");
	comment(p, notify, "remind");
	close_block(p, 3, false);
}

static void print_instance(struct printer *p, const struct instance *in, const cJSON *file, bool last)
{
	const cJSON *gateway = json_object(file, "gateway"), *dashboard = json_object(file, "dashboard");
	const cJSON *backup = json_object(file, "backup");

	buf_adds(p->out, "    {\n");
	text(p, 3, file, "id", in->id, false);
	text(p, 3, file, "label", in->label, false);
	text(p, 3, file, "user", in->user, false);
	text(p, 3, file, "hermesHome", in->hermes_home, false);
	open_block(p, 3, "gateway");
	text(p, 4, gateway, "unit", in->gateway.unit, false);
	text(p, 4, gateway, "scope", scope_word(in->gateway.scope), true);
	close_block(p, 3, false);
	open_block(p, 3, "dashboard");
	text(p, 4, dashboard, "unit", in->dashboard.unit, false);
	text(p, 4, dashboard, "scope", scope_word(in->dashboard.scope), false);
	optional_number(p, 4, dashboard, "port", in->dashboard_port);
	text(p, 4, dashboard, "url", in->dashboard_url, true);
	close_block(p, 3, false);
	open_block(p, 3, "backup");
	text(p, 4, backup, "timer", in->backup_timer.unit, false);
	text(p, 4, backup, "scope", scope_word(in->backup_timer.scope), false);
	text(p, 4, backup, "repo", in->backup_repo, false);
	number(p, 4, backup, "maxAge", in->backup_max_age_s, false);
	text(p, 4, backup, "key", in->backup_key, false);
	text(p, 4, backup, "tokenFile", in->backup_token_file, false);
	text(p, 4, backup, "tokenUser", in->backup_token_user, false);
	text(p, 4, backup, "knownHosts", in->backup_known_hosts, false);
	text(p, 4, backup, "remote", in->backup_remote, false);
	text(p, 4, backup, "branch", in->backup_branch, false);
	print_allow(p, in, backup);
	close_block(p, 3, false);
	open_block(p, 3, "drill");
	number(p, 4, json_object(file, "drill"), "every", in->drill_every_s, true);
	close_block(p, 3, false);
	print_notify(p, &in->notify, file);
	text(p, 3, file, "publish", publish_word(in->publish), false);
	flag(p, 3, file, "privacy", in->privacy, false);
	text(p, 3, file, "paused", in->paused, false);
	print_decisions(p, in, file);
	buf_printf(p->out, "    }%s\n", last ? "" : ",");
}

static void print_instances(struct printer *p, const struct config *c, const cJSON *file)
{
	const cJSON *list = json_array(file, "instances");
	const cJSON *item = list ? list->child : NULL;

	/* An empty list would be read back as "none are meant", and why none were found would be lost. */
	if (c->is_discovered && c->n_instances == 0) {
		buf_printf(p->out, "  // no \"instances\": %s\n", c->discovery_note ? c->discovery_note : "none found");
		return;
	}
	buf_printf(p->out, "  \"instances\": [  // %s\n",
		   c->is_discovered ? "found on this machine: every user's ~/.hermes that may be looked into"
				    : "from the file");
	if (c->discovery_note)
		buf_printf(p->out, "    // %s\n", c->discovery_note);
	if (c->is_discovered)
		p->origin = "found";
	for (size_t i = 0; i < c->n_instances; i++) {
		print_instance(p, &c->instances[i], item, i + 1 == c->n_instances);
		item = item ? item->next : NULL;
	}
	p->origin = "default";
	buf_adds(p->out, "  ],\n");
}

static void print_statuses(struct printer *p, const struct product *x, const cJSON *file)
{
	buf_adds(p->out, "      \"expectStatus\": ");
	for (size_t i = 0; i < x->n_expect_status; i++)
		buf_printf(p->out, "%s%lld", i ? ", " : "[ ", (long long)x->expect_status[i]);
	buf_adds(p->out, x->n_expect_status ? " ]," : "null,");
	comment(p, file, "expectStatus");
}

static void print_links(struct printer *p, const struct product *x, const cJSON *file)
{
	buf_adds(p->out, "      \"links\": [");
	for (size_t i = 0; i < x->n_links; i++) {
		buf_adds(p->out, i ? ", { \"label\": " : " { \"label\": ");
		quoted(p->out, x->links[i].label);
		buf_adds(p->out, ", \"url\": ");
		quoted(p->out, x->links[i].url);
		buf_adds(p->out, " }");
	}
	buf_adds(p->out, x->n_links ? " ]" : "]");
	comment(p, file, "links");
}

static void print_product(struct printer *p, const struct product *x, const cJSON *file, bool last)
{
	buf_adds(p->out, "    {\n");
	text(p, 3, file, "id", x->id, false);
	text(p, 3, file, "name", x->name, false);
	text(p, 3, file, "url", x->url, false);
	text(p, 3, file, "unit", x->unit.unit, false);
	text(p, 3, file, "scope", scope_word(x->unit.scope), false);
	text(p, 3, file, "instance", x->instance, false);
	text(p, 3, file, "expectText", x->expect_text, false);
	print_statuses(p, x, file);
	print_links(p, x, file);
	buf_printf(p->out, "    }%s\n", last ? "" : ",");
}

static void print_products(struct printer *p, const struct config *c, const cJSON *file)
{
	const cJSON *item = file ? file->child : NULL;

	buf_printf(p->out, "  \"products\": [  // %s\n", file ? "from the file" : "default");
	for (size_t i = 0; i < c->products.n; i++) {
		print_product(p, &c->products.list[i], item, i + 1 == c->products.n);
		item = item ? item->next : NULL;
	}
	buf_adds(p->out, "  ],\n");
}

static void print_rule(struct printer *p, const struct book_rule *r, const char *origin, bool last)
{
	buf_adds(p->out, "      ");
	quoted(p->out, r->rule);
	buf_printf(p->out, ": { \"open\": %lld, \"close\": %lld, \"unknown\": %lld }%s  // %s\n", (long long)r->open, (long long)r->close,
		   (long long)r->unknown, last ? "" : ",", origin);
}

/* What the file says, then the defaults that it leaves in force. */
static void print_alerts(struct printer *p, const struct config *c)
{
	const struct book_rules *file = &c->alert_rules, *all = book_default_rules();
	const struct book_rule *left[64];
	size_t n = 0;

	for (size_t i = 0; i < all->n && n < ARRAY_SIZE(left); i++)
		if (book_rule_of(file, all->list[i].rule) == &all->list[i])
			left[n++] = &all->list[i];
	open_block(p, 1, "alerts");
	open_block(p, 2, "rules");
	for (size_t i = 0; i < file->n; i++)
		print_rule(p, &file->list[i], "from the file", n == 0 && i + 1 == file->n);
	for (size_t i = 0; i < n; i++)
		print_rule(p, left[i], "default", i + 1 == n);
	close_block(p, 2, true);
	close_block(p, 1, true);
}

/* Printed as a comment where there is none: an empty one would be read back as one that is meant. */
static void print_beat(struct printer *p, const struct config *c, const cJSON *beat)
{
	if (!c->beat.url_file) {
		buf_adds(p->out, "  // no \"beat\": nothing is sent to the outside\n");
		return;
	}
	open_block(p, 1, "beat");
	text(p, 2, beat, "urlFile", c->beat.url_file, false);
	number(p, 2, beat, "every", c->beat.every_s, false);
	flag(p, 2, beat, "fail", c->beat.may_fail, false);
	text(p, 2, beat, "caFile", c->beat.ca_file, true);
	close_block(p, 1, false);
}

void config_print(const struct config *c, struct buf *out)
{
	struct printer p = { .out = out, .origin = "default" };
	CLEANUP_JSON cJSON *file = c->file_text ? json_parse(c->file_text, c->file_len, JSON_COMMENTS, NULL) : NULL;
	const cJSON *site = json_object(file, "site"), *auth = json_object(file, "auth");
	const cJSON *host = json_object(file, "host"), *products = json_array(file, "products");
	const cJSON *caddy = json_object(host, "caddy");

	buf_printf(out, "// Mission Control, effective configuration; file: %s\n{\n",
		   c->path ? c->path : "none, defaults only");
	text(&p, 1, file, "stateDir", c->state_dir, false);
	number(&p, 1, file, "interval", c->interval_s, false);
	flag(&p, 1, file, "sample", c->is_sample, false);
	open_block(&p, 1, "site");
	text(&p, 2, site, "listen", c->site_listen, false);
	text(&p, 2, site, "origin", c->site_origin, true);
	close_block(&p, 1, false);
	open_block(&p, 1, "auth");
	print_keys(&p, c);
	text(&p, 2, auth, "issuer", c->issuer, false);
	text(&p, 2, auth, "audience", c->audience, false);
	text(&p, 2, auth, "roleClaim", c->role_claim, false);
	number(&p, 2, auth, "maxLifetime", c->max_lifetime_s, false);
	number(&p, 2, auth, "sessionLimit", c->session_limit_s, false);
	print_origins(&p, c, auth);
	close_block(&p, 1, false);
	print_instances(&p, c, file);
	open_block(&p, 1, "host");
	text(&p, 2, host, "tailscale", c->tailscale_address, false);
	text(&p, 2, host, "emergencyDriveTimer", c->emergency_drive.unit, false);
	print_timers(&p, c, host);
	text(&p, 2, host, "disk", c->disk_path, false);
	open_block(&p, 2, "caddy");
	text(&p, 3, caddy, "admin", c->caddy.admin, false);
	text(&p, 3, caddy, "file", c->caddy.file, true);
	close_block(&p, 2, true);
	close_block(&p, 1, false);
	print_products(&p, c, products);
	print_beat(&p, c, json_object(file, "beat"));
	print_alerts(&p, c);
	buf_adds(out, "}\n");
}
