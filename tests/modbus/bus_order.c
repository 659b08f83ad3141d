/* bus_order SITE_FILE unlock|zero|tare CHANNEL: starts the buses of a site, opens one lock or tells
 * one scale, prints what came of it ("opened", "failed", "told"; "none": nobody there takes that)
 * and ends a second later. */
#include "kiosk/shell/bus_thread.h"
#include "kiosk/shell/clock.h"
#include "kiosk/shell/ring.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 8000, AFTERWARDS_MS = 1000 };

static bool give(struct bus_threads *threads, int port, const char *order, int channel)
{
    if (strcmp(order, "unlock") == 0) {
        return bus_threads_unlock(threads, port, channel);
    }
    return bus_threads_command(threads, port, channel,
                               strcmp(order, "tare") == 0 ? HW_COMMAND_TARE : HW_COMMAND_ZERO);
}

static void watch(struct bus_threads *threads, struct pollfd *wake, const char *order, int channel)
{
    const int64_t until_ms = clock_now_ms() + PATIENCE_MS;
    int64_t end_ms = until_ms;
    bool asked = false;
    while (clock_now_ms() < end_ms) {
        (void)poll(wake, 1, clock_wait_ms(end_ms));
        wake_drain(wake->fd);
        struct kiosk_input input;
        while (bus_threads_take(threads, &input)) {
            if (input.kind == INPUT_PORT_STATUS && input.u.port_status.state == PORT_TRUSTED &&
                !asked) {
                asked = true;
                if (!give(threads, input.u.port_status.port, order, channel)) {
                    puts("none");
                    return;
                }
                if (strcmp(order, "unlock") != 0) {
                    puts("told");
                    end_ms = clock_now_ms() + AFTERWARDS_MS;
                }
            }
            if (input.kind == INPUT_READING && input.u.reading.kind == READING_LOCK) {
                puts(input.u.reading.has_value && input.u.reading.lid_open ? "opened" : "failed");
                fflush(stdout);
                end_ms = clock_now_ms() + AFTERWARDS_MS;
            }
        }
    }
}

int main(int argc, char **argv)
{
    char error[SETTINGS_ERROR_MAX] = "usage: bus_order SITE_FILE unlock|zero|tare CHANNEL";
    static struct settings settings;
    if (argc != 4 || settings_read_file(argv[1], &settings, error) != 0) {
        fprintf(stderr, "%s\n", error);
        return 2;
    }
    clock_start(1);
    struct pollfd wake = {.fd = wake_open(), .events = POLLIN};
    struct bus_threads *threads = bus_threads_start(&settings, wake.fd);
    if (threads == NULL) {
        return 2;
    }
    watch(threads, &wake, argv[2], atoi(argv[3]));
    bus_threads_stop(threads);
    close(wake.fd);
    return 0;
}
