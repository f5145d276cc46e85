#include <string.h>

#include "base/str.h"
#include "redact/redact.h"

/* Longer than most secrets are, in bytes: as much of a text's end is not shown when more may have followed. */
#define TAIL_BYTES 4096
#define TEXT_CHARS 65536 /* all that redact() gives */

const char *redact_excerpt(struct redactor *r, const char *text, bool was_cut, size_t max_chars, struct arena *a)
{
	const char *clean = redact(r, text, a);
	size_t n;

	if (!clean)
		return NULL;
	clean = redact(r, str_clean(a, clean, strlen(clean), TEXT_CHARS), a);
	n = strlen(clean);
	if (was_cut)
		n = n > TAIL_BYTES ? n - TAIL_BYTES : 0;
	/* The sign of a cut is due, whichever of the two it was. */
	clean = was_cut && n ? arena_printf(a, "%.*s…", (int)n, clean) : n ? clean : NULL;
	return clean ? str_clean(a, clean, strlen(clean), max_chars) : NULL;
}
