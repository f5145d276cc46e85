/* The registry of services: which there are, how their health is asked for, and whose they are. */
#include <string.h>

#include "base/httpurl.h"
#include "base/str.h"
#include "config/loader.h"

bool config_is_product_id(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n <= 32 && s[0] != '-' && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

/* An http(s) address without a user, or NULL. */
static const char *load_url(struct loader *l, struct place p, bool is_needed)
{
	const char *s = is_needed ? loader_required(l, p, "url") : loader_string(l, p, "url", NULL), *why;
	struct httpurl u;

	if (s && !l->error && !httpurl_parse(s, &u, &why))
		loader_fail(l, "%s.url %s", p.name, why);
	return s;
}

static void load_links(struct loader *l, struct place p, struct product *x)
{
	static const char *const known[] = { "label", "url", NULL };
	const cJSON *list = loader_array(l, p, "links", PRODUCT_LINKS_MAX), *item;

	x->links = arena_calloc(l->arena, PRODUCT_LINKS_MAX, sizeof(*x->links));
	cJSON_ArrayForEach(item, list) {
		struct place link = loader_item(l, p, "links", item, (int)x->n_links);
		struct product_link *to = &x->links[x->n_links++];

		loader_known(l, link, known);
		to->label = loader_required(l, link, "label");
		to->url = load_url(l, link, true);
	}
}

static void load_status(struct loader *l, struct place p, const char *name, const cJSON *item, struct product *x)
{
	double v = cJSON_IsNumber(item) ? item->valuedouble : 0;

	if (!(v >= 100 && v <= 599) || v != (double)(int64_t)v)
		loader_fail(l, "%s.%s must be an HTTP status from 100 to 599, or a list of them", p.name, name);
	else
		x->expect_status[x->n_expect_status++] = (int64_t)v;
}

/* One status, or a list of them. */
static void load_statuses(struct loader *l, struct place p, struct product *x)
{
	const cJSON *value = json_get(p.object, "expectStatus"), *item;

	if (!value)
		return;
	if (!cJSON_IsArray(value)) {
		load_status(l, p, "expectStatus", value, x);
		return;
	}
	cJSON_ArrayForEach(item, loader_array(l, p, "expectStatus", PRODUCT_STATUS_MAX)) {
		load_status(l, p, "expectStatus", item, x);
	}
}

static void load_unit(struct loader *l, struct place p, struct product *x)
{
	x->unit.unit = loader_unit(l, p, "unit", ".service", NULL);
	x->unit.scope = loader_scope(l, p, UNIT_SCOPE_SYSTEM);
}

/* Health of nothing is a mistake in writing, which would otherwise be waited for in vain. */
static void check(struct loader *l, struct place p, const struct product *x, const struct config *c)
{
	if (!x->url && (x->expect_text || x->n_expect_status))
		loader_fail(l, "%s expects an answer, but has no url", p.name);
	if (x->instance && !c->is_discovered && !config_instance(c, x->instance))
		loader_fail(l, "%s.instance: there is no instance '%s'; leave it out, or name one of the list", p.name, x->instance);
	for (size_t i = 0; i < c->products.n; i++)
		if (str_eq(c->products.list[i].id, x->id))
			loader_fail(l, "%s.id: '%s' is used twice; give each product its own id", p.name, x->id);
}

static void load_product(struct loader *l, struct place p, struct product *x)
{
	static const char *const known[] = { "id",         "name",     "url",          "unit",  "scope",
					     "instance",   "expectText", "expectStatus", "links", NULL };

	loader_known(l, p, known);
	x->id = loader_required(l, p, "id");
	if (!config_is_product_id(x->id))
		loader_fail(l, "%s.id must be 1 to 32 of a-z, 0-9 and '-', not beginning with '-': '%s'", p.name, x->id);
	x->name = loader_required(l, p, "name");
	x->url = load_url(l, p, false);
	x->url_shown = x->url && !l->error ? httpurl_shown(x->url, l->arena) : NULL;
	load_unit(l, p, x);
	x->instance = loader_string(l, p, "instance", NULL);
	x->expect_text = loader_string(l, p, "expectText", NULL);
	load_statuses(l, p, x);
	load_links(l, p, x);
}

void loader_products(struct loader *l, struct place top, struct config *c)
{
	const cJSON *list = loader_array(l, top, "products", PRODUCTS_MAX), *item;
	struct product *all = arena_calloc(l->arena, PRODUCTS_MAX, sizeof(*all));

	c->products.list = all;
	cJSON_ArrayForEach(item, list) {
		struct place p = loader_item(l, top, "products", item, (int)c->products.n);

		load_product(l, p, &all[c->products.n]);
		if (l->error)
			return;
		check(l, p, &all[c->products.n], c);
		c->products.n++;
	}
}
