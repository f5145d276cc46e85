#include "watch/beat.h"

#include <inttypes.h>
#include <string.h>

#include "base/httpurl.h"
#include "base/str.h"
#include "json/json.h"
#include "probe/http_post.h"
#include "report/beat_file.h"
#include "watch/watch.h"

#define SLACK_S   5             /* a timer that comes early must not cost a whole turn */
#define FIRST_S   60

int64_t beat_backoff_s(int64_t failures, int64_t every_s)
{
	int64_t s = FIRST_S;

	for (int64_t i = 1; i < failures && s < every_s; i++)
		s *= 2;
	return s < every_s ? s : every_s;
}

/* ---- what is said ---- */

const char *beat_body(const struct beat_counts *x, int64_t n_instances, int64_t now, struct arena *a)
{
	static const char form[] = "{\"instances\":%" PRId64 ",\"healthy\":%" PRId64 ",\"warnings\":%" PRId64 ",\"criticals\":%" PRId64
				   ",\"unknown\":%" PRId64 "}";
	bool is_good = x->probe.state == PROBE_OK && now - x->at <= BEAT_COUNTS_S && x->at - now <= BEAT_COUNTS_S;

	if (!is_good)
		return arena_printf(a, form, n_instances, INT64_C(0), INT64_C(0), INT64_C(0), n_instances);
	return arena_printf(a, form, x->instances, x->healthy, x->warnings, x->criticals, x->unknown);
}

bool beat_is_unheard(const struct config *c, int64_t now, struct arena *a)
{
	bool is_anyone = false;

	for (size_t i = 0; i < c->n_instances; i++) {
		const struct instance *in = &c->instances[i];

		if (!in->notify.is_on || in->paused)
			continue;
		is_anyone = true;
		if (!watch_one(c, in->id, "", ALIVE_NOTIFY, now, a).is_silent)
			return false;
	}
	/* Where nobody tells people of anything, the outside is told that nothing is known. */
	return is_anyone || watch_one(c, ALIVE_HOST, "", ALIVE_EXPORT, now, a).is_silent;
}

/* After a start, and after a time in which nothing ran, they may come back by themselves. */
static bool has_grace(const struct beat *was, int64_t now)
{
	return watch_clock_now().boot < WATCH_GRACE_S || now - was->ran_at > WATCH_GAP_S;
}

/* "https://hc-ping.com/ID/fail": in front of a query. */
static char *with_fail(const char *url, struct arena *a)
{
	size_t n = strcspn(url, "?#");

	while (n && url[n - 1] == '/')
		n--;
	return arena_printf(a, "%.*s/fail%s", (int)n, url, url + strcspn(url, "?#"));
}

/* ---- how it goes ---- */

static const char *what_it_means(const struct http_reply *r, struct arena *a)
{
	if (!r->has_status)
		return arena_printf(a, "the beat was not taken: %s", r->reason ? r->reason : "no answer came");
	if (r->status >= 200 && r->status < 300)
		return NULL;
	if (r->status >= 300 && r->status < 400)
		return arena_printf(a, "the beat was answered with a redirect (%ld), which is not followed; put the address that is meant into beat.urlFile",
				    r->status);
	if (r->status == 404 || r->status == 410)
		return arena_printf(a, "the beat's address is not known there (%ld); put the right one into beat.urlFile", r->status);
	return arena_printf(a, "the beat was not taken: it was answered with %ld", r->status);
}

static const char *send(const struct config *c, const char *url, int64_t now, struct arena *a)
{
	struct beat_counts counts;
	struct http_post p = { .url = url, .ca_file = c->beat.ca_file, .type = "application/json" };
	struct http_reply r;

	beat_counts_load(c->state_dir, now, &counts, a);
	p.body = beat_body(&counts, (int64_t)c->n_instances, now, a);
	p.n = strlen(p.body);
	r = http_post(&p, a);
	return what_it_means(&r, a);
}

static void note(struct beat *b, const char *why, int64_t now, int64_t every_s)
{
	b->ran_at = now;
	b->first_at = b->first_at ? b->first_at : now;
	b->error = why;
	b->failures = why ? b->failures + 1 : 0;
	b->good_at = why ? b->good_at : now;
	b->next_at = now - SLACK_S + (why ? beat_backoff_s(b->failures, every_s) : every_s);
}

enum beat_end beat_pass(const struct config *c, int64_t now, struct arena *a, const char **error)
{
	const char *cannot = NULL, *why, *unsaved = NULL;
	struct beat b;
	char *url, *used;

	beat_load(c->state_dir, now, &b, a);
	/* What is broken is begun anew; a time that no wait reaches is of a clock that was set back. */
	if (b.next_at > now && b.next_at <= now + c->beat.every_s)
		return BEAT_NOT_YET;
	url = beat_url(&c->beat, a, &cannot);
	used = url && c->beat.may_fail && !has_grace(&b, now) && beat_is_unheard(c, now, a) ? with_fail(url, a) : url;
	why = url ? send(c, used, now, a) : cannot;
	if (url) {
		explicit_bzero(used, strlen(used));
		explicit_bzero(url, strlen(url));
	}
	note(&b, why, now, c->beat.every_s);
	if (beat_save(c->state_dir, &b, a, &unsaved) < 0) {
		*error = unsaved;
		return BEAT_FAILED;
	}
	*error = why;
	return !url ? BEAT_CONFIG : why ? BEAT_LATER : BEAT_SENT;
}
