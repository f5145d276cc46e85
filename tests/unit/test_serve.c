/*
 * test_serve.c -- workers on a real socket: good peers, bad peers, and the end.
 */
#include "fcgi.h"

#include <openssl/evp.h>
#include <sys/resource.h>

#include "base/str.h"

#define DEADLINE_MS "700"

static void show_text(struct pane *p)
{
	cJSON *model = cJSON_CreateObject();

	json_add_string(model, "title", "Test");
	json_add_string(model, "text", "here");
	pane_render(p, model);
}

/* Tells the test that it runs, then waits for it. */
static void wait_for_file(struct pane *p)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/running", p->config->state_dir);
	write_text(path, "x", 0600);
	snprintf(path, sizeof(path), "%s/go", p->config->state_dir);
	while (access(path, F_OK) != 0)
		poll(NULL, 0, 5);
	show_text(p);
}

static void show_much(struct pane *p)
{
	p->response->content_type = "text/plain";
	for (int i = 0; i < 900 * 1024; i++)
		buf_addc(&p->response->body, (char)('a' + i % 26));
}

static const struct route table[] = {
	{ "test", "GET", "/", "test", ACCESS_OPEN, NULL, "" },
	{ "test", "GET", "/wait", "test", ACCESS_OPEN, NULL, "" },
	{ "test", "GET", "/much", NULL, ACCESS_OPEN, NULL, "" },
	{ 0 },
};

static const struct handler handlers[] = {
	{ "GET", "/", show_text },
	{ "GET", "/wait", wait_for_file },
	{ "GET", "/much", show_much },
	{ 0 },
};

static const char *const good[] = { "REQUEST_METHOD", "GET", "PATH_INFO", "/", "HTTP_HOST", "127.0.0.1:8480", NULL };

static int setup(void **state)
{
	struct stage *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	stage_open(s, "test", table, handlers);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	stage_close(*state);
	free(*state);
	return 0;
}

static void expect_good(const struct stage *s, const char *when)
{
	CLEANUP(reply_done) struct reply r;

	fcgi_ask(s, good, NULL, &r);
	if (!r.ended || r.status != 200 || !strstr(reply_body(&r), "<section>here</section>"))
		fail_msg("%s: a good request got status %d: %s", when, r.status, buf_str(&r.out));
}

/* The exit status of a worker that ends by itself; -1 when it does not. */
static int wait_status(pid_t pid)
{
	int64_t end = clock_mono_us() + PATIENCE_MS * 1000;
	int status;

	while (clock_mono_us() < end) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
		poll(NULL, 0, 5);
	}
	return -1;
}

static void a_request_is_answered_whole(void **state)
{
	struct stage *s = *state;
	CLEANUP(reply_done) struct reply r;
	pid_t pid = stage_worker(s, "10000");

	fcgi_ask(s, good, NULL, &r);
	assert_true(r.ended);
	assert_int_equal(r.status, 200);
	assert_int_equal(strtoul(reply_header(&r, "Content-Length"), NULL, 10), strlen(reply_body(&r)));
	expect_good(s, "the second");
	kill(pid, SIGTERM);
	assert_int_equal(wait_status(pid), 0);
}

static void a_large_answer_arrives_whole(void **state)
{
	static const char *const much[] = { "REQUEST_METHOD", "GET", "PATH_INFO", "/much", "HTTP_HOST", "localhost:8480",
					    NULL };
	struct stage *s = *state;
	CLEANUP(reply_done) struct reply r;

	stage_pool(s, 1, "10000");
	fcgi_ask(s, much, NULL, &r);
	assert_true(r.ended);
	assert_int_equal(r.out.len - (size_t)(reply_body(&r) - r.out.data), 900 * 1024);
}

static void sigterm_lets_the_request_at_hand_finish(void **state)
{
	static const char *const slow[] = { "REQUEST_METHOD", "GET", "PATH_INFO", "/wait", "HTTP_HOST", "127.0.0.1:8480",
					    NULL };
	struct stage *s = *state;
	CLEANUP(reply_done) struct reply r;
	pid_t pid = stage_worker(s, "20000");
	int fd = fcgi_connect(s);
	char path[160];

	fcgi_start(fd, slow, NULL);
	snprintf(path, sizeof(path), "%s/running", s->state);
	for (int i = 0; access(path, F_OK) != 0 && i < PATIENCE_MS / 5; i++)
		poll(NULL, 0, 5);
	kill(pid, SIGTERM);
	kill(pid, SIGTERM);
	snprintf(path, sizeof(path), "%s/go", s->state);
	write_text(path, "x", 0600);
	fcgi_read(fd, &r, PATIENCE_MS);
	assert_true(r.ended);
	assert_int_equal(r.status, 200);
	close(fd);
	assert_int_equal(wait_status(pid), 0);
}

