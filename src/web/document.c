#include "web/document.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/io.h"

static const char *problem(const char *path, const char *what, struct arena *a)
{
	return arena_printf(a,
			    "%s cannot be shown: %s. 'make install' puts it there; $HMC_DOCS names another folder.",
			    path, what);
}

struct document document_load(const char *name, size_t max, struct arena *a)
{
	const char *dir = getenv("HMC_DOCS");
	const char *path = arena_printf(a, "%s/%s", dir && *dir ? dir : MC_DATADIR "/docs", name);
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct document d = { .problem = NULL };
	struct stat st;
	ssize_t n;
	char *text;

	if (fd < 0 || fstat(fd, &st) < 0) {
		d.problem = problem(path, strerror(errno), a);
		return d;
	}
	if (!S_ISREG(st.st_mode) || st.st_size < 0 || (size_t)st.st_size > max) {
		d.problem = problem(path, "it is no file, or too large", a);
		return d;
	}
	text = arena_alloc(a, (size_t)st.st_size + 1);
	n = io_read(fd, text, (size_t)st.st_size);
	if (n < 0) {
		d.problem = problem(path, strerror(errno), a);
		return d;
	}
	text[n] = '\0';
	d.text = text;
	d.n = (size_t)n;
	d.version = arena_printf(a, "%lld.%09ld %lld", (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, (long long)n);
	return d;
}
