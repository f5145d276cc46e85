/* The remote of the backup, cloned bare into the scratch folder: with the instance's own credential, and nothing checked out. */
#include "base/str.h"
#include "drill/drill.h"
#include "probe/git_parts.h"

/* The same remote, bound to the scratch clone instead of the working one. */
static bool rebind(struct drill *d, struct backup_remote *r)
{
	git_remote *fresh = NULL;

	r->url = arena_strdup(d->b.a, r->url);
	r->bytes_max = backup_clone_max();
	if (git_remote_create(&fresh, d->g.repo, r->name, r->url) < 0)
		return backup_fail(&d->b, LOOP_FAILED, EXIT_FAILED, "the scratch clone cannot be set up: %s", repo_git_error(d->b.a));
	git_remote_free(r->remote);
	r->remote = fresh;
	return true;
}

static bool make_bare(struct drill *d)
{
	git_repository_init_options o;

	git_repository_init_options_init(&o, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	o.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_REINIT;
	if (git_repository_init_ext(&d->g.repo, arena_printf(d->b.a, "%s/repo.git", d->scratch), &o) == 0)
		return true;
	return backup_fail(&d->b, LOOP_FAILED, EXIT_FAILED, "the scratch clone cannot be made in %s: %s; is its disk full?", d->scratch,
			   repo_git_error(d->b.a));
}

bool drill_clone(struct drill *d, struct backup_remote *r)
{
	struct backup_repo working = { 0 };
	bool ok = backup_repo_open(&d->b, &working) && backup_remote_open(&d->b, working.repo, r);

	if (ok) {
		d->g.branch = working.branch;
		d->g.ref = working.ref;
		backup_say(&d->b, "cloning %s", r->shown);
		ok = make_bare(d) && rebind(d, r) && backup_remote_fetch(&d->b, r, d->g.repo, d->g.branch, &d->g.upstream);
	}
	backup_repo_done(&working);
	if (ok && !d->g.upstream)
		ok = backup_fail(&d->b, LOOP_FAILED, EXIT_FAILED, "%s has no branch %s: nothing was ever pushed there; run hmc backup --instance %s first",
				 r->shown, d->g.branch, d->b.in->id);
	if (ok)
		d->b.row.commit = arena_strdup(d->b.a, git_oid_tostr_s(git_commit_id(d->g.upstream)));
	return ok;
}
