/* One run, from the lock to the row. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "backup/repo.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"

#define LINE_CHARS 380

bool backup_fail(struct backup *b, enum loop_state state, int status, const char *fmt, ...)
{
	va_list ap;
	const char *line;

	if (b->row.error)
		return false;
	va_start(ap, fmt);
	line = arena_vprintf(b->a, fmt, ap);
	va_end(ap);
	b->row.error = str_clean(b->a, line, strlen(line), LINE_CHARS);
	b->row.state = state;
	b->status = status;
	return false;
}

void backup_say(struct backup *b, const char *fmt, ...)
{
	va_list ap;

	if (!b->say)
		return;
	va_start(ap, fmt);
	b->say(arena_vprintf(b->a, fmt, ap), b->ctx);
	va_end(ap);
}

void backup_note(struct backup *b, struct backup_names *to, const char *fmt, ...)
{
	va_list ap;

	if (to->n == to->room) {
		const char **more = arena_calloc(b->a, to->room ? 2 * to->room : 16, sizeof(*more));

		if (to->n)
			memcpy(more, to->list, to->n * sizeof(*more));
		to->list = more;
		to->room = to->room ? 2 * to->room : 16;
	}
	va_start(ap, fmt);
	to->list[to->n++] = arena_vprintf(b->a, fmt, ap);
	va_end(ap);
}

static bool take_payload(struct backup *b)
{
	backup_say(b, "reading %s", b->in->hermes_home);
	if (!backup_gather(b))
		return false;
	for (size_t i = 0; i < b->notes.n; i++)
		backup_say(b, "  %s", b->notes.list[i]);
	backup_say(b, "looking through %zu files for secrets", b->n_files);
	return backup_scan(b);
}

static bool ask_remote(struct backup *b, struct backup_repo *g, struct backup_remote *r)
{
	if (!backup_remote_open(b, g->repo, r))
		return false;
	if (b->dry_run)
		return true;
	if (!backup_locks_begin(b, g, r, BACKUP_MARK_FILE, /* may_clear= */ true))
		return false;
	backup_say(b, "asking %s", r->shown);
	return backup_remote_fetch(b, r, g->repo, g->branch, &g->upstream);
}

static bool push(struct backup *b, struct backup_repo *g, struct backup_remote *r, bool changed)
{
	bool is_there = g->upstream && git_oid_equal(git_commit_id(g->upstream), git_commit_id(g->head));

	if (!is_there) {
		backup_say(b, "pushing to %s", r->shown);
		if (!backup_remote_push(b, r, g->ref)) {
			b->row.commit = NULL; /* of what stands in the remote */
			return false;
		}
	}
	b->row.state = changed || !is_there ? LOOP_DONE : LOOP_NOTHING;
	return true;
}

static bool run_steps(struct backup *b, struct backup_repo *g, struct backup_remote *r)
{
	bool changed;

	if (!backup_repo_open(b, g) || !ask_remote(b, g, r) || !take_payload(b) || !backup_repo_base(b, g) || !backup_repo_build(b, g, &changed) ||
	    !backup_repo_tell(b, g))
		return false;
	if (b->dry_run) {
		b->row.state = changed ? LOOP_DONE : LOOP_NOTHING;
		return true;
	}
	backup_say(b, changed ? "committing to %s" : "nothing has changed since the last backup on %s", g->branch);
	return backup_repo_write(b, g, changed) && push(b, g, r, changed);
}

/* The descriptor that holds the lock; -1 with the failure said. It is never removed. */
static int take_lock(struct backup *b)
{
	int fd = open(arena_printf(b->a, "%s/" BACKUP_LOCK_FILE, b->state_dir), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		backup_fail(b, LOOP_FAILED, EXIT_FAILED, "%s cannot be written: %s; run hmc doctor", b->state_dir, strerrordesc_np(errno));
	} else if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		backup_fail(b, LOOP_REFUSED, EXIT_TRY_LATER, "another backup of %s is under way; this one leaves it alone", b->in->id);
		b->row.at = 0; /* that one leaves the row */
		close(fd);
		fd = -1;
	}
	return fd;
}

void backup_run(struct backup *b)
{
	CLEANUP_FD int lock = -1;
	struct backup_remote r = { 0 };
	struct backup_repo g = { 0 };
	int64_t start = clock_mono_us();

	b->row = (struct backup_run){ .at = clock_now_s(), .files = COUNT_UNKNOWN, .bytes = COUNT_UNKNOWN, .changed = COUNT_UNKNOWN };
	lock = take_lock(b);
	if (lock >= 0) {
		run_steps(b, &g, &r);
		backup_locks_end(b, &g);
	}
	b->row.took_us = clock_mono_us() - start;
	backup_remote_done(&r);
	backup_repo_done(&g);
}
