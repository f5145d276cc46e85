#include "view/judge.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "view/facts.h"
#include "view/judge_guard_parts.h"
#include "view/judge_parts.h"

#define RULES_SHOWN   8
#define SKIPPED_SHOWN 8

const struct judgement *judge_find(const struct judgement *j, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(j[i].id, id))
			return &j[i];
	return NULL;
}

/* "; publishes titles; 3 pieces redacted: github-token 2, url-password 1" */
static const char *policy_text(struct judging *g, const struct exporter *e)
{
	static const char *const words[] = { "counts alone", "titles", "titles and excerpts" };
	const char *text = arena_printf(g->a, "; publishes %s; %s redacted", words[e->publish],
					human_plural(g->a, e->redactions, "piece"));

	for (size_t i = 0; i < e->n_redacted && i < RULES_SHOWN; i++)
		text = arena_printf(g->a, "%s%s%s %" PRId64, text, i ? ", " : ": ", judging_text(g, e->redacted[i].rule, NAME_MAX_CHARS),
				    e->redacted[i].hits);
	return text;
}

static const char *skipped_text(struct judging *g, const struct exporter *e)
{
	const char *text = "";

	for (size_t i = 0; i < e->n_skipped && i < SKIPPED_SHOWN; i++)
		text = arena_printf(g->a, "%s%s%s", text, i ? ", " : "; left out: ", judging_text(g, e->skipped[i], NAME_MAX_CHARS));
	return text;
}

/* Freshness of the report itself; everything else of it hangs from this. */
static void judge_exporter(struct judging *g, const struct probe *p, bool has_report, int64_t generated_at,
			   const struct exporter *e, const char *whose)
{
	struct judgement *j = judging_add(g, "exporter", "report", "Exporter", p);
	const char *flavour = judging_text(g, e->flavour, NAME_MAX_CHARS);
	const char *age = has_report ? human_ago(g->a, generated_at, g->now) : NULL;

	j->rule = "fine while its report is younger than two of its intervals; otherwise everything in it is "
		  "unknown";
	if (has_report)
		j->evidence.value =
			arena_printf(g->a, "report of %s, made in %s; every %s%s%s",
				     human_instant(g->a, generated_at), human_took(g->a, e->took_us),
				     e->interval_s > 0 ? human_span(g->a, e->interval_s) : "call, by hand",
				     e->user ? ", by user " : "", judging_text(g, e->user, NAME_MAX_CHARS));
	if (has_report)
		j->evidence.value = arena_printf(g->a, "%s%s%s", j->evidence.value, g->instance ? policy_text(g, e) : "",
						 skipped_text(g, e));
	if (p->state == PROBE_OK && has_report && generated_at <= g->now + CLOCK_TOLERANCE_S) {
		judging_say(j, STATUS_OK, "reporting",
			    arena_printf(g->a, "%s%s%s", age, *flavour ? " · " : "", flavour));
		return;
	}
	if (p->state == PROBE_OK && has_report) {
		judging_ahead(g, j, generated_at, "the exporter's report");
	} else {
		judging_say(j, STATUS_UNKNOWN, "unknown",
			    has_report ? arena_printf(g->a, "last report %s", age) : "no report");
		judging_attend(
			j, NULL,
			arena_printf(g->a, "%s This is not a report that it is down.",
				     judging_sentence(g, p->reason ? p->reason : "no report could be read")),
			NULL);
		j->clears_when = "a fresh report is there";
	}
	j->title =
		has_report && p->state != PROBE_OK && generated_at < g->now
			? arena_printf(g->a,
				       "Nothing is known about %s: its exporter has not reported for %s",
				       whose, human_span(g->a, judging_age(g, generated_at)))
			: arena_printf(g->a, "Nothing is known about %s: its report cannot be used", whose);
}

