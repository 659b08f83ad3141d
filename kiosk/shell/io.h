/* The io thread: one wait over all serial ports, bytes -> readings -> the main thread's ring.
 *
 * A port that is lost (end of file, hang-up, error) is closed at once and reopened by its name with
 * a growing pause. Nothing spins while a device is away. Its readings go up only once its frames
 * have proved its role (hw/supervisor.h), and never from a device that two ports share or from an
 * adapter that belongs into another port's socket; where adapters look alike, what they weigh tells
 * (hw/swap.h). Polled devices are asked in their rhythm. While nobody is at the kiosk, scales are
 * read in batches, so that four of them at 10 Hz wake the machine a few times a second and the main
 * thread hardly ever; lids are read at once, always.
 *
 * What is known of each port goes up as INPUT_PORT_STATUS whenever its state or fault changes.
 *
 * Handles are created by io_start() and freed by io_stop(), main thread.
 */
#ifndef KIOSK_SHELL_IO_H
#define KIOSK_SHELL_IO_H

#include "hw/ports.h"
#include "kiosk/shell/recorder.h"
#include "kiosk/shell/ring.h"
#include "kiosk/shell/settings.h"

enum { IO_RING_SLOTS = 4096 }; /* two seconds of sixteen ports at 50 Hz, and room */

struct io;

struct io_config {
    const struct settings *settings;   /* borrowed */
    struct ring *inputs;               /* of struct kiosk_input; the io thread writes */
    int wake;                          /* wakes the main thread */
    bool in_batches;                   /* false: every byte at once (--speed) */
    struct recorder *recorder;         /* NULL: nothing is recorded; the io thread owns it then */
    const struct ports_source *source; /* NULL: this machine's adapters */
    const char *adapters; /* file that keeps which adapter was in which socket; NULL: not
                             kept beyond this run */
};

/* NULL when the thread cannot be made. */
struct io *io_start(const struct io_config *config);

/* Main tells whether somebody is at the kiosk: then every reading wakes it. */
void io_attend(struct io *io, bool attentive);

/* Main tells whether somebody looks at the counters: then a port whose counters changed sends its
 * status once a second. */
void io_watch(struct io *io, bool watched);

/* Main sends the scale of a port a command, or the board of a port the request to open the lock of
 * `channel`. Sent at once, once, if the port is open and its driver knows it; what came of it shows
 * in its readings. */
void io_command(struct io *io, int port, enum hw_command command);
void io_unlock(struct io *io, int port, int channel);

void io_stop(struct io *io);

#endif
