/*
 * report/shapes.h -- the shapes of the two reports and of how they are known.
 */
#ifndef MC_REPORT_SHAPES_H
#define MC_REPORT_SHAPES_H

#include "report/shape.h"

extern const struct shape probe_shape;
extern const struct shape unit_shape;
extern const struct shape timer_shape;
extern const struct shape file_guard_shape;
extern const struct shape exporter_shape;
extern const struct shape opened_shape;
extern const struct shape life_shape;
extern const struct shape gateway_sockets_shape;
extern const struct shape http_answer_shape;
extern const struct shape google_token_shape;
extern const struct shape payload_shape;
extern const struct shape storage_shape;
extern const struct shape settings_shape;
extern const struct shape memory_file_shape;
extern const struct shape skills_shape;
extern const struct shape extensions_shape;
extern const struct shape profiles_shape;
extern const struct shape keys_shape;
extern const struct shape kanban_shape;
extern const struct shape secret_files_shape;
extern const struct shape push_credential_shape;
extern const struct shape sandbox_shape;
extern const struct shape loops_shape;
extern const struct shape instance_report_shape;
extern const struct shape host_report_shape;

#endif
