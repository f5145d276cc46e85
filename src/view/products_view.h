/*
 * view/products_view.h -- the products pane: which services there are, and whether each does what is asked of it.
 */
#ifndef MC_VIEW_PRODUCTS_VIEW_H
#define MC_VIEW_PRODUCTS_VIEW_H

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "model/ledger.h"
#include "model/snapshot.h"

/* What the machine's ledger says of the last day. */
struct products_past {
	struct reading_watches watches;
	const char *error;          /* why it could not be asked; NULL = it was */
};

/*
 * Builds the pane's model (cJSON_Delete): what /api/hermes/products prints
 * and templates/products.html shows. choice is an instance id of the snapshot,
 * whose products alone are meant then, or NULL for all.
 */
cJSON *products_view(const struct snapshot *s, const char *choice, const struct products_past *past, struct arena *a);

#endif
