// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "drain.h"
#include "member.h"
#include "value.h"

#define PARTNER_SIZE (LBVS_NAME_SIZE + 3)

static int compare_members(const struct model_head *a,
			   const struct model_head *b)
{
	return strcmp(((const struct model_member *)a)->service,
		      ((const struct model_member *)b)->service);
}

static int compare_members_real(const struct model_head *a,
				const struct model_head *b)
{
	const struct model_member *left = (const struct model_member *)a;
	const struct model_member *right = (const struct model_member *)b;
	int order = strcmp(left->pool, right->pool);

	return order ? order : strcmp(left->real, right->real);
}

static int compare_reals(const struct model_head *a, const struct model_head *b)
{
	const struct model_real *left = (const struct model_real *)a;
	const struct model_real *right = (const struct model_real *)b;
	int order = strcmp(left->pool, right->pool);

	return order ? order : strcmp(left->name, right->name);
}

static int compare_verdicts(const struct model_head *a,
			    const struct model_head *b)
{
	const struct model_verdict *left = (const struct model_verdict *)a;
	const struct model_verdict *right = (const struct model_verdict *)b;
	int order = strcmp(left->pool, right->pool);

	if (!order)
		order = strcmp(left->real, right->real);
	return order ? order : strcmp(left->check, right->check);
}

/* Which of them are meant; an empty name: any. */
struct scope {
	const char *service, *pool, *real;
};

static int load_lists(struct lbctl *ctl, const struct scope *scope,
		      struct member_view *view)
{
	struct model_member member;
	struct model_verdict verdict;
	struct model_real real;
	int ret;

	model_init(&member.head, MODEL_MEMBER);
	model_init(&verdict.head, MODEL_VERDICT);
	model_init(&real.head, MODEL_REAL);
	if (scope->service[0]) {
		strcpy(member.service, scope->service);
		model_mark(&member, LBVS_A_MEMBER_SERVICE);
	}
	if (scope->pool[0]) {
		strcpy(member.pool, scope->pool);
		model_mark(&member, LBVS_A_MEMBER_POOL);
		strcpy(verdict.pool, scope->pool);
		model_mark(&verdict, LBVS_A_VERDICT_POOL);
		strcpy(real.pool, scope->pool);
		model_mark(&real, LBVS_A_REAL_POOL);
	}
	if (scope->real[0]) {
		strcpy(member.real, scope->real);
		model_mark(&member, LBVS_A_MEMBER_REAL);
		strcpy(verdict.real, scope->real);
		model_mark(&verdict, LBVS_A_VERDICT_REAL);
		strcpy(real.name, scope->real);
		model_mark(&real, LBVS_A_REAL_NAME);
	}
	ret = lbctl_dump(ctl, LBVS_CMD_MEMBER_GET, &member.head,
			 &view->members);
	if (!ret)
		ret = lbctl_dump(ctl, LBVS_CMD_REAL_GET, &real.head,
				 &view->reals);
	if (!ret)
		ret = lbctl_dump(ctl, LBVS_CMD_VERDICT_GET, &verdict.head,
				 &view->verdicts);
	return ret;
}

static int load(struct lbctl *ctl, const struct scope *scope,
		struct member_view *view)
{
	int ret;

	memset(view, 0, sizeof(*view));
	ret = load_lists(ctl, scope, view);
	if (!ret && (index_build(&view->by_service, &view->members,
				 compare_members) ||
		     index_build(&view->of_real, &view->members,
				 compare_members_real) ||
		     index_build(&view->by_real, &view->reals,
				 compare_reals) ||
		     index_build(&view->by_check, &view->verdicts,
				 compare_verdicts))) {
		fprintf(stderr, "lbctl: out of memory\n");
		ret = LBCTL_FAILED;
	}
	if (ret)
		member_unload(view);
	return ret;
}

int member_load(struct lbctl *ctl, const char *service, const char *pool,
		struct member_view *view)
{
	const struct scope scope = { service ? service : "", pool ? pool : "",
				     "" };

	return load(ctl, &scope, view);
}

