#include "test_hermes.h"

#include "base/str.h"
#include "hermes/frontmatter.h"
#include "hermes/ydoc.h"
#include "json/json.h"
#include "model/agent.h"

/* ---- YAML ---- */

static void yaml_is_read_as_hermes_reads_it(void **state)
{
	static const struct {
		const char *text;
		enum tristate flag;
		const char *shown;
	} cases[] = {
		{ "k: off", TRI_NO, "off" },     { "k: No", TRI_NO, "No" },      { "k: 'off'", TRI_UNKNOWN, "off" },
		{ "k: \"no\"", TRI_UNKNOWN, "no" }, { "k: ON", TRI_YES, "ON" },  { "k: true", TRI_YES, "true" },
		{ "k: maybe", TRI_UNKNOWN, "maybe" }, { "k:", TRI_UNKNOWN, NULL }, { "k: ~", TRI_UNKNOWN, NULL },
		{ "k: null", TRI_UNKNOWN, NULL }, { "k: 'null'", TRI_UNKNOWN, "null" }, { "k: 1\nk: 2", TRI_UNKNOWN, "2" },
		{ "a: &x off\nk: *x", TRI_NO, "off" }, { "k: ${HOME}", TRI_UNKNOWN, "${HOME}" },
		{ "k: [a]", TRI_UNKNOWN, NULL }, { "k: \"a\\nb\\u202Ec\"", TRI_UNKNOWN, "a bc" },
		{ "\xef\xbb\xbfk: bom", TRI_UNKNOWN, "bom" },
	};
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ydoc y = { .is_loaded = false };
		const char *reason = ydoc_load(&y, cases[i].text, strlen(cases[i].text), h->a);

		if (reason)
			fail_msg("%s: %s", cases[i].text, reason);
		assert_int_equal(ydoc_bool(ydoc_at(&y, "k")), cases[i].flag);
		same_text(ydoc_text(ydoc_at(&y, "k"), 100, h->a), cases[i].shown);
		ydoc_done(&y);
	}
}

static void broken_yaml_says_where_and_bombs_cost_nothing(void **state)
{
	static const char *const broken[] = { "a: [1, 2", "a: b: c", "\ta: 1", "a: *nobody", "a: \x80\xff", "- a\nb: c" };
	struct home *h = *state;
	struct ydoc y = { .is_loaded = false };
	char *bomb = arena_alloc(h->a, 8192), *to = bomb;

	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		const char *reason = ydoc_load(&y, broken[i], strlen(broken[i]), h->a);

		if (!reason || !strstr(reason, "line "))
			fail_msg("\"%s\" gives %s", broken[i], reason ? reason : "no error");
		ydoc_done(&y);
	}
	to += sprintf(to, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 40; i++)
		to += sprintf(to, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	assert_null(ydoc_load(&y, bomb, strlen(bomb), h->a));
	assert_int_equal(ydoc_size(ydoc_at(&y, "a39")), 6);
	ydoc_done(&y);
}

/* ---- settings ---- */

static struct settings read_settings(struct home *h)
{
	struct settings s = { 0 };

	hermes_settings(&s, &h->src, h->a, 0);
	return s;
}

static void install(struct home *h, const char *version)
{
	mkdir(in_home(h, "hermes-agent"), 0755);
	puts_(h, "hermes-agent/pyproject.toml", arena_printf(h->a, "[project]\nversion = \"%s\"\n", version));
}

static void what_is_not_said_takes_the_default_of_the_version_or_none(void **state)
{
	static const struct {
		const char *version; /* NULL = not known */
		const char *mode;
		enum tristate secrets;
	} cases[] = {
		{ "0.5.0", "manual", TRI_YES }, { "0.12.3", "manual", TRI_NO }, { "0.15.1", "manual", TRI_YES },
		{ "0.17.0", NULL, TRI_YES },    { "0.20.3", "smart", TRI_YES }, { "0.21.0", "smart", TRI_YES },
		{ NULL, NULL, TRI_UNKNOWN },
	};
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct settings s;

		if (cases[i].version)
			install(h, cases[i].version);
		else
			unlink(in_home(h, "hermes-agent/pyproject.toml"));
		s = read_settings(h);
		assert_int_equal(s.probe.state, PROBE_INACTIVE); /* no config.yaml */
		same_text(s.approvals_mode, cases[i].mode);
		assert_int_equal(s.redact_secrets, cases[i].secrets);
		assert_int_equal(s.redact_secrets_is_set, TRI_NO);
		assert_int_equal(s.redact_pii, TRI_NO);
		assert_int_equal(s.memory_limit, 2200);
	}
}

