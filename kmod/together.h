/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services that go together: what one demands of a real, all do. */
#ifndef _LBVS_TOGETHER_H
#define _LBVS_TOGETHER_H

#include "real.h"
#include "ruleset.h"
#include "types.h"

int lbvs_together_unite(const struct lbvs_ruleset *ruleset,
			struct lbvs_demand **demands);
const char *lbvs_together_partner(const struct lbvs_ruleset *ruleset,
				  const struct lbvs_rule *rule,
				  enum lbvs_member_state state, u32 check);

#endif /* _LBVS_TOGETHER_H */
