/* Bases that a bin's weight has left. */
#include "kiosk/core/old_bases.h"

#include <stdbool.h>
#include <string.h>

void old_bases_keep(struct old_bases *bases, const struct old_base *base)
{
    if (bases->count == OLD_BASES_MAX) {
        memmove(&bases->list[0], &bases->list[1], (OLD_BASES_MAX - 1) * sizeof bases->list[0]);
        bases->count--;
    }
    bases->list[bases->count++] = *base;
}

int old_bases_find(const struct old_bases *bases, int64_t now_ms, int32_t grams, int32_t least_g)
{
    int place = 0;
    for (; place < bases->count; place++) {
        const struct old_base *base = &bases->list[place];
        int64_t off_g = (int64_t)grams - base->grams;
        bool is_near = off_g < least_g && off_g > -least_g;
        if (is_near && now_ms - base->told_ms <= OLD_BASES_KEPT_MS) {
            break;
        }
    }
    return place;
}

void old_bases_shift(struct old_bases *bases, int32_t grams)
{
    for (int i = 0; i < bases->count; i++) {
        bases->list[i].grams -= grams;
    }
}
