// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The netlink family as a program meets it that is not lbctl: one that sends
 * what makes no sense, states what it expects, lacks privilege, or reads while
 * others write. Each test has a network namespace of its own.
 *
 *   LBVS_KO   the module, to load it with other parameters
 */
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/genetlink.h>
#include <linux/lbvs.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Exit codes of the kernel's selftests. */
#define KSFT_PASS 0
#define KSFT_FAIL 1
#define KSFT_SKIP 4

/* --- failing ------------------------------------------------------------- */

#define fail(...)                                                              \
	do {                                                                   \
		printf("# %s:%d: ", __FILE__, __LINE__);                       \
		printf(__VA_ARGS__);                                           \
		printf("\n");                                                  \
		exit(KSFT_FAIL);                                               \
	} while (0)

#define skip(...)                                                              \
	do {                                                                   \
		printf("# ");                                                  \
		printf(__VA_ARGS__);                                           \
		printf("\n");                                                  \
		exit(KSFT_SKIP);                                               \
	} while (0)

#define expect(condition)                                                      \
	do {                                                                   \
		if (!(condition))                                              \
			fail("expected: %s", #condition);                      \
	} while (0)

#define expect_equal(expected, seen)                                           \
	do {                                                                   \
		long long e_ = (expected), s_ = (seen);                        \
		if (e_ != s_)                                                  \
			fail("expected %s to be %lld, seen %lld", #seen, e_,   \
			     s_);                                              \
	} while (0)

/* --- attributes ---------------------------------------------------------- */

/* What a request is made of. A type of 0 ends a list. */
struct attr {
	int type;
	const void *data;
	int length;
};

#define U8(type, value)                                                        \
	{                                                                      \
		type, &(const uint8_t){ value }, 1                             \
	}
#define U16(type, value)                                                       \
	{                                                                      \
		type, &(const uint16_t){ value }, 2                            \
	}
#define U32(type, value)                                                       \
	{                                                                      \
		type, &(const uint32_t){ value }, 4                            \
	}
#define STRING(type, value)                                                    \
	{                                                                      \
		type, value, sizeof(value)                                     \
	}
#define BYTES(type, ...)                                                       \
	{                                                                      \
		type, (const uint8_t[]){ __VA_ARGS__ },                        \
			sizeof((const uint8_t[]){ __VA_ARGS__ })               \
	}
#define EMPTY(type)                                                            \
	{                                                                      \
		type, "", 0                                                    \
	}

/* A string within a nest, filled up with NUL so that the next is aligned. */
struct inner {
	uint16_t length;
	uint16_t type;
	char text[8];
};
#define INNER(type, text)                                                      \
	{                                                                      \
		sizeof(struct inner), type, text                               \
	}
#define NEST(type, ...)                                                        \
	{                                                                      \
		(type) | NLA_F_NESTED, (const struct inner[]){ __VA_ARGS__ },  \
			sizeof((const struct inner[]){ __VA_ARGS__ })          \
	}

static const struct attr pool_new[] = { STRING(LBVS_A_POOL_NAME, "new"),
					NEST(LBVS_A_POOL_CHECK,
					     INNER(LBVS_A_CHECK_NAME, "a"),
					     INNER(LBVS_A_CHECK_NAME, "b")),
					{ 0 } };

static const struct attr pool_name[] = { STRING(LBVS_A_POOL_NAME, "web"),
					 { 0 } };

static const struct attr real_new[] = { STRING(LBVS_A_REAL_POOL, "web"),
					STRING(LBVS_A_REAL_NAME, "r9"),
					BYTES(LBVS_A_REAL_ADDR, 203, 0, 113,
					      19),
					{ 0 } };

static const struct attr real_name[] = { STRING(LBVS_A_REAL_POOL, "web"),
					 STRING(LBVS_A_REAL_NAME, "r1"),
					 { 0 } };

static const struct attr service_new[] = {
	STRING(LBVS_A_SERVICE_NAME, "new"),
	U8(LBVS_A_SERVICE_PROTO, IPPROTO_TCP),
	BYTES(LBVS_A_SERVICE_ADDR, 198, 51, 100, 9),
	U16(LBVS_A_SERVICE_PORT, 80),
	STRING(LBVS_A_SERVICE_POOL, "web"),
	{ 0 }
};

static const struct attr service_name[] = { STRING(LBVS_A_SERVICE_NAME, "www"),
					    { 0 } };

static const struct attr explain_what[] = {
	STRING(LBVS_A_EXPLAIN_SERVICE, "www"),
	BYTES(LBVS_A_EXPLAIN_CLIENT_ADDR, 198, 18, 0, 7),
	{ 0 },
};

static const struct attr verdict_set[] = { STRING(LBVS_A_VERDICT_POOL, "web"),
					   STRING(LBVS_A_VERDICT_REAL, "r1"),
					   U32(LBVS_A_VERDICT_STATE,
					       LBVS_VERDICT_STATE_DOWN),
					   { 0 } };

static const struct attr verdict_name[] = { STRING(LBVS_A_VERDICT_POOL, "web"),
					    STRING(LBVS_A_VERDICT_REAL, "r1"),
					    { 0 } };

static const struct attr agent_new[] = { STRING(LBVS_A_AGENT_NAME, "a"),
					 U32(LBVS_A_AGENT_LEASE, 60000),
					 { 0 } };

/* The first registration in a network namespace is number 1. */
static const struct attr agent_epoch[] = { STRING(LBVS_A_AGENT_NAME, "a"),
					   U32(LBVS_A_AGENT_EPOCH, 1),
					   { 0 } };

static const struct attr agent_name[] = { STRING(LBVS_A_AGENT_NAME, "a"),
					  { 0 } };

static const struct attr nothing[] = { { 0 } };

/* Of each command a request that is right; what follows spoils it. */
static const struct {
	const char *name;
	const struct attr *attrs;
	bool dump;
	bool writes;
	int max; /* greatest attribute of its set */
} commands[__LBVS_CMD_MAX] = {
	[LBVS_CMD_POOL_NEW] = { "POOL_NEW", pool_new, false, true,
				LBVS_A_POOL_MAX },
	[LBVS_CMD_POOL_SET] = { "POOL_SET", pool_name, false, true,
				LBVS_A_POOL_MAX },
	[LBVS_CMD_POOL_DEL] = { "POOL_DEL", pool_name, false, true,
				LBVS_A_POOL_MAX },
	[LBVS_CMD_POOL_GET] = { "POOL_GET", nothing, true, false,
				LBVS_A_POOL_MAX },
	[LBVS_CMD_REAL_NEW] = { "REAL_NEW", real_new, false, true,
				LBVS_A_REAL_MAX },
	[LBVS_CMD_REAL_SET] = { "REAL_SET", real_name, false, true,
				LBVS_A_REAL_MAX },
	[LBVS_CMD_REAL_DEL] = { "REAL_DEL", real_name, false, true,
				LBVS_A_REAL_MAX },
	[LBVS_CMD_REAL_GET] = { "REAL_GET", nothing, true, false,
				LBVS_A_REAL_MAX },
	[LBVS_CMD_SERVICE_NEW] = { "SERVICE_NEW", service_new, false, true,
				   LBVS_A_SERVICE_MAX },
	[LBVS_CMD_SERVICE_SET] = { "SERVICE_SET", service_name, false, true,
				   LBVS_A_SERVICE_MAX },
	[LBVS_CMD_SERVICE_DEL] = { "SERVICE_DEL", service_name, false, true,
				   LBVS_A_SERVICE_MAX },
	[LBVS_CMD_SERVICE_GET] = { "SERVICE_GET", nothing, true, false,
				   LBVS_A_SERVICE_MAX },
	[LBVS_CMD_MEMBER_GET] = { "MEMBER_GET", nothing, true, false,
				  LBVS_A_MEMBER_MAX },
	[LBVS_CMD_VERDICT_SET] = { "VERDICT_SET", verdict_set, false, true,
				   LBVS_A_VERDICT_MAX },
	[LBVS_CMD_VERDICT_DEL] = { "VERDICT_DEL", verdict_name, false, true,
				   LBVS_A_VERDICT_MAX },
	[LBVS_CMD_VERDICT_GET] = { "VERDICT_GET", nothing, true, false,
				   LBVS_A_VERDICT_MAX },
	[LBVS_CMD_FLOW_GET] = { "FLOW_GET", nothing, true, false,
				LBVS_A_FLOW_MAX },
	[LBVS_CMD_FLOW_DEL] = { "FLOW_DEL", nothing, false, true,
				LBVS_A_FLOW_MAX },
	[LBVS_CMD_AFFINITY_GET] = { "AFFINITY_GET", nothing, true, false,
				    LBVS_A_AFFINITY_MAX },
	[LBVS_CMD_AFFINITY_DEL] = { "AFFINITY_DEL", nothing, false, true,
				    LBVS_A_AFFINITY_MAX },
	[LBVS_CMD_STATS_GET] = { "STATS_GET", nothing, false, false,
				 LBVS_A_STATS_MAX },
	[LBVS_CMD_CONFIG_DEL] = { "CONFIG_DEL", nothing, false, true,
				  LBVS_A_STATS_MAX },
	[LBVS_CMD_AGENT_NEW] = { "AGENT_NEW", agent_new, false, true,
				 LBVS_A_AGENT_MAX },
	[LBVS_CMD_AGENT_RENEW] = { "AGENT_RENEW", agent_epoch, false, true,
				   LBVS_A_AGENT_MAX },
	[LBVS_CMD_AGENT_DEL] = { "AGENT_DEL", agent_name, false, true,
				 LBVS_A_AGENT_MAX },
	[LBVS_CMD_AGENT_GET] = { "AGENT_GET", nothing, true, false,
				 LBVS_A_AGENT_MAX },
	[LBVS_CMD_EXPLAIN_GET] = { "EXPLAIN_GET", explain_what, true, false,
				   LBVS_A_EXPLAIN_MAX },
	[LBVS_CMD_CONFIG_BEGIN] = { "CONFIG_BEGIN", nothing, false, true,
				    LBVS_A_STATS_MAX },
	[LBVS_CMD_CONFIG_COMMIT] = { "CONFIG_COMMIT", nothing, false, true,
				     LBVS_A_STATS_MAX },
	[LBVS_CMD_CONFIG_ABORT] = { "CONFIG_ABORT", nothing, false, true,
				    LBVS_A_STATS_MAX },
};

static bool is_request(int cmd)
{
	return commands[cmd].name;
}

/* --- talking ------------------------------------------------------------- */

static int family;

static void set_option(int fd, int option)
{
	int on = 1;

	if (setsockopt(fd, SOL_NETLINK, option, &on, sizeof(on)))
		fail("setsockopt %d: %s", option, strerror(errno));
}

static struct nl_sock *open_fresh_socket(void)
{
	struct nl_sock *sock = nl_socket_alloc();
	struct timeval patience = { .tv_sec = 20 };

	if (!sock || genl_connect(sock))
		fail("no netlink socket");
	set_option(nl_socket_get_fd(sock), NETLINK_EXT_ACK);
	set_option(nl_socket_get_fd(sock), NETLINK_GET_STRICT_CHK);
	setsockopt(nl_socket_get_fd(sock), SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	return sock;
}

static struct nl_sock *open_socket(void)
{
	struct nl_sock *sock = open_fresh_socket();

	family = genl_ctrl_resolve(sock, LBVS_FAMILY_NAME);
	if (family < 0)
		fail("no family %s", LBVS_FAMILY_NAME);
	return sock;
}

static struct nl_msg *make(int cmd, const struct attr *attrs)
{
	int flags = NLM_F_ACK | (commands[cmd].dump ? NLM_F_DUMP : 0);
	struct nl_msg *msg = nlmsg_alloc_size(65536);

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0,
				 flags, cmd, LBVS_FAMILY_VERSION))
		fail("no message");
	for (; attrs->type; attrs++)
		if (nla_put(msg, attrs->type, attrs->length, attrs->data))
			fail("the message is full");
	return msg;
}

/* What the kernel said to a request. */
struct answer {
	int error;
	char sentence[128];
	int bad; /* type of the attribute pointed at; 0: none */
	int bad_entry; /* and if it lies in that one: which, from 1 */
	int missing; /* type of the attribute that is missing; 0: none */
	uint32_t blamed; /* the request that is to blame, if it is another */
	unsigned int objects; /* messages of the family */
	bool interrupted;
	struct nlmsghdr *reply; /* the last of them; good till the next request */
};

static char buffer[1 << 16];
static char last_reply[1 << 16];

static void find_bad(const struct nlmsghdr *request, uint32_t offset,
		     struct answer *answer)
{
	const char *at = (const char *)request + offset;
	struct nlattr *attr, *inner;
	int rest, inner_rest, entry;

	nla_for_each_attr (attr, genlmsg_attrdata(nlmsg_data(request), 0),
			   genlmsg_attrlen(nlmsg_data(request), 0), rest) {
		if ((char *)attr == at)
			answer->bad = nla_type(attr);
		entry = 0;
		nla_for_each_attr (inner, nla_data(attr), nla_len(attr),
				   inner_rest) {
			entry++;
			if ((char *)inner != at)
				continue;
			answer->bad = nla_type(attr);
			answer->bad_entry = entry;
		}
	}
	if (!answer->bad)
		fail("offset %u points at no attribute", offset);
}

static void read_tlvs(struct nlmsghdr *hdr, size_t skipped,
		      const struct nlmsghdr *request, struct answer *answer)
{
	struct nlattr *tlv[NLMSGERR_ATTR_MAX + 1];

	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	skipped = NLMSG_ALIGN(NLMSG_HDRLEN + skipped);
	if (nla_parse(tlv, NLMSGERR_ATTR_MAX,
		      (struct nlattr *)((char *)hdr + skipped),
		      hdr->nlmsg_len - skipped, NULL))
		fail("a bad acknowledgement");
	if (tlv[NLMSGERR_ATTR_MSG])
		snprintf(answer->sentence, sizeof(answer->sentence), "%s",
			 nla_get_string(tlv[NLMSGERR_ATTR_MSG]));
	if (tlv[NLMSGERR_ATTR_OFFS])
		find_bad(request, nla_get_u32(tlv[NLMSGERR_ATTR_OFFS]), answer);
	if (tlv[NLMSGERR_ATTR_COOKIE])
		answer->blamed = nla_get_u32(tlv[NLMSGERR_ATTR_COOKIE]);
	if (tlv[NLMSGERR_ATTR_MISS_TYPE])
		answer->missing = nla_get_u32(tlv[NLMSGERR_ATTR_MISS_TYPE]);
}

/* The kernel repeats the request, which NETLINK_CAP_ACK would spare us. */
static void read_error(struct nlmsghdr *hdr, const struct nlmsghdr *request,
		       struct answer *answer)
{
	const struct nlmsgerr *error = nlmsg_data(hdr);
	size_t skipped = sizeof(*error);

	answer->error = error->error;
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		skipped += error->msg.nlmsg_len - NLMSG_HDRLEN;
	read_tlvs(hdr, skipped, request, answer);
}

/* Returns true when the answer is complete. */
static bool read_message(struct nlmsghdr *hdr, const struct nlmsghdr *request,
			 struct answer *answer)
{
	if (request && hdr->nlmsg_seq != request->nlmsg_seq)
		return false;
	if (hdr->nlmsg_flags & NLM_F_DUMP_INTR)
		answer->interrupted = true;
	switch (hdr->nlmsg_type) {
	case NLMSG_ERROR:
		read_error(hdr, request, answer);
		return true;
	case NLMSG_DONE:
		memcpy(&answer->error, nlmsg_data(hdr), sizeof(int));
		read_tlvs(hdr, sizeof(int), request, answer);
		return true;
	default:
		memcpy(last_reply, hdr, hdr->nlmsg_len);
		answer->reply = (struct nlmsghdr *)last_reply;
		answer->objects++;
		return false;
	}
}

typedef void (*each_fn)(const struct nlmsghdr *hdr, void *arg);

