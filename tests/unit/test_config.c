#include "test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "config/config.h"
#include "config/discover.h"
#include "json/json.h"

static struct arena *a;
static char path[64];

static int setup(void **state)
{
	int fd;

	(void)state;
	a = arena_new(64 * 1024 * 1024);
	snprintf(path, sizeof(path), "/tmp/mc-config.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	arena_free(a);
	return 0;
}

static struct config *load_text(const char *text, const char **error)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return config_load(path, a, error);
}

#define ONE(extra) "{\"instances\":[{\"id\":\"vijay\",\"user\":\"root\",\"hermesHome\":\"/root/.hermes\"" extra "}]}"

#define DECIDED(setting, text) ONE(", \"decisions\": {\"" setting "\": {" text "}}")
#define FIFTY "01234567890123456789012345678901234567890123456789"
#define CADDY(text) "{\"instances\":[],\"host\":{\"caddy\":{" text "}}}"
#define PRODUCT(text) "{\"instances\":[],\"products\":[{" text "}]}"

static void what_is_published_is_titles_unless_said_otherwise(void **state)
{
	const char *error = NULL;
	struct config *c = load_text(ONE(""), &error);

	(void)state;
	assert_int_equal(c->instances[0].publish, PUBLISH_TITLES);
	assert_false(c->instances[0].privacy);
	assert_null(c->instances[0].paused);
	c = load_text(ONE(",\"publish\":\"counts\",\"privacy\":true,\"paused\":\"on leave\""), &error);
	assert_int_equal(c->instances[0].publish, PUBLISH_COUNTS);
	assert_true(c->instances[0].privacy);
	assert_string_equal(c->instances[0].paused, "on leave");
}

static void rules_of_alerts_say_otherwise_than_the_defaults_and_survive_printing(void **state)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(1 << 20);
	static const char *const readings[] = { "platform.telegram", "platforms", "gateway", "backup.age", "disk", "product.web", "anything" };
	const char *error = NULL;
	struct config *c = load_text("{\"alerts\":{\"rules\":{\"platform.*\":{\"open\":9},\"*\":{\"close\":7,\"unknown\":8},\"disk\":{}}}}", &error), *again;

	(void)state;
	if (!c)
		fail_msg("%s", error);
	assert_int_equal(book_rule_of(&c->alert_rules, "platform.telegram")->open, 9);
	assert_int_equal(book_rule_of(&c->alert_rules, "platform.telegram")->close, 2);
	assert_int_equal(book_rule_of(&c->alert_rules, "gateway")->close, 7);
	assert_int_equal(book_rule_of(&c->alert_rules, "disk")->close, 3);
	config_print(c, &text);
	again = load_text(buf_str(&text), &error);
	if (!again)
		fail_msg("%s\n%s", error, buf_str(&text));
	for (size_t i = 0; i < ARRAY_SIZE(readings); i++) {
		const struct book_rule *x = book_rule_of(&c->alert_rules, readings[i]), *y = book_rule_of(&again->alert_rules, readings[i]);

		assert_string_equal(x->rule, y->rule);
		assert_int_equal(x->open, y->open);
		assert_int_equal(x->close, y->close);
		assert_int_equal(x->unknown, y->unknown);
	}
}

static void timers_to_show_are_units_of_the_system(void **state)
{
	const char *error = NULL;
	struct config *c = load_text("{\"host\":{\"timers\":[\"apt-daily\",\"logrotate.timer\"]}}", &error);

	(void)state;
	assert_non_null(c);
	assert_int_equal(c->n_timers, 2);
	assert_string_equal(c->timers[0].unit, "apt-daily.timer");
	assert_string_equal(c->timers[1].unit, "logrotate.timer");
	assert_int_equal(c->timers[1].scope, UNIT_SCOPE_SYSTEM);
}

#define KEY(members) "{\"auth\":{\"keys\":[{\"kid\":\"a\"," members "}]}}"

