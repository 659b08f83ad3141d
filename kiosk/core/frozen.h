/* A scale that repeats one value and answers to nothing: an indicator that hangs, a cell that is
 * torn off.
 *
 * The rule is conservative, because an indicator that filters well may stand still for hours: it is
 * frozen when FROZEN_OPENINGS openings of its bin's lid in a row, each long enough to throw a bag,
 * did not move the value by a single division. One that flickers wherever its load comes to rest is
 * frozen as soon as it stands still for FROZEN_TIMES as long as it ever did while it lived, and did
 * not move through one such opening; or, openings or none, has not moved for FROZEN_STILL_MS. A
 * scale with little noise flickers where its load lies near the edge of a division, and stands for
 * hours a third of a division further on: FROZEN_PLACES loads in a row must have shown it. The
 * first change ends it.
 *
 * Pure; part of struct bin. Times are monotonic ms.
 */
#ifndef KIOSK_CORE_FROZEN_H
#define KIOSK_CORE_FROZEN_H

#include <stdbool.h>
#include <stdint.h>

enum {
    FROZEN_OPENINGS = 3,
    FROZEN_OPENING_MS = 2000, /* a shorter opening may bring nothing */
    FROZEN_STILL_MS = 24 * 3600 * 1000,
    FROZEN_RESTLESS = 12, /* windows in a row with flicker that prove it */
    FROZEN_TIMES = 4,
    FROZEN_PLACES = 5,      /* loads at rest, one after the other, ... */
    FROZEN_PLACE_MS = 20000 /* ... each watched for so long at least */
};

struct frozen_sample {
    int64_t t_ms;
    int32_t grams;
    bool moving; /* the device's own flag: its change is a sign of life, too */
};

struct frozen {
    bool frozen;
    bool known; /* grams, moving and still_ms hold the value that repeats */
    int32_t grams;
    bool moving;
    int64_t still_ms; /* since when it repeats */
    int64_t stood_ms; /* since when the value before the newest had been repeated; 0 where that is
                         not the one before */
    int64_t woke_ms;  /* when it last came back to life; INT64_MIN */
    uint8_t openings; /* in a row, unanswered */
    bool spiked;      /* the newest value may be a spike, ... */
    struct {
        int32_t grams;
        bool moving, frozen;
        int64_t still_ms;
        uint8_t openings;
    } before;           /* ... and this is what stood before it */
    uint8_t restless;   /* windows in a row in which it flickered, up to FROZEN_RESTLESS */
    bool flickers;      /* proved once */
    int64_t place_ms;   /* since when this load rests; INT64_MIN */
    bool watched;       /* it rested long enough before the lid opened, ... */
    bool stood;         /* ... without a flicker, as if it were frozen */
    uint8_t places;     /* loads in a row under which it flickered, up to FROZEN_PLACES */
    int64_t longest_ms; /* a value was repeated, while it lived */
};

void frozen_init(struct frozen *frozen);

/* A weight came. True when it shows life in a scale that was frozen. A single value farther off
 * than `spike_g`, with the same value before and behind it, is a fault of the line and no life. */
bool frozen_weigh(struct frozen *frozen, const struct frozen_sample *sample, int32_t spike_g);

/* It said something that is no weight (overload, fault): the same, a sign of life. */
bool frozen_other(struct frozen *frozen, int64_t t_ms);

/* It said nothing for a while: what it did meanwhile is not known. */
void frozen_gap(struct frozen *frozen);

/* The lid opens: what rests here has been seen for as long as it will. */
void frozen_opens(struct frozen *frozen, int64_t now_ms);

/* An opening is over, and the scale weighed all the time. True when it was unanswered; where it was
 * long enough, `openings` counts it, and the scale may be frozen by now. */
bool frozen_opening(struct frozen *frozen, int64_t now_ms, int64_t opened_ms, int64_t closed_ms);

/* What a window of readings at rest showed. */
void frozen_rested(struct frozen *frozen, bool flickered);

/* As the ledger left it: repeats this value still. */
void frozen_restore(struct frozen *frozen, int64_t now_ms, int32_t grams);

#endif
