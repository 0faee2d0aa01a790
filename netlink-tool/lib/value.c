// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value.h"

/* Not isdigit() and its kin: the locale has no say in the grammar. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool read_digits(const char *s, size_t len, uint64_t min, uint64_t max,
			uint64_t *value)
{
	uint64_t v = 0;
	size_t i;

	/* 18 digits can't overflow, and no limit of ours is as large. */
	if (!len || len > 18)
		return false;
	for (i = 0; i < len; i++) {
		if (!is_digit(s[i]))
			return false;
		v = v * 10 + (s[i] - '0');
	}
	if (v < min || v > max)
		return false;
	*value = v;
	return true;
}

bool value_read_number(const char *s, uint64_t min, uint64_t max,
		       uint64_t *value)
{
	return read_digits(s, strlen(s), min, max, value);
}

bool value_read_ratio(const char *s, uint32_t min, uint32_t max,
		      uint32_t *percent)
{
	const char *point = strchr(s, '.');
	size_t whole = point ? (size_t)(point - s) : strlen(s);
	size_t digits = point ? strlen(point + 1) : 0;
	uint64_t n, part = 0;

	if (digits > 2 || (point && !digits))
		return false;
	if (!read_digits(s, whole, 0, max / 100, &n) ||
	    (point && !read_digits(point + 1, digits, 0, 99, &part)))
		return false;
	n = n * 100 + part * (digits == 1 ? 10 : 1);
	if (n < min || n > max)
		return false;
	*percent = n;
	return true;
}

static bool read_name(const char *s, size_t len, char name[LBVS_NAME_SIZE])
{
	size_t i;

	if (!len || len >= LBVS_NAME_SIZE)
		return false;
	if (!is_digit(s[0]) && !is_letter(s[0]))
		return false;
	for (i = 1; i < len; i++)
		if (!is_digit(s[i]) && !is_letter(s[i]) &&
		    s[i] != '.' && s[i] != '_' && s[i] != '-')
			return false;
	memset(name, 0, LBVS_NAME_SIZE);
	memcpy(name, s, len);
	return true;
}

bool value_read_name(const char *s, char name[LBVS_NAME_SIZE])
{
	return read_name(s, strlen(s), name);
}

bool value_read_dev(const char *s, char dev[IFNAMSIZ])
{
	size_t len = strlen(s);

	/* More than that is for the kernel to judge: it knows its devices. */
	if (len >= IFNAMSIZ || strspn(s, " \t\n\v\f\r") == len)
		return false;
	memset(dev, 0, IFNAMSIZ);
	memcpy(dev, s, len);
	return true;
}

bool value_read_addr(const char *s, struct model_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	if (inet_pton(AF_INET, s, addr->bytes) == 1)
		addr->len = 4;
	else if (inet_pton(AF_INET6, s, addr->bytes) == 1)
		addr->len = 16;
	return addr->len;
}

bool value_read_ports(const char *s, struct model_ports *ports)
{
	uint64_t port;
	size_t len;

	memset(ports, 0, sizeof(*ports));
	for (;;) {
		len = strcspn(s, ",");
		if (ports->count == LBVS_PORTS_MAX ||
		    !read_digits(s, len, 1, 65535, &port))
			return false;
		ports->port[ports->count++] = port;
		if (!s[len])
			return true;
		s += len + 1;
	}
}

/* Where the address in s ends, and where its ports, if any, begin. */
static bool split_endpoint(const char *s, char addr[VALUE_ADDR_SIZE],
			   const char **ports)
{
	bool bracket = s[0] == '[';
	size_t len;

	s += bracket;
	len = strcspn(s, bracket ? "]" : ":");
	if (len >= VALUE_ADDR_SIZE)
		return false;
	memcpy(addr, s, len);
	addr[len] = '\0';
	s += len;
	if (bracket) {
		if (*s++ != ']')
			return false;
		/* Brackets are for IPv6, and only for that. */
		if (!strchr(addr, ':'))
			return false;
	}
	if (*s && *s != ':')
		return false;
	*ports = *s ? s + 1 : NULL;
	return true;
}

