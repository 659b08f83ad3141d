/* A look from outside: which faults the ledger began and did not end. */
#include "store_fixture.h"

#include "kiosk/store/health.h"

static struct kiosk_event event_of(enum event_kind kind, int64_t t_ms)
{
    struct kiosk_event event;

    memset(&event, 0, sizeof event);
    event.kind = kind;
    event.at.t_ms = t_ms;
    return event;
}

static void start(struct ledger *ledger)
{
    struct kiosk_event event = event_of(EVENT_START, 1);

    strcpy(event.body.start.site, "p1");
    append(ledger, &event);
}

static void device(struct ledger *ledger, enum event_kind kind, const char *name, const char *fault)
{
    struct kiosk_event event = event_of(kind, 10);

    strcpy(event.body.device.device, name);
    strcpy(event.body.device.fault, fault);
    append(ledger, &event);
}

static void overload(struct ledger *ledger, int32_t bin, bool began)
{
    struct kiosk_event event = event_of(EVENT_OVERLOAD, 20);

    event.body.overload.bin = bin;
    event.body.overload.began = began;
    append(ledger, &event);
}

static void frozen(struct ledger *ledger, int32_t bin, bool began)
{
    struct kiosk_event event = event_of(EVENT_FROZEN, 30);

    event.body.frozen.bin = bin;
    event.body.frozen.began = began;
    append(ledger, &event);
}

static void faults_are(const char *expected)
{
    struct ledger_health health;
    char told[1024] = "";

    assert_int_equal(ledger_look(directory, &health, error), LEDGER_OK);
    for (int i = 0; i < health.fault_count; i++) {
        size_t used = strlen(told);
        snprintf(told + used, sizeof told - used, "%s %s\n", health.faults[i].thing,
                 health.faults[i].fault);
    }
    assert_string_equal(told, expected);
}

static void faults_that_end_are_over(void **state)
{
    struct ledger *ledger = opened("a");

    (void)state;
    faults_are("");
    start(ledger);
    device(ledger, EVENT_DEVICE_LOST, "s1", "frame_errors");
    device(ledger, EVENT_DEVICE_LOST, "s2", "duplicate");
    overload(ledger, 3, true);
    overload(ledger, 4, true);
    frozen(ledger, 3, true);
    faults_are("bin 3 frozen\nbin 3 overload\nbin 4 overload\n"
               "port s1 frame_errors\nport s2 duplicate\n");
    device(ledger, EVENT_DEVICE_BACK, "s1", "");
    overload(ledger, 3, false);
    faults_are("bin 3 frozen\nbin 4 overload\nport s2 duplicate\n");
    overload(ledger, 3, true);
    frozen(ledger, 3, false);
    faults_are("bin 3 overload\nbin 4 overload\nport s2 duplicate\n");
    ledger_close(ledger);
}

/* A new run says anew which ports fail; what its scales were is taken over from the ledger. */
static void new_run_looks_at_its_ports_anew(void **state)
{
    struct ledger *ledger = opened("a");

    (void)state;
    start(ledger);
    device(ledger, EVENT_DEVICE_LOST, "s1", "silent");
    frozen(ledger, 2, true);
    start(ledger);
    faults_are("bin 2 frozen\n");
    device(ledger, EVENT_DEVICE_LOST, "s1", "silent");
    faults_are("bin 2 frozen\nport s1 silent\n");
    ledger_close(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(faults_that_end_are_over, begin, end),
        cmocka_unit_test_setup_teardown(new_run_looks_at_its_ports_anew, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
