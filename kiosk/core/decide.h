/* Inside the bin: what its decisions share. Not for other parts of the core.
 *
 *     opening.c    what an opening of the lid brought
 *     unseen.c     what came or went without one
 *     hindsight.c  what was told, and turned out to be something else
 */
#ifndef KIOSK_CORE_DECIDE_H
#define KIOSK_CORE_DECIDE_H

#include "kiosk/core/bin.h"

enum {
    DECIDE_SWAP_LEAST_G = 3000 /* a bin that is put back weighs more than most bags */
};

static inline int32_t decide_distance(int32_t a, int32_t b)
{
    return a > b ? a - b : b - a;
}

static inline bool decide_matters(const struct bin *bin, int32_t change_g)
{
    return decide_distance(change_g, 0) >= bin_min_deposit(bin);
}

/* A row of the ledger moves the books from one level to another. */
static inline void decide_adjust(struct bin *bin, enum adjust_cause cause, int32_t base_g,
                                 int32_t final_g, struct bin_decision *decision)
{
    *decision = (struct bin_decision){
        .verdict = BIN_ADJUSTMENT,
        .cause = cause,
        .quality = QUALITY_SETTLED,
        .base_g = base_g,
        .final_g = final_g,
        .weight_g = final_g - base_g,
    };
    bin->booked_g += final_g - base_g;
}

/* A bin that had been taken away, and not just emptied. */
static inline bool decide_is_put_back(const struct bin *bin, int64_t now_ms, int32_t gain_g)
{
    return bin->taken_away_ms != BIN_NEVER && now_ms - bin->taken_away_ms <= BIN_SWAP_MS &&
           gain_g >= DECIDE_SWAP_LEAST_G;
}

/* Everything that needs no opening: leaning, drift, weight that came or went. */
bool decide_unseen(struct bin *bin, int64_t now_ms, struct bin_decision *decision);

/* The opening that has just ended did not move a single digit. */
void hindsight_unanswered(struct bin *bin);
/* The scale repeated one value from `since_ms` on, and then, at once, another: where that hid more
 * than one opening, it hung. */
void hindsight_thawed(struct bin *bin, int64_t since_ms);
/* A gain under a closed lid was told as nobody's, though somebody was there: should the lid be
 * found stuck, it was `opening`. */
void hindsight_hidden(struct bin *bin, const struct bin_opening *opening);
/* The newest of those was taken away again. */
void hindsight_unhide(struct bin *bin);

#endif
