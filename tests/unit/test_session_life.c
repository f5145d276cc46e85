/*
 * test_session_life.c -- how a session begins, lasts and ends.
 */
#include "token_fixture.h"

#include <fcntl.h>

#include "base/clock.h"
#include "web/ended.h"
#include "web/notbefore.h"
#include "web/response.h"
#include "web/session.h"

#define HOUR 3600

static const struct site site = { .session_cookie = "hmc", .arrival_cookie = "hmc-arrival" };

static enum token_result verify_at(struct fixture *f, const char *token, int64_t now, struct session_token *t)
{
	const char *reason = NULL;

	return token_verify(f->loaded, token, strlen(token), TOKEN_COOKIE, now, f->arena, t, &reason);
}

static const char *open_with(struct fixture *f, const char *shown, struct session_token *t)
{
	const char *error = NULL, *token;
	struct session_token who;

	assert_int_equal(verify_n(f, shown, strlen(shown), TOKEN_SESSION, &who), TOKEN_OK);
	token = session_open(f->loaded, &who, who.expires_at, NOW, f->arena, t, &error);
	if (!token)
		fail_msg("%s", error);
	return token;
}

/* The token that the browser is handed when the session is used at that time; NULL for none. */
static const char *renewed(struct fixture *f, const struct session_token *t, int64_t now)
{
	CLEANUP(response_done) struct response r;
	const char *at;

	response_init(&r);
	session_renew(&site, f->loaded, t, now, f->arena, &r);
	at = strstr(buf_str(&r.headers), "hmc=");
	return at ? arena_strndup(f->arena, at + 4, strcspn(at + 4, ";")) : NULL;
}

static void a_session_is_of_whom_the_token_was_and_is_good_for_the_cookie_alone(void **state)
{
	struct fixture *f = *state;
	struct session_token t, again;
	const char *token = open_with(f, mint(f, TOKEN_SESSION, 20 * 86400), &t);

	assert_int_equal(verify_at(f, token, NOW, &again), TOKEN_OK);
	assert_true(again.is_browser);
	assert_string_equal(again.sub, "uma");
	assert_int_equal(again.role, ROLE_ADMIN);
	assert_int_equal(again.expires_at, NOW + 12 * HOUR);
	assert_int_equal(again.limit_at, NOW + 7 * 86400);
	assert_true(strlen(token) < 1024); /* or it would not be remembered */
	/* Known by now, and still no Bearer token, no link and nothing to sign in with. */
	assert_int_equal(verify(f, token), TOKEN_REFUSED);
	assert_int_equal(verify_n(f, token, strlen(token), TOKEN_LINK, &again), TOKEN_REFUSED);
}

static void a_session_that_is_used_lasts_to_its_limit_and_no_longer(void **state)
{
	struct fixture *f = *state;
	struct session_token first, t;
	const char *token = open_with(f, mint(f, TOKEN_SESSION, 30 * 86400), &first), *next;
	int64_t now = NOW;
	int renewals = 0;

	t = first;
	assert_null(renewed(f, &t, NOW + 6 * HOUR - 1));
	for (now = NOW; now < NOW + 8 * 86400; now += HOUR) {
		if (verify_at(f, token, now, &t) != TOKEN_OK)
			break;
		/* What stands in an open form stays good. */
		assert_string_equal(t.csrf, first.csrf[0] ? first.csrf : t.csrf);
		assert_string_equal(t.id, first.id[0] ? first.id : t.id);
		first = t;
		next = renewed(f, &t, now);
		renewals += next != NULL;
		token = next ? next : token;
	}
	assert_int_equal(now, NOW + 7 * 86400);
	assert_true(renewals >= 14 && renewals <= 28);
	assert_null(renewed(f, &t, NOW + 7 * 86400 - 1));
}

