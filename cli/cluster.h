// SPDX-License-Identifier: Apache-2.0
// A private PostgreSQL: a cluster in a folder of its own, reachable by a Unix socket only. Run as
// root, it belongs to an unprivileged user, since PostgreSQL refuses to run as root.
#ifndef SWEEPD_CLI_CLUSTER_H
#define SWEEPD_CLI_CLUSTER_H

#include "cli/process.h"

typedef struct sw_cluster {
    char *dir;        // holds data/, socket/ and postgres.log
    char *bin;        // PostgreSQL's programs
    const char *user; // whom it runs as; NULL: the present one
    char *url;        // libpq connection string
    sw_process process;
} sw_cluster;

// Makes the cluster in dir (which is created) unless it is there. False with a message.
bool sw_cluster_prepare(sw_cluster *c, const char *dir);

// Starts it and waits until it answers. False with a message that names the log.
bool sw_cluster_start(sw_cluster *c);

// Fast shutdown: connections are ended, everything is on disk.
void sw_cluster_stop(sw_cluster *c);
void sw_cluster_fini(sw_cluster *c); // stops it if need be

#endif
