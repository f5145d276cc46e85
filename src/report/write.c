#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/replace.h"
#include "report/report.h"
#include "report/shapes.h"

#define REPORT_FILE "report.json"
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
	/* Two exporters over one folder would swap each other's half-written file. */
	CLEANUP_FD int lock = fd < 0 ? -1 : replace_lock(fd, LOCK_WAIT_US);
	size_t n = strlen(text);

	if (n > REPORT_MAX_BYTES) {
		*error = arena_printf(a, "the report has %zu bytes, more than the %d that panes read; not published", n,
				      REPORT_MAX_BYTES);
		return -1;
	}
	if (fd >= 0 && lock >= 0 && replace_file(fd, REPORT_FILE, text, n, 0640) == 0)
		return 0;
	*error = arena_printf(a, "cannot publish in %s: %s; %s", dir, strerror(errno), advice(errno));
	return -1;
}
