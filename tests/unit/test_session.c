/*
 * test_session.c -- whose session a request is, how it ends, and how often signing in may fail.
 */
#include "token_fixture.h"

#include <fcntl.h>

#include "web/session.h"
#include "web/throttle.h"

static void an_ended_token_is_refused_and_can_be_ended_once(void **state)
{
	struct fixture *f = *state;
	const char *token = mint(f, TOKEN_SESSION, 3600), *other = mint(f, TOKEN_SESSION, 3600), *reason = NULL;
	struct session_token t;

	assert_int_equal(verify_n(f, token, strlen(token), TOKEN_SESSION, &t), TOKEN_OK);
	assert_int_equal(denied_add(f->dir, t.id, t.expires_at, NOW, f->arena, &reason), DENIED_YES);
	assert_int_equal(denied_add(f->dir, t.id, t.expires_at, NOW, f->arena, &reason), DENIED_NO);
	assert_int_equal(verify(f, token), TOKEN_REFUSED);
	assert_int_equal(verify(f, other), TOKEN_OK);
}

static void a_token_without_jti_can_be_ended_too(void **state)
{
	struct fixture *f = *state;
	const char *token = with_claims(f, "{" GOOD "}"), *reason = NULL;
	struct session_token t;

	assert_int_equal(verify_n(f, token, strlen(token), TOKEN_SESSION, &t), TOKEN_OK);
	assert_null(t.jti);
	assert_int_equal(denied_add(f->dir, t.id, t.expires_at, NOW, f->arena, &reason), DENIED_YES);
	assert_int_equal(verify(f, token), TOKEN_REFUSED);
}

static void a_list_that_cannot_be_examined_refuses_everyone(void **state)
{
	struct fixture *f = *state;
	const char *token = mint(f, TOKEN_SESSION, 3600);
	const char *denied = in_dir(f, "auth/denied"), *away = in_dir(f, "auth/away");

	assert_int_equal(verify(f, token), TOKEN_OK);
	assert_int_equal(rename(denied, away), 0);
	assert_int_equal(verify(f, token), TOKEN_UNCHECKABLE);
	write_bytes(denied, "x", 1, 0600);
	assert_int_equal(verify(f, token), TOKEN_UNCHECKABLE);
	assert_int_equal(unlink(denied), 0);
	assert_int_equal(symlink("away", denied), 0);
	assert_int_equal(verify(f, token), TOKEN_UNCHECKABLE);
	assert_int_equal(unlink(denied), 0);
	assert_int_equal(rename(away, denied), 0);
	assert_int_equal(verify(f, token), TOKEN_OK);
}

static void expired_denials_are_swept_and_others_stay(void **state)
{
	struct fixture *f = *state;
	const char *reason = NULL;
	const struct timespec then[2] = { { .tv_sec = NOW }, { .tv_sec = NOW } };
	const char *cut_path;
	char old[TOKEN_ID_SIZE], live[TOKEN_ID_SIZE], cut[TOKEN_ID_SIZE], next[TOKEN_ID_SIZE];

	memset(old, 'a', 64); memset(live, 'b', 64); memset(cut, 'c', 64); memset(next, 'd', 64);
	old[64] = live[64] = cut[64] = next[64] = '\0';
	assert_int_equal(denied_add(f->dir, old, NOW - 1000, NOW - 2000, f->arena, &reason), DENIED_YES);
	assert_int_equal(denied_add(f->dir, live, NOW + 10, NOW, f->arena, &reason), DENIED_YES);
	/* Its writer died in mid-figure: "17" must not be read as a second in 1970. */
	cut_path = in_dir(f, arena_printf(f->arena, "auth/denied/%s", cut));
	write_bytes(cut_path, "17", 2, 0600);
	assert_int_equal(utimensat(AT_FDCWD, cut_path, then, 0), 0);
	assert_int_equal(denied_add(f->dir, next, NOW + 10, NOW, f->arena, &reason), DENIED_YES);
	assert_int_equal(denied_contains(f->dir, old, f->arena, &reason), DENIED_NO);
	assert_int_equal(denied_contains(f->dir, live, f->arena, &reason), DENIED_YES);
	assert_int_equal(denied_contains(f->dir, cut, f->arena, &reason), DENIED_YES);
	assert_int_equal(denied_contains(f->dir, "../../etc/passwd", f->arena, &reason), DENIED_UNKNOWN);
}

