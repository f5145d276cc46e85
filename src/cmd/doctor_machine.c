/* hmc doctor: the machine under it all. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "cmd/doctor.h"

#define DPKG_STATUS "/var/lib/dpkg/status"
#define LINE_MAX_   4096
#define ROOM_WARN   (512LL * 1024 * 1024)
#define ROOM_LEAST  (64LL * 1024 * 1024)
#define FIRST_CLOCK 1767225600 /* 2026-01-01: this program is younger than that */

/* A package that once had a hole which we stand in front of, and the version that closed it in Debian. */
struct patched {
	const char *package;
	const char *since;
	const char *hole;
};

static const struct patched patched[] = {
	{ "libfcgi0ldbl", "2.4.2-2+deb12u1", "CVE-2025-23016: whoever reaches a socket runs code" },
	{ "libjwt0", "1.10.2-1+deb12u1", "CVE-2024-25189: signatures leak by timing" },
};

/* A part of a version up to a digit or from one on, as Debian's policy (section 5.6.12) compares them: '~' before all. */
static int rank(char c)
{
	if (c == '~')
		return -1;
	if (c == '\0' || (c >= '0' && c <= '9'))
		return 0;
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? (unsigned char)c : (unsigned char)c + 256;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Below, equal, above 0 for versions without an epoch. */
static int compare_versions(const char *a, const char *b)
{
	while (*a || *b) {
		char *end_a, *end_b;
		unsigned long x, y;

		while ((*a && !is_digit(*a)) || (*b && !is_digit(*b))) {
			if (rank(*a) != rank(*b))
				return rank(*a) - rank(*b);
			a += *a && !is_digit(*a);
			b += *b && !is_digit(*b);
		}
		x = strtoul(a, &end_a, 10);
		y = strtoul(b, &end_b, 10);
		if (x != y)
			return x < y ? -1 : 1;
		a = end_a;
		b = end_b;
	}
	return 0;
}

/* The value of a field's line, without its line end; NULL for another field's. */
static char *field(char *line, const char *name)
{
	size_t n = strlen(name);

	if (strncmp(line, name, n) != 0)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	return line + n;
}

/* Fills versions (in the order of `patched`, NULL = not installed) from dpkg's own file (deb-control(5)). False without one. */
static bool installed_versions(struct doctor *d, const char **versions)
{
	CLEANUP_FILE FILE *f = fopen(DPKG_STATUS, "re");
	char line[LINE_MAX_];
	size_t current = ARRAY_SIZE(patched);

	while (f && fgets(line, sizeof(line), f)) {
		const char *value;

		if (*line == '\n')
			current = ARRAY_SIZE(patched);
		value = field(line, "Package: ");
		for (size_t i = 0; value && i < ARRAY_SIZE(patched); i++)
			if (str_eq(value, patched[i].package))
				current = i;
		value = current < ARRAY_SIZE(patched) ? field(line, "Version: ") : NULL;
		if (value)
			versions[current] = arena_strdup(d->arena, value);
	}
	return f != NULL;
}

static void check_libraries(struct doctor *d)
{
	const char *versions[ARRAY_SIZE(patched)] = { NULL };

	if (!installed_versions(d, versions)) {
		doctor_say(d, STATUS_UNKNOWN, "Libraries", "this is no Debian, so nobody says which holes they had closed",
			   "see to it that libfcgi and libjwt are current");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(patched); i++) {
		const struct patched *p = &patched[i];

		if (!versions[i])
			doctor_say(d, STATUS_UNKNOWN, p->package, "is not installed as a package", "apt-get install what 'make deps' names");
		else if (compare_versions(versions[i], p->since) < 0)
			doctor_say(d, STATUS_CRITICAL, p->package, doctor_text(d, "%s has a hole (%s)", versions[i], p->hole),
				   doctor_text(d, "apt-get update && apt-get install %s, to %s or later", p->package, p->since));
		else
			doctor_say(d, STATUS_OK, p->package, versions[i], NULL);
	}
}

static void check_clock(struct doctor *d)
{
	struct timex t = { .modes = 0 };
	int state = adjtimex(&t);

	if (clock_now_s() < FIRST_CLOCK)
		doctor_say(d, STATUS_CRITICAL, "The clock", "stands in the past: no token will be valid, and no report fresh",
			   "set it, and let it be kept (timedatectl set-ntp true)");
	else if (state < 0)
		doctor_say(d, STATUS_UNKNOWN, "The clock", doctor_text(d, "the kernel does not say whether it is kept: %s", strerror(errno)),
			   "timedatectl tells");
	else if (state == TIME_ERROR || (t.status & STA_UNSYNC))
		doctor_say(d, STATUS_WARN, "The clock", "is not kept by a time service: ages and expiry may be wrong",
			   "timedatectl set-ntp true; in a container the host's clock counts");
	else
		doctor_say(d, STATUS_OK, "The clock", "is kept by a time service", NULL);
}

static void check_room(struct doctor *d)
{
	const char *dir = d->config->state_dir;
	struct statvfs v;
	int64_t room;

	if (statvfs(dir, &v) < 0) {
		bool is_absent = errno == ENOENT;

		doctor_say(d, is_absent && !d->is_installed ? STATUS_OFF : is_absent ? STATUS_CRITICAL : STATUS_UNKNOWN, "stateDir",
			   doctor_text(d, "%s: %s", dir, strerror(errno)), is_absent ? "'hmc setup' makes it" : "run this as root");
		return;
	}
	room = (int64_t)v.f_bavail * (int64_t)v.f_frsize;
	doctor_say(d, room < ROOM_LEAST ? STATUS_CRITICAL : room < ROOM_WARN ? STATUS_WARN : STATUS_OK, "stateDir",
		   doctor_text(d, "%s, %" PRId64 " MiB free", dir, room / (1024 * 1024)),
		   room < ROOM_WARN ? "make room: a full disk stops reports, ledgers and sign-out" : NULL);
}

void doctor_machine(struct doctor *d)
{
	d->section = "Machine";
	check_libraries(d);
	check_clock(d);
	if (d->config)
		check_room(d);
}
