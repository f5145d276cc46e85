/* Which kind of credential a repository's own configuration names. */
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "probe/git_credential_parts.h"

#define PATH_MAX_SHOWN 300
#define CONFIG         ".git/config"

/* One argument of a shell's line at *s, without its quotes, in `a`; NULL at the end. No variable is looked up. */
static const char *argument(const char **s, struct arena *a)
{
	const char *start = *s + strspn(*s, " \t\n"), *p = start;
	char *out = arena_alloc(a, strlen(start) + 1), quote = '\0';
	size_t n = 0;

	if (!*start)
		return NULL;
	for (; *p && (quote || !strchr(" \t\n", *p)); p++) {
		if (quote ? *p == quote : *p == '\'' || *p == '"')
			quote = (char)(quote ? '\0' : *p);
		else if (*p == '\\' && quote != '\'' && p[1])
			out[n++] = *++p;
		else
			out[n++] = *p;
	}
	out[n] = '\0';
	*s = p;
	return out;
}

/* "IdentityFile=/path", "identityfile /path": the path; NULL of another option. */
static const char *identity_option(const char *option)
{
	static const char name[] = "identityfile";

	if (!option || strncasecmp(option, name, strlen(name)) != 0)
		return NULL;
	return option + strlen(name) + strspn(option + strlen(name), " =");
}

/* The file behind -i, or behind -o IdentityFile=, of a line for ssh; the last one, in `a`; NULL = none. */
static const char *identity_of(const char *command, struct arena *a)
{
	const char *found = NULL, *word, *file;

	while ((word = argument(&command, a))) {
		bool is_option = str_starts(word, "-o");

		if (!is_option && !str_starts(word, "-i"))
			continue;
		word = word[2] ? word + 2 : argument(&command, a);
		file = is_option ? identity_option(word) : word;
		if (file && *file)
			found = file;
	}
	return found ? str_clean(a, found, strlen(found), PATH_MAX_SHOWN) : NULL;
}

static void ssh_kind(struct push_credential *c, const struct git_settings *s, struct arena *a)
{
	const char *command = git_config_last(s, "core", NULL, "sshcommand");

	c->kind = "ssh key";
	c->key_file = command ? identity_of(command, a) : NULL;
	c->kind_from = c->key_file ? "core.sshCommand in " CONFIG : "the remote's transport";
	if (!c->key_file)
		c->note = "which key is not known: its user's ~/.ssh is not read; name the key as backup.key in the configuration";
}

/* "store", "store --file=/path": the one helper of git's own that keeps passwords in a file, in clear (git-credential-store(1)). */
static bool is_store(const char *helper, const char **file, struct arena *a)
{
	const char *word = argument(&helper, a);

	if (!word || (!str_eq(word, "store") && !str_ends(word, "git-credential-store")))
		return false;
	*file = "~/.git-credentials";
	while ((word = argument(&helper, a))) {
		if (str_starts(word, "--file="))
			*file = str_clean(a, word + strlen("--file="), strlen(word + strlen("--file=")), PATH_MAX_SHOWN);
		else if (str_eq(word, "--file") && (word = argument(&helper, a)))
			*file = str_clean(a, word, strlen(word), PATH_MAX_SHOWN);
		if (!word)
			break;
	}
	return true;
}

static void https_kind(struct push_credential *c, const struct git_settings *s, struct arena *a)
{
	const char *file = NULL;

	for (size_t i = 0; i < s->n; i++) {
		const struct git_setting *x = &s->list[i];

		if (str_eq(x->section, "http") && str_eq(x->name, "extraheader") && *x->value) {
			c->kind = "token in " CONFIG;
			c->kind_from = "http.extraHeader in " CONFIG;
			c->key_file = NULL;
			return;
		}
		if (!str_eq(x->section, "credential") || !str_eq(x->name, "helper"))
			continue;
		c->kind = !*x->value ? NULL : is_store(x->value, &file, a) ? "token from a file" : "credential helper";
		c->kind_from = c->kind ? "credential.helper in " CONFIG : NULL; /* an empty one takes back those before it */
		c->key_file = str_eq(c->kind, "token from a file") ? file : NULL;
	}
	if (!c->kind)
		c->note = "its " CONFIG " names no credential helper, and its user's ~/.gitconfig is not read";
}

void credential_kind(struct push_credential *c, const struct git_settings *s, const struct git_remote *r, struct arena *a)
{
	if (r->holds_secret) {
		c->kind = "token in the URL";
		c->kind_from = CONFIG;
	} else if (str_eq(r->transport, "ssh")) {
		ssh_kind(c, s, a);
	} else if (str_eq(r->transport, "https") || str_eq(r->transport, "http")) {
		https_kind(c, s, a);
	} else {
		c->note = r->transport ? "this way of pushing asks for no credential" : "a remote helper pushes it; what that uses is not known";
	}
	if (s->includes && !r->holds_secret && !c->key_file)
		c->note = "its " CONFIG " includes further files, which are not read: they may say which credential pushes";
}
