#!/bin/bash
# tests/box/story/story.sh -- runs inside the box: some days of both instances; what arrived must be what a person would want.
#
#   story.sh BUILD TOP PARTS
# shellcheck disable=SC2015 # tap always succeeds
set -u
build=$1 top=$2 parts=$3
reports=/var/lib/hermes-mission-control/reports
config=/etc/hermes-mission-control/config.json
n=0 failures=0

# shellcheck source=tests/box/machine.sh
. "$top/tests/box/machine.sh"
# shellcheck source=tests/box/story/world.sh
. "$top/tests/box/story/world.sh"

if [ ! -e /etc/ld.so.preload ]; then
	begin_clock
	exec "$0" "$@"
fi
first=$(((EPOCHSECONDS / 86400 + 1) * 86400))
set_clock $((first + 5 * 3600))

install_us() {
	cp -a "$parts/root/." /
	rm -f /usr/sbin/policy-rc.d
	rm -rf /var/lib/hermes-mission-control /etc/hermes-mission-control
	systemd-sysusers
	systemd-tmpfiles --create hermes-mission-control.conf
	mkdir -p /etc/hermes-mission-control
	cp "$parts/config.json" $config
	hmc setup > /tmp/setup 2>&1 || { cat /tmp/setup; exit 1; }
	set_timers
}

make_users
make_homes
mend_homes
make_units
make_git_server
make_bots
install_us
make_shop
wait_for as_uma busctl --user status org.freedesktop.systemd1
chapter() { echo "# --- day $(((EPOCHSECONDS - first) / 86400 + 1)), $(date +%H:%M): $*"; }

at 1 05:00
chapter "the first backups, by hand: Vijay's is refused for a key in a prompt"
for id in vijay bheem; do loop $id backup; done
loop bheem drill
systemctl status --no-pager hmc-backup@vijay.service | tail -4
minutes 3
chapter "the key is taken out, and it is run again"
take_out_the_key vijay
loop vijay backup
loop vijay drill
minutes 3
hours 1 6 23

night 2
hours 2 4 9
chapter "Bheem's gateway is killed, and stays down"
ctl bheem --quiet mask --runtime "${gateway[bheem]}"
ctl bheem kill --signal=KILL "${gateway[bheem]}"
minutes 4
hours 2 10 13
chapter "and is started again"
ctl bheem --quiet unmask --runtime "${gateway[bheem]}"
start_gateway bheem
minutes 4
hours 2 14 23

remote_refuses vijay "the disk of this server is full"
night 3
hours 3 4 9
remote_takes vijay
chapter "the remote takes it again; Vijay's person starts the backup"
loop vijay backup
minutes 2
hours 3 10 23

night 4
hours 4 4 9
chapter "the shop is down; Bheem's bot is asked to wait"
hours 4 10 23
night 5
hmc status
told() { cat $post/*/arrived.jsonl | jq -rs 'sort_by(.at)[] | "\(.at / 1000 | floor | todate) \(.chat) \(.method): \(.text)"'; }
told
hmc doctor | grep -v ' ok  '
