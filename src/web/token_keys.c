#include "web/token_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/str.h"
#include "web/hex.h"
#include "web/token.h"

#define SECRET_MIN    32
#define RSA_BITS_MIN  2048

static bool is_secret(const char *alg)
{
	return str_eq(alg, "HS256");
}

/* Why this file must not be used as a key, with the cure; NULL when it may. */
static const char *file_fault(const struct stat *st, const struct config_key *key, struct arena *a)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file; put the key into one";
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return arena_printf(a, "belongs to user %u; chown it to root or to the dashboard's user",
				    (unsigned)st->st_uid);
	if (st->st_mode & 022)
		return arena_printf(a, "may be written by group or others; chmod %s it",
				    is_secret(key->alg) ? "0640" : "0644");
	if (is_secret(key->alg) && (st->st_mode & 007))
		return "holds a secret that everyone may read; chmod 0640 it, group of the dashboard's user";
	if (st->st_size == 0)
		return "is empty; write a key into it (openssl rand -hex 32)";
	if (st->st_size > KEY_FILE_MAX)
		return "is larger than 16 KiB; it should hold one key and nothing else";
	return NULL;
}

static struct key_mark mark_of(const struct stat *st)
{
	return (struct key_mark){ st->st_dev, st->st_ino, st->st_size, st->st_mtim, st->st_ctim };
}

static bool is_same_mark(const struct key_mark *a, const struct key_mark *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size && a->mtime.tv_sec == b->mtime.tv_sec &&
	       a->mtime.tv_nsec == b->mtime.tv_nsec && a->ctime.tv_sec == b->ctime.tv_sec &&
	       a->ctime.tv_nsec == b->ctime.tv_nsec;
}

/* Reads the file whole into room, which it may not fill; NULL, or what is wrong, which follows the file's name. */
static const char *read_key_file(const struct config_key *key, const char *path, struct arena *a, unsigned char *room,
				 size_t *len, struct key_mark *mark)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	const char *fault;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return errno == ELOOP ? "is a symbolic link; name the file itself"
		       : errno == EACCES
			       ? "cannot be read by this user; give it the dashboard's group and chmod 0640"
			       : arena_printf(a, "cannot be opened: %s; see auth.keys in the configuration",
					      strerror(errno));
	*mark = mark_of(&st);
	fault = file_fault(&st, key, a);
	if (fault)
		return fault;
	n = read(fd, room, KEY_FILE_MAX);
	if (n != st.st_size)
		return "could not be read whole; try again";
	room[n] = '\0';
	*len = (size_t)n;
	return NULL;
}

/* Editors and `openssl rand -hex 32` end the line; that end is not part of the secret. */
static const char *take_secret(struct token_key *key, size_t len)
{
	if (len > 0 && key->bytes[len - 1] == '\n')
		len--;
	if (len > 0 && key->bytes[len - 1] == '\r')
		len--;
	if (len < SECRET_MIN)
		return "holds less than 32 bytes; make one with openssl rand -hex 32";
	key->len = (int)len;
	key->jwt_alg = JWT_ALG_HS256;
	key->signature_size = 32;
	return NULL;
}

static void free_pkey(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
}

static void free_bio(BIO **b)
{
	BIO_free(*b);
}

static bool has_good_exponent(EVP_PKEY *pkey)
{
	BIGNUM *e = NULL;
	bool ok = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) == 1 && BN_is_odd(e) && !BN_is_one(e);

	BN_free(e);
	return ok;
}

