#include "test_hermes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/str.h"
#include "hermes/life.h"
#include "model/upkeep.h"

#define NOW 1774807200 /* the fixed time of test_hermes.h */

static struct life read_life(struct home *h)
{
	struct life l = { 0 };

	hermes_life(&l, &h->src, h->a, 0);
	return l;
}

static void put_dir(struct home *h, const char *name)
{
	assert_int_equal(mkdir(in_home(h, name), 0755), 0);
}

static void a_home_without_any_sign_says_so_and_claims_nothing(void **state)
{
	struct home *h = *state;
	struct life l = read_life(h);

	assert_int_equal(l.probe.state, PROBE_INACTIVE);
	assert_int_equal(l.inbound.state, PROBE_INACTIVE);
	assert_int_equal(l.starts_today, COUNT_UNKNOWN);
	assert_int_equal(l.restarts_today, COUNT_UNKNOWN);
}

static void every_sign_of_a_later_version_is_read(void **state)
{
	struct home *h = *state;
	int64_t midnight = clock_midnight_s(NOW);
	struct life l;

	put_dir(h, "state");
	put_dir(h, "gateway");
	puts_(h, "state/gateway.heartbeat", "{\"pid\": 7, \"updated_at\": \"2026-03-29T17:59:30+00:00\", \"monotonic\": 1.5}");
	puts_(h, "state/gateway.lifecycle.json",
	      "{\"phase\": \"running\", \"pid\": 7, \"started_at\": \"2026-03-29T12:00:00+00:00\", \"prior_unclean_exit\": true}");
	puts_(h, "channel_directory.json", "{\"updated_at\": \"2026-03-29T17:55:00\", \"platforms\": {}}");
	puts_(h, "gateway/dead_targets.json", "{\"telegram:5\": {\"platform\": \"telegram\"}, \"telegram:6\": {}}");
	puts_(h, "gateway_state.json", "{\"gateway_state\": \"running\", \"desired_state\": \"stopped\"}");
	puts_(h, "logs/gateway-starts.log",
	      arena_printf(h->a, "%lld.5\n%lld.25\n%d.0\n%d.0\nnonsense\n", (long long)midnight - 5, (long long)midnight + 5, NOW - 3,
			   NOW + 500));
	l = read_life(h);
	assert_int_equal(l.probe.state, PROBE_OK);
	assert_int_equal(l.heartbeat_at, NOW - 30);
	assert_int_equal(l.heartbeat_limit_s, 150);
	assert_int_equal(l.started_at, NOW - 6 * 3600);
	assert_int_equal(l.was_unclean, TRI_YES);
	assert_true(l.directory_at > NOW);
	assert_int_equal(l.dead_targets, 2);
	assert_string_equal(l.wanted, "stopped");
	assert_int_equal(l.starts_today, 2);
}

static void an_unclean_end_with_too_little_memory_is_told_from_the_last_record(void **state)
{
	static const struct {
		const char *log;
		const char *reason;
	} cases[] = {
		{ "{\"event\": \"gateway.previous_unclean_exit\", \"suspected_oom\": true}\n", "it probably ran out of memory" },
		{ "{\"event\": \"gateway.previous_unclean_exit\", \"detail\": {\"suspected_oom\": true}}\n", "it probably ran out of memory" },
		{ "{\"event\": \"gateway.previous_unclean_exit\", \"suspected_oom\": true}\n"
		  "{\"event\": \"gateway.previous_unclean_exit\", \"suspected_oom\": false}\n", NULL },
		{ "{\"event\": \"other\", \"suspected_oom\": true}\n", NULL },
		{ "gateway.previous_unclean_exit but not JSON", NULL },
		{ "", NULL },
	};
	struct home *h = *state;

	put_dir(h, "state");
	puts_(h, "state/gateway.lifecycle.json", "{\"prior_unclean_exit\": true}");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		puts_(h, "logs/gateway-exit-diag.log", cases[i].log);
		same_text(read_life(h).exit_reason, cases[i].reason);
	}
}

