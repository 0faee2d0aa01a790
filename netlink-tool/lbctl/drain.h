/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A real that is being drained: how far that is, and waiting for its end. */
#ifndef LBVS_LBCTL_DRAIN_H
#define LBVS_LBCTL_DRAIN_H

#include "lbctl.h"

#define DRAIN_TEXT_SIZE 80

/* "4m10s left, 12 flows". False, and "", when it is not told, or not drained. */
bool drain_text(const struct model_real *real, char text[DRAIN_TEXT_SIZE]);

/* Until the real has lost its last flow; the person sees how it goes on. */
int drain_wait(struct lbctl *ctl, const struct model_real *real);

#endif