static const char *take_public_key(struct token_key *key, size_t len)
{
	CLEANUP(free_bio) BIO *bio = BIO_new_mem_buf(key->bytes, (int)len);
	CLEANUP(free_pkey) EVP_PKEY *pkey = NULL;
	bool is_rsa = str_eq(key->alg, "RS256");
	char group[64] = "";

	if (memmem(key->bytes, len, "PRIVATE KEY", 11))
		return "holds a private key; put only the public half here (openssl pkey -pubout)";
	pkey = bio ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
	if (!pkey)
		return "is not a public key in PEM form (BEGIN PUBLIC KEY)";
	if (is_rsa && EVP_PKEY_get_base_id(pkey) != EVP_PKEY_RSA)
		return "is not an RSA key, which RS256 needs";
	if (is_rsa && EVP_PKEY_get_bits(pkey) < RSA_BITS_MIN)
		return "is an RSA key of less than 2,048 bits; make a longer one";
	if (is_rsa && !has_good_exponent(pkey))
		return "is an RSA key whose public exponent is 1 or even: it proves nothing; make another one";
	if (!is_rsa && (EVP_PKEY_get_base_id(pkey) != EVP_PKEY_EC ||
			EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) != 1 ||
			!str_eq(group, "prime256v1")))
		return "is not a key on the curve P-256, which ES256 needs";
	key->len = (int)len;
	key->jwt_alg = is_rsa ? JWT_ALG_RS256 : JWT_ALG_ES256;
	key->signature_size = is_rsa ? (size_t)EVP_PKEY_get_size(pkey) : 64;
	return NULL;
}

/* Keyed with the key itself: to try a guess at a secret against it is no easier than against a token of that secret. */
static void make_print(struct token_key *key)
{
	static const unsigned char purpose[] = "mission control key";
	unsigned char mac[EVP_MAX_MD_SIZE];

	HMAC(EVP_sha256(), key->bytes, key->len, purpose, sizeof(purpose) - 1, mac, NULL);
	hex_encode(mac, (TOKEN_PRINT_SIZE - 1) / 2, key->print);
}

static const char *load_key(const struct config_key *from, const char *path, struct arena *a, unsigned char *room,
			    struct token_key *key, struct key_mark *mark)
{
	const char *fault;
	size_t len = 0;

	*key = (struct token_key){ .kid = from->kid, .alg = from->alg, .mints = from->mints, .bytes = room };
	if (!is_secret(from->alg) && !str_eq(from->alg, "RS256") && !str_eq(from->alg, "ES256"))
		return "has an alg other than HS256, RS256 and ES256";
	fault = read_key_file(from, path, a, room, &len, mark);
	if (!fault)
		fault = is_secret(from->alg) ? take_secret(key, len) : take_public_key(key, len);
	if (!fault)
		make_print(key);
	return fault;
}

/* The file of a key; NULL with *fault for a credential where systemd handed none over. */
static const char *path_of(const struct config_key *key, struct arena *a, const char **fault)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY"), *name = key->file + strlen(CONFIG_CREDENTIAL), *path;

	if (!str_starts(key->file, CONFIG_CREDENTIAL))
		return key->file;
	path = dir && *dir == '/' ? arena_printf(a, "%s/%s", dir, name) : NULL;
	if (path && access(path, F_OK) == 0)
		return path;
	*fault = arena_printf(a, "was not handed over by systemd (%s); write LoadCredential=%s:/PATH into a drop-in of "
				 "hmc-pane@.service; a command takes 'systemd-run --pipe -p LoadCredential=%s:/PATH hmc ...'",
			      path ? "no such credential" : "$CREDENTIALS_DIRECTORY is not set", name, name);
	return NULL;
}

/* Reads every key into the set; false with one line in *error. */
static bool load_set(const struct token_keys *keys, struct key_set *set, struct key_mark *marks, struct arena *a,
		     const char **error)
{
	for (size_t i = 0; i < keys->n; i++) {
		const char *fault = load_key(&keys->from[i], keys->paths[i], a, set->room + i * (KEY_FILE_MAX + 1),
					     &set->items[i], &marks[i]);

		if (!fault)
			continue;
		*error = arena_printf(a, "key file %s %s", keys->paths[i], fault);
		return false;
	}
	return true;
}

