// SPDX-License-Identifier: GPL-2.0-or-later
#include "traffic.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum kind { KIND_TCP, KIND_UDP, KIND_BULK, KIND_BYE, KINDS };

static const char *const kind_names[KINDS] = { "tcp", "udp", "bulk", "bye" };

/* A socket that epoll watches: one that listens, or a connection. */
struct port {
	int fd;
	enum kind kind;
	bool listens;
	/* of a connection: bytes to write before the next are read */
	char *pending;
	size_t pending_size;
	size_t pending_done;
	/* of a bulk connection */
	struct stream stream;
	uint64_t bulk_left;
};

static const char *server_name;
static int poll_fd;

static void watch(struct port *port, uint32_t events, int how)
{
	struct epoll_event event = { .events = events, .data.ptr = port };

	if (epoll_ctl(poll_fd, how, port->fd, &event))
		err(1, "epoll_ctl");
}

static struct port *add_port(int fd, enum kind kind, bool listens)
{
	struct port *port = calloc(1, sizeof(*port));

	if (!port)
		err(1, "port");
	port->fd = fd;
	port->kind = kind;
	port->listens = listens;
	watch(port, EPOLLIN, EPOLL_CTL_ADD);
	return port;
}

static void drop_port(struct port *port)
{
	close(port->fd);
	free(port->pending);
	free(port);
}

static void listen_on(union address *address, enum kind kind, unsigned int port)
{
	int type = kind == KIND_UDP ? SOCK_DGRAM : SOCK_STREAM;
	int on = 1;
	int fd = socket(address->any.sa_family,
			type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "socket");
	address_set_port(address, port);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_IP, IP_FREEBIND, &on, sizeof(on));
	if (address->any.sa_family == AF_INET6)
		setsockopt(fd, SOL_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, &address->any, address_size(address)))
		err(1, "bind %s %u", address_text(address), port);
	if (type == SOCK_STREAM && listen(fd, 4096))
		err(1, "listen");
	add_port(fd, kind, true);
}

static void listen_on_text(union address *address, const char *text)
{
	const char *slash = strchr(text, '/');
	struct span ports;
	unsigned int i;
	int kind;

	if (!slash)
		errx(2, "not KIND/PORT: %s", text);
	for (kind = 0; kind < KINDS; kind++)
		if (strlen(kind_names[kind]) == (size_t)(slash - text) &&
		    !strncmp(kind_names[kind], text, slash - text))
			break;
	if (kind == KINDS)
		errx(2, "no such kind: %s", text);
	span_parse(slash + 1, &ports);
	for (i = 0; i < ports.count; i++)
		listen_on(address, kind, ports.first + i);
}

static size_t greet(char *line, size_t size, int fd, union address *client)
{
	union address own;
	socklen_t length = sizeof(own);

	address_unmap(client);
	if (getsockname(fd, &own.any, &length))
		err(1, "getsockname");
	return snprintf(line, size, "%s %s %u %u\n", server_name,
			address_text(client), address_port(client),
			address_port(&own));
}

static void answer_datagrams(struct port *port)
{
	static char data[65536 + GREETING_SIZE];
	char line[GREETING_SIZE];

	for (;;) {
		union address client;
		socklen_t length = sizeof(client);
		size_t greeting;
		ssize_t size;

		size = recvfrom(port->fd, data + GREETING_SIZE, 65536, 0,
				&client.any, &length);
		if (size < 0)
			return;
		greeting = greet(line, sizeof(line), port->fd, &client);
		memcpy(data + GREETING_SIZE - greeting, line, greeting);
		/* An answer that can't be sent is one that does not come. */
		(void)!sendto(port->fd, data + GREETING_SIZE - greeting,
			      greeting + size, 0, &client.any, length);
	}
}

/* The greeting fits the empty buffer of a new connection. */
static void accept_clients(struct port *port)
{
	for (;;) {
		union address client;
		socklen_t length = sizeof(client);
		char line[GREETING_SIZE];
		struct port *connection;
		size_t size;
		int fd = accept4(port->fd, &client.any, &length,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0)
			return;
		size = greet(line, sizeof(line), fd, &client);
		if (send(fd, line, size, 0) != (ssize_t)size ||
		    port->kind == KIND_BYE) {
			close(fd);
			continue;
		}
		connection = add_port(fd, port->kind, false);
		stream_start(&connection->stream);
	}
}

