#include "hermes/fingerprint.h"

#include <ctype.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "hermes/dotenv.h"
#include "hermes/hermes.h"
#include "hermes/home.h"
#include "probe/files.h"

#define KEY_FILE_MAX  ((size_t)4096)
#define NAME_CHARS    100
#define DISTINCT_MIN  10 /* different bytes in a value: what people make up has fewer */

struct printer {
	struct keys *out;
	const char *key;
	size_t n_key;
	struct arena *a;
};

/* The last word of "MATRIX_ACCESS_TOKEN_2" is "TOKEN": figures at the end number several of a kind. */
bool fingerprint_is_key_name(const char *name)
{
	static const char *const words[] = { "KEY", "APIKEY", "TOKEN", "SECRET", "PAT" };
	static const char public[] = "PUBLIC_KEY";
	size_t end = strlen(name), start;

	while (end > 0 && (isdigit((unsigned char)name[end - 1]) || name[end - 1] == '_'))
		end--;
	for (start = end; start > 0 && name[start - 1] != '_'; start--)
		;
	if (end >= strlen(public) && strncasecmp(name + end - strlen(public), public, strlen(public)) == 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (end - start == strlen(words[i]) && strncasecmp(name + start, words[i], end - start) == 0)
			return true;
	return false;
}

/* ".env.example" and setup guides: the same text in every home that nobody filled in. */
static bool is_placeholder(const char *value, size_t n)
{
	static const char *const words[] = { "your", "example", "changeme", "placeholder", "xxxx", "****", "<", "${" };

	for (size_t w = 0; w < ARRAY_SIZE(words); w++)
		for (size_t i = 0, len = strlen(words[w]); i + len <= n; i++)
			if (strncasecmp(value + i, words[w], len) == 0)
				return true;
	return false;
}

bool fingerprint_is_key_value(const char *value, size_t n)
{
	bool seen[256] = { false };
	size_t distinct = 0, digits = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)value[i];

		if (c <= ' ' || c >= 0x7f)
			return false;
		digits += isdigit(c) != 0;
		distinct += !seen[c];
		seen[c] = true;
	}
	return n >= FINGERPRINT_VALUE_MIN && distinct >= DISTINCT_MIN && digits > 0 && !is_placeholder(value, n);
}

void fingerprint_of(const char *value, size_t n, const char *key, size_t n_key, char out[FINGERPRINT_CHARS + 1])
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned int n_sum = 0;

	if (!HMAC(EVP_sha256(), key, (int)n_key, (const unsigned char *)value, n, sum, &n_sum))
		abort();
	for (size_t i = 0; i < FINGERPRINT_CHARS / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", sum[i]);
	explicit_bzero(sum, sizeof(sum));
}

/* The entry of that name: python-dotenv lets the last line win. NULL when there is no more room. */
static struct key_print *entry(struct keys *k, const char *name)
{
	for (size_t i = 0; i < k->n_list; i++)
		if (str_eq(k->list[i].name, name))
			return &k->list[i];
	return k->n_list < KEYS_MAX ? &k->list[k->n_list++] : NULL;
}

static void take_value(const char *name, const char *value, size_t n, void *ctx)
{
	struct printer *p = ctx;
	char print[FINGERPRINT_CHARS + 1] = "";
	struct key_print *e;

	if (!fingerprint_is_key_name(name) || strlen(name) > NAME_CHARS)
		return;
	if (!fingerprint_is_key_value(value, n) || !(e = entry(p->out, name))) {
		p->out->left_out++;
		return;
	}
	fingerprint_of(value, n, p->key, p->n_key, print);
	e->name = arena_strdup(p->a, name);
	e->fingerprint = arena_strdup(p->a, print);
}

/* Gives the machine's key in scratch; NULL with *p answered. */
static char *read_key(struct probe *p, const struct hermes_source *src, struct arena *scratch, struct arena *a, size_t *n)
{
	const struct file_rules rules = { .max_bytes = KEY_FILE_MAX, .owner_uid = -1 };
	const char *reason = NULL;
	enum file_result result = FILE_ABSENT;
	struct stat st = { .st_mode = 0 };
	char *key = NULL;

	if (src->key_dir)
		result = file_read_beneath(src->key_dir, FINGERPRINT_KEY, &rules, scratch, &key, n, &st, &reason);
	if (result == FILE_ABSENT)
		home_answer(p, PROBE_INACTIVE, "not compared: this exporter has no fingerprint key; 'hmc setup' makes one");
	else if (result != FILE_OK)
		home_answer(p, PROBE_UNKNOWN, arena_strdup(a, reason));
	else if ((st.st_mode & 077) != 0)
		home_answer(p, PROBE_UNKNOWN, FINGERPRINT_KEY " may be read by others; its mode must be 0400");
	else if (*n < FINGERPRINT_KEY_MIN)
		home_answer(p, PROBE_UNKNOWN, FINGERPRINT_KEY " is too short to be a key; remove it and run 'hmc setup'");
	else
		return key;
	return NULL;
}

static int by_name(const void *x, const void *y)
{
	return strcmp(((const struct key_print *)x)->name, ((const struct key_print *)y)->name);
}

void hermes_keys(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(4 * KEY_FILE_MAX);
	struct printer r = { .out = out, .a = a };
	struct probe *p = &r.out->probe;
	const char *trouble;
	char *key;

	(void)deadline_us;
	home_begin(p, ".env, by fingerprint", in);
	r.out->left_out = COUNT_UNKNOWN;
	if (!home_is_there(p, in, a))
		return;
	key = read_key(p, in, scratch, a, &r.n_key);
	if (!key)
		return;
	r.key = key;
	r.out->left_out = 0;
	r.out->list = arena_calloc(a, KEYS_MAX, sizeof(*r.out->list));
	trouble = dotenv_each_value(in, take_value, &r, a);
	explicit_bzero(key, r.n_key);
	qsort(r.out->list, r.out->n_list, sizeof(*r.out->list), by_name);
	if (trouble)
		home_answer(p, PROBE_UNKNOWN, trouble);
	else if (r.out->n_list == 0)
		home_answer(p, PROBE_INACTIVE, "no key in .env that could be compared");
	else
		home_answer(p, PROBE_OK, NULL);
}
