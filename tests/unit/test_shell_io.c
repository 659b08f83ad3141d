/* The io thread on pseudo-terminals: hang-ups under load, wrong devices, exchanged adapters. Kiosk
 * time runs a hundred times faster, so that pauses of seconds cost milliseconds; nothing here
 * depends on how long anything takes. */
#include "kiosk/core/events.h"
#include "kiosk/shell/clock.h"
#include "kiosk/shell/io.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    SPEED = 100,
    HANG_UPS = 500,
    PATIENCE = 20000, /* looks of a millisecond before a test gives up */
    NAME_MAX_BYTES = 96,
    HALF_GRAMS = 99000 /* the value of frames that are never sent whole */
};

/* One wire: a name like those of sockets, and the terminal behind it. */
struct wire {
    char name[NAME_MAX_BYTES];
    char device[NAME_MAX_BYTES]; /* /dev/pts/N, "" while unplugged */
    int master;
};

/* What main heard since the test looked last. */
static struct {
    int readings, last_grams, first_grams, ups, downs;
    port_status_t status[HW_PORTS_MAX];
    int statuses[HW_PORTS_MAX];
    int port_readings[HW_PORTS_MAX];
    int least_grams, most_grams;
} heard;

static char directory[NAME_MAX_BYTES / 2];
static struct settings *settings;
static struct ring inputs;
static struct io *io;
static int wake;
static struct wire wires[2];

/* ---- adapters that the test plugs in --------------------------------------------------------- */

static pthread_mutex_t adapters_lock = PTHREAD_MUTEX_INITIALIZER;
static const char *serials[2]; /* behind wires[i]; NULL: none */

static int find_adapters(void *context, struct port_entry *entries, int most)
{
    (void)context;
    int count = 0;
    pthread_mutex_lock(&adapters_lock);
    for (int i = 0; i < 2 && count < most; i++) {
        if (serials[i] != NULL && wires[i].device[0] != '\0') {
            struct port_entry *entry = &entries[count++];
            snprintf(entry->device, sizeof entry->device, "%s", wires[i].device);
            entry->identity = (struct port_identity){
                .is_usb = true, .vid = 0x0403, .pid = 0x6001, .bus = 1, .address = i + 1};
            snprintf(entry->identity.serial, PORTS_TEXT_MAX, "%s", serials[i]);
        }
    }
    pthread_mutex_unlock(&adapters_lock);
    return count;
}

static const struct ports_source source = {.find = find_adapters, .serial_directory = "/nowhere"};

/* ---- wires ----------------------------------------------------------------------------------- */

static void plug(struct wire *wire)
{
    char fresh[NAME_MAX_BYTES + 4];
    pthread_mutex_lock(&adapters_lock);
    wire->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    assert_true(wire->master >= 0 && grantpt(wire->master) == 0 && unlockpt(wire->master) == 0);
    assert_int_equal(ptsname_r(wire->master, wire->device, sizeof wire->device), 0);
    pthread_mutex_unlock(&adapters_lock);
    struct termios raw;
    assert_int_equal(tcgetattr(wire->master, &raw), 0);
    cfmakeraw(&raw);
    assert_int_equal(tcsetattr(wire->master, TCSANOW, &raw), 0);
    snprintf(fresh, sizeof fresh, "%s.new", wire->name);
    assert_int_equal(symlink(wire->device, fresh), 0);
    assert_int_equal(rename(fresh, wire->name), 0);
}

static void unplug(struct wire *wire)
{
    if (wire->master >= 0) {
        unlink(wire->name);
        close(wire->master);
        wire->master = -1;
    }
}

static void say(const struct wire *wire, const char *text)
{
    /* A full line loses its bytes, as a real one does. */
    ssize_t ignored = write(wire->master, text, strlen(text));
    (void)ignored;
}

static void say_grams(const struct wire *wire, int grams)
{
    char frame[32];
    snprintf(frame, sizeof frame, "ST,GS,+%3d.%03dkg\r\n", grams / 1000, grams % 1000);
    say(wire, frame);
}

/* ---- main's side ----------------------------------------------------------------------------- */

