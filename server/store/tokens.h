// SPDX-License-Identifier: Apache-2.0
// Tokens: what they are called, what they may do; never the tokens themselves.
#ifndef SWEEPD_STORE_TOKENS_H
#define SWEEPD_STORE_TOKENS_H

#include "server/store/store.h"

// hash: of the token, 64 hexadecimal digits. days: until it expires, 0 for never.
sw_error sw_store_token_insert(sw_store *store, const char *name, const char *hash,
                               const json_t *scopes, int64_t days, int64_t *id);

// JSON text: {"id", "name", "scopes", "created", "expires", "last_used"}, or an array of them.
sw_error sw_store_token_get(sw_store *store, int64_t id, char **json);
sw_error sw_store_token_list(sw_store *store, int64_t after, int limit, char **json);
sw_error sw_store_token_delete(sw_store *store, int64_t id);

// The scopes of a token that is valid now, apart by spaces, and notes its use; SW_E_NOT_FOUND of
// one that is not known or has expired.
sw_error sw_store_token_use(sw_store *store, const char *hash, char **scopes);

#endif
