/*
 * tests/unit/jwk.h -- keys as public suites write them (RFC 7517, RFC 7518), and tokens signed by private ones.
 */
#ifndef MC_TESTS_JWK_H
#define MC_TESTS_JWK_H

#include "token_fixture.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

static inline size_t from_b64url(struct arena *a, const char *s, unsigned char **out)
{
	size_t n = strlen(s), padded = (n + 3) / 4 * 4;
	char *text = arena_alloc(a, padded + 1);
	int len;

	memset(text, '=', padded);
	for (size_t i = 0; i < n; i++)
		text[i] = (char)(s[i] == '-' ? '+' : s[i] == '_' ? '/' : s[i]);
	*out = arena_alloc(a, padded + 1);
	len = EVP_DecodeBlock(*out, (unsigned char *)text, (int)padded);
	return len < (int)(padded - n) ? 0 : (size_t)len - (padded - n);
}

/* The public half as a key file of ours holds it. */
static inline const char *jwk_pem(struct arena *a, EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data;
	long n;
	const char *pem;

	assert_int_equal(PEM_write_bio_PUBKEY(bio, key), 1);
	n = BIO_get_mem_data(bio, &data);
	pem = arena_strndup(a, data, (size_t)n);
	BIO_free(bio);
	return pem;
}

static inline BIGNUM *jwk_number(struct arena *a, const cJSON *jwk, const char *name)
{
	const char *s = json_string(jwk, name);
	unsigned char *bytes;
	size_t n = s ? from_b64url(a, s, &bytes) : 0;

	return n ? BN_bin2bn(bytes, (int)n, NULL) : NULL;
}

/* The point as "uncompressed" (SEC 1, section 2.3.3); false when x and y are not of the curve's size. */
static inline bool jwk_point(struct arena *a, const cJSON *jwk, unsigned char out[65])
{
	unsigned char *x, *y;

	if (!json_string(jwk, "x") || !json_string(jwk, "y") || from_b64url(a, json_string(jwk, "x"), &x) != 32 ||
	    from_b64url(a, json_string(jwk, "y"), &y) != 32)
		return false;
	out[0] = 4;
	memcpy(out + 1, x, 32);
	memcpy(out + 33, y, 32);
	return true;
}

/* An RSA key, or one on P-256, private where the JWK is; NULL for any other. EVP_PKEY_free() it. */
static inline EVP_PKEY *jwk_key(struct arena *a, const cJSON *jwk)
{
	bool is_rsa = str_eq(json_string(jwk, "kty"), "RSA");
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, is_rsa ? "RSA" : "EC", NULL);
	BIGNUM *n = jwk_number(a, jwk, "n"), *e = jwk_number(a, jwk, "e"), *d = jwk_number(a, jwk, "d");
	unsigned char point[65];
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params;
	bool ok = is_rsa ? n && e : str_eq(json_string(jwk, "crv"), "P-256") && jwk_point(a, jwk, point);

	if (ok && is_rsa) {
		OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n);
		OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, e);
		if (d)
			OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_D, d);
	} else if (ok) {
		OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
		OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point));
		if (d)
			OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, d);
	}
	params = OSSL_PARAM_BLD_to_param(b);
	if (ok && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &key, d ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(b);
	EVP_PKEY_CTX_free(ctx);
	BN_free(n);
	BN_free(e);
	BN_clear_free(d);
	return key;
}

/* A token signed with a private key: RS256, or ES256 with its DER signature made r || s. */
static inline const char *jwk_sign(struct arena *a, EVP_PKEY *key, const char *header, const char *payload)
{
	const char *text = arena_printf(a, "%s.%s", b64url(a, header, strlen(header)), b64url(a, payload, strlen(payload)));
	unsigned char sig[1024], raw[64];
	size_t n = sizeof(sig);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const unsigned char *p = sig;
	ECDSA_SIG *pair;

	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, sig, &n, (const unsigned char *)text, strlen(text)), 1);
	EVP_MD_CTX_free(ctx);
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
		return arena_printf(a, "%s.%s", text, b64url(a, sig, n));
	pair = d2i_ECDSA_SIG(NULL, &p, (long)n);
	BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32);
	ECDSA_SIG_free(pair);
	return arena_printf(a, "%s.%s", text, b64url(a, raw, sizeof(raw)));
}

#endif
