/* The machine under the instances. */
#include "model/report.h"
#include "report/fields.h"

static const struct field disk_fields[] = {
	PROBE(struct disk),
	TEXT(struct disk, mount, "mount"),
	COUNT(struct disk, size_bytes, "sizeBytes"),
	COUNT(struct disk, available_bytes, "availableBytes"),
	COUNT(struct disk, inodes, "inodes"),
	COUNT(struct disk, inodes_free, "inodesFree"),
};
static const struct shape disk_shape = SHAPE(struct disk, disk_fields);

static const struct field memory_fields[] = {
	PROBE(struct memory),
	COUNT(struct memory, total_bytes, "totalBytes"),
	COUNT(struct memory, available_bytes, "availableBytes"),
	COUNT(struct memory, swap_total_bytes, "swapTotalBytes"),
	COUNT(struct memory, swap_free_bytes, "swapFreeBytes"),
};
static const struct shape memory_shape = SHAPE(struct memory, memory_fields);

static const struct field load_fields[] = {
	PROBE(struct load),
	NUMBER(struct load, one, "one"),
	NUMBER(struct load, five, "five"),
	NUMBER(struct load, fifteen, "fifteen"),
	COUNT(struct load, cpus, "cpus"),
};
static const struct shape load_shape = SHAPE(struct load, load_fields);

static const struct field uptime_fields[] = {
	PROBE(struct uptime),
	COUNT(struct uptime, uptime_s, "uptime"),
	TIME(struct uptime, booted_at, "bootedAt"),
};
static const struct shape uptime_shape = SHAPE(struct uptime, uptime_fields);

static const struct field tailscale_fields[] = {
	PROBE(struct tailscale),
	TEXT(struct tailscale, interface, "interface"),
	TEXT(struct tailscale, address, "address"),
	TEXT(struct tailscale, expected, "expected"),
	TRI(struct tailscale, is_up, "isUp"),
};
static const struct shape tailscale_shape = SHAPE(struct tailscale, tailscale_fields);

static const struct field host_timers_fields[] = {
	PROBE(struct host_timers),
	LIST(struct host_timers, list, "timers", timer_shape, HOST_TIMERS_MAX),
};
static const struct shape host_timers_shape = SHAPE(struct host_timers, host_timers_fields);

static const struct field listener_fields[] = {
	TEXT(struct listener, protocol, "protocol"),
	TEXT(struct listener, address, "address"),
	COUNT(struct listener, port, "port"),
	TEXT(struct listener, user, "user"),
	TEXT(struct listener, process, "process"),
	TEXT(struct listener, unit, "unit"),
	TEXT(struct listener, reach, "reach"),
};
static const struct shape listener_shape = SHAPE(struct listener, listener_fields);

static const struct field listeners_fields[] = {
	PROBE(struct listeners),
	LIST(struct listeners, list, "sockets", listener_shape, LISTENERS_MAX),
};
static const struct shape listeners_shape = SHAPE(struct listeners, listeners_fields);

static const char *const outcome_words[] = { "not-asked", "answered", "refused", "no-http", "bad-tls", "silent", "unreached", NULL };

static const struct field product_fields[] = {
	TEXT(struct product_health, id, "id"),
	PROBE(struct product_health),
	ENUM(struct product_health, outcome, "outcome", outcome_words),
	COUNT(struct product_health, status, "httpStatus"),
	TOOK(struct product_health, latency_us, "latency"),
	TRI(struct product_health, text_found, "textFound"),
	TIME(struct product_health, certificate_until, "certificateUntil"),
	OBJECT(struct product_health, unit, "unit", unit_shape),
};
static const struct shape product_shape = SHAPE(struct product_health, product_fields);

static const struct field products_fields[] = {
	PROBE(struct product_healths),
	LIST(struct product_healths, list, "products", product_shape, PRODUCTS_MAX),
};
static const struct shape products_shape = SHAPE(struct product_healths, products_fields);

