#include "hermes/settings.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "hermes/dotenv.h"
#include "hermes/hermes.h"
#include "hermes/home.h"
#include "hermes/version.h"
#include "model/agent.h"
#include "model/report.h"

#define NAMES_MAX  200
#define NAME_CHARS 100

struct reader {
	struct settings *out;
	struct ydoc *y;
	struct arena *a;
};

bool settings_load(struct ydoc *y, struct probe *p, const struct hermes_source *src, struct arena *a)
{
	/* The text holds secrets and is needed for the parser alone. */
	CLEANUP(arena_freep) struct arena *scratch = arena_new(YDOC_MAX_BYTES + 64 * 1024);
	const char *reason;
	struct stat st;
	char *data;
	size_t len;

	y->is_loaded = false;
	if (!home_read_private(p, src, CONFIG_YAML, YDOC_MAX_BYTES, "no config.yaml: Hermes's defaults hold", scratch, a, &data,
			       &len, &st))
		return false;
	reason = ydoc_load(y, data, len, a);
	explicit_bzero(data, len);
	if (!reason && !ydoc_root(y) && y->is_loaded && yaml_document_get_root_node(&y->doc))
		reason = "it holds no settings but something else";
	home_answer(p, reason ? PROBE_UNKNOWN : PROBE_OK,
		    reason ? arena_printf(a, CONFIG_YAML " cannot be read: %s", reason) : NULL);
	return !reason;
}

/* ---- lists of names ---- */

static void take_platform_toolsets(const char *key, yaml_node_t *value, void *ctx)
{
	struct reader *r = ctx;
	struct ydoc_names names = ydoc_names(r->y, value, NAMES_MAX, NAME_CHARS, r->a);

	r->out->platform_toolsets[r->out->n_platform_toolsets++] =
		(struct platform_toolsets){ .platform = str_clean(r->a, key, strlen(key), NAME_CHARS),
					    .toolsets = names.list,
					    .n_toolsets = names.n };
}

/* tools/mcp_tool.py: a command is spoken to over its pipes, a url over HTTP, by events where it says so. */
static void take_mcp_server(const char *key, yaml_node_t *value, void *ctx)
{
	struct reader *r = ctx;
	const char *transport = ydoc_text(ydoc_get(r->y, value, "transport"), 16, r->a);
	struct mcp_server *m = &r->out->mcp_servers[r->out->n_mcp_servers++];

	m->name = str_clean(r->a, key, strlen(key), NAME_CHARS);
	m->transport = ydoc_get(r->y, value, "command") ? "stdio"
		       : !ydoc_get(r->y, value, "url")  ? "unknown"
		       : str_eq(transport, "sse")       ? "sse"
							: "http";
	m->enabled = ydoc_bool(ydoc_get(r->y, value, "enabled")) == TRI_NO ? TRI_NO : TRI_YES;
}

/* ---- platforms: a token in .env, or a block in config.yaml ---- */

static struct agent_platform *platform_named(struct reader *r, const char *name)
{
	struct settings *s = r->out;

	for (size_t i = 0; i < s->n_platforms; i++)
		if (str_eq(s->platforms[i].name, name))
			return &s->platforms[i];
	if (s->n_platforms == NAMES_MAX)
		return NULL;
	s->platforms[s->n_platforms] = (struct agent_platform){ .name = arena_strdup(r->a, name), .has_home_chat = TRI_NO };
	return &s->platforms[s->n_platforms++];
}

static void take_platform(const char *key, yaml_node_t *value, void *ctx)
{
	struct reader *r = ctx;
	struct agent_platform *p = platform_named(r, str_clean(r->a, key, strlen(key), NAME_CHARS));
	enum tristate enabled = ydoc_bool(ydoc_get(r->y, value, "enabled"));

	if (!p)
		return;
	p->source = p->source ? ".env and config.yaml" : "config.yaml";
	p->enabled = enabled == TRI_UNKNOWN ? p->enabled : enabled;
	if (ydoc_get(r->y, ydoc_get(r->y, value, "home_channel"), "chat_id"))
		p->has_home_chat = TRI_YES;
}

