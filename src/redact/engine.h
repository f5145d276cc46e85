/*
 * redact/engine.h -- the compiled rules, and one of them run over one text.
 * Private to redact/.
 */
#ifndef MC_REDACT_ENGINE_H
#define MC_REDACT_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "redact/literals.h"

struct engine;

enum engine_result {
	ENGINE_NOTHING = 0,
	ENGINE_HIT,
	ENGINE_GAVE_UP, /* a limit was reached, or PCRE2 failed: nothing is known about the text */
};

/*
 * Compiles the table; personal data only with privacy. A rule that does not
 * compile ends the process: that is a mistake in this program.
 */
struct engine *engine_new(bool privacy);
void engine_free(struct engine *e);

/* Which rules are worth running on this text. */
void engine_candidates(const struct engine *e, const char *text, size_t n, struct owner_set *rules);

/*
 * Runs a rule over valid UTF-8. With `out`, writes the text with each hit
 * replaced by the rule's marker, and adds their number to *hits; without,
 * stops at the first hit.
 */
enum engine_result engine_run(struct engine *e, size_t rule, const char *text, size_t n, struct buf *out,
			      int64_t *hits);

void engine_set_match_limit(struct engine *e, uint32_t steps);

#endif
