/*
 * hmc -- Mission Control's one command.
 */
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "json/json.h"
#include "web/journal.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv, const struct config *config);
	const char *summary;
	const char *help;
	/* Instead of run, for a command that has something to say without a configuration too. */
	int (*run_anyway)(int argc, char **argv, const struct config *config, const char *fault);
};

static const struct command commands[] = {
	{ "export", cmd_export, "take every reading and publish it",
	  "usage: hmc export [--instance ID | --host] [--every SECONDS]\n\n"
	  "Reads the instances that belong to the calling user, and the host, and\n"
	  "publishes a report of each below stateDir. An instance of another user is\n"
	  "left to that user's exporter.\n\n"
	  "  --instance ID    only this instance\n"
	  "  --host           only the host\n"
	  "  --every SECONDS  go on until stopped, one run every so often\n\n"
	  "exit status: 0 published, 1 something could not be published\n", NULL },
	{ "status", cmd_status, "say how every instance is",
	  "usage: hmc status [--instance ID] [--json]\n\n"
	  "Judges the published reports, as the pages do.\n\n"
	  "  --instance ID  only this instance\n"
	  "  --json         the reports themselves\n\n"
	  "exit status: 0 all is well, 1 something warns or worse, 2 something is unknown\n", NULL },
	{ "token", cmd_token, "make a sign-in token or link",
	  "usage: hmc token --sub NAME --role viewer|admin [--ttl 12h] [--link]\n"
	  "       hmc token revoke --sub NAME | --jti ID | --token -\n\n"
	  "  --sub NAME  whose token it is\n"
	  "  --role R    viewer looks, admin also changes\n"
	  "  --ttl T     how long it lasts: 30m, 12h (default), 7d; at most auth.maxLifetime\n"
	  "  --link      a link that signs in once within ten minutes; the session that it\n"
	  "              opens lasts for --ttl, or auth.sessionLimit, while it is used\n\n"
	  "revoke ends, on the server and at once:\n"
	  "  --sub NAME  all that NAME was ever given, here or by the platform\n"
	  "  --jti ID    the token or session of that number, and the sessions it opened\n"
	  "  --token -   the token on the standard input\n", NULL },
	{ "products", cmd_products, "propose entries for the products pane",
	  "usage: hmc products import FILE\n\n"
	  "Reads a docker-compose file, or a JSON list of services, and prints what it tells of\n"
	  "them as entries of \"products\" for the configuration. Notes on stderr say what it does\n"
	  "not tell, and what to look at. Nobody is asked, and nothing is written.\n\n"
	  "exit status: 0 proposed, 1 the file cannot be read or understood\n", NULL },
	{ "hold", cmd_hold, "keep the site's port from other users",
	  "usage: hmc hold\n\n"
	  "Binds site.listen without listening, until it is stopped: only programs of the same\n"
	  "user can then listen there. The unit hmc-port.service runs this as Caddy's user.\n", NULL },
	{ "setup", cmd_setup, "prepare an installed package for this machine",
	  "usage: hmc setup [--origin https://HOST] [--dry-run]\n\n"
	  "As root: writes the configuration (the instances that are found) and the key where\n"
	  "they are missing, the folders of reports, and for each instance the drop-ins that\n"
	  "say what its exporter, and the notifier, backup and drill that are configured, may\n"
	  "see; takes away those of what is configured no more; then says what to start and to\n"
	  "stop. Run it again after a change of the configuration. Nothing that a person wrote\n"
	  "is replaced.\n\n"
	  "  --origin URL  what the browser's address bar will show, for a new configuration\n"
	  "  --dry-run     only say what would be written\n\n"
	  "exit status: 0 all is in its place, 1 something is not\n", NULL },
	{ "doctor", NULL, "check the installation and say what to do",
	  "usage: hmc doctor [--json]\n\n"
	  "Checks accounts, configuration, keys, libraries, clock, reports, units, the site and\n"
	  "the guardrails, before and after an installation, and says for each that is not fine\n"
	  "what to do. Root sees most; nothing is started, stopped or written.\n\n"
	  "  --json  the same for programs\n\n"
	  "exit status: 0 all is fine, 1 something warns or fails, 2 something is unknown\n",
	  cmd_doctor },
	{ "backup", cmd_backup, "copy what restores an instance into its repository, and push it",
	  "usage: hmc backup --instance ID [--dry-run | --tell] [--verbose]\n\n"
	  "As the instance's own user: copies configuration, memories, skills, jobs, hooks and\n"
	  "plugins, without a secret, into hermes_persistent_backup/ of backup.repo, commits what\n"
	  "has changed and pushes it with backup.key or backup.tokenFile. A secret that is found\n"
	  "in any of it refuses the whole run. Silent without a terminal when all went well.\n\n"
	  "  --instance ID  which one\n"
	  "  --dry-run      only say what would be added, changed or gone; nobody is asked\n"
	  "  --tell         have what was done told by hmc notify, in numbered steps\n"
	  "  --verbose      a line a step, without a terminal too\n\n"
	  "exit status: 0 done or nothing to do, 1 failed or refused, 75 try again later,\n"
	  "78 the configuration, repository, key or token is not fit\n", NULL },
	{ "notify", cmd_notify, "tell people what is new or over, by the instance's own bot",
	  "usage: hmc notify --instance ID [--test | --done WHAT [--step TEXT]...] [--verbose]\n\n"
	  "As the instance's own user: one pass over its alert book. New alerts, recoveries and\n"
	  "reminders of what is critical go to its home chat by its own Telegram bot, both as\n"
	  "Hermes has them unless \"notify\" says otherwise. Nothing is said when all is well, and\n"
	  "nothing twice. Updates are never asked for: those are the gateway's.\n\n"
	  "  --instance ID  which one\n"
	  "  --test         send a message, its button and a picture, and say what arrived\n"
	  "  --done WHAT    say that something was done, with ten steps at most\n"
	  "  --step TEXT    1, 2, ... of it\n"
	  "  --verbose      a line a step, without a terminal too\n\n"
	  "exit status: 0 said or nothing to say, 1 refused or failed, 75 try again later,\n"
	  "78 the configuration has no notify\n", NULL },
	{ "watch", cmd_watch, "say which exporters and notifiers have stopped",
	  "usage: hmc watch --instance ID [--verbose]\n\n"
	  "As the instance's own user: looks when each exporter and each other notifier last did\n"
	  "its work, and says which are silent. What is new goes into the instance's outbox, and\n"
	  "with the next hmc notify to its chat; hmc notify itself does this in each pass. Silent\n"
	  "when all is well.\n\n"
	  "  --instance ID  whose eyes\n"
	  "  --verbose      a line for each that is looked at, without a terminal too\n\n"
	  "exit status: 0 all are alive, 1 one is silent or could not be looked at, 75 try again later\n", NULL },
	{ "beat", cmd_beat, "tell the outside that this machine lives",
	  "usage: hmc beat [--verbose]\n\n"
	  "Sends counts, and nothing else, to the URL in beat.urlFile when it is time, so that\n"
	  "somebody outside notices when this machine is dead. Where nobody on it could tell people\n"
	  "of anything, \"/fail\" is added to the URL. Needs to read no report and no home.\n\n"
	  "  --verbose  a line, without a terminal too\n\n"
	  "exit status: 0 taken or nothing to do, 1 failed, 75 it was not taken and is tried again,\n"
	  "78 there is no URL that could be used\n", NULL },
	{ "drill", cmd_drill, "prove that the backup restores",
	  "usage: hmc drill --instance ID [--no-push] [--tell] [--verbose]\n\n"
	  "As the instance's own user: clones the backup's remote into an empty scratch home,\n"
	  "restores hermes_persistent_backup/ there, compares every file with the manifest, reads\n"
	  "each as Hermes would, looks for secrets, and compares with the live home. Leaves a\n"
	  "receipt in the ledger and as drills/TIME-ID.json in the repository. The scratch home\n"
	  "is removed. Silent without a terminal when the backup is proven.\n\n"
	  "  --instance ID  which one\n"
	  "  --no-push      leave the receipt in the ledger alone\n"
	  "  --tell         have what was done told by hmc notify, in numbered steps\n"
	  "  --verbose      a line a step, without a terminal too\n\n"
	  "exit status: 0 proven restorable, 1 not, 75 try again later, 78 the configuration,\n"
	  "repository, key or token is not fit\n", NULL },
	{ "config", cmd_config, "print the effective configuration",
	  "usage: hmc config [--check | --instances]\n\n"
	  "Prints every setting with where it came from; the output is itself a configuration.\n\n"
	  "  --check      only say whether it is sound\n"
	  "  --instances  one line an instance: id, user, home, separated by tabs\n", NULL },
};

