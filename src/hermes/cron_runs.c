#include "hermes/cron_runs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "hermes/home.h"
#include "hermes/statedb.h"

#define OUTPUT_DIR  "cron/output"
#define EXECUTIONS  "executions.db"
#define HEAD_BYTES  512
#define TAIL_BYTES  4096
#define NAME_CHARS  100
#define ERROR_CHARS 300
#define BUDGET_US   (1200 * 1000)
#define NAMES_MAX   500000
#define ZONES_S     (26 * 3600) /* two zones differ by less */

struct reader {
	const struct runs_source *in;
	struct runs_batch *out;
	struct arena *a;
	int64_t until_us;
};

static const struct runs_mark *mark_of(const struct reader *r, const char *name)
{
	for (size_t i = 0; i < r->in->request.n_marks; i++)
		if (str_eq(r->in->request.marks[i].name, name))
			return &r->in->request.marks[i];
	return NULL;
}

static void set_mark(struct reader *r, const char *name, int64_t stamp, int64_t size, const char *last)
{
	r->out->marks[r->out->n_marks++] = (struct runs_mark){ .name = name, .stamp = stamp, .size = size, .last = last };
}

static bool is_full(const struct reader *r)
{
	return r->out->n_runs == RUNS_BATCH || clock_mono_us() > r->until_us;
}

