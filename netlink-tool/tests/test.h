/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka wants these in this order. */
#ifndef LBVS_TOOL_TEST_H
#define LBVS_TOOL_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
