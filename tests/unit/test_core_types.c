/* Text ids and civil time. */
#include "kiosk/core/events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static void text_ids_round_trip(void **state)
{
    (void)state;
    for (int i = 0; i < WASTE_CLASS_COUNT; i++) {
        assert_int_equal(waste_class_find(waste_class_text((enum waste_class)i)), i);
    }
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        assert_int_equal(outcome_find(outcome_text((enum outcome)i)), i);
    }
    for (int i = 0; i < QUALITY_COUNT; i++) {
        assert_int_equal(weight_quality_find(weight_quality_text((enum weight_quality)i)), i);
    }
    for (int i = 0; i < CLOCK_QUALITY_COUNT; i++) {
        assert_int_equal(clock_quality_find(clock_quality_text((enum clock_quality)i)), i);
    }
    for (int i = 0; i < EVENT_KIND_COUNT; i++) {
        assert_int_equal(event_kind_find(event_kind_text((enum event_kind)i)), i);
    }
    for (int i = INTENT_NONE + 1; i < INTENT_KIND_COUNT; i++) {
        assert_int_equal(intent_kind_find(intent_kind_text((enum intent_kind)i)), i);
    }
}

static void unknown_texts_and_values_have_an_answer(void **state)
{
    (void)state;
    assert_int_equal(waste_class_find("plastic"), WASTE_NONE);
    assert_int_equal(waste_class_find(""), WASTE_NONE);
    assert_int_equal(outcome_find("fine"), OUTCOME_COUNT);
    assert_int_equal(event_kind_find("nothing"), EVENT_KIND_COUNT);
    assert_int_equal(intent_kind_find(""), INTENT_NONE);
    assert_int_equal(intent_kind_find("dance"), INTENT_NONE);
    assert_string_equal(waste_class_text(WASTE_NONE), "");
    assert_string_equal(outcome_text((enum outcome)99), "");
    assert_string_equal(event_kind_text((enum event_kind)99), "");
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Counted day by day, against the arithmetic. */
static void every_day_from_1970_to_2100(void **state)
{
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t day = 0;
    for (int year = 1970; year <= 2100; year++) {
        for (int month = 1; month <= 12; month++) {
            int length = lengths[month - 1] + (month == 2 && is_leap(year));
            for (int date = 1; date <= length; date++, day++) {
                int64_t midnight = utc_from_local_date(year, month, date);
                assert_int_equal(midnight, day * DAY_MS - LOCAL_OFFSET_MS);
                assert_int_equal(local_day(midnight), day);
                assert_int_equal(local_day(midnight - 1), day - 1);
                civil_t last = civil_from_utc(midnight + DAY_MS - 1);
                assert_int_equal(last.year, year);
                assert_int_equal(last.month, month);
                assert_int_equal(last.day, date);
                assert_int_equal(last.weekday, (4 + day) % 7); /* 1970-01-01: Thursday */
                assert_int_equal(last.hour, 23);
                assert_int_equal(last.minute, 59);
                assert_int_equal(last.second, 59);
            }
        }
    }
}

static void known_moments(void **state)
{
    (void)state;
    civil_t epoch = civil_from_utc(0);
    assert_int_equal(epoch.hour, 8);
    civil_t now = civil_from_utc(1763856000000); /* 2025-11-23T00:00:00Z */
    assert_int_equal(now.year, 2025);
    assert_int_equal(now.month, 11);
    assert_int_equal(now.day, 23);
    assert_int_equal(now.hour, 8);
    assert_int_equal(now.weekday, 0);
    civil_t before = civil_from_utc(-LOCAL_OFFSET_MS - 1);
    assert_int_equal(before.year, 1969);
    assert_int_equal(before.month, 12);
    assert_int_equal(before.day, 31);
    assert_int_equal(before.second, 59);
    assert_int_equal(before.weekday, 3);
}

static int64_t week_of(int64_t utc_ms)
{
    return local_monday(local_day(utc_ms));
}

static void weeks_begin_on_monday_at_local_midnight(void **state)
{
    (void)state;
    int64_t monday = utc_from_local_date(2026, 1, 5);
    assert_int_equal(civil_from_utc(monday).weekday, 1);
    assert_int_equal(week_of(monday - 1) + 7, week_of(monday));
    assert_int_equal(week_of(monday), local_day(monday));
    assert_int_equal(week_of(monday + 7 * DAY_MS - 1), week_of(monday));
    assert_int_equal(week_of(monday + 7 * DAY_MS), week_of(monday) + 7);
    int64_t before_epoch = utc_from_local_date(1969, 12, 22); /* a Monday */
    assert_int_equal(week_of(before_epoch - 1) + 7, week_of(before_epoch));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_ids_round_trip),
        cmocka_unit_test(unknown_texts_and_values_have_an_answer),
        cmocka_unit_test(every_day_from_1970_to_2100),
        cmocka_unit_test(known_moments),
        cmocka_unit_test(weeks_begin_on_monday_at_local_midnight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
