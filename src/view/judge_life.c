/*
 * Whether a gateway that runs hears anything. A quiet one is none the worse
 * for it: nights are quiet. Deaf is only what says that it is connected and
 * shows by its own traces that it cannot be.
 */
#include <inttypes.h>

#include "base/str.h"
#include "view/judge_parts.h"

#define HEARING_S         900         /* a person wrote so lately: it hears */
#define DIRECTORY_LIMIT_S 900         /* three of its rounds of 5 minutes */
#define TICKER_LIMIT_S    200         /* `hermes cron status` calls it stalled then */
#define RESTARTS_MANY     3
#define STARTS_STORM      5
#define UNCLEAN_S         86400
#define SIGNS_MAX         4

static const char rule[] =
	"quiet is fine; probably deaf when it says that it is connected, and its heartbeat, its channel directory, its "
	"scheduler or its connections say otherwise: a warning by one sign, critical by two; a warning after 3 restarts "
	"in a day";

struct signs {
	const char *text[SIGNS_MAX];
	size_t n;
};

static bool is_connected(const struct gateway *w)
{
	for (size_t i = 0; i < w->n_platforms; i++)
		if (str_eq(w->platforms[i].state, "connected"))
			return true;
	return false;
}

/* Read of this process, and not of one before it. */
static bool are_its_own(const struct instance_report *r)
{
	return r->sockets.probe.state == PROBE_OK && r->sockets.pid == r->gateway.pid;
}

/* Older than it may be, and the gateway had the time to write it. */
static bool is_overdue(const struct judging *g, int64_t at, int64_t limit_s)
{
	return at > 0 && judging_age(g, at) > limit_s && g->running_since > 0 && judging_age(g, g->running_since) > limit_s;
}

static void find_signs(struct judging *g, const struct instance_report *r, struct signs *s)
{
	const struct gateway_sockets *x = &r->sockets;
	const struct life *l = &r->life;
	bool connected = is_connected(&r->gateway);

	if (l->heartbeat_limit_s > 0 && is_overdue(g, l->heartbeat_at, l->heartbeat_limit_s))
		s->text[s->n++] = arena_printf(g->a, "its heartbeat is %s old", human_span(g->a, judging_age(g, l->heartbeat_at)));
	if (connected && is_overdue(g, l->directory_at, DIRECTORY_LIMIT_S))
		s->text[s->n++] = arena_printf(g->a, "its list of chats, rewritten every 5 min, is %s old",
					       human_span(g->a, judging_age(g, l->directory_at)));
	if (connected && are_its_own(r) && x->established == 0 && x->close_wait > 0)
		s->text[s->n++] = arena_printf(g->a, "%s hung up on it and it has not noticed",
					       x->close_wait == 1 ? "the other side has" : "all its connections were");
	/* The scheduler's stall has an alarm of its own; here it only confirms. */
	if (s->n && r->cron.scheduler.state == PROBE_OK && is_overdue(g, r->cron.heartbeat_at, TICKER_LIMIT_S))
		s->text[s->n++] = "its scheduler has stalled";
}

static const char *heard(struct judging *g, const struct life *l)
{
	if (l->inbound.state == PROBE_OK)
		return arena_printf(g->a, "last message %s", human_ago(g->a, l->inbound_at, g->now));
	return l->inbound.state == PROBE_INACTIVE ? "nobody has written yet" : "last message not known";
}

static const char *sockets_text(struct judging *g, const struct instance_report *r)
{
	const struct gateway_sockets *x = &r->sockets;

	if (x->probe.state != PROBE_OK)
		return arena_printf(g->a, "sockets not seen: %s", judging_text(g, x->probe.reason, TEXT_MAX));
	if (!are_its_own(r))
		return "sockets not seen since it was started";
	return arena_printf(g->a, "%s, %s hung up", human_plural(g->a, x->established, "connection"),
			    x->close_wait ? human_number(g->a, x->close_wait) : "none");
}

