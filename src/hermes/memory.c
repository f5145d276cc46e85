#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "hermes/hermes.h"
#include "hermes/home.h"
#include "hermes/settings.h"
#include "model/agent.h"

#define MEMORY_MAX  ((size_t)4 * 1024 * 1024)
#define ENTRIES_MAX 4096

/* tools/memory_tool.py:ENTRY_DELIMITER; a bare § inside a line separates nothing. */
static const char delimiter[] = "\n\xc2\xa7\n";
#define DELIMITER_LEN   (sizeof(delimiter) - 1)
#define DELIMITER_CHARS 3

struct entry {
	const char *text;
	size_t n;
};

static bool is_known(const struct entry *list, size_t n, struct entry e)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].n == e.n && memcmp(list[i].text, e.text, e.n) == 0)
			return true;
	return false;
}

static struct entry strip(const char *from, const char *to)
{
	while (from < to && isspace((unsigned char)*from))
		from++;
	while (from < to && isspace((unsigned char)to[-1]))
		to--;
	return (struct entry){ from, (size_t)(to - from) };
}

/* MemoryStore._read_file: split, strip, drop what is empty or there twice; counted in characters. */
static void count(struct memory_file *m, const char *text, size_t len, struct arena *scratch)
{
	struct entry *list = arena_calloc(scratch, ENTRIES_MAX, sizeof(*list));
	const char *end = text + len;
	size_t n = 0;

	m->characters = 0;
	while (text && n < ENTRIES_MAX) {
		const char *stop = memmem(text, (size_t)(end - text), delimiter, DELIMITER_LEN);
		struct entry e = strip(text, stop ? stop : end);

		if (e.n && !is_known(list, n, e)) {
			m->characters += (int64_t)str_utf8_count(e.text, e.n) + (n ? DELIMITER_CHARS : 0);
			list[n++] = e;
		}
		text = stop ? stop + DELIMITER_LEN : NULL;
	}
	m->entries = (int64_t)n;
}

static int64_t limit_of(const struct hermes_source *src, const char *key, int64_t otherwise, struct arena *a)
{
	CLEANUP(ydoc_done) struct ydoc y = { .is_loaded = false };
	struct probe p = { 0 };
	int64_t v;

	if (!settings_load(&y, &p, src, a))
		return p.state == PROBE_INACTIVE ? otherwise : COUNT_UNKNOWN;
	v = ydoc_count(ydoc_at(&y, key));
	return v == COUNT_UNKNOWN ? otherwise : v;
}

static void read_memory(struct memory_file *m, const struct hermes_source *src, const char *path, const char *key,
			int64_t otherwise, struct arena *a)
{
	CLEANUP(arena_freep) struct arena *scratch = arena_new(3 * MEMORY_MAX);
	struct stat st;
	char *data;
	size_t len;

	home_begin(&m->probe, path, src);
	m->entries = m->characters = m->limit = COUNT_UNKNOWN;
	if (!home_is_there(&m->probe, src, a))
		return;
	if (!home_read_private(&m->probe, src, path, MEMORY_MAX, arena_printf(a, "no %s: nothing has been remembered", path),
			       scratch, a, &data, &len, &st))
		return;
	m->limit = limit_of(src, key, otherwise, a);
	m->changed_at = home_epoch((double)st.st_mtim.tv_sec);
	if (!str_is_utf8(data, len)) {
		home_answer(&m->probe, PROBE_UNKNOWN, arena_printf(a, "%s is not UTF-8: Hermes cannot read it", path));
		return;
	}
	count(m, data, len, scratch);
	home_answer(&m->probe, PROBE_OK, NULL);
}

void hermes_memory_md(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	(void)deadline_us;
	read_memory(out, in, "memories/MEMORY.md", "memory.memory_char_limit", MEMORY_LIMIT, a);
}

void hermes_user_md(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	(void)deadline_us;
	read_memory(out, in, "memories/USER.md", "memory.user_char_limit", USER_LIMIT, a);
}
