#include "view/runbook.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

/* Longest first where one begins like another. */
static const struct {
	const char *prefix;
	const char *anchor;
} families[] = {
	{ "platforms.", "platforms" }, /* "platforms.more": a row of the overview that sums others up */
	{ "platform.", "platform.name" },
	{ "cron.", "cron.job" },
	{ "timer.", "timer.name" },
	{ "product.", "product.name" },
};

const char *runbook_anchor(const char *instance_id, const char *id)
{
	if (str_eq(instance_id, "host") && str_eq(id, "memory"))
		return "host.memory";
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (str_starts(id, families[i].prefix))
			return families[i].anchor;
	return id;
}

const char *runbook_href(const char *instance_id, const char *id, struct arena *a)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
	const char *anchor = runbook_anchor(instance_id, id);

	if (!*anchor || strspn(anchor, plain) != strlen(anchor))
		return RUNBOOK_PATH;
	return arena_printf(a, RUNBOOK_PATH "#%s", anchor);
}
