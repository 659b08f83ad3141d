#include "kiosk/core/types.h"

#include <stddef.h>
#include <string.h>

#define X(name, text) [name] = text,
static const char *const class_texts[WASTE_CLASS_COUNT] = {WASTE_CLASSES(X)};
static const char *const outcome_texts[OUTCOME_COUNT] = {OUTCOMES(X)};
static const char *const quality_texts[QUALITY_COUNT] = {QUALITIES(X)};
static const char *const role_texts[ROLE_COUNT] = {ROLES(X)};
static const char *const clock_texts[CLOCK_QUALITY_COUNT] = {CLOCK_QUALITIES(X)};
static const char *const cause_texts[ADJUST_CAUSE_COUNT] = {ADJUST_CAUSES(X)};
static const char *const thing_texts[WRONG_THING_COUNT] = {WRONG_THINGS(X)};
#undef X

static const char *text_at(const char *const *texts, size_t count, size_t index)
{
    return index < count ? texts[index] : "";
}

static size_t text_find(const char *const *texts, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        if (texts[i][0] == text[0] && strcmp(texts[i], text) == 0) {
            return i;
        }
    }
    return count;
}

const char *waste_class_text(enum waste_class class)
{
    return text_at(class_texts, WASTE_CLASS_COUNT, (size_t) class);
}

const char *outcome_text(enum outcome outcome)
{
    return text_at(outcome_texts, OUTCOME_COUNT, (size_t)outcome);
}

const char *weight_quality_text(enum weight_quality quality)
{
    return text_at(quality_texts, QUALITY_COUNT, (size_t)quality);
}

const char *clock_quality_text(enum clock_quality quality)
{
    return text_at(clock_texts, CLOCK_QUALITY_COUNT, (size_t)quality);
}

const char *role_text(enum role role)
{
    return text_at(role_texts, ROLE_COUNT, (size_t)role);
}

const char *adjust_cause_text(enum adjust_cause cause)
{
    return text_at(cause_texts, ADJUST_CAUSE_COUNT, (size_t)cause);
}

const char *wrong_thing_text(enum wrong_thing thing)
{
    return text_at(thing_texts, WRONG_THING_COUNT, (size_t)thing);
}

enum waste_class waste_class_find(const char *text)
{
    return (enum waste_class)text_find(class_texts, WASTE_CLASS_COUNT, text);
}

enum adjust_cause adjust_cause_find(const char *text)
{
    return (enum adjust_cause)text_find(cause_texts, ADJUST_CAUSE_COUNT, text);
}

enum outcome outcome_find(const char *text)
{
    return (enum outcome)text_find(outcome_texts, OUTCOME_COUNT, text);
}

enum weight_quality weight_quality_find(const char *text)
{
    return (enum weight_quality)text_find(quality_texts, QUALITY_COUNT, text);
}

enum clock_quality clock_quality_find(const char *text)
{
    return (enum clock_quality)text_find(clock_texts, CLOCK_QUALITY_COUNT, text);
}

enum { DAY_MS = 24 * 3600 * 1000 };

static int64_t divide_down(int64_t value, int64_t divisor)
{
    int64_t quotient = value / divisor;
    return value % divisor < 0 ? quotient - 1 : quotient;
}

int64_t local_day(int64_t utc_ms)
{
    return divide_down(utc_ms + LOCAL_OFFSET_MS, DAY_MS);
}

int64_t local_monday(int64_t day)
{
    /* Day 0, 1970-01-01, was a Thursday: three days after a Monday. */
    return divide_down(day + 3, 7) * 7 - 3;
}

/* Civil date from days and back: years counted from March, so that the leap day is the last of its
 * year, in eras of 400 years (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
enum { ERA_DAYS = 146097, EPOCH_FROM_ERA_DAYS = 719468 };

static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t shifted = days + EPOCH_FROM_ERA_DAYS;
    int64_t era = divide_down(shifted, ERA_DAYS);
    int64_t of_era = shifted - era * ERA_DAYS;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * march_month + 2) / 5 + 1);
    *month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

civil_t civil_from_utc(int64_t utc_ms)
{
    int64_t days = local_day(utc_ms);
    int64_t second_of_day = (utc_ms + LOCAL_OFFSET_MS - days * DAY_MS) / 1000;
    civil_t civil = {
        .hour = (int)(second_of_day / 3600),
        .minute = (int)(second_of_day / 60 % 60),
        .second = (int)(second_of_day % 60),
        .weekday = (int)((days % 7 + 7 + 4) % 7),
    };
    civil_from_days(days, &civil.year, &civil.month, &civil.day);
    return civil;
}

civil_t civil_from_day(int64_t day)
{
    return civil_from_utc(day * DAY_MS - LOCAL_OFFSET_MS);
}

int64_t utc_from_local_date(int year, int month, int day)
{
    int64_t march_year = (int64_t)year - (month <= 2);
    int64_t era = divide_down(march_year, 400);
    int64_t year_of_era = march_year - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    return (era * ERA_DAYS + of_era - EPOCH_FROM_ERA_DAYS) * DAY_MS - LOCAL_OFFSET_MS;
}
