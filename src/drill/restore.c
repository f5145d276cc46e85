/* hermes_persistent_backup/ of the cloned commit, written below the scratch home file by file. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/str.h"
#include "drill/drill.h"
#include "probe/git.h"
#include "probe/git_parts.h"
#include "probe/payload_kinds.h"

#define MANIFEST_MAX ((size_t)16 * 1024 * 1024)

static void free_tree(git_tree **tree)
{
	git_tree_free(*tree);
}

static void free_blob(git_blob **blob)
{
	git_blob_free(*blob);
}

static void free_entry(git_tree_entry **entry)
{
	git_tree_entry_free(*entry);
}

static void free_odb(git_odb **odb)
{
	git_odb_free(*odb);
}

struct restoring {
	struct drill *d;
	git_odb *odb;
	size_t seen;
};

static bool is_clean_name(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n < 256 && !strchr(name, '/') && !str_eq(name, ".") && !str_eq(name, "..") && strcasecmp(name, ".git") != 0;
}

static bool disk_failed(struct drill *d, const char *path)
{
	int why = errno;

	return backup_fail(&d->b, LOOP_FAILED, EXIT_FAILED, "%s cannot be restored into %s: %s; set TMPDIR to a folder with room", drill_shown(d, path),
			   d->scratch, strerrordesc_np(why));
}

/* The blob in full; NULL with the failure or the finding said. Its size is asked before it is loaded. */
static git_blob *load(struct restoring *x, const git_oid *id, const char *path, size_t max)
{
	struct drill *d = x->d;
	git_blob *blob = NULL;
	git_object_t type;
	size_t size = 0;
	bool is_there = git_odb_read_header(&size, &type, x->odb, id) == 0;

	if (is_there && size > max) {
		drill_find(d, "%s has %zu bytes, more than a backup's file may", drill_shown(d, path), size);
		return NULL;
	}
	if (!is_there || git_blob_lookup(&blob, d->g.repo, id) < 0)
		drill_find(d, "%s cannot be read from the repository: %s", drill_shown(d, path), repo_git_error(d->b.a));
	return blob;
}

static bool keep(struct drill *d, const char *path, const char *data, size_t n, unsigned mode)
{
	struct backup *b = &d->b;
	unsigned char sum[SHA256_DIGEST_LENGTH];
	struct backup_file *f;

	if (b->n_files == BACKUP_FILES_MAX || b->row.bytes + (int64_t)n > BACKUP_BYTES_MAX)
		return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "the payload of %s is larger than any backup (%zu files, %lld MiB): this is none of ours",
				   b->row.remote, BACKUP_FILES_MAX, (long long)(BACKUP_BYTES_MAX >> 20));
	if (b->n_files == b->room) {
		struct backup_file *more = arena_calloc(b->a, b->room ? 2 * b->room : 64, sizeof(*more));

		if (b->n_files)
			memcpy(more, b->files, b->n_files * sizeof(*more));
		b->files = more;
		b->room = b->room ? 2 * b->room : 64;
	}
	f = &b->files[b->n_files++];
	*f = (struct backup_file){ .path = arena_strdup(b->a, path), .data = arena_strndup(b->a, data, n), .n = n, .mode = mode };
	SHA256((const unsigned char *)data, n, sum);
	for (size_t i = 0; i < sizeof(sum); i++)
		snprintf(f->sha256 + 2 * i, 3, "%02x", sum[i]);
	b->row.bytes += (int64_t)n;
	return true;
}

static bool write_file(struct drill *d, int dir, const char *name, const char *path, const char *data, size_t n, unsigned mode)
{
	CLEANUP_FD int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	return (fd >= 0 && io_write(fd, data, n) == 0) || disk_failed(d, path);
}

static bool put(struct restoring *x, int dir, const git_tree_entry *e, const char *path)
{
	CLEANUP(free_blob) git_blob *blob = load(x, git_tree_entry_id(e), path, BACKUP_FILE_MAX);
	unsigned mode = git_tree_entry_filemode(e) == GIT_FILEMODE_BLOB_EXECUTABLE ? 0700 : 0600;
	size_t n;

	if (!blob)
		return true;
	n = (size_t)git_blob_rawsize(blob);
	return keep(x->d, path, git_blob_rawcontent(blob), n, mode) &&
	       write_file(x->d, dir, git_tree_entry_name(e), path, git_blob_rawcontent(blob), n, mode);
}

static bool put_tree(struct restoring *x, int dir, const git_tree *tree, const char *under, int depth);

