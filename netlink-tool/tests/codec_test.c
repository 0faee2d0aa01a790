// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <errno.h>

#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "codec.h"
#include "nl_ack.h"
#include "words_split.h"

static struct nl_msg *encode(uint8_t cmd, const struct model_head *m)
{
	struct nl_msg *msg = nlmsg_alloc_size(65536);

	assert_non_null(msg);
	assert_non_null(genlmsg_put(msg, 1, 1, 42, 0, 0, cmd, 1));
	assert_int_equal(codec_put(msg, m), 0);
	return msg;
}

static int decode(struct nl_msg *msg, struct model_head *m)
{
	struct genlmsghdr *genl = nlmsg_data(nlmsg_hdr(msg));

	return codec_get(genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0),
			 m);
}

/* Through attributes and back; what is equal then was carried in full. */
static void round_trip(const struct model_head *m, size_t size)
{
	struct nl_msg *msg = encode(LBVS_CMD_POOL_NEW, m);
	struct model_head *back = model_new(m->kind);

	assert_non_null(back);
	assert_int_equal(decode(msg, back), 0);
	assert_memory_equal(back, m, size);
	model_free(back);
	nlmsg_free(msg);
}

static void parsed_objects_survive(void **state)
{
	static const struct {
		const char *line;
		const struct parse_grammar *grammar;
		size_t size;
	} cases[] = {
		{ "p", &parse_pool_new, sizeof(struct model_pool) },
		{ "p check none", &parse_pool_set, sizeof(struct model_pool) },
		{ "p check a,b hash-key 000102030405060708090a0b0c0d0e0f ramp 60s",
		  &parse_pool_new, sizeof(struct model_pool) },
		{ "p r 2001:db8::1 weight 7 admin disabled", &parse_real_new,
		  sizeof(struct model_real) },
		{ "s tcp 192.0.2.1:80,443 pool p sched wrr hash source/24 "
		  "table-size 251 require a,b to 8080 when-empty reject "
		  "timeout established 1 timeout syn 2 timeout fin 3 "
		  "timeout closed 4 timeout udp 5", &parse_service_new,
		  sizeof(struct model_service) },
		{ "p r check c down reason because", &parse_verdict_set,
		  sizeof(struct model_verdict) },
		{ "service s pool p real r proto udp client [2001:db8::1]:53",
		  &parse_flow_filter, sizeof(struct model_flow) },
		{ "a23456789012345", &parse_arm_key,
		  sizeof(struct model_arm) },
	};
	struct model_service m;
	struct words_split w;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(&m, 0, sizeof(m));
		assert_int_equal(parse_words(split(&w, cases[i].line),
					     cases[i].grammar, &m.head), 0);
		round_trip(&m.head, cases[i].size);
	}
}

static void counters_and_read_only_fields_survive(void **state)
{
	struct model_member m;

	(void)state;
	model_init(&m.head, MODEL_MEMBER);
	m.head.generation = 9;
	m.head.event = LBVS_EVENT_STATE;
	strcpy(m.service, "s");
	strcpy(m.check, "owa");
	m.addr.len = 4;
	m.state = LBVS_MEMBER_STATE_CHECK_DOWN;
	m.counters = (struct model_counters){ 1, 2, 3, UINT64_MAX, 5, 6, 7 };
	model_mark(&m, LBVS_A_MEMBER_GENERATION);
	model_mark(&m, LBVS_A_MEMBER_EVENT);
	model_mark(&m, LBVS_A_MEMBER_SERVICE);
	model_mark(&m, LBVS_A_MEMBER_CHECK);
	model_mark(&m, LBVS_A_MEMBER_ADDR);
	model_mark(&m, LBVS_A_MEMBER_STATE);
	model_mark(&m, LBVS_A_MEMBER_COUNTERS);
	round_trip(&m.head, sizeof(m));
}

