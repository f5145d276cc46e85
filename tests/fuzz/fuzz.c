#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/str.h"

struct arena *fuzz_arena(void)
{
	return arena_new((size_t)64 * 1024 * 1024);
}

char *fuzz_text(const uint8_t *data, size_t size)
{
	char *s = malloc(size + 1);

	if (!s)
		abort();
	if (size)
		memcpy(s, data, size);
	s[size] = '\0';
	return s;
}

bool fuzz_is_text(const char *s)
{
	return !s || str_is_utf8(s, strlen(s));
}

/* ---- a folder ---- */

static char dir[PATH_MAX / 2];

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

static void remove_dir(void)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	if (*dir)
		return dir;
	snprintf(dir, sizeof(dir), "%s/mc-fuzz.XXXXXX", tmp ? tmp : "/tmp");
	FUZZ_EXPECT(mkdtemp(dir) != NULL);
	atexit(remove_dir);
	return dir;
}

void fuzz_put(const char *name, const void *data, size_t size)
{
	CLEANUP_FD int fd = -1;
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", fuzz_dir(), name);

	FUZZ_EXPECT(n > 0 && (size_t)n < sizeof(path));
	for (char *slash = path + strlen(dir) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		FUZZ_EXPECT(mkdir(path, 0700) == 0 || errno == EEXIST);
		*slash = '/';
	}
	/* Not O_TRUNC: ext4 takes that for a file replaced in place, and waits for the disk. */
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	FUZZ_EXPECT(fd >= 0);
	FUZZ_EXPECT(size == 0 || io_write(fd, data, size) == 0);
	FUZZ_EXPECT(ftruncate(fd, (off_t)size) == 0);
}

const struct hermes_source *fuzz_home(void)
{
	static struct hermes_source source;

	source = (struct hermes_source){ .home = fuzz_dir(), .proc_root = fuzz_dir(), .excerpts = true, .key_dir = fuzz_dir(),
					 .now = FUZZ_NOW };
	return &source;
}

int64_t fuzz_deadline(void)
{
	return clock_mono_us() + INT64_C(3600) * 1000 * 1000;
}

/* ---- what is published ---- */

static void expect_texts(const cJSON *j)
{
	for (const cJSON *item = j; item; item = item->next) {
		FUZZ_EXPECT(fuzz_is_text(item->string));
		FUZZ_EXPECT(!cJSON_IsString(item) || fuzz_is_text(item->valuestring));
		expect_texts(item->child);
	}
}

/* Panes take a time beyond 2200 for noise; exporters pass it on as it stands. */
static void drop_far_times(cJSON *j)
{
	for (cJSON *item = j; item; item = item->next) {
		const char *text = cJSON_IsString(item) ? item->valuestring : NULL;

		/* Whose its name and text are stands in the same member. */
		if (text && strlen(text) == 20 && text[10] == 'T' && text[19] == 'Z' && strcmp(text, "2200") >= 0)
			item->type = (item->type & ~0xFF) | cJSON_NULL;
		drop_far_times(item->child);
	}
}

/* Writes the model and reads what was written into *back; gives the text (free). */
static char *there_and_back(const struct shape *shape, const void *model, void *back, struct arena *a)
{
	CLEANUP_JSON cJSON *written = shape_write(shape, model, PUBLISH_EXCERPTS, NULL, a);
	CLEANUP_JSON cJSON *read = NULL;
	const char *error = "";
	char *text;

	expect_texts(written);
	drop_far_times(written);
	text = json_print(written);
	FUZZ_EXPECT(str_is_utf8(text, strlen(text)) && !strchr(text, '<'));
	read = json_parse(text, strlen(text), JSON_STRICT, NULL);
	FUZZ_EXPECT(read != NULL);
	if (!shape_read(shape, read, back, a, &error)) {
		fprintf(stderr, "a pane would not read what was published: %s\n%s\n", error, text);
		abort();
	}
	return text;
}

void fuzz_expect_shape(const struct shape *shape, const void *model)
{
	CLEANUP(arena_freep) struct arena *a = fuzz_arena();
	void *once = arena_alloc(a, shape->size), *twice = arena_alloc(a, shape->size);
	CLEANUP_FREE char *first = there_and_back(shape, model, once, a);
	CLEANUP_FREE char *second = there_and_back(shape, once, twice, a);

	if (strcmp(first, second) != 0) {
		fprintf(stderr, "written: %s\nread:    %s\n", first, second);
		abort();
	}
}

void fuzz_expect_reading(const struct shape *shape, const void *reading)
{
	const struct probe *p = reading;

	FUZZ_EXPECT(p->state == PROBE_OK || (p->reason && *p->reason));
	fuzz_expect_shape(shape, reading);
}

void fuzz_expect_report(const struct instance_report *r, const struct probe *p)
{
	FUZZ_EXPECT(p->state == PROBE_OK || (p->reason && *p->reason));
	fuzz_expect_shape(&instance_report_shape, r);
}