static void a_broken_or_hostile_file_costs_its_sign_alone(void **state)
{
	struct home *h = *state;
	struct life l;

	put_dir(h, "state");
	assert_int_equal(mkfifo(in_home(h, "state/gateway.heartbeat"), 0600), 0);
	puts_(h, "state/gateway.lifecycle.json", "[1, 2");
	assert_int_equal(symlink("/etc/passwd", in_home(h, "channel_directory.json")), 0);
	l = read_life(h);
	assert_int_equal(l.probe.state, PROBE_UNKNOWN);
	assert_reason(l.probe, "gateway.heartbeat");
	assert_int_equal(l.heartbeat_at, 0);
	puts_(h, "gateway_state.json", "{\"gateway_state\": \"running\"}");
	l = read_life(h);
	assert_int_equal(l.probe.state, PROBE_OK);
	assert_int_equal(l.directory_at, 0);
}

static void a_file_too_large_is_not_read_and_of_a_log_only_the_end(void **state)
{
	struct home *h = *state;
	size_t n = (size_t)10 * 1024 * 1024;
	char *big = malloc(n);
	struct life l;

	assert_non_null(big);
	memset(big, ' ', n);
	put_dir(h, "state");
	put(h, "state/gateway.heartbeat", big, n);
	memset(big, '1', n);
	memcpy(big + n - 14, "\n1774807100.5\n", 14);
	put(h, "logs/gateway-starts.log", big, n);
	free(big);
	l = read_life(h);
	assert_reason(l.probe, "gateway.heartbeat");
	assert_int_equal(l.heartbeat_at, 0);
	assert_int_equal(l.starts_today, 1);
}

static void a_heartbeat_of_another_process_is_none_of_the_living_one(void **state)
{
	/* argv[0] of /proc/self is this test: no gateway. So the process is one of a made-up /proc. */
	struct home *h = *state;

	put_dir(h, "state");
	put_dir(h, "proc");
	puts_(h, "proc/77/stat", "77 (hermes) S 1 77 77 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4242 0 0\n");
	put(h, "proc/77/cmdline", "hermes-gateway\0", 15);
	puts_(h, "gateway.pid", "{\"pid\": 77, \"start_time\": 4242}");
	h->src.proc_root = in_home(h, "proc");
	puts_(h, "state/gateway.heartbeat", "{\"pid\": 77, \"updated_at\": \"2026-03-29T17:59:30+00:00\"}");
	assert_int_equal(read_life(h).heartbeat_at, NOW - 30);
	puts_(h, "state/gateway.heartbeat", "{\"pid\": 76, \"updated_at\": \"2026-03-29T17:59:30+00:00\"}");
	assert_int_equal(read_life(h).heartbeat_at, 0);
}

#define SCHEMA "CREATE TABLE sessions(id TEXT PRIMARY KEY, source TEXT);" \
	       "CREATE TABLE messages(id INTEGER PRIMARY KEY, session_id TEXT, role TEXT, content TEXT, timestamp REAL);" \
	       "INSERT INTO sessions VALUES('c','cli'),('t','telegram'),('k','cron'),('n','newthing');"

static void only_what_a_person_wrote_in_a_chat_counts_as_heard(void **state)
{
	struct home *h = *state;
	struct life l;

	make_db(h, SCHEMA);
	l = read_life(h);
	assert_int_equal(l.inbound.state, PROBE_INACTIVE);
	assert_reason(l.inbound, "nobody has written");
	make_db(h, "INSERT INTO messages VALUES(1,'t','user','x',1774800000.5),(2,'t','assistant','x',1774800009),"
		   "(3,'c','user','x',1774800100),(4,'k','user','x',1774800200),(5,'gone','user','x',1774800300)");
	l = read_life(h);
	assert_int_equal(l.inbound.state, PROBE_OK);
	assert_int_equal(l.inbound_at, 1774800000);
	assert_string_equal(l.inbound_source, "telegram");
	make_db(h, "INSERT INTO messages VALUES(6,'n','user','x',1774800400)"); /* an open set */
	assert_int_equal(read_life(h).inbound_at, 1774800400);
}