static const struct field caddy_site_fields[] = {
	TEXT(struct caddy_site, listen, "listen"),
	TEXT(struct caddy_site, reach, "reach"),
	LONG_TEXT(struct caddy_site, hosts, "hosts"),
	LONG_TEXT(struct caddy_site, upstreams, "upstreams"),
	LONG_TEXT(struct caddy_site, roots, "roots"),
};
static const struct shape caddy_site_shape = SHAPE(struct caddy_site, caddy_site_fields);

static const struct field caddy_fields[] = {
	PROBE(struct caddy),
	TEXT(struct caddy, how, "how"),
	TRI(struct caddy, is_whole, "isWhole"),
	TEXT(struct caddy, note, "note"),
	TEXT(struct caddy, admin, "admin"),
	LIST(struct caddy, sites, "sites", caddy_site_shape, CADDY_SITES_MAX),
};
static const struct shape caddy_shape = SHAPE(struct caddy, caddy_fields);

static const struct field own_unit_fields[] = {
	TEXT(struct own_unit, unit, "unit"),
	TEXT(struct own_unit, process, "process"),
	TEXT(struct own_unit, user, "user"),
	TEXT(struct own_unit, instance_id, "instanceId"),
	TEXT(struct own_unit, network, "network"),
	LONG_TEXT(struct own_unit, reads, "reads"),
	LONG_TEXT(struct own_unit, writes, "writes"),
	LONG_TEXT(struct own_unit, capabilities, "capabilities"),
	TRI(struct own_unit, no_new_privileges, "noNewPrivileges"),
	TRI(struct own_unit, filters_calls, "filtersCalls"),
	COUNT(struct own_unit, loose, "loose"),
	LONG_TEXT(struct own_unit, loose_names, "looseNames"),
};
static const struct shape own_unit_shape = SHAPE(struct own_unit, own_unit_fields);

static const struct field own_units_fields[] = {
	PROBE(struct own_units),
	LIST(struct own_units, list, "units", own_unit_shape, OWN_UNITS_MAX),
};
static const struct shape own_units_shape = SHAPE(struct own_units, own_units_fields);

static const struct field own_files_fields[] = {
	PROBE(struct own_files),
	LIST(struct own_files, list, "files", file_guard_shape, OWN_FILES_MAX),
};
static const struct shape own_files_shape = SHAPE(struct own_files, own_files_fields);

static const struct field beat_fields[] = {
	PROBE(struct beat),
	COUNT(struct beat, every_s, "every"),
	TIME(struct beat, first_at, "firstAt"),
	TIME(struct beat, ran_at, "ranAt"),
	TIME(struct beat, good_at, "goodAt"),
	COUNT(struct beat, failures, "failures"),
	TEXT(struct beat, error, "error"),
};
static const struct shape beat_shape = SHAPE(struct beat, beat_fields);

static const struct field host_readings[] = {
	OBJECT(struct host_report, disk, "disk", disk_shape),
	OBJECT(struct host_report, memory, "memory", memory_shape),
	OBJECT(struct host_report, load, "load", load_shape),
	OBJECT(struct host_report, uptime, "uptime", uptime_shape),
	OBJECT(struct host_report, tailscale, "tailscale", tailscale_shape),
	OBJECT(struct host_report, emergency_drive, "emergencyDrive", timer_shape),
	OBJECT(struct host_report, timers, "timers", host_timers_shape),
	OBJECT(struct host_report, listeners, "listeners", listeners_shape),
	OBJECT(struct host_report, products, "products", products_shape),
	OBJECT(struct host_report, caddy, "caddy", caddy_shape),
	OBJECT(struct host_report, own_units, "ownUnits", own_units_shape),
	OBJECT(struct host_report, own_files, "ownFiles", own_files_shape),
	OBJECT(struct host_report, beat, "beat", beat_shape),
};
static const struct shape host_readings_shape = SHAPE(struct host_report, host_readings);

static const struct field host_report_fields[] = {
	TIME(struct host_report, generated_at, "generatedAt"),
	TEXT(struct host_report, hostname, "hostname"),
	OBJECT(struct host_report, exporter, "exporter", exporter_shape),
	OBJECT(struct host_report, opened, "opened", opened_shape),
	PART("readings", host_readings_shape),
};
const struct shape host_report_shape = SHAPE(struct host_report, host_report_fields);
