#include "hw/swap.h"

#include <assert.h>

void swap_init(struct swap *swap)
{
    *swap = (struct swap){0};
}

void swap_add(struct swap *swap, uint8_t port, const struct hw_driver *driver)
{
    assert(port < HW_PORTS_MAX && driver != NULL);
    swap->ports[port] = (struct swap_port){.driver = driver};
}

/* ---- who was away together ------------------------------------------------------------------- */

static void join(struct swap_port *port)
{
    port->is_member = true;
    if (port->verdict <= SWAP_UNTOLD) {
        port->verdict = SWAP_DOUBT;
    }
}

void swap_lost(struct swap *swap, uint8_t index, bool is_known)
{
    struct swap_port *port = &swap->ports[index];
    port->now_count = 0;
    if (is_known) {
        return;
    }
    if (port->verdict <= SWAP_UNTOLD) {
        port->was_grams = port->last_grams;
        port->has_was = port->has_last;
    }
    port->is_away = true;
    port->is_alone = true;
    for (int i = 0; i < HW_PORTS_MAX; i++) {
        struct swap_port *other = &swap->ports[i];
        if (other == port || other->driver != port->driver) {
            continue;
        }
        if (other->is_away) {
            other->is_alone = port->is_alone = false;
            join(other);
        }
        if (other->is_member) {
            join(port);
        }
    }
}

/* A group comes to an end when all of it are back and believed. */
static void dissolve(struct swap *swap, const struct hw_driver *driver)
{
    for (int i = 0; i < HW_PORTS_MAX; i++) {
        const struct swap_port *port = &swap->ports[i];
        if (port->driver == driver && port->is_member &&
            (port->is_away || port->verdict > SWAP_UNTOLD)) {
            return;
        }
    }
    for (int i = 0; i < HW_PORTS_MAX; i++) {
        if (swap->ports[i].driver == driver) {
            swap->ports[i].is_member = false;
        }
    }
}

/* ---- judging --------------------------------------------------------------------------------- */

static int64_t distance(int32_t a, int32_t b)
{
    return a < b ? (int64_t)b - a : (int64_t)a - b;
}

/* What the weights say of a port: against its own last one, and against those of all that have not
 * proved themselves. */
static enum swap_verdict judge(struct swap *swap, struct swap_port *port)
{
    int64_t nearest = INT64_MAX;
    bool is_suspected = false;
    for (int i = 0; i < HW_PORTS_MAX; i++) {
        const struct swap_port *other = &swap->ports[i];
        if (other == port || other->driver != port->driver || !other->is_member ||
            other->verdict == SWAP_SURE) {
            continue;
        }
        is_suspected = true;
        if (other->has_was && distance(port->now_grams, other->was_grams) < nearest) {
            nearest = distance(port->now_grams, other->was_grams);
            port->fits = (uint8_t)i;
        }
    }
    /* One that never weighed before is believed to be another one only when it fits well. */
    const int64_t own =
        port->has_was ? distance(port->now_grams, port->was_grams) : SWAP_NEAR_GRAMS + 1;
    if (!is_suspected || (own <= SWAP_NEAR_GRAMS && nearest > SWAP_NEAR_GRAMS)) {
        return SWAP_SURE;
    }
    return own > SWAP_NEAR_GRAMS && nearest < own ? SWAP_EXCHANGED : SWAP_UNTOLD;
}

/* Whoever proved himself leaves fewer places for the others. */
static void judge_all(struct swap *swap, const struct hw_driver *driver)
{
    bool changed = true;
    while (changed) {
        changed = false;
        for (int i = 0; i < HW_PORTS_MAX; i++) {
            struct swap_port *port = &swap->ports[i];
            if (port->driver != driver || !port->is_member || port->is_away ||
                port->now_count < SWAP_WEIGHTS || port->verdict == SWAP_SURE) {
                continue;
            }
            const enum swap_verdict before = port->verdict;
            port->verdict = judge(swap, port);
            changed = changed || port->verdict != before;
        }
    }
    dissolve(swap, driver);
}

void swap_back(struct swap *swap, uint8_t index, bool technician, int64_t now_ms)
{
    struct swap_port *port = &swap->ports[index];
    const bool is_confirmed = port->verdict == SWAP_EXCHANGED && technician && port->is_alone;
    port->is_away = false;
    port->back_ms = now_ms;
    port->now_count = 0;
    if (!port->is_member) {
        port->verdict = SWAP_SURE;
        return;
    }
    port->verdict = is_confirmed                           ? SWAP_SURE
                    : port->driver->kind == READING_WEIGHT ? SWAP_DOUBT
                                                           : SWAP_UNTOLD;
    judge_all(swap, port->driver);
}

static bool has_no_weight(const reading_t *reading)
{
    return reading->status != READING_OK && reading->status != READING_MOVING &&
           reading->status != READING_BUSY;
}

bool swap_weigh(struct swap *swap, const reading_t *reading)
{
    struct swap_port *port = &swap->ports[reading->port];
    const bool is_settled = reading->status == READING_OK && reading->has_value;
    if (reading->kind != READING_WEIGHT || reading->channel != 1) {
        return false;
    }
    if (swap_may_believe(swap, reading->port)) {
        port->has_last = port->has_last || is_settled;
        port->last_grams = is_settled ? reading->grams : port->last_grams;
    }
    if (port->verdict != SWAP_DOUBT) {
        return false;
    }
    if (is_settled) {
        const bool is_near =
            port->now_count > 0 && distance(reading->grams, port->now_grams) <= SWAP_NEAR_GRAMS;
        port->now_count = (uint8_t)(is_near ? port->now_count + 1 : 1);
        port->now_grams = reading->grams;
        if (port->now_count == SWAP_WEIGHTS) {
            judge_all(swap, port->driver);
        }
    } else if (has_no_weight(reading) && reading->t_ms - port->back_ms >= SWAP_PATIENCE_MS) {
        port->verdict = SWAP_UNTOLD;
        dissolve(swap, port->driver);
    }
    return true;
}
