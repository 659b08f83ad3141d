/* The memory of adapters: who was in which socket, over a power cut. */
#include "kiosk/shell/adapters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/biaogan-adapters-XXXXXX";

static struct port_entry adapter(const char *serial)
{
    struct port_entry entry = {.identity = {.is_usb = true, .vid = 0x0403, .pid = 0x6001}};
    snprintf(entry.identity.serial, sizeof entry.identity.serial, "%s", serial);
    return entry;
}

static void what_was_noted_is_read_back(void **state)
{
    (void)state;
    static struct adapters noted, read;
    const struct port_entry a = adapter("A 1"), b = adapter("B2");
    assert_true(adapters_note(&noted, "/dev/serial/by-path/one", &a));
    assert_true(adapters_note(&noted, "/dev/serial/by-path/two", &b));
    assert_false(adapters_note(&noted, "/dev/serial/by-path/two", &b));
    assert_true(adapters_write(&noted, path));
    adapters_read(&read, path);
    assert_int_equal(read.count, 2);
    assert_null(adapters_owner(&read, "/dev/serial/by-path/one", &a));
    assert_string_equal(adapters_owner(&read, "/dev/serial/by-path/one", &b),
                        "/dev/serial/by-path/two");
    assert_string_equal(adapters_owner(&read, "/dev/serial/by-path/new", &b),
                        "/dev/serial/by-path/two");
    assert_false(adapters_write(&read, "/nowhere/adapters"));
}

static void a_replaced_adapter_is_noted_anew(void **state)
{
    (void)state;
    static struct adapters adapters;
    const struct port_entry a = adapter("A1"), b = adapter("B2");
    adapters_note(&adapters, "one", &a);
    assert_null(adapters_owner(&adapters, "one", &b));
    assert_true(adapters_note(&adapters, "one", &b));
    assert_int_equal(adapters.count, 1);
    assert_null(adapters_owner(&adapters, "two", &a));
}

static void adapters_that_look_alike_cannot_be_remembered(void **state)
{
    (void)state;
    static struct adapters adapters;
    const struct port_entry without = adapter("");
    struct port_entry twin = adapter("0001");
    twin.clashes = true;
    assert_false(adapters_note(&adapters, "one", &without));
    assert_false(adapters_note(&adapters, "one", &twin));
    assert_null(adapters_owner(&adapters, "one", &without));
}

static void a_spoilt_file_costs_only_the_memory(void **state)
{
    (void)state;
    static struct adapters adapters;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("nonsense\n\t\t\none\tzz:yy\tA1\none\t0403:6001\ntwo\t0403:6001\tA2\n", file);
    for (int i = 0; i < 3000; i++) {
        fputc('x', file);
    }
    fclose(file);
    adapters_read(&adapters, path);
    assert_int_equal(adapters.count, 1);
    assert_string_equal(adapters.list[0].device, "two");
    adapters_read(&adapters, "/nowhere/adapters");
    assert_int_equal(adapters.count, 0);
    adapters_read(&adapters, NULL);
    assert_int_equal(adapters.count, 0);
}

static int make_file(void **state)
{
    (void)state;
    const int fd = mkstemp(path);
    return fd >= 0 ? close(fd) : -1;
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_noted_is_read_back),
        cmocka_unit_test(a_replaced_adapter_is_noted_anew),
        cmocka_unit_test(adapters_that_look_alike_cannot_be_remembered),
        cmocka_unit_test(a_spoilt_file_costs_only_the_memory),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
