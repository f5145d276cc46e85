#include "report/beat_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/replace.h"
#include "report/alive.h"
#include "report/fields.h"
#include "report/keeper.h"

#define COUNTED_MAX INT64_C(100000)

static const struct field counts_fields[] = {
	TIME(struct beat_counts, at, "at"),
	COUNT(struct beat_counts, instances, "instances"),
	COUNT(struct beat_counts, healthy, "healthy"),
	COUNT(struct beat_counts, warnings, "warnings"),
	COUNT(struct beat_counts, criticals, "criticals"),
	COUNT(struct beat_counts, unknown, "unknown"),
};
static const struct shape counts_shape = SHAPE(struct beat_counts, counts_fields);

static const struct field sent_fields[] = {
	TIME(struct beat, first_at, "firstAt"),
	TIME(struct beat, ran_at, "ranAt"),
	TIME(struct beat, good_at, "goodAt"),
	TIME(struct beat, next_at, "nextAt"),
	COUNT(struct beat, failures, "failures"),
	TEXT(struct beat, error, "error"),
};
static const struct shape sent_shape = SHAPE(struct beat, sent_fields);

static const char *check_counts(const void *what, struct arena *a)
{
	const struct beat_counts *x = what;
	const int64_t all[] = { x->instances, x->healthy, x->warnings, x->criticals, x->unknown };

	(void)a;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (all[i] < 0 || all[i] > COUNTED_MAX)
			return "a count is none";
	return x->at > 0 ? NULL : "it does not say when it was counted";
}

static const char *check_sent(const void *what, struct arena *a)
{
	const struct beat *x = what;

	(void)a;
	return x->failures < 0 ? "a count is none" : NULL;
}

static const struct keeper counts_keeper = { .dir = ALIVE_DIR "/" ALIVE_HOST, .name = "counts.json", .things = "counts",
					     .none = "the machine's exporter has counted nothing yet", .shape = &counts_shape, .check = check_counts };
static const struct keeper sent_keeper = { .dir = BEAT_DIR, .name = "sent.json", .things = "beats", .none = "hmc beat has never run",
					   .shape = &sent_shape, .check = check_sent };

/* One writer, one file: no lock is needed, and whoever reads sees the old or the new one. */
static int publish(const struct keeper *k, const char *state_dir, const void *what, struct arena *a, const char **error)
{
	const char *path = arena_printf(a, "%s/%s", state_dir, k->dir);
	CLEANUP_JSON cJSON *json = shape_write(k->shape, what, PUBLISH_EXCERPTS, NULL, a);
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FD int dir = -1;

	json_add_i64(json, "schemaVersion", 1);
	text = json_print(json);
	if (mkdir(path, 0755) == 0)
		chmod(path, 0755); /* whatever the umask is */
	dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir >= 0 && replace_file(dir, k->name, text, strlen(text), 0644) == 0)
		return 0;
	*error = arena_printf(a, "%s/%s cannot be written: %s; run 'hmc setup' as root", path, k->name, strerrordesc_np(errno));
	return -1;
}

int beat_counts_publish(const char *state_dir, const struct beat_counts *x, struct arena *a, const char **error)
{
	return publish(&counts_keeper, state_dir, x, a, error);
}

int beat_save(const char *state_dir, const struct beat *x, struct arena *a, const char **error)
{
	return publish(&sent_keeper, state_dir, x, a, error);
}

void beat_counts_load(const char *state_dir, int64_t now, struct beat_counts *out, struct arena *a)
{
	keeper_load(&counts_keeper, state_dir, now, out, a);
}

void beat_load(const char *state_dir, int64_t now, struct beat *out, struct arena *a)
{
	keeper_load(&sent_keeper, state_dir, now, out, a);
}
