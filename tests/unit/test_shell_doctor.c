/* `biaogan doctor`: each line says how bad, what, what was found, and what to do. */
#include "kiosk/shell/commands.h"
#include "kiosk/store/ledger.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { NAME_MAX_BYTES = 96, TEXT_MAX = 32768 };

static char directory[NAME_MAX_BYTES];
static char out[TEXT_MAX];

static int set_up(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "%s", "/tmp/biaogan-doctor-XXXXXX");
    return mkdtemp(directory) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[NAME_MAX_BYTES + 16];
    snprintf(command, sizeof command, "rm -r %s", directory);
    return system(command);
}

/* Exit code; what it printed is in `out`. */
static int doctor(const char *first, const char *second, const char *third, const char *fourth)
{
    int outputs[2];
    assert_int_equal(pipe(outputs), 0);
    fflush(NULL);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char *argv[] = {(char *)"doctor", (char *)first,  (char *)second,
                        (char *)third,    (char *)fourth, NULL};
        int argc = 1;
        while (argv[argc] != NULL) {
            argc++;
        }
        setenv("SDL_AUDIODRIVER", "dummy", 1);
        setenv("SDL_VIDEODRIVER", "dummy", 1);
        dup2(outputs[1], STDOUT_FILENO);
        const int result = command_doctor(argc, argv);
        fflush(NULL);
        _exit(result);
    }
    close(outputs[1]);
    size_t count = 0;
    ssize_t got;
    while (count < sizeof out - 1 &&
           (got = read(outputs[0], out + count, sizeof out - 1 - count)) > 0) {
        count += (size_t)got;
    }
    out[count] = '\0';
    close(outputs[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int count_of(const char *line, char character)
{
    int count = 0;
    for (const char *at = line; *at != '\0' && *at != '\n'; at++) {
        count += *at == character;
    }
    return count;
}

static void every_line_has_four_fields(void **state)
{
    (void)state;
    doctor("--state", directory, NULL, NULL);
    int lines = 0;
    for (const char *line = out; *line != '\0'; line = strchr(line, '\n') + 1, lines++) {
        assert_int_equal(count_of(line, '\t'), 3);
        assert_true(strncmp(line, "ok\t", 3) == 0 || strncmp(line, "warning\t", 8) == 0 ||
                    strncmp(line, "fault\t", 6) == 0);
    }
    assert_true(lines >= 8);
    static const char *const things[] = {"configuration", "fonts",    "ports", "clock",
                                         "disk",          "database", "sound", "display"};
    for (size_t i = 0; i < sizeof things / sizeof things[0]; i++) {
        char field[32];
        snprintf(field, sizeof field, "\t%s\t", things[i]);
        assert_non_null(strstr(out, field));
    }
}

static void nothing_worse_than_a_warning_is_no_fault(void **state)
{
    (void)state;
    const bool has_fault = doctor("--state", directory, NULL, NULL) != 0;
    assert_int_equal(has_fault, strstr(out, "fault\t") != NULL);
    assert_non_null(strstr(out, "no ledger yet"));
}

static void a_wrong_site_file_is_a_fault(void **state)
{
    (void)state;
    assert_int_equal(doctor("--config", "/nowhere.cfg", "--state", directory), 1);
    assert_non_null(strstr(out, "fault\tconfiguration\t"));
    assert_non_null(strstr(out, "/nowhere.cfg"));
}

static void a_damaged_ledger_is_a_fault_and_stays_as_it_is(void **state)
{
    (void)state;
    char path[NAME_MAX_BYTES + 16];
    snprintf(path, sizeof path, "%s/ledger.db", directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 5000; i++) {
        fputc("no ledger"[i % 9], file);
    }
    fclose(file);
    struct stat before, after;
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(doctor("--state", directory, NULL, NULL), 1);
    assert_non_null(strstr(out, "fault\tdatabase\t"));
    assert_int_equal(stat(path, &after), 0);
    assert_true(before.st_size == after.st_size && before.st_mtime == after.st_mtime);
}

static void append(struct ledger *ledger, const struct kiosk_event *event)
{
    char error[LEDGER_ERROR_MAX];
    int64_t seq = 0;
    assert_int_equal(ledger_append(ledger, event, &seq, error), LEDGER_OK);
}

/* Whoever reads the key can sign what never happened. */
static void a_key_that_others_may_read_is_told(void **state)
{
    (void)state;
    char path[NAME_MAX_BYTES + 16], error[LEDGER_ERROR_MAX];
    struct ledger *ledger;
    assert_int_equal(ledger_open(&ledger, directory, "boot-a", error), LEDGER_OK);
    append(ledger, &(struct kiosk_event){.kind = EVENT_STOP, .body.stop.reason = "test"});
    ledger_close(ledger);
    doctor("--state", directory, NULL, NULL);
    assert_null(strstr(out, "others may read it"));
    assert_non_null(strstr(out, "ok\tledger key\t"));
    snprintf(path, sizeof path, "%s/ledger.key", directory);
    assert_int_equal(chmod(path, 0640), 0);
    doctor("--state", directory, NULL, NULL);
    assert_non_null(strstr(out, "warning\tledger key\t"));
    assert_non_null(strstr(out, "others may read it\tchmod 600"));
}

/* The ledger's text id, what it means and what to do: of each fault that a device can have. */
static void every_fault_is_named_with_its_remedy(void **state)
{
    (void)state;
    static const char *const faults[] = {
#define X(name, text) text,
        PORT_FAULTS(X)
#undef X
            "lock_silent",
        "lock_failed",
    };
    char error[LEDGER_ERROR_MAX];
    struct ledger *ledger = NULL;
    assert_int_equal(ledger_open(&ledger, directory, "a", error), LEDGER_OK);
    append(ledger, &(struct kiosk_event){.kind = EVENT_START, .body.start.site = "p1"});
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct kiosk_event event = {.kind = EVENT_DEVICE_LOST};
        snprintf(event.body.device.device, sizeof event.body.device.device, "p%zu", i);
        snprintf(event.body.device.fault, sizeof event.body.device.fault, "%s", faults[i]);
        if (faults[i][0] != '\0') {
            append(ledger, &event);
        }
    }
    append(ledger, &(struct kiosk_event){.kind = EVENT_OVERLOAD, .body.overload = {3, true, 0}});
    append(ledger, &(struct kiosk_event){.kind = EVENT_FROZEN, .body.frozen = {4, true, 0}});
    ledger_close(ledger);
    doctor("--state", directory, NULL, NULL);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        char field[64];
        snprintf(field, sizeof field, "\tport p%zu\t%s: ", i, faults[i]);
        if (faults[i][0] != '\0' && strstr(out, field) == NULL) {
            fail_msg("doctor does not name %s in:\n%s", faults[i], out);
        }
    }
    assert_non_null(strstr(out, "\tbin 3\toverload: "));
    assert_non_null(strstr(out, "\tbin 4\tfrozen: "));
    assert_null(strstr(out, "see the technician's screens"));
}

static void wrong_usage_prints_nothing(void **state)
{
    (void)state;
    assert_int_equal(doctor("--what", NULL, NULL, NULL), 2);
    assert_string_equal(out, "");
    assert_int_equal(doctor("more", NULL, NULL, NULL), 2);
    assert_int_equal(doctor("--state", NULL, NULL, NULL), 2);
    assert_int_equal(doctor("--help", NULL, NULL, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_line_has_four_fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_worse_than_a_warning_is_no_fault, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_wrong_site_file_is_a_fault, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_ledger_is_a_fault_and_stays_as_it_is, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_key_that_others_may_read_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_fault_is_named_with_its_remedy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_usage_prints_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
