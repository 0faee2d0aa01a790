// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fuzz netlink: workers that talk to the family all at once. Each has two
 * sockets, one of which hears the notifications. Of four workers one is in a
 * user namespace of its own, every other time with a network namespace of its
 * own too; what these may not do must be refused.
 */
#include "fuzz.h"

#include <err.h>
#include <errno.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a batch holds at most, and how many answers are waited for. */
#define BATCH	     5
#define MESSAGE_SIZE 8192
#define REMEMBERED   4096

struct worker {
	struct random random;
	struct talk talks[2];
	struct answers *answers;
	uint32_t seq;
	bool privileged;
	/* by sequence number: was it one that wants privilege? */
	bool guarded[REMEMBERED];
};

static void check_privilege(uint32_t seq, int error, void *context)
{
	const struct worker *worker = context;

	if (error || worker->privileged || !worker->guarded[seq % REMEMBERED])
		return;
	errx(1, "request %u was obeyed or answered without privilege", seq);
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

static pid_t start(const struct fuzz_options *options, uint32_t number,
		   uint32_t count, struct answers *answers)
{
	static struct worker worker;
	int spaces = CLONE_NEWUSER;
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid)
		return pid;
	worker.privileged = number % 4 != 3;
	worker.answers = answers;
	random_start(&worker.random, options->seed, number);
	if (number % 8 == 7)
		spaces |= CLONE_NEWNET;
	if (!worker.privileged && unshare(spaces))
		err(1, "no user namespace");
	work(&worker, count);
	exit(0);
}

static void add(struct answers *sum, const struct answers *answers)
{
	size_t i;

	sum->obeyed += answers->obeyed;
	sum->refused += answers->refused;
	sum->objects += answers->objects;
	sum->sentences += answers->sentences;
	for (i = 0; i < ARRAY_SIZE(sum->errors); i++)
		sum->errors[i] += answers->errors[i];
}

static void report(const struct answers *sum, uint32_t sent)
{
	size_t i;

	printf("sent %u\nobeyed %u\nrefused %u\nobjects %u\nsentences %u\n",
	       sent, sum->obeyed, sum->refused, sum->objects, sum->sentences);
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
