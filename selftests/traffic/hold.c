// SPDX-License-Identifier: GPL-2.0-or-later
#include "traffic.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct held {
	int fd; /* -1: over */
	char server[64];
};

struct hold {
	struct client_options options;
	struct held *held;
	unsigned int results[OUTCOMES];
};

/* Waits for something to read; OUTCOME_OK when there is. */
static enum outcome await(int fd, unsigned int timeout_ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	int error = 0;
	socklen_t length = sizeof(error);

	if (poll(&poll_fd, 1, timeout_ms) <= 0)
		return OUTCOME_TIMEOUT;
	if (!(poll_fd.revents & POLLERR))
		return OUTCOME_OK;
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
	return outcome_of_socket(fd, error);
}

/* Reads until the text ends with a line feed. */
static enum outcome read_line(struct hold *hold, int fd, char *line,
			      size_t size)
{
	enum outcome outcome;
	size_t done = 0;
	ssize_t got;

	do {
		outcome = await(fd, hold->options.timeout_ms);
		if (outcome != OUTCOME_OK)
			return outcome;
		got = recv(fd, line + done, size - 1 - done, 0);
		if (got < 0)
			return outcome_of_socket(fd, errno);
		if (!got)
			return OUTCOME_CLOSED;
		done += got;
		line[done] = 0;
	} while (line[done - 1] != '\n' && done < size - 1);
	return OUTCOME_OK;
}

static enum outcome open_one(struct hold *hold, struct held *held,
			     unsigned int index)
{
	char line[GREETING_SIZE];
	enum outcome outcome;
	bool right_client;

	held->fd = client_open(&hold->options, index);
	if (held->fd < 0)
		return outcome_of_socket(-1, errno);
	/*
	 * Who is killed says so once: a FIN would be said for a minute more, and
	 * meet the services of the next test.
	 */
	client_end_by_reset(held->fd, true);
	if (hold->options.type == SOCK_DGRAM && send(held->fd, "", 0, 0) < 0)
		return outcome_of_socket(held->fd, errno);
	outcome = read_line(hold, held->fd, line, sizeof(line));
	if (outcome != OUTCOME_OK)
		return outcome;
	if (!client_read_greeting(line, held->fd, held->server,
				  sizeof(held->server), &right_client))
		return OUTCOME_GARBLED;
	return OUTCOME_OK;
}

static void let_go(struct held *held, bool reset)
{
	if (held->fd >= 0)
		client_close(held->fd, reset);
	held->fd = -1;
}

static void open_all(struct hold *hold)
{
	struct shares *shares = shares_new();
	unsigned int i, opened = 0;
	int outcome;

	for (i = 0; i < hold->options.count; i++) {
		struct held *held = &hold->held[i];

		outcome = open_one(hold, held, i);
		hold->results[outcome]++;
		if (outcome == OUTCOME_OK) {
			shares_count(shares, held->server);
			opened++;
		} else {
			let_go(held, true);
		}
	}
	shares_print(shares);
	shares_free(shares);
	for (outcome = OUTCOME_OK + 1; outcome < OUTCOMES; outcome++)
		if (hold->results[outcome])
			printf("error %s %u\n", outcome_name(outcome),
			       hold->results[outcome]);
	printf("open %u\n", opened);
}

static enum outcome ask_token(struct held *held, unsigned int index)
{
	char token[32];
	int size = snprintf(token, sizeof(token), "token %u\n", index);

	if (send(held->fd, token, size, 0) < 0)
		return outcome_of_socket(held->fd, errno);
	return OUTCOME_OK;
}

