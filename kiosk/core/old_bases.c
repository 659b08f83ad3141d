/* Where a bin's weight rested in the last minutes. */
#include "kiosk/core/old_bases.h"

#include <stddef.h>
#include <string.h>

void old_bases_forget(struct old_bases *bases)
{
    bases->count = 0;
    bases->step_count = 0;
}

static bool is_near(const struct old_base *base, int32_t grams, int32_t near_g)
{
    int64_t off_g = (int64_t)grams - base->grams;
    return off_g < near_g && off_g > -near_g;
}

static void keep(struct old_bases *bases, const struct old_base *base)
{
    if (bases->count == OLD_BASES_MAX) {
        memmove(&bases->list[0], &bases->list[1], (OLD_BASES_MAX - 1) * sizeof bases->list[0]);
        bases->count--;
    }
    bases->list[bases->count++] = *base;
}

void old_bases_rest(struct old_bases *bases, int64_t now_ms, int32_t grams, int32_t near_g)
{
    struct old_base *last = bases->count > 0 ? &bases->list[bases->count - 1] : NULL;
    if (last != NULL && is_near(last, grams, near_g)) {
        last->until_ms = now_ms;
    } else if (last == NULL || now_ms - last->since_ms >= OLD_BASES_NEXT_MS) {
        keep(bases, &(struct old_base){.since_ms = now_ms, .until_ms = now_ms, .grams = grams});
    }
}

void old_bases_leave(struct old_bases *bases, int64_t until_ms, int32_t grams)
{
    keep(bases, &(struct old_base){.since_ms = until_ms, .until_ms = until_ms, .grams = grams});
}

void old_bases_step(struct old_bases *bases, const struct old_step *step)
{
    if (bases->step_count == OLD_STEPS_MAX) {
        memmove(&bases->steps[0], &bases->steps[1], (OLD_STEPS_MAX - 1) * sizeof bases->steps[0]);
        bases->step_count--;
    }
    bases->steps[bases->step_count++] = *step;
}

/* The place of the oldest that is fresh and near; `count` where there is none. */
static int find(const struct old_bases *bases, int64_t now_ms, int32_t grams, int32_t near_g)
{
    int place = 0;
    for (; place < bases->count; place++) {
        const struct old_base *base = &bases->list[place];
        if (now_ms - base->until_ms <= OLD_BASES_KEPT_MS && is_near(base, grams, near_g)) {
            break;
        }
    }
    return place;
}

bool old_bases_has(const struct old_bases *bases, int64_t now_ms, int32_t grams, int32_t near_g)
{
    return find(bases, now_ms, grams, near_g) < bases->count;
}

bool old_bases_return(struct old_bases *bases, int64_t now_ms, int32_t grams, int32_t near_g,
                      int64_t *until_ms)
{
    int first = find(bases, now_ms, grams, near_g);
    bool is_back = first < bases->count;
    *until_ms = is_back ? bases->list[first].until_ms : now_ms;
    bases->count = first;
    return is_back;
}

/* The place of the first that was told after `since_ms`. */
static int first_step(const struct old_bases *bases, int64_t since_ms)
{
    int place = 0;
    while (place < bases->step_count && bases->steps[place].told_ms <= since_ms) {
        place++;
    }
    return place;
}

int old_bases_retract(struct old_bases *bases, int64_t since_ms, int64_t opened_ms[OLD_STEPS_MAX])
{
    int first = first_step(bases, since_ms);
    int count = bases->step_count - first;
    for (int i = 0; i < count; i++) {
        opened_ms[i] = bases->steps[first + i].opened_ms;
    }
    bases->step_count = first;
    return count;
}

bool old_bases_explain(const struct old_bases *bases, int64_t now_ms, int32_t grams, int32_t near_g)
{
    if (bases->step_count == 0) {
        return false; /* asked at every reading: mostly there is none */
    }
    int base = find(bases, now_ms, grams, near_g);
    int step =
        base < bases->count ? first_step(bases, bases->list[base].until_ms) : bases->step_count;
    while (step < bases->step_count && bases->steps[step].is_chosen) {
        step++;
    }
    return step < bases->step_count;
}

void old_bases_shift(struct old_bases *bases, int32_t grams)
{
    for (int i = 0; i < bases->count; i++) {
        bases->list[i].grams -= grams;
    }
}