/* One datagram. Returns true when it completes the answer. */
static bool receive(struct nl_sock *sock, size_t size,
		    const struct nlmsghdr *request, struct answer *answer,
		    each_fn each, void *arg)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)buffer;
	ssize_t got = recv(nl_socket_get_fd(sock), buffer, size, MSG_TRUNC);
	bool done = false;
	int rest = got;

	if (got < 0)
		fail("no answer: %s", strerror(errno));
	if ((size_t)got > size)
		fail("an answer of %zd bytes did not fit %zu", got, size);
	for (; nlmsg_ok(hdr, rest); hdr = nlmsg_next(hdr, &rest)) {
		if (read_message(hdr, request, answer))
			done = true;
		else if (each)
			each(hdr, arg);
	}
	return done;
}

static void send_message(struct nl_sock *sock, struct nl_msg *msg)
{
	int sent = nl_send_auto(sock, msg);

	if (sent < 0)
		fail("send: %s", nl_geterror(sent));
}

static struct answer converse(struct nl_sock *sock, struct nl_msg *msg,
			      each_fn each, void *arg)
{
	struct answer answer = { 0 };

	send_message(sock, msg);
	while (!receive(sock, sizeof(buffer), nlmsg_hdr(msg), &answer, each,
			arg))
		;
	nlmsg_free(msg);
	return answer;
}

static struct answer request(struct nl_sock *sock, int cmd,
			     const struct attr *attrs)
{
	return converse(sock, make(cmd, attrs), NULL, NULL);
}

#define expect_done(sock, cmd, attrs)                                          \
	do {                                                                   \
		struct answer a_ = request(sock, cmd, attrs);                  \
		if (a_.error)                                                  \
			fail("%s: %s: %s", commands[cmd].name,                 \
			     strerror(-a_.error), a_.sentence);                \
	} while (0)

#define expect_error(expected, sock, cmd, attrs)                               \
	do {                                                                   \
		struct answer a_ = request(sock, cmd, attrs);                  \
		if (a_.error != (expected))                                    \
			fail("%s: expected %s, seen %s", commands[cmd].name,   \
			     strerror(-(expected)), strerror(-a_.error));      \
	} while (0)

static struct nlattr *attr_of(const struct nlmsghdr *hdr, int type)
{
	return nlmsg_find_attr((struct nlmsghdr *)hdr, GENL_HDRLEN, type);
}

static uint32_t generation(struct nl_sock *sock)
{
	struct answer answer = request(sock, LBVS_CMD_STATS_GET, nothing);

	expect_equal(0, answer.error);
	return nla_get_u32(attr_of(answer.reply, LBVS_A_STATS_GENERATION));
}

/* --- what tests start from ----------------------------------------------- */

static void own_netns(void)
{
	if (unshare(CLONE_NEWNET))
		fail("unshare: %s", strerror(errno));
}

/* A pool with one real and one service. */
static struct nl_sock *given_web(void)
{
	const struct attr pool[] = { STRING(LBVS_A_POOL_NAME, "web"),
				     NEST(LBVS_A_POOL_CHECK,
					  INNER(LBVS_A_CHECK_NAME, "http")),
				     { 0 } };
	const struct attr real[] = { STRING(LBVS_A_REAL_POOL, "web"),
				     STRING(LBVS_A_REAL_NAME, "r1"),
				     BYTES(LBVS_A_REAL_ADDR, 203, 0, 113, 11),
				     { 0 } };
	const struct attr service[] = { STRING(LBVS_A_SERVICE_NAME, "www"),
					U8(LBVS_A_SERVICE_PROTO, IPPROTO_TCP),
					BYTES(LBVS_A_SERVICE_ADDR, 198, 51, 100,
					      1),
					U16(LBVS_A_SERVICE_PORT, 80),
					STRING(LBVS_A_SERVICE_POOL, "web"),
					{ 0 } };
	struct nl_sock *sock;

	own_netns();
	sock = open_socket();
	expect_done(sock, LBVS_CMD_POOL_NEW, pool);
	expect_done(sock, LBVS_CMD_REAL_NEW, real);
	expect_done(sock, LBVS_CMD_SERVICE_NEW, service);
	return sock;
}

/* --- tests: what is no request ------------------------------------------- */

/* A request that is right but for this. */
struct spoilt {
	int cmd;
	struct attr with; /* in place of the one of its type, or added */
	int error;
	int bad;
	int bad_entry;
	const char *sentence;
};

#define TEXT32	"12345678901234567890123456789012"
#define TEXT128 TEXT32 TEXT32 TEXT32 TEXT32

static const uint16_t ports33[33] = { 1,  2,  3,  4,  5,  6,  7,  8,  9,
				      10, 11, 12, 13, 14, 15, 16, 17, 18,
				      19, 20, 21, 22, 23, 24, 25, 26, 27,
				      28, 29, 30, 31, 32, 33 };

static struct inner checks33[33];

static const struct spoilt lengths[] = {
	{ LBVS_CMD_POOL_NEW, U16(LBVS_A_POOL_GENERATION, 1), -EINVAL,
	  LBVS_A_POOL_GENERATION, 0, "invalid attribute length" },
	{ LBVS_CMD_POOL_NEW, EMPTY(LBVS_A_POOL_NAME), -EINVAL,
	  LBVS_A_POOL_NAME },
	{ LBVS_CMD_POOL_NEW,
	  { LBVS_A_POOL_NAME, "ab", 2 },
	  -EINVAL,
	  LBVS_A_POOL_NAME },
	{ LBVS_CMD_POOL_NEW, STRING(LBVS_A_POOL_NAME, TEXT32), -EINVAL,
	  LBVS_A_POOL_NAME },
	{ LBVS_CMD_POOL_NEW, BYTES(LBVS_A_POOL_HASH_KEY, 1, 2, 3), -ERANGE,
	  LBVS_A_POOL_HASH_KEY },
	{ LBVS_CMD_POOL_NEW,
	  { LBVS_A_POOL_HASH_KEY, TEXT32, 17 },
	  -ERANGE,
	  LBVS_A_POOL_HASH_KEY },
	{ LBVS_CMD_POOL_NEW, U32(LBVS_A_POOL_RAMP, LBVS_RAMP_MAX + 1), -ERANGE,
	  LBVS_A_POOL_RAMP },
	{ LBVS_CMD_POOL_NEW, U16(LBVS_A_POOL_RAMP, 1), -EINVAL,
	  LBVS_A_POOL_RAMP, 0, "invalid attribute length" },
	{ LBVS_CMD_REAL_NEW, EMPTY(LBVS_A_REAL_ADDR), -EINVAL, LBVS_A_REAL_ADDR,
	  0, "an address has 4 or 16 bytes" },
	{ LBVS_CMD_REAL_NEW, BYTES(LBVS_A_REAL_ADDR, 1, 2, 3, 4, 5), -EINVAL,
	  LBVS_A_REAL_ADDR, 0, "an address has 4 or 16 bytes" },
	{ LBVS_CMD_REAL_NEW,
	  { LBVS_A_REAL_ADDR, TEXT32, 17 },
	  -ERANGE,
	  LBVS_A_REAL_ADDR },
	{ LBVS_CMD_REAL_NEW, U8(LBVS_A_REAL_WEIGHT, 1), -EINVAL,
	  LBVS_A_REAL_WEIGHT, 0, "invalid attribute length" },
	{ LBVS_CMD_SERVICE_NEW, U32(LBVS_A_SERVICE_PROTO, IPPROTO_TCP), -EINVAL,
	  LBVS_A_SERVICE_PROTO, 0, "invalid attribute length" },
	{ LBVS_CMD_SERVICE_NEW, EMPTY(LBVS_A_SERVICE_PORT), -EINVAL,
	  LBVS_A_SERVICE_PORT, 0, "a service has 1 to 32 ports" },
	{ LBVS_CMD_SERVICE_NEW, BYTES(LBVS_A_SERVICE_PORT, 1, 2, 3), -EINVAL,
	  LBVS_A_SERVICE_PORT, 0, "a service has 1 to 32 ports" },
	{ LBVS_CMD_SERVICE_NEW,
	  { LBVS_A_SERVICE_PORT, ports33, sizeof(ports33) },
	  -ERANGE,
	  LBVS_A_SERVICE_PORT },
	{ LBVS_CMD_VERDICT_SET, STRING(LBVS_A_VERDICT_REASON, TEXT128), -EINVAL,
	  LBVS_A_VERDICT_REASON },
	{ LBVS_CMD_FLOW_DEL, U32(LBVS_A_FLOW_CLIENT_PORT, 1), -EINVAL,
	  LBVS_A_FLOW_CLIENT_PORT, 0, "invalid attribute length" },
	/* Before 6.12 the start of a dump could not say what is wrong. */
	{ LBVS_CMD_FLOW_GET, BYTES(LBVS_A_FLOW_CLIENT_ADDR, 1, 2), -EINVAL,
	  -1 },
	/* The end of a dump has a sentence and no more. */
	{ LBVS_CMD_EXPLAIN_GET, BYTES(LBVS_A_EXPLAIN_CLIENT_ADDR, 1, 2),
	  -EINVAL, -1, 0, "an address has 4 or 16 bytes" },
	{ LBVS_CMD_EXPLAIN_GET,
	  { LBVS_A_EXPLAIN_CLIENT_ADDR, TEXT32, 16 },
	  -EINVAL,
	  -1,
	  0,
	  "of the other family" },
	{ LBVS_CMD_EXPLAIN_GET, STRING(LBVS_A_EXPLAIN_SERVICE, "nobody"),
	  -ENOENT, -1, 0, "there is no service of this name" },
	{ LBVS_CMD_EXPLAIN_GET, U16(LBVS_A_EXPLAIN_VIRTUAL_PORT, 9), -ENOENT,
	  -1, 0, "the service has no such port" },
	{ LBVS_CMD_AFFINITY_DEL, BYTES(LBVS_A_AFFINITY_CLIENT_ADDR, 1, 2),
	  -EINVAL, LBVS_A_AFFINITY_CLIENT_ADDR, 0, "4 or 16 bytes" },
	{ LBVS_CMD_AFFINITY_GET, BYTES(LBVS_A_AFFINITY_CLIENT_ADDR, 1, 2),
	  -EINVAL, -1 },
	{ LBVS_CMD_CONFIG_DEL, U8(LBVS_A_STATS_GENERATION, 1), -EINVAL,
	  LBVS_A_STATS_GENERATION, 0, "invalid attribute length" },
};

static const struct spoilt ranges[] = {
	{ LBVS_CMD_POOL_NEW, STRING(LBVS_A_POOL_NAME, "a\n"), -EINVAL,
	  LBVS_A_POOL_NAME, 0, "a name has only letters" },
	{ LBVS_CMD_POOL_NEW, STRING(LBVS_A_POOL_NAME, ""), -EINVAL,
	  LBVS_A_POOL_NAME, 0, "a name starts with a letter or a digit" },
	{ LBVS_CMD_POOL_NEW, STRING(LBVS_A_POOL_NAME, "\xe4"), -EINVAL,
	  LBVS_A_POOL_NAME, 0, "a name starts with a letter or a digit" },
	{ LBVS_CMD_POOL_NEW, STRING(LBVS_A_POOL_NAME, "-a"), -EINVAL,
	  LBVS_A_POOL_NAME, 0, "a name starts with a letter or a digit" },
	{ LBVS_CMD_REAL_NEW, U32(LBVS_A_REAL_WEIGHT, 65536), -ERANGE,
	  LBVS_A_REAL_WEIGHT, 0, "integer out of range" },
	{ LBVS_CMD_REAL_NEW, U32(LBVS_A_REAL_ADMIN, 0), -ERANGE,
	  LBVS_A_REAL_ADMIN, 0, "integer out of range" },
	{ LBVS_CMD_REAL_SET, U32(LBVS_A_REAL_ADMIN, LBVS_ADMIN_MAX + 1),
	  -ERANGE, LBVS_A_REAL_ADMIN, 0, "integer out of range" },
	{ LBVS_CMD_REAL_SET, U32(LBVS_A_REAL_DEADLINE, LBVS_DEADLINE_MAX + 1),
	  -ERANGE, LBVS_A_REAL_DEADLINE, 0, "integer out of range" },
	{ LBVS_CMD_REAL_SET, U32(LBVS_A_REAL_DEADLINE, 0), -EINVAL,
	  LBVS_A_REAL_DEADLINE, 0, "only with the admin state drain" },
	{ LBVS_CMD_SERVICE_NEW, U8(LBVS_A_SERVICE_PROTO, IPPROTO_ICMP), -EINVAL,
	  LBVS_A_SERVICE_PROTO, 0, "neither TCP nor UDP" },
	{ LBVS_CMD_SERVICE_NEW, U32(LBVS_A_SERVICE_PORT, 0), -EINVAL,
	  LBVS_A_SERVICE_PORT, 0, "0 is not a port" },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_SCHED, 0), -ERANGE,
	  LBVS_A_SERVICE_SCHED },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_SCHED, LBVS_SCHED_MAX + 1),
	  -ERANGE, LBVS_A_SERVICE_SCHED },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_HASH, LBVS_HASH_MAX + 1),
	  -ERANGE, LBVS_A_SERVICE_HASH },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_HASH_PREFIX, 129), -ERANGE,
	  LBVS_A_SERVICE_HASH_PREFIX },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_HASH_PREFIX, 33), -EINVAL,
	  LBVS_A_SERVICE_HASH_PREFIX, 0, "longer than an address" },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_TABLE_SIZE, 250), -EINVAL,
	  LBVS_A_SERVICE_TABLE_SIZE, 0,
	  "a maglev table has 251 to 1048573 slots" },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_TABLE_SIZE, 1048574),
	  -EINVAL, LBVS_A_SERVICE_TABLE_SIZE, 0,
	  "a maglev table has 251 to 1048573 slots" },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_TABLE_SIZE, UINT32_MAX),
	  -EINVAL, LBVS_A_SERVICE_TABLE_SIZE },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_TO_PORT, 65536), -ERANGE,
	  LBVS_A_SERVICE_TO_PORT },
	{ LBVS_CMD_SERVICE_SET,
	  U32(LBVS_A_SERVICE_WHEN_EMPTY, LBVS_WHEN_EMPTY_MAX + 1), -ERANGE,
	  LBVS_A_SERVICE_WHEN_EMPTY },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_TIMEOUT_SYN, 0), -ERANGE,
	  LBVS_A_SERVICE_TIMEOUT_SYN },
	{ LBVS_CMD_SERVICE_SET,
	  U32(LBVS_A_SERVICE_TIMEOUT_UDP, LBVS_TIMEOUT_MAX + 1), -ERANGE,
	  LBVS_A_SERVICE_TIMEOUT_UDP },
	{ LBVS_CMD_VERDICT_SET,
	  U32(LBVS_A_VERDICT_STATE, LBVS_VERDICT_STATE_UNKNOWN), -ERANGE,
	  LBVS_A_VERDICT_STATE },
	{ LBVS_CMD_VERDICT_SET,
	  U32(LBVS_A_VERDICT_STATE, LBVS_VERDICT_STATE_MAX + 1), -ERANGE,
	  LBVS_A_VERDICT_STATE },
	{ LBVS_CMD_VERDICT_SET, STRING(LBVS_A_VERDICT_REASON, "a\x1b[2Jb"),
	  -EINVAL, LBVS_A_VERDICT_REASON, 0, "control characters" },
	{ LBVS_CMD_VERDICT_SET, STRING(LBVS_A_VERDICT_REASON, "a\x7f"), -EINVAL,
	  LBVS_A_VERDICT_REASON, 0, "control characters" },
	{ LBVS_CMD_FLOW_DEL, U16(LBVS_A_FLOW_CLIENT_PORT, 0), -ERANGE,
	  LBVS_A_FLOW_CLIENT_PORT },
	{ LBVS_CMD_SERVICE_SET,
	  U32(LBVS_A_SERVICE_INITIAL, LBVS_INITIAL_MAX + 1), -ERANGE,
	  LBVS_A_SERVICE_INITIAL },
	{ LBVS_CMD_SERVICE_SET,
	  U32(LBVS_A_SERVICE_ON_DOWN, LBVS_ON_DOWN_MAX + 1), -ERANGE,
	  LBVS_A_SERVICE_ON_DOWN },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_SNAT, 0), -ERANGE,
	  LBVS_A_SERVICE_SNAT },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_SNAT, LBVS_SNAT_MAX + 1),
	  -ERANGE, LBVS_A_SERVICE_SNAT },
	{ LBVS_CMD_POOL_SET, U32(LBVS_A_POOL_MIN_USABLE, 0), -ERANGE,
	  LBVS_A_POOL_MIN_USABLE },
	{ LBVS_CMD_POOL_SET, U32(LBVS_A_POOL_MIN_USABLE, LBVS_REALS_MAX + 1),
	  -ERANGE, LBVS_A_POOL_MIN_USABLE },
	{ LBVS_CMD_REAL_SET, U32(LBVS_A_REAL_TIER, LBVS_TIER_MAX + 1), -ERANGE,
	  LBVS_A_REAL_TIER },
	{ LBVS_CMD_REAL_SET, U32(LBVS_A_REAL_LIMIT_RATE, LBVS_RATE_MAX + 1),
	  -ERANGE, LBVS_A_REAL_LIMIT_RATE },
	{ LBVS_CMD_SERVICE_SET,
	  U32(LBVS_A_SERVICE_LIMIT_RATE, LBVS_RATE_MAX + 1), -ERANGE,
	  LBVS_A_SERVICE_LIMIT_RATE },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_BOUND, LBVS_BOUND_MIN - 1),
	  -EINVAL, LBVS_A_SERVICE_BOUND, 0, "1.01 to 10 times the mean" },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_BOUND, LBVS_BOUND_MIN),
	  -EINVAL, LBVS_A_SERVICE_BOUND, 0, "only with the scheduler maglev" },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_BOUND, LBVS_BOUND_MAX + 1),
	  -ERANGE, LBVS_A_SERVICE_BOUND },
	{ LBVS_CMD_SERVICE_SET,
	  U32(LBVS_A_SERVICE_PERSIST, LBVS_TIMEOUT_MAX + 1), -ERANGE,
	  LBVS_A_SERVICE_PERSIST },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_PERSIST_PREFIX, 129),
	  -ERANGE, LBVS_A_SERVICE_PERSIST_PREFIX },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_PERSIST_PREFIX, 24), -EINVAL,
	  LBVS_A_SERVICE_PERSIST_PREFIX, 0, "only with a time to persist" },
	{ LBVS_CMD_SERVICE_SET,
	  U32(LBVS_A_SERVICE_PERSIST_SCOPE, LBVS_PERSIST_SCOPE_MAX + 1),
	  -ERANGE, LBVS_A_SERVICE_PERSIST_SCOPE },
	{ LBVS_CMD_SERVICE_SET, STRING(LBVS_A_SERVICE_TOGETHER, "-"), -EINVAL,
	  LBVS_A_SERVICE_TOGETHER, 0, "starts with a letter or a digit" },
	{ LBVS_CMD_SERVICE_SET, STRING(LBVS_A_SERVICE_TOGETHER, "word"),
	  -EINVAL, LBVS_A_SERVICE_TOGETHER, 0,
	  "only services that send a client to one real" },
	{ LBVS_CMD_VERDICT_SET, U32(LBVS_A_VERDICT_SHARE, 0), -ERANGE,
	  LBVS_A_VERDICT_SHARE },
	{ LBVS_CMD_VERDICT_SET, U32(LBVS_A_VERDICT_SHARE, 101), -ERANGE,
	  LBVS_A_VERDICT_SHARE },
	{ LBVS_CMD_AGENT_NEW, U32(LBVS_A_AGENT_LEASE, LBVS_LEASE_MIN - 1),
	  -ERANGE, LBVS_A_AGENT_LEASE },
	{ LBVS_CMD_AGENT_NEW, U32(LBVS_A_AGENT_LEASE, LBVS_LEASE_MAX + 1),
	  -ERANGE, LBVS_A_AGENT_LEASE },
	{ LBVS_CMD_AGENT_NEW, U32(LBVS_A_AGENT_GRACE, LBVS_LEASE_MAX + 1),
	  -ERANGE, LBVS_A_AGENT_GRACE },
	{ LBVS_CMD_AGENT_NEW, U32(LBVS_A_AGENT_ON_EXPIRY, 0), -ERANGE,
	  LBVS_A_AGENT_ON_EXPIRY },
};

