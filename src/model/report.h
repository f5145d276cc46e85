/*
 * model/report.h -- everything an exporter publishes of now.
 */
#ifndef MC_MODEL_REPORT_H
#define MC_MODEL_REPORT_H

#include "model/agent.h"
#include "model/beat.h"
#include "model/cron.h"
#include "model/gateway.h"
#include "model/guard.h"
#include "model/host.h"
#include "model/instance.h"
#include "model/life.h"
#include "model/loops.h"
#include "model/probe.h"
#include "model/product.h"
#include "model/repo.h"
#include "model/sessions.h"
#include "model/unit.h"
#include "model/upkeep.h"

#define REPORT_SCHEMA_VERSION 1

struct hermes_version {
	struct probe probe;
	const char *version;
};

struct redaction_count {
	const char *rule;
	int64_t hits;
};

#define REDACTION_RULES_MAX 256
#define SKIPPED_MAX         64

/* Who wrote the report, how often it means to, and what it left out. */
struct exporter {
	const char *version;
	const char *user;
	const char *flavour;        /* "system timer", "user timer", "by hand" */
	int64_t interval_s;         /* 0 = once, by hand */
	int64_t took_us;
	int64_t asked_at;           /* of the newest request for a report that this one answers; 0 = nobody had asked */
	enum publish publish;       /* what of the instance's content may be in it */
	enum tristate privacy;      /* e-mail addresses, phone and card numbers are replaced too */
	int64_t redactions;         /* pieces of text replaced before publishing */
	struct redaction_count *redacted; /* the same by rule, only those that hit */
	size_t n_redacted;
	const char **skipped;       /* readings that this run did not come to, or left behind */
	size_t n_skipped;
};

#define OPENED_MAX 1000

/* An alert that the ledger holds to be open, or that will be if it goes on so. */
struct opened_alert {
	const char *reading;        /* "backup.age" */
	int64_t at;                 /* since when; of one that came back, since then */
};

/* What was open in the ledger when the run began: what this run finds is not in it yet. */
struct opened {
	struct probe probe;
	struct opened_alert *list;
	size_t n_list;
};

struct instance_report {
	const char *instance_id;
	int64_t generated_at;
	struct exporter exporter;
	struct opened opened;
	struct hermes_version hermes;
	struct unit gateway_unit;
	struct gateway gateway;
	struct unit dashboard_unit;
	struct timer backup_timer;
	struct repo backup_repo;
	struct sessions sessions;
	struct cron cron;
	struct life life;
	struct gateway_sockets sockets;
	struct http_answer dashboard;
	struct google_token google;
	struct payload payload;
	struct storage storage;
	struct agent agent;
	struct kanban kanban;
	struct secret_files secrets;
	struct push_credential credential;
	struct sandbox sandbox;
	struct loops loops;
};

struct host_report {
	int64_t generated_at;
	struct exporter exporter;
	struct opened opened;
	const char *hostname;
	struct disk disk;
	struct memory memory;
	struct load load;
	struct uptime uptime;
	struct tailscale tailscale;
	struct timer emergency_drive;
	struct host_timers timers;
	struct listeners listeners;
	struct product_healths products;
	struct caddy caddy;
	struct own_units own_units;
	struct own_files own_files;
	struct beat beat;
};

#endif
