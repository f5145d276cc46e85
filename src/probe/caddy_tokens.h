/*
 * probe/caddy_tokens.h -- a Caddyfile as words (private to probe/caddy*.c).
 *
 * Caddy's lexer (caddyconfig/caddyfile/lexer.go) in what matters here: words
 * apart by blanks; "…" with \" within, `…` as it is; # where a word begins is
 * a comment; a backslash before the end of a line joins it with the next.
 */
#ifndef MC_PROBE_CADDY_TOKENS_H
#define MC_PROBE_CADDY_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

#define CADDY_TOKENS_MAX 20000

struct caddy_token {
	const char *text;
	int line;
	bool is_quoted;         /* "{" in quotes opens no block */
};

struct caddy_tokens {
	struct caddy_token *list;
	size_t n;
	bool is_cut;            /* there were more */
	bool has_heredoc;       /* Caddy 2.7: "<<NAME" begins a text that ends in a line of NAME; its words are taken for words here */
	bool has_gaps;          /* a variable of the environment without a default: what Caddy reads there is not known */
};

/* Takes n bytes apart; everything in `a`. {$NAME:default} becomes its default. */
struct caddy_tokens caddy_tokens(const char *text, size_t n, struct arena *a);

/* A copy of the n words of a snippet with {args.0}, or {args[0]}, filled in from what it is imported with, while *bytes_left lasts. */
const struct caddy_token *caddy_tokens_fill(const struct caddy_token *list, size_t n, const struct caddy_token *args, size_t n_args,
					    struct arena *a, size_t *bytes_left);

#endif
