/* Whether a host is the one that its user has met before: ssh's own list. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>
#include <strings.h>

#include "backup/repo.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "probe/files.h"

#define LIST_MAX ((size_t)1024 * 1024)
#define KEY_MAX  ((size_t)16 * 1024)

/* Decodes base64; the number of bytes, 0 where it is none. */
static size_t decode(const char *text, size_t n, unsigned char *out, size_t size)
{
	int len;

	if (n == 0 || n % 4 != 0 || n / 4 * 3 > size)
		return 0;
	len = EVP_DecodeBlock(out, (const unsigned char *)text, (int)n);
	for (size_t i = n; len > 0 && i > n - 2 && text[i - 1] == '='; i--)
		len--;
	return len > 0 ? (size_t)len : 0;
}

/* "|1|salt|hash": HMAC-SHA1 of the name. */
static bool is_hashed_name(const char *pattern, size_t n, const char *name)
{
	const char *salt = pattern + 3, *bar = n > 3 ? memchr(salt, '|', n - 3) : NULL;
	unsigned char key[64], want[64], sum[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	size_t n_key, n_want;

	if (!bar)
		return false;
	n_key = decode(salt, (size_t)(bar - salt), key, sizeof(key));
	n_want = decode(bar + 1, n - (size_t)(bar + 1 - pattern), want, sizeof(want));
	return n_key && n_want == SHA_DIGEST_LENGTH &&
	       HMAC(EVP_sha1(), key, (int)n_key, (const unsigned char *)name, strlen(name), sum, &len) && len == n_want &&
	       memcmp(sum, want, len) == 0;
}

/* Whether the first field of a line names the host. Wildcards and '!' are not taken: what they would allow, or forbid, is not. */
static bool names_host(const char *field, size_t n, const char *name)
{
	size_t n_name = strlen(name);

	if (n > 3 && strncmp(field, "|1|", 3) == 0)
		return is_hashed_name(field, n, name);
	for (size_t i = 0; i < n;) {
		size_t len = strcspn(field + i, ",");

		if (len > n - i)
			len = n - i;
		if (len == n_name && strncasecmp(field + i, name, n_name) == 0)
			return true;
		i += len + 1;
	}
	return false;
}

/* The length of the next word, to whose beginning *s goes. */
static size_t word(const char **s)
{
	*s += strspn(*s, " \t");
	return strcspn(*s, " \t\r\n");
}

enum line { LINE_OTHER, LINE_OTHER_KEY, LINE_KNOWN, LINE_REVOKED };

static enum line look_at(const char *line, const char *name, const char *key, size_t n_key)
{
	unsigned char blob[KEY_MAX];
	bool is_revoked = str_starts(line, "@revoked");
	size_t n;

	if (*line == '@') {
		if (!is_revoked)
			return LINE_OTHER; /* an authority: certificates are not looked at */
		line += strlen("@revoked");
	}
	n = word(&line);
	if (n == 0 || *line == '#' || !names_host(line, n, name))
		return LINE_OTHER;
	line += n;
	n = word(&line); /* the type stands in the key, too */
	line += n;
	n = word(&line);
	n = decode(line, n, blob, sizeof(blob));
	if (n == 0)
		return LINE_OTHER;
	if (n != n_key || memcmp(blob, key, n) != 0)
		return is_revoked ? LINE_OTHER : LINE_OTHER_KEY;
	return is_revoked ? LINE_REVOKED : LINE_KNOWN;
}

const char *backup_known_host(const char *file, const char *host, int port, const char *key, size_t n_key, struct arena *a)
{
	const struct file_rules rules = { .max_bytes = LIST_MAX, .owner_uid = -1 };
	const char *name = port == 22 ? host : arena_printf(a, "[%s]:%d", host, port), *reason;
	const char *slash = strrchr(file, '/');
	bool is_known = false, has_other = false;
	struct stat st;
	char *text;
	size_t n;

	if (!slash || file_read_beneath(slash == file ? "/" : arena_strndup(a, file, (size_t)(slash - file)), slash + 1, &rules, a, &text,
					&n, &st, &reason) != FILE_OK)
		return arena_printf(a, "the list of known hosts %s cannot be read; put the host's key there: ssh-keyscan -p %d %s, and compare it",
				    file, port, host);
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		switch (look_at(line, name, key, n_key)) {
		case LINE_REVOKED:
			return arena_printf(a, "the key of %s is revoked in %s", name, file);
		case LINE_KNOWN:
			is_known = true;
			break;
		case LINE_OTHER_KEY:
			has_other = true;
			break;
		case LINE_OTHER:
			break;
		}
	}
	if (is_known)
		return NULL;
	if (has_other)
		return arena_printf(a, "%s shows a key that is not the one in %s: another machine may answer in its place; compare its fingerprint before you change the list",
				    name, file);
	return arena_printf(a, "%s is not in %s; compare its fingerprint and add it: ssh-keyscan -p %d %s", name, file, port, host);
}
