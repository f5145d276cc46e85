#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "probe/files.h"
#include "report/answers_file.h"
#include "report/report.h"
#include "report/report_cache.h"
#include "report/shapes.h"

/* A clock that differs by this much between two processes of one machine was set in between. */
#define FUTURE_SLACK_S 5
/* On top of two intervals: what a run itself may take. */
#define STALE_SLACK_S  10
/* Of one report that is kept: more than the greatest that is read can become. */
#define KEPT_ARENA_MAX (64 * 1024 * 1024)

/* One report as it was last read. */
struct kept {
	struct stat file;           /* what it was read from */
	struct arena *arena;        /* NULL: nothing is kept */
	void *report;
};

struct report_cache {
	const struct config *config;
	struct kept *list;          /* one an instance, in the configuration's order, and the machine's */
};

struct source {
	const char *state_dir;
	const char *id;
	const char *kind;           /* "instance", "host" */
	int64_t owner;              /* uid that must own the file, besides root; -1 = nobody may */
	const struct shape *shape;
	int64_t stale_after_s;
	int64_t now;
	struct arena *arena;
	struct arena *strings;      /* where what is read of the report lives */
	struct kept *kept;          /* NULL: nothing is */
};

static cJSON *read_json(const struct source *s, struct stat *st, const char **reason)
{
	struct file_rules rules = { .max_bytes = REPORT_MAX_BYTES, .owner_uid = -1 };
	const char *path = arena_printf(s->arena, "reports/%s/report.json", s->id);
	struct json_error why;
	enum file_result result;
	cJSON *json;
	char *text;
	size_t len;

	result = file_read_beneath(s->state_dir, path, &rules, s->arena, &text, &len, st, reason);
	if (result == FILE_ABSENT)
		*reason = "its exporter has not published anything yet";
	if (result != FILE_OK)
		return NULL;
	if ((int64_t)st->st_uid != s->owner && st->st_uid != 0) {
		*reason = arena_printf(s->arena, "report.json belongs to uid %u, not to the instance's user", st->st_uid);
		return NULL;
	}
	json = json_parse(text, len, JSON_STRICT, &why);
	if (!json)
		*reason = arena_printf(s->arena, "report.json is broken at line %zu: %s", why.line, why.what);
	return json;
}

/* What must hold before a single reading of it counts. */
static const char *check_head(const struct source *s, const cJSON *json)
{
	int64_t version = 0;

	if (!json_i64(json, "schemaVersion", &version) || version != REPORT_SCHEMA_VERSION)
		return arena_printf(s->arena, "report.json has schema version %lld, this dashboard reads %d: update the older of the two",
				    (long long)version, REPORT_SCHEMA_VERSION);
	if (!str_eq(json_string(json, "kind"), s->kind))
		return arena_printf(s->arena, "report.json is no report of %s %s", str_eq(s->kind, "host") ? "a" : "an", s->kind);
	if (str_eq(s->kind, "instance") && !str_eq(json_string(json, "instanceId"), s->id))
		return "report.json is about another instance";
	return NULL;
}

static void judge_age(const struct source *s, int64_t generated_at, struct probe *p)
{
	int64_t age = s->now - generated_at;

	p->taken_at = generated_at;
	if (generated_at == 0)
		p->reason = "report.json does not say when it was made";
	else if (age < -FUTURE_SLACK_S)
		p->reason = "report.json is dated in the future: check the clock";
	else if (age > s->stale_after_s)
		p->reason = "its exporter has stopped reporting";
	else
		p->state = PROBE_OK;
}

/* Fills *report (of the source's shape) and *p from a tree, or, for NULL, says the reason; true when it was read. */
static bool take_report(const struct source *s, const cJSON *json, const char *reason, void *report,
			const int64_t *generated_at, struct probe *p)
{
	p->source = arena_printf(s->arena, "reports/%s/report.json", s->id);
	if (json && !(reason = check_head(s, json)) && !shape_read(s->shape, json, report, s->strings, &reason))
		reason = arena_printf(s->arena, "report.json is not valid: %s", reason);
	if (reason)
		p->reason = reason;
	else
		judge_age(s, *generated_at, p);
	return reason == NULL;
}

/* Whether nothing was done to the file since: contents, owner, mode and links all leave their mark. */
static bool is_same_file(const struct stat *x, const struct stat *y)
{
	return x->st_dev == y->st_dev && x->st_ino == y->st_ino && x->st_size == y->st_size &&
	       x->st_mtim.tv_sec == y->st_mtim.tv_sec && x->st_mtim.tv_nsec == y->st_mtim.tv_nsec &&
	       x->st_ctim.tv_sec == y->st_ctim.tv_sec && x->st_ctim.tv_nsec == y->st_ctim.tv_nsec;
}

/* Whether what is kept was read from the file that is there now: one that was found good, whichever way it was reached. */
static bool is_kept(const struct source *s)
{
	const char *path;
	struct stat st;

	if (!s->kept || !s->kept->arena)
		return false;
	path = arena_printf(s->arena, "%s/reports/%s/report.json", s->state_dir, s->id);
	return lstat(path, &st) == 0 && is_same_file(&st, &s->kept->file);
}

static void forget(struct kept *k)
{
	arena_free(k->arena);
	*k = (struct kept){ .arena = NULL };
}

/* Reads the file and, where there is a cache, keeps what was read. */
static bool read_file(struct source *s, void *report, const int64_t *generated_at, struct probe *p)
{
	const char *reason = NULL;
	struct stat st;
	CLEANUP_JSON cJSON *json = read_json(s, &st, &reason);
	bool ok;

	if (s->kept) {
		forget(s->kept);
		s->kept->arena = s->strings = arena_new(KEPT_ARENA_MAX);
	}
	ok = take_report(s, json, reason, report, generated_at, p);
	if (!s->kept)
		return ok;
	if (!ok) { /* a reason may live there */
		p->reason = arena_strdup(s->arena, p->reason);
		forget(s->kept);
		return false;
	}
	s->kept->file = st;
	s->kept->report = arena_alloc(s->strings, s->shape->size);
	memcpy(s->kept->report, report, s->shape->size);
	return true;
}

