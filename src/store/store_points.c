#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "store/store_parts.h"

#define PLATFORMS_KEPT 16
#define RUN_S          10

/*
 * A word of the few that systemd and Hermes use for states, or "other": no
 * part of anything else gets into the ledger, which no redactor sees.
 */
static const char *safe_word(const char *word)
{
	size_t n = word ? strspn(word, "abcdefghijklmnopqrstuvwxyz_-") : 0;

	if (!word || !*word)
		return "none";
	return word[n] || n > STORE_WORD_MAX ? "other" : word;
}

static struct store_point *add(struct store_points *out, const char *name, const struct probe *probe)
{
	struct store_point *p = &out->p[out->n < STORE_POINTS_MAX ? out->n++ : STORE_POINTS_MAX - 1];

	memset(p, 0, sizeof(*p));
	snprintf(p->name, sizeof(p->name), "%s", name);
	p->state = probe->state <= PROBE_OK ? probe->state : PROBE_UNKNOWN;
	return p;
}

static void add_words(struct store_point *p, const char *first, const char *second)
{
	if (first && second)
		snprintf(p->word, sizeof(p->word), "%s/%s", safe_word(first), safe_word(second));
	else if (first)
		snprintf(p->word, sizeof(p->word), "%s", safe_word(first));
}

/* A number only where the facts beside the probe may be read. */
static void set_value(struct store_point *p, double value)
{
	p->has_value = p->state == PROBE_OK && isfinite(value);
	p->value = value;
}

static void set_count(struct store_point *p, int64_t count)
{
	if (count >= 0)
		set_value(p, (double)count);
}

/* Seconds between a moment and the report; none for what lies ahead of it. */
static void set_age(struct store_point *p, int64_t at, int64_t then)
{
	if (then > 0 && then <= at)
		set_value(p, (double)(at - then));
}

static void add_count(struct store_points *out, const char *name, const struct probe *probe, int64_t count)
{
	set_count(add(out, name, probe), count);
}

static void add_unit(struct store_points *out, const char *name, const struct unit *u)
{
	struct store_point *p = add(out, name, &u->probe);

	add_words(p, u->active_state, u->sub_state);
	set_count(p, u->restarts);
}

static void add_timer(struct store_points *out, const char *name, const struct timer *t, int64_t at)
{
	struct store_point *p = add(out, name, &t->probe);

	add_words(p, t->active_state, t->service_result);
	set_age(p, at, t->last_run);
}

static void add_export(struct store_points *out, const struct exporter *e)
{
	const struct probe done = { .state = PROBE_OK };

	add_count(out, "export", &done, e->took_us);
}

static void add_gateway(struct store_points *out, const struct gateway *g)
{
	static const char *const pid_words[] = { "unknown", "none", "dead", "other", "alive" };
	struct store_point *p = add(out, "gateway", &g->probe);

	if (g->state)
		add_words(p, g->state, (size_t)g->pid_state < ARRAY_SIZE(pid_words) ? pid_words[g->pid_state] : "unknown");
	set_count(p, g->active_agents);
}

/* Which process it is: a word of its own for each, its number in letters. */
static void add_process(struct store_points *out, const struct gateway *g)
{
	struct store_point *p = add(out, STORE_PROCESS, &g->probe);
	char word[STORE_WORD_MAX];
	char *c = word;

	if (g->pid_state != PID_ALIVE) {
		add_words(p, g->pid_state == PID_UNKNOWN ? "unknown" : "none", NULL);
		return;
	}
	*c++ = 'p';
	for (int64_t pid = g->pid; pid > 0 && c < word + 20; pid /= 10)
		*c++ = (char)('a' + pid % 10);
	*c = '\0';
	add_words(p, word, NULL);
}

/* A name that is no plain word would be a way in for text; as many as fit beside the rest. */
static void add_platforms(struct store_points *out, const struct gateway *g)
{
	for (size_t i = 0; i < g->n_platforms && i < PLATFORMS_KEPT; i++) {
		const char *name = safe_word(g->platforms[i].name);
		char reading[STORE_WORD_MAX + sizeof("platform.")];

		snprintf(reading, sizeof(reading), "platform.%s", name);
		if (strlen(reading) > STORE_WORD_MAX || str_eq(name, "other") || str_eq(name, "none"))
			continue;
		add_words(add(out, reading, &g->probe), g->platforms[i].state, NULL);
	}
}

