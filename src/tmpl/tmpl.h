/*
 * tmpl/tmpl.h -- Mustache over cJSON.
 *
 * The core of the Mustache spec: variables, sections, inverted sections,
 * partials, comments, delimiters. No lambdas, no inheritance. {{x}} escapes
 * & < > " ' for text and quoted attributes; {{{x}}} does not and is meant for
 * SVG we drew ourselves. A section is skipped for what is absent, null, false,
 * "" or []; 0 is a figure and is shown.
 */
#ifndef MC_TMPL_TMPL_H
#define MC_TMPL_TMPL_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct tmpl_set;

struct tmpl_error {
	char text[256]; /* "overview.html:12: section 'x' is not closed" */
};

/*
 * Gives a set that finds templates as <dir>/<name>.html and partials
 * {{> name}} as <dir>/_<name>.html; free with tmpl_set_free(). strict: a name
 * that the model does not have is an error when rendering (tests).
 */
struct tmpl_set *tmpl_set_new(const char *dir, bool strict);
void tmpl_set_free(struct tmpl_set *set);

/*
 * Adds a template (or, with is_partial, a partial) from memory under that
 * name, in place of one that had it. Names are a-z, 0-9, _ and -; a text has
 * at most 256 KiB of UTF-8. A partial that is never added renders as nothing
 * (in strict mode: an error).
 */
bool tmpl_set_add(struct tmpl_set *set, const char *name, bool is_partial, const char *text, size_t n,
		  struct tmpl_error *err) __attribute__((nonnull(1, 2, 4)));

/*
 * Reads and parses a template and every partial it names, so that an error
 * is known at start. False with *err (may be NULL) filled: file, line, cure.
 * What is loaded already is not read again.
 */
bool tmpl_set_load(struct tmpl_set *set, const char *name, struct tmpl_error *err);

/*
 * Renders a loaded template with the model into out (whose limit bounds it).
 * False with *err filled and out as long as it was: name not loaded, partials
 * nested deeper than 20, output over the limit, in strict mode a missing name.
 */
bool tmpl_render(struct tmpl_set *set, const char *name, const cJSON *model, struct buf *out,
		 struct tmpl_error *err);

#endif
