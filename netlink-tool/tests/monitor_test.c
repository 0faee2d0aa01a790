// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a monitor prints of arms, with a canned kernel that notifies of some,
 * loses notifications, sends one that is older than that, and one that is
 * not, and breaks off.
 */
#include "test.h"

#include <errno.h>

#include <jansson.h>

#include "lbctl.h"
#include "value.h"
#include "words_split.h"

int __wrap_lbnl_open(struct lbnl *nl);
void __wrap_lbnl_close(struct lbnl *nl);
int __wrap_lbnl_dump(struct lbnl *nl, uint8_t cmd,
		     const struct model_head *filter, struct model_list *list);
int __wrap_lbnl_request(struct lbnl *nl, uint8_t cmd,
			const struct model_head *m, struct model_head *answer);
int __wrap_lbnl_subscribe(struct lbnl *nl, const char *group);
int __wrap_lbnl_receive(struct lbnl *nl, lbnl_each_fn fn, void *arg);

static int received;
static bool config, health;

int __wrap_lbnl_open(struct lbnl *nl)
{
	memset(nl, 0, sizeof(*nl));
	return 0;
}

void __wrap_lbnl_close(struct lbnl *nl)
{
	(void)nl;
}

static struct model_head *new_arm(const char *dev, uint32_t event,
				  uint32_t generation)
{
	struct model_arm *arm = (struct model_arm *)model_new(MODEL_ARM);

	assert_non_null(arm);
	strcpy(arm->dev, dev);
	arm->ifindex = 2;
	arm->head.generation = generation;
	arm->head.event = event;
	model_mark(arm, LBVS_A_ARM_DEV);
	model_mark(arm, LBVS_A_ARM_IFINDEX);
	return &arm->head;
}

static struct model_head *new_bypass(uint32_t generation)
{
	struct model_flow *flow = (struct model_flow *)model_new(MODEL_FLOW);

	assert_non_null(flow);
	strcpy(flow->service, "owa");
	strcpy(flow->real, "ex1");
	assert_true(value_read_addr("203.0.113.50", &flow->client_addr));
	flow->client_port = 40123;
	flow->head.generation = generation;
	flow->head.event = LBVS_EVENT_BYPASSED;
	model_mark(flow, LBVS_A_FLOW_SERVICE);
	model_mark(flow, LBVS_A_FLOW_REAL);
	model_mark(flow, LBVS_A_FLOW_CLIENT_ADDR);
	model_mark(flow, LBVS_A_FLOW_CLIENT_PORT);
	return &flow->head;
}

int __wrap_lbnl_dump(struct lbnl *nl, uint8_t cmd,
		     const struct model_head *filter, struct model_list *list)
{
	(void)nl;
	memset(list, 0, sizeof(*list));
	if (cmd != LBVS_CMD_ARM_GET)
		return 0;
	assert_int_equal(filter->kind, MODEL_ARM);
	assert_true(filter->set == 0);
	model_list_add(list, new_arm("eth1", 0, 9));
	return 0;
}

int __wrap_lbnl_request(struct lbnl *nl, uint8_t cmd,
			const struct model_head *m, struct model_head *answer)
{
	(void)nl;
	assert_int_equal(cmd, LBVS_CMD_STATS_GET);
	assert_int_equal(m->kind, MODEL_STATS);
	answer->generation = 9;
	return 0;
}

int __wrap_lbnl_subscribe(struct lbnl *nl, const char *group)
{
	(void)nl;
	config |= !strcmp(group, LBVS_MCGRP_CONFIG);
	health |= !strcmp(group, LBVS_MCGRP_HEALTH);
	return 0;
}

