/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of attributes: for codec.c, codec_explain.c and field.c alone. */
#ifndef LBVS_TOOL_CODEC_FIELD_H
#define LBVS_TOOL_CODEC_FIELD_H

#include "model.h"
#include "words.h"

struct nlattr;

enum codec_type {
	CODEC_STRING,		/* char[size] */
	CODEC_U8,
	CODEC_U16,
	CODEC_U32,
	CODEC_TIME,		/* u32, seconds */
	CODEC_RATIO,		/* u32, percent */
	CODEC_U64,
	CODEC_FLAG,		/* bool */
	CODEC_ADDR,		/* struct model_addr */
	CODEC_PORTS,		/* struct model_ports */
	CODEC_KEY,		/* uint8_t[LBVS_KEY_SIZE] */
	CODEC_CHECKS,		/* struct model_checks */
	CODEC_COUNTERS,		/* struct model_counters */
	CODEC_STATS,		/* struct model_list of model_stat */
	CODEC_VERDICTS,		/* the same of model_verdict, never read */
};

struct codec_field {
	const char *name;	/* as the tool calls it */
	uint16_t attr;
	enum codec_type type;
	size_t offset;		/* in the object */
	size_t size;
	const struct words_entry *words;	/* of a u8 or u32 */
	const char *zero;	/* what a u32 of 0, or no word, is called */
};

/* Up to an entry whose name is NULL. */
const struct codec_field *codec_fields(enum model_kind kind);
extern const struct codec_field codec_counters[];

const struct codec_field *codec_find(const struct codec_field *fields,
				     uint16_t attr);

/* Reads one attribute into the field itself. 0, -EBADMSG or -ENOMEM. */
int codec_get_field(const struct nlattr *a, const struct codec_field *f,
		    void *value);

#endif
