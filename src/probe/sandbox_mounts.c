/* What of the machine's files this process sees, by its mounts: proc_pid_mountinfo(5). */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/sandbox_parts.h"

#define LINE_LEN   8192
#define MOUNTS_MAX 4096

struct mount {
	const char *point; /* with blanks as \040, as the kernel writes it */
	const char *type;
	bool is_read_only;
	bool is_closed;    /* systemd's own folder that nobody may enter */
};

struct mounts {
	struct mount *list;
	size_t n;
};

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw": the fifth, the sixth, and what follows " - ". */
static bool parse(char *line, struct mount *m, struct arena *a)
{
	char *rest = line, *dash = strstr(line, " - ");
	const char *fields[6];

	if (!dash)
		return false;
	*dash = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		fields[i] = strsep(&rest, " ");
		if (!fields[i])
			return false;
	}
	dash += strlen(" - ");
	dash[strcspn(dash, " \n")] = '\0';
	m->point = arena_strdup(a, fields[4]);
	m->type = arena_strdup(a, dash);
	m->is_closed = strstr(fields[3], "/systemd/inaccessible/") != NULL;
	m->is_read_only = str_eq(fields[5], "ro") || str_starts(fields[5], "ro,");
	return true;
}

static bool is_beneath(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (str_eq(dir, "/"))
		return true;
	return strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* What a path lies on: the deepest mount above it, of several at one place the last. NULL = none. */
static const struct mount *mount_of(const struct mounts *all, const char *path)
{
	const struct mount *found = NULL;

	for (size_t i = 0; i < all->n; i++)
		if (is_beneath(path, all->list[i].point) && (!found || strlen(all->list[i].point) >= strlen(found->point)))
			found = &all->list[i];
	return found;
}

static enum tristate system_is_read_only(const struct mounts *all)
{
	static const char *const places[] = { "/", "/usr", "/etc" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const struct mount *m = mount_of(all, places[i]);

		if (!m)
			return TRI_UNKNOWN;
		if (!m->is_read_only)
			return TRI_NO;
	}
	return TRI_YES;
}

/* Shown on purpose: it leads to what is this instance's own, or lies in it. */
static bool is_own(const struct sandbox_source *src, const char *point)
{
	for (size_t i = 0; i < OWN_PLACES_MAX && src->own[i]; i++)
		if (is_beneath(point, src->own[i]) || is_beneath(src->own[i], point))
			return true;
	return false;
}

/*
 * ProtectHome= puts an empty tmpfs there, or a folder of systemd's own tmpfs
 * that nobody may enter; what is to be seen is bound into it. A tmpfs on which
 * this instance's home itself lies holds real homes.
 */
static bool is_covered(const struct mounts *all, const struct sandbox_source *src, const char *dir)
{
	const struct mount *m = mount_of(all, dir);

	if (!m || !str_eq(m->point, dir) || !str_eq(m->type, "tmpfs"))
		return false;
	if (!m->is_closed && is_beneath(src->own[0], dir) && mount_of(all, src->own[0]) == m)
		return false;
	for (size_t i = 0; i < all->n; i++)
		if (is_beneath(all->list[i].point, dir) && !str_eq(all->list[i].point, dir) && !is_own(src, all->list[i].point))
			return false;
	return true;
}

void sandbox_read_mounts(struct sandbox *s, const struct sandbox_source *src, struct arena *a)
{
	CLEANUP_FILE FILE *f = fopen(arena_printf(a, "%s/self/mountinfo", src->proc_root), "re");
	struct mounts all = { 0 };
	char line[LINE_LEN];

	if (!f)
		return;
	all.list = arena_calloc(a, MOUNTS_MAX, sizeof(*all.list));
	while (all.n < MOUNTS_MAX && fgets(line, sizeof(line), f))
		all.n += parse(line, &all.list[all.n], a);
	if (all.n == 0 || all.n == MOUNTS_MAX)
		return;
	s->system_is_read_only = system_is_read_only(&all);
	s->homes_are_hidden = is_covered(&all, src, "/home") && is_covered(&all, src, "/root") ? TRI_YES : TRI_NO;
}
