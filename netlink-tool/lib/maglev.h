/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of the scheduler maglev, as the module makes them. */
#ifndef LBVS_TOOL_MAGLEV_H
#define LBVS_TOOL_MAGLEV_H

#include "model.h"

struct maglev_table {
	uint32_t size;
	uint32_t count;			/* of reals; 0: nobody may be chosen */
	struct model_addr *addr;	/* of each of them */
	uint16_t *slot;			/* which of them has it */
};

bool maglev_is_prime(uint32_t number);

/*
 * A table of "size" slots (0: by default) for these reals, in their order, in
 * a pool that has in_pool of them. 0 or -ENOMEM. The table may be freed in
 * either case.
 */
int maglev_build(struct maglev_table *table, uint32_t size, uint32_t in_pool,
		 const struct model_real *reals, uint32_t count,
		 const uint8_t key[LBVS_KEY_SIZE]);
void maglev_free(struct maglev_table *table);

/*
 * How many clients of a million, all of them alike, get another real from the
 * second table than from the first.
 */
uint32_t maglev_moved(const struct maglev_table *before,
		      const struct maglev_table *after);

#endif
