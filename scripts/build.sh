# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Builds in the cache folder, so that the work tree stays as git left it and
# two kernels can be built for at once. Sourced by setup.sh.
#
#   $LBVS_BUILD/SERIES   mirror of the tree; the module for that kernel
#   $LBVS_BUILD/user     mirror of the tree; tool, selftests, unit tests

# One build folder per work tree.
LBVS_BUILD=$LBVS_CACHE/build/$(printf %s "$LBVS_TOP" | cksum | cut -d' ' -f1)

module_ko() { echo "$LBVS_BUILD/$1/kmod/lbvs.ko"; }
module_log() { echo "$LBVS_BUILD/$1.log"; }
user_dir() { echo "$LBVS_BUILD/user"; }
lbctl_path() { echo "$LBVS_BUILD/user/netlink-tool/build/lbctl"; }

# Files of the work tree that .gitignore does not name, committed or not. The
# empty repository makes this work in an unpacked tarball too.
source_files()
{
	local index=$LBVS_CACHE/no-index.git

	[ -e "$index/HEAD" ] || git init -q --bare "$index" >&2
	git --git-dir="$index" --work-tree="$LBVS_TOP" -C "$LBVS_TOP" \
		-c safe.directory='*' ls-files --others --exclude-standard
}

# Copies what differs and removes what is gone; what was built there stays, so
# that make has little to do.
mirror_sources()
{
	local dir=$1 file old="$1/.mirrored"

	mkdir -p "$dir"
	with_lock sources source_files >"$old.new" || return
	while IFS= read -r file; do
		cmp -s "$LBVS_TOP/$file" "$dir/$file" ||
			install -D -m "$(stat -c %a "$LBVS_TOP/$file")" \
				"$LBVS_TOP/$file" "$dir/$file" || return
	done <"$old.new"
	if [ -e "$old" ]; then
		sort "$old" "$old.new" "$old.new" | uniq -u | while IFS= read -r file; do
			rm -f "${dir:?}/$file"
		done
	fi
	mv "$old.new" "$old"
}

# log_make LOG MAKE-ARGS...: silent, unless it fails
log_make()
{
	local log=$1

	shift
	make "$@" >"$log" 2>&1 && return
	cat "$log" >&2
	return 1
}

has_warnings() { grep -qE '(warning|error):|^WARNING' "$1"; }
show_warnings() { grep -nE -A3 '(warning|error):|^WARNING' "$1"; }

build_module_locked()
{
	local series=$1 dir=$LBVS_BUILD/$1 log

	log=$(module_log "$series")
	mirror_sources "$dir" || return
	# make would not repeat the warnings of files that have not changed.
	if [ -e "$log" ] && has_warnings "$log"; then
		find "$dir" -name '*.o' -delete
	fi
	# Debian's headers come without the vmlinux that BTF is made from.
	log_make "$log" -C "$(kernel_headers "$series")" M="$dir" W=1 C=2 \
		CONFIG_DEBUG_INFO_BTF_MODULES= -j"$(nproc)" modules || return
	if has_warnings "$log"; then
		show_warnings "$log" >&2
	fi
}

# build_module SERIES: afterwards module_ko SERIES is up to date
build_module()
{
	need module
	fetch_kernel "$1"
	with_lock "build-${LBVS_BUILD##*/}-$1" build_module_locked "$1"
}

module_warned() { has_warnings "$(module_log "$1")"; }

build_user_locked()
{
	local dir target log

	dir=$(user_dir)
	mirror_sources "$dir" || return
	for target; do
		log=$LBVS_BUILD/${target//\//-}.log
		log_make "$log" -C "$dir/$target" -j"$(nproc)" all || return
		if has_warnings "$log"; then
			show_warnings "$log" >&2
		fi
	done
}

# build_user DIR...: make all in these folders, such as netlink-tool, selftests
build_user()
{
	need tool
	with_lock "build-${LBVS_BUILD##*/}-user" build_user_locked "$@"
}
