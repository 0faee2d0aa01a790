/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a configuration file says, as plain structs: the objects of model.h for
 * lbctl, and the checks of check.h for lbprobed.
 */
#ifndef LBVS_TOOL_CONFIG_H
#define LBVS_TOOL_CONFIG_H

#include "check.h"
#include "config_error.h"
#include "config_tree.h"
#include "model.h"

/* Where in the file an object, or one attribute of it, is spoken of. */
struct config_place {
	const void *object;
	uint16_t attr;			/* 0: the object */
	unsigned int line;
};

struct config {
	struct model_list pools;
	struct model_list reals;
	struct model_list services;
	struct model_list arms;
	bool has_arms;			/* it says which there are */
	struct check_list checks;	/* those with a probe at least */
	struct check_agent agent;
	bool has_agent;

	struct config_place *place;
	size_t places, room;
};

/*
 * Reads, and checks the sense of, what "in" has in it, be it JSON or not. The
 * config must be freed in either case. Every service in it has all of its
 * settings, every real a weight; an admin state only if the file gives one.
 * Returns 0, or -1 with all errors.
 */
int config_load(FILE *in, struct config *config, struct config_errors *errors);
/*
 * The same, and tries whether the files that it names can be read: for who is to
 * read them, or is asked about them. What changes the kernel goes without them.
 */
int config_load_files(FILE *in, struct config *config,
		      struct config_errors *errors);
void config_free(struct config *config);

/* The parts of that. */
int config_read(const struct config_node *tree, struct config *config,
		struct config_errors *errors);
void config_judge(const struct config *config, struct config_errors *errors);
void config_judge_files(const struct config *config,
			struct config_errors *errors);

/* Sets what a service is by default, where s has nothing. */
void config_pool_defaults(struct model_pool *pool);
void config_real_defaults(struct model_real *real);
void config_service_defaults(struct model_service *s);

unsigned int config_line(const struct config *config, const void *object,
			 uint16_t attr);

/*
 * The file for a state: its objects, without what is so by default. NULL: out
 * of memory.
 */
struct config_node *config_write(const struct config *config);

#endif