static void a_mistake_gets_one_line_that_names_place_and_cure(void **state)
{
	static const struct {
		const char *text;
		const char *error; /* what the line must hold */
	} cases[] = {
		{ ONE(",\"publish\":\"all\""), "publish must be \"counts\", \"titles\" or \"excerpts\", not 'all'" },
		{ ONE(",\"privacy\":\"yes\""), "privacy must be" },
		{ ONE(",\"paused\":true"), "paused must be a text" },
		{ "{\"host\":{\"timers\":[\"a.service\"]}}", "host.timers must be the name of a unit ending in .timer" },
		{ "{\"host\":{\"timers\":[1]}}", "host.timers must be a list of unit names" },
		{ "", "not JSON" },
		{ "[]", "must hold one object" },
		{ "{\"instnaces\": []}", "unknown key 'instnaces', did you mean 'instances'" },
		{ "{\"wholly-other\": 1}", "unknown key 'wholly-other'; remove it" },
		{ "{\"alerts\":{\"rule\":{}}}", "unknown key 'alerts.rule'" },
		{ "{\"alerts\":{\"rules\":{\"plat*form\":{}}}}", "'plat*form' names no reading" },
		{ "{\"alerts\":{\"rules\":{\"cron*\":{}}}}", "'cron*' names no reading" },
		{ "{\"alerts\":{\"rules\":{\"gateway\":{\"open\":0}}}}", "open" },
		{ "{\"alerts\":{\"rules\":{\"gateway\":3}}}", "must be an object" },
		{ "{\"instances\": {}}", "instances must be a list" },
		{ "{\"instances\": [1]}", "instances[0] must be an object" },
		{ "{\"instances\": [{}]}", "instances[0].id is missing" },
		{ ONE(", \"usr\": 1"), "unknown key 'instances[0].usr', did you mean 'user'" },
		{ ONE(", \"label\": 7"), "instances[0].label must be a text" },
		{ ONE(", \"label\": \"a\\nb\""), "printable" },
		{ ONE(", \"dashboard\": {\"port\": 0}"), "instances[0].dashboard.port must be a whole number from 1 to 65535" },
		{ ONE(", \"dashboard\": {\"port\": 9119.5}"), "whole number" },
		{ ONE(", \"dashboard\": {\"url\": \"javascript:alert(1)\"}"), "must be like https://" },
		{ ONE(", \"dashboard\": {\"url\": \"https://\"}"), "must be like https://" },
		{ ONE(", \"dashboard\": {\"url\": \"https://me@elsewhere/\"}"), "must be like https://" },
		{ ONE(", \"dashboard\": {\"port\": \"9119\"}"), "whole number" },
		{ ONE(", \"dashboard\": 5"), "instances[0].dashboard must be an object" },
		{ ONE(", \"backup\": {\"repo\": \"repos/x\"}"), "instances[0].backup.repo must be an absolute path" },
		{ ONE(", \"backup\": {\"repo\": \"/a/../b\"}"), "must be an absolute path" },
		{ ONE(", \"backup\": {\"maxAge\": \"26\"}"), "must be a time such as" },
		{ ONE(", \"backup\": {\"maxAge\": \"-1h\"}"), "must be a time such as" },
		{ ONE(", \"drill\": {\"every\": \"12h\"}"), "instances[0].drill.every must be from \"1d\" to \"90d\"" },
		{ ONE(", \"drill\": {\"every\": \"91d\"}"), "instances[0].drill.every must be from" },
		{ ONE(", \"drill\": {\"every\": \"soon\"}"), "instances[0].drill.every must be a time such as" },
		{ ONE(", \"drill\": \"30d\""), "instances[0].drill must be an object" },
		{ ONE(", \"drill\": {\"evry\": \"30d\"}"), "evry" },
		{ ONE(", \"backup\": {\"timer\": \"a b\"}"), "must be the name of a unit ending in .timer" },
		{ ONE(", \"backup\": {\"timer\": \"x.service\"}"), "must be the name of a unit ending in .timer" },
		{ ONE(", \"backup\": {\"timer\": \"hmc-backup@bheem.timer\"}"), "instances[0].backup.timer must be this instance's own" },
		{ ONE(", \"backup\": {\"key\": \"id_ed25519\"}"), "instances[0].backup.key must be an absolute path" },
		{ ONE(", \"backup\": {\"key\": \"/r/.ssh/id_ed25519.pub\"}"), "without .pub" },
		{ ONE(", \"decisions\": []"), "instances[0].decisions must be an object" },
		{ ONE(", \"decisions\": {\"approvals.mod\": {}}"), "did you mean 'approvals.mode'" },
		{ DECIDED("approvals.mode", "\"value\":\"yolo\""), "approvals.mode.value must be \"manual\", \"smart\" or \"off\"" },
		{ DECIDED("approvals.mode", "\"value\":true"), "approvals.mode.value must be" },
		{ DECIDED("privacy.redact_pii", "\"value\":\"yes\""), "privacy.redact_pii.value must be true or false" },
		{ DECIDED("privacy.redact_pii", "\"value\":1"), "privacy.redact_pii.value must be true or false" },
		{ DECIDED("privacy.redact_pii", "\"date\":\"2026-06-02\""), "value must be true or false" },
		{ DECIDED("privacy.redact_pii", "\"value\":true,\"reason\":\"x\""), "date is missing" },
		{ DECIDED("privacy.redact_pii", "\"value\":true,\"date\":\"2026-02-30\""), "date must be a day such as" },
		{ DECIDED("privacy.redact_pii", "\"value\":true,\"date\":\"2.6.2026\""), "date must be a day such as" },
		{ DECIDED("privacy.redact_pii", "\"value\":true,\"date\":\"2926-06-02\""), "date lies in the future" },
		{ DECIDED("privacy.redact_pii", "\"value\":true,\"date\":\"2026-06-02\""), "reason is missing" },
		{ DECIDED("privacy.redact_pii", "\"value\":true,\"date\":\"2026-06-02\",\"reason\":\"a\\nb\""), "printable" },
		{ DECIDED("privacy.redact_pii", "\"value\":true,\"date\":\"2026-06-02\",\"reason\":\"" FIFTY FIFTY FIFTY FIFTY "x\""),
		  "reason must be at most 200 characters" },
		{ DECIDED("privacy.redact_pii", "\"value\":true,\"date\":\"2026-06-02\",\"reason\":\"x\",\"by\":\"me\""), "unknown key" },
		{ ONE(", \"gateway\": {\"scope\": \"root\"}"), "must be \"system\", \"user\" or \"auto\"" },
		{ "{\"instances\":[{\"id\":\"Vijay\",\"user\":\"root\",\"hermesHome\":\"/r\"}]}", "1 to 32 of a-z" },
		{ "{\"instances\":[{\"id\":\"all\",\"user\":\"root\",\"hermesHome\":\"/r\"}]}", "not \"all\" or \"host\"" },
		{ "{\"instances\":[{\"id\":\"../x\",\"user\":\"root\",\"hermesHome\":\"/r\"}]}", "1 to 32 of a-z" },
		{ "{\"instances\":[{\"id\":\"a\",\"user\":\"root\",\"hermesHome\":\"relative\"}]}", "absolute path" },
		{ "{\"instances\":[{\"id\":\"a\",\"user\":\"root\"}]}", "hermesHome is missing" },
		{ "{\"instances\":[{\"id\":\"a\",\"user\":\"root\",\"hermesHome\":\"/a\"},"
		  "{\"id\":\"a\",\"user\":\"root\",\"hermesHome\":\"/b\"}]}", "'a' is used twice" },
		{ "{\"site\":{\"listen\":\"0.0.0.0:8480\"}}", "site.listen must be a loopback address" },
		{ "{\"site\":{\"listen\":\":8480\"}}", "site.listen must be a loopback address" },
		{ "{\"site\":{\"listen\":\"127.0.0.1:99999\"}}", "site.listen must be a loopback address" },
		{ "{\"site\":{\"origin\":\"http://vm.example\"}}", "site.origin must be" },
		{ "{\"site\":{\"origin\":\"https://vm.example/\"}}", "site.origin must be" },
		{ "{\"site\":{\"origin\":\"https://vm.example\\r\\nX: y\"}}", "printable" },
		{ "{\"stateDir\":\"var/lib\"}", "stateDir must be an absolute path" },
		{ "{\"auth\":{\"keys\":[{\"kid\":\"a\",\"alg\":\"none\",\"file\":\"/k\"}]}}", "must be HS256, RS256 or ES256" },
		{ "{\"auth\":{\"keys\":[{\"kid\":\"a\",\"alg\":\"HS256\",\"file\":\"k\"}]}}", "absolute path" },
		{ "{\"auth\":{\"keys\":[{\"kid\":\"a\",\"alg\":\"HS256\"}]}}", "file is missing" },
		{ "{\"auth\":{\"keys\":[{\"kid\":\"a\",\"alg\":\"HS256\",\"file\":\"/k\"},"
		  "{\"kid\":\"a\",\"alg\":\"HS256\",\"file\":\"/l\"}]}}", "two keys have the kid 'a'" },
		{ KEY("\"alg\":\"HS256\",\"file\":\"credential:\""), "name of a credential" },
		{ KEY("\"alg\":\"HS256\",\"file\":\"credential:../k\""), "name of a credential" },
		{ KEY("\"alg\":\"HS256\",\"file\":\"credential:a/b\""), "name of a credential" },
		{ KEY("\"alg\":\"RS256\",\"file\":\"/k\",\"mint\":true"), "only an HS256 key" },
		{ KEY("\"alg\":\"HS256\",\"file\":\"/k\",\"mint\":true},{\"kid\":\"b\",\"alg\":\"HS256\",\"file\":\"/l\",\"mint\":true"), "one signs what is new" },
		{ "{\"auth\":{\"maxLifetime\":\"31d\"}}", "auth.maxLifetime must be from" },
		{ "{\"auth\":{\"maxLifetime\":\"4m\"}}", "auth.maxLifetime must be from" },
		{ "{\"auth\":{\"sessionLimit\":\"40d\"}}", "auth.sessionLimit must be from" },
		{ "{\"auth\":{\"signinOrigins\":\"https://a.example\"}}", "must be a list" },
		{ "{\"auth\":{\"signinOrigins\":[\"https://a.example/\"]}}", "auth.signinOrigins must hold origins" },
		{ "{\"auth\":{\"signinOrigins\":[\"https://a.example:443\"]}}", "auth.signinOrigins must hold origins" },
		{ "{\"auth\":{\"signinOrigins\":[\"http://a.example\"]}}", "auth.signinOrigins must hold origins" },
		{ "{\"auth\":{\"signinOrigins\":[\"*\"]}}", "auth.signinOrigins must hold origins" },
		{ "{\"auth\":{\"signinOrigins\":[null]}}", "auth.signinOrigins must hold origins" },
		{ "{\"instances\": [],\n \"instances\": []}", ":2: not JSON" },
		{ "{\"interval\": \"0s\"}", "interval must be a time" },
		{ CADDY("\"admin\":\"http://example.com:2019\""), "host.caddy.admin must be" },
		{ CADDY("\"admin\":\"https://127.0.0.1:2019\""), "host.caddy.admin must be" },
		{ CADDY("\"admin\":\"http://127.0.0.1:2019/load\""), "host.caddy.admin must be" },
		{ CADDY("\"admin\":\"unix/run/x.sock\""), "host.caddy.admin must be" },
		{ CADDY("\"admin\":\"unix//run/../x.sock\""), "host.caddy.admin must be" },
		{ CADDY("\"admin\":\"unix//run/a b\""), "host.caddy.admin must be" },
		{ CADDY("\"admin\":\"localhost:2019\""), "host.caddy.admin must be" },
		{ CADDY("\"admin\":7"), "host.caddy.admin must be a text" },
		{ CADDY("\"file\":\"Caddyfile\""), "host.caddy.file must be an absolute path" },
		{ CADDY("\"files\":\"/x\""), "unknown key 'host.caddy.files', did you mean 'file'" },
		{ PRODUCT("\"id\":\"Web\",\"name\":\"Web\""), "products[0].id must be 1 to 32 of a-z" },
		{ PRODUCT("\"id\":\"a.b\",\"name\":\"Web\""), "products[0].id must be 1 to 32 of a-z" },
		{ PRODUCT("\"id\":\"abcdefghijklmnopqrstuvwxyz0123456\",\"name\":\"Web\""), "products[0].id must be" },
		{ PRODUCT("\"id\":\"web\""), "products[0].name is missing" },
		{ PRODUCT("\"id\":\"web\",\"name\":\"W\",\"ulr\":1"), "unknown key 'products[0].ulr', did you mean 'url'" },
		{ PRODUCT("\"id\":\"web\",\"name\":\"W\",\"url\":\"ftp://x/\""), "products[0].url must begin with http:// or https://" },
		{ PRODUCT("\"id\":\"web\",\"name\":\"W\",\"url\":\"http://me:pw@x/\""), "products[0].url must not hold a user or a password" },
		{ PRODUCT("\"id\":\"web\",\"name\":\"W\",\"url\":\"http://x:0/\""), "products[0].url must be a host with a path" },
		{ PRODUCT("\"id\":\"web\",\"name\":\"W\",\"url\":\"http:///x\""), "products[0].url must be a host with a path" },
		{ PRODUCT("\"id\":\"web\",\"name\":\"W\",\"expectText\":\"ok\""), "products[0] expects an answer, but has no url" },
		{ PRODUCT("\"id\":\"web\",\"name\":\"W\",\"url\":\"http://x/\",\"expectStatus\":\"200\""), "products[0].expectStatus must be an HTTP status" },
		{ PRODUCT("\"id\":\"web\",\"name\":\"W\",\"url\":\"http://x/\",\"expectStatus\":[200,99]"), "products[0].expectStatus must be an HTTP status" },
		{ PRODUCT("\"id\":\"web\",\"name\":\"W\",\"unit\":\"a b\""), "products[0].unit must be the name of a unit" },
		{ PRODUCT("\"id\":\"web\",\"name\":\"W\",\"links\":[{\"label\":\"x\",\"url\":\"javascript:alert(1)\"}]"), "products[0].links[0].url must begin with http" },
		{ PRODUCT("\"id\":\"web\",\"name\":\"W\",\"links\":[{\"url\":\"http://x\"}]"), "products[0].links[0].label is missing" },
		{ PRODUCT("\"id\":\"web\",\"name\":\"W\",\"instance\":\"nobody\""), "products[0].instance: there is no instance 'nobody'" },
		{ PRODUCT("\"id\":\"web\",\"name\":\"W\"},{\"id\":\"web\",\"name\":\"V\""), "'web' is used twice" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *error = NULL;
		struct config *c = load_text(cases[i].text, &error);

		if (c)
			fail_msg("accepted: %s", cases[i].text);
		assert_non_null(error);
		if (!strstr(error, cases[i].error) || strchr(error, '\n') || !str_starts(error, path))
			fail_msg("%s\n  gives: %s\n  not:   %s", cases[i].text, error, cases[i].error);
	}
}

static void what_cannot_be_read_says_why(void **state)
{
	const char *error = NULL;

	(void)state;
	assert_null(config_load("/nonexistent/config.json", a, &error));
	assert_non_null(strstr(error, "cannot be read (No such file or directory)"));
	assert_null(config_load("/tmp", a, &error));
	assert_non_null(strstr(error, "must be a regular file"));
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(config_load(path, a, &error));
	assert_non_null(strstr(error, "must be a regular file"));
	unlink(path);
}

static void an_instance_needs_only_id_user_and_home(void **state)
{
	const char *error = NULL;
	struct config *c = load_text("// comment\n" ONE("") "/* end */", &error);

	(void)state;
	if (!c)
		fail_msg("%s", error);
	assert_int_equal(c->n_instances, 1);
	assert_string_equal(c->instances[0].label, "vijay");
	assert_int_equal(c->instances[0].uid, 0);
	assert_string_equal(c->instances[0].gateway.unit, "hermes-gateway.service");
	assert_null(c->instances[0].dashboard.unit);
	assert_null(c->instances[0].backup_repo);
	assert_int_equal(c->instances[0].backup_max_age_s, 26 * 3600);
	assert_int_equal(c->instances[0].drill_every_s, 30 * 86400);
	assert_string_equal(c->site_origin, "http://127.0.0.1:8480");
	assert_int_equal(c->interval_s, 30);
	assert_false(c->is_discovered);
}

static void our_timer_is_watched_where_our_backup_is_set_up(void **state)
{
	static const struct {
		const char *backup, *timer;
		bool is_ours;
	} cases[] = {
		{ "\"repo\": \"/r\", \"key\": \"/k\"", "hmc-backup@vijay.timer", true },
		{ "\"repo\": \"/r\", \"tokenFile\": \"/t\", \"timer\": null", "hmc-backup@vijay.timer", true },
		{ "\"repo\": \"/r\", \"remote\": \"origin\"", "hmc-backup@vijay.timer", true },
		{ "\"repo\": \"/r\", \"timer\": \"hmc-backup@vijay.timer\"", "hmc-backup@vijay.timer", true },
		{ "\"repo\": \"/r\", \"key\": \"/k\", \"timer\": \"mine.timer\"", "mine.timer", false },
		{ "\"repo\": \"/r\"", NULL, false },
		{ "\"key\": \"/k\"", NULL, false },
	};
	const char *error = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct config *c = load_text(arena_printf(a, ONE(", \"gateway\": {\"scope\": \"system\"}, \"backup\": {%s}"), cases[i].backup), &error);
		const struct instance *in;

		if (!c)
			fail_msg("%s: %s", cases[i].backup, error);
		in = &c->instances[0];
		assert_true(str_eq(in->backup_timer.unit, cases[i].timer) || (!in->backup_timer.unit && !cases[i].timer));
		assert_int_equal(config_backs_up(in), cases[i].is_ours);
		/* Either manager may run ours; somebody else's is where the gateway is. */
		assert_int_equal(in->backup_timer.scope, cases[i].is_ours ? UNIT_SCOPE_AUTO : UNIT_SCOPE_SYSTEM);
	}
}

