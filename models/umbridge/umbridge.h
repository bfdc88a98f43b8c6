// SPDX-License-Identifier: Apache-2.0
// The family "umbridge": models behind a server that speaks UM-Bridge's protocol.
#ifndef SW_MODELS_UMBRIDGE_H
#define SW_MODELS_UMBRIDGE_H

#include <sweepd/model.h>

extern const sw_family sw_umbridge_family;

#endif
