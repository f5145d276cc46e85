#include "web/ended.h"

#include <sys/stat.h>

#include "web/notbefore.h"
#include "web/token.h"

#define SETTLED_S 2

static const char *const lists[2] = { "denied", "not-before" };

static bool is_before(const struct timespec *t, int64_t now)
{
	return t->tv_sec <= now - SETTLED_S;
}

static bool is_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* What the folders look like now; not settled where one is not there. */
static struct ended_stamp look(const char *state_dir, int64_t now, struct arena *a)
{
	struct ended_stamp s = { .is_settled = true };

	for (int i = 0; i < 2; i++) {
		struct stat st;

		if (lstat(arena_printf(a, "%s/auth/%s", state_dir, lists[i]), &st) < 0)
			return (struct ended_stamp){ .is_settled = false };
		s.list[i].dev = st.st_dev;
		s.list[i].ino = st.st_ino;
		s.list[i].mtime = st.st_mtim;
		s.list[i].ctime = st.st_ctim;
		s.is_settled = s.is_settled && is_before(&st.st_mtim, now) && is_before(&st.st_ctim, now);
	}
	return s;
}

static bool is_unchanged(const struct ended_stamp *a, const struct ended_stamp *b)
{
	for (int i = 0; i < 2; i++)
		if (a->list[i].dev != b->list[i].dev || a->list[i].ino != b->list[i].ino ||
		    !is_same_time(&a->list[i].mtime, &b->list[i].mtime) ||
		    !is_same_time(&a->list[i].ctime, &b->list[i].ctime))
			return false;
	return a->is_settled && b->is_settled;
}

enum denied_answer ended_ask(const char *state_dir, const struct session_token *t, struct ended_stamp *seen,
			     int64_t real_now, struct arena *a, const char **reason)
{
	/* Before the lists themselves: what is added in between shows by the stamp of next time. */
	struct ended_stamp now = look(state_dir, real_now, a);
	enum denied_answer answer;

	if (is_unchanged(seen, &now))
		return DENIED_NO;
	*seen = (struct ended_stamp){ .is_settled = false };
	answer = denied_contains(state_dir, t->id, a, reason);
	if (answer == DENIED_NO && *t->origin)
		answer = denied_contains(state_dir, t->origin, a, reason);
	/* By when it began: a renewal that ran beside the ending of its person would else be younger than that. */
	if (answer == DENIED_NO)
		answer = notbefore_refuses(state_dir, t->sub, t->is_browser ? t->started_at : t->issued_at, a, reason);
	if (answer == DENIED_NO)
		*seen = now;
	return answer;
}
