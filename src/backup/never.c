/* What is no backup's business, by its name, and by any other name that it has. */
#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>

#include "backup/backup.h"
#include "base/cleanup.h"
#include "base/str.h"

/* Never taken, wherever they lie: keys, sign-ins, databases, what a program makes anew. */
static const char *const never[] = { ".env", ".env.*", "auth.json", "*token*.json", "*credential*.json", "*client_secret*.json",
				     "*.pem", "*.key", "*.p12", "id_rsa*", "id_ed25519*", "id_ecdsa*", "*.db", "*.db-*",
				     "*.sqlite", "*.sqlite3", "*.log", "*.lock", "*.pyc", ".git", "git~1" };
static const char *const never_folders[] = { ".git", "node_modules", "__pycache__", ".venv", "venv", "site-packages", ".archive",
					     ".tox", ".nox", ".pytest_cache", ".mypy_cache", ".ruff_cache", "quarantine",
					     "index-cache" };

static bool is_in(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (fnmatch(list[i], name, FNM_CASEFOLD) == 0)
			return true;
	return false;
}

bool backup_is_never(const char *name)
{
	return is_in(never, ARRAY_SIZE(never), name);
}

bool backup_is_never_folder(const char *name)
{
	return is_in(never_folders, ARRAY_SIZE(never_folders), name);
}

static void add(struct backup *b, const struct stat *st)
{
	if (b->n_private == b->private_room) {
		size_t room = b->private_room ? 2 * b->private_room : 16;
		struct backup_file_id *more = arena_calloc(b->a, room, sizeof(*more));

		if (b->n_private)
			memcpy(more, b->private, b->n_private * sizeof(*more));
		b->private = more;
		b->private_room = room;
	}
	b->private[b->n_private++] = (struct backup_file_id){ st->st_dev, st->st_ino };
}

void backup_find_private(struct backup *b, const char *home)
{
	CLEANUP(cleanup_closedir) DIR *d = opendir(home);
	const struct dirent *e;
	struct stat st;

	while (d && (e = readdir(d)))
		if (backup_is_never(e->d_name) && fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
		    st.st_nlink > 1)
			add(b, &st);
}

bool backup_is_private(const struct backup *b, const struct stat *st)
{
	for (size_t i = 0; st->st_nlink > 1 && i < b->n_private; i++)
		if (b->private[i].dev == st->st_dev && b->private[i].ino == st->st_ino)
			return true;
	return false;
}
