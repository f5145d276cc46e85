/*
 * hermes/ydoc.h -- YAML that people edit, by libyaml, read as Hermes reads it.
 *
 * Hermes loads its files with PyYAML's SafeLoader: YAML 1.1, where unquoted
 * yes, no, on and off are booleans and the last of equal keys counts.
 * libyaml's document keeps an alias as a reference, so a text that names its
 * own parts over and over costs nothing here.
 */
#ifndef MC_HERMES_YDOC_H
#define MC_HERMES_YDOC_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "base/arena.h"
#include "model/probe.h"

#define YDOC_MAX_BYTES ((size_t)1024 * 1024)

struct ydoc {
	yaml_document_t doc;
	bool is_loaded;
};

/* Parses n bytes. NULL, or one line in `a` with the line that is wrong; *y is to be freed either way (ydoc_done). */
const char *ydoc_load(struct ydoc *y, const char *text, size_t n, struct arena *a);
void ydoc_done(struct ydoc *y);

/* The outermost mapping; NULL when the text is empty or something else. */
yaml_node_t *ydoc_root(struct ydoc *y);

/* The value of a key of a mapping; NULL when node is none, or has no such key. */
yaml_node_t *ydoc_get(struct ydoc *y, yaml_node_t *node, const char *key);

/* The same down a path of keys, "security.redact_secrets". */
yaml_node_t *ydoc_at(struct ydoc *y, const char *path);

/*
 * Calls each(key, value) for a mapping's members, or each(NULL, value) for a
 * list's, at most max of them; keys that are no scalars are left out.
 */
void ydoc_each(struct ydoc *y, yaml_node_t *node, size_t max, void (*each)(const char *key, yaml_node_t *value, void *ctx),
	       void *ctx);

/* Members of a mapping or entries of a list; 0 for anything else. */
size_t ydoc_size(const yaml_node_t *node);

/* A scalar as clean text of at most max characters, in `a`; NULL for null, blank and compound. */
const char *ydoc_text(const yaml_node_t *node, size_t max, struct arena *a);

struct ydoc_names {
	const char **list;
	size_t n;
	size_t max_chars;           /* of each; given */
	struct arena *a;            /* given */
};

/* The texts of a list, or the one text, at most max of them; others are left out. */
struct ydoc_names ydoc_names(struct ydoc *y, yaml_node_t *node, size_t max, size_t max_chars, struct arena *a);

/* TRI_UNKNOWN for what is no boolean, a quoted "no" among them. */
enum tristate ydoc_bool(const yaml_node_t *node);

/* A whole number, not negative; COUNT_UNKNOWN otherwise. */
int64_t ydoc_count(const yaml_node_t *node);

#endif
