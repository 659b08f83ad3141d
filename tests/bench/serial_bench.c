/* Eight serial ports and a Modbus bus through the kiosk's own threads.
 *
 *     serial_bench feed TIMES SECONDS          writes frames on eight pseudo-terminals, and is the
 *                                              eight slaves behind a ninth
 *     serial_bench read TIMES SECONDS NAME...  reads them
 *     serial_bench bare TIMES SECONDS NAME...  the least that a program can do: waits and reads
 *     serial_bench hangup COUNT                pulls eight devices out and plugs them in
 *
 * `feed` prints the names of the terminals, one a line, the bus last. It begins a second later and
 * sends on each port 50 frames of st_gs a second, each port in its own phase. A slave answers each
 * request 10 ms later, as at 9600 baud. Frame or answer n weighs n x 10 g, and the time before it
 * was written stands at place n of its port or slave in the file TIMES (int64, ns,
 * CLOCK_MONOTONIC), so that a reader in another process, or another language, knows how old a
 * reading is.
 *
 * `read`, `bare` and `hangup` print one line of tab-separated figures; see README.md. */
#include "../unit/pty_wire.h"
#include "hw/bus.h"
#include "hw/supervisor.h"
#include "kiosk/core/events.h"
#include "kiosk/shell/bus_thread.h"
#include "kiosk/shell/clock.h"
#include "kiosk/shell/io.h"
#include "kiosk/shell/waits.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <time.h>

enum {
    PORTS = 8,
    SLAVES = 8,
    SOURCES = PORTS + SLAVES,
    BUS_PERIOD_MS = 200, /* each slave is asked so often */
    ANSWER_NS = 10000000,
    REQUEST_BYTES = 8,
    ANSWER_BYTES = 9,
    HZ = 50,
    STEP_GRAMS = 10,
    SECONDS_MAX = 80,
    FRAMES_MAX = SECONDS_MAX * HZ,
    FRAME_MAX = 32
};

/* When each frame of each port and each answer of each slave was written, ns. */
struct times {
    int64_t ns[SOURCES][FRAMES_MAX];
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

static uint16_t crc_of(const uint8_t *bytes, size_t count)
{
    unsigned crc = 0xFFFF;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 1) != 0 ? crc >> 1 ^ 0xA001 : crc >> 1;
        }
    }
    return (uint16_t)crc;
}

struct slaves {
    int master;
    struct times *times;
    int answers[SLAVES];
};

static void answer(struct slaves *slaves, const uint8_t request[REQUEST_BYTES])
{
    const int slave = request[0] - 1;
    if (slave < 0 || slave >= SLAVES || request[1] != 3 || request[5] != 2 ||
        slaves->answers[slave] == FRAMES_MAX) {
        return;
    }
    const int n = slaves->answers[slave]++;
    const uint32_t grams = (uint32_t)n * STEP_GRAMS;
    uint8_t bytes[ANSWER_BYTES] = {request[0], 3, 4};
    for (int i = 0; i < 4; i++) {
        bytes[3 + i] = (uint8_t)(grams >> (24 - 8 * i));
    }
    const uint16_t crc = crc_of(bytes, ANSWER_BYTES - 2);
    bytes[7] = (uint8_t)crc;
    bytes[8] = (uint8_t)(crc >> 8);
    sleep_until(now_ns() + ANSWER_NS);
    slaves->times->ns[PORTS + slave][n] = now_ns();
    if (write(slaves->master, bytes, sizeof bytes) < 0) {
        perror("serial_bench: bus");
    }
}

