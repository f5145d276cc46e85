/*
 * base/log.h -- what programs say of themselves: to people, to the journal, or as JSON lines.
 *
 * Only programs (cgi-bin/, cmd/, the serving loop) log; library code returns
 * its reasons. Control bytes are escaped, so nothing foreign can forge a
 * line, or a field of one. Never pass a token, a cookie, a title, a query
 * string, or a path as it was asked for.
 */
#ifndef MC_BASE_LOG_H
#define MC_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

/* On stderr: "name: text" for people, or an object a line, for what collects the output of services. */
enum log_form { LOG_PLAIN, LOG_JSON };

#define LOG_FIELDS_MAX 16

struct log_field {
	const char *name;           /* lower case letters, static: "status" */
	const char *value;
	bool is_number;             /* value is one, as JSON writes it */
};

/* One entry, its texts free of control bytes. False: it could not be taken, and goes to stderr. */
struct log_entry {
	enum log_level level;
	const char *program;
	const char *text;
	const struct log_field *fields;
	size_t n_fields;
};
typedef bool log_sink_fn(const struct log_entry *e);

/* Names the program in front of each line ("hmc export"); borrowed for good. */
void log_name(const char *name);

/* Lines above this level are dropped; LOG_LEVEL_INFO at start. */
void log_set_level(enum log_level level);

/* LOG_PLAIN at start. */
void log_set_form(enum log_form form);

/* Where everything goes from now on instead of stderr, as long as it is taken there; NULL = stderr. */
void log_set_sink(log_sink_fn *sink);

/* Whether stderr is the journal: $JOURNAL_STREAM names it (sd-daemon(3), systemd.exec(5)). */
bool log_is_journal(void);

/*
 * At most 1,000 bytes of text are printed, escapes not counted. A plain line
 * that goes to the journal carries its "<level>".
 */
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * The same with what a program can search for: up to LOG_FIELDS_MAX fields of
 * 200 bytes. It is of no interest to people at a terminal: the plain form
 * leaves out what is no error and no warning.
 */
void log_event(enum log_level level, const struct log_field *fields, size_t n, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
