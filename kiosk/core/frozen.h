/* A scale that repeats one value and answers to nothing: an indicator that hangs, a cell that is
 * torn off.
 *
 * The rule is conservative, because an indicator that filters well may stand still for hours: it is
 * frozen when FROZEN_OPENINGS openings of its bin's lid in a row, each long enough to throw a bag,
 * did not move the value by a single division. One that is known to flicker at rest is frozen when
 * it did not move through one such opening, and stands still for FROZEN_TIMES as long as it ever
 * did while it lived; or, openings or none, when it has not moved for FROZEN_STILL_MS. The first
 * change ends it.
 *
 * Pure; part of struct bin. Times are monotonic ms.
 */
#ifndef KIOSK_CORE_FROZEN_H
#define KIOSK_CORE_FROZEN_H

#include <stdbool.h>
#include <stdint.h>

enum {
    FROZEN_OPENINGS = 3,
    FROZEN_OPENING_MS = 2000,           /* a shorter opening may bring nothing */
    FROZEN_STILL_MS = 24 * 3600 * 1000, /* only for a scale that flickers */
    FROZEN_RESTLESS = 12,               /* windows in a row with flicker that prove it */
    FROZEN_TIMES = 4,
    FROZEN_STANDS = 200 /* so many values in turn tell how long it stands still while it lives */
};

struct frozen {
    bool frozen;
    bool known; /* grams, moving and still_ms hold the value that repeats */
    int32_t grams;
    bool moving;        /* the device's own flag: its change is a sign of life, too */
    int64_t still_ms;   /* since when it repeats */
    int64_t woke_ms;    /* when it last came back to life; INT64_MIN */
    uint8_t openings;   /* in a row, unanswered */
    uint8_t restless;   /* windows in a row in which it flickered, up to FROZEN_RESTLESS */
    bool flickers;      /* proved once */
    uint8_t stands;     /* values in turn since it was proved, up to FROZEN_STANDS */
    int64_t longest_ms; /* one of them was repeated */
};

void frozen_init(struct frozen *frozen);

/* A weight came. True when it shows life in a scale that was frozen. */
bool frozen_weigh(struct frozen *frozen, int64_t t_ms, int32_t grams, bool moving);

/* It said something that is no weight (overload, fault): the same, a sign of life. */
bool frozen_other(struct frozen *frozen, int64_t t_ms);

/* It said nothing for a while: what it did meanwhile is not known. */
void frozen_gap(struct frozen *frozen);

/* An opening is over, and the scale weighed all the time. True when it was unanswered; where it was
 * long enough, `openings` counts it, and the scale may be frozen by now. */
bool frozen_opening(struct frozen *frozen, int64_t now_ms, int64_t opened_ms, int64_t closed_ms);

/* What a window of readings at rest showed. */
void frozen_rested(struct frozen *frozen, bool flickered);

/* As the ledger left it: repeats this value still. */
void frozen_restore(struct frozen *frozen, int64_t now_ms, int32_t grams);

#endif
