/*
 * view/judge_parts.h -- what the judge_*.c files share; nobody else includes it.
 */
#ifndef MC_VIEW_JUDGE_PARTS_H
#define MC_VIEW_JUDGE_PARTS_H

#include "view/human.h"
#include "view/judge.h"

/* A time further ahead than this is not now, it is clock trouble. */
#define CLOCK_TOLERANCE_S 120

/* Judgements that an instance or the host has without its platforms and jobs; room is made for these. */
#define JUDGEMENTS_FIXED 48

/* Longest foreign text inside a sentence, and in a row, in characters. */
#define TEXT_MAX       200
#define NAME_MAX_CHARS 60

struct judging {
	const struct instance *instance; /* NULL = the host */
	int64_t now;
	struct arena *a;
	struct judgement *items;
	size_t n;
	size_t size;
	const char *bus_reason;    /* the one reason for which no unit could be read; NULL = none */
	enum tristate is_running;  /* what judge_gateway() found */
	int64_t running_since;     /* 0 = not known */
	bool scheduler_is_stalled; /* what judge_scheduler() found */
};

/*
 * Adds a judgement, unknown as yet, whose evidence is that of the probe
 * (NULL = none). The pointer stays good; names must be static or in the arena.
 */
struct judgement *judging_add(struct judging *g, const char *id, const char *group, const char *label,
			      const struct probe *p);

/* Status, word and detail in one breath. */
void judging_say(struct judgement *j, enum status status, const char *word, const char *detail);

/* What is meant to be so: the word, and until when it will be ("it is configured"). */
void judging_off(struct judgement *j, const char *word, const char *detail, const char *until);

/*
 * The second fact of a unit beside how it is now: systemd's word for its file,
 * made into one for people. A user's unit needs that user's manager, too.
 */
void judging_boot(struct judging *g, struct judgement *j, enum unit_scope scope, const char *unit_file_state,
		  enum tristate lingers);

/* At the end of all: what no judge has said of value and changing is filled in. */
void judging_finish(struct judging *g);

/* Gives it an attention sentence, and the words for the summary. */
void judging_attend(struct judgement *j, const char *title, const char *why, const char *phrase);

/*
 * The answer to a probe that could not find out. what begins the sentence:
 * "Private dashboard on :9120" (could not be checked).
 */
void judging_unknown(struct judging *g, struct judgement *j, const struct probe *p, const char *what);

/* Makes j hang from "systemd", which has said why; true when it was for that reason that the unit was not read. */
bool judging_hang_on_bus(struct judging *g, struct judgement *j, const struct probe *p);

/* Makes j hang from the judgement called cause: no alarm of its own. */
void judging_hang(struct judgement *j, const char *cause);

/*
 * Everything that a dead report says was true once: of all but the settled
 * ones it is said so, and no more. They hang from "exporter".
 */
void judging_make_unknown(struct judging *g, bool has_report, int64_t generated_at);

/* True, with j saying so, when t lies ahead of now: neither fresh nor late can be told. */
bool judging_ahead(struct judging *g, struct judgement *j, int64_t t, const char *what);

/* Foreign text made fit for a sentence: cut to max characters, no stop at its end; "" for NULL. */
const char *judging_text(const struct judging *g, const char *s, size_t max);

/* A foreign reason as a sentence, with a capital and a stop; "No reason is given." for none. */
const char *judging_sentence(const struct judging *g, const char *reason);

/* A label in mid-sentence: "backup timer". */
const char *judging_lower(const struct judging *g, const char *label);

/* now - t, never below 0. */
int64_t judging_age(const struct judging *g, int64_t t);

/* One file a family; each adds its judgements. */
void judge_service_manager(struct judging *g, const struct instance_report *r);
void judge_gateway(struct judging *g, const struct instance_report *r);
void judge_platforms(struct judging *g, const struct instance_report *r);
void judge_dashboard(struct judging *g, const struct unit *u);
void judge_timer(struct judging *g, const struct timer *t, const char *id, const char *group,
		 const char *label, const char *configured_name);
void judge_backup(struct judging *g, const struct repo *r, const struct loops *l);
void judge_notify(struct judging *g, const struct loops *l);
void judge_watching(struct judging *g, const struct loops *l);
void judge_backup_run(struct judging *g, const struct repo *r, const struct loops *l);
void judge_drill(struct judging *g, const struct loops *l);
void judge_scheduler(struct judging *g, const struct cron *c);
void judge_cron(struct judging *g, const struct cron *c);
void judge_sessions(struct judging *g, const struct sessions *s);
void judge_version(struct judging *g, const struct hermes_version *v);
void judge_life(struct judging *g, const struct instance_report *r);
void judge_dashboard_answer(struct judging *g, const struct instance_report *r);
void judge_google(struct judging *g, const struct google_token *t);
void judge_payload(struct judging *g, const struct payload *p);
void judge_storage(struct judging *g, const struct storage *s);
void judge_agent(struct judging *g, const struct agent *x);
void judge_kanban(struct judging *g, const struct kanban *k);
void judge_machine(struct judging *g, const struct host_report *r);
void judge_beat(struct judging *g, const struct beat *b);
void judge_products(struct judging *g, const struct products *configured, const struct product_healths *all);

/* "active (running), enabled, 0 restarts": what systemd says of a unit. */
const char *unit_text(const struct judging *g, const struct unit *u);

#endif
