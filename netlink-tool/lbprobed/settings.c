// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "log.h"
#include "settings.h"
#include "tls.h"

/* What a parser cannot know: that OpenSSL takes it. */
static int try_tls(const struct check *check)
{
	const struct check_probe *probe;
	char why[256];

	for (probe = check->probe; probe; probe = probe->next) {
		if (!tls_wanted(probe) ||
		    tls_context(probe, why, sizeof(why)))
			continue;
		log_error("check %s of pool %s: %s", check->name, check->pool,
			  why);
		return -1;
	}
	return 0;
}

static int try_checks(const struct config *config)
{
	const struct check *check;
	int ret = 0;

	/* Certificates may have changed in files of the same name. */
	tls_begin();
	for (check = config->checks.first; check; check = check->next)
		ret |= try_tls(check);
	tls_end(!ret);
	return ret;
}

int settings_load(const char *path, struct config *config)
{
	struct config_errors errors = { 0 };
	FILE *in = fopen(path, "re");
	int ret;

	if (!in) {
		log_error("cannot read %s: %s", path, strerror(errno));
		return -1;
	}
	ret = config_load_files(in, config, &errors);
	fclose(in);
	if (ret)
		config_errors_print(&errors, path, stderr);
	config_errors_free(&errors);
	if (!ret)
		ret = try_checks(config);
	if (ret)
		config_free(config);
	return ret;
}
