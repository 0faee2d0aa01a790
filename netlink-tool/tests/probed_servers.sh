#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What lbprobed makes of real servers: nginx, exim, dovecot, openssl and impacket, in
# ways that are well and ways that are not, and of servers that misbehave. Each check
# of servers/checks.conf is made once, and so are those of the templates. In TAP; as
# root, in namespaces of its own.
#
# LBVS_PROBED is the program, with lbctl beside it; LBVS_SERVERS has the servers
# unpacked.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
address=192.0.2.11
elder=192.0.2.12
jobs_started=()

# --- the stage ---------------------------------------------------------------

# A neighbour that is not there: what goes to it is swallowed. And one to whom we
# are not allowed to talk.
make_network()
{
	ip link set lo up
	ip address add $address/32 dev lo
	ip address add $elder/32 dev lo
	ip address add 2001:db8::11/128 dev lo nodad
	ip link add dark0 type veth peer name dark1
	ip link set dark1 up
	ip link set dark0 up
	ip address add 198.51.100.1/24 dev dark0
	ip neigh add 198.51.100.9 lladdr 02:00:00:00:00:09 dev dark0
	ip route add prohibit 198.51.100.10
}

certificate()
{
	local name=$1

	shift
	openssl x509 -req -in "$dir/good.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" \
		-CAcreateserial -extfile <(echo subjectAltName=DNS:r1.example.com,IP:2001:db8::11) \
		-out "$dir/$name.pem" "$@"
}

make_certificates()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 10 \
		-subj /CN=authority -keyout "$dir/ca.key" -out "$dir/ca.pem"
	openssl req -newkey rsa:2048 -nodes -subj /CN=r1.example.com \
		-keyout "$dir/good.key" -out "$dir/good.csr"
	chmod 644 "$dir/good.key"
	certificate good -days 10
	certificate expired -days -1
}

# fill FILE: the file with its words filled in
fill()
{
	sed "s|DIR|$dir|g; s|ADDRESS|$address|g; s|ELDER|$elder|g" \
		"$here/servers/$1" >"$dir/$1"
}

start()
{
	"$@" >>"$dir/output" 2>&1 </dev/null &
	jobs_started+=($!)
}

# exim and dovecot run as users that installing them would make. This is a mount
# namespace of our own.
make_users()
{
	local id=64925 file user

	for file in passwd group; do
		grep -vE '^(Debian-exim|dovecot|dovenull):' /etc/$file >"$dir/$file"
		for user in Debian-exim dovecot dovenull; do
			if [ $file = passwd ]; then
				echo "$user:x:$id:$id::/:/usr/sbin/nologin"
			else
				echo "$user:x:$id:"
			fi
			id=$((id + 1))
		done >>"$dir/$file"
		id=64925
		mount --bind "$dir/$file" /etc/$file
	done
	mkdir "$dir/spool"
	chown 64925:64925 "$dir/spool"
}

# Dovecot finds its modules only where the package would have them.
place_dovecot()
{
	mount -t overlay overlay -o "lowerdir=$LBVS_SERVERS/usr/lib:/usr/lib" /usr/lib
}

start_exim()
{
	cat >"$dir/exim.conf" <<-END
		primary_hostname = r1.example.com
		spool_directory = $dir/spool
		log_file_path = $dir/spool/%slog
		queue_only
		tls_advertise_hosts = *
		tls_certificate = $dir/good.pem
		tls_privatekey = $dir/good.key
		keep_environment =
		log_selector = +smtp_connection +smtp_incomplete_transaction +smtp_no_mail
	END
	start "$LBVS_SERVERS/usr/sbin/exim4" -C "$dir/exim.conf" -bdf -oX 25 -oP "$dir/exim.pid"
}

start_servers()
{
	mkdir "$dir/dovecot"
	{ echo first ; head -c 3000000 /dev/zero ; } >"$dir/big"
	fill nginx.conf
	fill dovecot.conf
	make_users
	place_dovecot
	start "$LBVS_SERVERS/usr/sbin/nginx" -e stderr -p "$dir" -c "$dir/nginx.conf"
	start_exim
	start "$LBVS_SERVERS/usr/bin/doveconf" -f service=master -c "$dir/dovecot.conf" -m master \
		-e "$LBVS_SERVERS/usr/sbin/dovecot" -F -c "$dir/dovecot.conf"
	start openssl s_server -accept $address:9443 -key "$dir/good.key" -cert "$dir/good.pem" \
		-tls1 -cipher DEFAULT@SECLEVEL=0 -www
	start python3 "$here/servers/odd.py" $address
	start env PYTHONPATH="$LBVS_SERVERS/usr/lib/python3/dist-packages" \
		/usr/bin/python3 -B "$here/servers/rpc.py" $elder
}

