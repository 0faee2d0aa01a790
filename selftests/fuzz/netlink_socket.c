// SPDX-License-Identifier: GPL-2.0-or-later
#include "fuzz.h"

#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/lbvs.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct nlattr *find_attr(const void *from, size_t size,
				      uint16_t type)
{
	const struct nlattr *attr = from;

	while (size >= NLA_HDRLEN && attr->nla_len >= NLA_HDRLEN &&
	       attr->nla_len <= size) {
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		if ((size_t)NLA_ALIGN(attr->nla_len) >= size)
			break;
		size -= NLA_ALIGN(attr->nla_len);
		attr = (const void *)((const uint8_t *)attr +
				      NLA_ALIGN(attr->nla_len));
	}
	return NULL;
}

static const void *inside(const struct nlattr *attr)
{
	return (const uint8_t *)attr + NLA_HDRLEN;
}

static size_t size_inside(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

static void note_groups(struct talk *talk, const struct nlattr *groups)
{
	const struct nlattr *id;
	uint16_t n;

	for (n = 1; n <= ARRAY_SIZE(talk->groups); n++) {
		const struct nlattr *group;

		group = find_attr(inside(groups), size_inside(groups), n);
		if (!group)
			return;
		id = find_attr(inside(group), size_inside(group),
			       CTRL_ATTR_MCAST_GRP_ID);
		if (id)
			memcpy(&talk->groups[talk->n_groups++], inside(id), 4);
	}
}

/* What the controller says of the family. */
static void resolve(struct talk *talk)
{
	struct {
		struct nlmsghdr header;
		struct genlmsghdr genl;
		struct nlattr attr;
		char name[GENL_NAMSIZ];
	} request = {
		.header = { .nlmsg_len = sizeof(request),
			    .nlmsg_type = GENL_ID_CTRL,
			    .nlmsg_flags = NLM_F_REQUEST },
		.genl = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 },
		.attr = { .nla_len = NLA_HDRLEN + sizeof(LBVS_FAMILY_NAME),
			  .nla_type = CTRL_ATTR_FAMILY_NAME },
		.name = LBVS_FAMILY_NAME,
	};
	uint8_t answer[16384];
	const struct nlattr *attr;
	const uint8_t *attrs = answer + NLMSG_HDRLEN + GENL_HDRLEN;
	ssize_t size;

	request.header.nlmsg_len =
		NLMSG_HDRLEN + GENL_HDRLEN + NLA_ALIGN(request.attr.nla_len);
	if (send(talk->fd, &request, request.header.nlmsg_len, 0) < 0)
		err(1, "no controller of generic netlink");
	size = recv(talk->fd, answer, sizeof(answer), 0);
	size -= attrs - answer;
	attr = size > 0 ? find_attr(attrs, size, CTRL_ATTR_FAMILY_ID) : NULL;
	if (!attr)
		errx(1, "no family " LBVS_FAMILY_NAME);
	memcpy(&talk->family, inside(attr), 2);
	attr = find_attr(attrs, size, CTRL_ATTR_MCAST_GROUPS);
	if (attr)
		note_groups(talk, attr);
}

/* listen: to the notifications too, as otherwise the kernel makes none */
void talk_open(struct talk *talk, bool listen)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int on = 1;
	size_t i;

	memset(talk, 0, sizeof(*talk));
	talk->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (talk->fd < 0 ||
	    connect(talk->fd, (struct sockaddr *)&kernel, sizeof(kernel)))
		err(1, "netlink socket");
	resolve(talk);
	setsockopt(talk->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	/* One is not for everybody. */
	for (i = 0; listen && i < talk->n_groups; i++)
		if (setsockopt(talk->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			       &talk->groups[i], sizeof(talk->groups[i])) &&
		    errno != EPERM)
			err(1, "group %u", talk->groups[i]);
}

void talk_close(struct talk *talk)
{
	close(talk->fd);
	talk->fd = -1;
}

/* Those that the kernel has no room for are not sent. */
bool talk_send(const struct talk *talk, const void *from, size_t size)
{
	if (send(talk->fd, from, size, 0) >= 0)
		return true;
	if (errno != ENOBUFS && errno != EAGAIN)
		err(1, "send of %zu bytes", size);
	return false;
}

static void hear_error(const struct nlmsghdr *header, struct answers *answers,
		       talk_heard heard, void *context)
{
	const struct nlmsgerr *error = NLMSG_DATA(header);
	int number = -error->error;

	if (header->nlmsg_len < NLMSG_LENGTH(sizeof(*error)))
		errx(1, "an error of %u bytes", header->nlmsg_len);
	if (number < 0 || number > 4095)
		errx(1, "the answer is %d: no error number", error->error);
	heard(header->nlmsg_seq, number, context);
	answers->errors[number]++;
	if (!number) {
		answers->obeyed++;
		return;
	}
	answers->refused++;
	if (header->nlmsg_flags & NLM_F_ACK_TLVS)
		answers->sentences++;
}

/* An answer; what has no number is a notification. */
static void hear_object(const struct nlmsghdr *header, struct answers *answers,
			talk_heard heard, void *context)
{
	answers->objects++;
	if (header->nlmsg_seq)
		heard(header->nlmsg_seq, 0, context);
}

/* What the kernel has to say by now; of a dump, limit pieces at most. */
void talk_hear(const struct talk *talk, struct answers *answers,
	       unsigned int limit, talk_heard heard, void *context)
{
	static uint8_t buffer[65536];
	const struct nlmsghdr *header;
	ssize_t size;

	while (limit--) {
		size = recv(talk->fd, buffer, sizeof(buffer), MSG_DONTWAIT);
		if (size < 0 && errno == ENOBUFS)
			continue;
		if (size < 0)
			return;
		for (header = (void *)buffer; NLMSG_OK(header, size);
		     header = NLMSG_NEXT(header, size)) {
			if (header->nlmsg_type == NLMSG_ERROR)
				hear_error(header, answers, heard, context);
			else if (header->nlmsg_type == talk->family)
				hear_object(header, answers, heard, context);
		}
		if (size)
			errx(1, "%zd bytes behind the answers", size);
	}
}
