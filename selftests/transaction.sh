#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# "lbctl batch" makes many changes at one moment, or none. Nobody ever sees half
# of them, flows live on, and what is refused says which line it was.
ALL_TESTS="
	a_reader_sees_all_of_a_batch_or_nothing
	a_batch_has_one_generation_and_tells_each_object_once
	a_refusal_names_the_line_and_nothing_is_changed
	a_batch_whose_program_dies_leaves_nothing
	somebody_elses_change_is_not_undone
	a_verdict_that_comes_meanwhile_is_kept
	flows_live_through_a_batch
	ten_thousand_services_come_at_one_moment_and_disturb_nobody
"
source "$(dirname "$0")/lib.sh"

SERVICES=100

setup()
{
	topology 2
	serve_all tcp/80-81 bulk/83
	DIR=$(mktemp -d)
	defer rm -r "$DIR"
}

before_each() { lbctl flush config; }

generation() { json_value generation "$(lbctl -j stats show)"; }

given_web()
{
	lbctl batch - <<-END
		pool add web check alive
		real add web r1 $(real_address 1)
		real add web r2 $(real_address 2)

		# all of one pool
		service add www tcp $VIP:80 pool web require alive
	END
}

# --- readers -----------------------------------------------------------------

# for_services COMMAND: one line for each, with its number for N
for_services()
{
	local n

	for ((n = 0; n < SERVICES; n++)); do
		echo "${1//N/$n}"
	done
}

# Moves all services from one pool to the other and back until the file is gone.
move_to_and_fro()
{
	while [ -e "$DIR/moving" ]; do
		lbctl batch "$DIR/to-b"
		lbctl batch "$DIR/to-a"
	done
}

a_reader_sees_all_of_a_batch_or_nothing()
{
	local mover seen=() n

	{
		echo "pool add a"
		echo "pool add b"
		for_services "service add sN tcp 198.51.100.N:99 pool a"
	} >"$DIR/all"
	for_services "service set sN pool b" >"$DIR/to-b"
	for_services "service set sN pool a" >"$DIR/to-a"
	lbctl batch "$DIR/all"
	expect_equal "$SERVICES" "$(lbctl service show | grep -c ' 198')" "services"

	touch "$DIR/moving"
	move_to_and_fro &
	mover=$!
	defer rm -f "$DIR/moving"
	for ((n = 0; n < 30; n++)); do
		mapfile -t seen < <(lbctl -j service show |
			grep -o '"pool":"[ab]"' | sort | uniq -c)
		expect_equal 1 "${#seen[@]}" "the number of pools seen (${seen[*]})"
		echo "${seen[*]}"
	done >"$DIR/seen"
	rm "$DIR/moving"
	wait "$mover"
	# Else it proves nothing.
	expect_equal 2 "$(sort -u "$DIR/seen" | wc -l)" "the pictures seen"
}

# --- events ------------------------------------------------------------------

a_batch_has_one_generation_and_tells_each_object_once()
{
	local before monitor

	given_web
	before=$(generation)
	(exec "$LBCTL" -n "$gw" -j monitor) >"$DIR/events" &
	monitor=$!
	defer kill "$monitor"
	await 20 grep -q '"event":"monitoring"' "$DIR/events"
	lbctl batch - <<-END
		real set web r1 weight 2
		real set web r1 weight 3
		real disable web r2
		real enable web r2
		pool add fleeting
		pool del fleeting
		service add new tcp $VIP:81 pool web
		service set new sched maglev
		pool add last
	END
	expect_equal $((before + 1)) "$(generation)" "the generation"
	await 20 grep -q '"sched":"maglev"' "$DIR/events"
	expect_equal 4 "$(wc -l <"$DIR/events")" "events, the first included"
	expect_equal 3 "$(grep -c "\"generation\":$((before + 1))," "$DIR/events")" \
		"events of this generation"
	expect_equal 1 "$(grep -c '"changed","generation":[0-9]*,"object":"real"' "$DIR/events")" \
		"changes of a real"
}

# --- refusals ----------------------------------------------------------------

