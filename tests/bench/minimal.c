/*
 * minimal -- the least a FastCGI responder can do: the ceiling that pages are measured against.
 *
 *   minimal BYTES [PATH BYTES]...    answers a request for PATH with that many bytes, any other with the
 *                                    first number, and 304 to any If-None-Match
 */
#include <fcgiapp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWERS_MAX 32

struct answer {
	const char *path;
	char *text;
	int n;
};

static struct answer make(const char *path, const char *bytes)
{
	size_t n = strtoul(bytes, NULL, 10);
	struct answer x = { .path = path, .text = malloc(n + 512) };

	if (!x.text || n > 10000000)
		exit(1);
	x.n = snprintf(x.text, 512, "Status: 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: \"x\"\r\nCache-Control: no-store\r\nContent-Length: %zu\r\n\r\n", n);
	memset(x.text + x.n, 'x', n);
	x.n += (int)n;
	return x;
}

int main(int argc, char **argv)
{
	const char same[] = "Status: 304 Not Modified\r\nETag: \"x\"\r\n\r\n";
	struct answer all[ANSWERS_MAX];
	FCGX_Request request;
	int n = 0;

	all[n++] = make("", argc > 1 ? argv[1] : "20000");
	for (int i = 2; i + 1 < argc && n < ANSWERS_MAX; i += 2)
		all[n++] = make(argv[i], argv[i + 1]);
	FCGX_Init();
	FCGX_InitRequest(&request, 0, 0);
	while (FCGX_Accept_r(&request) == 0) {
		const char *path = FCGX_GetParam("PATH_INFO", request.envp);
		int i = n - 1;

		while (i > 0 && (!path || strcmp(path, all[i].path) != 0))
			i--;
		if (FCGX_GetParam("HTTP_IF_NONE_MATCH", request.envp))
			FCGX_PutStr(same, sizeof(same) - 1, request.out);
		else
			FCGX_PutStr(all[i].text, all[i].n, request.out);
		FCGX_Finish_r(&request);
	}
	return 0;
}
