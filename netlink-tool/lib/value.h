/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Single values as text, both ways. The readers take the whole text or
 * refuse; the writers return buf, always terminated.
 */
#ifndef LBVS_TOOL_VALUE_H
#define LBVS_TOOL_VALUE_H

#include "model.h"

#define VALUE_ADDR_SIZE		48	/* "[IPv6]" */
#define VALUE_ENDPOINT_SIZE	(VALUE_ADDR_SIZE + 1 + LBVS_PORTS_MAX * 6)
#define VALUE_CHECKS_SIZE	(LBVS_CHECKS_MAX * LBVS_NAME_SIZE)
#define VALUE_KEY_SIZE		(LBVS_KEY_SIZE * 2 + 1)
#define VALUE_NUMBER_SIZE	24

/* A factor with two digits behind the point at most; min and max in percent. */
bool value_read_ratio(const char *s, uint32_t min, uint32_t max,
		      uint32_t *percent);
/* Decimal digits only. */
bool value_read_number(const char *s, uint64_t min, uint64_t max,
		       uint64_t *value);
bool value_read_name(const char *s, char name[LBVS_NAME_SIZE]);
/* Any name that a device can have, of 1 to IFNAMSIZ - 1 bytes. */
bool value_read_dev(const char *s, char dev[IFNAMSIZ]);
bool value_read_addr(const char *s, struct model_addr *addr);
bool value_read_ports(const char *s, struct model_ports *ports);
/* ADDR:PORT,PORT or [ADDR6]:PORT,PORT; the ports may be absent if asked. */
bool value_read_endpoint(const char *s, struct model_addr *addr,
			 struct model_ports *ports, bool ports_optional);
/* C1,C2 or the word none. */
bool value_read_checks(const char *s, struct model_checks *checks);
bool value_read_key(const char *s, uint8_t key[LBVS_KEY_SIZE]);
/* Seconds, or a number with one of the units s, m, h, d. */
bool value_read_time(const char *s, uint32_t *seconds);
/* The same in milliseconds; the unit ms is known too. */
bool value_read_duration(const char *s, uint32_t min_ms, uint32_t max_ms,
			 uint32_t *ms);

char *value_addr(const struct model_addr *addr, char buf[VALUE_ADDR_SIZE]);
char *value_ports(const struct model_ports *ports, char *buf, size_t size);
char *value_endpoint(const struct model_addr *addr,
		     const struct model_ports *ports, char *buf, size_t size);
char *value_checks(const struct model_checks *checks, char *buf, size_t size);
char *value_key(const uint8_t key[LBVS_KEY_SIZE], char buf[VALUE_KEY_SIZE]);
/* Percent as a factor: 125 is 1.25, 200 is 2. */
char *value_ratio(uint32_t percent, char buf[VALUE_NUMBER_SIZE]);
/* In the largest unit that is exact: 2400 is 40m, 90 is 90s. */
char *value_time(uint32_t seconds, char buf[VALUE_NUMBER_SIZE]);
/* Likewise: 5000 is 5s, 1500 is 1500ms. */
char *value_duration(uint32_t ms, char buf[VALUE_NUMBER_SIZE]);
/* About how long, for a person: 350ms, 45s, 12m, 30h, 9d. */
char *value_age(uint64_t ms, char buf[VALUE_NUMBER_SIZE]);
/* How much time is left, begun seconds whole: 6d23h, 4m10s, 10s. */
char *value_left(uint32_t ms, char buf[VALUE_NUMBER_SIZE]);
/* In powers of 1000: 999, 1.2K, 34M. */
char *value_bytes(uint64_t bytes, char buf[VALUE_NUMBER_SIZE]);

#endif