static void who_is_told_and_when_survives_printing(void **state)
{
	const char *error = NULL;
	struct config *c = load_text(ONE(", \"notify\": {\"chat\": \"-5\", \"morning\": \"08:05\", \"quiet\": \"22:00-07:30\","
					 " \"minSeverity\": \"critical\", \"remind\": [\"2h\", 86400]}"), &error);
	CLEANUP(buf_done) struct buf out = BUF_INIT(100000);
	const struct notify_rules *r;

	(void)state;
	if (!c)
		fail_msg("%s", error);
	config_print(c, &out);
	c = load_text(buf_str(&out), &error);
	if (!c)
		fail_msg("%s", error);
	r = &c->instances[0].notify;
	assert_true(r->is_on);
	assert_string_equal(r->chat, "-5");
	assert_string_equal(r->api, "https://api.telegram.org");
	assert_int_equal(r->morning, 485);
	assert_int_equal(r->quiet_from, 22 * 60);
	assert_int_equal(r->quiet_to, 7 * 60 + 30);
	assert_int_equal(r->min_severity, ALERT_CRITICAL);
	assert_int_equal(r->n_remind, 2);
	assert_int_equal(r->remind_s[0], 7200);
	c = load_text(ONE(""), &error);
	assert_non_null(c);
	assert_false(c->instances[0].notify.is_on);
	assert_int_equal(c->instances[0].notify.n_remind, 3);
}

