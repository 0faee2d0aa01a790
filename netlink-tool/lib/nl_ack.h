/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended acknowledgements, which libnl 3.7 does not read: nl.c's alone. */
#ifndef LBVS_TOOL_NL_ACK_H
#define LBVS_TOOL_NL_ACK_H

#include "nl.h"

struct nlmsgerr;
struct nlmsghdr;

/* What the kernel said of a request that it refused. */
void nl_ack_error(const struct nlmsgerr *e, const struct nlmsghdr *request,
		  enum model_kind kind, struct lbnl_error *error);

/* The same of a dump that it gave up. */
void nl_ack_done(const struct nlmsghdr *done, int err,
		 struct lbnl_error *error);

/* The sentence, if any, that came with a success. */
void nl_ack_warning(const struct nlmsghdr *ack, char *text, size_t size);

#endif