static bool put_folder(struct restoring *x, int dir, const git_tree_entry *e, const char *path, int depth)
{
	CLEANUP(free_tree) git_tree *tree = NULL;
	CLEANUP_FD int below = -1;
	struct drill *d = x->d;

	if (depth == BACKUP_DEPTH_MAX) {
		drill_find(d, "%s lies deeper than any backup", drill_shown(d, path));
		return true;
	}
	if (git_tree_lookup(&tree, d->g.repo, git_tree_entry_id(e)) < 0) {
		drill_find(d, "%s cannot be read from the repository: %s", drill_shown(d, path), repo_git_error(d->b.a));
		return true;
	}
	if (mkdirat(dir, git_tree_entry_name(e), 0700) < 0)
		return disk_failed(d, path);
	below = openat(dir, git_tree_entry_name(e), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return below >= 0 ? put_tree(x, below, tree, arena_printf(d->b.a, "%s/", path), depth + 1) : disk_failed(d, path);
}

static bool put_tree(struct restoring *x, int dir, const git_tree *tree, const char *under, int depth)
{
	struct drill *d = x->d;

	for (size_t i = 0; i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *e = git_tree_entry_byindex(tree, i);
		const char *path = arena_printf(d->b.a, "%s%s", under, git_tree_entry_name(e));
		git_filemode_t mode = git_tree_entry_filemode(e);
		bool ok = true;

		if (++x->seen > 2 * BACKUP_FILES_MAX)
			return backup_fail(&d->b, LOOP_FAILED, EXIT_FAILED, "the payload of %s has more than %zu files: this is none of ours", d->b.row.remote,
					   BACKUP_FILES_MAX);
		if (clock_mono_us() > d->b.deadline_us)
			return backup_fail(&d->b, LOOP_FAILED, EXIT_TRY_LATER, "restoring took longer than %lld s and was given up",
					   (long long)backup_limit_s());
		if (!is_clean_name(git_tree_entry_name(e)))
			drill_find(d, "%s has a name that no backup gives; it was not written", drill_shown(d, path));
		else if (!*under && str_eq(path, PAYLOAD_MANIFEST))
			continue;
		else if (mode == GIT_FILEMODE_TREE)
			ok = put_folder(x, dir, e, path, depth);
		else if (mode == GIT_FILEMODE_LINK || mode == GIT_FILEMODE_COMMIT)
			drill_find(d, "%s is a %s; it was not followed", drill_shown(d, path), mode == GIT_FILEMODE_LINK ? "link" : "submodule");
		else
			ok = put(x, dir, e, path);
		if (!ok)
			return false;
	}
	return true;
}

static bool read_manifest(struct restoring *x, const git_tree *payload)
{
	struct drill *d = x->d;
	const git_tree_entry *e = git_tree_entry_byname(payload, PAYLOAD_MANIFEST);
	CLEANUP(free_blob) git_blob *blob = NULL;
	int64_t version = 0;

	if (e && git_tree_entry_type(e) == GIT_OBJECT_BLOB)
		blob = load(x, git_tree_entry_id(e), PAYLOAD_MANIFEST, MANIFEST_MAX);
	if (blob)
		d->manifest = json_parse(git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob), JSON_STRICT, NULL);
	if (!d->manifest || !str_eq(json_string(d->manifest, "kind"), BACKUP_MANIFEST_KIND) || !json_array(d->manifest, "files"))
		return backup_fail(&d->b, LOOP_FAILED, EXIT_FAILED, "%s/%s of %s %s: nothing can be compared; run hmc backup --instance %s", PAYLOAD_DIR,
				   PAYLOAD_MANIFEST, d->b.row.remote, !e ? "is missing" : "is broken or none of hmc backup", d->b.in->id);
	if (!json_i64(d->manifest, "version", &version) || version != BACKUP_MANIFEST_VERSION)
		return backup_fail(&d->b, LOOP_FAILED, EXIT_FAILED, "the backup's manifest is of version %lld, and this hmc knows %d", (long long)version,
				   BACKUP_MANIFEST_VERSION);
	if (!json_string(d->manifest, "madeAt") || !clock_parse_iso(json_string(d->manifest, "madeAt"), 0, &d->made_at))
		drill_find(d, "the manifest does not say when the backup was made");
	return true;
}

static int by_path(const void *x, const void *y)
{
	return backup_compare_paths(((const struct backup_file *)x)->path, ((const struct backup_file *)y)->path);
}

bool drill_restore(struct drill *d)
{
	CLEANUP(free_tree) git_tree *top = NULL;
	CLEANUP(free_tree) git_tree *payload = NULL;
	CLEANUP(free_entry) git_tree_entry *entry = NULL;
	CLEANUP(free_odb) git_odb *odb = NULL;
	CLEANUP_FD int home = openat(d->scratch_fd, "home", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct restoring x = { .d = d };

	if (home < 0)
		return disk_failed(d, "home");
	backup_say(&d->b, "restoring into %s/home", d->scratch);
	d->b.row.bytes = 0;
	if (git_commit_tree(&top, d->g.upstream) < 0 || git_repository_odb(&odb, d->g.repo) < 0)
		return backup_fail(&d->b, LOOP_FAILED, EXIT_FAILED, "the last commit of %s cannot be read: %s", d->b.row.remote, repo_git_error(d->b.a));
	x.odb = odb;
	if (git_tree_entry_bypath(&entry, top, PAYLOAD_DIR) < 0 || git_tree_lookup(&payload, d->g.repo, git_tree_entry_id(entry)) < 0)
		return backup_fail(&d->b, LOOP_FAILED, EXIT_FAILED, "%s has no %s/; run hmc backup --instance %s first", d->b.row.remote, PAYLOAD_DIR,
				   d->b.in->id);
	if (!read_manifest(&x, payload) || !put_tree(&x, home, payload, "", 0))
		return false;
	if (d->b.n_files)
		qsort(d->b.files, d->b.n_files, sizeof(*d->b.files), by_path);
	return true;
}
