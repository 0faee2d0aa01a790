/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who else looks at the packets that the fast path takes past the stack. */
#ifndef _LBVS_ONLOOKER_H
#define _LBVS_ONLOOKER_H

#include "net.h"

bool lbvs_onlooker_none(struct lbvs_net *ln, u8 family);
bool lbvs_onlooker_changed(struct lbvs_net *ln);

#endif /* _LBVS_ONLOOKER_H */
