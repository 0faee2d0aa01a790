/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one thread: waits for descriptors and for moments, and calls who waits
 * for them. A watch and a timer are part of what they belong to and must be
 * ended before that goes away, which may happen in any call.
 */
#ifndef LBVS_PROBED_LOOP_H
#define LBVS_PROBED_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#define LOOP_EVENTS	64

struct loop_watch {
	int fd;			/* -1: not watched */
	void (*fn)(struct loop_watch *watch, uint32_t events);
};

struct loop_timer {
	uint64_t at;		/* microseconds of the loop's clock */
	size_t place;		/* in the heap, from 1 on; 0: not set */
	void (*fn)(struct loop_timer *timer);
};

struct loop {
	int epoll_fd;
	struct loop_watch clock;	/* a timerfd, for the first timer */
	uint64_t armed;
	bool stopped;
	int pending;
	struct epoll_event event[LOOP_EVENTS];
	struct loop_timer **heap;
	size_t timers;
	size_t room;
};

#define loop_of(member, type, field) \
	((type *)((char *)(member) - offsetof(type, field)))

/* Both return 0 or a negative errno. */
int loop_init(struct loop *loop);
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);
void loop_done(struct loop *loop);

/* Microseconds that only ever grow. */
uint64_t loop_now(void);

/* Begins to watch, or changes for what. Returns 0 or a negative errno. */
int loop_watch(struct loop *loop, struct loop_watch *watch, int fd,
	       uint32_t events);
void loop_unwatch(struct loop *loop, struct loop_watch *watch);

/* Sets it, or sets it anew. Returns 0 or -ENOMEM. */
int loop_set(struct loop *loop, struct loop_timer *timer, uint64_t at);
void loop_unset(struct loop *loop, struct loop_timer *timer);

#endif
