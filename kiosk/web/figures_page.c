#include <stdio.h>
#include <string.h>

#include "assets/strings/web.def"
#include "kiosk/core/figures.h"
#include "kiosk/web/figures_page.h"

#define X(name, text) static const char name[] = text;
WEB_VALUE_TEXTS(X)
#undef X

void figures_page_load(struct figures_page *page, const char *directory, int64_t utc_ms)
{
    char error[LEDGER_ERROR_MAX];
    struct ledger *ledger = NULL;

    memset(page, 0, sizeof *page);
    page->has_clock = utc_ms > 0;
    if (!page->has_clock) {
        return;
    }
    page->today = local_day(utc_ms);
    day_range_t day = {true, true, page->today, page->today};
    day_range_t week = {true, true, local_monday(page->today), page->today};
    if (ledger_open_reader(&ledger, directory, error) != LEDGER_OK) {
        return;
    }
    page->has_figures = ledger_sum(ledger, &day, &page->day, error) == LEDGER_OK &&
                        ledger_sum(ledger, &week, &page->week, error) == LEDGER_OK;
    ledger_close(ledger);
}

/* ---- sums of the roll-up --------------------------------------------------------------------- */

struct total {
    int64_t count, weighed, grams;
};

/* Of one class and one outcome; the enums' counts stand for all. Bins of an unknown class are in
 * "all" as well. */
static struct total add_up(const struct ledger_sums *sums, int class, int outcome)
{
    struct total total = {0, 0, 0};

    for (int i = 0; i <= WASTE_CLASS_COUNT; i++) {
        for (int j = 0; j < OUTCOME_COUNT; j++) {
            if ((class != WASTE_CLASS_COUNT && class != i) ||
                (outcome != OUTCOME_COUNT && outcome != j)) {
                continue;
            }
            total.count += sums->cells[i][j].count;
            total.weighed += sums->cells[i][j].weighed;
            total.grams += sums->cells[i][j].grams;
        }
    }
    return total;
}

static struct total consistent(const struct ledger_sums *sums)
{
    struct total total = {0, 0, 0};

    for (int i = 0; i < OUTCOME_COUNT; i++) {
        struct total part = add_up(sums, WASTE_CLASS_COUNT, i);
        if (!outcome_is_consistent((enum outcome)i)) {
            continue;
        }
        total.count += part.count;
        total.grams += part.grams;
    }
    return total;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* One decimal, rounded down: a share never looks better than it is. */
static void put_percent(char *value, size_t size, int64_t part, int64_t whole)
{
    if (whole <= 0) {
        snprintf(value, size, "%s", WEB_UNKNOWN);
        return;
    }
    int64_t permille = part * 1000 / whole;
    snprintf(value, size, "%lld.%lld%%", (long long)(permille / 10), (long long)(permille % 10));
}

static void put_kilograms(char *value, int64_t grams)
{
    snprintf(value, PAGE_VALUE_MAX, "%lld.%03lld", (long long)(grams / 1000),
             (long long)(grams % 1000));
}

static void put_figure(const struct ledger_sums *sums, const char *name, char *value)
{
    struct total all = add_up(sums, WASTE_CLASS_COUNT, OUTCOME_COUNT);
    char share[32];

    if (strcmp(name, "rate") == 0) {
        put_percent(value, PAGE_VALUE_MAX, consistent(sums).count, all.count);
    } else if (strcmp(name, "rate_by_weight") == 0) {
        put_percent(value, PAGE_VALUE_MAX, consistent(sums).grams, all.grams);
    } else if (strcmp(name, "count") == 0) {
        snprintf(value, PAGE_VALUE_MAX, "%lld", (long long)all.count);
    } else if (strcmp(name, "weighed") == 0) {
        snprintf(value, PAGE_VALUE_MAX, "%lld", (long long)all.weighed);
    } else if (strcmp(name, "kg") == 0) {
        put_kilograms(value, all.grams);
    } else if (strncmp(name, "kg.", 3) == 0) {
        put_kilograms(value, add_up(sums, (int)waste_class_find(name + 3), OUTCOME_COUNT).grams);
    } else if (strncmp(name, "share.", 6) == 0) {
        struct total part = add_up(sums, WASTE_CLASS_COUNT, (int)outcome_find(name + 6));
        put_percent(share, sizeof share, part.count, all.count);
        snprintf(value, PAGE_VALUE_MAX, WEB_SHARE_FORMAT, share, (long long)part.count);
    }
}

static void put_date(char *value, int64_t day, int day_of_month)
{
    civil_t civil = civil_from_day(day);

    snprintf(value, PAGE_VALUE_MAX, "%04d-%02d-%02d", civil.year, civil.month,
             day_of_month ? day_of_month : civil.day);
}

void figures_page_value(void *context, const char *name, char value[PAGE_VALUE_MAX])
{
    const struct figures_page *page = context;
    const struct {
        const char *prefix;
        const struct ledger_sums *sums;
    } periods[] = {{"today.", &page->day}, {"week.", &page->week}};

    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        size_t length = strlen(periods[i].prefix);
        if (strncmp(name, periods[i].prefix, length) != 0) {
            continue;
        }
        if (page->has_figures) {
            put_figure(periods[i].sums, name + length, value);
        } else {
            snprintf(value, PAGE_VALUE_MAX, "%s", WEB_UNKNOWN);
        }
        return;
    }
    if (!page->has_clock) {
        return;
    }
    if (strcmp(name, "today") == 0) {
        put_date(value, page->today, 0);
    } else if (strcmp(name, "week_start") == 0) {
        put_date(value, local_monday(page->today), 0);
    } else if (strcmp(name, "month_start") == 0) {
        put_date(value, page->today, 1);
    }
}
