/* What is watched, how long it has been silent, and whose it is to tell. */
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "watch/watch.h"

static int64_t clock_s(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec;
}

struct watch_clock watch_clock_now(void)
{
	return (struct watch_clock){ clock_s(CLOCK_REALTIME), clock_s(CLOCK_BOOTTIME), clock_s(CLOCK_MONOTONIC) };
}

/* One that is meant to be stopped, or whose user is not there, is missed by nobody. */
static bool is_meant(const struct instance *in)
{
	return !in->paused && in->uid >= 0;
}

static bool tells(const struct instance *in)
{
	return in->notify.is_on && is_meant(in);
}

static int64_t limit_of(const struct config *c, enum alive_what what)
{
	if (what == ALIVE_NOTIFY)
		return WATCH_NOTIFY_S;
	return 4 * c->interval_s > WATCH_EXPORT_S ? 4 * c->interval_s : WATCH_EXPORT_S;
}

struct watched watch_one(const struct config *c, const char *id, const char *label, enum alive_what what, int64_t now, struct arena *a)
{
	struct watched x = { .id = id, .label = label, .what = what, .alive = alive_look(c->state_dir, id, what, now, a) };

	x.is_silent = x.alive.state != ALIVE_UNKNOWN && now - x.alive.at > limit_of(c, what);
	return x;
}

static bool is_silent_notifier(const struct watch_list *w, const struct instance *in)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->list[i].what == ALIVE_NOTIFY && str_eq(w->list[i].id, in->id))
			return w->list[i].is_silent;
	return false; /* it is us: we run */
}

/* The first from place `from` on, round and round, that can tell; `skip` is never it. NULL = nobody. */
static const struct instance *next_that_tells(const struct config *c, const struct watch_list *w, size_t from, const char *skip)
{
	for (size_t i = 0; i < c->n_instances; i++) {
		const struct instance *in = &c->instances[(from + i) % c->n_instances];

		if (tells(in) && !str_eq(in->id, skip) && !is_silent_notifier(w, in))
			return in;
	}
	return NULL;
}

const struct instance *watch_spokesman(const struct config *c)
{
	for (size_t i = 0; i < c->n_instances; i++)
		if (tells(&c->instances[i]) && c->instances[i].notify.for_host)
			return &c->instances[i];
	for (size_t i = 0; i < c->n_instances; i++)
		if (tells(&c->instances[i]))
			return &c->instances[i];
	return NULL;
}

/* The machine's is told by whoever stands in for its spokesman while that one is silent. */
static const struct instance *speaker_of(const struct config *c, const struct watch_list *w, const struct watched *x)
{
	const struct instance *spokesman = watch_spokesman(c);

	if (str_eq(x->id, ALIVE_HOST))
		return spokesman && !is_silent_notifier(w, spokesman) ? spokesman : next_that_tells(c, w, 0, NULL);
	for (size_t i = 0; i < c->n_instances; i++)
		if (str_eq(c->instances[i].id, x->id))
			return next_that_tells(c, w, i + 1, x->id);
	return NULL;
}

void watch_look(const struct config *c, const struct instance *in, int64_t now, struct watch_list *w, struct arena *a)
{
	*w = (struct watch_list){ .list = arena_calloc(a, 2 * c->n_instances + 1, sizeof(*w->list)) };
	for (size_t i = 0; i < c->n_instances; i++) {
		const struct instance *other = &c->instances[i];

		if (is_meant(other))
			w->list[w->n++] = watch_one(c, other->id, instance_short_label(other, a), ALIVE_EXPORT, now, a);
		if (tells(other) && !str_eq(other->id, in->id)) /* our own runs right now */
			w->list[w->n++] = watch_one(c, other->id, instance_short_label(other, a), ALIVE_NOTIFY, now, a);
	}
	w->list[w->n++] = watch_one(c, ALIVE_HOST, "This machine", ALIVE_EXPORT, now, a);
	for (size_t i = 0; i < w->n; i++) {
		struct watched *x = &w->list[i];
		const struct instance *speaker = speaker_of(c, w, x);

		x->is_ours = (speaker && str_eq(speaker->id, in->id)) || str_eq(x->id, in->id);
		w->n_silent += x->is_silent;
		if (!w->blind)
			w->blind = x->alive.reason;
	}
}
