// SPDX-License-Identifier: GPL-2.0-or-later
/* The timers are a binary heap, the earliest at place 1. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "loop.h"

uint64_t loop_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * UINT64_C(1000000) + ts.tv_nsec / 1000;
}

static void put(struct loop *loop, struct loop_timer *timer, size_t place)
{
	loop->heap[place] = timer;
	timer->place = place;
}

static void sift_up(struct loop *loop, struct loop_timer *timer, size_t place)
{
	while (place > 1 && timer->at < loop->heap[place / 2]->at) {
		put(loop, loop->heap[place / 2], place);
		place /= 2;
	}
	put(loop, timer, place);
}

static void sift_down(struct loop *loop, struct loop_timer *timer, size_t place)
{
	size_t child;

	for (; (child = place * 2) <= loop->timers; place = child) {
		if (child < loop->timers &&
		    loop->heap[child + 1]->at < loop->heap[child]->at)
			child++;
		if (timer->at <= loop->heap[child]->at)
			break;
		put(loop, loop->heap[child], place);
	}
	put(loop, timer, place);
}

static int make_room(struct loop *loop)
{
	size_t room = loop->room ? loop->room * 2 : 64;
	struct loop_timer **heap;

	if (loop->timers + 2 <= loop->room)
		return 0;
	heap = realloc(loop->heap, room * sizeof(heap[0]));
	if (!heap)
		return -ENOMEM;
	loop->heap = heap;
	loop->room = room;
	return 0;
}

int loop_set(struct loop *loop, struct loop_timer *timer, uint64_t at)
{
	if (!timer->place && make_room(loop))
		return -ENOMEM;
	loop_unset(loop, timer);
	timer->at = at;
	sift_up(loop, timer, ++loop->timers);
	return 0;
}

void loop_unset(struct loop *loop, struct loop_timer *timer)
{
	struct loop_timer *last;
	size_t place = timer->place;

	if (!place)
		return;
	timer->place = 0;
	last = loop->heap[loop->timers--];
	if (last == timer)
		return;
	if (place > 1 && last->at < loop->heap[place / 2]->at)
		sift_up(loop, last, place);
	else
		sift_down(loop, last, place);
}

/* One moment for all: what is due only later waits for the next round. */
static void call_timers(struct loop *loop)
{
	uint64_t now = loop_now();
	struct loop_timer *timer;

	while (loop->timers && loop->heap[1]->at <= now) {
		timer = loop->heap[1];
		loop_unset(loop, timer);
		timer->fn(timer);
	}
}

static void on_clock(struct loop_watch *watch, uint32_t events)
{
	struct loop *loop = loop_of(watch, struct loop, clock);
	uint64_t times;

	(void)events;
	loop->armed = 0;
	/* It may have been set anew since: then there is nothing to read. */
	if (read(watch->fd, &times, sizeof(times)) < 0)
		return;
}

static void arm(struct loop *loop)
{
	struct itimerspec when = { 0 };
	uint64_t at;

	if (!loop->timers)
		return;
	at = loop->heap[1]->at;
	if (at == loop->armed)
		return;
	loop->armed = at;
	when.it_value.tv_sec = at / 1000000;
	when.it_value.tv_nsec = at % 1000000 * 1000;
	timerfd_settime(loop->clock.fd, TFD_TIMER_ABSTIME, &when, NULL);
}

int loop_init(struct loop *loop)
{
	int fd, err;

	memset(loop, 0, sizeof(*loop));
	loop->clock.fd = -1;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0)
		return -errno;
	fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	err = fd < 0 ? -errno : 0;
	if (!err) {
		loop->clock.fn = on_clock;
		err = loop_watch(loop, &loop->clock, fd, EPOLLIN);
		if (err)
			close(fd);
	}
	if (err)
		loop_done(loop);
	return err;
}

static void call_watches(struct loop *loop)
{
	struct loop_watch *watch;
	int i;

	for (i = 0; i < loop->pending; i++) {
		watch = loop->event[i].data.ptr;
		if (watch)
			watch->fn(watch, loop->event[i].events);
	}
	loop->pending = 0;
}

int loop_run(struct loop *loop)
{
	int n;

	while (!loop->stopped) {
		arm(loop);
		n = epoll_wait(loop->epoll_fd, loop->event, LOOP_EVENTS, -1);
		if (n < 0 && errno != EINTR)
			return -errno;
		loop->pending = n < 0 ? 0 : n;
		call_watches(loop);
		call_timers(loop);
	}
	return 0;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}

void loop_done(struct loop *loop)
{
	if (loop->clock.fd >= 0)
		close(loop->clock.fd);
	close(loop->epoll_fd);
	free(loop->heap);
}

int loop_watch(struct loop *loop, struct loop_watch *watch, int fd,
	       uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };
	int op = watch->fd == fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (epoll_ctl(loop->epoll_fd, op, fd, &event))
		return -errno;
	watch->fd = fd;
	return 0;
}

void loop_unwatch(struct loop *loop, struct loop_watch *watch)
{
	int i;

	if (watch->fd < 0)
		return;
	/* Fails only for a descriptor that is closed, which is as good. */
	epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
	watch->fd = -1;
	/* What was seen of it in this round is for nobody any more. */
	for (i = 0; i < loop->pending; i++)
		if (loop->event[i].data.ptr == watch)
			loop->event[i].data.ptr = NULL;
}
