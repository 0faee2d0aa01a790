/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libcurl's transfers, driven by our loop. */
#ifndef LBVS_PROBED_WEB_H
#define LBVS_PROBED_WEB_H

#include <curl/curl.h>

#include "loop.h"

struct web {
	struct loop *loop;
	CURLM *multi;
	struct loop_timer timer;
	struct loop_timer broken;	/* a callback has failed */
};

/* One transfer. done() is called once, unless web_cancel() comes first. */
struct web_transfer {
	CURL *easy;
	void (*done)(struct web_transfer *transfer, CURLcode code);
};

/* Returns 0 or -ENOMEM. */
int web_init(struct web *web, struct loop *loop);
void web_done(struct web *web);

/* A new transfer, to be configured by the caller. NULL: out of memory. */
CURL *web_new(struct web *web, struct web_transfer *transfer);
/* Returns 0 or -ENOMEM; done() is never called from here. */
int web_start(struct web *web, struct web_transfer *transfer);
/* Ends it and frees what belongs to it, done or not. */
void web_cancel(struct web *web, struct web_transfer *transfer);

#endif
