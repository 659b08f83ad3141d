/* Whether a port may be believed: from an absent device to one whose frames proved its role.
 *
 * A port that opens is not trusted yet: any device may sit behind it. Readings go up only after
 * some whole frames of its protocol arrived in a short time. What goes wrong has a name. The
 * machine is pure: the caller opens and closes, feeds bytes, tells what happened with the time, and
 * asks for the next deadline. One thread at a time; nothing in it needs freeing.
 */
#ifndef HW_SUPERVISOR_H
#define HW_SUPERVISOR_H

#include "hw/driver.h"

enum {
    SUPERVISOR_TRUST_FRAMES = 3,     /* whole frames that prove a role ... */
    SUPERVISOR_TRUST_MS = 5000,      /* ... when they arrive in so long */
    SUPERVISOR_SILENT_MS = 5000,     /* without a whole frame: silent ... */
    SUPERVISOR_FOREIGN_MS = 4000,    /* ... or, with bytes, of another protocol: told before the
                                        core tells of silence */
    SUPERVISOR_FOREIGN_BYTES = 64,   /* so many without a frame are no noise: another device, or
                                        wrong line settings */
    SUPERVISOR_RETRY_FIRST_MS = 250, /* the pause before a lost device is tried again doubles */
    SUPERVISOR_RETRY_LONGEST_MS = 2000,
    SUPERVISOR_DISCONNECTS = 64, /* kept to count those of the last hour; more count as so many */
    SUPERVISOR_HOUR_MS = 3600 * 1000
};

struct supervisor {
    enum port_state state;
    enum port_fault fault;
    bool by_itself;                                /* the device speaks without being touched */
    int64_t retry_ms;                              /* next opening, while closed */
    int32_t retry_pause_ms;                        /* pause after the next failure */
    uint32_t retries;                              /* openings tried since the device went away */
    int64_t quiet_ms;                              /* since when nothing whole came; while open */
    uint64_t strange_bytes;                        /* since the last whole frame */
    uint32_t trust_count;                          /* frames since it opened, up to the needed */
    int64_t trust_ms[SUPERVISOR_TRUST_FRAMES];     /* when the last of them came */
    int64_t last_frame_ms;                         /* INT64_MIN before the first */
    uint64_t disconnects;                          /* since the start */
    bool held;                                     /* frames alone do not make it trusted */
    enum port_fault held_fault;                    /* why, once that is known */
    int64_t disconnect_ms[SUPERVISOR_DISCONNECTS]; /* the last ones, a ring */
};

/* Closed, due to open at once. A card reader speaks only when somebody holds a card to it: it is
 * trusted as soon as it is open, and silence is no fault. */
void supervisor_init(struct supervisor *supervisor, enum reading_kind kind);

/* True when the caller should open the device now; the state is then PORT_OPENING until one of the
 * next two is told. */
bool supervisor_should_open(struct supervisor *supervisor, int64_t now_ms);
void supervisor_opened(struct supervisor *supervisor, int64_t now_ms);

/* It did not open, or may not: `fault` says why. Tried again after a pause. */
void supervisor_refused(struct supervisor *supervisor, enum port_fault fault, int64_t now_ms);

/* The open device went away: the caller has closed it. */
void supervisor_lost(struct supervisor *supervisor, int64_t now_ms);

/* Bytes arrived, of which `frames` whole frames were made. Call it before the readings of those
 * frames are handed on, so that supervisor_is_trusted() decides about them. */
void supervisor_heard(struct supervisor *supervisor, size_t bytes, size_t frames, int64_t now_ms);

/* Something beside its frames has to prove the open port first (hw/swap.h): until it is released,
 * it is being checked, with `fault` (PORT_FAULT_NONE: not known yet). Ends with the next opening.
 */
void supervisor_hold(struct supervisor *supervisor, enum port_fault fault);
void supervisor_release(struct supervisor *supervisor);

/* Whether the frames of a trusted port carry no weight although they are whole (port.h). */
void supervisor_unit(struct supervisor *supervisor, bool is_wrong);

/* Time passed; to be called at supervisor_deadline() (INT64_MAX: nothing is due). */
void supervisor_tick(struct supervisor *supervisor, int64_t now_ms);
int64_t supervisor_deadline(const struct supervisor *supervisor);

static inline bool supervisor_is_open(const struct supervisor *supervisor)
{
    return supervisor->state == PORT_CHECKING || supervisor->state == PORT_TRUSTED ||
           supervisor->state == PORT_SILENT;
}

static inline bool supervisor_is_trusted(const struct supervisor *supervisor)
{
    return supervisor->state == PORT_TRUSTED;
}

/* How often the device went away in the hour before `now_ms`. */
uint16_t supervisor_disconnects_in_hour(const struct supervisor *supervisor, int64_t now_ms);

#endif
