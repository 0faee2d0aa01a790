// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * When one of our callbacks fails, libcurl gives up every transfer of the handle,
 * but says so of each only when something happens to it, and takes no new one as
 * long as an old one is left. So we have it go through all of them at once: they
 * end with CURLE_ABORTED_BY_CALLBACK, and with the last of them the handle is as
 * good as new.
 */
#include <errno.h>
#include <stdlib.h>

#include "linger.h"
#include "web.h"

struct web_socket {
	struct web *web;
	struct loop_watch watch;
};

static void finish_transfers(struct web *web)
{
	struct web_transfer *transfer;
	CURLMsg *message;
	char *own;
	int left;

	while ((message = curl_multi_info_read(web->multi, &left))) {
		if (message->msg != CURLMSG_DONE ||
		    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
				      &own))
			continue;
		transfer = (struct web_transfer *)own;
		transfer->done(transfer, message->data.result);
	}
}

static void on_broken(struct loop_timer *timer)
{
	struct web *web = loop_of(timer, struct web, broken);
	int running;

	curl_multi_perform(web->multi, &running);
	finish_transfers(web);
}

/*
 * Not from here, for we are within a call of libcurl. Where there is no memory for
 * a timer either, each transfer ends with the timeout of its probe.
 */
static int give_up(struct web *web)
{
	loop_set(web->loop, &web->broken, loop_now());
	return -1;
}

static void on_timer(struct loop_timer *timer)
{
	struct web *web = loop_of(timer, struct web, timer);
	int running;

	curl_multi_socket_action(web->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	finish_transfers(web);
}

static void on_event(struct loop_watch *watch, uint32_t events)
{
	struct web *web = loop_of(watch, struct web_socket, watch)->web;
	int what = 0, running;

	if (events & (EPOLLIN | EPOLLHUP))
		what |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		what |= CURL_CSELECT_OUT;
	if (events & EPOLLERR)
		what |= CURL_CSELECT_ERR;
	curl_multi_socket_action(web->multi, watch->fd, what, &running);
	finish_transfers(web);
}

static int unwatch(struct web *web, struct web_socket *socket, curl_socket_t fd)
{
	if (socket) {
		loop_unwatch(web->loop, &socket->watch);
		free(socket);
	}
	curl_multi_assign(web->multi, fd, NULL);
	return 0;
}

/* libcurl wants a socket watched, for something else, or no more. */
static int want_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
		       void *socket_arg)
{
	struct web_socket *socket = socket_arg;
	struct web *web = arg;
	uint32_t events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE)
		return unwatch(web, socket, fd);
	if (!socket) {
		socket = malloc(sizeof(*socket));
		if (!socket)
			return give_up(web);
		socket->web = web;
		socket->watch = (struct loop_watch){ .fd = -1,
						     .fn = on_event };
		curl_multi_assign(web->multi, fd, socket);
	}
	if (what & CURL_POLL_IN)
		events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		events |= EPOLLOUT;
	return loop_watch(web->loop, &socket->watch, fd, events) ?
	       give_up(web) : 0;
}

static int want_timer(CURLM *multi, long timeout_ms, void *arg)
{
	struct web *web = arg;

	(void)multi;
	if (timeout_ms < 0) {
		loop_unset(web->loop, &web->timer);
		return 0;
	}
	return loop_set(web->loop, &web->timer,
			loop_now() + timeout_ms * UINT64_C(1000)) ?
	       give_up(web) : 0;
}

static int want_close(void *arg, curl_socket_t fd)
{
	struct web *web = arg;

	linger(web->loop, fd);
	return 0;
}

int web_init(struct web *web, struct loop *loop)
{
	*web = (struct web){ .loop = loop, .timer = { .fn = on_timer },
			     .broken = { .fn = on_broken } };
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return -ENOMEM;
	web->multi = curl_multi_init();
	if (!web->multi) {
		curl_global_cleanup();
		return -ENOMEM;
	}
	curl_multi_setopt(web->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	curl_multi_setopt(web->multi, CURLMOPT_SOCKETDATA, web);
	curl_multi_setopt(web->multi, CURLMOPT_TIMERFUNCTION, want_timer);
	curl_multi_setopt(web->multi, CURLMOPT_TIMERDATA, web);
	/* Each question is a connection of its own. */
	curl_multi_setopt(web->multi, CURLMOPT_MAXCONNECTS, 1L);
	curl_multi_setopt(web->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
	return 0;
}

void web_done(struct web *web)
{
	curl_multi_cleanup(web->multi);
	loop_unset(web->loop, &web->timer);
	loop_unset(web->loop, &web->broken);
	curl_global_cleanup();
}

CURL *web_new(struct web *web, struct web_transfer *transfer)
{
	CURL *easy = curl_easy_init();

	transfer->easy = easy;
	if (!easy)
		return NULL;
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, want_close);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, web);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	/* What the environment says of proxies is not meant for us. */
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	return easy;
}

int web_start(struct web *web, struct web_transfer *transfer)
{
	return curl_multi_add_handle(web->multi, transfer->easy) ? -ENOMEM : 0;
}

void web_cancel(struct web *web, struct web_transfer *transfer)
{
	if (!transfer->easy)
		return;
	curl_multi_remove_handle(web->multi, transfer->easy);
	curl_easy_cleanup(transfer->easy);
	transfer->easy = NULL;
}
