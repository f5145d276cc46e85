/*
 * The same key in two homes. Told by fingerprint, never by value
 * (docs/privileges.md); Telegram hands each message of a bot to one of those
 * who ask for it, so that two gateways with one token take each other's.
 */
#include "view/judge_shared.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "view/facts.h"
#include "view/judge_parts.h"

#define NAMES_SHOWN  3
#define ALSO_SHOWN   5
#define GATEWAYS_ASKED 6 /* to tell whether two run with one token */

static const char telegram[] = "TELEGRAM_BOT_TOKEN";

/* A report may say anything: only what hermes/fingerprint.c could have made is compared. */
static bool is_print(const struct key_print *k)
{
	return k->name && k->fingerprint && strlen(k->fingerprint) == FINGERPRINT_CHARS &&
	       strspn(k->fingerprint, "0123456789abcdef") == FINGERPRINT_CHARS;
}

/* ---- finding them ---- */

struct found {
	const char *fingerprint;
	struct shared_use use;
};

static int by_print(const void *x, const void *y)
{
	const struct found *a = x, *b = y;
	int order = strcmp(a->fingerprint, b->fingerprint);

	if (order)
		return order;
	if (a->use.instance != b->use.instance)
		return a->use.instance < b->use.instance ? -1 : 1;
	return strcmp(a->use.name, b->use.name);
}

static int bots_first(const void *x, const void *y)
{
	const struct shared_key *a = x, *b = y;
	int order = status_rank(b->status) - status_rank(a->status);

	order = order ? order : b->is_bot - a->is_bot;
	for (size_t i = 0; !order && i < a->n_uses && i < b->n_uses; i++)
		order = (a->uses[i].instance > b->uses[i].instance) - (a->uses[i].instance < b->uses[i].instance);
	order = order ? order : (a->n_uses > b->n_uses) - (a->n_uses < b->n_uses);
	order = order ? order : strcmp(a->uses[0].name, b->uses[0].name);
	return order ? order : strcmp(a->fingerprint, b->fingerprint);
}

static size_t gather(const struct snapshot *s, struct found *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_instances; i++) {
		const struct keys *k = &s->instances[i].report.agent.keys;

		if (!facts_hold(&s->instances[i], s->now) || k->probe.state != PROBE_OK)
			continue;
		for (size_t j = 0; j < k->n_list && j < KEYS_MAX; j++)
			if (is_print(&k->list[j]))
				out[n++] = (struct found){ k->list[j].fingerprint, { i, k->list[j].name } };
	}
	return n;
}

/* One run of equal fingerprints: each instance counts once, whatever number of names it has for it. */
static struct shared_key run_of(const struct found *f, size_t n, struct arena *a)
{
	struct shared_key k = { .fingerprint = f->fingerprint, .uses = arena_calloc(a, n, sizeof(*k.uses)) };

	for (size_t i = 0; i < n; i++) {
		k.is_bot = k.is_bot || str_ends(f[i].use.name, "_BOT_TOKEN");
		if (i == 0 || f[i].use.instance != f[i - 1].use.instance)
			k.uses[k.n_uses++] = f[i].use;
	}
	return k;
}

static bool is_stopped(const struct judgement *items, size_t n)
{
	const struct judgement *gateway = judge_find(items, n, "gateway");

	return gateway && gateway->is_running == TRI_NO;
}

/* Whether two gateways, neither known to stand still, ask Telegram for messages with this very token. */
static bool has_rivals(const struct shared_key *k, const struct snapshot *s, struct arena *a)
{
	size_t asked = 0, running = 0;

	for (size_t i = 0; i < k->n_uses && asked < GATEWAYS_ASKED && running < 2; i++) {
		struct judgement *items;
		size_t n;

		if (!str_eq(k->uses[i].name, telegram))
			continue;
		asked++;
		judge_instance(&s->instances[k->uses[i].instance], s->now, a, &items, &n);
		running += !is_stopped(items, n);
	}
	return running > 1;
}

struct shared_keys shared_keys_of(const struct snapshot *s, struct arena *a)
{
	struct found *all = arena_calloc(a, s->n_instances * KEYS_MAX + 1, sizeof(*all));
	size_t n = gather(s, all), len;
	struct shared_keys k = { .list = arena_calloc(a, n / 2 + 1, sizeof(*k.list)) };

	qsort(all, n, sizeof(*all), by_print);
	for (size_t i = 0; i < n; i += len) {
		for (len = 1; i + len < n && str_eq(all[i].fingerprint, all[i + len].fingerprint); len++)
			;
		if (all[i].use.instance != all[i + len - 1].use.instance)
			k.list[k.n++] = run_of(&all[i], len, a);
	}
	for (size_t i = 0; i < k.n; i++)
		k.list[i].status = has_rivals(&k.list[i], s, a) ? STATUS_CRITICAL : STATUS_WARN;
	qsort(k.list, k.n, sizeof(*k.list), bots_first);
	return k;
}

/* ---- judging them ---- */

