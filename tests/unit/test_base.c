/*
 * tests/unit/test_base.c -- arena, buffer, text, time, log line.
 */
#include "test.h"

#include <inttypes.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "json/json.h"

#define REPL          "\xEF\xBF\xBD"
#define CLEANUP_ARENA CLEANUP(arena_freep)

/* Runs a function in a child; what it wrote to stderr, and whether it was ended by abort(). */
static bool aborts(void (*run)(void), char *message, size_t size)
{
	int fds[2], status;
	size_t n = 0;
	ssize_t got;
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		run();
		_exit(0);
	}
	close(fds[1]);
	while (n < size - 1 && (got = read(fds[0], message + n, size - 1 - n)) > 0)
		n += (size_t)got;
	message[n] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

/* --- arena --- */

static void arena_gives_zeroed_aligned_memory_again_after_a_reset(void **state)
{
	CLEANUP_ARENA struct arena *a = arena_new(1 << 20);

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t size = 0; size < 3000; size += 37) {
			unsigned char *p = arena_alloc(a, size);

			assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
			for (size_t i = 0; i < size; i++)
				assert_int_equal(p[i], 0);
			memset(p, 0xAA, size);
		}
		assert_true(arena_used(a) > 100000);
		arena_reset(a);
		assert_int_equal(arena_used(a), 0);
	}
	assert_non_null(arena_alloc(a, 100000)); /* larger than a block */
}

static void arena_copies_and_prints_text(void **state)
{
	CLEANUP_ARENA struct arena *a = arena_new(1 << 20);
	char large[20001];

	(void)state;
	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	assert_string_equal(arena_strdup(a, "abc"), "abc");
	assert_string_equal(arena_strdup(a, ""), "");
	assert_null(arena_strdup(a, NULL));
	assert_string_equal(arena_strndup(a, "abc", 2), "ab");
	assert_string_equal(arena_strndup(a, "abc", 99), "abc");
	assert_string_equal(arena_strndup(a, "abc", 0), "");
	assert_null(arena_strndup(a, NULL, 3));
	assert_string_equal(arena_printf(a, "%s-%d", "a", 7), "a-7");
	assert_int_equal(strlen(arena_printf(a, "%s", large)), 20000);
}

static void over_the_arena(void)
{
	struct arena *a = arena_new(1024);

	arena_alloc(a, 1000);
	arena_alloc(a, 17);
}

static void far_over_the_arena(void)
{
	arena_alloc(arena_new(SIZE_MAX), SIZE_MAX - 3);
}

static void array_too_large(void)
{
	arena_calloc(arena_new(1 << 20), SIZE_MAX / 2, 3);
}

static void arena_over_its_ceiling_ends_the_process(void **state)
{
	CLEANUP_ARENA struct arena *a = arena_new(1024);
	char message[200];

	(void)state;
	arena_alloc(a, 1000);
	arena_alloc(a, 16); /* 1,008 and 16: exactly full */
	assert_true(aborts(over_the_arena, message, sizeof(message)));
	assert_string_equal(message, "mission-control: an arena reached its ceiling\n");
	assert_true(aborts(array_too_large, message, sizeof(message)));
	assert_string_equal(message, "mission-control: an array is too large for memory\n");
	assert_true(aborts(far_over_the_arena, message, sizeof(message)));
	assert_string_equal(message, "mission-control: an arena reached its ceiling\n");
}

/* --- buf --- */

static void buf_grows_up_to_its_ceiling_and_no_byte_more(void **state)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(1000);

	(void)state;
	assert_string_equal(buf_str(&b), "");
	for (int i = 0; i < 1000; i++)
		buf_addc(&b, 'x');
	assert_int_equal(b.len, 1000);
	assert_false(b.overflow);
	buf_addc(&b, 'y');
	assert_true(b.overflow);
	assert_int_equal(b.len, 1000);
	assert_int_equal(strlen(buf_str(&b)), 1000);
	buf_clear(&b);
	assert_false(b.overflow);
	assert_string_equal(buf_str(&b), "");
}

static void an_addition_that_does_not_fit_is_dropped_whole(void **state)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(10);

	(void)state;
	buf_adds(&b, "12345678");
	buf_adds(&b, "9ab");
	assert_string_equal(buf_str(&b), "12345678");
	assert_true(b.overflow);
	buf_clear(&b);
	buf_printf(&b, "%s", "12345678901");
	assert_string_equal(buf_str(&b), "");
	assert_true(b.overflow);
	buf_clear(&b);
	buf_printf(&b, "%010d", 7);
	assert_string_equal(buf_str(&b), "0000000007");
	assert_false(b.overflow);
	buf_add(&b, "x", SIZE_MAX); /* a length gone wrong */
	assert_true(b.overflow);
	assert_int_equal(b.len, 10);
}

