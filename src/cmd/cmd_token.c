/*
 * cmd_token.c -- makes a sign-in token, or a link that signs in once.
 *
 * The token goes to stdout alone on its line, so that it can be piped;
 * whoever may run this may read the key anyway.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "web/token.h"

#define DEFAULT_TTL_S (12 * 3600)

struct options {
	const char *sub;
	const char *role;
	const char *ttl;
	bool link;
};

/* Where the value of the option argv[i] belongs; NULL for an unknown one. */
static const char **value_of(struct options *o, const char *option)
{
	if (str_eq(option, "--sub"))
		return &o->sub;
	if (str_eq(option, "--role"))
		return &o->role;
	return str_eq(option, "--ttl") ? &o->ttl : NULL;
}

/* 0, or EXIT_USAGE after saying what is wrong. */
static int read_options(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		const char **value;

		if (str_eq(argv[i], "--link")) {
			o->link = true;
			continue;
		}
		value = value_of(o, argv[i]);
		if (!value)
			return cmd_usage_error("token", "'%s' is not an option", argv[i]);
		if (i + 1 == argc)
			return cmd_usage_error("token", "%s needs a value", argv[i]);
		*value = argv[++i];
	}
	if (!o->sub || !o->role)
		return cmd_usage_error("token", "--sub and --role are needed");
	if (!token_is_subject(o->sub))
		return cmd_usage_error("token", "--sub takes 1 to 128 letters, digits and . _ @ + : | = -");
	if (role_from_name(o->role) == ROLE_NONE)
		return cmd_usage_error("token", "--role is viewer or admin");
	return 0;
}

/* Of a link it is the session that lasts, for as long as one does; of a token, the token. */
static int64_t default_ttl(const struct config *c, const struct options *o)
{
	if (o->link)
		return c->session_limit_s;
	return c->max_lifetime_s < DEFAULT_TTL_S ? c->max_lifetime_s : DEFAULT_TTL_S;
}

int cmd_token(int argc, char **argv, const struct config *config)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	struct options o = { .ttl = NULL };
	struct token_request request;
	const char *error = NULL, *token;
	struct token_keys *keys;
	int64_t ttl_s;

	if (argc > 1 && str_eq(argv[1], "revoke"))
		return cmd_token_revoke(argc - 1, argv + 1, config);
	if (read_options(argc, argv, &o))
		return EXIT_USAGE;
	ttl_s = default_ttl(config, &o);
	if ((o.ttl && !str_parse_duration(o.ttl, &ttl_s)) || ttl_s > TOKEN_LIFETIME_MAX_S)
		return cmd_usage_error("token", "--ttl is a time such as 30m, 12h or 7d, at most 30d");
	keys = token_keys_load(config, a, &error);
	request = (struct token_request){
		.sub = o.sub,
		.role = role_from_name(o.role),
		.ttl_s = o.link ? TOKEN_LINK_TTL_S : ttl_s,
		.use = o.link ? TOKEN_LINK : TOKEN_SESSION,
		.link_ttl_s = ttl_s,
	};
	token = keys ? token_mint(keys, &request, clock_now_s(), a, &error) : NULL;
	if (!token) {
		fprintf(stderr, "hmc token: %s\n", error);
		return EXIT_CONFIG;
	}
	if (o.link)
		printf("%s/login?code=%s\n", config->site_origin, token);
	else
		printf("%s\n", token);
	if (fflush(stdout) != 0) {
		fprintf(stderr, "hmc token: the token could not be written to the standard output: %s\n",
			strerror(errno));
		return 1;
	}
	return 0;
}
