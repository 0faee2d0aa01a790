#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The units as "make install" leaves them: systemd takes them, they are as confined
# as they were, and what they start is there and takes the words it is given. In
# TAP; needs no root, and starts nothing.
#
# LBVS_TOOL is the folder of the tool, built.
set -uo pipefail

here=${LBVS_TOOL:-$(cd "$(dirname "$0")/.." && pwd)}
# As installed below DESTDIR; these are the defaults of the Makefile.
prefix=/usr/local
units=(lbvs lbprobed)
# Tenths. A word that is taken out of the unit has to show.
exposure_max=19
count=0
failed=0

# test_that SENTENCE COMMAND...
test_that()
{
	local sentence=$1

	shift
	count=$((count + 1))
	if "$@" >"$dir/said" 2>&1; then
		echo "ok $count - $sentence"
	else
		failed=$((failed + 1))
		sed 's/^/# /' "$dir/said"
		echo "not ok $count - $sentence"
	fi
}

# What they start is not at its place on this machine, but below the folder.
install_all()
{
	local unit

	make -C "$here" DESTDIR="$dir/root" PREFIX=$prefix install || return
	mkdir "$dir/units"
	for unit in "${units[@]}"; do
		sed "s|$prefix/|$dir/root$prefix/|g" \
			"$dir/root$prefix/lib/systemd/system/$unit.service" \
			>"$dir/units/$unit.service" || return
	done
}

# It warns of what it does not know and fails of what it can't do: neither shall be.
is_accepted()
{
	systemd-analyze --man=no --recursive-errors=no verify "$dir/units/"*.service \
		>"$dir/verify" 2>&1 && [ ! -s "$dir/verify" ] && return
	cat "$dir/verify"
	return 1
}

is_confined()
{
	systemd-analyze security --no-pager --offline=true --threshold=$exposure_max \
		"$dir/units/lbprobed.service"
}

manual_pages_are_there()
{
	local man=$dir/root$prefix/share/man page missing=0

	# shellcheck disable=SC2013 # words
	for page in $(sed -n 's/^Documentation=//p' "$dir/units/"*.service); do
		[[ $page =~ ^man:(.*)\((.)\)$ ]] &&
			[ -e "$man/man${BASH_REMATCH[2]}/${BASH_REMATCH[1]}.${BASH_REMATCH[2]}" ] &&
			continue
		echo "$page is not installed"
		missing=1
	done
	return $missing
}

# The commands of ours, with a configuration that is not there: they get as far as
# that, and no further.
words_are_understood()
{
	local command said rc=0 seen=0

	while read -r command; do
		seen=$((seen + 1))
		[[ $command == *" /etc/lbvs/lbvs.conf"* ]] || {
			echo "$command: reads another file"
			rc=1
			continue
		}
		# shellcheck disable=SC2086 # words
		said=$(${command//"/etc/lbvs/lbvs.conf"/"$dir/missing"} 2>&1)
		[[ $said == *"$dir/missing"*"No such file"* ]] && continue
		echo "$command: $said"
		rc=1
	done < <(sed -n "s|^Exec[A-Za-z]*=\($dir/.*\)|\1|p" "$dir/units/"*.service)
	[ $seen = 3 ] || {
		echo "$seen commands of ours, and not 3"
		rc=1
	}
	return $rc
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
echo "1..5"
test_that "they are installed, with all that they need" install_all
test_that "systemd accepts the units" is_accepted
test_that "the probe's unit is exposed no more than it was" is_confined
test_that "the manual pages that they name are installed" manual_pages_are_there
test_that "their commands take the words they are given" words_are_understood
[ $failed = 0 ]