static void a_session_that_is_not_used_ends(void **state)
{
	struct fixture *f = *state;
	struct session_token t;
	const char *token = open_with(f, mint(f, TOKEN_SESSION, 86400), &t);

	assert_int_equal(verify_at(f, token, NOW + 12 * HOUR - 1, &t), TOKEN_OK);
	assert_int_equal(verify_at(f, token, NOW + 12 * HOUR, &t), TOKEN_REFUSED);
}

static void no_session_outlasts_the_token_that_opened_it(void **state)
{
	struct fixture *f = *state;
	struct session_token t;
	const char *token = open_with(f, mint(f, TOKEN_SESSION, 900), &t);

	assert_int_equal(t.expires_at, NOW + 900);
	assert_null(renewed(f, &t, NOW + 800));
	assert_int_equal(verify_at(f, token, NOW + 900, &t), TOKEN_REFUSED);
}

static void a_link_says_how_long_and_its_use_does_not_end_what_it_opens(void **state)
{
	struct fixture *f = *state;
	const char *link = mint(f, TOKEN_LINK, 600), *reason = NULL, *token;
	struct session_token who, t;

	assert_int_equal(verify_n(f, link, strlen(link), TOKEN_LINK, &who), TOKEN_OK);
	token = session_open(f->loaded, &who, NOW + who.link_ttl_s, NOW, f->arena, &t, &reason);
	assert_int_equal(denied_add(f->dir, who.id, who.expires_at, NOW, f->arena, &reason), DENIED_YES);
	assert_int_equal(verify_at(f, token, NOW + 11 * HOUR, &t), TOKEN_OK);
	assert_int_equal(t.limit_at, NOW + 43200);
}

static void whatever_ends_what_was_shown_ends_the_session(void **state)
{
	struct fixture *f = *state;
	const char *shown = mint(f, TOKEN_SESSION, 86400), *reason = NULL, *token, *next, *other;
	struct session_token who, t, later;

	verify_n(f, shown, strlen(shown), TOKEN_SESSION, &who);
	token = open_with(f, shown, &t);
	verify_at(f, token, NOW, &t);
	next = renewed(f, &t, NOW + 7 * HOUR);
	assert_non_null(next);
	assert_int_equal(verify_at(f, next, NOW + 7 * HOUR, &later), TOKEN_OK);
	assert_int_equal(denied_add(f->dir, who.id, who.expires_at, NOW, f->arena, &reason), DENIED_YES);
	assert_int_equal(verify_at(f, next, NOW + 7 * HOUR, &later), TOKEN_REFUSED);
	assert_int_equal(verify_at(f, token, NOW + 7 * HOUR, &later), TOKEN_REFUSED);
	/* Signing out ends all tokens of one session, and not another one. */
	token = open_with(f, mint(f, TOKEN_SESSION, 86400), &t);
	other = open_with(f, mint(f, TOKEN_SESSION, 86400), &later);
	verify_at(f, token, NOW, &t);
	next = renewed(f, &t, NOW + 7 * HOUR);
	assert_int_equal(verify_at(f, next, NOW + 7 * HOUR, &t), TOKEN_OK);
	assert_int_equal(denied_add(f->dir, t.id, t.limit_at, NOW, f->arena, &reason), DENIED_YES);
	assert_int_equal(verify_at(f, token, NOW + 7 * HOUR, &t), TOKEN_REFUSED);
	assert_int_equal(verify_at(f, next, NOW + 7 * HOUR, &t), TOKEN_REFUSED);
	assert_int_equal(verify_at(f, other, NOW + 7 * HOUR, &t), TOKEN_OK);
}