static bool keep_pending(struct port *port, const char *data, size_t size)
{
	free(port->pending);
	port->pending = malloc(size);
	if (!port->pending)
		err(1, "pending");
	memcpy(port->pending, data, size);
	port->pending_size = size;
	port->pending_done = 0;
	watch(port, EPOLLOUT, EPOLL_CTL_MOD);
	return true;
}

/* False when the connection is over. */
static bool write_out(struct port *port, const char *data, size_t size)
{
	ssize_t done = send(port->fd, data, size, 0);

	if (done < 0 && errno != EAGAIN)
		return false;
	if (done < 0)
		done = 0;
	if ((size_t)done < size)
		return keep_pending(port, data + done, size - done);
	return true;
}

static bool write_pending(struct port *port)
{
	ssize_t done = send(port->fd, port->pending + port->pending_done,
			    port->pending_size - port->pending_done, 0);

	if (done < 0)
		return errno == EAGAIN;
	port->pending_done += done;
	if (port->pending_done == port->pending_size) {
		port->pending_size = 0;
		watch(port, EPOLLIN | (port->bulk_left ? EPOLLOUT : 0),
		      EPOLL_CTL_MOD);
	}
	return true;
}

static bool send_bulk(struct port *port)
{
	char data[16384];
	size_t size = sizeof(data);

	if (port->bulk_left < size)
		size = port->bulk_left;
	stream_fill(&port->stream, data, size);
	port->bulk_left -= size;
	if (!port->bulk_left)
		watch(port, EPOLLIN, EPOLL_CTL_MOD);
	return write_out(port, data, size);
}

static bool answer_connection(struct port *port)
{
	char data[16384];
	ssize_t size = recv(port->fd, data, sizeof(data) - 1, 0);

	if (size < 0)
		return errno == EAGAIN;
	if (!size)
		return false;
	if (port->kind == KIND_TCP)
		return write_out(port, data, size);
	data[size] = 0;
	port->bulk_left = strtoull(data, NULL, 10);
	if (port->bulk_left)
		watch(port, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
	return true;
}

static bool handle_connection(struct port *port, uint32_t events)
{
	if (port->pending_size)
		return write_pending(port);
	if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		return answer_connection(port);
	if (port->bulk_left)
		return send_bulk(port);
	return true;
}

static void handle(struct port *port, uint32_t events)
{
	if (port->listens && port->kind == KIND_UDP)
		answer_datagrams(port);
	else if (port->listens)
		accept_clients(port);
	else if (!handle_connection(port, events))
		drop_port(port);
}

/*
 * The caller goes on when we listen. Standard output must be let go of: the
 * caller may read it to the end.
 */
static void go_to_background(void)
{
	int null = open("/dev/null", O_RDWR);
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid) {
		printf("%d\n", pid);
		exit(0);
	}
	setsid();
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
}

static void raise_limits(void)
{
	struct rlimit limit = { .rlim_cur = 65536, .rlim_max = 65536 };

	setrlimit(RLIMIT_NOFILE, &limit);
}

int serve_main(int argc, char **argv)
{
	struct epoll_event events[64];
	char *address_list, *text;
	int i, n;

	if (argc < 4)
		errx(2, "wanted: NAME ADDR[,ADDR]... KIND/PORT...");
	raise_limits();
	poll_fd = epoll_create1(EPOLL_CLOEXEC);
	server_name = argv[1];
	address_list = argv[2];
	while ((text = strsep(&address_list, ","))) {
		union address address;

		address_parse(text, &address);
		for (i = 3; i < argc; i++)
			listen_on_text(&address, argv[i]);
	}
	go_to_background();
	for (;;) {
		n = epoll_wait(poll_fd, events, 64, -1);
		for (i = 0; i < n; i++)
			handle(events[i].data.ptr, events[i].events);
	}
}