listens() { ss -Hltn "sport = :$1" | grep -q .; }

await_servers()
{
	local port deadline=$((SECONDS + 30))

	for port in 25 80 110 143 443 993 995 7532 8443 9443 59532; do
		until listens $port; do
			if [ $SECONDS -ge $deadline ]; then
				echo "# nobody listens at port $port"
				sed 's/^/# /' "$dir/output" "$dir/dovecot.log"
				return 1
			fi
			sleep 0.1
		done
	done
}

write_plugin()
{
	cat >"$dir/plugin" <<-'END'
		#!/bin/sh
		echo "$2, $LBVS_REAL"
		echo "more"
		exit "$1"
	END
	chmod +x "$dir/plugin"
}

leave()
{
	[ ${#jobs_started[@]} = 0 ] || kill "${jobs_started[@]}" 2>/dev/null
	wait
	rm -rf "$dir"
}

# --- what is expected --------------------------------------------------------

n=0 failed=0

# judge SENTENCE COMMAND...
judge()
{
	local sentence=$1

	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n $sentence"
	else
		echo "not ok $n $sentence"
		failed=1
	fi
}

# seen POOLS CHECK STATUS TEXT: the text is a pattern
seen()
{
	local row

	row=$(jq -r --arg pool "$1" --arg check "$2" '.[] |
		select((.pool | test($pool)) and .check == $check) | "\(.status) \(.text)"' "$dir/result")
	# shellcheck disable=SC2053 # a pattern
	[[ $row == "$3 "$4 ]] && return
	echo "# expected $3 $4, seen $row"
	return 1
}

# expect CHECK STATUS TEXT
expect() { judge "$1 is $2" seen 'web|silent|mail|rest' "$@"; }

expect_of_impacket() { judge "$1 of impacket is $2" seen elder "$@"; }

expect_all()
{
	expect http L7OK "r1.example.com*"
	expect https L7OK "r1.example.com*"
	expect host L7OK "200 OK"
	expect head L7OK "200 OK"
	expect post L7OK "200 OK"
	expect big L7OK "200 OK"
	expect s503 L7STS "503 Service Temporarily Unavailable"
	expect s503-wanted L7OK "503 Service Temporarily Unavailable"
	expect s302 L7STS "302 *"
	expect s401 L7STS "401 Unauthorized"
	expect wrong-body L7RSP 'no "not there" in the body'
	expect wrong-identity L7RSP "this is r1.example.com, not r2.example.com"
	expect no-identity L7RSP "names nobody, not r1"
	expect slow L7TOUT "no answer"
	expect unknown-ca L6RSP "*certificate*"
	expect expired L6RSP "*expired*"
	expect expired-unverified L7OK "200 OK"
	expect wrong-name L6RSP "*r9.example.com*"
	expect tls L6OK "TLS established"
	expect tls-wrong-name L6RSP "*ostname mismatch*"
	expect tls-expired L6RSP "*expired*"
	expect old L6RSP "*"
	expect old-allowed L6OK "TLS established"
	expect old-https L6RSP "*"
	expect old-https-allowed L7OK "200 *"
	expect refused L4CON "Connection refused"
	expect silent L4OK connected
	expect silent-tls L6TOUT "*"
	expect silent-https L6TOUT "*"
	expect silent-http L7TOUT "no answer"
	expect silent-smtp L7TOUT "no answer"
	expect silent-rpc L7TOUT "no answer"
	expect reset-http L7RSP "*reset by peer*"
	expect reset-tls L6RSP "*"
	expect smtp L7OK "250 *"
	expect smtp-banner L7OK "220 r1.example.com *"
	expect smtp-ehlo L7OK "250 *"
	expect smtp-tls L7OK "250 *"
	expect smtp-tls-wrong-name L6RSP "*ostname mismatch*"
	expect smtp-421-banner L7STS "421 too busy"
	expect smtp-421-ehlo L7STS "421 4.3.2 *"
	expect smtp-421-mail L7STS "421 4.3.2 *"
	expect smtp-421-mail-unseen L7OK "250 *"
	expect smtp-no-tls L7RSP "250 OK"
	expect imap L7OK "\* OK *"
	expect imap-tls L7OK "p1 OK *"
	expect imaps L7OK "\* OK *"
	expect imap-bye L7STS "\* BYE not now"
	expect imap-no L7RSP "SSH-2.0-odd"
	expect pop3 L7OK "+OK *"
	expect pop3-tls L7OK "+OK *"
	expect pop3s L7OK "+OK *"
	expect pop3-err L7STS "-ERR not now"
	expect pop3-long L7RSP "the server's line is too long"
	expect rpc L7OK bind_ack
	expect rpc-emsmdb L7OK bind_ack
	expect rpc-not-served L7STS "bind_ack: *"
	expect rpc-nak L7STS "bind_nak, reason 4"
	expect rpc-mapped L7OK "mapped to 59531"
	expect rpc-mapped-elsewhere L7STS "mapped to 59531, not 59532"
	expect rpc-http L7RSP "not an answer of RPC"
	expect group L7STS "rpc:7532 bind_nak, reason 4"
	expect group-any L7OK "rpc:7531 bind_ack"
	expect exec PROCOK "r1 at $address, r1"
	expect exec-warning PROCOK "warm, r1"
	expect exec-critical PROCERR "hot, r1"
	expect exec-unknown PROCERR "exit status 3, what, r1"
	expect exec-missing PROCERR "cannot run *"
	expect exec-hangs PROCTOUT "the command does not end"
	expect_of_impacket rpc L7OK bind_ack
	expect_of_impacket rpc-emsmdb L7OK bind_ack
	expect_of_impacket rpc-nspi L7OK bind_ack
	expect_of_impacket rpc-not-served L7STS "bind_ack: the interface is not served"
	expect_of_impacket rpc-other-version L7STS "bind_ack: the interface is not served"
	expect_of_impacket rpc-mapped L7OK "mapped to 59532"
	expect_of_impacket rpc-mapped-elsewhere L7STS "mapped to 59531, not 59532"
	expect_of_impacket rpc-not-mapped L7STS "not in the endpoint map *"
	expect_of_impacket rpc-fault L7STS "fault 0x6e4"
	judge "http over IPv6 is L7OK" seen six http L7OK "r1.example.com*"
	judge "https over IPv6 is L7OK" seen six https L7OK "200 OK"
	judge "an address is verified like a name" seen six address L7OK "200 OK"
	judge "a black hole is L4TOUT for tcp" seen dark tcp L4TOUT "*"
	judge "a black hole is L4TOUT for http" seen dark http L4TOUT "*"
	judge "a black hole is L4TOUT for https" seen dark https L4TOUT "*"
	judge "what we may not do is our trouble for tcp" \
		seen barred tcp SOCKERR "Permission denied"
	judge "what we may not do is our trouble for http" \
		seen barred http SOCKERR "Permission denied"
	judge "what we may not do is our trouble for https" \
		seen barred https SOCKERR "Permission denied"
}

# Those that a server gets, not those that it sends.
count_resets()
{
	nft add table inet resets
	nft add chain inet resets out '{ type filter hook output priority 0; }'
	nft add rule inet resets out tcp dport '{ 25, 80, 110, 143, 443, 993, 995, 7135, 7531 }' \
		tcp flags rst counter
}

resets() { nft -j list table inet resets | jq '.. | .counter? // empty | .packets'; }

# Only what is well: then nobody has a reason for a reset.
servers_see_no_reset()
{
	local before status seen

	{
		echo "pool site {"
		grep -E "^	check (http|https|host|post|tls|smtp|smtp-banner|smtp-ehlo|smtp-tls|imap|imap-tls|imaps|pop3|pop3-tls|pop3s|rpc|rpc-emsmdb|rpc-mapped) " \
			"$dir/checks.conf" | awk '!seen[$2]++'
		echo "	real r1 { address = $address }"
		echo "}"
	} >"$dir/well.conf"
	: >"$dir/spool/mainlog"
	before=$(resets)
	"$LBVS_PROBED" --test "$dir/well.conf" >"$dir/well"
	status=$?
	seen=$(($(resets) - before))
	[ "$status" = 0 ] || sed 's/^/# /' "$dir/well"
	[ "$seen" = 0 ] || echo "# $seen resets"
	[ "$status" = 0 ] && [ "$seen" = 0 ]
}

exim_misses_no_goodbye()
{
	! grep -E 'unexpected|lost|closed without|synchronization' "$dir/spool/mainlog" |
		sed 's/^/# /' | grep .
}

# template_words NAME: how it is filled in here
template_words()
{
	case $1 in
	exchange2010)		echo vip=198.51.100.10 host=mail.example.org "reals=r1=$elder" ;;
	exchange2016-single)	echo vip=198.51.100.10 host=mail.example.org "reals=r1=$address" ;;
	exchange2016-multi)	printf '%s=198.51.100.%u ' owa 10 ecp 11 ews 12 mapi 13 eas 14 \
					oab 15 rpc 16 autodiscover 17
				echo domain=example.org "reals=r1=$address" ;;
	smtp)			echo vip=198.51.100.10 "reals=r1=$address" ;;
	generic-tcp)		echo vip=198.51.100.10 port=80,443 check=80 "reals=r1=$address" ;;
	esac
}

