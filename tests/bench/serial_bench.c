/* Eight serial ports through the kiosk's own io thread.
 *
 *     serial_bench feed TIMES SECONDS          writes frames on eight pseudo-terminals
 *     serial_bench read TIMES SECONDS NAME...  reads them
 *     serial_bench hangup COUNT                pulls eight devices out and plugs them in
 *
 * `feed` prints the names of the terminals, one a line, begins a second later and sends on each 50
 * frames of st_gs a second, each port in its own phase. Frame n weighs n x 10 g, and the time
 * before it was written stands at place n of its port in the file TIMES (int64, ns,
 * CLOCK_MONOTONIC), so that a reader in another process, or another language, knows how old a
 * reading is.
 *
 * `read` and `hangup` print one line of tab-separated figures; see README.md. */
#include "../unit/pty_wire.h"
#include "hw/supervisor.h"
#include "kiosk/core/events.h"
#include "kiosk/shell/clock.h"
#include "kiosk/shell/io.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/mman.h>
#include <time.h>

enum {
    PORTS = 8,
    HZ = 50,
    STEP_GRAMS = 10,
    SECONDS_MAX = 80,
    FRAMES_MAX = SECONDS_MAX * HZ,
    FRAME_MAX = 32
};

/* When each frame of each port was written, ns. */
struct times {
    int64_t ns[PORTS][FRAMES_MAX];
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void sleep_until(int64_t ns)
{
    const struct timespec until = {ns / 1000000000, ns % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

/* User and system: CLOCK_PROCESS_CPUTIME_ID of all threads, CLOCK_THREAD_CPUTIME_ID of this one. */
static int64_t cpu_ns(clockid_t whose)
{
    struct timespec used;
    clock_gettime(whose, &used);
    return (int64_t)used.tv_sec * 1000000000 + used.tv_nsec;
}

static double percent(int64_t part, int64_t whole)
{
    return (double)part * 100 / (double)whole;
}

static int compare(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static int fail(const char *what)
{
    fprintf(stderr, "serial_bench: %s: %s\n", what, strerror(errno));
    return 2;
}

static struct times *map_times(const char *path)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof(struct times)) != 0) {
        return NULL;
    }
    void *times = mmap(NULL, sizeof(struct times), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return times == MAP_FAILED ? NULL : times;
}

static void make_frame(int grams, char frame[FRAME_MAX])
{
    snprintf(frame, FRAME_MAX, "ST,GS,+%4d.%02dkg\r\n", grams / 1000, grams / 10 % 100);
}

/* ---- feed ------------------------------------------------------------------------------------ */

/* The other end stays open as well, so that a reader may come and go. */
static int open_terminal(void)
{
    const int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) {
        return -1;
    }
    const int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    struct termios raw;
    if (slave < 0 || tcgetattr(slave, &raw) != 0) {
        return -1;
    }
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    puts(ptsname(master));
    return master;
}

static int feed(struct times *times, int seconds)
{
    int masters[PORTS];
    for (int i = 0; i < PORTS; i++) {
        masters[i] = open_terminal();
        if (masters[i] < 0) {
            return fail("no pseudo-terminal");
        }
    }
    fflush(stdout);
    int64_t next_ns = now_ns() + 1000000000;
    for (int n = 0; n < seconds * HZ; n++) {
        for (int i = 0; i < PORTS; i++, next_ns += 1000000000 / (HZ * PORTS)) {
            char frame[FRAME_MAX];
            make_frame(n * STEP_GRAMS, frame);
            sleep_until(next_ns);
            times->ns[i][n] = now_ns();
            if (write(masters[i], frame, strlen(frame)) < 0 && errno != EAGAIN) {
                return fail("write");
            }
        }
    }
    sleep_until(next_ns + 1000000000); /* what was written last shall still be read */
    return 0;
}

/* ---- the io thread --------------------------------------------------------------------------- */

static struct settings settings;
static struct ring inputs;
static int wake;

static void configure(int index, const char *device)
{
    struct port_settings *port = &settings.ports[index];
    snprintf(settings.site.ports[index], HW_PORT_NAME_MAX, "s%d", index + 1);
    snprintf(port->device, sizeof port->device, "%s", device);
    snprintf(port->unit, sizeof port->unit, "kg");
    port->driver = hw_driver_find("st_gs");
    snprintf(port->protocol, sizeof port->protocol, "%s", port->driver->name);
    snprintf(port->line, sizeof port->line, "%s", port->driver->line);
    port->equal_frames = 1;
    settings.site.port_count = (uint8_t)(index + 1);
}

static struct io *start(void)
{
    clock_start(1);
    wake = wake_open();
    if (wake < 0 || !ring_open(&inputs, sizeof(struct kiosk_input), IO_RING_SLOTS)) {
        return NULL;
    }
    const struct io_config config = {
        .settings = &settings, .inputs = &inputs, .wake = wake, .in_batches = true};
    return io_start(&config);
}

/* Sleeps as main does; true when there may be something in the ring. */
static bool wait_for_news(int most_ms)
{
    struct pollfd fd = {.fd = wake, .events = POLLIN};
    if (poll(&fd, 1, most_ms) <= 0) {
        return false;
    }
    wake_drain(wake);
    return true;
}

/* ---- read ------------------------------------------------------------------------------------ */

static int64_t latencies[PORTS * FRAMES_MAX];
static size_t latency_count;

static void take_latency(const struct times *times, const reading_t *reading)
{
    const int n = reading->grams / STEP_GRAMS;
    if (reading->has_value && n >= 0 && n < FRAMES_MAX && times->ns[reading->port][n] != 0) {
        latencies[latency_count++] = now_ns() - times->ns[reading->port][n];
    }
}

static int read_ports(const struct times *times, int seconds)
{
    struct io *io = start();
    if (io == NULL) {
        return fail("io thread");
    }
    io_attend(io, true); /* somebody is there: each reading wakes main */
    const int64_t begin_ns = now_ns(), begin_cpu_ns = cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
    const int64_t begin_main_ns = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
    const int64_t end_ns = begin_ns + (seconds + 1) * INT64_C(1000000000);
    while (now_ns() < end_ns) {
        struct kiosk_input input;
        wait_for_news(100);
        while (latency_count < PORTS * FRAMES_MAX && ring_take(&inputs, &input)) {
            if (input.kind == INPUT_READING) {
                take_latency(times, &input.u.reading);
            }
        }
    }
    const int64_t taken_ns = now_ns() - begin_ns;
    const int64_t used_ns = cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - begin_cpu_ns;
    const int64_t main_ns = cpu_ns(CLOCK_THREAD_CPUTIME_ID) - begin_main_ns;
    io_stop(io);
    if (latency_count == 0) {
        fprintf(stderr, "serial_bench: not one reading came: is `feed` running?\n");
        return 1;
    }
    qsort(latencies, latency_count, sizeof latencies[0], compare);
    printf("biaogan\t%zu\t%.2f\t%.2f\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\n", latency_count,
           percent(used_ns, taken_ns), percent(used_ns - main_ns, taken_ns),
           latencies[latency_count / 2] / 1000, latencies[latency_count * 99 / 100] / 1000,
           latencies[latency_count - 1] / 1000);
    return 0;
}

/* ---- hangup ---------------------------------------------------------------------------------- */

enum {
    STREAM_LEAST_MS = 100,
    STREAM_MOST_MS = 500, /* after the first reading, until it is pulled out */
    AWAY_MOST_MS = 2000,
    AWAY_MEASURED_MS = 10000,
    PORT_GRAMS = 5000 /* between one port's weight and the next one's */
};

struct victim {
    struct pty_wire wire;
    int64_t plugged_ms, next_ms; /* when it was plugged in; when it is pulled out or plugged in */
    bool is_back;
};

static struct victim victims[PORTS];
static int hang_ups, wrong_weights, late_readings;
static int64_t backs[100000];
static int back_count;

static int between(int least, int most)
{
    return least + (int)(random() % (most - least + 1));
}

static void take_reading(const reading_t *reading)
{
    struct victim *victim = &victims[reading->port];
    const int64_t now_ms = clock_now_ms();
    wrong_weights += reading->grams != (reading->port + 1) * PORT_GRAMS;
    late_readings += victim->wire.master < 0 && now_ms - reading->t_ms > SUPERVISOR_SILENT_MS;
    if (victim->wire.master >= 0 && !victim->is_back && reading->t_ms >= victim->plugged_ms) {
        victim->is_back = true;
        victim->next_ms = now_ms + between(STREAM_LEAST_MS, STREAM_MOST_MS);
        backs[back_count++] = now_ms - victim->plugged_ms;
    }
}

/* One step of 20 ms for one port: a frame, or pulled out, or plugged in. */
static bool step(struct victim *victim, int port)
{
    const int64_t now_ms = clock_now_ms();
    if (victim->wire.master < 0 && now_ms >= victim->next_ms) {
        victim->plugged_ms = now_ms;
        victim->is_back = false;
        return pty_wire_plug(&victim->wire);
    }
    if (victim->wire.master >= 0 && victim->is_back && now_ms >= victim->next_ms) {
        pty_wire_say(&victim->wire, "ST,GS,+ 99.0"); /* half a frame dies with the line */
        pty_wire_unplug(&victim->wire);
        victim->next_ms = now_ms + between(0, AWAY_MOST_MS);
        hang_ups++;
    } else if (victim->wire.master >= 0) {
        char frame[FRAME_MAX];
        make_frame((port + 1) * PORT_GRAMS, frame);
        pty_wire_say(&victim->wire, frame);
    }
    return true;
}

static void take_all(int64_t until_ns)
{
    do {
        struct kiosk_input input;
        while (ring_take(&inputs, &input)) {
            if (input.kind == INPUT_READING) {
                take_reading(&input.u.reading);
            }
        }
    } while (now_ns() < until_ns && wait_for_news((int)((until_ns - now_ns()) / 1000000)));
}

/* Share of a core while every device is away, in percent. */
static double measure_away(void)
{
    for (int i = 0; i < PORTS; i++) {
        pty_wire_unplug(&victims[i].wire);
    }
    take_all(now_ns() + 1000000000);
    const int64_t begin_ns = now_ns(), begin_cpu_ns = cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
    sleep_until(begin_ns + AWAY_MEASURED_MS * INT64_C(1000000));
    return percent(cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - begin_cpu_ns, now_ns() - begin_ns);
}

static int hang_up(int wanted)
{
    char directory[] = "/tmp/biaogan-bench-XXXXXX";
    if (mkdtemp(directory) == NULL) {
        return fail(directory);
    }
    for (int i = 0; i < PORTS; i++) {
        victims[i].wire.master = -1;
        snprintf(victims[i].wire.name, PTY_WIRE_NAME_MAX, "%s/socket%d", directory, i);
        configure(i, victims[i].wire.name);
    }
    struct io *io = start();
    if (io == NULL) {
        return fail("io thread");
    }
    io_attend(io, true);
    srandom(1);
    for (int64_t next_ns = now_ns(); back_count < wanted + PORTS; next_ns += 1000000000 / HZ) {
        for (int i = 0; i < PORTS; i++) {
            if (!step(&victims[i], i)) {
                return fail("no pseudo-terminal");
            }
        }
        take_all(next_ns);
    }
    const double away = measure_away();
    io_stop(io);
    rmdir(directory);
    qsort(backs, (size_t)back_count, sizeof backs[0], compare);
    printf("%d\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%.2f\t%d\t%d\n", hang_ups,
           backs[back_count / 2], backs[back_count * 99 / 100], backs[back_count - 1], away,
           wrong_weights, late_readings);
    return wrong_weights != 0 || late_readings != 0;
}

int main(int argc, char **argv)
{
    const int seconds = argc > 3 ? atoi(argv[3]) : 0;
    const int count = argc > 2 ? atoi(argv[2]) : 0;
    if (argc == 3 && strcmp(argv[1], "hangup") == 0 && count > 0 && count < 90000) {
        return hang_up(count);
    }
    if (argc < 4 || seconds < 1 || seconds > SECONDS_MAX) {
        fprintf(stderr, "usage: serial_bench {feed TIMES SECONDS|read TIMES SECONDS NAME...|"
                        "hangup COUNT}\n");
        return 2;
    }
    struct times *times = map_times(argv[2]);
    if (times == NULL) {
        return fail(argv[2]);
    }
    if (strcmp(argv[1], "feed") == 0) {
        return feed(times, seconds);
    }
    for (int i = 0; i < PORTS && i + 4 < argc; i++) {
        configure(i, argv[i + 4]);
    }
    return read_ports(times, seconds);
}
