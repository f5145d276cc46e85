/* hmc doctor: whether the site answers, by asking it as a browser would. */
#include <string.h>

#include "base/str.h"
#include "cmd/doctor.h"
#include "probe/http.h"

#define ANSWER_LIMIT_US (5 * 1000 * 1000)

void doctor_site(struct doctor *d)
{
	const char *what = "The site";
	struct http_response r;

	d->section = "Site";
	if (!d->config)
		return;
	r = http_get(doctor_text(d, "http://%s/healthz", d->config->site_listen), ANSWER_LIMIT_US, d->arena);
	if (r.result == HTTP_ANSWERED && r.status == 200)
		doctor_say(d, STATUS_OK, what, doctor_text(d, "%s answers", d->config->site_listen), NULL);
	else if (r.result == HTTP_ANSWERED && r.status == 421)
		doctor_say(d, STATUS_CRITICAL, what,
			   doctor_text(d, "%s answers, but goes by another name: the pages were started with another configuration",
				       d->config->site_listen),
			   "systemctl restart hmc.target");
	else if (r.result == HTTP_ANSWERED)
		doctor_say(d, STATUS_CRITICAL, what, doctor_text(d, "%s answers with status %ld", d->config->site_listen, r.status),
			   "journalctl -u 'hmc-pane@*' -u hmc-caddy says why; or another program has that port (ss -ltnp)");
	else
		doctor_say(d, d->is_installed ? STATUS_CRITICAL : STATUS_OFF, what,
			   r.result == HTTP_REFUSED ? doctor_text(d, "nobody listens on %s", d->config->site_listen)
						    : doctor_text(d, "%s: %s", d->config->site_listen, r.reason ? r.reason : "no answer"),
			   d->is_installed ? "systemctl restart hmc.target" : "'make run' starts it");
}
