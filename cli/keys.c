// SPDX-License-Identifier: Apache-2.0
// sweep keys: a pair of keys for the encrypted wire between server and workers.
#include "lib/base/keys.h"
#include "cli/commands.h"
#include "lib/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

// Never over a file that is there: it may be the only copy of a key in use.
static bool
write_key(const char *path, mode_t mode, const char *key, const char *name)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool good = f && fprintf(f, "%s %s\n", key, name) > 0;
    good = f && fclose(f) == 0 && good;
    if (!good)
        fprintf(stderr, "sweep: %s: %s\n", path, strerror(errno));
    return good;
}

int
sw_command_keys(const sw_invocation *in)
{
    unsigned char public_key[SW_KEY_BYTES], secret_key[SW_KEY_BYTES];
    char public_text[SW_KEY_TEXT], secret_text[SW_KEY_TEXT];
    sw_auto(free) char *secret_path = sw_format("%s.key", in->words[0]);
    sw_auto(free) char *public_path = sw_format("%s.pub", in->words[0]);
    const char *slash = strrchr(in->words[0], '/');
    const char *name = slash ? slash + 1 : in->words[0];
    crypto_box_keypair(public_key, secret_key);
    sw_key_text(public_key, public_text);
    sw_key_text(secret_key, secret_text);
    bool good = write_key(secret_path, 0600, secret_text, name) &&
                write_key(public_path, 0644, public_text, name);
    sodium_memzero(secret_key, sizeof secret_key);
    sodium_memzero(secret_text, sizeof secret_text);
    if (!good)
        return sw_error_about(SW_E_SYSTEM)->exit_code;
    printf("%s is secret, %s is for the other side\n", secret_path, public_path);
    return 0;
}
