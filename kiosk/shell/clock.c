#include "kiosk/shell/clock.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <unistd.h>

/* Nothing of this program was ever recorded before: 2026-01-01 UTC. */
static const int64_t OLDEST_UTC_MS = INT64_C(1767225600000);

/* Written by clock_start() before any other thread exists, then only read. */
static struct {
    int speed;
    int64_t origin_ns; /* real monotonic ns at kiosk time 0 */
    int64_t utc_origin_ms;
} state = {.speed = 1};

static int64_t read_ns(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void clock_start(int speed)
{
    state.speed = speed;
    state.origin_ns = speed == 1 ? 0 : read_ns(CLOCK_BOOTTIME);
    state.utc_origin_ms = read_ns(CLOCK_REALTIME) / 1000000;
}

int64_t clock_now_ms(void)
{
    return (read_ns(CLOCK_BOOTTIME) - state.origin_ns) / (1000000 / state.speed);
}

static enum clock_quality quality_of(int64_t utc_ms)
{
    if (utc_ms < OLDEST_UTC_MS) {
        return CLOCK_UNSET;
    }
    struct timex kernel = {.modes = 0};
    bool synchronised = adjtimex(&kernel) != TIME_ERROR && (kernel.status & STA_UNSYNC) == 0;
    return synchronised ? CLOCK_NTP : CLOCK_RTC;
}

moment_t clock_moment(void)
{
    moment_t moment = {.t_ms = clock_now_ms()};
    int64_t utc_ms =
        state.speed == 1 ? read_ns(CLOCK_REALTIME) / 1000000 : state.utc_origin_ms + moment.t_ms;
    moment.quality = quality_of(utc_ms);
    moment.utc_ms = moment.quality == CLOCK_UNSET ? 0 : utc_ms;
    return moment;
}

void clock_boot_id(char boot_id[BOOT_ID_MAX])
{
    const char *path =
        state.speed == 1 ? "/proc/sys/kernel/random/boot_id" : "/proc/sys/kernel/random/uuid";
    FILE *file = fopen(path, "re");
    if (file == NULL || fgets(boot_id, BOOT_ID_MAX, file) == NULL) {
        snprintf(boot_id, BOOT_ID_MAX, "pid-%ld-%lld", (long)getpid(),
                 (long long)(state.utc_origin_ms));
    }
    boot_id[strcspn(boot_id, "\n")] = '\0';
    if (file != NULL) {
        fclose(file);
    }
}

static void arm(int fd)
{
    /* Far away: only the cancellation by a clock step is of interest. */
    struct itimerspec never = {.it_value.tv_sec = (time_t)(INT64_C(1) << 40)};
    timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL);
}

int clock_watch_open(void)
{
    int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd >= 0) {
        arm(fd);
    }
    return fd;
}

void clock_watch_drain(int fd)
{
    uint64_t expirations;
    ssize_t ignored = read(fd, &expirations, sizeof expirations);
    (void)ignored; /* ECANCELED is the news itself */
    arm(fd);
}

int clock_wait_ms(int64_t due_ms)
{
    if (due_ms == INT64_MAX) {
        return -1;
    }
    int64_t left_ms = due_ms - clock_now_ms();
    if (left_ms <= 0) {
        return 0;
    }
    int64_t real_ms = (left_ms + state.speed - 1) / state.speed;
    return real_ms > INT_MAX ? INT_MAX : (int)real_ms;
}
