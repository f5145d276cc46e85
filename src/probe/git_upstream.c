#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/git_parts.h"

static void free_config(git_config **config)
{
	git_config_free(*config);
}

static void free_refspec(git_refspec **spec)
{
	git_refspec_free(*spec);
}

/* From a branch of the remote to where the last fetch put it here. */
struct mapping {
	const char *theirs; /* refs/heads/main */
	const char *ours;   /* refs/remotes/origin/main; NULL until a refspec maps it */
	struct arena *arena;
};

static int try_refspec(const git_config_entry *entry, void *payload)
{
	CLEANUP(free_refspec) git_refspec *spec = NULL;
	git_buf mapped = { 0 };
	struct mapping *m = payload;

	if (m->ours || git_refspec_parse(&spec, entry->value, 1) < 0 ||
	    !git_refspec_src_matches(spec, m->theirs))
		return 0;
	if (git_refspec_transform(&mapped, spec, m->theirs) == 0)
		m->ours = arena_strdup(m->arena, mapped.ptr);
	git_buf_dispose(&mapped);
	return 0;
}

static const char *setting(const git_config *config, struct arena *a, const char *section, const char *name,
			   const char *key)
{
	const char *value = NULL;

	if (git_config_get_string(&value, config, arena_printf(a, "%s.%s.%s", section, name, key)) < 0)
		return NULL;
	return arena_strdup(a, value);
}

/*
 * By hand, from the three settings, because git_branch_upstream_name() and
 * git_remote_lookup() of libgit2 1.5.1 with Debian's PCRE2 leak 20 KB a call.
 */
const char *repo_upstream(git_repository *repo, const char *ref_name, struct arena *a)
{
	static const char heads[] = "refs/heads/";
	CLEANUP(free_config) git_config *config = NULL;
	struct mapping m = { .arena = a };
	const char *branch, *remote;

	if (!str_starts(ref_name, heads) || git_repository_config_snapshot(&config, repo) < 0)
		return NULL;
	branch = ref_name + sizeof(heads) - 1;
	remote = setting(config, a, "branch", branch, "remote");
	m.theirs = setting(config, a, "branch", branch, "merge");
	if (!remote || !m.theirs)
		return NULL;
	if (strcmp(remote, ".") == 0)
		m.ours = m.theirs;
	else
		git_config_get_multivar_foreach(config, arena_printf(a, "remote.%s.fetch", remote), NULL,
						try_refspec, &m);
	return repo_is_ref(m.ours) ? m.ours : NULL;
}
