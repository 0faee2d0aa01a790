// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "live.h"

static int dump(struct lbctl *ctl, uint8_t request, enum model_kind kind,
		struct model_list *list)
{
	struct model_head *filter = model_new(kind);
	int ret;

	if (!filter) {
		lbctl_complain("out of memory");
		return LBCTL_FAILED;
	}
	ret = lbctl_dump(ctl, request, filter, list);
	model_free(filter);
	return ret;
}

/*
 * It is asked for first: who writes with it is refused if anything that was
 * read after it was changed while it was read.
 */
static int load_generation(struct lbctl *ctl, struct live *live)
{
	struct model_stats request, answer;
	int ret;

	model_init(&request.head, MODEL_STATS);
	model_init(&answer.head, MODEL_STATS);
	ret = lbctl_request(ctl, LBVS_CMD_STATS_GET, &request.head,
			    &answer.head);
	live->generation = answer.head.generation;
	model_clear(&answer.head);
	return ret;
}

/* A module that is older than this program says less. */
static void complete(struct config *config)
{
	struct model_service *s;

	model_for_each(s, &config->services)
		config_service_defaults(s);
	config->has_arms = true;
}

int live_load(struct lbctl *ctl, struct live *live)
{
	struct config *c = &live->config;
	int ret;

	memset(live, 0, sizeof(*live));
	ret = load_generation(ctl, live);
	if (!ret)
		ret = dump(ctl, LBVS_CMD_POOL_GET, MODEL_POOL, &c->pools);
	if (!ret)
		ret = dump(ctl, LBVS_CMD_REAL_GET, MODEL_REAL, &c->reals);
	if (!ret)
		ret = dump(ctl, LBVS_CMD_SERVICE_GET, MODEL_SERVICE,
			   &c->services);
	if (!ret)
		ret = dump(ctl, LBVS_CMD_ARM_GET, MODEL_ARM, &c->arms);
	if (!ret)
		ret = dump(ctl, LBVS_CMD_VERDICT_GET, MODEL_VERDICT,
			   &live->verdicts);
	if (!ret)
		complete(c);
	return ret;
}

void live_free(struct live *live)
{
	config_free(&live->config);
	model_list_free(&live->verdicts);
}