bool value_read_endpoint(const char *s, struct model_addr *addr,
			 struct model_ports *ports, bool ports_optional)
{
	char text[VALUE_ADDR_SIZE];
	const char *rest;

	memset(ports, 0, sizeof(*ports));
	if (ports_optional && value_read_addr(s, addr))
		return true;
	if (!split_endpoint(s, text, &rest) || !value_read_addr(text, addr))
		return false;
	return rest ? value_read_ports(rest, ports) : ports_optional;
}

bool value_read_checks(const char *s, struct model_checks *checks)
{
	size_t len;

	memset(checks, 0, sizeof(*checks));
	if (!strcmp(s, "none"))
		return true;
	for (;;) {
		len = strcspn(s, ",");
		if (checks->count == LBVS_CHECKS_MAX ||
		    !read_name(s, len, checks->name[checks->count]))
			return false;
		checks->count++;
		if (!s[len])
			return true;
		s += len + 1;
	}
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool value_read_key(const char *s, uint8_t key[LBVS_KEY_SIZE])
{
	int high, low, i;

	if (strlen(s) != 2 * LBVS_KEY_SIZE)
		return false;
	for (i = 0; i < LBVS_KEY_SIZE; i++) {
		high = hex_digit(s[2 * i]);
		low = hex_digit(s[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		key[i] = high << 4 | low;
	}
	return true;
}

static const struct {
	char unit;
	uint32_t seconds;
} units[] = {
	{ 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 },
};

#define UNITS (sizeof(units) / sizeof(units[0]))

bool value_read_time(const char *s, uint32_t *seconds)
{
	size_t len = strlen(s), i;
	uint32_t unit = 1;
	uint64_t n;

	for (i = 0; len && i < UNITS; i++) {
		if (s[len - 1] != units[i].unit)
			continue;
		unit = units[i].seconds;
		len--;
		break;
	}
	if (!read_digits(s, len, 1, LBVS_TIMEOUT_MAX / unit, &n))
		return false;
	*seconds = n * unit;
	return true;
}

bool value_read_duration(const char *s, uint32_t min_ms, uint32_t max_ms,
			 uint32_t *ms)
{
	size_t len = strlen(s);
	uint32_t seconds;
	uint64_t n;

	if (!strcmp(s, "0")) {
		n = 0;
	} else if (len > 2 && !strcmp(s + len - 2, "ms")) {
		if (!read_digits(s, len - 2, min_ms, max_ms, &n))
			return false;
	} else {
		if (!value_read_time(s, &seconds))
			return false;
		n = (uint64_t)seconds * 1000;
	}
	if (n < min_ms || n > max_ms)
		return false;
	*ms = n;
	return true;
}

char *value_addr(const struct model_addr *addr, char buf[VALUE_ADDR_SIZE])
{
	int family = addr->len == 4 ? AF_INET : AF_INET6;

	if (!addr->len || !inet_ntop(family, addr->bytes, buf, VALUE_ADDR_SIZE))
		strcpy(buf, "-");
	return buf;
}

char *value_ports(const struct model_ports *ports, char *buf, size_t size)
{
	size_t used = 0;
	uint32_t i;

	buf[0] = '\0';
	for (i = 0; i < ports->count && used < size; i++)
		used += snprintf(buf + used, size - used, "%s%u",
				 i ? "," : "", ports->port[i]);
	return buf;
}

char *value_endpoint(const struct model_addr *addr,
		     const struct model_ports *ports, char *buf, size_t size)
{
	char text[VALUE_ADDR_SIZE];
	size_t used;

	snprintf(buf, size, addr->len == 16 ? "[%s]:" : "%s:",
		 value_addr(addr, text));
	used = strlen(buf);
	value_ports(ports, buf + used, size - used);
	return buf;
}

char *value_checks(const struct model_checks *checks, char *buf, size_t size)
{
	size_t used = 0;
	uint32_t i;

	buf[0] = '\0';
	for (i = 0; i < checks->count && used < size; i++)
		used += snprintf(buf + used, size - used, "%s%s",
				 i ? "," : "", checks->name[i]);
	return buf;
}

char *value_key(const uint8_t key[LBVS_KEY_SIZE], char buf[VALUE_KEY_SIZE])
{
	int i;

	for (i = 0; i < LBVS_KEY_SIZE; i++)
		sprintf(buf + 2 * i, "%02x", key[i]);
	return buf;
}

char *value_time(uint32_t seconds, char buf[VALUE_NUMBER_SIZE])
{
	size_t i = 0;

	while (i < UNITS - 1 && (!seconds || seconds % units[i].seconds))
		i++;
	snprintf(buf, VALUE_NUMBER_SIZE, "%u%c", seconds / units[i].seconds,
		 units[i].unit);
	return buf;
}

char *value_duration(uint32_t ms, char buf[VALUE_NUMBER_SIZE])
{
	if (ms && ms % 1000 == 0)
		return value_time(ms / 1000, buf);
	snprintf(buf, VALUE_NUMBER_SIZE, "%ums", ms);
	return buf;
}

char *value_ratio(uint32_t percent, char buf[VALUE_NUMBER_SIZE])
{
	if (percent % 100)
		snprintf(buf, VALUE_NUMBER_SIZE, "%u.%0*u", percent / 100,
			 percent % 10 ? 2 : 1,
			 percent % 10 ? percent % 100 : percent % 100 / 10);
	else
		snprintf(buf, VALUE_NUMBER_SIZE, "%u", percent / 100);
	return buf;
}

char *value_age(uint64_t ms, char buf[VALUE_NUMBER_SIZE])
{
	uint64_t seconds = ms / 1000;
	size_t i = 0;

	if (!seconds) {
		snprintf(buf, VALUE_NUMBER_SIZE, "%" PRIu64 "ms", ms);
		return buf;
	}
	/* Two of a unit at least, so that what is cut off matters little. */
	while (i < UNITS - 1 && seconds < 2 * units[i].seconds)
		i++;
	snprintf(buf, VALUE_NUMBER_SIZE, "%" PRIu64 "%c",
		 seconds / units[i].seconds, units[i].unit);
	return buf;
}

char *value_left(uint32_t ms, char buf[VALUE_NUMBER_SIZE])
{
	uint32_t seconds = ms / 1000 + !!(ms % 1000), rest;
	size_t i = 0;

	while (i < UNITS - 1 && seconds < units[i].seconds)
		i++;
	rest = seconds % units[i].seconds;
	seconds /= units[i].seconds;
	if (rest && rest >= units[i + 1].seconds)
		snprintf(buf, VALUE_NUMBER_SIZE, "%u%c%u%c", seconds,
			 units[i].unit, rest / units[i + 1].seconds,
			 units[i + 1].unit);
	else
		snprintf(buf, VALUE_NUMBER_SIZE, "%u%c", seconds,
			 units[i].unit);
	return buf;
}

char *value_bytes(uint64_t bytes, char buf[VALUE_NUMBER_SIZE])
{
	static const char unit[] = "KMGTPE";
	uint64_t tenths;
	int i = 0;

	if (bytes < 1000) {
		snprintf(buf, VALUE_NUMBER_SIZE, "%" PRIu64, bytes);
		return buf;
	}
	tenths = bytes / 100;
	while (tenths >= 10000) {
		tenths /= 1000;
		i++;
	}
	if (tenths < 100)
		snprintf(buf, VALUE_NUMBER_SIZE, "%" PRIu64 ".%" PRIu64 "%c",
			 tenths / 10, tenths % 10, unit[i]);
	else
		snprintf(buf, VALUE_NUMBER_SIZE, "%" PRIu64 "%c", tenths / 10,
			 unit[i]);
	return buf;
}
