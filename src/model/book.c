#include "model/book.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

/*
 * What comes and goes by itself (a connection, a request, a load) is asked
 * again before anyone is told; a fact that stands in a file is one at once.
 */
static const struct book_rule rules[] = {
	{ "gateway", 2, 2, 4 },         /* a restart takes a reading or two */
	{ "systemd", 2, 2, 4 },
	{ "life", 2, 2, 4 },
	{ "scheduler", 2, 2, 4 },
	{ "platform.*", 3, 2, 6 },      /* the gateway connects again by itself */
	{ "platforms", 3, 2, 6 },
	{ "dashboard", 2, 2, 4 },
	{ "dashboard.*", 3, 2, 6 },
	{ "product.*", 3, 2, 6 },
	{ "products", 3, 2, 6 },
	{ "disk", 2, 3, 4 },            /* the machine: figures that hover about a bound */
	{ "memory", 2, 3, 4 },
	{ "load", 2, 3, 4 },
	{ "tailscale", 2, 3, 4 },
	{ "host.*", 2, 3, 4 },
	{ "timer.*", 2, 2, 4 },
	{ "backup.*", 1, 1, 4 },        /* written down by whoever ran, and true until the next run */
	{ "notify.*", 5, 2, 6 },        /* the notifier's first pass comes after the first readings */
	{ "cron", 1, 1, 4 },
	{ "cron.*", 1, 1, 4 },
	{ "*", 2, 2, 4 },
};

const struct book_rules *book_default_rules(void)
{
	static const struct book_rules all = { rules, ARRAY_SIZE(rules) };

	return &all;
}

static const struct book_rule *best(const struct book_rules *list, const char *reading)
{
	const struct book_rule *found = NULL;
	size_t longest = 0;

	for (size_t i = 0; list && i < list->n; i++) {
		const struct book_rule *r = &list->list[i];
		size_t n = strlen(r->rule);

		if (str_eq(r->rule, reading))
			return r;
		if (n && r->rule[n - 1] == '*' && strncmp(r->rule, reading, n - 1) == 0 && n > longest) {
			found = r;
			longest = n;
		}
	}
	return found;
}

const struct book_rule *book_rule_of(const struct book_rules *configured, const char *reading)
{
	const struct book_rule *r = best(configured, reading);

	if (!r)
		r = best(book_default_rules(), reading);
	return r ? r : &rules[ARRAY_SIZE(rules) - 1];
}
