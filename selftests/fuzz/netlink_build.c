// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Of ten messages about five are as the kernel wants them, four are such with
 * something wrong, one is noise behind a header that gets it to the family.
 */
#include "fuzz.h"

#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>

struct space {
	uint8_t *at;
	size_t size;
	size_t used;
};

static void *take(struct space *space, size_t size)
{
	void *at = space->at + space->used;

	if (space->used + NLA_ALIGN(size) > space->size)
		return NULL;
	memset(at, 0, NLA_ALIGN(size));
	space->used += NLA_ALIGN(size);
	return at;
}

static void put(struct space *space, uint16_t type, const void *data,
		size_t size)
{
	struct nlattr *attr = take(space, NLA_HDRLEN + size);

	if (!attr)
		return;
	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + size;
	memcpy((uint8_t *)attr + NLA_HDRLEN, data, size);
}

/* Small ones mostly, then all that is allowed, and now and then what is not. */
static uint32_t choose_number(struct random *random, uint32_t max)
{
	uint32_t kind = random_below(random, 20);

	if (kind < 12)
		return random_below(random, max < 8 ? max + 1 : 8);
	if (kind < 18)
		return max == UINT32_MAX ? random_word(random) :
					   random_below(random, max + 1);
	if (kind < 19)
		return max + 1;
	return random_word(random);
}

static void put_number(struct space *space, struct random *random,
		       const struct field *field, size_t size)
{
	uint64_t value = choose_number(random, field->max);

	/* IPPROTO_TCP and IPPROTO_UDP are the ones that matter. */
	if (field->kind == KIND_U8 && random_percent(random, 95))
		value = random_percent(random, 50) ? 6 : 17;
	put(space, field->type, &value, size);
}

static void put_word(struct space *space, struct random *random,
		     const struct field *field)
{
	uint32_t n = 0;
	const char *word;

	while (field->words[n])
		n++;
	word = field->words[random_below(random, n)];
	put(space, field->type, word, strlen(word) + 1);
}

static void put_addr(struct space *space, struct random *random, uint16_t type)
{
	uint8_t addr[16] = { 198, 51, 100, 0 };

	if (random_percent(random, 80)) {
		addr[3] = 1 + random_below(random, 6);
		put(space, type, addr, 4);
		return;
	}
	inet_pton(AF_INET6, "2001:db8:2::", addr);
	addr[15] = 1 + random_below(random, 6);
	put(space, type, addr, 16);
}

static void put_ports(struct space *space, struct random *random, uint16_t type)
{
	uint16_t ports[33];
	uint32_t n = 1 + random_below(random, 3), i;

	if (random_percent(random, 3))
		n = ARRAY_SIZE(ports);
	for (i = 0; i < n; i++)
		ports[i] = 80 + i + random_below(random, 3);
	put(space, type, ports, n * sizeof(ports[0]));
}

static void put_field(struct space *space, struct random *random,
		      const struct field *field);

static void put_fields(struct space *space, struct random *random,
		       const struct field *fields)
{
	for (; fields->kind != KIND_END; fields++)
		if (random_percent(random, fields->percent))
			put_field(space, random, fields);
}

static void put_nest(struct space *space, struct random *random,
		     const struct field *field)
{
	struct nlattr *nest = take(space, NLA_HDRLEN);
	size_t start = space->used;

	if (!nest)
		return;
	put_fields(space, random, field->inside);
	nest->nla_type = field->type | NLA_F_NESTED;
	nest->nla_len = NLA_HDRLEN + space->used - start;
}

static void put_field(struct space *space, struct random *random,
		      const struct field *field)
{
	uint8_t bytes[64];

	switch (field->kind) {
	case KIND_U8:
		put_number(space, random, field, 1);
		break;
	case KIND_U16:
		put_number(space, random, field, 2);
		break;
	case KIND_U32:
		put_number(space, random, field, 4);
		break;
	case KIND_U64:
		put_number(space, random, field, 8);
		break;
	case KIND_WORD:
		put_word(space, random, field);
		break;
	case KIND_ADDR:
		put_addr(space, random, field->type);
		break;
	case KIND_PORTS:
		put_ports(space, random, field->type);
		break;
	case KIND_BYTES:
		random_fill(random, bytes, sizeof(bytes));
		put(space, field->type, bytes, field->max);
		break;
	case KIND_FLAG:
		put(space, field->type, "", 0);
		break;
	case KIND_NEST:
		put_nest(space, random, field);
		break;
	case KIND_END:
		break;
	}
}

