/* The io thread: one poll() over all streaming ports, bytes -> readings -> the main thread's ring.
 *
 * A port that is lost (end of file, hang-up, error) is closed at once and reopened by its name with
 * a growing pause. Nothing spins while a device is away. While nobody is at the kiosk, scales are
 * read in batches, so that four of them at 10 Hz wake the machine a few times a second and the
 * main thread hardly ever; lids are read at once, always.
 *
 * Handles are created by io_start() and freed by io_stop(), main thread.
 */
#ifndef KIOSK_SHELL_IO_H
#define KIOSK_SHELL_IO_H

#include "kiosk/shell/recorder.h"
#include "kiosk/shell/ring.h"
#include "kiosk/shell/settings.h"

enum { IO_RING_SLOTS = 4096 }; /* two seconds of sixteen ports at 50 Hz, and room */

struct io;

struct io_config {
    const struct settings *settings; /* borrowed */
    struct ring *inputs;             /* of struct kiosk_input; the io thread writes */
    int wake;                        /* wakes the main thread */
    bool in_batches;                 /* false: every byte at once (--speed) */
    struct recorder *recorder;       /* NULL: nothing is recorded; the io thread owns it then */
};

/* NULL when the thread cannot be made. */
struct io *io_start(const struct io_config *config);

/* Main tells whether somebody is at the kiosk: then every reading wakes it. */
void io_attend(struct io *io, bool attentive);

void io_stop(struct io *io);

#endif