static void approvals_are_what_they_effectively_are(void **state)
{
	static const struct {
		const char *yaml;
		const char *mode;
	} cases[] = {
		{ "off", "off" },    { "'off'", "off" },     { "no", "off" },	    { "true", "manual" }, { "on", "manual" },
		{ "smart", "smart" }, { "' SMART '", "smart" }, { "''", "manual" }, { "sometimes", "manual" }, { "[smart]", "manual" },
	};
	struct home *h = *state;
	struct settings s;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		puts_(h, "config.yaml", arena_printf(h->a, "approvals:\n  mode: %s\n", cases[i].yaml));
		s = read_settings(h);
		assert_int_equal(s.probe.state, PROBE_OK);
		if (!str_eq(s.approvals_mode, cases[i].mode))
			fail_msg("mode: %s is read as %s", cases[i].yaml, s.approvals_mode);
		assert_string_equal(s.approvals_from, "config.yaml");
	}
	puts_(h, ".env", "export HERMES_YOLO_MODE='1' # for once\n");
	s = read_settings(h);
	assert_string_equal(s.approvals_mode, "off");
	assert_string_equal(s.approvals_from, "HERMES_YOLO_MODE in .env");
	puts_(h, ".env", "#HERMES_YOLO_MODE=1\nHERMES_YOLO_MODE=\nHERMES_YOLO_MODE=0\n");
	assert_string_equal(read_settings(h).approvals_from, "config.yaml");
}

static void names_and_transports_are_kept_and_no_secret_is(void **state)
{
	struct home *h = *state;
	struct settings s;

	puts_(h, "config.yaml",
	      "model: vendor/one\nprovider: p\n_config_version: 37\ncommand_allowlist: [a, b]\n"
	      "mcp_servers:\n  files: {command: npx, args: [--key, PLANTED1], env: {T: PLANTED2}}\n"
	      "  web: {url: 'https://u:PLANTED3@x/', headers: {A: PLANTED4}, enabled: off}\n  live: {url: x, transport: sse}\n  odd: 5\n"
	      "platforms:\n  slack: {enabled: true, token: PLANTED5, home_channel: {chat_id: 1}}\n  telegram: {enabled: no}\n"
	      "memory: {memory_char_limit: 100, user_char_limit: lots}\n");
	puts_(h, ".env", "TELEGRAM_BOT_TOKEN=1:PLANTED6\nTELEGRAM_HOME_CHANNEL=5\nDISCORD_BOT_TOKEN=\nEMAIL_HOME_ADDRESS=\"a@b\"\nX PLANTED7");
	s = read_settings(h);
	assert_int_equal(s.probe.state, PROBE_OK);
	assert_string_equal(s.model, "vendor/one");
	assert_string_equal(s.provider, "p");
	assert_int_equal(s.config_version, 37);
	assert_int_equal(s.allowlist, 2);
	assert_int_equal(s.memory_limit, 100);
	assert_int_equal(s.user_limit, 1375);
	assert_int_equal(s.n_mcp_servers, 4);
	assert_string_equal(s.mcp_servers[0].transport, "stdio");
	assert_string_equal(s.mcp_servers[1].transport, "http");
	assert_int_equal(s.mcp_servers[1].enabled, TRI_NO);
	assert_string_equal(s.mcp_servers[2].transport, "sse");
	assert_string_equal(s.mcp_servers[3].transport, "unknown");
	assert_int_equal(s.n_platforms, 3);
	assert_string_equal(s.platforms[0].name, "telegram");
	assert_string_equal(s.platforms[0].source, ".env and config.yaml");
	assert_int_equal(s.platforms[0].enabled, TRI_NO);
	assert_int_equal(s.platforms[0].has_home_chat, TRI_YES);
	assert_string_equal(s.platforms[1].name, "email");
	assert_string_equal(s.platforms[2].name, "slack");
	assert_int_equal(s.platforms[2].has_home_chat, TRI_YES);
}