const char *shared_names(const struct shared_key *k, const struct snapshot *s, size_t but, struct arena *a)
{
	const char *names[NAMES_SHOWN + 1];
	size_t n = 0, left = 0;

	for (size_t i = 0; i < k->n_uses; i++) {
		if (k->uses[i].instance == but)
			continue;
		if (n < NAMES_SHOWN)
			names[n++] = instance_short_label(s->instances[k->uses[i].instance].instance, a);
		else
			left++;
	}
	if (left)
		names[n++] = arena_printf(a, "%zu more", left);
	return human_list(a, names, n);
}

static const struct shared_use *use_of(const struct shared_key *k, size_t instance)
{
	for (size_t i = 0; i < k->n_uses; i++)
		if (k->uses[i].instance == instance)
			return &k->uses[i];
	return NULL;
}

const char *shared_kind(const struct shared_key *k)
{
	return k->is_bot ? "bot token" : "key";
}

/* The name comes out of a report. */
static const char *clean_name(const char *name, struct arena *a)
{
	return str_clean(a, name, strlen(name), NAME_MAX_CHARS);
}

static const char *also_text(const struct shared_keys *mine, const struct snapshot *s, size_t instance, struct arena *a)
{
	const char *text = "";

	for (size_t i = 1; i < mine->n && i <= ALSO_SHOWN; i++)
		text = arena_printf(a, "%s%s%s (with %s)", text, i > 1 ? ", " : " Also shared: ",
				    clean_name(use_of(&mine->list[i], instance)->name, a),
				    shared_names(&mine->list[i], s, instance, a));
	if (mine->n > ALSO_SHOWN + 1)
		text = arena_printf(a, "%s and %zu more", text, mine->n - ALSO_SHOWN - 1);
	return *text ? arena_printf(a, "%s.", text) : "";
}

const char *shared_harm(const struct shared_key *k)
{
	if (k->status == STATUS_CRITICAL)
		return "two gateways with one Telegram token take each other's messages";
	if (k->is_bot)
		return "gateways that run with one bot token get or answer each other's messages";
	return "who gets hold of it in one home has it in the other, and neither's use can be told apart";
}

static void say_shared(struct judgement *j, const struct shared_keys *mine, const struct snapshot *s, size_t instance,
		       enum status status, struct arena *a)
{
	const struct shared_key *k = &mine->list[0];
	const char *name = clean_name(use_of(k, instance)->name, a);
	const char *more = mine->n > 1 ? arena_printf(a, ", and %s", human_plural(a, (int64_t)mine->n - 1, "more shared key")) : "";

	judging_say(j, status, "shared",
		    arena_printf(a, "%zu of %zu keys", mine->n, s->instances[instance].report.agent.keys.n_list));
	judging_attend(j,
		       arena_printf(a, "The same %s in %s%s", shared_kind(k), shared_names(k, s, SIZE_MAX, a), more),
		       arena_printf(a, "%s has the fingerprint %.*s in %s, too: %s.%s", name, FINGERPRINT_SHOWN, k->fingerprint,
				    shared_names(k, s, instance, a), shared_harm(k), also_text(mine, s, instance, a)),
		       k->is_bot ? "a shared bot token" : "a shared key");
	j->clears_when = "each home has keys of its own";
}

/* How many of the others could not be compared. */
static size_t count_missing(const struct snapshot *s, size_t instance)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_instances; i++) {
		const struct keys *k = &s->instances[i].report.agent.keys;
		bool has_looked = k->probe.state == PROBE_OK || (k->probe.state == PROBE_INACTIVE && k->left_out >= 0);

		n += i != instance && !(facts_hold(&s->instances[i], s->now) && has_looked);
	}
	return n;
}

static void say_own(struct judgement *j, const struct snapshot *s, size_t instance, struct arena *a)
{
	size_t n = s->instances[instance].report.agent.keys.n_list, missing = count_missing(s, instance);
	const char *keys = human_plural(a, (int64_t)n, "key");

	if (s->n_instances < 2 || missing == s->n_instances - 1)
		judging_say(j, STATUS_INFO, keys,
			    missing ? "no other instance could be compared" : "no other instance to compare with");
	else
		judging_say(j, STATUS_OK, "not shared",
			    missing ? arena_printf(a, "%s; %s could not be compared", keys, human_plural(a, (int64_t)missing, "instance"))
				    : keys);
}

void judge_shared(const struct shared_keys *k, const struct snapshot *s, size_t instance, struct arena *a,
		  struct judgement *items, size_t n)
{
	struct judgement *j = (struct judgement *)judge_find(items, n, "keys");
	struct shared_keys mine = { .list = arena_calloc(a, k->n + 1, sizeof(*mine.list)) };
	enum status status = STATUS_WARN;

	if (!j || !facts_hold(&s->instances[instance], s->now) || s->instances[instance].report.agent.keys.probe.state != PROBE_OK)
		return;
	for (size_t i = 0; i < k->n; i++)
		if (use_of(&k->list[i], instance))
			mine.list[mine.n++] = k->list[i];
	if (mine.n == 0) {
		say_own(j, s, instance, a);
		return;
	}
	/* Who stands still, or has the token under a name that nothing reads, takes nobody's messages. */
	for (size_t i = 0; i < mine.n; i++)
		if (str_eq(use_of(&mine.list[i], instance)->name, telegram) && !is_stopped(items, n))
			status = status_worst(status, mine.list[i].status);
	say_shared(j, &mine, s, instance, status, a);
	j->is_unbooked = true;
}
