/* A capture through the whole pipeline in virtual time: bytes -> readings -> core -> ledger, with
 * no threads and no window. The same capture gives the same ledger, byte for byte, however its
 * bytes were cut.
 *
 * Main thread; blocks until done.
 */
#ifndef KIOSK_SHELL_REPLAY_H
#define KIOSK_SHELL_REPLAY_H

#include "kiosk/shell/settings.h"

enum { REPLAY_ERROR_MAX = 400 };

struct replay_config {
    const struct settings *settings; /* ports by name; protocols as the capture says */
    const char *directory;           /* of the ledger */
    const char *capture;             /* path, "-" for standard input */
    int chunk;                       /* bytes given to a port at a time; 0 = a line's worth */
};

struct replay_summary {
    int64_t duration_ms;
    int64_t rows, deposits, visits;
    int64_t touches_ignored; /* words of captures that this version does not know */
};

/* 0, or -1 with file, line and reason. */
int replay_run(const struct replay_config *config, struct replay_summary *summary,
               char error[REPLAY_ERROR_MAX]);

#endif
