/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* What both ends agree on: the line that a server greets each client with. */
#define GREETING_SIZE 160

/* address.c: addresses, ports, and stepping through ranges of them */
union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

struct span {
	unsigned int first;
	unsigned int count;
};

void address_parse(const char *text, union address *address);
void address_step(union address *address, unsigned int by);
unsigned int address_distance(const union address *a, const union address *b);
void address_set_port(union address *address, unsigned int port);
unsigned int address_port(const union address *address);
void address_unmap(union address *address);
bool address_equal(const union address *a, const union address *b);
const char *address_text(const union address *address);
socklen_t address_size(const union address *address);
void span_parse(const char *text, struct span *span);

/* ports.c: source ports that were not used lately */
#define PORTS 28232

unsigned int ports_take(unsigned int count);

/* stream.c: the same pseudo-random bytes on both ends */
struct stream {
	uint64_t state;
	uint64_t word;
	unsigned int left;
};

void stream_start(struct stream *stream);
void stream_fill(struct stream *stream, void *to, size_t size);
bool stream_check(struct stream *stream, const void *from, size_t size);

/* outcome.c: how an attempt ended, told apart by what the other side sent */
enum outcome {
	OUTCOME_OK,
	OUTCOME_REFUSED,
	OUTCOME_RESET,
	OUTCOME_CLOSED,
	OUTCOME_TIMEOUT,
	OUTCOME_PORT_UNREACHABLE,
	OUTCOME_UNREACHABLE,
	OUTCOME_TOO_BIG,
	OUTCOME_GARBLED,
	OUTCOME_MOVED,
	OUTCOME_OTHER,
	OUTCOMES,
};

enum outcome outcome_of_socket(int fd, int error);
const char *outcome_name(enum outcome outcome);

/* client.c: what ask, hold and fetch have in common */
struct client_options {
	int type; /* SOCK_STREAM or SOCK_DGRAM */
	union address target;
	struct span ports;
	unsigned int count;
	bool has_source;
	union address source;
	unsigned int sources;
	struct span source_ports;
	unsigned int own_ports; /* UDP: the first one, if not told which */
	unsigned int parallel;
	unsigned int timeout_ms;
	unsigned int size;
	bool each;
	bool reset;
	bool no_checksum;
	bool dont_fragment;
	bool upload;
	uint64_t rate;
};

void client_options(int argc, char **argv, struct client_options *options);
int client_open(const struct client_options *options, unsigned int index);
void client_end_by_reset(int fd, bool reset);
void client_close(int fd, bool reset);
bool client_read_greeting(const char *line, int fd, char *name, size_t size,
			  bool *right_client);
uint64_t now_ms(void);

/* share.c: how often each server answered */
struct shares;

struct shares *shares_new(void);
void shares_count(struct shares *shares, const char *name);
void shares_print(const struct shares *shares);
void shares_free(struct shares *shares);

/* one file each */
int serve_main(int argc, char **argv);
int ask_main(int argc, char **argv);
int hold_main(int argc, char **argv);
int fetch_main(int argc, char **argv);
int flood_main(int argc, char **argv);

#endif /* TRAFFIC_H */
