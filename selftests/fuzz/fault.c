// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz fault: each request once for every allocation that the kernel makes for
 * it, and that one fails. The request is then done whole or not at all, which
 * is seen in what the family's dumps say.
 *
 * The kernel counts the allocations of a task down from the number that was
 * written to its file "fail-nth" and fails the last. What is left of the number
 * tells when there was none to fail any more.
 */
#include "fuzz.h"
#include "fault.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/lbvs.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* More allocations than that no request makes. */
#define TRIES_MAX 2000

/* There was no answer, as there was no memory for it. */
#define UNANSWERED (-1)

struct dump {
	uint8_t command;
	/* attributes that change by themselves, as bits */
	uint64_t restless;
};

#define BIT(type) (1ull << (type))

static const struct dump dumps[] = {
	{ LBVS_CMD_POOL_GET, 0 },
	{ LBVS_CMD_REAL_GET,
	  BIT(LBVS_A_REAL_ACTIVE_FLOWS) | BIT(LBVS_A_REAL_COUNTERS) |
		  BIT(LBVS_A_REAL_DEADLINE) | BIT(LBVS_A_REAL_RAMP) },
	{ LBVS_CMD_SERVICE_GET,
	  BIT(LBVS_A_SERVICE_ACTIVE_FLOWS) | BIT(LBVS_A_SERVICE_COUNTERS) },
	{ LBVS_CMD_MEMBER_GET, BIT(LBVS_A_MEMBER_ACTIVE_FLOWS) |
				       BIT(LBVS_A_MEMBER_COUNTERS) |
				       BIT(LBVS_A_MEMBER_RAMP) },
	{ LBVS_CMD_VERDICT_GET, BIT(LBVS_A_VERDICT_AGE) },
	{ LBVS_CMD_ARM_GET, 0 },
};

static struct talk talk;
static struct talk listener;
static uint32_t seq;
static int fail_nth;

void fault_set_nth(unsigned int n)
{
	char text[16];
	int size = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fail_nth, text, size, 0) != size)
		err(1, "fail-nth");
}

/* How many allocations were missing for it to fail. */
unsigned int fault_left_of_nth(void)
{
	char text[16] = "";

	if (pread(fail_nth, text, sizeof(text) - 1, 0) < 0)
		err(1, "fail-nth");
	return atoi(text);
}

static size_t build(const struct request *request, uint16_t flags,
		    uint8_t *message)
{
	const struct given *given;
	struct nlmsghdr header = {
		.nlmsg_type = talk.family,
		.nlmsg_flags = NLM_F_REQUEST | flags,
		.nlmsg_seq = ++seq,
		.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN,
	};
	struct genlmsghdr genl = { .cmd = request->command, .version = 1 };

	memset(message, 0, 1024);
	for (given = request->attrs; given->type; given++) {
		struct nlattr attr = { .nla_len = NLA_HDRLEN + given->size,
				       .nla_type = given->type };
		uint8_t *at = message + header.nlmsg_len;

		memcpy(at, &attr, sizeof(attr));
		memcpy(at + NLA_HDRLEN, given->data, given->size);
		header.nlmsg_len += NLA_ALIGN(attr.nla_len);
	}
	memcpy(message, &header, sizeof(header));
	memcpy(message + NLMSG_HDRLEN, &genl, sizeof(genl));
	return header.nlmsg_len;
}

/* The answer of the kernel is there when send() returns, if there is one. */
static int read_answer(void)
{
	uint8_t buffer[32768];
	const struct nlmsghdr *header;
	ssize_t size;
	int answer = UNANSWERED;

	while ((size = recv(talk.fd, buffer, sizeof(buffer), MSG_DONTWAIT)) >=
		       0 ||
	       errno == ENOBUFS) {
		if (size < 0)
			continue;
		for (header = (void *)buffer; NLMSG_OK(header, size);
		     header = NLMSG_NEXT(header, size)) {
			const struct nlmsgerr *error = NLMSG_DATA(header);

			if (header->nlmsg_seq == seq &&
			    header->nlmsg_type == NLMSG_ERROR)
				answer = -error->error;
		}
	}
	return answer;
}

