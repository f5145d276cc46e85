/* Which skills came with Hermes and are as they came. */
#include <openssl/evp.h>
#include <string.h>

#include "backup/backup.h"
#include "base/cleanup.h"
#include "base/str.h"

#define HASH_CHARS 32
#define SKILL_FILE "/SKILL.md"

static void free_digest(EVP_MD_CTX **md)
{
	EVP_MD_CTX_free(*md);
}

static const struct backup_file *find(const struct backup *b, const char *path)
{
	for (size_t i = 0; i < b->n_files; i++)
		if (str_eq(b->files[i].path, path))
			return &b->files[i];
	return NULL;
}

/* The hash that a line "name:hash" gives; NULL = it is no bundled one, or of before there were hashes. */
static const char *hash_of(const char *manifest, const char *name, size_t n)
{
	for (const char *line = manifest; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, n) == 0 && line[n] == ':' && strspn(line + n + 1, "0123456789abcdef") == HASH_CHARS)
			return line + n + 1;
	}
	return NULL;
}

/*
 * The hash of a folder as Hermes takes it (tools/skills_sync.py:_dir_hash):
 * MD5 over each file's path in it and its bytes, in the order of paths. What
 * we passed by makes another hash, and the skill is kept.
 */
static bool has_hash(const struct backup *b, const char *folder, size_t n_folder, const char *want)
{
	CLEANUP(free_digest) EVP_MD_CTX *md = EVP_MD_CTX_new();
	unsigned char sum[EVP_MAX_MD_SIZE];
	char text[2 * EVP_MAX_MD_SIZE + 1];
	unsigned len = 0;

	if (!md || !EVP_DigestInit_ex(md, EVP_md5(), NULL))
		return false;
	for (size_t i = 0; i < b->n_files; i++) {
		const struct backup_file *f = &b->files[i];

		if (strncmp(f->path, folder, n_folder) != 0 || f->path[n_folder] != '/')
			continue;
		EVP_DigestUpdate(md, f->path + n_folder + 1, strlen(f->path + n_folder + 1));
		EVP_DigestUpdate(md, f->data, f->n);
	}
	if (!EVP_DigestFinal_ex(md, sum, &len))
		return false;
	for (unsigned i = 0; i < len; i++)
		snprintf(text + 2 * i, 3, "%02x", sum[i]);
	return strncmp(text, want, HASH_CHARS) == 0;
}

/* The folder of this file, where it is an unchanged bundled skill; its length, 0 = it is not. */
static size_t bundled_folder(const struct backup *b, const struct backup_file *f)
{
	const char *skills = strstr(f->path, "skills/"), *name, *want;
	const struct backup_file *manifest;
	size_t n_folder;

	if (!skills || !str_ends(f->path, SKILL_FILE) || (skills != f->path && !str_starts(f->path, "profiles/")))
		return 0;
	manifest = find(b, arena_printf(b->a, "%.*sskills/.bundled_manifest", (int)(skills - f->path), f->path));
	n_folder = strlen(f->path) - strlen(SKILL_FILE);
	name = memrchr(f->path, '/', n_folder);
	if (!manifest || !name)
		return 0;
	want = hash_of(manifest->data, name + 1, n_folder - (size_t)(name + 1 - f->path));
	return want && has_hash(b, f->path, n_folder, want) ? n_folder : 0;
}

void backup_drop_bundled(struct backup *b)
{
	struct backup_names folders = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < b->n_files; i++) {
		size_t n = bundled_folder(b, &b->files[i]);

		if (n)
			backup_note(b, &folders, "%.*s/", (int)n, b->files[i].path);
	}
	for (size_t i = 0; i < b->n_files; i++) {
		bool dropped = false;

		for (size_t k = 0; k < folders.n && !dropped; k++)
			dropped = str_starts(b->files[i].path, folders.list[k]);
		if (dropped)
			b->row.bytes -= (int64_t)b->files[i].n;
		else
			b->files[kept++] = b->files[i];
	}
	b->n_files = kept;
}
