// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codec_field.h"
#include "field.h"
#include "value.h"

static bool has(const struct model_head *m, uint16_t attr)
{
	return m->set & UINT64_C(1) << attr;
}

static const void *at(const struct model_head *m, const struct codec_field *f)
{
	return (const char *)m + f->offset;
}

static bool equal_checks(const struct model_checks *a,
			 const struct model_checks *b)
{
	uint32_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (strcmp(a->name[i], b->name[i]))
			return false;
	return true;
}

static bool equal_value(const struct codec_field *f, const void *a,
			const void *b)
{
	const struct model_ports *ports_a = a, *ports_b = b;

	switch (f->type) {
	case CODEC_STRING:
		return !strcmp(a, b);
	case CODEC_CHECKS:
		return equal_checks(a, b);
	case CODEC_PORTS:
		return ports_a->count == ports_b->count &&
		       !memcmp(ports_a->port, ports_b->port,
			       ports_a->count * sizeof(ports_a->port[0]));
	default:
		return !memcmp(a, b, f->size);
	}
}

bool field_equal(const struct model_head *a, const struct model_head *b,
		 uint16_t attr)
{
	const struct codec_field *f = codec_find(codec_fields(a->kind), attr);

	if (has(a, attr) != has(b, attr))
		return false;
	return !f || !has(a, attr) || equal_value(f, at(a, f), at(b, f));
}

static void number_text(const struct codec_field *f, uint64_t number, char *buf)
{
	const char *word = f->words ? words_find(f->words, number) : NULL;

	if (word)
		snprintf(buf, FIELD_TEXT_SIZE, "%s", word);
	else
		snprintf(buf, FIELD_TEXT_SIZE, "%" PRIu64, number);
}

static void value_text(const struct codec_field *f, const void *value,
		       char *buf)
{
	const struct model_checks *checks = value;

	switch (f->type) {
	case CODEC_STRING:
		snprintf(buf, FIELD_TEXT_SIZE, "%s", (const char *)value);
		break;
	case CODEC_U8:
		number_text(f, *(const uint8_t *)value, buf);
		break;
	case CODEC_U16:
		number_text(f, *(const uint16_t *)value, buf);
		break;
	case CODEC_U32:
		number_text(f, *(const uint32_t *)value, buf);
		break;
	case CODEC_TIME:
		value_time(*(const uint32_t *)value, buf);
		break;
	case CODEC_RATIO:
		value_ratio(*(const uint32_t *)value, buf);
		break;
	case CODEC_U64:
		number_text(f, *(const uint64_t *)value, buf);
		break;
	case CODEC_ADDR:
		value_addr(value, buf);
		break;
	case CODEC_PORTS:
		value_ports(value, buf, FIELD_TEXT_SIZE);
		break;
	case CODEC_KEY:
		value_key(value, buf);
		break;
	case CODEC_CHECKS:
		if (checks->count)
			value_checks(checks, buf, FIELD_TEXT_SIZE);
		else
			strcpy(buf, "none");
		break;
	default:
		strcpy(buf, "-");
	}
}

static bool is_zero(const struct codec_field *f, const void *value)
{
	return f->type == CODEC_STRING ? !*(const char *)value :
					 !*(const uint32_t *)value;
}

char *field_text(const struct model_head *m, uint16_t attr,
		 char buf[FIELD_TEXT_SIZE])
{
	const struct codec_field *f = codec_find(codec_fields(m->kind), attr);
	const struct model_service *s = (const struct model_service *)m;

	if (!f || !has(m, attr)) {
		strcpy(buf, "-");
		return buf;
	}
	if (f->zero && is_zero(f, at(m, f)))
		return strcpy(buf, f->zero);
	value_text(f, at(m, f), buf);
	/* One word on the command line, two attributes, twice. */
	if (m->kind == MODEL_SERVICE && attr == LBVS_A_SERVICE_HASH &&
	    s->hash == LBVS_HASH_SOURCE && s->hash_prefix)
		snprintf(buf + strlen(buf), FIELD_TEXT_SIZE - strlen(buf),
			 "/%u", s->hash_prefix);
	if (m->kind == MODEL_SERVICE && attr == LBVS_A_SERVICE_PERSIST &&
	    s->persist_prefix)
		snprintf(buf + strlen(buf), FIELD_TEXT_SIZE - strlen(buf),
			 "/%u", s->persist_prefix);
	return buf;
}

const char *field_name(enum model_kind kind, uint16_t attr)
{
	const struct codec_field *f = codec_find(codec_fields(kind), attr);

	return f ? f->name : NULL;
}

void field_copy(struct model_head *to, const struct model_head *from,
		uint16_t attr)
{
	const struct codec_field *f = codec_find(codec_fields(to->kind), attr);

	if (!f || !has(from, attr))
		return;
	memcpy((char *)to + f->offset, at(from, f), f->size);
	to->set |= UINT64_C(1) << attr;
}

void field_merge(struct model_head *to, const struct model_head *from)
{
	const struct codec_field *f;

	for (f = codec_fields(to->kind); f->name; f++)
		if (!has(to, f->attr))
			field_copy(to, from, f->attr);
}