static void what_notify_cannot_mean_is_refused(void **state)
{
	static const char *const bad[] = { "\"chat\": 5", "\"chat\": \"x\"", "\"morning\": \"24:00\"", "\"morning\": \"8:00\"", "\"quiet\": \"22:00\"",
					   "\"quiet\": \"07:00-07:00\"", "\"api\": \"http://api.telegram.org\"", "\"api\": \"https://x/y\"",
					   "\"minSeverity\": \"info\"", "\"remind\": [\"4h\", \"1h\"]", "\"remind\": [1]", "\"remind\": \"1h\"",
					   "\"tokenFile\": \"x\"", "\"thread\": \"-1\"", "\"token\": \"1:abc\"" };
	const char *error = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (load_text(arena_printf(a, ONE(", \"notify\": {%s}"), bad[i]), &error))
			fail_msg("%s is taken", bad[i]);
		assert_non_null(strstr(error, "notify"));
	}
}

static void a_beat_survives_printing_and_none_is_none(void **state)
{
	const char *error = NULL;
	struct config *c = load_text(ONE(", \"notify\": {\"host\": true}"), &error);
	CLEANUP(buf_done) struct buf out = BUF_INIT(100000);

	(void)state;
	assert_non_null(c);
	assert_null(c->beat.url_file);
	config_print(c, &out);
	c = load_text(buf_str(&out), &error);
	assert_non_null(c);
	assert_null(c->beat.url_file);
	assert_true(c->instances[0].notify.for_host);
	c = load_text("{\"instances\": [], \"beat\": {\"every\": \"10m\", \"fail\": false}}", &error);
	assert_non_null(c);
	buf_clear(&out);
	config_print(c, &out);
	c = load_text(buf_str(&out), &error);
	if (!c)
		fail_msg("%s", error);
	assert_string_equal(c->beat.url_file, "/etc/hermes-mission-control/beat.url");
	assert_int_equal(c->beat.every_s, 600);
	assert_false(c->beat.may_fail);
}

