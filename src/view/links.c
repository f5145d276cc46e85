#include "view/links.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/url.h"
#include "json/json.h"

/* web/request.c refuses such a path, since it could be read in two ways. */
static bool fits_a_path(const char *s)
{
	if (!s || !*s || *s == '/' || strstr(s, "//") || strstr(s, "..") || strpbrk(s, "\\%"))
		return false;
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7F)
			return false;
	return true;
}

const char *link_session(struct arena *a, const char *instance_id, const char *session_id)
{
	if (!fits_a_path(session_id))
		return NULL;
	return arena_printf(a, "/hermes/tasks/%s/%s", instance_id, url_encoded(a, session_id));
}

const char *link_run(struct arena *a, const char *instance_id, int64_t n)
{
	return arena_printf(a, "/hermes/tasks/%s/runs/%" PRId64, instance_id, n);
}

const char *link_pane(struct arena *a, const char *pane, const char *instance_id)
{
	return arena_printf(a, "/hermes/%s?instance=%s", pane, instance_id ? url_encoded(a, instance_id) : "all");
}

const char *link_anchor(struct arena *a, const char *instance_id, const char *reading_id)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	char *anchor = arena_printf(a, "%s/%s", instance_id, reading_id);

	for (char *c = anchor + strlen(instance_id) + 1; *c; c++)
		if (!strchr(plain, *c))
			*c = '_';
	return anchor;
}

const char *link_reading(struct arena *a, const char *instance_id, const char *reading_id)
{
	const char *choice = strcmp(instance_id, "host") == 0 ? NULL : instance_id;

	return arena_printf(a, "%s#%s", link_pane(a, "ops", choice), link_anchor(a, instance_id, reading_id));
}

void add_ways(cJSON *card, const char *instance_id, struct arena *a)
{
	static const struct {
		const char *label;
		const char *pane;
	} panes[] = { { "Ops", "ops" }, { "Tasks", "tasks" }, { "Cron", "cron" }, { "Agent", "agents" }, { "Backups", "backups" },
		    { "History", "history" } };
	cJSON *list = json_add_array(card, "ways");

	for (size_t i = 0; i < ARRAY_SIZE(panes); i++) {
		cJSON *o = cJSON_CreateObject();

		json_add_string(o, "label", panes[i].label);
		json_add_string(o, "href", link_pane(a, panes[i].pane, instance_id));
		json_append(list, o);
	}
}
