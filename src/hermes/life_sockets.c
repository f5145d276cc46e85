#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "hermes/home.h"
#include "hermes/life.h"
#include "probe/sockets.h"

#define SOCKETS_MAX 4096

struct owned {
	uint64_t inodes[SOCKETS_MAX];
	size_t n;
	struct gateway_sockets *out;
};

static int by_inode(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;

	return a < b ? -1 : a > b;
}

/* The sockets that the process holds; false with errno when they may not be seen. */
static bool list_sockets(const char *dir, struct owned *o)
{
	CLEANUP_DIR DIR *d = opendir(dir);
	struct dirent *e;

	while (d && o->n < SOCKETS_MAX && (e = readdir(d))) {
		char link[64];
		ssize_t n = readlinkat(dirfd(d), e->d_name, link, sizeof(link) - 1);
		uint64_t inode;

		if (n <= 0)
			continue;
		link[n] = '\0';
		inode = socket_inode_of_link(link);
		if (inode)
			o->inodes[o->n++] = inode;
	}
	qsort(o->inodes, o->n, sizeof(o->inodes[0]), by_inode);
	return d != NULL;
}

static bool count(const struct socket_line *line, void *ctx)
{
	struct owned *o = ctx;

	if (!bsearch(&line->inode, o->inodes, o->n, sizeof(o->inodes[0]), by_inode))
		return true;
	if (line->state == SOCKET_LISTEN)
		o->out->listening++;
	else if (line->state == SOCKET_CLOSE_WAIT)
		o->out->close_wait++;
	else if (line->state == SOCKET_ESTABLISHED && !socket_address_is_loopback(&line->remote))
		o->out->established++;
	return true;
}

static void not_counted(struct gateway_sockets *x)
{
	x->established = x->close_wait = x->listening = COUNT_UNKNOWN;
}

void life_read_sockets(struct gateway_sockets *x, const struct gateway *g, const struct hermes_source *src, struct arena *a,
		       int64_t deadline_us)
{
	const char *dir = arena_printf(a, "%s/%lld", src->proc_root, (long long)g->pid);
	const char *reason = NULL;
	struct owned *o;

	not_counted(x);
	if (g->pid_state != PID_ALIVE) {
		bool is_known = g->pid_state != PID_UNKNOWN;

		home_answer(&x->probe, is_known ? PROBE_INACTIVE : PROBE_UNKNOWN,
			    is_known ? "no gateway process" : "the gateway's process could not be looked up");
		return;
	}
	x->probe.source = arena_printf(a, "%s/fd and net/tcp", dir);
	o = arena_calloc(a, 1, sizeof(*o));
	o->out = x;
	if (!list_sockets(arena_printf(a, "%s/fd", dir), o)) {
		home_answer(&x->probe, PROBE_UNKNOWN,
			    errno == EACCES ? "this exporter is not permitted to see the gateway's sockets"
					    : arena_printf(a, "the gateway's sockets cannot be listed: %s", strerrordesc_np(errno)));
		return;
	}
	x->established = x->close_wait = x->listening = 0;
	reason = sockets_each(dir, SOCKETS_TCP, count, o, deadline_us, a);
	if (!reason)
		reason = sockets_each(dir, SOCKETS_TCP6, count, o, deadline_us, a);
	if (reason)
		not_counted(x);
	home_answer(&x->probe, reason ? PROBE_UNKNOWN : PROBE_OK, reason);
}

void hermes_sockets(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct gateway_sockets *x = out;
	struct gateway g = { 0 };

	home_begin(&x->probe, "/proc", in);
	not_counted(x);
	if (!home_is_there(&x->probe, in, a))
		return;
	hermes_gateway(&g, in, a, deadline_us);
	x->pid = g.pid;
	life_read_sockets(x, &g, in, a, deadline_us);
}
