/* Faults of a scale whose port is well: out of its range, or frozen. Each is a pair of rows. */
#include "kiosk/core/step.h"

/* A bag that drops hits the end of the range for a moment, and a load at its edge comes and goes:
 * only what lasts is a fault, or its end. */
enum { OVERLOAD_LASTS_MS = 1000 };

void scales_restore(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        const struct journal *journal = &kiosk->journal;
        kiosk->scale_faults[i] = (struct scale_faults){
            .overload = journal->overload[i],
            .overload_ms = kiosk->now_ms,
            .differs_ms = BIN_NEVER,
            .frozen = journal->frozen[i],
            .frozen_ms = kiosk->now_ms,
        };
        if (journal->frozen[i]) {
            frozen_restore(&kiosk->bins[i].frozen, kiosk->now_ms, journal->frozen_g[i]);
        }
    }
}

static void record_overload(struct step *step, int index)
{
    const struct scale_faults *faults = &step->kiosk->scale_faults[index];
    struct kiosk_event event = {
        .kind = EVENT_OVERLOAD,
        .body.overload = {.bin = step->kiosk->site->bins[index].number,
                          .began = faults->overload,
                          .since_ms = faults->overload_ms},
    };
    step_record(step, &event);
}

static void record_frozen(struct step *step, int index)
{
    const struct scale_faults *faults = &step->kiosk->scale_faults[index];
    const struct bin *bin = &step->kiosk->bins[index];
    struct kiosk_event event = {
        .kind = EVENT_FROZEN,
        .body.frozen = {.bin = bin->site->number,
                        .began = faults->frozen,
                        .grams = bin->grams,
                        .since_ms = faults->frozen_ms},
    };
    step_record(step, &event);
}

static void watch_overload(struct step *step, int index)
{
    struct kiosk *kiosk = step->kiosk;
    struct scale_faults *faults = &kiosk->scale_faults[index];
    enum sensor_state state = bin_scale_state(&kiosk->bins[index], kiosk->now_ms);
    bool weighs = state == SENSOR_OK || state == SENSOR_FROZEN;
    bool differs = faults->overload ? weighs : state == SENSOR_OVERLOAD;
    if (!differs) {
        faults->differs_ms = BIN_NEVER;
        return;
    }
    if (faults->differs_ms == BIN_NEVER) {
        faults->differs_ms = kiosk->now_ms;
    }
    if (kiosk->now_ms - faults->differs_ms < OVERLOAD_LASTS_MS) {
        return;
    }
    faults->overload = !faults->overload;
    if (faults->overload) {
        faults->overload_ms = faults->differs_ms;
    }
    faults->differs_ms = BIN_NEVER;
    record_overload(step, index);
}

static void watch_frozen(struct step *step, int index)
{
    struct kiosk *kiosk = step->kiosk;
    struct scale_faults *faults = &kiosk->scale_faults[index];
    const struct frozen *frozen = &kiosk->bins[index].frozen;
    if (faults->frozen == frozen->frozen) {
        return;
    }
    faults->frozen = frozen->frozen;
    if (faults->frozen) {
        faults->frozen_ms = frozen->still_ms;
    }
    record_frozen(step, index);
}

void scales_watch(struct step *step)
{
    for (int i = 0; i < step->kiosk->site->bin_count; i++) {
        watch_overload(step, i);
        watch_frozen(step, i);
    }
}

int64_t scales_deadline(const struct kiosk *kiosk)
{
    int64_t due = INT64_MAX;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        int64_t differs_ms = kiosk->scale_faults[i].differs_ms;
        if (differs_ms != BIN_NEVER && differs_ms + OVERLOAD_LASTS_MS < due) {
            due = differs_ms + OVERLOAD_LASTS_MS;
        }
    }
    return due;
}
