// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An acknowledgement is struct nlmsgerr, the request that it is about (only
 * its header if NLM_F_CAPPED), and then, if NLM_F_ACK_TLVS, attributes.
 */
#include <string.h>

#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "codec.h"
#include "nl_ack.h"

#define LAST_TLV NLMSGERR_ATTR_MISS_TYPE

static bool find_tlvs(const struct nlmsghdr *hdr, size_t skip,
		      struct nlattr *tlv[LAST_TLV + 1])
{
	size_t len = hdr->nlmsg_len;

	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return false;
	skip = NLMSG_ALIGN(NLMSG_HDRLEN + skip);
	if (skip >= len)
		return false;
	return !nla_parse(tlv, LAST_TLV, (struct nlattr *)((char *)hdr + skip),
			  len - skip, NULL);
}

static bool find_ack_tlvs(const struct nlmsghdr *hdr,
			  struct nlattr *tlv[LAST_TLV + 1])
{
	const struct nlmsgerr *e = nlmsg_data(hdr);
	size_t skip = sizeof(*e);

	if (nlmsg_datalen(hdr) < (int)sizeof(*e))
		return false;
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED) &&
	    e->msg.nlmsg_len > NLMSG_HDRLEN)
		skip += e->msg.nlmsg_len - NLMSG_HDRLEN;
	return find_tlvs(hdr, skip, tlv);
}

static void get_sentence(const struct nlattr *a, char *text, size_t size)
{
	size_t len;

	if (!a)
		return;
	len = strnlen(nla_data(a), nla_len(a));
	if (len >= size)
		len = size - 1;
	memcpy(text, nla_data(a), len);
	text[len] = '\0';
}

static bool get_u32(const struct nlattr *a, uint32_t *value)
{
	if (!a || nla_len(a) != sizeof(*value))
		return false;
	memcpy(value, nla_data(a), sizeof(*value));
	return true;
}

static void set_missing(uint32_t attr, enum model_kind kind,
			struct lbnl_error *error)
{
	const char *name = codec_name(kind, attr);

	if (name)
		strncpy(error->word, name, sizeof(error->word) - 1);
	if (!error->sentence[0])
		strncpy(error->sentence, "is missing from the request",
			sizeof(error->sentence) - 1);
}

void nl_ack_error(const struct nlmsgerr *e, const struct nlmsghdr *request,
		  enum model_kind kind, struct lbnl_error *error)
{
	const struct nlmsghdr *hdr = (const struct nlmsghdr *)e - 1;
	struct nlattr *tlv[LAST_TLV + 1];
	uint32_t number;

	memset(error, 0, sizeof(*error));
	error->err = -e->error;
	if (!find_ack_tlvs(hdr, tlv))
		return;
	get_sentence(tlv[NLMSGERR_ATTR_MSG], error->sentence,
		     sizeof(error->sentence));
	get_u32(tlv[NLMSGERR_ATTR_COOKIE], &error->request);
	if (get_u32(tlv[NLMSGERR_ATTR_OFFS], &number))
		codec_explain(request, kind, number, error->word,
			      sizeof(error->word));
	else if (get_u32(tlv[NLMSGERR_ATTR_MISS_TYPE], &number))
		set_missing(number, kind, error);
}

void nl_ack_done(const struct nlmsghdr *done, int err,
		 struct lbnl_error *error)
{
	struct nlattr *tlv[LAST_TLV + 1];

	memset(error, 0, sizeof(*error));
	error->err = -err;
	if (find_tlvs(done, sizeof(int), tlv))
		get_sentence(tlv[NLMSGERR_ATTR_MSG], error->sentence,
			     sizeof(error->sentence));
}

void nl_ack_warning(const struct nlmsghdr *ack, char *text, size_t size)
{
	struct nlattr *tlv[LAST_TLV + 1];

	text[0] = '\0';
	if (find_ack_tlvs(ack, tlv))
		get_sentence(tlv[NLMSGERR_ATTR_MSG], text, size);
}
