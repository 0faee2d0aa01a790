/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where in netfilter the module stands, and the walk of a packet. */
#ifndef _LBVS_HOOK_H
#define _LBVS_HOOK_H

#include "net.h"

int lbvs_hook_register(struct lbvs_net *ln);
void lbvs_hook_unregister(struct lbvs_net *ln);

#endif /* _LBVS_HOOK_H */
