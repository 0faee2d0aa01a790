// SPDX-License-Identifier: GPL-2.0-or-later
#include "lbctl.h"
#include "value.h"

void pool_cells(struct print *p, const struct model_pool *pool)
{
	char key[VALUE_KEY_SIZE], ramp[VALUE_NUMBER_SIZE];
	bool ramps = model_has(pool, LBVS_A_POOL_RAMP) && pool->ramp;
	bool keyed = model_has(pool, LBVS_A_POOL_HASH_KEY);

	print_str(p, "name", "name", pool->name);
	print_uint(p, "reals", "reals", model_has(pool, LBVS_A_POOL_REALS),
		   pool->reals);
	print_uint(p, "services", "services",
		   model_has(pool, LBVS_A_POOL_SERVICES), pool->services);
	/* The key is a secret: who asks for it finds it in the JSON. */
	print_str(p, NULL, "hash_key",
		  keyed ? value_key(pool->hash_key, key) : NULL);
	print_str(p, "hash-key", NULL, keyed ? "set" : NULL);
	print_uint(p, "min-usable", "min_usable",
		   model_has(pool, LBVS_A_POOL_MIN_USABLE), pool->min_usable);
	print_uint(p, NULL, "ramp", ramps, pool->ramp);
	print_str(p, "ramp", NULL, ramps ? value_time(pool->ramp, ramp) : NULL);
	print_checks(p, "checks", "checks", model_has(pool, LBVS_A_POOL_CHECK),
		     &pool->checks);
}

static void pool_row(struct print *p, const struct model_head *m)
{
	pool_cells(p, (const struct model_pool *)m);
}

static int pool_show(struct lbctl *ctl, const struct lbctl_command *command,
		     struct parse *words)
{
	return lbctl_list(ctl, command, words, pool_row, LBVS_A_POOL_NAME);
}

const struct lbctl_command pool_commands[] = {
	{ "add", lbctl_write, "create a pool",
	  "NAME [ check CHECK[,CHECK...] ] [ hash-key HEX32 ]\n"
	  "\t[ min-usable N ] [ ramp { TIME | off } ]",
	  &parse_pool_new, LBVS_CMD_POOL_NEW, "pool" },
	{ "set", lbctl_write, "change a pool",
	  "NAME [ check { CHECK[,CHECK...] | none } ]\n"
	  "\t[ hash-key HEX32 ] [ min-usable N ] [ ramp { TIME | off } ]",
	  &parse_pool_set, LBVS_CMD_POOL_SET, "pool" },
	{ "del", lbctl_write, "remove a pool and its reals", "NAME",
	  &parse_pool_key, LBVS_CMD_POOL_DEL, "pool" },
	{ "show", pool_show, "list pools", "[ NAME ]",
	  &parse_pool_filter, LBVS_CMD_POOL_GET, "pool" },
	{ 0 }
};
