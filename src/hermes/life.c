#include "hermes/life.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "hermes/hermes.h"
#include "hermes/home.h"
#include "json/json.h"
#include "model/gateway.h"
#include "probe/files.h"

/* All of gateway/status.py and gateway/run.py of 0.20; 0.15 and before write the channel directory alone. */
#define HEARTBEAT  "state/gateway.heartbeat"
#define DIRECTORY  "channel_directory.json"
#define LIFECYCLE  "state/gateway.lifecycle.json"
#define EXIT_DIAG  "logs/gateway-exit-diag.log"
#define STARTS     "logs/gateway-starts.log"
#define DEAD_LIST  "gateway/dead_targets.json"
#define STATE_FILE "gateway_state.json"

#define HEARTBEAT_LIMIT_S 150
#define JSON_MAX          ((size_t)1024 * 1024)
#define FILE_LIMIT        ((size_t)1024 * 1024 * 1024) /* of which only the tail is read */
#define TAIL_MAX          ((size_t)64 * 1024)
#define REASON_CHARS      200

struct reader {
	const struct hermes_source *src;
	struct life *life;
	struct arena *a;
	const char *trouble;        /* the first file that was there and could not be read; NULL = none */
	size_t n_read;
};

/* A small JSON object below the home; NULL when it is absent or broken. The caller frees it. */
static cJSON *read_object(struct reader *r, const char *path)
{
	struct probe p = { 0 };
	cJSON *json = NULL;
	char *data;
	size_t len;

	if (home_read(&p, r->src, path, JSON_MAX, "absent", r->a, &data, &len))
		json = home_parse(&p, path, data, len, r->a);
	if (json && !cJSON_IsObject(json)) {
		home_answer(&p, PROBE_UNKNOWN, arena_printf(r->a, "%s holds no object", path));
		json_freep(&json);
	}
	if (p.state == PROBE_UNKNOWN && !json && p.reason && !str_eq(p.reason, "absent") && !r->trouble)
		r->trouble = p.reason;
	r->n_read += json != NULL;
	return json;
}

/* The last TAIL_MAX bytes of a file, from the beginning of a line on; NULL when there are none to read. */
static const char *read_tail(struct reader *r, const char *path)
{
	const struct file_rules rules = { .max_bytes = FILE_LIMIT, .owner_uid = -1 };
	CLEANUP_FD int fd = -1;
	const char *reason = NULL, *line;
	struct stat st;
	ssize_t n;
	char *text;
	off_t from;
	enum file_result found = file_open_beneath(r->src->home, path, &rules, r->a, &fd, &st, &reason);

	if (found == FILE_REFUSED && !r->trouble)
		r->trouble = reason;
	if (found != FILE_OK)
		return NULL;
	text = arena_alloc(r->a, TAIL_MAX + 1);
	from = st.st_size > (off_t)TAIL_MAX ? st.st_size - (off_t)TAIL_MAX : 0;
	n = pread(fd, text, TAIL_MAX, from);
	if (n < 0)
		return NULL;
	text[n] = '\0';
	line = from ? strchr(text, '\n') : text;
	return line ? line : text;
}

/* Of the process that lives; one of an earlier process is no sign of this one. */
static void read_heartbeat(struct reader *r, const struct gateway *g)
{
	CLEANUP_JSON cJSON *beat = read_object(r, HEARTBEAT);
	int64_t pid = 0;

	r->life->heartbeat_limit_s = HEARTBEAT_LIMIT_S;
	if (beat && (g->pid_state != PID_ALIVE || !json_i64(beat, "pid", &pid) || pid == g->pid))
		r->life->heartbeat_at = home_time(beat, "updated_at");
}

/* Its own stamp is local time of a zone that it does not name; the file's time says the same. */
static void read_directory(struct reader *r)
{
	const struct file_rules rules = { .max_bytes = FILE_LIMIT, .owner_uid = -1 };
	CLEANUP_FD int fd = -1;
	const char *reason = NULL;
	struct stat st;

	switch (file_open_beneath(r->src->home, DIRECTORY, &rules, r->a, &fd, &st, &reason)) {
	case FILE_OK:
		r->life->directory_at = home_epoch((double)st.st_mtim.tv_sec);
		r->n_read++;
		return;
	case FILE_ABSENT:
		return;
	default:
		if (!r->trouble)
			r->trouble = reason;
	}
}

