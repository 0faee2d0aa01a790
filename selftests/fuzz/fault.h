/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FAULT_H
#define FAULT_H

#include <stddef.h>
#include <stdint.h>

struct given {
	uint16_t type;
	uint16_t size;
	const void *data;
};

struct request {
	uint8_t command;
	struct given attrs[8];
};

/**
 * struct fault_case - a request and the state in which it is tried
 * @name: of its command.
 * @request: what is tried.
 * @undo: what brings back the state before, once it was done.
 * @first: what makes the state, beginning with an empty configuration.
 */
struct fault_case {
	const char *name;
	struct request request;
	struct request undo[4];
	struct request first[5];
};

extern const struct fault_case fault_cases[];
extern const size_t n_fault_cases;

/* From now on, allocation number n of this task fails, once; 0: none does. */
void fault_set_nth(unsigned int n);

/* How many allocations were missing for it to fail; 0: it did. */
unsigned int fault_left_of_nth(void);

/* fault_packet.c: to a UDP service that echoes. */
int fault_packets(const char *address, const char *port);

#endif /* FAULT_H */