static void a_session_survives_rotation_and_ends_with_the_key_that_opened_it(void **state)
{
	static const char second[] = "fedcba9876543210fedcba9876543210";
	struct fixture *f = *state;
	struct session_token first, t;
	const char *token = open_with(f, mint(f, TOKEN_SESSION, 6 * 86400), &first), *next;

	use_key(f, 1, "new", "HS256", second, strlen(second));
	f->keys[1].mints = true;
	load(f);
	assert_int_equal(verify_at(f, token, NOW + 7 * HOUR, &t), TOKEN_OK);
	next = renewed(f, &t, NOW + 7 * HOUR);
	assert_int_equal(verify_at(f, next, NOW + 7 * HOUR, &first), TOKEN_OK);
	assert_string_equal(first.csrf, t.csrf);
	/* The new key signs it, but it was the old one's word that let the person in. */
	f->keys[0] = f->keys[1];
	f->config.n_keys = 1;
	load(f);
	assert_int_equal(verify_at(f, next, NOW + 7 * HOUR, &t), TOKEN_REFUSED);
}

static void a_shorter_limit_holds_for_sessions_that_are_open(void **state)
{
	struct fixture *f = *state;
	struct session_token t;
	const char *token = open_with(f, mint(f, TOKEN_SESSION, 6 * 86400), &t);

	f->config.session_limit_s = HOUR;
	load(f);
	assert_int_equal(verify_at(f, token, NOW + HOUR - 1, &t), TOKEN_OK);
	load(f);
	assert_int_equal(verify_at(f, token, NOW + HOUR, &t), TOKEN_REFUSED);
}

#define HEX16  "0123456789abcdef"
#define SEED   "\"seed\":\"" HEX16 HEX16 "\""
#define SRC    "\"src\":\"" HEX16 HEX16 HEX16 HEX16 "\""

/* Signed as well as ours is. */
static enum token_result judge(struct fixture *f, const char *via, const char *rest)
{
	struct session_token t;

	return verify_at(f, with_claims(f, arena_printf(f->arena, "{" GOOD ",\"use\":\"browser\",\"via\":\"%s\",%s}", via, rest)),
			 NOW, &t);
}

static void sessions_that_are_not_as_ours_are_refused(void **state)
{
	static const char good[] = "\"jti\":\"n\",\"start\":1799999000,\"limit\":1800600000," SEED "," SRC;
	static const char *const bad[] = {
		"\"start\":1799999000,\"limit\":1800600000," SEED "," SRC,
		"\"jti\":\"n\",\"limit\":1800600000," SEED "," SRC,
		"\"jti\":\"n\",\"start\":1799999000," SEED "," SRC,
		"\"jti\":\"n\",\"start\":1799999000,\"limit\":1800000000," SEED "," SRC,
		"\"jti\":\"n\",\"start\":\"1\",\"limit\":1800600000," SEED "," SRC,
		"\"jti\":\"n\",\"start\":1799000000,\"limit\":1800600000," SEED "," SRC,
		"\"jti\":\"n\",\"start\":1799999000,\"limit\":1800600000," SRC,
		"\"jti\":\"n\",\"start\":1799999000,\"limit\":1800600000,\"seed\":\"" HEX16 "\"," SRC,
		"\"jti\":\"n\",\"start\":1799999000,\"limit\":1800600000," SEED,
		"\"jti\":\"n\",\"start\":1799999000,\"limit\":1800600000," SEED ",\"src\":\"../../etc/passwd\"",
	};
	struct fixture *f = *state;
	const char *shown = mint(f, TOKEN_SESSION, 3600);
	struct session_token who;

	verify_n(f, shown, strlen(shown), TOKEN_SESSION, &who);
	assert_int_equal(judge(f, who.key_print, good), TOKEN_OK);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (judge(f, who.key_print, bad[i]) != TOKEN_REFUSED)
			fail_msg("%s", bad[i]);
	assert_int_equal(judge(f, HEX16, good), TOKEN_REFUSED);
}

#define UMA  "e811eb7830249bae4b61145ae6e5f0933d7f890570d6ead6e78f89f04fd6aeb5"
#define RAVI "372fb41298889bc4df223a601cf4475407cdeae0938692ae018737ec1335190b"

