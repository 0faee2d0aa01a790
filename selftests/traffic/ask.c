// SPDX-License-Identifier: GPL-2.0-or-later
#include "traffic.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

struct attempt {
	int fd; /* -1: not in use */
	bool sent;
	uint64_t deadline;
	char *text; /* what came so far */
	size_t size;
};

struct round {
	struct client_options options;
	struct attempt *attempts; /* options.parallel of them */
	unsigned int started;
	uint64_t began;
	unsigned int running;
	int poll_fd;
	char *payload;
	struct shares *shares;
	unsigned int errors[OUTCOMES];
	unsigned int wrong_client;
};

static void print_each(const struct round *round, int fd, const char *what)
{
	union address own, target;
	socklen_t own_size = sizeof(own), target_size = sizeof(target);

	if (!round->options.each)
		return;
	if (getsockname(fd, &own.any, &own_size) ||
	    getpeername(fd, &target.any, &target_size))
		printf("each - 0 0 %s\n", what);
	else
		printf("each %s %u %u %s\n", address_text(&own),
		       address_port(&own), address_port(&target), what);
}

static void finish(struct round *round, struct attempt *attempt,
		   enum outcome outcome, const char *name)
{
	print_each(round, attempt->fd,
		   outcome == OUTCOME_OK ? name : outcome_name(outcome));
	if (outcome == OUTCOME_OK)
		shares_count(round->shares, name);
	else
		round->errors[outcome]++;
	client_close(attempt->fd, round->options.reset);
	attempt->fd = -1;
	round->running--;
}

static void fail(struct round *round, struct attempt *attempt, int error)
{
	finish(round, attempt, outcome_of_socket(attempt->fd, error), NULL);
}

static void start(struct round *round, struct attempt *attempt)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = attempt };

	attempt->sent = false;
	attempt->size = 0;
	attempt->deadline = now_ms() + round->options.timeout_ms;
	attempt->fd = client_open(&round->options, round->started++);
	if (attempt->fd < 0) {
		enum outcome outcome = outcome_of_socket(-1, errno);

		round->errors[outcome]++;
		if (round->options.each)
			printf("each - 0 0 %s\n", outcome_name(outcome));
		return;
	}
	round->running++;
	/* UDP has to speak first; TCP does so only if there is something. */
	if (round->options.type == SOCK_DGRAM || round->options.size)
		event.events |= EPOLLOUT;
	if (epoll_ctl(round->poll_fd, EPOLL_CTL_ADD, attempt->fd, &event))
		err(1, "epoll_ctl");
}

static bool may_start(const struct round *round)
{
	const struct client_options *options = &round->options;

	if (round->started >= options->count)
		return false;
	return !options->rate ||
	       round->started * 1000ull <=
		       (now_ms() - round->began) * options->rate;
}

static void start_more(struct round *round)
{
	unsigned int i;

	for (i = 0; i < round->options.parallel; i++)
		while (round->attempts[i].fd < 0 && may_start(round))
			start(round, &round->attempts[i]);
}

/* Greeting and payload are there: is it ours? */
static void judge(struct round *round, struct attempt *attempt)
{
	size_t size = round->options.size;
	char name[64];
	bool right_client;

	if (!client_read_greeting(attempt->text, attempt->fd, name,
				  sizeof(name), &right_client) ||
	    memcmp(attempt->text + attempt->size - size, round->payload,
		   size)) {
		finish(round, attempt, OUTCOME_GARBLED, NULL);
		return;
	}
	if (!right_client)
		round->wrong_client++;
	finish(round, attempt, OUTCOME_OK, name);
}

static bool is_complete(const struct round *round,
			const struct attempt *attempt)
{
	const char *end = memchr(attempt->text, '\n', attempt->size);

	return end &&
	       attempt->size - (end + 1 - attempt->text) >= round->options.size;
}

