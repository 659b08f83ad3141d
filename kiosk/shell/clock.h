/* The only place that reads a clock.
 *
 * Kiosk time is monotonic ms and may run faster than real time (--speed) on a simulated site. Any
 * thread may read it after clock_start().
 */
#ifndef KIOSK_SHELL_CLOCK_H
#define KIOSK_SHELL_CLOCK_H

#include "kiosk/core/events.h"

#include <time.h>

/* Begins kiosk time. speed 1: CLOCK_BOOTTIME of this boot. Faster: a time of its own from 0 on. */
void clock_start(int speed);

int64_t clock_now_ms(void);

/* The moment by both clocks. The wall clock is `unset` before 2026 (a board without a battery
 * starts in 1970), `ntp` while the kernel says that it is synchronised, else `rtc`. */
moment_t clock_moment(void);

/* This boot, as the kernel names it; with a speed, a name of this run alone. */
void clock_boot_id(char boot_id[BOOT_ID_MAX]);

/* A descriptor that becomes readable when somebody sets the wall clock; -1 where there is none.
 * clock_watch_drain() makes it ready for the next time. */
int clock_watch_open(void);
void clock_watch_drain(int fd);

/* Milliseconds of real time until kiosk time `due_ms`: at least 0, rounded up; -1 for INT64_MAX.
 * For poll(). */
int clock_wait_ms(int64_t due_ms);

#endif