static void add_repo(struct store_points *out, const struct repo *r, int64_t at)
{
	struct store_point *p = add(out, "backupRepo", &r->probe);

	if (r->is_dirty != TRI_UNKNOWN)
		add_words(p, r->is_dirty == TRI_YES ? "dirty" : "clean", NULL);
	set_age(p, at, r->head_at);
}

static void add_cron(struct store_points *out, const struct cron *c)
{
	int64_t errors = 0;

	for (size_t i = 0; i < c->n_jobs; i++)
		errors += str_eq(c->jobs[i].last_status, "error");
	add_count(out, "cron", &c->probe, (int64_t)c->n_jobs);
	add_count(out, "cron.errors", &c->probe, errors);
	add(out, "cronScheduler", &c->scheduler);
}

void store_points_of_instance(const struct instance_report *r, struct store_points *out)
{
	out->n = 0;
	add_export(out, &r->exporter);
	add(out, "hermes", &r->hermes.probe);
	add_unit(out, "gatewayUnit", &r->gateway_unit);
	add_gateway(out, &r->gateway);
	add_process(out, &r->gateway);
	set_age(add(out, "inbound", &r->life.inbound), r->generated_at, r->life.inbound_at);
	add_count(out, "dashboard", &r->dashboard.probe, r->dashboard.took_us);
	add_count(out, "google", &r->google.probe, COUNT_UNKNOWN);
	add_count(out, "payload", &r->payload.probe, r->payload.files);
	add_count(out, STORE_STORAGE, &r->storage.probe, r->storage.bytes);
	add_count(out, "memory", &r->agent.memory.probe, r->agent.memory.characters);
	add_count(out, "skills", &r->agent.skills.probe, r->agent.skills.enabled);
	add_unit(out, "dashboardUnit", &r->dashboard_unit);
	add_timer(out, "backupTimer", &r->backup_timer, r->generated_at);
	add_repo(out, &r->backup_repo, r->generated_at);
	add_count(out, "sessions", &r->sessions.probe, r->sessions.total);
	add_count(out, "sessions.active", &r->sessions.probe, r->sessions.active);
	add_count(out, "sessions.messages", &r->sessions.probe, r->sessions.messages);
	add_cron(out, &r->cron);
	add_platforms(out, &r->gateway);
}

/* A reading that was kept from the report before says nothing new: no run takes longer than ten seconds. */
static bool is_kept(const struct probe *p, int64_t at)
{
	return p->taken_at > 0 && at - p->taken_at >= RUN_S;
}

/* Whether it does what is asked of it, and how fast; the configuration allows ids of plain letters and digits alone. */
static void add_products(struct store_points *out, const struct product_healths *all, int64_t at)
{
	static const char *const words[] = { "not-asked", "answered", "refused", "no-http", "bad-tls", "silent", "unreached" };

	for (size_t i = 0; i < all->n_list && i < PRODUCTS_MAX; i++) {
		const struct product_health *h = &all->list[i];
		char name[STORE_WORD_MAX + 1];
		struct store_point *p;

		if (is_kept(&h->probe, at) ||
		    (size_t)snprintf(name, sizeof(name), PRODUCT_READING "%s", h->id ? h->id : "") >= sizeof(name))
			continue;
		p = add(out, name, &h->probe);
		if (h->outcome == PRODUCT_NOT_ASKED)
			add_words(p, h->unit.active_state, h->unit.sub_state);
		else
			add_words(p, (size_t)h->outcome < ARRAY_SIZE(words) ? words[h->outcome] : "other", h->unit.active_state);
		if (h->latency_us > 0)
			set_count(p, h->latency_us);
	}
}

void store_points_of_host(const struct host_report *r, struct store_points *out)
{
	struct store_point *p;

	out->n = 0;
	add_export(out, &r->exporter);
	add_count(out, "disk", &r->disk.probe, r->disk.available_bytes);
	add_count(out, "memory", &r->memory.probe, r->memory.available_bytes);
	set_value(add(out, "load", &r->load.probe), r->load.one);
	add_count(out, "uptime", &r->uptime.probe, r->uptime.uptime_s);
	p = add(out, "tailscale", &r->tailscale.probe);
	if (r->tailscale.is_up != TRI_UNKNOWN)
		add_words(p, r->tailscale.is_up == TRI_YES ? "up" : "down", NULL);
	add_timer(out, "emergencyDrive", &r->emergency_drive, r->generated_at);
	add_count(out, "listeners", &r->listeners.probe, (int64_t)r->listeners.n_list);
	add_products(out, &r->products, r->generated_at);
}
