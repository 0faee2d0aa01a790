// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "linger.h"

#define LINGER_READS	64	/* who goes on talking is cut off */

struct lingerer {
	struct lingerer *next, **link;
	struct loop *loop;
	struct loop_watch watch;
	struct loop_timer timer;
	int reads;
};

static struct lingerer *first;
static bool ending;		/* the last one stops the loop */

static void end(struct lingerer *l)
{
	struct loop *loop;
	int fd = l->watch.fd;

	loop_unwatch(l->loop, &l->watch);
	loop_unset(l->loop, &l->timer);
	close(fd);
	*l->link = l->next;
	if (l->next)
		l->next->link = l->link;
	loop = l->loop;
	free(l);
	if (ending && !first)
		loop_stop(loop);
}

static void on_timer(struct loop_timer *timer)
{
	end(loop_of(timer, struct lingerer, timer));
}

static void on_input(struct loop_watch *watch, uint32_t events)
{
	struct lingerer *l = loop_of(watch, struct lingerer, watch);
	char scrap[4096];
	ssize_t n;

	(void)events;
	n = read(watch->fd, scrap, sizeof(scrap));
	if (n > 0 && ++l->reads < LINGER_READS)
		return;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	end(l);
}

void linger(struct loop *loop, int fd)
{
	struct lingerer *l;

	/* One that never came about, or was reset, has nothing to wait for. */
	if (shutdown(fd, SHUT_WR)) {
		close(fd);
		return;
	}
	l = calloc(1, sizeof(*l));
	if (!l) {
		close(fd);
		return;
	}
	l->loop = loop;
	l->watch = (struct loop_watch){ .fd = -1, .fn = on_input };
	l->timer.fn = on_timer;
	if (fcntl(fd, F_SETFL, O_NONBLOCK) ||
	    loop_watch(loop, &l->watch, fd, EPOLLIN)) {
		close(fd);
		free(l);
		return;
	}
	l->next = first;
	l->link = &first;
	if (first)
		first->link = &l->next;
	first = l;
	if (loop_set(loop, &l->timer, loop_now() + LINGER_US))
		end(l);
}

void linger_end(struct loop *loop)
{
	if (!first)
		return;
	ending = true;
	loop->stopped = false;
	loop_run(loop);
	ending = false;
}
