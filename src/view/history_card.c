/*
 * What the charts of the history pane have in common.
 */
#include <math.h>

#include "json/json.h"
#include "view/history_parts.h"

/* "Sessions a day: 311 in all, most on Wed 4 Nov (18)": for those who hear the drawing. */
const char *history_sentence(const struct history_pane *p, const char *what, enum chart_unit unit, const double *values)
{
	size_t most = p->n;

	for (size_t i = 0; i < p->n; i++)
		if (chart_is_known(values[i]) && values[i] > 0 && (most == p->n || values[i] > values[most]))
			most = i;
	if (most == p->n)
		return arena_printf(p->a, "%s, %zu days: %s", what, p->n,
				    history_total(values, p->n) < 0 ? "nothing is known" : "nothing on any day that is known");
	return arena_printf(p->a, "%s, %zu days: most on %s (%s)", what, p->n, p->places[most].name,
			    chart_text(unit, values[most], p->a));
}

void history_add_card(cJSON *list, const struct history_pane *p, const struct history_card *card, struct chart *c)
{
	cJSON *o;

	c->places = p->places;
	c->n = p->n;
	if (!c->unseen)
		c->unseen = p->unseen;
	if (!c->unseen_text)
		c->unseen_text = "not observed";
	o = card->is_line ? chart_line(c, p->a) : chart_bars(c, p->a);
	json_add_string(o, "id", card->id);
	json_add_string(o, "instanceId", p->choice);
	json_add_string(o, "label", card->label);
	json_add_string(o, "sub", card->sub);
	json_add_double(o, "value", chart_is_known(card->value) ? card->value : NAN);
	json_add_string(o, "figure", card->figure);
	json_add_bool(o, "isLine", card->is_line);
	json_add_bool(o, "isWide", card->is_wide);
	json_append(list, o);
}

const char *history_count(const double *values, size_t n, struct arena *a)
{
	return chart_text(CHART_COUNT, history_total(values, n), a);
}
