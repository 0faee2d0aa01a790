/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where in netfilter sources are translated. */
#ifndef _LBVS_SNAT_HOOK_H
#define _LBVS_SNAT_HOOK_H

#include "net.h"

int lbvs_snat_hook_register(struct lbvs_net *ln);
void lbvs_snat_hook_unregister(struct lbvs_net *ln);

#endif /* _LBVS_SNAT_HOOK_H */
