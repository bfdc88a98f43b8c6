// SPDX-License-Identifier: Apache-2.0
// SHA-256 by libsodium.
#include "lib/base/hash.h"

#include <sodium.h>

void
sw_hash(const void *bytes, size_t n, char out[SW_HASH_TEXT])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, bytes, n);
    sodium_bin2hex(out, SW_HASH_TEXT, digest, sizeof digest);
}
