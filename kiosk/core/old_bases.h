/* Bases that a bin's weight has left, and may come back to.
 *
 * Who leans on a bin without a usable lid sensor, or pulls at it, is told as weight that came or
 * went: until it goes, or comes, as it did.
 *
 * Pure; part of struct bin. Times are monotonic ms.
 */
#ifndef KIOSK_CORE_OLD_BASES_H
#define KIOSK_CORE_OLD_BASES_H

#include <stdint.h>

enum {
    OLD_BASES_MAX = 3,
    OLD_BASES_KEPT_MS = 3 * 60 * 1000 /* nobody leans for so long */
};

struct old_base {
    int64_t told_ms;   /* when it was told that the weight had left it */
    int64_t opened_ms; /* of the deposit that was told then, if one was */
    int32_t grams;
};

struct old_bases {
    struct old_base list[OLD_BASES_MAX]; /* the newest, oldest first */
    int count;
};

/* Forgets the oldest where there is no room. */
void old_bases_keep(struct old_bases *bases, const struct old_base *base);

/* The place of the oldest that was left at most OLD_BASES_KEPT_MS ago and lies nearer than
 * `least_g` to `grams`; `count` where there is none. */
int old_bases_find(const struct old_bases *bases, int64_t now_ms, int32_t grams, int32_t least_g);

/* The scale was set to zero at `grams`. */
void old_bases_shift(struct old_bases *bases, int32_t grams);

#endif
