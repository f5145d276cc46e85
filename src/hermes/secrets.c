#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "hermes/hermes.h"
#include "hermes/home.h"
#include "model/guard.h"
#include "probe/files.h"
#include "probe/names.h"

/*
 * What of a home holds secrets, in any version (docs/hermes-formats.md). Hermes
 * itself makes the home, sessions/ and cron/ 0700 each time it loads its
 * configuration; .env, auth.json, config.yaml and jobs.json 0600
 * (hermes_cli/config.py:ensure_hermes_home, _secure_dir); state.db by the
 * umask, so that there only the home's mode keeps others out.
 */
static const struct {
	const char *path;
	const char *holds;
} secrets[] = {
	{ ".env", "keys and bot tokens" },
	{ "auth.json", "sign-ins of providers" },
	{ "config.yaml", "settings, and keys where some are set there" },
	{ "google_token.json", "the sign-in of Google" },
	{ "google_client_secret.json", "the client secret of Google" },
	{ "google_oauth_pending.json", "a sign-in of Google that is under way" },
	{ "webhook_subscriptions.json", "secrets of webhooks" },
	{ "platforms/pairing", "codes and people that are paired" },
	{ "pairing", "codes and people that are paired" },
	{ "mcp-tokens", "sign-ins of MCP servers" },
	{ "state.db", "the history" },
	{ "state.db-wal", "the newest part of the history" },
	{ "response_store.db", "answers that are kept" },
	{ "memory_store.db", "memories" },
	{ "kanban.db", "boards" },
	{ "sessions", "transcripts and failed requests" },
	{ "cron/jobs.json", "prompts of jobs" },
	{ "cron/output", "what jobs have written" },
	{ "state-snapshots", "copies of all of that" },
	{ "backups", "archives with keys in clear" },
};
_Static_assert(ARRAY_SIZE(secrets) <= SECRET_FILES_MAX, "more secrets than a report holds");

static bool is_closed(const struct stat *st, struct arena *a)
{
	if (st->st_mode & S_IRWXO)
		return false;
	return !(st->st_mode & S_IRWXG) || is_own_group(st->st_uid, st->st_gid, a);
}

/* By its own mode, or by that of a folder of the home around it: cron/ keeps others out of cron/output/. The home's own is told apart. */
static enum tristate is_private(const struct hermes_source *src, const char *path, const struct stat *st, struct arena *a)
{
	const char *slash = strchr(path, '/'), *reason;
	struct stat folder;

	if (is_closed(st, a))
		return TRI_YES;
	if (!slash || file_stat_beneath(src->home, arena_strndup(a, path, (size_t)(slash - path)), a, &folder, &reason) != FILE_OK)
		return TRI_NO;
	return folder.st_uid == st->st_uid && is_closed(&folder, a) ? TRI_YES : TRI_NO;
}

static void look_at(struct file_guard *f, const struct hermes_source *src, size_t which, struct arena *a, size_t *n)
{
	const char *reason;
	struct stat st;
	enum file_result result = file_stat_beneath(src->home, secrets[which].path, a, &st, &reason);

	if (result == FILE_ABSENT)
		return;
	*f = (struct file_guard){ .path = secrets[which].path, .holds = secrets[which].holds, .mode = COUNT_UNKNOWN };
	++*n;
	if (result != FILE_OK) {
		f->reason = reason;
		return;
	}
	f->owner = name_of_user(st.st_uid, a);
	f->group = name_of_group(st.st_gid, a);
	f->mode = st.st_mode & 07777;
	f->is_private = is_private(src, secrets[which].path, &st, a);
	f->changed_at = home_epoch((double)st.st_mtim.tv_sec);
}

void hermes_secret_files(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct hermes_source *src = in;
	struct secret_files *s = out;
	struct stat st;

	(void)deadline_us;
	home_begin(&s->probe, "modes and owners in the home", src);
	s->home_mode = COUNT_UNKNOWN;
	if (!home_is_there(&s->probe, src, a))
		return;
	if (stat(src->home, &st) == 0) {
		s->home_owner = name_of_user(st.st_uid, a);
		s->home_mode = st.st_mode & 07777;
	}
	s->list = arena_calloc(a, ARRAY_SIZE(secrets), sizeof(*s->list));
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
		look_at(&s->list[s->n_list], src, i, a, &s->n_list);
	if (s->n_list)
		home_answer(&s->probe, PROBE_OK, NULL);
	else
		home_answer(&s->probe, PROBE_INACTIVE, "the home holds no file with secrets");
}