static int64_t ns_of(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

/* ---- outputs ---- */

/* The answer itself, behind the last heading of that name: a prompt may hold any of these words too. */
static const char *response_in(const char *tail)
{
	static const char heading[] = "## Response";
	const char *last = NULL;

	for (const char *at = strstr(tail, heading); at; at = strstr(at + 1, heading))
		last = at + strlen(heading);
	return last ? last + strspn(last, " \t\r\n") : "";
}

/* What the text says of how the run went; only its two ends are looked at. */
static const char *status_of(const char *head, const char *tail)
{
	const char *end_of_title = strchr(head, '\n'), *failed = strstr(head, "(FAILED)"), *response = response_in(tail);

	if (failed && (!end_of_title || failed < end_of_title))
		return "failed";
	if (str_starts(response, "(No response generated)"))
		return "empty";
	return str_starts(response, "[SILENT]") ? "silent" : "ok";
}

/*
 * When the run ended: the file's time, which is that, unless the file was
 * copied or restored since; then its name, "2026-03-29_17-41-00.md", in this
 * machine's zone.
 */
static int64_t end_of(const char *name, const struct stat *st)
{
	char iso[] = "0000-00-00T00:00:00";
	int64_t named = 0, changed = home_epoch((double)st->st_mtim.tv_sec);

	if (strlen(name) < sizeof(iso) - 1)
		return changed;
	memcpy(iso, name, 10);
	for (int i = 11; i < 19; i++)
		iso[i] = (char)(name[i] == '-' ? ':' : name[i]);
	if (!clock_parse_iso(iso, clock_local_offset_s(changed), &named) || named <= 0)
		return changed;
	return llabs(named - changed) < ZONES_S ? changed : named;
}

static bool read_ends(int fd, off_t size, char head[HEAD_BYTES + 1], char tail[TAIL_BYTES + 1])
{
	off_t from = size > TAIL_BYTES ? size - TAIL_BYTES : 0;
	ssize_t n = pread(fd, head, HEAD_BYTES, 0), m = pread(fd, tail, TAIL_BYTES, from);

	if (n < 0 || m < 0)
		return false;
	head[n] = tail[m] = '\0';
	return true;
}

static void read_output(struct reader *r, int dir, const char *job, const char *name)
{
	CLEANUP_FD int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char head[HEAD_BYTES + 1], tail[TAIL_BYTES + 1];
	struct cron_run *x;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !read_ends(fd, st.st_size, head, tail))
		return;
	x = &r->out->runs[r->out->n_runs++];
	*x = (struct cron_run){ .job_id = job,
				.id = arena_printf(r->a, "%s/%s", job, name),
				.finished_at = end_of(name, &st),
				.status = status_of(head, tail),
				.output = name,
				.output_bytes = st.st_size };
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static const char **grown(const char **names, size_t room)
{
	const char **more = realloc(names, room * sizeof(*names));

	if (!more)
		abort();
	return more;
}

/* The names after `last`, sorted; they live in `scratch`, the list is the caller's to free. */
static const char **new_names(DIR *d, const char *last, size_t *n, struct arena *scratch)
{
	size_t room = 64;
	const char **names = grown(NULL, room);
	struct dirent *e;

	*n = 0;
	while (*n < NAMES_MAX && (e = readdir(d))) {
		if (!str_ends(e->d_name, ".md") || e->d_name[0] == '.' || (last && strcmp(e->d_name, last) <= 0))
			continue;
		if (*n == room)
			names = grown(names, room *= 2);
		names[(*n)++] = arena_strdup(scratch, e->d_name);
	}
	qsort(names, *n, sizeof(*names), by_name);
	return names;
}

static void read_folder(struct reader *r, int outputs, const char *job)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new((size_t)64 * 1024 * 1024);
	const struct runs_mark *before = mark_of(r, job);
	int fd = openat(outputs, job, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP_DIR DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const char **names, *last = before ? before->last : NULL;
	struct stat st;
	size_t n, i;

	if (!d && fd >= 0)
		close(fd);
	if (!d || fstat(fd, &st) < 0 || (before && before->stamp == ns_of(&st)))
		return;
	names = new_names(d, last, &n, scratch);
	for (i = 0; i < n && !is_full(r); i++) {
		last = str_clean(r->a, names[i], strlen(names[i]), NAME_CHARS);
		read_output(r, fd, job, last);
	}
	free(names);
	/* More than one batch takes: no stamp, so that the next run goes on. */
	set_mark(r, job, i < n ? 0 : ns_of(&st), 0, last);
}

static void read_outputs(struct reader *r)
{
	int fd = open(arena_printf(r->a, "%s/" OUTPUT_DIR, r->in->home.home), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_DIR DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d) {
		if (fd >= 0)
			close(fd);
		if (errno == ENOENT)
			home_answer(&r->out->probe, PROBE_INACTIVE, "no cron run has left a trace here");
		else
			home_answer(&r->out->probe, PROBE_UNKNOWN,
				    arena_printf(r->a, OUTPUT_DIR " cannot be looked into: %s", strerrordesc_np(errno)));
		return;
	}
	while (r->out->n_marks < RUNS_DIRS_MAX && !is_full(r) && (e = readdir(d)))
		if (e->d_name[0] != '.')
			read_folder(r, fd, str_clean(r->a, e->d_name, strlen(e->d_name), NAME_CHARS));
	home_answer(&r->out->probe, PROBE_OK, NULL);
}

/* ---- executions.db ---- */

enum { COL_ID, COL_JOB, COL_SOURCE, COL_STATUS, COL_CLAIMED, COL_STARTED, COL_FINISHED, COL_ERROR };

static const char *word_of(const char *status)
{
	if (str_eq(status, "completed"))
		return "ok";
	if (str_eq(status, "claimed"))
		return "running";
	return str_eq(status, "failed") || str_eq(status, "running") ? status : "unknown";
}

static int64_t time_of(struct statedb *s, sqlite3_stmt *st, int column)
{
	const char *text = statedb_text(s, st, column, 64);
	int64_t t;

	return text && clock_parse_iso(text, 0, &t) && t > 0 ? t : statedb_time(st, column);
}

static void read_execution(struct reader *r, struct statedb *s, sqlite3_stmt *st)
{
	struct cron_run *x = &r->out->runs[r->out->n_runs];
	const char *source = statedb_text(s, st, COL_SOURCE, NAME_CHARS);

	*x = (struct cron_run){ .id = statedb_text(s, st, COL_ID, NAME_CHARS),
				.job_id = statedb_text(s, st, COL_JOB, NAME_CHARS),
				.source = str_eq(source, "builtin") ? "ticker" : str_eq(source, "direct") ? "by hand" : source,
				.status = word_of(statedb_text(s, st, COL_STATUS, NAME_CHARS)),
				.started_at = time_of(s, st, COL_STARTED),
				.finished_at = time_of(s, st, COL_FINISHED),
				.error = statedb_text(s, st, COL_ERROR, ERROR_CHARS),
				.output_bytes = COUNT_UNKNOWN };
	if (!x->started_at)
		x->started_at = time_of(s, st, COL_CLAIMED);
	r->out->n_runs += x->id && x->job_id;
}

static int read_rows(struct reader *r, struct statedb *s)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	struct statedb_columns c;
	int rc = SQLITE_OK;

	if (!statedb_columns(s, "executions", &c, &rc))
		return rc == SQLITE_OK ? SQLITE_DONE : rc;
	/* Hermes keeps a thousand; what is new or was still running is among them. */
	st = statedb_prepare(s, "SELECT id, job_id, source, status, claimed_at, started_at, finished_at, error FROM executions"
				" ORDER BY rowid DESC LIMIT 1000");
	if (!st)
		return sqlite3_extended_errcode(s->db);
	while (r->out->n_runs < RUNS_BATCH && (rc = statedb_step(s, st)) == SQLITE_ROW)
		read_execution(r, s, st);
	return rc == SQLITE_ROW ? SQLITE_DONE : rc;
}

