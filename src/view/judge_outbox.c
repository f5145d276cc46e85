#include "view/judge_outbox.h"

#include "view/human.h"

/* A message that could have been sent for so long is late, as the reading “Notifications” has it. */
#define LATE_S 900

const char *outbox_state_name(enum outbox_state s)
{
	switch (s) {
	case OUTBOX_WAITING:
	case OUTBOX_SENDING:
		return "waiting";
	case OUTBOX_SENT:
		return "sent";
	case OUTBOX_REFUSED:
		return "refused";
	case OUTBOX_MERGED:
		return "merged";
	case OUTBOX_UNCLEAR:
		return "unclear";
	}
	return "unclear";
}

const char *outbox_kind_word(enum outbox_kind k)
{
	switch (k) {
	case OUTBOX_OPENED:
		return "New alert";
	case OUTBOX_RECOVERED:
		return "Over";
	case OUTBOX_REMINDER:
		return "Reminder";
	case OUTBOX_MORNING:
		return "Morning line";
	case OUTBOX_WATCH:
		return "Watch";
	case OUTBOX_DONE:
		return "Done";
	case OUTBOX_TEST:
		return "Test";
	}
	return "Message";
}

static struct outbox_verdict waiting(const struct outbox_item *x, int64_t now, struct arena *a)
{
	bool is_late = x->next_at <= now && now - x->made_at > LATE_S;
	struct outbox_verdict v = { "waiting", "waiting", is_late ? STATUS_WARN : STATUS_OFF, NULL, NULL };
	const char *next = x->next_at > now ? arena_printf(a, "It is sent %s.", human_until(a, x->next_at, now))
					    : "It is sent with the next run of hmc notify.";

	if (x->state == OUTBOX_SENDING)
		next = "It is being sent, or was when its sender ended; the next run of hmc notify tells.";
	v.why = x->error ? arena_printf(a, "%s %s failed: %s.", next, x->tries > 1 ? arena_printf(a, "The last of %s", human_plural(a, x->tries, "attempt"))
										   : "The first attempt", x->error) : next;
	if (is_late)
		v.cure = "Look at the timer of hmc notify, and at what stands in its way.";
	return v;
}

struct outbox_verdict judge_outbox(const struct outbox_item *x, const char *id, int64_t now, struct arena *a)
{
	const char *why = x->error ? arena_printf(a, "%s.", human_cap(a, x->error)) : NULL;

	switch (x->state) {
	case OUTBOX_WAITING:
	case OUTBOX_SENDING:
		return waiting(x, now, a);
	case OUTBOX_SENT:
		return (struct outbox_verdict){ "sent", "sent", STATUS_OK, NULL, NULL };
	case OUTBOX_MERGED:
		return (struct outbox_verdict){ "merged", "merged", STATUS_OFF,
						x->told_by ? arena_printf(a, "Told by message %lld of the ledger, together with others.", (long long)x->told_by)
							   : "What it would have said was over, or had been said.", NULL };
	case OUTBOX_REFUSED:
		if (x->told_by)
			return (struct outbox_verdict){ "refused", "refused, told since", STATUS_OFF,
							arena_printf(a, "%s Message %lld of the ledger has told it since.", why ? why : "", (long long)x->told_by), NULL };
		return (struct outbox_verdict){ "refused", "refused", STATUS_WARN, why ? why : "No reason was given.",
						arena_printf(a, "Put right what it names, then run hmc notify --instance %s --test; what was refused is told again once "
								"a message arrives.", id) };
	case OUTBOX_UNCLEAR:
		break;
	}
	return (struct outbox_verdict){ "unclear", "unclear", STATUS_UNKNOWN, why ? why : "Whether it arrived is not known.",
					"Look in the chat. It is not sent again, so that nothing is said twice; the next reminder says so." };
}