static void an_arm_survives(void **state)
{
	struct model_arm m;

	(void)state;
	model_init(&m.head, MODEL_ARM);
	m.head.generation = 9;
	m.head.event = LBVS_EVENT_CHANGED;
	strcpy(m.dev, "eth0");
	m.ifindex = UINT32_MAX;
	model_mark(&m, LBVS_A_ARM_GENERATION);
	model_mark(&m, LBVS_A_ARM_DEV);
	model_mark(&m, LBVS_A_ARM_IFINDEX);
	model_mark(&m, LBVS_A_ARM_EVENT);
	round_trip(&m.head, sizeof(m));
}

static void stats_keep_every_counter(void **state)
{
	struct model_stats stats, back;
	struct model_stat *stat;
	struct nl_msg *msg;
	int i;

	(void)state;
	model_init(&stats.head, MODEL_STATS);
	model_mark(&stats, LBVS_A_STATS_STAT);
	for (i = 0; i < 3; i++) {
		stat = (struct model_stat *)model_new(MODEL_STAT);
		assert_non_null(stat);
		sprintf(stat->name, "counter-%d", i);
		stat->value = i;
		stat->drop = i == 1;
		model_mark(stat, LBVS_A_STAT_NAME);
		model_mark(stat, LBVS_A_STAT_VALUE);
		model_mark(stat, LBVS_A_STAT_DROP);
		model_list_add(&stats.stat, &stat->head);
	}
	msg = encode(LBVS_CMD_STATS_GET, &stats.head);
	model_init(&back.head, MODEL_STATS);
	assert_int_equal(decode(msg, &back.head), 0);
	assert_int_equal(back.stat.count, 3);
	stat = (struct model_stat *)back.stat.first->next;
	assert_string_equal(stat->name, "counter-1");
	assert_int_equal(stat->value, 1);
	assert_true(stat->drop);
	assert_false(((struct model_stat *)back.stat.last)->drop);
	model_clear(&back.head);
	model_clear(&stats.head);
	nlmsg_free(msg);
}

static void wrong_sizes_are_refused(void **state)
{
	static const struct {
		uint16_t attr;
		int len;
	} cases[] = {
		{ LBVS_A_SERVICE_NAME, 33 }, { LBVS_A_SERVICE_PROTO, 4 },
		{ LBVS_A_SERVICE_ADDR, 5 }, { LBVS_A_SERVICE_ADDR, 0 },
		{ LBVS_A_SERVICE_PORT, 3 }, { LBVS_A_SERVICE_PORT, 0 },
		{ LBVS_A_SERVICE_PORT, 66 }, { LBVS_A_SERVICE_SCHED, 2 },
		{ LBVS_A_SERVICE_STATE, 8 },
	};
	struct model_service s;
	struct nl_msg *msg;
	char junk[100];
	size_t i;

	(void)state;
	memset(junk, 'x', sizeof(junk));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		model_init(&s.head, MODEL_SERVICE);
		msg = encode(LBVS_CMD_SERVICE_NEW, &s.head);
		nla_put(msg, cases[i].attr, cases[i].len, junk);
		assert_int_equal(decode(msg, &s.head), -EBADMSG);
		nlmsg_free(msg);
	}
}

static void a_name_too_long_for_a_device_is_refused(void **state)
{
	struct model_arm arm;
	struct nl_msg *msg;

	(void)state;
	model_init(&arm.head, MODEL_ARM);
	msg = encode(LBVS_CMD_ARM_NTF, &arm.head);
	nla_put_string(msg, LBVS_A_ARM_DEV, "a234567890123456");
	assert_int_equal(decode(msg, &arm.head), -EBADMSG);
	nlmsg_free(msg);
}

static void unknown_attributes_are_passed_over(void **state)
{
	struct model_pool p;
	struct nl_msg *msg;

	(void)state;
	model_init(&p.head, MODEL_POOL);
	msg = encode(LBVS_CMD_POOL_NEW, &p.head);
	nla_put_u64(msg, 999, 1);
	nla_put_u32(msg, LBVS_A_PAD, 1);
	nla_put_string(msg, LBVS_A_POOL_NAME, "p");
	assert_int_equal(decode(msg, &p.head), 0);
	assert_string_equal(p.name, "p");
	nlmsg_free(msg);
}

