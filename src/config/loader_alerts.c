/* How many readings open an alert, and how many close it, where that is not as it is by default. */
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "config/loader.h"

#define RULE_BYTES_MAX 200

static bool is_rule(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > RULE_BYTES_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] <= 0x20 || s[i] == 0x7f || (s[i] == '*' && i + 1 < n))
			return false;
	return str_eq(s, "*") || s[n - 1] != '*' || (n > 2 && s[n - 2] == '.');
}

/* The default that the same words would find, for what is not said. */
static const struct book_rule *default_of(const char *rule)
{
	return book_rule_of(NULL, rule);
}

static struct book_rule load_rule(struct loader *l, struct place rules, const char *key)
{
	static const char *const known[] = { "open", "close", "unknown", NULL };
	struct place p = loader_object(l, rules, key);
	const struct book_rule *d = default_of(key);

	if (!is_rule(key))
		loader_fail(l, "%s: '%s' names no reading; name one (\"backup.age\"), a family (\"platform.*\") or all (\"*\")", rules.name,
			    key);
	loader_known(l, p, known);
	return (struct book_rule){
		.rule = key,
		.open = loader_i64(l, p, "open", 1, BOOK_COUNT_MAX, d->open),
		.close = loader_i64(l, p, "close", 1, BOOK_COUNT_MAX, d->close),
		.unknown = loader_i64(l, p, "unknown", 1, BOOK_COUNT_MAX, d->unknown),
	};
}

void loader_alerts(struct loader *l, struct place top, struct config *c)
{
	static const char *const known[] = { "rules", NULL };
	struct place alerts = loader_object(l, top, "alerts"), rules = loader_object(l, alerts, "rules");
	struct book_rule *list;
	const cJSON *item;
	size_t n = 0;

	loader_known(l, alerts, known);
	if (!rules.object)
		return;
	if (cJSON_GetArraySize(rules.object) > BOOK_RULES_MAX)
		loader_fail(l, "%s holds more than %d rules; a family such as \"cron.*\" names many at once", rules.name, BOOK_RULES_MAX);
	list = arena_calloc(l->arena, BOOK_RULES_MAX, sizeof(*list));
	cJSON_ArrayForEach(item, rules.object) {
		if (n < BOOK_RULES_MAX)
			list[n++] = load_rule(l, rules, arena_strdup(l->arena, item->string));
	}
	c->alert_rules = (struct book_rules){ list, n };
}
