#include <string.h>

#include "base/str.h"
#include "view/alerts_view.h"
#include "view/task_filter.h"

#define WORDS_BYTES_MAX 200
#define SHOWS           "all, open, acknowledged, snoozed, silenced, closed"
#define SEVERITIES      "all, critical, warning, unknown"

/* Whether s is one of the words of a list that commas divide. */
static bool is_one_of(const char *s, const char *list)
{
	size_t n = strlen(s);

	for (const char *w = list; n && *w; w += strspn(w, ", ")) {
		size_t len = strcspn(w, ",");

		if (len == n && strncmp(w, s, n) == 0)
			return true;
		w += len;
	}
	return false;
}

const char *alerts_filter_parse(const struct alerts_asked *q, struct arena *a, struct alerts_filter *out)
{
	int64_t limit = ALERTS_PAGE;

	*out = (struct alerts_filter){ .show = q->show ? q->show : "all", .severity = q->severity ? q->severity : "all",
				       .words = q->q && *q->q ? q->q : NULL, .has_cursor = q->cursor != NULL, .asked = *q };
	if (!is_one_of(out->show, SHOWS))
		return "There is no such list. \"show\" is one of: " SHOWS ".";
	if (!is_one_of(out->severity, SEVERITIES))
		return "There is no such severity. There are: " SEVERITIES ".";
	if (q->q && strlen(q->q) > WORDS_BYTES_MAX)
		return "The search is longer than 200 bytes.";
	if (q->limit && !str_parse_i64(q->limit, 1, ALERTS_PAGE_MAX, &limit))
		return "\"limit\" is a number from 1 to 200.";
	if (q->cursor && !task_cursor_parse(q->cursor, a, &out->after))
		return "This cursor is not one that a page of this list gave. Begin again without it.";
	out->limit = (size_t)limit;
	return NULL;
}

bool alerts_filter_has(const struct alerts_filter *f, const struct store_alert *x)
{
	static const char *const names[] = { [ALERT_NONE] = "", [ALERT_UNKNOWN] = "unknown", [ALERT_WARN] = "warning",
					     [ALERT_CRITICAL] = "critical" };

	return (str_eq(f->severity, "all") || str_eq(f->severity, names[x->severity])) && (!f->words || str_holds(x->title, f->words));
}
