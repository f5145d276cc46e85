#include "model/instance.h"

#include <string.h>

#include "base/str.h"

#define SHORT_MAX_CHARS 60

const char *instance_short_label(const struct instance *in, struct arena *a)
{
	const char *label = in->label && *in->label ? in->label : in->id;
	const char *slash = strstr(label, " / ");
	size_t n = slash && slash > label ? (size_t)(slash - label) : strlen(label);

	return str_clean(a, label, n, SHORT_MAX_CHARS);
}
