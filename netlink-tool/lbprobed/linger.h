/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections that are over for us, but not yet for the server. One that is
 * closed while something unread comes in ends with a reset, which servers log
 * and count; so we say that nothing more comes, and wait a while for the
 * server to say the same.
 */
#ifndef LBVS_PROBED_LINGER_H
#define LBVS_PROBED_LINGER_H

#include "loop.h"

#define LINGER_US	UINT64_C(1000000)

/* Takes a connection over and closes it in the end. */
void linger(struct loop *loop, int fd);

/* Runs the loop until all are closed, which takes LINGER_US at most. */
void linger_end(struct loop *loop);

#endif
