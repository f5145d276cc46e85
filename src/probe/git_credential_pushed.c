/* Who pushed last, by what git wrote then: <git dir>/refs/remotes/… and its log. */
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/files.h"
#include "probe/git_credential_parts.h"
#include "probe/names.h"

#define LOG_MAX  ((size_t)64 * 1024 * 1024)
#define TAIL_LEN ((size_t)16 * 1024)
#define YEAR_9999 INT64_C(253402300799)

/* "<old> <new> name <mail> 1774807200 +0000\tupdate by push": the time, where that is what the line says; 0 otherwise. */
static int64_t push_time(const char *line, size_t n, struct arena *a)
{
	static const char word[] = "\tupdate by push";
	const char *tab = memchr(line, '\t', n), *mail;
	char *text;
	int64_t t;

	if (!tab || (size_t)(line + n - tab) < strlen(word) || memcmp(tab, word, strlen(word)) != 0)
		return 0;
	mail = memrchr(line, '>', (size_t)(tab - line));
	if (!mail || tab - mail < 3)
		return 0;
	text = arena_strndup(a, mail + 2, (size_t)(tab - mail - 2));
	text[strcspn(text, " ")] = '\0';
	return str_parse_i64(text, 1, YEAR_9999, &t) ? t : 0;
}

struct last_push {
	int64_t at;             /* 0 = the log tells of none */
	bool is_newest;         /* nothing was fetched since: the branch's file is that push's */
	const char *log_owner;  /* who made the log, which may be another one than pushed */
};

static void read_tail(struct last_push *p, char *tail, size_t n, struct arena *a)
{
	size_t end = n;

	while (end > 0 && p->at == 0) {
		size_t start = end;

		while (start > 0 && tail[start - 1] != '\n')
			start--;
		if (end > start) {
			p->at = push_time(tail + start, end - start, a);
			p->is_newest = p->at && strspn(tail + end, "\n") >= n - end;
		}
		end = start ? start - 1 : 0;
	}
}

static bool read_log(struct last_push *p, const char *git_dir, const char *path, struct arena *a)
{
	const struct file_rules rules = { .max_bytes = LOG_MAX, .owner_uid = -1 };
	CLEANUP_FD int fd = -1;
	const char *reason;
	struct stat st;
	ssize_t n;
	char *tail;

	if (file_open_beneath(git_dir, path, &rules, a, &fd, &st, &reason) != FILE_OK)
		return false;
	p->log_owner = name_of_user(st.st_uid, a);
	tail = arena_alloc(a, TAIL_LEN + 1);
	n = pread(fd, tail, TAIL_LEN, st.st_size > (off_t)TAIL_LEN ? st.st_size - (off_t)TAIL_LEN : 0);
	if (n > 0)
		read_tail(p, tail, (size_t)n, a);
	return true;
}

/*
 * The branch's own file is written anew and renamed at each push, so its owner
 * is who pushed; its log is written on, so that its owner is who began it.
 */
void credential_pushed(struct push_credential *c, const char *git_dir, const char *remote, const char *branch, struct arena *a)
{
	const char *ref, *reason, *owner = NULL;
	struct last_push p = { 0 };
	struct stat st;
	bool has_log, has_ref;

	if (!branch || strstr(remote, "..") || strstr(branch, "..") || remote[0] == '/')
		return;
	ref = arena_printf(a, "refs/remotes/%s/%s", remote, branch);
	has_log = read_log(&p, git_dir, arena_printf(a, "logs/%s", ref), a);
	has_ref = file_stat_beneath(git_dir, ref, a, &st, &reason) == FILE_OK && S_ISREG(st.st_mode);
	if (has_ref)
		owner = name_of_user(st.st_uid, a);
	c->pushed_at = p.at;
	if (p.at)
		c->pushed_by = owner && p.is_newest ? owner : !owner || str_eq(owner, p.log_owner) ? p.log_owner : NULL;
	else if (has_ref && !has_log) { /* no log is kept: a fetch would look the same */
		c->pushed_by = owner;
		c->pushed_at = st.st_mtim.tv_sec;
	}
	if (!c->pushed_by)
		c->note = arena_printf(a, "%s%s%s", c->note ? c->note : "", c->note ? "; " : "",
				       p.at ? "somebody else has fetched since the last push, so that who pushed cannot be told"
					    : "the repository tells of no push of its branch");
}
