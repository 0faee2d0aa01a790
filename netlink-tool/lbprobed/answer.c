// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "answer.h"

void answer_header(struct answer *a, const char *line, size_t size)
{
	char status[128];
	int skip = 0;

	if (size < 5 || size >= sizeof(status) || memcmp(line, "HTTP/", 5))
		return;
	memcpy(status, line, size);
	status[size] = '\0';
	status[strcspn(status, "\r\n")] = '\0';
	a->reason[0] = '\0';
	if (sscanf(status, "%*s %*d %n", &skip) == 0 && skip)
		snprintf(a->reason, sizeof(a->reason), "%.*s",
			 (int)sizeof(a->reason) - 1, status + skip);
}

size_t answer_body(struct answer *a, const char *data, size_t size)
{
	size_t taken = size;
	char *body;

	if (a->size + taken > ANSWER_BODY_MAX) {
		taken = ANSWER_BODY_MAX - a->size;
		a->full = true;
	}
	body = realloc(a->body, a->size + taken + 1);
	if (!body)
		return 0;
	memcpy(body + a->size, data, taken);
	a->body = body;
	a->size += taken;
	body[a->size] = '\0';
	return taken;
}

static bool status_is_good(const struct check_probe *config, long status)
{
	uint32_t i;

	for (i = 0; i < config->statuses; i++)
		if (status >= config->status[i].first &&
		    status <= config->status[i].last)
			return true;
	return !config->statuses && status == 200;
}

static bool has_text(const struct answer *a, const char *text)
{
	return memmem(a->body ? a->body : "", a->size, text, strlen(text));
}

/* The second line without blanks around it; "" if there is none. */
static void second_line(const struct answer *a, char *line, size_t size)
{
	const char *from = a->body ? strchr(a->body, '\n') : NULL;
	size_t length;

	line[0] = '\0';
	if (!from)
		return;
	from += 1 + strspn(from + 1, " \t");
	length = strcspn(from, "\r\n");
	while (length && (from[length - 1] == ' ' || from[length - 1] == '\t'))
		length--;
	/* Microsoft's pages have the line's end as a tag, too. */
	if (length >= 5 && !strncasecmp(from + length - 5, "<br/>", 5))
		length -= 5;
	snprintf(line, size, "%.*s", (int)length, from);
}

static bool is_identity(const char *line, const char *identity)
{
	size_t length = strlen(identity);

	if (strcasecmp(line, identity) == 0)
		return true;
	return !strchr(identity, '.') && length &&
	       !strncasecmp(line, identity, length) && line[length] == '.';
}

static void judge_identity(const struct answer *a, struct probe *probe,
			   const char *identity)
{
	char line[80];

	second_line(a, line, sizeof(line));
	if (is_identity(line, identity))
		probe_finish(probe, RESULT_L7OK, "%s", line);
	else if (!line[0])
		probe_refuse(probe, RESULT_L7RSP,
			     "names nobody, not %s", identity);
	else
		probe_refuse(probe, RESULT_L7RSP, "this is %s, not %s", line,
			     identity);
}

void answer_judge(const struct answer *a, struct probe *probe, long status)
{
	const struct check_probe *config = probe->config;
	char *body = NULL, *identity = NULL;

	if (!status_is_good(config, status)) {
		probe_refuse(probe, RESULT_L7STS, "%ld %s", status, a->reason);
		return;
	}
	if (config->body)
		body = probe_fill(probe, config->body);
	if (config->identity)
		identity = probe_fill(probe, config->identity);
	if ((config->body && !body) || (config->identity && !identity))
		probe_finish(probe, RESULT_SOCKERR, "out of memory");
	else if (body && !has_text(a, body))
		probe_refuse(probe, RESULT_L7RSP, "no \"%s\" in the body",
			     body);
	else if (identity)
		judge_identity(a, probe, identity);
	else
		probe_finish(probe, RESULT_L7OK, "%ld %s", status, a->reason);
	free(body);
	free(identity);
}

void answer_free(struct answer *a)
{
	free(a->body);
}
