// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A real answers past the gateway when the client is on its own link. What the
 * real's routes are nobody here knows, but the gateway's: client and real are
 * both reached by one device, and neither through a router.
 */
#include "hairpin.h"
#include "member.h"

#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/route.h>

/*
 * The device by which an address is reached without a router, or NULL; and the
 * source that the gateway would choose.
 */
static const struct net_device *find_link_ipv4(struct net *net, __be32 addr,
					       __be32 *source)
{
	const struct net_device *dev = NULL;
	struct flowi4 fl4 = { .daddr = addr };
	struct rtable *rt;

	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return NULL;
	/* With a path MTU of its own a neighbour is noted down as its own gateway. */
	if (rt->rt_type == RTN_UNICAST && !rt->rt_uses_gateway)
		dev = rt->dst.dev;
	*source = fl4.saddr;
	ip_rt_put(rt);
	return dev;
}

static bool find_source_ipv6(struct net *net, const struct rt6_info *rt,
			     const struct in6_addr *addr,
			     struct in6_addr *source)
{
	const struct fib6_info *from = rcu_dereference(rt->from);

	if (from && from->fib6_prefsrc.plen) {
		*source = from->fib6_prefsrc.addr;
		return true;
	}
	return !ipv6_dev_get_saddr(net, rt->dst.dev, addr, 0, source);
}

static const struct net_device *find_link_ipv6(struct net *net,
					       const struct in6_addr *addr,
					       struct in6_addr *source)
{
	const struct net_device *dev = NULL;
	struct flowi6 fl6 = { .daddr = *addr };
	struct dst_entry *dst = ip6_route_output(net, NULL, &fl6);
	const struct rt6_info *rt = (const struct rt6_info *)dst;

	if (!dst->error &&
	    !(rt->rt6i_flags & (RTF_GATEWAY | RTF_LOCAL | RTF_ANYCAST |
				RTF_REJECT)) &&
	    find_source_ipv6(net, rt, addr, source))
		dev = dst->dev;
	dst_release(dst);
	return dev;
}

static const struct net_device *find_link(const struct lbvs_net *ln, u8 family,
					  const union nf_inet_addr *addr,
					  union nf_inet_addr *source)
{
	memset(source, 0, sizeof(*source));
	return family == NFPROTO_IPV4 ?
		       find_link_ipv4(ln->net, addr->ip, &source->ip) :
		       find_link_ipv6(ln->net, &addr->in6, &source->in6);
}

/**
 * lbvs_hairpin_test - would a real answer a client past the gateway?
 * @ln: network namespace.
 * @member: the real.
 * @client: address of the client. The gateway's own are on no link.
 * @gateway: gets the address of the gateway that the route to the real prefers;
 *	only valid with true.
 *
 * Context: under RCU.
 * Return: true when it would.
 */
bool lbvs_hairpin_test(const struct lbvs_net *ln,
		       const struct lbvs_member *member,
		       const union nf_inet_addr *client,
		       union nf_inet_addr *gateway)
{
	const struct net_device *dev;
	union nf_inet_addr unused;

	dev = find_link(ln, member->family, client, &unused);
	return dev && dev == find_link(ln, member->family, &member->addr, gateway);
}
