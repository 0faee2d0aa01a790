# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What every script here needs before it can work: packages, kernels, builds.
# To be sourced. Nothing outside the cache folder is written, but for Debian
# packages that are missing; these are named before they are installed.

LBVS_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
LBVS_CACHE=${LBVS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/lbvs}
export LBVS_CACHE
# An ordinary user may lack the folders of modprobe and depmod.
PATH=$PATH:/usr/sbin:/sbin

say() { printf '%s\n' "$*" >&2; }

die()
{
	say "${0##*/}: $*"
	exit 1
}

# with_lock NAME COMMAND...: one at a time, over all processes that use the cache
with_lock()
{
	local name=$1 fd rc=0

	shift
	mkdir -p "$LBVS_CACHE/lock"
	exec {fd}>"$LBVS_CACHE/lock/$name"
	flock "$fd"
	# Whatever the command leaves running must not inherit the lock.
	"$@" {fd}>&- || rc=$?
	exec {fd}>&-
	return $rc
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "neither root nor sudo here: as root, run: $*"
	fi
}

# What each task needs. One list, so that the README can point to it.
packages_for()
{
	case $1 in
	module)	echo make gcc gcc-12 sparse git kmod ;;
	tool)	echo make gcc git pkg-config libnl-3-dev libnl-genl-3-dev libjansson-dev \
		libconfuse-dev libsodium-dev libcurl4-openssl-dev libssl-dev libcap-ng-dev ;;
	unit)	echo make gcc git libcmocka-dev ;;
	vm)	echo qemu-system-x86 busybox-static cpio xz-utils zstd kmod ;;
	guest)	echo iproute2 iputils-ping kmod procps curl jq nftables conntrack ethtool tcpdump python3 ipvsadm ;;
	fuzz)	echo clang libclang-rt-14-dev ;;
	units)	echo make systemd kmod procps ;;
	probe)	echo openssl util-linux procps ;;
	debug)	echo make gcc bc bison flex libelf-dev xz-utils ;;
	bench)	echo ipvsadm ;;
	style)	echo shellcheck clang-format mandoc ;;
	cocci)	echo coccinelle ;;
	*)	die "packages_for: unknown task $1" ;;
	esac
}

missing_packages()
{
	local package

	for package; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
			echo "$package"
	done
}

apt_install()
{
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -q --no-install-recommends "$@" >&2
}

install_packages()
{
	local packages

	mapfile -t packages < <(missing_packages "$@")
	[ ${#packages[@]} -gt 0 ] || return 0
	say "installing what is missing: ${packages[*]}"
	apt_install "${packages[@]}" && return
	# The lists may be older than the mirror.
	as_root apt-get update -q >&2 && apt_install "${packages[@]}"
}

# need TASK...: the packages of these tasks are installed
need()
{
	local task packages=()

	command -v apt-get >/dev/null || return 0
	for task; do
		# shellcheck disable=SC2207 # package names hold no blanks
		packages+=($(packages_for "$task"))
	done
	[ -n "$(missing_packages "${packages[@]}")" ] || return 0
	with_lock packages install_packages "${packages[@]}" ||
		die "could not install the packages for: $*"
}

# shellcheck source=scripts/kernel.sh
source "$LBVS_TOP/scripts/kernel.sh"
# shellcheck source=scripts/build.sh
source "$LBVS_TOP/scripts/build.sh"
