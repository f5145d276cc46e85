/*
 * view/verdict_text.h -- the sentences of a verdict whose figures are filled in; for verdict.c.
 */
#ifndef MC_VIEW_VERDICT_TEXT_H
#define MC_VIEW_VERDICT_TEXT_H

#include "view/verdict.h"

const char *verdict_sentence(const struct verdict *v, struct arena *a);
const char *verdict_detail(const struct verdict *v, const char *discovery_note, struct arena *a);

#endif