int member_load_reals(struct lbctl *ctl, const struct model_real *filter,
		      struct member_view *view)
{
	const struct scope scope = { "", filter->pool, filter->name };

	return load(ctl, &scope, view);
}

void member_unload(struct member_view *view)
{
	index_free(&view->by_service);
	index_free(&view->of_real);
	index_free(&view->by_real);
	index_free(&view->by_check);
	model_list_free(&view->members);
	model_list_free(&view->reals);
	model_list_free(&view->verdicts);
}

static const struct model_real *find_real(const struct member_view *view,
					  const struct model_member *m)
{
	struct model_real key;

	model_init(&key.head, MODEL_REAL);
	strcpy(key.pool, m->pool);
	strcpy(key.name, m->real);
	return (const struct model_real *)
		index_at(&view->by_real, index_find(&view->by_real, &key.head),
			 &key.head);
}

/* Without a check: the verdict on the whole real. */
static const struct model_verdict *find_verdict(const struct member_view *view,
						const struct model_member *m,
						const char *check)
{
	struct model_verdict key;

	model_init(&key.head, MODEL_VERDICT);
	strcpy(key.pool, m->pool);
	strcpy(key.real, m->real);
	strcpy(key.check, check);
	return (const struct model_verdict *)
		index_at(&view->by_check,
			 index_find(&view->by_check, &key.head), &key.head);
}

static void usable_text(struct print *p, const struct model_member *m,
			const char *word)
{
	char share[32] = "", ramp[32] = "";

	if (model_has(m, LBVS_A_MEMBER_SHARE))
		snprintf(share, sizeof(share), ", share %u %%", m->share);
	if (model_has(m, LBVS_A_MEMBER_RAMP))
		snprintf(ramp, sizeof(ramp), ", ramp %u %%", m->ramp);
	print_text(p, "state", "%s%s%s", word, share, ramp);
}

/* " (https)": it is that service that the check is in the way of. */
static const char *partner_text(const struct model_member *m,
				char text[PARTNER_SIZE])
{
	text[0] = '\0';
	if (m->partner[0])
		snprintf(text, PARTNER_SIZE, " (%s)", m->partner);
	return text;
}

/*
 * The state as a short phrase. The kernel names the first reason only; that a
 * real which is drained is down too is worth knowing before it is enabled.
 */
static void state_text(struct print *p, const struct model_member *m,
		       const struct model_real *real)
{
	const char *word = words_find(words_member_state, m->state);
	bool down = real && real->verdict == LBVS_VERDICT_STATE_DOWN;
	char text[PARTNER_SIZE];

	switch (m->state) {
	case LBVS_MEMBER_STATE_CHECK_DOWN:
		print_text(p, "state", "%s down%s", m->check, partner_text(m, text));
		break;
	case LBVS_MEMBER_STATE_UNKNOWN:
		print_text(p, "state", "%s%sunknown%s", m->check,
			   m->check[0] ? " " : "", partner_text(m, text));
		break;
	case LBVS_MEMBER_STATE_USABLE:
		usable_text(p, m, word);
		break;
	case LBVS_MEMBER_STATE_WEIGHT_ZERO:
		print_text(p, "state", "weight 0");
		break;
	case LBVS_MEMBER_STATE_DISABLED:
	case LBVS_MEMBER_STATE_DRAIN:
		print_text(p, "state", "%s%s", word, down ? ", down" : "");
		break;
	default:
		print_text(p, "state", "%s", word ? word : "?");
		break;
	}
}

static void why_down(const struct model_verdict *v, const char *what,
		     char *text, size_t size)
{
	char age[VALUE_NUMBER_SIZE];
	size_t used;

	used = snprintf(text, size, "%s down", what);
	if (v && model_has(v, LBVS_A_VERDICT_AGE) && used < size)
		used += snprintf(text + used, size - used, " for %s",
				 value_age(v->age_ms, age));
	if (v && v->reason[0] && used < size)
		snprintf(text + used, size - used, ": %s", v->reason);
}

