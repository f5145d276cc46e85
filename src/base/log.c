#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"

#define TEXT_MAX  1000
#define FIELD_MAX 200
#define LINE_BYTES_MAX (2 * 4 * (TEXT_MAX + LOG_FIELDS_MAX * FIELD_MAX) + 4096)

static enum log_level max_level = LOG_LEVEL_INFO;
static const char *program = "mission-control";
static enum log_form form;
static log_sink_fn *sink;

void log_name(const char *name)
{
	program = name;
}

void log_set_level(enum log_level level)
{
	max_level = level;
}

void log_set_form(enum log_form f)
{
	form = f;
}

void log_set_sink(log_sink_fn *s)
{
	sink = s;
}

bool log_is_journal(void)
{
	const char *named = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat st;

	if (!named || fstat(STDERR_FILENO, &st) < 0)
		return false;
	snprintf(own, sizeof(own), "%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	return str_eq(named, own);
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

/* Into a JSON text; control bytes are gone by now. */
static void add_quoted(struct buf *b, const char *text)
{
	buf_addc(b, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_addc(b, '\\');
		buf_addc(b, *text);
	}
	buf_addc(b, '"');
}

static const char *level_name(enum log_level level)
{
	return level == LOG_LEVEL_ERROR ? "error" : level == LOG_LEVEL_WARN ? "warning" : level == LOG_LEVEL_INFO ? "info" : "debug";
}

/* One write: several workers share the descriptor. */
static void print_json(const struct log_entry *e)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(LINE_BYTES_MAX);
	char now[CLOCK_TEXT_MAX];

	clock_rfc3339(clock_now_s(), now);
	buf_printf(&b, "{\"time\":\"%s\",\"level\":\"%s\",\"program\":", now, level_name(e->level));
	add_quoted(&b, e->program);
	buf_adds(&b, ",\"message\":");
	add_quoted(&b, e->text);
	for (size_t i = 0; i < e->n_fields; i++) {
		buf_printf(&b, ",\"%s\":", e->fields[i].name);
		if (e->fields[i].is_number)
			buf_adds(&b, e->fields[i].value);
		else
			add_quoted(&b, e->fields[i].value);
	}
	buf_adds(&b, "}\n");
	fputs(buf_str(&b), stderr);
}

static void say(const struct log_entry *e)
{
	if (sink && sink(e))
		return;
	if (form == LOG_JSON)
		print_json(e);
	else if (log_is_journal())
		fprintf(stderr, "<%d>%s: %s\n", (int)e->level, e->program, e->text);
	else if (!e->n_fields || e->level <= LOG_LEVEL_WARN)
		fprintf(stderr, "%s: %s\n", e->program, e->text);
}

/* Formats into text, cut to its size, and makes it harmless. */
static void __attribute__((format(printf, 2, 0))) format(char *safe, const char *fmt, va_list ap)
{
	char text[TEXT_MAX + 1];

	if (vsnprintf(text, sizeof(text), fmt, ap) < 0)
		text[0] = '\0';
	escape(text, safe);
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char safe[4 * TEXT_MAX + 1];
	va_list ap;

	if (level > max_level)
		return;
	va_start(ap, fmt);
	format(safe, fmt, ap);
	va_end(ap);
	say(&(struct log_entry){ .level = level, .program = program, .text = safe });
}

void log_event(enum log_level level, const struct log_field *fields, size_t n, const char *fmt, ...)
{
	char safe[4 * TEXT_MAX + 1], values[LOG_FIELDS_MAX][4 * FIELD_MAX + 1];
	struct log_field clean[LOG_FIELDS_MAX];
	va_list ap;

	if (level > max_level)
		return;
	va_start(ap, fmt);
	format(safe, fmt, ap);
	va_end(ap);
	n = n < LOG_FIELDS_MAX ? n : LOG_FIELDS_MAX;
	for (size_t i = 0; i < n; i++) {
		char cut[FIELD_MAX + 1];

		snprintf(cut, sizeof(cut), "%s", fields[i].value);
		escape(cut, values[i]);
		clean[i] = (struct log_field){ fields[i].name, values[i], fields[i].is_number };
	}
	say(&(struct log_entry){ level, program, safe, clean, n });
}
