/*
 * hermes/dotenv.h -- which names are set in a home's .env.
 *
 * Nearly every value in that file is a secret: none ever leaves this reader,
 * but for the one that compares them (hermes/fingerprint.h) and the one that
 * finds the bot of `hmc notify` (hermes/telegram.h).
 */
#ifndef MC_HERMES_DOTENV_H
#define MC_HERMES_DOTENV_H

#include <stdbool.h>
#include <stddef.h>

#include "hermes/hermes.h"

/*
 * Calls each(name, is_truthy, ctx) for every name that has a value: "KEY=value"
 * lines with an optional `export`, quotes, comments (python-dotenv's format).
 * is_truthy: the value is 1, true, yes or on. NULL, or one line in `a` that
 * says why the file could not be read; an absent file has no names.
 */
const char *dotenv_each(const struct hermes_source *src, void (*each)(const char *name, bool is_truthy, void *ctx),
			void *ctx, struct arena *a);

/*
 * The same with the value itself, n bytes that are no string. It is wiped
 * when this returns: who copies it publishes a secret.
 */
const char *dotenv_each_value(const struct hermes_source *src,
			      void (*each)(const char *name, const char *value, size_t n, void *ctx), void *ctx,
			      struct arena *a);

#endif