static void a_person_can_be_ended_whole(void **state)
{
	struct fixture *f = *state;
	const char *reason = NULL, *mark, *token = mint(f, TOKEN_SESSION, 3600), *link = mint(f, TOKEN_LINK, 600), *session;
	const char *other = with_claims(f, "{\"sub\":\"vijay\",\"role\":\"viewer\",\"exp\":1800003600}");
	struct session_token t;

	session = open_with(f, token, &t);
	assert_int_equal(verify_at(f, session, NOW, &t), TOKEN_OK);
	assert_true(notbefore_set(f->dir, "uma", NOW, f->arena, &reason));
	assert_int_equal(verify(f, token), TOKEN_REFUSED);
	assert_int_equal(verify_n(f, link, strlen(link), TOKEN_LINK, &t), TOKEN_REFUSED);
	assert_int_equal(verify_at(f, session, NOW + 60, &t), TOKEN_REFUSED);
	assert_int_equal(verify(f, with_claims(f, "{" GOOD "}")), TOKEN_REFUSED); /* it does not say since when */
	assert_int_equal(verify(f, with_claims(f, "{" GOOD ",\"iat\":1800000000}")), TOKEN_REFUSED);
	assert_int_equal(verify(f, with_claims(f, "{" GOOD ",\"iat\":1800000001}")), TOKEN_OK);
	assert_int_equal(verify(f, other), TOKEN_OK);
	/* An earlier mark, by a clock that was set back, takes nothing back. */
	assert_true(notbefore_set(f->dir, "uma", NOW - 1000, f->arena, &reason));
	assert_int_equal(verify(f, token), TOKEN_REFUSED);
	/* A mark stays; a damaged one lets nobody in. */
	assert_true(notbefore_set(f->dir, "ravi", NOW + 32 * 86400, f->arena, &reason));
	assert_int_equal(notbefore_refuses(f->dir, "uma", NOW, f->arena, &reason), DENIED_YES);
	assert_int_equal(notbefore_refuses(f->dir, "ravi", NOW, f->arena, &reason), DENIED_YES);
	/* printf ravi | sha256sum */
	mark = in_dir(f, "auth/not-before/" RAVI);
	write_bytes(mark, "18", 2, 0600);
	assert_int_equal(notbefore_refuses(f->dir, "ravi", NOW, f->arena, &reason), DENIED_UNKNOWN);
}

/* Without iat it becomes valid when its end is near enough: long after all that was valid when it was ended. */
static void a_token_that_is_not_valid_yet_stays_ended(void **state)
{
	struct fixture *f = *state;
	const char *token = with_claims(f, "{\"sub\":\"uma\",\"role\":\"viewer\",\"jti\":\"x\",\"exp\":1825920000}"); /* in 300 days */
	const int64_t later = NOW + 290 * 86400;
	const char *reason = NULL;
	struct session_token t;
	char id[TOKEN_ID_SIZE];

	assert_int_equal(verify_at(f, token, NOW, &t), TOKEN_REFUSED);
	assert_int_equal(verify_at(f, token, later, &t), TOKEN_OK);
	assert_true(notbefore_set(f->dir, "uma", NOW, f->arena, &reason));
	assert_true(notbefore_set(f->dir, "ravi", later, f->arena, &reason));
	assert_int_equal(verify_at(f, token, later, &t), TOKEN_REFUSED);
	/* By its number: as hmc token revoke --jti writes it. */
	token_id_of("y", id);
	assert_int_equal(denied_add(f->dir, id, DENIED_FOR_EVER, NOW, f->arena, &reason), DENIED_YES);
	token_id_of("z", id);
	assert_int_equal(denied_add(f->dir, id, later, later, f->arena, &reason), DENIED_YES);
	token_id_of("y", id);
	assert_int_equal(denied_contains(f->dir, id, f->arena, &reason), DENIED_YES);
}

