/* Where the beat goes, and how often. */
#include <string.h>

#include "base/str.h"
#include "config/loader.h"

#define URL_FILE "/etc/hermes-mission-control/beat.url"
#define EVERY_S  300
#define EVERY_MIN_S 60
#define EVERY_MAX_S 86400

void config_beat_defaults(struct beat_rules *out)
{
	*out = (struct beat_rules){ .every_s = EVERY_S, .may_fail = true };
}

/* A path, or what systemd hands over. */
static bool is_place(const char *s)
{
	return s[0] == '/' || (str_starts(s, CONFIG_CREDENTIAL) && s[strlen(CONFIG_CREDENTIAL)] && !strchr(s, '/'));
}

void loader_beat(struct loader *l, struct place top, struct beat_rules *out)
{
	static const char *const known[] = { "urlFile", "every", "fail", "caFile", NULL };
	struct place p = loader_object(l, top, "beat");

	config_beat_defaults(out);
	if (!p.object)
		return;
	loader_known(l, p, known);
	out->url_file = loader_string(l, p, "urlFile", URL_FILE);
	out->ca_file = loader_path(l, p, "caFile", NULL);
	out->every_s = loader_duration(l, p, "every", EVERY_S);
	out->may_fail = loader_bool(l, p, "fail", true);
	if (!is_place(out->url_file))
		/* Without what it says: most likely it is the URL. */
		loader_fail(l, "beat.urlFile must be an absolute path, or \"" CONFIG_CREDENTIAL "NAME\"; the URL itself is a secret and stands in that file alone");
	if (out->every_s < EVERY_MIN_S || out->every_s > EVERY_MAX_S)
		loader_fail(l, "beat.every must be from \"1m\" to \"1d\"");
}