static void the_newest_by_time_counts_and_a_clock_ahead_only_when_alone(void **state)
{
	struct home *h = *state;

	make_db(h, SCHEMA "INSERT INTO messages VALUES(1,'t','user','x',1774900000)"); /* a day ahead */
	assert_int_equal(read_life(h).inbound_at, 1774900000);
	make_db(h, "INSERT INTO messages VALUES(2,'t','user','x',1774800500),(3,'t','user','x',1774700000)");
	assert_int_equal(read_life(h).inbound_at, 1774800500);
	make_db(h, "INSERT INTO messages VALUES(4,'t','user','x','soon'),(5,'t','user','x',NULL),(6,'t','user','x',1e300)");
	assert_int_equal(read_life(h).inbound_at, 1774800500);
}

static void what_is_no_database_leaves_inbound_unknown_and_the_files_read(void **state)
{
	struct home *h = *state;
	struct life l;

	puts_(h, "state.db", "this is no database, though it is long enough to have a header of one hundred bytes or so, as it "
			     "happens to be here");
	puts_(h, "channel_directory.json", "{}");
	l = read_life(h);
	assert_int_equal(l.inbound.state, PROBE_UNKNOWN);
	assert_int_equal(l.inbound_at, 0);
	assert_int_equal(l.probe.state, PROBE_OK);
}

static void homes_that_hermes_wrote_tell_when_somebody_wrote_last(void **state)
{
	static const struct {
		const char *home;
		int64_t inbound_at;
		const char *source;
	} cases[] = {
		{ "vijay-2026-03", 1774806942, "telegram" },
		{ "bheem-2026-03", 1774584006, "telegram" },
	};
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct life l;

		copy_home(h, cases[i].home);
		l = read_life(h);
		assert_int_equal(l.inbound.state, PROBE_OK);
		assert_int_equal(l.inbound_at, cases[i].inbound_at);
		assert_string_equal(l.inbound_source, cases[i].source);
		assert_int_equal(l.heartbeat_at, 0); /* 0.5 writes none */
		assert_int_equal(l.dead_targets, COUNT_UNKNOWN);
	}
}

static void older_messages_than_are_searched_are_unknown_and_not_none(void **state)
{
	struct home *h = *state;
	struct life l;

	make_db(h, SCHEMA "INSERT INTO messages VALUES(1,'t','user','x',1774800000);"
			  "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i+1 FROM n WHERE i<2500)"
			  "INSERT INTO messages SELECT i,'k','user','x',1774800001 FROM n;");
	l = read_life(h);
	assert_int_equal(l.inbound.state, PROBE_UNKNOWN);
	assert_reason(l.inbound, "older ones are not searched");
}

static void the_sockets_of_the_gateway_process_are_counted(void **state)
{
	struct home *h = *state;
	CLEANUP_FD int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CLEANUP_FD int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CLEANUP_FD int served = -1;
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	struct gateway g = { .pid_state = PID_ALIVE, .pid = getpid() };
	struct gateway_sockets l = { 0 };

	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len), 0);
	assert_int_equal(connect(client, (struct sockaddr *)&at, sizeof(at)), 0);
	served = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(served >= 0);
	life_read_sockets(&l, &g, &h->src, h->a, 0);
	assert_int_equal(l.probe.state, PROBE_OK);
	assert_true(l.listening >= 1);
	assert_int_equal(l.established, 0); /* loopback talk is no life */
	close(take_fd(&client));
	for (int i = 0; i < 100 && l.close_wait < 1; i++) {
		usleep(10000);
		life_read_sockets(&l, &g, &h->src, h->a, 0);
	}
	assert_int_equal(l.close_wait, 1);
	g.pid_state = PID_DEAD;
	life_read_sockets(&l, &g, &h->src, h->a, 0);
	assert_int_equal(l.probe.state, PROBE_INACTIVE);
}

