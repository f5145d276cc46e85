/* The remote of a backup: whose key or token opens it, fetch and push, never with force. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup/repo.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/str.h"
#include "probe/git_parts.h"
#include "probe/git_remote.h"

#define TOKEN_MAX    ((size_t)4096)
#define WORDS_MAX    200
#define USER_DEFAULT "git"

/* What the remote says may hold anything; our token, which it was given, is of no known kind. */
static const char *words(const struct backup_remote *r, const char *s)
{
	if (r->n_token && strstr(s, r->token))
		return "(what it says holds the token, and is left out)";
	return redact_excerpt(r->b->redactor, s, false, WORDS_MAX, r->b->a);
}

/* A file that only its owner, who is us, may read; the descriptor, or -1 with the failure said. */
static int open_private(struct backup *b, const char *what, const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), why = errno;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the %s %s cannot be read: %s; it must be a file of user %s, mode 0600", what, path,
			    why == ELOOP ? "it is a link" : strerrordesc_np(why), b->in->user);
	} else if (!S_ISREG(st.st_mode)) {
		backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the %s %s is not a plain file", what, path);
	} else if (st.st_uid != geteuid()) {
		backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the %s %s belongs to another user; an instance pushes with its own: chown %s %s", what, path,
			    b->in->user, path);
	} else if (st.st_mode & (S_IRWXG | S_IRWXO)) {
		backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the %s %s may be read by others; make it void, then a new one with: chmod 600 %s", what, path,
			    path);
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool read_token(struct backup *b, struct backup_remote *r)
{
	CLEANUP_FD int fd = open_private(b, "token file", b->in->backup_token_file);
	ssize_t n;

	if (fd < 0)
		return false;
	r->token = calloc(1, TOKEN_MAX + 1);
	if (!r->token)
		abort();
	n = io_read(fd, r->token, TOKEN_MAX);
	r->n_token = n > 0 ? strcspn(r->token, "\r\n") : 0;
	r->token[r->n_token] = '\0';
	return r->n_token > 0 || backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the token file %s holds no token in its first line", b->in->backup_token_file);
}

static bool is_loopback(const char *shown)
{
	const char *host = strstr(shown, "://");

	host = host ? host + 3 : shown;
	/* An address, not a name that begins like one. */
	return (str_starts(host, "127.") && strchr(":/", host[strspn(host, "0123456789.")])) || str_starts(host, "[::1]") || str_starts(host, "localhost:") || str_starts(host, "localhost/");
}

static bool look_at_credential(struct backup *b, struct backup_remote *r)
{
	if (str_eq(r->transport, "ssh")) {
		CLEANUP_FD int fd = -1;

		if (!b->in->backup_key)
			return backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the remote %s wants a key: name this instance's deploy key as backup.key", r->shown);
		fd = open_private(b, "key", b->in->backup_key);
		return fd >= 0;
	}
	if (str_eq(r->transport, "http") && !is_loopback(r->shown))
		return backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the remote %s is not encrypted; give it as https://", r->shown);
	if (str_eq(r->transport, "https") || str_eq(r->transport, "http")) {
		if (!b->in->backup_token_file)
			return backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the remote %s wants a token: name a file with one as backup.tokenFile", r->shown);
		return read_token(b, r);
	}
	return str_eq(r->transport, "file") ||
	       backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the remote %s is of a kind that is not pushed to; use ssh, https or a path", r->shown);
}

bool backup_remote_open(struct backup *b, git_repository *repo, struct backup_remote *r)
{
	const char *name = b->in->backup_remote ? b->in->backup_remote : "origin";
	struct git_setting list[] = { { "remote", name, "url", NULL } };
	struct git_settings settings = { .list = list, .n = 1 };
	struct git_remote known;
	int rc = git_remote_lookup(&r->remote, repo, name);

	r->b = b;
	r->name = name;
	if (rc == GIT_ENOTFOUND || rc == GIT_EINVALIDSPEC)
		return backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the repository %s has no remote \"%s\"; add it: git -C %s remote add %s URL",
				   b->in->backup_repo, name, b->in->backup_repo, name);
	if (rc < 0)
		return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "the remote \"%s\" cannot be read: %s", name, repo_git_error(b->a));
	r->url = git_remote_pushurl(r->remote) ? git_remote_pushurl(r->remote) : git_remote_url(r->remote);
	if (!r->url)
		return backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the remote \"%s\" has no URL", name);
	r->url = arena_strdup(b->a, r->url);
	list[0].value = r->url;
	git_remote_of(&known, &settings, NULL, b->a);
	if (!known.name && !str_eq(name, "origin")) {
		list[0].sub = "origin";
		git_remote_of(&known, &settings, NULL, b->a);
	}
	r->shown = known.shown ? redact(b->redactor, known.shown, b->a) : "?";
	r->transport = known.transport;
	b->row.remote = r->shown;
	/* Fetched from where it is pushed to: the credential is of that address, and no other is given it. */
	if (git_remote_set_instance_url(r->remote, r->url) < 0)
		return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "the remote \"%s\" cannot be read: %s", name, repo_git_error(b->a));
	if (known.holds_secret)
		return backup_fail(b, LOOP_REFUSED, EXIT_NOT_SET_UP, "the URL of remote \"%s\" holds a password; make that void, and put a new one into backup.tokenFile",
				   name);
	return look_at_credential(b, r);
}

