/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* random.c: all that is done follows from the seed */
struct random {
	uint64_t state;
};

void random_start(struct random *random, uint64_t seed, uint64_t stream);
uint64_t random_word(struct random *random);
uint32_t random_below(struct random *random, uint32_t limit);
bool random_percent(struct random *random, unsigned int percent);
void random_fill(struct random *random, void *to, size_t size);

/* options.c: what the commands have in common */
struct fuzz_options {
	uint64_t seed;
	uint32_t count;
	uint32_t workers;
	const char *device;
	const char *mac;
	const char *source;
	const char *target;
	const char *ports;
	bool replies;
	bool foreign;
};

void fuzz_options(int argc, char **argv, struct fuzz_options *options);
uint64_t fuzz_now_ms(void);

/* netlink_tree.c: the family's commands and what each may hold */
enum kind {
	KIND_END,
	KIND_U8,
	KIND_U16,
	KIND_U32,
	KIND_U64,
	KIND_WORD,
	KIND_ADDR,
	KIND_PORTS,
	KIND_BYTES,
	KIND_FLAG,
	KIND_NEST,
};

/**
 * struct field - one attribute
 * @type: its number.
 * @kind: what it holds; KIND_END ends a list.
 * @percent: how often it is there in a valid message.
 * @max: of a number, the highest that makes sense; of bytes, how many.
 * @words: of a word, those to choose from.
 * @inside: of a nest, what it holds.
 */
struct field {
	uint16_t type;
	enum kind kind;
	unsigned int percent;
	uint32_t max;
	const char *const *words;
	const struct field *inside;
};

/**
 * struct command - one request
 * @number: enum lbvs_cmd.
 * @often: how often it is sent, compared with the others.
 * @guarded: it wants privilege.
 * @dumps: it is sent with NLM_F_DUMP.
 * @fields: its attributes.
 */
struct command {
	uint8_t number;
	uint8_t often;
	bool guarded;
	bool dumps;
	const struct field *fields;
};

extern const struct command tree_commands[];
extern const size_t tree_size;

const struct command *tree_find(uint8_t number);
const struct command *tree_pick(struct random *random);

/* netlink_build.c: a message, valid, nearly valid or random */
size_t build_message(struct random *random, const struct command *command,
		     uint16_t family, uint32_t seq, void *to, size_t size);

/* netlink_socket.c: where to send it, and what comes back */
struct talk {
	int fd;
	uint16_t family;
	uint32_t groups[8];
	size_t n_groups;
};

/**
 * struct answers - what came back
 * @obeyed: requests done, and dumps brought to an end.
 * @refused: requests with an error for an answer.
 * @privileged: answers, none of them an error, to what wants privilege.
 * @objects: messages of the family itself.
 * @sentences: refusals with more than a number.
 * @errors: answers by number.
 */
struct answers {
	uint32_t obeyed;
	uint32_t refused;
	uint32_t privileged;
	uint32_t objects;
	uint32_t sentences;
	uint32_t errors[4096];
};

void talk_open(struct talk *talk, bool listen);
void talk_close(struct talk *talk);
bool talk_send(const struct talk *talk, const void *from, size_t size);
typedef void (*talk_heard)(uint32_t seq, int error, void *context);
void talk_hear(const struct talk *talk, struct answers *answers,
	       unsigned int limit, talk_heard heard, void *context);

/* one file each */
int netlink_main(int argc, char **argv);
int packet_main(int argc, char **argv);
int fault_main(int argc, char **argv);

#endif /* FUZZ_H */
