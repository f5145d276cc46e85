#include "cmd/look.h"

#include <stdio.h>

struct look {
	const char *colour;     /* SGR parameter */
	const char *mark;
};

/* Shape and word and colour, as on the page; the shapes do in greyscale. */
static struct look look_of(enum status s)
{
	switch (s) {
	case STATUS_OK:
		return (struct look){ "32", "●" };
	case STATUS_WARN:
		return (struct look){ "33", "▲" };
	case STATUS_CRITICAL:
		return (struct look){ "31", "■" };
	case STATUS_OFF:
		return (struct look){ "90", "○" };
	case STATUS_UNKNOWN:
		return (struct look){ "35", "◌" };
	case STATUS_INFO:
		break;
	}
	return (struct look){ "0", " " };
}

void look_print(enum status s, const char *word, int width, bool colours)
{
	struct look look = look_of(s);

	if (colours)
		printf("\033[%sm%s %-*s\033[0m", look.colour, look.mark, width, word);
	else
		printf("%s %-*s", look.mark, width, word);
}
