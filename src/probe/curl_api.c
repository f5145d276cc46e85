#include "probe/curl_api.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

/*
 * libcurl brings some thirty libraries, which cost each start of hmc 4 ms,
 * and most runs ask nobody anything: so it is loaded when first wanted.
 */
static void *library;
static struct curl_api api;

static void *symbol(const char *name)
{
	void *s = library ? dlsym(library, name) : NULL;

	if (!s && library) {
		dlclose(library);
		library = NULL;
	}
	return s;
}

/* A function pointer out of dlsym, in the one way that ISO C leaves. */
#define LOAD(to, name)                         \
	do {                                   \
		void *s_ = symbol(name);       \
		memcpy(&(to), &s_, sizeof(s_)); \
	} while (0)

static void load(void)
{
	CURLcode (*global_init)(long) = NULL;

	library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
	LOAD(api.init, "curl_easy_init");
	LOAD(api.setopt, "curl_easy_setopt");
	LOAD(api.perform, "curl_easy_perform");
	LOAD(api.getinfo, "curl_easy_getinfo");
	LOAD(api.cleanup, "curl_easy_cleanup");
	LOAD(api.describe, "curl_easy_strerror");
	LOAD(api.list_add, "curl_slist_append");
	LOAD(api.list_free, "curl_slist_free_all");
	LOAD(api.multi_init, "curl_multi_init");
	LOAD(api.multi_add, "curl_multi_add_handle");
	LOAD(api.multi_remove, "curl_multi_remove_handle");
	LOAD(api.multi_perform, "curl_multi_perform");
	LOAD(api.multi_poll, "curl_multi_poll");
	LOAD(api.multi_info, "curl_multi_info_read");
	LOAD(api.multi_cleanup, "curl_multi_cleanup");
	LOAD(global_init, "curl_global_init");
	/* Once, before any thread has a handle: it is not safe beside another. */
	if (library && global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		library = NULL;
}

const struct curl_api *curl_api(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	return library ? &api : NULL;
}
