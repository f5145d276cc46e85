/*
 * probe/products.h -- whether the services of the configuration do what is expected of them.
 */
#ifndef MC_PROBE_PRODUCTS_H
#define MC_PROBE_PRODUCTS_H

#include "base/arena.h"
#include "model/product.h"

/*
 * A probe_fn: `in` is a struct products, `out` a struct product_healths with
 * one entry for each that has an address or a unit. Units are asked for
 * first, then all addresses side by side: one that hangs costs the others
 * nothing. Ends within PRODUCTS_LIMIT_US whatever they do.
 *
 * An address is asked by one GET without proxy, cookie or login. A redirect is
 * followed twice at most, and only to the same host and port: a product must
 * not choose whom this machine asks. Of the answer 64 KiB are looked at.
 * Certificates are checked; their end is told from libcurl's CERTINFO
 * ("Expire date" as OpenSSL's ASN1_TIME_print() writes it).
 */
void probe_products(void *out, const void *in, struct arena *a, int64_t deadline_us);

#define PRODUCTS_LIMIT_US (5 * 1000 * 1000) /* for the runner: 1 s for units, 3 s for addresses, and room */

/* What is asked of one address; private to products*.c. */
struct product_question {
	const struct product *product;
	struct product_health *to;
};

/*
 * Asks all n at once and fills of each outcome, status, latency, text and
 * certificate, and for anything but an answer the probe's reason. Returns
 * within limit_us.
 */
void product_http_ask(const struct product_question *list, size_t n, int64_t limit_us, struct arena *a);

/* Epoch seconds of "Nov 24 07:11:02 2027 GMT"; 0 for anything else. */
int64_t product_certificate_time(const char *text);

#endif