/* True when there is such a database, whatever became of reading it. */
static bool read_executions(struct reader *r)
{
	const char *dir = arena_printf(r->a, "%s/cron", r->in->home.home);
	const struct runs_mark *before = mark_of(r, "");
	struct probe p = { 0 };
	struct statedb s;
	struct stat st, wal = { 0 };
	int64_t stamp;
	int rc;

	if (lstat(arena_printf(r->a, "%s/" EXECUTIONS, dir), &st) < 0)
		return false;
	if (lstat(arena_printf(r->a, "%s/" EXECUTIONS "-wal", dir), &wal) < 0)
		memset(&wal, 0, sizeof(wal));
	stamp = ns_of(&st) > ns_of(&wal) ? ns_of(&st) : ns_of(&wal);
	home_answer(&r->out->probe, PROBE_OK, NULL);
	if (before && before->stamp == stamp && before->size == st.st_size + wal.st_size)
		return true;
	if (!statedb_open_named(&s, dir, EXECUTIONS, "absent", STATEDB_CLOSED, r->a, r->until_us, &p)) {
		r->out->probe = p;
		return p.state != PROBE_INACTIVE;
	}
	rc = read_rows(r, &s);
	if (rc != SQLITE_DONE)
		home_answer(&r->out->probe, PROBE_UNKNOWN, statedb_why(&s, rc));
	if (!statedb_close(&s))
		home_answer(&r->out->probe, PROBE_UNKNOWN, EXECUTIONS " changed while it was read; the next reading tries again");
	set_mark(r, "", stamp, st.st_size + wal.st_size, NULL);
	return true;
}

void hermes_cron_runs(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct reader r = { .in = in, .out = out, .a = a, .until_us = clock_mono_us() + BUDGET_US };

	if (deadline_us > 0 && deadline_us < r.until_us)
		r.until_us = deadline_us;
	home_begin(&r.out->probe, "cron/executions.db or cron/output/", &r.in->home);
	if (!home_is_there(&r.out->probe, &r.in->home, a))
		return;
	r.out->runs = arena_calloc(a, RUNS_BATCH, sizeof(*r.out->runs));
	r.out->marks = arena_calloc(a, RUNS_DIRS_MAX + 1, sizeof(*r.out->marks));
	if (!read_executions(&r))
		read_outputs(&r);
}
