/* Foreign text that nobody and nothing acts on, and as long as one message. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "notify/text.h"

#define BUF_MAX ((size_t)256 * 1024)

#define DIVISION "\xE2\x88\x95" /* U+2215: reads as a slash, and no command begins with it */
#define RATIO    "\xE2\x88\xB6" /* U+2236: reads as a colon */

size_t text_units(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		if (((unsigned char)*s & 0xC0) != 0x80)
			n += (unsigned char)*s >= 0xF0 ? 2 : 1;
	return n;
}

/* A dash or an emoji before it makes it no less a command, and which letters are words elsewhere is not known here. */
static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/*
 * "/approve" at the beginning of a word, as a chat makes it one to tap on; a
 * path goes on with a slash and is none, but for those of approvals.
 */
static bool is_command(const char *s, const char *from)
{
	size_t n;

	if (*s != '/' || (s > from && (is_word(s[-1]) || s[-1] == '/')) || !isalpha((unsigned char)s[1]))
		return false;
	for (n = 1; isalnum((unsigned char)s[n]) || s[n] == '_'; n++)
		;
	return s[n] != '/' || strncasecmp(s + 1, "approve", 7) == 0 || strncasecmp(s + 1, "deny", 4) == 0;
}

static const char *defuse(const char *s, struct arena *a)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(BUF_MAX);

	for (const char *p = s; *p; p++) {
		if (is_command(p, s)) {
			buf_adds(&out, DIVISION);
		} else if (strncasecmp(p, "MEDIA:", 6) == 0) {
			buf_add(&out, p, 5);
			buf_adds(&out, RATIO);
			p += 5;
		} else if (str_starts(p, "[[")) {
			buf_adds(&out, "[ ");
		} else {
			buf_addc(&out, *p);
		}
	}
	return arena_strdup(a, buf_str(&out));
}

const char *text_plain(struct redactor *r, const char *s, size_t max_chars, struct arena *a)
{
	const char *shown = redact_excerpt(r, s, /* was_cut= */ false, max_chars, a);

	return shown ? defuse(shown, a) : "";
}

const char *text_fit(const char *s, struct arena *a)
{
	size_t units = 0, bytes = 0;

	if (text_units(s) <= TEXT_UNITS_MAX && strlen(s) <= OUTBOX_TEXT_MAX)
		return s;
	while (s[bytes]) {
		size_t len = str_utf8_len(s + bytes, strlen(s + bytes)), u = (unsigned char)s[bytes] >= 0xF0 ? 2 : 1;

		if (len == 0 || units + u > TEXT_UNITS_MAX - 1 || bytes + len > OUTBOX_TEXT_MAX - sizeof("…"))
			break;
		units += u;
		bytes += len;
	}
	return arena_printf(a, "%.*s…", (int)bytes, s);
}
