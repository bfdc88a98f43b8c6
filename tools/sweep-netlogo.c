// SPDX-License-Identifier: Apache-2.0
// bin/sweep-netlogo: the NetLogo engine by itself, speaking JSON lines on standard input and
// output.
#include "models/netlogo/repl.h"

int
main(int argc, char **argv)
{
    return sw_netlogo_main(argc, argv);
}
