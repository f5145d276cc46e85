#include "web/routes.h"

#include "base/str.h"

#define ALERTS_PARAMS "show severity q cursor limit tz"
#define MESSAGE_PARAMS "state alert cursor limit"
#define AUDIT_PARAMS  "action by cursor limit"
#define TASKS_PARAMS  "state source since from to q job cursor limit"

/* One program's routes stand together; what is open to anybody is at the end. */
const struct route routes[] = {
	{ "overview", "GET", "/hermes", "overview", ACCESS_VIEWER, "since tz", "Overview: is all well, and what needs a person" },
	{ "overview", "GET", "/api/hermes/overview", NULL, ACCESS_VIEWER, "since tz", "the same as JSON" },
	{ "overview", "GET", "/api/hermes", NULL, ACCESS_VIEWER, "since tz", "the same as JSON, at the page's own address" },

	{ "ops", "GET", "/hermes/ops", "ops", ACCESS_VIEWER, "severity", "Ops: every reading with its evidence" },
	{ "ops", "GET", "/api/hermes/ops", NULL, ACCESS_VIEWER, "severity", "the same as JSON" },
	{ "ops", "GET", "/hermes/runbook", "runbook", ACCESS_VIEWER, "reading", "what to do about a reading" },
	{ "ops", "GET", "/api/hermes/runbook", NULL, ACCESS_VIEWER, "reading", "the same as JSON" },
	{ "ops", "GET", "/hermes/backups", "backups", ACCESS_VIEWER, "tz", "Backups: thirty days, the last restore drill, and how alike instances are" },
	{ "ops", "GET", "/api/hermes/backups", NULL, ACCESS_VIEWER, "tz", "the same as JSON" },
	{ "ops", "POST", "/hermes/refresh", NULL, ACCESS_ADMIN, NULL, "asks exporters for new reports, from the bar of any page" },

	{ "tasks", "GET", "/hermes/tasks", "tasks", ACCESS_VIEWER, TASKS_PARAMS, "Tasks: sessions and runs, newest first" },
	{ "tasks", "GET", "/api/hermes/tasks", NULL, ACCESS_VIEWER, TASKS_PARAMS, "the same as JSON" },

	{ "task", "GET", "/hermes/tasks/*", "task", ACCESS_VIEWER, "after", "one session, or one run of a job" },
	{ "task", "GET", "/api/hermes/tasks/*", NULL, ACCESS_VIEWER, "after", "the same as JSON" },

	{ "cron", "GET", "/hermes/cron", "cron", ACCESS_VIEWER, "state", "Cron: jobs, and what became of each time that they were due" },
	{ "cron", "GET", "/api/hermes/cron", NULL, ACCESS_VIEWER, "state", "the same as JSON" },

	{ "agents", "GET", "/hermes/agents", "agents", ACCESS_VIEWER, "q", "Agents: what each instance is made of, and where they part" },
	{ "agents", "GET", "/api/hermes/agents", NULL, ACCESS_VIEWER, "q", "the same as JSON" },
	{ "agents", "POST", "/hermes/agents/mark", NULL, ACCESS_ADMIN, NULL, "calls a difference intended, or takes that back" },

	{ "history", "GET", "/hermes/history", "history", ACCESS_VIEWER, "days tz", "History: figures by day" },
	{ "history", "GET", "/api/hermes/history", NULL, ACCESS_VIEWER, "days tz", "the same as JSON" },

	{ "products", "GET", "/hermes/products", "products", ACCESS_VIEWER, NULL, "Products: the services, and how they are" },
	{ "products", "GET", "/api/hermes/products", NULL, ACCESS_VIEWER, NULL, "the same as JSON" },

	{ "alerts", "GET", "/hermes/alerts", "alerts", ACCESS_VIEWER, ALERTS_PARAMS, "Alerts: what needs someone, and what did" },
	{ "alerts", "GET", "/api/hermes/alerts", NULL, ACCESS_VIEWER, ALERTS_PARAMS, "the same as JSON" },
	{ "alerts", "GET", "/hermes/notifications", "notifications", ACCESS_VIEWER, MESSAGE_PARAMS, "Notifications: every message, and what became of it" },
	{ "alerts", "GET", "/api/hermes/notifications", NULL, ACCESS_VIEWER, MESSAGE_PARAMS, "the same as JSON" },
	{ "alerts", "POST", "/hermes/alerts/answer", NULL, ACCESS_ADMIN, "tz", "acknowledges, snoozes or silences an alert, or takes that back" },

	{ "audit", "GET", "/hermes/audit", "audit", ACCESS_ADMIN, AUDIT_PARAMS, "Audit: who changed what, and how it ended" },
	{ "audit", "GET", "/api/hermes/audit", NULL, ACCESS_ADMIN, AUDIT_PARAMS, "the same as JSON" },

	{ "posture", "GET", "/hermes/posture", "posture", ACCESS_VIEWER, NULL, "Posture: the guardrails, each with its evidence" },
	{ "posture", "GET", "/api/hermes/posture", NULL, ACCESS_VIEWER, NULL, "the same as JSON" },

	{ "metrics", "GET", "/metrics", NULL, ACCESS_VIEWER, NULL, "metrics for Prometheus" },
	{ "metrics", "GET", "/hermes/alerts.atom", NULL, ACCESS_VIEWER, NULL, "a feed of what needs a person" },

	{ "auth", "GET", "/", NULL, ACCESS_OPEN, NULL, "on to the overview" },
	{ "auth", "GET", "/login", "login", ACCESS_OPEN, NULL, "the form to sign in" },
	{ "auth", "POST", "/login", "login", ACCESS_OPEN, NULL, "signs in by a token or a link's code" },
	{ "auth", "POST", "/logout", NULL, ACCESS_VIEWER, NULL, "ends the session on the server" },
	{ "auth", "GET", "/healthz", NULL, ACCESS_OPEN, NULL, "a sign of life" },
	{ 0 },
};

const char *access_name(enum access access)
{
	switch (access) {
	case ACCESS_OPEN:
		return "open";
	case ACCESS_VIEWER:
		return "viewer";
	default:
		return "admin";
	}
}

static bool is_of(const struct handler *h, const struct route *r)
{
	return str_eq(h->method, r->method) && str_eq(h->path, r->path);
}

const struct handler *routes_handler(const struct route *route, const struct handler *handlers)
{
	for (const struct handler *h = handlers; h->path; h++)
		if (is_of(h, route))
			return h;
	return NULL;
}

/* How many routes of the program this handler answers: one, unless something is wrong. */
static size_t count_routes(const char *program, const struct route *table, const struct handler *h)
{
	size_t n = 0;

	for (const struct route *r = table; r->path; r++)
		n += str_eq(r->program, program) && is_of(h, r);
	return n;
}

const char *routes_mismatch(const char *program, const struct route *table, const struct handler *handlers, struct arena *a)
{
	for (const struct handler *h = handlers; h->path; h++) {
		if (count_routes(program, table, h) != 1)
			return arena_printf(a, "%s %s is answered by %s, but is not one of its routes (src/web/routes.c)", h->method,
					    h->path, program);
		for (const struct handler *other = h + 1; other->path; other++)
			if (str_eq(h->method, other->method) && str_eq(h->path, other->path))
				return arena_printf(a, "%s %s has two handlers in %s", h->method, h->path, program);
	}
	for (const struct route *r = table; r->path; r++)
		if (str_eq(r->program, program) && !routes_handler(r, handlers))
			return arena_printf(a, "%s %s is a route of %s (src/web/routes.c), which does not answer it", r->method, r->path,
					    program);
	return NULL;
}
