/*
 * web/pane.h -- what a pane's main is made of: handlers of its routes.
 */
#ifndef MC_WEB_PANE_H
#define MC_WEB_PANE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "config/config.h"
#include "json/json.h"
#include "model/snapshot.h"
#include "tmpl/tmpl.h"
#include "web/request.h"
#include "web/response.h"
#include "web/routes.h"
#include "web/site.h"
#include "web/token.h"

struct report_cache;

/* What a pane's program holds on to from one request to the next: an array, by these. */
enum { KEPT_LEDGERS, KEPT_ANSWERS, KEPT_HOME_ZONE, KEPT_N };
struct keepsake {
	void *what;             /* NULL at first */
	void (*drop)(void *what);
};

struct pane {
	const char *name;           /* of the program: "ops" */
	const char *request_id;     /* 16 hexadecimal digits of ours; a client's own is never taken */
	const struct request *request;
	struct response *response;
	const struct config *config;
	const struct session_token *token; /* who asks; NULL on open routes without a valid cookie */
	struct arena *arena;    /* of this request */
	struct tmpl_set *templates;
	const struct route *route;  /* NULL = none was found, or it was not looked for */
	const char *template;   /* of this route; NULL = none */
	int64_t now;
	int64_t deadline_us;
	const char *rest;       /* of a route that ends with a star: what stood in the star's place, never empty; else NULL */
	const char *instance;   /* the chosen instance's id; NULL = all */
	const char *zone;       /* the chosen time zone's name (base/zone.h), of routes that declare "tz"; else NULL */
	const struct token_keys *keys;
	const struct site *site;
	struct report_cache *reports;
	struct keepsake *kept;  /* the handlers' own: KEPT_N of them */
	const char *switch_path; /* where another instance is chosen; NULL = at this address */
	bool can_choose;        /* this route takes ?instance= */
	const char *audit_id;   /* of the record whose outcome is still to be written (web/audit.h); NULL = none */
	int64_t asked_ns;           /* when new reports were last asked for (report/refresh_request.h); 0 = not lately */
	bool is_live;           /* set by a handler whose visitor may change what it shows: not given again from memory */
};

/*
 * Serves the program's routes of the one table (web/routes.h), each by its
 * handler (a list that ends with an all-zero entry), until SIGTERM:
 * over the listening socket at descriptor 0 or from systemd, else once as a
 * plain CGI. Configuration, keys and every template are loaded and checked
 * first, and so is that routes and handlers are of each other. Returns the
 * exit status.
 */
int pane_main(const char *program, const struct handler *handlers) __attribute__((nonnull));

/* The same over another table: for unit tests, and for no program (tests/unit/test_routes.c). */
int pane_main_of(const char *program, const struct route *table, const struct handler *handlers) __attribute__((nonnull));

/* What every report says (report/report_cache.h); for this request alone, and not to be changed. */
const struct snapshot *pane_snapshot(struct pane *p) __attribute__((nonnull));

/*
 * Answers with the model: as JSON under /api/, else through the route's
 * template with the frame's own facts added ("frame": navigation, instance
 * switch, user, freshness, sample banner); with ?part=1 within templates/part.html,
 * what a page fetches of itself again.
 * Takes model.
 */
void pane_render(struct pane *p, cJSON *model);

/*
 * Optional, before the model is made: says what it will be made from. facts
 * is any text that differs whenever the pane's evidence does (see
 * snapshot_facts()). True when the visitor has that answer already: a 304 is
 * then on its way, and the handler returns.
 *
 * Page and JSON then carry an ETag made of those facts, the address, the
 * chosen instance, the session, the program's version and the minute. Not of
 * their bytes: those change with every "12 s ago", so that a page kept open
 * would be sent whole every time though nothing had happened (the browser
 * counts such words on by itself). The minute is in it because judgements
 * change with time alone ("a job is overdue"): none is shown late by more
 * than 60 s. Without this call the ETag is one of the bytes.
 *
 * Either way an answer of 200 may be given again, to the same session at the
 * same address, within the same second of the clock (web/page_cache.h),
 * unless the handler sets p->is_live.
 */
bool pane_visitor_has(struct pane *p, const char *facts) __attribute__((nonnull));

/*
 * Answers with an error page, {"error": {"status", "message", "requestId"}} or, for other
 * programs, a line of text; message is for people. Whatever was built before is forgotten; headers added after
 * this call stay.
 */
void pane_fail(struct pane *p, int status, const char *message);

/*
 * The name of this machine's time zone, in the request's arena. It is looked
 * up once a minute: eleven system calls, for what an administrator changes
 * once a year.
 */
const char *pane_home_zone(struct pane *p) __attribute__((nonnull, returns_nonnull));

#endif
