/* The site file: the samples are good, and what they say arrives. What is refused, and with which
 * line, is tried on the whole program (faults/configuration). */
#include "kiosk/shell/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct settings settings;
static char error[SETTINGS_ERROR_MAX];

static void the_simulated_site_is_whole(void **state)
{
    (void)state;
    assert_int_equal(settings_read_simulated(&settings, error), 0);
    assert_int_equal(settings.site.port_count, 5);
    assert_int_equal(settings.site.bin_count, WASTE_CLASS_COUNT);
    for (int i = 0; i < settings.site.bin_count; i++) {
        assert_int_equal(settings.site.bins[i].class, i);
        assert_int_equal(settings.site.bins[i].number, i + 1);
        assert_int_equal(settings.site.bins[i].scale.port, i);
        assert_int_equal(settings.site.bins[i].lid.channel, i + 1);
    }
}

/* The sample has every key and lacks only the PIN, which each site makes for itself. */
static void the_sample_lacks_only_the_pin(void **state)
{
    (void)state;
    assert_int_equal(settings_read_file("../assets/deploy/site.cfg", &settings, error), -1);
    assert_non_null(strstr(error, "site.cfg:"));
    assert_non_null(strstr(error, "cleaner_pin"));
}

static void ports_get_what_their_protocol_needs(void **state)
{
    (void)state;
    assert_int_equal(settings_read_simulated(&settings, error), 0);
    struct port_config pump;
    int port = settings_port(&settings, "s1");
    settings_pump(&settings, port, &pump);
    assert_string_equal(pump.driver->name, "yaohua_tf0");
    assert_string_equal(pump.options.unit, "kg");
    assert_int_equal(pump.index, port);
    assert_int_equal(settings_port(&settings, "s9"), -1);
    assert_int_equal(settings_port(&settings, ""), -1);
}

static void a_message_names_file_and_line(void **state)
{
    (void)state;
    assert_int_equal(settings_read_text("site = {\n  id = 5;\n};\n", "a.cfg", &settings, error),
                     -1);
    assert_ptr_equal(strstr(error, "a.cfg:2: "), error);
    assert_int_equal(settings_read_text("site = {\n", "a.cfg", &settings, error), -1);
    assert_ptr_equal(strstr(error, "a.cfg:"), error);
}

/* The simulated site with a level sensor more, over bin 1, and a lock on its lid. */
static void a_level_sensor_and_a_lock_arrive(void **state)
{
    (void)state;
    static char text[64 * 1024];
    FILE *file = fopen("../assets/deploy/simulated.cfg", "rb");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text - 512, file);
    fclose(file);
    text[length] = '\0';
    static const char port[] = "ports = (\n{ name = \"v1\"; device = \"/dev/none\";"
                               " protocol = \"a02_uart\"; },\n"
                               "{ name = \"k1\"; device = \"/dev/none2\";"
                               " protocol = \"lock8a\"; open_when = 1; },\n";
    static const char bin[] = "number = 1; level = \"v1\"; level_empty_mm = 900;"
                              " level_full_mm = 150; lock = \"l1\"; lock_channel = 2; ";
    static const char *const places[][2] = {{"ports = (", port}, {"number = 1;", bin}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char *at = strstr(text, places[i][0]);
        assert_non_null(at);
        size_t had = strlen(places[i][0]);
        size_t has = strlen(places[i][1]);
        memmove(at + has, at + had, strlen(at + had) + 1);
        memcpy(at, places[i][1], has);
    }
    if (settings_read_text(text, "a.cfg", &settings, error) != 0) {
        fail_msg("%s", error);
    }
    const struct site_bin *first = &settings.site.bins[0];
    assert_int_equal(first->level.port, settings_port(&settings, "v1"));
    assert_int_equal(first->level.channel, 1);
    assert_int_equal(first->level_empty_mm, 900);
    assert_int_equal(first->level_full_mm, 150);
    assert_int_equal(settings.site.bins[1].level.port, -1);
    assert_int_equal(first->lock.port, settings_port(&settings, "l1"));
    assert_int_equal(first->lock.channel, 2);
    assert_int_equal(settings.site.bins[1].lock.port, -1);
    assert_int_equal(settings.ports[first->level.port].equal_frames, 2);
    assert_int_equal(settings.ports[first->lock.port].equal_frames, 1);
    struct port_config pump;
    settings_pump(&settings, settings_port(&settings, "k1"), &pump);
    assert_true(pump.options.open_is_set);
    settings_pump(&settings, first->lock.port, &pump);
    assert_false(pump.options.open_is_set);
    /* The same key of a port that is no lock board. */
    memcpy(strstr(text, "lock8a"), "rdm630", strlen("rdm630"));
    assert_int_equal(settings_read_text(text, "a.cfg", &settings, error), -1);
    assert_non_null(strstr(error, "open_when of port \"k1\""));
}

/* libconfig's own reader would end the program at a directory, and stop unseen at a zero byte. */
static void what_is_no_text_is_refused(void **state)
{
    (void)state;
    assert_int_equal(settings_read_file("unit", &settings, error), -1);
    assert_non_null(strstr(error, "directory"));
    char path[] = "/tmp/biaogan-settings-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, "\n\nsite\0 = 1", 11), 11);
    close(file);
    assert_int_equal(settings_read_file(path, &settings, error), -1);
    assert_non_null(strstr(error, ":3: a zero byte"));
    unlink(path);
    assert_int_equal(settings_read_file(path, &settings, error), -1);
    assert_non_null(strstr(error, "No such file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_simulated_site_is_whole),
        cmocka_unit_test(the_sample_lacks_only_the_pin),
        cmocka_unit_test(ports_get_what_their_protocol_needs),
        cmocka_unit_test(a_level_sensor_and_a_lock_arrive),
        cmocka_unit_test(a_message_names_file_and_line),
        cmocka_unit_test(what_is_no_text_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
