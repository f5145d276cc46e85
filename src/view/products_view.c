#include "view/products_view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "json/json.h"
#include "view/human.h"
#include "view/parts_json.h"
#include "view/strip.h"
#include "view/verdict.h"

#define DAY_S   86400

/* An answer stays under 1 MiB: with more than these, strips are of hours and the evidence is on Ops alone. */
#define FULL_MAX 50

/* One product with all that is known of it. */
struct row {
	const struct product *product;
	const struct product_health *health; /* NULL: the report tells nothing of it */
	const struct judgement *judgement;
	const struct watch *watch;           /* NULL: the ledger tells nothing of it */
	const struct instance *instance;     /* NULL: nobody's in particular */
	size_t at;                           /* its place in the configuration */
};

struct rows {
	struct row *list;
	size_t n;
	size_t n_planned;
	size_t n_well;
	size_t n_bad;       /* warns or critical */
	size_t n_unknown;
};

struct view {
	const struct snapshot *s;
	const struct products_past *past;
	const struct judgement *judgements;  /* of the machine */
	size_t n_judgements;
	bool is_dark;                        /* no usable report of the machine */
	bool is_many;
	struct arena *a;
};

/* ---- what belongs together ---- */

static const struct instance *instance_of(const struct snapshot *s, const char *id)
{
	for (size_t i = 0; i < s->n_instances; i++)
		if (str_eq(s->instances[i].instance->id, id))
			return s->instances[i].instance;
	return NULL;
}

static const struct product_health *health_of(const struct view *v, const char *id)
{
	const struct product_healths *all = &v->s->host.report.products;

	for (size_t i = 0; v->s->host.has_report && i < all->n_list; i++)
		if (str_eq(all->list[i].id, id))
			return &all->list[i];
	return NULL;
}

static const struct watch *watch_of(const struct view *v, const char *reading)
{
	const struct reading_watches *all = &v->past->watches;

	for (size_t i = 0; i < all->n; i++)
		if (str_eq(all->list[i].reading, reading))
			return &all->list[i].watch;
	return NULL;
}

static int worst_first(const void *x, const void *y)
{
	const struct row *a = x, *b = y;
	int by_status = status_rank(b->judgement->status) - status_rank(a->judgement->status);

	return by_status ? by_status : (a->at > b->at) - (a->at < b->at);
}

static void count(struct rows *r, enum status s)
{
	r->n_planned += s == STATUS_OFF;
	r->n_well += s == STATUS_OK;
	r->n_bad += s == STATUS_WARN || s == STATUS_CRITICAL;
	r->n_unknown += s == STATUS_UNKNOWN;
}

static struct rows gather(const struct view *v, const char *choice)
{
	const struct products *all = &v->s->host.products;
	struct rows r = { .list = arena_calloc(v->a, all->n + 1, sizeof(*r.list)) };

	for (size_t i = 0; i < all->n; i++) {
		const struct product *p = &all->list[i];
		const char *reading = arena_printf(v->a, PRODUCT_READING "%s", p->id);
		const struct judgement *j = judge_find(v->judgements, v->n_judgements, reading);

		if (!j || (choice && !str_eq(p->instance, choice)))
			continue;
		r.list[r.n++] = (struct row){ .product = p, .health = health_of(v, p->id), .judgement = j, .watch = watch_of(v, reading),
					      .instance = instance_of(v->s, p->instance), .at = i };
		count(&r, j->status);
	}
	qsort(r.list, r.n, sizeof(*r.list), worst_first);
	return r;
}

/* ---- one product ---- */

static void add_fact(cJSON *list, const char *label, const char *value, const char *detail)
{
	cJSON *o = cJSON_CreateObject();

	json_add_string(o, "label", label);
	json_add_string(o, "value", value);
	json_add_string(o, "detail", detail);
	json_append(list, o);
}

