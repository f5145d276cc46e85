#include "test.h"

#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "config/config.h"
#include "import/propose.h"
#include "json/json.h"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new(256 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static struct proposals take(const char *text)
{
	struct proposals p = { .a = a };
	const char *error = NULL;

	if (!import_services(text, strlen(text), &p, &error))
		fail_msg("%s\n%s", error, text);
	return p;
}

static bool is_noted(const struct proposals *p, const char *piece)
{
	for (size_t i = 0; i < p->n_notes; i++)
		if (strstr(p->notes[i], piece))
			return true;
	return false;
}

/* What is proposed for one service of these lines; its note is one piece of a note, NULL = there must be none. */
struct service {
	const char *lines;
	const char *url;
	const char *note;
};

static void an_address_is_what_healthcheck_and_ports_tell(void **state)
{
	static const struct service cases[] = {
		{ "ports: ['8080:3000']\n    healthcheck:\n      test: ['CMD', 'curl', '-f', 'http://localhost:3000/healthz']", "http://127.0.0.1:8080/healthz", NULL },
		{ "ports: ['127.0.0.1:8080:80/tcp']\n    healthcheck: {test: 'curl -fsS \"http://127.0.0.1/up\" || exit 1'}", "http://127.0.0.1:8080/up", NULL },
		{ "ports: ['100.87.53.10:8443:443']\n    healthcheck: {test: [CMD-SHELL, 'wget -q https://localhost; true']}", "https://100.87.53.10:8443/", NULL },
		{ "ports: ['[::1]:8080:80']\n    healthcheck: {test: curl http://localhost/}", "http://[::1]:8080/", NULL },
		{ "ports: [{target: 80, published: 8080, host_ip: '::'}]\n    healthcheck: {test: curl http://localhost/}", "http://127.0.0.1:8080/", NULL },
		{ "ports: [{target: 80, published: '8080', protocol: udp}]\n    healthcheck: {test: curl http://localhost/}", NULL, "not published to this machine" },
		{ "network_mode: host\n    healthcheck: {test: curl http://localhost:9000/h}", "http://127.0.0.1:9000/h", NULL },
		{ "ports: ['8080:80']", "http://127.0.0.1:8080/", "is a guess" },
		{ "ports: ['8080:80', '8081:81']", NULL, "several ports" },
		{ "ports: ['5432:5432']", NULL, "seldom speaks HTTP" },
		{ "ports: ['5432:5432', '8080:80']", "http://127.0.0.1:8080/", "is a guess" },
		{ "ports: ['3000']", NULL, "a port that the file does not tell" },
		{ "ports: ['${PORT}:80']", NULL, "a port that the file does not tell" },
		{ "ports: ['3000-3005:3000-3005']\n    healthcheck: {test: curl http://localhost:3001/}", NULL, "a port that the file does not tell" },
		{ "ports: ['53:53/udp']", NULL, "nothing of it is published" },
		{ "image: x", NULL, "nothing of it is published" },
		{ "ports: ['8080:80']\n    healthcheck: {test: curl http://db:5432/}", NULL, "asks another host" },
		{ "ports: ['8080:80']\n    healthcheck: {test: 'curl http://localhost:${P}/'}", NULL, "holds a variable" },
		{ "ports: ['8080:80']\n    healthcheck: {test: 'curl http://me:pw@localhost/'}", NULL, "must not hold a user" },
		{ "ports: ['8080:80']\n    healthcheck: {test: 'curl http://localhost/', disable: true}", "http://127.0.0.1:8080/", "is a guess" },
		{ "ports: ['8080:80']\n    healthcheck: {test: ['NONE']}", "http://127.0.0.1:8080/", "is a guess" },
		{ "ports: ['99999:80', ':', '::', '8080:0', '-1:80']", NULL, "a port that the file does not tell" },
		{ "ports: {a: b}", NULL, "a port that the file does not tell" },
		{ "ports: 7", NULL, "nothing of it is published" },
		{ "extends: {service: base}\n    ports: ['8080:80']", "http://127.0.0.1:8080/", "extends another service" },
		{ "<<: {ports: ['8080:80']}", NULL, "takes over another mapping" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct proposals p = take(arena_printf(a, "services:\n  web:\n    %s\n", cases[i].lines));

		assert_int_equal(p.n, 1);
		assert_string_equal(p.list[0].id, "web");
		if (!str_eq(p.list[0].url, cases[i].url))
			fail_msg("%s\ngives %s", cases[i].lines, p.list[0].url);
		if (cases[i].note ? !is_noted(&p, cases[i].note) : p.n_notes > 0)
			fail_msg("%s\nnotes: %s", cases[i].lines, p.n_notes ? p.notes[0] : "none");
	}
}

static void names_become_ids_that_do_not_meet(void **state)
{
	struct proposals p = take("services:\n  My_Web.App: {ports: ['1:80']}\n  x: {container_name: my-web-app}\n  y: {container_name: '${N}'}\n"
				  "  '***': {}\n  abcdefghijklmnopqrstuvwxyz0123456789: {}\n");

	(void)state;
	assert_int_equal(p.n, 4);
	assert_string_equal(p.list[0].id, "my-web-app");
	assert_string_equal(p.list[0].name, "My_Web.App");
	assert_string_equal(p.list[1].id, "my-web-app-2");
	assert_string_equal(p.list[1].name, "my-web-app");
	assert_string_equal(p.list[2].name, "y");
	assert_int_equal(strlen(p.list[3].id), 32);
	assert_true(is_noted(&p, "no id can be made"));
}

static void a_json_list_is_taken_by_its_usual_names(void **state)
{
	struct proposals p = take("[{\"name\":\"Shop\",\"url\":\"https://shop.example/\",\"healthUrl\":\"http://127.0.0.1:3000/h?k=1\"},"
				  "{\"id\":\"api\",\"href\":\"http://127.0.0.1:4000\"},{\"title\":\"Old\",\"port\":5000},"
				  "{\"name\":\"Worker\",\"unit\":\"worker.service\"},{\"name\":\"Bad\",\"unit\":\"a b\",\"url\":\"ftp://x\"},"
				  "{\"url\":\"http://x\"},7]");

	(void)state;
	assert_int_equal(p.n, 5);
	assert_string_equal(p.list[0].url, "http://127.0.0.1:3000/h?k=1");
	assert_string_equal(p.list[0].links[0].url, "https://shop.example/");
	assert_string_equal(p.list[1].url, "http://127.0.0.1:4000");
	assert_string_equal(p.list[2].url, "http://127.0.0.1:5000/");
	assert_true(is_noted(&p, "Old: only its port is told"));
	assert_string_equal(p.list[3].unit.unit, "worker.service");
	assert_null(p.list[4].url);
	assert_null(p.list[4].unit.unit);
	assert_true(is_noted(&p, "Bad: its url is left out: it must begin with http"));
	assert_true(is_noted(&p, "Bad: its unit is left out"));
	assert_true(is_noted(&p, "entry 6: left out: it has no name"));
	assert_true(is_noted(&p, "entry 7: left out: it has no name"));
	assert_int_equal(take("{\"services\":[{\"name\":\"a\",\"url\":\"http://a/\"}]}").n, 1);
	assert_int_equal(take("{\"services\":{\"web\":{\"ports\":[\"8080:80\"]}}}").n, 1);
}

static void what_is_proposed_is_a_configuration(void **state)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
	struct proposals p = take("[{\"name\":\"A \\\"quoted\\\" </name>\",\"url\":\"https://a.example/x\",\"healthUrl\":\"http://127.0.0.1:3000/h\","
				  "\"unit\":\"a.service\"},{\"name\":\"Plain\"}]");
	const char *error = NULL;
	char path[] = "/tmp/mc-import.XXXXXX";
	int fd = mkstemp(path);
	struct config *c;

	(void)state;
	proposals_print(&p, &out);
	assert_true(fd >= 0 && write(fd, buf_str(&out), out.len) == (ssize_t)out.len);
	close(fd);
	c = config_load(path, a, &error);
	unlink(path);
	if (!c)
		fail_msg("%s\n%s", error, buf_str(&out));
	assert_int_equal(c->products.n, 2);
	assert_string_equal(c->products.list[0].name, "A \"quoted\" </name>");
	assert_string_equal(c->products.list[0].links[0].label, "Open");
	assert_null(c->products.list[1].url);
}