static int sees_sockets_of_root(struct home *h)
{
	struct gateway g = { .pid_state = PID_ALIVE, .pid = 1 };
	struct gateway_sockets l = { 0 };

	life_read_sockets(&l, &g, &h->src, h->a, 0);
	return l.probe.state == PROBE_UNKNOWN && strstr(l.probe.reason, "not permitted") && l.established != 0 ? 0 : 1;
}

static void sockets_that_may_not_be_seen_are_unknown(void **state)
{
	assert_int_equal(as_nobody(sees_sockets_of_root, *state), 0);
}

/* ---- Google ---- */

static struct google_token read_google(struct home *h)
{
	struct google_token g = { 0 };

	hermes_google(&g, &h->src, h->a, 0);
	return g;
}

static void a_token_is_three_facts_and_never_itself(void **state)
{
	struct home *h = *state;
	struct google_token g = read_google(h);

	assert_int_equal(g.probe.state, PROBE_INACTIVE);
	puts_(h, "google_token.json",
	      "{\"token\": \"ya29.x\", \"refresh_token\": \"1//y\", \"scopes\": [\"a\", \"b\"], \"expiry\": \"2026-03-29T17:00:00.123Z\"}");
	g = read_google(h);
	assert_int_equal(g.probe.state, PROBE_OK);
	assert_int_equal(g.expires_at, NOW - 3600);
	assert_int_equal(g.refreshable, TRI_YES);
	assert_int_equal(g.scopes, 2);
	assert_true(g.refreshed_at > NOW);
	puts_(h, "google_token.json", "{\"token\": \"ya29.x\", \"refresh_token\": null, \"expiry\": null}");
	g = read_google(h);
	assert_int_equal(g.refreshable, TRI_NO);
	assert_int_equal(g.expires_at, 0);
	assert_int_equal(g.scopes, COUNT_UNKNOWN);
}

static void a_token_file_that_is_none_is_unknown(void **state)
{
	static const char *const bad[] = { "", "{}", "[]", "\"ya29\"", "{\"token\": 1}", "{\"token\": \"\"}", "{\"token\"" };
	struct home *h = *state;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		puts_(h, "google_token.json", bad[i]);
		if (read_google(h).probe.state != PROBE_UNKNOWN)
			fail_msg("%s is taken for a token", bad[i]);
	}
	assert_int_equal(unlink(in_home(h, "google_token.json")), 0);
	assert_int_equal(mkfifo(in_home(h, "google_token.json"), 0600), 0);
	assert_int_equal(read_google(h).probe.state, PROBE_UNKNOWN);
}

static void the_token_of_a_home_that_hermes_wrote_is_read(void **state)
{
	struct home *h = *state;
	struct google_token g;

	copy_file(h, shared_path("hermes-homes/vijay-2026-03/home/google_token.json"), "google_token.json");
	g = read_google(h);
	assert_int_equal(g.probe.state, PROBE_OK);
	assert_int_equal(g.expires_at, 1774806730);
	assert_int_equal(g.refreshable, TRI_YES);
	assert_int_equal(g.scopes, 8);
}

/* ---- room ---- */

static const struct storage_part *part(const struct storage *x, const char *name)
{
	for (size_t i = 0; i < x->n_parts; i++)
		if (str_eq(x->parts[i].name, name))
			return &x->parts[i];
	return NULL;
}