/* The attribute in which a byte lies, at any depth that makes no difference. */
static struct nlattr *some_attr(struct space *space, struct random *random,
				size_t first)
{
	struct nlattr *attr, *seen = NULL;
	size_t at = first;
	uint32_t n = 1;

	while (at + NLA_HDRLEN <= space->used) {
		attr = (struct nlattr *)(space->at + at);
		if (attr->nla_len < NLA_HDRLEN)
			break;
		if (!random_below(random, n++))
			seen = attr;
		at += NLA_ALIGN(attr->nla_len);
	}
	return seen;
}

static void repeat_attr(struct space *space, const struct nlattr *attr)
{
	uint8_t copy[4096];
	size_t size = attr->nla_len;

	if (size < NLA_HDRLEN || size > sizeof(copy) ||
	    (const uint8_t *)attr + size > space->at + space->used)
		return;
	memcpy(copy, attr, size);
	put(space, ((struct nlattr *)copy)->nla_type, copy + NLA_HDRLEN,
	    size - NLA_HDRLEN);
}

/* One thing wrong with what stands behind the first bytes. */
static void spoil(struct space *space, struct random *random, size_t first)
{
	struct nlattr *attr = some_attr(space, random, first);
	size_t size = space->used - first;

	if (!attr)
		return;
	switch (random_below(random, 8)) {
	case 0: /* a bit */
		space->at[first + random_below(random, size)] ^=
			1 << random_below(random, 8);
		break;
	case 1: /* a length */
		attr->nla_len += random_below(random, 17) - 8;
		break;
	case 2: /* any length */
		attr->nla_len = random_word(random);
		break;
	case 3: /* another type */
		attr->nla_type = random_below(random, 40);
		break;
	case 4: /* flags of the type */
		attr->nla_type ^= 1 << (14 + random_below(random, 2));
		break;
	case 5: /* the same once more */
		repeat_attr(space, attr);
		break;
	case 6: /* cut short, at any byte */
		space->used = first + random_below(random, size + 1);
		break;
	case 7: /* something behind it */
		put(space, random_below(random, 64), "behind",
		    random_below(random, 7));
		break;
	}
}

static uint16_t choose_flags(struct random *random,
			     const struct command *command)
{
	uint16_t flags = NLM_F_REQUEST;

	if (random_percent(random, 90))
		flags |= NLM_F_ACK;
	if (command->dumps)
		flags |= NLM_F_DUMP;
	if (random_percent(random, 5))
		flags ^= NLM_F_DUMP;
	if (random_percent(random, 5))
		flags |= NLM_F_ECHO;
	if (random_percent(random, 2))
		flags = random_word(random);
	return flags;
}

static void put_noise(struct space *space, struct random *random)
{
	size_t size = random_below(random, 200);
	void *noise = take(space, size);

	if (noise)
		random_fill(random, noise, size);
}

size_t build_message(struct random *random, const struct command *command,
		     uint16_t family, uint32_t seq, void *to, size_t size)
{
	struct space space = { .at = to, .size = size };
	struct nlmsghdr *header = take(&space, sizeof(*header));
	struct genlmsghdr *genl = take(&space, sizeof(*genl));
	uint32_t kind = random_below(random, 10);
	size_t first = space.used;
	uint32_t n;

	header->nlmsg_type = family;
	header->nlmsg_flags = choose_flags(random, command);
	header->nlmsg_seq = seq;
	genl->cmd = command->number;
	genl->version = 1;
	if (kind < 9) {
		put_fields(&space, random, command->fields);
		for (n = kind < 5 ? 0 : 1 + random_below(random, 3); n; n--)
			spoil(&space, random, first);
	} else {
		genl->cmd = random_word(random);
		genl->version = random_word(random);
		genl->reserved = random_percent(random, 10);
		put_noise(&space, random);
	}
	header->nlmsg_len = space.used;
	return space.used;
}