static void what_is_configured_is_not_proposed_again(void **state)
{
	static const struct product had = { .id = "web", .name = "Web" };
	const struct products list = { &had, 1 };
	struct proposals p = { .a = a, .had = &list };
	const char text[] = "services: {web: {}, api: {}}", *error = NULL;

	(void)state;
	assert_true(import_services(text, strlen(text), &p, &error));
	assert_int_equal(p.n, 1);
	assert_string_equal(p.list[0].id, "api");
	assert_true(is_noted(&p, "'web' is configured already"));
}

static void there_is_an_end_to_what_is_proposed(void **state)
{
	CLEANUP(buf_done) struct buf text = BUF_INIT(1 << 20);
	struct proposals p;

	(void)state;
	buf_adds(&text, "services:\n");
	for (int i = 0; i < 900; i++)
		buf_printf(&text, "  s%d: {ports: ['${X}:80']}\n", i);
	p = take(buf_str(&text));
	assert_int_equal(p.n, PRODUCTS_MAX);
	assert_true(p.n_notes <= 300);
	assert_true(is_noted(&p, "100 products at most"));
}

static void what_is_no_list_gets_one_line(void **state)
{
	CLEANUP(buf_done) struct buf deep = BUF_INIT(1 << 20), open = BUF_INIT(1 << 20);
	const struct {
		const char *text, *error;
	} cases[] = {
		{ "", "it has no \"services\"" },
		{ "hello", "it has no \"services\"" },
		{ "services: 7", "it has no \"services\"" },
		{ "services: {}", "it names no service" },
		{ "services:\n\t- x", "not YAML: line 2" },
		{ "a: &a [*a", "not YAML" },
		{ "[", "not JSON" },
		{ "{\"a\":1}", "it holds no list of services" },
		{ "[]", "it names no service" },
		{ "deep", "nest too deep" },
		{ "open", "not JSON" },
	};

	(void)state;
	for (int i = 0; i < 500000; i++) {
		buf_adds(&deep, i ? "[" : "a: [");
		buf_addc(&open, '[');
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct proposals p = { .a = a };
		const char *text = i == 9 ? buf_str(&deep) : i == 10 ? buf_str(&open) : cases[i].text, *error = NULL;

		if (import_services(text, strlen(text), &p, &error))
			fail_msg("taken: %.40s", text);
		if (!error || !strstr(error, cases[i].error) || strchr(error, '\n'))
			fail_msg("%.40s gives: %s", text, error);
	}
}

static void too_large_is_too_large(void **state)
{
	struct proposals p = { .a = a };
	const char *error = NULL;

	(void)state;
	assert_false(import_services("x", IMPORT_MAX_BYTES + 1, &p, &error));
	assert_non_null(strstr(error, "larger than 1 MiB"));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(an_address_is_what_healthcheck_and_ports_tell),
		T(names_become_ids_that_do_not_meet),
		T(a_json_list_is_taken_by_its_usual_names),
		T(what_is_proposed_is_a_configuration),
		T(what_is_configured_is_not_proposed_again),
		T(there_is_an_end_to_what_is_proposed),
		T(what_is_no_list_gets_one_line),
		T(too_large_is_too_large),
	};

	json_init();
	return RUN_TESTS("import", tests);
}
