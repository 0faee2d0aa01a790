// SPDX-License-Identifier: GPL-2.0-or-later
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <linux/lbvs.h>

#include "words.h"

const struct words_entry words_proto[] = {
	{ IPPROTO_TCP, "tcp" },
	{ IPPROTO_UDP, "udp" },
	{ 0, NULL }
};

const struct words_entry words_admin[] = {
	{ LBVS_ADMIN_ENABLED, "enabled" },
	{ LBVS_ADMIN_DRAIN, "drain" },
	{ LBVS_ADMIN_DISABLED, "disabled" },
	{ 0, NULL }
};

const struct words_entry words_sched[] = {
	{ LBVS_SCHED_RR, "rr" },
	{ LBVS_SCHED_WRR, "wrr" },
	{ LBVS_SCHED_MAGLEV, "maglev" },
	{ LBVS_SCHED_LC, "lc" },
	{ LBVS_SCHED_WLC, "wlc" },
	{ 0, NULL }
};

const struct words_entry words_hash[] = {
	{ LBVS_HASH_SOURCE, "source" },
	{ LBVS_HASH_5TUPLE, "5tuple" },
	{ 0, NULL }
};

const struct words_entry words_when_empty[] = {
	{ LBVS_WHEN_EMPTY_OPEN, "open" },
	{ LBVS_WHEN_EMPTY_REJECT, "reject" },
	{ 0, NULL }
};

const struct words_entry words_initial[] = {
	{ LBVS_INITIAL_UP, "up" },
	{ LBVS_INITIAL_DOWN, "down" },
	{ 0, NULL }
};

const struct words_entry words_on_down[] = {
	{ LBVS_ON_DOWN_KEEP, "keep" },
	{ LBVS_ON_DOWN_RESET, "reset" },
	{ LBVS_ON_DOWN_DROP, "drop" },
	{ 0, NULL }
};

const struct words_entry words_rule[] = {
	{ LBVS_RULE_FLOW, "flow" },
	{ LBVS_RULE_AFFINITY, "affinity" },
	{ LBVS_RULE_TURN, "turn" },
	{ LBVS_RULE_LEAST, "least" },
	{ LBVS_RULE_HASH, "hash" },
	{ LBVS_RULE_NEXT, "next" },
	{ LBVS_RULE_RESERVE, "reserve" },
	{ LBVS_RULE_OPEN, "open" },
	{ LBVS_RULE_EMPTY, "empty" },
	{ LBVS_RULE_LIMIT, "limit" },
	{ LBVS_RULE_TIER, "tier" },
	{ 0 }
};

const struct words_entry words_snat[] = {
	{ LBVS_SNAT_OFF, "off" },
	{ LBVS_SNAT_AUTO, "auto" },
	{ LBVS_SNAT_AUTO_SMTP, "auto-smtp" },
	{ 0, NULL }
};

const struct words_entry words_persist_scope[] = {
	{ LBVS_PERSIST_SCOPE_POOL, "pool" },
	{ LBVS_PERSIST_SCOPE_SERVICE, "service" },
	{ 0, NULL }
};

const struct words_entry words_on_expiry[] = {
	{ LBVS_ON_EXPIRY_HOLD, "hold" },
	{ LBVS_ON_EXPIRY_UP, "up" },
	{ LBVS_ON_EXPIRY_DOWN, "down" },
	{ 0, NULL }
};

const struct words_entry words_agent_state[] = {
	{ LBVS_AGENT_STATE_ACTIVE, "active" },
	{ LBVS_AGENT_STATE_GRACE, "grace" },
	{ LBVS_AGENT_STATE_EXPIRED, "expired" },
	{ 0, NULL }
};

const struct words_entry words_service_state[] = {
	{ LBVS_SERVICE_STATE_READY, "ready" },
	{ LBVS_SERVICE_STATE_OPEN, "open" },
	{ LBVS_SERVICE_STATE_EMPTY, "empty" },
	{ 0, NULL }
};