static void receive(struct round *round, struct attempt *attempt)
{
	size_t room = GREETING_SIZE + round->options.size - attempt->size;
	ssize_t size =
		recv(attempt->fd, attempt->text + attempt->size, room, 0);

	if (size < 0 && errno == EAGAIN)
		return;
	if (size < 0) {
		fail(round, attempt, errno);
		return;
	}
	attempt->size += size;
	if (is_complete(round, attempt))
		judge(round, attempt);
	else if (!size || round->options.type == SOCK_DGRAM)
		finish(round, attempt, size ? OUTCOME_GARBLED : OUTCOME_CLOSED,
		       NULL);
}

static void speak(struct round *round, struct attempt *attempt)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = attempt };

	if (send(attempt->fd, round->payload, round->options.size, 0) < 0) {
		fail(round, attempt, errno);
		return;
	}
	attempt->sent = true;
	epoll_ctl(round->poll_fd, EPOLL_CTL_MOD, attempt->fd, &event);
}

static void handle(struct round *round, struct attempt *attempt,
		   uint32_t events)
{
	int error = 0;
	socklen_t length = sizeof(error);

	if (attempt->fd < 0)
		return;
	if (events & EPOLLERR) {
		getsockopt(attempt->fd, SOL_SOCKET, SO_ERROR, &error, &length);
		fail(round, attempt, error);
	} else if (events & EPOLLIN) {
		receive(round, attempt);
	} else if (events & EPOLLHUP) {
		finish(round, attempt, OUTCOME_CLOSED, NULL);
	} else if (!attempt->sent) {
		speak(round, attempt);
	}
}

static void give_up_late(struct round *round)
{
	uint64_t now = now_ms();
	unsigned int i;

	for (i = 0; i < round->options.parallel; i++)
		if (round->attempts[i].fd >= 0 &&
		    now >= round->attempts[i].deadline)
			finish(round, &round->attempts[i], OUTCOME_TIMEOUT,
			       NULL);
}

static void prepare(struct round *round)
{
	struct stream stream;
	unsigned int i;

	round->attempts =
		calloc(round->options.parallel, sizeof(*round->attempts));
	round->payload = malloc(round->options.size + 1);
	if (!round->attempts || !round->payload)
		err(1, "ask");
	stream_start(&stream);
	stream_fill(&stream, round->payload, round->options.size);
	for (i = 0; i < round->options.parallel; i++) {
		round->attempts[i].fd = -1;
		round->attempts[i].text =
			malloc(GREETING_SIZE + round->options.size);
		if (!round->attempts[i].text)
			err(1, "ask");
	}
	round->shares = shares_new();
	round->began = now_ms();
	round->poll_fd = epoll_create1(EPOLL_CLOEXEC);
}

static void clean_up(struct round *round)
{
	unsigned int i;

	for (i = 0; i < round->options.parallel; i++)
		free(round->attempts[i].text);
	free(round->attempts);
	free(round->payload);
	shares_free(round->shares);
	close(round->poll_fd);
}

static bool print_result(const struct round *round)
{
	bool perfect = !round->wrong_client;
	int i;

	shares_print(round->shares);
	for (i = OUTCOME_OK + 1; i < OUTCOMES; i++) {
		if (!round->errors[i])
			continue;
		printf("error %s %u\n", outcome_name(i), round->errors[i]);
		perfect = false;
	}
	if (round->wrong_client)
		printf("error wrong-client %u\n", round->wrong_client);
	return perfect;
}

/* Exit status: 0 if all were answered, else 1. */
int ask_main(int argc, char **argv)
{
	struct rlimit limit = { .rlim_cur = 65536, .rlim_max = 65536 };
	struct epoll_event events[64];
	struct round round = { 0 };
	bool perfect;
	int i, n;

	client_options(argc, argv, &round.options);
	setrlimit(RLIMIT_NOFILE, &limit);
	prepare(&round);
	for (;;) {
		start_more(&round);
		if (!round.running && round.started >= round.options.count)
			break;
		n = epoll_wait(round.poll_fd, events, 64, 10);
		for (i = 0; i < n; i++)
			handle(&round, events[i].data.ptr, events[i].events);
		give_up_late(&round);
	}
	perfect = print_result(&round);
	clean_up(&round);
	return perfect ? 0 : 1;
}
