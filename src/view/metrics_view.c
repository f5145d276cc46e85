#include "view/metrics_view.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "json/json.h"
#include "view/verdict.h"

#define LABEL_CHARS   100
/* As many as a card of the overview shows by name. */
#define PLATFORMS_MAX 12
/* Series of readings an instance; the machine has one for each of its products, which are 100 at most. */
#define READINGS_MAX      160
#define READINGS_MAX_MANY 12

struct metrics {
	struct buf *out;
	const char *name;       /* of the family at hand */
	const struct host_snapshot *host;
	int64_t now;
	bool is_many;
	struct arena *a;
};

/* What a plain fact of a report is, and so how it is said. */
enum fact_kind {
	FACT_COUNT,    /* int64_t, below 0 = not known */
	FACT_AGE,      /* epoch seconds, 0 = not known, as seconds since then */
	FACT_DURATION, /* int64_t microseconds, as seconds */
};

struct family {
	const char *name;
	const char *type;
	const char *help;
	/* What is added of an instance or of the machine; NULL: one plain fact of its report. */
	void (*add)(struct metrics *m, const struct verdict_part *p);
	bool is_host;
	enum fact_kind kind;
	size_t probe;           /* offsets in that report */
	size_t value;
};

/* A label's value: valid UTF-8, with the three escapes that the format knows. */
static void add_label(struct metrics *m, const char *name, const char *value)
{
	const char *text = str_clean(m->a, value, strlen(value), LABEL_CHARS);

	buf_printf(m->out, "%s=\"", name);
	for (const char *c = text; *c; c++) {
		if (*c == '\\' || *c == '"')
			buf_addc(m->out, '\\');
		buf_addc(m->out, *c);
	}
	buf_addc(m->out, '"');
}

/* One sample; labels are name and value in turn, NULL at the end, a NULL value is "". */
static void sample(struct metrics *m, const char *const *labels, double value)
{
	char number[JSON_NUMBER_TEXT];

	buf_adds(m->out, m->name);
	for (size_t i = 0; labels[i]; i += 2) {
		buf_addc(m->out, i ? ',' : '{');
		add_label(m, labels[i], labels[i + 1] ? labels[i + 1] : "");
	}
	buf_printf(m->out, "} %s\n", json_number_text(value, number));
}
#define SAMPLE(m, value, ...) sample(m, (const char *const[]){ __VA_ARGS__, NULL }, value)

static const char *id_of(const struct verdict_part *p)
{
	return p->snapshot ? p->snapshot->instance->id : "host";
}

/* The report of an instance, as long as it is believed; NULL otherwise, and for the machine. */
static const struct instance_report *report_of(const struct verdict_part *p)
{
	return p->snapshot && p->snapshot->has_report && !p->is_dark ? &p->snapshot->report : NULL;
}

static void add_info(struct metrics *m, const struct verdict_part *p)
{
	const struct instance_report *r = report_of(p);
	const struct instance *in = p->snapshot ? p->snapshot->instance : NULL;

	if (in)
		SAMPLE(m, 1, "instance", in->id, "label", in->label, "user", in->user, "hermes_version",
		       r ? r->hermes.version : NULL);
}

static void add_up(struct metrics *m, const struct verdict_part *p)
{
	if (p->snapshot && p->is_running != TRI_UNKNOWN)
		SAMPLE(m, p->is_running == TRI_YES, "instance", id_of(p));
}