static void an_idle_worker_stops_at_once_and_leaves_the_socket(void **state)
{
	static const int stops[] = { SIGTERM, SIGINT };
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(stops); i++) {
		pid_t pid = stage_worker(s, "10000");

		expect_good(s, "before");
		kill(pid, stops[i]);
		assert_int_equal(wait_status(pid), 0);
	}
	stage_pool(s, 1, "10000");
	expect_good(s, "after");
}

static void a_stalled_peer_costs_one_worker_its_deadline_and_no_more(void **state)
{
	struct stage *s = *state;
	pid_t pid = stage_worker(s, DEADLINE_MS);
	int fd;

	expect_good(s, "before");
	fd = fcgi_connect(s);
	assert_true(fcgi_send(fd, "\x01", 1));
	assert_int_equal(wait_status(pid), 75);
	close(fd);
	stage_pool(s, 1, DEADLINE_MS);
	expect_good(s, "after");
}

static void a_deadline_holds_though_the_parent_blocked_its_signal(void **state)
{
	struct stage *s = *state;
	sigset_t alarm;
	pid_t pid;
	int fd;

	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigprocmask(SIG_BLOCK, &alarm, NULL);
	pid = stage_worker(s, DEADLINE_MS);
	sigprocmask(SIG_UNBLOCK, &alarm, NULL);
	expect_good(s, "before");
	fd = fcgi_connect(s);
	assert_true(fcgi_send(fd, "\x01", 1));
	/* Not wait_status() alone: a worker that hangs must not outlive the test. */
	int status = wait_status(pid);
	if (status < 0)
		kill(pid, SIGKILL);
	assert_int_equal(status, 75);
	close(fd);
}

static void a_worker_without_free_descriptors_waits_and_goes_on(void **state)
{
	struct stage *s = *state;
	CLEANUP(reply_done) struct reply none, r;
	pid_t pid = stage_worker(s, "10000");
	struct rlimit few = { 4, 1024 }, many = { 1024, 1024 };
	int fd, status;

	expect_good(s, "before");
	assert_int_equal(prlimit(pid, RLIMIT_NOFILE, &few, NULL), 0);
	fd = fcgi_connect(s);
	fcgi_start(fd, good, NULL);
	fcgi_read(fd, &none, 500);
	assert_int_equal(none.raw_len, 0);
	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	assert_int_equal(prlimit(pid, RLIMIT_NOFILE, &many, NULL), 0);
	fcgi_read(fd, &r, PATIENCE_MS);
	assert_int_equal(r.status, 200);
	close(fd);
	kill(pid, SIGTERM);
	assert_int_equal(wait_status(pid), 0);
}

static void a_peer_that_reads_nothing_costs_no_more_either(void **state)
{
	static const char *const much[] = { "REQUEST_METHOD", "GET", "PATH_INFO", "/much", "HTTP_HOST", "127.0.0.1:8480",
					    NULL };
	struct stage *s = *state;
	pid_t pid = stage_worker(s, DEADLINE_MS);
	int fd = fcgi_connect(s);

	fcgi_start(fd, much, NULL);
	assert_int_equal(wait_status(pid), 75);
	close(fd);
}

static void a_client_that_leaves_early_ends_nothing(void **state)
{
	static const char *const much[] = { "REQUEST_METHOD", "GET", "PATH_INFO", "/much", "HTTP_HOST", "127.0.0.1:8480",
					    NULL };
	struct stage *s = *state;
	pid_t pid = stage_worker(s, "10000");

	for (int i = 0; i < 20; i++) {
		int fd = fcgi_connect(s);

		fcgi_start(fd, much, NULL);
		close(fd);
	}
	expect_good(s, "after");
	kill(pid, SIGTERM);
	assert_int_equal(wait_status(pid), 0);
}

static void an_idle_connection_does_not_hold_a_worker(void **state)
{
	struct stage *s = *state;
	pid_t pid = stage_worker(s, "20000");
	int idle = fcgi_connect(s);

	expect_good(s, "beside an idle connection");
	close(idle);
	kill(pid, SIGTERM);
	assert_int_equal(wait_status(pid), 0);
}