int __wrap_lbnl_receive(struct lbnl *nl, lbnl_each_fn fn, void *arg)
{
	static const struct {
		const char *dev;
		uint32_t event, generation;
	} events[] = {
		{ "eth0", LBVS_EVENT_ADDED, 7 },
		{ "lan0", LBVS_EVENT_CHANGED, 8 },
		{ "lan0", LBVS_EVENT_REMOVED, 9 },
		{ NULL, 0, 0 }, /* lost */
		{ "old0", LBVS_EVENT_ADDED, 9 },
		{ "a flow", LBVS_EVENT_BYPASSED, 9 },
		{ "new0", LBVS_EVENT_ADDED, 10 },
	};
	struct model_head *m;

	if (received == sizeof(events) / sizeof(*events)) {
		nl->error.err = EIO;
		return -EIO;
	}
	if (!events[received].dev) {
		received++;
		return -ENOBUFS;
	}
	m = events[received].event == LBVS_EVENT_BYPASSED ?
		new_bypass(events[received].generation) :
		new_arm(events[received].dev, events[received].event,
			events[received].generation);
	received++;
	assert_int_equal(fn(m, arg), 0);
	model_free(m);
	return 0;
}

static char *output;

static void watch(const char *groups, bool json)
{
	struct lbctl ctl = { 0 };
	struct words_split w;
	size_t size;
	FILE *out;

	free(output);
	output = NULL;
	received = 0;
	config = false;
	health = false;
	out = open_memstream(&output, &size);
	assert_non_null(out);
	print_init(&ctl.print, out, json);
	assert_int_equal(lbctl_run(&ctl, "monitor", monitor_commands,
				   split(&w, groups)), LBCTL_FAILED);
	assert_int_equal(print_done(&ctl.print), 0);
	fclose(out);
}

static void arms_are_part_of_the_configuration(void **state)
{
	static const char *const lines[] = {
		"monitoring config\n",
		" added arm dev eth0 ifindex 2\n",
		" changed arm dev lan0 ifindex 2\n",
		" removed arm dev lan0 ifindex 2\n",
		" lost events were lost",
		" current arm dev eth1 ifindex 2\n",
		" added arm dev new0 ifindex 2\n",
		NULL
	};
	const char *const *line;
	const char *at;

	(void)state;
	watch("config", false);
	assert_true(config);
	assert_false(health);
	at = output;
	for (line = lines; *line; line++) {
		at = strstr(at, *line);
		if (!at)
			fail_msg("no \"%s\" in:\n%s", *line, output);
	}
	assert_null(strstr(output, "old0"));
}

static void health_has_no_arms(void **state)
{
	(void)state;
	watch("health", false);
	assert_false(config);
	assert_null(strstr(output, "current arm"));
}

/* The event of the line in which this is. */
static json_t *event_at(const char *in)
{
	const char *line = in;
	json_t *json;

	assert_non_null(in);
	while (line > output && line[-1] != '\n')
		line--;
	json = json_loads(line, JSON_DISABLE_EOF_CHECK, NULL);
	assert_non_null(json);
	return json;
}

static void expect_word(const json_t *json, const char *key, const char *word)
{
	assert_string_equal(json_string_value(json_object_get(json, key)),
			    word);
}

static void an_arm_event_is_a_json_object(void **state)
{
	json_t *json;

	(void)state;
	watch("", true);
	json = event_at(strstr(output, "\"added\""));
	expect_word(json, "event", "added");
	expect_word(json, "object", "arm");
	expect_word(json, "dev", "eth0");
	assert_int_equal(json_integer_value(json_object_get(json, "ifindex")),
			 2);
	assert_int_equal(json_integer_value(json_object_get(json,
							    "generation")),
			 7);
	json_decref(json);
}

static void a_bypass_names_service_real_and_client(void **state)
{
	const char *line;
	json_t *json;

	(void)state;
	watch("health", false);
	line = strstr(output, " bypassed flow ");
	assert_non_null(line);
	assert_non_null(strstr(line, " service owa "));
	assert_non_null(strstr(line, " real ex1 "));
	assert_non_null(strstr(line, " client 203.0.113.50:40123 "));
	assert_non_null(strstr(line, "set snat auto\n"));

	watch("health", true);
	json = event_at(strstr(output, "\"bypassed\""));
	expect_word(json, "service", "owa");
	expect_word(json, "object", "flow");
	assert_non_null(json_object_get(json, "why"));
	json_decref(json);
}

static int release(void **state)
{
	(void)state;
	free(output);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arms_are_part_of_the_configuration),
		cmocka_unit_test(health_has_no_arms),
		cmocka_unit_test(an_arm_event_is_a_json_object),
		cmocka_unit_test(a_bypass_names_service_real_and_client),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
