#include "probe/process.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/str.h"

#define STAT_MAX    4096
#define CMDLINE_MAX (64 * 1024)
#define ARGS_MAX    1024

/* Reads up to size - 1 bytes of a file of /proc, whose st_size says nothing. -1 with errno. */
static ssize_t read_proc(const char *path, char *data, size_t size)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t len = fd < 0 ? -1 : io_read(fd, data, size - 1);

	if (len >= 0)
		data[len] = '\0';
	return len;
}

/* The n-th blank-separated word of s, counted from 1; NULL when there are fewer. Not terminated. */
static const char *word(const char *s, int n)
{
	while (*s == ' ')
		s++;
	while (--n > 0) {
		s = strchr(s, ' ');
		if (!s)
			return NULL;
		while (*s == ' ')
			s++;
	}
	return *s ? s : NULL;
}

static bool parse_u64(const char *s, uint64_t *out)
{
	uint64_t v = 0;

	if (!s || !isdigit((unsigned char)*s))
		return false;
	for (; isdigit((unsigned char)*s); s++) {
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v))
			return false;
	}
	*out = v;
	return *s == ' ' || *s == '\n' || *s == '\0';
}

/*
 * Field 3 (state) and 22 (starttime) of proc_pid_stat(5). The name in field 2
 * may hold blanks and brackets, so fields are counted from its last ')'.
 */
static bool parse_stat(const char *stat, char *state, uint64_t *start_ticks)
{
	const char *rest = strrchr(stat, ')');
	const char *first = rest ? word(rest + 1, 1) : NULL;

	if (!first)
		return false;
	*state = *first;
	return parse_u64(word(first, 20), start_ticks);
}

int64_t process_boot_time(const char *proc_root, struct arena *a)
{
	CLEANUP_FREE char *line = NULL;
	CLEANUP_FILE FILE *f = fopen(arena_printf(a, "%s/stat", proc_root), "re");
	size_t size = 0;
	int64_t btime = 0;

	/* The line of interrupts before it can be long: so by lines, not by a buffer of a guessed size. */
	while (f && btime == 0 && getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (str_starts(line, "btime ") && !str_parse_i64(line + 6, 1, INT64_MAX, &btime))
			break;
	}
	return btime;
}

static int64_t started_at(const char *proc_root, uint64_t ticks, struct arena *a)
{
	long per_s = sysconf(_SC_CLK_TCK);
	int64_t boot = process_boot_time(proc_root, a);

	if (boot == 0 || per_s <= 0 || ticks / (uint64_t)per_s > INT32_MAX)
		return 0;
	return boot + (int64_t)(ticks / (uint64_t)per_s);
}

/* Splits at NULs; whoever wrote over its own command line (setproctitle) has one argument. */
static void split_args(struct process *p, const char *data, size_t len, struct arena *a)
{
	size_t n = 0, i = 0;

	for (size_t at = 0; at < len && n < ARGS_MAX; at += strlen(data + at) + 1)
		n++;
	p->argv = arena_calloc(a, n + 1, sizeof(*p->argv));
	for (size_t at = 0; i < n; at += strlen(data + at) + 1)
		p->argv[i++] = arena_strdup(a, data + at);
	p->argc = n;
}

static void read_args(struct process *p, const char *dir, struct arena *a)
{
	CLEANUP_FREE char *data = malloc(CMDLINE_MAX + 1);
	ssize_t len;

	if (!data)
		return;
	len = read_proc(arena_printf(a, "%s/cmdline", dir), data, CMDLINE_MAX + 1);
	if (len >= 0)
		split_args(p, data, (size_t)len, a);
}

struct process process_look_up(const char *proc_root, int64_t pid, struct arena *a)
{
	struct process p = { 0 };
	char stat[STAT_MAX], state;
	const char *dir;

	if (pid <= 0 || pid > INT32_MAX) {
		p.reason = arena_printf(a, "%" PRId64 " is not the number of a process", pid);
		return p;
	}
	dir = arena_printf(a, "%s/%" PRId64, proc_root, pid);
	if (read_proc(arena_printf(a, "%s/stat", dir), stat, sizeof(stat)) < 0) {
		/* ESRCH: it ended between open and read. */
		if (errno == ENOENT || errno == ESRCH) {
			if (access(proc_root, X_OK) < 0)
				p.reason = arena_printf(a, "%s is not there", proc_root);
			return p;
		}
		p.reason = arena_printf(a, "process %" PRId64 " cannot be looked up: %s", pid,
					strerrordesc_np(errno));
		return p;
	}
	if (!parse_stat(stat, &state, &p.start_ticks)) {
		p.reason = arena_printf(a, "%s/stat does not read as proc_pid_stat(5) says", dir);
		return p;
	}
	if (state == 'Z' || state == 'X') { /* ended; only its parent has not asked yet */
		p.start_ticks = 0;
		return p;
	}
	p.exists = true;
	p.started_at = started_at(proc_root, p.start_ticks, a);
	read_args(&p, dir, a);
	return p;
}
