/* What the io thread knows of a port reaches the ledger by its name, and ends with a reading. */
#include "core_site.h"

static void tell(struct test_site *t, uint8_t port, enum port_state state, enum port_fault fault)
{
    site_input(t, (struct kiosk_input){
                      .kind = INPUT_PORT_STATUS,
                      .u.port_status = {.port = port,
                                        .state = (uint8_t)state,
                                        .fault = (uint8_t)fault,
                                        .frames = 17},
                  });
}

static void misfits_are_recorded_by_name(void **state)
{
    struct test_site *t = *state;
    static const struct {
        enum port_fault fault;
        const char *text;
    } misfits[] = {
        {PORT_FAULT_WRONG_DEVICE, "wrong_device"},
        {PORT_FAULT_DUPLICATE, "duplicate"},
        {PORT_FAULT_FRAMES, "frame_errors"},
        {PORT_FAULT_UNIT, "wrong_unit"},
    };
    for (int i = 0; i < 3; i++) {
        tell(t, 1, PORT_CHECKING, misfits[i].fault);
        site_port(t, 1, false);
        site_run(t, 20000);
        assert_int_equal(site_count(t, EVENT_DEVICE_LOST), i + 1);
        const struct event_device *lost = &site_event(t, EVENT_DEVICE_LOST, i)->body.device;
        assert_string_equal(lost->device, "s2");
        assert_string_equal(lost->fault, misfits[i].text);
        tell(t, 1, PORT_TRUSTED, PORT_FAULT_NONE);
        site_port(t, 1, true);
        site_run(t, 2000);
        assert_int_equal(site_count(t, EVENT_DEVICE_BACK), i + 1);
    }
}

static void counters_are_kept_and_nothing_else_happens(void **state)
{
    struct test_site *t = *state;
    const int before = t->event_count;
    tell(t, 0, PORT_TRUSTED, PORT_FAULT_NONE);
    tell(t, 0, PORT_SILENT, PORT_FAULT_SILENT);
    assert_int_equal(t->kiosk.devices[0].status.frames, 17);
    assert_int_equal(t->kiosk.devices[0].status.state, PORT_SILENT);
    assert_int_equal(t->event_count, before);
}

static void nonsense_is_ignored(void **state)
{
    struct test_site *t = *state;
    const int before = t->event_count;
    tell(t, 200, PORT_TRUSTED, PORT_FAULT_WRONG_DEVICE);
    tell(t, 0, PORT_STATE_COUNT, PORT_FAULT_WRONG_DEVICE);
    tell(t, 0, PORT_TRUSTED, PORT_FAULT_COUNT);
    assert_int_equal(t->event_count, before);
    assert_int_equal(t->kiosk.devices[0].status.frames, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(misfits_are_recorded_by_name, site_setup, site_teardown),
        cmocka_unit_test_setup_teardown(counters_are_kept_and_nothing_else_happens, site_setup,
                                        site_teardown),
        cmocka_unit_test_setup_teardown(nonsense_is_ignored, site_setup, site_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
