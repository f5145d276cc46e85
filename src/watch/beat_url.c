/* The beat's URL, out of a file that nobody else may read. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/httpurl.h"
#include "base/io.h"
#include "base/str.h"
#include "watch/beat.h"

/* A file of that name that systemd has handed over comes first: LoadCredential= of hmc-beat.service. NULL = it has not. */
static const char *credential(const char *url_file, struct arena *a)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY"), *slash = strrchr(url_file, '/');
	const char *name = str_starts(url_file, CONFIG_CREDENTIAL) ? url_file + strlen(CONFIG_CREDENTIAL) : slash ? slash + 1 : url_file;
	const char *path = dir && *dir == '/' ? arena_printf(a, "%s/%s", dir, name) : NULL;

	return path && access(path, F_OK) == 0 ? path : NULL;
}

/* NULL, or what is wrong with the file. What systemd hands over it has guarded itself. */
static const char *what_is_wrong(int fd, int why, const char *path, bool is_handed, struct arena *a)
{
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return arena_printf(a, "the beat's URL file %s cannot be read: %s", path, why == ELOOP ? "it is a link" : strerrordesc_np(why));
	if (!S_ISREG(st.st_mode))
		return arena_printf(a, "the beat's URL file %s is not a plain file", path);
	if (is_handed)
		return NULL;
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return arena_printf(a, "the beat's URL file %s belongs to another user; give it to root, or to who sends it", path);
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return arena_printf(a, "the beat's URL file %s may be read by others; make that address void, put a new one there, then: chmod 600 %s", path, path);
	return NULL;
}

/* Only https, for who reads it on its way could send it, too. */
static const char *what_is_wrong_with(const char *url, const char *path, struct arena *a)
{
	struct httpurl u;
	const char *why = NULL;

	if (!httpurl_parse(url, &u, &why))
		return arena_printf(a, "what the beat's URL file %s has in its first line %s", path, why);
	return u.is_https ? NULL : arena_printf(a, "what the beat's URL file %s has in its first line must begin with https://", path);
}

static char *read_line(int fd, struct arena *a)
{
	char text[HTTPURL_MAX + 8];
	ssize_t n = io_read(fd, text, sizeof(text) - 1);
	char *line;

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\r\n")] = '\0';
	line = arena_strdup(a, text);
	explicit_bzero(text, sizeof(text));
	return line;
}

char *beat_url(const struct beat_rules *r, struct arena *a, const char **error)
{
	const char *handed = credential(r->url_file, a), *path = handed ? handed : r->url_file;
	CLEANUP_FD int fd = -1;
	char *url;

	if (!handed && str_starts(path, CONFIG_CREDENTIAL)) {
		*error = arena_printf(a, "the beat's URL was not handed over by systemd; LoadCredential=%s:/PATH of hmc-beat.service does that",
				      path + strlen(CONFIG_CREDENTIAL));
		return NULL;
	}
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	*error = what_is_wrong(fd, errno, path, handed != NULL, a);
	if (*error)
		return NULL;
	url = read_line(fd, a);
	*error = what_is_wrong_with(url, path, a);
	if (!*error)
		return url;
	explicit_bzero(url, strlen(url));
	return NULL;
}
