#include "model/answers.h"

#include <string.h>

#include "base/str.h"

bool answer_rule_has(const char *rule, const char *reading)
{
	size_t n = strlen(rule);

	return n && rule[n - 1] == '*' ? strncmp(rule, reading, n - 1) == 0 : str_eq(rule, reading);
}

const char *answer_rule_wrong(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > ANSWER_RULE_MAX || !str_is_utf8(s, n))
		return "A reading is named by 1 to 200 bytes of text.";
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f || (s[i] == '*' && i + 1 < n))
			return "A star may only stand at the end of a rule, as in cron.*, and a line has no breaks.";
	if (s[n - 1] == '*' && (n < 3 || s[n - 2] != '.'))
		return "A rule names one reading, or all that begin alike up to a dot, as in cron.*; not everything.";
	return NULL;
}

bool answer_is_running(const struct answer *x, int64_t now)
{
	return x->until > now;
}

/* Since when the ledger has had it open; 0 = it has not, less than 0 = that cannot be told. */
static int64_t opened_at(const struct answerable *alert)
{
	const struct opened *o = alert->opened;

	if (!o || o->probe.state != PROBE_OK || alert->is_unbooked)
		return -1;
	for (size_t i = 0; i < o->n_list; i++)
		if (str_eq(o->list[i].reading, alert->reading))
			return o->list[i].at > 0 ? o->list[i].at : -1;
	return 0;
}

bool answer_is_same_opening(const struct answerable *alert, int64_t at)
{
	int64_t opened = opened_at(alert);

	if (alert->reported_at && alert->reported_at <= at && opened <= at)
		return true; /* nothing was found out since */
	return opened > 0 ? opened <= at : opened < 0 && alert->now - at < ANSWER_BLIND_S;
}

bool answer_holds(const struct answer *x, const struct answerable *alert)
{
	if (!answer_is_running(x, alert->now) || !answer_rule_has(x->reading, alert->reading))
		return false;
	return x->kind == ANSWER_SILENCE || (alert->severity <= x->severity && answer_is_same_opening(alert, x->at));
}

static const struct answer *better(const struct answers *list, const struct answerable *alert, const struct answer *had)
{
	for (size_t i = 0; list && i < list->n_list; i++)
		if ((!had || list->list[i].kind < had->kind) && answer_holds(&list->list[i], alert))
			had = &list->list[i];
	return had;
}

const struct answer *answer_of(const struct answers *own, const struct answers *all, const struct answerable *alert)
{
	return better(all, alert, better(own, alert, NULL));
}
