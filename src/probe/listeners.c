#include "probe/listeners.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "probe/names.h"
#include "probe/sockets.h"

#define PROC_TEXT_MAX  4096
#define NAME_CHARS     64

struct found {
	struct listener *listener;
	uint64_t inode;
};

struct search {
	struct listeners *out;
	struct found *found;
	size_t n_unnamed;       /* whose process is still to be found */
	struct arena *a;
	int64_t deadline_us;
	bool is_cut;
};

static bool takes_connections(const struct socket_line *l)
{
	if (l->table == SOCKETS_TCP || l->table == SOCKETS_TCP6)
		return l->state == SOCKET_LISTEN;
	return l->state == SOCKET_CLOSE && l->local.port > 0;
}

/* The same address and port again: workers that share it. */
static bool is_listed(const struct search *s, const struct listener *l)
{
	for (size_t i = 0; i < s->out->n_list; i++) {
		const struct listener *x = &s->out->list[i];

		if (x->port == l->port && str_eq(x->protocol, l->protocol) && str_eq(x->address, l->address) &&
		    str_eq(x->user, l->user))
			return true;
	}
	return false;
}

static bool take(const struct socket_line *line, void *ctx)
{
	struct search *s = ctx;
	struct listener l;

	if (!takes_connections(line))
		return true;
	if (s->out->n_list == LISTENERS_MAX) {
		s->is_cut = true;
		return false;
	}
	l = (struct listener){ .protocol = socket_table_name(line->table),
			       .address = socket_address_text(&line->local, s->a),
			       .port = line->local.port,
			       .user = name_of_user(line->uid, s->a),
			       .reach = socket_address_reach(&line->local) };
	if (is_listed(s, &l))
		return true;
	s->found[s->out->n_list] = (struct found){ .inode = line->inode };
	s->out->list[s->out->n_list++] = l;
	return true;
}

/* The first PROC_TEXT_MAX bytes of /proc/<pid>/<name>, cleaned, in `a`; NULL when it cannot be read. */
static char *proc_text(int proc, const char *pid, const char *name, char *buf)
{
	char path[64];
	CLEANUP_FD int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s", pid, name);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, buf, PROC_TEXT_MAX - 1);
	if (n <= 0)
		return NULL;
	buf[n] = '\0';
	return buf;
}

/* "0::/system.slice/caddy.service\n" -> "caddy.service": the innermost unit of its control group. */
static const char *unit_of(int proc, const char *pid, struct arena *a)
{
	char buf[PROC_TEXT_MAX], *path = proc_text(proc, pid, "cgroup", buf), *at;

	path = path ? strstr(path, "0::") : NULL;
	if (!path)
		return NULL;
	path[strcspn(path, "\n")] = '\0';
	while ((at = strrchr(path, '/'))) {
		if (str_ends(at, ".service") || str_ends(at, ".scope") || str_ends(at, ".socket"))
			return str_clean(a, at + 1, strlen(at + 1), 2 * NAME_CHARS);
		*at = '\0';
	}
	return NULL;
}

static void name_it(struct search *s, size_t i, int proc, const char *pid)
{
	char buf[PROC_TEXT_MAX], *comm = proc_text(proc, pid, "comm", buf);

	if (comm) {
		comm[strcspn(comm, "\n")] = '\0';
		s->out->list[i].process = str_clean(s->a, comm, strlen(comm), NAME_CHARS);
	}
	s->out->list[i].unit = unit_of(proc, pid, s->a);
	s->found[i].inode = 0;
	s->n_unnamed--;
}

static void look_at_link(struct search *s, int fds, const char *name, int proc, const char *pid)
{
	char link[64];
	ssize_t n = readlinkat(fds, name, link, sizeof(link) - 1);
	uint64_t inode;

	if (n <= 0)
		return;
	link[n] = '\0';
	inode = socket_inode_of_link(link);
	for (size_t i = 0; inode && i < s->out->n_list; i++)
		if (s->found[i].inode == inode)
			name_it(s, i, proc, pid);
}

/* Takes the descriptor over; NULL for -1. */
static DIR *open_list(int fd)
{
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d && fd >= 0)
		close(fd);
	return d;
}

/* Processes that may not be looked into are skipped: their sockets stay without a name. */
static void look_at_process(struct search *s, int proc, const char *pid)
{
	char path[32];
	CLEANUP_DIR DIR *d = NULL;
	struct dirent *e;
	int fd;

	snprintf(path, sizeof(path), "%.15s/fd", pid);
	fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	d = open_list(fd);
	while (d && s->n_unnamed && (e = readdir(d)))
		if (isdigit((unsigned char)e->d_name[0]))
			look_at_link(s, fd, e->d_name, proc, pid);
}

static void find_processes(struct search *s, const char *root)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_DIR DIR *d = open_list(fd);
	struct dirent *e;

	s->n_unnamed = s->out->n_list;
	while (d && s->n_unnamed && (e = readdir(d))) {
		if (s->deadline_us > 0 && clock_mono_us() > s->deadline_us - 200000)
			return; /* owners are known; names are what time is left for */
		if (isdigit((unsigned char)e->d_name[0]) && strlen(e->d_name) < 16)
			look_at_process(s, fd, e->d_name);
	}
}

static int by_port(const void *x, const void *y)
{
	const struct listener *a = x, *b = y;

	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	return strcmp(a->protocol, b->protocol) ? strcmp(a->protocol, b->protocol) : strcmp(a->address, b->address);
}

void probe_listeners(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct search s = { .out = out, .a = a, .deadline_us = deadline_us };
	struct probe *p = &s.out->probe;
	const char *reason = NULL;

	p->source = arena_printf(a, "%s/net", (const char *)in);
	s.out->list = arena_calloc(a, LISTENERS_MAX, sizeof(*s.out->list));
	s.found = arena_calloc(a, LISTENERS_MAX, sizeof(*s.found));
	for (int i = 0; i < SOCKETS_TABLES && !reason; i++)
		reason = sockets_each(in, (enum socket_table)i, take, &s, deadline_us, a);
	if (!reason && s.is_cut)
		reason = arena_printf(a, "more than %d sockets take connections here; too many to list", LISTENERS_MAX);
	find_processes(&s, in);
	qsort(s.out->list, s.out->n_list, sizeof(*s.out->list), by_port);
	p->reason = reason;
	p->state = reason ? PROBE_UNKNOWN : PROBE_OK;
}
