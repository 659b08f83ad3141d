#include "kiosk/core/figures.h"

#include <stddef.h>

bool outcome_is_consistent(enum outcome outcome)
{
    return outcome == OUTCOME_CONSISTENT || outcome == OUTCOME_CORRECTED;
}

static size_t slot_of(int64_t day)
{
    return (size_t)((day % FIGURES_DAYS + FIGURES_DAYS) % FIGURES_DAYS);
}

void figures_add(struct figures *figures, const moment_t *at, const struct event_deposit *deposit)
{
    int64_t day = local_day(at->utc_ms);
    struct day_figures *slot = &figures->days[slot_of(day)];
    /* Without a clock every day is 1970-01-01, which must not take the place of a real one. */
    if (at->quality == CLOCK_UNSET && slot->day != day) {
        return;
    }
    if (slot->day != day) {
        *slot = (struct day_figures){.day = day};
    }
    slot->deposits++;
    slot->grams += deposit->quality == QUALITY_NONE ? 0 : deposit->weight_g;
    slot->consistent += outcome_is_consistent(deposit->outcome);
}

static void add_day(struct day_figures *sum, const struct figures *figures, int64_t day)
{
    const struct day_figures *slot = &figures->days[slot_of(day)];
    if (slot->day == day) {
        sum->deposits += slot->deposits;
        sum->grams += slot->grams;
        sum->consistent += slot->consistent;
    }
}

struct day_figures figures_of_day(const struct figures *figures, int64_t utc_ms)
{
    struct day_figures sum = {.day = local_day(utc_ms)};
    add_day(&sum, figures, sum.day);
    return sum;
}

struct day_figures figures_of_week(const struct figures *figures, int64_t utc_ms)
{
    int64_t monday = local_monday(local_day(utc_ms));
    struct day_figures sum = {.day = monday};
    for (int i = 0; i < 7; i++) {
        add_day(&sum, figures, monday + i);
    }
    return sum;
}
