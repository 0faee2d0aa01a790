# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a test script is made of. A script sources this, sets ALL_TESTS to the
# names of its functions, defines setup() if it needs one, and ends with
# run_tests "$@". Names given as arguments, or in TESTS, are the only ones run.
#
# Each function is one test, named as a sentence. It runs in a shell of its own
# under "set -e": it fails with the first command that fails. What it leaves to
# "defer" is undone at its end, last first; what setup() defers, at the end of
# the script. NUMBER tells which of the tests it is, from 1.
#
# A script runs without arms, and once more with both devices of the gateway as
# arms. With arms it has one test more: packets did take the fast path. Scripts
# for which that is not right say so before they source this:
#
#   ARMS=never   run without arms only: no packet comes to a service, or the
#                script adds arms of its own
#   ARMS=slow    with arms too, and no packet may take the fast path
#   ARMS=each    both ways on every kernel, see scripts/check
#   KERNEL=debug on the debug kernel only, for what no other can do
#
#   LBVS_EXPECT_ALL=1   a skipped test is a failed one
#   LBVS_VERBOSE=1      show what passing tests print
#   LBVS_ARMS=1         run with arms
#   LBVS_TEST_TIMEOUT   seconds that one test may take (default: 120)
#   KSFT_MACHINE_SLOW=yes   the kernel is one that takes longer over everything:
#                           so may each test and what it waits for

SELFTESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
SCRIPT=$(basename "$0" .sh)
LBVS_TEST_TIMEOUT=${LBVS_TEST_TIMEOUT:-120}
# So many times longer.
PATIENCE=1
[ "${KSFT_MACHINE_SLOW:-no}" != yes ] || PATIENCE=10

# for_machine N: so many, or where all is slow fewer
for_machine() { echo $(($1 / PATIENCE)); }
PATH=$PATH:/usr/sbin:/sbin

# Exit codes of the kernel's selftests.
KSFT_PASS=0
KSFT_FAIL=1
KSFT_SKIP=4

# shellcheck source=selftests/lib_topology.sh
source "$SELFTESTS/lib_topology.sh"
# shellcheck source=selftests/lib_traffic.sh
source "$SELFTESTS/lib_traffic.sh"
# shellcheck source=selftests/lib_lbvs.sh
source "$SELFTESTS/lib_lbvs.sh"

# --- failing, skipping -------------------------------------------------------

# Where in the script are we? The frames of this library say nothing.
script_line()
{
	local i

	for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
		case ${BASH_SOURCE[i]##*/} in
		lib.sh|lib_*.sh)
			;;
		*)
			echo "${BASH_SOURCE[i]##*/}:${BASH_LINENO[i - 1]}"
			return
			;;
		esac
	done
	echo "$SCRIPT.sh"
}

# fail SENTENCE...: ends the test
fail()
{
	echo "$(script_line): $*" >&2
	exit $KSFT_FAIL
}

# skip REASON...: ends the test, or in setup() the script
skip()
{
	echo "$*" >&2
	exit $KSFT_SKIP
}

# Called by the ERR trap, where "set -e" is about to end the test.
on_error()
{
	echo "$(script_line): \"$2\" answered $1" >&2
}

# --- undoing -----------------------------------------------------------------

DEFERRED=()

# defer COMMAND...: runs at the end of the test or, from setup(), of the script
defer() { DEFERRED+=("${*@Q}"); }

