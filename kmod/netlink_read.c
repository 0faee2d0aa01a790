// SPDX-License-Identifier: GPL-2.0-or-later
/* Netlink attributes into plain values, and what policies check by function. */
#include "netlink.h"

#include <linux/ctype.h>
#include <linux/in.h>
#include <linux/inet.h>
#include <net/ipv6.h>

const struct nla_policy lbvs_nl_check_policy[] = {
	[LBVS_A_CHECK_NAME] = LBVS_NL_NAME,
};

/**
 * lbvs_nl_valid_name - is it a name?
 * @attr: a string of up to LBVS_NAME_SIZE - 1 bytes.
 * @extack: gets the reason.
 *
 * Return: 0 or -EINVAL.
 */
int lbvs_nl_valid_name(const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	const char *name = nla_data(attr);
	int i;

	if (!isascii(*name) || !isalnum(*name)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a name starts with a letter or a digit");
		return -EINVAL;
	}
	for (i = 0; name[i]; i++) {
		if (isascii(name[i]) && (isalnum(name[i]) ||
					 strchr("._-", name[i])))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a name has only letters, digits, dots, dashes and underscores");
		return -EINVAL;
	}
	return 0;
}

/**
 * lbvs_nl_valid_text - is it text that a terminal can show?
 * @attr: a string.
 * @extack: gets the reason.
 *
 * Return: 0 or -EINVAL.
 */
int lbvs_nl_valid_text(const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	const char *text = nla_data(attr);

	for (; *text; text++) {
		/* Above 0x7f it may be UTF-8: none of its bytes is a control. */
		if ((unsigned char)*text >= ' ' && *text != 0x7f)
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "the text has control characters");
		return -EINVAL;
	}
	return 0;
}

/**
 * lbvs_nl_valid_addr - is it an address?
 * @attr: up to 16 bytes.
 * @extack: gets the reason.
 *
 * Return: 0 or -EINVAL.
 */
int lbvs_nl_valid_addr(const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	if (nla_len(attr) == sizeof(struct in_addr) ||
	    nla_len(attr) == sizeof(struct in6_addr))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "an address has 4 or 16 bytes");
	return -EINVAL;
}

static bool is_unicast(const union nf_inet_addr *addr, u8 family)
{
	int type;

	if (family == NFPROTO_IPV4)
		return !ipv4_is_zeronet(addr->ip) &&
		       !ipv4_is_loopback(addr->ip) &&
		       !ipv4_is_multicast(addr->ip) &&
		       !ipv4_is_lbcast(addr->ip);

	type = ipv6_addr_type(&addr->in6);
	return (type & IPV6_ADDR_UNICAST) &&
	       !(type & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL |
			 IPV6_ADDR_MAPPED));
}

/**
 * lbvs_nl_valid_unicast - is it an address that routers deliver?
 * @attr: up to 16 bytes.
 * @extack: gets the reason.
 *
 * Return: 0 or -EINVAL.
 */
int lbvs_nl_valid_unicast(const struct nlattr *attr,
			  struct netlink_ext_ack *extack)
{
	union nf_inet_addr addr;
	u8 family;
	int err;

	err = lbvs_nl_valid_addr(attr, extack);
	if (err)
		return err;
	lbvs_nl_read_addr(attr, &addr, &family);
	if (is_unicast(&addr, family))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "this is not a unicast address that can be routed to");
	return -EINVAL;
}

/**
 * lbvs_nl_read_name - copy a name
 * @attr: the attribute, or NULL: the name is empty.
 * @name: gets it; LBVS_NAME_SIZE bytes.
 */
void lbvs_nl_read_name(const struct nlattr *attr, char *name)
{
	if (attr)
		nla_strscpy(name, attr, LBVS_NAME_SIZE);
	else
		*name = '\0';
}

/**
 * lbvs_nl_read_addr - read an address
 * @attr: an attribute of 4 or 16 bytes.
 * @addr: gets it, the rest zeroed.
 * @family: gets its family.
 */
void lbvs_nl_read_addr(const struct nlattr *attr, union nf_inet_addr *addr,
		       u8 *family)
{
	memset(addr, 0, sizeof(*addr));
	nla_memcpy(addr, attr, sizeof(*addr));
	*family = nla_len(attr) == sizeof(struct in_addr) ? NFPROTO_IPV4 :
							    NFPROTO_IPV6;
}

/**
 * lbvs_nl_read_checks - read a list of checks
 * @attr: the nest.
 * @checks: gets the names; LBVS_CHECKS_MAX of them.
 * @n: gets their number.
 * @extack: gets the reason.
 *
 * Return: 0, or -E2BIG when there are too many.
 */
int lbvs_nl_read_checks(const struct nlattr *attr,
			char (*checks)[LBVS_NAME_SIZE], u32 *n,
			struct netlink_ext_ack *extack)
{
	const struct nlattr *entry;
	int rem;

	*n = 0;
	nla_for_each_nested(entry, attr, rem) {
		if (*n == LBVS_CHECKS_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, entry,
					    "a list has at most 32 checks");
			return -E2BIG;
		}
		lbvs_nl_read_name(entry, checks[(*n)++]);
	}
	return 0;
}