/* ---- what libgit2 asks of us ---- */

static int give_credential(git_credential **out, const char *url, const char *user, unsigned allowed, void *ctx)
{
	struct backup_remote *r = ctx;
	const struct instance *in = r->b->in;

	(void)url;
	if (!user)
		user = USER_DEFAULT;
	if (allowed & GIT_CREDENTIAL_USERNAME)
		return git_credential_username_new(out, user);
	if (r->asked++) { /* what did not do the first time does not do the second */
		r->why = str_eq(r->transport, "ssh") ? "it does not take this instance's key; add its public half there, with the right to write"
						     : "it does not take this instance's token; look whether it has ended, and what it may do";
		return GIT_EAUTH;
	}
	if ((allowed & GIT_CREDENTIAL_SSH_KEY) && in->backup_key && str_eq(r->transport, "ssh"))
		return git_credential_ssh_key_new(out, user, NULL, in->backup_key, "");
	if ((allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) && r->token)
		return git_credential_userpass_plaintext_new(out, in->backup_token_user ? in->backup_token_user : USER_DEFAULT, r->token);
	r->why = "it asks for another kind of credential than this instance has";
	return GIT_EAUTH;
}

/* The port in "ssh://host:2222/x"; "git@host:x" has none. */
static int port_of(const char *url)
{
	const char *rest = strstr(url, "://"), *end, *colon;
	int64_t port = 22;

	if (!rest)
		return 22;
	rest += 3;
	end = rest + strcspn(rest, "/");
	colon = memrchr(rest, ':', (size_t)(end - rest));
	if (colon && !memchr(colon, ']', (size_t)(end - colon))) {
		char digits[8];

		snprintf(digits, sizeof(digits), "%.*s", (int)(end - colon - 1), colon + 1);
		if (!str_parse_i64(digits, 1, 65535, &port))
			return 22;
	}
	return (int)port;
}

static const char *known_hosts_file(struct backup *b)
{
	const struct passwd *pw = getpwuid(geteuid());

	if (b->in->backup_known_hosts)
		return b->in->backup_known_hosts;
	return arena_printf(b->a, "%s/.ssh/known_hosts", pw ? pw->pw_dir : "");
}

static int check_host(git_cert *cert, int valid, const char *host, void *ctx)
{
	struct backup_remote *r = ctx;

	if (cert->cert_type == GIT_CERT_HOSTKEY_LIBSSH2) {
		const git_cert_hostkey *key = (const git_cert_hostkey *)(const void *)cert;

		if (!(key->type & GIT_CERT_SSH_RAW))
			r->why = "its host key cannot be looked at";
		else
			r->why = backup_known_host(known_hosts_file(r->b), host, port_of(r->url), key->hostkey, key->hostkey_len, r->b->a);
	} else if (!valid) {
		r->why = "its TLS certificate is not valid for its name, or signed by nobody this machine trusts";
	}
	return r->why ? GIT_ECERTIFICATE : 0;
}

static int keep_time(const struct backup_remote *r)
{
	return clock_mono_us() > r->b->deadline_us ? GIT_EUSER : 0;
}

static int on_transfer(const git_indexer_progress *stats, void *ctx)
{
	struct backup_remote *r = ctx;

	if (r->bytes_max > 0 && (int64_t)stats->received_bytes > r->bytes_max) {
		r->why = arena_printf(r->b->a, "it holds more than %lld MiB", (long long)(r->bytes_max >> 20));
		return GIT_EUSER;
	}
	return keep_time(r);
}

static int on_pack(int stage, uint32_t current, uint32_t total, void *ctx)
{
	(void)stage;
	(void)current;
	(void)total;
	return keep_time(ctx);
}

static int on_push(unsigned current, unsigned total, size_t bytes, void *ctx)
{
	(void)current;
	(void)total;
	(void)bytes;
	return keep_time(ctx);
}

/* Of git itself, on its way: nobody's reason for anything. */
static bool is_progress(const char *line)
{
	static const char *const begins[] = { "Enumerating objects", "Counting objects", "Compressing objects", "Finding sources", "Total " };

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (str_starts(line, begins[i]))
			return true;
	return false;
}