/* 0, an error number, or UNANSWERED */
static int try(const struct request *request)
{
	uint8_t message[1024];
	size_t size = build(request, NLM_F_ACK, message);

	if (send(talk.fd, message, size, 0) < 0) {
		/* No memory for the request: the kernel has not seen it. */
		int error = errno;

		read_answer();
		return error;
	}
	return read_answer();
}

static void obtain(const struct request *request)
{
	int error = try(request);

	if (error)
		errx(1, "command %u: %s", request->command, strerror(error));
}

/* --- what there is ------------------------------------------------------- */

static void hash(uint64_t *sum, const void *from, size_t size)
{
	const uint8_t *bytes = from;

	while (size--)
		*sum = (*sum ^ *bytes++) * 0x100000001b3;
}

static void hash_object(uint64_t *sum, const struct nlmsghdr *header,
			uint64_t restless)
{
	const uint8_t *at = (const uint8_t *)header;
	const uint8_t *end = at + header->nlmsg_len;

	restless |= BIT(LBVS_A_GENERATION) | BIT(LBVS_A_PAD);
	at += NLMSG_HDRLEN;
	hash(sum, at, 1);
	for (at += GENL_HDRLEN; at < end;) {
		struct nlattr attr;

		memcpy(&attr, at, sizeof(attr));
		if (attr.nla_len < NLA_HDRLEN || at + attr.nla_len > end)
			errx(1, "a dump is malformed");
		if (!(restless & BIT(attr.nla_type & NLA_TYPE_MASK)))
			hash(sum, at, attr.nla_len);
		at += NLA_ALIGN(attr.nla_len);
	}
}

static bool dump_whole(const struct dump *dump, uint64_t *sum)
{
	const struct request request = { dump->command };
	uint8_t message[1024], buffer[65536];
	const struct nlmsghdr *header;
	ssize_t size = build(&request, NLM_F_DUMP, message);

	if (send(talk.fd, message, size, 0) < 0)
		return false;
	while ((size = recv(talk.fd, buffer, sizeof(buffer), MSG_DONTWAIT)) >
	       0) {
		for (header = (void *)buffer; NLMSG_OK(header, size);
		     header = NLMSG_NEXT(header, size)) {
			if (header->nlmsg_type == NLMSG_DONE)
				return true;
			if (header->nlmsg_type == NLMSG_ERROR)
				return false;
			hash_object(sum, header, dump->restless);
		}
	}
	return false;
}

static uint64_t look_at_config(void)
{
	uint64_t sum = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dumps); i++)
		if (!dump_whole(&dumps[i], &sum))
			errx(1, "dump %u came to no end", dumps[i].command);
	return sum;
}

/* --- trying -------------------------------------------------------------- */

/* Was anybody who listens told of something, or that it was missed? */
static bool listener_heard(void)
{
	uint8_t buffer[32768] = "";
	const struct nlmsghdr *header = (const void *)buffer;
	bool heard = false;
	ssize_t size;

	while ((size = recv(listener.fd, buffer, sizeof(buffer),
			    MSG_DONTWAIT)) >= 0 ||
	       errno == ENOBUFS)
		heard |= size < 0 || (NLMSG_OK(header, size) &&
				      header->nlmsg_type == listener.family);
	return heard;
}

static void undo(const struct fault_case *fault, uint64_t before)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fault->undo) && fault->undo[i].command; i++)
		obtain(&fault->undo[i]);
	if (look_at_config() != before)
		errx(1, "%s: could not be undone", fault->name);
}

static void begin(const struct fault_case *fault)
{
	static const struct request clear = { LBVS_CMD_CONFIG_DEL };
	static const struct request bare = { LBVS_CMD_ARM_DEL,
					     { { LBVS_A_ARM_DEV,
						 sizeof("spare"), "spare" } } };
	size_t i;

	obtain(&clear);
	try(&bare);
	for (i = 0; i < ARRAY_SIZE(fault->first) && fault->first[i].command;
	     i++)
		obtain(&fault->first[i]);
}

