/*
 * hermes/gateway.h -- whose command line is a gateway's, and what to know
 * about gateway_state.json.
 *
 * The file is a process's last word: after a kill it goes on saying "running"
 * and "connected", so it means something only beside pid_state. updated_at
 * stands still while the gateway idles. Hermes 0.5 never cleared error_code
 * and error_message: a connected platform may carry the error of days ago.
 */
#ifndef MC_HERMES_GATEWAY_H
#define MC_HERMES_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Hermes's own rule (gateway/status.py:_looks_like_gateway_process): a
 * hermes-gateway program, gateway/run.py, or the hermes command with "gateway"
 * and nothing, "run" or "restart" after it, whatever profile is named.
 */
bool gateway_is_command(char *const *argv, size_t argc);

#endif