static const char *why_drained(const struct model_real *real, char *text,
			       size_t size)
{
	char how[DRAIN_TEXT_SIZE];

	snprintf(text, size, "the operator drains the real%s%s",
		 drain_text(real, how) ? ": " : "", how);
	return text;
}

const char *member_why(const struct member_view *view,
		       const struct model_member *m, char *text, size_t size)
{
	char what[3 * LBVS_NAME_SIZE], by[LBVS_NAME_SIZE + 24] = "";

	if (m->partner[0])
		snprintf(by, sizeof(by), " (together with %s)", m->partner);

	switch (m->state) {
	case LBVS_MEMBER_STATE_USABLE:
		return NULL;
	case LBVS_MEMBER_STATE_DISABLED:
		return "the operator disabled the real";
	case LBVS_MEMBER_STATE_DRAIN:
		return why_drained(find_real(view, m), text, size);
	case LBVS_MEMBER_STATE_DOWN:
		why_down(find_verdict(view, m, ""), "the whole real is",
			 text, size);
		return text;
	case LBVS_MEMBER_STATE_CHECK_DOWN:
		snprintf(what, sizeof(what), "check %s%s is", m->check, by);
		why_down(find_verdict(view, m, m->check), what, text, size);
		return text;
	case LBVS_MEMBER_STATE_WEIGHT_ZERO:
		return "its weight is 0";
	case LBVS_MEMBER_STATE_RESERVE:
		return "in reserve: reals of lower tiers are usable";
	case LBVS_MEMBER_STATE_FULL:
		return "it has as many flows as its limit allows (max-flows)";
	case LBVS_MEMBER_STATE_RATE:
		return "new flows come as fast as its limit allows (max-rate)";
	case LBVS_MEMBER_STATE_RAMP:
		return "it became usable of late, and had its share of the new flows for now";
	case LBVS_MEMBER_STATE_BOUND:
		return "it has more flows than the bound allows";
	case LBVS_MEMBER_STATE_UNKNOWN:
		snprintf(text, size, "no verdict yet on %s%s%s",
			 m->check[0] ? "check " : "the whole real", m->check, by);
		return text;
	default:
		return "for a reason that this lbctl does not know";
	}
}

static void view_cells(struct print *p, const struct member_view *view,
		       const struct model_member *m, bool why)
{
	const struct model_real *real = find_real(view, m);
	char text[256];

	print_str(p, "real", "real", m->real);
	print_addr(p, "address", "address", &m->addr);
	print_uint(p, "weight", "weight", model_has(m, LBVS_A_MEMBER_WEIGHT),
		   m->weight);
	print_word(p, NULL, "admin", real, words_admin, real ? real->admin : 0);
	print_word(p, NULL, "verdict", real, words_verdict_state,
		   real ? real->verdict : 0);
	print_word(p, NULL, "state", true, words_member_state, m->state);
	print_str(p, NULL, "check", m->check[0] ? m->check : NULL);
	print_str(p, NULL, "partner", m->partner[0] ? m->partner : NULL);
	print_uint(p, NULL, "share", model_has(m, LBVS_A_MEMBER_SHARE),
		   m->share);
	print_uint(p, NULL, "ramp", model_has(m, LBVS_A_MEMBER_RAMP), m->ramp);
	state_text(p, m, real);
	print_uint(p, "flows", "flows_active",
		   model_has(m, LBVS_A_MEMBER_ACTIVE_FLOWS), m->active_flows);
	print_counters(p, true, model_has(m, LBVS_A_MEMBER_COUNTERS),
		       &m->counters);
	if (why)
		print_attempts(p, model_has(m, LBVS_A_MEMBER_COUNTERS),
			       &m->counters);
	print_str(p, why ? "why" : NULL, "why",
		  member_why(view, m, text, sizeof(text)));
}

void member_table(struct print *p, const struct member_view *view,
		  const char *service, bool why)
{
	const struct model_head *m;
	struct model_member key;
	size_t i;

	model_init(&key.head, MODEL_MEMBER);
	strcpy(key.service, service);
	print_list_begin(p, "members", PRINT_TABLE);
	i = index_find(&view->by_service, &key.head);
	while ((m = index_at(&view->by_service, i++, &key.head))) {
		print_row_begin(p);
		view_cells(p, view, (const struct model_member *)m, why);
		print_row_end(p);
	}
	print_list_end(p);
}

