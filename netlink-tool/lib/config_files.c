// SPDX-License-Identifier: GPL-2.0-or-later
/* The files that a configuration file names, as this process finds them. */
#include <errno.h>
#include <string.h>

#include "config.h"

/* Of a folder, only reading tells that it is one. 0 or an errno. */
static int try_reading(const char *path)
{
	FILE *in = fopen(path, "re");
	int err = 0;

	if (!in)
		return errno;
	errno = 0;
	if (fgetc(in) == EOF)
		err = ferror(in) ? errno : ENODATA;
	fclose(in);
	return err;
}

static void judge_probe(const struct check_probe *probe,
			struct config_errors *errors)
{
	int err;

	/* Without "verify" nobody looks into it. */
	if (!probe->cafile || !probe->verify)
		return;
	err = try_reading(probe->cafile);
	if (err)
		config_fail(errors, probe->cafile_line,
			    "cafile \"%s\": cannot be read: %s", probe->cafile,
			    err == ENODATA ? "it is empty" : strerror(err));
}

void config_judge_files(const struct config *config,
			struct config_errors *errors)
{
	const struct check_probe *probe;
	const struct check *check;

	for (check = config->checks.first; check; check = check->next)
		for (probe = check->probe; probe; probe = probe->next)
			judge_probe(probe, errors);
}
