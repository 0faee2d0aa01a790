// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From the tree to objects. Every value is read by the grammar of lbctl's
 * command line, as if "WORD VALUE" stood there.
 */
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "config_check.h"
#include "config_grammar.h"
#include "field.h"
#include "parse.h"

struct reader {
	struct config *config;
	struct config_errors *errors;
	/* What the section "defaults" says. */
	struct model_real real;
	struct model_service service;
	struct check_timing timing;
};

static int remember(struct reader *r, const void *object, uint16_t attr,
		    unsigned int line)
{
	struct config *c = r->config;
	size_t room = c->room ? c->room * 2 : 256;
	struct config_place *more;

	if (c->places == c->room) {
		more = realloc(c->place, room * sizeof(*more));
		if (!more)
			return config_fail_memory(r->errors);
		c->place = more;
		c->room = room;
	}
	c->place[c->places++] = (struct config_place){ object, attr, line };
	return 0;
}

unsigned int config_line(const struct config *c, const void *object,
			 uint16_t attr)
{
	unsigned int line = 0;
	size_t i;

	for (i = 0; i < c->places; i++) {
		if (c->place[i].object != object)
			continue;
		if (c->place[i].attr == attr)
			return c->place[i].line;
		if (!c->place[i].attr)
			line = c->place[i].line;
	}
	return line;
}

static int fail_unknown(struct reader *r, const struct config_node *node,
			const struct config_grammar *g)
{
	char expected[512];

	config_grammar_enumerate(g, expected, sizeof(expected));
	return config_fail(r->errors, node->line, "\"%s\" is not known here: "
			   "expected one of %s", node->word, expected);
}

/* Tells of what does not belong into a section, and of a title too many. */
static void check_words(struct reader *r, const struct config_node *section,
			const struct config_grammar *g)
{
	const struct config_grammar *sub;
	const struct config_node *node;

	for (node = section->first; node; node = node->next) {
		sub = config_grammar_section(g, node->word);
		if (node->section ? !sub :
				    !config_grammar_has_entry(g, node->word))
			fail_unknown(r, node, g);
		else if (node->section && sub->titled != !!node->title)
			config_fail(r->errors, node->line, "\"%s\" %s",
				    node->word, sub->titled ?
				    "needs a name" : "has no name");
		else if (node->section)
			check_words(r, node, sub);
	}
}

/* Reads "word value", or "word kind value". The attribute comes back. */
static int read_words(struct reader *r, const struct config_node *entry,
		      const char *outer, const struct parse_grammar *grammar,
		      struct model_head *m)
{
	char *value = config_node_join(entry), *words[3];
	uint64_t before = m->set, news;
	struct parse p;
	int count = 0;

	if (!value)
		return config_fail_memory(r->errors);
	if (outer)
		words[count++] = (char *)outer;
	words[count++] = entry->word;
	words[count++] = value;
	parse_init(&p, count, words);
	if (parse_keyword(&p, grammar, m)) {
		config_fail(r->errors, entry->line, "%s", p.error);
		free(value);
		return -1;
	}
	free(value);
	news = m->set & ~before;
	return news ? remember(r, m, __builtin_ctzll(news), entry->line) : 0;
}

static void read_entries(struct reader *r, const struct config_node *section,
			 const struct config_grammar *g,
			 const struct parse_grammar *grammar,
			 struct model_head *m)
{
	const struct config_node *node, *inner;

	for (node = section->first; node; node = node->next) {
		if (!node->section && config_grammar_has_entry(g, node->word))
			read_words(r, node, NULL, grammar, m);
		if (!node->section || strcmp(node->word, "timeout"))
			continue;
		for (inner = node->first; inner; inner = inner->next)
			if (!inner->section)
				read_words(r, inner, node->word, grammar, m);
	}
}

