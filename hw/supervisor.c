#include "hw/supervisor.h"

#include <assert.h>

void supervisor_init(struct supervisor *supervisor, enum reading_kind kind)
{
    *supervisor = (struct supervisor){
        .state = PORT_ABSENT,
        .by_itself = kind != READING_CARD,
        .retry_ms = INT64_MIN,
        .retry_pause_ms = SUPERVISOR_RETRY_FIRST_MS,
        .last_frame_ms = INT64_MIN,
    };
}

/* ---- opening and losing ---------------------------------------------------------------------- */

bool supervisor_should_open(struct supervisor *supervisor, int64_t now_ms)
{
    if (supervisor_is_open(supervisor) || now_ms < supervisor->retry_ms) {
        return false;
    }
    supervisor->state = PORT_OPENING;
    supervisor->retries++;
    return true;
}

static void begin_check(struct supervisor *supervisor, int64_t now_ms)
{
    supervisor->state = PORT_CHECKING;
    supervisor->trust_count = 0;
    supervisor->quiet_ms = now_ms;
    supervisor->strange_bytes = 0;
}

void supervisor_opened(struct supervisor *supervisor, int64_t now_ms)
{
    assert(supervisor->state == PORT_OPENING);
    supervisor->fault = PORT_FAULT_NONE;
    supervisor->held = false;
    begin_check(supervisor, now_ms);
    if (!supervisor->by_itself) {
        supervisor->state = PORT_TRUSTED;
        supervisor->retry_pause_ms = SUPERVISOR_RETRY_FIRST_MS;
        supervisor->retries = 0;
    }
}

static void wait_to_retry(struct supervisor *supervisor, int64_t now_ms)
{
    supervisor->retry_ms = now_ms + supervisor->retry_pause_ms;
    supervisor->retry_pause_ms *= 2;
    if (supervisor->retry_pause_ms > SUPERVISOR_RETRY_LONGEST_MS) {
        supervisor->retry_pause_ms = SUPERVISOR_RETRY_LONGEST_MS;
    }
}

void supervisor_refused(struct supervisor *supervisor, enum port_fault fault, int64_t now_ms)
{
    assert(fault != PORT_FAULT_NONE);
    supervisor->state =
        fault == PORT_FAULT_ABSENT && supervisor->disconnects > 0 ? PORT_LOST : PORT_ABSENT;
    supervisor->fault = supervisor->state == PORT_LOST ? PORT_FAULT_LOST : fault;
    wait_to_retry(supervisor, now_ms);
}

void supervisor_lost(struct supervisor *supervisor, int64_t now_ms)
{
    assert(supervisor_is_open(supervisor));
    supervisor->state = PORT_LOST;
    supervisor->fault = PORT_FAULT_LOST;
    supervisor->disconnect_ms[supervisor->disconnects % SUPERVISOR_DISCONNECTS] = now_ms;
    supervisor->disconnects++;
    wait_to_retry(supervisor, now_ms);
}

uint16_t supervisor_disconnects_in_hour(const struct supervisor *supervisor, int64_t now_ms)
{
    uint64_t kept = supervisor->disconnects < SUPERVISOR_DISCONNECTS ? supervisor->disconnects
                                                                     : SUPERVISOR_DISCONNECTS;
    uint16_t count = 0;
    for (uint64_t i = 0; i < kept; i++) {
        if (now_ms - supervisor->disconnect_ms[i] < SUPERVISOR_HOUR_MS) {
            count++;
        }
    }
    return count;
}

/* ---- listening ------------------------------------------------------------------------------- */

static void trust(struct supervisor *supervisor)
{
    supervisor->state = PORT_TRUSTED;
    supervisor->fault = PORT_FAULT_NONE;
    /* Only a device that works earns quick retries: one that opens and dies again does not. */
    supervisor->retry_pause_ms = SUPERVISOR_RETRY_FIRST_MS;
    supervisor->retries = 0;
}

