#include "report/audit_read.h"

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
#include "json/json.h"
#include "probe/files.h"
#include "report/audit_log.h"

#define NUMBERS_MAX  256                /* files whose names are looked at */
#define OUTCOMES_MAX 256                /* that wait for their record, which comes just before */
#define BEYOND_BYTES (64 * 1024) /* after the place asked for: where the outcomes of records before it may stand */
#define FILE_END     (2 * (int64_t)AUDIT_FILE_BYTES)

struct outcome {
	const char *of;
	enum audit_outcome outcome;
	const char *why;
};

struct reading {
	const char *state_dir;
	int64_t owner;
	const struct audit_query *q;
	struct audit_page *out;
	struct arena *arena;
	struct outcome outcomes[OUTCOMES_MAX];
	size_t n_outcomes;              /* ever seen: the oldest are written over */
	int64_t numbers[NUMBERS_MAX];   /* of files, the newest first */
	size_t n_numbers;
};

static int newest_first(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return (a < b) - (a > b);
}

static const char *borrow(struct reading *r, const cJSON *o, const char *name)
{
	const char *text = json_string(o, name);

	return text ? arena_strdup(r->arena, text) : NULL;
}

/* ---- lines ---- */

static bool take_outcome(struct reading *r, const cJSON *o)
{
	const char *word = json_string(o, "outcome"), *of = borrow(r, o, "of");
	struct outcome *x;

	if (!of || (!str_eq(word, "done") && !str_eq(word, "failed")))
		return false;
	x = &r->outcomes[r->n_outcomes++ % OUTCOMES_MAX];
	*x = (struct outcome){ of, str_eq(word, "done") ? AUDIT_DONE : AUDIT_FAILED, borrow(r, o, "why") };
	return true;
}

static void add_outcome(const struct reading *r, struct audit_entry *e)
{
	size_t n = r->n_outcomes < OUTCOMES_MAX ? r->n_outcomes : OUTCOMES_MAX;

	for (size_t i = 0; i < n; i++)
		if (str_eq(r->outcomes[i].of, e->id)) {
			e->outcome = r->outcomes[i].outcome;
			e->why = r->outcomes[i].why;
		}
}

static bool is_wanted(const struct audit_query *q, const struct audit_entry *e)
{
	return (!q->action || str_eq(q->action, e->action)) && (!q->sub || str_eq(q->sub, e->sub)) &&
	       (!q->instance || !e->instance || str_eq(q->instance, e->instance));
}

static bool read_record(struct reading *r, const cJSON *o, struct audit_entry *e)
{
	const char *at = json_string(o, "at");

	*e = (struct audit_entry){ .id = borrow(r, o, "id"), .request = borrow(r, o, "request"), .sub = borrow(r, o, "sub"),
				   .role = borrow(r, o, "role"), .pane = borrow(r, o, "pane"), .action = borrow(r, o, "action"),
				   .instance = borrow(r, o, "instance"), .target = borrow(r, o, "target"), .detail = borrow(r, o, "detail") };
	return e->id && e->sub && e->action && at && clock_parse_iso(at, 0, &e->at);
}

enum line { LINE_BROKEN, LINE_OUTCOME, LINE_PASSED, LINE_TAKEN };

/* only_outcomes: the line stands beyond the place from which records are wanted. */
static enum line take_line(struct reading *r, const char *line, size_t n, bool only_outcomes)
{
	CLEANUP_JSON cJSON *o = n > 0 && n < AUDIT_LINE_BYTES ? json_parse(line, n, JSON_STRICT, NULL) : NULL;
	struct audit_entry e;

	if (json_get(o, "of"))
		return take_outcome(r, o) ? LINE_OUTCOME : LINE_BROKEN;
	if (only_outcomes)
		return LINE_PASSED;
	if (!o || !read_record(r, o, &e))
		return LINE_BROKEN;
	r->out->looked_back_to = e.at;
	if (!is_wanted(r->q, &e))
		return LINE_PASSED;
	add_outcome(r, &e);
	r->out->list[r->out->n++] = e;
	return LINE_TAKEN;
}

/*
 * Lines of a file from its last to its first: records that begin before
 * `end`, outcomes from anywhere. False when the page is full; *at is then
 * where the record that was taken last begins.
 */
static bool take_lines(struct reading *r, const char *text, size_t len, int64_t end, int64_t *at)
{
	size_t stop = len;

	while (stop > 0) {
		const char *feed = memrchr(text, '\n', stop - 1);
		size_t start = feed ? (size_t)(feed + 1 - text) : 0;
		bool is_whole = text[stop - 1] == '\n', is_beyond = (int64_t)start >= end, is_far = (int64_t)start > end + BEYOND_BYTES;
		size_t n = stop - start - is_whole;
		enum line what = n == 0 || is_far ? LINE_PASSED : is_whole ? take_line(r, text + start, n, is_beyond) : LINE_BROKEN;

		if (what == LINE_BROKEN && !is_beyond)
			r->out->n_broken++;
		*at = (int64_t)start;
		if (what == LINE_TAKEN && r->out->n == r->q->limit)
			return false;
		stop = start;
	}
	return true;
}

