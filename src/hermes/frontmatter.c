#include "hermes/frontmatter.h"

#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "hermes/ydoc.h"

#define NAME_CHARS    64
#define PLATFORMS_MAX 16

/* The block between the first line, ---, and the next such line. */
static bool find_block(const char *text, size_t n, const char **from, size_t *len)
{
	const char *end;

	if (n < 4 || memcmp(text, "---", 3) != 0)
		return false;
	*from = memchr(text, '\n', n);
	if (!*from)
		return false;
	end = memmem(*from, n - (size_t)(*from - text), "\n---", 4);
	if (!end)
		return false;
	*len = (size_t)(end - *from);
	return true;
}

/* "linux" is meant by any word that begins so, in any case. */
static void look_at_platform(const char *key, yaml_node_t *value, void *ctx)
{
	bool *found = ctx;

	(void)key;
	if (value && value->type == YAML_SCALAR_NODE && strcasecmp((const char *)value->data.scalar.value, "linux") == 0)
		*found = true;
}

static bool read_yaml(struct frontmatter *f, const char *text, size_t n, struct arena *a)
{
	struct ydoc y = { .is_loaded = false };
	yaml_node_t *platforms;
	bool ok = !ydoc_load(&y, text, n, a) && ydoc_root(&y);

	if (ok) {
		f->name = ydoc_text(ydoc_at(&y, "name"), NAME_CHARS, a);
		platforms = ydoc_at(&y, "platforms");
		if (platforms && ydoc_size(platforms) > 0) {
			f->is_for_linux = false;
			ydoc_each(&y, platforms, PLATFORMS_MAX, look_at_platform, &f->is_for_linux);
		} else if (platforms && platforms->type == YAML_SCALAR_NODE && platforms->data.scalar.length) {
			f->is_for_linux = strcasecmp((const char *)platforms->data.scalar.value, "linux") == 0;
		}
	}
	ydoc_done(&y);
	return ok;
}

static void read_lines(struct frontmatter *f, const char *text, size_t n, struct arena *a)
{
	const char *end = text + n, *next;

	for (const char *line = text; line < end; line = next) {
		const char *colon;

		next = memchr(line, '\n', (size_t)(end - line));
		next = next ? next + 1 : end;
		colon = memchr(line, ':', (size_t)(next - line));
		line += strspn(line, " \t\n");
		if (!colon || colon - line != 4 || memcmp(line, "name", 4) != 0)
			continue;
		colon++;
		colon += strspn(colon, " \t");
		f->name = str_clean(a, colon, strcspn(colon, "\r\n"), NAME_CHARS);
	}
}

struct frontmatter frontmatter_read(const char *text, size_t n, struct arena *a)
{
	struct frontmatter f = { .is_for_linux = true };
	const char *block;
	size_t len;

	if (!find_block(text, n, &block, &len))
		return f;
	if (!read_yaml(&f, block, len, a))
		read_lines(&f, block, len, a);
	if (f.name && !f.name[strspn(f.name, " ")])
		f.name = NULL;
	return f;
}
