/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What spatch cannot read by itself, as it does not look into headers for it. */
#define LBVS_UNINITIALIZED
#define __int128 long long
