/*
 * notify/send.h -- one row on its way (private to notify/).
 */
#ifndef MC_NOTIFY_SEND_H
#define MC_NOTIFY_SEND_H

#include "notify/bot.h"

/* Sends the row and writes down what became of it. False where no other is to be sent now: *how says why. */
bool notify_send_row(struct notify *n, const struct bot *bot, struct outbox_item *x, enum notify_end *how);

/* Whether the other side is not to be asked yet: until when, after how many failures in a row, and why. */
bool notify_is_held(struct notify *n, int64_t *until, int64_t *failures, const char **why);

/* Of a request that is no row: its turn, false where a later pass has to go on; and the wait that its answer asks for, on file. */
bool notify_take_turn(struct notify *n);
void notify_heed(struct notify *n, const struct bot_answer *r);

/* What an answer makes of a pass; counts and tells it. */
enum notify_end notify_ended(struct notify *n, const char *what, const struct bot_answer *r);

#endif
