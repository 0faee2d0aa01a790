// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "linger.h"
#include "log.h"
#include "notify.h"
#include "once.h"
#include "probe_exec.h"
#include "prober.h"
#include "rights.h"
#include "settings.h"
#include "tls.h"
#include "web.h"

#define DEFAULT_FILE	"/etc/lbvs/lbvs.conf"

enum {
	EXIT_USAGE = 2,
	EXIT_TAKEN_OVER = 3,	/* to be restarted by nobody */
};

struct options {
	const char *file;
	bool once;
	bool json;
};

struct daemon {
	const struct options *options;
	struct loop loop;
	struct web web;
	struct probe_means means;
	struct loop_watch signals;
	struct prober prober;
	bool running;		/* the prober is there */
};

static void usage(FILE *out)
{
	fprintf(out,
		"Usage: lbprobed [-c FILE]             probe, and tell the kernel\n"
		"       lbprobed [-c FILE] [-j] --once make every check once, and print\n"
		"       lbprobed [-j] --test FILE      the same as -c FILE --once\n"
		"  -c, --config FILE  default: " DEFAULT_FILE "\n"
		"  -j, --json         print JSON\n"
		"  -V, --version      print the version\n");
}

static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "once", no_argument, NULL, 'o' },
		{ "test", required_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 }
	};
	int option;

	*o = (struct options){ .file = DEFAULT_FILE };
	while ((option = getopt_long(argc, argv, "c:jhV", longs, NULL)) != -1) {
		switch (option) {
		case 'c':
			o->file = optarg;
			break;
		case 't':
			o->file = optarg;
			o->once = true;
			break;
		case 'o':
			o->once = true;
			break;
		case 'j':
			o->json = true;
			break;
		case 'h':
			usage(stdout);
			exit(EXIT_SUCCESS);
		case 'V':
			printf("lbprobed %s\n", LBCTL_VERSION);
			exit(EXIT_SUCCESS);
		default:
			usage(stderr);
			return -1;
		}
	}
	if (optind == argc)
		return 0;
	fprintf(stderr, "lbprobed: \"%s\" is one word too many\n", argv[optind]);
	usage(stderr);
	return -1;
}

/* A connection for each probe, and more that are just ending. */
static void allow_connections(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/*
 * Who asks for a reload while the file is being read would otherwise end us: it is
 * kept, and made when the prober is there.
 */
static void keep_reload(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void reload(struct daemon *d)
{
	struct config config;
	int err;

	if (settings_load(d->options->file, &config)) {
		log_error("%s is not taken: the old one stays in force",
			  d->options->file);
		return;
	}
	err = prober_reload(&d->prober, &config.checks);
	if (err)
		log_error("%s is not taken: %s", d->options->file,
			  strerror(-err));
	else if (d->prober.joined)
		log_info("%s is in force", d->options->file);
	else
		log_info("%s will be in force when the kernel is back",
			 d->options->file);
	config_free(&config);
}

static void on_signal(struct loop_watch *watch, uint32_t events)
{
	struct daemon *d = loop_of(watch, struct daemon, signals);
	struct signalfd_siginfo info;

	(void)events;
	if (read(watch->fd, &info, sizeof(info)) != sizeof(info))
		return;
	switch (info.ssi_signo) {
	case SIGCHLD:
		probe_exec_reap();
		break;
	case SIGHUP:
		if (d->running)
			reload(d);
		break;
	default:
		loop_stop(&d->loop);
	}
}

static int watch_signals(struct daemon *d)
{
	sigset_t set;
	int fd, err;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	d->signals = (struct loop_watch){ .fd = -1, .fn = on_signal };
	err = loop_watch(&d->loop, &d->signals, fd, EPOLLIN);
	if (err)
		close(fd);
	return err;
}

static void on_alive(struct prober *prober)
{
	(void)prober;
	notify("WATCHDOG=1");
}

static int run(struct daemon *d, struct config *config)
{
	struct agent *agent = agent_kernel_new();
	int err = -ENOMEM, ret = EXIT_FAILURE;

	if (agent)
		err = prober_start(&d->prober, &d->means, agent,
				   &config->agent, &config->checks);
	if (err) {
		log_error("%s", agent && agent->error[0] ? agent->error :
			  strerror(-err));
		goto out;
	}
	d->running = true;
	d->prober.alive = on_alive;
	log_info("%zu checks of %s, as agent %s", d->prober.count,
		 d->options->file, config->agent.name);
	notify("READY=1");
	err = loop_run(&d->loop);
	notify("STOPPING=1");
	if (d->prober.outcome)
		err = d->prober.outcome;
	prober_stop(&d->prober, !err);
	ret = err == -ESTALE ? EXIT_TAKEN_OVER :
	      err ? EXIT_FAILURE : EXIT_SUCCESS;
out:
	if (agent)
		agent_kernel_free(agent);
	return ret;
}

static int start(struct daemon *d, struct config *config)
{
	int ret = EXIT_FAILURE, err;

	err = loop_init(&d->loop);
	if (!err)
		err = watch_signals(d);
	if (!err)
		err = web_init(&d->web, &d->loop);
	if (err) {
		log_error("%s", strerror(-err));
		return ret;
	}
	d->means = (struct probe_means){ &d->loop, &d->web };
	if (d->options->once)
		ret = once_run(config, &d->means, d->options->json);
	else
		ret = run(d, config);
	web_done(&d->web);
	linger_end(&d->loop);
	close(d->signals.fd);
	loop_done(&d->loop);
	return ret;
}

int main(int argc, char **argv)
{
	struct options options;
	struct daemon d = { .options = &options };
	struct config config;
	int ret;

	if (read_options(argc, argv, &options))
		return EXIT_USAGE;
	keep_reload();
	allow_connections();
	if (settings_load(options.file, &config))
		return options.once ? EXIT_USAGE : EXIT_FAILURE;
	if (rights_drop()) {
		log_error("cannot give up capabilities");
		return EXIT_FAILURE;
	}
	ret = start(&d, &config);
	config_free(&config);
	tls_forget();
	return ret;
}
