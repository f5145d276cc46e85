/*
 * view/backups_view.h -- the Backups page: thirty days of backups, the last restore drill, and how alike instances are kept.
 */
#ifndef MC_VIEW_BACKUPS_VIEW_H
#define MC_VIEW_BACKUPS_VIEW_H

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "base/zone.h"
#include "model/loops.h"
#include "model/snapshot.h"

#define BACKUP_DAYS  30
#define DRILLS_SHOWN 8

/* What one instance's ledger says. */
struct backups_source {
	const char *reason;         /* why it could not be read; NULL = it was */
	struct backup_day days[BACKUP_DAYS];
	int64_t offsets[BACKUP_DAYS]; /* of the zone, east of UTC, when the day's last run began */
	int64_t first_at;
	int64_t good_at;            /* the newest good run before these days */
	struct drill_run drills[DRILLS_SHOWN]; /* the newest first */
	size_t n_drills;
};

struct backups_question {
	const char *zone;           /* name of the time zone that the days are of */
	int64_t offset_s;           /* of it, east of UTC, now */
	const struct zone_day *days; /* BACKUP_DAYS, oldest first; the last one holds now */
	const struct backups_source *sources; /* of each instance of the snapshot, in its order; those not chosen are not looked at */
};

/*
 * Builds the page's model (cJSON_Delete): what /api/hermes/backups prints and
 * templates/backups.html shows. choice is an instance id of the snapshot or
 * NULL for all. At most 20 instances have their days and drill, the others a
 * line of the comparison alone.
 */
cJSON *backups_view(const struct snapshot *s, const char *choice, const struct backups_question *q, struct arena *a);

#endif