static void a_settings_file_that_cannot_be_read_is_unknown(void **state)
{
	struct home *h = *state;

	puts_(h, "config.yaml", "model: [unclosed");
	assert_int_equal(read_settings(h).probe.state, PROBE_UNKNOWN);
	assert_reason(read_settings(h).probe, "line ");
	puts_(h, "config.yaml", "- a list");
	assert_reason(read_settings(h).probe, "no settings");
	puts_(h, "config.yaml", "# nothing but a comment\n");
	assert_int_equal(read_settings(h).probe.state, PROBE_OK);
	assert_int_equal(unlink(in_home(h, "config.yaml")), 0);
	assert_int_equal(mkfifo(in_home(h, "config.yaml"), 0600), 0);
	assert_int_equal(read_settings(h).probe.state, PROBE_UNKNOWN);
	assert_int_equal(unlink(in_home(h, "config.yaml")), 0);
	assert_int_equal(mkfifo(in_home(h, ".env"), 0600), 0);
	assert_int_equal(read_settings(h).probe.state, PROBE_UNKNOWN);
}

/* ---- memory ---- */

static struct memory_file read_memory(struct home *h)
{
	struct memory_file m = { 0 };

	hermes_memory_md(&m, &h->src, h->a, 0);
	return m;
}

static void memory_is_counted_in_characters_of_its_entries(void **state)
{
	static const struct {
		const char *text;
		int64_t entries, characters;
	} cases[] = {
		{ "", 0, 0 },
		{ "one", 1, 3 },
		{ "one\n\xc2\xa7\ntwo", 2, 9 },
		{ " one \n\xc2\xa7\n\n\xc2\xa7\none\n", 1, 3 },       /* empty and double ones are dropped */
		{ "a \xc2\xa7 b", 1, 5 },                             /* inside a line it separates nothing */
		{ "\xe0\xa4\xa8\xe0\xa4\xae", 1, 2 },                 /* characters, not bytes */
	};
	struct home *h = *state;

	assert_int_equal(read_memory(h).probe.state, PROBE_INACTIVE);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct memory_file m;

		puts_(h, "memories/MEMORY.md", cases[i].text);
		m = read_memory(h);
		assert_int_equal(m.probe.state, PROBE_OK);
		assert_int_equal(m.entries, cases[i].entries);
		assert_int_equal(m.characters, cases[i].characters);
		assert_int_equal(m.limit, 2200);
	}
	puts_(h, "memories/MEMORY.md", "\xff\xfe");
	assert_int_equal(read_memory(h).probe.state, PROBE_UNKNOWN);
	puts_(h, "memories/MEMORY.md", "x");
	puts_(h, "config.yaml", "memory: [broken");
	assert_int_equal(read_memory(h).limit, COUNT_UNKNOWN); /* a limit that may be there is not the default */
}

/* ---- skills ---- */

static struct skills read_skills(struct home *h)
{
	struct skills s = { 0 };

	hermes_skills(&s, &h->src, h->a, 0);
	return s;
}

static void put_skill(struct home *h, const char *path, const char *text)
{
	char part[256];

	for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(at - path), path);
		mkdir(in_home(h, part), 0755);
	}
	puts_(h, path, text);
}

static const struct skill *skill(const struct skills *s, const char *name)
{
	for (size_t i = 0; i < s->n_list; i++)
		if (str_eq(s->list[i].name, name))
			return &s->list[i];
	return NULL;
}

static void skills_are_found_as_hermes_finds_them(void **state)
{
	struct home *h = *state;
	struct skills s;

	assert_int_equal(read_skills(h).probe.state, PROBE_INACTIVE);
	put_skill(h, "skills/plain/SKILL.md", "# no front matter");
	put_skill(h, "skills/finance/eu/vat/SKILL.md", "---\nname: vat\nplatforms: [linux, macos]\n---\nx");
	put_skill(h, "skills/mac/only/SKILL.md", "---\nname: mac-only\nplatforms: [macos]\n---\n");
	put_skill(h, "skills/broken/SKILL.md", "---\nname: [unclosed\ndescription: bad\n---\n");
	put_skill(h, "skills/.hub/quarantine/x/SKILL.md", "---\nname: quarantined\n---\n");
	put_skill(h, "skills/a/node_modules/x/SKILL.md", "---\nname: dependency\n---\n");
	put_skill(h, "skills/plain/references/SKILL.md", "---\nname: inner\n---\n");
	put_skill(h, "skills/home/shop/SKILL.md", "---\nname: shop\n---\n");
	put_skill(h, "skills/home/late/SKILL.md", arena_printf(h->a, "---\n%s\nname: late\n---\n", (char *)memset(arena_alloc(h->a, 20001), '#', 20000)));
	puts_(h, "skills/.bundled_manifest", "vat:8f14e45f\nsho:1\n");
	puts_(h, "skills/.hub/lock.json", "{\"installed\": {\"shop\": {\"version\": 1}}}");
	puts_(h, "skills/.usage.json", "{\"vat\": {\"use_count\": 3, \"last_used_at\": \"2026-03-01T00:00:00+00:00\"}}");
	puts_(h, "config.yaml", "skills:\n  disabled: [plain]\n");
	s = read_skills(h);
	assert_int_equal(s.probe.state, PROBE_OK);
	assert_int_equal(s.total, 5);
	assert_int_equal(s.enabled, 4);
	assert_int_equal(s.local, 3);
	assert_int_equal(skill(&s, "plain")->enabled, TRI_NO);
	assert_null(skill(&s, "plain")->category);
	assert_string_equal(skill(&s, "vat")->category, "finance");
	assert_string_equal(skill(&s, "vat")->origin, "bundled");
	assert_int_equal(skill(&s, "vat")->uses, 3);
	assert_int_equal(skill(&s, "vat")->last_used_at, 1772323200);
	assert_string_equal(skill(&s, "shop")->origin, "hub");
	assert_int_equal(skill(&s, "shop")->uses, 0);
	assert_non_null(skill(&s, "[unclosed"));
	assert_non_null(skill(&s, "late")); /* its name lies beyond what Hermes reads: the folder's counts */
}

