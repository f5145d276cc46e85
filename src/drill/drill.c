/* One drill, from the lock to the receipt. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "drill/drill.h"

#define LOCK_FILE  "drill.lock"
#define LINE_CHARS 300

const char *drill_shown(struct drill *d, const char *s)
{
	return redact(d->b.redactor, str_clean(d->b.a, s, strlen(s), 160), d->b.a);
}

void drill_find(struct drill *d, const char *fmt, ...)
{
	va_list ap;
	const char *line;

	if (d->findings.n++ >= DRILL_SAID_MAX)
		return;
	va_start(ap, fmt);
	line = arena_vprintf(d->b.a, fmt, ap);
	va_end(ap);
	d->findings.n--;
	backup_note(&d->b, &d->findings, "%s", str_clean(d->b.a, line, strlen(line), LINE_CHARS));
	backup_say(&d->b, "  found: %s", d->findings.list[d->findings.n - 1]);
}

/* Steps are timed each by itself. */
static void timed(struct drill *d, enum drill_step step, int64_t *since)
{
	int64_t now = clock_mono_us();

	d->took_us[step] = now - *since;
	*since = now;
}

static bool run_steps(struct drill *d, struct backup_remote *r)
{
	int64_t since = clock_mono_us();
	bool ok;

	ok = drill_clone(d, r);
	timed(d, DRILL_CLONE, &since);
	if (!ok)
		return false;
	ok = drill_restore(d);
	timed(d, DRILL_RESTORE, &since);
	if (!ok)
		return false;
	drill_compare(d);
	timed(d, DRILL_COMPARE, &since);
	drill_read(d);
	timed(d, DRILL_READ, &since);
	drill_live(d);
	timed(d, DRILL_LIVE, &since);
	d->row.files = d->row.checked = (int64_t)d->b.n_files;
	d->row.bytes = d->b.row.bytes;
	d->row.failed = (int64_t)d->findings.n;
	return true;
}

static int take_lock(struct drill *d)
{
	int fd = open(arena_printf(d->b.a, "%s/" LOCK_FILE, d->b.state_dir), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		backup_fail(&d->b, LOOP_FAILED, EXIT_FAILED, "%s cannot be written: %s; run hmc doctor", d->b.state_dir, strerrordesc_np(errno));
	} else if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		backup_fail(&d->b, LOOP_REFUSED, EXIT_TRY_LATER, "another drill of %s is under way; this one leaves it alone", d->b.in->id);
		d->row.at = 0; /* that one leaves the row */
		close(fd);
		fd = -1;
	}
	return fd;
}

/* What was found is the drill's end; that its receipt could not be pushed does not unprove it. */
static void conclude(struct drill *d, struct backup_remote *r, bool was_run)
{
	struct drill_run *row = &d->row;

	row->commit = d->b.row.commit;
	row->remote = d->b.row.remote;
	row->state = !was_run ? d->b.row.state : d->findings.n ? LOOP_FAILED : LOOP_DONE;
	if (was_run && d->findings.n) {
		const char *more = d->findings.n > 1 ? arena_printf(d->b.a, " (and %zu more)", d->findings.n - 1) : "";

		row->error = arena_printf(d->b.a, "%s%s", d->findings.list[0], more);
		d->b.status = EXIT_FAILED;
	}
	row->receipt = drill_receipt(d);
	d->judged = *row;
	atomic_store(&d->is_judged, was_run);
	if (was_run && !d->no_push && !drill_push(d, r) && !row->error)
		row->error = arena_printf(d->b.a, "proven, but %s", d->b.row.error);
	if (!was_run)
		row->error = d->b.row.error;
}

void drill_run(struct drill *d)
{
	CLEANUP_FD int lock = -1;
	struct backup_remote r = { 0 };
	int64_t start = clock_mono_us();

	d->row = (struct drill_run){ .at = clock_now_s(), .files = COUNT_UNKNOWN, .bytes = COUNT_UNKNOWN, .checked = COUNT_UNKNOWN,
				     .failed = COUNT_UNKNOWN };
	d->b.row = (struct backup_run){ .at = d->row.at };
	d->scratch_fd = -1;
	lock = take_lock(d);
	if (lock >= 0)
		conclude(d, &r, drill_scratch_make(d) && run_steps(d, &r));
	else
		d->row.error = d->b.row.error;
	backup_remote_done(&r);
	backup_repo_done(&d->g);
	json_freep(&d->manifest);
	drill_scratch_remove(d);
	if (d->scratch_fd >= 0)
		close(d->scratch_fd);
	d->row.took_us = clock_mono_us() - start;
}
