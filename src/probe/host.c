#include "probe/host.h"

#include <errno.h>
#include <fcntl.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/str.h"
#include "probe/process.h"

#define PROC_FILE_MAX (64 * 1024)

static void set_unknown(struct probe *p, const char *reason)
{
	p->state = PROBE_UNKNOWN;
	p->reason = reason;
}

/* The whole file <proc>/<name> in `a`; NULL with p filled when it cannot be read. */
static char *read_proc_file(struct probe *p, const char *proc, const char *name, struct arena *a)
{
	const char *path = arena_printf(a, "%s/%s", proc, name);
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	CLEANUP_FREE char *data = malloc(PROC_FILE_MAX);
	ssize_t len = fd >= 0 && data ? io_read(fd, data, PROC_FILE_MAX) : -1;

	p->source = path;
	if (len < 0) {
		set_unknown(p, arena_printf(a, "%s cannot be read: %s", path, strerrordesc_np(errno)));
		return NULL;
	}
	return arena_strndup(a, data, (size_t)len);
}

/* "MemTotal:       16310788 kB" -> bytes; COUNT_UNKNOWN when the line is missing or odd. */
static int64_t meminfo_bytes(const char *text, const char *name)
{
	size_t n = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		char *end;
		unsigned long long kib;

		line += *line == '\n';
		if (strncmp(line, name, n) != 0 || line[n] != ':')
			continue;
		for (line += n + 1; *line == ' ' || *line == '\t'; line++)
			;
		if (!isdigit((unsigned char)*line))
			return COUNT_UNKNOWN;
		kib = strtoull(line, &end, 10);
		if (!str_starts(end, " kB") || kib > INT64_MAX / 1024)
			return COUNT_UNKNOWN;
		return (int64_t)kib * 1024;
	}
	return COUNT_UNKNOWN;
}

void probe_memory(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct memory *m = out;
	const char *text = read_proc_file(&m->probe, in, "meminfo", a);

	(void)deadline_us;
	if (!text)
		return;
	m->total_bytes = meminfo_bytes(text, "MemTotal");
	m->available_bytes = meminfo_bytes(text, "MemAvailable");
	m->swap_total_bytes = meminfo_bytes(text, "SwapTotal");
	m->swap_free_bytes = meminfo_bytes(text, "SwapFree");
	if (m->total_bytes < 0 || m->available_bytes < 0) {
		set_unknown(&m->probe,
			    arena_printf(a, "%s has no MemTotal or MemAvailable", m->probe.source));
		return;
	}
	m->probe.state = PROBE_OK;
}

/* "0.42" at *s, moving on; by hand, because strtod() reads what the locale says. */
static bool read_decimal(const char **s, double *out)
{
	double v = 0, scale = 1;

	while (**s == ' ')
		(*s)++;
	if (!isdigit((unsigned char)**s))
		return false;
	for (; isdigit((unsigned char)**s); (*s)++)
		v = v * 10 + (**s - '0');
	if (**s == '.') {
		for ((*s)++; isdigit((unsigned char)**s); (*s)++)
			v += (**s - '0') * (scale /= 10);
	}
	*out = v;
	return **s == ' ' || **s == '\n' || **s == '\0';
}

void probe_load(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct load *l = out;
	const char *text = read_proc_file(&l->probe, in, "loadavg", a);
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	(void)deadline_us;
	if (!text)
		return;
	l->cpus = cpus > 0 ? cpus : COUNT_UNKNOWN;
	if (!read_decimal(&text, &l->one) || !read_decimal(&text, &l->five) ||
	    !read_decimal(&text, &l->fifteen)) {
		set_unknown(&l->probe,
			    arena_printf(a, "%s does not begin with three numbers", l->probe.source));
		return;
	}
	l->probe.state = PROBE_OK;
}

void probe_uptime(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct uptime *u = out;
	const char *text = read_proc_file(&u->probe, in, "uptime", a);
	double s;

	(void)deadline_us;
	if (!text)
		return;
	if (!read_decimal(&text, &s) || s > 1e12) {
		set_unknown(&u->probe, arena_printf(a, "%s does not begin with a number", u->probe.source));
		return;
	}
	u->uptime_s = (int64_t)s;
	u->booted_at = process_boot_time(in, a);
	if (u->booted_at == 0)
		u->booted_at = clock_now_s() - u->uptime_s;
	u->probe.state = PROBE_OK;
}

static int64_t blocks_to_bytes(uint64_t blocks, uint64_t size)
{
	int64_t bytes;

	return __builtin_mul_overflow(blocks, size, &bytes) ? COUNT_UNKNOWN : bytes;
}

void probe_disk(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	struct disk *d = out;
	const char *mount = in;
	struct statvfs fs;

	(void)deadline_us;
	d->mount = arena_strdup(a, mount);
	d->probe.source = arena_printf(a, "the file system at %s", mount);
	if (statvfs(mount, &fs) < 0) {
		d->probe.state = errno == ENOENT ? PROBE_INACTIVE : PROBE_UNKNOWN;
		d->probe.reason = errno == ENOENT ? arena_printf(a, "no such directory: %s", mount)
						  : arena_printf(a, "%s cannot be asked: %s", mount,
								 strerrordesc_np(errno));
		return;
	}
	d->size_bytes = blocks_to_bytes(fs.f_blocks, fs.f_frsize);
	d->available_bytes = blocks_to_bytes(fs.f_bavail, fs.f_frsize);
	d->inodes = (int64_t)fs.f_files;
	d->inodes_free = (int64_t)fs.f_favail;
	d->probe.state = PROBE_OK;
}
