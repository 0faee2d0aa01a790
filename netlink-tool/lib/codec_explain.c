// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel points to an attribute of the request by its offset. Here that
 * becomes the word which the person typed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "codec.h"
#include "codec_field.h"
#include "value.h"

/* Any value that one attribute of a request can have. */
union value {
	uint8_t number8;
	uint16_t number16;
	uint32_t number32;
	uint64_t number64;
	char string[256];
	uint8_t key[LBVS_KEY_SIZE];
	struct model_addr addr;
	struct model_ports ports;
	struct model_checks checks;
};

static void explain_number(const struct codec_field *f, uint64_t number,
			   char *text, size_t size)
{
	const char *word = f->words ? words_find(f->words, number) : NULL;

	if (word)
		snprintf(text, size, "%s", word);
	else
		snprintf(text, size, "%" PRIu64, number);
}

static void explain_value(const struct codec_field *f, const union value *v,
			  char *text, size_t size)
{
	char buf[VALUE_NUMBER_SIZE + VALUE_ADDR_SIZE + VALUE_KEY_SIZE];

	switch (f->type) {
	case CODEC_STRING:
		snprintf(text, size, "%s", v->string);
		break;
	case CODEC_U8:
		explain_number(f, v->number8, text, size);
		break;
	case CODEC_U16:
		explain_number(f, v->number16, text, size);
		break;
	case CODEC_U32:
		explain_number(f, v->number32, text, size);
		break;
	case CODEC_U64:
		explain_number(f, v->number64, text, size);
		break;
	case CODEC_TIME:
		snprintf(text, size, "%s", value_time(v->number32, buf));
		break;
	case CODEC_RATIO:
		snprintf(text, size, "%s", value_ratio(v->number32, buf));
		break;
	case CODEC_ADDR:
		snprintf(text, size, "%s", value_addr(&v->addr, buf));
		break;
	case CODEC_KEY:
		snprintf(text, size, "%s", value_key(v->key, buf));
		break;
	case CODEC_PORTS:
		value_ports(&v->ports, text, size);
		break;
	case CODEC_CHECKS:
		if (v->checks.count)
			value_checks(&v->checks, text, size);
		break;
	default:
		break;
	}
}

static void explain_field(const struct codec_field *f, const struct nlattr *a,
			  char *text, size_t size)
{
	union value v;

	/* The name stands for what has no text, such as an empty list. */
	snprintf(text, size, "%s", f->name);
	memset(&v, 0, sizeof(v));
	if (f->size > sizeof(v) || f->type == CODEC_STATS ||
	    f->type == CODEC_VERDICTS ||
	    codec_get_field(a, f, &v))
		return;
	explain_value(f, &v, text, size);
}

/* One name in a list of checks. */
static bool explain_check(const struct nlmsghdr *request,
			  const struct nlattr *nest, uint32_t offset,
			  char *text, size_t size)
{
	const struct nlattr *a;
	int rest;

	nla_for_each_attr(a, nla_data(nest), nla_len(nest), rest) {
		if ((const char *)a - (const char *)request != offset)
			continue;
		snprintf(text, size, "%.*s", nla_len(a),
			 (const char *)nla_data(a));
		return true;
	}
	return false;
}

bool codec_explain(const struct nlmsghdr *request, enum model_kind kind,
		   uint32_t offset, char *text, size_t size)
{
	const struct codec_field *f;
	const struct nlattr *a;
	int rest;

	if (!genlmsg_valid_hdr((struct nlmsghdr *)request, 0))
		return false;
	nla_for_each_attr(a, genlmsg_attrdata(nlmsg_data(request), 0),
			  genlmsg_attrlen(nlmsg_data(request), 0), rest) {
		f = codec_find(codec_fields(kind), nla_type(a));
		if (!f)
			continue;
		if ((const char *)a - (const char *)request == offset) {
			explain_field(f, a, text, size);
			return true;
		}
		if (f->type == CODEC_CHECKS &&
		    explain_check(request, a, offset, text, size))
			return true;
	}
	return false;
}
