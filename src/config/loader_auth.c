/* "auth": which keys may sign people in, for how long, and from where. */
#include <string.h>

#include "base/str.h"
#include "config/loader.h"

#define SESSION_LIMIT_DEFAULT_S ((int64_t)7 * 86400)
#define LIFETIME_MIN_S          300

/* A path, or a credential of the service: what systemd takes for a name of one, and no way out of its folder. */
static const char *load_key_file(struct loader *l, struct place p)
{
	static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	const char *s = loader_string(l, p, "file", NULL), *name = s && str_starts(s, CONFIG_CREDENTIAL)
								     ? s + strlen(CONFIG_CREDENTIAL) : NULL;

	if (!name)
		return loader_path(l, p, "file", NULL);
	if (!*name || *name == '.' || strlen(name) > 64 || strspn(name, ok) != strlen(name))
		loader_fail(l, "%s.file: the name of a credential is 1 to 64 letters, digits and . _ -, not '%s'", p.name, name);
	return s;
}

static void load_key(struct loader *l, struct place p, struct config_key *k)
{
	static const char *const known[] = { "kid", "alg", "file", "mint", NULL };

	loader_known(l, p, known);
	k->kid = loader_required(l, p, "kid");
	k->alg = loader_required(l, p, "alg");
	k->file = load_key_file(l, p);
	k->mints = loader_bool(l, p, "mint", false);
	if (k->mints && !str_eq(k->alg, "HS256"))
		loader_fail(l, "%s.mint: only an HS256 key can sign sessions", p.name);
	if (!str_eq(k->alg, "HS256") && !str_eq(k->alg, "RS256") && !str_eq(k->alg, "ES256"))
		loader_fail(l, "%s.alg must be HS256, RS256 or ES256, not '%s'", p.name, k->alg);
	if (!k->file)
		loader_fail(l, "%s.file is missing: the path of the secret or of the public key", p.name);
}

static void load_keys(struct loader *l, struct place auth, struct config *c)
{
	const cJSON *keys = loader_array(l, auth, "keys", CONFIG_KEYS_MAX), *item;
	bool has_minting = false;

	c->keys = arena_calloc(l->arena, CONFIG_KEYS_MAX, sizeof(*c->keys));
	cJSON_ArrayForEach(item, keys) {
		struct config_key *k = &c->keys[c->n_keys];

		load_key(l, loader_item(l, auth, "keys", item, (int)c->n_keys), k);
		for (size_t i = 0; i < c->n_keys; i++)
			if (str_eq(c->keys[i].kid, k->kid))
				loader_fail(l, "auth.keys: two keys have the kid '%s'", k->kid);
		if (k->mints && has_minting)
			loader_fail(l, "auth.keys: two keys have \"mint\": true; one signs what is new");
		has_minting |= k->mints;
		c->n_keys++;
	}
}

/* Exact origins, as a browser puts them into Origin: what no browser sends must be an error here. */
static void load_signin_origins(struct loader *l, struct place auth, struct config *c)
{
	const cJSON *list = loader_array(l, auth, "signinOrigins", CONFIG_ORIGINS_MAX), *item;

	c->signin_origins = arena_calloc(l->arena, CONFIG_ORIGINS_MAX, sizeof(*c->signin_origins));
	cJSON_ArrayForEach(item, list) {
		const char *s = cJSON_GetStringValue(item);

		if (!s || !loader_is_origin(s) || str_ends(s, ":443"))
			loader_fail(l, "auth.signinOrigins must hold origins like \"https://platform.example\": no path, "
				       "no default port (or http:// on loopback)");
		c->signin_origins[c->n_signin_origins++] = arena_strdup(l->arena, s ? s : "");
	}
}

static int64_t load_lifetime(struct loader *l, struct place auth, const char *key, int64_t dflt_s)
{
	int64_t s = loader_duration(l, auth, key, dflt_s);

	if (s >= LIFETIME_MIN_S && s <= CONFIG_LIFETIME_MAX_S)
		return s;
	loader_fail(l, "auth.%s must be from \"5m\" to \"30d\"", key);
	return dflt_s;
}

void loader_auth(struct loader *l, struct place top, struct config *c)
{
	static const char *const known[] = { "keys", "issuer", "audience", "roleClaim", "maxLifetime", "sessionLimit",
					     "signinOrigins", NULL };
	struct place auth = loader_object(l, top, "auth");

	loader_known(l, auth, known);
	c->issuer = loader_string(l, auth, "issuer", NULL);
	c->audience = loader_string(l, auth, "audience", NULL);
	c->role_claim = loader_string(l, auth, "roleClaim", "role");
	c->max_lifetime_s = load_lifetime(l, auth, "maxLifetime", CONFIG_LIFETIME_MAX_S);
	c->session_limit_s = load_lifetime(l, auth, "sessionLimit", SESSION_LIMIT_DEFAULT_S);
	load_keys(l, auth, c);
	load_signin_origins(l, auth, c);
}
