/* Links on real descriptors. libserialport refuses pseudo-terminals, because they have no entry in
 * sysfs and no modem lines; a name that is reachable from both directories and an ioctl() that
 * answers for the lines let link_serial carry real bytes here. */
#include "hw/link.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

int ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    const long result = syscall(SYS_ioctl, fd, request, argument);
    if (result < 0 && errno == ENOTTY &&
        (request == TIOCMGET || request == TIOCMSET || request == TIOCMBIS ||
         request == TIOCMBIC)) {
        if (request == TIOCMGET) {
            *(int *)argument = 0;
        }
        return 0;
    }
    return (int)result;
}

enum { NAME_MAX_BYTES = 128 };

static int master;
static char slave[NAME_MAX_BYTES];
static char error[LINK_ERROR_MAX];

static int open_terminal(void **state)
{
    (void)state;
    master = posix_openpt(O_RDWR | O_NOCTTY);
    return master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0 &&
                   ptsname_r(master, slave, sizeof slave) == 0
               ? 0
               : -1;
}

static int close_terminal(void **state)
{
    (void)state;
    if (master >= 0) {
        close(master);
    }
    master = -1;
    return 0;
}

/* `link` is open on the slave side of `master`. */
static void check_traffic(struct link *link)
{
    static const uint8_t frame[] = {0x00, 0x03, 0x0D, 0x0A, 0x11, 0x13, 0x7F, 0xFF, 0x04};
    uint8_t bytes[64];
    assert_int_equal(link->ops->read(link, bytes, sizeof bytes), LINK_AGAIN);
    assert_int_equal(write(master, frame, sizeof frame), sizeof frame);
    assert_int_equal(link->ops->read(link, bytes, sizeof bytes), sizeof frame);
    assert_memory_equal(bytes, frame, sizeof frame);
    assert_int_equal(link->ops->read(link, bytes, sizeof bytes), LINK_AGAIN);
    assert_int_equal(link->ops->write(link, frame, sizeof frame), sizeof frame);
    assert_int_equal(read(master, bytes, sizeof bytes), sizeof frame);
    assert_memory_equal(bytes, frame, sizeof frame);
}

static void check_loss(struct link *link)
{
    uint8_t bytes[64];
    close(master);
    master = -1;
    assert_int_equal(link->ops->read(link, bytes, sizeof bytes), LINK_LOST);
    assert_int_equal(link->ops->write(link, bytes, 1), LINK_LOST);
    link->ops->close(link);
    assert_int_equal(link->fd, -1);
    link->ops->close(link);
    assert_int_equal(link->ops->read(link, bytes, sizeof bytes), LINK_LOST);
}

static void a_pty_carries_every_byte_both_ways(void **state)
{
    (void)state;
    struct link link;
    assert_int_equal(link_pty.open(&link, slave, "9600/8n1", error), 0);
    assert_true(link.fd >= 0);
    check_traffic(&link);
    check_loss(&link);
}

static void a_pty_that_is_not_there_says_so(void **state)
{
    (void)state;
    struct link link;
    assert_int_equal(link_pty.open(&link, "/dev/pts/nobody", "9600/8n1", error), -1);
    assert_int_equal(link.fd, -1);
    assert_non_null(strstr(error, "/dev/pts/nobody"));
    assert_int_equal(link_pty.open(&link, "/dev/null", "9600/8n1", error), -1);
    assert_int_equal(link.fd, -1);
    assert_non_null(strstr(error, "pseudo-terminal"));
    assert_int_equal(link_pty.open(&link, slave, "9600", error), -1);
    assert_non_null(strstr(error, "9600/8n1"));
    link_pty.close(&link);
}

/* A name that libserialport finds both below /dev and below /sys/class/tty. */
static void both_ways_name(char *alias, char *name)
{
    char directory[] = "/tmp/biaogan-link-XXXXXX";
    assert_non_null(mkdtemp(directory));
    snprintf(alias, NAME_MAX_BYTES, "%s/port", directory);
    snprintf(name, NAME_MAX_BYTES, "/dev/../../..%s", alias);
    assert_int_equal(symlink(slave, alias), 0);
}

/* libserialport looks into /sys, which a bare chroot lacks. */
static void need_sys(void)
{
    if (access("/sys/class/tty", F_OK) != 0) {
        print_message("/sys is not mounted: libserialport finds no port here\n");
        skip();
    }
}

static void remove_alias(char *alias)
{
    unlink(alias);
    *strrchr(alias, '/') = '\0';
    rmdir(alias);
}

static void a_serial_port_carries_every_byte_both_ways(void **state)
{
    (void)state;
    char alias[NAME_MAX_BYTES];
    char name[NAME_MAX_BYTES];
    struct link link;
    need_sys();
    both_ways_name(alias, name);
    const int result = link_serial.open(&link, name, "19200/8n1", error);
    remove_alias(alias);
    if (result != 0) {
        print_error("%s\n", error);
    }
    assert_int_equal(result, 0);
    struct termios settings;
    assert_int_equal(tcgetattr(link.fd, &settings), 0);
    assert_int_equal(cfgetispeed(&settings), B19200);
    assert_int_equal(settings.c_cc[VMIN], 1);
    check_traffic(&link);
    check_loss(&link);
}

static void a_setting_that_the_adapter_does_not_keep_is_an_error(void **state)
{
    (void)state;
    char alias[NAME_MAX_BYTES];
    char name[NAME_MAX_BYTES];
    struct link link;
    need_sys();
    both_ways_name(alias, name);
    /* A pseudo-terminal accepts seven bits and stays at eight. */
    const int result = link_serial.open(&link, name, "9600/7e1", error);
    remove_alias(alias);
    assert_int_equal(result, -1);
    assert_int_equal(link.fd, -1);
    assert_non_null(strstr(error, "9600/7e1"));
}

