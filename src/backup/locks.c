/* Locks of git that a run of ours left behind when it was killed: told, and taken away. Those of others stay. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup/repo.h"
#include "base/cleanup.h"
#include "base/replace.h"
#include "base/str.h"

#define SLACK_S   15

/* A lock that was made while the killed run lasted: a person's own, made since, is younger. */
static bool is_ours(const char *lock, const struct stat *mark)
{
	struct stat st;

	return lstat(lock, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() && st.st_mtim.tv_sec >= mark->st_mtim.tv_sec &&
	       st.st_mtim.tv_sec <= mark->st_mtim.tv_sec + BACKUP_LIMIT_S + SLACK_S;
}

static void clear(struct backup *b, const char *git_dir, const char *name, const struct stat *mark)
{
	const char *lock = arena_printf(b->a, "%s/%s.lock", git_dir, name);

	if (is_ours(lock, mark) && unlink(lock) == 0)
		backup_say(b, "an earlier run was killed: its lock %s is taken away", lock);
}

bool backup_locks_begin(struct backup *b, struct backup_repo *g, const struct backup_remote *r, const char *mark_file, bool may_clear)
{
	static const char *const names[] = { "index", "HEAD", "packed-refs", "config" };
	CLEANUP_FD int dir = open(b->state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *path = str_starts(r->url, "file://") ? r->url + strlen("file://") : r->url;
	struct stat mark;

	if (may_clear && dir >= 0 && fstatat(dir, mark_file, &mark, AT_SYMLINK_NOFOLLOW) == 0) {
		const char *mine = git_repository_path(g->repo);

		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			clear(b, mine, names[i], &mark);
		clear(b, mine, g->ref, &mark);
		clear(b, mine, arena_printf(b->a, "refs/remotes/%s/%s", r->name, g->branch), &mark);
		if (str_eq(r->transport, "file")) /* there the other side was we, too */
			clear(b, path, g->ref, &mark);
	}
	if (dir >= 0 && replace_file(dir, mark_file, "", 0, 0600) == 0) {
		g->mark_file = mark_file;
		return true;
	}
	return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "%s cannot be written: %s; run hmc doctor", b->state_dir, strerrordesc_np(errno));
}

void backup_locks_end(struct backup *b, struct backup_repo *g)
{
	if (g->mark_file)
		unlink(arena_printf(b->a, "%s/%s", b->state_dir, g->mark_file));
}