static void read_lifecycle(struct reader *r)
{
	CLEANUP_JSON cJSON *cycle = read_object(r, LIFECYCLE);
	bool was_unclean;

	if (!cycle)
		return;
	r->life->started_at = home_time(cycle, "started_at");
	r->life->exit_reason = home_text(cycle, "exit_reason", REASON_CHARS, r->a);
	if (json_bool(cycle, "prior_unclean_exit", &was_unclean))
		r->life->was_unclean = was_unclean ? TRI_YES : TRI_NO;
}

/* "suspected_oom": true, at the top of the record or in what it carries. */
static bool suspects_oom(const cJSON *record)
{
	const cJSON *item;
	bool found;

	if (json_bool(record, "suspected_oom", &found))
		return found;
	cJSON_ArrayForEach(item, record)
		if (cJSON_IsObject(item) && json_bool(item, "suspected_oom", &found))
			return found;
	return false;
}

/* The log says what it was that ended the life before this one; its last word on that counts. */
static void read_exit_log(struct reader *r)
{
	const char *text = r->life->was_unclean == TRI_YES ? read_tail(r, EXIT_DIAG) : NULL;
	const char *last = NULL;

	for (const char *at = text; at && (at = strstr(at, "gateway.previous_unclean_exit")); at++)
		last = at;
	if (!last)
		return;
	while (last > text && last[-1] != '\n')
		last--;
	{
		CLEANUP_JSON cJSON *record = json_parse(last, strcspn(last, "\n"),
							JSON_RAW_CONTROLS | JSON_REPLACE_BAD_UTF8 | JSON_PYTHON_NUMBERS, NULL);

		if (record && suspects_oom(record))
			r->life->exit_reason = "it probably ran out of memory";
	}
}

/* One epoch number a line, a start each; those of today, by this machine's zone. */
static void read_starts(struct reader *r)
{
	int64_t now = home_now(r->src), midnight = clock_midnight_s(now);
	const char *text = read_tail(r, STARTS);

	r->life->starts_today = text ? 0 : COUNT_UNKNOWN;
	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		int64_t t;

		line += *line == '\n';
		t = home_epoch(strtod(line, NULL));
		r->life->starts_today += t >= midnight && t <= now;
	}
}

static void read_dead_targets(struct reader *r)
{
	CLEANUP_JSON cJSON *dead = read_object(r, DEAD_LIST);

	r->life->dead_targets = dead ? cJSON_GetArraySize(dead) : COUNT_UNKNOWN;
}

static void read_wanted(struct reader *r)
{
	CLEANUP_JSON cJSON *state = read_object(r, STATE_FILE);

	r->life->wanted = state ? home_text(state, "desired_state", 32, r->a) : NULL;
}

static void answer(struct reader *r)
{
	struct probe *p = &r->life->probe;

	if (r->n_read)
		home_answer(p, PROBE_OK, NULL);
	else if (r->trouble)
		home_answer(p, PROBE_UNKNOWN, r->trouble);
	else
		home_answer(p, PROBE_INACTIVE, "the gateway has left no signs of life here");
}

static void start_over(struct life *l, const struct hermes_source *src)
{
	home_begin(&l->probe, "heartbeat, channel directory and exit records", src);
	home_begin(&l->inbound, "state.db", src);
	l->starts_today = l->dead_targets = COUNT_UNKNOWN;
	l->restarts_today = COUNT_UNKNOWN;
}

void hermes_life(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct reader r = { .src = in, .life = out, .a = a };
	struct gateway g = { 0 };

	start_over(r.life, r.src);
	if (!home_is_there(&r.life->probe, r.src, a)) {
		home_answer(&r.life->inbound, r.life->probe.state, r.life->probe.reason);
		return;
	}
	hermes_gateway(&g, in, a, deadline_us);
	read_heartbeat(&r, &g);
	read_directory(&r);
	read_lifecycle(&r);
	read_exit_log(&r);
	read_starts(&r);
	read_dead_targets(&r);
	read_wanted(&r);
	answer(&r);
	life_read_inbound(r.life, r.src, a, deadline_us);
}
