#!/bin/bash
# tests/box/story/story.sh -- runs inside the box: some days of both instances; what arrived must be what a person would want.
#
#   story.sh BUILD TOP PARTS
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
first=$(first_day)
at 1 04:50

install_us() {
	cp -a "$parts/root/." /
	rm -f /usr/sbin/policy-rc.d
	rm -rf /var/lib/hermes-mission-control /etc/hermes-mission-control
	systemd-sysusers
	systemd-tmpfiles --create hermes-mission-control.conf
	mkdir -p /etc/hermes-mission-control
	cp "$top/tests/box/story/config.json" $config
	hmc setup > /tmp/setup 2>&1 || { cat /tmp/setup; exit 1; }
	set_timers
}

# What arrived, in order. Seconds are not what this is about, and dates are days of the story.
told() {
	cat $post/*/arrived.jsonl | jq -rs --argjson first "$first" '
		def day: (fromdateiso8601 - $first) / 86400 + 1 | floor;
		sort_by(.at) | .[] | (.at / 1000 | floor | todate) as $at
		| "day \($at | day) \($at[11:16]) \(if .chat == "'"${chat[vijay]}"'" then "vijay" else "bheem" end)"
			+ (if .method == "sendMessage" then "" else ", \(.method)" end) + (if .silent then ", without a sound" else "" end) + ": \(.text)"
		| gsub("(?<m>[0-9]+) m (?<s>[0-9]+) s"; "\(if (.s | tonumber) < 30 then .m | tonumber else (.m | tonumber) + 1 end) m")
		| gsub("(?<d>20[0-9]{2}-[0-9]{2}-[0-9]{2}) (?<t>[0-9]{2}:[0-9]{2}):[0-9]{2} UTC"; "day \(.d + "T00:00:00Z" | day) \(.t)")'
}

check() { # SENTENCE COMMAND...: its words are shown when it fails
	local sentence=$1
	shift
	if "$@" > /tmp/check 2>&1; then
		tap ok "$sentence"
	else
		tap "not ok" "$sentence"
		head -n 60 /tmp/check | cut -c1-400 | sed 's/^/# /'
	fi
}

knows_no_secret() { # of what is planted, tokens of bots among it
	! grep -a -o -m 3 'PLANTED[A-Za-z0-9]*'
}

ask() { curl --silent --show-error --max-time 10 --header "Authorization: Bearer $(hmc token --sub asha --role viewer)" "http://127.0.0.1:8480$1"; }

# But for what is the load of the machine that tests, and none of the story's.
overview_is_clean() {
	ask /api/hermes/overview > /tmp/overview.json
	jq -c '.verdict, .rollUp, .counts, .attention' /tmp/overview.json
	jq -e '(.rollUp | contains("2 of 2 running · 2 of 2 healthy")) and (.attention | map(select(.instanceId != "host" or ([.reading] | inside(["load", "memory", "disk"]) | not))) == [])
		and (.counts | .instances == 2 and .running == 2 and .healthy == 2 and .unknown == 0 and .acknowledged == 0)' /tmp/overview.json
}

begin() {
	make_users
	make_homes
	mend_homes
	make_units
	make_git_server
	make_bots
	make_shop
	install_us
	wait_for as_uma busctl --user status org.freedesktop.systemd1
}

is_backed_up() { loop "$1" backup && loop "$1" drill; }

is_kept_to_its_own() {
	local ask=(env GIT_SSH_COMMAND="ssh -i /home/uma/.ssh/hermes-backup" git ls-remote)
	as_uma "${ask[@]}" ssh://git@127.0.0.1/srv/git/bheem.git && ! as_uma "${ask[@]}" ssh://git@127.0.0.1/srv/git/vijay.git
}

# ---- the story ----

first_day_of_it() {
	at 1 05:00
	check "day 1: bheem: the first backup is made, and proven" is_backed_up bheem
	check "day 1: vijay: it is refused for a key in a prompt" eval "! loop vijay backup"
	readings
	for id in vijay bheem; do check "day 1: $id: notifications are tried, and arrive" as $id hmc notify --instance $id --test; done
	minutes 3
	take_out_the_key vijay
	check "day 1: vijay: without it, it is made and proven" is_backed_up vijay
	minutes 3
	quiet 1 09:00 15:00 21:00
}

gateway_is_killed() {
	night 2
	quiet 2 06:00
	at 2 09:00
	pass
	ctl bheem --quiet mask --runtime "${gateway[bheem]}" # it stays down
	ctl bheem kill --signal=KILL "${gateway[bheem]}"
	later 30
	minutes 3
	at 2 10:05
	pass
	check "day 2: somebody acknowledges it on the page" acknowledge bheem gateway "I am looking at its machine"
	minutes 1
	quiet 2 12:00 14:00
	ctl bheem --quiet unmask --runtime "${gateway[bheem]}"
	start_gateway bheem
	minutes 3
	quiet 2 18:00 23:00
}

remote_is_full() {
	remote_refuses vijay "the disk of this server is full"
	night 3
	quiet 3 06:00 09:00
	remote_takes vijay
	check "day 3: vijay: when the remote takes it again, it is pushed" loop vijay backup
	later 30
	minutes 2
	quiet 3 15:00 21:00
}

bot_has_to_wait() {
	night 4
	quiet 4 06:00 12:00
	at 4 12:14
	pass
	job_fails bheem "RuntimeError: no such printer"
	bot_fails bheem '{"kind": "429", "retryAfter": 150}'
	later 30
	minutes 6
	quiet 4 18:00 23:00
}

exporter_is_stopped() {
	night 5
	at 5 04:40
	calendar_brings drill # it is Sunday
	minutes 2
	quiet 5 09:00 13:00
	at 5 14:00
	pass
	stopped[bheem]=yes
	later 20
	minutes 6
	minutes 3 300
	unset 'stopped[bheem]'
	minutes 4
}

shop_is_down() {
	at 5 15:00
	pass
	systemctl stop shop.service
	minutes 5 120
	later 20
	systemctl start shop.service
	minutes 3 120
	quiet 5 21:00
	night 6
}

ends_well() {
	told > /tmp/told
	check "what arrived, in order, is what a person would want" diff -u "$top/tests/box/story/expected" /tmp/told
	check "the overview of both instances is clean" overview_is_clean
	check "and of each" eval "hmc status --instance vijay && hmc status --instance bheem"
	check "no message holds a secret" eval "cat $post/*/arrived.jsonl | knows_no_secret"
	check "nor does the journal" eval "journalctl --quiet --no-pager --output json --all | knows_no_secret"
	for id in vijay bheem; do
		check "nor what was pushed of $id" eval "git --git-dir=/srv/git/$id.git -c safe.directory='*' log -p --all | knows_no_secret"
	done
	check "nor any report or ledger" eval "cat $reports/*/* | knows_no_secret"
}

begin
check "a key opens nobody else's repository" is_kept_to_its_own
first_day_of_it
gateway_is_killed
remote_is_full
bot_has_to_wait
exporter_is_stopped
shop_is_down
ends_well
echo "1..$n"
[ $failures -eq 0 ]
