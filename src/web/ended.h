/*
 * web/ended.h -- whether a token was ended before its time, by either list.
 *
 * A request that asks both lists makes eight system calls. Both are folders in
 * which every change makes or renames a file, so their time stamps tell when
 * there is nothing new to ask: two calls, for a token that was asked for before.
 */
#ifndef MC_WEB_ENDED_H
#define MC_WEB_ENDED_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "web/denied.h"

struct session_token;

struct ended_stamp {
	struct {
		dev_t dev;
		ino_t ino;
		struct timespec mtime, ctime;
	} list[2];
	bool is_settled;        /* old enough that a later change must show: clocks of files tick in milliseconds */
};

/*
 * DENIED_NO: it was not ended. *seen, of the last time that this was said of
 * the very same token, is looked at and brought up to date; zeroed at first.
 * real_now is the clock that files are stamped by. DENIED_UNKNOWN with
 * *reason: a list cannot be examined, refuse.
 */
enum denied_answer ended_ask(const char *state_dir, const struct session_token *t, struct ended_stamp *seen,
			     int64_t real_now, struct arena *a, const char **reason) __attribute__((nonnull));

#endif
