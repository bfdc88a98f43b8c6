// SPDX-License-Identifier: Apache-2.0
// Sockets and a thread; see tiny_http.h.
#include "tests/support/tiny_http.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST_MAX = 1 << 20 };

struct tiny_http {
    int socket, port;
    pthread_t thread;
    tiny_answer answer;
    void *context;
    _Atomic int stopping;
};

// Reads head and body; the number of bytes, 0 if the request never came whole.
static size_t
read_request(int s, char *bytes, char **body)
{
    size_t n = 0, need = 0;
    while (n < REQUEST_MAX && (need == 0 || n < need)) {
        ssize_t got = read(s, bytes + n, REQUEST_MAX - n);
        if (got <= 0)
            return 0;
        n += (size_t)got;
        bytes[n] = 0;
        char *end = strstr(bytes, "\r\n\r\n");
        if (!end || need)
            continue;
        *body = end + 4;
        const char *length = strcasestr(bytes, "content-length:");
        need = (size_t)(*body - bytes) + (length ? strtoul(length + 15, NULL, 10) : 0);
    }
    return n;
}

static void
serve(const tiny_http *t, int s)
{
    char *bytes = malloc(REQUEST_MAX + 1), *body = NULL, method[16] = "", path[1024] = "";
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){2, 0}, sizeof(struct timeval));
    if (bytes && read_request(s, bytes, &body) > 0 &&
        sscanf(bytes, "%15s %1023s", method, path) == 2)
        t->answer(s, method, path, body, t->context);
    free(bytes);
    close(s);
}

static void *
run(void *self)
{
    tiny_http *t = self;
    for (int s; (s = accept(t->socket, NULL, NULL)) >= 0 && !t->stopping;)
        serve(t, s);
    return NULL;
}

tiny_http *
tiny_http_start(tiny_answer answer, void *context)
{
    tiny_http *t = calloc(1, sizeof *t);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    t->answer = answer;
    t->context = context;
    t->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (t->socket < 0 || bind(t->socket, (struct sockaddr *)&at, n) != 0 ||
        listen(t->socket, 16) != 0 || getsockname(t->socket, (struct sockaddr *)&at, &n) != 0 ||
        pthread_create(&t->thread, NULL, run, t) != 0) {
        perror("a tiny server");
        abort();
    }
    t->port = ntohs(at.sin_port);
    return t;
}

int
tiny_http_port(const tiny_http *t)
{
    return t->port;
}

void
tiny_http_stop(tiny_http **slot)
{
    tiny_http *t = *slot;
    t->stopping = 1;
    shutdown(t->socket, SHUT_RDWR);
    pthread_join(t->thread, NULL);
    close(t->socket);
    free(t);
    *slot = NULL;
}

void
tiny_http_reply(int s, int status, const char *body)
{
    dprintf(s,
            "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
            "Connection: close\r\n\r\n%s",
            status, strlen(body), body);
}
