/* Storage that fails and works again is an outage like that of a device. While it lasts nothing can
 * be written, so both its rows are made when it is over; `since_ms` says when it began. */
#include "kiosk/core/step.h"

static void record_storage(struct step *step, enum event_kind kind, const char *fault)
{
    struct kiosk_event event = {.kind = kind};
    copy_text(event.body.device.device, HW_PORT_NAME_MAX, "storage");
    copy_text(event.body.device.fault, EVENT_TEXT_MAX, fault);
    event.body.device.since_ms = step->kiosk->store_fault_ms;
    step_record(step, &event);
}

void storage_state(struct step *step, enum store_state state)
{
    static const char *const faults[] = {
        [STORE_OK] = "",
        [STORE_FULL] = "full",
        [STORE_UNWRITABLE] = "unwritable",
        [STORE_FAILED] = "failed",
    };
    struct kiosk *kiosk = step->kiosk;
    const enum store_state before = kiosk->store;
    kiosk->store = state;
    if (before == STORE_OK && state != STORE_OK) {
        kiosk->store_fault_ms = kiosk->now_ms;
    } else if (before != STORE_OK && state == STORE_OK) {
        record_storage(step, EVENT_DEVICE_LOST, faults[before]);
        record_storage(step, EVENT_DEVICE_BACK, "");
    }
}
