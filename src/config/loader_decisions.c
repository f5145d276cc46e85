/* What a person decided of an instance's settings, with its date and reason. */
#include <string.h>

#include "base/clock.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "config/loader.h"

#define REASON_MAX 200

/* Hermes's settings that ask for a decision, and what may be decided (docs/hermes-formats.md, config.yaml). */
static const struct {
	const char *setting;
	const char *values[4];
	const char *choice;     /* for people */
} settings[] = {
	{ "approvals.mode", { "manual", "smart", "off" }, "\"manual\", \"smart\" or \"off\"" },
	{ "security.redact_secrets", { "true", "false" }, "true or false" },
	{ "privacy.redact_pii", { "true", "false" }, "true or false" },
};

/* true and false are taken with quotes and without. */
static const char *load_value(struct loader *l, struct place p, size_t which)
{
	const cJSON *item = json_get(p.object, "value");
	const char *value = cJSON_IsBool(item) ? (cJSON_IsTrue(item) ? "true" : "false") : cJSON_GetStringValue(item);

	for (size_t i = 0; value && settings[which].values[i]; i++)
		if (str_eq(value, settings[which].values[i]))
			return settings[which].values[i];
	loader_fail(l, "%s.value must be %s", p.name, settings[which].choice);
	return NULL;
}

/* A day of the calendar that has begun somewhere on earth: 14 h ahead of UTC it begins first. */
static const char *load_date(struct loader *l, struct place p)
{
	const char *s = loader_required(l, p, "date");
	int64_t t;

	if (strlen(s) != strlen("2026-06-02") || !clock_parse_iso(arena_printf(l->arena, "%sT00:00:00Z", s), 0, &t))
		loader_fail(l, "%s.date must be a day such as \"2026-06-02\", not '%s'", p.name, s);
	else if (t > clock_now_s() + INT64_C(14) * 3600)
		loader_fail(l, "%s.date lies in the future: %s; correct it, or this machine's clock", p.name, s);
	return s;
}

static const char *load_reason(struct loader *l, struct place p)
{
	const char *s = loader_required(l, p, "reason");

	if (str_utf8_count(s, strlen(s)) > REASON_MAX)
		loader_fail(l, "%s.reason must be at most %d characters", p.name, REASON_MAX);
	return s;
}

void loader_decisions(struct loader *l, struct place instance, struct decisions *out)
{
	static const char *const known[] = { "value", "date", "reason", NULL };
	const char *names[ARRAY_SIZE(settings) + 1] = { NULL };
	struct place all = loader_object(l, instance, "decisions");

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		names[i] = settings[i].setting;
	loader_known(l, all, names);
	out->list = arena_calloc(l->arena, ARRAY_SIZE(settings), sizeof(*out->list));
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		struct place one = loader_object(l, all, settings[i].setting);

		if (!one.object)
			continue;
		loader_known(l, one, known);
		out->list[out->n_list++] = (struct decision){
			.setting = settings[i].setting,
			.value = load_value(l, one, i),
			.date = load_date(l, one),
			.reason = load_reason(l, one),
		};
	}
}
