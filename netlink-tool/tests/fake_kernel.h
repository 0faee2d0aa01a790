/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel in a thread, at the other end of a netlink socket: it takes whatever
 * it is sent, notes it, and refuses what it was told to.
 */
#ifndef LBVS_TOOL_FAKE_KERNEL_H
#define LBVS_TOOL_FAKE_KERNEL_H

#include "test.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/lbvs.h>
#include <linux/netlink.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "nl.h"

#define FAKE_MAX	 1024
#define FAKE_GENERATION	 42
#define FAKE_FAMILY	 64

struct fake_kernel {
	int fd, stop;
	pthread_t thread;
	uint32_t port;

	/* What to refuse, counted from 1; 0: nothing. */
	size_t refuse, refuse_too;	/* of what is staged */
	bool refuse_begin;
	size_t blame;			/* at the commit */
	bool loses;			/* the answer to the last of a datagram */

	/* What came. */
	uint8_t staged[FAKE_MAX];	/* commands */
	uint32_t sequence[FAKE_MAX];
	size_t count, datagrams, acks, longest;
	bool committed, aborted;
};

static inline void fake_send(struct fake_kernel *k, void *data, size_t size)
{
	struct sockaddr_nl to = {
		.nl_family = AF_NETLINK, .nl_pid = k->port,
	};

	if (sendto(k->fd, data, size, 0, (struct sockaddr *)&to,
		   sizeof(to)) < 0)
		abort();
}

/* An acknowledgement, with the request in it, a cookie, and a sentence. */
static inline void fake_answer(struct fake_kernel *k,
			       const struct nlmsghdr *request, int err,
			       uint32_t cookie)
{
	static const char sentence[] = "no, says the kernel";
	char buf[4096] = { 0 };
	struct nlmsghdr *hdr = (struct nlmsghdr *)buf;
	struct nlmsgerr *e = NLMSG_DATA(hdr);
	struct nlattr *a;

	hdr->nlmsg_type = NLMSG_ERROR;
	hdr->nlmsg_seq = request->nlmsg_seq;
	hdr->nlmsg_len = NLMSG_LENGTH(sizeof(*e));
	e->error = err;
	e->msg = *request;
	if (err) {
		hdr->nlmsg_flags = NLM_F_ACK_TLVS;
		memcpy(&e->msg, request, request->nlmsg_len);
		hdr->nlmsg_len += NLMSG_ALIGN(request->nlmsg_len) -
				  sizeof(e->msg);
		a = (struct nlattr *)(buf + hdr->nlmsg_len);
		a->nla_type = NLMSGERR_ATTR_MSG;
		a->nla_len = sizeof(*a) + sizeof(sentence);
		memcpy(a + 1, sentence, sizeof(sentence));
		hdr->nlmsg_len += NLA_ALIGN(a->nla_len);
	}
	if (cookie) {
		a = (struct nlattr *)(buf + hdr->nlmsg_len);
		a->nla_type = NLMSGERR_ATTR_COOKIE;
		a->nla_len = sizeof(*a) + sizeof(cookie);
		memcpy(a + 1, &cookie, sizeof(cookie));
		hdr->nlmsg_len += NLA_ALIGN(a->nla_len);
	}
	k->acks++;
	fake_send(k, buf, hdr->nlmsg_len);
}

static inline void fake_generation(struct fake_kernel *k,
				   const struct nlmsghdr *request)
{
	struct {
		struct nlmsghdr hdr;
		struct genlmsghdr genl;
		struct nlattr a;
		uint32_t value;
	} m = {
		.hdr = { .nlmsg_len = sizeof(m), .nlmsg_type = FAKE_FAMILY,
			 .nlmsg_seq = request->nlmsg_seq },
		.genl = *(const struct genlmsghdr *)NLMSG_DATA(request),
		.a = { sizeof(m.a) + sizeof(m.value), LBVS_A_STATS_GENERATION },
		.value = FAKE_GENERATION,
	};

	fake_send(k, &m, sizeof(m));
	fake_answer(k, request, 0, 0);
}