static void buf_holds_any_byte_and_can_be_cut_and_given_away(void **state)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(100), none = BUF_INIT(0);
	CLEANUP_FREE char *s = NULL, *empty = NULL;

	(void)state;
	buf_add(&b, "a\0b", 3);
	buf_add(&b, NULL, 0);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "a\0b", 4);
	buf_cut(&b, 99); /* nothing beyond the end comes back */
	assert_int_equal(b.len, 3);
	buf_cut(&b, 1);
	buf_adds(&b, "bcd");
	buf_cut(&b, 1);
	assert_string_equal(buf_str(&b), "a");
	s = buf_take(&b);
	assert_string_equal(s, "a");
	assert_int_equal(b.len, 0);
	buf_adds(&b, "again");
	assert_string_equal(buf_str(&b), "again");
	buf_cut(&none, 0);
	empty = buf_take(&none);
	assert_string_equal(empty, "");
}

static void arena_printf_says_what_printf_says_wherever_a_block_ends(void **state)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	char want[700], pad[300];

	(void)state;
	for (int i = 0; i < 6000; i++) {
		int64_t numbers[] = { 0, -1, INT64_MAX, INT64_MIN, i, -(int64_t)i * 1000003 };
		int64_t v = numbers[i % ARRAY_SIZE(numbers)];
		const char *got;

		memset(pad, 'x', sizeof(pad));
		pad[i % (int)sizeof(pad)] = '\0';
		if (i % 2) { /* what is written straight, and what libc is asked for */
			snprintf(want, sizeof(want), "%s|%d|%" PRId64 "|%zu|%.4s|%.*s|%.0s", pad, i - 3000, v, (size_t)i, "abcdef", i % 9 - 1,
				 "uvwxyz", "z");
			got = arena_printf(a, "%s|%d|%" PRId64 "|%zu|%.4s|%.*s|%.0s", pad, i - 3000, v, (size_t)i, "abcdef", i % 9 - 1,
					   "uvwxyz", "z");
		} else {
			snprintf(want, sizeof(want), "%s|%" PRId64 "%%|%-9.3s|%5.1f", pad, v, "abcdef", i / 7.0);
			got = arena_printf(a, "%s|%" PRId64 "%%|%-9.3s|%5.1f", pad, v, "abcdef", i / 7.0);
		}
		assert_string_equal(got, want);
		/* What is given next is zero, though a longer text was tried in its place. */
		for (int k = 0; k < 24; k++)
			if (i % 5 == 0)
				assert_int_equal(((const char *)arena_alloc(a, 1))[0], 0);
	}
}

static void buf_printf_grows_for_long_text(void **state)
{
	CLEANUP(buf_done) struct buf b = BUF_INIT(1 << 20);

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%100d", i);
	assert_int_equal(b.len, 100000);
	assert_string_equal(b.data + b.len - 4, " 999");
}

/* --- str --- */

static void strings_are_compared_with_null_in_mind(void **state)
{
	(void)state;
	assert_true(str_eq(NULL, NULL) && str_eq("a", "a") && str_eq("", ""));
	assert_false(str_eq(NULL, "") || str_eq("", NULL) || str_eq("a", "b"));
	assert_true(str_starts("abc", "ab") && str_starts("abc", "") && str_starts("abc", "abc"));
	assert_false(str_starts("ab", "abc") || str_starts(NULL, "") || str_starts("abc", "b"));
	assert_true(str_ends("abc", "bc") && str_ends("abc", "") && str_ends("abc", "abc"));
	assert_false(str_ends("bc", "abc") || str_ends(NULL, "") || str_ends("abc", "b"));
}

