/* Whether devices whose adapters look alike were exchanged while they were away.
 *
 * Adapters without a serial number of their own can be told apart by their socket only. Where two
 * of one protocol were away at the same time, each has to prove itself when it is back: its first
 * settled weights must be near what the port said last, and not near what another one of them said
 * last. Ports that overlap one another in time form one group, so that an exchange by turns among
 * three is found as well; who has proved himself can be behind no other socket.
 *
 * A port that fits another one better is held back until both are in their sockets again, or until
 * a technician says that it is right: with his board open, he pulls it out and plugs it in again
 * while no other of the group is away. A new start forgets everything.
 *
 * Pure; the caller owns the struct, nothing in it needs freeing. One thread.
 */
#ifndef HW_SWAP_H
#define HW_SWAP_H

#include "hw/driver.h"

enum {
    SWAP_NEAR_GRAMS = 500,    /* 5 divisions of 100 g: as near as a bin comes to itself */
    SWAP_WEIGHTS = 3,         /* settled weights that make one proof, all near each other */
    SWAP_PATIENCE_MS = 10000, /* a scale that only reports overload or a fault is not waited for */
};

enum swap_verdict {
    SWAP_SURE,     /* never in question, or it proved itself */
    SWAP_UNTOLD,   /* nothing tells: to be believed, and to be recorded as such */
    SWAP_DOUBT,    /* away, or back and not proven yet: its readings must wait */
    SWAP_EXCHANGED /* another port's device by what it weighs */
};

struct swap_port {
    const struct hw_driver *driver; /* borrowed; NULL: no such port */
    enum swap_verdict verdict;
    bool is_away;
    bool is_member;         /* was away together with others that have not all come to rest */
    bool is_alone;          /* nobody like it has been away since it went */
    bool has_last, has_was; /* the two weights below are known */
    int32_t last_grams;     /* the latest settled one while it was believed */
    int32_t was_grams;      /* the same when it went away */
    int32_t now_grams;      /* since it is back */
    uint8_t now_count;      /* settled weights near now_grams in a row */
    uint8_t fits;           /* for SWAP_EXCHANGED: the port whose last weight is nearest */
    int64_t back_ms;
};

struct swap {
    struct swap_port ports[HW_PORTS_MAX];
};

void swap_init(struct swap *swap);
void swap_add(struct swap *swap, uint8_t port, const struct hw_driver *driver);

/* The port's device went away. `is_known`: its adapter alone says which one it is. */
void swap_lost(struct swap *swap, uint8_t port, bool is_known);

/* It is open again. `technician`: somebody who may confirm it is at the board. */
void swap_back(struct swap *swap, uint8_t port, bool technician, int64_t now_ms);

/* A reading of a port that is open. True where verdicts may have changed, those of other ports as
 * well. */
bool swap_weigh(struct swap *swap, const reading_t *reading);

static inline bool swap_may_believe(const struct swap *swap, uint8_t port)
{
    return swap->ports[port].verdict <= SWAP_UNTOLD;
}

#endif