static void what_a_beat_cannot_mean_is_refused(void **state)
{
	static const char *const bad[] = { "\"url\": \"https://x/y\"", "\"urlFile\": \"https://hc-ping.com/secret\"", "\"urlFile\": \"beat.url\"",
					   "\"urlFile\": \"credential:\"", "\"urlFile\": \"credential:../x\"", "\"every\": \"59s\"", "\"every\": \"25h\"",
					   "\"fail\": 1", "\"caFile\": \"x\"" };
	const char *error = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (load_text(arena_printf(a, "{\"instances\": [], \"beat\": {%s}}", bad[i]), &error))
			fail_msg("%s is taken", bad[i]);
		assert_non_null(strstr(error, "beat"));
		assert_null(strstr(error, "hc-ping"));
	}
}

static void a_gateway_that_is_no_unit_is_said_by_null(void **state)
{
	const char *error = NULL;
	struct config *c = load_text(ONE(", \"gateway\": {\"unit\": null}"), &error);

	(void)state;
	assert_non_null(c);
	assert_null(c->instances[0].gateway.unit);
}

static void the_shipped_example_is_sound(void **state)
{
	const char *error = NULL;
	struct config *c = config_load(top_path("docs/config.example.json"), a, &error);

	(void)state;
	if (!c)
		fail_msg("%s", error);
	assert_int_equal(c->n_instances, 2);
	assert_string_equal(config_instance(c, "bheem")->gateway.unit, "uma-hermes-gateway.service");
	assert_int_equal(config_instance(c, "bheem")->gateway.scope, UNIT_SCOPE_USER);
	assert_null(config_instance(c, "nobody"));
}

