/*
 * minimal -- the least a FastCGI responder can do: the ceiling that pages are measured against.
 *
 *   minimal BYTES    answers every request with that many bytes, and 304 to any If-None-Match
 */
#include <fcgiapp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;
	char *answer = malloc(n + 512);
	const char same[] = "Status: 304 Not Modified\r\nETag: \"x\"\r\n\r\n";
	FCGX_Request request;
	int head;

	if (!answer || n > 10000000)
		return 1;
	head = snprintf(answer, 512, "Status: 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: \"x\"\r\nCache-Control: no-store\r\nContent-Length: %zu\r\n\r\n", n);
	memset(answer + head, 'x', n);
	FCGX_Init();
	FCGX_InitRequest(&request, 0, 0);
	while (FCGX_Accept_r(&request) == 0) {
		if (FCGX_GetParam("HTTP_IF_NONE_MATCH", request.envp))
			FCGX_PutStr(same, sizeof(same) - 1, request.out);
		else
			FCGX_PutStr(answer, head + (int)n, request.out);
		FCGX_Finish_r(&request);
	}
	return 0;
}
