# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The site: network namespaces, cables, and servers on the reals. Sourced by
# play. $RUN is a folder for what lives as long as the play.
# shellcheck disable=SC2034 # play and people.sh read these

VIP=172.16.10.101
REALS="EX1 EX2 EX3"
RPC_PORTS="135 59531 59532"
MACHINES="pc ts gw lan dc $REALS"
PC=172.16.10.21
# The terminal server has an address for each of its users.
mapfile -t USERS < <(seq -f 172.16.10.%g 31 60)
# A user that no machine has; see with_exim_user.
EXIM_ID=64925

real_address() { echo "172.16.20.1${1#EX}"; }

# Others may play on this machine too.
netns() { echo "lbvs-demo-$$-$1"; }

# on MACHINE COMMAND...
on()
{
	local machine=$1

	shift
	nsenter --net="/run/netns/$(netns "$machine")" -- "$@"
}

# await SECONDS COMMAND...: until it succeeds
await()
{
	local deadline=$((${EPOCHREALTIME/./} + $1 * 1000000))

	shift
	until "$@"; do
		[ "${EPOCHREALTIME/./}" -lt "$deadline" ] || return
		sleep 0.3
	done
}

# --- network -----------------------------------------------------------------

# A program takes long to start in an emulator: few calls that do much.
add_switch()
{
	ip netns add "$(netns "$1")"
	ip -n "$(netns "$1")" -batch - <<-END
		link add switch type bridge
		link set switch up
	END
}

add_machine() { ip netns add "$(netns "$1")"; }

# plug MACHINE DEVICE SWITCH ADDRESS...: a cable from one to the other
plug()
{
	local machine=$1 device=$2 switch=$3

	shift 3
	ip link add "$device" netns "$(netns "$machine")" type veth \
		peer name "$machine" netns "$(netns "$switch")"
	ip -n "$(netns "$switch")" link set "$machine" master switch up
	{
		printf "address add %s/24 dev $device\n" "$@"
		echo "link set lo up"
		echo "link set $device up"
		[ "$switch" = lan ] || [ "$machine" = gw ] ||
			echo "route add default via 172.16.20.1"
	} | ip -n "$(netns "$machine")" -batch -
}

build_network()
{
	local machine

	add_switch lan
	add_switch dc
	for machine in gw pc ts $REALS; do
		add_machine "$machine"
	done
	plug gw outside lan 172.16.10.1
	plug gw inside dc 172.16.20.1
	plug pc eth0 lan $PC
	plug ts eth0 lan "${USERS[@]}"
	for machine in $REALS; do
		plug "$machine" eth0 dc "$(real_address "$machine")"
	done
}

pings() { on "$1" ping -q -c 1 -W 1 "$2" >/dev/null; }

# Packets may be lost while the switches get to know their ports.
await_network()
{
	local real

	await 30 pings pc 172.16.10.1
	await 30 pings ts 172.16.10.1
	for real in $REALS; do
		await 30 pings gw "$(real_address "$real")"
	done
}

# --- servers -----------------------------------------------------------------

# start REAL NAME COMMAND...: leaves it running there
start()
{
	local real=$1 out=$RUN/$1/$2.out

	shift 2
	on "$real" "$@" </dev/null >"$out" 2>&1 &
}

make_certificate()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
		-subj /CN=mail.example.com -addext subjectAltName=DNS:mail.example.com \
		-keyout "$RUN/key.pem" -out "$RUN/cert.pem" 2>"$RUN/openssl.out"
}

# health_page REAL: the file that the check reads
health_page() { echo "$RUN/$1/www/owa/healthcheck.htm"; }

write_health_page() { printf '200 OK<br/>\n%s.example.com\n' "$1" >"$(health_page "$1")"; }

# Keep-alive is off: each request is to be a connection.
write_nginx_conf()
{
	cat <<-END
		worker_processes 1;
		daemon off;
		pid $1/nginx.pid;
		error_log stderr;
		events {}
		http {
			log_format who '\$remote_addr \$status \$request_uri';
			access_log $1/https.log who;
			client_body_temp_path $1/temp-body;
			proxy_temp_path $1/temp-proxy;
			fastcgi_temp_path $1/temp-fastcgi;
			uwsgi_temp_path $1/temp-uwsgi;
			scgi_temp_path $1/temp-scgi;
			keepalive_timeout 0;
			server {
				listen 443 ssl;
				ssl_certificate $RUN/cert.pem;
				ssl_certificate_key $RUN/key.pem;
				root $1/www;
			}
		}
	END
}

