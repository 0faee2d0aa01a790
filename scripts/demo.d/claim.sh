# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Saying things and checking them. Sourced by play.

CLAIMS=0
FALSE_CLAIMS=()

section() { printf '\n=== %s\n' "$*"; }
tell() { printf '    %s\n' "$@"; }
indent() { sed 's/^/    /'; }

# claim SENTENCE EXPECTED SEEN
claim()
{
	CLAIMS=$((CLAIMS + 1))
	if [ "$2" = "$3" ]; then
		echo "[ok] $1"
		return
	fi
	FALSE_CLAIMS+=("$1")
	echo "[FALSE] $1"
	tell "expected: $2" "seen:     $3"
}

# claim_that SENTENCE COMMAND...: the command succeeds
claim_that()
{
	local sentence=$1 seen=yes

	shift
	"$@" >/dev/null || seen=no
	claim "$sentence" yes $seen
}

# The last words. Fails if one was false.
sum_up()
{
	echo
	if [ ${#FALSE_CLAIMS[@]} = 0 ]; then
		echo "demo: all $CLAIMS claims hold"
		return
	fi
	printf 'demo: false: %s\n' "${FALSE_CLAIMS[@]}"
	echo "demo: ${#FALSE_CLAIMS[@]} of $CLAIMS claims are false"
	return 1
}
