/*
 * cmd/setup.h -- what the parts of hmc setup share (private to cmd/cmd_setup.c and cmd/setup_units.c).
 */
#ifndef MC_CMD_SETUP_H
#define MC_CMD_SETUP_H

#include <stdbool.h>
#include <sys/types.h>

#include "cmd/place.h"
#include "config/config.h"
#include "config/dropin.h"

#define UNIT_DIR      "/etc/systemd/system"
#define USER_UNIT_DIR "/etc/systemd/user"

struct setup {
	const struct config *config;
	struct arena *arena;
	uid_t hmc_uid;
	gid_t hmc_gid;
	const char *print_key;  /* what fingerprint.key says; NULL: it could not be made */
	const char *stale;      /* timers of drop-ins that were taken away, each after a blank */
	bool is_dry;
	bool failed;
};

/* A line of what was done, or would be; with PLACED_FAILED the error of errno. */
void setup_say(struct setup *s, enum placed what, const char *path, const char *about);

/* place_file() as root's and place_folder(), said; a dry run only says. */
void setup_file(struct setup *s, const char *path, const char *text, mode_t mode, gid_t gid, const char *mark, const char *about);
void setup_folder(struct setup *s, const char *path, mode_t mode, uid_t uid, gid_t gid, const char *about);

/* The drop-ins of what timers run for an instance; its paths must be such that units can name them. */
void setup_units(struct setup *s, const struct instance *in);

/* The drop-in of the beat, where there is one. */
void setup_beat(struct setup *s);

/* Takes drop-ins of ours away whose instance or loop the configuration has no more, and puts their timers into s->stale. */
void setup_sweep(struct setup *s);

#endif
