// SPDX-License-Identifier: GPL-2.0-or-later
#include "traffic.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <string.h>

/*
 * A reset and an ICMP port unreachable are one errno, but not one bug: what
 * came by ICMP is on the error queue.
 */
static enum outcome outcome_of_icmp(const struct sock_extended_err *error)
{
	if (error->ee_errno == EMSGSIZE)
		return OUTCOME_TOO_BIG;
	if (error->ee_origin == SO_EE_ORIGIN_ICMP &&
	    error->ee_type == ICMP_DEST_UNREACH &&
	    error->ee_code == ICMP_PORT_UNREACH)
		return OUTCOME_PORT_UNREACHABLE;
	if (error->ee_origin == SO_EE_ORIGIN_ICMP6 &&
	    error->ee_type == ICMPV6_DEST_UNREACH &&
	    error->ee_code == ICMPV6_PORT_UNREACH)
		return OUTCOME_PORT_UNREACHABLE;
	return OUTCOME_UNREACHABLE;
}

static bool read_error_queue(int fd, enum outcome *outcome)
{
	char control[512];
	struct msghdr message = { .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	struct sock_extended_err error;

	if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return false;
	for (c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
		memcpy(&error, CMSG_DATA(c), sizeof(error));
		if (error.ee_origin == SO_EE_ORIGIN_LOCAL &&
		    error.ee_errno != EMSGSIZE)
			continue;
		*outcome = outcome_of_icmp(&error);
		return true;
	}
	return false;
}

enum outcome outcome_of_socket(int fd, int error)
{
	enum outcome outcome;

	if (read_error_queue(fd, &outcome))
		return outcome;
	switch (error) {
	case ECONNREFUSED:
		return OUTCOME_REFUSED;
	case ECONNRESET:
	case EPIPE:
		return OUTCOME_RESET;
	case ETIMEDOUT:
		return OUTCOME_TIMEOUT;
	case EHOSTUNREACH:
	case ENETUNREACH:
		return OUTCOME_UNREACHABLE;
	case EMSGSIZE:
		return OUTCOME_TOO_BIG;
	default:
		return OUTCOME_OTHER;
	}
}

const char *outcome_name(enum outcome outcome)
{
	static const char *const names[OUTCOMES] = {
		[OUTCOME_OK] = "ok",
		[OUTCOME_REFUSED] = "refused",
		[OUTCOME_RESET] = "reset",
		[OUTCOME_CLOSED] = "closed",
		[OUTCOME_TIMEOUT] = "timeout",
		[OUTCOME_PORT_UNREACHABLE] = "port-unreachable",
		[OUTCOME_UNREACHABLE] = "unreachable",
		[OUTCOME_TOO_BIG] = "too-big",
		[OUTCOME_GARBLED] = "garbled",
		[OUTCOME_MOVED] = "moved",
		[OUTCOME_OTHER] = "other",
	};

	return names[outcome];
}
