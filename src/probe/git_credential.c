#include "probe/git_credential.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "model/instance.h"
#include "probe/files.h"
#include "probe/git_credential_parts.h"
#include "probe/names.h"

#define CONFIG_FILE_MAX ((size_t)256 * 1024)
#define HEAD_MAX        ((size_t)4096)

static bool answer(struct push_credential *c, enum probe_state state, const char *reason)
{
	c->probe.state = state;
	c->probe.reason = reason;
	return false;
}

/* <path>/.git, or path itself of a bare one. Whoever owns it: that is what is asked here. */
static bool find_git_dir(struct push_credential *c, const char *path, const char **git_dir, struct arena *a)
{
	const char *reason;
	struct stat st;

	*git_dir = arena_printf(a, "%s/.git", path);
	switch (file_stat_beneath(path, ".git", a, &st, &reason)) {
	case FILE_OK:
		break;
	case FILE_ABSENT:
		*git_dir = path;
		if (file_stat_beneath(path, "HEAD", a, &st, &reason) == FILE_OK)
			break;
		return answer(c, PROBE_INACTIVE, "there is no repository");
	default:
		return answer(c, PROBE_UNKNOWN, reason);
	}
	c->repo_owner = name_of_user(st.st_uid, a);
	if (*git_dir != path && !S_ISDIR(st.st_mode))
		return answer(c, PROBE_UNKNOWN, ".git is not a directory but points elsewhere; it is not followed");
	return true;
}

/* A file of the repository as text; NULL with the reading answered. */
static char *read_file(struct push_credential *c, const char *git_dir, const char *name, size_t max, size_t *len, struct arena *a)
{
	const struct file_rules rules = { .max_bytes = max, .owner_uid = -1 };
	const char *reason;
	char *text;

	if (file_read_beneath(git_dir, name, &rules, a, &text, len, NULL, &reason) == FILE_OK)
		return text;
	answer(c, PROBE_UNKNOWN, arena_printf(a, "the repository's %s", reason));
	return NULL;
}

/* The branch that HEAD is on; NULL when it is on none. */
static const char *branch_of(char *head)
{
	static const char start[] = "ref: refs/heads/";

	head[strcspn(head, "\r\n")] = '\0';
	return str_starts(head, start) && head[strlen(start)] ? head + strlen(start) : NULL;
}

/* Kind and key of a credential. key: as configured, which only ssh has a use for. */
static void describe(struct push_credential *c, const struct git_settings *s, const struct git_remote *r, const char *key, struct arena *a)
{
	credential_kind(c, s, r, a);
	if (!str_eq(r->transport, "ssh"))
		key = NULL;
	if (key && !c->key_file)
		c->kind_from = "backup.key in the configuration";
	credential_key(c, key, a);
}

static bool read_repository(struct push_credential *c, const char *path, const char *key, struct arena *a)
{
	const char *git_dir, *branch, *reason;
	struct git_settings settings;
	struct git_remote remote;
	char *text, *head;
	size_t len, n_head;

	if (!find_git_dir(c, path, &git_dir, a))
		return false;
	text = read_file(c, git_dir, "config", CONFIG_FILE_MAX, &len, a);
	head = text ? read_file(c, git_dir, "HEAD", HEAD_MAX, &n_head, a) : NULL;
	if (!head)
		return false;
	if (!git_config_parse(&settings, text, len, a, &reason))
		return answer(c, PROBE_UNKNOWN, reason);
	branch = branch_of(head);
	git_remote_of(&remote, &settings, branch, a);
	if (!remote.name && settings.includes)
		return answer(c, PROBE_UNKNOWN, "its config names no remote, and includes further files, which are not read");
	if (!remote.name)
		return answer(c, PROBE_INACTIVE, "the repository has no remote: nothing is pushed");
	c->remote = remote.shown;
	c->transport = remote.transport;
	describe(c, &settings, &remote, key, a);
	credential_pushed(c, git_dir, remote.name, branch, a);
	return true;
}

void probe_credential(void *out, const void *in, struct arena *a, int64_t deadline_us)
{
	const struct instance *instance = in;
	struct push_credential *c = out;

	(void)deadline_us;
	c->probe.taken_at = clock_now_s();
	if (!instance->backup_repo) {
		answer(c, PROBE_INACTIVE, "not configured");
		return;
	}
	c->probe.source = arena_printf(a, "files of the git repository %s", instance->backup_repo);
	if (read_repository(c, instance->backup_repo, instance->backup_key, a))
		c->probe.state = PROBE_OK;
}