static void reason_cells(struct print *p, const struct member_view *view,
			 const struct model_member *m)
{
	char text[256];
	const char *why = member_why(view, m, text, sizeof(text));

	print_str(p, "pool", NULL, m->pool);
	print_str(p, "name", NULL, m->real);
	print_str(p, "service", "service", m->service);
	print_word(p, NULL, "state", true, words_member_state, m->state);
	print_str(p, NULL, "check", m->check[0] ? m->check : NULL);
	print_uint(p, NULL, "share", model_has(m, LBVS_A_MEMBER_SHARE),
		   m->share);
	print_uint(p, NULL, "flows_active",
		   model_has(m, LBVS_A_MEMBER_ACTIVE_FLOWS), m->active_flows);
	print_str(p, NULL, "why", why);
	if (!why && model_has(m, LBVS_A_MEMBER_SHARE))
		print_text(p, "why", "usable, share %u %%", m->share);
	else
		print_str(p, "why", NULL, why ? why : "usable");
}

/* Without a service it gets nothing either. */
static void unused_cells(struct print *p, const struct model_real *real)
{
	print_str(p, "pool", NULL, real->pool);
	print_str(p, "name", NULL, real->name);
	print_none(p, "service", NULL);
	print_str(p, "why", NULL, "no service uses the pool");
}

/* The next member of a real from position i on, or NULL. */
static const struct model_member *next_member(const struct member_view *view,
					      const struct model_real *real,
					      size_t *i)
{
	struct model_member key;

	model_init(&key.head, MODEL_MEMBER);
	strcpy(key.pool, real->pool);
	strcpy(key.real, real->name);
	if (*i == SIZE_MAX)
		*i = index_find(&view->of_real, &key.head);
	return (const struct model_member *)
		index_at(&view->of_real, (*i)++, &key.head);
}

bool member_has_reasons(const struct member_view *view,
			const struct model_real *real, bool all)
{
	const struct model_member *m;
	size_t i = SIZE_MAX, n = 0;

	for (; (m = next_member(view, real, &i)); n++)
		if (all || m->state != LBVS_MEMBER_STATE_USABLE)
			return true;
	return !n;
}

void member_reasons(struct print *p, const struct member_view *view,
		    const struct model_real *real, bool all)
{
	const struct model_member *m;
	size_t i = SIZE_MAX, n = 0;

	for (; (m = next_member(view, real, &i)); n++) {
		if (!all && m->state == LBVS_MEMBER_STATE_USABLE)
			continue;
		print_row_begin(p);
		reason_cells(p, view, m);
		print_row_end(p);
	}
	if (!n && !p->json) {
		print_row_begin(p);
		unused_cells(p, real);
		print_row_end(p);
	}
}

void member_cells(struct print *p, const struct model_member *m)
{
	print_str(p, "service", "service", m->service);
	print_str(p, "pool", "pool", m->pool);
	print_str(p, "real", "real", m->real);
	print_addr(p, "address", "address", &m->addr);
	print_uint(p, "weight", "weight", model_has(m, LBVS_A_MEMBER_WEIGHT),
		   m->weight);
	print_word(p, "state", "state", model_has(m, LBVS_A_MEMBER_STATE),
		   words_member_state, m->state);
	print_str(p, "check", "check", m->check[0] ? m->check : NULL);
	print_str(p, "partner", "partner", m->partner[0] ? m->partner : NULL);
	print_uint(p, "share", "share", model_has(m, LBVS_A_MEMBER_SHARE),
		   m->share);
	print_uint(p, "ramp", "ramp", model_has(m, LBVS_A_MEMBER_RAMP), m->ramp);
	print_uint(p, "flows", "flows_active",
		   model_has(m, LBVS_A_MEMBER_ACTIVE_FLOWS), m->active_flows);
	print_counters(p, false, model_has(m, LBVS_A_MEMBER_COUNTERS),
		       &m->counters);
}