static void count_for_trust(struct supervisor *supervisor, int64_t now_ms)
{
    const uint32_t place = supervisor->trust_count % SUPERVISOR_TRUST_FRAMES;
    const bool enough = supervisor->trust_count + 1 >= SUPERVISOR_TRUST_FRAMES;
    supervisor->trust_ms[place] = now_ms;
    supervisor->trust_count++;
    const int64_t first_ms = supervisor->trust_ms[(place + 1) % SUPERVISOR_TRUST_FRAMES];
    if (enough && !supervisor->held && now_ms - first_ms <= SUPERVISOR_TRUST_MS) {
        trust(supervisor);
    }
}

void supervisor_heard(struct supervisor *supervisor, size_t bytes, size_t frames, int64_t now_ms)
{
    assert(supervisor_is_open(supervisor));
    if (frames == 0) {
        supervisor->strange_bytes += bytes;
        return;
    }
    supervisor->strange_bytes = 0;
    supervisor->quiet_ms = now_ms;
    supervisor->last_frame_ms = now_ms;
    if (supervisor->state == PORT_SILENT) {
        /* It proved its role when it opened, and its adapter never left. */
        trust(supervisor);
        return;
    }
    if (supervisor->held) {
        supervisor->fault = supervisor->held_fault; /* and not silent any more */
    }
    for (size_t i = 0; i < frames && supervisor->state == PORT_CHECKING; i++) {
        count_for_trust(supervisor, now_ms);
    }
}

void supervisor_hold(struct supervisor *supervisor, enum port_fault fault)
{
    assert(supervisor_is_open(supervisor));
    supervisor->held = true;
    supervisor->held_fault = fault;
    supervisor->fault = fault;
    supervisor->state = PORT_CHECKING;
}

void supervisor_release(struct supervisor *supervisor)
{
    assert(supervisor_is_open(supervisor));
    supervisor->held = false;
    supervisor->fault = PORT_FAULT_NONE;
}

void supervisor_unit(struct supervisor *supervisor, bool is_wrong)
{
    if (is_wrong && supervisor->state == PORT_TRUSTED && supervisor->fault == PORT_FAULT_NONE) {
        supervisor->fault = PORT_FAULT_UNIT;
    } else if (!is_wrong && supervisor->fault == PORT_FAULT_UNIT) {
        supervisor->fault = PORT_FAULT_NONE;
    }
}

static bool is_foreign(const struct supervisor *supervisor)
{
    return supervisor->strange_bytes >= SUPERVISOR_FOREIGN_BYTES;
}

/* Nothing whole came for so long: silent when nothing came at all, else not the device that the
 * configuration names. */
static void fall_silent(struct supervisor *supervisor, int64_t now_ms)
{
    const bool was_trusted = supervisor->state == PORT_TRUSTED || supervisor->state == PORT_SILENT;
    if (is_foreign(supervisor)) {
        supervisor->fault = was_trusted ? PORT_FAULT_FRAMES : PORT_FAULT_WRONG_DEVICE;
        begin_check(supervisor, now_ms);
        return;
    }
    supervisor->fault = PORT_FAULT_SILENT;
    supervisor->state = was_trusted ? PORT_SILENT : PORT_CHECKING;
    supervisor->quiet_ms = now_ms;
}

int64_t supervisor_deadline(const struct supervisor *supervisor)
{
    if (!supervisor_is_open(supervisor)) {
        return supervisor->retry_ms;
    }
    if (!supervisor->by_itself) {
        return INT64_MAX;
    }
    return supervisor->quiet_ms +
           (is_foreign(supervisor) ? SUPERVISOR_FOREIGN_MS : SUPERVISOR_SILENT_MS);
}

void supervisor_tick(struct supervisor *supervisor, int64_t now_ms)
{
    if (supervisor_is_open(supervisor) && now_ms >= supervisor_deadline(supervisor)) {
        fall_silent(supervisor, now_ms);
    }
}
