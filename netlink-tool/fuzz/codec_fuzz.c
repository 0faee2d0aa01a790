// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any attributes as an answer: the first byte chooses the kind of object.
 * What is understood has to come out the same when it is sent and read again.
 */
#include <stdlib.h>
#include <string.h>

#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "codec.h"

#define MESSAGE_SIZE 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct model_head *decode(struct nlmsghdr *hdr, enum model_kind kind)
{
	struct model_head *m = model_new(kind);
	struct genlmsghdr *genl = nlmsg_data(hdr);

	if (!m)
		abort();
	if (!codec_get(genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0), m))
		return m;
	model_free(m);
	return NULL;
}

static struct nl_msg *new_message(void)
{
	struct nl_msg *msg = nlmsg_alloc_size(MESSAGE_SIZE);

	if (!msg || !genlmsg_put(msg, 1, 1, 1, 0, 0, 1, 1))
		abort();
	return msg;
}

static struct nl_msg *encode(const struct model_head *m)
{
	struct nl_msg *msg = new_message();

	if (codec_put(msg, m))
		abort();
	return msg;
}

/* Whatever it points to, an offset must not lead astray. */
static void explain(struct nlmsghdr *hdr, enum model_kind kind)
{
	char text[64];
	uint32_t offset;

	for (offset = 0; offset < hdr->nlmsg_len && offset < 200; offset += 4)
		codec_explain(hdr, kind, offset, text, sizeof(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nl_msg *in, *first, *second;
	struct model_head *m, *again;
	enum model_kind kind;
	void *attrs;

	if (!size || size > 8192)
		return 0;
	kind = data[0] % MODEL_KINDS;
	in = new_message();
	attrs = nlmsg_reserve(in, size - 1, 0);
	if (!attrs)
		abort();
	memcpy(attrs, data + 1, size - 1);
	explain(nlmsg_hdr(in), kind);
	m = decode(nlmsg_hdr(in), kind);
	nlmsg_free(in);
	if (!m)
		return 0;
	first = encode(m);
	again = decode(nlmsg_hdr(first), kind);
	if (!again)
		abort();
	second = encode(again);
	if (nlmsg_hdr(first)->nlmsg_len != nlmsg_hdr(second)->nlmsg_len ||
	    memcmp(nlmsg_hdr(first), nlmsg_hdr(second),
		   nlmsg_hdr(first)->nlmsg_len))
		abort();
	nlmsg_free(first);
	nlmsg_free(second);
	model_free(m);
	model_free(again);
	return 0;
}