static uint32_t offset_of(struct nl_msg *msg, uint16_t attr)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct nlattr *a;

	a = nlmsg_find_attr(hdr, GENL_HDRLEN, attr);
	assert_non_null(a);
	return (char *)a - (char *)hdr;
}

static void an_offset_becomes_the_word(void **state)
{
	static const struct {
		uint16_t attr;
		const char *word;
	} cases[] = {
		{ LBVS_A_SERVICE_NAME, "s" }, { LBVS_A_SERVICE_PROTO, "tcp" },
		{ LBVS_A_SERVICE_ADDR, "192.0.2.1" },
		{ LBVS_A_SERVICE_PORT, "80,443" },
		{ LBVS_A_SERVICE_SCHED, "maglev" },
		{ LBVS_A_SERVICE_TABLE_SIZE, "300" },
		{ LBVS_A_SERVICE_REQUIRE, "a,b" },
		{ LBVS_A_SERVICE_TIMEOUT_SYN, "40m" },
	};
	struct model_service s;
	struct words_split w;
	struct nl_msg *msg;
	char word[64];
	uint32_t nest;
	size_t i;

	(void)state;
	assert_int_equal(parse_words(split(&w, "s tcp 192.0.2.1:80,443 pool p "
					   "sched maglev table-size 300 "
					   "require a,b timeout syn 40m"),
				     &parse_service_new, &s.head), 0);
	msg = encode(LBVS_CMD_SERVICE_NEW, &s.head);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(codec_explain(nlmsg_hdr(msg), MODEL_SERVICE,
					  offset_of(msg, cases[i].attr), word,
					  sizeof(word)));
		assert_string_equal(word, cases[i].word);
	}
	/* The second name in the list. */
	nest = offset_of(msg, LBVS_A_SERVICE_REQUIRE);
	assert_true(codec_explain(nlmsg_hdr(msg), MODEL_SERVICE, nest + 12,
				  word, sizeof(word)));
	assert_string_equal(word, "b");
	assert_false(codec_explain(nlmsg_hdr(msg), MODEL_SERVICE, 3, word,
				   sizeof(word)));
	nlmsg_free(msg);
}

/* What the kernel answers, with the request in it unless capped. */
static struct nl_msg *make_ack(const struct nlmsghdr *request, int error,
			       bool capped)
{
	struct nl_msg *msg = nlmsg_alloc();
	size_t len = capped ? sizeof(*request) : request->nlmsg_len;
	struct nlmsgerr *e;

	assert_non_null(msg);
	nlmsg_put(msg, 1, 1, NLMSG_ERROR, 0,
		  NLM_F_ACK_TLVS | (capped ? NLM_F_CAPPED : 0));
	e = nlmsg_reserve(msg, sizeof(int) + len, NLMSG_ALIGNTO);
	e->error = error;
	memcpy(&e->msg, request, len);
	return msg;
}

static void an_extended_ack_is_read(void **state)
{
	struct lbnl_error error;
	struct model_real real;
	struct words_split w;
	struct nl_msg *msg, *ack;
	int capped;

	(void)state;
	assert_int_equal(parse_words(split(&w, "p r 192.0.2.1"),
				     &parse_real_new, &real.head), 0);
	msg = encode(LBVS_CMD_REAL_NEW, &real.head);
	for (capped = 0; capped < 2; capped++) {
		ack = make_ack(nlmsg_hdr(msg), -EEXIST, capped);
		nla_put_string(ack, NLMSGERR_ATTR_MSG, "the name is taken");
		nla_put_u32(ack, NLMSGERR_ATTR_OFFS,
			    offset_of(msg, LBVS_A_REAL_NAME));
		nl_ack_error(nlmsg_data(nlmsg_hdr(ack)), nlmsg_hdr(msg),
			     MODEL_REAL, &error);
		assert_int_equal(error.err, EEXIST);
		assert_string_equal(error.word, "r");
		assert_string_equal(error.sentence, "the name is taken");
		nlmsg_free(ack);
	}
	ack = make_ack(nlmsg_hdr(msg), -EINVAL, false);
	nla_put_u32(ack, NLMSGERR_ATTR_MISS_TYPE, LBVS_A_REAL_ADDR);
	nl_ack_error(nlmsg_data(nlmsg_hdr(ack)), nlmsg_hdr(msg), MODEL_REAL,
		     &error);
	assert_string_equal(error.word, "address");
	assert_string_equal(error.sentence, "is missing from the request");
	nlmsg_free(ack);
	nlmsg_free(msg);
}