static void set_evidence(struct judging *g, struct judgement *j, const struct instance_report *r)
{
	const struct life *l = &r->life;
	const char *text = arena_printf(g->a, "%s%s%s; %s", heard(g, l), l->inbound_source ? " by " : "",
					judging_text(g, l->inbound_source, NAME_MAX_CHARS), sockets_text(g, r));

	if (l->heartbeat_at)
		text = arena_printf(g->a, "%s; heartbeat %s", text, human_ago(g->a, l->heartbeat_at, g->now));
	if (l->directory_at)
		text = arena_printf(g->a, "%s; list of chats written %s", text, human_ago(g->a, l->directory_at, g->now));
	if (l->restarts_today >= 0)
		text = arena_printf(g->a, "%s; %s since %s", text, human_plural(g->a, l->restarts_today, "restart"),
				    human_instant(g->a, l->restarts_from));
	if (l->starts_today >= 0)
		text = arena_printf(g->a, "%s; %s today by its own record", text, human_plural(g->a, l->starts_today, "start"));
	if (l->was_unclean == TRI_YES)
		text = arena_printf(g->a, "%s; the run before this one ended uncleanly%s%s", text, l->exit_reason ? ": " : "",
				    judging_text(g, l->exit_reason, TEXT_MAX));
	j->evidence.value = text;
}

static void is_deaf(struct judging *g, struct judgement *j, const struct signs *s)
{
	judging_say(j, s->n > 1 ? STATUS_CRITICAL : STATUS_WARN, "probably deaf", NULL);
	judging_attend(j, "Gateway is probably deaf",
		       arena_printf(g->a, "It says that it is connected, but %s. Restart it.",
				    human_list(g->a, s->text, s->n)),
		       "a gateway that is probably deaf");
	j->clears_when = "its signs of life are fresh again";
}

static void warns(struct judgement *j, const char *word, const char *title, const char *why, const char *phrase)
{
	judging_say(j, STATUS_WARN, word, NULL);
	judging_attend(j, title, why, phrase);
}

/* True when it came back too often today, or from a bad end. */
static bool judge_restarts(struct judging *g, struct judgement *j, const struct life *l)
{
	if (l->restarts_today >= RESTARTS_MANY || l->starts_today > STARTS_STORM) {
		int64_t n = l->restarts_today > l->starts_today ? l->restarts_today : l->starts_today;

		warns(j, "restless", arena_printf(g->a, "Gateway was started %" PRId64 " times today", n),
		      "It runs now, but something ends it again and again. Its log and the journal tell what.",
		      "a gateway that is often restarted");
		j->clears_when = "a day without that many starts has begun";
		return true;
	}
	if (l->was_unclean != TRI_YES || !l->exit_reason || !l->started_at || judging_age(g, l->started_at) > UNCLEAN_S)
		return false;
	warns(j, "came back", "Gateway's last run ended uncleanly",
	      arena_printf(g->a, "%s It has run again since %s.", judging_sentence(g, l->exit_reason),
			   human_instant(g->a, l->started_at)),
	      "a gateway that ended uncleanly");
	j->clears_when = "it has run for a day";
	return true;
}

static void is_alive(struct judging *g, struct judgement *j, const struct life *l)
{
	bool is_recent = l->inbound.state == PROBE_OK && judging_age(g, l->inbound_at) < HEARING_S;

	judging_say(j, STATUS_OK, is_recent ? "hearing" : "quiet", heard(g, l));
}

void judge_life(struct judging *g, const struct instance_report *r)
{
	const struct life *l = &r->life;
	struct judgement *j = judging_add(g, "life", "gateway", "Signs of life", &l->probe);
	struct signs signs = { .n = 0 };

	j->rule = rule;
	if (g->is_running != TRI_YES) {
		judging_say(j, g->is_running == TRI_NO ? STATUS_OFF : STATUS_UNKNOWN, "not judged",
			    g->is_running == TRI_NO ? "the gateway does not run" : NULL);
		judging_hang(j, "gateway");
		return;
	}
	if (l->probe.state == PROBE_UNKNOWN && l->inbound.state == PROBE_UNKNOWN) {
		judging_unknown(g, j, &l->probe, "Signs of life");
		return;
	}
	set_evidence(g, j, r);
	if (judging_ahead(g, j, l->inbound_at, "the newest message") || judging_ahead(g, j, l->heartbeat_at, "the heartbeat"))
		return;
	find_signs(g, r, &signs);
	if (signs.n)
		is_deaf(g, j, &signs);
	else if (!judge_restarts(g, j, l))
		is_alive(g, j, l);
}