static void take(const struct kiosk_input *input)
{
    switch (input->kind) {
    case INPUT_READING:
        heard.first_grams = heard.readings == 0 ? input->u.reading.grams : heard.first_grams;
        heard.last_grams = input->u.reading.grams;
        heard.least_grams =
            heard.last_grams < heard.least_grams ? heard.last_grams : heard.least_grams;
        heard.most_grams =
            heard.last_grams > heard.most_grams ? heard.last_grams : heard.most_grams;
        heard.port_readings[input->u.reading.port]++;
        heard.readings++;
        break;
    case INPUT_PORT:
        heard.ups += input->u.port.up;
        heard.downs += !input->u.port.up;
        break;
    case INPUT_PORT_STATUS:
        heard.status[input->u.port_status.port] = input->u.port_status;
        heard.statuses[input->u.port_status.port]++;
        break;
    default:
        fail();
    }
}

static void forget(void)
{
    memset(&heard, 0, sizeof heard);
    heard.least_grams = INT32_MAX;
    heard.most_grams = INT32_MIN;
}

/* Looks what came, for at most a millisecond. */
static void look(void)
{
    struct pollfd fd = {.fd = wake, .events = POLLIN};
    if (poll(&fd, 1, 1) > 0) {
        wake_drain(wake);
    }
    struct kiosk_input input;
    while (ring_take(&inputs, &input)) {
        take(&input);
    }
}

#define UNTIL(condition, action)                                                                   \
    do {                                                                                           \
        int patience = PATIENCE;                                                                   \
        for (; !(condition) && patience > 0; patience--) {                                         \
            action;                                                                                \
            look();                                                                                \
        }                                                                                          \
        assert_true(patience > 0);                                                                 \
    } while (0)

/* ---- each test ------------------------------------------------------------------------------- */

static int set_up(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "%s", "/tmp/biaogan-io-XXXXXX");
    settings = calloc(1, sizeof *settings);
    wake = wake_open();
    if (mkdtemp(directory) == NULL || settings == NULL || wake < 0 ||
        !ring_open(&inputs, sizeof(struct kiosk_input), IO_RING_SLOTS)) {
        return -1;
    }
    serials[0] = serials[1] = NULL;
    for (int i = 0; i < 2; i++) {
        wires[i] = (struct wire){.master = -1};
        snprintf(wires[i].name, sizeof wires[i].name, "%s/socket%d", directory, i);
    }
    forget();
    return 0;
}

static void start(int ports, const char *protocol)
{
    settings->site.port_count = (uint8_t)ports;
    for (int i = 0; i < ports; i++) {
        struct port_settings *port = &settings->ports[i];
        snprintf(settings->site.ports[i], HW_PORT_NAME_MAX, "s%d", i + 1);
        snprintf(port->device, sizeof port->device, "%s", wires[i].name);
        port->driver = hw_driver_find(protocol);
        snprintf(port->protocol, sizeof port->protocol, "%s", protocol);
        snprintf(port->line, sizeof port->line, "%s", port->driver->line);
        snprintf(port->unit, sizeof port->unit, "kg");
        port->equal_frames = 1;
        port->checksum = port->driver->checksum_default;
    }
    const struct io_config config = {
        .settings = settings, .inputs = &inputs, .wake = wake, .source = &source};
    io = io_start(&config);
    assert_non_null(io);
}

