/* config.yaml without its secrets, and otherwise as it was written. */
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

#include "backup/backup.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"

#define DEPTH_MAX 32
#define KEY_MAX   200

/* A mapping or a list that is open. */
struct level {
	bool is_map;
	bool wants_key;
	bool is_secret;             /* all below it stays here: env:, headers:, basic_auth: */
	char key[KEY_MAX];          /* the one whose value comes next */
	int index;
};

struct sanitiser {
	struct redactor *r;
	struct backup_names *left_out;
	struct arena *a;
	const char *text;
	size_t n;
	struct buf out;
	size_t done;                /* bytes of text that are copied or left out */
	size_t byte, chars;         /* where the walk over characters is */
	struct level levels[DEPTH_MAX];
	int depth;                  /* -1 = outside all */
};

/* libyaml counts characters; the walk only goes on. */
static size_t byte_of(struct sanitiser *s, size_t chars)
{
	while (s->chars < chars && s->byte < s->n) {
		size_t len = str_utf8_len(s->text + s->byte, s->n - s->byte);

		s->byte += len ? len : 1;
		s->chars++;
	}
	return s->byte;
}

static bool names_secret(const char *key)
{
	static const char *const words[] = { "api_key", "apikey", "api-key", "token", "secret", "password", "passwd", "passphrase",
					     "authorization", "credential", "private_key", "cookie", "bearer", "access_key",
					     "webhook_url", "dsn" };

	if (str_ends(key, "_env") || str_ends(key, "_env_var") || str_ends(key, "_file") || str_ends(key, "_path"))
		return false; /* where it is to be found, not what it is */
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasestr(key, words[i]))
			return true;
	return false;
}

static bool holds_secrets(const char *key)
{
	static const char *const words[] = { "env", "headers", "basic_auth", "environment" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasecmp(key, words[i]) == 0)
			return true;
	return false;
}

/* What people make of digits, too; max_tokens is none of these. */
static bool may_be_digits(const char *key)
{
	static const char *const words[] = { "password", "passwd", "passphrase", "secret" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasestr(key, words[i]))
			return true;
	return strcasecmp(key, "pin") == 0 || (strlen(key) > 4 && strcasecmp(key + strlen(key) - 4, "_pin") == 0);
}

/* A number, a word for yes or no, nothing, or a name of what holds it: "${GMAIL_TOKEN}". */
static bool is_harmless(const char *key, const char *value, size_t n, bool is_plain)
{
	static const char *const words[] = { "true", "false", "yes", "no", "on", "off", "null", "~" };

	if (n == 0 || (n > 3 && value[0] == '$' && value[1] == '{' && value[n - 1] == '}' && !memchr(value, ' ', n)))
		return true;
	if (n < 9 && strspn(value, "0123456789.") == n)
		return is_plain && !may_be_digits(key);
	for (size_t i = 0; is_plain && i < ARRAY_SIZE(words); i++)
		if (strcasecmp(value, words[i]) == 0)
			return true;
	return false;
}

static const char *path_here(const struct sanitiser *s)
{
	const char *path = "";

	for (int i = 0; i <= s->depth; i++) {
		const struct level *l = &s->levels[i];

		if (l->is_map)
			path = arena_printf(s->a, "%s%s%s", path, *path ? "." : "", l->key);
		else
			path = arena_printf(s->a, "%s[%d]", path, l->index);
	}
	return redact(s->r, str_clean(s->a, path, strlen(path), KEY_MAX), s->a);
}

static void note(struct sanitiser *s, const char *path)
{
	struct backup b = { .a = s->a };

	backup_note(&b, s->left_out, "%s", path);
}

/* The key of the value that comes now; of a list's items that of the list. */
static const char *key_here(const struct sanitiser *s)
{
	const struct level *l = s->depth >= 0 ? &s->levels[s->depth] : NULL;

	return l && l->is_map ? l->key : s->depth > 0 ? s->levels[s->depth - 1].key : "";
}

static bool is_secret(struct sanitiser *s, const char *value, size_t n, bool is_plain)
{
	const struct level *l = s->depth >= 0 ? &s->levels[s->depth] : NULL;
	const char *key = key_here(s);

	if (is_harmless(key, value, n, is_plain))
		return false;
	if ((l && l->is_secret) || names_secret(key))
		return true;
	return redact_find(s->r, value, n) || redact_find(s->r, arena_printf(s->a, "%s: %s", key, value), strlen(key) + 2 + n);
}

