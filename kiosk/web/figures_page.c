#include <stdio.h>
#include <string.h>

#include "assets/strings/web.def"
#include "kiosk/report/export.h"
#include "kiosk/web/figures_page.h"

#define X(name, text) static const char name[] = text;
WEB_VALUE_TEXTS(X)
#undef X

static int64_t first_of_month(int64_t day)
{
    const civil_t civil = civil_from_day(day);
    return local_day(utc_from_local_date(civil.year, civil.month, 1));
}

static day_range_t chosen_range(int64_t today, const char *from, const char *to)
{
    day_range_t range = {true, true, first_of_month(today), today};
    int64_t day;
    if (from != NULL && export_parse_day(from, &day)) {
        range.from = day;
    }
    if (to != NULL && export_parse_day(to, &day)) {
        range.to = day;
    }
    return range;
}

void figures_page_load(struct figures_page *page, const char *directory, int64_t utc_ms,
                       const char *from, const char *to, int32_t sample_least)
{
    char error[LEDGER_ERROR_MAX];
    struct ledger *ledger = NULL;

    memset(page, 0, sizeof *page);
    page->sample_least = sample_least;
    page->has_clock = utc_ms > 0;
    if (!page->has_clock) {
        return;
    }
    page->today = local_day(utc_ms);
    page->range = chosen_range(page->today, from, to);
    const day_range_t day = {true, true, page->today, page->today};
    const day_range_t week = {true, true, local_monday(page->today), page->today};
    if (ledger_open_reader(&ledger, directory, error) != LEDGER_OK) {
        return;
    }
    page->has_figures = ledger_figures(ledger, &day, &page->day, error) == LEDGER_OK &&
                        ledger_figures(ledger, &week, &page->week, error) == LEDGER_OK &&
                        ledger_figures(ledger, &page->range, &page->period, error) == LEDGER_OK;
    ledger_close(ledger);
}

/* ---- values ---------------------------------------------------------------------------------- */

/* One decimal. */
static void put_permille(char *value, size_t size, int32_t permille)
{
    if (permille < 0) {
        snprintf(value, size, "%s", WEB_UNKNOWN);
        return;
    }
    snprintf(value, size, "%d.%d%%", permille / 10, permille % 10);
}

static void put_count(char *value, int64_t count)
{
    snprintf(value, PAGE_VALUE_MAX, "%lld", (long long)count);
}

static void put_kilograms(char *value, int64_t grams)
{
    const int64_t size = grams < 0 ? -grams : grams;
    snprintf(value, PAGE_VALUE_MAX, "%s%lld.%03lld", grams < 0 ? "-" : "", (long long)(size / 1000),
             (long long)(size % 1000));
}

static void put_accuracy(const struct figure_accuracy *accuracy, char *value)
{
    if (accuracy->passed.whole == 0) {
        snprintf(value, PAGE_VALUE_MAX, "%s", WEB_UNKNOWN);
    } else if (!accuracy->enough) {
        snprintf(value, PAGE_VALUE_MAX, "%s", WEB_FEW);
    } else {
        put_permille(value, PAGE_VALUE_MAX, ratio_permille(accuracy->passed));
    }
}

/* Outward: never narrower than it is. */
static void put_interval(const struct figure_accuracy *accuracy, char *value)
{
    char low[32], high[32];
    if (!accuracy->enough) {
        snprintf(value, PAGE_VALUE_MAX, "%s", WEB_UNKNOWN);
        return;
    }
    put_permille(low, sizeof low, accuracy->interval.low_ppm / 1000);
    put_permille(high, sizeof high, (accuracy->interval.high_ppm + 999) / 1000);
    snprintf(value, PAGE_VALUE_MAX, WEB_INTERVAL_FORMAT, low, high);
}

static void put_inspected(const struct figures *figures, int32_t least, const char *name,
                          char *value)
{
    const struct figure_accuracy accuracy = figures_accuracy(figures, least);
    if (strcmp(name, "accuracy") == 0) {
        put_accuracy(&accuracy, value);
    } else if (strcmp(name, "accuracy.interval") == 0) {
        put_interval(&accuracy, value);
    } else if (strcmp(name, "checked") == 0) {
        put_count(value, figures->checked);
    } else if (strcmp(name, "wrong") == 0) {
        put_count(value, figures->wrong);
    } else if (strcmp(name, "inspections") == 0) {
        put_count(value, figures->inspections);
    }
}

static void put_share(const struct figures *figures, enum outcome outcome, char *value)
{
    const ratio_t ratio = figures_share(figures, outcome);
    char share[32];
    put_permille(share, sizeof share, ratio_permille(ratio));
    snprintf(value, PAGE_VALUE_MAX, WEB_SHARE_FORMAT, share, (long long)ratio.part);
}

static void put_figure(const struct figures *figures, int32_t least, const char *name, char *value)
{
    const struct figure_sum all = figures_deposits(figures, FIGURES_ALL, FIGURES_ALL);

    if (strcmp(name, "rate") == 0) {
        put_permille(value, PAGE_VALUE_MAX, ratio_permille(figures_consistency(figures)));
    } else if (strcmp(name, "rate_by_weight") == 0) {
        put_permille(value, PAGE_VALUE_MAX, ratio_permille(figures_consistency_by_weight(figures)));
    } else if (strcmp(name, "count") == 0) {
        put_count(value, all.count);
    } else if (strcmp(name, "weighed") == 0) {
        put_count(value, all.weighed);
    } else if (strcmp(name, "undone") == 0) {
        put_count(value, figures->undone.count);
    } else if (strcmp(name, "near_misses") == 0) {
        put_count(value, figures->near_misses);
    } else if (strcmp(name, "kg") == 0) {
        put_kilograms(value, all.grams);
    } else if (strncmp(name, "kg.", 3) == 0) {
        const int class = (int)waste_class_find(name + 3);
        put_kilograms(value, figures_deposits(figures, class, FIGURES_ALL).grams);
    } else if (strncmp(name, "share.", 6) == 0) {
        put_share(figures, outcome_find(name + 6), value);
    } else {
        put_inspected(figures, least, name, value);
    }
}

static void put_date(char *value, int64_t day)
{
    const civil_t civil = civil_from_day(day);

    snprintf(value, PAGE_VALUE_MAX, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}

void figures_page_value(void *context, const char *name, char value[PAGE_VALUE_MAX])
{
    const struct figures_page *page = context;
    const struct {
        const char *prefix;
        const struct figures *figures;
    } periods[] = {{"today.", &page->day}, {"week.", &page->week}, {"period.", &page->period}};

    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
        size_t length = strlen(periods[i].prefix);
        if (strncmp(name, periods[i].prefix, length) != 0) {
            continue;
        }
        if (page->has_figures) {
            put_figure(periods[i].figures, page->sample_least, name + length, value);
        } else {
            snprintf(value, PAGE_VALUE_MAX, "%s", WEB_UNKNOWN);
        }
        return;
    }
    if (!page->has_clock) {
        return;
    }
    if (strcmp(name, "today") == 0) {
        put_date(value, page->today);
    } else if (strcmp(name, "week_start") == 0) {
        put_date(value, local_monday(page->today));
    } else if (strcmp(name, "month_start") == 0) {
        put_date(value, first_of_month(page->today));
    } else if (strcmp(name, "period_from") == 0) {
        put_date(value, page->range.from);
    } else if (strcmp(name, "period_to") == 0) {
        put_date(value, page->range.to);
    }
}