static enum outcome read_token(struct hold *hold, struct held *held,
			       unsigned int index)
{
	char line[2 * GREETING_SIZE], server[64];
	bool right_client;
	unsigned int seen;
	char *token = line;
	enum outcome outcome;

	outcome = read_line(hold, held->fd, line, sizeof(line));
	if (outcome != OUTCOME_OK)
		return outcome;
	if (hold->options.type == SOCK_DGRAM) {
		/* Each datagram brings the greeting of who answers now. */
		if (!client_read_greeting(line, held->fd, server,
					  sizeof(server), &right_client))
			return OUTCOME_GARBLED;
		token = strchr(line, '\n') + 1;
	}
	if (sscanf(token, "token %u", &seen) != 1 || seen != index)
		return OUTCOME_GARBLED;
	if (hold->options.type == SOCK_DGRAM && strcmp(server, held->server)) {
		snprintf(held->server, sizeof(held->server), "%s", server);
		return OUTCOME_MOVED;
	}
	return OUTCOME_OK;
}

static bool is_over(enum outcome outcome)
{
	return outcome != OUTCOME_OK && outcome != OUTCOME_MOVED;
}

/* All questions first, so that the answers take one timeout at most each. */
static void ping(struct hold *hold)
{
	unsigned int i;

	for (i = 0; i < hold->options.count; i++) {
		struct held *held = &hold->held[i];
		enum outcome outcome;

		if (held->fd < 0)
			continue;
		outcome = ask_token(held, i);
		if (is_over(outcome)) {
			hold->results[outcome]++;
			let_go(held, true);
		}
	}
	for (i = 0; i < hold->options.count; i++) {
		struct held *held = &hold->held[i];
		enum outcome outcome;

		if (held->fd < 0)
			continue;
		outcome = read_token(hold, held, i);
		hold->results[outcome]++;
		if (is_over(outcome))
			let_go(held, true);
	}
}

static enum outcome look_at(struct held *held)
{
	char byte;
	enum outcome outcome = await(held->fd, 0);
	ssize_t got;

	if (outcome == OUTCOME_TIMEOUT)
		return OUTCOME_OK;
	if (outcome != OUTCOME_OK)
		return outcome;
	got = recv(held->fd, &byte, 1, MSG_PEEK);
	if (got < 0)
		return outcome_of_socket(held->fd, errno);
	return got ? OUTCOME_OK : OUTCOME_CLOSED;
}

static void look(struct hold *hold)
{
	unsigned int i;

	for (i = 0; i < hold->options.count; i++)
		if (hold->held[i].fd >= 0)
			hold->results[look_at(&hold->held[i])]++;
}

static void end_all(struct hold *hold, const char *how)
{
	unsigned int i;

	for (i = 0; i < hold->options.count; i++) {
		struct held *held = &hold->held[i];

		if (held->fd < 0)
			continue;
		hold->results[OUTCOME_OK]++;
		if (!strcmp(how, "shutdown"))
			shutdown(held->fd, SHUT_WR);
		else
			let_go(held, !strcmp(how, "reset"));
	}
}

static void obey(struct hold *hold, const char *command)
{
	int outcome;

	memset(hold->results, 0, sizeof(hold->results));
	if (!strcmp(command, "ping"))
		ping(hold);
	else if (!strcmp(command, "look"))
		look(hold);
	else if (!strcmp(command, "shutdown") || !strcmp(command, "reset") ||
		 !strcmp(command, "close"))
		end_all(hold, command);
	else
		errx(2, "no such command: %s", command);
	printf("%s %u ok", command, hold->results[OUTCOME_OK]);
	for (outcome = OUTCOME_OK + 1; outcome < OUTCOMES; outcome++)
		if (hold->results[outcome])
			printf(" %u %s", hold->results[outcome],
			       outcome_name(outcome));
	printf("\n");
}

int hold_main(int argc, char **argv)
{
	struct rlimit limit = { .rlim_cur = 65536, .rlim_max = 65536 };
	struct hold hold = { 0 };
	char command[64];

	client_options(argc, argv, &hold.options);
	setrlimit(RLIMIT_NOFILE, &limit);
	setvbuf(stdout, NULL, _IOLBF, 0);
	hold.held = calloc(hold.options.count, sizeof(*hold.held));
	if (!hold.held)
		err(1, "hold");
	open_all(&hold);
	while (scanf("%63s", command) == 1)
		obey(&hold, command);
	free(hold.held);
	return 0;
}
