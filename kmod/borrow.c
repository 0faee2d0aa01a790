// SPDX-License-Identifier: GPL-2.0-or-later
#include "borrow.h"

#include <linux/module.h>

struct lbvs_borrowed lbvs_borrowed __read_mostly;

/**
 * lbvs_borrow_setup - get hold of the functions
 *
 * Context: process, may sleep; may start modprobe.
 * Return: 0, or -ENOENT when the kernel lacks one; the log names it.
 */
int lbvs_borrow_setup(void)
{
#define LBVS_BORROW_GET(symbol)                                             \
	lbvs_borrowed.symbol = symbol_request(symbol);                      \
	if (!lbvs_borrowed.symbol) {                                        \
		pr_err("this kernel has no %s, nor a module with it\n",     \
		       #symbol);                                            \
		lbvs_borrow_teardown();                                     \
		return -ENOENT;                                             \
	}
	LBVS_BORROWED(LBVS_BORROW_GET)
#undef LBVS_BORROW_GET
	return 0;
}

/**
 * lbvs_borrow_teardown - give them back
 *
 * Context: process; nobody calls them any more.
 */
void lbvs_borrow_teardown(void)
{
#define LBVS_BORROW_PUT(symbol)                 \
	if (lbvs_borrowed.symbol)               \
		symbol_put(symbol);             \
	lbvs_borrowed.symbol = NULL;
	LBVS_BORROWED(LBVS_BORROW_PUT)
#undef LBVS_BORROW_PUT
}
