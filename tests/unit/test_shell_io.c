/* The io thread on pseudo-terminals: what is plugged, cut and plugged in again by its name. Kiosk
 * time runs SPEED times faster, so that no test waits for a pause between two attempts. */
#include "hw/lid_board.h"
#include "kiosk/shell/clock.h"
#include "kiosk/shell/io.h"

#include <fcntl.h>
#include <libserialport.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

enum { SPEED = 100, HANG_UPS = 50, PATIENCE_MS = 20000, ATTEMPTS = 12 };

struct bench {
    char directory[64], socket[96]; /* the name that stands for the wire */
    struct settings settings;
    struct ring inputs;
    struct io *io;
    int wake, master;
    int attempted; /* one read for each attempt to open what is no port */
    uint8_t sequence;
};

static struct bench bench;

/* link_serial lists the ports that there are, once for each attempt that fails. */
enum sp_return sp_list_ports(struct sp_port ***ports)
{
    *ports = NULL;
    wake_up(bench.attempted);
    return SP_ERR_SUPP;
}

static void plug(void)
{
    char slave[64];
    bench.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(bench.master >= 0 && grantpt(bench.master) == 0 && unlockpt(bench.master) == 0);
    assert_int_equal(ptsname_r(bench.master, slave, sizeof slave), 0);
    struct termios raw;
    int holder = open(slave, O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(holder >= 0 && tcgetattr(holder, &raw) == 0);
    cfmakeraw(&raw);
    assert_int_equal(tcsetattr(holder, TCSANOW, &raw), 0);
    char beside[112];
    snprintf(beside, sizeof beside, "%s.new", bench.socket);
    assert_int_equal(symlink(slave, beside), 0);
    assert_int_equal(rename(beside, bench.socket), 0);
    close(holder);
}

static void cut(void)
{
    unlink(bench.socket);
    close(bench.master);
    bench.master = -1;
}

static void say(const void *bytes, size_t count)
{
    assert_int_equal(write(bench.master, bytes, count), count);
}

static void say_lid(const char *states)
{
    uint8_t line[LID_LINE_MAX];
    say(line, lid_line_write(1, bench.sequence++, states, line));
}

/* The next thing the io thread has to say; fails the test when nothing comes. */
static struct kiosk_input next_input(void)
{
    struct kiosk_input input;
    while (!ring_take(&bench.inputs, &input)) {
        struct pollfd wake = {.fd = bench.wake, .events = POLLIN};
        assert_int_equal(poll(&wake, 1, PATIENCE_MS), 1);
        wake_drain(bench.wake);
    }
    return input;
}

static void expect_lid(uint8_t channel, bool open)
{
    struct kiosk_input input = next_input();
    assert_int_equal(input.kind, INPUT_READING);
    assert_int_equal(input.u.reading.kind, READING_LID);
    assert_int_equal(input.u.reading.channel, channel);
    assert_int_equal(input.u.reading.lid_open, open);
}

static void expect_line(bool up)
{
    struct kiosk_input input = next_input();
    assert_int_equal(input.kind, INPUT_PORT);
    assert_int_equal(input.u.port.port, 0);
    assert_int_equal(input.u.port.up, up);
}

static void expect_silence(void)
{
    struct kiosk_input input;
    assert_false(ring_take(&bench.inputs, &input));
}

static int set_up(void **state)
{
    (void)state;
    bench = (struct bench){.master = -1};
    clock_start(SPEED);
    strcpy(bench.directory, "/tmp/biaogan-io-XXXXXX");
    assert_non_null(mkdtemp(bench.directory));
    snprintf(bench.socket, sizeof bench.socket, "%s/l1", bench.directory);
    char error[SETTINGS_ERROR_MAX];
    assert_int_equal(settings_read_simulated(&bench.settings, error), 0);
    int lids = settings_port(&bench.settings, "l1");
    bench.settings.ports[0] = bench.settings.ports[lids];
    strcpy(bench.settings.site.ports[0], "l1");
    strcpy(bench.settings.ports[0].device, bench.socket);
    bench.settings.site.port_count = 1;
    bench.wake = wake_open();
    bench.attempted = eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC);
    assert_true(ring_open(&bench.inputs, sizeof(struct kiosk_input), IO_RING_SLOTS));
    return 0;
}