/* ---- files ---- */

static void is_unread(struct reading *r, const char *why)
{
	if (!r->out->n_unread++)
		r->out->unread = why;
}

/* The file's text; NULL, told of, when it cannot be believed. */
static char *read_log(struct reading *r, int64_t number, size_t *len)
{
	/* A line that is as long as can be may be the last one that the file took in. */
	const struct file_rules rules = { .max_bytes = AUDIT_FILE_BYTES + AUDIT_LINE_BYTES, .owner_uid = r->owner };
	const char *path = arena_printf(r->arena, AUDIT_DIR "/%06lld.jsonl", (long long)number), *reason = NULL;
	struct stat st;
	char *text = NULL;
	enum file_result result = file_read_beneath(r->state_dir, path, &rules, r->arena, &text, len, &st, &reason);

	if (result == FILE_ABSENT) /* the oldest may go while somebody looks */
		return NULL;
	if (result == FILE_OK && !(st.st_mode & 022))
		return text;
	is_unread(r, result == FILE_OK ? arena_printf(r->arena, "%s may be written by others", path) : reason);
	return NULL;
}

/* How the last records of a file ended may stand at the beginning of the next. */
static void look_beyond(struct reading *r, size_t i)
{
	int64_t at;
	size_t len;
	char *text = i > 0 ? read_log(r, r->numbers[i - 1], &len) : NULL;

	if (text)
		take_lines(r, text, len, 0, &at);
}

/* Lists the numbers of the log's files, the newest first. */
static bool list_files(struct reading *r)
{
	const char *path = arena_printf(r->arena, "%s/" AUDIT_DIR, r->state_dir);
	CLEANUP_DIR DIR *d = NULL;
	const struct dirent *e;
	struct stat st;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool is_absent = fd < 0 && errno == ENOENT;

	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d || fstat(fd, &st) < 0) {
		r->out->probe.state = is_absent ? PROBE_INACTIVE : PROBE_UNKNOWN;
		r->out->probe.reason = is_absent ? "nothing was changed yet" : arena_printf(r->arena, AUDIT_DIR ": %s", strerror(errno));
		if (!d && fd >= 0)
			close(fd);
		return false;
	}
	r->owner = geteuid() == 0 ? (int64_t)st.st_uid : (int64_t)geteuid();
	if ((int64_t)st.st_uid != r->owner || (st.st_mode & 022)) {
		r->out->probe.reason = AUDIT_DIR " may be written by another user, so it is not believed";
		return false;
	}
	while (r->n_numbers < NUMBERS_MAX && (e = readdir(d)) != NULL) { /* NOLINT(concurrency-mt-unsafe): one thread, one stream */
		int64_t n = audit_log_number(e->d_name);

		if (n > 0)
			r->numbers[r->n_numbers++] = n;
	}
	qsort(r->numbers, r->n_numbers, sizeof(r->numbers[0]), newest_first);
	r->out->is_trimmed = r->n_numbers > 0 && r->numbers[r->n_numbers - 1] > 1;
	return true;
}

static void read_files(struct reading *r)
{
	const struct audit_place *before = &r->q->before;
	size_t i = 0, done = 0;

	while (before->file && i < r->n_numbers && r->numbers[i] > before->file)
		i++;
	look_beyond(r, i);
	for (; i < r->n_numbers; i++) {
		int64_t number = r->numbers[i], at = 0, end = before->file == number ? before->offset : FILE_END;
		size_t len;
		char *text;

		if (done++ == AUDIT_READ_FILES) {
			r->out->is_cut_short = r->out->has_more = true;
			r->out->next = (struct audit_place){ number, FILE_END };
			return;
		}
		text = read_log(r, number, &len);
		if (text && !take_lines(r, text, len, end, &at)) {
			r->out->has_more = at > 0 || i + 1 < r->n_numbers;
			r->out->next = (struct audit_place){ number, at };
			return;
		}
	}
}

void audit_read(const char *state_dir, const struct audit_query *q, int64_t now, struct audit_page *out, struct arena *a)
{
	struct reading *r = arena_calloc(a, 1, sizeof(*r));

	*out = (struct audit_page){ .probe = { .source = AUDIT_DIR, .taken_at = now }, .list = arena_calloc(a, q->limit + 1, sizeof(*out->list)) };
	r->state_dir = state_dir;
	r->q = q;
	r->out = out;
	r->arena = a;
	if (!list_files(r))
		return;
	out->probe.state = r->n_numbers ? PROBE_OK : PROBE_INACTIVE;
	out->probe.reason = r->n_numbers ? NULL : "nothing was changed yet";
	read_files(r);
}
