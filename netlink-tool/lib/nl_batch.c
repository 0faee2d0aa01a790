// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel obeys the requests of one datagram in turn, and answers only the
 * last of them, which asks for it, and those that it refuses. So a datagram of
 * many costs one answer, and the answers never outgrow the socket's buffer.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/errno.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

#include "codec.h"
#include "nl_ack.h"
#include "nl_batch.h"

#define DATAGRAM_SIZE	 32768
#define DATAGRAM_REQUESTS 64	/* all refused, their answers still fit */

int lbnl_batch_begin(struct lbnl_batch *b, struct lbnl *nl,
		     const uint32_t *seen)
{
	struct model_stats request, answer;
	int err;

	memset(b, 0, sizeof(*b));
	b->nl = nl;
	b->buf = malloc(DATAGRAM_SIZE);
	if (!b->buf)
		return lbnl_fail(nl, -ENOMEM, "out of memory");
	model_init(&request.head, MODEL_STATS);
	model_init(&answer.head, MODEL_STATS);
	if (seen) {
		request.head.generation = *seen;
		model_mark(&request, LBVS_A_STATS_GENERATION);
	}
	err = lbnl_request(nl, LBVS_CMD_CONFIG_BEGIN, &request.head,
			   &answer.head);
	if (err) {
		free(b->buf);
		b->buf = NULL;
	}
	return err;
}

static bool find_tag(struct lbnl_batch *b, uint32_t sequence)
{
	size_t i;

	for (i = 0; i < b->count && !b->tagged; i++) {
		if (b->entries[i].sequence != sequence)
			continue;
		b->tag = b->entries[i].tag;
		b->tagged = true;
	}
	return b->tagged;
}

/* What became of a datagram. */
struct outcome {
	struct lbnl_batch *b;
	uint32_t last;			/* sequence number of its last request */
	bool done;
	int err;
};

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	struct outcome *outcome = arg;
	struct lbnl *nl = outcome->b->nl;
	enum model_kind kind = MODEL_STATS;
	struct genlmsghdr *genl;

	(void)from;
	if (e->msg.nlmsg_seq == outcome->last)
		outcome->done = true;
	/* Those that follow may be refused just because of the first. */
	if (outcome->err)
		return NL_SKIP;
	outcome->err = e->error;
	/* The kernel repeats the whole request when it refuses it. */
	genl = nlmsg_data(&e->msg);
	if (e->msg.nlmsg_len >= NLMSG_LENGTH(GENL_HDRLEN))
		codec_kind(genl->cmd, &kind);
	nl_ack_error(e, &e->msg, kind, &nl->error);
	find_tag(outcome->b, e->msg.nlmsg_seq);
	return NL_SKIP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct outcome *outcome = arg;

	if (nlmsg_hdr(msg)->nlmsg_seq == outcome->last)
		outcome->done = true;
	return NL_OK;
}

static int on_any_sequence(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

static int receive(struct outcome *outcome)
{
	struct lbnl *nl = outcome->b->nl;
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int ret;

	if (!cb)
		return lbnl_fail(nl, -ENOMEM, "out of memory");
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, outcome);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, outcome);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_any_sequence, NULL);
	while (!outcome->done) {
		ret = nl_recvmsgs(nl->sock, cb);
		if (ret >= 0)
			continue;
		/* The last answer may be among those that are lost. */
		if (!outcome->err)
			outcome->err = lbnl_fail(nl, -EIO, nl_geterror(ret));
		break;
	}
	nl_cb_put(cb);
	return outcome->err;
}

static int flush(struct lbnl_batch *b)
{
	struct nlmsghdr *last = (struct nlmsghdr *)(b->buf + b->last);
	struct outcome outcome = { .b = b };
	size_t used = b->used;
	int ret;

	if (!b->waiting)
		return 0;
	b->waiting = 0;
	b->used = 0;
	last->nlmsg_flags |= NLM_F_ACK;
	outcome.last = last->nlmsg_seq;
	ret = nl_sendto(b->nl->sock, b->buf, used);
	if (ret < 0)
		return lbnl_fail(b->nl, -EIO, nl_geterror(ret));
	return receive(&outcome);
}

static int remember(struct lbnl_batch *b, uint32_t sequence, size_t tag)
{
	struct lbnl_batch_entry *entries = b->entries;
	size_t room = b->room ? b->room * 2 : 256;

	if (b->count == b->room) {
		entries = realloc(entries, room * sizeof(*entries));
		if (!entries)
			return lbnl_fail(b->nl, -ENOMEM, "out of memory");
		b->entries = entries;
		b->room = room;
	}
	entries[b->count].sequence = sequence;
	entries[b->count++].tag = tag;
	return 0;
}

static int append(struct lbnl_batch *b, struct nl_msg *msg, size_t tag)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	size_t size = NLMSG_ALIGN(hdr->nlmsg_len);
	int err = 0;

	if (b->waiting == DATAGRAM_REQUESTS || b->used + size > DATAGRAM_SIZE)
		err = flush(b);
	if (err)
		return err;
	nl_complete_msg(b->nl->sock, msg);
	hdr->nlmsg_flags &= ~NLM_F_ACK;
	err = remember(b, hdr->nlmsg_seq, tag);
	if (err)
		return err;
	memset(b->buf + b->used, 0, size);
	memcpy(b->buf + b->used, hdr, hdr->nlmsg_len);
	b->last = b->used;
	b->used += size;
	b->waiting++;
	return 0;
}

int lbnl_batch_add(struct lbnl_batch *b, uint8_t cmd,
		   const struct model_head *request, size_t tag)
{
	struct nl_msg *msg = nlmsg_alloc();
	int err;

	if (!msg)
		return lbnl_fail(b->nl, -ENOMEM, "out of memory");
	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, b->nl->family, 0, 0,
			 cmd, LBVS_FAMILY_VERSION) || codec_put(msg, request))
		err = lbnl_fail(b->nl, -EMSGSIZE, "the request is too long");
	else
		err = append(b, msg, tag);
	nlmsg_free(msg);
	return err;
}

static void end(struct lbnl_batch *b)
{
	free(b->entries);
	free(b->buf);
	b->entries = NULL;
	b->buf = NULL;
	b->count = 0;
}

int lbnl_batch_commit(struct lbnl_batch *b, uint32_t *generation)
{
	struct model_stats request, answer;
	int err = flush(b);

	if (err) {
		lbnl_batch_abort(b);
		return err;
	}
	model_init(&request.head, MODEL_STATS);
	model_init(&answer.head, MODEL_STATS);
	err = lbnl_request(b->nl, LBVS_CMD_CONFIG_COMMIT, &request.head,
			   &answer.head);
	if (err && b->nl->error.request)
		find_tag(b, b->nl->error.request);
	if (!err && generation)
		*generation = answer.head.generation;
	end(b);
	return err;
}

void lbnl_batch_abort(struct lbnl_batch *b)
{
	struct lbnl_error error = b->nl->error;
	struct model_stats request;

	model_init(&request.head, MODEL_STATS);
	lbnl_request(b->nl, LBVS_CMD_CONFIG_ABORT, &request.head, NULL);
	b->nl->error = error;
	end(b);
}
