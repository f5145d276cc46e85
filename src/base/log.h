/*
 * base/log.h -- one line on stderr for people and the journal.
 *
 * Only programs (cgi-bin/, cmd/, the serving loop) log; library code returns
 * its reasons. Control bytes are escaped, so nothing foreign can forge a
 * line. Never pass a token, a cookie, a title or a query string.
 */
#ifndef MC_BASE_LOG_H
#define MC_BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

/* Names the program in front of each line ("hmc export"); borrowed for good. */
void log_name(const char *name);

/* Lines above this level are dropped; LOG_LEVEL_INFO at start. */
void log_set_level(enum log_level level);

/*
 * At most 1,000 bytes of text are printed, escapes not counted. Under systemd
 * ($JOURNAL_STREAM) the line carries its "<level>".
 */
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