# expect_line LINE SENTENCE <BATCH: refused, and nothing is changed
expect_line()
{
	local before

	cat >"$DIR/batch"
	before=$(generation)
	expect_refusal "lbctl: $DIR/batch:$1: $2" lbctl batch "$DIR/batch"
	expect_equal "$before" "$(generation)" "the generation"
	expect_equal www "$(json_value name "$(lbctl -j service show)")" "the only service"
	expect_equal 1 "$(lbctl -j pool show | grep -o '"name"' | wc -l)" "pools"
}

a_refusal_names_the_line_and_nothing_is_changed()
{
	given_web
	expect_line 4 '"weigth" is not known here' <<-END
		# a comment, and an empty line

		pool add more
		real add more r1 203.0.113.11 weigth 5
		pool add most
	END
	expect_line 2 '"nowhere": there is no pool of this name' <<-END
		pool add more
		service add new tcp $VIP:81 pool nowhere
		pool add most
		pool add more
	END
	expect_line 1 'another service has this protocol, address and port' <<-END
		service add aaa tcp $VIP:80 pool web
		pool add most
	END
	expect_line 2 '"verdict" is not known here' <<-END
		pool add more
		verdict set web r1 down
	END
	expect_line 2 '"pool show" cannot be part of a batch' <<-END
		pool add more
		pool show
	END
	expect_line 1 '"flush flows" cannot be part of a batch' <<-END
		flush flows
	END
	expect_line 70 '"p0": there is a pool of this name already' <<-END
		$(for ((n = 0; n < 69; n++)); do echo "pool add p$n"; done)
		pool add p0
		$(for ((n = 70; n < 200; n++)); do echo "pool add p$n"; done)
	END
	expect_refusal "\"$DIR/none\": cannot be opened" lbctl batch "$DIR/none"
	expect_refusal "the name of the file is missing" lbctl batch
	expect_refusal '"more" is one word too many' lbctl batch - more
}

# --- what goes wrong in the middle -------------------------------------------

# start_batch: lines written to $BATCH go to it
start_batch()
{
	mkfifo "$DIR/lines"
	(exec "$LBCTL" -n "$gw" batch "$DIR/lines") &
	LBCTL_PID=$!
	exec {BATCH}>"$DIR/lines"
	rm "$DIR/lines"
}

# Enough lines that some have gone to the kernel for sure.
send_pools()
{
	local n

	for ((n = 0; n < 200; n++)); do
		echo "pool add $1$n"
	done >&"$BATCH"
}

a_batch_whose_program_dies_leaves_nothing()
{
	local before n

	given_web
	before=$(generation)
	# More often than there may be transactions.
	for ((n = 0; n < 6; n++)); do
		start_batch
		send_pools dead
		kill -KILL "$LBCTL_PID"
		wait "$LBCTL_PID" || true
		exec {BATCH}>&-
	done
	expect_equal "$before" "$(generation)" "the generation"
	lbctl batch - <<<"pool add alive"
	expect_equal $((before + 1)) "$(generation)" "the generation"
}

is_waiting() { grep -q pipe "/proc/$1/wchan" || [[ $(cat "/proc/$1/syscall") == 0\ * ]]; }

# open_transaction: a batch has begun, and waits for more lines
open_transaction()
{
	start_batch
	echo "pool add staged" >&"$BATCH"
	await 20 is_waiting "$LBCTL_PID"
}

# close_transaction: the batch ends; its exit status is in RC
close_transaction()
{
	exec {BATCH}>&-
	RC=0
	wait "$LBCTL_PID" || RC=$?
}

somebody_elses_change_is_not_undone()
{
	given_web
	open_transaction 2>"$DIR/said"
	lbctl real set web r1 weight 9
	close_transaction
	expect_equal 1 "$RC" "the exit status"
	grep -q "someone else has changed the configuration" "$DIR/said" ||
		fail "said: $(cat "$DIR/said")"
	expect_equal 9 "$(json_value weight "$(lbctl -j real show web r1)")" "the weight"
	expect_equal 1 "$(lbctl -j pool show | grep -o '"name"' | wc -l)" "pools"
}