/* Puts the marker in the place of a value, and keeps its anchor and its line. */
static void leave_out(struct sanitiser *s, const yaml_event_t *e)
{
	size_t from = byte_of(s, e->start_mark.index), to = byte_of(s, e->end_mark.index);
	bool ends_line = to > from && s->text[to - 1] == '\n';

	buf_add(&s->out, s->text + s->done, from - s->done);
	if (e->data.scalar.anchor)
		buf_printf(&s->out, "&%s ", (const char *)e->data.scalar.anchor);
	buf_adds(&s->out, "\"" BACKUP_LEFT_OUT "\"");
	if (ends_line)
		buf_addc(&s->out, '\n');
	s->done = to;
	note(s, path_here(s));
}

/* A value has been: the next of its mapping is a key. */
static void value_done(struct sanitiser *s)
{
	if (s->depth < 0)
		return;
	if (s->levels[s->depth].is_map)
		s->levels[s->depth].wants_key = true;
	else
		s->levels[s->depth].index++;
}

static void take_scalar(struct sanitiser *s, const yaml_event_t *e)
{
	const char *value = (const char *)e->data.scalar.value;
	struct level *l = s->depth >= 0 ? &s->levels[s->depth] : NULL;

	if (l && l->is_map && l->wants_key) {
		snprintf(l->key, sizeof(l->key), "%s", value);
		l->wants_key = false;
		return;
	}
	if (is_secret(s, value, e->data.scalar.length, e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE))
		leave_out(s, e);
	value_done(s);
}

static const char *open_level(struct sanitiser *s, bool is_map)
{
	const struct level *up = s->depth >= 0 ? &s->levels[s->depth] : NULL;
	bool is_secret_here = up && (up->is_secret || (up->is_map && holds_secrets(up->key)) || (up->is_map && names_secret(up->key)));

	if (up && up->is_map && up->wants_key)
		return "a key that is a list or a mapping";
	if (s->depth + 1 == DEPTH_MAX)
		return "it nests too deep";
	s->levels[++s->depth] = (struct level){ .is_map = is_map, .wants_key = is_map, .is_secret = is_secret_here };
	return NULL;
}

/* What it stands for is elsewhere, under a key that says nothing: it would be kept there. */
static const char *take_alias(struct sanitiser *s)
{
	const struct level *l = s->depth >= 0 ? &s->levels[s->depth] : NULL;

	if (l && l->is_map && l->wants_key)
		return "a key that is an alias";
	if ((l && l->is_secret) || names_secret(key_here(s)) || holds_secrets(key_here(s)))
		return arena_printf(s->a, "%s takes its value from an alias; write it out", path_here(s));
	value_done(s);
	return NULL;
}

static const char *take_event(struct sanitiser *s, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		take_scalar(s, e);
		return NULL;
	case YAML_ALIAS_EVENT:
		return take_alias(s);
	case YAML_MAPPING_START_EVENT:
	case YAML_SEQUENCE_START_EVENT:
		return open_level(s, e->type == YAML_MAPPING_START_EVENT);
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		s->depth--;
		value_done(s);
		return NULL;
	default:
		return NULL;
	}
}

static const char *walk(struct sanitiser *s, yaml_parser_t *parser)
{
	const char *reason = NULL;
	bool is_over = false;

	while (!reason && !is_over) {
		yaml_event_t e;

		if (!yaml_parser_parse(parser, &e))
			return arena_printf(s->a, "line %zu: %s", parser->problem_mark.line + 1,
					    parser->problem ? parser->problem : "it cannot be read");
		is_over = e.type == YAML_STREAM_END_EVENT;
		reason = take_event(s, &e);
		yaml_event_delete(&e);
	}
	return reason;
}

const char *backup_sanitise(const char *text, size_t n, size_t *n_out, struct redactor *r, struct backup_names *left_out,
			    struct arena *a, const char **reason)
{
	struct sanitiser s = { .r = r, .left_out = left_out, .a = a, .text = text, .n = n, .depth = -1 };
	yaml_parser_t parser;
	const char *out;

	s.out = (struct buf)BUF_INIT(2 * BACKUP_FILE_MAX);
	*reason = NULL;
	if (!str_is_utf8(text, n) || memchr(text, '\0', n) || str_starts(text, "\xef\xbb\xbf"))
		*reason = "it is not plain UTF-8";
	else if (!yaml_parser_initialize(&parser))
		*reason = "there is no memory left to read YAML with";
	if (*reason)
		return NULL;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	*reason = walk(&s, &parser);
	yaml_parser_delete(&parser);
	buf_add(&s.out, text + s.done, n - s.done);
	out = *reason ? NULL : arena_strndup(a, buf_str(&s.out), s.out.len);
	*n_out = s.out.len;
	buf_done(&s.out);
	return out;
}
