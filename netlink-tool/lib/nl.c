// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libnl gives sockets, messages and attributes. It does not know extended
 * acknowledgements, and folds kernel errors into its own codes; so errors are
 * read from the messages themselves, in nl_ack.c.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netlink.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>

#include "codec.h"
#include "nl.h"
#include "nl_ack.h"

#ifndef NETLINK_GET_STRICT_CHK
#define NETLINK_GET_STRICT_CHK 12
#endif

/* A writer as busy as that is better told about than waited for. */
#define DUMP_TRIES	20

#define RECEIVE_SIZE	32768		/* the most that a dump fills */
#define REQUEST_SIZE	49152		/* a list of many verdicts */
#define EVENT_BUFFER	(4 << 20)

/* One request and what comes back for it. */
struct exchange {
	struct lbnl *nl;
	struct nl_msg *msg;
	enum model_kind kind;
	lbnl_each_fn fn;	/* owns the object that it gets; may be NULL */
	void *arg;
	bool done;
	bool interrupted;
	int err;
};

int lbnl_fail(struct lbnl *nl, int err, const char *sentence)
{
	memset(&nl->error, 0, sizeof(nl->error));
	nl->error.err = -err;
	strncpy(nl->error.sentence, sentence, sizeof(nl->error.sentence) - 1);
	return err;
}

/* libnl's codes for what a socket call can fail with. */
static int from_libnl(int code)
{
	switch (-code) {
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_OBJ_NOTFOUND:
		return -ENOENT;
	case NLE_AGAIN:
		return -EAGAIN;
	case NLE_AF_NOSUPPORT:
	case NLE_PROTO_MISMATCH:
		return -EPROTONOSUPPORT;
	default:
		return -EIO;
	}
}

static int fail_libnl(struct lbnl *nl, int code)
{
	return lbnl_fail(nl, from_libnl(code), nl_geterror(code));
}

static void set_options(struct nl_sock *sock)
{
	int fd = nl_socket_get_fd(sock), on = 1;

	/* Both are comforts: a kernel without them still answers. */
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	nl_socket_set_msg_buf_size(sock, RECEIVE_SIZE);
	nl_socket_enable_msg_peek(sock);
}

int lbnl_open(struct lbnl *nl)
{
	int ret;

	memset(nl, 0, sizeof(*nl));
	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		return lbnl_fail(nl, -ENOMEM, "out of memory");
	ret = genl_connect(nl->sock);
	if (ret) {
		fail_libnl(nl, ret);
		goto err_close;
	}
	set_options(nl->sock);
	/* The controller loads the module for this, by its alias. */
	nl->family = genl_ctrl_resolve(nl->sock, LBVS_FAMILY_NAME);
	if (nl->family < 0) {
		fail_libnl(nl, nl->family);
		nl->error.no_family = nl->error.err == ENOENT;
		goto err_close;
	}
	return 0;

err_close:
	lbnl_close(nl);
	return -nl->error.err;
}

void lbnl_close(struct lbnl *nl)
{
	nl_socket_free(nl->sock);
	nl->sock = NULL;
}

static int stop(struct exchange *x, int err)
{
	x->err = err;
	x->done = true;
	return NL_STOP;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	struct exchange *x = arg;
	struct genlmsghdr *genl = nlmsg_data(nlmsg_hdr(x->msg));
	enum model_kind kind = MODEL_STATS;

	(void)from;
	codec_kind(genl->cmd, &kind);
	nl_ack_error(e, nlmsg_hdr(x->msg), kind, &x->nl->error);
	return stop(x, e->error);
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	nl_ack_warning(nlmsg_hdr(msg), x->nl->warning,
		       sizeof(x->nl->warning));
	return stop(x, 0);
}

/* The end of a dump carries an error that came up in the middle of it. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct exchange *x = arg;
	int err = 0;

	if (nlmsg_datalen(hdr) >= (int)sizeof(err))
		memcpy(&err, nlmsg_data(hdr), sizeof(err));
	if (err < 0)
		nl_ack_done(hdr, err, &x->nl->error);
	return stop(x, err < 0 ? err : 0);
}

static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	(void)msg;
	x->interrupted = true;
	return NL_OK;
}

static int decode(struct nl_msg *msg, enum model_kind kind,
		  struct model_head **m)
{
	struct genlmsghdr *genl = nlmsg_data(nlmsg_hdr(msg));
	int err;

	*m = model_new(kind);
	if (!*m)
		return -ENOMEM;
	err = codec_get(genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0),
			*m);
	if (err) {
		model_free(*m);
		*m = NULL;
	}
	return err;
}

static int on_object(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;
	struct model_head *m;
	int err;

	if (!x->fn || !genlmsg_valid_hdr(nlmsg_hdr(msg), 0))
		return NL_SKIP;
	err = decode(msg, x->kind, &m);
	if (err) {
		lbnl_fail(x->nl, err, "the kernel's answer is not understood");
		return stop(x, err);
	}
	err = x->fn(m, x->arg);
	if (err) {
		lbnl_fail(x->nl, err, strerror(-err));
		return stop(x, err);
	}
	return NL_OK;
}

/* What is left of an exchange that was given up is not for this one. */
static int on_sequence(struct nl_msg *msg, void *arg)
{
	const struct exchange *x = arg;

	return nlmsg_hdr(msg)->nlmsg_seq == nlmsg_hdr(x->msg)->nlmsg_seq ?
		NL_OK : NL_SKIP;
}

