/*
 * cmd/cmd.h -- the subcommands of hmc.
 *
 * Each gets its own arguments (argv[0] is the command's name, --config is
 * already taken out) and gives the exit status of the process.
 */
#ifndef MC_CMD_CMD_H
#define MC_CMD_CMD_H

#include "config/config.h"

#define EXIT_USAGE  64 /* sysexits.h, named for what design.md promises */
#define EXIT_CONFIG 78

int cmd_backup(int argc, char **argv, const struct config *config);
int cmd_beat(int argc, char **argv, const struct config *config);
int cmd_config(int argc, char **argv, const struct config *config);
/* Is also run where the configuration cannot be read: it is NULL then, and fault says why. */
int cmd_doctor(int argc, char **argv, const struct config *config, const char *fault);
int cmd_drill(int argc, char **argv, const struct config *config);
int cmd_export(int argc, char **argv, const struct config *config);
int cmd_hold(int argc, char **argv, const struct config *config);
int cmd_notify(int argc, char **argv, const struct config *config);
int cmd_products(int argc, char **argv, const struct config *config);
int cmd_setup(int argc, char **argv, const struct config *config);
int cmd_status(int argc, char **argv, const struct config *config);
int cmd_token(int argc, char **argv, const struct config *config);
/* argv[0] is "revoke" */
int cmd_token_revoke(int argc, char **argv, const struct config *config);
int cmd_watch(int argc, char **argv, const struct config *config);

/* "hmc export: WHAT; see hmc export --help" on stderr; gives EXIT_USAGE. */
int cmd_usage_error(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
