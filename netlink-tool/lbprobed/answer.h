/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A server's answer in HTTP, and what it says of the server's health. */
#ifndef LBVS_PROBED_ANSWER_H
#define LBVS_PROBED_ANSWER_H

#include "probe.h"

#define ANSWER_BODY_MAX	65536	/* what is looked at */

struct answer {
	char reason[48];	/* "Service Unavailable" */
	char *body;
	size_t size;
	bool full;		/* there was more than is looked at */
};

void answer_header(struct answer *a, const char *line, size_t size);
/* Returns how much of it was taken. */
size_t answer_body(struct answer *a, const char *data, size_t size);
/* Finishes the probe. */
void answer_judge(const struct answer *a, struct probe *probe, long status);
void answer_free(struct answer *a);

#endif
