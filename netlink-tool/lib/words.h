/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words for the enums of <linux/lbvs.h>: one table each, for reading what
 * a person typed and for printing what the kernel said.
 */
#ifndef LBVS_TOOL_WORDS_H
#define LBVS_TOOL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct words_entry {
	uint32_t value;
	const char *word;
};

/* Ends with an entry whose word is NULL. */
extern const struct words_entry words_proto[];
extern const struct words_entry words_admin[];
extern const struct words_entry words_sched[];
extern const struct words_entry words_hash[];
extern const struct words_entry words_when_empty[];
extern const struct words_entry words_initial[];
extern const struct words_entry words_on_down[];
extern const struct words_entry words_rule[];
extern const struct words_entry words_snat[];
extern const struct words_entry words_persist_scope[];
extern const struct words_entry words_on_expiry[];
extern const struct words_entry words_agent_state[];
extern const struct words_entry words_service_state[];
extern const struct words_entry words_member_state[];
extern const struct words_entry words_verdict_state[];
extern const struct words_entry words_flow_state[];
extern const struct words_entry words_event[];
/* Values are the attribute numbers LBVS_A_SERVICE_TIMEOUT_*. */
extern const struct words_entry words_timeout[];

/* The word for a value, or NULL for one newer than this program. */
const char *words_find(const struct words_entry *words, uint32_t value);

/* The value of a word, exactly as written. */
bool words_read(const struct words_entry *words, const char *word,
		uint32_t *value);

/* "rr, wrr or maglev"; cut short if the buffer is small. */
void words_enumerate(const struct words_entry *words, char *buf, size_t size);

#endif
