#include "web/refresh.h"

#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "report/refresh_request.h"
#include "report/report_cache.h"
#include "view/asked_words.h"
#include "web/access.h"
#include "web/audit.h"

/* ---- asking ---- */

struct wish {
	const char *instance;       /* that was named; NULL = all */
	const char **ids;           /* of the exporters to be asked, those asked just now left out */
	size_t n;
	int64_t last;               /* when the one asked last was; 0 = none is left out */
};

static void add_id(struct pane *p, struct wish *w, const char *id)
{
	int64_t asked_at = refresh_asked_at(p->config->state_dir, id, p->arena);

	if (!refresh_is_too_soon(asked_at, p->now))
		w->ids[w->n++] = id;
	else if (asked_at > w->last)
		w->last = asked_at;
}

/* False after a 400 or 404. */
static bool read_form(struct pane *p, struct wish *w)
{
	const char *id = request_field(p->request, "instance");
	const struct instance *in = id ? config_instance(p->config, id) : NULL;
	bool is_host = str_eq(id, REFRESH_HOST), is_all = str_eq(id, "all");

	if (!id) {
		pane_fail(p, 400, "The form is incomplete: it needs an instance (its id, host, or all).");
		return false;
	}
	if (!in && !is_host && !is_all) {
		access_fail_instance(p);
		return false;
	}
	w->ids = arena_calloc(p->arena, p->config->n_instances + 1, sizeof(*w->ids));
	for (size_t i = 0; is_all && i < p->config->n_instances; i++)
		add_id(p, w, p->config->instances[i].id);
	if (in)
		add_id(p, w, in->id);
	else
		add_id(p, w, REFRESH_HOST);
	w->instance = in ? in->id : is_host ? REFRESH_HOST : NULL;
	return true;
}

static void fail_too_soon(struct pane *p, int64_t asked_at)
{
	int64_t wait = asked_at + REFRESH_EVERY_S - p->now;

	pane_fail(p, 429, arena_printf(p->arena, "New readings were asked for %lld s ago. They may be asked for once in %d s: try again in %lld s.",
				       (long long)(p->now - asked_at), REFRESH_EVERY_S, (long long)wait));
	response_header(p->response, "Retry-After", arena_printf(p->arena, "%lld", (long long)wait));
}

/* What could not be asked for is told; the rest was. */
static bool ask(struct pane *p, const struct wish *w)
{
	size_t asked = 0;

	for (size_t i = 0; i < w->n; i++) {
		const char *reason = NULL;
		enum refresh_result result = refresh_request(p->config->state_dir, w->ids[i], p->now, p->arena, &reason);

		if (result == REFRESH_FAILED) {
			log_line(LOG_LEVEL_ERROR, "refresh: %s", reason);
			audit_failed(p, "the wish could not be written down; the program's log says why");
			pane_fail(p, 503, "New readings could not be asked for. The program's log says why.");
			return false;
		}
		asked += result == REFRESH_ASKED;
	}
	if (!asked)
		fail_too_soon(p, p->now);
	return asked > 0;
}

void refresh_post(struct pane *p)
{
	const char *back = request_field(p->request, "back");
	struct wish w = { .n = 0 };
	struct audit_act act = { .action = "refresh" };

	if (!read_form(p, &w))
		return;
	if (w.n == 0) {
		fail_too_soon(p, w.last);
		return;
	}
	act.instance = w.instance;
	if (audit_write(p, &act) && ask(p, &w))
		response_redirect(p->response, params_is_own_path(back) ? back : "/hermes");
}

/* ---- telling ---- */

/* Its exporter belongs to the system's manager, or to that user's own. */
static const char *look_command(const struct pane *p, const struct instance_snapshot *s)
{
	bool is_user = s->has_report && str_eq(s->report.exporter.flavour, "user timer");

	return arena_printf(p->arena, "systemctl %s%s%sstatus hmc-export@%s.path", is_user ? "--user -M " : "",
			    is_user ? s->instance->user : "", is_user ? "@ " : "", s->instance->id);
}

static struct asked instance_asked(const struct pane *p, const struct instance_snapshot *s)
{
	const struct instance *in = s->instance;
	const char *name = instance_short_label(in, p->arena);

	return (struct asked){
		.name = str_clean(p->arena, name, strlen(name), 40),
		.look = look_command(p, s),
		.asked_at = refresh_asked_at(p->config->state_dir, in->id, p->arena),
		.answered_at = s->has_report ? s->report.exporter.asked_at : 0,
		.made_at = s->has_report ? s->report.generated_at : 0,
	};
}

static struct asked host_asked(const struct pane *p, const struct host_snapshot *s)
{
	return (struct asked){
		.name = "this machine",
		.look = "systemctl status hmc-export-host.path",
		.asked_at = refresh_asked_at(p->config->state_dir, REFRESH_HOST, p->arena),
		.answered_at = s->has_report ? s->report.exporter.asked_at : 0,
		.made_at = s->has_report ? s->report.generated_at : 0,
	};
}

static struct asked_words words(const struct pane *p)
{
	const struct snapshot *s = report_cache_load(p->reports, p->now, p->arena);
	struct asked *list = arena_calloc(p->arena, s->n_instances + 1, sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < s->n_instances; i++)
		if (!p->instance || str_eq(p->instance, s->instances[i].instance->id))
			list[n++] = instance_asked(p, &s->instances[i]);
	if (!p->instance)
		list[n++] = host_asked(p, &s->host);
	return asked_words(list, n, p->now, p->arena);
}

void refresh_add(const struct pane *p, cJSON *frame)
{
	struct asked_words w = { .text = NULL };
	cJSON *asked;

	if (p->token && p->can_choose && p->asked_ns)
		w = words(p);
	if (!w.text) {
		json_add_null(frame, "asked");
		return;
	}
	asked = json_add_object(frame, "asked");
	json_add_string(asked, "text", w.text);
	json_add_bool(asked, "isWaiting", w.is_waiting);
	json_add_bool(asked, "isLate", w.is_late);
}