static void start(void)
{
    const struct io_config config = {
        .settings = &bench.settings, .inputs = &bench.inputs, .wake = bench.wake};
    bench.io = io_start(&config);
    assert_non_null(bench.io);
    io_attend(bench.io, true); /* or an unchanged lid would wake nobody */
}

static int tear_down(void **state)
{
    (void)state;
    io_stop(bench.io);
    if (bench.master >= 0) {
        cut();
    }
    unlink(bench.socket);
    rmdir(bench.directory);
    ring_close(&bench.inputs);
    close(bench.wake);
    close(bench.attempted);
    return 0;
}

static void readings_arrive_with_their_channels(void **state)
{
    (void)state;
    plug();
    start();
    say_lid("OC");
    expect_lid(1, true);
    expect_lid(2, false);
    say_lid("CC");
    expect_lid(1, false);
    expect_lid(2, false);
    expect_silence();
}

/* Every frame begins in one reading and ends in the next. */
static void cut_frames_are_joined(void **state)
{
    (void)state;
    plug();
    start();
    uint8_t line[2 * LID_LINE_MAX];
    size_t count = lid_line_write(1, 0, "O", line);
    say(line, count);
    expect_lid(1, true);
    for (uint8_t i = 1; i < 20; i++) {
        count = lid_line_write(1, i, i % 2 == 0 ? "O" : "C", line);
        say(line, i);
        say(line + i, count - i);
        expect_lid(1, i % 2 == 0);
    }
}

static void a_hang_up_is_told_once_and_mended_by_name(void **state)
{
    (void)state;
    plug();
    start();
    say_lid("C");
    expect_lid(1, false);
    for (int i = 0; i < HANG_UPS; i++) {
        cut();
        expect_line(false);
        plug();
        expect_line(true);
        say_lid(i % 2 == 0 ? "O" : "C");
        expect_lid(1, i % 2 == 0);
        expect_silence();
    }
}

/* Half a frame before and half after would make a whole one that nobody sent. */
static void half_a_frame_dies_with_its_line(void **state)
{
    (void)state;
    uint8_t line[LID_LINE_MAX];
    size_t count = lid_line_write(1, 7, "O", line);
    plug();
    start();
    say_lid("C");
    expect_lid(1, false);
    say(line, count / 2);
    cut();
    expect_line(false);
    plug();
    expect_line(true);
    say(line + count / 2, count - count / 2);
    say_lid("C");
    expect_lid(1, false);
    expect_silence();
}

/* A plain file stands where the wire should be. */
static void nothing_spins_while_the_wire_is_away(void **state)
{
    (void)state;
    int file = open(bench.socket, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    close(file);
    int64_t began_ms = clock_now_ms();
    start();
    expect_line(false);
    for (int attempts = 0; attempts < ATTEMPTS; attempts++) {
        struct pollfd attempted = {.fd = bench.attempted, .events = POLLIN};
        uint64_t count = 0;
        assert_int_equal(poll(&attempted, 1, PATIENCE_MS), 1);
        assert_int_equal(read(bench.attempted, &count, sizeof count), sizeof count);
    }
    /* The first attempt is free; the pauses grow: 250, 500, 1000, 2000, 2000 ... */
    assert_true(clock_now_ms() - began_ms >= 250 + 500 + 1000 + (ATTEMPTS - 4) * 2000);
    unlink(bench.socket);
    plug();
    expect_line(true);
    say_lid("O");
    expect_lid(1, true);
    expect_silence();
}

static void a_wire_that_was_never_there_is_told_once(void **state)
{
    (void)state;
    start();
    expect_line(false);
    plug();
    expect_line(true);
    say_lid("O");
    expect_lid(1, true);
    expect_silence();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(readings_arrive_with_their_channels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cut_frames_are_joined, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_hang_up_is_told_once_and_mended_by_name, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(half_a_frame_dies_with_its_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_spins_while_the_wire_is_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_wire_that_was_never_there_is_told_once, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
