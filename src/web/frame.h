/*
 * web/frame.h -- what every page has around its pane: the "frame" object.
 *
 * templates/page.html gets the pane's own model at the top level, the
 * rendered pane as {{{content}}}, and "frame" with
 *
 *   title, version, path, generatedAt (RFC 3339), generatedText ("05:22:00 UTC")
 *   status        of which icon the tab has: ok, warn, critical, unknown; off where there is no verdict
 *   isSample      every instance is made up
 *   isSignedIn    false on the sign-in page and for errors told to strangers; then the next are
 *                 absent or empty and nothing private stands in the frame
 *   user, role, isAdmin, csrf (hidden field "csrf" of every form but sign-in)
 *   nav           [{label, href, icon, key, isCurrent, badge}]; key: the letter after "g" that leads there
 *   hasSwitch     more than one instance, and this pane can choose
 *   isAll, allHref, current {id, label} (null for all),
 *   instances     [{id, label, href, isCurrent}]
 *   selfHref      this page again, with its query
 *   partHref      what changes of this page (?part=1: pane, badges); null for forms and errors
 *   apiHref       the same as JSON; null for strangers and outside /hermes
 *
 * Every name is always there (null, false or empty), so that strict templates hold.
 */
#ifndef MC_WEB_FRAME_H
#define MC_WEB_FRAME_H

#include "web/pane.h"

/* Adds "frame" to the model, whose "title" names the page. */
void frame_add(const struct pane *p, cJSON *model) __attribute__((nonnull));

#endif
