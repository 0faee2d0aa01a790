/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LBVS_PROBED_RIGHTS_H
#define LBVS_PROBED_RIGHTS_H

/*
 * Gives up every capability but CAP_NET_ADMIN, with which verdicts are set.
 * Returns 0 or -1.
 */
int rights_drop(void);

#endif