static void a_decision_has_its_value_day_and_reason(void **state)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
	const char *error = NULL;
	struct config *c = load_text(ONE(", \"backup\": {\"key\": \"/r/.ssh/id\"}, \"decisions\": {\"privacy.redact_pii\": {\"value\": false, "
					 "\"date\": \"2026-06-02\", \"reason\": \"letters need \\\"addresses\\\"\"}, "
					 "\"approvals.mode\": {\"value\": \"smart\", \"date\": \"2024-02-29\", \"reason\": \"x\"}}"), &error);

	(void)state;
	for (int i = 0; i < 2; i++) { /* as written, and as printed and read back */
		const struct decisions *d;

		if (!c)
			fail_msg("%s\n%s", error, buf_str(&out));
		d = &c->instances[0].decisions;
		assert_int_equal(d->n_list, 2);
		assert_string_equal(d->list[0].setting, "approvals.mode");
		assert_string_equal(d->list[0].value, "smart");
		assert_string_equal(d->list[0].date, "2024-02-29");
		assert_string_equal(d->list[1].value, "false");
		assert_string_equal(d->list[1].reason, "letters need \"addresses\"");
		assert_string_equal(c->instances[0].backup_key, "/r/.ssh/id");
		buf_clear(&out);
		config_print(c, &out);
		c = load_text(buf_str(&out), &error);
	}
}