int cmd_usage_error(const char *command, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "hmc %s: ", command);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "; see 'hmc %s --help'\n", command);
	return EXIT_USAGE;
}

static void print_help(FILE *out)
{
	fprintf(out, "usage: hmc COMMAND [--config FILE] [OPTIONS]\n\n"
		     "Mission Control: one private dashboard over every Hermes Agent instance of a machine.\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
	fprintf(out, "\n'hmc COMMAND --help' says more. Configuration: --config FILE, else $HMC_CONFIG,\n"
		     "else " CONFIG_DEFAULT_PATH ".\n");
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (str_eq(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/*
 * Takes "--config FILE" and "--config=FILE" out of argv, wherever it stands.
 * False when the file is missing after it.
 */
static bool take_config(int *argc, char **argv, const char **path)
{
	int kept = 1;

	for (int i = 1; i < *argc; i++) {
		if (str_starts(argv[i], "--config=")) {
			*path = argv[i] + strlen("--config=");
		} else if (str_eq(argv[i], "--config")) {
			if (i + 1 == *argc)
				return false;
			*path = argv[++i];
		} else {
			argv[kept++] = argv[i];
		}
	}
	argv[kept] = NULL;
	*argc = kept;
	return *path == NULL || **path != '\0';
}

static bool asks(int argc, char **argv, const char *option)
{
	for (int i = 1; i < argc; i++)
		if (str_eq(argv[i], option))
			return true;
	return false;
}

static int run(const struct command *c, int argc, char **argv, const char *config_path)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	const char *error = NULL;
	struct config *config = config_load(config_path, a, &error);

	if (c->run_anyway)
		return c->run_anyway(argc, argv, config, error);
	if (!config) {
		fprintf(stderr, "hmc %s: %s\n", c->name, error);
		return EXIT_CONFIG;
	}
	return c->run(argc, argv, config);
}

int main(int argc, char **argv)
{
	const char *config_path = NULL;
	const struct command *c;

	/* One heap: probes run side by side but hardly allocate, and a heap a thread costs more than it saves. */
	mallopt(M_ARENA_MAX, 1);
	json_init();
	log_name("hmc");
	journal_attach(/* is_service= */ false);
	if (!take_config(&argc, argv, &config_path)) {
		fprintf(stderr, "hmc: --config needs a file\n");
		return EXIT_USAGE;
	}
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (str_eq(argv[1], "--help") || str_eq(argv[1], "help")) {
		print_help(stdout);
		return 0;
	}
	if (asks(argc, argv, "--version")) {
		printf("hmc %s\n", MC_VERSION);
		return 0;
	}
	c = find_command(argv[1]);
	if (!c) {
		fprintf(stderr, "hmc: there is no command '%s'; see 'hmc --help'\n", argv[1]);
		return EXIT_USAGE;
	}
	if (asks(argc - 1, argv + 1, "--help")) {
		fputs(c->help, stdout);
		return 0;
	}
	return run(c, argc - 1, argv + 1, config_path);
}
