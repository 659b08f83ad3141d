/* The values of the downloads page: dates, and the figures of today and of this week.
 *
 * Figures come from the ledger's daily roll-up. 操作一致率 = deposits with outcome consistent or
 * corrected ÷ all deposits of the period, never anything else.
 */
#ifndef KIOSK_WEB_FIGURES_PAGE_H
#define KIOSK_WEB_FIGURES_PAGE_H

#include "kiosk/store/query.h"
#include "kiosk/web/page.h"

struct figures_page {
    bool has_clock;
    int64_t today; /* local_day() */
    bool has_figures;
    struct ledger_sums day, week;
};

/* Reads the figures of the day and the week of `utc_ms` (0: the clock is not set). Where that
 * fails, has_figures is false and the values are dashes. */
void figures_page_load(struct figures_page *page, const char *directory, int64_t utc_ms);

/* A page_values function; the context is the struct. Names it does not know stay empty. */
void figures_page_value(void *context, const char *name, char value[PAGE_VALUE_MAX]);

#endif
