/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between model objects and netlink attributes. Each kind of object has one
 * table of its attributes, which serves both directions and the naming of an
 * attribute that the kernel refused.
 */
#ifndef LBVS_TOOL_CODEC_H
#define LBVS_TOOL_CODEC_H

#include "model.h"

struct nl_msg;
struct nlattr;
struct nlmsghdr;

/* The kind of object that the answers and notifications of a command carry. */
bool codec_kind(uint8_t cmd, enum model_kind *kind);

/* Appends what is set in m. Returns 0 or -EMSGSIZE. */
int codec_put(struct nl_msg *msg, const struct model_head *m);

/*
 * Fills m, initialised by the caller, from a stream of attributes. Unknown
 * ones are passed over: the kernel may be newer. Returns 0, -EBADMSG for an
 * attribute of a wrong size, or -ENOMEM.
 */
int codec_get(const struct nlattr *attrs, int len, struct model_head *m);

/* What the tool calls an attribute, or NULL. */
const char *codec_name(enum model_kind kind, uint16_t attr);

/*
 * Finds the attribute at an offset in a request that was sent, and writes its
 * value as a person would type it, or else its name. False if there is none.
 */
bool codec_explain(const struct nlmsghdr *request, enum model_kind kind,
		   uint32_t offset, char *text, size_t size);

#endif
