/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines to standard error, which under systemd is the journal. */
#ifndef LBVS_PROBED_LOG_H
#define LBVS_PROBED_LOG_H

void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What takes something away from somebody: a check that goes down. */
void log_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