static void a_short_ack_is_harmless(void **state)
{
	struct model_pool pool;
	struct lbnl_error error;
	struct nl_msg *msg, *ack;

	(void)state;
	model_init(&pool.head, MODEL_POOL);
	msg = encode(LBVS_CMD_POOL_DEL, &pool.head);
	ack = make_ack(nlmsg_hdr(msg), -EPERM, true);
	nl_ack_error(nlmsg_data(nlmsg_hdr(ack)), nlmsg_hdr(msg), MODEL_POOL,
		     &error);
	assert_int_equal(error.err, EPERM);
	assert_string_equal(error.sentence, "");
	assert_string_equal(error.word, "");
	/* A length inside that points past the end. */
	((struct nlmsgerr *)nlmsg_data(nlmsg_hdr(ack)))->msg.nlmsg_len = -1;
	nlmsg_hdr(ack)->nlmsg_flags &= ~NLM_F_CAPPED;
	nl_ack_error(nlmsg_data(nlmsg_hdr(ack)), nlmsg_hdr(msg), MODEL_POOL,
		     &error);
	assert_string_equal(error.sentence, "");
	nlmsg_free(ack);
	nlmsg_free(msg);
}

static void every_command_has_its_kind(void **state)
{
	enum model_kind kind;

	(void)state;
	assert_false(codec_kind(0, &kind));
	assert_false(codec_kind(LBVS_CMD_MAX + 1, &kind));
	assert_true(codec_kind(LBVS_CMD_POOL_NTF, &kind));
	assert_int_equal(kind, MODEL_POOL);
	assert_true(codec_kind(LBVS_CMD_REAL_NEW, &kind));
	assert_int_equal(kind, MODEL_REAL);
	assert_true(codec_kind(LBVS_CMD_MEMBER_NTF, &kind));
	assert_int_equal(kind, MODEL_MEMBER);
	assert_true(codec_kind(LBVS_CMD_VERDICT_SET, &kind));
	assert_int_equal(kind, MODEL_VERDICT);
	assert_true(codec_kind(LBVS_CMD_FLOW_DEL, &kind));
	assert_int_equal(kind, MODEL_FLOW);
	assert_true(codec_kind(LBVS_CMD_CONFIG_DEL, &kind));
	assert_int_equal(kind, MODEL_STATS);
	assert_true(codec_kind(LBVS_CMD_ARM_NEW, &kind));
	assert_int_equal(kind, MODEL_ARM);
	assert_true(codec_kind(LBVS_CMD_ARM_NTF, &kind));
	assert_int_equal(kind, MODEL_ARM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parsed_objects_survive),
		cmocka_unit_test(counters_and_read_only_fields_survive),
		cmocka_unit_test(an_arm_survives),
		cmocka_unit_test(stats_keep_every_counter),
		cmocka_unit_test(wrong_sizes_are_refused),
		cmocka_unit_test(a_name_too_long_for_a_device_is_refused),
		cmocka_unit_test(unknown_attributes_are_passed_over),
		cmocka_unit_test(an_offset_becomes_the_word),
		cmocka_unit_test(an_extended_ack_is_read),
		cmocka_unit_test(a_short_ack_is_harmless),
		cmocka_unit_test(every_command_has_its_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