/* What the kernel says and nobody may say to it. */
static const struct spoilt read_only[] = {
	{ LBVS_CMD_POOL_NEW, U32(LBVS_A_POOL_REALS, 1), -EINVAL,
	  LBVS_A_POOL_REALS },
	{ LBVS_CMD_POOL_SET, U32(LBVS_A_POOL_SERVICES, 1), -EINVAL,
	  LBVS_A_POOL_SERVICES },
	{ LBVS_CMD_POOL_SET, U32(LBVS_A_POOL_EVENT, 1), -EINVAL,
	  LBVS_A_POOL_EVENT },
	{ LBVS_CMD_POOL_DEL, BYTES(LBVS_A_POOL_HASH_KEY, 1), -EINVAL,
	  LBVS_A_POOL_HASH_KEY },
	{ LBVS_CMD_REAL_NEW, U32(LBVS_A_REAL_VERDICT, 1), -EINVAL,
	  LBVS_A_REAL_VERDICT },
	{ LBVS_CMD_REAL_SET, U32(LBVS_A_REAL_ACTIVE_FLOWS, 1), -EINVAL,
	  LBVS_A_REAL_ACTIVE_FLOWS },
	{ LBVS_CMD_REAL_SET, NEST(LBVS_A_REAL_COUNTERS, INNER(3, "1234567")),
	  -EINVAL, LBVS_A_REAL_COUNTERS },
	{ LBVS_CMD_REAL_SET, BYTES(LBVS_A_REAL_ADDR, 203, 0, 113, 99), -EINVAL,
	  LBVS_A_REAL_ADDR, 0, "the address of a real can't be changed" },
	{ LBVS_CMD_REAL_DEL, U32(LBVS_A_REAL_WEIGHT, 1), -EINVAL,
	  LBVS_A_REAL_WEIGHT },
	{ LBVS_CMD_REAL_NEW, U32(LBVS_A_REAL_DEADLINE, 1), -EINVAL,
	  LBVS_A_REAL_DEADLINE },
	{ LBVS_CMD_REAL_SET, U32(LBVS_A_REAL_DRAIN_LEFT, 1), -EINVAL,
	  LBVS_A_REAL_DRAIN_LEFT },
	{ LBVS_CMD_REAL_SET, U32(LBVS_A_REAL_DRAIN_DROPPED, 1), -EINVAL,
	  LBVS_A_REAL_DRAIN_DROPPED },
	{ LBVS_CMD_SERVICE_SET, U8(LBVS_A_SERVICE_PROTO, IPPROTO_TCP), -EINVAL,
	  LBVS_A_SERVICE_PROTO, 0,
	  "the protocol of a service can't be changed" },
	{ LBVS_CMD_SERVICE_SET, BYTES(LBVS_A_SERVICE_ADDR, 198, 51, 100, 1),
	  -EINVAL, LBVS_A_SERVICE_ADDR, 0,
	  "the address of a service can't be changed" },
	{ LBVS_CMD_SERVICE_NEW, U32(LBVS_A_SERVICE_STATE, 1), -EINVAL,
	  LBVS_A_SERVICE_STATE },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_USABLE, 1), -EINVAL,
	  LBVS_A_SERVICE_USABLE },
	{ LBVS_CMD_SERVICE_SET, U32(LBVS_A_SERVICE_EVENT, 1), -EINVAL,
	  LBVS_A_SERVICE_EVENT },
	{ LBVS_CMD_SERVICE_DEL, STRING(LBVS_A_SERVICE_POOL, "web"), -EINVAL,
	  LBVS_A_SERVICE_POOL },
	{ LBVS_CMD_VERDICT_SET, U32(LBVS_A_VERDICT_AGE, 1), -EINVAL,
	  LBVS_A_VERDICT_AGE },
	{ LBVS_CMD_VERDICT_DEL, U32(LBVS_A_VERDICT_STATE, 2), -EINVAL,
	  LBVS_A_VERDICT_STATE },
	{ LBVS_CMD_FLOW_DEL, U16(LBVS_A_FLOW_SNAT_PORT, 1), -EINVAL,
	  LBVS_A_FLOW_SNAT_PORT },
	{ LBVS_CMD_FLOW_DEL, BYTES(LBVS_A_FLOW_REAL_ADDR, 203, 0, 113, 11),
	  -EINVAL, LBVS_A_FLOW_REAL_ADDR },
	{ LBVS_CMD_CONFIG_DEL, U32(LBVS_A_STATS_POOLS, 1), -EINVAL,
	  LBVS_A_STATS_POOLS },
	{ LBVS_CMD_VERDICT_SET, U32(LBVS_A_VERDICT_LEASE_LEFT, 1), -EINVAL,
	  LBVS_A_VERDICT_LEASE_LEFT },
	{ LBVS_CMD_AGENT_NEW, U32(LBVS_A_AGENT_EPOCH, 1), -EINVAL,
	  LBVS_A_AGENT_EPOCH },
	{ LBVS_CMD_AGENT_NEW, U32(LBVS_A_AGENT_STATE, 1), -EINVAL,
	  LBVS_A_AGENT_STATE },
	{ LBVS_CMD_AGENT_RENEW, U32(LBVS_A_AGENT_LEASE, 1000), -EINVAL,
	  LBVS_A_AGENT_LEASE },
	/* and what filters nothing */
	{ LBVS_CMD_POOL_GET, U32(LBVS_A_POOL_REALS, 1), -EINVAL,
	  LBVS_A_POOL_REALS },
	{ LBVS_CMD_REAL_GET, BYTES(LBVS_A_REAL_ADDR, 203, 0, 113, 11), -EINVAL,
	  LBVS_A_REAL_ADDR },
	{ LBVS_CMD_SERVICE_GET, U16(LBVS_A_SERVICE_PORT, 80), -EINVAL,
	  LBVS_A_SERVICE_PORT },
	{ LBVS_CMD_MEMBER_GET, U32(LBVS_A_MEMBER_STATE, 1), -EINVAL,
	  LBVS_A_MEMBER_STATE },
	{ LBVS_CMD_VERDICT_GET, U32(LBVS_A_VERDICT_STATE, 1), -EINVAL,
	  LBVS_A_VERDICT_STATE },
	{ LBVS_CMD_FLOW_GET, U32(LBVS_A_FLOW_STATE, 1), -EINVAL,
	  LBVS_A_FLOW_STATE },
	{ LBVS_CMD_EXPLAIN_GET, STRING(LBVS_A_EXPLAIN_POOL, "first"), -EINVAL,
	  LBVS_A_EXPLAIN_POOL },
	{ LBVS_CMD_EXPLAIN_GET, U32(LBVS_A_EXPLAIN_RULE, 1), -EINVAL,
	  LBVS_A_EXPLAIN_RULE },
	{ LBVS_CMD_EXPLAIN_GET, U32(LBVS_A_EXPLAIN_SLOT, 1), -EINVAL,
	  LBVS_A_EXPLAIN_SLOT },
	{ LBVS_CMD_AFFINITY_GET, U32(LBVS_A_AFFINITY_CLIENT_PREFIX, 24),
	  -EINVAL, LBVS_A_AFFINITY_CLIENT_PREFIX },
	{ LBVS_CMD_AFFINITY_DEL, U32(LBVS_A_AFFINITY_EXPIRES, 1), -EINVAL,
	  LBVS_A_AFFINITY_EXPIRES },
};

static const struct spoilt nests[] = {
	{ LBVS_CMD_POOL_NEW, NEST(LBVS_A_POOL_CHECK, INNER(2, "x")), -EINVAL,
	  LBVS_A_POOL_CHECK, 1, "Unknown attribute type" },
	{ LBVS_CMD_POOL_NEW,
	  NEST(LBVS_A_POOL_CHECK, INNER(1, "a"), INNER(1, "b"), INNER(1, "/")),
	  -EINVAL, LBVS_A_POOL_CHECK, 3,
	  "a name starts with a letter or a digit" },
	{ LBVS_CMD_POOL_NEW,
	  NEST(LBVS_A_POOL_CHECK, INNER(1, "a"), INNER(1, "b"), INNER(1, "a")),
	  -EINVAL, LBVS_A_POOL_CHECK, 3, "the check stands twice in the list" },
	{ LBVS_CMD_POOL_NEW,
	  { LBVS_A_POOL_CHECK, (const struct inner[]){ INNER(1, "a") },
	    sizeof(struct inner) },
	  -EINVAL,
	  LBVS_A_POOL_CHECK,
	  0,
	  "NLA_F_NESTED is missing" },
	{ LBVS_CMD_POOL_NEW,
	  { LBVS_A_POOL_NAME | NLA_F_NESTED, "a", 2 },
	  -EINVAL,
	  LBVS_A_POOL_NAME,
	  0,
	  "NLA_F_NESTED not expected" },
	{ LBVS_CMD_POOL_NEW,
	  { LBVS_A_POOL_CHECK | NLA_F_NESTED, "\1\2\3", 3 },
	  -ERANGE,
	  LBVS_A_POOL_CHECK },
	/* longer than what it lies in */
	{ LBVS_CMD_POOL_NEW,
	  NEST(LBVS_A_POOL_CHECK, { 64, LBVS_A_CHECK_NAME, "a" }), -EINVAL, -1,
	  0, "bytes leftover" },
	{ LBVS_CMD_POOL_NEW,
	  { LBVS_A_POOL_CHECK | NLA_F_NESTED, checks33, sizeof(checks33) },
	  -E2BIG,
	  LBVS_A_POOL_CHECK,
	  33,
	  "a list has at most 32 checks" },
	{ LBVS_CMD_SERVICE_SET,
	  NEST(LBVS_A_SERVICE_REQUIRE, INNER(1, "http"), INNER(1, "imap")),
	  -ENOENT, LBVS_A_SERVICE_REQUIRE, 2, "no check of this name" },
	{ LBVS_CMD_SERVICE_NEW,
	  NEST(LBVS_A_SERVICE_REQUIRE, INNER(1, "imap"), INNER(1, "http")),
	  -ENOENT, LBVS_A_SERVICE_REQUIRE, 1, "no check of this name" },
};

/* The right request, with one attribute replaced, added, or left out. */
static struct nl_msg *spoil(int cmd, const struct attr *with, int without)
{
	struct attr attrs[16];
	unsigned int n = 0;
	const struct attr *attr;

	for (attr = commands[cmd].attrs; attr->type; attr++) {
		int type = attr->type & NLA_TYPE_MASK;

		if (type == without ||
		    (with && type == (with->type & NLA_TYPE_MASK)))
			continue;
		attrs[n++] = *attr;
	}
	if (with)
		attrs[n++] = *with;
	attrs[n].type = 0;
	return make(cmd, attrs);
}

/* -1: where it points to does not matter. */
static bool judge(const struct spoilt *spoilt, const struct answer *answer)
{
	if (answer->error == spoilt->error &&
	    (spoilt->bad < 0 || (answer->bad == spoilt->bad &&
				 answer->bad_entry == spoilt->bad_entry)) &&
	    (!spoilt->sentence || strstr(answer->sentence, spoilt->sentence)))
		return true;
	printf("# %s with attribute %d: expected %s at %d.%d \"%s\", seen %s at %d.%d \"%s\"\n",
	       commands[spoilt->cmd].name, spoilt->with.type & NLA_TYPE_MASK,
	       strerror(-spoilt->error), spoilt->bad, spoilt->bad_entry,
	       spoilt->sentence ? spoilt->sentence : "",
	       strerror(-answer->error), answer->bad, answer->bad_entry,
	       answer->sentence);
	return false;
}

