/*
 * What keeps an instance usable and restorable: the dashboard's answer, the
 * Google token, what the backup holds, the room it takes.
 */
#include <inttypes.h>

#include "base/str.h"
#include "view/judge_parts.h"

#define STARTING_S   60
#define GROWTH_MIN_S 21600 /* measured over less, a day's growth is a guess */
#define KINDS_SHOWN  4

static void warns(struct judgement *j, const char *word, const char *detail, const char *title, const char *why,
		  const char *phrase)
{
	judging_say(j, STATUS_WARN, word, detail);
	judging_attend(j, title, why, phrase);
}

/* ---- the private dashboard's answer ---- */

static void judge_status(struct judging *g, struct judgement *j, const struct http_answer *h)
{
	const char *took = human_took(g->a, h->took_us);

	j->evidence.value = arena_printf(g->a, "HTTP status %" PRId64 " in %s", h->status, took);
	if (h->status < 500) {
		judging_say(j, STATUS_OK, "answers", arena_printf(g->a, "in %s", took));
		return;
	}
	warns(j, "error", arena_printf(g->a, "status %" PRId64, h->status),
	      arena_printf(g->a, "Private dashboard answers with an error (%" PRId64 ")", h->status),
	      "It takes connections, but cannot give its page. Its log tells more.", "a private dashboard with an error");
	j->clears_when = "it answers with a status below 500";
}

/* Nobody takes connections: whether that is wrong depends on the unit. */
static void judge_refused(struct judging *g, struct judgement *j, const struct instance_report *r)
{
	const struct unit *u = &r->dashboard_unit;

	if (u->probe.state == PROBE_OK && u->since && judging_age(g, u->since) < STARTING_S) {
		judging_say(j, STATUS_OK, "starting", NULL);
		return;
	}
	warns(j, "nobody listens", NULL,
	      arena_printf(g->a, "Nobody takes connections on port %" PRId64, g->instance->dashboard_port),
	      "The private dashboard is expected there, on this machine's own address.", "a private dashboard that does not answer");
	j->clears_when = "it answers on its port";
}

void judge_dashboard_answer(struct judging *g, const struct instance_report *r)
{
	const struct http_answer *h = &r->dashboard;
	struct judgement *j = judging_add(g, "dashboard.answer", "dashboard", "Dashboard's answer", &h->probe);
	const struct judgement *unit = judge_find(g->items, g->n, "dashboard");

	j->rule = "fine when it answers HTTP on its port with a status below 500";
	j->is_part = true;
	if (!g->instance->dashboard_port) {
		judging_off(j, "not configured", NULL, "the configuration names its port");
		j->is_settled = true;
	} else if (h->probe.state == PROBE_OK) {
		judge_status(g, j, h);
	} else if (g->instance->dashboard.unit && unit && unit->status != STATUS_OK) {
		judging_say(j, unit->status == STATUS_OFF ? STATUS_OFF : STATUS_UNKNOWN, "not judged", "its unit explains it");
		judging_hang(j, "dashboard");
	} else if (h->probe.state == PROBE_INACTIVE) {
		judge_refused(g, j, r);
	} else {
		judging_unknown(g, j, &h->probe, "Private dashboard's answer");
	}
}

/* ---- Google ---- */

void judge_google(struct judging *g, const struct google_token *t)
{
	struct judgement *j = judging_add(g, "google", "integrations", "Google token", &t->probe);
	const char *refreshed = arena_printf(g->a, "refreshed %s", human_ago(g->a, t->refreshed_at, g->now));
	bool is_expired = t->expires_at && t->expires_at <= g->now;

	j->rule = "fine while the access token has not expired or a refresh token is there; whether Google still takes that "
		  "one cannot be seen from here";
	j->is_part = true;
	if (t->probe.state == PROBE_INACTIVE) {
		judging_off(j, "not set up", NULL, "there is a token");
		return;
	}
	if (t->probe.state == PROBE_UNKNOWN) {
		judging_unknown(g, j, &t->probe, "Google token");
		return;
	}
	j->evidence.value = arena_printf(g->a, "present; expires %s; %s; file changed %s; %s",
					 t->expires_at ? human_instant(g->a, t->expires_at) : "at a time not said",
					 t->refreshable == TRI_YES ? "can be refreshed" : "cannot be refreshed",
					 human_instant(g->a, t->refreshed_at),
					 t->scopes >= 0 ? human_plural(g->a, t->scopes, "scope") : "scopes not listed");
	if (!is_expired && t->expires_at) {
		judging_say(j, STATUS_OK, "valid", refreshed);
	} else if (t->refreshable == TRI_YES) {
		judging_say(j, STATUS_OK, "refreshable", refreshed);
	} else if (is_expired) {
		warns(j, "expired", human_ago(g->a, t->expires_at, g->now), "The Google token has expired",
		      "It cannot be refreshed either. Run the Google setup of this instance again.", "an expired Google token");
		j->clears_when = "there is a token that is valid or can be refreshed";
	} else {
		judging_say(j, STATUS_INFO, "present", "does not say when it expires");
	}
}