static void sign_in_has_limits_and_says_from_where(void **state)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
	const char *error = NULL;
	struct config *c = load_text("{\"instances\":[],\"auth\":{\"keys\":[{\"kid\":\"a\",\"alg\":\"HS256\",\"file\":\"/k\"},"
				     "{\"kid\":\"b\",\"alg\":\"HS256\",\"file\":\"credential:jwt.key\",\"mint\":true}],"
				     "\"maxLifetime\":\"12h\",\"signinOrigins\":[\"https://a.example\",\"http://127.0.0.1:3000\"]}}", &error);

	(void)state;
	if (!c)
		fail_msg("%s", error);
	assert_int_equal(c->max_lifetime_s, 12 * 3600);
	assert_int_equal(c->session_limit_s, 7 * 86400);
	assert_int_equal(c->n_signin_origins, 2);
	assert_string_equal(c->keys[1].file, "credential:jwt.key");
	assert_false(c->keys[0].mints);
	assert_true(c->keys[1].mints);
	config_print(c, &out);
	c = load_text(buf_str(&out), &error);
	if (!c)
		fail_msg("%s", error);
	assert_true(c->keys[1].mints);
	assert_int_equal(c->max_lifetime_s, 12 * 3600);
	assert_string_equal(c->signin_origins[1], "http://127.0.0.1:3000");
}

static void what_is_printed_can_be_read_back(void **state)
{
	CLEANUP(buf_done) struct buf first = BUF_INIT(1 << 20), second = BUF_INIT(1 << 20);
	const char *error = NULL, *body;
	struct config *c, *again;

	(void)state;
	c = config_load(top_path("docs/config.example.json"), a, &error);
	assert_non_null(c);
	config_print(c, &first);
	again = load_text(buf_str(&first), &error);
	if (!again)
		fail_msg("%s\n%s", error, buf_str(&first));
	config_print(again, &second);
	/* The second time everything comes from the file; but for that and the file's name they agree. */
	assert_int_equal(again->n_instances, c->n_instances);
	assert_int_equal(again->products.n, c->products.n);
	assert_string_equal(again->products.list[0].links[0].label, "Open");
	assert_string_equal(again->instances[1].hermes_home, c->instances[1].hermes_home);
	assert_int_equal(again->instances[1].dashboard_port, c->instances[1].dashboard_port);
	assert_string_equal(again->caddy.admin, "off");
	assert_string_equal(again->caddy.file, "/etc/caddy/Caddyfile");
	body = strstr(buf_str(&second), "\"stateDir\"");
	assert_non_null(body);
	assert_non_null(strstr(buf_str(&first), "// default"));
}

