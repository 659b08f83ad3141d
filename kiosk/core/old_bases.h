/* Where a bin's weight rested in the last minutes, and the deposits that nothing but the weight
 * told of meanwhile.
 *
 * Who leans on a bin without a usable lid sensor, or pulls at it, is told as weight that came or
 * went, in parts even where the hand is unsteady, or moves the base unseen where the scale is
 * coarse. When the weight rests again where it had rested before, all of that was no deposit.
 *
 * Pure; part of struct bin. Times are monotonic ms.
 */
#ifndef KIOSK_CORE_OLD_BASES_H
#define KIOSK_CORE_OLD_BASES_H

#include <stdbool.h>
#include <stdint.h>

enum {
    OLD_BASES_KEPT_MS = 3 * 60 * 1000, /* nobody leans for so long */
    OLD_BASES_NEXT_MS = 4000,          /* at most one is kept in so long, ... */
    OLD_BASES_MAX = 64, /* ... and those that were left by what was told: three minutes of both */
    OLD_STEPS_MAX = 8
};

struct old_base {
    int64_t since_ms, until_ms; /* when the weight was there first, and last */
    int32_t grams;
};

struct old_step {
    int64_t told_ms;
    int64_t opened_ms; /* of the deposit */
    bool is_chosen;    /* by who threw it */
};

struct old_bases {
    struct old_base list[OLD_BASES_MAX]; /* the newest, oldest first */
    int count;
    struct old_step steps[OLD_STEPS_MAX]; /* likewise */
    int step_count;
};

void old_bases_forget(struct old_bases *bases);

/* The weight rests at `grams`; what is nearer than `near_g` to it is the same. */
void old_bases_rest(struct old_bases *bases, int64_t now_ms, int32_t grams, int32_t near_g);

/* It was at `grams` last at `until_ms`, and something is told of where it went. */
void old_bases_leave(struct old_bases *bases, int64_t until_ms, int32_t grams);
/* And that is a deposit. */
void old_bases_step(struct old_bases *bases, const struct old_step *step);

/* True where the weight had rested nearer than `near_g` to `grams`, at most OLD_BASES_KEPT_MS ago.
 */
bool old_bases_has(const struct old_bases *bases, int64_t now_ms, int32_t grams, int32_t near_g);
/* The same: what is known from then on is forgotten, and `until_ms` tells when it was first left.
 */
bool old_bases_return(struct old_bases *bases, int64_t now_ms, int32_t grams, int32_t near_g,
                      int64_t *until_ms);

/* Takes the steps that were told after `since_ms` off the list; returns how many. */
int old_bases_retract(struct old_bases *bases, int64_t since_ms, int64_t opened_ms[OLD_STEPS_MAX]);

/* True where a step that nobody had chosen was told after the weight had rested nearer than
 * `near_g` to `grams`. */
bool old_bases_explain(const struct old_bases *bases, int64_t now_ms, int32_t grams,
                       int32_t near_g);

/* The scale was set to zero at `grams`. */
void old_bases_shift(struct old_bases *bases, int32_t grams);

#endif