/* "TELEGRAM_BOT_TOKEN" with the ending "_BOT_TOKEN" -> "telegram"; NULL when it does not end so. */
static const char *platform_of(struct reader *r, const char *name, const char *ending)
{
	size_t n = strlen(name), m = strlen(ending);
	char *lower;

	if (n <= m || !str_ends(name, ending))
		return NULL;
	lower = arena_strndup(r->a, name, n - m);
	for (char *c = lower; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return lower;
}

/* gateway/config.py:_apply_env_overrides; the odd names are Matrix's and e-mail's. */
static void take_env(const char *name, bool is_truthy, void *ctx)
{
	static const struct {
		const char *name;
		const char *platform;
	} odd[] = { { "MATRIX_HOME_ROOM", "matrix" }, { "EMAIL_HOME_ADDRESS", "email" } };
	struct reader *r = ctx;
	const char *token = platform_of(r, name, "_BOT_TOKEN"), *home = platform_of(r, name, "_HOME_CHANNEL");
	struct agent_platform *p;

	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		if (str_eq(name, odd[i].name))
			home = odd[i].platform;
	if (token && (p = platform_named(r, token))) {
		p->source = ".env";
		p->enabled = TRI_YES;
	}
	if (home && (p = platform_named(r, home))) {
		p->source = p->source ? p->source : ".env";
		p->has_home_chat = TRI_YES;
	}
	if (str_eq(name, "HERMES_YOLO_MODE") && is_truthy) {
		r->out->approvals_mode = "off";
		r->out->approvals_from = "HERMES_YOLO_MODE in .env";
	}
}

/* ---- single settings ---- */

/* hermes_cli/config.py: "provider/model", or a mapping with the model under "default". */
static void read_model(struct reader *r)
{
	yaml_node_t *model = ydoc_at(r->y, "model");

	if (model && model->type == YAML_SCALAR_NODE) {
		r->out->model = ydoc_text(model, NAME_CHARS, r->a);
	} else {
		r->out->model = ydoc_text(ydoc_get(r->y, model, "default"), NAME_CHARS, r->a);
		r->out->provider = ydoc_text(ydoc_get(r->y, model, "provider"), NAME_CHARS, r->a);
	}
	if (!r->out->provider)
		r->out->provider = ydoc_text(ydoc_at(r->y, "provider"), NAME_CHARS, r->a);
}

/* tools/approval.py:_normalize_approval_mode: unquoted off is a boolean; what nobody knows is as good as manual. */
static const char *effective_mode(struct reader *r, yaml_node_t *mode)
{
	static const char *const known[] = { "manual", "smart", "off" };
	enum tristate flag = ydoc_bool(mode);
	const char *text = ydoc_text(mode, 32, r->a);

	if (flag != TRI_UNKNOWN)
		return flag == TRI_NO ? "off" : "manual";
	while (text && *text == ' ')
		text++;
	for (size_t i = 0; text && i < ARRAY_SIZE(known); i++)
		if (strncasecmp(text, known[i], strlen(known[i])) == 0 && text[strlen(known[i]) + strspn(text + strlen(known[i]), " ")] == '\0')
			return known[i];
	return "manual";
}

/* Defaults differ between versions; of one that is not known no default is claimed. */
static void read_approvals(struct reader *r, const char *version)
{
	yaml_node_t *mode = ydoc_at(r->y, "approvals.mode");
	bool is_old = version_is_at_most(version, 0, 15), is_new = version && !version_is_at_most(version, 0, 19);

	if (mode) {
		r->out->approvals_mode = effective_mode(r, mode);
		r->out->approvals_from = CONFIG_YAML;
	} else if (is_old || is_new) {
		r->out->approvals_mode = is_old ? "manual" : "smart";
		r->out->approvals_from = "default";
	}
	r->out->approvals_cron = ydoc_text(ydoc_at(r->y, "approvals.cron_mode"), 32, r->a);
	r->out->allowlist = (int64_t)ydoc_size(ydoc_at(r->y, "command_allowlist"));
}

/* Off by default from 0.12 until 0.13 alone. */
static void read_redaction(struct reader *r, const char *version)
{
	enum tristate secrets = ydoc_bool(ydoc_at(r->y, "security.redact_secrets"));
	enum tristate pii = ydoc_bool(ydoc_at(r->y, "privacy.redact_pii"));
	bool is_off = version_is_at_most(version, 0, 12) && !version_is_at_most(version, 0, 11);

	r->out->redact_secrets_is_set = secrets == TRI_UNKNOWN ? TRI_NO : TRI_YES;
	r->out->redact_pii_is_set = pii == TRI_UNKNOWN ? TRI_NO : TRI_YES;
	if (secrets == TRI_UNKNOWN && version)
		secrets = is_off ? TRI_NO : TRI_YES;
	r->out->redact_secrets = secrets;
	r->out->redact_pii = pii == TRI_UNKNOWN ? TRI_NO : pii;
}

static int64_t limit_of(struct reader *r, const char *path, int64_t otherwise)
{
	int64_t v = ydoc_count(ydoc_at(r->y, path));

	return v == COUNT_UNKNOWN ? otherwise : v;
}

static void read_lists(struct reader *r)
{
	struct settings *s = r->out;
	struct ydoc_names toolsets = ydoc_names(r->y, ydoc_at(r->y, "toolsets"), NAMES_MAX, NAME_CHARS, r->a);

	s->toolsets = toolsets.list;
	s->n_toolsets = toolsets.n;
	s->platform_toolsets = arena_calloc(r->a, NAMES_MAX, sizeof(*s->platform_toolsets));
	s->mcp_servers = arena_calloc(r->a, NAMES_MAX, sizeof(*s->mcp_servers));
	ydoc_each(r->y, ydoc_at(r->y, "platform_toolsets"), NAMES_MAX, take_platform_toolsets, r);
	ydoc_each(r->y, ydoc_at(r->y, "mcp_servers"), NAMES_MAX, take_mcp_server, r);
}

static void read_all(struct reader *r, const char *version)
{
	struct settings *s = r->out;

	read_model(r);
	read_lists(r);
	read_approvals(r, version);
	read_redaction(r, version);
	s->config_version = ydoc_count(ydoc_at(r->y, "_config_version"));
	s->memory_limit = limit_of(r, "memory.memory_char_limit", MEMORY_LIMIT);
	s->user_limit = limit_of(r, "memory.user_char_limit", USER_LIMIT);
	s->timezone = ydoc_text(ydoc_at(r->y, "timezone"), NAME_CHARS, r->a);
}

void hermes_settings(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	CLEANUP(ydoc_done) struct ydoc y = { .is_loaded = false };
	struct reader r = { .out = out, .y = &y, .a = a };
	struct hermes_version version = { 0 };
	struct probe *p = &r.out->probe;
	const char *trouble;

	home_begin(p, CONFIG_YAML " and .env", in);
	r.out->config_version = r.out->allowlist = r.out->memory_limit = r.out->user_limit = COUNT_UNKNOWN;
	if (!home_is_there(p, in, a))
		return;
	if (!settings_load(&y, p, in, a) && p->state == PROBE_UNKNOWN)
		return;
	hermes_read_version(&version, in, a, deadline_us);
	r.out->platforms = arena_calloc(a, NAMES_MAX, sizeof(*r.out->platforms));
	read_all(&r, version.version);
	trouble = dotenv_each(in, take_env, &r, a); /* after approvals: what the process is told wins */
	ydoc_each(&y, ydoc_at(&y, "gateway.platforms"), NAMES_MAX, take_platform, &r);
	ydoc_each(&y, ydoc_at(&y, "platforms"), NAMES_MAX, take_platform, &r);
	if (trouble)
		home_answer(p, PROBE_UNKNOWN, trouble);
}