static void nothing_that_is_called_skill_md_can_hold_us_or_lead_away(void **state)
{
	struct home *h = *state;
	struct skills s;

	put_skill(h, "skills/pipe/x", "");
	assert_int_equal(mkfifo(in_home(h, "skills/pipe/SKILL.md"), 0600), 0);
	put_skill(h, "skills/link/x", "");
	assert_int_equal(symlink("/etc/passwd", in_home(h, "skills/link/SKILL.md")), 0);
	assert_int_equal(symlink("/", in_home(h, "skills/away")), 0);
	assert_int_equal(symlink("..", in_home(h, "skills/up")), 0);
	put_skill(h, "skills/fine/SKILL.md", "---\nname: \"a\\u001b[31m<b>\"\n---\n");
	s = read_skills(h);
	assert_int_equal(s.probe.state, PROBE_OK);
	assert_int_equal(s.total, 1);
	assert_string_equal(s.list[0].name, "a [31m<b>");
}

static void real_homes_give_what_hermes_gives(void **state)
{
	static const char *const homes[] = { "vijay-2026-03", "bheem-2026-03" };
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(homes); i++) {
		char home[256];
		struct skills s;
		struct settings set;
		struct memory_file m;
		CLEANUP_JSON cJSON *want = NULL;
		const cJSON *item;
		int64_t enabled = 0;

		snprintf(home, sizeof(home), "hermes-homes/%s/home", homes[i]);
		h->src.home = arena_strdup(h->a, shared_path(home));
		want = expected_of(h, homes[i]);
		s = read_skills(h);
		assert_int_equal(s.total, cJSON_GetArraySize(at(want, "skills_all_names")));
		cJSON_ArrayForEach(item, at(want, "skills_enabled")) {
			const struct skill *x = skill(&s, text_at(item, "name"));

			assert_non_null(x);
			assert_int_equal(x->enabled, TRI_YES);
			same_text(x->category, text_at(item, "category"));
			enabled++;
		}
		assert_int_equal(s.enabled, enabled);
		m = read_memory(h);
		assert_int_equal(m.entries, at(at(at(want, "memory"), "memory"), "entries")->valueint);
		assert_int_equal(m.characters, at(at(at(want, "memory"), "memory"), "chars")->valueint);
		assert_int_equal(m.limit, at(at(at(want, "memory"), "memory"), "limit")->valueint);
		set = read_settings(h);
		same_text(set.approvals_mode, text_at(at(want, "config"), "approval_mode_effective"));
		assert_int_equal(set.redact_secrets == TRI_YES, cJSON_IsTrue(at(at(want, "config"), "redact_secrets")));
		assert_int_equal(set.redact_pii == TRI_YES, cJSON_IsTrue(at(at(want, "config"), "redact_pii")));
		same_text(set.model, text_at(at(at(want, "config"), "model"), "default"));
		assert_int_equal(set.n_mcp_servers, cJSON_GetArraySize(at(at(want, "config"), "mcp_servers")));
		assert_int_equal(set.n_platform_toolsets, cJSON_GetArraySize(at(at(want, "config"), "platform_toolsets")));
	}
}

/* ---- hooks, plugins, profiles, kanban ---- */