# Each of its checks meets a server as it expects one.
template_is_well()
{
	local checks words

	read -ra words < <(template_words "$1")
	LBVS_TEMPLATES=$here/../templates "$(dirname "$LBVS_PROBED")/lbctl" template "$1" \
		"${words[@]}" >"$dir/$1.conf" || return
	"$LBVS_PROBED" --test "$dir/$1.conf" >"$dir/$1.result" &&
		checks=$(grep -c ' ok ' "$dir/$1.result") &&
		[ "$checks" = "$(grep -cE '^	check [a-z]+ \{' "$dir/$1.conf")" ] && return
	sed 's/^/# /' "$dir/$1.result"
	return 1
}

all_templates_are_well()
{
	local file name

	for file in "$here"/../templates/*.conf; do
		name=$(basename "$file" .conf)
		judge "the checks of the template $name meet servers" template_is_well "$name"
	done
}

all_took_no_longer_than_their_timeouts()
{
	jq -e 'map(.latency_ms) | max < 2500' "$dir/result" >/dev/null
}

# complains OF COMMAND...: it fails, and says that
complains()
{
	local of=$1

	shift
	! "$@" >"$dir/complaint" 2>&1 && grep -qF -- "$of" "$dir/complaint" && return
	sed 's/^/# /' "$dir/complaint"
	return 1
}

# Whoever is told only that certificates are missing has to look for them.
missing_authorities_are_named()
{
	local conf=$dir/authorities.conf of

	printf '%s\n' "pool site {" "	check c { kind = tls port = 443 cafile = $dir/none.pem }" \
		"	real r1 { address = $address }" "}" >"$conf"
	of="$conf:2: cafile \"$dir/none.pem\": cannot be read: No such file"
	complains "$of" "$(dirname "$LBVS_PROBED")/lbctl" check "$conf" &&
		complains "$of" "$LBVS_PROBED" --test "$conf" &&
		complains "$of" "$LBVS_PROBED" -c "$conf" || return
	# A file, but of something else.
	sed -i "s|none.pem|good.key|" "$conf"
	complains "check c of pool site: cannot read certificates from $dir/good.key" \
		"$LBVS_PROBED" -c "$conf"
}

nothing_is_left_running() { ! pgrep -fx "/bin/sleep 60" >/dev/null; }

if [ "${1:-}" != inside ]; then
	exec unshare --net --mount --pid --fork --mount-proc --kill-child "$0" inside
fi

dir=$(mktemp -d)
chmod 755 "$dir"
trap leave EXIT
make_network
count_resets
make_certificates >"$dir/output" 2>&1
write_plugin
fill checks.conf
start_servers
if ! await_servers; then
	echo "not ok 1 the servers start"
	exit 1
fi
"$LBVS_PROBED" -j --test "$dir/checks.conf" >"$dir/result" 2>"$dir/errors"
judge "some that fail make the exit status 1" test $? = 1
sed 's/^/# /' "$dir/errors"
expect_all
judge "none takes longer than its timeout" all_took_no_longer_than_their_timeouts
judge "a command that hangs is ended" nothing_is_left_running
judge "authorities that are missing are named with their line" missing_authorities_are_named
all_templates_are_well
judge "servers that are well see no reset" servers_see_no_reset
judge "exim misses no goodbye" exim_misses_no_goodbye
echo "1..$n"
exit $failed
