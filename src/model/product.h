/*
 * model/product.h -- the services that somebody wants to see beside the instances.
 */
#ifndef MC_MODEL_PRODUCT_H
#define MC_MODEL_PRODUCT_H

#include <stddef.h>

#include "model/instance.h"
#include "model/probe.h"
#include "model/unit.h"

#define PRODUCTS_MAX        100 /* each is a name of a reading in the machine's ledger, which learns 256 */
#define PRODUCT_READING     "product." /* and the id: how its reading and its judgement are called */
#define PRODUCT_LINKS_MAX   6
#define PRODUCT_STATUS_MAX  8

struct product_link {
	const char *label;
	const char *url;            /* http or https, as configured: for a person to open */
};

/* What the configuration says of one. Without url and unit it is planned. */
struct product {
	const char *id;             /* [a-z0-9-], 32 at most: "product.<id>" is a name in the ledger */
	const char *name;
	const char *url;            /* asked by the machine's exporter; NULL = none */
	const char *url_shown;      /* the same, fit to be shown: without its query */
	struct unit_ref unit;
	const char *instance;       /* whose it is; NULL = nobody's in particular */
	const char *expect_text;    /* must stand in the first 64 KiB of the answer; NULL = any answer does */
	int64_t expect_status[PRODUCT_STATUS_MAX];
	size_t n_expect_status;     /* 0 = anything from 200 to 399 */
	struct product_link *links;
	size_t n_links;
};

struct products {
	const struct product *list;
	size_t n;
};

/* How an address took to being asked. */
enum product_outcome {
	PRODUCT_NOT_ASKED = 0,      /* it has no address */
	PRODUCT_ANSWERED,           /* an HTTP answer: status is set */
	PRODUCT_REFUSED,            /* nobody takes connections there */
	PRODUCT_NO_HTTP,            /* somebody does, and closed it or answered something else */
	PRODUCT_BAD_TLS,            /* a certificate that is not trusted, or no TLS at all */
	PRODUCT_SILENT,             /* nothing came in time */
	PRODUCT_UNREACHED,          /* could not be asked: no route, no such name, not allowed */
};

/*
 * What was found of one. PROBE_OK: all that is asked of it holds (status and
 * text as expected, the unit active). PROBE_INACTIVE: we did find out, and
 * something of that does not hold; reason says what. The facts below may be
 * read in both.
 */
struct product_health {
	struct probe probe;
	const char *id;
	enum product_outcome outcome;
	int64_t status;             /* HTTP; COUNT_UNKNOWN */
	int64_t latency_us;         /* until the head of the answer was in, redirects included; 0 = no answer */
	enum tristate text_found;   /* TRI_UNKNOWN: no text is expected, or there was no answer to look in */
	int64_t certificate_until;  /* the end of the server's certificate; 0 = not known, or plain http */
	struct unit unit;           /* probe.state PROBE_UNKNOWN and name NULL: none is configured */
};

struct product_healths {
	struct probe probe;         /* PROBE_INACTIVE: none has a source */
	struct product_health *list;
	size_t n_list;
};

#endif
