#include "kiosk/core/step.h"

#include <string.h>

static const char *const state_texts[] = {
    [STORE_OK] = "ok",
    [STORE_FULL] = "full",
    [STORE_UNWRITABLE] = "unwritable",
    [STORE_FAILED] = "failed",
};

static struct kiosk_event make_event(const struct kiosk *kiosk, const char *state,
                                     const moment_t *since)
{
    struct kiosk_event event = {.kind = EVENT_STORAGE};
    struct event_storage *storage = &event.body.storage;
    copy_text(storage->state, EVENT_TEXT_MAX, state);
    storage->free_bytes = kiosk->storage.free_bytes;
    storage->since_ms = since->t_ms;
    storage->has_since_utc = since->quality != CLOCK_UNSET;
    storage->since_utc_ms = storage->has_since_utc ? since->utc_ms : 0;
    return event;
}

/* How many events wait, not counting what this file says of the waiting. */
int storage_waiting(const struct kiosk *kiosk)
{
    int count = 0;
    for (int i = 0; i < KIOSK_PENDING_MAX; i++) {
        const struct pending_event *pending = &kiosk->pending[i];
        count += pending->token != 0 && pending->event.kind != EVENT_STORAGE;
    }
    return count;
}

/* The gap is told as soon as there is room for one more event. */
void storage_tell(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    struct storage *storage = &kiosk->storage;
    if (!storage->is_due || kiosk->store != STORE_OK ||
        kiosk_pending_count(kiosk) == KIOSK_PENDING_MAX) {
        return;
    }
    struct kiosk_event event = make_event(kiosk, state_texts[STORE_OK], &storage->since);
    event.body.storage.kept = storage->kept;
    event.body.storage.lost = kiosk->unkept - storage->unkept_before;
    storage->is_due = false;
    step_record(step, &event);
}

void storage_begin(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    struct storage *storage = &kiosk->storage;
    if (kiosk->store == STORE_OK) {
        return;
    }
    if (!storage->is_due) {
        storage->since = kiosk_moment(kiosk);
        storage->unkept_before = kiosk->unkept;
        storage->kept = 0;
    }
    storage->is_due = true;
    if (kiosk_pending_count(kiosk) < KIOSK_PENDING_MAX) {
        const moment_t now = kiosk_moment(kiosk);
        struct kiosk_event event = make_event(kiosk, state_texts[kiosk->store], &now);
        step_record(step, &event);
    }
}

void storage_state(struct step *step, enum store_state state)
{
    struct kiosk *kiosk = step->kiosk;
    const bool was_ok = kiosk->store == STORE_OK;
    kiosk->store = state;
    if (was_ok) {
        storage_begin(step);
    } else if (state == STORE_OK) {
        kiosk->storage.kept += storage_waiting(kiosk);
        storage_tell(step);
    }
}

void storage_room(struct step *step, int64_t free_bytes, bool low)
{
    struct storage *storage = &step->kiosk->storage;
    storage->free_bytes = free_bytes;
    if (low == storage->low) {
        return;
    }
    storage->low = low;
    if (low) {
        storage->low_since = kiosk_moment(step->kiosk);
    }
    struct kiosk_event event =
        make_event(step->kiosk, low ? "low" : state_texts[STORE_OK], &storage->low_since);
    step_record(step, &event);
}