static void judge_all_of_instance(struct judging *g, const struct instance_report *r)
{
	const struct instance *in = g->instance;
	size_t n_before;

	judge_service_manager(g, r);
	judge_gateway(g, r);
	judge_life(g, r);
	judge_platforms(g, r);
	judge_dashboard(g, &r->dashboard_unit);
	judge_dashboard_answer(g, r);
	judge_backup(g, &r->backup_repo, &r->loops);
	judge_timer(g, &r->backup_timer, "backup.timer", "backup", "Backup timer", in->backup_timer.unit);
	judge_payload(g, &r->payload);
	judge_backup_run(g, &r->backup_repo, &r->loops);
	judge_drill(g, &r->loops);
	judge_notify(g, &r->loops);
	judge_watching(g, &r->loops);
	judge_scheduler(g, &r->cron);
	judge_cron(g, &r->cron);
	judge_google(g, &r->google);
	judge_kanban(g, &r->kanban);
	judge_sessions(g, &r->sessions);
	judge_storage(g, &r->storage);
	judge_version(g, &r->hermes);
	judge_agent(g, &r->agent);
	n_before = g->n;
	judge_guards_of_instance(g, r);
	guard_keep_alarms(g, n_before);
}

static void judging_begin(struct judging *g, size_t extra)
{
	g->size = JUDGEMENTS_FIXED + extra;
	g->items = arena_calloc(g->a, g->size, sizeof(*g->items));
}

void judge_instance(const struct instance_snapshot *s, int64_t now, struct arena *a, struct judgement **out,
		    size_t *n)
{
	static const struct instance_report nothing;
	const struct instance_report *r = s->has_report ? &s->report : &nothing;
	bool is_fresh = facts_hold(s, now);
	/* A stale report is judged as of its own time, so that "was running" means then. */
	struct judging g = { .instance = s->instance,
			     .a = a,
			     .now = is_fresh || !s->has_report ? now : r->generated_at };

	judging_begin(&g, r->gateway.n_platforms + r->cron.n_jobs);
	judge_all_of_instance(&g, r);
	g.now = now;
	if (!is_fresh)
		judging_make_unknown(&g, s->has_report, r->generated_at);
	judge_exporter(&g, &s->probe, s->has_report, r->generated_at, &r->exporter,
		       instance_short_label(s->instance, a));
	judging_finish(&g);
	*out = g.items;
	*n = g.n;
}

void judge_host(const struct host_snapshot *s, int64_t now, struct arena *a, struct judgement **out,
		size_t *n)
{
	static const struct host_report nothing;
	const struct host_report *r = s->has_report ? &s->report : &nothing;
	bool is_fresh = host_facts_hold(s, now);
	struct judging g = { .a = a, .now = is_fresh || !s->has_report ? now : r->generated_at };
	size_t n_before;

	judging_begin(&g, r->timers.n_list + s->products.n);
	judge_machine(&g, r);
	judge_products(&g, &s->products, &r->products);
	n_before = g.n;
	judge_guards_of_host(&g, r, &s->expected);
	guard_keep_alarms(&g, n_before);
	g.now = now;
	if (!is_fresh)
		judging_make_unknown(&g, s->has_report, r->generated_at);
	judge_exporter(&g, &s->probe, s->has_report, r->generated_at, &r->exporter, "this machine");
	judging_finish(&g);
	*out = g.items;
	*n = g.n;
}

enum status judge_overall(const struct judgement *j, size_t n, const char **word)
{
	const struct judgement *gateway = judge_find(j, n, "gateway");
	const struct judgement *exporter = judge_find(j, n, "exporter");
	enum status worst = STATUS_INFO;

	for (size_t i = 0; i < n; i++) {
		/* A product that is down is no machine that is. */
		bool is_product = str_eq(j[i].group, "products") && j[i].status == STATUS_CRITICAL;

		worst = status_worst(worst, is_product ? STATUS_WARN : j[i].status);
	}
	if (exporter && exporter->status == STATUS_UNKNOWN) {
		*word = "unknown";
		return STATUS_UNKNOWN;
	}
	/* A gateway that is meant to be off makes the whole off, however fresh its backups are. */
	if (gateway && gateway->status == STATUS_OFF && !status_needs_attention(worst))
		worst = STATUS_OFF;
	/* As long as it runs, an instance with a critical part is degraded, not down. */
	if (gateway && gateway->status != STATUS_CRITICAL && worst == STATUS_CRITICAL)
		worst = STATUS_WARN;
	*word = worst == STATUS_CRITICAL  ? (gateway ? "down" : "failing")
		: worst == STATUS_WARN    ? "degraded"
		: worst == STATUS_UNKNOWN ? "partly unknown"
		: worst == STATUS_OFF     ? "switched off"
					  : "healthy";
	return worst;
}
