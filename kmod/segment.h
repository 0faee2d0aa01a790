/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP segments that no end has sent. */
#ifndef _LBVS_SEGMENT_H
#define _LBVS_SEGMENT_H

#include "net.h"
#include "packet.h"

/**
 * struct lbvs_segment - a TCP segment without data
 * @tuple: its addresses and ports.
 * @seq: its sequence number.
 * @ack: its acknowledgement number, if it has that flag.
 * @flags: its flags, LBVS_TCP_*.
 * @untracked: conntrack is not to see it.
 */
struct lbvs_segment {
	struct lbvs_tuple tuple;
	u32 seq;
	u32 ack;
	u8 flags;
	bool untracked;
};

void lbvs_segment_send(const struct lbvs_net *ln,
		       const struct lbvs_segment *segment);

#endif /* _LBVS_SEGMENT_H */
