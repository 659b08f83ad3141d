/* The technician's board: well, with faults, while a lid is asked for, and as full as can be. */
#include "tests/golden/samples.h"

#include <string.h>

static void device(struct view *view, int index, const char *name, const char *protocol)
{
    view->devices[index] = (struct view_device){
        .name = name,
        .protocol = protocol,
        .state = PORT_TRUSTED,
        .age_ms = 100 * (index + 1),
        .frames = 41208 + 977 * (uint64_t)index,
        .rejects = (uint64_t)index,
        .bins = 1,
        .first_bin = (uint8_t)(index + 1),
        .weighs = true,
        .has_grams = true,
        .grams = 12340 + 7001 * index,
    };
    view->device_count = index + 1;
}

void sample_devices(struct view *view, struct site *site)
{
    sample_base(view, site);
    view->screen = SCREEN_DEVICES;
    device(view, 0, "s1", "yaohua_tf0");
    device(view, 1, "s2", "st_gs");
    device(view, 2, "s3", "yaohua_tf0");
    device(view, 3, "s4", "st_gs");
    device(view, 4, "l1", "lid_line");
    view->devices[4].weighs = false;
    view->devices[4].bins = 4;
    strcpy(view->devices[4].lids, "CCOC");
}

void sample_devices_faults(struct view *view, struct site *site)
{
    sample_devices(view, site);
    view->store = STORE_FULL;
    view->unrecorded = 3;
    view->devices[0].state = PORT_LOST;
    view->devices[0].fault = PORT_FAULT_LOST;
    view->devices[0].has_grams = false;
    view->devices[0].disconnects_in_hour = 14;
    view->devices[0].age_ms = 95000;
    view->devices[1].state = PORT_CHECKING;
    view->devices[1].fault = PORT_FAULT_WRONG_DEVICE;
    view->devices[1].has_grams = false;
    view->devices[1].age_ms = -1;
    view->devices[2].fault = PORT_FAULT_FRAMES;
    view->devices[2].rejects = 1234567;
    view->wiring.result = WIRING_OTHER;
    view->wiring.bin = 1;
    view->wiring.port = "l1";
    view->wiring.channel = 3;
    view->wiring.other_bin = 2;
}

void sample_devices_frozen(struct view *view, struct site *site)
{
    sample_devices(view, site);
    view->devices[1].scale = SENSOR_FROZEN;
    view->devices[1].has_grams = false;
    view->devices[3].scale = SENSOR_OVERLOAD;
    view->devices[3].has_grams = false;
}

void sample_devices_wiring(struct view *view, struct site *site)
{
    sample_devices(view, site);
    view->wiring.result = WIRING_WAITING;
    view->wiring.bin = 1;
    view->wiring.wait_s = 23;
}

void sample_devices_order(struct view *view, struct site *site)
{
    sample_devices(view, site);
    view->order = (struct view_order){
        .is_offered = true, .step = ORDER_CONFIRM, .bin = 2, .has_grams = true, .grams = 12340};
}

void sample_devices_longest(struct view *view, struct site *site)
{
    sample_longest(view, site);
    view->screen = SCREEN_DEVICES;
    view->order.is_offered = true;
    for (int i = 0; i < HW_PORTS_MAX; i++) {
        device(view, i, "recyclables-hall", "weightech_wt1000");
        view->devices[i].frames = 123456789012;
        view->devices[i].rejects = 987654321;
        view->devices[i].disconnects_in_hour = 999;
        view->devices[i].grams = -123456;
        view->devices[i].bins = 8;
        view->devices[i].fault = PORT_FAULT_ABSENT;
    }
    view->devices[15].weighs = false;
    strcpy(view->devices[15].lids, "OCOCOCOC");
    view->wiring.result = WIRING_OTHER;
    view->wiring.port = "recyclables-hall";
    view->wiring.channel = 8;
    view->wiring.other_bin = 7;
}
