/* The values of the downloads page: dates, and the figures of today, of this week and of a period
 * that the reader chooses. What they mean is said in kiosk/core/figures.h; here they become text.
 */
#ifndef KIOSK_WEB_FIGURES_PAGE_H
#define KIOSK_WEB_FIGURES_PAGE_H

#include "kiosk/store/query.h"
#include "kiosk/web/page.h"

struct figures_page {
    bool has_clock;
    int64_t today; /* local_day() */
    bool has_figures;
    struct figures day, week, period;
    day_range_t range; /* of the period: this month until the reader chooses */
    int32_t sample_least;
};

/* Reads the figures of the day and the week of `utc_ms` (0: the clock is not set), and of the days
 * `from` to `to` (YYYY-MM-DD; NULL, "" or what is no date: from the first of this month, to today).
 * Where that fails, has_figures is false and the values are dashes. */
void figures_page_load(struct figures_page *page, const char *directory, int64_t utc_ms,
                       const char *from, const char *to, int32_t sample_least);

/* A page_values function; the context is the struct. Names it does not know stay empty. */
void figures_page_value(void *context, const char *name, char value[PAGE_VALUE_MAX]);

#endif
