#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "report/report.h"
#include "report/shapes.h"

/* How the report is known, and the report, null where there is none. */
static cJSON *known_report(const struct probe *p, bool has_report, const struct shape *shape, const void *report)
{
	cJSON *entry = shape_write(&probe_shape, p, PUBLISH_EXCERPTS, NULL, NULL);

	if (has_report)
		json_add(entry, "report", shape_write(shape, report, PUBLISH_EXCERPTS, NULL, NULL));
	else
		json_add_null(entry, "report");
	return entry;
}

static cJSON *instance_entry(const struct instance_snapshot *i)
{
	cJSON *entry = known_report(&i->probe, i->has_report, &instance_report_shape, &i->report);

	json_add_string(entry, "instanceId", i->instance->id);
	json_add_string(entry, "label", i->instance->label);
	json_add_string(entry, "user", i->instance->user);
	json_add_string(entry, "hermesHome", i->instance->hermes_home);
	return entry;
}

cJSON *snapshot_json(const struct snapshot *s, const char *choice)
{
	cJSON *root = cJSON_CreateObject(), *list;
	char now[CLOCK_TEXT_MAX];

	clock_rfc3339(s->now, now);
	json_add_string(root, "generatedAt", now);
	list = json_add_array(root, "instances");
	for (size_t i = 0; i < s->n_instances; i++)
		if (!choice || str_eq(choice, s->instances[i].instance->id))
			json_append(list, instance_entry(&s->instances[i]));
	if (!choice)
		json_add(root, "host",
			 known_report(&s->host.probe, s->host.has_report, &host_report_shape, &s->host.report));
	return root;
}