/* What the remote's hooks print: the last line that says something. */
static int on_words(const char *text, int len, void *ctx)
{
	struct backup_remote *r = ctx;
	const char *line = len > 0 ? words(r, arena_strndup(r->b->a, text, (size_t)len)) : NULL;

	if (line && line[strspn(line, " ")] && !is_progress(line))
		r->rejected = line;
	return keep_time(r);
}

static int on_answer(const char *ref, const char *status, void *ctx)
{
	struct backup_remote *r = ctx;

	if (status)
		r->why = arena_printf(r->b->a, "it rejected %s: %s%s%s", words(r, ref), words(r, status), r->rejected ? " · " : "",
				      r->rejected ? r->rejected : "");
	return 0;
}

git_remote_callbacks backup_remote_callbacks(struct backup_remote *r)
{
	git_remote_callbacks c;

	git_remote_init_callbacks(&c, GIT_REMOTE_CALLBACKS_VERSION);
	r->asked = 0;
	r->why = r->rejected = NULL;
	c.credentials = give_credential;
	c.certificate_check = check_host;
	c.transfer_progress = on_transfer;
	c.pack_progress = on_pack;
	c.push_transfer_progress = on_push;
	c.push_update_reference = on_answer;
	c.sideband_progress = on_words;
	c.payload = r;
	return c;
}

/* What stood in the way, as one line; 75 where the next run may find it otherwise. */
static bool said_no(struct backup *b, const struct backup_remote *r, const char *step)
{
	const char *error = words(r, repo_git_error(b->a));
	bool is_late = clock_mono_us() > b->deadline_us;

	if (is_late)
		return backup_fail(b, LOOP_FAILED, EXIT_TRY_LATER, "%s %s took longer than %lld s and was given up; the next run goes on", step, r->shown,
				   (long long)backup_limit_s());
	if (r->why)
		return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "%s %s failed: %s", step, r->shown, r->why);
	if (r->rejected)
		return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "%s %s failed: %s · it says: %s", step, r->shown, error, r->rejected);
	if (r->bytes_max > 0 && str_eq(step, "asking") && strstr(error, strerrordesc_np(ENOSPC)))
		return backup_fail(b, LOOP_FAILED, EXIT_TRY_LATER, "cloning %s failed: %s; set TMPDIR to a folder with room", r->shown,
				   strerrordesc_np(ENOSPC));
	return backup_fail(b, LOOP_FAILED, EXIT_TRY_LATER, "%s %s failed: %s; look whether the remote is there and has room", step, r->shown, error);
}

bool backup_remote_fetch(struct backup *b, struct backup_remote *r, git_repository *repo, const char *branch, git_commit **out)
{
	char *spec = arena_printf(b->a, "+refs/heads/%s:refs/remotes/%s/%s", branch, r->name, branch);
	const char *here = arena_printf(b->a, "refs/remotes/%s/%s", r->name, branch);
	git_strarray specs = { .strings = &spec, .count = 1 };
	git_fetch_options opts;
	const git_remote_head **heads;
	bool is_there = false;
	size_t n = 0;
	git_oid id;

	git_fetch_options_init(&opts, GIT_FETCH_OPTIONS_VERSION);
	opts.callbacks = backup_remote_callbacks(r);
	opts.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	opts.update_fetchhead = 0;
	opts.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	*out = NULL;
	if (git_remote_fetch(r->remote, &specs, &opts, "hmc backup") < 0)
		return said_no(b, r, "asking");
	/* What an earlier fetch left here says nothing of now: the branch may be gone there. */
	if (git_remote_ls(&heads, &n, r->remote) < 0)
		n = 0;
	for (size_t i = 0; i < n; i++)
		is_there = is_there || str_eq(heads[i]->name, arena_printf(b->a, "refs/heads/%s", branch));
	if (!is_there)
		return true;
	if (git_reference_name_to_id(&id, repo, here) < 0 || git_commit_lookup(out, repo, &id) < 0)
		return backup_fail(b, LOOP_FAILED, EXIT_FAILED, "what %s gave of %s cannot be read: %s", r->shown, branch, repo_git_error(b->a));
	return true;
}

bool backup_remote_push(struct backup *b, struct backup_remote *r, const char *ref)
{
	char *spec = arena_printf(b->a, "%s:%s", ref, ref); /* no '+': what the remote has is never lost */
	git_strarray specs = { .strings = &spec, .count = 1 };
	git_push_options opts;

	git_push_options_init(&opts, GIT_PUSH_OPTIONS_VERSION);
	opts.callbacks = backup_remote_callbacks(r);
	opts.pb_parallelism = 1;
	opts.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	if (git_remote_push(r->remote, &specs, &opts) < 0 || r->why)
		return said_no(b, r, "pushing to");
	return true;
}

void backup_remote_done(struct backup_remote *r)
{
	git_remote_free(r->remote);
	if (r->token)
		explicit_bzero(r->token, TOKEN_MAX);
	free(r->token);
	*r = (struct backup_remote){ 0 };
}
