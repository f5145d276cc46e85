/* hmc config: what is in force, and why. */
#include <stdio.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "cmd/cmd.h"

static int check(const struct config *c)
{
	printf("%s: sound, %zu instance%s%s\n", c->path ? c->path : "no file, defaults only", c->n_instances,
	       c->n_instances == 1 ? "" : "s", c->is_discovered ? " found on this machine" : "");
	for (size_t i = 0; i < c->n_instances; i++)
		if (c->instances[i].uid < 0)
			printf("  note: this machine has no user '%s' (instance %s)\n", c->instances[i].user,
			       c->instances[i].id);
	return 0;
}

static int list(const struct config *c)
{
	for (size_t i = 0; i < c->n_instances; i++)
		printf("%s\t%s\t%s\n", c->instances[i].id, c->instances[i].user, c->instances[i].hermes_home);
	return 0;
}

/*
 * The same instances with state, site and key of a run from a scratch folder:
 * what caddy/run hands to the panes and exporters it starts.
 */
static int print_for_run(const struct config *config, const char *dir, const char *port)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	CLEANUP(buf_done) struct buf out = BUF_INIT(4 * CONFIG_MAX_BYTES);
	struct config_key key = { .kid = "run", .alg = "HS256", .file = arena_printf(a, "%s/jwt.key", dir) };
	struct config c = *config;
	int64_t number;

	if (dir[0] != '/' || !str_parse_i64(port, 1, 65535, &number))
		return cmd_usage_error("config", "--run needs an absolute folder and a port");
	c.state_dir = arena_printf(a, "%s/state", dir);
	c.site_listen = arena_printf(a, "127.0.0.1:%s", port);
	c.site_origin = arena_printf(a, "http://127.0.0.1:%s", port);
	c.keys = &key;
	c.n_keys = 1;
	c.issuer = c.audience = NULL;
	c.role_claim = "role";
	config_print(&c, &out);
	fputs(buf_str(&out), stdout);
	if (config->discovery_note)
		fprintf(stderr, "  %s\n", config->discovery_note);
	return 0;
}

int cmd_config(int argc, char **argv, const struct config *config)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(4 * CONFIG_MAX_BYTES);

	if (argc == 2 && str_eq(argv[1], "--check"))
		return check(config);
	if (argc == 2 && str_eq(argv[1], "--instances"))
		return list(config);
	if (argc == 4 && str_eq(argv[1], "--run"))
		return print_for_run(config, argv[2], argv[3]);
	if (argc > 1)
		return cmd_usage_error("config", "unknown option '%s'", argv[1]);
	config_print(config, &out);
	fputs(buf_str(&out), stdout);
	return 0;
}
