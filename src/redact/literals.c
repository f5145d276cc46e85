#include "redact/literals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All strings are printable ASCII; every other byte shares class 0, which leads back to the root. */
#define CLASSES 64

struct state {
	uint16_t next[CLASSES];
	uint16_t fail;
	bool speaks;            /* owners is not empty */
	struct owner_set owners;
};

struct literals {
	struct state *states;   /* 0 is the root */
	size_t n, size;
	uint8_t class_of[256];
	size_t n_classes;
};

static void die(const char *why)
{
	fprintf(stderr, "mission-control: %s\n", why);
	abort();
}

static uint16_t new_state(struct literals *l)
{
	if (l->n == UINT16_MAX)
		die("too many strings in the redaction rules");
	if (l->n == l->size) {
		l->size = l->size ? l->size * 2 : 256;
		l->states = reallocarray(l->states, l->size, sizeof(*l->states));
		if (!l->states)
			die("out of memory");
	}
	memset(&l->states[l->n], 0, sizeof(l->states[l->n]));
	return (uint16_t)l->n++;
}

struct literals *literals_new(void)
{
	struct literals *l = calloc(1, sizeof(*l));

	if (!l)
		die("out of memory");
	l->n_classes = 1;
	new_state(l);
	return l;
}

void literals_free(struct literals *l)
{
	if (!l)
		return;
	free(l->states);
	free(l);
}

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

static uint8_t class_for(struct literals *l, unsigned char c)
{
	c = lower(c);
	if (!l->class_of[c]) {
		if (l->n_classes == CLASSES)
			die("too many different characters in the redaction rules' strings");
		l->class_of[c] = (uint8_t)l->n_classes++;
		if (c >= 'a' && c <= 'z')
			l->class_of[c - 32] = l->class_of[c];
	}
	return l->class_of[c];
}

static void add_word(struct literals *l, const char *word, size_t len, size_t owner)
{
	uint16_t at = 0;

	for (size_t i = 0; i < len; i++) {
		uint8_t c = class_for(l, (unsigned char)word[i]);

		if (!l->states[at].next[c]) {
			uint16_t fresh = new_state(l);

			l->states[at].next[c] = fresh;
		}
		at = l->states[at].next[c];
	}
	if (at == 0)
		die("an empty string in the redaction rules");
	owner_set_add(&l->states[at].owners, owner);
	l->states[at].speaks = true;
}

void literals_add(struct literals *l, const char *words, size_t owner)
{
	for (;;) {
		size_t len = strcspn(words, " ");

		add_word(l, words, len, owner);
		if (words[len] == '\0')
			return;
		words += len + 1;
	}
}

static void inherit(struct state *s, const struct state *from)
{
	for (size_t i = 0; i < LITERALS_OWNERS_MAX / 64; i++)
		s->owners.bits[i] |= from->owners.bits[i];
	s->speaks |= from->speaks;
}

/* Breadth first: a state's fail target is shallower, so it is complete when it is needed. */
void literals_finish(struct literals *l)
{
	uint16_t *queue = calloc(l->n, sizeof(*queue));
	size_t head = 0, tail = 0;

	if (!queue)
		die("out of memory");
	for (size_t c = 0; c < CLASSES; c++)
		if (l->states[0].next[c])
			queue[tail++] = l->states[0].next[c];
	while (head < tail) {
		struct state *s = &l->states[queue[head++]];

		inherit(s, &l->states[s->fail]);
		for (size_t c = 0; c < CLASSES; c++) {
			uint16_t over_fail = l->states[s->fail].next[c];

			if (!s->next[c]) {
				s->next[c] = over_fail;
				continue;
			}
			l->states[s->next[c]].fail = over_fail;
			queue[tail++] = s->next[c];
		}
	}
	free(queue);
}

void literals_scan(const struct literals *l, const char *text, size_t n, struct owner_set *seen)
{
	uint16_t at = 0;

	for (size_t i = 0; i < n; i++) {
		const struct state *s;

		at = l->states[at].next[l->class_of[(unsigned char)text[i]]];
		s = &l->states[at];
		if (!s->speaks)
			continue;
		for (size_t w = 0; w < LITERALS_OWNERS_MAX / 64; w++)
			seen->bits[w] |= s->owners.bits[w];
	}
}
