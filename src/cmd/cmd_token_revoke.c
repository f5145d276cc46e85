/*
 * cmd_token_revoke.c -- ends tokens before their time: one, or all that a person was ever given.
 *
 * A token itself is read from the standard input alone: arguments are
 * everybody's to see.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "web/denied.h"
#include "web/notbefore.h"
#include "web/token.h"

struct revoke {
	const char *sub, *jti, *token; /* one of them */
};

/* 0, or EXIT_USAGE after saying what is wrong. */
static int read_options(int argc, char **argv, struct revoke *r)
{
	int said = 0;

	for (int i = 1; i < argc; i++) {
		const char **value = str_eq(argv[i], "--sub") ? &r->sub : str_eq(argv[i], "--jti") ? &r->jti
				   : str_eq(argv[i], "--token") ? &r->token : NULL;

		if (!value)
			return cmd_usage_error("token", "'%s' is not an option of revoke", argv[i]);
		if (i + 1 == argc)
			return cmd_usage_error("token", "%s needs a value", argv[i]);
		*value = argv[++i];
		said++;
	}
	if (said != 1)
		return cmd_usage_error("token", "revoke takes one of --sub NAME, --jti ID and --token -");
	if (r->sub && !token_is_subject(r->sub))
		return cmd_usage_error("token", "--sub takes 1 to 128 letters, digits and . _ @ + : | = -");
	if (r->jti && (!*r->jti || strlen(r->jti) > TOKEN_JTI_MAX))
		return cmd_usage_error("token", "--jti takes 1 to 256 characters");
	/* Not quoted: what stands there may be a token. */
	if (r->token && !str_eq(r->token, "-"))
		return cmd_usage_error("token", "--token takes - alone, and reads the token from the standard input");
	return 0;
}

static int fail(const char *why)
{
	fprintf(stderr, "hmc token: nothing was ended: %s\n", why);
	return 1;
}

static int end_one(const struct config *c, const char *id, int64_t until, const char *what, int64_t now,
		   struct arena *a)
{
	const char *why = NULL;

	switch (denied_add(c->state_dir, id, until, now, a, &why)) {
	case DENIED_YES:
		printf("Ended: %s.\n", what);
		return 0;
	case DENIED_NO:
		printf("Ended before: %s.\n", what);
		return 0;
	default:
		return fail(why);
	}
}

static int end_subject(const struct config *c, const char *sub, int64_t now, struct arena *a)
{
	char text[CLOCK_TEXT_MAX];
	const char *why = NULL;

	if (!notbefore_set(c->state_dir, sub, now, a, &why))
		return fail(why);
	clock_rfc3339(now, text);
	printf("Ended: every token, link and session of %s that was made until %s. What is made after that second works.\n",
	       sub, text);
	return 0;
}

static int end_jti(const struct config *c, const char *jti, int64_t now, struct arena *a)
{
	char id[TOKEN_ID_SIZE];

	token_id_of(jti, id);
	return end_one(c, id, DENIED_FOR_EVER,
		       "the token or session of that jti, and every session that it opened", now, a);
}

/* The token on the standard input; NULL after saying why not. */
static const char *read_token(struct arena *a)
{
	char *text = arena_alloc(a, TOKEN_MAX_BYTES + 3);
	ssize_t n = io_read(STDIN_FILENO, text, TOKEN_MAX_BYTES + 2);

	while (n > 0 && strchr(" \t\r\n", text[n - 1]))
		text[--n] = '\0';
	if (n > 0)
		return text;
	fail(n < 0 ? strerror(errno) : "there is no token on the standard input");
	return NULL;
}

static int end_token(const struct config *c, int64_t now, struct arena *a)
{
	const char *token = read_token(a), *why = NULL, *ignored;
	struct token_keys *keys = token ? token_keys_load(c, a, &why) : NULL;
	char until[CLOCK_TEXT_MAX];
	struct session_token t;
	enum token_result result;

	if (!token)
		return 1;
	if (!keys) {
		fprintf(stderr, "hmc token: %s\n", why);
		return EXIT_CONFIG;
	}
	result = token_verify(keys, token, strlen(token), TOKEN_COOKIE, now, a, &t, &why);
	if (result == TOKEN_REFUSED)
		result = token_verify(keys, token, strlen(token), TOKEN_LINK, now, a, &t, &ignored);
	if (result != TOKEN_OK)
		return fail(why);
	clock_rfc3339(t.is_browser ? t.limit_at : t.expires_at, until);
	return end_one(c, t.id, t.is_browser ? t.limit_at : t.expires_at,
		       arena_printf(a, "the %s of %s (%s), which would have lasted until %s at the latest",
				    t.is_browser ? "session" : t.link_ttl_s ? "link" : "token", t.sub, role_name(t.role), until),
		       now, a);
}

int cmd_token_revoke(int argc, char **argv, const struct config *config)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	int64_t now = clock_now_s();
	struct revoke r = { .sub = NULL };
	const char *error = NULL;

	if (read_options(argc, argv, &r))
		return EXIT_USAGE;
	if (!denied_prepare(config->state_dir, a, &error)) {
		fprintf(stderr, "hmc token: %s\n", error);
		return EXIT_CONFIG;
	}
	if (r.sub)
		return end_subject(config, r.sub, now, a);
	return r.jti ? end_jti(config, r.jti, now, a) : end_token(config, now, a);
}
