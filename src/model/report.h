/*
 * model/report.h -- everything an exporter publishes of now.
 */
#ifndef MC_MODEL_REPORT_H
#define MC_MODEL_REPORT_H

#include "model/cron.h"
#include "model/gateway.h"
#include "model/host.h"
#include "model/instance.h"
#include "model/probe.h"
#include "model/repo.h"
#include "model/sessions.h"
#include "model/unit.h"

#define REPORT_SCHEMA_VERSION 1

struct hermes_version {
	struct probe probe;
	const char *version;
};

/* Who wrote the report, and how often it means to. */
struct exporter {
	const char *version;
	const char *user;
	const char *flavour;        /* "system timer", "user timer", "by hand" */
	int64_t interval_s;         /* 0 = once, by hand */
	int64_t took_us;
	int64_t redactions;         /* pieces of text replaced before publishing */
};

struct instance_report {
	const char *instance_id;
	int64_t generated_at;
	struct exporter exporter;
	struct hermes_version hermes;
	struct unit gateway_unit;
	struct gateway gateway;
	struct unit dashboard_unit;
	struct timer backup_timer;
	struct repo backup_repo;
	struct sessions sessions;
	struct cron cron;
};

struct host_report {
	int64_t generated_at;
	struct exporter exporter;
	const char *hostname;
	struct disk disk;
	struct memory memory;
	struct load load;
	struct uptime uptime;
	struct tailscale tailscale;
	struct timer emergency_drive;
};

#endif
