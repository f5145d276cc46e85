/*
 * view/markdown.h -- a document of our own in Markdown, as blocks for a template.
 *
 * No markup comes out of here: templates/_blocks.html makes the elements, and
 * escapes every word. HTML that stands in the document is shown as the text
 * that it is.
 */
#ifndef MC_VIEW_MARKDOWN_H
#define MC_VIEW_MARKDOWN_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "base/arena.h"

#define MARKDOWN_MAX_BYTES (256 * 1024)

struct markdown_heading {
	int level;         /* 0 = none: what stands before the first heading */
	const char *id;    /* the code at the end of the heading; NULL = none */
	const char *title; /* the rest of it, as text */
};

/*
 * Called for each heading, and once for what stands before the first: blocks
 * is a list of what follows up to the next heading, of any level; to be
 * taken. The heading lives in the arena.
 *
 * A block has three members, of which two are null: "paragraph" {spans},
 * "list" {items: [{spans}]} and "code" {commands: [{text}]}, a line each. A
 * span has one of "text", "code", "strong", "emphasis" and "link"
 * {label, href}, the others null. Lists within lists become one list.
 */
typedef void markdown_fn(void *ctx, const struct markdown_heading *h, cJSON *blocks);

/*
 * Reads n bytes of CommonMark (libcmark); more than MARKDOWN_MAX_BYTES are cut
 * off. page is put before links to a place in the document itself ("#disk"),
 * which the page at hand may not show.
 */
void markdown_read(const char *text, size_t n, const char *page, struct arena *a, markdown_fn *fn, void *ctx)
	__attribute__((nonnull(1, 3, 4, 5)));

#endif
