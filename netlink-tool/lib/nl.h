/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conversation with the kernel: requests, dumps and notifications of the
 * lbvs family, in model objects. Every call returns 0 or a negative errno and
 * leaves in "error" what the kernel said about it, its errno included.
 */
#ifndef LBVS_TOOL_NL_H
#define LBVS_TOOL_NL_H

#include "model.h"

struct nl_sock;

struct lbnl_error {
	int err;		/* errno of the kernel, 0: none */
	bool no_family;		/* there is no lbvs in this kernel */
	char word[160];		/* what it is about, as typed; may be empty */
	char sentence[256];	/* in the kernel's words; may be empty */
	uint32_t request;	/* the earlier one that is to blame, or 0 */
};

struct lbnl {
	struct nl_sock *sock;
	int family;
	struct lbnl_error error;
	char warning[256];	/* of a request that succeeded; may be empty */
};

/* Takes one object of an answer. Returns 0 to go on. */
typedef int (*lbnl_each_fn)(struct model_head *m, void *arg);

/* Our own troubles, when the kernel had no say. Returns err. */
int lbnl_fail(struct lbnl *nl, int err, const char *sentence);

int lbnl_open(struct lbnl *nl);
void lbnl_close(struct lbnl *nl);

/*
 * Sends a command with what is set in "request". The answer, if the caller
 * expects one, is an object that the caller has initialised.
 */
int lbnl_request(struct lbnl *nl, uint8_t cmd, const struct model_head *request,
		 struct model_head *answer);

/*
 * Collects what matches the filter. Begins again when the configuration
 * changed on the way, so that the list is of one moment.
 */
int lbnl_dump(struct lbnl *nl, uint8_t cmd, const struct model_head *filter,
	      struct model_list *list);

/*
 * Hands over one object after the other, each freed after fn. For flows: they
 * are many, and come and go while they are listed.
 */
int lbnl_stream(struct lbnl *nl, uint8_t cmd, const struct model_head *filter,
		lbnl_each_fn fn, void *arg);

/* Makes this a connection for notifications, and for nothing else. */
int lbnl_subscribe(struct lbnl *nl, const char *group);

/*
 * Waits for notifications and hands them over. Returns -ENOBUFS when some
 * were lost.
 */
int lbnl_receive(struct lbnl *nl, lbnl_each_fn fn, void *arg);

#endif
