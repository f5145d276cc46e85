/* What listeners and a Caddy are held against. */
#include <string.h>

#include "config/config.h"

/* The configuration names keys beside it, so its folder is nobody's to serve either. */
static const char *etc_dir(const struct config *c, struct arena *a)
{
	const char *path = c->path ? c->path : CONFIG_DEFAULT_PATH, *slash = strrchr(path, '/');

	return slash && slash > path ? arena_strndup(a, path, (size_t)(slash - path)) : NULL;
}

static void add_folder(struct reach_expected *e, const char *path)
{
	if (path)
		e->folders[e->n_folders++] = path;
}

struct reach_expected config_expected(const struct config *c, struct arena *a)
{
	struct reach_expected e = { .listen = c->site_listen, .run_dir = CONFIG_RUN_DIR, .tailscale = c->tailscale_address };

	e.ports = arena_calloc(a, c->n_instances + 1, sizeof(*e.ports));
	e.folders = arena_calloc(a, 2 * c->n_instances + 3, sizeof(*e.folders));
	add_folder(&e, c->state_dir);
	add_folder(&e, etc_dir(c, a));
	for (size_t i = 0; i < c->n_instances; i++) {
		const struct instance *in = &c->instances[i];

		add_folder(&e, in->hermes_home);
		add_folder(&e, in->backup_repo);
		if (in->dashboard_port)
			e.ports[e.n_ports++] = in->dashboard_port;
	}
	return e;
}