static void add_answer_fact(cJSON *list, const struct product_health *h, struct arena *a)
{
	if (h->outcome == PRODUCT_ANSWERED)
		add_fact(list, "Answer", arena_printf(a, "status %" PRId64, h->status), arena_printf(a, "in %s", human_took(a, h->latency_us)));
}

static void add_certificate_fact(cJSON *list, const struct product_health *h, int64_t now, struct arena *a)
{
	if (!h->certificate_until)
		return;
	add_fact(list, "Certificate",
		 h->certificate_until > now ? arena_printf(a, "%s left", human_span(a, h->certificate_until - now)) : "has ended",
		 arena_printf(a, "until %.10s", human_instant(a, h->certificate_until)));
}

static void add_unit_fact(cJSON *list, const struct unit *u, struct arena *a)
{
	if (!u->name)
		return;
	add_fact(list, "Unit", u->active_state ? str_clean(a, u->active_state, strlen(u->active_state), 40) : "not known",
		 str_clean(a, u->name, strlen(u->name), 100));
}

static void add_facts(cJSON *o, const struct row *r, const struct view *v)
{
	cJSON *list = json_add_array(o, "facts");

	if (!r->health || v->is_dark)
		return;
	add_answer_fact(list, r->health, v->a);
	add_certificate_fact(list, r->health, v->s->now, v->a);
	add_unit_fact(list, &r->health->unit, v->a);
}

static void add_number(cJSON *o, const char *name, bool is_known, double value)
{
	if (is_known)
		json_add_double(o, name, value);
	else
		json_add_null(o, name);
}

static void add_instant(cJSON *o, const char *name, int64_t t)
{
	char text[CLOCK_TEXT_MAX] = "";

	if (t)
		clock_rfc3339(t, text);
	json_add_string(o, name, *text ? text : NULL);
}

/* The same for programs; null where it is not known, or no longer. */
static void add_readings(cJSON *o, const struct row *r, const struct view *v)
{
	static const struct product_health none = { .status = COUNT_UNKNOWN };
	const struct product_health *h = r->health && !v->is_dark ? r->health : &none;
	int64_t left = h->certificate_until - v->s->now, days_left = left / DAY_S - (left < 0 && left % DAY_S);

	add_number(o, "httpStatus", h->outcome == PRODUCT_ANSWERED, (double)h->status);
	add_number(o, "latency", h->latency_us > 0, (double)h->latency_us / 1e6);
	if (h->text_found == TRI_UNKNOWN)
		json_add_null(o, "textFound");
	else
		json_add_bool(o, "textFound", h->text_found == TRI_YES);
	add_instant(o, "certificateUntil", h->certificate_until);
	add_number(o, "certificateDaysLeft", h->certificate_until > 0, (double)days_left);
	add_text(o, "unitState", h->unit.active_state, 40, v->a);
	add_time(o, "checked", h->probe.taken_at, v->s->now, v->a);
}

static void add_links(cJSON *o, const struct product *p, struct arena *a)
{
	cJSON *list = json_add_array(o, "links");

	for (size_t i = 0; i < p->n_links; i++) {
		cJSON *link = cJSON_CreateObject();

		add_text(link, "label", p->links[i].label, 60, a);
		json_add_string(link, "url", p->links[i].url);
		json_append(list, link);
	}
	json_add_bool(o, "hasLinks", p->n_links > 0);
}

/* "97.9 % of the observed time well"; of what was not observed nothing is said. */
static void add_past(cJSON *o, const struct row *r, const struct view *v)
{
	const struct watch none = { 0 }, *w = r->watch ? r->watch : &none;
	double share = watch_uptime(w, v->s->now - DAY_S, v->s->now + 1);
	int64_t n = v->is_many ? STRIP_DAY_SLOTS / 2 : STRIP_DAY_SLOTS;
	struct strip strip;

	if (v->past->error) {
		json_add_null(o, "uptime");
		json_add_string(o, "uptimeText", NULL);
		json_add_null(o, "strip");
		return;
	}
	strip = strip_of_watch(w, DAY_S / n, n, v->s->now, v->a);
	add_number(o, "uptime", share >= 0, share);
	/* Rounded down: only what was always well is 100 %. */
	json_add_string(o, "uptimeText", share < 0 ? "not observed yet" : arena_printf(v->a, "%.*f %% known well", share < 1, (double)(int64_t)(share * 1000) / 10));
	json_add(o, "strip", strip_json(&strip, "24 h", v->a));
}