static void a_missing_state_folder_is_named_with_its_cure(void **state)
{
	struct fixture *f = *state;
	const char *error = NULL;

	assert_false(denied_prepare(in_dir(f, "nowhere"), f->arena, &error));
	assert_non_null(strstr(error, "nowhere"));
}

static void a_form_belongs_to_the_session_that_made_it(void **state)
{
	struct fixture *f = *state;
	const char *one = mint(f, TOKEN_SESSION, 3600), *two = mint(f, TOKEN_SESSION, 3600);
	struct session_token a, b, again;
	struct param field = { "csrf", NULL };
	struct request r = { .form = { .items = &field, .n = 1 } };

	verify_n(f, one, strlen(one), TOKEN_SESSION, &a);
	verify_n(f, two, strlen(two), TOKEN_SESSION, &b);
	load(f); /* another worker */
	verify_n(f, one, strlen(one), TOKEN_SESSION, &again);
	assert_string_equal(a.csrf, again.csrf);
	assert_string_not_equal(a.csrf, b.csrf);
	field.value = a.csrf;
	assert_true(session_owns_form(&again, &r));
	assert_false(session_owns_form(&b, &r));
	field.value = "";
	assert_false(session_owns_form(&a, &r));
	assert_false(session_owns_form(&a, &(struct request){ .method = "POST" }));
}

