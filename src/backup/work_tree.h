/*
 * backup/work_tree.h -- the payload's files in the clone's work tree and index.
 */
#ifndef MC_BACKUP_WORK_TREE_H
#define MC_BACKUP_WORK_TREE_H

#include "backup/repo.h"

/*
 * Makes work tree and index hold g->base and over it the new payload; files
 * of others are left alone. Written by hand and not by a checkout: no filter,
 * no attribute, no link is followed. Does only what is not so yet.
 */
bool work_tree_settle(struct backup *b, struct backup_repo *g);

#endif
