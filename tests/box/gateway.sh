#!/bin/bash
# A stand-in for a Hermes gateway: its files and its command line, and nothing else. Installed as
# <home>/hermes-agent/gateway/run.py, which is what makes a process count as a gateway
# (gateway/status.py of Hermes: an argument that ends in gateway/run.py).
set -u
home=${HERMES_HOME:?}
read -ra stat < "/proc/$$/stat"
record="\"pid\": $$, \"kind\": \"hermes-gateway\", \"argv\": [\"$0\"], \"start_time\": ${stat[21]}"

say() {
	printf '{%s, "gateway_state": "%s", "exit_reason": null, "updated_at": "%s", "platforms": {"telegram": {"state": "%s", "updated_at": "%s"}}}\n' \
		"$record" "$1" "$(date -u +%FT%TZ)" "$2" "$(date -u +%FT%TZ)" > "$home/.state.new"
	mv "$home/.state.new" "$home/gateway_state.json"
}

leave() {
	say stopped disconnected
	rm -f "$home/gateway.pid"
	exit 0
}

trap leave TERM
echo "{$record}" > "$home/gateway.pid"
say running connected
while :; do
	sleep 3600 &
	wait $!
done