const struct words_entry words_member_state[] = {
	{ LBVS_MEMBER_STATE_USABLE, "usable" },
	{ LBVS_MEMBER_STATE_DISABLED, "disabled" },
	{ LBVS_MEMBER_STATE_DRAIN, "drain" },
	{ LBVS_MEMBER_STATE_DOWN, "down" },
	{ LBVS_MEMBER_STATE_CHECK_DOWN, "check-down" },
	{ LBVS_MEMBER_STATE_WEIGHT_ZERO, "weight-zero" },
	{ LBVS_MEMBER_STATE_UNKNOWN, "unknown" },
	{ LBVS_MEMBER_STATE_RESERVE, "reserve" },
	{ LBVS_MEMBER_STATE_FULL, "full" },
	{ LBVS_MEMBER_STATE_RATE, "rate" },
	{ LBVS_MEMBER_STATE_BOUND, "bound" },
	{ LBVS_MEMBER_STATE_RAMP, "ramp" },
	{ 0, NULL }
};

const struct words_entry words_verdict_state[] = {
	{ LBVS_VERDICT_STATE_UNKNOWN, "unknown" },
	{ LBVS_VERDICT_STATE_UP, "up" },
	{ LBVS_VERDICT_STATE_DOWN, "down" },
	{ 0, NULL }
};

const struct words_entry words_flow_state[] = {
	{ LBVS_FLOW_STATE_SYN, "syn" },
	{ LBVS_FLOW_STATE_SYN_ACK, "syn-ack" },
	{ LBVS_FLOW_STATE_ESTABLISHED, "established" },
	{ LBVS_FLOW_STATE_FIN, "fin" },
	{ LBVS_FLOW_STATE_CLOSED, "closed" },
	{ LBVS_FLOW_STATE_UDP, "udp" },
	{ LBVS_FLOW_STATE_BYPASSED, "bypassed" },
	{ LBVS_FLOW_STATE_RESETTING, "resetting" },
	{ 0, NULL }
};

const struct words_entry words_event[] = {
	{ LBVS_EVENT_ADDED, "added" },
	{ LBVS_EVENT_CHANGED, "changed" },
	{ LBVS_EVENT_REMOVED, "removed" },
	{ LBVS_EVENT_STATE, "state" },
	{ LBVS_EVENT_BYPASSED, "bypassed" },
	{ LBVS_EVENT_SUSPECT, "suspect" },
	{ LBVS_EVENT_DRAINED, "drained" },
	{ 0, NULL }
};

const struct words_entry words_timeout[] = {
	{ LBVS_A_SERVICE_TIMEOUT_ESTABLISHED, "established" },
	{ LBVS_A_SERVICE_TIMEOUT_SYN, "syn" },
	{ LBVS_A_SERVICE_TIMEOUT_FIN, "fin" },
	{ LBVS_A_SERVICE_TIMEOUT_CLOSED, "closed" },
	{ LBVS_A_SERVICE_TIMEOUT_UDP, "udp" },
	{ 0, NULL }
};

const char *words_find(const struct words_entry *words, uint32_t value)
{
	for (; words->word; words++)
		if (words->value == value)
			return words->word;
	return NULL;
}

bool words_read(const struct words_entry *words, const char *word,
		uint32_t *value)
{
	for (; words->word; words++) {
		if (strcmp(words->word, word))
			continue;
		*value = words->value;
		return true;
	}
	return false;
}

void words_enumerate(const struct words_entry *words, char *buf, size_t size)
{
	const char *between;
	size_t used = 0;
	int n;

	buf[0] = '\0';
	for (; words->word && used < size; words++) {
		between = words[1].word ? ", " : " or ";
		n = snprintf(buf + used, size - used, "%s%s",
			     used ? between : "", words->word);
		if (n < 0)
			return;
		used += n;
	}
}
