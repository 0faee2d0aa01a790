# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Servers from Debian packages, to be shown and to be probed. They are unpacked
# into the cache and not installed, so that none starts on the machine. Sourced,
# after setup.sh.

SERVERS="nginx exim4-daemon-light dovecot-core dovecot-imapd dovecot-pop3d"
# RPC, and what it imports: not all that python3-impacket depends on.
SERVERS+=" python3-impacket python3-pyasn1 python3-pycryptodome python3-six"

# Another list is another folder.
servers_dir() { echo "$LBVS_CACHE/servers/$(printf %s "$SERVERS" | cksum | cut -d' ' -f1)"; }

# Libraries only: a library starts nothing and listens nowhere.
server_libraries()
{
	local server

	for server in $SERVERS; do
		apt_depends "$server" | grep -E '^(lib|zlib)'
	done | sort -u
}

unpack_servers_locked()
{
	local dir deb

	[ ! -e "$(servers_dir)" ] || return 0
	mkdir -p "$LBVS_CACHE/servers"
	dir=$(mktemp -d "$LBVS_CACHE/servers/XXXXXX")
	chmod 755 "$dir"
	say "fetching $SERVERS: unpacked into the cache, not installed, so that no server starts here"
	# shellcheck disable=SC2086 # a list
	(cd "$dir" && download_packages $SERVERS) || {
		cat "$dir/download.log" >&2
		rm -r "$dir"
		return 1
	}
	for deb in "$dir"/*.deb; do
		dpkg -x "$deb" "$dir/root"
	done
	# Nobody else is to run this exim, and not with a bit of root's.
	chmod u-s "$dir/root/usr/sbin/exim4"
	mv "$dir/root" "$(servers_dir)"
	rm -r "$dir"
}

# Packages that are missing, the reason before the names.
install_for()
{
	local why=$1

	shift
	[ -n "$(missing_packages "$@")" ] || return 0
	say "$why:"
	with_lock packages install_packages "$@" || die "could not install them"
}

# Afterwards servers_dir has them, and LBVS_SERVERS names it.
get_servers()
{
	local libraries

	command -v apt-get >/dev/null || die "this needs Debian's apt-get"
	# A machine that has never asked for the lists knows no package at all.
	[ -n "$(server_libraries)" ] || as_root apt-get update -q >&2
	mapfile -t libraries < <(server_libraries)
	install_for "libraries of the servers" "${libraries[@]}"
	[ -e "$(servers_dir)" ] || with_lock servers unpack_servers_locked ||
		die "could not fetch the servers"
	LBVS_SERVERS=$(servers_dir)
	export LBVS_SERVERS
}