/* ---- what the backup holds ---- */

static const char *kinds_text(struct judging *g, const struct payload *p, size_t max)
{
	const char *text = "";

	for (size_t i = 0, shown = 0; i < p->n_kinds && shown < max; i++) {
		const struct payload_kind *k = &p->kinds[i];

		if (str_eq(k->kind, "other"))
			continue;
		text = arena_printf(g->a, "%s%s%s %s", text, shown++ ? ", " : "", human_count(g->a, k->items),
				    str_eq(k->kind, "cronJobs") ? "jobs" : judging_text(g, k->kind, NAME_MAX_CHARS));
	}
	return text;
}

void judge_payload(struct judging *g, const struct payload *p)
{
	struct judgement *j = judging_add(g, "backup.payload", "backup", "Restore payload", &p->probe);
	const struct judgement *backup = judge_find(g->items, g->n, "backup.age");

	j->rule = "a warning when the last commit of the backup holds nothing of a Hermes home";
	j->is_part = true;
	if (!g->instance->backup_repo) {
		judging_off(j, "not configured", NULL, "the configuration names a repository");
		j->is_settled = true;
	} else if (p->probe.state == PROBE_OK) {
		judging_say(j, STATUS_OK, human_plural(g->a, p->files, "file"), kinds_text(g, p, KINDS_SHOWN));
		j->evidence.value = arena_printf(g->a, "%s, %s in %s: %s", human_plural(g->a, p->files, "file"),
						 human_bytes(g->a, p->bytes), judging_text(g, p->path, NAME_MAX_CHARS),
						 kinds_text(g, p, PAYLOAD_KINDS_MAX));
	} else if (backup && (backup->status == STATUS_UNKNOWN || backup->status == STATUS_CRITICAL)) {
		judging_say(j, STATUS_UNKNOWN, "not judged", "the backup explains it");
		judging_hang(j, "backup.age");
	} else if (p->probe.state == PROBE_INACTIVE) {
		warns(j, "empty", NULL, "The backup holds nothing to restore from", judging_sentence(g, p->probe.reason),
		      "an empty backup");
		j->clears_when = "a commit with a home's files is seen";
	} else {
		judging_unknown(g, j, &p->probe, "Restore payload");
	}
}

/* ---- room ---- */

static const char *growth_text(struct judging *g, const struct storage *s)
{
	if (s->growth_s < GROWTH_MIN_S || s->growth_bytes == COUNT_UNKNOWN)
		return NULL;
	return arena_printf(g->a, "%s%s a day", s->growth_bytes < 0 ? "−" : "+",
			    human_bytes(g->a, s->growth_bytes < 0 ? -s->growth_bytes : s->growth_bytes));
}

void judge_storage(struct judging *g, const struct storage *s)
{
	struct judgement *j = judging_add(g, "storage", "sessions", "Room it takes", &s->probe);
	const char *text = "";

	j->rule = "a plain fact, measured every few hours";
	j->is_part = true;
	if (s->probe.state != PROBE_OK) {
		judging_say(j, STATUS_INFO, "not measured", judging_text(g, s->probe.reason, TEXT_MAX));
		return;
	}
	judging_say(j, STATUS_INFO, human_bytes(g->a, s->bytes), growth_text(g, s));
	for (size_t i = 0; i < s->n_parts && i < 8; i++)
		text = arena_printf(g->a, "%s%s%s %s", text, i ? ", " : "", judging_text(g, s->parts[i].name, NAME_MAX_CHARS),
				    human_bytes(g->a, s->parts[i].bytes));
	j->evidence.value = arena_printf(g->a, "%s in %s: %s", human_bytes(g->a, s->bytes), human_plural(g->a, s->files, "file"), text);
}
