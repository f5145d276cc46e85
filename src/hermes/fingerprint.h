/*
 * hermes/fingerprint.h -- do two homes have the same key? Told without the key.
 *
 * A fingerprint is HMAC-SHA256 of a value of .env, cut to 64 bits, by a key
 * that this machine made for that alone (hmc setup). Equal values have equal
 * fingerprints; without the machine's key nobody can try values against one,
 * and with it only values that could be guessed, which is why those that
 * could (short, or of few different characters) have none.
 * docs/privileges.md says who holds which half.
 */
#ifndef MC_HERMES_FINGERPRINT_H
#define MC_HERMES_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/agent.h"

#define FINGERPRINT_KEY     "fingerprint.key"
#define FINGERPRINT_KEY_MIN 32 /* bytes */

/* A value shorter than this has none. */
#define FINGERPRINT_VALUE_MIN 20

/* Whether a name of .env is that of a key or token: one of its last words is KEY, TOKEN, SECRET or PAT. */
bool fingerprint_is_key_name(const char *name);

/* Whether n bytes look like a key that a machine made, and not like a word, a reference or a placeholder. */
bool fingerprint_is_key_value(const char *value, size_t n);

/* Writes the fingerprint of n bytes, by a key of n_key bytes. */
void fingerprint_of(const char *value, size_t n, const char *key, size_t n_key, char out[FINGERPRINT_CHARS + 1]);

#endif
