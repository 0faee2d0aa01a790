# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What people's programs do. Each answer that one gets is a line "PORT CLIENT
# REAL" on standard output; $LEDGER keeps them all. Sourced by play.

LEDGER=$RUN/ledger

keep() { tee -a "$LEDGER"; }

# browse MACHINE CLIENT N: so many connections to 443
browse()
{
	on "$1" curl -sS --max-time 60 --interface "$2" --cacert "$RUN/cert.pem" \
		--resolve "mail.example.com:443:$VIP" \
		"https://mail.example.com/owa/healthcheck.htm?[1-$3]" |
		sed -n "s/^\\(EX[0-9]\\)\\.example\\.com$/443 $2 \\1/p" | keep
}

# send_mail MACHINE CLIENT N: so many connections to 25
send_mail() { VIP=$VIP on "$1" "$HERE/mails" "$2" "$3" | keep; }

# call_rpc MACHINE CLIENT:PORT...: a connection for each
call_rpc()
{
	local machine=$1

	shift
	VIP=$VIP on "$machine" "$HERE/rpc-calls" "$@" | keep
}

# --- a connection that stays -------------------------------------------------

# hold MACHINE CLIENT PORT: leaves it open; HELD_REAL is who answered
hold()
{
	local line=''

	mkfifo "$RUN/to" "$RUN/from"
	on "$1" socat - "TCP4:$VIP:$3,bind=$2" <"$RUN/to" >"$RUN/from" 2>"$RUN/held.out" &
	exec {held_in}>"$RUN/to" {held_out}<"$RUN/from"
	read -r -t 30 -u "$held_out" line || true
	HELD_REAL=${line%% *}
	echo "$3 $2 $HELD_REAL" >>"$LEDGER"
}

# say_held TEXT: prints what comes back
say_held()
{
	local line=nothing

	# Writing to a connection that is gone must not end the play.
	(trap '' PIPE ; echo "$1" >&"$held_in") 2>/dev/null || true
	read -r -t 30 -u "$held_out" line || line=nothing
	echo "$line"
}

release() { exec {held_in}>&- {held_out}<&-; }

# --- reading what people were answered ---------------------------------------

# shares: how many lines each real has, in the order of $REALS
shares()
{
	awk -v reals="$REALS" '{ n[$3]++ } END {
		count = split(reals, real)
		for (i = 1; i <= count; i++)
			printf "%d%s", n[real[i]], i < count ? " " : "\n" }'
}

only_port() { awk -v port="$1" '$1 == port'; }
only_client() { awk -v client="$1" '$2 == client'; }
real_of() { awk '{ print $3 }' | sort -u | paste -sd' '; }
count() { awk NF | wc -l; }