static void add_status(struct metrics *m, const struct verdict_part *p)
{
	static const enum status all[] = {
		STATUS_OK, STATUS_WARN, STATUS_CRITICAL, STATUS_OFF, STATUS_UNKNOWN,
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		SAMPLE(m, p->status == all[i], "instance", id_of(p), "status", status_name(all[i]));
}

/* Of families that an instance makes longer at will, jobs are counted elsewhere and platforms are few. */
static bool is_shown(const struct metrics *m, const struct judgement *j, size_t *platforms)
{
	if (str_starts(j->id, "cron.") || (m->is_many && !j->title))
		return false;
	return !str_starts(j->id, "platform.") || ++*platforms <= PLATFORMS_MAX;
}

static void add_readings(struct metrics *m, const struct verdict_part *p)
{
	size_t platforms = 0, n = 0;

	for (size_t i = 0; i < p->n && n < (m->is_many ? READINGS_MAX_MANY : READINGS_MAX); i++) {
		const struct judgement *j = &p->judgements[i];

		if (!is_shown(m, j, &platforms))
			continue;
		SAMPLE(m, 1, "instance", id_of(p), "reading", j->id, "status", status_name(j->status));
		n++;
	}
}

static void add_attention(struct metrics *m, const struct verdict_part *p)
{
	SAMPLE(m, (double)p->n_critical, "instance", id_of(p), "severity", status_severity(STATUS_CRITICAL));
	SAMPLE(m, (double)p->n_warn, "instance", id_of(p), "severity", status_severity(STATUS_WARN));
	SAMPLE(m, (double)p->n_unknown, "instance", id_of(p), "severity", status_severity(STATUS_UNKNOWN));
}

static void add_answered(struct metrics *m, const struct verdict_part *p)
{
	static const char *const kinds[] = { "", "acknowledge", "snooze", "silence" };
	size_t n[ARRAY_SIZE(kinds)] = { 0 };

	for (size_t i = 0; i < p->n; i++)
		if (p->judgements[i].answer)
			n[p->judgements[i].answer->kind]++;
	for (size_t k = 1; k < ARRAY_SIZE(kinds); k++)
		SAMPLE(m, (double)n[k], "instance", id_of(p), "answer", kinds[k]);
}

/* The words of judge_cron.c, and what they are called here; anything else is "other". */
static const struct {
	const char *word;
	const char *state;
} job_states[] = {
	{ "ok", "ok" },
	{ "late", "late" },
	{ "failed", "failed" },
	{ "blocked", "blocked" },
	{ "not delivered", "not_delivered" },
	{ "not run yet", "not_run_yet" },
	{ "not judged", "not_judged" },
	{ "paused", "paused" },
	{ "completed", "completed" },
	{ NULL, "other" },
};

static void add_jobs(struct metrics *m, const struct verdict_part *p)
{
	size_t n[ARRAY_SIZE(job_states)] = { 0 }, k;

	if (!report_of(p) || report_of(p)->cron.probe.state == PROBE_UNKNOWN)
		return;
	for (size_t i = 0; i < p->n; i++) {
		if (!str_starts(p->judgements[i].id, "cron."))
			continue;
		for (k = 0; job_states[k].word && !str_eq(job_states[k].word, p->judgements[i].word); k++)
			;
		n[k]++;
	}
	for (k = 0; k < ARRAY_SIZE(job_states); k++)
		SAMPLE(m, (double)n[k], "instance", id_of(p), "state", job_states[k].state);
}

/* Told of a stale report too: it is how staleness is seen. */
static void add_report_age(struct metrics *m, const struct verdict_part *p)
{
	bool has = p->snapshot ? p->snapshot->has_report : m->host->has_report;
	int64_t at = p->snapshot ? p->snapshot->report.generated_at : m->host->report.generated_at;

	if (has && at)
		SAMPLE(m, at < m->now ? (double)(m->now - at) : 0, "instance", id_of(p));
}

static void add_took(struct metrics *m, const struct verdict_part *p)
{
	const struct exporter *e = p->snapshot ? &p->snapshot->report.exporter : &m->host->report.exporter;

	if (!p->is_dark)
		SAMPLE(m, (double)e->took_us / 1e6, "instance", id_of(p));
}

/* The file with that time outlives its process. */
static void add_started(struct metrics *m, const struct verdict_part *p)
{
	const struct instance_report *r = report_of(p);

	if (r && p->is_running == TRI_YES && r->gateway.probe.state == PROBE_OK &&
	    r->gateway.process_started_at)
		SAMPLE(m, (double)r->gateway.process_started_at, "instance", id_of(p));
}

/* Adds value(product) of each that was looked at; a value below 0 is not known. */
static void add_products(struct metrics *m, const struct verdict_part *p, double (*value)(const struct product_health *h))
{
	const struct product_healths *all = &m->host->report.products;

	for (size_t i = 0; !p->snapshot && !p->is_dark && i < all->n_list; i++)
		if (all->list[i].id && value(&all->list[i]) >= 0)
			SAMPLE(m, value(&all->list[i]), "instance", id_of(p), "product", all->list[i].id);
}

static double is_well(const struct product_health *h)
{
	return h->probe.state == PROBE_UNKNOWN ? -1 : h->probe.state == PROBE_OK;
}

static double latency_s(const struct product_health *h)
{
	return h->probe.state != PROBE_UNKNOWN && h->latency_us > 0 ? (double)h->latency_us / 1e6 : -1;
}

static double certificate_until(const struct product_health *h)
{
	return h->probe.state != PROBE_UNKNOWN && h->certificate_until ? (double)h->certificate_until : -1;
}

static void add_product_up(struct metrics *m, const struct verdict_part *p)
{
	add_products(m, p, is_well);
}

static void add_latency(struct metrics *m, const struct verdict_part *p)
{
	add_products(m, p, latency_s);
}

static void add_certificate(struct metrics *m, const struct verdict_part *p)
{
	add_products(m, p, certificate_until);
}

/* A fact is known when its reading could be taken, and the report is believed. */
static void add_fact(struct metrics *m, const struct verdict_part *p, const struct family *f)
{
	const char *report = f->is_host ? (const char *)&m->host->report : (const char *)report_of(p);
	struct probe probe;
	int64_t v;

	if (f->is_host == (p->snapshot != NULL) || !report || p->is_dark)
		return;
	memcpy(&probe, report + f->probe, sizeof(probe));
	memcpy(&v, report + f->value, sizeof(v));
	if (probe.state != PROBE_OK || v < 0 || (v == 0 && f->kind == FACT_AGE))
		return;
	if (f->kind == FACT_AGE)
		v = v < m->now ? m->now - v : 0;
	SAMPLE(m, f->kind == FACT_DURATION ? (double)v / 1e6 : (double)v, "instance", id_of(p));
}

#define FACT(of, reading, member) offsetof(of, reading.probe), offsetof(of, reading.member)
#define INSTANCE(kind, reading, member) NULL, false, kind, FACT(struct instance_report, reading, member)
#define HOST(kind, reading, member)     NULL, true, kind, FACT(struct host_report, reading, member)
#define MADE(function)                  function, false, FACT_COUNT, 0, 0

static const struct family families[] = {
	{ "hermes_instance_info", "gauge",
	  "An instance: how it is called, who runs it, and its version of Hermes.",
	  MADE(add_info) },
	{ "hermes_instance_up", "gauge", "Whether the gateway runs; no sample where that is not known.",
	  MADE(add_up) },
	{ "hermes_instance_status", "gauge", "What stands over an instance or the machine: 1 for its status.",
	  MADE(add_status) },
	{ "hermes_reading_status", "gauge", "A reading, judged: always 1, the status is a label.",
	  MADE(add_readings) },
	{ "hermes_attention", "gauge", "How many things need a person.", MADE(add_attention) },
	{ "hermes_answered", "gauge", "How many more would, had an admin not answered them.", MADE(add_answered) },
	{ "hermes_report_age_seconds", "gauge", "Age of the exporter's report.", MADE(add_report_age) },
	{ "hermes_exporter_duration_seconds", "gauge", "How long the exporter's last run took.",
	  MADE(add_took) },
	{ "hermes_gateway_start_time_seconds", "gauge",
	  "When the gateway's process started, since the epoch.",
	  MADE(add_started) },
	{ "hermes_gateway_restarts_total", "counter",
	  "Restarts by systemd since the gateway was last started by hand.",
	  INSTANCE(FACT_COUNT, gateway_unit, restarts) },
	{ "hermes_dashboard_answer_seconds", "gauge", "How long the private dashboard took to answer.",
	  INSTANCE(FACT_DURATION, dashboard, took_us) },
	{ "hermes_sessions", "gauge", "Sessions on record.", INSTANCE(FACT_COUNT, sessions, total) },
	{ "hermes_sessions_open", "gauge", "Sessions that are not closed; most of them are not busy.",
	  INSTANCE(FACT_COUNT, sessions, open) },
	{ "hermes_sessions_active", "gauge", "Sessions that are busy.",
	  INSTANCE(FACT_COUNT, sessions, active) },
	{ "hermes_messages", "gauge", "Messages on record.", INSTANCE(FACT_COUNT, sessions, messages) },
	{ "hermes_state_db_size_bytes", "gauge", "Size of state.db alone.",
	  INSTANCE(FACT_COUNT, sessions, size_bytes) },
	{ "hermes_home_size_bytes", "gauge", "What the home takes on disk.",
	  INSTANCE(FACT_COUNT, storage, bytes) },
	{ "hermes_cron_jobs", "gauge", "Cron jobs by what is judged of them.", MADE(add_jobs) },
	{ "hermes_cron_heartbeat_age_seconds", "gauge", "Since the scheduler last ticked.",
	  NULL, false, FACT_AGE, offsetof(struct instance_report, cron.scheduler),
	  offsetof(struct instance_report, cron.heartbeat_at) },
	{ "hermes_backup_age_seconds", "gauge", "Since the backup repository's last commit.",
	  INSTANCE(FACT_AGE, backup_repo, head_at) },
	{ "hermes_product_up", "gauge", "Whether all that is asked of a product holds.", MADE(add_product_up) },
	{ "hermes_product_latency_seconds", "gauge", "How long a product took to answer.", MADE(add_latency) },
	{ "hermes_product_certificate_expiry_timestamp_seconds", "gauge",
	  "When a product's certificate ends, since the epoch.", MADE(add_certificate) },
	{ "hermes_host_disk_size_bytes", "gauge", "Size of the file system.",
	  HOST(FACT_COUNT, disk, size_bytes) },
	{ "hermes_host_disk_available_bytes", "gauge", "What an ordinary user may still write.",
	  HOST(FACT_COUNT, disk, available_bytes) },
	{ "hermes_host_memory_size_bytes", "gauge", "Memory of the machine.",
	  HOST(FACT_COUNT, memory, total_bytes) },
	{ "hermes_host_memory_available_bytes", "gauge", "Memory that can be had without swapping.",
	  HOST(FACT_COUNT, memory, available_bytes) },
};

static void add_family(struct metrics *m, const struct family *f, const struct verdict *v)
{
	buf_printf(m->out, "# HELP %s %s\n# TYPE %s %s\n", f->name, f->help, f->name, f->type);
	m->name = f->name;
	for (size_t i = 0; i <= v->n_parts; i++) {
		const struct verdict_part *p = i < v->n_parts ? &v->parts[i] : v->host;

		if (!p)
			continue;
		if (f->add)
			f->add(m, p);
		else
			add_fact(m, p, f);
	}
}

void metrics_view(const struct snapshot *s, const char *choice, const char *version, struct buf *out,
		  struct arena *a)
{
	const struct verdict *v = verdict_of(s, choice, a);
	struct metrics m = { .out = out, .now = s->now, .host = &s->host,
			     .is_many = v->n_parts > METRICS_READINGS_PARTS, .a = a };

	buf_adds(out, "# HELP hmc_build_info Mission Control itself.\n# TYPE hmc_build_info gauge\n");
	m.name = "hmc_build_info";
	SAMPLE(&m, 1, "version", version);
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		add_family(&m, &families[i], v);
}
