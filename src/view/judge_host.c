/*
 * The machine under the instances.
 */
#include <inttypes.h>

#include "base/str.h"
#include "view/judge_parts.h"

#define OPEN_SHOWN 10

struct limits {
	int64_t warn_percent;
	int64_t critical_percent;
};

static const struct limits disk_limits = { 90, 95 };
static const struct limits memory_limits = { 90, 95 };

/* Used share in whole percents, rounded up, so that a limit is not missed by a fraction; -1 = cannot be told. */
static int64_t used_percent(int64_t total, int64_t available)
{
	if (total <= 0 || available < 0 || available > total)
		return -1;
	return (int64_t)(((__int128)(total - available) * 100 + total - 1) / total);
}

static void by_share(struct judging *g, struct judgement *j, int64_t percent, const struct limits *l,
		     const char *what, const char *why, const char *phrase)
{
	enum status status = percent >= l->critical_percent ? STATUS_CRITICAL
			     : percent >= l->warn_percent   ? STATUS_WARN
							    : STATUS_OK;

	j->status = status;
	j->rule = arena_printf(g->a, "a warning from %" PRId64 " %% on, critical from %" PRId64 " %% on",
			       l->warn_percent, l->critical_percent);
	if (status == STATUS_OK)
		return;
	judging_attend(j, arena_printf(g->a, "%s %" PRId64 " %% full", what, percent), why, phrase);
	j->clears_when = arena_printf(g->a, "less than %" PRId64 " %% are used", l->warn_percent);
}

static void judge_disk(struct judging *g, const struct disk *d)
{
	struct judgement *j = judging_add(g, "disk", "host", "Disk", &d->probe);
	int64_t bytes = used_percent(d->size_bytes, d->available_bytes);
	int64_t inodes = used_percent(d->inodes, d->inodes_free);
	int64_t worst = inodes > bytes ? inodes : bytes;
	const char *mount = judging_text(g, d->mount ? d->mount : "/", NAME_MAX_CHARS);

	if (d->probe.state != PROBE_OK || bytes < 0) {
		judging_unknown(g, j, &d->probe, "Disk");
		return;
	}
	j->evidence.value =
		arena_printf(g->a, "%s of %s free on %s; %s of %s inodes free",
			     human_bytes(g->a, d->available_bytes), human_bytes(g->a, d->size_bytes), mount,
			     human_count(g->a, d->inodes_free), human_count(g->a, d->inodes));
	j->word = arena_printf(g->a, "%" PRId64 " %% used", bytes);
	j->detail = arena_printf(g->a, "%s free", human_bytes(g->a, d->available_bytes));
	by_share(g, j, worst, &disk_limits, inodes > bytes ? "Inodes of the disk are" : "Disk is",
		 arena_printf(g->a, "%s of %s are free on %s.", human_bytes(g->a, d->available_bytes),
			      human_bytes(g->a, d->size_bytes), mount),
		 "a disk that is nearly full");
}

static void judge_memory(struct judging *g, const struct memory *m)
{
	struct judgement *j = judging_add(g, "memory", "host", "Memory", &m->probe);
	int64_t percent = used_percent(m->total_bytes, m->available_bytes);

	if (m->probe.state != PROBE_OK || percent < 0) {
		judging_unknown(g, j, &m->probe, "Memory");
		return;
	}
	j->evidence.value =
		arena_printf(g->a, "%s available of %s; swap %s free of %s",
			     human_bytes(g->a, m->available_bytes), human_bytes(g->a, m->total_bytes),
			     human_bytes(g->a, m->swap_free_bytes), human_bytes(g->a, m->swap_total_bytes));
	j->word = arena_printf(g->a, "%" PRId64 " %% used", percent);
	j->detail = arena_printf(g->a, "%s of %s", human_bytes(g->a, m->total_bytes - m->available_bytes),
				 human_bytes(g->a, m->total_bytes));
	by_share(g, j, percent, &memory_limits, "Memory is",
		 arena_printf(g->a, "%s are available.", human_bytes(g->a, m->available_bytes)),
		 "little memory left");
}

static void judge_load(struct judging *g, const struct load *l)
{
	struct judgement *j = judging_add(g, "load", "host", "Load", &l->probe);
	double each = l->cpus > 0 ? l->five / (double)l->cpus : 0; /* 0 is never judged: see below */

	j->rule = "a warning when the 5-minute average is above 2 a processor, critical above 4";
	/* A load means nothing without the processors that share it. */
	if (l->probe.state != PROBE_OK || !(l->one >= 0 && l->five >= 0) || l->cpus <= 0) {
		judging_unknown(g, j, &l->probe, "Load");
		return;
	}
	j->evidence.value =
		arena_printf(g->a, "%.2f, %.2f, %.2f over 1, 5 and 15 min; %" PRId64 " processors", l->one,
			     l->five, l->fifteen, l->cpus);
	judging_say(j,
		    each > 4   ? STATUS_CRITICAL
		    : each > 2 ? STATUS_WARN
			       : STATUS_OK,
		    arena_printf(g->a, "%.2f", l->five),
		    arena_printf(g->a, "%" PRId64 " processor%s", l->cpus, l->cpus == 1 ? "" : "s"));
	if (j->status == STATUS_OK)
		return;
	judging_attend(j, arena_printf(g->a, "Load is %.1f on %" PRId64 " processors", l->five, l->cpus),
		       "More wants to run than can. Averaged over 5 min.", "a high load");
	j->clears_when = "the 5-minute average is below 2 a processor";
}

