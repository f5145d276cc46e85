/* How long a run may take and how much a clone may bring: less where the environment says so, never more. */
#include <stdlib.h>

#include "backup/backup.h"
#include "base/str.h"

/* Tests have no five minutes and no gigabyte; a person with a small disk may want less as well. */
static int64_t at_most(const char *name, int64_t max)
{
	int64_t v;

	return str_parse_i64(secure_getenv(name), 1, max, &v) ? v : max;
}

int64_t backup_limit_s(void)
{
	return at_most("HMC_LIMIT_S", BACKUP_LIMIT_S);
}

int64_t backup_clone_max(void)
{
	return at_most("HMC_CLONE_MIB", BACKUP_CLONE_MIB_MAX) << 20;
}