static void expect_refused(const struct spoilt *spoilt, size_t n)
{
	struct nl_sock *sock = given_web();
	uint32_t before = generation(sock);
	unsigned int wrong = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		struct answer answer =
			converse(sock, spoil(spoilt[i].cmd, &spoilt[i].with, 0),
				 NULL, NULL);

		wrong += !judge(&spoilt[i], &answer);
	}
	expect_equal(0, wrong);
	expect_equal(before, generation(sock));
}

/* What has to be so before a request can be obeyed. */
static void prepare(struct nl_sock *sock, int cmd)
{
	switch (cmd) {
	case LBVS_CMD_POOL_DEL:
		expect_done(sock, LBVS_CMD_SERVICE_DEL, service_name);
		break;
	case LBVS_CMD_CONFIG_COMMIT:
	case LBVS_CMD_CONFIG_ABORT:
		expect_done(sock, LBVS_CMD_CONFIG_BEGIN, nothing);
		break;
	case LBVS_CMD_AGENT_RENEW:
	case LBVS_CMD_AGENT_DEL:
		expect_done(sock, LBVS_CMD_AGENT_NEW, agent_new);
		break;
	default:
		break;
	}
}

/* Else the refusals below would prove nothing. */
static void a_request_that_is_right_is_obeyed(void)
{
	struct nl_sock *sock;
	int cmd;

	for (cmd = 1; cmd < __LBVS_CMD_MAX; cmd++) {
		if (!is_request(cmd))
			continue;
		sock = given_web();
		prepare(sock, cmd);
		expect_done(sock, cmd, commands[cmd].attrs);
		nl_socket_free(sock);
	}
}

static void attributes_of_another_length_are_refused(void)
{
	expect_refused(lengths, ARRAY_SIZE(lengths));
}

static void values_out_of_range_are_refused(void)
{
	expect_refused(ranges, ARRAY_SIZE(ranges));
}

static void attributes_that_can_only_be_read_are_refused(void)
{
	expect_refused(read_only, ARRAY_SIZE(read_only));
}

static void junk_in_nests_is_refused(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(checks33); i++) {
		checks33[i].length = sizeof(struct inner);
		checks33[i].type = LBVS_A_CHECK_NAME;
		snprintf(checks33[i].text, sizeof(checks33[i].text), "c%02u",
			 (unsigned int)i % 100);
	}
	expect_refused(nests, ARRAY_SIZE(nests));
}

static void unknown_attributes_are_refused_by_every_command(void)
{
	struct nl_sock *sock = given_web();
	unsigned int wrong = 0;
	int cmd;

	for (cmd = 1; cmd < __LBVS_CMD_MAX; cmd++) {
		struct attr with = U32(commands[cmd].max + 1, 1);
		struct spoilt spoilt = {
			.cmd = cmd,
			.with = with,
			.error = -EINVAL,
			.bad = with.type,
			.sentence = "ttribute",
		};
		struct answer answer;

		if (!is_request(cmd))
			continue;
		answer = converse(sock, spoil(cmd, &with, 0), NULL, NULL);
		wrong += !judge(&spoilt, &answer);
	}
	expect_equal(0, wrong);
}

static void bytes_behind_the_attributes_are_refused(void)
{
	struct nl_sock *sock = given_web();
	unsigned int wrong = 0;
	int cmd;

	for (cmd = 1; cmd < __LBVS_CMD_MAX; cmd++) {
		struct answer answer;
		struct nl_msg *msg;

		if (!is_request(cmd))
			continue;
		msg = make(cmd, commands[cmd].attrs);
		memset(nlmsg_tail(nlmsg_hdr(msg)), 0xff, 4);
		nlmsg_hdr(msg)->nlmsg_len += 3;
		answer = converse(sock, msg, NULL, NULL);
		if (answer.error == -EINVAL)
			continue;
		printf("# %s: expected a refusal, seen %s\n",
		       commands[cmd].name, strerror(-answer.error));
		wrong++;
	}
	expect_equal(0, wrong);
}

static void a_header_with_something_in_its_reserved_field_is_refused(void)
{
	struct nl_sock *sock = given_web();
	unsigned int wrong = 0;
	int cmd;

	for (cmd = 1; cmd < __LBVS_CMD_MAX; cmd++) {
		struct genlmsghdr *header;
		struct answer answer;
		struct nl_msg *msg;

		if (!is_request(cmd) || cmd == LBVS_CMD_CONFIG_DEL)
			continue;
		msg = make(cmd, commands[cmd].attrs);
		header = nlmsg_data(nlmsg_hdr(msg));
		header->reserved = 1;
		answer = converse(sock, msg, NULL, NULL);
		if (answer.error == -EINVAL)
			continue;
		printf("# %s: expected a refusal, seen %s\n",
		       commands[cmd].name, strerror(-answer.error));
		wrong++;
	}
	expect_equal(0, wrong);
}

static void what_is_missing_is_named(void)
{
	struct nl_sock *sock = given_web();
	unsigned int wrong = 0;
	int cmd, type;

	for (cmd = 1; cmd < __LBVS_CMD_MAX; cmd++) {
		const struct attr *attr;

		for (attr = commands[cmd].attrs; attr && attr->type; attr++) {
			struct answer answer;

			type = attr->type & NLA_TYPE_MASK;
			if (cmd == LBVS_CMD_POOL_NEW &&
			    type == LBVS_A_POOL_CHECK)
				continue;
			answer = converse(sock, spoil(cmd, NULL, type), NULL,
					  NULL);
			if (answer.error == -EINVAL && answer.missing == type)
				continue;
			/* The end of a dump has a sentence and no more. */
			if (answer.error == -EINVAL && commands[cmd].dump &&
			    strstr(answer.sentence, "is missing"))
				continue;
			printf("# %s without %d: seen %s, missing %d\n",
			       commands[cmd].name, type,
			       strerror(-answer.error), answer.missing);
			wrong++;
		}
	}
	expect_equal(0, wrong);
}

static void what_is_no_request_is_not_supported(void)
{
	static const int notifications[] = {
		LBVS_CMD_POOL_NTF,
		LBVS_CMD_REAL_NTF,
		LBVS_CMD_SERVICE_NTF,
		LBVS_CMD_MEMBER_NTF,
		LBVS_CMD_VERDICT_NTF,
		0,
		200,
	};
	struct nl_sock *sock = given_web();
	struct answer answer;
	struct nl_msg *msg;
	size_t i;
	int cmd;

	for (i = 0; i < ARRAY_SIZE(notifications); i++) {
		msg = make(LBVS_CMD_POOL_NEW, pool_new);
		((struct genlmsghdr *)nlmsg_data(nlmsg_hdr(msg)))->cmd =
			notifications[i];
		answer = converse(sock, msg, NULL, NULL);
		expect_equal(-EOPNOTSUPP, answer.error);
	}
	/* Those that dump do nothing else, and the other way round. */
	for (cmd = 1; cmd < __LBVS_CMD_MAX; cmd++) {
		if (!is_request(cmd))
			continue;
		msg = make(cmd, commands[cmd].attrs);
		nlmsg_hdr(msg)->nlmsg_flags ^= NLM_F_DUMP;
		answer = converse(sock, msg, NULL, NULL);
		if (answer.error != -EOPNOTSUPP)
			fail("%s: seen %s", commands[cmd].name,
			     strerror(-answer.error));
	}
}

static void a_prefix_goes_only_with_sources(void)
{
	const struct attr attrs[] = { STRING(LBVS_A_SERVICE_NAME, "www"),
				      U32(LBVS_A_SERVICE_HASH,
					  LBVS_HASH_5TUPLE),
				      U32(LBVS_A_SERVICE_HASH_PREFIX, 24),
				      { 0 } };
	struct nl_sock *sock = given_web();
	struct answer answer = request(sock, LBVS_CMD_SERVICE_SET, attrs);

	expect_equal(-EINVAL, answer.error);
	expect_equal(LBVS_A_SERVICE_HASH_PREFIX, answer.bad);
}

/* --- tests: generations -------------------------------------------------- */

static void a_stale_generation_is_refused_by_every_write(void)
{
	struct nl_sock *sock = given_web();
	uint32_t stale = generation(sock) - 1;
	const struct attr with = { LBVS_A_GENERATION, &stale, 4 };
	unsigned int wrong = 0;
	int cmd;

	for (cmd = 1; cmd < __LBVS_CMD_MAX; cmd++) {
		const struct spoilt spoilt = {
			.cmd = cmd,
			.with = with,
			.error = -ESTALE,
			.bad = LBVS_A_GENERATION,
			.sentence = "has changed",
		};
		struct answer answer;

		if (!commands[cmd].writes || cmd == LBVS_CMD_FLOW_DEL ||
		    cmd == LBVS_CMD_AFFINITY_DEL ||
		    cmd == LBVS_CMD_CONFIG_ABORT ||
		    (cmd >= LBVS_CMD_AGENT_NEW && cmd <= LBVS_CMD_AGENT_DEL))
			continue;
		if (cmd == LBVS_CMD_CONFIG_COMMIT)
			prepare(sock, cmd);
		answer = converse(sock, spoil(cmd, &with, 0), NULL, NULL);
		wrong += !judge(&spoilt, &answer);
	}
	expect_equal(0, wrong);
	expect_equal(stale + 1, generation(sock));
}

static void the_right_generation_is_accepted_once(void)
{
	struct nl_sock *sock = given_web();
	uint32_t seen = generation(sock);
	const struct attr attrs[] = { { LBVS_A_POOL_GENERATION, &seen, 4 },
				      STRING(LBVS_A_POOL_NAME, "first"),
				      { 0 } };
	const struct attr again[] = { { LBVS_A_POOL_GENERATION, &seen, 4 },
				      STRING(LBVS_A_POOL_NAME, "second"),
				      { 0 } };

	expect_done(sock, LBVS_CMD_POOL_NEW, attrs);
	expect_equal(seen + 1, generation(sock));
	expect_error(-ESTALE, sock, LBVS_CMD_POOL_NEW, again);
	expect_equal(seen + 1, generation(sock));
}

static void a_write_that_changes_nothing_keeps_the_generation(void)
{
	const struct attr weight[] = { STRING(LBVS_A_REAL_POOL, "web"),
				       STRING(LBVS_A_REAL_NAME, "r1"),
				       U32(LBVS_A_REAL_WEIGHT, 1),
				       { 0 } };
	const struct attr checks[] = { STRING(LBVS_A_POOL_NAME, "web"),
				       NEST(LBVS_A_POOL_CHECK,
					    INNER(LBVS_A_CHECK_NAME, "http")),
				       { 0 } };
	const struct attr sched[] = { STRING(LBVS_A_SERVICE_NAME, "www"),
				      U32(LBVS_A_SERVICE_SCHED, LBVS_SCHED_RR),
				      { 0 } };
	struct nl_sock *sock = given_web();
	uint32_t before;

	expect_done(sock, LBVS_CMD_VERDICT_SET, verdict_set);
	before = generation(sock);
	expect_done(sock, LBVS_CMD_VERDICT_SET, verdict_set);
	expect_equal(before, generation(sock));
	expect_done(sock, LBVS_CMD_FLOW_DEL, nothing);
	expect_equal(before, generation(sock));
	expect_done(sock, LBVS_CMD_REAL_SET, weight);
	expect_equal(before, generation(sock));
	expect_done(sock, LBVS_CMD_POOL_SET, checks);
	expect_equal(before, generation(sock));
	expect_done(sock, LBVS_CMD_SERVICE_SET, sched);
	expect_equal(before, generation(sock));
}

static void expect_generation(const struct nlmsghdr *hdr, void *arg)
{
	const struct nlattr *attr = attr_of(hdr, LBVS_A_GENERATION);

	expect(attr);
	expect_equal(*(uint32_t *)arg, nla_get_u32(attr));
}

static void every_answer_has_the_generation(void)
{
	struct nl_sock *sock = given_web();
	uint32_t now = generation(sock);
	struct answer answer;
	int cmd;

	for (cmd = 1; cmd < __LBVS_CMD_MAX; cmd++) {
		if (!commands[cmd].dump && cmd != LBVS_CMD_STATS_GET &&
		    cmd != LBVS_CMD_FLOW_DEL && cmd != LBVS_CMD_AFFINITY_DEL)
			continue;
		answer = converse(sock, make(cmd, commands[cmd].attrs),
				  expect_generation, &now);
		expect_equal(0, answer.error);
		if (cmd != LBVS_CMD_FLOW_GET && cmd != LBVS_CMD_AGENT_GET &&
		    cmd != LBVS_CMD_AFFINITY_GET)
			expect(answer.objects > 0);
	}
}

/* Whoever watches reals writes all the time, and is in nobody's way. */
static void a_verdict_makes_no_generation_stale(void)
{
	struct nl_sock *sock = given_web();
	uint32_t seen = generation(sock);
	const struct attr attrs[] = { { LBVS_A_POOL_GENERATION, &seen, 4 },
				      STRING(LBVS_A_POOL_NAME, "first"),
				      { 0 } };
	const struct attr again[] = { { LBVS_A_POOL_GENERATION, &seen, 4 },
				      STRING(LBVS_A_POOL_NAME, "second"),
				      { 0 } };

	expect_done(sock, LBVS_CMD_VERDICT_SET, verdict_set);
	expect_equal(seen + 1, generation(sock));
	expect_done(sock, LBVS_CMD_POOL_NEW, attrs);
	expect_error(-ESTALE, sock, LBVS_CMD_POOL_NEW, again);
	seen += 3;
	expect_error(-ESTALE, sock, LBVS_CMD_POOL_NEW, again);
}

/* --- tests: transactions ------------------------------------------------- */

static const struct attr pool_two[] = { STRING(LBVS_A_POOL_NAME, "two"),
					{ 0 } };

static unsigned int count_dump(struct nl_sock *sock, int cmd,
			       const struct attr *attrs);

static struct nl_sock *begun(void)
{
	struct nl_sock *sock = open_socket();

	expect_done(sock, LBVS_CMD_CONFIG_BEGIN, nothing);
	return sock;
}

static void what_is_staged_is_in_force_after_the_commit_and_not_before(void)
{
	struct nl_sock *other = given_web(), *sock;
	uint32_t before = generation(other);
	struct answer answer;

	sock = open_socket();
	answer = request(sock, LBVS_CMD_CONFIG_BEGIN, nothing);
	expect_equal(0, answer.error);
	expect_equal(before, nla_get_u32(attr_of(answer.reply,
						 LBVS_A_STATS_GENERATION)));
	expect_done(sock, LBVS_CMD_POOL_NEW, pool_new);
	expect_done(sock, LBVS_CMD_POOL_NEW, pool_two);
	expect_error(-EEXIST, sock, LBVS_CMD_POOL_NEW, pool_two);
	expect_done(sock, LBVS_CMD_SERVICE_DEL, service_name);
	expect_equal(before, generation(other));
	expect_equal(1, count_dump(other, LBVS_CMD_POOL_GET, nothing));
	/* Its own dumps show what is in force, too. */
	expect_equal(1, count_dump(sock, LBVS_CMD_POOL_GET, nothing));
	answer = request(sock, LBVS_CMD_CONFIG_COMMIT, nothing);
	expect_equal(0, answer.error);
	expect_equal(before + 1, nla_get_u32(attr_of(answer.reply,
						     LBVS_A_STATS_GENERATION)));
	expect_equal(before + 1, generation(other));
	expect_equal(3, count_dump(other, LBVS_CMD_POOL_GET, nothing));
	expect_equal(0, count_dump(other, LBVS_CMD_SERVICE_GET, nothing));
	/* From now on each write is on its own again. */
	expect_error(-ENOENT, sock, LBVS_CMD_CONFIG_COMMIT, nothing);
	expect_done(sock, LBVS_CMD_POOL_DEL, pool_two);
	expect_equal(before + 2, generation(other));
}

