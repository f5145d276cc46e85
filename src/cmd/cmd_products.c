/* hmc products: proposes entries for the configuration, and never writes it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "import/propose.h"

/* The whole file in `a`; NULL with one line in *error. */
static const char *read_file(const char *path, size_t *len, struct arena *a, const char **error)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	char *text;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0) {
		*error = arena_printf(a, "cannot be read: %s", strerror(errno));
		return NULL;
	}
	if (!S_ISREG(st.st_mode) || st.st_size > (off_t)IMPORT_MAX_BYTES) {
		*error = "must be a regular file of at most 1 MiB";
		return NULL;
	}
	text = arena_alloc(a, (size_t)st.st_size + 1);
	n = io_read(fd, text, (size_t)st.st_size);
	if (n < 0) {
		*error = arena_printf(a, "cannot be read: %s", strerror(errno));
		return NULL;
	}
	*len = (size_t)n;
	return text;
}

static int import(const char *path, const struct config *config)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(256 * 1024 * 1024);
	CLEANUP(buf_done) struct buf out = BUF_INIT(4 * 1024 * 1024);
	struct proposals p = { .had = &config->products, .a = a };
	const char *error = NULL, *text;
	size_t n = 0;

	text = read_file(path, &n, a, &error);
	if (!text || !import_services(text, n, &p, &error)) {
		fprintf(stderr, "hmc products: %s: %s\n", str_clean(a, path, strlen(path), 200), str_clean(a, error, strlen(error), 300));
		return 1;
	}
	for (size_t i = 0; i < p.n_notes; i++)
		fprintf(stderr, "note: %s\n", p.notes[i]);
	proposals_print(&p, &out);
	fputs(buf_str(&out), stdout);
	return 0;
}

int cmd_products(int argc, char **argv, const struct config *config)
{
	if (argc == 3 && str_eq(argv[1], "import"))
		return import(argv[2], config);
	if (argc == 2 && str_eq(argv[1], "import"))
		return cmd_usage_error("products", "import needs a file");
	if (argc < 2)
		return cmd_usage_error("products", "say what to do: import FILE");
	return cmd_usage_error("products", "cannot understand '%s'", argv[1]);
}
