/* Locks on lids: opened for whoever may throw something in. A lock only helps: one that is missing,
 * silent or stuck stops no deposit, but it is a fault with a name. */
#include "kiosk/core/step.h"

#include <string.h>

/* For the lock to move and its board to say so; boards tell their locks once a second. */
enum { LOCK_ANSWER_MS = 3000 };

static bool has_lock(const struct site_bin *bin)
{
    return bin->lock.port >= 0 && bin->lock.channel > 0;
}

/* "lock 2": the bin's number stands for its lock, which has no name of its own. */
static void name_lock(char *name, int number)
{
    size_t at = strlen(strcpy(name, "lock "));
    if (number >= 10) {
        name[at++] = (char)('0' + number / 10 % 10);
    }
    name[at++] = (char)('0' + number % 10);
    name[at] = '\0';
}

static void record(struct step *step, int bin, enum event_kind kind, const char *fault)
{
    const struct bin_lock *lock = &step->kiosk->locks[bin];
    struct kiosk_event event = {.kind = kind, .body.device = {.since_ms = lock->fault_ms}};
    name_lock(event.body.device.device, step->kiosk->site->bins[bin].number);
    copy_text(event.body.device.fault, EVENT_TEXT_MAX, fault);
    step_record(step, &event);
}

static void fails(struct step *step, int bin, const char *fault)
{
    struct bin_lock *lock = &step->kiosk->locks[bin];
    lock->is_asked = false;
    if (!lock->is_faulty) {
        lock->is_faulty = true;
        lock->fault_ms = step->kiosk->now_ms;
        record(step, bin, EVENT_DEVICE_LOST, fault);
    }
}

static void works(struct step *step, int bin)
{
    struct bin_lock *lock = &step->kiosk->locks[bin];
    lock->is_asked = false;
    if (lock->is_faulty) {
        record(step, bin, EVENT_DEVICE_BACK, "");
        lock->is_faulty = false;
    }
}

void locks_open(struct step *step, int bin)
{
    const struct kiosk *kiosk = step->kiosk;
    const struct site_bin *site = &kiosk->site->bins[bin];
    struct bin_lock *lock = &step->kiosk->locks[bin];
    if (!has_lock(site) || kiosk->bins[bin].lid_open) {
        return;
    }
    struct kiosk_effect *effect = step_effect(step, EFFECT_UNLOCK);
    effect->u.unlock.port = (uint8_t)site->lock.port;
    effect->u.unlock.channel = site->lock.channel;
    if (!lock->is_asked && !lock->is_blind) {
        lock->is_asked = true;
        lock->asked_ms = kiosk->now_ms;
    }
}

void locks_open_class(struct step *step, enum waste_class class)
{
    for (int i = 0; i < step->kiosk->site->bin_count; i++) {
        if (step->kiosk->site->bins[i].class == class) {
            locks_open(step, i);
        }
    }
}

void locks_reading(struct step *step, const reading_t *reading)
{
    struct kiosk *kiosk = step->kiosk;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        const struct site_bin *bin = &kiosk->site->bins[i];
        struct bin_lock *lock = &kiosk->locks[i];
        const bool is_lock = reading->kind == READING_LOCK && has_lock(bin) &&
                             bin->lock.port == reading->port &&
                             bin->lock.channel == reading->channel;
        const bool is_lid = reading->kind == READING_LID && has_lock(bin) &&
                            bin->lid.port == reading->port && bin->lid.channel == reading->channel;
        if (is_lock && !reading->has_value && lock->is_asked) {
            fails(step, i, "lock_failed");
        } else if (is_lock && !reading->has_value) {
            lock->is_blind = true; /* its board cannot tell, and says so unasked */
        } else if ((is_lock || is_lid) && reading->has_value) {
            lock->is_blind = lock->is_blind && !is_lock;
            if (reading->lid_open) {
                works(step, i);
            }
        }
    }
}

void locks_watch(struct step *step)
{
    struct kiosk *kiosk = step->kiosk;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        const struct bin_lock *lock = &kiosk->locks[i];
        if (lock->is_asked && kiosk->now_ms >= lock->asked_ms + LOCK_ANSWER_MS) {
            fails(step, i, "lock_silent");
        }
    }
}

int64_t locks_deadline(const struct kiosk *kiosk)
{
    int64_t due_ms = INT64_MAX;
    for (int i = 0; i < kiosk->site->bin_count; i++) {
        const struct bin_lock *lock = &kiosk->locks[i];
        if (lock->is_asked && lock->asked_ms + LOCK_ANSWER_MS < due_ms) {
            due_ms = lock->asked_ms + LOCK_ANSWER_MS;
        }
    }
    return due_ms;
}
