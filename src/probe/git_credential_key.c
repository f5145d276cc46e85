/* How old a key is, and which: from its public half and from stat(). The private half is never opened. */
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/files.h"
#include "probe/git_credential_parts.h"

#define PUBLIC_MAX ((size_t)16 * 1024) /* an RSA key of 16,384 bits takes 2.8 KB */

/* Folder and name of an absolute path; false where it has none. */
static bool split(const char *path, const char **dir, const char **name, struct arena *a)
{
	const char *slash = strrchr(path, '/');

	if (path[0] != '/' || !slash || !slash[1])
		return false;
	*dir = slash == path ? "/" : arena_strndup(a, path, (size_t)(slash - path));
	*name = slash + 1;
	return true;
}

/* What `ssh-keygen -l` prints: SHA256 of the decoded blob, base64 without padding. False where the blob is not of that type. */
static bool fingerprint(struct push_credential *c, const char *type, const char *blob, size_t n, struct arena *a)
{
	unsigned char *raw = arena_alloc(a, n + 4), sum[SHA256_DIGEST_LENGTH];
	char text[4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1];
	int len = EVP_DecodeBlock(raw, (const unsigned char *)blob, (int)n);
	size_t n_type = strlen(type);

	for (size_t i = n; len > 0 && i > 0 && blob[i - 1] == '='; i--)
		len--;
	/* RFC 4253, 6.6: the blob begins with its type, behind four bytes of length. */
	if (len < (int)n_type + 4 || raw[0] || raw[1] || raw[2] || raw[3] != n_type || memcmp(raw + 4, type, n_type) != 0)
		return false;
	SHA256(raw, (size_t)len, sum);
	EVP_EncodeBlock((unsigned char *)text, sum, sizeof(sum));
	text[strcspn(text, "=")] = '\0';
	c->key_type = type;
	c->key_print = arena_printf(a, "SHA256:%s", text);
	return true;
}

/* "ssh-ed25519 AAAA… comment": sshd(8), AUTHORIZED_KEYS. The comment stays here. */
static bool read_public(struct push_credential *c, const char *text, struct arena *a)
{
	size_t n_type = strcspn(text, " \t\r\n"), n_blob;
	const char *blob = text + n_type + strspn(text + n_type, " \t");

	n_blob = strcspn(blob, " \t\r\n");
	if (n_type == 0 || n_type > 64 || n_blob == 0 || n_blob % 4 != 0)
		return false;
	return fingerprint(c, str_clean(a, text, n_type, 64), blob, n_blob, a);
}

static void look_at_private(struct push_credential *c, const char *dir, const char *name, struct arena *a)
{
	const char *reason;
	struct stat st;

	if (file_stat_beneath(dir, name, a, &st, &reason) != FILE_OK || !S_ISREG(st.st_mode))
		return;
	c->key_is_private = st.st_mode & (S_IRWXG | S_IRWXO) ? TRI_NO : TRI_YES;
	c->key_changed_at = st.st_mtim.tv_sec > 0 ? st.st_mtim.tv_sec : 0;
}

void credential_key(struct push_credential *c, const char *key, struct arena *a)
{
	const struct file_rules rules = { .max_bytes = PUBLIC_MAX, .owner_uid = -1 };
	const char *dir, *name, *reason;
	struct stat st;
	char *text;
	size_t n;

	if (key)
		c->key_file = key;
	if (!c->key_file || !split(c->key_file, &dir, &name, a))
		return;
	look_at_private(c, dir, name, a);
	if (!key)
		return; /* a repository may name any file; only that of the configuration is read */
	if (file_read_beneath(dir, arena_printf(a, "%s.pub", name), &rules, a, &text, &n, &st, &reason) != FILE_OK) {
		c->note = arena_printf(a, "the public half of its key is not seen from here: %s; run hmc setup", reason);
		return;
	}
	c->note = read_public(c, text, a) ? NULL : arena_printf(a, "%s.pub is no public key of ssh", name);
	if (!c->note && !c->key_changed_at)
		c->key_changed_at = st.st_mtim.tv_sec > 0 ? st.st_mtim.tv_sec : 0;
}
