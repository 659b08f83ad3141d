/* The figures of the first screen, folded from the ledger. One definition each:
 *
 *   deposits    every deposit, whatever its outcome or weight
 *   grams       the sum of the known weights
 *   consistent  deposits with outcome consistent or corrected; 操作一致率 = consistent / deposits
 *
 * Kept by local day for the week being looked at. Pure; part of struct kiosk.
 */
#ifndef KIOSK_CORE_FIGURES_H
#define KIOSK_CORE_FIGURES_H

#include "kiosk/core/events.h"

enum { FIGURES_DAYS = 8 }; /* a week and the day that is about to begin */

struct day_figures {
    int64_t day; /* local_day() */
    int64_t deposits, grams, consistent;
};

struct figures {
    struct day_figures days[FIGURES_DAYS];
};

bool outcome_is_consistent(enum outcome outcome);

void figures_add(struct figures *figures, const moment_t *at, const struct event_deposit *deposit);

/* The sum of the days of the week of `utc_ms`, and of its day alone. */
struct day_figures figures_of_day(const struct figures *figures, int64_t utc_ms);
struct day_figures figures_of_week(const struct figures *figures, int64_t utc_ms);

#endif
