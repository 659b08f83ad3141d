/* `biaogan probe` on a pseudo-terminal, as a technician meets it: what it finds, what it says, what
 * it never sends. The command runs in a process of its own; the test is the device. */
#include "kiosk/shell/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

enum { NAME_MAX_BYTES = 64, TEXT_MAX = 8192, ARGUMENTS_MAX = 12, FRAME_EVERY_MS = 10 };

static int master;
static char device[NAME_MAX_BYTES];
static char out[TEXT_MAX], err[TEXT_MAX], asked[TEXT_MAX];
static size_t asked_count;
static const char *request; /* the device answers this; NULL: it speaks by itself */

static int plug(void **state)
{
    (void)state;
    struct termios raw;
    master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 ||
        ptsname_r(master, device, sizeof device) != 0 || tcgetattr(master, &raw) != 0) {
        return -1;
    }
    cfmakeraw(&raw);
    asked_count = 0;
    request = NULL;
    return tcsetattr(master, TCSANOW, &raw);
}

static int unplug(void **state)
{
    (void)state;
    if (master >= 0) {
        close(master);
    }
    return 0;
}

static void read_all(int fd, char text[TEXT_MAX])
{
    size_t count = 0;
    ssize_t got;
    while (count < TEXT_MAX - 1 && (got = read(fd, text + count, TEXT_MAX - 1 - count)) > 0) {
        count += (size_t)got;
    }
    text[count] = '\0';
}

static bool answers(const uint8_t *bytes, size_t count)
{
    return request != NULL && count == strlen(request) && memcmp(bytes, request, count) == 0;
}

/* The frames of the device, one after the other, until the command ends. */
static void be_device(int done, const char *const *frames)
{
    struct pollfd fds[2] = {{.fd = done, .events = POLLHUP}, {.fd = master, .events = POLLIN}};
    for (size_t i = 0;;) {
        poll(fds, 2, FRAME_EVERY_MS);
        if ((fds[0].revents & POLLHUP) != 0) {
            return;
        }
        bool speaks = frames != NULL && request == NULL;
        if ((fds[1].revents & POLLIN) != 0) {
            const ssize_t got = read(master, asked + asked_count, sizeof asked - asked_count);
            const size_t count = got > 0 ? (size_t)got : 0;
            speaks = speaks || answers((const uint8_t *)asked + asked_count, count);
            asked_count += count;
        }
        if (speaks) {
            const ssize_t ignored = write(master, frames[i], strlen(frames[i]));
            (void)ignored;
            i = frames[i + 1] != NULL ? i + 1 : 0;
        }
    }
}

