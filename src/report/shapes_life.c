/* Signs of life, and what keeps an instance restorable and usable. */
#include "model/life.h"
#include "model/upkeep.h"
#include "report/fields.h"

static const struct field life_fields[] = {
	PROBE(struct life),
	TIME(struct life, heartbeat_at, "heartbeatAt"),
	COUNT(struct life, heartbeat_limit_s, "heartbeatLimit"),
	TIME(struct life, directory_at, "directoryAt"),
	TIME(struct life, started_at, "startedAt"),
	TRI(struct life, was_unclean, "wasUnclean"),
	TITLE(struct life, exit_reason, "exitReason"),
	COUNT(struct life, starts_today, "startsToday"),
	TEXT(struct life, wanted, "wanted"),
	COUNT(struct life, dead_targets, "deadTargets"),
	OBJECT(struct life, inbound, "inbound", probe_shape),
	TIME(struct life, inbound_at, "inboundAt"),
	TEXT(struct life, inbound_source, "inboundSource"),
	COUNT(struct life, restarts_today, "restartsToday"),
	TIME(struct life, restarts_from, "restartsFrom"),
};
const struct shape life_shape = SHAPE(struct life, life_fields);

static const struct field gateway_sockets_fields[] = {
	PROBE(struct gateway_sockets),
	COUNT(struct gateway_sockets, pid, "pid"),
	COUNT(struct gateway_sockets, established, "established"),
	COUNT(struct gateway_sockets, close_wait, "closeWait"),
	COUNT(struct gateway_sockets, listening, "listening"),
};
const struct shape gateway_sockets_shape = SHAPE(struct gateway_sockets, gateway_sockets_fields);

static const struct field http_answer_fields[] = {
	PROBE(struct http_answer),
	COUNT(struct http_answer, port, "port"),
	COUNT(struct http_answer, status, "status"),
	TOOK(struct http_answer, took_us, "answeredIn"),
};
const struct shape http_answer_shape = SHAPE(struct http_answer, http_answer_fields);

static const struct field google_token_fields[] = {
	PROBE(struct google_token),
	TIME(struct google_token, expires_at, "expiresAt"),
	TRI(struct google_token, refreshable, "refreshable"),
	TIME(struct google_token, refreshed_at, "refreshedAt"),
	COUNT(struct google_token, scopes, "scopes"),
};
const struct shape google_token_shape = SHAPE(struct google_token, google_token_fields);

static const struct field payload_kind_fields[] = {
	TEXT(struct payload_kind, kind, "kind"),
	COUNT(struct payload_kind, items, "items"),
	COUNT(struct payload_kind, files, "files"),
	COUNT(struct payload_kind, bytes, "bytes"),
};
static const struct shape payload_kind_shape = SHAPE(struct payload_kind, payload_kind_fields);

static const struct field payload_fields[] = {
	PROBE(struct payload),
	TEXT(struct payload, path, "path"),
	COUNT(struct payload, files, "files"),
	COUNT(struct payload, bytes, "bytes"),
	LIST(struct payload, kinds, "kinds", payload_kind_shape, PAYLOAD_KINDS_MAX),
};
const struct shape payload_shape = SHAPE(struct payload, payload_fields);

static const struct field storage_part_fields[] = {
	TEXT(struct storage_part, name, "name"),
	COUNT(struct storage_part, bytes, "bytes"),
	COUNT(struct storage_part, files, "files"),
};
static const struct shape storage_part_shape = SHAPE(struct storage_part, storage_part_fields);

static const struct field storage_fields[] = {
	PROBE(struct storage),
	COUNT(struct storage, bytes, "bytes"),
	COUNT(struct storage, files, "files"),
	LIST(struct storage, parts, "parts", storage_part_shape, STORAGE_PARTS_MAX),
	COUNT(struct storage, growth_bytes, "growthBytes"),
	COUNT(struct storage, growth_s, "growthOver"),
};
const struct shape storage_shape = SHAPE(struct storage, storage_fields);