static void judge_uptime(struct judging *g, const struct uptime *u)
{
	struct judgement *j = judging_add(g, "uptime", "host", "Uptime", &u->probe);

	j->rule = "a plain fact";
	j->status = STATUS_INFO;
	j->word = u->probe.state == PROBE_OK ? human_duration(g->a, u->uptime_s) : "not known";
	if (u->booted_at)
		j->evidence.value = arena_printf(g->a, "booted %s", human_instant(g->a, u->booted_at));
}

static void tailscale_warns(struct judgement *j, enum status status, const char *word, const char *title,
			    const char *why)
{
	judging_say(j, status, word, NULL);
	judging_attend(j, title, why, "trouble with Tailscale");
	j->clears_when = "the interface is up with the expected address";
}

static void judge_tailscale(struct judging *g, const struct tailscale *t)
{
	struct judgement *j = judging_add(g, "tailscale", "host", "Tailscale", &t->probe);
	const char *address = judging_text(g, t->address ? t->address : "no address", NAME_MAX_CHARS);
	const char *expected = judging_text(g, t->expected, NAME_MAX_CHARS);

	j->rule = "fine when its interface is up with the expected address; critical when an address is "
		  "expected and the "
		  "interface is down or absent";
	if (t->probe.state == PROBE_UNKNOWN) {
		judging_unknown(g, j, &t->probe, "Tailscale");
		return;
	}
	j->evidence.value =
		arena_printf(g->a, "%s: %s%s%s",
			     judging_text(g, t->interface ? t->interface : "no interface", NAME_MAX_CHARS),
			     address, *expected ? "; expected " : "", expected);
	if (t->probe.state == PROBE_INACTIVE && !*expected)
		judging_off(j, "not used", NULL, "Tailscale is set up, or the configuration expects an address");
	else if (t->probe.state == PROBE_INACTIVE)
		tailscale_warns(
			j, STATUS_CRITICAL, "absent", "Tailscale has no interface here",
			arena_printf(g->a, "%s is expected; phones cannot reach this machine.", expected));
	else if (t->is_up == TRI_NO)
		tailscale_warns(j, *expected ? STATUS_CRITICAL : STATUS_WARN, "down", "Tailscale is down",
				"Its interface is not up; phones cannot reach this machine.");
	else if (*expected && !str_eq(expected, address))
		tailscale_warns(j, STATUS_WARN, "other address",
				"Tailscale has another address than expected",
				arena_printf(g->a, "It has %s, expected is %s.", address, expected));
	else if (t->is_up == TRI_UNKNOWN)
		judging_unknown(g, j, &t->probe, "Tailscale");
	else
		judging_say(j, STATUS_OK, "up", address);
}

static void judge_listeners(struct judging *g, const struct listeners *l)
{
	struct judgement *j = judging_add(g, "listeners", "host", "Listeners", &l->probe);
	const char *text = "";
	int64_t n_open = 0;

	j->rule = "a plain fact: who takes connections, and whether that is open to every address";
	j->is_part = true;
	if (l->probe.state != PROBE_OK) {
		judging_unknown(g, j, &l->probe, "Listening sockets");
		return;
	}
	for (size_t i = 0; i < l->n_list; i++) {
		const struct listener *x = &l->list[i];

		if (!str_eq(x->reach, "public"))
			continue;
		if (n_open++ < OPEN_SHOWN)
			text = arena_printf(g->a, "%s%s%s port %" PRId64 " by %s%s%s", text, n_open > 1 ? ", " : "",
					    judging_text(g, x->protocol, NAME_MAX_CHARS), x->port,
					    judging_text(g, x->user, NAME_MAX_CHARS), x->process ? "'s " : "",
					    judging_text(g, x->process, NAME_MAX_CHARS));
	}
	j->evidence.value = n_open ? arena_printf(g->a, "open to every address: %s", text) : "none is open to every address";
	judging_say(j, n_open ? STATUS_INFO : STATUS_OK, n_open ? arena_printf(g->a, "%" PRId64 " open", n_open) : "private only",
		    human_plural(g->a, (int64_t)l->n_list, "socket"));
}

static void judge_timers(struct judging *g, const struct host_timers *t)
{
	for (size_t i = 0; i < t->n_list; i++) {
		const char *name = judging_text(g, t->list[i].name, NAME_MAX_CHARS);

		judge_timer(g, &t->list[i], arena_printf(g->a, "timer.%s", name), "host", name, name);
	}
}

void judge_machine(struct judging *g, const struct host_report *r)
{
	judge_disk(g, &r->disk);
	judge_memory(g, &r->memory);
	judge_load(g, &r->load);
	judge_uptime(g, &r->uptime);
	judge_tailscale(g, &r->tailscale);
	judge_timer(g, &r->emergency_drive, "emergency-drive", "host", "Emergency drive upload",
		    r->emergency_drive.name);
	judge_timers(g, &r->timers);
	judge_listeners(g, &r->listeners);
	judge_beat(g, &r->beat);
}
