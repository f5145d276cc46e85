#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "report/report.h"
#include "report/shapes.h"

#define REPORT_FILE "report.json"
#define NEW_FILE    ".report.json.new"
#define LOCK_FILE   ".lock"
#define LOCK_WAIT_US (2 * 1000 * 1000)

/* Hits by rule, as they stood before this report. */
struct tally {
	int64_t hits[REDACTION_RULES_MAX];
	int64_t total;
};

static void tally_take(struct tally *t, const struct redactor *redactor)
{
	t->total = redactor_total(redactor);
	for (size_t i = 0; i < REDACTION_RULES_MAX && redactor_rule(redactor, i, &t->hits[i]); i++)
		;
}

static void add_redacted(cJSON *exporter, const struct tally *before, const struct redactor *redactor)
{
	cJSON *list = json_add_array(exporter, "redacted");
	const char *rule;
	int64_t hits;

	for (size_t i = 0; i < REDACTION_RULES_MAX && (rule = redactor_rule(redactor, i, &hits)); i++) {
		cJSON *item;

		if (hits == before->hits[i])
			continue;
		item = cJSON_CreateObject();
		json_add_string(item, "rule", rule);
		json_add_i64(item, "hits", hits - before->hits[i]);
		json_append(list, item);
	}
}

/* Only the writing side knows how much it replaced, and only once it has. */
static void finish(cJSON *report, const char *kind, const struct redactor *redactor, const struct tally *before)
{
	cJSON *exporter = cJSON_GetObjectItemCaseSensitive(report, "exporter");

	cJSON_DeleteItemFromObjectCaseSensitive(exporter, "redactions");
	cJSON_DeleteItemFromObjectCaseSensitive(exporter, "redacted");
	json_add_i64(exporter, "redactions", redactor_total(redactor) - before->total);
	add_redacted(exporter, before, redactor);
	json_add_string(report, "kind", kind);
	json_add_i64(report, "schemaVersion", REPORT_SCHEMA_VERSION);
}

static cJSON *report_json(const struct shape *shape, const void *report, enum publish publish, const char *kind,
			  struct redactor *redactor)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(4 * REPORT_MAX_BYTES);
	struct tally before;
	cJSON *json;

	tally_take(&before, redactor);
	json = shape_write(shape, report, publish, redactor, a);
	finish(json, kind, redactor, &before);
	return json;
}

cJSON *report_instance_json(const struct instance_report *r, struct redactor *redactor)
{
	return report_json(&instance_report_shape, r, r->exporter.publish, "instance", redactor);
}

/* The machine has no content of anybody's. */
cJSON *report_host_json(const struct host_report *r, struct redactor *redactor)
{
	return report_json(&host_report_shape, r, PUBLISH_EXCERPTS, "host", redactor);
}

/* Writes everything: write(2) may be short without an error, on a full disk for one. */
static int write_all(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t done = write(fd, text, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			if (done == 0)
				errno = ENOSPC;
			return -1;
		}
		text += done;
		n -= (size_t)done;
	}
	return 0;
}

/* One writer at a time: two exporters over one folder would swap each other's half-written file. */
static int lock_dir(int dir)
{
	int64_t until = clock_mono_us() + LOCK_WAIT_US;
	int fd = openat(dir, LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);

	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK || clock_mono_us() > until) {
			int why = errno;

			close(fd);
			errno = why;
			return -1;
		}
		nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000 * 1000 }, NULL);
	}
	return fd;
}

/* Until the rename everything can fail without a trace. */
static int put(int dir, const char *text, size_t n)
{
	CLEANUP_FD int fd = -1;

	unlinkat(dir, NEW_FILE, 0); /* what a killed writer left behind */
	fd = openat(dir, NEW_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -1;
	if (write_all(fd, text, n) < 0 || fchmod(fd, 0640) < 0 || fsync(fd) < 0 ||
	    renameat(dir, NEW_FILE, dir, REPORT_FILE) < 0) {
		int why = errno;

		unlinkat(dir, NEW_FILE, 0);
		errno = why;
		return -1;
	}
	return fsync(dir);
}

static const char *advice(int why)
{
	switch (why) {
	case ENOENT:
		return "make the folder, owned by the exporter's user and readable by the dashboard's group";
	case EACCES:
	case EPERM:
		return "it must belong to the user that the exporter runs as";
	case ENOSPC:
	case EDQUOT:
		return "free some space";
	case EROFS:
		return "the file system is read-only";
	case EWOULDBLOCK:
		return "another exporter is writing there; stop one of the two";
	default:
		return "see the system's log";
	}
}

int report_publish(const char *dir, const char *text, struct arena *a, const char **error)
{
	CLEANUP_FD int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FD int lock = fd < 0 ? -1 : lock_dir(fd);
	size_t n = strlen(text);

	if (n > REPORT_MAX_BYTES) {
		*error = arena_printf(a, "the report has %zu bytes, more than the %d that panes read; not published", n,
				      REPORT_MAX_BYTES);
		return -1;
	}
	if (fd >= 0 && lock >= 0 && put(fd, text, n) == 0)
		return 0;
	*error = arena_printf(a, "cannot publish in %s: %s; %s", dir, strerror(errno), advice(errno));
	return -1;
}