/* Where a file is; false with one line in *error. */
static bool find_files(struct token_keys *keys, struct arena *a, const char **error)
{
	for (size_t i = 0; i < keys->n; i++) {
		const char *fault = NULL, *kid = keys->from[i].kid;

		keys->paths[i] = path_of(&keys->from[i], a, &fault);
		if (!keys->paths[i]) {
			*error = arena_printf(a, "key file %s %s", keys->from[i].file, fault);
			return false;
		}
		for (size_t j = 0; j < i; j++) {
			if (!str_eq(kid, keys->from[j].kid))
				continue;
			*error = arena_printf(a, "two keys in auth.keys have the kid \"%s\"; give each its own", kid ? kid : "");
			return false;
		}
	}
	return true;
}

struct token_keys *token_keys_load(const struct config *c, struct arena *a, const char **error)
{
	struct token_keys *keys = arena_alloc(a, sizeof(*keys));

	if (c->n_keys == 0) {
		*error = "no sign-in key is configured: add one to auth.keys "
			 "(openssl rand -hex 32 makes an HS256 key)";
		return NULL;
	}
	*keys = (struct token_keys){
		.memo = arena_alloc(a, sizeof(*keys->memo)),
		.n = c->n_keys,
		.from = c->keys,
		.paths = arena_calloc(a, c->n_keys, sizeof(*keys->paths)),
		.marks = arena_calloc(a, c->n_keys, sizeof(*keys->marks)),
		.issuer = c->issuer,
		.audience = c->audience,
		.role_claim = c->role_claim ? c->role_claim : "role",
		.state_dir = c->state_dir,
		.max_lifetime_s = c->max_lifetime_s ? c->max_lifetime_s : CONFIG_LIFETIME_MAX_S,
		.session_limit_s = c->session_limit_s ? c->session_limit_s : SESSION_LIMIT_S,
	};
	for (size_t i = 0; i < ARRAY_SIZE(keys->sets); i++)
		keys->sets[i] = (struct key_set){
			.items = arena_calloc(a, c->n_keys, sizeof(*keys->items)),
			.room = arena_calloc(a, c->n_keys, KEY_FILE_MAX + 1),
		};
	if (!find_files(keys, a, error) || !load_set(keys, &keys->sets[0], keys->marks, a, error))
		return NULL;
	keys->items = keys->sets[0].items;
	return keys;
}

/* Looks at every file; true when one is another than it was, and *now says what they are. */
static bool files_differ(const struct token_keys *keys, struct key_mark *now)
{
	bool differ = false;

	for (size_t i = 0; i < keys->n; i++) {
		struct stat st;

		now[i] = lstat(keys->paths[i], &st) == 0 ? mark_of(&st) : (struct key_mark){ 0 };
		differ |= !is_same_mark(&now[i], &keys->marks[i]);
	}
	return differ;
}

void token_keys_refresh(struct token_keys *keys, int64_t now, struct arena *scratch)
{
	struct key_mark marks[CONFIG_KEYS_MAX];
	int other = 1 - keys->in_use;
	const char *error = NULL;
	bool ok;

	if (now == keys->looked_at)
		return;
	keys->looked_at = now;
	if (!files_differ(keys, marks))
		return;
	/* What was looked at first counts: a file that changes while it is read is another one a second later. */
	ok = load_set(keys, &keys->sets[other], (struct key_mark[CONFIG_KEYS_MAX]){ 0 }, scratch, &error);
	memcpy(keys->marks, marks, keys->n * sizeof(*marks));
	if (!ok)
		log_line(LOG_LEVEL_ERROR, "%s; sign-ins are checked by the keys as they were before", error);
	else
		keys->in_use = other;
	keys->items = keys->sets[keys->in_use].items;
	explicit_bzero(keys->sets[1 - keys->in_use].room, keys->n * (KEY_FILE_MAX + 1));
	if (!ok)
		return;
	/* What an old key vouched for is asked anew. */
	explicit_bzero(keys->memo, sizeof(*keys->memo));
	log_line(LOG_LEVEL_INFO, "sign-in keys were read anew: a file of theirs has changed");
}

int64_t token_lifetime_max(const struct token_keys *keys)
{
	return keys->max_lifetime_s;
}

int64_t token_session_limit(const struct token_keys *keys)
{
	return keys->session_limit_s;
}