/* An object by the words that are its key: the titles of its sections. */
static void *begin(struct reader *r, const struct config_node *section,
		   const struct parse_grammar *key, const char *pool)
{
	char *words[] = { (char *)pool, section->title };
	struct model_head *m = model_new(parse_kind(key));
	struct parse p;

	if (!m) {
		config_fail_memory(r->errors);
		return NULL;
	}
	parse_init(&p, pool ? 2 : 1, pool ? words : words + 1);
	if (parse_words(&p, key, m))
		config_fail(r->errors, section->line, "%s", p.error);
	if (remember(r, m, 0, section->line)) {
		model_free(m);
		return NULL;
	}
	return m;
}

static void require(struct reader *r, const struct config_node *section,
		    const struct model_head *m, uint16_t attr,
		    const char *what)
{
	const struct config_node *node;

	if (m->set & UINT64_C(1) << attr)
		return;
	/* Given, but not as it has to be: that was told. */
	for (node = section->first; node; node = node->next)
		if (!strcmp(node->word, what))
			return;
	config_fail(r->errors, section->line, "%s \"%s\": the %s is missing",
		    section->word, section->title, what);
}

static const struct config_grammar *grammar_of(const char *outer,
					       const char *inner)
{
	const struct config_grammar *g;

	g = config_grammar_section(&config_grammar, outer);
	return inner ? config_grammar_section(g, inner) : g;
}

static void read_check(struct reader *r, const struct config_node *section,
		       struct model_pool *pool)
{
	struct model_checks *checks = &pool->checks;
	struct check *check;
	uint32_t i;

	for (i = 0; i < checks->count; i++)
		if (!strcmp(checks->name[i], section->title))
			config_fail(r->errors, section->line, "check \"%s\": "
				    "the pool \"%s\" has one of this name "
				    "already", section->title, pool->name);
	if (checks->count == LBVS_CHECKS_MAX) {
		config_fail(r->errors, section->line, "check \"%s\": a pool "
			    "has %u checks at most", section->title,
			    LBVS_CHECKS_MAX);
		return;
	}
	check = check_new(pool->name, section->title);
	if (!check) {
		config_fail_memory(r->errors);
		return;
	}
	memcpy(checks->name[checks->count++], check->name,
	       sizeof(check->name));
	check->timing = r->timing;
	config_check_read(section, check, r->errors);
	if (!check->probes) {
		check_free(check);
		return;
	}
	check_list_add(&r->config->checks, check);
	remember(r, check, 0, section->line);
}

/* The grammar of lists of checks has the rules for their names. */
static bool is_check_name(struct reader *r, const struct config_node *section)
{
	struct model_pool pool;
	char *words[] = { "check", section->title };
	struct parse p;

	model_init(&pool.head, MODEL_POOL);
	parse_init(&p, 2, words);
	if (!parse_keyword(&p, &parse_pool_new, &pool.head) &&
	    pool.checks.count == 1)
		return true;
	config_fail(r->errors, section->line, "check \"%s\": expected a name: "
		    "1 to 31 letters, digits, dots, underscores and dashes, "
		    "a letter or digit first, and not none", section->title);
	return false;
}

void config_real_defaults(struct model_real *real)
{
	/* Not the admin state: that is set by hand as well, and kept. */
	static const struct model_real defaults = {
		.head = {
			.kind = MODEL_REAL,
			.set = UINT64_C(1) << LBVS_A_REAL_WEIGHT |
			       UINT64_C(1) << LBVS_A_REAL_LIMIT_FLOWS |
			       UINT64_C(1) << LBVS_A_REAL_LIMIT_RATE |
			       UINT64_C(1) << LBVS_A_REAL_TIER,
		},
		.weight = 1,
	};

	field_merge(&real->head, &defaults.head);
}

void config_pool_defaults(struct model_pool *pool)
{
	static const struct model_pool defaults = {
		.head = {
			.kind = MODEL_POOL,
			.set = UINT64_C(1) << LBVS_A_POOL_MIN_USABLE |
			       UINT64_C(1) << LBVS_A_POOL_RAMP,
		},
		.min_usable = 1,
	};

	field_merge(&pool->head, &defaults.head);
}