/* Exit code of `biaogan probe DEVICE ARGUMENTS`, its output in `out` and `err`. */
static int probe(const char *const *frames, const char *const *arguments)
{
    int outputs[2], errors[2], done[2];
    assert_true(pipe(outputs) == 0 && pipe(errors) == 0 && pipe(done) == 0);
    fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char *argv[ARGUMENTS_MAX] = {(char *)"probe", device};
        int argc = 2;
        for (; arguments[argc - 2] != NULL; argc++) {
            argv[argc] = (char *)arguments[argc - 2];
        }
        close(master);
        close(done[0]);
        dup2(outputs[1], STDOUT_FILENO);
        dup2(errors[1], STDERR_FILENO);
        const int result = command_probe(argc, argv);
        fflush(NULL);
        _exit(result);
    }
    close(outputs[1]);
    close(errors[1]);
    close(done[1]);
    be_device(done[0], frames);
    read_all(outputs[0], out);
    read_all(errors[0], err);
    close(outputs[0]);
    close(errors[0]);
    close(done[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define FRAMES(...)    ((const char *const[]){__VA_ARGS__, NULL})

static const char *second_line(void)
{
    const char *line = strchr(out, '\n');
    return line != NULL ? line + 1 : "";
}

static void a_streaming_scale_is_found(void **state)
{
    (void)state;
    assert_int_equal(probe(FRAMES("\x02+0020002"
                                  "1B\x03"),
                           ARGUMENTS("--seconds", "5")),
                     0);
    static const char header[] =
        "line\tprotocol\tframes\trejects\tscore\tsample\tdecoded\toptions\n";
    assert_memory_equal(out, header, sizeof header - 1);
    assert_non_null(strstr(second_line(), "\tyaohua_tf0\t"));
    assert_non_null(strstr(second_line(), "\t02 2B 30 30 32 30 30 30 32 31 42 03\tok 20.00\t-\n"));
    assert_non_null(strstr(err, "protocol = \"yaohua_tf0\""));
}

static void seven_bits_are_found_with_their_mask(void **state)
{
    (void)state;
    /* "ST,GS,+  1.234kg" CR LF with even parity in bit 8 */
    assert_int_equal(
        probe(FRAMES("\x53\xD4\xAC\x47\x53\xAC\x2B\xA0\xA0\xB1\x2E\xB2\x33\xB4\xEB\xE7\x8D\x0A"),
              ARGUMENTS("--seconds", "5", "--protocol", "st_gs")),
        0);
    assert_non_null(strstr(out, "\tok 1.234 kg\tmask7\n"));
    assert_non_null(strstr(err, "mask7 = true;"));
}

static void nothing_understood_says_what_was_seen(void **state)
{
    (void)state;
    assert_int_equal(probe(FRAMES("\x9F\xFE\x81", "\x8C"), ARGUMENTS("--seconds", "1")), 1);
    assert_string_equal(second_line(), "");
    assert_non_null(strstr(err, "nothing understood"));
    assert_non_null(strstr(err, "bytes/s"));
    assert_non_null(strstr(err, "9F FE 81"));
    assert_non_null(strstr(err, "bit 8"));
}

static void silence_is_said(void **state)
{
    (void)state;
    assert_int_equal(probe(NULL, ARGUMENTS("--seconds", "1", "--protocol", "st_gs")), 1);
    assert_non_null(strstr(err, "nothing arrives"));
}

static void a_polled_scale_is_asked_for_its_value(void **state)
{
    (void)state;
    request = "SI\r\n";
    assert_int_equal(probe(FRAMES("S S      1.234 kg\r\n"), ARGUMENTS("--seconds", "1")), 0);
    assert_non_null(strstr(second_line(), "\tmt_sics\t4\t0\t1000\t"));
    assert_non_null(strstr(second_line(), "\tok 1.234 kg\t"));
}

static void formats_that_fit_alike_are_a_choice(void **state)
{
    (void)state;
    assert_int_equal(probe(FRAMES("=0.02000"), ARGUMENTS("--seconds", "5")), 1);
    assert_non_null(strstr(err, "several formats fit, choose"));
    assert_non_null(strstr(err, "yaohua_eq_rev"));
    assert_non_null(strstr(err, "eq_forward"));
    assert_non_null(strstr(out, "\teq_forward\t"));
    assert_non_null(strstr(out, "\tok 0.02000\t"));
}

static void nothing_is_sent_to_a_streaming_device(void **state)
{
    (void)state;
    assert_int_equal(
        probe(FRAMES("ST,GS,+  1.234kg\r\n"), ARGUMENTS("--seconds", "5", "--protocol", "st_gs")),
        0);
    assert_int_equal(asked_count, 0);
}

static void watching_shows_bytes_values_and_hits(void **state)
{
    (void)state;
    assert_int_equal(probe(FRAMES("ST,GS,+  1.234kg\r\n"),
                           ARGUMENTS("--watch", "--protocol", "st_gs", "--seconds", "1")),
                     0);
    assert_non_null(strstr(out, "ms\tbytes\tdecoded\tframes\trejects\thit\n"));
    assert_non_null(strstr(out, "\tok 1.234 kg\t"));
    assert_non_null(strstr(out, "\t0\t1000\n"));
}

static void wrong_usage_is_explained(void **state)
{
    (void)state;
    static const char *const wrong[][3] = {
        {"--protocol", "nobody", NULL}, {"--line", "9600", NULL}, {"--seconds", "0", NULL},
        {"--seconds", "x", NULL},       {"--what", NULL},         {"another", NULL},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(probe(NULL, wrong[i]), 2);
        assert_string_equal(out, "");
        assert_string_not_equal(err, "");
    }
    snprintf(device, sizeof device, "/dev/nobody");
    assert_int_equal(probe(NULL, ARGUMENTS("--seconds", "1")), 2);
    assert_non_null(strstr(err, "/dev/nobody"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_streaming_scale_is_found, plug, unplug),
        cmocka_unit_test_setup_teardown(seven_bits_are_found_with_their_mask, plug, unplug),
        cmocka_unit_test_setup_teardown(nothing_understood_says_what_was_seen, plug, unplug),
        cmocka_unit_test_setup_teardown(silence_is_said, plug, unplug),
        cmocka_unit_test_setup_teardown(a_polled_scale_is_asked_for_its_value, plug, unplug),
        cmocka_unit_test_setup_teardown(formats_that_fit_alike_are_a_choice, plug, unplug),
        cmocka_unit_test_setup_teardown(nothing_is_sent_to_a_streaming_device, plug, unplug),
        cmocka_unit_test_setup_teardown(watching_shows_bytes_values_and_hits, plug, unplug),
        cmocka_unit_test_setup_teardown(wrong_usage_is_explained, plug, unplug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