/* The same from the file; true when the report was read, though it may be stale. */
static bool read_report(struct source *s, void *report, const int64_t *generated_at, struct probe *p)
{
	if (!is_kept(s))
		return read_file(s, report, generated_at, p);
	memcpy(report, s->kept->report, s->shape->size);
	p->source = arena_printf(s->arena, "reports/%s/report.json", s->id);
	judge_age(s, *generated_at, p);
	return true;
}

static int64_t stale_after(int64_t interval_s)
{
	return 2 * interval_s + STALE_SLACK_S;
}

bool report_read_instance(const cJSON *json, const struct instance *in, int64_t interval_s, int64_t now, struct arena *a,
			  struct instance_snapshot *out)
{
	struct source s = { .id = in->id, .kind = "instance", .shape = &instance_report_shape,
			    .stale_after_s = stale_after(interval_s), .now = now, .arena = a, .strings = a };

	out->instance = in;
	out->has_report = take_report(&s, json, NULL, &out->report, &out->report.generated_at, &out->probe);
	return out->has_report;
}

bool report_read_host(const cJSON *json, int64_t interval_s, int64_t now, struct arena *a, struct host_snapshot *out)
{
	struct source s = { .id = "host", .kind = "host", .shape = &host_report_shape,
			    .stale_after_s = stale_after(interval_s), .now = now, .arena = a, .strings = a };

	out->has_report = take_report(&s, json, NULL, &out->report, &out->report.generated_at, &out->probe);
	return out->has_report;
}

static void load_instance(const struct config *c, const struct instance *in, struct kept *kept, int64_t now, struct arena *a,
			  struct instance_snapshot *out)
{
	struct source s = { c->state_dir, in->id, "instance", in->uid, &instance_report_shape,
			    stale_after(c->interval_s), now, a, a, kept };

	out->instance = in;
	out->has_report = read_report(&s, &out->report, &out->report.generated_at, &out->probe);
	if (!out->has_report)
		memset(&out->report, 0, sizeof(out->report));
}

const struct instance_report *report_last(const struct config *c, const struct instance *in, struct arena *a)
{
	struct instance_snapshot *s = arena_alloc(a, sizeof(*s));

	load_instance(c, in, NULL, clock_now_s(), a, s);
	return s->has_report ? &s->report : NULL;
}

/*
 * Who shows the machine's report also writes it: a user with a site of his own, or the account of an installed one. Root, who looks
 * at an installed one, takes the owner of its folder, which nobody else could have put there.
 */
static int64_t host_owner(const struct config *c, struct arena *a)
{
	struct stat st;

	if (geteuid() == 0 && lstat(arena_printf(a, "%s/reports/host", c->state_dir), &st) == 0 && S_ISDIR(st.st_mode))
		return (int64_t)st.st_uid;
	return (int64_t)geteuid();
}

static void load_host(const struct config *c, struct kept *kept, int64_t now, struct arena *a, struct host_snapshot *out)
{
	struct source s = { c->state_dir, "host", "host", host_owner(c, a), &host_report_shape,
			    stale_after(c->interval_s), now, a, a, kept };

	out->has_report = read_report(&s, &out->report, &out->report.generated_at, &out->probe);
	if (!out->has_report)
		memset(&out->report, 0, sizeof(out->report));
	out->products = c->products;
	out->expected = config_expected(c, a);
}

const struct host_report *report_last_host(const struct config *c, struct arena *a)
{
	struct host_snapshot *s = arena_alloc(a, sizeof(*s));

	load_host(c, NULL, clock_now_s(), a, s);
	return s->has_report ? &s->report : NULL;
}

static struct snapshot *load(const struct config *c, struct kept *kept, int64_t now, struct arena *a)
{
	struct snapshot *snap = arena_alloc(a, sizeof(*snap));

	snap->now = now;
	snap->is_sample = c->is_sample;
	snap->discovery_note = c->discovery_note;
	snap->n_instances = c->n_instances;
	snap->instances = arena_calloc(a, c->n_instances ? c->n_instances : 1, sizeof(*snap->instances));
	for (size_t i = 0; i < c->n_instances; i++) {
		load_instance(c, &c->instances[i], kept ? &kept[i] : NULL, now, a, &snap->instances[i]);
		answers_load(c->state_dir, c->instances[i].id, now, &snap->instances[i].answers, a);
	}
	load_host(c, kept ? &kept[c->n_instances] : NULL, now, a, &snap->host);
	answers_load(c->state_dir, "host", now, &snap->host.answers, a);
	answers_load(c->state_dir, ANSWER_FOR_ALL, now, &snap->answers, a);
	return snap;
}

struct snapshot *snapshot_load(const struct config *c, int64_t now, struct arena *a)
{
	return load(c, NULL, now, a);
}

struct report_cache *report_cache_new(const struct config *c)
{
	struct report_cache *k = calloc(1, sizeof(*k));

	if (!k || !(k->list = calloc(c->n_instances + 1, sizeof(*k->list))))
		abort();
	k->config = c;
	return k;
}

void report_cache_free(struct report_cache *k)
{
	if (!k)
		return;
	for (size_t i = 0; i <= k->config->n_instances; i++)
		forget(&k->list[i]);
	free(k->list);
	free(k);
}

struct snapshot *report_cache_load(struct report_cache *k, int64_t now, struct arena *a)
{
	return load(k->config, k->list, now, a);
}
