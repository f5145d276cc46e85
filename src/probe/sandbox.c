#include "probe/sandbox.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "probe/sandbox_parts.h"

#define LINE_LEN 4096

static FILE *open_self(const char *proc_root, const char *name, struct arena *a)
{
	return fopen(arena_printf(a, "%s/self/%s", proc_root, name), "re");
}

/* "0::/system.slice/system-hmc\x2dexport.slice/hmc-export@vijay.service": the last step is the unit. */
static const char *unit_of(char *line, struct arena *a)
{
	char *last = strrchr(line, '/');

	line[strcspn(line, "\n")] = '\0';
	if (!last || !str_starts(last + 1, "hmc-") || !str_ends(last, ".service"))
		return NULL;
	return str_clean(a, last + 1, strlen(last + 1), 200);
}

struct started_by sandbox_started_by(const char *proc_root, struct arena *a)
{
	struct started_by by = { .flavour = "by hand" };
	CLEANUP_FILE FILE *f = NULL;
	char line[LINE_LEN];

	if (!getenv("INVOCATION_ID")) /* systemd gives one to whatever it starts; a shell of a unit has none of ours */
		return by;
	f = open_self(proc_root, "cgroup", a);
	while (f && !by.unit && fgets(line, sizeof(line), f)) {
		by.unit = unit_of(line, a);
		if (by.unit)
			by.flavour = strstr(line, "/user@") ? "user timer" : "system timer";
	}
	return by;
}

/* ---- /proc/self/status: proc(5) ---- */

static enum tristate is_set(const char *value)
{
	return value[0] == '0' ? TRI_NO : isdigit((unsigned char)value[0]) ? TRI_YES : TRI_UNKNOWN;
}

static int64_t count_bits(const char *hex)
{
	char *end;
	unsigned long long bits = strtoull(hex, &end, 16);

	return end == hex ? COUNT_UNKNOWN : __builtin_popcountll(bits);
}

static bool read_status(struct sandbox *s, const char *proc_root, struct arena *a)
{
	CLEANUP_FILE FILE *f = open_self(proc_root, "status", a);
	char line[LINE_LEN];

	while (f && fgets(line, sizeof(line), f)) {
		char *value = strchr(line, '\t');

		if (!value)
			continue;
		if (str_starts(line, "NoNewPrivs:"))
			s->no_new_privileges = is_set(value + 1);
		else if (str_starts(line, "Seccomp:"))
			s->filters_calls = is_set(value + 1);
		else if (str_starts(line, "CapBnd:"))
			s->capabilities = count_bits(value + 1);
	}
	return f != NULL;
}

/* ---- /dev ---- */

/* PrivateDevices= leaves null, zero, random, tty and the like: no disk, no memory, no log of the kernel. */
static bool is_device_of_the_machine(int dir_fd, const char *name)
{
	static const char *const telling[] = { "mem", "port", "kmsg", "kvm" };
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(telling); i++)
		if (str_eq(name, telling[i]))
			return true;
	return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISBLK(st.st_mode);
}

static void close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

static enum tristate devices_are_hidden(const char *dev)
{
	CLEANUP(close_dir) DIR *d = opendir(dev);
	const struct dirent *e;

	if (!d)
		return errno == EACCES || errno == ENOENT ? TRI_YES : TRI_UNKNOWN;
	while ((e = readdir(d)))
		if (is_device_of_the_machine(dirfd(d), e->d_name))
			return TRI_NO;
	return TRI_YES;
}

void probe_sandbox(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct sandbox_source *src = in;
	struct sandbox *s = out;

	(void)deadline_us;
	s->probe.source = "/proc/self of the exporter";
	s->probe.taken_at = clock_now_s();
	s->unit = sandbox_started_by(src->proc_root, a).unit;
	s->capabilities = COUNT_UNKNOWN;
	if (!read_status(s, src->proc_root, a)) {
		s->probe.reason = "/proc/self/status cannot be read: is /proc there?";
		return;
	}
	sandbox_read_mounts(s, src, a);
	s->devices_are_hidden = devices_are_hidden(src->dev);
	s->has_network = sandbox_has_network();
	s->probe.state = PROBE_OK;
}