static void a_commit_of_nothing_changes_nothing(void)
{
	struct nl_sock *other = given_web(), *sock = begun();
	uint32_t before = generation(other);

	expect_done(sock, LBVS_CMD_CONFIG_COMMIT, nothing);
	expect_equal(before, generation(other));
}

/* What was removed one by one is not brought back by a flush of nothing. */
static void removing_all_that_is_left_keeps_what_was_done(void)
{
	struct nl_sock *other = given_web(), *sock = begun();

	expect_done(sock, LBVS_CMD_SERVICE_DEL, service_name);
	expect_done(sock, LBVS_CMD_POOL_DEL, pool_name);
	expect_done(sock, LBVS_CMD_CONFIG_DEL, nothing);
	expect_done(sock, LBVS_CMD_CONFIG_COMMIT, nothing);
	expect_equal(0, count_dump(other, LBVS_CMD_POOL_GET, nothing));
}

static void an_abort_forgets_what_is_staged(void)
{
	struct nl_sock *other = given_web(), *sock = begun();
	uint32_t before = generation(other);

	expect_done(sock, LBVS_CMD_CONFIG_DEL, nothing);
	expect_done(sock, LBVS_CMD_POOL_NEW, pool_name);
	expect_done(sock, LBVS_CMD_CONFIG_ABORT, nothing);
	expect_error(-ENOENT, sock, LBVS_CMD_CONFIG_ABORT, nothing);
	expect_error(-ENOENT, sock, LBVS_CMD_CONFIG_COMMIT, nothing);
	expect_equal(before, generation(other));
	expect_equal(1, count_dump(other, LBVS_CMD_SERVICE_GET, nothing));
}

static void closing_the_socket_aborts(void)
{
	struct nl_sock *other = given_web(), *sock;
	uint32_t before = generation(other);
	int i;

	/* More often than there may be transactions. */
	for (i = 0; i < 3 * LBVS_TRANSACTIONS_MAX; i++) {
		sock = begun();
		expect_done(sock, LBVS_CMD_POOL_NEW, pool_two);
		nl_socket_free(sock);
	}
	expect_equal(before, generation(other));
	expect_equal(1, count_dump(other, LBVS_CMD_POOL_GET, nothing));
}

static void few_transactions_are_open_at_once(void)
{
	struct nl_sock *sock = given_web(), *open[LBVS_TRANSACTIONS_MAX];
	int i;

	for (i = 0; i < LBVS_TRANSACTIONS_MAX; i++)
		open[i] = begun();
	expect_error(-EBUSY, open[0], LBVS_CMD_CONFIG_BEGIN, nothing);
	expect_error(-ENOSPC, sock, LBVS_CMD_CONFIG_BEGIN, nothing);
	nl_socket_free(open[1]);
	expect_done(sock, LBVS_CMD_CONFIG_BEGIN, nothing);
}

static void a_commit_after_somebody_elses_change_is_refused(void)
{
	struct nl_sock *other = given_web(), *sock = begun();
	struct answer answer;
	uint32_t before;

	expect_done(sock, LBVS_CMD_POOL_NEW, pool_two);
	expect_done(other, LBVS_CMD_POOL_NEW, pool_new);
	before = generation(other);
	answer = request(sock, LBVS_CMD_CONFIG_COMMIT, nothing);
	expect_equal(-ESTALE, answer.error);
	expect(strstr(answer.sentence, "someone else has changed"));
	expect_equal(0, answer.bad);
	expect_equal(before, generation(other));
	expect_equal(2, count_dump(other, LBVS_CMD_POOL_GET, nothing));
	expect_error(-ENOENT, sock, LBVS_CMD_CONFIG_ABORT, nothing);
}

static uint32_t state_of(struct nl_sock *sock, const struct attr *filter)
{
	struct answer answer = request(sock, LBVS_CMD_VERDICT_GET, filter);

	expect_equal(0, answer.error);
	expect(answer.objects > 0);
	return nla_get_u32(attr_of(answer.reply, LBVS_A_VERDICT_STATE));
}

/* It may come to a real that is changed, or to one that is left alone. */
static void a_verdict_that_comes_meanwhile_is_kept(void)
{
	const struct attr heavy[] = { STRING(LBVS_A_REAL_POOL, "web"),
				      STRING(LBVS_A_REAL_NAME, "r1"),
				      U32(LBVS_A_REAL_WEIGHT, 7),
				      { 0 } };
	const struct attr checks[] = { STRING(LBVS_A_POOL_NAME, "web"),
				       NEST(LBVS_A_POOL_CHECK,
					    INNER(LBVS_A_CHECK_NAME, "new"),
					    INNER(LBVS_A_CHECK_NAME, "http")),
				       { 0 } };
	const struct attr check_down[] = { STRING(LBVS_A_VERDICT_POOL, "web"),
					   STRING(LBVS_A_VERDICT_REAL, "r1"),
					   STRING(LBVS_A_VERDICT_CHECK, "http"),
					   U32(LBVS_A_VERDICT_STATE,
					       LBVS_VERDICT_STATE_DOWN),
					   { 0 } };
	const struct attr http[] = { STRING(LBVS_A_VERDICT_POOL, "web"),
				     STRING(LBVS_A_VERDICT_REAL, "r1"),
				     STRING(LBVS_A_VERDICT_CHECK, "http"),
				     { 0 } };
	const struct attr fresh[] = { STRING(LBVS_A_VERDICT_POOL, "web"),
				      STRING(LBVS_A_VERDICT_REAL, "r1"),
				      STRING(LBVS_A_VERDICT_CHECK, "new"),
				      { 0 } };
	struct nl_sock *other = given_web(), *sock = begun();
	struct answer answer;

	expect_done(sock, LBVS_CMD_REAL_NEW, real_new);
	expect_done(sock, LBVS_CMD_REAL_SET, heavy);
	expect_done(sock, LBVS_CMD_POOL_SET, checks);
	expect_done(other, LBVS_CMD_VERDICT_SET, check_down);
	/* Verdicts are no part of it, whoever sets them. */
	expect_done(sock, LBVS_CMD_VERDICT_SET, verdict_set);
	expect_equal(LBVS_VERDICT_STATE_DOWN, state_of(other, http));
	expect_done(sock, LBVS_CMD_CONFIG_COMMIT, nothing);
	expect_equal(LBVS_VERDICT_STATE_DOWN, state_of(other, http));
	expect_equal(LBVS_VERDICT_STATE_UNKNOWN, state_of(other, fresh));
	answer = request(other, LBVS_CMD_REAL_GET, real_name);
	expect_equal(7, nla_get_u32(attr_of(answer.reply, LBVS_A_REAL_WEIGHT)));
	expect_equal(LBVS_VERDICT_STATE_DOWN,
		     nla_get_u32(attr_of(answer.reply, LBVS_A_REAL_VERDICT)));

	sock = begun();
	expect_done(sock, LBVS_CMD_POOL_NEW, pool_two);
	expect_done(other, LBVS_CMD_VERDICT_DEL, http);
	expect_done(sock, LBVS_CMD_CONFIG_COMMIT, nothing);
	expect_equal(LBVS_VERDICT_STATE_UNKNOWN, state_of(other, http));
	answer = request(other, LBVS_CMD_SERVICE_GET, service_name);
	expect_equal(
		2, nla_get_u32(attr_of(answer.reply, LBVS_A_SERVICE_MEMBERS)));
	expect_equal(1,
		     nla_get_u32(attr_of(answer.reply, LBVS_A_SERVICE_USABLE)));
}

#define DRAIN(...)                                                             \
	{                                                                      \
		STRING(LBVS_A_REAL_POOL, "web"),                               \
			STRING(LBVS_A_REAL_NAME, "r1"),                        \
			U32(LBVS_A_REAL_ADMIN, LBVS_ADMIN_DRAIN), __VA_ARGS__, \
		{                                                              \
			0                                                      \
		}                                                              \
	}

/* What is left of the deadline, or -1 without one. */
static int64_t deadline_left(struct nl_sock *sock)
{
	struct answer answer = request(sock, LBVS_CMD_REAL_GET, nothing);
	const struct nlattr *attr;

	expect_equal(0, answer.error);
	expect_equal(1, answer.objects);
	attr = attr_of(answer.reply, LBVS_A_REAL_DEADLINE);
	return attr ? (int64_t)nla_get_u32(attr) : -1;
}

static void a_deadline_counts_from_the_commit(void)
{
	const struct attr drain[] = DRAIN(U32(LBVS_A_REAL_DEADLINE, 60000));
	struct nl_sock *other = given_web(), *sock = begun();

	expect_done(sock, LBVS_CMD_REAL_SET, drain);
	expect_equal(-1, deadline_left(other));
	sleep(2);
	expect_done(sock, LBVS_CMD_CONFIG_COMMIT, nothing);
	/* A machine that is slow may need a second for it. */
	expect(deadline_left(other) > 59000);
	expect(deadline_left(other) <= 60000);
}

/* The transaction has the drain as it was, or another one. */
static void a_commit_keeps_or_replaces_a_deadline(void)
{
	const struct attr heavy[] = { STRING(LBVS_A_REAL_POOL, "web"),
				      STRING(LBVS_A_REAL_NAME, "r1"),
				      U32(LBVS_A_REAL_WEIGHT, 7),
				      { 0 } };
	const struct attr drain[] = DRAIN(U32(LBVS_A_REAL_DEADLINE, 60000));
	const struct attr checks[] = { STRING(LBVS_A_POOL_NAME, "web"),
				       NEST(LBVS_A_POOL_CHECK,
					    INNER(LBVS_A_CHECK_NAME, "new"),
					    INNER(LBVS_A_CHECK_NAME, "http")),
				       { 0 } };
	const struct attr longer[] = DRAIN(U32(LBVS_A_REAL_DEADLINE, 3600000));
	struct nl_sock *other = given_web(), *sock;

	expect_done(other, LBVS_CMD_REAL_SET, drain);
	sock = begun();
	expect_done(sock, LBVS_CMD_REAL_SET, heavy);
	expect_done(other, LBVS_CMD_VERDICT_SET, verdict_set);
	expect_done(sock, LBVS_CMD_CONFIG_COMMIT, nothing);
	expect(deadline_left(other) > 0 && deadline_left(other) <= 60000);
	/* It gets another place for what it knows of its checks. */
	expect_done(other, LBVS_CMD_POOL_SET, checks);
	expect(deadline_left(other) > 0 && deadline_left(other) <= 60000);
	expect_done(sock, LBVS_CMD_CONFIG_BEGIN, nothing);
	expect_done(sock, LBVS_CMD_REAL_SET, longer);
	expect_done(other, LBVS_CMD_VERDICT_DEL, verdict_name);
	expect_done(sock, LBVS_CMD_CONFIG_COMMIT, nothing);
	expect(deadline_left(other) > 60000);
}

static void an_abort_forgets_a_deadline(void)
{
	const struct attr drain[] = DRAIN(U32(LBVS_A_REAL_DEADLINE, 60000));
	struct nl_sock *other = given_web(), *sock = begun();

	expect_done(sock, LBVS_CMD_REAL_SET, drain);
	expect_done(sock, LBVS_CMD_REAL_SET, drain);
	expect_done(sock, LBVS_CMD_CONFIG_ABORT, nothing);
	expect_equal(-1, deadline_left(other));
}

/* Only together they make no sense; the first name is not the last request. */
static void a_commit_that_makes_no_sense_names_the_request(void)
{
	const struct attr clash[] = { STRING(LBVS_A_SERVICE_NAME, "aaa"),
				      U8(LBVS_A_SERVICE_PROTO, IPPROTO_TCP),
				      BYTES(LBVS_A_SERVICE_ADDR, 198, 51, 100,
					    9),
				      U16(LBVS_A_SERVICE_PORT, 80),
				      STRING(LBVS_A_SERVICE_POOL, "web"),
				      { 0 } };
	struct nl_sock *other = given_web(), *sock = begun();
	uint32_t before = generation(other), blamed;
	struct answer answer;
	struct nl_msg *msg;

	expect_done(sock, LBVS_CMD_SERVICE_NEW, service_new);
	msg = make(LBVS_CMD_SERVICE_NEW, clash);
	nl_complete_msg(sock, msg);
	blamed = nlmsg_hdr(msg)->nlmsg_seq;
	expect_equal(0, converse(sock, msg, NULL, NULL).error);
	expect_done(sock, LBVS_CMD_POOL_NEW, pool_two);
	answer = request(sock, LBVS_CMD_CONFIG_COMMIT, nothing);
	expect_equal(-EEXIST, answer.error);
	expect(strstr(answer.sentence, "protocol, address and port"));
	expect_equal(blamed, answer.blamed);
	expect_equal(0, answer.bad);
	expect_equal(before, generation(other));
	expect_equal(1, count_dump(other, LBVS_CMD_SERVICE_GET, nothing));
}

/* In between they would clash. */
static void services_can_swap_their_ports(void)
{
	const struct attr port80[] = { STRING(LBVS_A_SERVICE_NAME, "new"),
				       BYTES(LBVS_A_SERVICE_PORT, 80, 0),
				       { 0 } };
	const struct attr port81[] = { STRING(LBVS_A_SERVICE_NAME, "www"),
				       BYTES(LBVS_A_SERVICE_PORT, 81, 0),
				       { 0 } };
	const struct attr second[] = { STRING(LBVS_A_SERVICE_NAME, "new"),
				       U8(LBVS_A_SERVICE_PROTO, IPPROTO_TCP),
				       BYTES(LBVS_A_SERVICE_ADDR, 198, 51, 100,
					     1),
				       U16(LBVS_A_SERVICE_PORT, 81),
				       STRING(LBVS_A_SERVICE_POOL, "web"),
				       { 0 } };
	struct nl_sock *other = given_web(), *sock;

	expect_done(other, LBVS_CMD_SERVICE_NEW, second);
	expect_error(-EEXIST, other, LBVS_CMD_SERVICE_SET, port80);
	sock = begun();
	expect_done(sock, LBVS_CMD_SERVICE_SET, port80);
	expect_done(sock, LBVS_CMD_SERVICE_SET, port81);
	expect_done(sock, LBVS_CMD_CONFIG_COMMIT, nothing);
}

static void a_network_namespace_can_go_with_an_open_transaction(void)
{
	int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct nl_sock *sock;

	expect(here >= 0);
	given_web();
	sock = begun();
	expect_done(sock, LBVS_CMD_SERVICE_NEW, service_new);
	expect_done(sock, LBVS_CMD_POOL_NEW, pool_two);
	/* With the last sockets the namespace goes. */
	expect_equal(0, setns(here, CLONE_NEWNET));
	nl_socket_free(sock);
}

/* --- tests: agents and leases -------------------------------------------- */

static uint32_t register_agent(struct nl_sock *sock, uint32_t lease,
			       uint32_t grace, uint32_t on_expiry)
{
	const struct attr attrs[] = { STRING(LBVS_A_AGENT_NAME, "a"),
				      { LBVS_A_AGENT_LEASE, &lease, 4 },
				      { LBVS_A_AGENT_GRACE, &grace, 4 },
				      { LBVS_A_AGENT_ON_EXPIRY, &on_expiry, 4 },
				      { 0 } };
	struct answer answer = request(sock, LBVS_CMD_AGENT_NEW, attrs);

	expect_equal(0, answer.error);
	return nla_get_u32(attr_of(answer.reply, LBVS_A_AGENT_EPOCH));
}

static struct answer renew(struct nl_sock *sock, uint32_t epoch)
{
	const struct attr attrs[] = { STRING(LBVS_A_AGENT_NAME, "a"),
				      { LBVS_A_AGENT_EPOCH, &epoch, 4 },
				      { 0 } };

	return request(sock, LBVS_CMD_AGENT_RENEW, attrs);
}

