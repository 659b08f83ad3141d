/* The io thread on pseudo-terminals: hang-ups under load, wrong devices, exchanged adapters. Kiosk
 * time runs a hundred times faster, so that pauses of seconds cost milliseconds; nothing here
 * depends on how long anything takes. */
#include "hw/lid_line.h"
#include "kiosk/core/events.h"
#include "kiosk/shell/clock.h"
#include "kiosk/shell/io.h"
#include "pty_wire.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    SPEED = 100,
    HANG_UPS = 500,
    PATIENCE = 20000,  /* looks of a millisecond before a test gives up */
    HALF_GRAMS = 99000 /* the value of frames that are never sent whole */
};

/* What main heard since the test looked last. */
static struct {
    int readings, last_grams, first_grams, ups, downs;
    port_status_t status[HW_PORTS_MAX];
    int statuses[HW_PORTS_MAX];
    int port_readings[HW_PORTS_MAX];
    int port_grams[HW_PORTS_MAX]; /* the last of each port */
    int least_grams, most_grams;
    char card[HW_CARD_MAX];
} heard;

static char directory[PTY_WIRE_NAME_MAX / 2];
static struct settings *settings;
static struct ring inputs;
static struct io *io;
static int wake;
static struct pty_wire wires[2];

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

static void plug(struct pty_wire *wire)
{
    pthread_mutex_lock(&adapters_lock);
    const bool is_plugged = pty_wire_plug(wire);
    pthread_mutex_unlock(&adapters_lock);
    assert_true(is_plugged);
}

static void say_grams(const struct pty_wire *wire, int grams)
{
    char frame[32];
    snprintf(frame, sizeof frame, "ST,GS,+%3d.%03dkg\r\n", grams / 1000, grams % 1000);
    pty_wire_say(wire, frame);
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
        heard.port_grams[input->u.reading.port] = input->u.reading.grams;
        memcpy(heard.card, input->u.reading.card, sizeof heard.card);
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
        wires[i] = (struct pty_wire){.master = -1};
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
    pty_wire_unplug(&wires[0]);
    pty_wire_unplug(&wires[1]);
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
        pty_wire_say(&wires[0], "ST,GS,+ 99.0");
        assert_true(HALF_GRAMS > heard.most_grams);
        pty_wire_unplug(&wires[0]);
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
    pty_wire_say(&wires[0], "\r\n");
    UNTIL(heard.readings > 0, pty_wire_say(&wires[0], "\x02+0020002"
                                                      "1B\x03"));
    UNTIL(heard.status[0].state == PORT_TRUSTED, );
    assert_int_equal(heard.status[0].fault, PORT_FAULT_NONE);
    assert_int_equal(heard.ups, 1);
    assert_true(heard.status[0].rejects[REJECT_NOISE] > 0);
}