/* What hangs from another judgement has no sentence of its own, but a reason. */
static const char *why(const struct judgement *j, struct arena *a)
{
	if (j->why || !j->detail || !status_needs_attention(j->status))
		return j->why;
	return arena_printf(a, "%s%s", human_cap(a, j->detail), strchr("?!.", j->detail[strlen(j->detail) - 1]) ? "" : ".");
}

static cJSON *product_json(const struct row *r, const struct view *v)
{
	const struct product *p = r->product;
	const struct judgement *j = r->judgement;
	cJSON *o = reading_json(j, "host", !v->is_many, v->s->now, v->a);

	/* The reading is the machine's; the product has an id of its own, and an owner or none. */
	cJSON_ReplaceItemInObjectCaseSensitive(o, "id", cJSON_CreateString(p->id));
	cJSON_ReplaceItemInObjectCaseSensitive(o, "instanceId", p->instance ? cJSON_CreateString(p->instance) : cJSON_CreateNull());
	json_add_string(o, "reading", j->id);
	add_text(o, "name", p->name, 100, v->a);
	json_add_string(o, "instanceLabel", r->instance ? instance_short_label(r->instance, v->a) : NULL);
	json_add_string(o, "instanceHref", r->instance ? arena_printf(v->a, "/hermes/products?instance=%s", r->instance->id) : NULL);
	json_add_string(o, "url", p->url_shown);
	json_add_string(o, "unit", p->unit.unit);
	add_text(o, "why", why(j, v->a), 400, v->a);
	add_readings(o, r, v);
	add_facts(o, r, v);
	add_links(o, p, v->a);
	add_past(o, r, v);
	return o;
}

/* ---- the whole ---- */

static const char *whose(const struct view *v, const char *choice)
{
	const struct instance *in = choice ? instance_of(v->s, choice) : NULL;

	return in ? instance_short_label(in, v->a) : NULL;
}

/* "three products of Bheem", "the one product" */
static const char *products_text(size_t n, const char *owner, struct arena *a)
{
	return arena_printf(a, "%s product%s%s%s", n == 1 ? "the one" : human_number(a, (int64_t)n), n == 1 ? "" : "s", owner ? " of " : "",
			    owner ? owner : "");
}

/* All of them are in the same way. */
static const char *all_of(size_t n, const char *owner, const char *one, const char *many, struct arena *a)
{
	const char *of = owner ? arena_printf(a, " of %s", owner) : "";

	if (n == 1)
		return arena_printf(a, "The one product%s %s", of, one);
	if (n == 2)
		return arena_printf(a, "Both products%s %s", of, many);
	return arena_printf(a, "All %s products%s %s", human_number(a, (int64_t)n), of, many);
}

/* "Eleven of twelve products are well; one needs a look" */
static const char *mixed(const struct rows *r, size_t asked, const char *owner, struct arena *a)
{
	const char *bad = r->n_bad ? arena_printf(a, "%s need%s a look", human_number(a, (int64_t)r->n_bad), r->n_bad == 1 ? "s" : "") : "";
	const char *unknown = r->n_unknown ? arena_printf(a, "%s could not be checked", human_number(a, (int64_t)r->n_unknown)) : "";

	return arena_printf(a, "%s of %s %s well; %s%s%s", r->n_well ? human_number_cap(a, (int64_t)r->n_well) : "None",
			    products_text(asked, owner, a), r->n_well == 1 ? "is" : "are", bad, *bad && *unknown ? ", " : "", unknown);
}

