// SPDX-License-Identifier: Apache-2.0
// Experiments as XML, in the layouts of NetLogo 6 and 7.
#ifndef SW_NETLOGO_LOADER_EXPERIMENTS_H
#define SW_NETLOGO_LOADER_EXPERIMENTS_H

#include "models/netlogo/loader/xml.h"

// Adds every experiment under an <experiments> element.
void nl_read_experiment_nodes(nl_build *b, const nl_node *parent);

#endif
