/*
 * probe/process.h -- one process, from /proc/<pid>.
 */
#ifndef MC_PROBE_PROCESS_H
#define MC_PROBE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct process {
	bool exists;
	uint64_t start_ticks;   /* field 22 of stat: clock ticks after boot */
	int64_t started_at;     /* the same in epoch seconds */
	char **argv;            /* NULL-terminated; NULL when it could not be read */
	size_t argc;
	const char *reason;     /* why it could not be looked up; NULL when it could */
};

/*
 * proc_root is "/proc" but in tests. Reads at most 64 KiB of the command line
 * and gives at most 1,024 arguments. A zombie does not exist: it has ended.
 * Where /proc hides other users' processes (hidepid) they do not exist either.
 */
struct process process_look_up(const char *proc_root, int64_t pid, struct arena *a);

/* When the machine was booted, epoch seconds ("btime" of proc_stat(5)); 0 when not known. */
int64_t process_boot_time(const char *proc_root, struct arena *a);

#endif
