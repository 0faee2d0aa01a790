/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients on the link of the reals. */
#ifndef _LBVS_HAIRPIN_H
#define _LBVS_HAIRPIN_H

#include "net.h"

struct lbvs_member;

bool lbvs_hairpin_test(const struct lbvs_net *ln,
		       const struct lbvs_member *member,
		       const union nf_inet_addr *client,
		       union nf_inet_addr *gateway);

#endif /* _LBVS_HAIRPIN_H */
