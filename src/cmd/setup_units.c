/* hmc setup: drop-ins of what timers run for instances, and the end of those that nobody wants any more. */
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "cmd/setup.h"

#define DROPIN_FILE "50-instance.conf"
#define BEAT_DIR    UNIT_DIR "/hmc-beat.service.d"

static void write_one(struct setup *s, const char *dir, const char *text, const char *about)
{
	setup_folder(s, dir, 0755, 0, 0, "");
	setup_file(s, arena_printf(s->arena, "%s/" DROPIN_FILE, dir), text, 0644, 0, DROPIN_MARK, about);
}

/* For both managers: either may run it. */
static void write_drill_timer(struct setup *s, const struct instance *in)
{
	static const char *const places[] = { UNIT_DIR, USER_UNIT_DIR };
	const char *text = dropin_drill_timer(in);

	for (size_t i = 0; text && i < ARRAY_SIZE(places); i++)
		write_one(s, arena_printf(s->arena, "%s/hmc-drill@%s.timer.d", places[i], in->id), text, "when it is drilled");
}

void setup_units(struct setup *s, const struct instance *in)
{
	for (enum dropin_of of = 0; of < DROPINS; of++) {
		const char *error;

		if (!dropin_is_wanted(of, in))
			continue;
		write_one(s, arena_printf(s->arena, UNIT_DIR "/hmc-%s@%s.service.d", dropin_name(of), in->id),
			  dropin_text(s->config, in, of, s->arena, &error), dropin_about(of));
		if (of == DROPIN_DRILL)
			write_drill_timer(s, in);
	}
}

void setup_beat(struct setup *s)
{
	const char *error, *text = dropin_beat_text(s->config, s->arena, &error);

	if (error) {
		fprintf(stderr, "hmc setup: %s\n", error);
		s->failed = true;
	} else if (text) {
		write_one(s, BEAT_DIR, text, "where the beat has its URL from");
	}
}

static bool is_wanted(const struct config *c, const char *name, const char *id, bool is_timer)
{
	const struct instance *in = config_instance(c, id);

	for (enum dropin_of of = 0; in && of < DROPINS; of++)
		if (str_eq(dropin_name(of), name))
			return dropin_is_wanted(of, in) && (!is_timer || dropin_drill_timer(in));
	return false;
}

/* One that a person wrote stays, and so does a folder with anything else in it. */
static void take_away(struct setup *s, const char *path, const char *timer)
{
	if (!place_read(path, DROPIN_MARK, s->arena))
		return;
	if (!s->is_dry && unlink(path) < 0) {
		setup_say(s, PLACED_FAILED, path, "");
		return;
	}
	if (!s->is_dry)
		rmdir(arena_strndup(s->arena, path, (size_t)(strrchr(path, '/') - path)));
	printf("  %s %s: the configuration has it no more\n", s->is_dry ? "would be removed" : "removed ", path);
	if (timer)
		s->stale = arena_printf(s->arena, "%s %s", s->stale ? s->stale : "", timer);
}

/* ".../hmc-backup@uma.service.d/50-instance.conf" */
static void sweep_one(struct setup *s, const char *path)
{
	const char *unit = strstr(path, "/hmc-"), *at = unit ? strchr(unit, '@') : NULL, *end = at ? strchr(at, '.') : NULL;
	const char *name, *id;
	bool is_timer;

	if (!end)
		return;
	unit += strlen("/hmc-");
	name = arena_strndup(s->arena, unit, (size_t)(at - unit));
	id = arena_strndup(s->arena, at + 1, (size_t)(end - at - 1));
	is_timer = str_starts(end, ".timer");
	if (!is_wanted(s->config, name, id, is_timer))
		take_away(s, path, is_timer ? NULL : arena_printf(s->arena, "hmc-%s@%s.timer", name, id));
}

/* What an instance or a loop that is gone was allowed must not stay allowed. */
void setup_sweep(struct setup *s)
{
	static const char *const patterns[] = { UNIT_DIR "/hmc-*@*.service.d/" DROPIN_FILE, UNIT_DIR "/hmc-*@*.timer.d/" DROPIN_FILE,
						USER_UNIT_DIR "/hmc-*@*.timer.d/" DROPIN_FILE };
	const char *error;

	if (!dropin_beat_text(s->config, s->arena, &error) && !error)
		take_away(s, BEAT_DIR "/" DROPIN_FILE, s->config->beat.url_file ? NULL : "hmc-beat.timer");
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		glob_t found = { .gl_pathc = 0 };

		if (glob(patterns[i], 0, NULL, &found) == 0)
			for (size_t j = 0; j < found.gl_pathc; j++)
				sweep_one(s, found.gl_pathv[j]);
		globfree(&found);
	}
}
