/*
 * The services of the configuration: whether each does what is asked of it.
 */
#include <inttypes.h>

#include "base/str.h"
#include "view/judge_parts.h"

#define SLOW_US       (2 * 1000 * 1000)
#define SOON_S        (14 * 86400)
#define ALARMS_EACH   3 /* with more of them, one alarm for all */

static const char rule[] =
	"fine when it answers with the expected status and text, and its unit is active; a warning when the answer takes 2 s or "
	"more, or its certificate ends within 14 days; critical when it does not do what is expected; unknown when it could not "
	"be asked";

static bool is_active(const struct unit *u)
{
	return str_eq(u->active_state, "active") || str_eq(u->active_state, "reloading") || str_eq(u->active_state, "activating");
}

/* "status 200 in 31 ms; expected text found; certificate until …; web.service: active (running), enabled" */
static const char *facts(struct judging *g, const struct product_health *h)
{
	const char *text = "";

	if (h->outcome == PRODUCT_ANSWERED)
		text = arena_printf(g->a, "status %" PRId64 " in %s", h->status, human_took(g->a, h->latency_us));
	if (h->text_found != TRI_UNKNOWN)
		text = arena_printf(g->a, "%s; expected text %s", text, h->text_found == TRI_YES ? "found" : "not found");
	if (h->certificate_until)
		text = arena_printf(g->a, "%s; certificate until %s", text, human_instant(g->a, h->certificate_until));
	if (h->unit.name && h->unit.active_state)
		text = arena_printf(g->a, "%s%s%s: %s", text, *text ? "; " : "", judging_text(g, h->unit.name, NAME_MAX_CHARS),
				    unit_text(g, &h->unit));
	return *text ? text : NULL;
}

static void is_down(struct judging *g, struct judgement *j, const struct product_health *h, const char *word, const char *title)
{
	judging_say(j, STATUS_CRITICAL, word, judging_text(g, h->probe.reason, TEXT_MAX));
	judging_attend(j, arena_printf(g->a, "%s %s", j->label, title), judging_sentence(g, h->probe.reason),
		       arena_printf(g->a, "trouble with %s", j->label));
	j->clears_when = "it does what is expected of it";
}

static void answered_wrong(struct judging *g, struct judgement *j, const struct product_health *h)
{
	if (h->text_found == TRI_NO)
		is_down(g, j, h, "wrong text", "answers, but not what is expected");
	else
		is_down(g, j, h, arena_printf(g->a, "status %" PRId64, h->status),
			arena_printf(g->a, "answers with status %" PRId64, h->status));
}

static void unit_is_down(struct judging *g, struct judgement *j, const struct product_health *h)
{
	const struct unit *u = &h->unit;

	if (!u->load_state || str_eq(u->load_state, "not-found"))
		is_down(g, j, h, "missing", "has no such unit");
	else if (str_eq(u->active_state, "failed"))
		is_down(g, j, h, "failed", "has failed");
	else
		is_down(g, j, h, "stopped", "is stopped");
}

static void judge_down(struct judging *g, struct judgement *j, const struct product_health *h)
{
	if (h->unit.name && h->unit.probe.state != PROBE_UNKNOWN && !is_active(&h->unit))
		unit_is_down(g, j, h);
	else if (h->outcome == PRODUCT_ANSWERED)
		answered_wrong(g, j, h);
	else if (h->outcome == PRODUCT_REFUSED)
		is_down(g, j, h, "refused", "takes no connections");
	else if (h->outcome == PRODUCT_BAD_TLS)
		is_down(g, j, h, "no safe connection", "cannot be reached safely");
	else
		is_down(g, j, h, "no answer", "gives no answer that is one");
}

static const char *answer_text(struct judging *g, const struct product_health *h)
{
	return arena_printf(g->a, "%" PRId64 " in %s", h->status, human_took(g->a, h->latency_us));
}

static void warns(struct judgement *j, const char *word, const char *detail, const char *title, const char *why, const char *phrase)
{
	judging_say(j, STATUS_WARN, word, detail);
	judging_attend(j, title, why, phrase);
}

static void judge_well(struct judging *g, struct judgement *j, const struct product_health *h)
{
	int64_t left = h->certificate_until ? h->certificate_until - g->now : INT64_MAX;

	if (left < SOON_S) {
		const char *when = human_until(g->a, h->certificate_until, g->now);

		warns(j, "certificate ends", when, arena_printf(g->a, "The certificate of %s ends soon", j->label),
		      arena_printf(g->a, "It is good until %s; browsers refuse it from then on.", human_instant(g->a, h->certificate_until)),
		      "a certificate that ends soon");
		j->clears_when = "there is a certificate that is good for 14 days or more";
	} else if (h->latency_us >= SLOW_US) {
		warns(j, "slow", answer_text(g, h), arena_printf(g->a, "%s is slow", j->label),
		      arena_printf(g->a, "Its answer took %s.", human_took(g->a, h->latency_us)), "a slow product");
		j->clears_when = "it answers within 2 s";
	} else if (h->outcome == PRODUCT_ANSWERED) {
		judging_say(j, STATUS_OK, "answers", answer_text(g, h));
	} else {
		judging_say(j, STATUS_OK, str_eq(h->unit.active_state, "activating") ? "starting" : "active",
			    judging_text(g, h->unit.name, NAME_MAX_CHARS));
	}
}