static int receive(struct exchange *x)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int ret;

	if (!cb)
		return lbnl_fail(x->nl, -ENOMEM, "out of memory");
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, x);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, x);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, x);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, x);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_object, x);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_sequence, x);
	while (!x->done) {
		ret = nl_recvmsgs(x->nl->sock, cb);
		/* After on_error() this only repeats what is known. */
		if (ret < 0 && !x->done)
			stop(x, fail_libnl(x->nl, ret));
	}
	nl_cb_put(cb);
	return x->err;
}

static int converse(struct exchange *x, uint8_t cmd, int flags,
		    const struct model_head *request)
{
	struct lbnl *nl = x->nl;
	int ret;

	memset(&nl->error, 0, sizeof(nl->error));
	nl->warning[0] = '\0';
	x->msg = nlmsg_alloc_size(REQUEST_SIZE);
	if (!x->msg)
		return lbnl_fail(nl, -ENOMEM, "out of memory");
	if (!genlmsg_put(x->msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0,
			 flags, cmd, LBVS_FAMILY_VERSION) ||
	    codec_put(x->msg, request)) {
		ret = lbnl_fail(nl, -EMSGSIZE, "the request is too long");
		goto out;
	}
	ret = nl_send_auto(nl->sock, x->msg);
	ret = ret < 0 ? fail_libnl(nl, ret) : receive(x);
out:
	nlmsg_free(x->msg);
	return ret;
}

static int keep_answer(struct model_head *m, void *arg)
{
	struct model_head **kept = arg;

	model_free(*kept);
	*kept = m;
	return 0;
}

int lbnl_request(struct lbnl *nl, uint8_t cmd, const struct model_head *request,
		 struct model_head *answer)
{
	struct model_head *kept = NULL;
	struct exchange x = {
		.nl = nl,
		.kind = answer ? answer->kind : request->kind,
		.fn = answer ? keep_answer : NULL,
		.arg = &kept,
	};
	int err;

	err = converse(&x, cmd, 0, request);
	if (!err && answer) {
		if (kept)
			model_move(answer, kept);
		else
			err = lbnl_fail(nl, -EPROTO, "the kernel gave no answer");
		kept = NULL;
	}
	model_free(kept);
	return err;
}

static int collect(struct model_head *m, void *arg)
{
	model_list_add(arg, m);
	return 0;
}

int lbnl_dump(struct lbnl *nl, uint8_t cmd, const struct model_head *filter,
	      struct model_list *list)
{
	int tries, err;

	memset(list, 0, sizeof(*list));
	for (tries = 0; tries < DUMP_TRIES; tries++) {
		struct exchange x = {
			.nl = nl, .kind = filter->kind,
			.fn = collect, .arg = list,
		};

		err = converse(&x, cmd, NLM_F_DUMP, filter);
		if (!err && !x.interrupted)
			return 0;
		model_list_free(list);
		if (err)
			return err;
	}
	return lbnl_fail(nl, -EINTR,
		    "the configuration changes faster than it can be read");
}

struct stream {
	lbnl_each_fn fn;
	void *arg;
};

static int hand_over(struct model_head *m, void *arg)
{
	struct stream *s = arg;
	int err = s->fn(m, s->arg);

	model_free(m);
	return err;
}

int lbnl_stream(struct lbnl *nl, uint8_t cmd, const struct model_head *filter,
		lbnl_each_fn fn, void *arg)
{
	struct stream s = { .fn = fn, .arg = arg };
	struct exchange x = {
		.nl = nl, .kind = filter->kind, .fn = hand_over, .arg = &s,
	};

	return converse(&x, cmd, NLM_F_DUMP, filter);
}

int lbnl_subscribe(struct lbnl *nl, const char *group)
{
	int id, ret;

	id = genl_ctrl_resolve_grp(nl->sock, LBVS_FAMILY_NAME, group);
	if (id < 0)
		return fail_libnl(nl, id);
	ret = nl_socket_add_membership(nl->sock, id);
	if (ret < 0)
		return fail_libnl(nl, ret);
	nl_socket_set_buffer_size(nl->sock, EVENT_BUFFER, 0);
	return 0;
}

/* Notifications are numbered by nobody. */
static int on_any_sequence(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

static int on_event(struct nl_msg *msg, void *arg)
{
	struct genlmsghdr *genl = nlmsg_data(nlmsg_hdr(msg));
	struct stream *s = arg;
	enum model_kind kind;
	struct model_head *m;

	if (!genlmsg_valid_hdr(nlmsg_hdr(msg), 0) ||
	    !codec_kind(genl->cmd, &kind) || decode(msg, kind, &m))
		return NL_SKIP;
	hand_over(m, s);
	return NL_OK;
}

int lbnl_receive(struct lbnl *nl, lbnl_each_fn fn, void *arg)
{
	struct stream s = { .fn = fn, .arg = arg };
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int ret;

	if (!cb)
		return lbnl_fail(nl, -ENOMEM, "out of memory");
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_any_sequence, NULL);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_event, &s);
	ret = nl_recvmsgs(nl->sock, cb);
	nl_cb_put(cb);
	/* libnl has one code for ENOMEM and ENOBUFS; either loses events. */
	if (ret == -NLE_NOMEM)
		return lbnl_fail(nl, -ENOBUFS, "notifications were lost");
	return ret < 0 ? fail_libnl(nl, ret) : 0;
}