unwind()
{
	local i

	for ((i = ${#DEFERRED[@]} - 1; i >= 0; i--)); do
		eval "${DEFERRED[i]}" >/dev/null 2>&1 || true
	done
	DEFERRED=()
}

# --- waiting -----------------------------------------------------------------

# busywait SECONDS COMMAND...: until it succeeds; its last output is printed. What takes
# longer is looked at less often: looking is work too, and other machines want to.
busywait()
{
	local deadline=$((${EPOCHREALTIME/./} + $1 * PATIENCE * 1000000)) out pause=50

	shift
	until out=$("$@"); do
		if [ "${EPOCHREALTIME/./}" -ge "$deadline" ]; then
			[ -z "$out" ] || echo "$out"
			return 1
		fi
		sleep "${pause}e-3"
		pause=$((pause < 200 ? pause * 5 / 4 : pause))
	done
	[ -z "$out" ] || echo "$out"
}

# await SECONDS COMMAND...: as busywait, and fails the test with a sentence
await()
{
	local out

	out=$(busywait "$@") || fail "expected within $1 s: ${*:2}; seen: ${out:-nothing}"
}

# --- expecting ---------------------------------------------------------------

expect_equal()
{
	[ "$2" = "$1" ] || fail "expected ${3:+$3 to be }\"$1\", seen \"$2\""
}

# expect_within TOLERANCE EXPECTED SEEN [WHAT]
expect_within()
{
	local off=$(($3 - $2))

	[ "${off#-}" -le "$1" ] ||
		fail "expected ${4:+$4 to be }$2 give or take $1, seen $3"
}

# expect_at_least EXPECTED SEEN [WHAT]
expect_at_least()
{
	[ "$2" -ge "$1" ] || fail "expected ${3:+$3 to be }at least $1, seen $2"
}

# expect_at_most EXPECTED SEEN [WHAT]
expect_at_most()
{
	[ "$2" -le "$1" ] || fail "expected ${3:+$3 to be }at most $1, seen $2"
}

# expect_ok COMMAND...
expect_ok()
{
	local out rc=0

	out=$("$@" 2>&1) || rc=$?
	[ $rc = 0 ] || fail "expected success of \"$*\", seen $rc: $out"
}

# expect_refusal TEXT COMMAND...: it fails, and says TEXT somewhere
expect_refusal()
{
	local text=$1 out rc=0

	shift
	out=$("$@" 2>&1) || rc=$?
	[ $rc != 0 ] || fail "expected failure of \"$*\", seen success: $out"
	[[ $out == *"$text"* ]] ||
		fail "expected \"$*\" to say \"$text\", seen \"$out\""
}

# expect_output TEXT COMMAND...: it succeeds, and says TEXT somewhere
expect_output()
{
	local text=$1 out rc=0

	shift
	out=$("$@" 2>&1) || rc=$?
	[ $rc = 0 ] || fail "expected success of \"$*\", seen $rc: $out"
	[[ $out == *"$text"* ]] ||
		fail "expected \"$*\" to say \"$text\", seen \"$out\""
}

# --- running -----------------------------------------------------------------

sentence() { echo "${1//_/ }"; }

# need_program NAME...
need_program()
{
	local name

	for name; do
		command -v "$name" >/dev/null || skip "no program $name here"
	done
}

# note SENTENCE...: is shown whether the test passes or not
note() { echo "# note: $*" >>"$LOGS/notes"; }

diagnose() { sed 's/^/# /' "$1" >&3; }

# Prints one KTAP line. Status, number, function, log.
report()
{
	local rc=$1 line

	line="$2 $(sentence "$3")"
	if [ -e "$LOGS/notes" ]; then
		cat "$LOGS/notes" >&3
		rm "$LOGS/notes"
	fi
	if [ "$rc" = $KSFT_SKIP ] && [ "${LBVS_EXPECT_ALL:-0}" != 1 ]; then
		SKIPPED=$((SKIPPED + 1))
		echo "ok $line # SKIP $(tail -n 1 "$4")" >&3
		return
	fi
	if [ "$rc" != $KSFT_PASS ] || [ "${LBVS_VERBOSE:-0}" = 1 ]; then
		diagnose "$4"
	fi
	if [ "$rc" = $KSFT_PASS ]; then
		PASSED=$((PASSED + 1))
		echo "ok $line" >&3
	else
		FAILED=$((FAILED + 1))
		echo "not ok $line" >&3
	fi
}

mark_kernel_log() { echo "lbvs selftest: $1" >/dev/kmsg 2>/dev/null || true; }

# What the kernel said since the mark, if it is bad.
kernel_complaints()
{
	dmesg 2>/dev/null | awk -v mark="lbvs selftest: $1" '
		index($0, mark) { said = ""; next }
		{ said = said $0 "\n" }
		END { printf "%s", said }' | grep -E -A20 -f "$SELFTESTS/complaints"
}

test_body()
{
	DEFERRED=()
	trap unwind EXIT
	trap 'exit 1' TERM
	set -eE
	trap 'on_error $? "$BASH_COMMAND"' ERR
	case $1 in
	packets_took_the_fast_path|no_packet_took_the_fast_path)
		# A sentence about the tests before it. What they left may be little.
		;;
	*)
		! declare -F before_each >/dev/null || before_each ;;
	esac
	"$1"
}

# end_late PID FILE: makes FILE and ends that test when its time is over
end_late()
{
	local sleeper=''

	trap 'kill "$sleeper"; exit' TERM
	sleep $((LBVS_TEST_TIMEOUT * PATIENCE)) &
	sleeper=$!
	wait "$sleeper"
	: >"$2"
	# Bash obeys the signal when its running command has ended.
	kill "$1"
	pkill -P "$1"
}

# Status in RC, output in the log. File descriptor 3 is closed, so that what a
# test leaves running does not keep the reader of our output waiting. Not "wait -n"
# for either of the two: it overlooks a test that has ended before.
run_one()
{
	local function=$1 log=$2 test watchdog

	mark_kernel_log "$SCRIPT $function"
	(test_body "$function") >"$log" 2>&1 3>&- </dev/null &
	test=$!
	end_late "$test" "$log.late" >/dev/null 2>&1 3>&- &
	watchdog=$!
	wait "$test" 2>/dev/null
	RC=$?
	if [ -e "$log.late" ]; then
		rm "$log.late"
		echo "no end after $((LBVS_TEST_TIMEOUT * PATIENCE)) s" >>"$log"
		RC=$KSFT_FAIL
		return
	fi
	kill "$watchdog" 2>/dev/null
	wait "$watchdog" 2>/dev/null
	if kernel_complaints "$SCRIPT $function" >>"$log"; then
		RC=$KSFT_FAIL
	fi
}

# The exit trap of the script: setup() may have ended it.
finish()
{
	local rc=$? function

	# A child that a signal hits before it has become its command runs our
	# traps.
	[ "$BASHPID" = $$ ] || exit $rc
	unwind
	if [ "$STAGE" = setup ] && [ $rc = $KSFT_SKIP ] && [ "${LBVS_EXPECT_ALL:-0}" != 1 ]; then
		echo "1..0 # SKIP $(tail -n 1 "$LOGS/setup")" >&3
	elif [ "$STAGE" = setup ]; then
		echo "1..${#CHOSEN[@]}" >&3
		diagnose "$LOGS/setup"
		for function in "${CHOSEN[@]}"; do
			FAILED=$((FAILED + 1))
			echo "not ok $FAILED $(sentence "$function") (setup)" >&3
		done
		rc=$KSFT_FAIL
	fi
	rm -rf "$LOGS"
	exit $rc
}

run_setup()
{
	set -eE
	trap 'on_error $? "$BASH_COMMAND"' ERR
	[ "$(id -u)" = 0 ] || skip "not root"
	[ "${NEEDS_MODULE:-yes}" = no ] || load_module
	if declare -F setup >/dev/null; then
		setup
	fi
	trap - ERR
	set +eE
}

choose_tests()
{
	read -ra CHOSEN <<<"$*"
	[ ${#CHOSEN[@]} -gt 0 ] || read -ra CHOSEN <<<"${TESTS:-}"
	[ ${#CHOSEN[@]} = 0 ] || return 0
	read -d '' -ra CHOSEN <<<"$ALL_TESTS" || true
	with_arms || return 0
	if [ "${ARMS:-}" = slow ]; then
		CHOSEN+=(no_packet_took_the_fast_path)
	else
		CHOSEN+=(packets_took_the_fast_path)
	fi
}

# The counters go with the module, which a test may unload: so after each one.
look_at_fast_path()
{
	local seen

	with_arms || return 0
	seen=$(stat_of packets-fast 2>/dev/null) || seen=0
	[ "$seen" = 0 ] || FAST_PATH=taken
}

packets_took_the_fast_path() { expect_equal taken "$FAST_PATH" "the fast path"; }
no_packet_took_the_fast_path() { expect_equal "not taken" "$FAST_PATH" "the fast path"; }

# run_tests [NAME...]
run_tests()
{
	local i

	choose_tests "$@"
	PASSED=0 FAILED=0 SKIPPED=0 STAGE=setup FAST_PATH="not taken"
	LOGS=$(mktemp -d)
	exec 3>&1
	trap finish EXIT
	trap 'exit 143' TERM
	trap 'exit 130' INT
	echo "TAP version 13"
	run_setup >"$LOGS/setup" 2>&1
	STAGE=tests
	echo "1..${#CHOSEN[@]}"
	for ((i = 0; i < ${#CHOSEN[@]}; i++)); do
		NUMBER=$((i + 1))
		run_one "${CHOSEN[i]}" "$LOGS/test"
		report "$RC" "$NUMBER" "${CHOSEN[i]}" "$LOGS/test"
		look_at_fast_path
	done
	STAGE=end
	[ $FAILED = 0 ] || exit $KSFT_FAIL
	[ $PASSED -gt 0 ] || exit $KSFT_SKIP
	exit $KSFT_PASS
}
