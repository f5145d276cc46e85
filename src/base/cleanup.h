/*
 * base/cleanup.h -- release a handle when its scope ends.
 *
 *   CLEANUP(buf_done) struct buf b = BUF_INIT(4096);
 *   CLEANUP_FD int fd = open(...);
 */
#ifndef MC_BASE_CLEANUP_H
#define MC_BASE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(fn)  __attribute__((cleanup(fn)))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The one moment in which ownership leaves: yields the pointer, clears the variable. */
#define TAKE_PTR(p) __extension__({ __typeof__(p) taken_ = (p); (p) = NULL; taken_; })

static inline void cleanup_close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* The same for a descriptor. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

static inline void cleanup_free_ptr(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

#define CLEANUP_FD   CLEANUP(cleanup_close_fd)
#define CLEANUP_FREE CLEANUP(cleanup_free_ptr)
#define CLEANUP_FILE CLEANUP(cleanup_fclose)

static inline void cleanup_closedir(DIR **d)
{
	if (*d)
		closedir(*d);
}
#define CLEANUP_DIR CLEANUP(cleanup_closedir)

#endif