/* With its allocation number n failing. Returns whether there was one. */
static bool try_fault(const struct fault_case *fault, unsigned int n,
		      uint64_t before, uint64_t after, unsigned int *failed)
{
	unsigned int left;
	uint64_t now;
	bool heard;
	int error;

	listener_heard();
	fault_set_nth(n);
	error = try(&fault->request);
	left = fault_left_of_nth();
	fault_set_nth(0);
	heard = listener_heard();
	if (error == UNANSWERED)
		read_answer();
	now = look_at_config();
	if (now != before && now != after)
		errx(1, "%s: half done when allocation %u failed", fault->name,
		     n);
	if (error > 0 && now != before)
		errx(1, "%s: done, yet refused, when allocation %u failed",
		     fault->name, n);
	if (!error && now != after)
		errx(1, "%s: not done, yet obeyed, when allocation %u failed",
		     fault->name, n);
	if (now != before && !heard)
		errx(1,
		     "%s: done, yet nobody was told, when allocation %u failed",
		     fault->name, n);
	if (error > 0)
		(*failed)++;
	if (now != before)
		undo(fault, before);
	return !left;
}

static void try_case(const struct fault_case *fault)
{
	uint64_t before, after;
	unsigned int n, failed = 0;

	begin(fault);
	before = look_at_config();
	obtain(&fault->request);
	after = look_at_config();
	if (after != before)
		undo(fault, before);
	for (n = 1; try_fault(fault, n, before, after, &failed); n++)
		if (n == TRIES_MAX)
			errx(1, "%s: no end of allocations", fault->name);
	/* The message itself is one, so there is always something to fail. */
	if (!failed)
		errx(1, "%s: no failed allocation was noticed", fault->name);
	printf("%s allocations %u refused %u\n", fault->name, n - 1, failed);
	fflush(stdout);
}

/* A dump may end early, and says so; the next one is whole. */
static void try_dump(const struct dump *dump)
{
	uint64_t before = look_at_config(), sum;
	unsigned int n, failed = 0, left;

	for (n = 1;; n++) {
		fault_set_nth(n);
		failed += !dump_whole(dump, &sum);
		left = fault_left_of_nth();
		fault_set_nth(0);
		read_answer();
		if (look_at_config() != before)
			errx(1, "dump %u changed something", dump->command);
		if (left)
			break;
	}
	printf("dump %u allocations %u refused %u\n", dump->command, n - 1,
	       failed);
}

/* Loads the module, whose allocation number n fails. What is left is returned. */
static unsigned int load_once(int file, unsigned int n, bool *loaded)
{
	unsigned int left;

	fault_set_nth(n);
	*loaded = !syscall(SYS_finit_module, file, "", 0);
	left = fault_left_of_nth();
	fault_set_nth(0);
	if (*loaded && syscall(SYS_delete_module, "lbvs", O_NONBLOCK))
		err(1, "unload, with allocation %u", n);
	return left;
}

/* Most are the kernel's own, to read the file; the module's are the last. */
static int load_with_faults(const char *path)
{
	const unsigned int most = 20 * TRIES_MAX, last = 100;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	unsigned int n, first, failed = 0;
	bool loaded;

	if (file < 0)
		err(1, "%s", path);
	n = most - load_once(file, most, &loaded);
	if (!loaded)
		errx(1, "%s: cannot be loaded", path);
	first = n > last ? n - last : 1;
	for (n = first; n < most; n++) {
		if (load_once(file, n, &loaded) && loaded)
			break;
		failed += !loaded;
	}
	printf("load allocations %u refused %u\n", n - first, failed);
	return 0;
}

int fault_main(int argc, char **argv)
{
	size_t i;

	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0)
		err(1, "this kernel cannot fail");
	if (argc == 3 && !strcmp(argv[1], "load"))
		return load_with_faults(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "packet"))
		return fault_packets(argv[2], argv[3]);
	if (argc != 1)
		errx(2, "what is \"%s\"?", argv[1]);
	talk_open(&talk, false);
	talk_open(&listener, true);
	for (i = 0; i < n_fault_cases; i++)
		try_case(&fault_cases[i]);
	for (i = 0; i < ARRAY_SIZE(dumps); i++)
		try_dump(&dumps[i]);
	return 0;
}
