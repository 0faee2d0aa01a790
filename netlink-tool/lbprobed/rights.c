// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>

#include <cap-ng.h>

#include "rights.h"

int rights_drop(void)
{
	capng_select_t which = CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT;
	bool admin, bounds;

	if (capng_get_caps_process())
		return -1;
	admin = capng_have_capability(CAPNG_PERMITTED, CAP_NET_ADMIN);
	/* The bounding set is what commands could get back, if we are root. */
	bounds = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	if (bounds)
		which = CAPNG_SELECT_ALL;
	capng_clear(which);
	if (admin && capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
				  CAP_NET_ADMIN))
		return -1;
	return capng_apply(which) ? -1 : 0;
}
