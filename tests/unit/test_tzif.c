#include "test.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/tzif.h"

static struct arena *a;

static int setup(void **state)
{
	(void)state;
	a = arena_new((size_t)4 * 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static int64_t epoch(const char *iso)
{
	int64_t t;

	assert_true(clock_parse_iso(iso, 0, &t));
	return t;
}

/* Two changes: +1 h from 1000 on, +2 h from 100000 on; before, nothing. `rule` follows. */
static size_t small_file(char *out, const char *rule)
{
	static const char header[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\3\0\0\0\4";
	static const char old[] = "\0\0\3\xe8\0\1\x86\xa0" "\1\2" "\0\0\0\0\0\0" "\0\0\x0e\x10\0\0" "\0\0\x1c\x20\1\0" "ABC";
	static const char body[] = "\0\0\0\0\0\0\3\xe8\0\0\0\0\0\1\x86\xa0" "\1\2" "\0\0\0\0\0\0" "\0\0\x0e\x10\0\0"
				   "\0\0\x1c\x20\1\0" "ABC";
	char *p = out;

	memcpy(p, header, 44), p += 44;
	memcpy(p, old, sizeof(old)), p += sizeof(old);
	memcpy(p, header, 44), p += 44;
	memcpy(p, body, sizeof(body)), p += sizeof(body);
	memcpy(p, rule, strlen(rule));
	return (size_t)(p - out) + strlen(rule);
}

static void changes_are_read(void **state)
{
	char file[400];
	struct tzif z;
	size_t n = small_file(file, "\nABC-2\n");

	(void)state;
	assert_true(tzif_parse(file, n, 200000, &z, a));
	assert_int_equal(z.n, 2);
	assert_int_equal(tzif_offset_s(&z, 0), 0);
	assert_int_equal(tzif_offset_s(&z, 999), 0);
	assert_int_equal(tzif_offset_s(&z, 1000), 3600);
	assert_int_equal(tzif_offset_s(&z, 99999), 3600);
	assert_int_equal(tzif_offset_s(&z, 100000), 7200);
	assert_int_equal(tzif_offset_s(&z, INT64_MAX), 7200);
}

static void a_table_that_ends_too_early_is_refused(void **state)
{
	char file[400];
	struct tzif z;
	size_t n = small_file(file, "\nABC-1ABD,M3.5.0,M10.5.0\n");

	(void)state;
	assert_false(tzif_parse(file, n, 200000, &z, a));
	assert_true(tzif_parse(file, n, 100000, &z, a));
}

static void no_prefix_and_no_broken_byte_is_more_than_refused(void **state)
{
	char file[400], broken[400];
	struct tzif z;
	size_t n = small_file(file, "\n");

	(void)state;
	assert_true(tzif_parse(file, n, 0, &z, a));
	for (size_t i = 0; i < n - 1; i++) {
		/* In memory of its own, so that a byte too many is seen. */
		char *piece = malloc(i ? i : 1);

		memcpy(piece, file, i);
		assert_false(tzif_parse(piece, i, 0, &z, a));
		free(piece);
	}
	for (size_t i = 0; i < n; i++)
		for (int bit = 0; bit < 8; bit++) {
			memcpy(broken, file, n);
			broken[i] = (char)(broken[i] ^ 1 << bit);
			if (tzif_parse(broken, n, 0, &z, a))
				tzif_offset_s(&z, 1774807200);
		}
}

static void other_names_are_no_zones(void **state)
{
	static const char *const rows[] = { "", "/etc/passwd", "../../../etc/localtime", "Europe", "Europe/Nowhere", "a b" };
	struct tzif z;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (tzif_load(rows[i], 0, &z, a))
			fail_msg("\"%s\" is a zone", rows[i]);
}

static void clocks_that_are_set_twice_a_year(void **state)
{
	static const struct {
		const char *wall, *utc;
	} rows[] = {
		{ "2026-03-28T07:30:00Z", "2026-03-28T06:30:00Z" },
		{ "2026-03-29T01:59:00Z", "2026-03-29T00:59:00Z" },
		{ "2026-03-29T02:30:00Z", "2026-03-29T01:30:00Z" }, /* left out: the clocks show 03:30 */
		{ "2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z" },
		{ "2026-03-29T07:30:00Z", "2026-03-29T05:30:00Z" },
		{ "2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z" }, /* twice: the first */
		{ "2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z" },
		{ "2026-12-24T18:00:00Z", "2026-12-24T17:00:00Z" },
	};
	struct tzif z;

	(void)state;
	if (!tzif_load("Europe/Berlin", epoch("2026-12-31T00:00:00Z"), &z, a)) {
		print_message("skipped: this machine has no table of zones\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char got[CLOCK_TEXT_MAX];

		clock_rfc3339(tzif_to_utc(&z, epoch(rows[i].wall)), got);
		if (strcmp(got, rows[i].utc) != 0)
			fail_msg("%s on the wall is %s, not %s", rows[i].wall, got, rows[i].utc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_read),
		cmocka_unit_test(a_table_that_ends_too_early_is_refused),
		cmocka_unit_test(no_prefix_and_no_broken_byte_is_more_than_refused),
		cmocka_unit_test(other_names_are_no_zones),
		cmocka_unit_test(clocks_that_are_set_twice_a_year),
	};

	return cmocka_run_group_tests_name("tzif", tests, setup, teardown);
}
