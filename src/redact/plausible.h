/*
 * redact/plausible.h -- whether what a pattern found is a secret.
 *
 * A pattern knows where a secret would stand; a judge knows what does not
 * look like one: placeholders, masked values, references to a variable,
 * ordinary words, and the ids that Hermes and git print everywhere.
 */
#ifndef MC_REDACT_PLAUSIBLE_H
#define MC_REDACT_PLAUSIBLE_H

#include <stdbool.h>
#include <stddef.h>

/* What a pattern found: text[start..end) is the secret, the whole match begins at `match`. */
struct candidate {
	const char *text;
	size_t n;
	size_t match;
	size_t start;
	size_t end;
};

/* The part after a vendor's prefix: more than words, and not "xxxx". */
bool plausible_vendor(const struct candidate *c);

/* Given to a name like "password" or "api_key": anything that is not plainly something else. */
bool plausible_assigned(const struct candidate *c);

/* Given to a name that ends in "token": counts and single words are not secrets. */
bool plausible_token(const struct candidate *c);

/* After a scheme, in a header: any value but a word. */
bool plausible_header(const struct candidate *c);

/* In running text, or after a weak name like "key": only what looks drawn at random. */
bool plausible_random(const struct candidate *c);

/* "user:password" on a command line or in a URL. */
bool plausible_login(const struct candidate *c);

/* Anything but a placeholder. */
bool plausible_real(const struct candidate *c);

/* At least sixteen characters of key material in a row between the PEM lines. */
bool plausible_pem(const struct candidate *c);

/* Personal data: Luhn and issuer, ISO 13616 mod 97, 8 to 15 digits, not a unit or a git remote. */
bool plausible_card(const struct candidate *c);
bool plausible_iban(const struct candidate *c);
bool plausible_phone(const struct candidate *c);
bool plausible_email(const struct candidate *c);

/* What is left of a match that already held a marker: is there still something to hide? */
bool plausible_rest(const char *s, size_t n);

#endif
