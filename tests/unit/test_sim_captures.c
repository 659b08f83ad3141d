/* tests/captures/real_devices.capture holds what its expected file says, read with the drivers
 * alone: the weight a lid opening added, and who had touched what before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hw/capture.h"
#include "hw/port.h"

enum { PORTS = 3, LID_PORT = 2, OPENINGS_MAX = 8, SETTLE_MS = 5000 };

struct opening {
    int bin;
    int32_t before_g, after_g;
    int64_t closed_ms;
    char chosen[CAPTURE_WORD_MAX];
};

/* The bins of the two scales: s1 stands under bin 1, s4 under bin 4. */
static const int port_bins[] = {1, 4};

struct watcher {
    char names[PORTS][HW_PORT_NAME_MAX];
    struct port ports[PORTS];
    int port_count;
    int32_t weight_g[HW_CHANNELS_MAX + 1]; /* by bin */
    bool open[HW_CHANNELS_MAX + 1];
    char chosen[CAPTURE_WORD_MAX];
    struct opening openings[OPENINGS_MAX];
    int opening_count;
};

static void take_lid(struct watcher *watcher, const reading_t *reading)
{
    int bin = reading->channel;
    if (reading->lid_open && !watcher->open[bin]) {
        assert_true(watcher->opening_count < OPENINGS_MAX);
        struct opening *opening = &watcher->openings[watcher->opening_count++];
        *opening = (struct opening){
            .bin = bin, .before_g = watcher->weight_g[bin], .closed_ms = INT64_MAX};
        memcpy(opening->chosen, watcher->chosen, sizeof opening->chosen);
    } else if (!reading->lid_open && watcher->open[bin]) {
        watcher->openings[watcher->opening_count - 1].closed_ms = reading->t_ms;
    }
    watcher->open[bin] = reading->lid_open;
}

static void take_weight(struct watcher *watcher, const reading_t *reading)
{
    int bin = port_bins[reading->port];
    watcher->weight_g[bin] = reading->grams;
    for (int i = 0; i < watcher->opening_count; i++) {
        struct opening *opening = &watcher->openings[i];
        if (opening->bin == bin && reading->t_ms > opening->closed_ms &&
            reading->t_ms < opening->closed_ms + SETTLE_MS) {
            opening->after_g = reading->grams;
        }
    }
}

static void take_reading(void *context, const reading_t *reading)
{
    assert_true(reading->has_value);
    if (reading->kind == READING_LID) {
        take_lid(context, reading);
    } else {
        take_weight(context, reading);
    }
}

static void add_port(struct watcher *watcher, const struct capture_event *event)
{
    assert_true(watcher->port_count < PORTS);
    int index = watcher->port_count++;
    struct port_config config = {
        .driver = hw_driver_find(event->protocol),
        .options = {.checksum = true, .unit = "kg"},
        .index = (uint8_t)index,
        .equal_frames = 1,
    };
    assert_non_null(config.driver);
    port_init(&watcher->ports[index], &config);
    memcpy(watcher->names[index], event->port, sizeof event->port);
}

static void take_event(struct watcher *watcher, const struct capture_event *event)
{
    if (event->kind == CAPTURE_PORT) {
        add_port(watcher, event);
    } else if (event->kind == CAPTURE_UI) {
        bool choice = strcmp(event->verb, "choose") == 0;
        memcpy(watcher->chosen, choice ? event->argument : "\0", choice ? CAPTURE_WORD_MAX : 1);
    } else if (event->kind == CAPTURE_RX) {
        int index = 0;
        while (index < watcher->port_count && strcmp(watcher->names[index], event->port) != 0) {
            index++;
        }
        assert_true(index < watcher->port_count);
        port_feed(&watcher->ports[index], event->bytes, event->byte_count, event->t_ms,
                  take_reading, watcher);
    }
}

static void watch(struct watcher *watcher)
{
    FILE *file = fopen("captures/real_devices.capture", "r");
    char line[CAPTURE_LINE_MAX];
    char error[CAPTURE_ERROR_MAX] = "";
    int64_t previous_ms = 0;
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, CAPTURE_HEADER "\n");
    while (fgets(line, sizeof line, file) != NULL) {
        struct capture_event event;
        if (capture_parse(line, previous_ms, &event, error) != 0) {
            fail_msg("%s: %s", line, error);
        }
        if (event.kind != CAPTURE_COMMENT) {
            previous_ms = event.t_ms;
            take_event(watcher, &event);
        }
    }
    fclose(file);
}

static const char *outcome_of(const struct opening *opening)
{
    static const char *const classes[] = {"", "recyclable", "hazardous", "kitchen", "residual"};
    if (opening->chosen[0] == '\0') {
        return "undeclared";
    }
    return strcmp(opening->chosen, classes[opening->bin]) == 0 ? "consistent" : "wrong_bin";
}

static void real_frames_give_the_expected_deposits(void **state)
{
    (void)state;
    static struct watcher watcher;
    watch(&watcher);
    for (int port = 0; port < PORTS; port++) {
        for (int reason = 0; reason < REJECT_REASON_COUNT; reason++) {
            assert_true(watcher.ports[port].stats.rejects[reason] == 0);
        }
        assert_true(watcher.ports[port].stats.frames > 100);
    }

    FILE *file = fopen("captures/real_devices.expected.tsv", "r");
    char line[128];
    int row = 0;
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "bin\tweight_g\toutcome\n");
    for (; fgets(line, sizeof line, file) != NULL; row++) {
        assert_true(row < watcher.opening_count);
        const struct opening *opening = &watcher.openings[row];
        char found[128];
        snprintf(found, sizeof found, "%d\t%" PRId32 "\t%s\n", opening->bin,
                 opening->after_g - opening->before_g, outcome_of(opening));
        assert_string_equal(found, line);
    }
    assert_int_equal(row, watcher.opening_count);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_frames_give_the_expected_deposits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
