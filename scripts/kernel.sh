# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Debian's kernels, unpacked into the cache folder and never installed: a test
# must not change what the machine boots. Sourced by setup.sh.
#
#   $LBVS_CACHE/kernel/SERIES/root     image, modules, headers, kbuild
#   $LBVS_CACHE/kernel/SERIES/vmlinux  the image, uncompressed
#   $LBVS_CACHE/kernel/SERIES/release  what uname -r says there
#   $LBVS_CACHE/kernel/SERIES/version  version of the Debian package
#
# A series is 6.1, 6.12 or debug, which scripts/debug-kernel builds.

# What the debug kernel depends on, apart from Debian's source.
debug_kernel_key()
{
	{
		cat "$LBVS_TOP/scripts/debug.config" "$LBVS_TOP/scripts/debug-kernel"
		gcc -dumpfullversion 2>/dev/null
	} | sha256sum | cut -c-16
}

kernel_dir()
{
	case $1 in
	debug)	echo "$LBVS_CACHE/kernel/debug-$(debug_kernel_key)" ;;
	*)	echo "$LBVS_CACHE/kernel/$1" ;;
	esac
}

kernel_release() { cat "$(kernel_dir "$1")/release"; }
kernel_image() { echo "$(kernel_dir "$1")/root/boot/vmlinuz-$(kernel_release "$1")"; }

# What the emulator boots. A kernel with KASAN does not come up as an ELF file: it
# is entered at code that looks at KASAN's shadow before there is one.
kernel_elf()
{
	case $1 in
	debug)	echo "$(kernel_dir debug)/bzImage" ;;
	*)	echo "$(kernel_dir "$1")/vmlinux" ;;
	esac
}

# What a module is built against.
kernel_headers()
{
	case $1 in
	debug)	echo "$(kernel_dir debug)/tree" ;;
	*)	echo "$(kernel_dir "$1")/root/usr/src/linux-headers-$(kernel_release "$1")" ;;
	esac
}

apt_depends() { apt-cache depends --important "$1" 2>/dev/null | sed -n 's/^ *|\?Depends: //p'; }
apt_version() { apt-cache policy "$1" | sed -n 's/^ *Candidate: //p'; }

# Which release of a series is Debian's latest? Meta packages know.
latest_release()
{
	local series=$1 meta

	for meta in "linux-image-$series-amd64" linux-image-amd64; do
		apt_depends "$meta" | sed -n "s/^linux-image-\(${series//./\\.}\.[^ ]*-amd64\)$/\1/p"
	done | head -n 1
}

kernel_packages()
{
	local release=$1

	echo "linux-image-$release" "linux-headers-$release"
	apt_depends "linux-headers-$release" |
		grep -E '^linux-(headers-.*-common|kbuild-.*)$'
}

download_packages()
{
	apt-get download -q "$@" >download.log 2>&1
}

# bzimage_field IMAGE OFFSET TYPE: a number of the boot protocol's header
bzimage_field() { od -An -v -j "$2" -N "${3#u}" -t "$3" "$1" | tr -d ' '; }

# Uncompressing takes an emulator longer than the rest of the boot. The payload
# ends with its size in four bytes.
extract_elf()
{
	local image=$1 setup offset length unpack=xz

	setup=$(bzimage_field "$image" $((0x1f1)) u1)
	offset=$(bzimage_field "$image" $((0x248)) u4)
	length=$(bzimage_field "$image" $((0x24c)) u4)
	offset=$(((setup + 1) * 512 + offset))
	# Debian has used these two.
	[ "$(bzimage_field "$image" $offset u4)" != $((0xfd2fb528)) ] || unpack=zstd
	dd if="$image" bs=1M iflag=skip_bytes,count_bytes status=none \
		skip=$offset count=$((length - 4)) | $unpack -dc
}

unpack_kernel()
{
	local series=$1 release=$2 dir=$3 packages deb

	# shellcheck disable=SC2207 # package names hold no blanks
	packages=($(kernel_packages "$release"))
	say "fetching ${packages[*]}"
	(cd "$dir" && download_packages "${packages[@]}") || {
		as_root apt-get update -q >&2
		(cd "$dir" && download_packages "${packages[@]}")
	} || {
		cat "$dir/download.log" >&2
		return 1
	}
	for deb in "$dir"/*.deb; do
		dpkg -x "$deb" "$dir/root" || return
	done
	rm -f "$dir"/*.deb "$dir/download.log"
	# The headers name each other by absolute path: point these to where
	# the tree is going to be.
	sed -i "s#/usr/src/#$(kernel_dir "$series")/root/usr/src/#g" \
		"$dir/root/usr/src/linux-headers-$release/Makefile"
	depmod -b "$dir/root" "$release" &&
		extract_elf "$dir/root/boot/vmlinuz-$release" >"$dir/vmlinux"
}

is_stale()
{
	local series=$1 release

	[ "${LBVS_KERNEL_REFRESH:-0}" = 1 ] || return
	release=$(latest_release "$series")
	[ "$(apt_version "linux-image-$release")" != "$(cat "$(kernel_dir "$series")/version")" ]
}

# Unpacked beside its place and moved there whole: whoever finds a kernel in
# the cache finds all of it.
fetch_kernel_locked()
{
	local series=$1 release fresh dir

	dir=$(kernel_dir "$series")
	if [ -e "$dir/release" ] && ! is_stale "$series"; then
		return 0
	fi
	release=$(latest_release "$series")
	if [ -z "$release" ]; then
		as_root apt-get update -q >&2
		release=$(latest_release "$series")
	fi
	[ -n "$release" ] || die "apt knows no linux-image of series $series"
	mkdir -p "$LBVS_CACHE/kernel"
	fresh=$(mktemp -d "$dir.XXXXXX")
	chmod 755 "$fresh"
	unpack_kernel "$series" "$release" "$fresh" || {
		rm -rf "$fresh"
		die "could not fetch kernel $series"
	}
	apt_version "linux-image-$release" >"$fresh/version"
	echo "$release" >"$fresh/release"
	rm -rf "$dir"
	mv "$fresh" "$dir"
}

# fetch_kernel SERIES: afterwards the kernel_* functions above hold
fetch_kernel()
{
	if [ -e "$(kernel_dir "$1")/release" ] && [ "${LBVS_KERNEL_REFRESH:-0}" != 1 ]; then
		return 0
	fi
	if [ "$1" = debug ]; then
		"$LBVS_TOP/scripts/debug-kernel" >/dev/null
	else
		with_lock "kernel-$1" fetch_kernel_locked "$1"
	fi
}