static struct answer leave(struct nl_sock *sock, uint32_t epoch)
{
	const struct attr attrs[] = { STRING(LBVS_A_AGENT_NAME, "a"),
				      { LBVS_A_AGENT_EPOCH, &epoch, 4 },
				      { 0 } };

	return request(sock, LBVS_CMD_AGENT_DEL, attrs);
}

/* Of the whole real r1. */
static struct answer say(struct nl_sock *sock, uint32_t epoch, uint32_t state)
{
	const struct attr attrs[] = { STRING(LBVS_A_VERDICT_POOL, "web"),
				      STRING(LBVS_A_VERDICT_REAL, "r1"),
				      { LBVS_A_VERDICT_STATE, &state, 4 },
				      STRING(LBVS_A_VERDICT_AGENT, "a"),
				      { LBVS_A_VERDICT_EPOCH, &epoch, 4 },
				      { 0 } };

	return request(sock, LBVS_CMD_VERDICT_SET, attrs);
}

struct told {
	uint32_t state;
	bool owned;
	bool stale;
	bool leased;
	uint32_t share;
};

/* The dump has the whole real first. */
static void read_told(const struct nlmsghdr *hdr, void *arg)
{
	struct told *told = arg;

	if (attr_of(hdr, LBVS_A_VERDICT_CHECK))
		return;
	told->state = nla_get_u32(attr_of(hdr, LBVS_A_VERDICT_STATE));
	told->share = nla_get_u32(attr_of(hdr, LBVS_A_VERDICT_SHARE));
	told->owned = attr_of(hdr, LBVS_A_VERDICT_AGENT);
	told->stale = attr_of(hdr, LBVS_A_VERDICT_STALE);
	told->leased = attr_of(hdr, LBVS_A_VERDICT_LEASE_LEFT);
}

static struct told told_of(struct nl_sock *sock)
{
	struct told told = { 0 };

	expect_equal(0, converse(sock, make(LBVS_CMD_VERDICT_GET, verdict_name),
				 read_told, &told)
				.error);
	return told;
}

/* State of the agent, or 0 when there is none. */
static uint32_t agent_state(struct nl_sock *sock, uint32_t *left)
{
	struct answer answer = request(sock, LBVS_CMD_AGENT_GET, agent_name);

	expect_equal(0, answer.error);
	if (!answer.objects)
		return 0;
	*left = nla_get_u32(attr_of(answer.reply, LBVS_A_AGENT_LEFT));
	return nla_get_u32(attr_of(answer.reply, LBVS_A_AGENT_STATE));
}

/* Polls; a second more than the lease is long enough for any machine. */
static uint32_t await_expiry(struct nl_sock *sock, unsigned int ms)
{
	uint32_t state, left = 0;
	unsigned int waited;

	for (waited = 0; waited < ms + 5000; waited += 50) {
		state = agent_state(sock, &left);
		if (state != LBVS_AGENT_STATE_ACTIVE &&
		    state != LBVS_AGENT_STATE_GRACE)
			return waited;
		usleep(50000);
	}
	fail("the lease did not run out");
}

static void expect_after_expiry(uint32_t on_expiry, uint32_t said,
				uint32_t then)
{
	struct nl_sock *sock = given_web();
	struct answer answer;
	struct told told;
	uint32_t epoch;

	epoch = register_agent(sock, 1000, 0, on_expiry);
	expect_equal(0, say(sock, epoch, said).error);
	told = told_of(sock);
	expect_equal(said, told.state);
	expect(told.owned && told.leased && !told.stale);
	await_expiry(sock, 1000);
	told = told_of(sock);
	expect_equal(then, told.state);
	expect(told.owned && told.stale && !told.leased);
	/* It has to begin anew, and its word of before counts again. */
	answer = renew(sock, epoch);
	expect_equal(-ESTALE, answer.error);
	expect(strstr(answer.sentence, "the lease has run out"));
	expect_equal(-ESTALE, say(sock, epoch, said).error);
	epoch = register_agent(sock, 60000, 0, on_expiry);
	expect(told_of(sock).stale);
	expect_equal(0, say(sock, epoch, said).error);
	told = told_of(sock);
	expect_equal(said, told.state);
	expect(!told.stale);
}

static void a_lease_that_runs_out_holds_the_verdicts(void)
{
	expect_after_expiry(LBVS_ON_EXPIRY_HOLD, LBVS_VERDICT_STATE_DOWN,
			    LBVS_VERDICT_STATE_DOWN);
}

static void a_lease_that_runs_out_can_mean_up(void)
{
	expect_after_expiry(LBVS_ON_EXPIRY_UP, LBVS_VERDICT_STATE_DOWN,
			    LBVS_VERDICT_STATE_UP);
}

static void a_lease_that_runs_out_can_mean_down(void)
{
	expect_after_expiry(LBVS_ON_EXPIRY_DOWN, LBVS_VERDICT_STATE_UP,
			    LBVS_VERDICT_STATE_DOWN);
}

static void a_lease_that_is_renewed_does_not_run_out(void)
{
	struct nl_sock *sock = given_web();
	uint32_t epoch = register_agent(sock, 4000, 0, LBVS_ON_EXPIRY_UP);
	uint32_t before, left = 0;
	int i;

	expect_equal(0, say(sock, epoch, LBVS_VERDICT_STATE_DOWN).error);
	before = generation(sock);
	for (i = 0; i < 10; i++) {
		usleep(500000);
		expect_equal(0, renew(sock, epoch).error);
	}
	expect_equal(LBVS_AGENT_STATE_ACTIVE, agent_state(sock, &left));
	expect(left > 0 && left <= 4010);
	expect_equal(LBVS_VERDICT_STATE_DOWN, told_of(sock).state);
	expect(!told_of(sock).stale);
	expect_equal(before, generation(sock));
}

static void a_closed_socket_leaves_the_grace_and_no_more(void)
{
	struct nl_sock *sock = given_web(), *agent = open_socket();
	uint32_t epoch =
		register_agent(agent, 600000, 1500, LBVS_ON_EXPIRY_HOLD);
	uint32_t left = 0;

	expect_equal(0, say(agent, epoch, LBVS_VERDICT_STATE_DOWN).error);
	nl_socket_free(agent);
	expect_equal(LBVS_AGENT_STATE_GRACE, agent_state(sock, &left));
	expect(left <= 1510);
	/* It comes back by another socket. */
	agent = open_socket();
	expect_equal(0, renew(agent, epoch).error);
	expect_equal(LBVS_AGENT_STATE_ACTIVE, agent_state(sock, &left));
	expect(left > 100000);
	nl_socket_free(agent);
	await_expiry(sock, 1500);
	expect(told_of(sock).stale);
}

/* Nobody else's socket matters, the one of before neither. */
static void only_the_last_socket_of_an_agent_counts(void)
{
	struct nl_sock *sock = given_web(), *first = open_socket();
	struct nl_sock *second = open_socket();
	uint32_t epoch = register_agent(first, 600000, 0, LBVS_ON_EXPIRY_HOLD);
	uint32_t left = 0;

	expect_equal(0, say(first, epoch, LBVS_VERDICT_STATE_DOWN).error);
	expect_equal(0, renew(second, epoch).error);
	nl_socket_free(first);
	expect_equal(LBVS_AGENT_STATE_ACTIVE, agent_state(sock, &left));
	nl_socket_free(second);
	await_expiry(sock, 0);
	expect(told_of(sock).stale);
}

static void a_stale_twin_is_refused(void)
{
	struct nl_sock *sock = given_web(), *twin = open_socket();
	uint32_t old, new, left = 0;
	struct answer answer;

	old = register_agent(sock, 60000, 0, LBVS_ON_EXPIRY_HOLD);
	expect_equal(0, say(sock, old, LBVS_VERDICT_STATE_DOWN).error);
	new = register_agent(twin, 60000, 0, LBVS_ON_EXPIRY_HOLD);
	expect(new > old);
	/* What was said under the name is the twin's now. */
	expect_equal(LBVS_VERDICT_STATE_DOWN, told_of(sock).state);
	answer = say(sock, old, LBVS_VERDICT_STATE_UP);
	expect_equal(-ESTALE, answer.error);
	expect_equal(LBVS_A_VERDICT_EPOCH, answer.bad);
	expect(strstr(answer.sentence, "another agent has taken over"));
	expect_equal(-ESTALE, renew(sock, old).error);
	expect_equal(-ESTALE, leave(sock, old).error);
	nl_socket_free(sock);
	expect_equal(LBVS_AGENT_STATE_ACTIVE, agent_state(twin, &left));
	expect_equal(0, say(twin, new, LBVS_VERDICT_STATE_UP).error);
}

static void who_leaves_in_good_order_gives_a_successor_time(void)
{
	struct nl_sock *sock = given_web(), *agent = open_socket();
	uint32_t epoch = register_agent(agent, 20000, 0, LBVS_ON_EXPIRY_UP);
	uint32_t left = 0;

	expect_equal(0, say(agent, epoch, LBVS_VERDICT_STATE_DOWN).error);
	expect_equal(0, leave(agent, epoch).error);
	nl_socket_free(agent);
	expect_equal(LBVS_AGENT_STATE_GRACE, agent_state(sock, &left));
	expect(left > 500);
	expect_equal(LBVS_VERDICT_STATE_DOWN, told_of(sock).state);
	epoch = register_agent(sock, 1000, 0, LBVS_ON_EXPIRY_UP);
	expect_equal(LBVS_VERDICT_STATE_DOWN, told_of(sock).state);
	expect(!told_of(sock).stale);
	expect_equal(0, leave(sock, epoch).error);
	await_expiry(sock, 1000);
	expect_equal(LBVS_VERDICT_STATE_UP, told_of(sock).state);
}

static void a_person_removes_an_agent_with_its_verdicts(void)
{
	struct nl_sock *sock = given_web();
	uint32_t epoch = register_agent(sock, 60000, 0, LBVS_ON_EXPIRY_HOLD);
	uint32_t left = 0;

	expect_equal(0, say(sock, epoch, LBVS_VERDICT_STATE_DOWN).error);
	expect_done(sock, LBVS_CMD_AGENT_DEL, agent_name);
	expect_equal(0, agent_state(sock, &left));
	expect_equal(LBVS_VERDICT_STATE_UNKNOWN, told_of(sock).state);
	expect_error(-ENOENT, sock, LBVS_CMD_AGENT_DEL, agent_name);
	expect_equal(-ENOENT, renew(sock, epoch).error);
	/* An epoch does not come again. */
	expect(register_agent(sock, 60000, 0, LBVS_ON_EXPIRY_HOLD) > epoch);
}

static void the_last_one_to_set_a_verdict_owns_it(void)
{
	struct nl_sock *sock = given_web();
	uint32_t epoch = register_agent(sock, 1000, 0, LBVS_ON_EXPIRY_UP);

	expect_equal(0, say(sock, epoch, LBVS_VERDICT_STATE_DOWN).error);
	expect(told_of(sock).owned);
	expect_done(sock, LBVS_CMD_VERDICT_SET, verdict_set);
	expect(!told_of(sock).owned);
	/* A person's word has no lease, and nobody is left to show. */
	await_expiry(sock, 1000);
	expect_equal(LBVS_VERDICT_STATE_DOWN, told_of(sock).state);
	expect_equal(0, count_dump(sock, LBVS_CMD_AGENT_GET, nothing));
}

static void agents_are_few(void)
{
	struct nl_sock *sock = given_web(), *crowd = open_socket();
	char name[8];
	struct attr attrs[] = { { LBVS_A_AGENT_NAME, name, 0 },
				U32(LBVS_A_AGENT_LEASE, 600000),
				U32(LBVS_A_AGENT_GRACE, 0),
				{ 0 } };
	unsigned int i, waited;

	for (i = 0; i < LBVS_AGENTS_MAX; i++) {
		attrs[0].length = snprintf(name, sizeof(name), "n%u", i) + 1;
		expect_done(crowd, LBVS_CMD_AGENT_NEW, attrs);
	}
	expect_error(-ENOSPC, sock, LBVS_CMD_AGENT_NEW, agent_new);
	/* Those who said nothing leave nothing. */
	nl_socket_free(crowd);
	for (waited = 0; waited < 100; waited++) {
		if (!count_dump(sock, LBVS_CMD_AGENT_GET, nothing))
			break;
		usleep(50000);
	}
	expect_done(sock, LBVS_CMD_AGENT_NEW, agent_new);
}

static void initial_down_waits_for_a_verdict(void)
{
	const struct attr wary[] = { STRING(LBVS_A_SERVICE_NAME, "www"),
				     U32(LBVS_A_SERVICE_INITIAL,
					 LBVS_INITIAL_DOWN),
				     { 0 } };
	const struct attr require[] = { STRING(LBVS_A_SERVICE_NAME, "www"),
					NEST(LBVS_A_SERVICE_REQUIRE,
					     INNER(LBVS_A_CHECK_NAME, "http")),
					{ 0 } };
	const struct attr check_up[] = { STRING(LBVS_A_VERDICT_POOL, "web"),
					 STRING(LBVS_A_VERDICT_REAL, "r1"),
					 STRING(LBVS_A_VERDICT_CHECK, "http"),
					 U32(LBVS_A_VERDICT_STATE,
					     LBVS_VERDICT_STATE_UP),
					 { 0 } };
	const struct attr up[] = { STRING(LBVS_A_VERDICT_POOL, "web"),
				   STRING(LBVS_A_VERDICT_REAL, "r1"),
				   U32(LBVS_A_VERDICT_STATE,
				       LBVS_VERDICT_STATE_UP),
				   U32(LBVS_A_VERDICT_SHARE, 30),
				   { 0 } };
	struct nl_sock *sock = given_web();
	struct answer answer;

#define expect_member(expected)                                                \
	do {                                                                   \
		answer = request(sock, LBVS_CMD_MEMBER_GET, nothing);          \
		expect_equal(expected,                                         \
			     nla_get_u32(attr_of(answer.reply,                 \
						 LBVS_A_MEMBER_STATE)));       \
	} while (0)

	expect_done(sock, LBVS_CMD_SERVICE_SET, wary);
	expect_member(LBVS_MEMBER_STATE_UNKNOWN);
	expect(!attr_of(answer.reply, LBVS_A_MEMBER_CHECK));
	expect_done(sock, LBVS_CMD_VERDICT_SET, up);
	expect_member(LBVS_MEMBER_STATE_USABLE);
	expect_equal(30,
		     nla_get_u32(attr_of(answer.reply, LBVS_A_MEMBER_SHARE)));
	expect_done(sock, LBVS_CMD_SERVICE_SET, require);
	expect_member(LBVS_MEMBER_STATE_UNKNOWN);
	expect(attr_of(answer.reply, LBVS_A_MEMBER_CHECK));
	expect_done(sock, LBVS_CMD_VERDICT_SET, check_up);
	expect_member(LBVS_MEMBER_STATE_USABLE);
	expect_done(sock, LBVS_CMD_VERDICT_SET, verdict_set);
	expect_member(LBVS_MEMBER_STATE_DOWN);
#undef expect_member
}

/* n verdicts in turn on the real and on its check; 0: an unknown pool last. */
static struct nl_msg *list_of(unsigned int n, uint32_t state, bool spoilt)
{
	struct nl_msg *msg = make(LBVS_CMD_VERDICT_SET, nothing);
	struct nlattr *list, *entry;
	unsigned int i;

	list = nla_nest_start(msg, LBVS_A_VERDICT_LIST | NLA_F_NESTED);
	expect(list);
	for (i = 0; i < n; i++) {
		bool wrong = spoilt && i == n - 1;

		entry = nla_nest_start(msg,
				       LBVS_A_VERDICTS_ENTRY | NLA_F_NESTED);
		expect(entry);
		nla_put_string(msg, LBVS_A_VERDICT_POOL, "web");
		nla_put_string(msg, LBVS_A_VERDICT_REAL, wrong ? "no" : "r1");
		if (i % 2)
			nla_put_string(msg, LBVS_A_VERDICT_CHECK, "http");
		nla_put_u32(msg, LBVS_A_VERDICT_STATE,
			    i / 2 % 2 ? state : LBVS_VERDICT_STATE_UP);
		nla_nest_end(msg, entry);
	}
	nla_nest_end_keep_empty(msg, list);
	return msg;
}

