/* Whom an instance tells, and when. */
#include <string.h>

#include "base/cleanup.h"
#include "base/httpurl.h"
#include "base/str.h"
#include "config/loader.h"
#include "model/ledger.h"

#define API_DEFAULT "https://api.telegram.org"
#define HOUR_S      3600
#define REMIND_MAX_S (30 * 24 * HOUR_S)

void config_notify_defaults(struct notify_rules *out)
{
	*out = (struct notify_rules){ .api = API_DEFAULT, .morning = -1, .quiet_from = -1, .quiet_to = -1, .min_severity = ALERT_WARN,
				      .remind_s = { HOUR_S, 4 * HOUR_S, 24 * HOUR_S }, .n_remind = 3 };
}

/* "08:00" as the minute of the day; -1 where the n bytes are none. */
static int64_t minute_of(const char *s, size_t n)
{
	int hour, minute;

	if (n != 5 || strspn(s, "0123456789") != 2 || s[2] != ':' || strspn(s + 3, "0123456789") < 2)
		return -1;
	hour = (s[0] - '0') * 10 + s[1] - '0';
	minute = (s[3] - '0') * 10 + s[4] - '0';
	return hour < 24 && minute < 60 ? hour * 60 + minute : -1;
}

static void load_times(struct loader *l, struct place p, struct notify_rules *out)
{
	const char *morning = loader_string(l, p, "morning", NULL), *quiet = loader_string(l, p, "quiet", NULL);

	if (morning)
		out->morning = minute_of(morning, strlen(morning));
	if (morning && out->morning < 0)
		loader_fail(l, "%s.morning must be a time of day such as \"08:00\", not '%s'", p.name, morning);
	if (!quiet)
		return;
	if (strlen(quiet) == 11 && quiet[5] == '-') {
		out->quiet_from = minute_of(quiet, 5);
		out->quiet_to = minute_of(quiet + 6, 5);
	}
	if (out->quiet_from < 0 || out->quiet_to < 0 || out->quiet_from == out->quiet_to)
		loader_fail(l, "%s.quiet must be two times of day such as \"22:00-07:00\", not '%s'", p.name, quiet);
}

static void load_severity(struct loader *l, struct place p, struct notify_rules *out)
{
	static const char *const words[] = { [ALERT_UNKNOWN] = "unknown", [ALERT_WARN] = "warn", [ALERT_CRITICAL] = "critical" };
	const char *s = loader_string(l, p, "minSeverity", words[ALERT_WARN]);

	for (int i = ALERT_UNKNOWN; i <= ALERT_CRITICAL; i++)
		if (str_eq(s, words[i])) {
			out->min_severity = i;
			return;
		}
	loader_fail(l, "%s.minSeverity must be \"unknown\", \"warn\" or \"critical\", not '%s'", p.name, s);
}

static bool remind_of(const cJSON *item, int64_t *s)
{
	if (cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble <= REMIND_MAX_S)
		*s = (int64_t)item->valuedouble;
	else if (!cJSON_IsString(item) || !str_parse_duration(item->valuestring, s))
		return false;
	return *s >= 60 && *s <= REMIND_MAX_S;
}

static void load_remind(struct loader *l, struct place p, struct notify_rules *out)
{
	const cJSON *list = loader_array(l, p, "remind", NOTIFY_REMIND_MAX), *item;

	if (!list)
		return;
	out->n_remind = 0;
	cJSON_ArrayForEach(item, list) {
		int64_t s = 0, before = out->n_remind ? out->remind_s[out->n_remind - 1] : 0;

		if (!remind_of(item, &s) || s <= before) {
			loader_fail(l, "%s.remind must be a list of growing times from \"1m\" to \"30d\", such as [\"1h\", \"4h\", \"1d\"]", p.name);
			return;
		}
		out->remind_s[out->n_remind++] = s;
	}
}

/* The token is a part of every request's address: https alone. */
static void load_api(struct loader *l, struct place p, struct notify_rules *out)
{
	struct httpurl u;
	const char *why;

	out->api = loader_string(l, p, "api", API_DEFAULT);
	if (!httpurl_parse(out->api, &u, &why) || *u.rest || !u.is_https)
		loader_fail(l, "%s.api must be like \"" API_DEFAULT "\": https, a host, no path, not '%s'", p.name, out->api);
}

void loader_notify(struct loader *l, struct place instance, struct notify_rules *out)
{
	static const char *const known[] = { "enabled", "tokenFile", "chat", "thread", "api", "caFile", "morning", "quiet", "minSeverity",
					     "remind", "host", NULL };
	struct place p = loader_object(l, instance, "notify");

	config_notify_defaults(out);
	loader_known(l, p, known);
	out->is_on = loader_bool(l, p, "enabled", p.object != NULL);
	out->for_host = loader_bool(l, p, "host", false);
	out->token_file = loader_path(l, p, "tokenFile", NULL);
	out->chat = loader_string(l, p, "chat", NULL);
	out->thread = loader_string(l, p, "thread", NULL);
	out->ca_file = loader_path(l, p, "caFile", NULL);
	load_api(l, p, out);
	load_times(l, p, out);
	load_severity(l, p, out);
	load_remind(l, p, out);
	if (out->chat && out->chat[0] != '@' && strspn(out->chat, "-0123456789") != strlen(out->chat))
		loader_fail(l, "%s.chat must be a chat's number in quotes, such as \"-1001234567890\", or \"@name\"", p.name);
	if (out->thread && strspn(out->thread, "0123456789") != strlen(out->thread))
		loader_fail(l, "%s.thread must be a topic's number in quotes", p.name);
}
