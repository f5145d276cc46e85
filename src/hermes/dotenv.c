#include "hermes/dotenv.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "hermes/home.h"
#include "probe/files.h"

#define ENV_FILE ".env"
#define ENV_MAX  ((size_t)256 * 1024)

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool is_truthy(const char *value, size_t n)
{
	static const char *const words[] = { "1", "true", "yes", "on" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (n == strlen(words[i]) && strncasecmp(value, words[i], n) == 0)
			return true;
	return false;
}

/* [export] NAME = value; the name is cut out in place. */
static void take_line(char *line, void (*each)(const char *name, const char *value, size_t n, void *ctx), void *ctx)
{
	char *name, *end, *value;
	size_t n;

	line += strspn(line, " \t");
	if (str_starts(line, "export ") || str_starts(line, "export\t"))
		line += strlen("export ");
	name = line + strspn(line, " \t");
	for (end = name; is_name_char(*end); end++)
		;
	value = end + strspn(end, " \t");
	if (end == name || *value++ != '=')
		return;
	*end = '\0';
	value += strspn(value, " \t");
	n = strcspn(value, *value == '"' || *value == '\'' ? "\r" : " \t\r#");
	if (*value == '"' || *value == '\'') {
		n = strcspn(value + 1, (const char[]){ *value, '\0' });
		value++;
	}
	if (n > 0)
		each(name, value, n, ctx);
}

const char *dotenv_each_value(const struct hermes_source *src,
			      void (*each)(const char *name, const char *value, size_t n, void *ctx), void *ctx,
			      struct arena *a)
{
	const struct file_rules rules = { .max_bytes = ENV_MAX, .owner_uid = -1 };
	CLEANUP(arena_freep) struct arena *scratch = arena_new(2 * ENV_MAX);
	const char *reason = NULL;
	char *data, *next;
	size_t len;

	switch (file_read_beneath(src->home, ENV_FILE, &rules, scratch, &data, &len, NULL, &reason)) {
	case FILE_OK:
		break;
	case FILE_ABSENT:
		return NULL;
	default:
		return arena_strdup(a, reason);
	}
	for (char *line = data;; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		take_line(line, each, ctx);
		if (!next)
			break;
	}
	explicit_bzero(data, len);
	return NULL;
}

struct names {
	void (*each)(const char *name, bool is_truthy, void *ctx);
	void *ctx;
};

static void take_name(const char *name, const char *value, size_t n, void *ctx)
{
	const struct names *to = ctx;

	to->each(name, is_truthy(value, n), to->ctx);
}

const char *dotenv_each(const struct hermes_source *src, void (*each)(const char *name, bool is_truthy, void *ctx),
			void *ctx, struct arena *a)
{
	struct names to = { each, ctx };

	return dotenv_each_value(src, take_name, &to, a);
}
