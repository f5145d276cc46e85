/*
 * redact/literals.h -- which of many short strings occur in a text, in one scan.
 *
 * An Aho-Corasick automaton, ASCII case folded. It decides which patterns are
 * worth running: nearly all text holds none of the strings, and then nothing
 * but this one scan was spent on it.
 */
#ifndef MC_REDACT_LITERALS_H
#define MC_REDACT_LITERALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LITERALS_OWNERS_MAX 256

/* A set of owners: the rules whose strings were seen. */
struct owner_set {
	uint64_t bits[LITERALS_OWNERS_MAX / 64];
};

static inline void owner_set_add(struct owner_set *set, size_t owner)
{
	set->bits[owner / 64] |= UINT64_C(1) << (owner % 64);
}

static inline bool owner_set_has(const struct owner_set *set, size_t owner)
{
	return set->bits[owner / 64] >> (owner % 64) & 1;
}

struct literals;

/* Gives an empty automaton (literals_free). */
struct literals *literals_new(void);
void literals_free(struct literals *l);

/*
 * Adds the strings in `words` (parted by single spaces) for an owner below
 * LITERALS_OWNERS_MAX. Only before literals_finish().
 */
void literals_add(struct literals *l, const char *words, size_t owner);

/* Links the automaton; from here on it is read-only. */
void literals_finish(struct literals *l);

/* Adds to *seen the owner of every string that occurs in n bytes of text. */
void literals_scan(const struct literals *l, const char *text, size_t n, struct owner_set *seen);

#endif