static void read_real(struct reader *r, const struct config_node *section,
		      const char *pool)
{
	struct model_real *real = begin(r, section, &parse_real_key, pool);

	if (!real)
		return;
	read_entries(r, section, grammar_of("pool", "real"), &parse_real_file,
		     &real->head);
	require(r, section, &real->head, LBVS_A_REAL_ADDR, "address");
	field_merge(&real->head, &r->real.head);
	config_real_defaults(real);
	model_list_add(&r->config->reals, &real->head);
}

static void read_pool(struct reader *r, const struct config_node *section)
{
	struct model_pool *pool = begin(r, section, &parse_pool_key, NULL);
	const struct config_node *node;

	if (!pool)
		return;
	read_entries(r, section, grammar_of("pool", NULL), &parse_pool_file,
		     &pool->head);
	for (node = section->first; node; node = node->next) {
		if (!node->section || !node->title)
			continue;
		if (!strcmp(node->word, "check") && is_check_name(r, node))
			read_check(r, node, pool);
		else if (!strcmp(node->word, "real"))
			read_real(r, node, pool->name);
	}
	model_mark(pool, LBVS_A_POOL_CHECK);
	config_pool_defaults(pool);
	model_list_add(&r->config->pools, &pool->head);
}

void config_service_defaults(struct model_service *s)
{
	static const struct model_service defaults = {
		.head = {
			.kind = MODEL_SERVICE,
			.set = UINT64_C(1) << LBVS_A_SERVICE_SCHED |
			       UINT64_C(1) << LBVS_A_SERVICE_HASH |
			       UINT64_C(1) << LBVS_A_SERVICE_HASH_PREFIX |
			       UINT64_C(1) << LBVS_A_SERVICE_TABLE_SIZE |
			       UINT64_C(1) << LBVS_A_SERVICE_REQUIRE |
			       UINT64_C(1) << LBVS_A_SERVICE_TO_PORT |
			       UINT64_C(1) << LBVS_A_SERVICE_WHEN_EMPTY |
			       UINT64_C(1) << LBVS_A_SERVICE_INITIAL |
			       UINT64_C(1) << LBVS_A_SERVICE_ON_DOWN |
			       UINT64_C(1) << LBVS_A_SERVICE_SNAT |
			       UINT64_C(1) << LBVS_A_SERVICE_LIMIT_FLOWS |
			       UINT64_C(1) << LBVS_A_SERVICE_LIMIT_RATE |
			       UINT64_C(1) << LBVS_A_SERVICE_BOUND |
			       UINT64_C(1) << LBVS_A_SERVICE_PERSIST |
			       UINT64_C(1) << LBVS_A_SERVICE_PERSIST_PREFIX |
			       UINT64_C(1) << LBVS_A_SERVICE_PERSIST_SCOPE |
			       UINT64_C(1) << LBVS_A_SERVICE_TOGETHER |
			       UINT64_C(1) << LBVS_A_SERVICE_TIMEOUT_ESTABLISHED |
			       UINT64_C(1) << LBVS_A_SERVICE_TIMEOUT_SYN |
			       UINT64_C(1) << LBVS_A_SERVICE_TIMEOUT_FIN |
			       UINT64_C(1) << LBVS_A_SERVICE_TIMEOUT_CLOSED |
			       UINT64_C(1) << LBVS_A_SERVICE_TIMEOUT_UDP,
		},
		.sched = LBVS_SCHED_RR,
		.hash = LBVS_HASH_SOURCE,
		.when_empty = LBVS_WHEN_EMPTY_OPEN,
		.initial = LBVS_INITIAL_UP,
		.on_down = LBVS_ON_DOWN_KEEP,
		.snat = LBVS_SNAT_OFF,
		.persist_scope = LBVS_PERSIST_SCOPE_POOL,
		.timeout_established = 2400,
		.timeout_syn = 30,
		.timeout_fin = 60,
		.timeout_closed = 5,
		.timeout_udp = 60,
	};

	field_merge(&s->head, &defaults.head);
}

