// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "codec.h"
#include "codec_field.h"

bool codec_kind(uint8_t cmd, enum model_kind *kind)
{
	if (cmd < LBVS_CMD_POOL_NEW || cmd > LBVS_CMD_MAX)
		return false;
	if (cmd <= LBVS_CMD_POOL_NTF)
		*kind = MODEL_POOL;
	else if (cmd <= LBVS_CMD_REAL_NTF)
		*kind = MODEL_REAL;
	else if (cmd <= LBVS_CMD_SERVICE_NTF)
		*kind = MODEL_SERVICE;
	else if (cmd <= LBVS_CMD_MEMBER_NTF)
		*kind = MODEL_MEMBER;
	else if (cmd <= LBVS_CMD_VERDICT_NTF)
		*kind = MODEL_VERDICT;
	else if (cmd <= LBVS_CMD_FLOW_NTF)
		*kind = MODEL_FLOW;
	else if (cmd <= LBVS_CMD_CONFIG_DEL)
		*kind = MODEL_STATS;
	else if (cmd <= LBVS_CMD_ARM_NTF)
		*kind = MODEL_ARM;
	else if (cmd <= LBVS_CMD_CONFIG_ABORT)
		*kind = MODEL_STATS;
	else if (cmd <= LBVS_CMD_AGENT_NTF)
		*kind = MODEL_AGENT;
	else if (cmd == LBVS_CMD_EXPLAIN_GET)
		*kind = MODEL_EXPLAIN;
	else
		*kind = MODEL_AFFINITY;
	return true;
}

static int put_field(struct nl_msg *msg, const struct codec_field *f,
		     const void *value);

static int put_checks(struct nl_msg *msg, uint16_t attr,
		      const struct model_checks *checks)
{
	struct nlattr *nest = nla_nest_start(msg, attr);
	uint32_t i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < checks->count; i++)
		if (nla_put_string(msg, LBVS_A_CHECK_NAME, checks->name[i]))
			return -EMSGSIZE;
	/* An empty list is a value too: "no checks". */
	nla_nest_end_keep_empty(msg, nest);
	return 0;
}