static void a_serial_port_belongs_to_one_program(void **state)
{
    (void)state;
    char alias[NAME_MAX_BYTES];
    char name[NAME_MAX_BYTES];
    struct link first;
    struct link second;
    need_sys();
    both_ways_name(alias, name);
    const int first_result = link_serial.open(&first, name, "9600/8n1", error);
    const int second_result = link_serial.open(&second, name, "9600/8n1", error);
    remove_alias(alias);
    assert_int_equal(first_result, 0);
    assert_int_equal(second_result, -1);
    assert_non_null(strstr(error, "stop the other program"));
    check_traffic(&first);
    link_serial.close(&first);
    link_serial.close(&second);
}

static void a_serial_port_that_is_not_there_says_so(void **state)
{
    (void)state;
    struct link link;
    assert_int_equal(link_serial.open(&link, "/dev/ttyNOBODY7", "9600/8n1", error), -1);
    assert_non_null(strstr(error, "/dev/ttyNOBODY7: no such device: "));
    assert_int_equal(link_serial.open(&link, "/dev/null", "9600/8n1", error), -1);
    assert_non_null(strstr(error, "/dev/null: no serial port: "));
    assert_int_equal(link_serial.open(&link, "/dev/null", "fast", error), -1);
    assert_non_null(strstr(error, "\"fast\""));
    link_serial.close(&link);
}

static void the_medium_follows_from_the_name(void **state)
{
    (void)state;
    char alias[NAME_MAX_BYTES];
    char name[NAME_MAX_BYTES];
    assert_ptr_equal(link_for_device(slave), &link_pty);
    assert_ptr_equal(link_for_device("/dev/pts/does-not-exist"), &link_pty);
    assert_ptr_equal(link_for_device("/dev/ttyUSB0"), &link_serial);
    assert_ptr_equal(link_for_device("/dev/serial/by-path/x"), &link_serial);
    both_ways_name(alias, name);
    assert_ptr_equal(link_for_device(alias), &link_pty);
    remove_alias(alias);
}

static void line_settings_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct link_line line;
    } good[] = {
        {"9600/8n1", {9600, 8, 'n', 1}},
        {"1200/7e2", {1200, 7, 'e', 2}},
        {"115200/8o1", {115200, 8, 'o', 1}},
        {"300/8n2", {300, 8, 'n', 2}},
    };
    static const char *const bad[] = {"",          "9600",      "9600/",     "9600/8n",
                                      "9600/8n3",  "9600/6n1",  "9600/8x1",  "9600/8N1",
                                      "/8n1",      "9600 8n1",  "9601/8n1",  "0/8n1",
                                      "-9600/8n1", "9600/8n1 ", "9600/8n11", "99999999999/8n1"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct link_line line;
        assert_true(link_line_parse(good[i].text, &line, error));
        assert_int_equal(line.baud, good[i].line.baud);
        assert_int_equal(line.data_bits, good[i].line.data_bits);
        assert_int_equal(line.parity, good[i].line.parity);
        assert_int_equal(line.stop_bits, good[i].line.stop_bits);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct link_line line;
        assert_false(link_line_parse(bad[i], &line, error));
        assert_non_null(strstr(error, "line setting"));
    }
}

static void a_recording_gives_its_bytes_in_pieces_and_is_lost_after_the_last(void **state)
{
    (void)state;
    struct replay_line line = {.most = 2};
    struct link link = {.private = &line};
    assert_int_equal(link_replay.open(&link, "a.capture", "9600/8n1", error), 0);
    uint8_t bytes[8];
    assert_int_equal(link.ops->read(&link, bytes, sizeof bytes), LINK_AGAIN);

    const uint8_t received[] = {1, 2, 3};
    line.bytes = received;
    line.count = sizeof received;
    line.lost = true;
    assert_int_equal(link.ops->read(&link, bytes, sizeof bytes), 2);
    assert_memory_equal(bytes, received, 2);
    assert_int_equal(link.ops->read(&link, bytes, sizeof bytes), 1);
    assert_int_equal(bytes[0], 3);
    assert_int_equal(link.ops->read(&link, bytes, sizeof bytes), LINK_LOST);
    assert_int_equal(link.ops->write(&link, received, 1), 1);
    link.ops->close(&link);
    assert_int_equal(link_replay.write(&link, received, 1), LINK_LOST);
    assert_int_equal(link_replay.open(&link, "a.capture", "9600", error), -1);
}

int main(void)
{
#define ON_A_TERMINAL(test) cmocka_unit_test_setup_teardown(test, open_terminal, close_terminal)
    const struct CMUnitTest tests[] = {
        ON_A_TERMINAL(a_pty_carries_every_byte_both_ways),
        ON_A_TERMINAL(a_pty_that_is_not_there_says_so),
        ON_A_TERMINAL(a_serial_port_carries_every_byte_both_ways),
        ON_A_TERMINAL(a_setting_that_the_adapter_does_not_keep_is_an_error),
        ON_A_TERMINAL(a_serial_port_belongs_to_one_program),
        ON_A_TERMINAL(the_medium_follows_from_the_name),
        cmocka_unit_test(a_serial_port_that_is_not_there_says_so),
        cmocka_unit_test(a_recording_gives_its_bytes_in_pieces_and_is_lost_after_the_last),
        cmocka_unit_test(line_settings_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