static void a_connection_is_closed_though_the_peer_would_keep_it(void **state)
{
	struct stage *s = *state;
	CLEANUP(reply_done) struct reply r;
	CLEANUP(buf_done) struct buf out = BUF_INIT(4096);
	pid_t pid = stage_worker(s, "20000");
	int fd = fcgi_connect(s);
	char c;

	fcgi_add_record(&out, 1, (const char[]){ 0, 1, 1, 0, 0, 0, 0, 0 }, 8); /* FCGI_KEEP_CONN */
	fcgi_add_record(&out, 4, "", 0);
	fcgi_add_record(&out, 5, "", 0);
	assert_true(fcgi_send(fd, out.data, out.len));
	fcgi_read(fd, &r, PATIENCE_MS);
	assert_true(r.ended);
	assert_int_equal(r.status, 400);
	assert_true(read(fd, &c, 1) <= 0);
	expect_good(s, "the next");
	close(fd);
	kill(pid, SIGTERM);
	assert_int_equal(wait_status(pid), 0);
}

/* ---- the public byte sequences ---- */

static const unsigned char *decoded(const char *text, size_t *n)
{
	size_t len = strlen(text);
	unsigned char *out = malloc(len + 4);
	int got;

	assert_non_null(out);
	got = EVP_DecodeBlock(out, (const unsigned char *)text, (int)len);
	assert_true(got >= 0 || len == 0);
	*n = (size_t)got;
	while (len > 0 && text[len - 1] == '=') {
		(*n)--;
		len--;
	}
	return out;
}

/* Sends the steps; longer waits are cut, since the deadline is short here too. */
static void play(const struct stage *s, const cJSON *test, int fd)
{
	bool slow = str_eq(json_string(test, "class"), "slow");
	const cJSON *step;
	int waited = 0;

	cJSON_ArrayForEach(step, json_array(test, "steps")) {
		const char *send_b64 = json_string(step, "send_b64"), *act = json_string(step, "do");
		int64_t wait_ms = 0;

		if (send_b64) {
			size_t n;
			const unsigned char *bytes = decoded(send_b64, &n);

			fcgi_send(fd, bytes, n);
			free((void *)(uintptr_t)bytes);
			json_i64(step, "then_wait_ms", &wait_ms);
		} else if (act && str_starts(act, "hold:")) {
			str_parse_i64(act + 5, 0, 60000, &wait_ms);
		}
		if (slow) {
			/* Every byte is sent; who drips has shown it after a few. */
			if (wait_ms > (waited < 4 ? 300 : 20))
				wait_ms = waited < 4 ? 300 : 20;
			if (waited++ == 1)
				expect_good(s, json_string(test, "name"));
		}
		if (wait_ms > 0)
			poll(NULL, 0, (int)wait_ms);
	}
}

static bool is_well_formed(const struct reply *r)
{
	return r->ended && r->status >= 200 && strstr(buf_str(&r->out), "\r\n\r\n");
}

static void judge(const cJSON *test, const struct reply *r)
{
	const char *expect = json_string(test, "expect"), *name = json_string(test, "name");
	bool ok = false;

	if (strstr(expect, "response") || strstr(expect, "as-anonymous"))
		ok = is_well_formed(r);
	if (strstr(expect, "close"))
		ok |= !r->ended && r->out.len == 0;
	if (strstr(expect, "4xx"))
		ok |= is_well_formed(r) && r->status >= 400 && r->status < 500;
	if (strstr(expect, "400") || strstr(expect, "431"))
		ok |= is_well_formed(r) && (r->status == 400 || r->status == 431);
	if (strstr(expect, "cant-multiplex"))
		ok |= r->ended && r->protocol_status == 1;
	if (strstr(expect, "survive") || strstr(expect, "others-served"))
		ok = true;
	if (!ok)
		fail_msg("%s: expected %s, got %s, status %d, %zu bytes", name, expect,
			 r->ended ? "an end" : "no end", r->status, r->raw_len);
}

static void the_public_byte_sequences_end_as_expected(void **state)
{
	struct stage *s = *state;
	struct json_error err;
	size_t n;
	CLEANUP_FREE char *text = read_all(shared_path("vectors/fastcgi/cases.json"), &n);
	CLEANUP_JSON cJSON *all = json_parse(text, n, JSON_STRICT, &err);
	const cJSON *test;

	if (!all)
		fail_msg("cases.json:%zu: %s", err.line, err.what);
	/* Not the deadline is what is tried here: on a busy machine bytes that come one by one take their time. */
	stage_pool(s, 4, "20000");
	cJSON_ArrayForEach(test, json_array(all, "tests")) {
		bool crash = str_ends(json_string(test, "class"), "-known-crash");

		for (int i = 0; i < (crash ? 20 : 1); i++) {
			CLEANUP(reply_done) struct reply r;
			int fd = fcgi_connect(s);

			play(s, test, fd);
			if (!crash && !str_eq(json_string(test, "class"), "slow")) {
				fcgi_read(fd, &r, PATIENCE_MS);
				judge(test, &r);
			} else {
				r = (struct reply){ .out = BUF_INIT(1) };
			}
			close(fd);
		}
		expect_good(s, json_string(test, "name"));
	}
}