start_nginx()
{
	local real=$1 dir=$RUN/$1

	mkdir -p "$dir/www/owa"
	write_health_page "$real"
	write_nginx_conf "$dir" >"$dir/nginx.conf"
	start "$real" nginx "$LBVS_SERVERS/usr/sbin/nginx" -e stderr -p "$dir" \
		-c "$dir/nginx.conf"
}

# Mail is taken and kept: delivering it is not what is shown.
write_exim_conf()
{
	cat <<-END
		primary_hostname = $1.example.com
		smtp_banner = $1.example.com ESMTP
		spool_directory = $2/spool
		log_file_path = $2/spool/%slog
		disable_ipv6
		queue_only
		tls_advertise_hosts =
		keep_environment =
		acl_smtp_rcpt = take_all
		begin acl
		take_all:
		  accept
	END
}

# Debian's exim runs as a user that its installation would make. It is given
# lists with that user, in a mount namespace of its own.
write_exim_user()
{
	grep -v '^Debian-exim:' /etc/passwd >"$RUN/passwd"
	grep -v '^Debian-exim:' /etc/group >"$RUN/group"
	echo "Debian-exim:x:$EXIM_ID:$EXIM_ID::/:/usr/sbin/nologin" >>"$RUN/passwd"
	echo "Debian-exim:x:$EXIM_ID:" >>"$RUN/group"
}

start_exim()
{
	local real=$1 dir=$RUN/$1

	mkdir -p "$dir/spool"
	chown $EXIM_ID:$EXIM_ID "$dir/spool"
	write_exim_conf "$real" "$dir" >"$dir/exim.conf"
	# shellcheck disable=SC2016 # expanded over there
	start "$real" exim unshare --mount sh -c '
		mount --bind "$0/passwd" /etc/passwd
		mount --bind "$0/group" /etc/group
		exec "$@"' "$RUN" \
		"$LBVS_SERVERS/usr/sbin/exim4" -C "$dir/exim.conf" -bdf -oX 25 \
		-oP "$dir/exim.pid"
}

# A client that has nothing to say ends its side at once: -t has socat wait for
# the answer to it.
start_rpc()
{
	local real=$1 port

	for port in $RPC_PORTS; do
		NAME=$real LOG=$RUN/$real/rpc.log start "$real" "rpc-$port" \
			socat -t 30 "TCP4-LISTEN:$port,fork,reuseaddr,backlog=64" \
			"EXEC:$HERE/rpc-server"
	done
}

# listens REAL N: on so many ports
listens() { [ "$(on "$1" ss -Hltn4 | wc -l)" = "$2" ]; }

show_server_output() { tail -n 5 "$RUN"/EX?/*.out >&2; }

start_servers()
{
	local real

	make_certificate
	write_exim_user
	for real in $REALS; do
		mkdir "$RUN/$real"
		start_nginx "$real"
		start_exim "$real"
		start_rpc "$real"
	done
	for real in $REALS; do
		await 60 listens "$real" 5 || {
			show_server_output
			return 1
		}
	done
}

# --- what the servers logged -------------------------------------------------

# One line for each connection: "PORT CLIENT REAL".
logged_by()
{
	local real=$1 dir=$RUN/$1

	{
		sed 's/^\([0-9.]*\) .*/443 \1/' "$dir/https.log"
		sed -n 's/.* <= .* \[\([0-9.]*\)\] .*/25 \1/p' "$dir/spool/mainlog"
		cat "$dir/rpc.log"
	} 2>/dev/null | sed "s/$/ $real/"
}

logged()
{
	local real

	for real in $REALS; do
		logged_by "$real"
	done
}

# --- the end -----------------------------------------------------------------

clear_stage()
{
	local machine pids

	for machine in $MACHINES; do
		mapfile -t pids < <(ip netns pids "$(netns "$machine")" 2>/dev/null)
		[ ${#pids[@]} = 0 ] || kill -KILL "${pids[@]}" 2>/dev/null || true
	done
	wait
	for machine in $MACHINES; do
		ip netns del "$(netns "$machine")" 2>/dev/null || true
	done
	rm -rf "$RUN"
}