static void bearer_counts_before_the_cookie_and_never_falls_back(void **state)
{
	struct fixture *f = *state;
	const char *token = mint(f, TOKEN_SESSION, 3600);
	struct site site = { .session_cookie = "__Host-hmc", .is_https = true };
	const char *cookie = arena_printf(f->arena, "a=1; __Host-hmc=%s", token);
	const struct {
		const char *authorization, *cookie;
		enum token_result result;
	} cases[] = {
		{ NULL, cookie, TOKEN_OK },
		{ arena_printf(f->arena, "Bearer %s", token), NULL, TOKEN_OK },
		{ arena_printf(f->arena, "bearer  %s", token), NULL, TOKEN_OK },
		{ "Bearer x", cookie, TOKEN_REFUSED },
		{ "Basic dTpw", cookie, TOKEN_REFUSED },
		{ "", cookie, TOKEN_REFUSED },
		{ NULL, NULL, TOKEN_REFUSED },
		{ NULL, arena_printf(f->arena, "hmc=%s", token), TOKEN_REFUSED },
		{ NULL, arena_printf(f->arena, "__Host-hmc=%s; __Host-hmc=%s", token, token), TOKEN_REFUSED },
		{ NULL, arena_printf(f->arena, "a=1, __Host-hmc=%s", token), TOKEN_REFUSED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct request r = { .authorization = cases[i].authorization, .cookie = cases[i].cookie };
		const char *reason = NULL;
		struct session_token t;
		enum token_result got = session_read(&site, f->loaded, &r, NOW, f->arena, &t, &reason);

		if (got != cases[i].result)
			fail_msg("case %zu: %d %s", i, got, reason);
	}
}

static void ten_failures_a_minute_are_the_most(void **state)
{
	struct fixture *f = *state;
	const char *error = NULL;
	int64_t wait_s = 0;

	for (int i = 0; i < THROTTLE_TRIES; i++)
		assert_true(throttle_take(f->dir, i % 2 ? "uma" : NULL, NOW + i, f->arena, &wait_s, &error));
	assert_false(throttle_take(f->dir, "vijay", NOW + 10, f->arena, &wait_s, &error));
	assert_int_equal(wait_s, 50);
	/* What succeeded does not count, and is nobody else's to give back. */
	throttle_give_back(f->dir, "vijay", NOW + 9, f->arena);
	assert_false(throttle_take(f->dir, "vijay", NOW + 10, f->arena, &wait_s, &error));
	throttle_give_back(f->dir, "uma", NOW + 9, f->arena);
	assert_true(throttle_take(f->dir, "vijay", NOW + 10, f->arena, &wait_s, &error));
	assert_false(throttle_take(f->dir, "ravi", NOW + 59, f->arena, &wait_s, &error));
	assert_true(throttle_take(f->dir, "ravi", NOW + 60, f->arena, &wait_s, &error));
	/* A clock that was set back does not lock anybody out for long. */
	assert_true(throttle_take(f->dir, NULL, NOW - 86400, f->arena, &wait_s, &error));
}

static void who_tries_one_bad_token_for_ever_leaves_tries_to_others(void **state)
{
	struct fixture *f = *state;
	const char *error = NULL;
	int64_t wait_s = 0;

	for (int i = 0; i < THROTTLE_TRIES_EACH; i++)
		assert_true(throttle_take(f->dir, "noisy", NOW + i, f->arena, &wait_s, &error));
	for (int i = 0; i < 100; i++)
		assert_false(throttle_take(f->dir, "noisy", NOW + 10, f->arena, &wait_s, &error));
	assert_int_equal(wait_s, 50);
	assert_true(throttle_take(f->dir, "uma", NOW + 10, f->arena, &wait_s, &error));
	assert_true(throttle_take(f->dir, NULL, NOW + 10, f->arena, &wait_s, &error));
	assert_true(throttle_take(f->dir, "noisy", NOW + 60, f->arena, &wait_s, &error));
}

static void sixty_sessions_an_hour_are_the_most_of_one_person(void **state)
{
	struct fixture *f = *state;
	const char *error = NULL;
	int64_t wait_s = 0;

	for (int i = 0; i < THROTTLE_OPENED_EACH; i++)
		assert_true(throttle_open(f->dir, "uma", NOW + i, f->arena, &wait_s, &error));
	assert_false(throttle_open(f->dir, "uma", NOW + 600, f->arena, &wait_s, &error));
	assert_int_equal(wait_s, 3000);
	assert_true(throttle_open(f->dir, "vijay", NOW + 600, f->arena, &wait_s, &error));
	assert_true(throttle_open(f->dir, "uma", NOW + 3600, f->arena, &wait_s, &error));
	/* More people than are remembered: the oldest are forgotten, nobody is locked out. */
	for (int i = 0; i < 2 * THROTTLE_OPENED; i++)
		assert_true(throttle_open(f->dir, arena_printf(f->arena, "u%d", i), NOW + 3600, f->arena, &wait_s, &error));
}

static void tries_that_cannot_be_counted_are_not_let_through(void **state)
{
	struct fixture *f = *state;
	const char *error = NULL;
	int64_t wait_s = 7;

	assert_int_equal(mkdir(in_dir(f, "auth/attempts"), 0700), 0);
	assert_false(throttle_take(f->dir, "uma", NOW, f->arena, &wait_s, &error));
	assert_int_equal(wait_s, 0);
	assert_non_null(error);
	assert_false(throttle_open(f->dir, "uma", NOW, f->arena, &wait_s, &error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(an_ended_token_is_refused_and_can_be_ended_once),
		UNIT(a_token_without_jti_can_be_ended_too),
		UNIT(a_list_that_cannot_be_examined_refuses_everyone),
		UNIT(expired_denials_are_swept_and_others_stay),
		UNIT(a_missing_state_folder_is_named_with_its_cure),
		UNIT(a_form_belongs_to_the_session_that_made_it),
		UNIT(bearer_counts_before_the_cookie_and_never_falls_back),
		UNIT(ten_failures_a_minute_are_the_most),
		UNIT(who_tries_one_bad_token_for_ever_leaves_tries_to_others),
		UNIT(sixty_sessions_an_hour_are_the_most_of_one_person),
		UNIT(tries_that_cannot_be_counted_are_not_let_through),
	};

	json_init();
	return RUN_TESTS("session", tests);
}
