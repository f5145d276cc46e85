/*
 * web/request_log.h -- one line a request: which, how it went, how long it took.
 */
#ifndef MC_WEB_REQUEST_LOG_H
#define MC_WEB_REQUEST_LOG_H

#include <stdint.h>

#include "web/pane.h"

/*
 * Logs a request whose answer is finished. Of what was asked it tells the
 * route as the table has it and no more: no path, no query, no name of
 * anybody. What a page that stays open asks for every few seconds and has
 * already (304), and signs of life, are left to LOG_LEVEL_DEBUG.
 */
void request_log(const struct pane *p, int64_t took_us) __attribute__((nonnull));

#endif