static void a_list_of_verdicts_counts_as_one_change(void)
{
	struct nl_sock *sock = given_web();
	uint32_t before = generation(sock);
	struct answer answer;

	answer = converse(sock, list_of(8, LBVS_VERDICT_STATE_DOWN, true), NULL,
			  NULL);
	expect_equal(-ENOENT, answer.error);
	expect_equal(LBVS_A_VERDICT_LIST, answer.bad);
	expect_equal(8, answer.bad_entry);
	expect_equal(before, generation(sock));
	expect_equal(LBVS_VERDICT_STATE_UNKNOWN, told_of(sock).state);
	answer = converse(sock, list_of(8, LBVS_VERDICT_STATE_DOWN, false),
			  NULL, NULL);
	expect_equal(0, answer.error);
	expect_equal(before + 1, generation(sock));
	expect_equal(LBVS_VERDICT_STATE_DOWN, told_of(sock).state);
	/* An empty list is a list. */
	answer = converse(sock, list_of(0, 0, false), NULL, NULL);
	expect_equal(0, answer.error);
	expect_equal(before + 1, generation(sock));
}

static void a_flood_of_verdicts_is_survived(void)
{
	const struct attr down[] = { STRING(LBVS_A_VERDICT_POOL, "web"),
				     STRING(LBVS_A_VERDICT_REAL, "r1"),
				     U32(LBVS_A_VERDICT_STATE,
					 LBVS_VERDICT_STATE_DOWN),
				     { 0 } };
	const struct attr up[] = { STRING(LBVS_A_VERDICT_POOL, "web"),
				   STRING(LBVS_A_VERDICT_REAL, "r1"),
				   U32(LBVS_A_VERDICT_STATE,
				       LBVS_VERDICT_STATE_UP),
				   { 0 } };
	struct nl_sock *sock = given_web();
	uint32_t before = generation(sock);
	int i;

	for (i = 0; i < 5000; i++) {
		expect_done(sock, LBVS_CMD_VERDICT_SET, down);
		expect_done(sock, LBVS_CMD_VERDICT_SET, up);
	}
	expect_equal(before + 10000, generation(sock));
	/* The same by the hundred. */
	for (i = 0; i < 100; i++)
		expect_equal(0, converse(sock,
					 list_of(100, LBVS_VERDICT_STATE_DOWN,
						 false),
					 NULL, NULL)
					.error);
}

static void a_network_namespace_can_go_with_an_agent(void)
{
	int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct nl_sock *sock;
	uint32_t epoch;
	int i;

	expect(here >= 0);
	for (i = 0; i < 20; i++) {
		sock = given_web();
		/* Its lease may run out just then. */
		epoch = register_agent(sock, 60000, i, LBVS_ON_EXPIRY_DOWN);
		expect_equal(0, say(sock, epoch, LBVS_VERDICT_STATE_UP).error);
		expect_equal(0, setns(here, CLONE_NEWNET));
		nl_socket_free(sock);
	}
}

/* --- tests: privilege ---------------------------------------------------- */

static void drop_net_admin(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		fail("capget: %s", strerror(errno));
	data[0].effective &= ~(1u << CAP_NET_ADMIN);
	data[0].permitted &= ~(1u << CAP_NET_ADMIN);
	data[0].inheritable &= ~(1u << CAP_NET_ADMIN);
	if (syscall(SYS_capset, &header, data))
		fail("capset: %s", strerror(errno));
}

/* Flows tell who the clients are, and so does what is remembered of them;
 * explaining, where hashes lead.
 */
static bool wants_capability(int cmd)
{
	return commands[cmd].writes || cmd == LBVS_CMD_FLOW_GET ||
	       cmd == LBVS_CMD_AFFINITY_GET || cmd == LBVS_CMD_EXPLAIN_GET;
}

static void expect_reads_only(struct nl_sock *sock)
{
	struct answer answer;
	int cmd;

	for (cmd = 1; cmd < __LBVS_CMD_MAX; cmd++) {
		if (!is_request(cmd))
			continue;
		answer = request(sock, cmd, commands[cmd].attrs);
		if (answer.error != (wants_capability(cmd) ? -EPERM : 0))
			fail("%s: seen %s", commands[cmd].name,
			     strerror(-answer.error));
	}
}

static void who_lacks_the_capability_may_read_all_but_flows(void)
{
	struct nl_sock *before = given_web();
	struct nl_sock *after;

	drop_net_admin();
	after = open_socket();
	expect_reads_only(after);
	/* Nor through a socket that was opened with more privilege. */
	expect_reads_only(before);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		fail("%s: %s", path, strerror(errno));
	close(fd);
}

/* Root of a user namespace, and if so asked of a network namespace in it. */
static void enter_userns(int flags)
{
	if (unshare(CLONE_NEWUSER | flags))
		skip("no user namespaces here: %s", strerror(errno));
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 0 1");
	write_file("/proc/self/gid_map", "0 0 1");
}

static bool userns_is_on(void)
{
	FILE *file = fopen("/sys/module/lbvs/parameters/userns", "r");
	int c;

	if (!file)
		fail("no parameter userns");
	c = fgetc(file);
	fclose(file);
	return c == 'Y';
}

static void reload(const char *parameters)
{
	const char *ko = getenv("LBVS_KO");
	char command[4096];

	if (system("rmmod lbvs"))
		skip("the module is in use");
	if (ko)
		snprintf(command, sizeof(command), "insmod '%s' %s", ko,
			 parameters);
	else
		snprintf(command, sizeof(command), "modprobe lbvs %s",
			 parameters);
	if (system(command))
		fail("%s failed", command);
}

static void need_userns(bool on)
{
	if (userns_is_on() != on)
		reload(on ? "userns=1" : "");
	expect_equal(on, userns_is_on());
}

static void root_of_a_user_namespace_may_read_all_but_flows(void)
{
	need_userns(false);
	enter_userns(CLONE_NEWNET);
	expect_reads_only(open_socket());
}

/* In a process of its own: there is no way back from a user namespace. */
static int in_child(void (*function)(void))
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		fail("fork: %s", strerror(errno));
	if (!pid) {
		function();
		exit(KSFT_PASS);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : KSFT_FAIL;
}

/* In front of the user namespace there is a network that is not its own. */
static void write_to_the_parents_network(void)
{
	own_netns();
	enter_userns(0);
	expect_reads_only(open_socket());
}

static const struct attr keyed_pool[] = { STRING(LBVS_A_POOL_NAME, "keyed"),
					  { LBVS_A_POOL_HASH_KEY,
					    "0123456789abcdef", LBVS_KEY_SIZE },
					  { 0 } };

static const struct attr plain_pool[] = { STRING(LBVS_A_POOL_NAME, "plain"),
					  { 0 } };

static void write_to_the_own_network(void)
{
	struct nl_sock *sock;

	enter_userns(CLONE_NEWNET);
	sock = open_socket();
	expect_done(sock, LBVS_CMD_POOL_NEW, plain_pool);
	expect_done(sock, LBVS_CMD_POOL_DEL, plain_pool);
	expect_equal(0, request(sock, LBVS_CMD_FLOW_GET, nothing).error);
	drop_net_admin();
	expect_reads_only(sock);
}

static void with_userns_1_its_root_may_write_to_its_own_network(void)
{
	int own, other;

	need_userns(true);
	own = in_child(write_to_the_own_network);
	other = in_child(write_to_the_parents_network);
	need_userns(false);
	if (own == KSFT_SKIP)
		exit(KSFT_SKIP);
	expect_equal(KSFT_PASS, own);
	expect_equal(KSFT_PASS, other);
}

/* --- tests: the hash key ------------------------------------------------- */

static unsigned int keys;

static void count_keys(const struct nlmsghdr *hdr, void *arg)
{
	const struct nlattr *key = attr_of(hdr, LBVS_A_POOL_HASH_KEY);

	(void)arg;
	if (!key)
		return;
	expect(!strcmp(nla_get_string(attr_of(hdr, LBVS_A_POOL_NAME)),
		       "keyed"));
	expect_equal(LBVS_KEY_SIZE, nla_len(key));
	expect(!memcmp(nla_data(key), "0123456789abcdef", LBVS_KEY_SIZE));
	keys++;
}

static unsigned int keys_seen(struct nl_sock *sock)
{
	struct answer answer;

	keys = 0;
	answer = converse(sock, make(LBVS_CMD_POOL_GET, nothing), count_keys,
			  NULL);
	expect_equal(0, answer.error);
	return keys;
}

static void the_hash_key_is_for_who_may_write(void)
{
	struct nl_sock *sock;

	own_netns();
	sock = open_socket();
	expect_done(sock, LBVS_CMD_POOL_NEW, keyed_pool);
	/* A random key is nobody's business. */
	expect_done(sock, LBVS_CMD_POOL_NEW, plain_pool);
	expect_equal(1, keys_seen(sock));
	drop_net_admin();
	expect_equal(0, keys_seen(sock));
	expect_equal(0, keys_seen(open_socket()));
}

static void see_the_own_key(void)
{
	struct nl_sock *sock;

	enter_userns(CLONE_NEWNET);
	sock = open_socket();
	expect_done(sock, LBVS_CMD_POOL_NEW, keyed_pool);
	expect_equal(1, keys_seen(sock));
	drop_net_admin();
	expect_equal(0, keys_seen(sock));
}

static void with_userns_1_who_may_write_sees_the_key(void)
{
	int result;

	need_userns(true);
	result = in_child(see_the_own_key);
	need_userns(false);
	if (result == KSFT_SKIP)
		exit(KSFT_SKIP);
	expect_equal(KSFT_PASS, result);
}

/* Anybody may listen; so events are for everybody's eyes. */
static void events_do_not_tell_the_hash_key(void)
{
	struct nl_sock *sock, *listener;
	struct answer answer = { 0 };
	int group;

	own_netns();
	sock = open_socket();
	listener = open_socket();
	group = genl_ctrl_resolve_grp(listener, LBVS_FAMILY_NAME,
				      LBVS_MCGRP_CONFIG);
	expect(group > 0);
	expect_equal(0, nl_socket_add_membership(listener, group));
	expect_done(sock, LBVS_CMD_POOL_NEW, keyed_pool);
	keys = 0;
	receive(listener, sizeof(buffer), NULL, &answer, count_keys, NULL);
	expect_equal(1, answer.objects);
	expect_equal(0, keys);
}

/* As for FLOW_GET: events about flows tell who the clients are. */
static void only_the_privileged_are_told_of_flows(void)
{
	struct nl_sock *sock;
	int flow, health;

	own_netns();
	sock = open_socket();
	flow = genl_ctrl_resolve_grp(sock, LBVS_FAMILY_NAME, LBVS_MCGRP_FLOW);
	health = genl_ctrl_resolve_grp(sock, LBVS_FAMILY_NAME,
				       LBVS_MCGRP_HEALTH);
	expect(flow > 0 && health > 0);
	expect_equal(0, nl_socket_add_membership(sock, flow));
	drop_net_admin();
	sock = open_socket();
	expect_equal(0, nl_socket_add_membership(sock, health));
	expect_equal(-NLE_PERM, nl_socket_add_membership(sock, flow));
}

/* --- tests: dumps -------------------------------------------------------- */

#define SERVICES 300
#define REALS	 200
#define PIECE	 4096

static void add_real(struct nl_sock *sock, const char *pool, unsigned int i)
{
	const uint8_t addr[4] = { 203, 0, 113 + i / 250, 1 + i % 250 };
	char name[16];
	struct attr attrs[] = { { LBVS_A_REAL_POOL, pool, strlen(pool) + 1 },
				{ LBVS_A_REAL_NAME, name, 0 },
				{ LBVS_A_REAL_ADDR, addr, sizeof(addr) },
				{ 0 } };

	attrs[1].length = snprintf(name, sizeof(name), "r%u", i) + 1;
	expect_done(sock, LBVS_CMD_REAL_NEW, attrs);
}

static void add_service(struct nl_sock *sock, unsigned int i)
{
	const uint16_t port = 1 + i;
	char name[16];
	struct attr attrs[] = { { LBVS_A_SERVICE_NAME, name, 0 },
				U8(LBVS_A_SERVICE_PROTO, IPPROTO_TCP),
				BYTES(LBVS_A_SERVICE_ADDR, 198, 51, 100, 1),
				{ LBVS_A_SERVICE_PORT, &port, sizeof(port) },
				STRING(LBVS_A_SERVICE_POOL, "small"),
				{ 0 } };

	attrs[0].length = snprintf(name, sizeof(name), "s%u", i) + 1;
	expect_done(sock, LBVS_CMD_SERVICE_NEW, attrs);
}

static void add_pool(struct nl_sock *sock, const char *name)
{
	const struct attr attrs[] = {
		{ LBVS_A_POOL_NAME, name, strlen(name) + 1 },
		NEST(LBVS_A_POOL_CHECK, INNER(LBVS_A_CHECK_NAME, "http")),
		{ 0 }
	};

	expect_done(sock, LBVS_CMD_POOL_NEW, attrs);
}

static struct nl_sock *given_many(void)
{
	struct nl_sock *sock;
	char name[16];
	unsigned int i;

	own_netns();
	sock = open_socket();
	add_pool(sock, "small");
	add_real(sock, "small", 0);
	add_pool(sock, "large");
	for (i = 0; i < REALS; i++)
		add_real(sock, "large", i);
	for (i = 0; i < SERVICES; i++)
		add_service(sock, i);
	for (i = 0; i < REALS; i++) {
		snprintf(name, sizeof(name), "p%u", i);
		add_pool(sock, name);
	}
	return sock;
}

/* How often each number was seen in the names of a dump. */
struct census {
	int attr;
	char letter;
	unsigned int count[SERVICES];
};

static void take_census(const struct nlmsghdr *hdr, void *arg)
{
	struct census *census = arg;
	const struct nlattr *attr = attr_of(hdr, census->attr);
	const char *name;

	expect(attr);
	name = nla_get_string((struct nlattr *)attr);
	if (name[0] == census->letter)
		census->count[strtoul(name + 1, NULL, 10) % SERVICES]++;
}

static void expect_complete(struct nl_sock *sock, int cmd,
			    const struct attr *filter, int attr, char letter,
			    unsigned int n, unsigned int times)
{
	struct census census = { .attr = attr, .letter = letter };
	struct answer answer =
		converse(sock, make(cmd, filter), take_census, &census);
	unsigned int i;

	expect_equal(0, answer.error);
	expect(!answer.interrupted);
	for (i = 0; i < n; i++)
		if (census.count[i] != times)
			fail("%s: expected %c%u %u times, seen %u",
			     commands[cmd].name, letter, i, times,
			     census.count[i]);
}

static void a_dump_has_every_object_once(void)
{
	const struct attr large[] = { STRING(LBVS_A_REAL_POOL, "large"),
				      { 0 } };
	const struct attr verdicts[] = { STRING(LBVS_A_VERDICT_POOL, "large"),
					 { 0 } };
	struct nl_sock *sock = given_many();

	expect_complete(sock, LBVS_CMD_POOL_GET, nothing, LBVS_A_POOL_NAME, 'p',
			REALS, 1);
	expect_complete(sock, LBVS_CMD_REAL_GET, large, LBVS_A_REAL_NAME, 'r',
			REALS, 1);
	expect_complete(sock, LBVS_CMD_SERVICE_GET, nothing,
			LBVS_A_SERVICE_NAME, 's', SERVICES, 1);
	expect_complete(sock, LBVS_CMD_MEMBER_GET, nothing,
			LBVS_A_MEMBER_SERVICE, 's', SERVICES, 1);
	/* One of the whole real and one of its check. */
	expect_complete(sock, LBVS_CMD_VERDICT_GET, verdicts,
			LBVS_A_VERDICT_REAL, 'r', REALS, 2);
}

