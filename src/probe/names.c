#include "probe/names.h"

#include <grp.h>
#include <pwd.h>

#include "base/str.h"

#define ENTRY_MAX 4096 /* more than any line of passwd or group that matters; a longer one goes by its number */

const char *name_of_user(uid_t uid, struct arena *a)
{
	struct passwd pw, *found = NULL;
	char text[ENTRY_MAX];

	if (getpwuid_r(uid, &pw, text, sizeof(text), &found) == 0 && found)
		return arena_strdup(a, pw.pw_name);
	return arena_printf(a, "%u", (unsigned)uid);
}

const char *name_of_group(gid_t gid, struct arena *a)
{
	struct group gr, *found = NULL;
	char text[ENTRY_MAX];

	if (getgrgid_r(gid, &gr, text, sizeof(text), &found) == 0 && found)
		return arena_strdup(a, gr.gr_name);
	return arena_printf(a, "%u", (unsigned)gid);
}

bool is_own_group(uid_t uid, gid_t gid, struct arena *a)
{
	struct passwd pw, *found = NULL;
	char text[ENTRY_MAX];

	if (getpwuid_r(uid, &pw, text, sizeof(text), &found) != 0 || !found)
		return false;
	return pw.pw_gid == gid && str_eq(pw.pw_name, name_of_group(gid, a));
}
