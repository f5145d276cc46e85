/*
 * Words of titles, taken apart as the search does.
 *
 * By FTS5's own tokenizer, that of the table (store_history_sql.h), so that
 * what is found by looking at a title is what the index would have found.
 */
#include <string.h>

#include "store/store_parts.h"

#define WORD_BYTES_MAX 64

/* Bytes that can be part of a word: ASCII letters and digits, and every other script's as FTS5 sorts them out. */
static bool is_wordy(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

size_t store_next_word(const char **s, size_t *cut)
{
	size_t n = 0;

	while (**s && !is_wordy((unsigned char)**s))
		++*s;
	while (is_wordy((unsigned char)(*s)[n]))
		n++;
	*cut = n < WORD_BYTES_MAX ? n : WORD_BYTES_MAX;
	while (*cut < n && ((unsigned char)(*s)[*cut] & 0xC0) == 0x80)
		--*cut; /* never within a character */
	return n;
}

/* sqlite.org/fts5.html, 7: the module's functions are handed out through a pointer. */
static fts5_api *module_of(sqlite3 *db)
{
	CLEANUP_STMT sqlite3_stmt *st = NULL;
	fts5_api *api = NULL;

	if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &st, NULL) == SQLITE_OK) {
		sqlite3_bind_pointer(st, 1, &api, "fts5_api_ptr", NULL);
		sqlite3_step(st);
	}
	return api;
}

static bool get_tokenizer(struct store *s, struct store_words *w)
{
	const char *options[] = { "remove_diacritics", "2" };
	fts5_api *module = module_of(s->db);
	void *context = NULL;

	return module && module->xFindTokenizer(module, "unicode61", &context, &w->api) == SQLITE_OK &&
	       w->api.xCreate(context, options, 2, &w->tokenizer) == SQLITE_OK;
}

/* ---- a question ---- */

struct taking {
	struct store_words *words;
	struct arena *a;
	size_t tokens;
	bool is_plain;
};

static int take_token(void *ctx, int flags, const char *token, int n, int from, int to)
{
	struct taking *t = ctx;

	(void)flags;
	(void)from;
	(void)to;
	for (int i = 0; i < n; i++)
		t->is_plain = t->is_plain && is_wordy((unsigned char)token[i]) && (unsigned char)token[i] < 0x80;
	if (++t->tokens > 1 || n <= 0)
		return SQLITE_OK;
	t->words->list[t->words->n].text = arena_strndup(t->a, token, (size_t)n);
	t->words->list[t->words->n++].n = (size_t)n;
	return SQLITE_OK;
}

bool store_words_of(struct store *s, const char *words, struct arena *a, struct store_words *out)
{
	size_t n, cut;

	*out = (struct store_words){ .n = 0 };
	if (!get_tokenizer(s, out))
		return false;
	for (int i = 0; i < STORE_WORDS_MAX && (n = store_next_word(&words, &cut)) > 0; i++, words += n) {
		struct taking t = { .words = out, .a = a, .is_plain = true };

		if (out->api.xTokenize(out->tokenizer, &t, FTS5_TOKENIZE_QUERY, words, (int)cut, take_token) != SQLITE_OK ||
		    t.tokens != 1 || !t.is_plain)
			return false;
	}
	return out->n > 0;
}

void store_words_done(struct store_words *w)
{
	if (w->tokenizer)
		w->api.xDelete(w->tokenizer);
	w->tokenizer = NULL;
}

/* ---- a title ---- */

struct looking {
	const struct store_words *words;
	unsigned found;             /* a bit a word */
};

static int look_at_token(void *ctx, int flags, const char *token, int n, int from, int to)
{
	struct looking *l = ctx;

	(void)flags;
	(void)from;
	(void)to;
	for (size_t i = 0; i < l->words->n; i++)
		if ((size_t)n >= l->words->list[i].n && memcmp(token, l->words->list[i].text, l->words->list[i].n) == 0)
			l->found |= 1U << i;
	return SQLITE_OK;
}

unsigned store_words_begin(const struct store_words *w, const char *title, size_t n)
{
	struct looking l = { .words = w };

	return w->api.xTokenize(w->tokenizer, &l, FTS5_TOKENIZE_DOCUMENT, title, (int)n, look_at_token) == SQLITE_OK ? l.found : 0;
}
