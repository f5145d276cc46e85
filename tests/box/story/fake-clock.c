/*
 * fake-clock.c -- A FAKE CLOCK for the box: every program there that is loaded dynamically, systemd among them, sees the wall
 * clock as many microseconds ahead as FAKE_CLOCK_FILE says (eight bytes, little-endian), so that a test can go from day to day.
 *
 * The monotonic clock, which measures what takes how long, is left alone, and so are the times that the kernel gives to files.
 * No part of the product. Preloaded by /etc/ld.so.preload of the box alone; the machine's own clock is never touched.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define FAKE_CLOCK_FILE "/etc/fake-clock"
#define YEARS_S         1000000000 /* a later time than that is of the wall clock: the machine has not run for thirty years */

static const volatile int64_t *ahead_us;
static int (*real_gettime)(clockid_t, struct timespec *);
static int (*real_cond_wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static int (*real_sem_wait)(sem_t *, const struct timespec *);

static void load(void)
{
	int fd;
	void *p;

	if (real_gettime)
		return;
	real_cond_wait = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
	real_sem_wait = dlsym(RTLD_NEXT, "sem_timedwait");
	fd = open(FAKE_CLOCK_FILE, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		p = mmap(NULL, sizeof(*ahead_us), PROT_READ, MAP_SHARED, fd, 0);
		ahead_us = p == MAP_FAILED ? NULL : p;
		close(fd);
	}
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
	return ahead_us ? *ahead_us : 0;
}

static void shift(struct timespec *t, int64_t by_us)
{
	int64_t ns = t->tv_nsec + by_us % 1000000 * 1000;

	t->tv_sec += by_us / 1000000 + (ns < 0 ? -1 : ns / 1000000000);
	t->tv_nsec = ns < 0 ? ns + 1000000000 : ns % 1000000000;
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
	int64_t by = ahead();
	int rc = real_gettime(clock, t);

	if (rc == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_REALTIME_ALARM || clock == CLOCK_TAI))
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

/* The kernel waits by its own clock. */
int pthread_cond_timedwait(pthread_cond_t *restrict c, pthread_mutex_t *restrict m, const struct timespec *restrict until)
{
	struct timespec t = *until;

	if (t.tv_sec > YEARS_S)
		shift(&t, -ahead());
	return real_cond_wait(c, m, &t);
}

int sem_timedwait(sem_t *restrict s, const struct timespec *restrict until)
{
	struct timespec t = *until;

	shift(&t, -ahead());
	return real_sem_wait(s, &t);
}
