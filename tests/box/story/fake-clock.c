/*
 * fake-clock.c -- A FAKE CLOCK for the box: every program there that is loaded dynamically, systemd among them, sees the wall
 * clock as far ahead as FAKE_CLOCK_FILE says, so that a test can go from day to day.
 *
 * For hmc all clocks go along, and the times of files: its watch over the watch tells time that has passed from a clock that was
 * set, and its marks are files. For everything else the monotonic clock stays as it is, by which systemd would take a skipped
 * hour for a service that hangs.
 * No part of the product. Preloaded by /etc/ld.so.preload of the box alone; the machine's own clock is never touched.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define FAKE_CLOCK_FILE "/etc/fake-clock"
#define SETTINGS_MAX    1024
#define YEARS_S         1000000000 /* a later time than that is of the wall clock: the machine has not run for thirty years */

/* The file: one a setting of the clock, in their order; microseconds. */
struct setting {
	int64_t ahead;          /* of the machine's wall clock ... */
	int64_t since;          /* ... from this time on, by the machine's; 0 = no such setting yet */
};

static const volatile struct setting none[2], *settings = none;
static size_t latest;
static bool is_hmc;
static int (*real_gettime)(clockid_t, struct timespec *);
static int (*real_cond_wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static int (*real_sem_wait)(sem_t *, const struct timespec *);
static int (*real_stat)(const char *, struct stat *);
static int (*real_lstat)(const char *, struct stat *);
static int (*real_fstat)(int, struct stat *);
static int (*real_fstatat)(int, const char *, struct stat *, int);

static void map_settings(void)
{
	int fd = open(FAKE_CLOCK_FILE, O_RDONLY | O_CLOEXEC);
	void *p;

	if (fd < 0)
		return;
	p = mmap(NULL, SETTINGS_MAX * sizeof(*settings), PROT_READ, MAP_SHARED, fd, 0);
	if (p != MAP_FAILED)
		settings = p;
	close(fd);
}

static void load(void)
{
	if (real_gettime)
		return;
	real_cond_wait = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
	real_sem_wait = dlsym(RTLD_NEXT, "sem_timedwait");
	real_stat = dlsym(RTLD_NEXT, "stat");
	real_lstat = dlsym(RTLD_NEXT, "lstat");
	real_fstat = dlsym(RTLD_NEXT, "fstat");
	real_fstatat = dlsym(RTLD_NEXT, "fstatat");
	is_hmc = strcmp(program_invocation_short_name, "hmc") == 0;
	map_settings();
	real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
}

/* As early as can be: what confines itself later may not open files. */
__attribute__((constructor)) static void begin(void)
{
	load();
}

static int64_t ahead(void)
{
	load();
	while (latest + 1 < SETTINGS_MAX && settings != none && settings[latest + 1].since)
		latest++;
	return settings[latest].ahead;
}

static void shift(struct timespec *t, int64_t by_us)
{
	int64_t ns = t->tv_nsec + by_us % 1000000 * 1000;

	t->tv_sec += by_us / 1000000 + (ns < 0 ? -1 : ns / 1000000000);
	t->tv_nsec = ns < 0 ? ns + 1000000000 : ns % 1000000000;
}

static bool goes_along(clockid_t clock)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_REALTIME_ALARM:
	case CLOCK_TAI:
		return true;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		return is_hmc;
	default:
		return false;
	}
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
	int64_t by = ahead();
	int rc = real_gettime(clock, t);

	if (rc == 0 && goes_along(clock))
		shift(t, by);
	return rc;
}

int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec t;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &t);
	tv->tv_sec = t.tv_sec;
	tv->tv_usec = t.tv_nsec / 1000;
	return 0;
}

time_t time(time_t *out)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	if (out)
		*out = t.tv_sec;
	return t.tv_sec;
}

/* ---- the kernel waits by its own clock ---- */

int pthread_cond_timedwait(pthread_cond_t *restrict c, pthread_mutex_t *restrict m, const struct timespec *restrict until)
{
	struct timespec t = *until;

	if (is_hmc || t.tv_sec > YEARS_S)
		shift(&t, -ahead());
	return real_cond_wait(c, m, &t);
}

int sem_timedwait(sem_t *restrict s, const struct timespec *restrict until)
{
	struct timespec t = *until;

	shift(&t, -ahead());
	return real_sem_wait(s, &t);
}

/* ---- and writes by it when a file was changed ---- */

/* As the clock was set then. What lies ahead of the machine's was given to the file by somebody who goes by this clock. */
static void shift_time(struct timespec *t, int64_t now_us)
{
	int64_t at = (int64_t)t->tv_sec * 1000000 + t->tv_nsec / 1000;
	size_t i = latest;

	while (i > 0 && settings[i].since > at)
		i--;
	if (at <= now_us && at >= settings[i].since)
		shift(t, settings[i].ahead);
}

static int shifted(int rc, struct stat *st)
{
	struct timespec now;

	if (rc < 0 || !is_hmc)
		return rc;
	ahead();
	real_gettime(CLOCK_REALTIME, &now);
	shift_time(&st->st_mtim, (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	shift_time(&st->st_ctim, (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	return rc;
}

int stat(const char *restrict path, struct stat *restrict st)
{
	load();
	return shifted(real_stat(path, st), st);
}

int lstat(const char *restrict path, struct stat *restrict st)
{
	load();
	return shifted(real_lstat(path, st), st);
}

int fstat(int fd, struct stat *st)
{
	load();
	return shifted(real_fstat(fd, st), st);
}

int fstatat(int dir, const char *restrict path, struct stat *restrict st, int flags)
{
	load();
	return shifted(real_fstatat(dir, path, st, flags), st);
}
