/* One thread a Modbus bus: asks its slaves in their rhythm -> readings -> the main thread.
 *
 * A slave that does not answer is silent: no reading comes, and it is asked less and less often, so
 * that it takes no time from the others; its lids are told as faulty, because a lid has no age. A
 * line that is lost is closed at once and reopened by its name with a growing pause. While nobody
 * is at the kiosk, the main thread is woken by what changes alone.
 *
 * Each bus writes to a ring of its own, because a ring has one writer. Handles are created by
 * bus_threads_start() and freed by bus_threads_stop(); all calls belong to the main thread.
 */
#ifndef KIOSK_SHELL_BUS_THREAD_H
#define KIOSK_SHELL_BUS_THREAD_H

#include "kiosk/core/events.h"
#include "kiosk/shell/settings.h"

struct bus_threads;

/* Starts one thread for each bus of the settings (borrowed), none where there is none; `wake` wakes
 * the main thread. NULL when a thread cannot be made. */
struct bus_threads *bus_threads_start(const struct settings *settings, int wake);

/* The next INPUT_READING, INPUT_PORT or INPUT_PORT_STATUS of any bus; false when there is none. */
bool bus_threads_take(struct bus_threads *threads, struct kiosk_input *input);

/* Main tells whether somebody is at the kiosk (then every reading wakes it), and whether somebody
 * looks at the counters. */
void bus_threads_attend(struct bus_threads *threads, bool attentive, bool watched);

/* Opens the lock of `channel` on the bus behind `port`: its relay is on for a moment. READING_LOCK
 * tells whether the slave confirmed it. False where no relay has that channel. */
bool bus_threads_unlock(struct bus_threads *threads, int port, int channel);

/* Tells the scale of `channel` on the bus behind `port` to zero or tare itself, once; a slave that
 * does not confirm it is told on the log, and its readings show whether it did. False where no
 * scale there takes that command. */
bool bus_threads_command(struct bus_threads *threads, int port, int channel,
                         enum hw_command command);

void bus_threads_stop(struct bus_threads *threads);

#endif