/* ---- plain CGI ---- */

struct cgi_result {
	int status;
	struct reply reply;
};

/* Runs the pane once with these variables ("A=b", NULL-terminated) and this on stdin. */
static void run_cgi(const struct stage *s, const char *const *env, const char *input, struct cgi_result *out)
{
	int in[2], result[2];
	char chunk[65536];
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(result, O_CLOEXEC), 0);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], 0);
		dup2(result[1], 1);
		close(in[1]); /* else it would hold its own stdin open */
		setenv("HMC_CONFIG", s->config, 1);
		setenv("HMC_TEMPLATES", s->templates, 1);
		setenv("HMC_STRICT", "1", 1);
		for (; *env; env++)
			putenv((char *)(uintptr_t)*env);
		exit(pane_main_of("test", table, handlers));
	}
	close(in[0]);
	close(result[1]);
	assert_int_equal(write(in[1], input, strlen(input)), strlen(input));
	out->reply = (struct reply){ .out = BUF_INIT(4 * 1024 * 1024) };
	while ((got = read(result[0], chunk, sizeof(chunk))) > 0)
		buf_add(&out->reply.out, chunk, (size_t)got);
	out->status = wait_status(pid); /* with stdin still open: it must not be waited for */
	close(in[1]);
	close(result[0]);
	if (str_starts(buf_str(&out->reply.out), "Status: "))
		out->reply.status = (int)strtol(buf_str(&out->reply.out) + 8, NULL, 10);
}

static void without_a_socket_one_request_is_answered_on_stdout(void **state)
{
	static const struct {
		const char *env[5];
		int status;
	} cases[] = {
		{ { "PATH_INFO=/" }, 200 },
		{ { "REQUEST_METHOD=HEAD", "PATH_INFO=/" }, 200 },
		{ { "PATH_INFO=/", "HTTP_HOST=evil.example" }, 421 },
		{ { "PATH_INFO=/nowhere" }, 404 },
		{ { "PATH_INFO=/", "REQUEST_METHOD=DELETE" }, 405 },
		{ { "PATH_INFO=/", "QUERY_STRING=a=1&a=2" }, 400 },
		{ { "PATH_INFO=/", "REQUEST_METHOD=POST" }, 411 },
		{ { "PATH_INFO=/", "REQUEST_METHOD=POST", "CONTENT_LENGTH=3", "CONTENT_TYPE=text/plain" }, 415 },
	};
	struct stage *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cgi_result r;

		run_cgi(s, cases[i].env, "a=1", &r);
		if (r.status != 0 || r.reply.status != cases[i].status)
			fail_msg("%s: exit %d, status %d", cases[i].env[0], r.status, r.reply.status);
		reply_done(&r.reply);
	}
}

static void what_is_wrong_at_start_is_said_and_ends_with_78(void **state)
{
	static const char *const env[] = { "PATH_INFO=/", NULL };
	struct stage *s = *state;
	struct cgi_result r;
	char path[160];

	snprintf(path, sizeof(path), "%s/test.html", s->templates);
	write_text(path, "{{#open}}", 0644);
	run_cgi(s, env, "", &r);
	assert_int_equal(r.status, 78);
	assert_int_equal(r.reply.out.len, 0);
	write_text(path, "", 0644);
	snprintf(path, sizeof(path), "%s/key", s->dir);
	assert_int_equal(chmod(path, 0644), 0);
	run_cgi(s, env, "", &r);
	assert_int_equal(r.status, 78);
	assert_int_equal(chmod(path, 0600), 0);
	write_text(s->config, "{ nonsense", 0644);
	run_cgi(s, env, "", &r);
	assert_int_equal(r.status, 78);
}

#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(a_request_is_answered_whole),
		UNIT(a_large_answer_arrives_whole),
		UNIT(sigterm_lets_the_request_at_hand_finish),
		UNIT(an_idle_worker_stops_at_once_and_leaves_the_socket),
		UNIT(a_stalled_peer_costs_one_worker_its_deadline_and_no_more),
		UNIT(a_deadline_holds_though_the_parent_blocked_its_signal),
		UNIT(a_worker_without_free_descriptors_waits_and_goes_on),
		UNIT(a_peer_that_reads_nothing_costs_no_more_either),
		UNIT(a_client_that_leaves_early_ends_nothing),
		UNIT(an_idle_connection_does_not_hold_a_worker),
		UNIT(a_connection_is_closed_though_the_peer_would_keep_it),
		UNIT(the_public_byte_sequences_end_as_expected),
		UNIT(without_a_socket_one_request_is_answered_on_stdout),
		UNIT(what_is_wrong_at_start_is_said_and_ends_with_78),
	};

	json_init();
	return RUN_TESTS("serve", tests);
}
