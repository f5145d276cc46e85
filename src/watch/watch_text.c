/* What is said of exporters and notifiers that have stopped, or are back. */
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "notify/text.h"
#include "view/human.h"
#include "watch/watch.h"

#define NAME_CHARS 60
#define NAMED_MAX  20
#define BUF_MAX    ((size_t)64 * 1024)

static const char *name_of(const struct notify *n, const struct watched *x)
{
	return text_plain(n->redactor, x->label, NAME_CHARS, n->a);
}

static const char *part_of(const struct watched *x)
{
	return x->what == ALIVE_EXPORT ? "exporter" : "notifier";
}

static bool are_all(const struct watched *const *list, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (!str_eq(list[i]->id, id))
			return false;
	return true;
}

static const char *since(const struct notify *n, const struct watched *x)
{
	if (x->alive.state == ALIVE_NEVER)
		return "has never run";
	return arena_printf(n->a, "%s %s, on %s", x->what == ALIVE_EXPORT ? "last went well" : "had its last good pass",
			    human_ago(n->a, x->alive.at, n->now), human_instant(n->a, x->alive.at));
}

/* What it means for people, and where to look. */
static const char *meaning(const struct watched *const *list, size_t count)
{
	bool export = false, notify = false;

	for (size_t i = 0; i < count; i++) {
		export = export || list[i]->what == ALIVE_EXPORT;
		notify = notify || list[i]->what == ALIVE_NOTIFY;
	}
	if (export && notify)
		return "\nUntil they are back nobody knows how it is, and its own bot tells nobody. Look at their timers, or run hmc doctor.";
	return export ? "\nUntil it is back nobody knows how it is, and no alert of it is opened. Look at its timer, or run hmc doctor." :
			"\nUntil it is back its own bot tells nobody of its alerts. Look at its timer, or run hmc notify --test as its user.";
}

const char *watch_text_silent(const struct notify *n, const struct watched *const *list, size_t count, bool is_still)
{
	const char *begin = is_still ? "🔴 Still not watched" : "🔴 Not watched";
	CLEANUP(buf_done) struct buf out = BUF_INIT(BUF_MAX);

	if (are_all(list, count, list[0]->id)) {
		buf_printf(&out, "%s · %s: its %s%s", begin, name_of(n, list[0]), part_of(list[0]),
			   count > 1 ? arena_printf(n->a, " and its %s are silent", part_of(list[1])) : " is silent");
		for (size_t i = 0; i < count; i++)
			buf_printf(&out, "\nThe %s %s.", part_of(list[i]), since(n, list[i]));
	} else {
		buf_printf(&out, "%s: %zu are silent", begin, count);
		for (size_t i = 0; i < count && i < NAMED_MAX; i++)
			buf_printf(&out, "\n%s: the %s %s.", name_of(n, list[i]), part_of(list[i]), since(n, list[i]));
		if (count > NAMED_MAX)
			buf_printf(&out, "\n… and %zu more", count - NAMED_MAX);
	}
	buf_adds(&out, meaning(list, count));
	return text_fit(arena_strdup(n->a, buf_str(&out)), n->a);
}

const char *watch_text_back(const struct notify *n, const struct watched *const *list, const int64_t *silent_from, size_t count, bool was_told)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(BUF_MAX);

	buf_printf(&out, "🟢 %s", was_told ? "Watched again" : "Was silent, and is back");
	if (are_all(list, count, list[0]->id))
		buf_printf(&out, " · %s", name_of(n, list[0]));
	for (size_t i = 0; i < count && i < NAMED_MAX; i++)
		buf_printf(&out, "%s%s %s is back after %s.", i ? "\n" : ": ", are_all(list, count, list[0]->id) ? "its" : arena_printf(n->a, "%s: the", name_of(n, list[i])),
			   part_of(list[i]), human_duration(n->a, list[i]->alive.at > silent_from[i] ? list[i]->alive.at - silent_from[i] : 0));
	if (count > NAMED_MAX)
		buf_printf(&out, "\n… and %zu more", count - NAMED_MAX);
	return text_fit(arena_strdup(n->a, buf_str(&out)), n->a);
}