static void hooks_plugins_and_profiles_are_listed(void **state)
{
	struct home *h = *state;
	struct extensions x = { 0 };
	struct profiles p = { 0 };

	put_skill(h, "hooks/greet/HOOK.yaml", "name: greet\nevents: [session_start, \"gateway:<b>\"]\n");
	put_skill(h, "hooks/broken/HOOK.yaml", "events: [");
	put_skill(h, "hooks/empty/other", "");
	put_skill(h, "plugins/tts/plugin.yaml", "name: tts\nversion: 1.2\n");
	put_skill(h, "profiles/work/x", "");
	put_skill(h, "profiles/Not_one/x", "");
	puts_(h, "active_profile", "work\n");
	hermes_extensions(&x, &h->src, h->a, 0);
	assert_int_equal(x.probe.state, PROBE_OK);
	assert_int_equal(x.n_list, 3);
	assert_string_equal(x.list[1].name, "greet");
	assert_int_equal(x.list[1].n_events, 2);
	assert_string_equal(x.list[1].events[1], "gateway:<b>");
	assert_string_equal(x.list[2].kind, "plugin");
	assert_string_equal(x.list[2].version, "1.2");
	hermes_profiles(&p, &h->src, h->a, 0);
	assert_int_equal(p.n_list, 1);
	assert_string_equal(p.list[0].name, "work");
	assert_int_equal(p.list[0].is_active, TRI_YES);
}

static void board(struct home *h, const char *path, const char *sql)
{
	sqlite3 *db;

	put_skill(h, path, "");
	assert_int_equal(sqlite3_open(in_home(h, path), &db), SQLITE_OK);
	run_sql(db, sql);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void boards_are_counted_and_what_is_not_done_comes_first(void **state)
{
	struct home *h = *state;
	struct kanban k = { 0 };

	hermes_kanban(&k, &h->src, h->a, 0);
	assert_int_equal(k.probe.state, PROBE_INACTIVE);
	board(h, "kanban.db",
	      "CREATE TABLE tasks(id TEXT, title TEXT, status TEXT, assignee TEXT, created_at INTEGER, block_kind TEXT);"
	      "INSERT INTO tasks VALUES('t_1','old',"
	      "'done',NULL,1774800000,NULL),('t_2','blocked <b>','blocked','mira',1774700000,'needs_input');"
	      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<300)"
	      "INSERT INTO tasks SELECT 'd_'||i,'x','done',NULL,1774800000+i,NULL FROM n;");
	board(h, "kanban/boards/garden/kanban.db", "CREATE TABLE tasks(id TEXT, status TEXT); INSERT INTO tasks VALUES('t_3','ready');");
	hermes_kanban(&k, &h->src, h->a, 0);
	assert_int_equal(k.probe.state, PROBE_OK);
	assert_int_equal(k.n_latest, KANBAN_LATEST_MAX);
	assert_string_equal(k.latest[0].id, "t_2");
	assert_string_equal(k.latest[0].block_kind, "needs_input");
	assert_string_equal(k.latest[0].board, "default");
	assert_string_equal(k.latest[1].board, "garden");
	assert_string_equal(k.latest[2].id, "d_300");
	for (size_t i = 0; i < k.n_by_status; i++)
		if (str_eq(k.by_status[i].status, "done"))
			assert_int_equal(k.by_status[i].tasks, 301);
	puts_(h, "kanban/boards/garden/kanban.db", "this is no database, though it is long enough to be taken for one at first sight");
	memset(&k, 0, sizeof(k));
	hermes_kanban(&k, &h->src, h->a, 0);
	assert_int_equal(k.probe.state, PROBE_UNKNOWN);
	assert_reason(k.probe, "board garden: kanban.db is not a database");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(yaml_is_read_as_hermes_reads_it),
		HOME_TEST(broken_yaml_says_where_and_bombs_cost_nothing),
		HOME_TEST(what_is_not_said_takes_the_default_of_the_version_or_none),
		HOME_TEST(approvals_are_what_they_effectively_are),
		HOME_TEST(names_and_transports_are_kept_and_no_secret_is),
		HOME_TEST(a_settings_file_that_cannot_be_read_is_unknown),
		HOME_TEST(memory_is_counted_in_characters_of_its_entries),
		HOME_TEST(skills_are_found_as_hermes_finds_them),
		HOME_TEST(nothing_that_is_called_skill_md_can_hold_us_or_lead_away),
		HOME_TEST(real_homes_give_what_hermes_gives),
		HOME_TEST(hooks_plugins_and_profiles_are_listed),
		HOME_TEST(boards_are_counted_and_what_is_not_done_comes_first),
	};

	return RUN_TESTS("agent", tests);
}
