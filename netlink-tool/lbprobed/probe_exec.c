// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A command with the exit status of Nagios plugins: 0 is well, 1 is well with a
 * warning, 2 is a no, all else a failure. The first line that it prints is the
 * reason. It finds the real in LBVS_REAL, LBVS_ADDRESS and LBVS_PORT.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe_exec.h"
#include "probe.h"
#include "value.h"

#define EXIT_NO_COMMAND	127

struct command {
	struct command *next, **link;
	struct probe *probe;
	pid_t pid;
	struct loop_watch output;
	size_t used;
	char said[RESULT_TEXT_SIZE];
};

static struct command *first;

static void read_output(struct command *c)
{
	char scrap[4096];
	ssize_t n;

	while ((n = read(c->output.fd, scrap, sizeof(scrap))) > 0) {
		if ((size_t)n > sizeof(c->said) - 1 - c->used)
			n = sizeof(c->said) - 1 - c->used;
		memcpy(c->said + c->used, scrap, n);
		c->used += n;
	}
	c->said[c->used] = '\0';
}

static void on_output(struct loop_watch *watch, uint32_t events)
{
	struct command *c = loop_of(watch, struct command, output);
	int fd = watch->fd;

	read_output(c);
	/* The end of its output is not yet its own. */
	if (events & EPOLLHUP) {
		loop_unwatch(c->probe->means->loop, watch);
		close(fd);
	}
}

static void judge(struct command *c, int status)
{
	struct probe *probe = c->probe;
	const char *said = c->said;

	if (c->output.fd >= 0)
		read_output(c);
	c->said[strcspn(c->said, "\n")] = '\0';
	c->pid = 0;
	if (WIFSIGNALED(status))
		probe_finish(probe, RESULT_PROCERR, "killed by signal %d",
			     WTERMSIG(status));
	else if (WEXITSTATUS(status) <= 1)
		probe_finish(probe, RESULT_PROCOK, "%s", said);
	else if (WEXITSTATUS(status) == 2)
		probe_refuse(probe, RESULT_PROCERR, "%s", said);
	else if (WEXITSTATUS(status) == EXIT_NO_COMMAND)
		probe_finish(probe, RESULT_PROCERR, "cannot run %s",
			     probe->config->command[0]);
	else
		probe_finish(probe, RESULT_PROCERR, "exit status %d%s%s",
			     WEXITSTATUS(status), *said ? ", " : "", said);
}

void probe_exec_reap(void)
{
	struct command *c;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (c = first; c && c->pid != pid; c = c->next)
			;
		/* Else it is one that was killed before it was done. */
		if (c)
			judge(c, status);
	}
}

static void free_words(char **words)
{
	char **word;

	for (word = words; word && *word; word++)
		free(*word);
	free(words);
}

static char **fill_words(const struct probe *probe)
{
	char **command = probe->config->command, **words;
	size_t count = 0, i;

	while (command[count])
		count++;
	words = calloc(count + 1, sizeof(words[0]));
	for (i = 0; words && i < count; i++) {
		words[i] = probe_fill(probe, command[i]);
		if (!words[i]) {
			free_words(words);
			return NULL;
		}
	}
	return words;
}

static void set_environment(const struct probe *probe)
{
	char addr[VALUE_ADDR_SIZE], port[8];

	snprintf(port, sizeof(port), "%u", probe_port(probe));
	setenv("LBVS_REAL", probe->place.real, 1);
	setenv("LBVS_ADDRESS", value_addr(probe->place.addr, addr), 1);
	setenv("LBVS_PORT", port, 1);
}

static void __attribute__((noreturn)) run(const struct probe *probe, int out,
					  char **words)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	/* In a group of its own, so that all of it can be ended. */
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	set_environment(probe);
	execvp(words[0], words);
	_exit(EXIT_NO_COMMAND);
}

static void drop(struct command *c)
{
	int fd = c->output.fd;

	if (c->pid)
		kill(-c->pid, SIGKILL);
	if (fd >= 0) {
		loop_unwatch(c->probe->means->loop, &c->output);
		close(fd);
	}
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	free(c);
}

/* Returns 0 or a negative errno. */
static int launch(struct command *c, char **words)
{
	int fds[2], err;

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	err = loop_watch(c->probe->means->loop, &c->output, fds[0], EPOLLIN);
	if (err) {
		close(fds[0]);
		close(fds[1]);
		return err;
	}
	c->pid = fork();
	if (!c->pid)
		run(c->probe, fds[1], words);
	err = c->pid < 0 ? -errno : 0;
	close(fds[1]);
	if (err)
		c->pid = 0;
	else
		setpgid(c->pid, c->pid);
	return err;
}

static void start(struct probe *probe)
{
	struct command *c = calloc(1, sizeof(*c));
	char **words = c ? fill_words(probe) : NULL;
	int err = -ENOMEM;

	if (c) {
		c->probe = probe;
		c->output = (struct loop_watch){ .fd = -1, .fn = on_output };
		c->next = first;
		c->link = &first;
		if (first)
			first->link = &c->next;
		first = c;
		probe->run = c;
	}
	if (words)
		err = launch(c, words);
	free_words(words);
	if (err)
		probe_finish(probe, RESULT_SOCKERR, "%s", strerror(-err));
}

static void stop(struct probe *probe)
{
	drop(probe->run);
}

static enum result_status late(const struct probe *probe)
{
	(void)probe;
	return RESULT_PROCTOUT;
}

const struct probe_ops probe_exec = {
	.start = start,
	.stop = stop,
	.late = late,
};