static void utf8_is_told_from_what_is_not(void **state)
{
	static const struct {
		const char *bytes;
		size_t n, len, broken; /* len 0: broken, and so many bytes are one replacement character */
	} cases[] = {
		{ "a", 1, 1, 0 },
		{ "\0", 1, 1, 0 },
		{ "\x7F", 1, 1, 0 },
		{ "\xC2\x80", 2, 2, 0 },
		{ "\xDF\xBF", 2, 2, 0 },
		{ "\xE0\xA0\x80", 3, 3, 0 },
		{ "\xED\x9F\xBF", 3, 3, 0 },
		{ "\xEE\x80\x80", 3, 3, 0 },
		{ "\xEF\xBF\xBF", 3, 3, 0 },
		{ "\xF0\x90\x80\x80", 4, 4, 0 },
		{ "\xF4\x8F\xBF\xBF", 4, 4, 0 },
		{ "\x80", 1, 0, 1 },
		{ "\xBF\xBF", 2, 0, 1 },
		{ "\xC0\x80", 2, 0, 1 }, /* overlong */
		{ "\xC1\xBF", 2, 0, 1 },
		{ "\xC3", 1, 0, 1 }, /* cut off */
		{ "\xC3(", 2, 0, 1 },
		{ "\xE0\x9F\xBF", 3, 0, 1 }, /* overlong */
		{ "\xED\xA0\x80", 3, 0, 1 }, /* surrogates */
		{ "\xED\xBF\xBF", 3, 0, 1 },
		{ "\xE2\x82", 2, 0, 2 }, /* cut off after two */
		{ "\xE2\x82z", 3, 0, 2 },
		{ "\xE2\x82\xC3", 3, 0, 2 },
		{ "\xF0\x8F\xBF\xBF", 4, 0, 1 }, /* overlong */
		{ "\xF0\x9F\x98", 3, 0, 3 },
		{ "\xF0\x9F\x98z", 4, 0, 3 },
		{ "\xF4\x90\x80\x80", 4, 0, 1 }, /* above U+10FFFF */
		{ "\xF5\x80\x80\x80", 4, 0, 1 },
		{ "\xF8\x88\x80\x80\x80", 5, 0, 1 },
		{ "\xFE", 1, 0, 1 },
		{ "\xFF", 1, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *s = cases[i].bytes;
		size_t n = cases[i].n;

		if (str_utf8_len(s, n) != cases[i].len || str_is_utf8(s, n) != (cases[i].len == n) ||
		    (!cases[i].len && str_utf8_broken_len(s, n) != cases[i].broken))
			fail_msg("case %zu: length %zu, broken %zu", i, str_utf8_len(s, n),
				 str_utf8_broken_len(s, n));
	}
	assert_int_equal(str_utf8_len("a", 0), 0);
	assert_true(str_is_utf8("", 0));
	assert_false(str_is_utf8("ok\xFFok", 5));
	assert_int_equal(str_utf8_count("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 10), 4);
}

static void foreign_text_is_made_fit_to_show(void **state)
{
	static const struct {
		const char *name, *text;
		size_t max;
		const char *clean;
	} cases[] = {
		{ "plain text stays", "Caf\xC3\xA9 \xF0\x9F\x98\x80 <b>&amp;", 100,
		  "Caf\xC3\xA9 \xF0\x9F\x98\x80 <b>&amp;" },
		{ "nothing stays nothing", "", 10, "" },
		{ "nothing fits into nothing", "a", 0, "" },
		{ "exactly as long as allowed", "abcde", 5, "abcde" },
		{ "one too many is cut with a sign", "abcdef", 5, "abcd…" },
		{ "cut to one", "ab", 1, "…" },
		{ "characters count, not bytes", "\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC", 2, "\xE2\x82\xAC…" },
		{ "invisible characters do not count", "ab\xE2\x80\x8B\xE2\x80\x8B", 2, "ab" },
		{ "control characters become blanks",
		  "a\x01\x1B[31mb\x7F"
		  "c",
		  50, "a  [31mb c" },
		{ "line breaks become blanks", "a\nb\r\nc\td", 50, "a b  c d" },
		{ "C1 and NEL become blanks",
		  "a\xC2\x85\xC2\x9B"
		  "31mb",
		  50, "a  31mb" },
		{ "line and paragraph separators become blanks", "a\xE2\x80\xA8\xE2\x80\xA9z", 50, "a  z" },
		{ "a no-break space stays", "a\xC2\xA0z", 50, "a\xC2\xA0z" },
		{ "bidirectional overrides go",
		  "a\xE2\x80\xAE"
		  "gpj.exe\xE2\x80\xAC",
		  50, "agpj.exe" },
		{ "bidirectional marks go", "a\xE2\x80\x8E\xE2\x80\x8F\xD8\x9Cz", 50, "az" },
		{ "bidirectional embeddings go", "\xE2\x80\xAA\xE2\x80\xABz\xE2\x80\xAD", 50, "z" },
		{ "bidirectional isolates go", "\xE2\x81\xA6\xE2\x81\xA7\xE2\x81\xA8z\xE2\x81\xA9", 50, "z" },
		{ "Hebrew and Arabic letters stay", "\xD7\xA9\xD9\x84", 50, "\xD7\xA9\xD9\x84" },
		{ "zero-width characters go", "pass\xE2\x80\x8Bword\xE2\x80\x8C\xE2\x81\xA0\xEF\xBB\xBF", 50,
		  "password" },
		{ "soft hyphens and fillers go", "a\xC2\xAD\xCD\x8F\xE1\x85\x9F\xE3\x85\xA4\xEF\xBE\xA0z", 50,
		  "az" },
		{ "the joiner stays for emoji families", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7", 50,
		  "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7" },
		{ "variation selectors stay", "\xE2\x9D\xA4\xEF\xB8\x8F", 50, "\xE2\x9D\xA4\xEF\xB8\x8F" },
		{ "tags that hide text go", "a\xF3\xA0\x81\x81\xF3\xA0\x81\x82z", 50, "az" },
		{ "noncharacters go",
		  "a\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xB7\x90\xF0\x9F\xBF\xBF\xF4\x8F\xBF\xBEz", 50, "az" },
		{ "the replacement character stays", "a" REPL "z", 50, "a" REPL "z" },
		{ "a stray byte is replaced", "a\xFFz\x80", 50, "a" REPL "z" REPL },
		{ "a cut sequence is replaced once", "a\xF0\x9F\x98z", 50, "a" REPL "z" },
		{ "a cut sequence at the end", "a\xE2\x82", 50, "a" REPL },
		{ "overlong forms are replaced", "\xC0\xAF", 50, REPL REPL },
		{ "surrogates are replaced", "\xED\xA0\x80", 50, REPL REPL REPL },
		{ "a broken byte counts as a character", "\xFF\xFF\xFF", 2, REPL "…" },
	};
	CLEANUP_ARENA struct arena *a = arena_new(1 << 20);
	int failed = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *got = str_clean(a, cases[i].text, strlen(cases[i].text), cases[i].max);

		if (strcmp(got, cases[i].clean) == 0)
			continue;
		print_error("%s: '%s'\n", cases[i].name, got);
		failed++;
	}
	assert_int_equal(failed, 0);
	assert_null(str_clean(a, NULL, 5, 5));
	assert_string_equal(str_clean(a, "a\0b", 3, 10), "a b");
	assert_string_equal(str_clean(a, "abc", 2, SIZE_MAX), "ab");
}

/* 100 KB of random bytes of four kinds: always valid, bounded, and clean a second time. */
static void a_hundred_kilobytes_of_anything_are_cleaned(void **state)
{
	static const char *const bits[] = { "\xE2\x80\xAE", "\xFF",         "a",    "\xF0\x9F\x98\x80", "\n",
					    "\xE2\x80\x8B", "\xF0\x9F\x98", "\x1B", "\xEF\xBF\xBF",     "<" };
	size_t n = 100000;
	CLEANUP_FREE char *text = malloc(n);
	uint32_t seed = 2463534242u;

	(void)state;
	assert_non_null(text);
	for (int kind = 0; kind < 4; kind++) {
		CLEANUP_ARENA struct arena *a = arena_new(4 << 20);

		for (size_t i = 0; i < n;) {
			const char *bit;

			seed ^= seed << 13;
			seed ^= seed >> 17;
			seed ^= seed << 5;
			if (kind == 0) { /* any bytes */
				text[i++] = (char)(seed >> 8);
				continue;
			}
			bit = kind == 1 ? bits[seed % ARRAY_SIZE(bits)] : kind == 2 ? bits[5] : bits[1];
			for (; *bit && i < n; bit++)
				text[i++] = *bit;
		}
		for (size_t max = 1; max <= 200000; max *= 20) {
			char *clean = str_clean(a, text, n, max);
			size_t len = strlen(clean);

			assert_true(str_is_utf8(clean, len));
			assert_true(str_utf8_count(clean, len) <= max);
			assert_string_equal(str_clean(a, clean, len, max), clean);
			if (kind == 2) /* zero-width only, perhaps with a broken rest */
				assert_true(len <= 3);
			if (kind == 3)
				assert_int_equal(str_utf8_count(clean, len), max < n ? max : n);
		}
	}
}

static void integers_are_read_whole_or_not_at_all(void **state)
{
	static const struct {
		const char *text;
		int64_t min, max;
		bool good;
		int64_t value;
	} cases[] = {
		{ "0", 0, 10, true, 0 },
		{ "10", 0, 10, true, 10 },
		{ "11", 0, 10, false, 0 },
		{ "007", 0, 10, true, 7 },
		{ "-1", -1, 10, true, -1 },
		{ "-2", -1, 10, false, 0 },
		{ "-0", -1, 10, true, 0 },
		{ "-1", 0, 10, false, 0 },
		{ "5", 6, 10, false, 0 },
		{ "9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX },
		{ "9223372036854775808", INT64_MIN, INT64_MAX, false, 0 },
		{ "-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN },
		{ "-9223372036854775809", INT64_MIN, INT64_MAX, false, 0 },
		{ "18446744073709551616", INT64_MIN, INT64_MAX, false, 0 },
		{ "99999999999999999999999999999999999999", INT64_MIN, INT64_MAX, false, 0 },
		{ "00000000000000000000000000000000000001", 0, 10, true, 1 },
		{ "", INT64_MIN, INT64_MAX, false, 0 },
		{ "-", INT64_MIN, INT64_MAX, false, 0 },
		{ "--1", INT64_MIN, INT64_MAX, false, 0 },
		{ "+1", INT64_MIN, INT64_MAX, false, 0 },
		{ " 1", INT64_MIN, INT64_MAX, false, 0 },
		{ "1 ", INT64_MIN, INT64_MAX, false, 0 },
		{ "1\n", INT64_MIN, INT64_MAX, false, 0 },
		{ "1.0", INT64_MIN, INT64_MAX, false, 0 },
		{ "1e3", INT64_MIN, INT64_MAX, false, 0 },
		{ "0x10", INT64_MIN, INT64_MAX, false, 0 },
		{ "1_000", INT64_MIN, INT64_MAX, false, 0 },
		{ "\xD9\xA1", INT64_MIN, INT64_MAX, false, 0 }, /* ARABIC-INDIC DIGIT ONE */
		{ NULL, INT64_MIN, INT64_MAX, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t v = 4711;

		if (str_parse_i64(cases[i].text, cases[i].min, cases[i].max, &v) != cases[i].good ||
		    v != (cases[i].good ? cases[i].value : 4711))
			fail_msg("%s gave %lld", cases[i].text, (long long)v);
	}
}

/* --- clock --- */

static void stamps_are_read_as_hermes_and_others_write_them(void **state)
{
	static const struct {
		const char *text;
		int64_t local, t; /* east of UTC */
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0, 0 },
		{ "2026-11-24T05:22:00Z", 19800, 1795497720 },
		{ "2026-11-24t05:22:00z", 0, 1795497720 },
		{ "2026-11-24 05:22:00+00:00", 19800, 1795497720 },
		{ "2026-11-24T10:52:00+05:30", 0, 1795497720 },
		{ "2026-11-24T10:52:00+0530", 0, 1795497720 },
		{ "2026-11-23T21:22:00-08:00", 0, 1795497720 },
		{ "2026-11-24T05:22:00", 0, 1795497720 },
		{ "2026-11-24T10:52:00", 19800, 1795497720 }, /* naive: the machine's zone */
		{ "2026-11-24T10:52:00.123456", 19800, 1795497720 },
		{ "2026-11-24T05:22:00.999999Z", 0, 1795497720 },
		{ "2026-11-24T05:22:00,5Z", 0, 1795497720 },
		{ "2026-11-24T05:22:00.123456789012345678901234567890+00:00", 0, 1795497720 },
		{ "2026-11-24T05:22Z", 0, 1795497720 },
		{ "2026-11-24T11:15:28+05:53:28", 0, 1795497720 }, /* a zone of 1900 */
		{ "2024-02-29T00:00:00Z", 0, 1709164800 },
		{ "2000-02-29T23:59:59Z", 0, 951868799 },
		{ "2016-12-31T23:59:60Z", 0, 1483228800 }, /* a leap second */
		{ "1969-12-31T23:59:59Z", 0, -1 },
		{ "0001-01-01T00:00:00Z", 0, -62135596800 },
		{ "9999-12-31T23:59:59Z", 0, 253402300799 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t t = 4711;

		if (!clock_parse_iso(cases[i].text, cases[i].local, &t) || t != cases[i].t)
			fail_msg("%s gave %lld", cases[i].text, (long long)t);
	}
}

static void nonsense_is_no_stamp(void **state)
{
	static const char *const texts[] = {
		"",
		"Z",
		"never",
		"1795497720",
		"1795497720.5",
		"2026-11-24",
		"2026-11-24T",
		"2026-11-24T05",
		"2026-11-24T05:",
		"2026-11-24T05:2",
		"2026-11-24T05:22:",
		"2026-11-24T05:22:0",
		"2026-11-24T05:22:00.",
		"2026-11-24T05:22:00.Z",
		"2026-11-24T05:22.5Z",
		"2026-11-24T05:22:00Zx",
		"2026-11-24T05:22:00 Z",
		"2026-11-24T05:22:00 ",
		" 2026-11-24T05:22:00Z",
		"2026-11-24T05:22:00+",
		"2026-11-24T05:22:00+05",
		"2026-11-24T05:22:00+05:",
		"2026-11-24T05:22:00+05:3",
		"2026-11-24T05:22:00+24:00",
		"2026-11-24T05:22:00+05:60",
		"2026-11-24T05:22:00+05:30:",
		"2026-11-24T05:22:00+05:30:60",
		"2026-11-24T05:22:00+05:30x",
		"2026-11-24T05:22:00UTC",
		"2026-11-24T24:00:00Z",
		"2026-11-24T05:60:00Z",
		"2026-11-24T05:22:61Z",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-04-31T00:00:00Z",
		"2026-11-00T00:00:00Z",
		"2025-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z",
		"0000-01-01T00:00:00Z",
		"-026-11-24T05:22:00Z",
		"+2026-11-24T05:22:00Z",
		"12026-11-24T05:22:00Z",
		"2026/11/24T05:22:00Z",
		"2026-11-24X05:22:00Z",
		"2026-1-24T05:22:00Z",
		"20261124T052200Z",
		"2026-11-24T-5:22:00Z",
		"2026-11-24T05:22:+1Z",
		"\xEF\xBC\x92\xEF\xBC\x90-11-24T05:22:00Z",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		int64_t t = 4711;

		if (clock_parse_iso(texts[i], 0, &t) || t != 4711)
			fail_msg("%s gave %lld", texts[i], (long long)t);
	}
	assert_false(clock_parse_iso(NULL, 0, &(int64_t){ 0 }));
}

static void times_are_printed_as_rfc3339(void **state)
{
	static const struct {
		int64_t t;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 1795497720, "2026-11-24T05:22:00Z" },
		{ -1, "1969-12-31T23:59:59Z" },
		{ -62135596800, "0001-01-01T00:00:00Z" },
		{ -30610224001, "0999-12-31T23:59:59Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" },
		{ -62135596801, "" },
		{ 253402300800, "" },
		{ INT64_MAX, "" },
		{ INT64_MIN, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[CLOCK_TEXT_MAX];
		int64_t t;

		clock_rfc3339(cases[i].t, text);
		assert_string_equal(text, cases[i].text);
		if (*text)
			assert_true(clock_parse_iso(text, 3600, &t) && t == cases[i].t);
	}
}

static void clocks_go_on_and_zones_have_an_offset(void **state)
{
	int64_t mono = clock_mono_us();

	(void)state;
	assert_true(clock_now_s() > 1700000000);
	assert_true(clock_mono_us() >= mono);
	setenv("TZ", "XST-05:30", 1);
	tzset();
	assert_int_equal(clock_local_offset_s(1795497720), 19800);
	setenv("TZ", "UTC", 1);
	tzset();
	assert_int_equal(clock_local_offset_s(1795497720), 0);
	assert_int_equal(clock_local_offset_s(INT64_MAX), 0);
}

/* --- log --- */

/* What one call of log_line() writes. */
static char *logged(enum log_level level, const char *text)
{
	static char line[8192];
	FILE *f = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t n;

	assert_non_null(f);
	fflush(stderr);
	dup2(fileno(f), STDERR_FILENO);
	log_line(level, "%s", text);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(f);
	n = fread(line, 1, sizeof(line) - 1, f);
	line[n] = '\0';
	fclose(f);
	return line;
}

/* The same of log_event(), with one field. */
static char *logged_event(enum log_level level, const char *text, const char *value)
{
	const struct log_field fields[] = { { "route", value, false }, { "status", "200", true } };
	static char line[16384];
	FILE *f = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t n;

	assert_non_null(f);
	fflush(stderr);
	dup2(fileno(f), STDERR_FILENO);
	log_event(level, fields, ARRAY_SIZE(fields), "%s", text);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(f);
	n = fread(line, 1, sizeof(line) - 1, f);
	line[n] = '\0';
	fclose(f);
	return line;
}

static void a_json_line_is_one_object_whatever_is_in_it(void **state)
{
	static const char *const texts[] = { "plain", "a\nb", "\"},{\"level\":\"error", "\\", "\\\"", "\xFF\x01", "caf\xC3\xA9", "" };

	(void)state;
	unsetenv("JOURNAL_STREAM");
	log_name("test");
	log_set_form(LOG_JSON);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const char *line = logged_event(LOG_LEVEL_INFO, texts[i], texts[i]);
		size_t len = strlen(line);
		CLEANUP_JSON cJSON *o = json_parse(line, len, JSON_STRICT, NULL);

		assert_ptr_equal(strchr(line, '\n'), line + len - 1);
		assert_non_null(o);
		assert_string_equal(json_string(o, "level"), "info");
		assert_string_equal(json_string(o, "program"), "test");
		assert_string_equal(json_string(o, "message"), json_string(o, "route"));
		assert_int_equal(cJSON_GetArraySize(o), 6);
	}
	assert_non_null(strstr(logged_event(LOG_LEVEL_INFO, "a", "b"), "\"status\":200}\n"));
	assert_non_null(strstr(logged(LOG_LEVEL_ERROR, "a"), "\"level\":\"error\",\"program\":\"test\",\"message\":\"a\"}\n"));
	log_set_form(LOG_PLAIN);
}

static void people_are_spared_what_only_programs_search(void **state)
{
	(void)state;
	log_name("test");
	assert_string_equal(logged_event(LOG_LEVEL_INFO, "a", "b"), "");
	assert_string_equal(logged_event(LOG_LEVEL_WARN, "a", "b"), "test: a\n");
}

static void a_stderr_that_is_the_journal_is_known_by_its_number(void **state)
{
	FILE *f = tmpfile();
	int saved = dup(STDERR_FILENO);
	struct stat st;
	char named[64];
	bool is_journal, is_other;

	(void)state;
	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	snprintf(named, sizeof(named), "%llu:%llu", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	setenv("JOURNAL_STREAM", named, 1);
	is_other = log_is_journal();
	dup2(fileno(f), STDERR_FILENO);
	is_journal = log_is_journal();
	dup2(saved, STDERR_FILENO);
	close(saved);
	fclose(f);
	unsetenv("JOURNAL_STREAM");
	assert_true(is_journal);
	assert_false(is_other);
}

static int sunk;
static bool takes_errors(const struct log_entry *e)
{
	sunk += e->level == LOG_LEVEL_ERROR && e->n_fields == 2 && str_eq(e->fields[0].value, "x\\x0aHMC_STATUS=1");
	return e->level == LOG_LEVEL_ERROR;
}

static void what_a_sink_does_not_take_goes_to_stderr(void **state)
{
	(void)state;
	log_name("test");
	log_set_sink(takes_errors);
	assert_string_equal(logged_event(LOG_LEVEL_ERROR, "a", "x\nHMC_STATUS=1"), "");
	assert_int_equal(sunk, 1);
	assert_string_equal(logged(LOG_LEVEL_WARN, "a"), "test: a\n");
	log_set_sink(NULL);
}

static void a_log_line_cannot_be_forged(void **state)
{
	static const struct {
		const char *text, *line;
	} cases[] = {
		{ "plain", "test: plain\n" },
		{ "a\nhmc: all is well", "test: a\\x0ahmc: all is well\n" },
		{ "a\r\t\x1B[2J\x7F", "test: a\\x0d\\x09\\x1b[2J\\x7f\n" },
		{ "\xC2\x9B"
		  "2J",
		  "test: \\xc2\\x9b2J\n" },
		{ "caf\xC3\xA9 \xF0\x9F\x98\x80", "test: caf\xC3\xA9 \xF0\x9F\x98\x80\n" },
		{ "\xFF\xC3", "test: \\xff\\xc3\n" },
		{ "a\xE2\x80\xAE"
		  "b\xE2\x80\xA8\xE2\x81\xA6",
		  "test: a\\xe2\\x80\\xaeb\\xe2\\x80\\xa8\\xe2\\x81\\xa6\n" },
		{ "a\xE2\x80\xA6\xE2\x80\xAF\xE2\x81\xB0", "test: a\xE2\x80\xA6\xE2\x80\xAF\xE2\x81\xB0\n" },
		{ "100%s %n", "test: 100%s %n\n" },
	};

	(void)state;
	unsetenv("JOURNAL_STREAM");
	log_name("test");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(logged(LOG_LEVEL_ERROR, cases[i].text), cases[i].line);
}

static void a_log_line_is_bounded_and_stays_utf8(void **state)
{
	char text[5000], *line;

	(void)state;
	unsetenv("JOURNAL_STREAM");
	log_name("test");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	memcpy(text + 999, "\xC3\xA9", 2); /* cut in the middle of a character */
	line = logged(LOG_LEVEL_ERROR, text);
	assert_int_equal(strlen(line), strlen("test: ") + 999 + strlen("\\xc3") + 1);
	assert_true(str_is_utf8(line, strlen(line)));
	memset(text, '\x01', sizeof(text) - 1);
	assert_int_equal(strlen(logged(LOG_LEVEL_ERROR, text)), strlen("test: ") + 4000 + 1);
}

static void levels_are_dropped_and_told_to_the_journal(void **state)
{
	(void)state;
	log_name("test");
	setenv("JOURNAL_STREAM", "8:1", 1); /* of another process: this stderr is no journal */
	assert_string_equal(logged(LOG_LEVEL_WARN, "a"), "test: a\n");
	unsetenv("JOURNAL_STREAM");
	assert_string_equal(logged(LOG_LEVEL_DEBUG, "a"), "");
	log_set_level(LOG_LEVEL_DEBUG);
	assert_string_equal(logged(LOG_LEVEL_DEBUG, "a"), "test: a\n");
	log_set_level(LOG_LEVEL_ERROR);
	assert_string_equal(logged(LOG_LEVEL_WARN, "a"), "");
	log_set_level(LOG_LEVEL_INFO);
}

static void duration_is_a_number_and_a_unit_or_nothing(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds; /* 0 = refused */
	} cases[] = {
		{ "90s", 90 }, { "15m", 900 }, { "26h", 93600 }, { "7d", 604800 }, { "100000d", INT64_C(8640000000) },
		{ "0s", 0 }, { "-1h", 0 }, { "+1h", 0 }, { "1", 0 }, { "h", 0 }, { "", 0 }, { "1w", 0 }, { "1 h", 0 },
		{ "1.5h", 0 }, { "100001d", 0 }, { "99999999999999999999d", 0 }, { NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t got = 0;

		assert_int_equal(str_parse_duration(cases[i].text, &got), cases[i].seconds != 0);
		assert_int_equal(got, cases[i].seconds);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(duration_is_a_number_and_a_unit_or_nothing),
		cmocka_unit_test(arena_gives_zeroed_aligned_memory_again_after_a_reset),
		cmocka_unit_test(arena_copies_and_prints_text),
		cmocka_unit_test(arena_over_its_ceiling_ends_the_process),
		cmocka_unit_test(buf_grows_up_to_its_ceiling_and_no_byte_more),
		cmocka_unit_test(an_addition_that_does_not_fit_is_dropped_whole),
		cmocka_unit_test(buf_holds_any_byte_and_can_be_cut_and_given_away),
		cmocka_unit_test(arena_printf_says_what_printf_says_wherever_a_block_ends),
		cmocka_unit_test(buf_printf_grows_for_long_text),
		cmocka_unit_test(strings_are_compared_with_null_in_mind),
		cmocka_unit_test(utf8_is_told_from_what_is_not),
		cmocka_unit_test(foreign_text_is_made_fit_to_show),
		cmocka_unit_test(a_hundred_kilobytes_of_anything_are_cleaned),
		cmocka_unit_test(integers_are_read_whole_or_not_at_all),
		cmocka_unit_test(stamps_are_read_as_hermes_and_others_write_them),
		cmocka_unit_test(nonsense_is_no_stamp),
		cmocka_unit_test(times_are_printed_as_rfc3339),
		cmocka_unit_test(clocks_go_on_and_zones_have_an_offset),
		cmocka_unit_test(a_log_line_cannot_be_forged),
		cmocka_unit_test(a_json_line_is_one_object_whatever_is_in_it),
		cmocka_unit_test(people_are_spared_what_only_programs_search),
		cmocka_unit_test(a_stderr_that_is_the_journal_is_known_by_its_number),
		cmocka_unit_test(what_a_sink_does_not_take_goes_to_stderr),
		cmocka_unit_test(a_log_line_is_bounded_and_stays_utf8),
		cmocka_unit_test(levels_are_dropped_and_told_to_the_journal),
	};

	return RUN_TESTS("base", tests);
}
