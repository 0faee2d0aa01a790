/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kmod/algo/ takes from the kernel's header of this name. */
#ifndef SHIM_LINUX_MINMAX_H
#define SHIM_LINUX_MINMAX_H

#define min(a, b)                                                              \
	({                                                                     \
		__typeof__(a) min_a = (a);                                     \
		__typeof__(b) min_b = (b);                                     \
		(void)(&min_a == &min_b);                                      \
		min_a < min_b ? min_a : min_b;                                 \
	})
#define max(a, b)                                                              \
	({                                                                     \
		__typeof__(a) max_a = (a);                                     \
		__typeof__(b) max_b = (b);                                     \
		(void)(&max_a == &max_b);                                      \
		max_a > max_b ? max_a : max_b;                                 \
	})
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define clamp(value, low, high) min(max(value, low), high)

#endif /* SHIM_LINUX_MINMAX_H */
