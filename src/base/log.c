#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static enum log_level max_level = LOG_LEVEL_INFO;
static const char *program = "mission-control";

void log_name(const char *name)
{
	program = name;
}

void log_set_level(enum log_level level)
{
	max_level = level;
}

/* A character that may reach a terminal as it is: no C0, DEL or C1, and none that turns the line round. */
static bool is_harmless(const unsigned char *s, size_t len)
{
	if (len == 1)
		return *s >= 0x20 && *s != 0x7F;
	if (len == 2)
		return !(s[0] == 0xC2 && s[1] < 0xA0);
	if (len == 3 && s[0] == 0xE2 && s[1] == 0x80)
		return s[2] < 0xA8 || s[2] > 0xAE; /* line and paragraph separator, bidirectional overrides */
	if (len == 3 && s[0] == 0xE2 && s[1] == 0x81)
		return s[2] < 0xA6 || s[2] > 0xA9; /* bidirectional isolates */
	return len > 0;
}

/* Copies text with everything else as \xNN, the bytes of a character that was cut in the middle too. */
static void escape(const char *text, char *out)
{
	static const char hex[] = "0123456789abcdef";
	size_t left = strlen(text);

	while (left) {
		size_t len = str_utf8_len(text, left), n = len ? len : 1;
		bool harmless = is_harmless((const unsigned char *)text, len);

		for (size_t i = 0; i < n; i++) {
			unsigned char c = (unsigned char)text[i];

			if (!harmless) {
				*out++ = '\\';
				*out++ = 'x';
				*out++ = hex[c >> 4];
				c = (unsigned char)hex[c & 15];
			}
			*out++ = (char)c;
		}
		text += n;
		left -= n;
	}
	*out = '\0';
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char text[1001], safe[4 * sizeof(text)];
	va_list ap;

	if (level > max_level)
		return;
	va_start(ap, fmt);
	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	va_end(ap);
	escape(text, safe);
	if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>%s: %s\n", (int)level, program, safe);
	else
		fprintf(stderr, "%s: %s\n", program, safe);
}
