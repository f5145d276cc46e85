/*
 * probe/curl_api.h -- libcurl, loaded when it is first wanted (private to probe/).
 */
#ifndef MC_PROBE_CURL_API_H
#define MC_PROBE_CURL_API_H

#include <curl/curl.h>

struct curl_api {
	CURL *(*init)(void);
	CURLcode (*setopt)(CURL *, CURLoption, ...);
	CURLcode (*perform)(CURL *);
	CURLcode (*getinfo)(CURL *, CURLINFO, ...);
	void (*cleanup)(CURL *);
	const char *(*describe)(CURLcode);
	struct curl_slist *(*list_add)(struct curl_slist *, const char *);
	void (*list_free)(struct curl_slist *);
	CURLM *(*multi_init)(void);
	CURLMcode (*multi_add)(CURLM *, CURL *);
	CURLMcode (*multi_remove)(CURLM *, CURL *);
	CURLMcode (*multi_perform)(CURLM *, int *);
	CURLMcode (*multi_poll)(CURLM *, struct curl_waitfd *, unsigned, int, int *);
	CURLMsg *(*multi_info)(CURLM *, int *);
	CURLMcode (*multi_cleanup)(CURLM *);
};

/* The functions, for any thread; NULL when libcurl cannot be loaded, which stays so for the life of the process. */
const struct curl_api *curl_api(void);

#define CURL_MISSING "libcurl cannot be loaded; install libcurl4"

#endif
