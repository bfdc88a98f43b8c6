// SPDX-License-Identifier: Apache-2.0
// sweep netlogo: the engine by itself, which is the program sweep-netlogo beside this one.
#include "cli/commands.h"
#include "lib/base/memory.h"

#include <errno.h>
#include <unistd.h>

int
sw_command_netlogo(int argc, char **argv)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = n > 0 ? memrchr(self, '/', (size_t)n) : NULL;
    if (!slash)
        return 71;
    *slash = '\0';
    sw_auto(free) char *path = sw_format("%s/sweep-netlogo", self);
    char **words = sw_calloc((size_t)argc + 1, sizeof *words);
    words[0] = "sweep-netlogo";
    for (int i = 1; i < argc; i++)
        words[i] = argv[i];
    execv(path, words);
    fprintf(stderr, "sweep: %s: %s\n", path, strerror(errno));
    free(words);
    return 71;
}