/* Answers were lost. */
static inline void fake_overrun(struct fake_kernel *k)
{
	struct nlmsghdr hdr = {
		.nlmsg_len = sizeof(hdr), .nlmsg_type = NLMSG_OVERRUN,
	};

	fake_send(k, &hdr, sizeof(hdr));
}

static inline void fake_stage(struct fake_kernel *k,
			      const struct nlmsghdr *request, uint8_t cmd)
{
	if (k->count < FAKE_MAX) {
		k->staged[k->count] = cmd;
		k->sequence[k->count] = request->nlmsg_seq;
	}
	k->count++;
	if (k->count == k->refuse || k->count == k->refuse_too)
		fake_answer(k, request, -ENOENT, 0);
	else if (request->nlmsg_flags & NLM_F_ACK && k->loses)
		fake_overrun(k);
	else if (request->nlmsg_flags & NLM_F_ACK)
		fake_answer(k, request, 0, 0);
}

static inline void fake_obey(struct fake_kernel *k,
			     const struct nlmsghdr *request)
{
	uint8_t cmd = ((const struct genlmsghdr *)NLMSG_DATA(request))->cmd;

	switch (cmd) {
	case LBVS_CMD_CONFIG_BEGIN:
		if (k->refuse_begin)
			fake_answer(k, request, -ESTALE, 0);
		else
			fake_generation(k, request);
		break;
	case LBVS_CMD_CONFIG_COMMIT:
		k->committed = !k->blame;
		if (k->blame)
			fake_answer(k, request, -EEXIST,
				    k->sequence[k->blame - 1]);
		else
			fake_generation(k, request);
		break;
	case LBVS_CMD_CONFIG_ABORT:
		k->aborted = true;
		fake_answer(k, request, 0, 0);
		break;
	default:
		fake_stage(k, request, cmd);
	}
}

static inline void *fake_run(void *arg)
{
	static char buf[65536];
	struct fake_kernel *k = arg;
	struct pollfd fds[] = { { k->fd, POLLIN, 0 }, { k->stop, POLLIN, 0 } };
	struct nlmsghdr *hdr;
	ssize_t size;

	/* To be stopped only when nothing is left to be read. */
	while (poll(fds, ARRAY_SIZE(fds), -1) > 0 && fds[0].revents) {
		size = recv(k->fd, buf, sizeof(buf), 0);
		if (size < 0)
			abort();
		k->datagrams++;
		if (k->longest < (size_t)size)
			k->longest = size;
		for (hdr = (struct nlmsghdr *)buf; NLMSG_OK(hdr, size);
		     hdr = NLMSG_NEXT(hdr, size))
			fake_obey(k, hdr);
	}
	return NULL;
}

/* Starts it, with a connection to it. */
static inline void fake_start(struct fake_kernel *k, struct lbnl *nl)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	socklen_t size = sizeof(addr);

	memset(nl, 0, sizeof(*nl));
	nl->family = FAKE_FAMILY;
	nl->sock = nl_socket_alloc();
	assert_int_equal(nl_connect(nl->sock, NETLINK_USERSOCK), 0);
	k->port = nl_socket_get_local_port(nl->sock);
	k->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_USERSOCK);
	assert_true(k->fd >= 0);
	assert_int_equal(bind(k->fd, (struct sockaddr *)&addr, size), 0);
	assert_int_equal(getsockname(k->fd, (struct sockaddr *)&addr, &size),
			 0);
	nl_socket_set_peer_port(nl->sock, addr.nl_pid);
	k->stop = eventfd(0, EFD_CLOEXEC);
	assert_int_equal(pthread_create(&k->thread, NULL, fake_run, k), 0);
}

/* What it noted can be looked at then. */
static inline void fake_stop(struct fake_kernel *k)
{
	eventfd_write(k->stop, 1);
	pthread_join(k->thread, NULL);
	close(k->stop);
	close(k->fd);
}

#endif
