// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz netlink: workers that talk to the family all at once. Each has two
 * sockets, one of which hears the notifications. Of eight workers three lack
 * privilege, each in another way; what they may not do must be refused. With
 * --foreign all do, or have it elsewhere: nobody may write here.
 */
#include "fuzz.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a batch holds at most, and how many answers are waited for. */
#define BATCH	     5
#define MESSAGE_SIZE 8192
#define REMEMBERED   4096

/**
 * enum role - who a worker is
 * @ROLE_ADMIN: may write.
 * @ROLE_NOBODY: lacks CAP_NET_ADMIN.
 * @ROLE_GUEST: root of a user namespace; the network is not its own.
 * @ROLE_OWNER: root of one with a network of its own. It may write there when
 *	the module says so.
 */
enum role {
	ROLE_ADMIN,
	ROLE_NOBODY,
	ROLE_GUEST,
	ROLE_OWNER,
};

struct worker {
	struct random random;
	struct talk talks[2];
	struct answers *answers;
	uint32_t seq;
	bool privileged;
	/* by sequence number: was it one that wants privilege? */
	bool guarded[REMEMBERED];
};

/* Before it looks for privilege, the kernel looks at the header alone. */
static bool is_refusal(int error)
{
	return error == EPERM || error == EINVAL || error == EOPNOTSUPP;
}

static void check_privilege(uint32_t seq, int error, void *context)
{
	struct worker *worker = context;

	if (!worker->guarded[seq % REMEMBERED])
		return;
	if (worker->privileged)
		worker->answers->privileged += !error;
	else if (!error)
		errx(1, "request %u was obeyed or answered without privilege",
		     seq);
	else if (!is_refusal(error))
		errx(1, "request %u without privilege: %s", seq,
		     strerror(error));
}

/* What is no request is acknowledged, and nothing done. */
static void note_command(struct worker *worker, const uint8_t *message)
{
	const struct nlmsghdr *header = (const struct nlmsghdr *)message;
	const struct command *command = tree_find(message[NLMSG_HDRLEN]);

	worker->guarded[worker->seq % REMEMBERED] =
		command && command->guarded &&
		(header->nlmsg_flags & NLM_F_REQUEST);
}

/* One message, or some that the kernel takes in one go. */
static uint32_t speak(struct worker *worker, const struct talk *talk)
{
	static uint8_t batch[BATCH * MESSAGE_SIZE];
	uint32_t n = 1, i;
	size_t used = 0;

	if (random_percent(&worker->random, 10))
		n = 2 + random_below(&worker->random, BATCH - 1);
	for (i = 0; i < n; i++) {
		size_t size;

		worker->seq++;
		size = build_message(&worker->random,
				     tree_pick(&worker->random), talk->family,
				     worker->seq, batch + used, MESSAGE_SIZE);
		note_command(worker, batch + used);
		if (i + 1 < n)
			memset(batch + used + size, 0,
			       NLMSG_ALIGN(size) - size);
		used += i + 1 < n ? NLMSG_ALIGN(size) : size;
	}
	talk_send(talk, batch, used);
	return n;
}

/* Most of the time everything is read; else a dump waits half done, meets the
 * next requests, or is given up with its socket.
 */
static void listen_up(struct worker *worker, struct talk *talk)
{
	uint32_t mood = random_below(&worker->random, 100);
	bool listens = talk == &worker->talks[1];

	if (mood < 80)
		talk_hear(talk, worker->answers, 100000, check_privilege,
			  worker);
	else if (mood < 98)
		talk_hear(talk, worker->answers, 1, check_privilege, worker);
	else {
		talk_close(talk);
		talk_open(talk, listens);
	}
}

static void work(struct worker *worker, uint32_t count)
{
	struct talk *talk;

	talk_open(&worker->talks[0], false);
	talk_open(&worker->talks[1], true);
	while (worker->seq < count) {
		talk = &worker->talks[random_below(&worker->random, 2)];
		speak(worker, talk);
		listen_up(worker, talk);
	}
	talk_hear(&worker->talks[0], worker->answers, 100000, check_privilege,
		  worker);
	talk_hear(&worker->talks[1], worker->answers, 100000, check_privilege,
		  worker);
}