static int tear_down(void **state)
{
    (void)state;
    io_stop(io);
    io = NULL;
    unplug(&wires[0]);
    unplug(&wires[1]);
    ring_close(&inputs);
    close(wake);
    free(settings);
    rmdir(directory);
    return 0;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void nothing_is_read_before_three_frames(void **state)
{
    (void)state;
    start(1, "st_gs");
    plug(&wires[0]);
    UNTIL(heard.status[0].state == PORT_CHECKING, );
    assert_int_equal(heard.readings, 0);
    say_grams(&wires[0], 1000);
    say_grams(&wires[0], 2000);
    io_watch(io, true);
    UNTIL(heard.status[0].frames == 2, );
    assert_int_equal(heard.readings, 0);
    UNTIL(heard.readings > 0, say_grams(&wires[0], 3000));
    assert_int_equal(heard.first_grams, 3000);
    UNTIL(heard.status[0].state == PORT_TRUSTED, );
}

static void five_hundred_hang_ups_under_load(void **state)
{
    (void)state;
    start(1, "st_gs");
    for (int i = 0; i < HANG_UPS; i++) {
        /* Each frame of each round has a weight of its own; the third is the first to be read. */
        const int base = i % 90 * 1000;
        int sent = 0;
        forget();
        plug(&wires[0]);
        UNTIL(heard.readings > 0, say_grams(&wires[0], base + sent++ % 900));
        assert_true(heard.first_grams >= base + 2);
        assert_true(heard.most_grams < base + 900);
        assert_true(heard.least_grams >= base);
        assert_true(heard.readings <= sent - 2);
        const int downs = heard.downs;
        say(&wires[0], "ST,GS,+ 99.0");
        assert_true(HALF_GRAMS > heard.most_grams);
        unplug(&wires[0]);
        UNTIL(heard.downs > downs, );
        assert_true(heard.most_grams < base + 900);
    }
    UNTIL(heard.status[0].disconnects == HANG_UPS, );
}

static void frames_of_another_protocol_are_a_wrong_device(void **state)
{
    (void)state;
    start(1, "yaohua_tf0");
    plug(&wires[0]);
    UNTIL(heard.status[0].fault == PORT_FAULT_WRONG_DEVICE && heard.downs == 1,
          say_grams(&wires[0], 1234));
    assert_int_equal(heard.readings, 0);
    say(&wires[0], "\r\n");
    UNTIL(heard.readings > 0, say(&wires[0], "\x02+0020002"
                                             "1B\x03"));
    UNTIL(heard.status[0].state == PORT_TRUSTED, );
    assert_int_equal(heard.status[0].fault, PORT_FAULT_NONE);
    assert_int_equal(heard.ups, 1);
    assert_true(heard.status[0].rejects[REJECT_NOISE] > 0);
}

/* Answers each request as an MT-SICS scale does; returns how many came. */
static int answer(const struct wire *wire)
{
    static const char request[] = "SI\r\n";
    char bytes[256];
    const ssize_t got = read(wire->master, bytes, sizeof bytes);
    const size_t count = got > 0 ? (size_t)got : 0;
    int requests = 0;
    for (size_t at = 0; at + sizeof request - 1 <= count; at += sizeof request - 1) {
        assert_memory_equal(bytes + at, request, sizeof request - 1);
        say(wire, "S S      1.234 kg\r\n");
        requests++;
    }
    return requests;
}

static void a_polled_device_is_asked_until_it_answers(void **state)
{
    (void)state;
    int requests = 0;
    start(1, "mt_sics");
    plug(&wires[0]);
    UNTIL(heard.readings > 5, requests += answer(&wires[0]));
    assert_int_equal(heard.last_grams, 1234);
    assert_true(heard.readings <= requests - 2);
    unplug(&wires[0]);
    const int before = heard.readings;
    plug(&wires[0]);
    UNTIL(heard.readings > before, answer(&wires[0]));
}

static void two_ports_on_one_device_are_both_refused(void **state)
{
    (void)state;
    plug(&wires[0]);
    assert_int_equal(symlink(wires[0].device, wires[1].name), 0);
    start(2, "st_gs");
    UNTIL(heard.status[0].fault == PORT_FAULT_DUPLICATE &&
              heard.status[1].fault == PORT_FAULT_DUPLICATE && heard.downs == 2,
          say_grams(&wires[0], 5000));
    assert_int_equal(heard.readings, 0);
    unlink(wires[1].name);
    plug(&wires[1]);
    UNTIL(heard.port_readings[0] > 0 && heard.port_readings[1] > 0, {
        say_grams(&wires[0], 5000);
        say_grams(&wires[1], 6000);
    });
    assert_int_equal(heard.ups, 2);
}

static void a_name_that_turns_to_anothers_device_stops_both(void **state)
{
    (void)state;
    plug(&wires[0]);
    start(2, "st_gs");
    UNTIL(heard.port_readings[0] > 0, say_grams(&wires[0], 5000));
    assert_int_equal(symlink(wires[0].device, wires[1].name), 0);
    UNTIL(heard.status[0].fault == PORT_FAULT_DUPLICATE &&
              heard.status[1].fault == PORT_FAULT_DUPLICATE,
          say_grams(&wires[0], 5000));
    assert_int_equal(heard.port_readings[1], 0);
    unlink(wires[1].name);
}

static void say_both(void)
{
    say_grams(&wires[0], 5000);
    say_grams(&wires[1], 6000);
}

static void exchanged_adapters_are_noticed(void **state)
{
    (void)state;
    serials[0] = "A1";
    serials[1] = "A2";
    plug(&wires[0]);
    plug(&wires[1]);
    start(2, "st_gs");
    UNTIL(heard.port_readings[0] > 0 && heard.port_readings[1] > 0, say_both());
    unplug(&wires[0]);
    unplug(&wires[1]);
    UNTIL(heard.downs == 2, );
    forget();
    pthread_mutex_lock(&adapters_lock);
    serials[0] = "A2";
    serials[1] = "A1";
    pthread_mutex_unlock(&adapters_lock);
    plug(&wires[0]);
    plug(&wires[1]);
    UNTIL(heard.status[0].fault == PORT_FAULT_WRONG_DEVICE &&
              heard.status[1].fault == PORT_FAULT_WRONG_DEVICE,
          say_both());
    assert_int_equal(heard.readings, 0);
    pthread_mutex_lock(&adapters_lock);
    serials[0] = "A1";
    serials[1] = "A2";
    pthread_mutex_unlock(&adapters_lock);
    UNTIL(heard.port_readings[0] > 0 && heard.port_readings[1] > 0, say_both());
}

static void a_new_adapter_is_no_exchange(void **state)
{
    (void)state;
    serials[0] = "A1";
    plug(&wires[0]);
    start(1, "st_gs");
    UNTIL(heard.readings > 0, say_grams(&wires[0], 5000));
    unplug(&wires[0]);
    UNTIL(heard.downs == 1, );
    forget();
    pthread_mutex_lock(&adapters_lock);
    serials[0] = "B7";
    pthread_mutex_unlock(&adapters_lock);
    plug(&wires[0]);
    UNTIL(heard.readings > 0, say_grams(&wires[0], 5000));
}

static void what_is_absent_at_the_start_is_said(void **state)
{
    (void)state;
    start(1, "st_gs");
    UNTIL(heard.statuses[0] > 0 && heard.downs == 1, );
    assert_int_equal(heard.status[0].state, PORT_ABSENT);
    assert_int_equal(heard.status[0].fault, PORT_FAULT_ABSENT);
    plug(&wires[0]);
    UNTIL(heard.readings > 0, say_grams(&wires[0], 5000));
    assert_int_equal(heard.ups, 1);
}

static void counters_go_up_only_while_somebody_looks(void **state)
{
    (void)state;
    start(1, "st_gs");
    plug(&wires[0]);
    UNTIL(heard.status[0].state == PORT_TRUSTED, say_grams(&wires[0], 5000));
    const uint64_t frames = heard.status[0].frames;
    const int readings = heard.readings + 30;
    UNTIL(heard.readings > readings, say_grams(&wires[0], 5000));
    assert_true(heard.status[0].frames <= frames + 30);
    io_watch(io, true);
    UNTIL(heard.status[0].frames > frames + 30, say_grams(&wires[0], 5000));
    assert_true(heard.status[0].last_frame_ms > 0);
}

int main(void)
{
    clock_start(SPEED);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_read_before_three_frames, set_up, tear_down),
        cmocka_unit_test_setup_teardown(five_hundred_hang_ups_under_load, set_up, tear_down),
        cmocka_unit_test_setup_teardown(frames_of_another_protocol_are_a_wrong_device, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_polled_device_is_asked_until_it_answers, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(two_ports_on_one_device_are_both_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_name_that_turns_to_anothers_device_stops_both, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(exchanged_adapters_are_noticed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_adapter_is_no_exchange, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_absent_at_the_start_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counters_go_up_only_while_somebody_looks, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
