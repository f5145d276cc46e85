/*
 * test_routes.c -- the one table of addresses, and that nothing is answered beside it.
 */
#include <dirent.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "test.h"
#include "web/routes.h"

static void answer(struct pane *p)
{
	(void)p;
}

static const struct route table[] = {
	{ "a", "GET", "/x", NULL, ACCESS_OPEN, NULL, "" },
	{ "a", "POST", "/x", NULL, ACCESS_ADMIN, NULL, "" },
	{ "b", "GET", "/y", NULL, ACCESS_OPEN, NULL, "" },
	{ 0 },
};

static void a_route_without_a_handler_and_a_handler_without_a_route_are_named(void **state)
{
	static const struct handler whole[] = { { "GET", "/x", answer }, { "POST", "/x", answer }, { 0 } };
	static const struct handler half[] = { { "GET", "/x", answer }, { 0 } };
	static const struct handler foreign[] = { { "GET", "/x", answer }, { "POST", "/x", answer }, { "GET", "/y", answer }, { 0 } };
	static const struct handler other_method[] = { { "GET", "/x", answer }, { "PUT", "/x", answer }, { 0 } };
	static const struct handler twice[] = { { "GET", "/x", answer }, { "POST", "/x", answer }, { "GET", "/x", answer }, { 0 } };
	struct arena *a = arena_new(1024 * 1024);

	(void)state;
	assert_null(routes_mismatch("a", table, whole, a));
	assert_string_equal(routes_mismatch("a", table, half, a), "POST /x is a route of a (src/web/routes.c), which does not answer it");
	assert_string_equal(routes_mismatch("a", table, foreign, a), "GET /y is answered by a, but is not one of its routes (src/web/routes.c)");
	assert_non_null(routes_mismatch("a", table, other_method, a));
	assert_string_equal(routes_mismatch("a", table, twice, a), "GET /x has two handlers in a");
	assert_non_null(routes_mismatch("c", table, whole, a));
	arena_free(a);
}

static void each_address_stands_once_and_belongs_to_one_program(void **state)
{
	(void)state;
	for (const struct route *r = routes; r->path; r++)
		for (const struct route *s = r + 1; s->path; s++) {
			if (!str_eq(r->path, s->path))
				continue;
			assert_string_equal(r->program, s->program);
			assert_string_not_equal(r->method, s->method);
		}
}

/* Whoever opens another one to everybody says so here, too. */
static void what_is_open_to_anybody_is_known_by_name(void **state)
{
	static const char *const open[] = { "GET /", "GET /login", "POST /login", "GET /healthz" };

	(void)state;
	for (const struct route *r = routes; r->path; r++) {
		char text[128];
		bool found = false;

		snprintf(text, sizeof(text), "%s %s", r->method, r->path);
		for (size_t i = 0; i < ARRAY_SIZE(open); i++)
			found = found || str_eq(text, open[i]);
		if (found != (r->access == ACCESS_OPEN))
			fail_msg("%s is %s", text, access_name(r->access));
	}
}

static void a_route_says_what_it_is_and_changes_nothing_without_a_post(void **state)
{
	(void)state;
	for (const struct route *r = routes; r->path; r++) {
		assert_true(r->path[0] == '/' && r->about[0] && r->program[0]);
		assert_true(str_eq(r->method, "GET") || str_eq(r->method, "POST"));
		if (str_eq(r->method, "POST"))
			assert_false(str_starts(r->path, "/api/"));
		if (str_starts(r->path, "/api/"))
			assert_null(r->template);
	}
}

static size_t routes_of(const char *program)
{
	size_t n = 0;

	for (const struct route *r = routes; r->path; r++)
		n += str_eq(r->program, program);
	return n;
}

/* pane_main() knows the one table; what would know another is for tests like this. */
static void every_program_serves_the_table_and_no_other(void **state)
{
	struct arena *a = arena_new(16 * 1024 * 1024);
	const char *dir = arena_strdup(a, top_path("cgi-bin"));
	DIR *d = opendir(dir);
	const struct dirent *e;
	size_t n = 0;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d))) {
		char *text;
		size_t len;

		if (!str_ends(e->d_name, ".c"))
			continue;
		text = read_all(arena_printf(a, "%s/%s", dir, e->d_name), &len);
		assert_non_null(strstr(text, arena_printf(a, "pane_main(\"%.*s\", ", (int)strlen(e->d_name) - 2, e->d_name)));
		assert_null(strstr(text, "pane_main_of"));
		assert_null(strstr(text, "struct route "));
		n += routes_of(arena_strndup(a, e->d_name, strlen(e->d_name) - 2));
		free(text);
	}
	closedir(d);
	for (const struct route *r = routes; r->path; r++)
		n--;
	assert_int_equal(n, 0); /* no route of a program that is none */
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_route_without_a_handler_and_a_handler_without_a_route_are_named),
		cmocka_unit_test(each_address_stands_once_and_belongs_to_one_program),
		cmocka_unit_test(what_is_open_to_anybody_is_known_by_name),
		cmocka_unit_test(a_route_says_what_it_is_and_changes_nothing_without_a_post),
		cmocka_unit_test(every_program_serves_the_table_and_no_other),
	};

	return RUN_TESTS("routes", tests);
}
