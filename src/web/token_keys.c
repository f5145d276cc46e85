#include "web/token_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "web/token.h"

#define KEY_FILE_MAX  16384
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

/* Reads the file whole into the arena; false with *fault, which follows the file's name. */
static bool read_key_file(const struct config_key *key, struct arena *a, unsigned char **bytes, size_t *len,
			  const char **fault)
{
	CLEANUP_FD int fd = open(key->file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0) {
		*fault = errno == ELOOP ? "is a symbolic link; name the file itself"
			 : errno == EACCES
				 ? "cannot be read by this user; give it the dashboard's group and chmod 0640"
				 : arena_printf(a, "cannot be opened: %s; see auth.keys in the configuration",
						strerror(errno));
		return false;
	}
	*fault = file_fault(&st, key, a);
	if (*fault)
		return false;
	*bytes = arena_alloc(a, KEY_FILE_MAX + 1);
	n = read(fd, *bytes, KEY_FILE_MAX);
	if (n != st.st_size) {
		*fault = "could not be read whole; try again";
		return false;
	}
	*len = (size_t)n;
	return true;
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
	if (!is_rsa && (EVP_PKEY_get_base_id(pkey) != EVP_PKEY_EC ||
			EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) != 1 ||
			!str_eq(group, "prime256v1")))
		return "is not a key on the curve P-256, which ES256 needs";
	key->len = (int)len;
	key->jwt_alg = is_rsa ? JWT_ALG_RS256 : JWT_ALG_ES256;
	key->signature_size = is_rsa ? (size_t)EVP_PKEY_get_size(pkey) : 64;
	return NULL;
}

static const char *load_key(const struct config_key *from, struct arena *a, struct token_key *key)
{
	unsigned char *bytes = NULL;
	const char *fault;
	size_t len = 0;

	*key = (struct token_key){ .kid = from->kid, .alg = from->alg };
	if (!is_secret(from->alg) && !str_eq(from->alg, "RS256") && !str_eq(from->alg, "ES256"))
		return "has an alg other than HS256, RS256 and ES256";
	if (!read_key_file(from, a, &bytes, &len, &fault))
		return fault;
	key->bytes = bytes;
	return is_secret(from->alg) ? take_secret(key, len) : take_public_key(key, len);
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
		.items = arena_calloc(a, c->n_keys, sizeof(*keys->items)),
		.issuer = c->issuer,
		.audience = c->audience,
		.role_claim = c->role_claim ? c->role_claim : "role",
		.state_dir = c->state_dir,
	};
	for (size_t i = 0; i < c->n_keys; i++) {
		const char *fault = load_key(&c->keys[i], a, &keys->items[i]);

		if (fault) {
			*error = arena_printf(a, "key file %s %s", c->keys[i].file, fault);
			return NULL;
		}
		for (size_t j = 0; j < i; j++) {
			if (!str_eq(c->keys[i].kid, c->keys[j].kid))
				continue;
			*error = arena_printf(a, "two keys in auth.keys have the kid \"%s\"; give each its own",
					      c->keys[i].kid ? c->keys[i].kid : "");
			return NULL;
		}
		keys->n++;
	}
	return keys;
}
