#include "web/journal.h"

#define SD_JOURNAL_SUPPRESS_LOCATION /* ours would be the same line of this file for all */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/str.h"

#define ENTRY_ARENA_MAX (256 * 1024)

/* "status" -> "HMC_STATUS=200" */
static char *field_text(struct arena *a, const struct log_field *f)
{
	char *text = arena_printf(a, "HMC_%s=%s", f->name, f->value);

	for (char *c = text; *c != '='; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return text;
}

static void add(struct iovec *fields, int *n, char *text)
{
	fields[(*n)++] = (struct iovec){ .iov_base = text, .iov_len = strlen(text) };
}

/* Each field goes with its length, and holds no line feed: none can begin another. */
static bool send_entry(const struct log_entry *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ENTRY_ARENA_MAX);
	struct iovec fields[3 + LOG_FIELDS_MAX];
	int n = 0;

	add(fields, &n, arena_printf(a, "MESSAGE=%s", e->text));
	add(fields, &n, arena_printf(a, "PRIORITY=%d", (int)e->level));
	add(fields, &n, arena_printf(a, "SYSLOG_IDENTIFIER=%s", e->program));
	for (size_t i = 0; i < e->n_fields; i++)
		add(fields, &n, field_text(a, &e->fields[i]));
	return sd_journal_sendv(fields, n) == 0;
}

void journal_attach(bool is_service)
{
	const char *wanted = getenv("HMC_LOG");

	if (str_eq(wanted, "json") || (!str_eq(wanted, "plain") && is_service && !isatty(STDERR_FILENO)))
		log_set_form(LOG_JSON);
	if (!wanted && log_is_journal())
		log_set_sink(send_entry);
}
