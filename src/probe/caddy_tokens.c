#include "probe/caddy_tokens.h"

#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"

#define WORD_MAX 4096
#define ARGS_MAX 20

struct lexer {
	const char *at;
	const char *end;
	int line;
	struct arena *a;
	struct caddy_tokens out;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_joint(const struct lexer *l)
{
	return l->at + 1 < l->end && l->at[0] == '\\' && l->at[1] == '\n';
}

static void skip(struct lexer *l)
{
	for (; l->at < l->end; l->at++) {
		if (*l->at == '#') {
			while (l->at + 1 < l->end && l->at[1] != '\n')
				l->at++;
		} else if (is_joint(l)) {
			l->at++; /* the line goes on: it is not counted */
		} else if (*l->at == '\n') {
			l->line++;
		} else if (!is_blank(*l->at)) {
			return;
		}
	}
}

/* "{$NAME:default}" -> "default"; what the environment of Caddy says cannot be read from here. */
static const char *without_variables(struct lexer *l, const char *word)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(WORD_MAX);
	const char *open, *close, *colon;

	if (!strstr(word, "{$"))
		return word;
	for (; (open = strstr(word, "{$")) && (close = strchr(open, '}')); word = close + 1) {
		colon = memchr(open, ':', (size_t)(close - open));
		buf_add(&out, word, (size_t)(open - word));
		if (colon)
			buf_add(&out, colon + 1, (size_t)(close - colon - 1));
		else
			buf_add(&out, open, (size_t)(close - open + 1));
		l->out.has_gaps = true; /* a default may be overridden too */
	}
	buf_adds(&out, word);
	return arena_strdup(l->a, buf_str(&out));
}

static void read_quoted(struct lexer *l, struct buf *word)
{
	char quote = *l->at++;

	for (; l->at < l->end && *l->at != quote; l->at++) {
		if (quote == '"' && *l->at == '\\' && l->at + 1 < l->end && l->at[1] == '"')
			l->at++;
		l->line += *l->at == '\n';
		buf_addc(word, *l->at);
	}
	l->at += l->at < l->end;
}

static void read_plain(struct lexer *l, struct buf *word)
{
	for (; l->at < l->end && !is_blank(*l->at) && *l->at != '\n' && !is_joint(l); l->at++)
		buf_addc(word, *l->at);
}

static void read_word(struct lexer *l)
{
	CLEANUP(buf_done) struct buf word = BUF_INIT(WORD_MAX);
	struct caddy_token *t = &l->out.list[l->out.n++];

	t->line = l->line;
	t->is_quoted = *l->at == '"' || *l->at == '`';
	if (t->is_quoted)
		read_quoted(l, &word);
	else
		read_plain(l, &word);
	l->out.is_cut |= word.overflow;
	l->out.has_heredoc |= !t->is_quoted && str_starts(buf_str(&word), "<<") && word.len > 2;
	t->text = without_variables(l, arena_strdup(l->a, buf_str(&word)));
}

struct caddy_tokens caddy_tokens(const char *text, size_t n, struct arena *a)
{
	struct lexer l = { .at = text, .end = text + n, .line = 1, .a = a };

	l.out.list = arena_calloc(a, n + 1 < CADDY_TOKENS_MAX ? n + 1 : CADDY_TOKENS_MAX, sizeof(*l.out.list));
	for (skip(&l); l.at < l.end; skip(&l)) {
		if (l.out.n == CADDY_TOKENS_MAX) {
			l.out.is_cut = true;
			break;
		}
		read_word(&l);
	}
	return l.out;
}

/* `word` with the first `what` in it replaced; NULL where it does not hold that. */
static const char *replaced(const char *word, const char *what, const char *by, struct arena *a)
{
	const char *at = strstr(word, what);

	return at ? arena_printf(a, "%.*s%s%s", (int)(at - word), word, by, at + strlen(what)) : NULL;
}

const struct caddy_token *caddy_tokens_fill(const struct caddy_token *list, size_t n, const struct caddy_token *args, size_t n_args,
					    struct arena *a, size_t *bytes_left)
{
	struct caddy_token *out = arena_calloc(a, n ? n : 1, sizeof(*out));
	const char *names[2 * ARGS_MAX];

	n_args = n_args < ARGS_MAX ? n_args : ARGS_MAX;
	for (size_t j = 0; j < n_args; j++) {
		names[2 * j] = arena_printf(a, "{args.%zu}", j);
		names[2 * j + 1] = arena_printf(a, "{args[%zu]}", j);
	}
	for (size_t i = 0; i < n; i++) {
		out[i] = list[i];
		for (size_t j = 0; j < 2 * n_args && strstr(out[i].text, "{args"); j++) {
			size_t most = strlen(out[i].text) + strlen(args[j / 2].text);
			const char *text = most < WORD_MAX && most < *bytes_left ? replaced(out[i].text, names[j], args[j / 2].text, a) : NULL;

			if (!text)
				continue;
			out[i].text = text;
			*bytes_left -= most;
		}
	}
	return out;
}
