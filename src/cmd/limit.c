#include "cmd/limit.h"

#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

static void on_alarm(int sig)
{
	static const char line[] = "hmc export: this run took too long (10 s, or 5 min where the ledger was brought up to date) and was ended; what was published before stands. "
				   "Is the disk or a network file system stuck?\n";
	ssize_t ignored = write(STDERR_FILENO, line, sizeof(line) - 1);

	(void)sig;
	(void)ignored;
	_exit(EX_TEMPFAIL);
}

void limit_start(void)
{
	limit_start_for(RUN_LIMIT_S);
}

void limit_start_for(unsigned seconds)
{
	struct sigaction action = { .sa_handler = on_alarm };

	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, NULL);
	alarm(seconds);
}

void limit_stop(void)
{
	alarm(0);
}
