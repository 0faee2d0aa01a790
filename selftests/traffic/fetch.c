// SPDX-License-Identifier: GPL-2.0-or-later
#include "traffic.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct transfer {
	struct client_options options;
	int fd;
	struct stream sent_stream, seen_stream;
	uint64_t sent, seen;
	uint64_t begin_ms;
};

static void give_up(struct transfer *transfer, enum outcome outcome)
{
	printf("error %s after %llu\n", outcome_name(outcome),
	       (unsigned long long)transfer->seen);
	exit(1);
}

static void await(struct transfer *transfer, short events)
{
	struct pollfd poll_fd = { .fd = transfer->fd, .events = events };
	int error = 0;
	socklen_t length = sizeof(error);

	if (poll(&poll_fd, 1, transfer->options.timeout_ms) <= 0)
		give_up(transfer, OUTCOME_TIMEOUT);
	if (!(poll_fd.revents & POLLERR))
		return;
	getsockopt(transfer->fd, SOL_SOCKET, SO_ERROR, &error, &length);
	give_up(transfer, outcome_of_socket(transfer->fd, error));
}

/* Byte by byte: what follows the greeting belongs to the stream. */
static void read_greeting(struct transfer *transfer, char *line, size_t size)
{
	size_t done = 0;

	do {
		await(transfer, POLLIN);
		if (recv(transfer->fd, line + done, 1, 0) != 1)
			give_up(transfer, OUTCOME_CLOSED);
	} while (line[done++] != '\n' && done < size - 1);
	line[done] = 0;
}

/* Sleeps while the transfer is ahead of its rate. */
static void keep_pace(struct transfer *transfer)
{
	uint64_t due, now = now_ms();
	struct timespec pause = { 0 };

	if (!transfer->options.rate)
		return;
	due = transfer->begin_ms +
	      transfer->seen * 1000 / transfer->options.rate;
	if (due <= now)
		return;
	pause.tv_sec = (due - now) / 1000;
	pause.tv_nsec = (due - now) % 1000 * 1000000;
	nanosleep(&pause, NULL);
}

static void receive(struct transfer *transfer)
{
	static char data[65536];
	ssize_t size = recv(transfer->fd, data, sizeof(data), 0);

	if (size < 0 && errno == EAGAIN)
		return;
	if (size < 0)
		give_up(transfer, outcome_of_socket(transfer->fd, errno));
	if (!size)
		give_up(transfer, OUTCOME_CLOSED);
	if (!stream_check(&transfer->seen_stream, data, size))
		give_up(transfer, OUTCOME_GARBLED);
	transfer->seen += size;
	keep_pace(transfer);
}

static void send_some(struct transfer *transfer)
{
	static char data[16384];
	static size_t size, done;
	ssize_t sent;

	if (done == size) {
		size = sizeof(data);
		if (transfer->options.size - transfer->sent < size)
			size = transfer->options.size - transfer->sent;
		stream_fill(&transfer->sent_stream, data, size);
		done = 0;
	}
	sent = send(transfer->fd, data + done, size - done, 0);
	if (sent < 0 && errno != EAGAIN)
		give_up(transfer, outcome_of_socket(transfer->fd, errno));
	if (sent < 0)
		return;
	done += sent;
	transfer->sent += sent;
}

static void ask_for_bulk(struct transfer *transfer)
{
	char request[32];
	int size = snprintf(request, sizeof(request), "%u\n",
			    transfer->options.size);

	if (send(transfer->fd, request, size, 0) != size)
		give_up(transfer, outcome_of_socket(transfer->fd, errno));
	transfer->sent = transfer->options.size;
}

/* Prints "share NAME BYTES", or the error and how far it came. */
int fetch_main(int argc, char **argv)
{
	struct transfer transfer = { 0 };
	char line[GREETING_SIZE], name[64];
	bool right_client;

	client_options(argc, argv, &transfer.options);
	stream_start(&transfer.sent_stream);
	stream_start(&transfer.seen_stream);
	transfer.begin_ms = now_ms();
	transfer.fd = client_open(&transfer.options, 0);
	if (transfer.fd < 0)
		give_up(&transfer, outcome_of_socket(-1, errno));
	read_greeting(&transfer, line, sizeof(line));
	if (!client_read_greeting(line, transfer.fd, name, sizeof(name),
				  &right_client))
		give_up(&transfer, OUTCOME_GARBLED);
	if (!transfer.options.upload)
		ask_for_bulk(&transfer);
	while (transfer.seen < transfer.options.size) {
		bool sending = transfer.sent < transfer.options.size;

		await(&transfer, POLLIN | (sending ? POLLOUT : 0));
		if (sending)
			send_some(&transfer);
		receive(&transfer);
	}
	printf("share %s %llu\n", name, (unsigned long long)transfer.seen);
	client_close(transfer.fd, transfer.options.reset);
	return 0;
}
