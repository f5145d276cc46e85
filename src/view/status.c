#include "view/status.h"

#include <stddef.h>

#include "base/cleanup.h"

static const struct {
	const char *name;
	const char *severity;
	int rank;
} statuses[] = {
	[STATUS_UNKNOWN] = { "unknown", "unknown", 3 },
	[STATUS_INFO] = { "info", "info", 0 },
	[STATUS_OFF] = { "off", "off", 1 },
	[STATUS_OK] = { "ok", "fine", 2 },
	[STATUS_WARN] = { "warn", "warning", 4 },
	[STATUS_CRITICAL] = { "critical", "critical", 5 },
};

static size_t status_index(enum status s)
{
	return (size_t)s < ARRAY_SIZE(statuses) ? (size_t)s : STATUS_UNKNOWN;
}

const char *status_name(enum status s)
{
	return statuses[status_index(s)].name;
}

const char *status_severity(enum status s)
{
	return statuses[status_index(s)].severity;
}

int status_rank(enum status s)
{
	return statuses[status_index(s)].rank;
}

enum status status_worst(enum status a, enum status b)
{
	return status_rank(a) >= status_rank(b) ? a : b;
}

bool status_needs_attention(enum status s)
{
	return s == STATUS_WARN || s == STATUS_CRITICAL || s == STATUS_UNKNOWN;
}