static enum role choose_role(const struct fuzz_options *options,
			     uint32_t number)
{
	static const enum role usual[] = {
		ROLE_ADMIN, ROLE_ADMIN, ROLE_ADMIN, ROLE_NOBODY,
		ROLE_ADMIN, ROLE_GUEST, ROLE_ADMIN, ROLE_OWNER,
	};
	static const enum role foreign[] = {
		ROLE_OWNER,
		ROLE_GUEST,
		ROLE_OWNER,
		ROLE_NOBODY,
	};

	return options->foreign ? foreign[number % ARRAY_SIZE(foreign)] :
				  usual[number % ARRAY_SIZE(usual)];
}

static void drop_net_admin(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		err(1, "capget");
	data[0].effective &= ~(1u << CAP_NET_ADMIN);
	data[0].permitted &= ~(1u << CAP_NET_ADMIN);
	data[0].inheritable &= ~(1u << CAP_NET_ADMIN);
	if (syscall(SYS_capset, &header, data))
		err(1, "capset");
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(1, "%s", path);
	close(fd);
}

static void enter_userns(int flags)
{
	if (unshare(CLONE_NEWUSER | flags))
		err(1, "no user namespace");
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 0 1");
	write_file("/proc/self/gid_map", "0 0 1");
}

/* The module's parameter: may the owner of a network write there? */
static bool owners_may_write(void)
{
	FILE *file = fopen("/sys/module/lbvs/parameters/userns", "r");
	int c;

	if (!file)
		err(1, "no parameter userns");
	c = fgetc(file);
	fclose(file);
	return c == 'Y';
}

/* Return: may it write? */
static bool become(enum role role)
{
	switch (role) {
	case ROLE_ADMIN:
		return true;
	case ROLE_NOBODY:
		drop_net_admin();
		return false;
	case ROLE_GUEST:
		enter_userns(0);
		return false;
	case ROLE_OWNER:
		enter_userns(CLONE_NEWNET);
		return owners_may_write();
	}
	return false;
}

static pid_t start(const struct fuzz_options *options, uint32_t number,
		   uint32_t count, struct answers *answers)
{
	static struct worker worker;
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid)
		return pid;
	worker.privileged = become(choose_role(options, number));
	worker.answers = answers;
	random_start(&worker.random, options->seed, number);
	work(&worker, count);
	exit(0);
}

static void add(struct answers *sum, const struct answers *answers)
{
	size_t i;

	sum->obeyed += answers->obeyed;
	sum->refused += answers->refused;
	sum->privileged += answers->privileged;
	sum->objects += answers->objects;
	sum->sentences += answers->sentences;
	for (i = 0; i < ARRAY_SIZE(sum->errors); i++)
		sum->errors[i] += answers->errors[i];
}

static void report(const struct answers *sum, uint32_t sent)
{
	size_t i;

	printf("sent %u\nobeyed %u\nrefused %u\nprivileged %u\nobjects %u\n"
	       "sentences %u\n",
	       sent, sum->obeyed, sum->refused, sum->privileged, sum->objects,
	       sum->sentences);
	for (i = 1; i < ARRAY_SIZE(sum->errors); i++)
		if (sum->errors[i])
			printf("error %s %u\n", strerrorname_np(i) ?: "unnamed",
			       sum->errors[i]);
}

int netlink_main(int argc, char **argv)
{
	struct fuzz_options options;
	struct answers *answers, sum = { 0 };
	uint32_t i, each;
	int status, rc = 0;

	fuzz_options(argc, argv, &options);
	printf("seed %llu\n", (unsigned long long)options.seed);
	fflush(stdout);
	each = (options.count + options.workers - 1) / options.workers;
	answers = mmap(NULL, options.workers * sizeof(*answers),
		       PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		       0);
	if (answers == MAP_FAILED)
		err(1, "answers");
	for (i = 0; i < options.workers; i++)
		start(&options, i, each, &answers[i]);
	while (wait(&status) > 0)
		if (status)
			rc = 1;
	for (i = 0; i < options.workers; i++)
		add(&sum, &answers[i]);
	report(&sum, each * options.workers);
	return rc;
}