/* Answers each request as an MT-SICS scale does; returns how many came. */
static int answer(const struct pty_wire *wire)
{
    static const char request[] = "SI\r\n";
    char bytes[256];
    const ssize_t got = read(wire->master, bytes, sizeof bytes);
    const size_t count = got > 0 ? (size_t)got : 0;
    int requests = 0;
    for (size_t at = 0; at + sizeof request - 1 <= count; at += sizeof request - 1) {
        assert_memory_equal(bytes + at, request, sizeof request - 1);
        pty_wire_say(wire, "S S      1.234 kg\r\n");
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
    pty_wire_unplug(&wires[0]);
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
    pty_wire_unplug(&wires[0]);
    pty_wire_unplug(&wires[1]);
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

static void say_crosswise(void)
{
    say_grams(&wires[0], 6000);
    say_grams(&wires[1], 5000);
}

/* Both away at the same time, and main knows. */
static void unplug_both(void)
{
    pty_wire_unplug(&wires[0]);
    pty_wire_unplug(&wires[1]);
    UNTIL(heard.status[0].state == PORT_LOST && heard.status[1].state == PORT_LOST, );
}

/* Two adapters that nothing but their sockets tells apart, each in the other one's. */
static void exchange_alike_adapters(void)
{
    plug(&wires[0]);
    plug(&wires[1]);
    start(2, "st_gs");
    UNTIL(heard.port_readings[0] > 0 && heard.port_readings[1] > 0, say_both());
    unplug_both();
    forget();
    plug(&wires[0]);
    plug(&wires[1]);
    UNTIL(heard.status[0].fault == PORT_FAULT_WRONG_DEVICE &&
              heard.status[1].fault == PORT_FAULT_WRONG_DEVICE,
          say_crosswise());
    assert_int_equal(heard.readings, 0);
    assert_int_equal(heard.ups, 0);
}

static void exchanged_adapters_that_look_alike_are_noticed(void **state)
{
    (void)state;
    exchange_alike_adapters();
    unplug_both();
    forget();
    plug(&wires[0]);
    plug(&wires[1]);
    UNTIL(heard.port_readings[0] > 0 && heard.port_readings[1] > 0, say_both());
    assert_int_equal(heard.port_grams[0], 5000);
    assert_int_equal(heard.port_grams[1], 6000);
    assert_int_equal(heard.ups, 2);
}

static void a_technician_may_say_that_it_is_right(void **state)
{
    (void)state;
    exchange_alike_adapters();
    pty_wire_unplug(&wires[0]);
    UNTIL(heard.status[0].state == PORT_LOST, say_crosswise());
    plug(&wires[0]);
    UNTIL(heard.status[0].fault == PORT_FAULT_WRONG_DEVICE, say_crosswise());
    assert_int_equal(heard.readings, 0);
    io_watch(io, true);
    pty_wire_unplug(&wires[0]);
    UNTIL(heard.status[0].state == PORT_LOST, say_crosswise());
    plug(&wires[0]);
    UNTIL(heard.port_readings[0] > 0 && heard.port_readings[1] > 0, say_crosswise());
    assert_int_equal(heard.port_grams[0], 6000);
    assert_int_equal(heard.port_grams[1], 5000);
}

static void alike_adapters_with_equal_weights_are_believed(void **state)
{
    (void)state;
    plug(&wires[0]);
    plug(&wires[1]);
    start(2, "st_gs");
    UNTIL(heard.port_readings[0] > 0 && heard.port_readings[1] > 0, {
        say_grams(&wires[0], 5000);
        say_grams(&wires[1], 5300);
    });
    unplug_both();
    forget();
    plug(&wires[0]);
    plug(&wires[1]);
    UNTIL(heard.port_readings[0] > 0 && heard.port_readings[1] > 0, {
        say_grams(&wires[0], 5300);
        say_grams(&wires[1], 5000);
    });
}

static void silence_ends_what_a_reader_says(void **state)
{
    (void)state;
    start(1, "qr_line");
    plug(&wires[0]);
    UNTIL(heard.status[0].state == PORT_TRUSTED, );
    pty_wire_say(&wires[0], "6901234567892");
    UNTIL(heard.readings == 1, );
    assert_string_equal(heard.card, "6901234567892");
    pty_wire_say(&wires[0], "330104");
    UNTIL(heard.readings == 2, );
    assert_string_equal(heard.card, "330104");
}

static void each_card_wakes_main(void **state)
{
    (void)state;
    start(1, "qr_line");
    plug(&wires[0]);
    UNTIL(heard.status[0].state == PORT_TRUSTED, );
    for (int cards = 1; cards <= 3; cards++) {
        pty_wire_say(&wires[0], "6901234567892\r\n");
        while (heard.readings < cards) {
            struct pollfd fd = {.fd = wake, .events = POLLIN};
            assert_int_equal(poll(&fd, 1, PATIENCE), 1);
            look();
        }
    }
}

static void a_new_adapter_is_no_exchange(void **state)
{
    (void)state;
    serials[0] = "A1";
    plug(&wires[0]);
    start(1, "st_gs");
    UNTIL(heard.readings > 0, say_grams(&wires[0], 5000));
    pty_wire_unplug(&wires[0]);
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

/* What the kiosk said on the wire since the test looked last is in `said`. */
static char said[128];

static bool hears(const struct pty_wire *wire, const char *wanted)
{
    size_t length = strlen(said);
    const ssize_t got = read(wire->master, said + length, sizeof said - 1 - length);
    said[length + (got > 0 ? (size_t)got : 0)] = '\0';
    return strcmp(said, wanted) == 0;
}

static void a_scale_is_told_its_zero_and_tare_once(void **state)
{
    (void)state;
    said[0] = '\0';
    start(1, "and_std");
    io_command(io, 0, HW_COMMAND_ZERO); /* before it is there: lost, and not kept for later */
    poll(NULL, 0, 20);
    plug(&wires[0]);
    UNTIL(heard.readings > 0, pty_wire_say(&wires[0], "ST,+0001.000 kg\r\n"));
    io_command(io, 0, HW_COMMAND_TARE);
    UNTIL(hears(&wires[0], "T\r\n"), );
    io_command(io, 0, HW_COMMAND_ZERO);
    UNTIL(hears(&wires[0], "T\r\nZ\r\n"), );
    io_command(io, 9, HW_COMMAND_ZERO); /* no such port */
    io_unlock(io, 0, 1);                /* a scale has no lock */
    poll(NULL, 0, 20);
    assert_true(hears(&wires[0], "T\r\nZ\r\n"));
}

static void a_lock_is_opened_by_its_board(void **state)
{
    (void)state;
    uint8_t wanted[LID_LINE_MAX + 1], status[LID_LINE_MAX + 1];
    said[0] = '\0';
    wanted[lid_line_write_unlock(1, 3, wanted)] = '\0';
    status[lid_line_write(1, 0, "CCCC", status)] = '\0';
    start(1, "lid_line");
    plug(&wires[0]);
    UNTIL(heard.readings > 0, pty_wire_say(&wires[0], (const char *)status));
    io_unlock(io, 0, 3);
    UNTIL(hears(&wires[0], (const char *)wanted), );
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
        cmocka_unit_test_setup_teardown(exchanged_adapters_that_look_alike_are_noticed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_technician_may_say_that_it_is_right, set_up, tear_down),
        cmocka_unit_test_setup_teardown(alike_adapters_with_equal_weights_are_believed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(silence_ends_what_a_reader_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_card_wakes_main, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_adapter_is_no_exchange, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_absent_at_the_start_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_scale_is_told_its_zero_and_tare_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lock_is_opened_by_its_board, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counters_go_up_only_while_somebody_looks, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