/* A page that was asked for a moment before, and is answered a moment after, renews what is ended by then. */
static void a_renewal_beside_the_end_of_its_person_is_ended_too(void **state)
{
	struct fixture *f = *state;
	const char *reason = NULL, *next;
	struct session_token t;

	open_with(f, mint(f, TOKEN_SESSION, 20 * 86400), &t);
	assert_true(notbefore_set(f->dir, "uma", NOW + 8 * HOUR, f->arena, &reason));
	next = renewed(f, &t, NOW + 8 * HOUR + 1);
	assert_non_null(next);
	assert_int_equal(verify_at(f, next, NOW + 8 * HOUR + 2, &t), TOKEN_REFUSED);
}

static void a_list_of_people_that_cannot_be_read_refuses_everyone(void **state)
{
	struct fixture *f = *state;
	const char *token = mint(f, TOKEN_SESSION, 3600), *reason = NULL;
	const char *list = in_dir(f, "auth/not-before"), *away = in_dir(f, "auth/away");

	assert_int_equal(verify(f, token), TOKEN_OK);
	assert_int_equal(rename(list, away), 0);
	assert_int_equal(verify(f, token), TOKEN_UNCHECKABLE);
	assert_false(notbefore_set(f->dir, "uma", NOW, f->arena, &reason));
	assert_non_null(strstr(reason, "cannot be written"));
	assert_int_equal(rename(away, list), 0);
	assert_int_equal(verify(f, token), TOKEN_OK);
}

static void what_was_asked_of_settled_lists_is_not_asked_again_until_one_changes(void **state)
{
	struct fixture *f = *state;
	const struct timespec then[2] = { { .tv_sec = 1700000000 }, { .tv_sec = 1700000000 } };
	const char *token = mint(f, TOKEN_SESSION, 3600), *reason = NULL;
	struct ended_stamp seen = { .is_settled = false };
	struct session_token t;

	int64_t real = clock_now_s();

	verify_n(f, token, strlen(token), TOKEN_SESSION, &t);
	assert_true(notbefore_set(f->dir, "uma", 1700000000, f->arena, &reason));
	/* Just made: a change within the same tick of the clock would not show, so it is not relied on. */
	assert_int_equal(ended_ask(f->dir, &t, &seen, real, f->arena, &reason), DENIED_NO);
	assert_false(seen.is_settled);
	assert_int_equal(ended_ask(f->dir, &t, &seen, real + 60, f->arena, &reason), DENIED_NO);
	assert_true(seen.is_settled);
	/* Written into a file as nobody does it: neither folder tells of it. */
	write_bytes(in_dir(f, "auth/not-before/" UMA), "001900000000000000", 18, 0600);
	assert_int_equal(ended_ask(f->dir, &t, &seen, real + 60, f->arena, &reason), DENIED_NO);
	assert_int_equal(utimensat(AT_FDCWD, in_dir(f, "auth/denied"), then, 0), 0);
	assert_int_equal(ended_ask(f->dir, &t, &seen, real + 60, f->arena, &reason), DENIED_YES);
	assert_false(seen.is_settled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT(a_session_is_of_whom_the_token_was_and_is_good_for_the_cookie_alone),
		UNIT(a_session_that_is_used_lasts_to_its_limit_and_no_longer),
		UNIT(a_session_that_is_not_used_ends),
		UNIT(no_session_outlasts_the_token_that_opened_it),
		UNIT(a_link_says_how_long_and_its_use_does_not_end_what_it_opens),
		UNIT(whatever_ends_what_was_shown_ends_the_session),
		UNIT(a_session_survives_rotation_and_ends_with_the_key_that_opened_it),
		UNIT(a_shorter_limit_holds_for_sessions_that_are_open),
		UNIT(sessions_that_are_not_as_ours_are_refused),
		UNIT(a_person_can_be_ended_whole),
		UNIT(a_token_that_is_not_valid_yet_stays_ended),
		UNIT(a_renewal_beside_the_end_of_its_person_is_ended_too),
		UNIT(a_list_of_people_that_cannot_be_read_refuses_everyone),
		UNIT(what_was_asked_of_settled_lists_is_not_asked_again_until_one_changes),
	};

	json_init();
	return RUN_TESTS("session life", tests);
}
