/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration in force, as if it had been read from a file. */
#ifndef LBVS_LBCTL_LIVE_H
#define LBVS_LBCTL_LIVE_H

#include "config.h"
#include "lbctl.h"

struct live {
	struct config config;
	struct model_list verdicts;
	uint32_t generation;		/* not older than what is here */
};

/* All but LBCTL_OK have told the person why. To be freed in any case. */
int live_load(struct lbctl *ctl, struct live *live);
void live_free(struct live *live);

#endif
