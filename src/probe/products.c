#include "probe/products.h"

#include "base/clock.h"
#include "base/str.h"
#include "probe/systemd.h"

#define UNITS_US (1000 * 1000)
#define HTTP_US  (3 * 1000 * 1000)
#define LEFT_US  (300 * 1000) /* of the runner's deadline, for what comes after */

static bool has_source(const struct product *p)
{
	return p->url || p->unit.unit;
}

/* ---- units ---- */

static void ask_units(const struct product_question *list, size_t n, struct arena *a, int64_t deadline_us)
{
	struct unit_ref *refs = arena_calloc(a, n ? n : 1, sizeof(*refs));
	struct unit *units = arena_calloc(a, n ? n : 1, sizeof(*units));
	size_t n_refs = 0;

	for (size_t i = 0; i < n; i++)
		if (list[i].product->unit.unit)
			refs[n_refs++] = list[i].product->unit;
	if (n_refs == 0)
		return;
	systemd_units(units, refs, n_refs, a, deadline_us);
	for (size_t i = 0, from = 0; i < n; i++)
		if (list[i].product->unit.unit)
			list[i].to->unit = units[from++];
}

static bool is_active(const struct unit *u)
{
	static const char *const words[] = { "active", "reloading", "activating" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_eq(u->active_state, words[i]))
			return true;
	return false;
}

/* ---- what holds, and what does not ---- */

struct found {
	enum probe_state state;
	const char *reason;
};

static struct found of_unit(const struct product_health *h, struct arena *a)
{
	const struct unit *u = &h->unit;

	if (u->probe.state == PROBE_UNKNOWN)
		return (struct found){ PROBE_UNKNOWN, u->probe.reason };
	if (is_active(u))
		return (struct found){ PROBE_OK, NULL };
	if (u->probe.state == PROBE_OK)
		return (struct found){ PROBE_INACTIVE, arena_printf(a, "%s is %s", u->name, u->active_state ? u->active_state : "not active") };
	return (struct found){ PROBE_INACTIVE, u->probe.reason };
}

static bool is_expected(const struct product *p, int64_t status)
{
	if (p->n_expect_status == 0)
		return status >= 200 && status <= 399;
	for (size_t i = 0; i < p->n_expect_status; i++)
		if (p->expect_status[i] == status)
			return true;
	return false;
}

/* "200", "200 or 204", "200 to 399" */
static const char *expected_text(const struct product *p, struct arena *a)
{
	const char *text = p->n_expect_status ? "" : "200 to 399";

	for (size_t i = 0; i < p->n_expect_status; i++)
		text = arena_printf(a, "%s%s%lld", text, i ? " or " : "", (long long)p->expect_status[i]);
	return text;
}

static struct found of_answer(const struct product *p, const struct product_health *h, struct arena *a)
{
	if (h->outcome != PRODUCT_ANSWERED)
		return (struct found){ h->probe.state, h->probe.reason };
	if (!is_expected(p, h->status))
		return (struct found){ PROBE_INACTIVE, arena_printf(a, "it answers %lld, expected is %s", (long long)h->status, expected_text(p, a)) };
	if (!p->expect_text || h->text_found == TRI_YES)
		return (struct found){ PROBE_OK, NULL };
	if (h->text_found == TRI_NO)
		return (struct found){ PROBE_INACTIVE, arena_printf(a, "it answers %lld, but without the expected text", (long long)h->status) };
	return (struct found){ PROBE_UNKNOWN, "it answers, but its text did not come in time" };
}

/* Both must hold where both are asked; what does not hold says more than what could not be asked. */
static void settle(const struct product *p, struct product_health *h, struct arena *a)
{
	struct found answer = p->url ? of_answer(p, h, a) : (struct found){ PROBE_OK, NULL };
	struct found unit = p->unit.unit ? of_unit(h, a) : (struct found){ PROBE_OK, NULL };
	struct found worse = answer;

	if (unit.state == PROBE_INACTIVE || (unit.state == PROBE_UNKNOWN && answer.state == PROBE_OK))
		worse = unit;
	h->probe.state = worse.state;
	h->probe.reason = worse.reason;
	if (worse.state != PROBE_OK && !worse.reason)
		h->probe.reason = "no reason is known";
}

static void begin(const struct product *p, struct product_health *h, int64_t now, struct arena *a)
{
	h->id = p->id;
	h->status = COUNT_UNKNOWN;
	h->unit.restarts = h->unit.exit_status = COUNT_UNKNOWN;
	h->probe.taken_at = now;
	h->probe.source = arena_printf(a, "%s%s%s", p->url ? p->url_shown : "", p->url && p->unit.unit ? ", " : "",
				       p->unit.unit ? p->unit.unit : "");
}

static int64_t until(int64_t deadline_us, int64_t limit_us)
{
	int64_t left = deadline_us > 0 ? deadline_us - clock_mono_us() - LEFT_US : limit_us;

	return left < limit_us ? (left > 0 ? left : 1) : limit_us;
}

static void ask(struct product_healths *all, const struct product_question *list, size_t n, struct arena *a, int64_t deadline_us)
{
	struct product_question *with_url = arena_calloc(a, n, sizeof(*with_url));
	size_t n_url = 0;

	for (size_t i = 0; i < n; i++)
		if (list[i].product->url)
			with_url[n_url++] = list[i];
	ask_units(list, n, a, clock_mono_us() + until(deadline_us, UNITS_US));
	product_http_ask(with_url, n_url, until(deadline_us, HTTP_US), a);
	for (size_t i = 0; i < n; i++) {
		settle(list[i].product, list[i].to, a);
		list[i].to->probe.took_us = list[i].to->latency_us ? list[i].to->latency_us : list[i].to->unit.probe.took_us;
	}
	all->probe.state = PROBE_OK;
}

void probe_products(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct products *products = in;
	struct product_healths *all = out;
	struct product_question *list = arena_calloc(a, products->n + 1, sizeof(*list));
	int64_t now = clock_now_s();
	size_t n = 0;

	all->probe.source = "the configured products";
	all->list = arena_calloc(a, products->n + 1, sizeof(*all->list));
	for (size_t i = 0; i < products->n; i++) {
		if (!has_source(&products->list[i]))
			continue;
		begin(&products->list[i], &all->list[n], now, a);
		list[n] = (struct product_question){ &products->list[i], &all->list[n] };
		n++;
	}
	all->n_list = n;
	all->probe.state = PROBE_INACTIVE;
	all->probe.reason = products->n ? "no product has an address or a unit yet" : "no products are configured";
	if (n == 0)
		return;
	all->probe.reason = NULL;
	ask(all, list, n, a, deadline_us);
}