static unsigned int count_dump(struct nl_sock *sock, int cmd,
			       const struct attr *filter)
{
	struct answer answer = request(sock, cmd, filter);

	expect_equal(0, answer.error);
	return answer.objects;
}

static void filters_narrow_a_dump(void)
{
	const struct attr pool[] = { STRING(LBVS_A_POOL_NAME, "web"), { 0 } };
	const struct attr no_pool[] = { STRING(LBVS_A_POOL_NAME, "we"), { 0 } };
	const struct attr real[] = { STRING(LBVS_A_REAL_POOL, "web"),
				     STRING(LBVS_A_REAL_NAME, "r2"),
				     { 0 } };
	const struct attr service[] = { STRING(LBVS_A_SERVICE_POOL, "web"),
					{ 0 } };
	const struct attr member[] = { STRING(LBVS_A_MEMBER_SERVICE, "www"),
				       STRING(LBVS_A_MEMBER_REAL, "r1"),
				       { 0 } };
	const struct attr verdict[] = { STRING(LBVS_A_VERDICT_POOL, "web"),
					STRING(LBVS_A_VERDICT_CHECK, "http"),
					{ 0 } };
	struct nl_sock *sock = given_web();

	add_real(sock, "web", 2);
	add_pool(sock, "other");
	add_real(sock, "other", 2);
	expect_equal(2, count_dump(sock, LBVS_CMD_POOL_GET, nothing));
	expect_equal(1, count_dump(sock, LBVS_CMD_POOL_GET, pool));
	expect_equal(0, count_dump(sock, LBVS_CMD_POOL_GET, no_pool));
	expect_equal(3, count_dump(sock, LBVS_CMD_REAL_GET, nothing));
	expect_equal(1, count_dump(sock, LBVS_CMD_REAL_GET, real));
	expect_equal(1, count_dump(sock, LBVS_CMD_SERVICE_GET, service));
	expect_equal(2, count_dump(sock, LBVS_CMD_MEMBER_GET, nothing));
	expect_equal(1, count_dump(sock, LBVS_CMD_MEMBER_GET, member));
	expect_equal(6, count_dump(sock, LBVS_CMD_VERDICT_GET, nothing));
	expect_equal(2, count_dump(sock, LBVS_CMD_VERDICT_GET, verdict));
}

/*
 * Reads a dump in small pieces; a change lands between two of them. The kernel
 * sends no larger pieces than the socket ever asked for, hence a fresh one.
 */
static bool interrupted(struct nl_sock *writer, int cmd, bool change)
{
	struct nl_sock *reader = open_fresh_socket();
	struct nl_msg *msg = make(cmd, nothing);
	struct answer answer = { 0 };

	send_message(reader, msg);
	expect(!receive(reader, PIECE, nlmsg_hdr(msg), &answer, NULL, NULL));
	if (change)
		expect_done(writer, LBVS_CMD_POOL_NEW, plain_pool);
	while (!receive(reader, PIECE, nlmsg_hdr(msg), &answer, NULL, NULL))
		;
	if (change)
		expect_done(writer, LBVS_CMD_POOL_DEL, plain_pool);
	nlmsg_free(msg);
	nl_socket_free(reader);
	return answer.interrupted;
}

static void a_dump_during_a_change_is_marked(void)
{
	static const int dumps[] = {
		LBVS_CMD_POOL_GET,   LBVS_CMD_REAL_GET,	   LBVS_CMD_SERVICE_GET,
		LBVS_CMD_MEMBER_GET, LBVS_CMD_VERDICT_GET,
	};
	struct nl_sock *sock = given_many();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dumps); i++) {
		if (interrupted(sock, dumps[i], false))
			fail("%s: marked for nothing", commands[dumps[i]].name);
		if (!interrupted(sock, dumps[i], true))
			fail("%s: not marked", commands[dumps[i]].name);
	}
}

#define ARMS 200

static void name_arm(struct nl_sock *sock, int cmd, unsigned int i)
{
	char name[16];
	struct attr attrs[] = { { LBVS_A_ARM_DEV, name, 0 }, { 0 } };

	attrs[0].length = snprintf(name, sizeof(name), "d%u", i) + 1;
	expect_done(sock, cmd, attrs);
}

/* Arms come and go with their devices, which no generation counts. */
static void a_dump_of_arms_has_all_that_stay(void)
{
	struct census census = { .attr = LBVS_A_ARM_DEV, .letter = 'd' };
	struct nl_sock *sock, *reader;
	struct answer answer = { 0 };
	struct nl_msg *msg;
	unsigned int i;

	own_netns();
	sock = open_socket();
	if (system("seq -f 'link add d%g type dummy' 0 199 | ip -batch -"))
		fail("no devices");
	for (i = 0; i < ARMS; i++)
		name_arm(sock, LBVS_CMD_ARM_NEW, i);
	reader = open_fresh_socket();
	msg = make(LBVS_CMD_ARM_GET, nothing);
	nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_DUMP;
	send_message(reader, msg);
	expect(!receive(reader, PIECE, nlmsg_hdr(msg), &answer, take_census,
			&census));
	for (i = 0; i < 10; i++)
		name_arm(sock, LBVS_CMD_ARM_DEL, i);
	while (!receive(reader, PIECE, nlmsg_hdr(msg), &answer, take_census,
			&census))
		;
	nlmsg_free(msg);
	for (i = 0; i < ARMS; i++)
		if (census.count[i] != 1)
			fail("expected d%u once, seen %u times", i,
			     census.count[i]);
}

/* Closing the socket in the middle lets go of what the dump held. */
static void a_dump_may_be_given_up(void)
{
	struct nl_sock *sock = given_many();
	struct nl_sock *reader;
	int cmd;

	for (cmd = 1; cmd < __LBVS_CMD_MAX; cmd++) {
		if (!commands[cmd].dump)
			continue;
		reader = open_socket();
		send_message(reader, make(cmd, nothing));
		nl_socket_free(reader);
	}
	expect_done(sock, LBVS_CMD_CONFIG_DEL, nothing);
	expect_equal(0, count_dump(sock, LBVS_CMD_SERVICE_GET, nothing));
}

/* --- tests: limits, the family ------------------------------------------- */

static void a_pool_has_so_many_reals_and_no_more(void)
{
	const struct attr one_more[] = { STRING(LBVS_A_REAL_POOL, "full"),
					 STRING(LBVS_A_REAL_NAME, "more"),
					 BYTES(LBVS_A_REAL_ADDR, 192, 0, 2, 1),
					 { 0 } };
	struct nl_sock *sock;
	struct answer answer;
	unsigned int i;

	own_netns();
	sock = open_socket();
	add_pool(sock, "full");
	for (i = 0; i < LBVS_REALS_MAX; i++)
		add_real(sock, "full", i);
	answer = request(sock, LBVS_CMD_REAL_NEW, one_more);
	expect_equal(-ENOSPC, answer.error);
	expect_equal(LBVS_A_REAL_POOL, answer.bad);
	expect_equal(LBVS_REALS_MAX,
		     count_dump(sock, LBVS_CMD_REAL_GET, nothing));
}

static void several_requests_may_share_a_datagram(void)
{
	struct nl_sock *sock = given_web();
	struct nl_msg *first = make(LBVS_CMD_POOL_NEW, plain_pool);
	struct nl_msg *second = make(LBVS_CMD_POOL_NEW, keyed_pool);
	struct nlmsghdr *a = nlmsg_hdr(first), *b = nlmsg_hdr(second);
	struct answer answer = { 0 };
	uint32_t before = generation(sock);
	size_t size;

	nl_complete_msg(sock, first);
	nl_complete_msg(sock, second);
	size = NLMSG_ALIGN(a->nlmsg_len) + b->nlmsg_len;
	memcpy(buffer, a, a->nlmsg_len);
	memcpy(buffer + NLMSG_ALIGN(a->nlmsg_len), b, b->nlmsg_len);
	expect_equal(size, send(nl_socket_get_fd(sock), buffer, size, 0));
	while (!receive(sock, sizeof(buffer), b, &answer, NULL, NULL))
		;
	expect_equal(0, answer.error);
	expect_equal(before + 2, generation(sock));
}

/* What a program may send can be asked for, by anybody. */
static void the_policies_can_be_read(void)
{
	struct nl_sock *sock = given_web();
	struct nl_msg *msg = nlmsg_alloc();
	struct answer answer;

	drop_net_admin();
	expect(genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, GENL_ID_CTRL, 0,
			   NLM_F_ACK | NLM_F_DUMP, CTRL_CMD_GETPOLICY, 1));
	expect_equal(0, nla_put_string(msg, CTRL_ATTR_FAMILY_NAME,
				       LBVS_FAMILY_NAME));
	answer = converse(sock, msg, NULL, NULL);
	expect_equal(0, answer.error);
	expect(answer.objects > 20);
}

/* The controller asks modprobe for this name when a program asks for ours. */
static void the_family_can_load_the_module(void)
{
	const char *ko = getenv("LBVS_KO");
	char line[4096];
	bool found = false;
	FILE *pipe;

	snprintf(line, sizeof(line), "modinfo -F alias '%s'", ko ? ko : "lbvs");
	pipe = popen(line, "r");
	while (pipe && fgets(line, sizeof(line), pipe))
		found = found ||
			!strcmp(line, "net-pf-16-proto-16-family-lbvs\n");
	if (pipe)
		pclose(pipe);
	expect(found);
}

/* --- all of them --------------------------------------------------------- */

#define TEST(function)                                                         \
	{                                                                      \
#function, function                                            \
	}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	TEST(a_request_that_is_right_is_obeyed),
	TEST(attributes_of_another_length_are_refused),
	TEST(values_out_of_range_are_refused),
	TEST(attributes_that_can_only_be_read_are_refused),
	TEST(junk_in_nests_is_refused),
	TEST(unknown_attributes_are_refused_by_every_command),
	TEST(bytes_behind_the_attributes_are_refused),
	TEST(a_header_with_something_in_its_reserved_field_is_refused),
	TEST(what_is_missing_is_named),
	TEST(what_is_no_request_is_not_supported),
	TEST(a_prefix_goes_only_with_sources),
	TEST(a_stale_generation_is_refused_by_every_write),
	TEST(the_right_generation_is_accepted_once),
	TEST(a_write_that_changes_nothing_keeps_the_generation),
	TEST(every_answer_has_the_generation),
	TEST(a_verdict_makes_no_generation_stale),
	TEST(what_is_staged_is_in_force_after_the_commit_and_not_before),
	TEST(a_commit_of_nothing_changes_nothing),
	TEST(removing_all_that_is_left_keeps_what_was_done),
	TEST(an_abort_forgets_what_is_staged),
	TEST(closing_the_socket_aborts),
	TEST(few_transactions_are_open_at_once),
	TEST(a_commit_after_somebody_elses_change_is_refused),
	TEST(a_verdict_that_comes_meanwhile_is_kept),
	TEST(a_deadline_counts_from_the_commit),
	TEST(a_commit_keeps_or_replaces_a_deadline),
	TEST(an_abort_forgets_a_deadline),
	TEST(a_commit_that_makes_no_sense_names_the_request),
	TEST(services_can_swap_their_ports),
	TEST(a_network_namespace_can_go_with_an_open_transaction),
	TEST(a_lease_that_runs_out_holds_the_verdicts),
	TEST(a_lease_that_runs_out_can_mean_up),
	TEST(a_lease_that_runs_out_can_mean_down),
	TEST(a_lease_that_is_renewed_does_not_run_out),
	TEST(a_closed_socket_leaves_the_grace_and_no_more),
	TEST(only_the_last_socket_of_an_agent_counts),
	TEST(a_stale_twin_is_refused),
	TEST(who_leaves_in_good_order_gives_a_successor_time),
	TEST(a_person_removes_an_agent_with_its_verdicts),
	TEST(the_last_one_to_set_a_verdict_owns_it),
	TEST(agents_are_few),
	TEST(initial_down_waits_for_a_verdict),
	TEST(a_list_of_verdicts_counts_as_one_change),
	TEST(a_flood_of_verdicts_is_survived),
	TEST(a_network_namespace_can_go_with_an_agent),
	TEST(who_lacks_the_capability_may_read_all_but_flows),
	TEST(root_of_a_user_namespace_may_read_all_but_flows),
	TEST(with_userns_1_its_root_may_write_to_its_own_network),
	TEST(the_hash_key_is_for_who_may_write),
	TEST(with_userns_1_who_may_write_sees_the_key),
	TEST(events_do_not_tell_the_hash_key),
	TEST(only_the_privileged_are_told_of_flows),
	TEST(a_dump_has_every_object_once),
	TEST(filters_narrow_a_dump),
	TEST(a_dump_during_a_change_is_marked),
	TEST(a_dump_of_arms_has_all_that_stay),
	TEST(a_dump_may_be_given_up),
	TEST(a_pool_has_so_many_reals_and_no_more),
	TEST(several_requests_may_share_a_datagram),
	TEST(the_policies_can_be_read),
	TEST(the_family_can_load_the_module),
};

/* At the end of what the kernel has said so far, or -1. */
static int open_kernel_log(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

/* Has it complained since? One record a read. */
static bool kernel_complained(int fd)
{
	static const char *const complaints[] = {
		"WARNING:", "BUG:", "Oops", "KASAN", "UBSAN", "refcount_t",
	};
	char record[8192];
	bool complained = false;
	ssize_t got;
	size_t i;

	while (fd >= 0 && (got = read(fd, record, sizeof(record) - 1)) > 0) {
		record[got] = '\0';
		for (i = 0; i < ARRAY_SIZE(complaints); i++) {
			if (!strstr(record, complaints[i]))
				continue;
			printf("# the kernel: %s", record);
			complained = true;
		}
	}
	if (fd >= 0)
		close(fd);
	return complained;
}

static int run_test(void (*test)(void))
{
	int log = open_kernel_log();
	int result = in_child(test);

	if (kernel_complained(log))
		result = KSFT_FAIL;
	return result;
}

static bool is_chosen(const char *name, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], name))
			return true;
	return argc < 2;
}

static void print_sentence(const char *name)
{
	for (; *name; name++)
		putchar(*name == '_' ? ' ' : *name);
}

static int load_module(void)
{
	const char *ko = getenv("LBVS_KO");
	char command[4096];

	if (!access("/sys/module/lbvs", F_OK))
		return 0;
	if (!ko)
		return system("modprobe lbvs");
	snprintf(command, sizeof(command), "insmod '%s'", ko);
	return system(command);
}

/* netlink_abi [TEST]... */
int main(int argc, char **argv)
{
	const char *expect_all = getenv("LBVS_EXPECT_ALL");
	bool may_skip = !expect_all || strcmp(expect_all, "1");
	unsigned int i, n = 0, failed = 0;
	int result;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n");
	if (geteuid() || load_module()) {
		printf("1..0 # SKIP %s\n",
		       geteuid() ? "not root" : "no module");
		return may_skip ? KSFT_SKIP : KSFT_FAIL;
	}
	for (i = 0; i < ARRAY_SIZE(tests); i++)
		n += is_chosen(tests[i].name, argc, argv);
	printf("1..%u\n", n);
	for (i = 0, n = 0; i < ARRAY_SIZE(tests); i++) {
		if (!is_chosen(tests[i].name, argc, argv))
			continue;
		result = run_test(tests[i].run);
		if (result == KSFT_SKIP && !may_skip)
			result = KSFT_FAIL;
		failed += result != KSFT_PASS && result != KSFT_SKIP;
		printf("%sok %u ",
		       result == KSFT_PASS || result == KSFT_SKIP ? "" : "not ",
		       ++n);
		print_sentence(tests[i].name);
		printf("%s\n", result == KSFT_SKIP ? " # SKIP" : "");
	}
	return failed ? KSFT_FAIL : KSFT_PASS;
}