static void room_is_summed_by_part_and_links_are_not_followed(void **state)
{
	struct home *h = *state;
	char *big = calloc(1, 200000);
	struct storage x = { 0 };

	put_dir(h, "logs");
	put_dir(h, "skills");
	put_dir(h, "skills/deep");
	memset(big, 'x', 200000);
	put(h, "logs/gateway.log", big, 200000);
	put(h, "state.db", big, 100000);
	put(h, "state.db-wal", big, 50000);
	puts_(h, "skills/deep/SKILL.md", "x");
	assert_int_equal(symlink("/usr", in_home(h, "elsewhere")), 0);
	assert_int_equal(mkfifo(in_home(h, "pipe"), 0600), 0);
	free(big);
	hermes_storage(&x, &h->src, h->a, 0);
	assert_int_equal(x.probe.state, PROBE_OK);
	assert_string_equal(x.parts[0].name, "logs");
	assert_true(part(&x, "state.db")->files == 2 && part(&x, "state.db")->bytes >= 150000);
	assert_int_equal(part(&x, "skills")->files, 1);
	assert_int_equal(part(&x, "other")->files, 2);
	assert_int_equal(x.files, 6);
	assert_true(x.bytes < 2000000);
}

static void a_walk_without_time_is_unknown_and_not_half_a_figure(void **state)
{
	struct home *h = *state;
	struct storage x = { 0 };

	put_dir(h, "logs");
	for (int i = 0; i < 600; i++)
		puts_(h, arena_printf(h->a, "logs/%d", i), "x");
	hermes_storage(&x, &h->src, h->a, 1);
	assert_int_equal(x.probe.state, PROBE_UNKNOWN);
	assert_int_equal(x.bytes, COUNT_UNKNOWN);
	assert_int_equal(x.n_parts, 0);
}

static int meets_a_closed_folder(struct home *h)
{
	struct storage x = { 0 };

	hermes_storage(&x, &h->src, h->a, 0);
	return x.probe.state == PROBE_UNKNOWN && x.bytes == COUNT_UNKNOWN && strstr(x.probe.reason, "Permission") ? 0 : 1;
}

static void a_folder_that_may_not_be_looked_into_makes_the_room_unknown(void **state)
{
	struct home *h = *state;

	puts_(h, "logs/a", "x");
	assert_int_equal(chmod(in_home(h, "logs"), 0700), 0);
	assert_int_equal(as_nobody(meets_a_closed_folder, h), 0);
	assert_int_equal(chmod(in_home(h, "logs"), 0744), 0); /* names, but nothing behind them */
	assert_int_equal(as_nobody(meets_a_closed_folder, h), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOME_TEST(a_home_without_any_sign_says_so_and_claims_nothing),
		HOME_TEST(every_sign_of_a_later_version_is_read),
		HOME_TEST(an_unclean_end_with_too_little_memory_is_told_from_the_last_record),
		HOME_TEST(a_broken_or_hostile_file_costs_its_sign_alone),
		HOME_TEST(a_file_too_large_is_not_read_and_of_a_log_only_the_end),
		HOME_TEST(a_heartbeat_of_another_process_is_none_of_the_living_one),
		HOME_TEST(only_what_a_person_wrote_in_a_chat_counts_as_heard),
		HOME_TEST(the_newest_by_time_counts_and_a_clock_ahead_only_when_alone),
		HOME_TEST(what_is_no_database_leaves_inbound_unknown_and_the_files_read),
		HOME_TEST(homes_that_hermes_wrote_tell_when_somebody_wrote_last),
		HOME_TEST(older_messages_than_are_searched_are_unknown_and_not_none),
		HOME_TEST(the_sockets_of_the_gateway_process_are_counted),
		HOME_TEST(sockets_that_may_not_be_seen_are_unknown),
		HOME_TEST(a_token_is_three_facts_and_never_itself),
		HOME_TEST(a_token_file_that_is_none_is_unknown),
		HOME_TEST(the_token_of_a_home_that_hermes_wrote_is_read),
		HOME_TEST(room_is_summed_by_part_and_links_are_not_followed),
		HOME_TEST(a_folder_that_may_not_be_looked_into_makes_the_room_unknown),
		HOME_TEST(a_walk_without_time_is_unknown_and_not_half_a_figure),
	};

	return RUN_TESTS("life", tests);
}
