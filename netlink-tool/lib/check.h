/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks as plain structs: the configuration file fills them, lbprobed runs
 * them. Nothing here knows how.
 *
 * A check belongs to a pool and is made on each of its reals. It consists of
 * one or more probes, which are made at the same time; a group of them is one
 * check with one verdict. A string that is not set is NULL; a string and a
 * list belong to the struct that points to them.
 *
 * In host, sni, path, body, identity and the words of a command, "{real}"
 * stands for the name of the real and "{address}" for its address.
 */
#ifndef LBVS_TOOL_CHECK_H
#define LBVS_TOOL_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/lbvs.h>

#include "words.h"

#define CHECK_PROBES_MAX	16	/* of a check */
#define CHECK_STATUS_MAX	16	/* entries of a list of statuses */
#define CHECK_UUID_SIZE		16

enum check_kind {
	CHECK_HTTP = 1,
	CHECK_HTTPS,
	CHECK_SMTP,
	CHECK_IMAP,
	CHECK_IMAPS,
	CHECK_POP3,
	CHECK_POP3S,
	CHECK_TCP,
	CHECK_TLS,
	CHECK_RPC,
	CHECK_EXEC,
};

/* What the probes of a check must say for it to be up. */
enum check_join {
	CHECK_ALL_OF = 1,	/* default */
	CHECK_ANY_OF,
};

/* How far a probe of SMTP goes before it says QUIT. */
enum check_depth {
	CHECK_DEPTH_BANNER = 1,
	CHECK_DEPTH_EHLO,
	CHECK_DEPTH_MAIL_FROM,	/* default */
};

enum check_tls_version {
	CHECK_TLS_1_0 = 1,
	CHECK_TLS_1_1,
	CHECK_TLS_1_2,		/* default */
	CHECK_TLS_1_3,
};

/* From first to last, both included: 200, 200-299. */
struct check_status {
	uint16_t first;
	uint16_t last;
};

/* A DCE/RPC interface. */
struct check_interface {
	uint8_t uuid[CHECK_UUID_SIZE];	/* in the order in which it is written */
	uint16_t major;
	uint16_t minor;
};

struct check_probe {
	struct check_probe *next;
	enum check_kind kind;
	uint16_t port;			/* 0: check_default_port() */

	/* http, https */
	char *method;			/* NULL: GET */
	char *path;			/* NULL: / */
	char *host;			/* Host header; NULL: the address */
	uint32_t statuses;
	struct check_status status[CHECK_STATUS_MAX];	/* none: 200 */
	char *body;			/* text that the body contains */
	/*
	 * The second line of the body, in any case. Without a dot only its
	 * part up to the first one counts.
	 */
	char *identity;

	/* https, imaps, pop3s, tls, and those with STARTTLS */
	char *sni;			/* NULL: the host, if that is a name */
	char *cafile;			/* NULL: the system's authorities */
	unsigned int cafile_line;	/* of the file that says so */
	bool verify;			/* chain and name; default: true */
	enum check_tls_version tls_min;
	char *ciphers;			/* in OpenSSL's words; NULL: default */
	bool starttls;			/* smtp, imap, pop3: TLS or it failed */

	enum check_depth depth;		/* smtp */

	/* rpc */
	struct check_interface interface;	/* default: the endpoint mapper */
	/*
	 * Not 0: the endpoint mapper, which is then what is bound to, must
	 * say that the interface is to be found at this port.
	 */
	uint16_t expect_port;

	char **command;			/* exec: up to a NULL; argv */
};

/* Times in milliseconds. */
struct check_timing {
	uint32_t inter;			/* from one start to the next */
	uint32_t timeout;
	uint32_t fastinter;		/* while the state is about to change */
	uint32_t downinter;		/* while it is down */
	uint32_t fall;			/* failures in a row until it is down */
	uint32_t fall_hard;		/* the same, if a server says no */
	uint32_t rise;			/* successes in a row until it is up */
	uint32_t jitter;		/* percent of each wait, up or down */
};

struct check {
	struct check *next;
	char pool[LBVS_NAME_SIZE];
	char name[LBVS_NAME_SIZE];
	struct check_timing timing;
	enum check_join join;
	uint32_t probes;
	struct check_probe *probe;	/* in their order in the file */
	/*
	 * Percent, 1 to 99: a check that fails leaves the real up with this
	 * share of its weight. 0: it is down then.
	 */
	uint32_t degrade;
};

/* Who pushes the verdicts. */
struct check_agent {
	char name[LBVS_NAME_SIZE];	/* default: lbprobed */
	uint32_t lease;			/* ms; default: 5000 */
	uint32_t grace;			/* ms, when it is gone; default: 5000 */
	uint32_t on_expiry;		/* hold, up or down; 0: the kernel's */
};

struct check_list {
	struct check *first;
	struct check *last;
	uint32_t count;
};

#define CHECK_TIMING_MIN	100	/* of inter, timeout, fast-, downinter */
#define CHECK_TIMING_MAX	3600000
#define CHECK_COUNT_MAX		100	/* of fall, fall_hard, rise */
#define CHECK_JITTER_MAX	50

extern const struct words_entry words_check_kind[];
extern const struct words_entry words_check_join[];
extern const struct words_entry words_check_depth[];
extern const struct words_entry words_check_tls[];

/* With the defaults and without probes; NULL: out of memory. */
struct check *check_new(const char *pool, const char *name);
void check_free(struct check *check);

/* Adds one of that kind, with the defaults, to a check; NULL: no memory. */
struct check_probe *check_probe_new(struct check *check, enum check_kind kind);

void check_list_add(struct check_list *list, struct check *check);
void check_list_free(struct check_list *list);

void check_timing_init(struct check_timing *timing);
void check_agent_init(struct check_agent *agent);

/* 0: the kind has none, a port must be given (exec needs none at all). */
uint16_t check_default_port(const struct check_probe *probe);

/* "epm", "emsmdb", "nspi" or "UUID" or "UUID/MAJOR.MINOR". */
bool check_read_interface(const char *s, struct check_interface *interface);

/* "200", "200,301-303": the entries of a list, of 100 to 999. */
bool check_read_statuses(const char *s, struct check_probe *probe);

#endif
