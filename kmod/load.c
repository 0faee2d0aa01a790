// SPDX-License-Identifier: GPL-2.0-or-later
#include "load.h"

#include <linux/slab.h>

/**
 * lbvs_load_alloc - what a new real has to do: nothing
 *
 * Context: process.
 * Return: the load, with one reference; or NULL.
 */
struct lbvs_load *lbvs_load_alloc(void)
{
	struct lbvs_load *load = kzalloc(sizeof(*load), GFP_KERNEL_ACCOUNT);

	if (load)
		refcount_set(&load->refs, 1);
	return load;
}

/**
 * lbvs_load_get - take a reference
 * @load: a load to which the caller holds one.
 *
 * Return: @load.
 */
struct lbvs_load *lbvs_load_get(struct lbvs_load *load)
{
	refcount_inc(&load->refs);
	return load;
}

/**
 * lbvs_load_put - give a reference back
 * @load: the load.
 *
 * The last one frees at once: reals and members, through which packets get
 * here, are freed after a grace period.
 *
 * Context: any.
 */
void lbvs_load_put(struct lbvs_load *load)
{
	if (refcount_dec_and_test(&load->refs))
		kfree(load);
}