static const char *headline(const struct rows *r, const char *owner, bool is_dark, struct arena *a)
{
	size_t asked = r->n - r->n_planned;

	if (r->n == 0)
		return owner ? arena_printf(a, "No product belongs to %s", owner) : "No products are configured";
	if (asked == 0)
		return all_of(r->n, owner, "is planned", "are planned", a);
	if (is_dark)
		return arena_printf(a, "Nothing is known now about %s", products_text(asked, owner, a));
	if (r->n_well == asked)
		return all_of(asked, owner, "is well", "are well", a);
	if (r->n_bad == asked)
		return all_of(asked, owner, "needs a look", "need a look", a);
	if (r->n_unknown == asked)
		return all_of(asked, owner, "could not be checked", "could not be checked", a);
	return mixed(r, asked, owner, a);
}

static void add_counts(cJSON *model, const struct rows *r)
{
	cJSON *o = json_add_object(model, "counts");

	json_add_i64(o, "products", (int64_t)r->n);
	json_add_i64(o, "well", (int64_t)r->n_well);
	json_add_i64(o, "needLook", (int64_t)r->n_bad);
	json_add_i64(o, "unknown", (int64_t)r->n_unknown);
	json_add_i64(o, "planned", (int64_t)r->n_planned);
}

/* What to do where there is nothing to see. */
static void add_none(cJSON *model, const struct rows *r, const char *choice, size_t n_all)
{
	cJSON *o;

	if (r->n) {
		json_add_null(model, "none");
		return;
	}
	o = json_add_object(model, "none");
	if (choice && n_all) {
		json_add_string(o, "text", "An entry under “products” says by “instance” whose it is.");
		json_add_string(o, "command", NULL);
		json_add_string(o, "href", "/hermes/products?instance=all");
		return;
	}
	json_add_string(o, "text", "Name them under “products” in the configuration file. This proposes entries from what you have:");
	json_add_string(o, "command", "hmc products import docker-compose.yml");
	json_add_string(o, "href", NULL);
}

static void add_notes(cJSON *model, const struct view *v, const struct rows *r)
{
	const struct judgement *exporter = judge_find(v->judgements, v->n_judgements, "exporter");

	json_add_string(model, "darkText", v->is_dark && r->n ? arena_printf(v->a, "%s.", exporter->title) : NULL);
	json_add_string(model, "pastText", v->past->error && r->n ? arena_printf(v->a, "The last 24 hours cannot be shown: %s.", v->past->error) : NULL);
}

static void add_products(cJSON *model, const struct rows *r, const struct view *v)
{
	cJSON *live = json_add_array(model, "products"), *planned = json_add_array(model, "planned");

	for (size_t i = 0; i < r->n; i++)
		json_append(r->list[i].judgement->status == STATUS_OFF ? planned : live, product_json(&r->list[i], v));
	json_add_bool(model, "hasProducts", r->n > r->n_planned);
	json_add_bool(model, "hasPlanned", r->n_planned > 0);
}

cJSON *products_view(const struct snapshot *s, const char *choice, const struct products_past *past, struct arena *a)
{
	const struct verdict *v = verdict_of(s, choice, a);
	struct view view = { .s = s, .past = past, .a = a };
	cJSON *model = cJSON_CreateObject();
	struct judgement *judgements;
	struct rows r;

	judge_host(&s->host, s->now, a, &judgements, &view.n_judgements);
	view.judgements = judgements;
	view.is_dark = judge_find(judgements, view.n_judgements, "exporter")->status == STATUS_UNKNOWN;
	r = gather(&view, choice);
	view.is_many = r.n > FULL_MAX;
	add_head(model, "Products", s, v, choice, a);
	json_add_string(model, "headline", headline(&r, whose(&view, choice), view.is_dark, a));
	add_counts(model, &r);
	add_notes(model, &view, &r);
	add_none(model, &r, choice, s->host.products.n);
	add_products(model, &r, &view);
	return model;
}
