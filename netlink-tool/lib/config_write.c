// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From objects to the tree. The words are those of the grammar that reads
 * them, so that what it learns is written too.
 */
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "field.h"
#include "order.h"
#include "parse_item.h"

/* The values of a list, one by one. */
static int add_list(struct config_node *entry, char *text)
{
	char *word, *rest = NULL;

	entry->list = true;
	if (!strcmp(text, "none"))
		return 0;
	for (word = strtok_r(text, ",", &rest); word;
	     word = strtok_r(NULL, ",", &rest))
		if (config_node_add_value(entry, word))
			return -1;
	return 0;
}

static int write_field(struct config_node *section, const char *word,
		       const struct model_head *m, uint16_t attr, bool list)
{
	char text[FIELD_TEXT_SIZE];
	struct config_node *entry;

	field_text(m, attr, text);
	if (!list)
		return config_node_entry(section, word, text) ? 0 : -1;
	entry = config_node_new(word, false, 0);
	if (!entry)
		return -1;
	config_node_add(section, entry);
	return add_list(entry, text);
}

static bool is_said(const struct model_head *m,
		    const struct model_head *defaults, uint16_t attr)
{
	if (!(m->set & UINT64_C(1) << attr))
		return false;
	if (m->kind == MODEL_SERVICE && attr == LBVS_A_SERVICE_HASH &&
	    !field_equal(m, defaults, LBVS_A_SERVICE_HASH_PREFIX))
		return true;
	return !field_equal(m, defaults, attr);
}

static int write_timeouts(struct config_node *section,
			  const struct model_head *m,
			  const struct model_head *defaults)
{
	const struct words_entry *w;
	struct config_node *inner = NULL;

	for (w = words_timeout; w->word; w++) {
		if (!is_said(m, defaults, w->value))
			continue;
		if (!inner)
			inner = config_node_section(section, "timeout", NULL);
		if (!inner || write_field(inner, w->word, m, w->value, false))
			return -1;
	}
	return 0;
}

static int write_object(struct config_node *section,
			const struct parse_grammar *grammar,
			const struct model_head *m,
			const struct model_head *defaults)
{
	const struct parse_item *item;
	int ret = 0;
	bool list;

	for (item = grammar->keywords; item->word && !ret; item++) {
		if (item->read == parse_read_timeout) {
			ret = write_timeouts(section, m, defaults);
			continue;
		}
		list = item->read == parse_read_ports ||
		       item->read == parse_read_checks;
		if (is_said(m, defaults, item->attr))
			ret = write_field(section, item->word, m, item->attr,
					  list);
	}
	return ret;
}

static int write_real(struct config_node *pool, const struct model_real *real)
{
	struct config_node *section;
	struct model_real defaults;

	model_init(&defaults.head, MODEL_REAL);
	defaults.weight = 1;
	model_mark(&defaults, LBVS_A_REAL_WEIGHT);
	defaults.admin = LBVS_ADMIN_ENABLED;
	model_mark(&defaults, LBVS_A_REAL_ADMIN);
	section = config_node_section(pool, "real", real->name);
	return section ? write_object(section, &parse_real_file, &real->head,
				      &defaults.head) : -1;
}

static int write_pool(struct config_node *tree, const struct index *reals,
		      const struct model_pool *pool)
{
	size_t at = order_first_real(reals, pool->name);
	struct config_node *section;
	const struct model_real *real;
	struct model_pool defaults;
	uint32_t i;

	model_init(&defaults.head, MODEL_POOL);
	model_mark(&defaults, LBVS_A_POOL_RAMP);
	section = config_node_section(tree, "pool", pool->name);
	if (!section || write_object(section, &parse_pool_file, &pool->head,
				     &defaults.head))
		return -1;
	for (i = 0; i < pool->checks.count; i++)
		if (!config_node_section(section, "check",
					 pool->checks.name[i]))
			return -1;
	for (; (real = order_real_at(reals, at, pool->name)); at++)
		if (write_real(section, real))
			return -1;
	return 0;
}

static int write_service(struct config_node *tree,
			 const struct model_service *s)
{
	struct config_node *section;
	struct model_service defaults;

	model_init(&defaults.head, MODEL_SERVICE);
	config_service_defaults(&defaults);
	section = config_node_section(tree, "service", s->name);
	return section ? write_object(section, &parse_service_file, &s->head,
				      &defaults.head) : -1;
}

static int write_arms(struct config_node *tree, const struct model_list *arms)
{
	struct config_node *entry = config_node_new("arm", false, 0);
	const struct model_arm *arm;

	if (!entry)
		return -1;
	entry->list = true;
	config_node_add(tree, entry);
	model_for_each(arm, arms)
		if (config_node_add_value(entry, arm->dev))
			return -1;
	return 0;
}

static int write_all(struct config_node *tree, const struct config *c,
		     const struct index *reals)
{
	const struct model_service *s;
	const struct model_pool *pool;

	if (c->has_arms && write_arms(tree, &c->arms))
		return -1;
	model_for_each(pool, &c->pools)
		if (write_pool(tree, reals, pool))
			return -1;
	model_for_each(s, &c->services)
		if (write_service(tree, s))
			return -1;
	return 0;
}

struct config_node *config_write(const struct config *config)
{
	struct config_node *tree = config_node_new("file", true, 0);
	struct index reals;

	if (index_build(&reals, &config->reals, order_reals) ||
	    (tree && write_all(tree, config, &reals))) {
		config_node_free(tree);
		tree = NULL;
	}
	index_free(&reals);
	return tree;
}
