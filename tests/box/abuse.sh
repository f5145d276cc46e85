# tests/box/abuse.sh -- what hostile accounts of the machine try; for installed.sh, on the installed machine.
#
# uma owns an instance and means harm; mallory has an account and nothing else.
# shellcheck shell=bash disable=SC2154,SC2015 # set by who sources this; tap always succeeds
state=/var/lib/hermes-mission-control

as_mallory() { runuser -u mallory -- env HOME=/home/mallory "$@"; }

# refused SENTENCE COMMAND...: it must fail, and say nothing that was asked for
refused() {
	local sentence=$1
	shift
	if timeout 10 "$@" > /tmp/attempt 2>&1 < /dev/null; then
		tap "not ok" "$sentence"
		head -c 400 /tmp/attempt | sed 's/^/# it was given: /'
	else
		tap ok "$sentence"
	fi
}

# What each of them tries alike.
tries() {
	local who=$1 as=as_$1 file
	for file in "$reports/vijay/report.json" "$reports/vijay/ledger.db" "$reports/vijay/fingerprint.key" \
		/etc/hermes-mission-control/jwt.key /etc/hermes-mission-control/fingerprint.key /root/.hermes/.env; do
		refused "$who cannot read $file" "$as" cat "$file"
	done
	for file in auth marks audit; do refused "$who cannot look into $state/$file" "$as" ls "$state/$file"; done
	refused "$who cannot write beside vijay's report" "$as" touch "$reports/vijay/mine"
	refused "$who cannot put a folder among the reports" "$as" mkdir "$reports/mine"
	refused "$who cannot move bheem's folder away" "$as" mv "$reports/bheem" "$reports/elsewhere"
	refused "$who cannot plant a link in the state folder" "$as" ln -s /etc/shadow "$state/auth/x"
	for file in auth overview ops; do
		refused "$who cannot speak to the pane $file" "$as" curl -s -m 5 --unix-socket "/run/hermes-mission-control/$file.sock" http://x/
	done
	refused "$who cannot speak to Caddy's admin socket" "$as" curl -s -m 5 --unix-socket /run/hermes-mission-control-caddy/admin.sock http://x/config/
	refused "$who cannot publish as vijay" "$as" hmc export --instance vijay
	refused "$who cannot stop the site" "$as" systemctl --no-ask-password stop hmc.target
	refused "$who cannot start vijay's exporter" "$as" systemctl --no-ask-password start hmc-export@vijay.service
	refused "$who cannot kill a worker" "$as" kill -9 "$(systemctl show --property=MainPID --value hmc-pane@overview.service)"
	refused "$who cannot make a token" "$as" hmc token --sub "$who" --role admin
	refused "$who cannot take the port" "$as" hmc hold
}

cannot_take_the_port_of_a_caddy_that_is_down() {
	systemctl stop hmc-caddy.service
	refused "nor while Caddy is down" as_mallory hmc hold
	refused "and root's own programs cannot either" hmc hold
	systemctl start hmc-caddy.service
	truth "Caddy has its port again" page_answers /healthz 200
}

header_is_no_login() {
	local name
	for name in X-User X_User X.User Remote-User Tailscale-User-Login Tailscale_User_Login tailscale_user_login X-Forwarded-User X-Auth-Request-Email; do
		curl --silent --max-time 5 --output /dev/null --write-out '%{http_code}' --header "$name: root" http://127.0.0.1:8480/api/hermes/overview | grep -qx 401 || return 1
	done
}

# A visitor's own connections, as many as an account may have.
crowd() {
	# shellcheck disable=SC2016 # expanded by the shell of the crowd
	as_mallory bash -c 'for i in {1..600}; do exec {fd}<> /dev/tcp/127.0.0.1/8480 && printf G >&$fd; done; echo there > /home/mallory/crowd; exec sleep 20' 2> /dev/null &
	local pid=$!
	truth "six hundred connections of one account are open" test -s /home/mallory/crowd
	truth "and others are answered beside them" page_answers /login 200
	kill $pid
	wait $pid 2> /dev/null
}

bheem_is_unknown_and_vijay_is_not() {
	hmc status --instance bheem > /tmp/status
	[ $? -eq 2 ] || return 1
	cat /tmp/status
	hmc status --instance vijay > /tmp/status.vijay
	[ $? -ne 2 ] && signed_in_answers /api/hermes/overview '"vijay"'
}

# Her own report is hers to ruin: that makes her instance unknown, and nothing else.
ruins_her_own_report() {
	local report=$reports/bheem/report.json
	as_uma cp "$report" /home/uma/report.json
	forge() { # SENTENCE COMMAND: run as uma
		as_uma rm -rf "$report"
		as_uma bash -c "$2"
		truth "$1" bheem_is_unknown_and_vijay_is_not
	}
	forge "a link to another's file in the report's place is not followed" "ln -s $reports/vijay/report.json $report"
	forge "nor one to /etc/shadow" "ln -s /etc/shadow $report"
	forge "a pipe there holds nobody up" "mkfifo $report"
	forge "a folder there is no report" "mkdir $report"
	forge "two mebibytes are not read" "head -c 2097152 /dev/zero > $report"
	forge "a report that says it is vijay's is not believed" "sed 's/\"instanceId\":\"bheem\"/\"instanceId\":\"vijay\"/' /home/uma/report.json > $report"
	forge "a second name for a file of hers is no report" "cp /home/uma/report.json $reports/bheem/x && ln $reports/bheem/x $report"
	as_uma rm -rf "$report" "$reports/bheem/x"
}

# What git, were it run, would run.
traps_are_not_sprung() {
	local config=${repo[bheem]}/.git/config
	as_uma cp "$config" /home/uma/config.before
	as_uma bash -c "printf '[core]\n\tfsmonitor = touch /tmp/sprung\n\tsshCommand = touch /tmp/sprung\n\thooksPath = /home/uma\n[credential]\n\thelper = !touch /tmp/sprung\n[include]\n\tpath = /root/.hermes/.env\n' >> $config"
	as_uma ln -s /root/.hermes/.env /home/uma/.hermes/channel_directory.json.trap
	as_uma hmc export --instance bheem > /dev/null 2>&1
	[ ! -e /tmp/sprung ] && ! grep -q PLANTED "$reports/bheem/report.json" && tap ok "traps in her repository are not sprung" ||
		tap "not ok" "traps in her repository are not sprung"
	as_uma cp /home/uma/config.before "$config"
	as_uma rm -f /home/uma/.hermes/channel_directory.json.trap
}

hostile_accounts() {
	userdel -rf mallory 2> /dev/null
	useradd --create-home --user-group mallory
	for who in uma mallory; do tries "$who"; done
	cannot_take_the_port_of_a_caddy_that_is_down
	truth "no header signs anybody in, in whatever spelling" header_is_no_login
	crowd
	ctl bheem stop hmc-export@bheem.timer hmc-export@bheem.service
	ruins_her_own_report
	traps_are_not_sprung
	ctl bheem start hmc-export@bheem.timer
	truth "and her exporter mends it" says bheem '.instanceId == "bheem"'
}
