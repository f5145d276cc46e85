/*
 * tmpl/tmpl_node.h -- a template in its compiled form; inside tmpl/ only.
 */
#ifndef MC_TMPL_TMPL_NODE_H
#define MC_TMPL_TMPL_NODE_H

#include <stdarg.h>
#include <stdint.h>

#include "base/arena.h"
#include "tmpl/tmpl.h"

#define TMPL_FILE_MAX     (256u << 10)
#define TMPL_NAME_MAX     64
#define TMPL_SECTIONS_MAX 32 /* open at the same time in one template */
#define TMPL_PARTIALS_MAX 20 /* open at the same time in one rendering */
#define TMPL_PARTS_MAX    16 /* of a dotted name */

enum tmpl_kind { TMPL_TEXT, TMPL_ESCAPED, TMPL_RAW, TMPL_SECTION, TMPL_INVERTED, TMPL_PARTIAL };

/*
 * One step of a rendering. A section's steps follow it, up to and without the
 * node number end. All strings lie in the template's arena.
 */
struct tmpl_node {
	enum tmpl_kind kind;
	uint32_t line;
	uint32_t end;
	uint32_t len;         /* of text */
	uint8_t parts;        /* of a dotted name; 0 is "." */
	bool starts_line;     /* in an indented partial the indent comes before it */
	bool stands_alone;    /* a partial on a line of its own, indented by text */
	const char *text;     /* text to print; a partial's indent */
	const char *name;     /* as written */
	const char *path;     /* the parts of name, each NUL-terminated, one after the other */
	struct tmpl *partial; /* borrowed from the set; perhaps not loaded */
};

/* An entry of the set: it exists from the moment it is named, so that nodes may point to it. */
struct tmpl {
	char name[TMPL_NAME_MAX + 1];
	char file[TMPL_NAME_MAX + sizeof("_.html")]; /* "_row.html", without folder */
	bool is_partial;
	bool loaded;
	unsigned round; /* the last tmpl_set_load() that looked at it */
	struct arena *mem;
	struct tmpl_node *nodes;
	size_t n;
};

struct tmpl_set {
	char *dir;
	bool strict;
	unsigned round;
	struct tmpl **list;
	size_t n;
};

/* Writes the error, where one is wanted; gives false, to be returned. */
bool tmpl_fail(struct tmpl_error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Finds an entry; NULL when there is none. */
struct tmpl *tmpl_set_find(const struct tmpl_set *set, const char *name, bool is_partial);

/* Finds or makes an entry. NULL when the name is not one or the set is full. */
struct tmpl *tmpl_set_entry(struct tmpl_set *set, const char *name, size_t len, bool is_partial);

/* Compiles n bytes into t, replacing what it held; on failure t stays as it was. */
bool tmpl_compile(struct tmpl_set *set, struct tmpl *t, const char *text, size_t n, struct tmpl_error *err)
	__attribute__((nonnull(1, 2, 3)));

/* Takes the compiled form away; the entry stays. */
void tmpl_unload(struct tmpl *t);

#endif