static void read_service(struct reader *r, const struct config_node *section)
{
	struct model_service *s = begin(r, section, &parse_service_key, NULL);

	if (!s)
		return;
	read_entries(r, section, grammar_of("service", NULL),
		     &parse_service_file, &s->head);
	require(r, section, &s->head, LBVS_A_SERVICE_PROTO, "proto");
	require(r, section, &s->head, LBVS_A_SERVICE_ADDR, "address");
	require(r, section, &s->head, LBVS_A_SERVICE_PORT, "port");
	if (!model_has(&r->service, LBVS_A_SERVICE_POOL))
		require(r, section, &s->head, LBVS_A_SERVICE_POOL, "pool");
	field_merge(&s->head, &r->service.head);
	config_service_defaults(s);
	model_list_add(&r->config->services, &s->head);
}

static void read_arms(struct reader *r, const struct config_node *entry)
{
	struct model_head *arm;
	struct parse p;
	size_t i;

	if (r->config->has_arms)
		config_fail(r->errors, entry->line, "\"arm\" is given twice");
	r->config->has_arms = true;
	for (i = 0; i < entry->values; i++) {
		arm = model_new(MODEL_ARM);
		if (!arm) {
			config_fail_memory(r->errors);
			return;
		}
		parse_init(&p, 1, &entry->value[i]);
		if (parse_words(&p, &parse_arm_key, arm))
			config_fail(r->errors, entry->line, "%s", p.error);
		remember(r, arm, 0, entry->line);
		model_list_add(&r->config->arms, arm);
	}
}

static void read_defaults(struct reader *r, const struct config_node *section)
{
	const struct config_node *node;

	for (node = section->first; node; node = node->next) {
		if (!strcmp(node->word, "real"))
			read_entries(r, node, grammar_of("defaults", "real"),
				     &parse_real_defaults, &r->real.head);
		else if (!strcmp(node->word, "service"))
			read_entries(r, node, grammar_of("defaults", "service"),
				     &parse_service_defaults,
				     &r->service.head);
		else if (!strcmp(node->word, "check"))
			config_check_read_timing(node, &r->timing, r->errors);
	}
}

static void read_agent(struct reader *r, const struct config_node *section)
{
	if (r->config->has_agent)
		config_fail(r->errors, section->line, "agent \"%s\": there is "
			    "one already, \"%s\"", section->title,
			    r->config->agent.name);
	r->config->has_agent = true;
	config_check_read_agent(section, &r->config->agent, r->errors);
}

static void read_all(struct reader *r, const struct config_node *tree)
{
	const struct config_node *node;

	for (node = tree->first; node; node = node->next) {
		if (node->section && !strcmp(node->word, "defaults"))
			read_defaults(r, node);
		else if (!node->section && !strcmp(node->word, "arm"))
			read_arms(r, node);
	}
	for (node = tree->first; node; node = node->next) {
		if (!node->section || !node->title)
			continue;
		if (!strcmp(node->word, "pool"))
			read_pool(r, node);
		else if (!strcmp(node->word, "service"))
			read_service(r, node);
		else if (!strcmp(node->word, "agent"))
			read_agent(r, node);
	}
}

int config_read(const struct config_node *tree, struct config *config,
		struct config_errors *errors)
{
	struct reader r = { .config = config, .errors = errors };

	memset(config, 0, sizeof(*config));
	check_agent_init(&config->agent);
	model_init(&r.real.head, MODEL_REAL);
	model_init(&r.service.head, MODEL_SERVICE);
	check_timing_init(&r.timing);
	check_words(&r, tree, &config_grammar);
	read_all(&r, tree);
	return config_has_failed(errors) ? -1 : 0;
}

void config_free(struct config *c)
{
	model_list_free(&c->pools);
	model_list_free(&c->reals);
	model_list_free(&c->services);
	model_list_free(&c->arms);
	check_list_free(&c->checks);
	free(c->place);
	memset(c, 0, sizeof(*c));
}
