/* hmc doctor: the configuration, and what must be there before anything can run. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "cmd/doctor.h"
#include "web/site.h"
#include "web/token.h"

#define INSTALL "install the package (docs/operations.md, 'Install')"

static void check_accounts(struct doctor *d)
{
	static const char *const names[] = { "hmc", "hmc-caddy" };

	for (int i = 0; i < 2; i++) {
		const struct passwd *pw = getpwnam(names[i]); /* NOLINT(concurrency-mt-unsafe): one thread */

		if (pw)
			doctor_say(d, STATUS_OK, doctor_text(d, "The account %s", names[i]), "is there", NULL);
		else
			doctor_say(d, STATUS_OFF, doctor_text(d, "The account %s", names[i]),
				   "is not there: Mission Control is not installed as a service", INSTALL);
		if (i == 0)
			d->is_installed = pw != NULL;
	}
}

static void check_file(struct doctor *d)
{
	const char *path = d->config->path;
	struct stat st;

	if (!path) {
		doctor_say(d, d->is_installed ? STATUS_WARN : STATUS_OFF, "The configuration",
			   "there is none: defaults hold, and instances are looked for",
			   d->is_installed ? "run 'hmc setup' as root" : "fine for a look with 'make run'; an installation wants 'hmc setup'");
		return;
	}
	if (stat(path, &st) == 0 && (st.st_mode & 022))
		doctor_say(d, STATUS_CRITICAL, "The configuration",
			   doctor_text(d, "%s may be written by group or others", path), doctor_text(d, "chmod 0644 %s", path));
	else if (d->is_installed && stat(path, &st) == 0 && st.st_uid != 0)
		doctor_say(d, STATUS_WARN, "The configuration",
			   doctor_text(d, "%s belongs to user %u, who may change what is watched", path, (unsigned)st.st_uid),
			   doctor_text(d, "chown root %s", path));
	else
		doctor_say(d, STATUS_OK, "The configuration", path, NULL);
}

static void check_instances(struct doctor *d)
{
	const struct config *c = d->config;

	if (c->n_instances == 0)
		doctor_say(d, STATUS_WARN, "Instances", c->discovery_note ? c->discovery_note : "none is configured",
			   "add one under \"instances\" (docs/config.example.json shows how)");
	else
		doctor_say(d, STATUS_OK, "Instances",
			   doctor_text(d, "%zu, %s", c->n_instances, c->is_discovered ? "found by looking" : "configured"), NULL);
	for (size_t i = 0; i < c->n_instances; i++)
		if (c->instances[i].uid < 0)
			doctor_say(d, STATUS_CRITICAL, c->instances[i].label,
				   doctor_text(d, "there is no user %s on this machine", c->instances[i].user),
				   "correct \"user\" of that instance");
}

/* Whether this user may read it at all: if not, nothing is said of what is in it. */
static bool is_hidden(const char *path)
{
	return access(path, R_OK) < 0 && errno == EACCES;
}

/* A credential that systemd hands to the panes is not there for a command: that is no fault. */
static bool is_handed_to_panes(const struct config_key *k)
{
	return str_starts(k->file, CONFIG_CREDENTIAL) && !getenv("CREDENTIALS_DIRECTORY");
}

static void check_keys(struct doctor *d)
{
	const char *error = NULL;

	for (size_t i = 0; i < d->config->n_keys; i++) {
		const struct config_key *k = &d->config->keys[i];

		if (is_handed_to_panes(k)) {
			doctor_say(d, STATUS_UNKNOWN, "Sign-in keys", doctor_text(d, "%s is there for the panes alone", k->file),
				   doctor_text(d, "'systemd-run --pipe -p LoadCredential=%s:/PATH hmc doctor' as root looks at it",
					       k->file + strlen(CONFIG_CREDENTIAL)));
			return;
		}
		if (!is_hidden(k->file))
			continue;
		doctor_say(d, STATUS_UNKNOWN, "Sign-in keys", doctor_text(d, "%s may not be read by this user", k->file),
			   "run this as root");
		return;
	}
	if (token_keys_load(d->config, d->arena, &error))
		doctor_say(d, STATUS_OK, "Sign-in keys", doctor_text(d, "%zu, each sound and kept to those who need it", d->config->n_keys),
			   NULL);
	else
		doctor_say(d, d->is_installed || d->config->path ? STATUS_CRITICAL : STATUS_OFF, "Sign-in keys", error,
			   d->is_installed ? "nobody can sign in until then; 'hmc setup' makes a key where none is configured"
					   : "'make run' makes one for a look, 'hmc setup' one that stays");
}

static void check_address(struct doctor *d)
{
	const char *error = NULL;
	struct site site;

	if (!site_init(d->config, d->arena, &site, &error))
		doctor_say(d, STATUS_CRITICAL, "Its address", error, "correct site.origin");
	else if (site.is_https)
		doctor_say(d, STATUS_OK, "Its address", site.origin, NULL);
	else
		doctor_say(d, STATUS_INFO, "Its address", doctor_text(d, "%s: from this machine alone", site.origin),
			   "a phone needs https: 'tailscale serve --bg', and that address as site.origin");
}

void doctor_config(struct doctor *d)
{
	d->section = "Configuration";
	check_accounts(d);
	if (!d->config) {
		doctor_say(d, STATUS_CRITICAL, "The configuration", d->fault, "correct it; 'hmc config --check' says whether it is sound");
		return;
	}
	check_file(d);
	check_instances(d);
	check_keys(d);
	check_address(d);
}