static void a_product_says_how_its_health_is_asked_for(void **state)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
	const char *error = NULL;
	struct config *c = load_text(PRODUCT("\"id\":\"web-2\",\"name\":\"Web\",\"url\":\"http://127.0.0.1:3049/h?key=abc#x\","
					     "\"unit\":\"web\",\"expectStatus\":[200,204],\"expectText\":\"ok\","
					     "\"links\":[{\"label\":\"Open\",\"url\":\"https://web.example/?q=1\"}]"), &error);
	const struct product *x;

	(void)state;
	if (!c)
		fail_msg("%s", error);
	for (int i = 0; i < 2; i++) { /* as written, and as printed and read back */
		x = &c->products.list[0];
		assert_int_equal(c->products.n, 1);
		assert_string_equal(x->url, "http://127.0.0.1:3049/h?key=abc#x");
		assert_string_equal(x->url_shown, "http://127.0.0.1:3049/h?…");
		assert_string_equal(x->unit.unit, "web.service");
		assert_int_equal(x->unit.scope, UNIT_SCOPE_SYSTEM);
		assert_int_equal(x->n_expect_status, 2);
		assert_int_equal(x->expect_status[1], 204);
		assert_string_equal(x->expect_text, "ok");
		assert_string_equal(x->links[0].url, "https://web.example/?q=1");
		assert_null(x->instance);
		buf_clear(&out);
		config_print(c, &out);
		c = load_text(buf_str(&out), &error);
		if (!c)
			fail_msg("%s\n%s", error, buf_str(&out));
	}
}

static void a_product_without_a_source_is_planned(void **state)
{
	const char *error = NULL;
	struct config *c = load_text(PRODUCT("\"id\":\"web\",\"name\":\"Web\",\"url\":null,\"unit\":null"), &error);

	(void)state;
	assert_non_null(c);
	assert_null(c->products.list[0].url);
	assert_null(c->products.list[0].unit.unit);
}

static void why_nothing_was_found_survives_printing(void **state)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
	const char *error = NULL;
	struct config *c = load_text("{}", &error), *again;

	(void)state;
	assert_non_null(c);
	c->n_instances = 0; /* as on a machine without Hermes */
	c->discovery_note = "No user of this machine has a ~/.hermes folder.";
	config_print(c, &out);
	assert_non_null(strstr(buf_str(&out), c->discovery_note));
	again = load_text(buf_str(&out), &error);
	if (!again)
		fail_msg("%s", error);
	assert_true(again->is_discovered);
}

static void gateway_units_are_named_as_hermes_names_them(void **state)
{
	static const struct {
		const char *home, *unit;
	} cases[] = {
		{ "/home/uma/.hermes", "hermes-gateway.service" },
		{ "/home/uma/.hermes/profiles/coder", "hermes-gateway-coder.service" },
	};
	const char *other = config_gateway_unit("/home/uma", "/srv/hermes", a);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(config_gateway_unit("/home/uma", cases[i].home, a), cases[i].unit);
	assert_int_equal(strlen(other), strlen("hermes-gateway-00000000.service"));
	assert_string_equal(other, config_gateway_unit(NULL, "/srv/hermes", a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_published_is_titles_unless_said_otherwise, setup, teardown),
		cmocka_unit_test_setup_teardown(timers_to_show_are_units_of_the_system, setup, teardown),
		cmocka_unit_test_setup_teardown(a_mistake_gets_one_line_that_names_place_and_cure, setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_says_why, setup, teardown),
		cmocka_unit_test_setup_teardown(an_instance_needs_only_id_user_and_home, setup, teardown),
		cmocka_unit_test_setup_teardown(a_gateway_that_is_no_unit_is_said_by_null, setup, teardown),
		cmocka_unit_test_setup_teardown(our_timer_is_watched_where_our_backup_is_set_up, setup, teardown),
		cmocka_unit_test_setup_teardown(who_is_told_and_when_survives_printing, setup, teardown),
		cmocka_unit_test_setup_teardown(what_notify_cannot_mean_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_beat_survives_printing_and_none_is_none, setup, teardown),
		cmocka_unit_test_setup_teardown(what_a_beat_cannot_mean_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(the_shipped_example_is_sound, setup, teardown),
		cmocka_unit_test_setup_teardown(a_decision_has_its_value_day_and_reason, setup, teardown),
		cmocka_unit_test_setup_teardown(sign_in_has_limits_and_says_from_where, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_printed_can_be_read_back, setup, teardown),
		cmocka_unit_test_setup_teardown(a_product_says_how_its_health_is_asked_for, setup, teardown),
		cmocka_unit_test_setup_teardown(a_product_without_a_source_is_planned, setup, teardown),
		cmocka_unit_test_setup_teardown(rules_of_alerts_say_otherwise_than_the_defaults_and_survive_printing, setup, teardown),
		cmocka_unit_test_setup_teardown(why_nothing_was_found_survives_printing, setup, teardown),
		cmocka_unit_test_setup_teardown(gateway_units_are_named_as_hermes_names_them, setup, teardown),
	};

	json_init();
	return RUN_TESTS("config", tests);
}