/* All slaves of the bus, one after the other; ends with the process. */
static void *be_slaves(void *context)
{
    struct slaves *slaves = context;
    uint8_t request[REQUEST_BYTES];
    size_t count = 0;
    struct pollfd line = {.fd = slaves->master, .events = POLLIN};
    for (;;) {
        const ssize_t got = read(line.fd, request + count, sizeof request - count);
        if (got <= 0) {
            poll(&line, 1, -1);
            continue;
        }
        count += (size_t)got;
        if (count == sizeof request) {
            count = 0;
            if (crc_of(request, REQUEST_BYTES - 2) == (request[6] | request[7] << 8)) {
                answer(slaves, request);
            }
        }
    }
    return NULL;
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
    static struct slaves slaves;
    slaves = (struct slaves){.master = open_terminal(), .times = times};
    pthread_t bus;
    if (slaves.master < 0 || pthread_create(&bus, NULL, be_slaves, &slaves) != 0) {
        return fail("no bus");
    }
    pthread_detach(bus);
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

static void configure_bus(const char *device)
{
    struct port_settings *port = &settings.ports[PORTS];
    struct bus_settings *bus = &settings.buses[0];
    snprintf(settings.site.ports[PORTS], HW_PORT_NAME_MAX, "bus1");
    snprintf(port->device, sizeof port->device, "%s", device);
    snprintf(port->line, sizeof port->line, "9600/8n1");
    *bus = (struct bus_settings){
        .port = PORTS, .timeout_ms = BUS_TIMEOUT_DEFAULT_MS, .device_count = SLAVES};
    for (int i = 0; i < SLAVES; i++) {
        bus->devices[i] = modbus_row_find("weight")->map;
        bus->devices[i].address = i + 1;
        bus->devices[i].channel = i + 1;
        bus->devices[i].first = 0;
        bus->devices[i].period_ms = BUS_PERIOD_MS;
    }
    settings.bus_count = 1;
    settings.site.port_count = PORTS + 1;
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

/* When a reading was there, in the thread that made it; each place has one writer. */
static int64_t entered_ns[SOURCES][FRAMES_MAX];

struct figures {
    int64_t latencies[SOURCES * FRAMES_MAX];
    size_t count;
};
static struct figures entered, taken;

static int64_t *place_of(int64_t ns[SOURCES][FRAMES_MAX], const reading_t *reading)
{
    const int n = reading->grams / STEP_GRAMS;
    const int source =
        reading->port < PORTS ? reading->port : PORTS + reading->channel - 1; /* the bus */
    return reading->has_value && n >= 0 && n < FRAMES_MAX && source < SOURCES ? &ns[source][n]
                                                                              : NULL;
}

/* The linker puts this in front of ring_put(): a reading that is in the ring is a reading. */
bool __real_ring_put(struct ring *ring, const void *slot);
bool __wrap_ring_put(struct ring *ring, const void *slot);
bool __wrap_ring_put(struct ring *ring, const void *slot)
{
    const struct kiosk_input *input = slot;
    const bool done = __real_ring_put(ring, slot);
    int64_t *place = input->kind == INPUT_READING ? place_of(entered_ns, &input->u.reading) : NULL;
    if (place != NULL) {
        *place = now_ns();
    }
    return done;
}

static void add(struct figures *figures, int64_t begin_ns, int64_t end_ns)
{
    if (begin_ns != 0 && end_ns != 0 && figures->count < SOURCES * FRAMES_MAX) {
        figures->latencies[figures->count++] = end_ns - begin_ns;
    }
}

static int64_t of_thousand_us(struct figures *figures, size_t share)
{
    qsort(figures->latencies, figures->count, sizeof figures->latencies[0], compare);
    const size_t place = figures->count * share / 1000;
    return figures->latencies[place < figures->count ? place : figures->count - 1] / 1000;
}

static void take_latency(struct times *times, const reading_t *reading)
{
    const int64_t *written = place_of(times->ns, reading);
    if (written != NULL) {
        add(&taken, *written, now_ns());
    }
}

static bool next_input(struct bus_threads *buses, struct kiosk_input *input)
{
    return ring_take(&inputs, input) || bus_threads_take(buses, input);
}

static int read_ports(struct times *times, int seconds)
{
    struct io *io = start();
    struct bus_threads *buses = io == NULL ? NULL : bus_threads_start(&settings, wake);
    if (buses == NULL) {
        return fail("threads");
    }
    io_attend(io, true); /* somebody is there: each reading wakes main */
    bus_threads_attend(buses, true, false);
    const int64_t begin_ns = now_ns(), begin_cpu_ns = cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
    const int64_t begin_main_ns = cpu_ns(CLOCK_THREAD_CPUTIME_ID);
    const int64_t end_ns = begin_ns + (seconds + 1) * INT64_C(1000000000);
    while (now_ns() < end_ns) {
        struct kiosk_input input;
        wait_for_news(100);
        while (next_input(buses, &input)) {
            if (input.kind == INPUT_READING) {
                take_latency(times, &input.u.reading);
            }
        }
    }
    const int64_t taken_ns = now_ns() - begin_ns;
    const int64_t used_ns = cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - begin_cpu_ns;
    const int64_t main_ns = cpu_ns(CLOCK_THREAD_CPUTIME_ID) - begin_main_ns;
    io_stop(io);
    bus_threads_stop(buses);
    for (int source = 0; source < SOURCES; source++) {
        for (int n = 0; n < FRAMES_MAX; n++) {
            add(&entered, times->ns[source][n], entered_ns[source][n]);
        }
    }
    if (entered.count == 0 || taken.count == 0) {
        fprintf(stderr, "serial_bench: not one reading came: is `feed` running?\n");
        return 1;
    }
    printf("biaogan\t%zu\t%.2f\t%.2f\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\n",
           entered.count, percent(used_ns, taken_ns), percent(used_ns - main_ns, taken_ns),
           of_thousand_us(&entered, 500), of_thousand_us(&entered, 990),
           of_thousand_us(&entered, 1000), of_thousand_us(&taken, 990));
    return 0;
}

/* ---- bare ------------------------------------------------------------------------------------ */

/* What the kernel's own wake-up takes: nobody who waits for descriptors can be quicker. The bus is
 * left alone. */
static int read_bare(struct times *times, int seconds, char **names)
{
    struct waits waits;
    int fds[PORTS];
    bool is_open = waits_open(&waits);
    for (uint32_t i = 0; i < PORTS && is_open; i++) {
        fds[i] = open(names[i], O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        is_open = fds[i] >= 0 && waits_add(&waits, fds[i], i, true);
    }
    if (!is_open) {
        return fail("bare");
    }
    const int64_t begin_ns = now_ns(), begin_cpu_ns = cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
    const int64_t end_ns = begin_ns + (seconds + 1) * INT64_C(1000000000);
    while (now_ns() < end_ns) {
        uint32_t tags[WAITS_MAX];
        const int count = waits_for(&waits, true, 100, tags);
        for (int i = 0; i < count; i++) {
            char bytes[2 * FRAME_MAX] = "";
            const ssize_t got = read(fds[tags[i]], bytes, sizeof bytes - 1);
            const char *sign = got > 0 ? strchr(bytes, '+') : NULL;
            const long n = sign == NULL ? -1 : lround(strtod(sign + 1, NULL) * 100);
            if (n >= 0 && n < FRAMES_MAX) {
                add(&entered, times->ns[tags[i]][n], now_ns());
            }
        }
    }
    const double share =
        percent(cpu_ns(CLOCK_PROCESS_CPUTIME_ID) - begin_cpu_ns, now_ns() - begin_ns);
    if (entered.count == 0) {
        fprintf(stderr, "serial_bench: not one frame came: is `feed` running?\n");
        return 1;
    }
    const int64_t p99_us = of_thousand_us(&entered, 990);
    printf("bare\t%zu\t%.2f\t%.2f\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\n",
           entered.count, share, share, of_thousand_us(&entered, 500), p99_us,
           of_thousand_us(&entered, 1000), p99_us);
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
                        "bare TIMES SECONDS NAME...|hangup COUNT}\n");
        return 2;
    }
    struct times *times = map_times(argv[2]);
    if (times == NULL) {
        return fail(argv[2]);
    }
    if (strcmp(argv[1], "feed") == 0) {
        return feed(times, seconds);
    }
    if (argc != PORTS + 5) {
        fprintf(stderr, "serial_bench: name the nine terminals that `feed` printed\n");
        return 2;
    }
    if (strcmp(argv[1], "bare") == 0) {
        return read_bare(times, seconds, argv + 4);
    }
    for (int i = 0; i < PORTS; i++) {
        configure(i, argv[i + 4]);
    }
    configure_bus(argv[PORTS + 4]);
    return read_ports(times, seconds);
}