static int put_counters(struct nl_msg *msg, uint16_t attr,
			const struct model_counters *counters)
{
	struct nlattr *nest = nla_nest_start(msg, attr);
	const struct codec_field *f;

	if (!nest)
		return -EMSGSIZE;
	for (f = codec_counters; f->name; f++)
		if (put_field(msg, f, (const char *)counters + f->offset))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int put_stats(struct nl_msg *msg, uint16_t attr,
		     const struct model_list *list)
{
	const struct model_stat *stat;
	struct nlattr *nest;

	model_for_each(stat, list) {
		nest = nla_nest_start(msg, attr);
		if (!nest || codec_put(msg, &stat->head))
			return -EMSGSIZE;
		nla_nest_end_keep_empty(msg, nest);
	}
	return 0;
}

static int put_verdicts(struct nl_msg *msg, uint16_t attr,
			const struct model_list *list)
{
	struct nlattr *nest = nla_nest_start(msg, attr), *entry;
	const struct model_verdict *v;

	if (!nest)
		return -EMSGSIZE;
	model_for_each(v, list) {
		entry = nla_nest_start(msg, LBVS_A_VERDICTS_ENTRY);
		if (!entry || codec_put(msg, &v->head))
			return -EMSGSIZE;
		nla_nest_end(msg, entry);
	}
	nla_nest_end_keep_empty(msg, nest);
	return 0;
}

static int put_field(struct nl_msg *msg, const struct codec_field *f,
		     const void *value)
{
	const struct model_ports *ports = value;
	const struct model_addr *addr = value;

	switch (f->type) {
	case CODEC_STRING:
		return nla_put_string(msg, f->attr, value) ? -EMSGSIZE : 0;
	case CODEC_U8:
	case CODEC_U16:
	case CODEC_U32:
	case CODEC_TIME:
	case CODEC_RATIO:
	case CODEC_U64:
	case CODEC_KEY:
		return nla_put(msg, f->attr, f->size, value) ? -EMSGSIZE : 0;
	case CODEC_FLAG:
		if (!*(const bool *)value)
			return 0;
		return nla_put_flag(msg, f->attr) ? -EMSGSIZE : 0;
	case CODEC_ADDR:
		return nla_put(msg, f->attr, addr->len, addr->bytes) ?
			-EMSGSIZE : 0;
	case CODEC_PORTS:
		return nla_put(msg, f->attr, ports->count * sizeof(uint16_t),
			       ports->port) ? -EMSGSIZE : 0;
	case CODEC_CHECKS:
		return put_checks(msg, f->attr, value);
	case CODEC_COUNTERS:
		return put_counters(msg, f->attr, value);
	case CODEC_STATS:
		return put_stats(msg, f->attr, value);
	case CODEC_VERDICTS:
		return put_verdicts(msg, f->attr, value);
	}
	return -EMSGSIZE;
}

int codec_put(struct nl_msg *msg, const struct model_head *m)
{
	const struct codec_field *f;

	for (f = codec_fields(m->kind); f->name; f++) {
		if (!(m->set & UINT64_C(1) << f->attr))
			continue;
		if (put_field(msg, f, (const char *)m + f->offset))
			return -EMSGSIZE;
	}
	return 0;
}

const struct codec_field *codec_find(const struct codec_field *f, uint16_t attr)
{
	for (; f->name; f++)
		if (f->attr == attr)
			return f;
	return NULL;
}

static int get_string(const struct nlattr *a, char *value, size_t size)
{
	size_t len = strnlen(nla_data(a), nla_len(a));

	if (len >= size)
		return -EBADMSG;
	memset(value, 0, size);
	memcpy(value, nla_data(a), len);
	return 0;
}

static int get_addr(const struct nlattr *a, struct model_addr *addr)
{
	if (nla_len(a) != 4 && nla_len(a) != 16)
		return -EBADMSG;
	memset(addr, 0, sizeof(*addr));
	addr->len = nla_len(a);
	memcpy(addr->bytes, nla_data(a), addr->len);
	return 0;
}

static int get_ports(const struct nlattr *a, struct model_ports *ports)
{
	int len = nla_len(a);

	if (!len || len % sizeof(uint16_t) || len > (int)sizeof(ports->port))
		return -EBADMSG;
	memset(ports, 0, sizeof(*ports));
	ports->count = len / sizeof(uint16_t);
	memcpy(ports->port, nla_data(a), len);
	return 0;
}

static int get_checks(const struct nlattr *nest, struct model_checks *checks)
{
	const struct nlattr *a;
	int rest;

	memset(checks, 0, sizeof(*checks));
	nla_for_each_attr(a, nla_data(nest), nla_len(nest), rest) {
		if (nla_type(a) != LBVS_A_CHECK_NAME)
			continue;
		if (checks->count == LBVS_CHECKS_MAX)
			return -EBADMSG;
		if (get_string(a, checks->name[checks->count],
			       LBVS_NAME_SIZE))
			return -EBADMSG;
		checks->count++;
	}
	return 0;
}

static int get_counters(const struct nlattr *nest,
			struct model_counters *counters)
{
	const struct codec_field *f;
	const struct nlattr *a;
	int rest;

	memset(counters, 0, sizeof(*counters));
	nla_for_each_attr(a, nla_data(nest), nla_len(nest), rest) {
		f = codec_find(codec_counters, nla_type(a));
		if (!f)
			continue;
		if (nla_len(a) != (int)f->size)
			return -EBADMSG;
		memcpy((char *)counters + f->offset, nla_data(a), f->size);
	}
	return 0;
}

static int get_stat(const struct nlattr *nest, struct model_list *list)
{
	struct model_head *m = model_new(MODEL_STAT);
	int err;

	if (!m)
		return -ENOMEM;
	err = codec_get(nla_data(nest), nla_len(nest), m);
	if (err) {
		model_free(m);
		return err;
	}
	model_list_add(list, m);
	return 0;
}

int codec_get_field(const struct nlattr *a, const struct codec_field *f,
		    void *value)
{
	switch (f->type) {
	case CODEC_STRING:
		return get_string(a, value, f->size);
	case CODEC_U8:
	case CODEC_U16:
	case CODEC_U32:
	case CODEC_TIME:
	case CODEC_RATIO:
	case CODEC_U64:
	case CODEC_KEY:
		if (nla_len(a) != (int)f->size)
			return -EBADMSG;
		memcpy(value, nla_data(a), f->size);
		return 0;
	case CODEC_FLAG:
		*(bool *)value = true;
		return 0;
	case CODEC_ADDR:
		return get_addr(a, value);
	case CODEC_PORTS:
		return get_ports(a, value);
	case CODEC_CHECKS:
		return get_checks(a, value);
	case CODEC_COUNTERS:
		return get_counters(a, value);
	case CODEC_STATS:
		return get_stat(a, value);
	case CODEC_VERDICTS:
		break;
	}
	return -EBADMSG;
}

int codec_get(const struct nlattr *attrs, int len, struct model_head *m)
{
	const struct codec_field *f;
	const struct nlattr *a;
	int rest, err;

	nla_for_each_attr(a, attrs, len, rest) {
		f = codec_find(codec_fields(m->kind), nla_type(a));
		if (!f)
			continue;
		err = codec_get_field(a, f, (char *)m + f->offset);
		if (err)
			return err;
		m->set |= UINT64_C(1) << f->attr;
	}
	return 0;
}

const char *codec_name(enum model_kind kind, uint16_t attr)
{
	const struct codec_field *f = codec_find(codec_fields(kind), attr);

	return f ? f->name : NULL;
}
