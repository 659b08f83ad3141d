/* Ports that go away, fall silent and come back: each outage is one pair of rows in the ledger. */
#include "kiosk/core/step.h"

/* A device that streams several times a second and says nothing for so long has a fault; the age
 * limit of a reading, which is shorter, only makes its value unusable. */
enum { DEVICE_SILENT_MS = 5000 };

static void record_device(struct step *step, uint8_t port, enum event_kind kind, const char *fault)
{
    struct kiosk *kiosk = step->kiosk;
    struct kiosk_event event = {.kind = kind};
    copy_text(event.body.device.device, HW_PORT_NAME_MAX, kiosk->site->ports[port]);
    copy_text(event.body.device.fault, EVENT_TEXT_MAX, fault);
    event.body.device.since_ms = kiosk->devices[port].fault_ms;
    step_record(step, &event);
}

static void device_fails(struct step *step, uint8_t port, int64_t since_ms, const char *fault)
{
    struct device *device = &step->kiosk->devices[port];
    if (!device->faulty) {
        device->faulty = true;
        device->fault_ms = since_ms;
        record_device(step, port, EVENT_DEVICE_LOST, fault);
    }
}

void devices_heard(struct step *step, uint8_t port)
{
    struct device *device = &step->kiosk->devices[port];
    device->heard_ms = step->kiosk->now_ms;
    /* A reading that was on its way when the port went is no return. */
    if (device->faulty && device->up) {
        record_device(step, port, EVENT_DEVICE_BACK, "");
        device->faulty = false;
    }
}

void devices_port(struct step *step, uint8_t port, bool up)
{
    struct kiosk *kiosk = step->kiosk;
    if (port >= kiosk->site->port_count) {
        return;
    }
    struct device *device = &kiosk->devices[port];
    device->up = up;
    device->heard_ms = kiosk->now_ms;
    if (!up && device->used) {
        device_fails(step, port, kiosk->now_ms, "lost");
    }
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        if (kiosk->site->bins[i].scale.port == port) {
            bin_scale_port(&kiosk->bins[i], up);
        }
        if (kiosk->site->bins[i].lid.port == port) {
            bin_lid_port(&kiosk->bins[i], up);
        }
    }
}

/* Faults that say more than silence: what is on the wire is not what the configuration names. Loss
 * and silence have inputs of their own. */
static bool is_misfit(uint8_t fault)
{
    return fault == PORT_FAULT_FRAMES || fault == PORT_FAULT_WRONG_DEVICE ||
           fault == PORT_FAULT_DUPLICATE || fault == PORT_FAULT_UNIT;
}

void devices_status(struct step *step, const port_status_t *status)
{
    static const char *const fault_texts[PORT_FAULT_COUNT] = {
#define X(name, text) [name] = text,
        PORT_FAULTS(X)
#undef X
    };
    if (status->port >= step->kiosk->site->port_count || status->state >= PORT_STATE_COUNT ||
        status->fault >= PORT_FAULT_COUNT) {
        return;
    }
    struct device *device = &step->kiosk->devices[status->port];
    device->status = *status;
    if (device->used && is_misfit(status->fault)) {
        device_fails(step, status->port, step->kiosk->now_ms, fault_texts[status->fault]);
    }
}

static bool is_watched(const struct device *device)
{
    return device->used && device->up && !device->faulty;
}

void devices_watch(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    for (uint8_t i = 0; i < kiosk->site->port_count; i++) {
        const struct device *device = &kiosk->devices[i];
        if (is_watched(device) && kiosk->now_ms >= device->heard_ms + DEVICE_SILENT_MS) {
            device_fails(step, i, device->heard_ms, "silent");
        }
    }
}

int64_t devices_deadline(const struct kiosk *kiosk)
{
    int64_t due = INT64_MAX;
    for (int i = 0; i < kiosk->site->port_count; i++) {
        const struct device *device = &kiosk->devices[i];
        if (is_watched(device) && device->heard_ms + DEVICE_SILENT_MS < due) {
            due = device->heard_ms + DEVICE_SILENT_MS;
        }
    }
    return due;
}
