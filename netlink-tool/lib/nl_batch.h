/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many writes as one transaction: either all of them come into force at one
 * moment, or none. They are sent by the dozen, without waiting for the kernel
 * to say yes to each.
 */
#ifndef LBVS_TOOL_NL_BATCH_H
#define LBVS_TOOL_NL_BATCH_H

#include "nl.h"

struct lbnl_batch_entry {
	uint32_t sequence;		/* of the request */
	size_t tag;			/* what the caller calls it */
};

struct lbnl_batch {
	struct lbnl *nl;		/* used for nothing else meanwhile */
	size_t tag;			/* of the request that was refused */
	bool tagged;			/* there is one */
	struct lbnl_batch_entry *entries;
	size_t count, room;
	char *buf;			/* requests that wait to be sent */
	size_t used, last;
	unsigned int waiting;
};

/*
 * Each returns 0 or a negative errno, with the reason in nl->error. If that is
 * about one request, "tagged" is true and "tag" says which: it may be one that
 * was added before. Whoever has begun must commit or abort.
 */

/* "seen", if not NULL, is the generation that the caller has planned for. */
int lbnl_batch_begin(struct lbnl_batch *b, struct lbnl *nl,
		     const uint32_t *seen);
/* Of pools, reals and services, and LBVS_CMD_CONFIG_DEL. */
int lbnl_batch_add(struct lbnl_batch *b, uint8_t cmd,
		   const struct model_head *request, size_t tag);
/* Ends the batch, refused or not. Sets the generation that is then in force. */
int lbnl_batch_commit(struct lbnl_batch *b, uint32_t *generation);
/* Ends the batch, of which nothing remains. Leaves nl->error as it was. */
void lbnl_batch_abort(struct lbnl_batch *b);

#endif
