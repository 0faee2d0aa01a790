// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any words to any command: the first byte chooses the grammar, newlines
 * separate the words. What is accepted has to fit into a message.
 */
#include <stdlib.h>
#include <string.h>

#include <netlink/msg.h>

#include "codec.h"
#include "parse.h"

#define WORDS 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct parse_grammar *const grammars[] = {
	&parse_nothing, &parse_pool_new, &parse_pool_set, &parse_pool_key,
	&parse_pool_filter, &parse_real_new, &parse_real_set, &parse_real_key,
	&parse_real_drain, &parse_real_filter, &parse_service_new,
	&parse_service_set, &parse_service_key, &parse_service_filter,
	&parse_verdict_set, &parse_verdict_key, &parse_verdict_filter,
	&parse_agent_key, &parse_agent_filter, &parse_explain,
	&parse_flow_filter, &parse_flow_some, &parse_affinity_filter,
	&parse_arm_key, &parse_arm_filter, &parse_pool_file, &parse_real_file,
	&parse_real_defaults, &parse_service_file, &parse_service_defaults,
};

#define GRAMMARS (sizeof(grammars) / sizeof(grammars[0]))

static void check(struct parse *p, const struct parse_grammar *grammar)
{
	struct model_head *m = model_new(parse_kind(grammar));
	struct nl_msg *msg = nlmsg_alloc();

	if (!m || !msg)
		abort();
	if (!parse_words(p, grammar, m)) {
		if (codec_put(msg, m))
			abort();
	} else if (!p->error[0]) {
		abort();
	}
	nlmsg_free(msg);
	model_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[WORDS], *text, *word, *rest = NULL;
	struct parse p;
	int argc = 0;

	if (!size)
		return 0;
	text = strndup((const char *)data + 1, size - 1);
	if (!text)
		return 0;
	for (word = strtok_r(text, "\n", &rest); word && argc < WORDS;
	     word = strtok_r(NULL, "\n", &rest))
		argv[argc++] = word;
	parse_init(&p, argc, argv);
	check(&p, grammars[data[0] % GRAMMARS]);
	free(text);
	return 0;
}