static const struct product_health *find(const struct product_healths *all, const char *id)
{
	for (size_t i = 0; i < all->n_list; i++)
		if (str_eq(all->list[i].id, id))
			return &all->list[i];
	return NULL;
}

static struct judgement *judge_product(struct judging *g, const struct product *p, const struct product_healths *all)
{
	static const struct probe not_yet = { .reason = "it has not been asked yet; the machine's exporter does so each minute" };
	const struct product_health *h = find(all, p->id);
	struct judgement *j = judging_add(g, arena_printf(g->a, "product.%s", p->id), "products",
					  judging_text(g, p->name, NAME_MAX_CHARS), h ? &h->probe : NULL);

	j->is_part = true;
	j->rule = rule;
	if (!p->url && !p->unit.unit) {
		judging_say(j, STATUS_OFF, "planned", NULL);
		j->rule = "planned until it has a url or a unit";
		j->is_settled = true;
		return j;
	}
	j->evidence.value = h ? facts(g, h) : NULL;
	if (!h || h->probe.state == PROBE_UNKNOWN)
		judging_unknown(g, j, h ? &h->probe : all->probe.state == PROBE_UNKNOWN ? &all->probe : &not_yet, j->label);
	else if (h->probe.state == PROBE_INACTIVE)
		judge_down(g, j, h);
	else
		judge_well(g, j, h);
	return j;
}

struct tally {
	size_t asked;                  /* not planned */
	size_t well;
	size_t bad;
	size_t alarms;
	const struct judgement *first; /* of the worst */
	const char *names[ALARMS_EACH];
	size_t n_names;
};

static void count(struct tally *t, const struct judgement *j)
{
	t->asked += j->status != STATUS_OFF;
	t->well += j->status == STATUS_OK;
	t->alarms += j->title != NULL;
	if (!status_needs_attention(j->status))
		return;
	t->bad++;
	if (t->n_names < ALARMS_EACH)
		t->names[t->n_names++] = j->label;
	if (!t->first || status_rank(j->status) > status_rank(t->first->status))
		t->first = j;
}

/*
 * So many that a list of them would hide everything else, or all of them
 * unknown for one reason, as without network: one alarm.
 */
static void gather(struct judging *g, struct judgement *sum, struct judgement *list, size_t n, const struct tally *t, bool is_one_reason)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].title)
			judging_hang(&list[i], sum->id);
	sum->cause = NULL;
	if (is_one_reason)
		judging_attend(sum, "Products could not be checked",
			       arena_printf(g->a, "%s This is not a report that they are down.", judging_sentence(g, t->first->detail)), NULL);
	else
		judging_attend(sum, arena_printf(g->a, "%s products need a look", human_number_cap(g->a, (int64_t)t->alarms)),
			       arena_printf(g->a, "Among them %s.", human_list(g->a, t->names, t->n_names)),
			       arena_printf(g->a, "%s products in trouble", human_number(g->a, (int64_t)t->alarms)));
}

static bool is_one_reason(const struct judgement *list, size_t n, const struct tally *t)
{
	if (t->alarms < 2 || t->first->status != STATUS_UNKNOWN)
		return false;
	for (size_t i = 0; i < n; i++)
		if (list[i].title && !str_eq(list[i].detail, t->first->detail))
			return false;
	return true;
}

static void sum_up(struct judging *g, struct judgement *sum, struct judgement *list, size_t n, const struct tally *t)
{
	sum->evidence.value = arena_printf(g->a, "%zu configured: %zu have a source, %zu are fine, %zu need a look", n, t->asked, t->well, t->bad);
	if (t->asked == 0) {
		judging_say(sum, STATUS_OFF, "all planned", NULL);
		return;
	}
	judging_say(sum, STATUS_OK, arena_printf(g->a, "%zu of %zu well", t->well, t->asked), NULL);
	if (!t->bad)
		return;
	judging_say(sum, t->first->status, sum->word, human_list(g->a, t->names, t->n_names < 2 ? t->n_names : 2));
	sum->clears_when = "every product is fine again";
	if (t->alarms > ALARMS_EACH || is_one_reason(list, n, t))
		gather(g, sum, list, n, t, is_one_reason(list, n, t));
	else
		judging_hang(sum, t->first->id);
}

void judge_products(struct judging *g, const struct products *configured, const struct product_healths *all)
{
	struct judgement *sum, *list;
	struct tally t = { 0 };

	if (configured->n == 0)
		return;
	sum = judging_add(g, "products", "products", "Products", &all->probe);
	sum->rule = "as bad as the worst of them";
	list = g->items + g->n;
	for (size_t i = 0; i < configured->n; i++)
		count(&t, judge_product(g, &configured->list[i], all));
	sum_up(g, sum, list, configured->n, &t);
}