a_verdict_that_comes_meanwhile_is_kept()
{
	given_web
	open_transaction
	echo "real set web r1 weight 5" >&"$BATCH"
	lbctl verdict set web r1 check alive down reason "HTTP 503"
	ask tcp "$VIP" 80 --count 6
	expect_share r2 6
	close_transaction
	expect_equal 0 "$RC" "the exit status"
	expect_output "HTTP 503" lbctl verdict show web r1
	expect_equal 5 "$(json_value weight "$(lbctl -j real show web r1)")" "the weight"
	ask tcp "$VIP" 80 --count 6
	expect_share r2 6
	lbctl verdict del web r1 check alive
}

# --- flows -------------------------------------------------------------------

flows_live_through_a_batch()
{
	local before

	given_web
	hold old tcp "$VIP" 80 --count 6
	expect_share r1 3
	before=$(json_value request_packets "$(lbctl -j service show www)")
	lbctl batch - <<-END
		real del web r1
		real set web r2 weight 7
		service set www port 80,81 sched maglev require none
		pool add other
		real add other r1 $(real_address 1)
		service add new tcp $VIP:8080 pool other
	END
	expect_held old ping "6 ok"
	ask tcp "$VIP" 81 --count 4
	expect_share r2 4
	lbctl batch - <<-END
		real add web r1 $(real_address 1)
		service set www pool other
		service del new
	END
	expect_held old ping "6 ok"
	expect_at_least "$before" \
		"$(json_value request_packets "$(lbctl -j service show www)")" \
		"the packets counted"
	ask tcp "$VIP" 80 --count 4
	expect_share r1 4
	lbctl batch - <<<"flush config"
	[ "$(tell old ping)" != "ping 6 ok" ] || fail "expected the flows to be over"
}

# --- many at once -----------------------------------------------------------

# Says how many there are of many, until the file is gone.
count_many()
{
	while [ -e "$DIR/counting" ]; do
		lbctl service show | grep -c ' 10\.0\.' || true
	done
}

# commit FILE: and then $DIR/committing is gone, and $DIR/cpu says what it took
commit()
{
	local TIMEFORMAT="%R s, %U s of a processor in lbctl and %S s in the kernel"

	{ time lbctl batch "$1" ; } 2>"$DIR/cpu"
	rm "$DIR/committing"
}

# commit_under_traffic FILE: what is held is asked over and over meanwhile
commit_under_traffic()
{
	local committer pings=0

	touch "$DIR/committing"
	commit "$1" &
	committer=$!
	while [ -e "$DIR/committing" ]; do
		kill -0 "$committer" || break
		expect_held old ping "6 ok"
		pings=$((pings + 1))
	done
	wait "$committer"
	note "$(wc -l <"$1") services: $(<"$DIR/cpu"), $pings pings of 6 flows meanwhile"
}

# many COMMAND: a line for each, with its number for N and its address for A
many()
{
	local n line all
	all=$(for_machine 10000)

	for ((n = 0; n < all; n++)); do
		line=${1/N/$n}
		echo "${line/A/10.0.$((n / 250)).$((n % 250))}"
	done
}

ten_thousand_services_come_at_one_moment_and_disturb_nobody()
{
	local n reader transfer size=120000000
	n=$(for_machine 10000)

	given_web
	lbctl service set www port 80,83
	many "service add sN tcp A:80 pool web require alive" >"$DIR/come"
	many "service del sN" >"$DIR/go"
	hold old tcp "$VIP" 80 --count 6
	on c0 "$TRAFFIC" fetch tcp "$VIP" 83 --size "$size" --rate 3000000 >"$DIR/fetched" 2>&1 &
	transfer=$!
	defer kill "$transfer"
	touch "$DIR/counting"
	count_many >"$DIR/counts" &
	reader=$!
	defer rm -f "$DIR/counting"
	await 20 test -s "$DIR/counts"
	commit_under_traffic "$DIR/come"
	await 60 grep -qx "$n" "$DIR/counts"
	commit_under_traffic "$DIR/go"
	rm "$DIR/counting"
	wait "$reader"
	note "$(wc -l <"$DIR/counts") readings"
	expect_equal "0 $n" "$(sort -nu "$DIR/counts" | xargs)" "how many services readers saw"
	wait "$transfer" || true
	[[ $(<"$DIR/fetched") == "share r"[12]" $size" ]] ||
		fail "expected a whole transfer, seen $(<"$DIR/fetched")"
}

run_tests "$@"
