#include "view/task_words.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "model/instance.h"

#define WORD_CHARS 60

/* A parent ends in the same moment as its child begins; a few writes apart. */
#define MOMENT_S 60

/* clang-format off */
static const struct {
	const char *reason;
	const char *words;
} end_reasons[] = {
	{ "agent_close", "the agent closed it" },
	{ "branched", "it was branched" },
	{ "cli_close", "the terminal was closed" },
	{ "compression", "its context was compressed, and a new session goes on" },
	{ "cron_complete", "the run was over" },
	{ "daily", "the chat was reset for the day" },
	{ "idle", "it was idle" },
	{ "idle_timeout", "it was idle" },
	{ "lru_evict", "newer sessions took its place" },
	{ "new_session", "a new session was begun" },
	{ "orphaned_compression", "its compression was cut off" },
	{ "resume_pending_expired", "nobody resumed it in time" },
	{ "resumed_other", "another session was resumed" },
	{ "session_reset", "the chat was reset" },
	{ "session_switch", "another session was chosen" },
	{ "startup_orphan_reap", "it was left over from before a restart" },
	{ "superseded_by_repair", "a repair replaced it" },
	{ "superseded_by_resume", "a resumed session replaced it" },
	{ "suspended", "it was suspended" },
	{ "tui_close", "the terminal was closed" },
	{ "tui_shutdown", "the terminal was closed" },
	{ "ws_disconnect", "its page was closed" },
	{ "ws_orphan_reap", "its page had gone" },
};

static const struct {
	const char *name;
	const char *up;
	const char *down;
} kinships[] = {
	[KIN_CONTINUED] = { "compression", "Continued from", "Continued in" },
	[KIN_BRANCH] = { "branch", "Branched from", "Branched into" },
	[KIN_SUBAGENT] = { "subagent", "Subagent of", "Subagent" },
	[KIN_RESET] = { "reset", "After a reset of", "After its reset" },
	[KIN_OTHER] = { "other", "Follows from", "Followed by" },
};
/* clang-format on */

const char *end_reason_words(struct arena *a, const char *reason)
{
	for (size_t i = 0; reason && i < ARRAY_SIZE(end_reasons); i++)
		if (str_eq(reason, end_reasons[i].reason))
			return end_reasons[i].words;
	return reason ? str_clean(a, reason, strlen(reason), WORD_CHARS) : NULL;
}

/* What a job, another agent or a program sends is no person's word. */
static bool is_prompted(const char *source)
{
	static const char *const sources[] = { "cron", "subagent", "tool", "api_server", "webhook", "batch" };

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		if (str_eq(source, sources[i]))
			return true;
	return false;
}

const char *role_words(struct arena *a, const char *role, const char *source)
{
	if (!role)
		return "Not known";
	if (str_eq(role, "user"))
		return is_prompted(source) ? "Prompt" : "Person";
	if (str_eq(role, "assistant"))
		return "Agent";
	if (str_eq(role, "system"))
		return "System";
	if (str_eq(role, "tool"))
		return "Tool";
	return str_clean(a, role, strlen(role), WORD_CHARS);
}

enum kinship kinship_of(const struct session *parent, const struct session *child, const char *origin)
{
	bool is_after = parent->ended_at && child->started_at >= parent->ended_at - MOMENT_S;

	if (str_eq(child->source, "subagent") || str_eq(origin, "delegate"))
		return KIN_SUBAGENT;
	if (str_eq(origin, "branch"))
		return KIN_BRANCH;
	if (str_eq(origin, "reset"))
		return KIN_RESET;
	if (str_eq(parent->end_reason, "compression") && is_after)
		return KIN_CONTINUED;
	if (str_eq(parent->end_reason, "branched") && is_after)
		return KIN_BRANCH;
	/* 0.6 to 0.19 give a subagent its parent and nothing else: it begins while the parent is at work. */
	return is_after ? KIN_OTHER : KIN_SUBAGENT;
}

const char *kinship_name(enum kinship k)
{
	return kinships[k].name;
}

const char *kinship_up(enum kinship k)
{
	return kinships[k].up;
}

const char *kinship_down(enum kinship k)
{
	return kinships[k].down;
}

const char *policy_words(int publish)
{
	if (publish == PUBLISH_COUNTS)
		return "Figures alone: no text that anybody wrote leaves this instance.";
	if (publish == PUBLISH_TITLES)
		return "Titles, names and errors; no text of a message.";
	return "The first 400 characters of each message, with secrets replaced.";
}
