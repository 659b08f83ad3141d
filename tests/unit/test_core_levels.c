/* Levels, which only show. Cards, which say who somebody may be and do nothing else. */
#include "core_site.h"

enum { BIN = WASTE_KITCHEN };

/* ---- levels ---------------------------------------------------------------------------------- */

enum { LEVEL_PORT = BINS + 1 };

static void level(struct test_site *t, int32_t mm)
{
    site_reading(t, (reading_t){.kind = READING_LEVEL,
                                .port = LEVEL_PORT,
                                .channel = 2,
                                .has_value = true,
                                .level_mm = mm});
}

static void begin_with_level(struct test_site *t)
{
    site_prepare(t);
    t->site.port_count = LEVEL_PORT + 1;
    strcpy(t->site.ports[LEVEL_PORT], "v1");
    t->site.bins[BIN].level = (struct site_channel){.port = LEVEL_PORT, .channel = 2};
    t->site.bins[BIN].level_empty_mm = 1000;
    t->site.bins[BIN].level_full_mm = 200;
    kiosk_init(&t->kiosk, &t->site);
    site_begin_kiosk(t);
    site_run(t, 2000);
}

static void fill_is_the_larger_of_weight_and_level(void **state)
{
    struct test_site *t = *state;
    begin_with_level(t);
    assert_false(site_view(t).bins[BIN].has_level);
    t->load_g[BIN] = EMPTY_G + 30000; /* half of the capacity */
    site_run(t, 1000);
    static const struct {
        int32_t level_mm, permille;
        enum fill_level level;
    } cases[] = {{1100, 500, FILL_ROOM},     {900, 500, FILL_ROOM}, {520, 600, FILL_ROOM},
                 {360, 800, FILL_NEAR_FULL}, {240, 950, FILL_FULL}, {200, 1000, FILL_FULL},
                 {0, 1000, FILL_FULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        level(t, cases[i].level_mm);
        struct view view = site_view(t);
        assert_true(view.bins[BIN].has_level);
        assert_int_equal(view.bins[BIN].level_mm, cases[i].level_mm);
        assert_int_equal(view.bins[BIN].permille, cases[i].permille);
        assert_int_equal(view.bins[BIN].level, cases[i].level);
    }
    for (int i = 0; i < BINS; i++) {
        assert_int_equal(site_view(t).bins[i].has_level, i == BIN);
    }
}

static void level_has_its_own_age(void **state)
{
    struct test_site *t = *state;
    begin_with_level(t);
    level(t, 200);
    site_mute_scale(t, BIN, true);
    site_run(t, t->site.timing.level_age_ms);
    struct view view = site_view(t);
    assert_int_equal(view.bins[BIN].scale, SENSOR_SILENT);
    assert_false(view.bins[BIN].has_grams);
    assert_true(view.bins[BIN].has_fill); /* by the level alone */
    assert_int_equal(view.bins[BIN].permille, 1000);
    assert_int_equal(kiosk_view_deadline(&t->kiosk, t->now_ms), t->now_ms + 1);
    site_run(t, 1);
    view = site_view(t);
    assert_false(view.bins[BIN].has_level);
    assert_false(view.bins[BIN].has_fill);
    assert_int_equal(view.bins[BIN].level, FILL_UNKNOWN);
}

static void faulty_and_impossible_levels_are_none(void **state)
{
    struct test_site *t = *state;
    begin_with_level(t);
    level(t, -1);
    level(t, INT32_MIN);
    level(t, INT32_MAX);
    site_reading(t, (reading_t){.kind = READING_LEVEL,
                                .port = LEVEL_PORT,
                                .channel = 2,
                                .status = READING_ERROR,
                                .level_mm = 300});
    assert_false(site_view(t).bins[BIN].has_level);
}

static void level_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    begin_with_level(t);
    const int before = t->event_count;
    for (int i = 0; i < 40; i++) {
        level(t, 1000 - 20 * i);
        site_run(t, 500);
    }
    assert_int_equal(t->event_count, before);
    site_choose(t, (enum waste_class)BIN);
    site_drop(t, BIN, 700);
    level(t, 100);
    site_run(t, 3000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 700);
}

static void silent_level_sensor_is_a_lost_device(void **state)
{
    struct test_site *t = *state;
    begin_with_level(t);
    level(t, 500);
    site_run(t, 6000);
    assert_string_equal(site_event(t, EVENT_DEVICE_LOST, 0)->body.device.device, "v1");
    level(t, 500);
    assert_int_equal(site_count(t, EVENT_DEVICE_BACK), 1);
}

/* ---- cards ----------------------------------------------------------------------------------- */

static void hold_card(struct test_site *t)
{
    for (int port = 0; port < HW_PORTS_MAX; port++) {
        for (int channel = 0; channel <= HW_CHANNELS_MAX; channel++) {
            site_reading(t, (reading_t){.kind = READING_CARD,
                                        .port = (uint8_t)port,
                                        .channel = (uint8_t)channel,
                                        .has_value = true,
                                        .grams = 9000,
                                        .lid_open = true,
                                        .card = "0012345678"});
        }
    }
}

static void card_triggers_nothing(void **state)
{
    struct test_site *t = *state;
    static const enum intent_kind places[] = {INTENT_NONE, INTENT_CHOOSE, INTENT_SERVICE};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        site_intent(t, places[i], WASTE_KITCHEN);
        struct view before = site_view(t);
        const int events = t->event_count;
        hold_card(t);
        const struct view after = site_view(t);
        before.countdown_s = after.countdown_s; /* but that somebody is here */
        assert_memory_equal(&before, &after, sizeof before);
        assert_int_equal(t->event_count, events);
        assert_int_equal(t->pins_asked, 0);
    }
}

/* Not even a sign that the port lives: a card reader is silent all day. */
static void card_brings_no_port_back(void **state)
{
    struct test_site *t = *state;
    site_mute_scale(t, BIN, true);
    site_run(t, 10000);
    assert_int_equal(site_count(t, EVENT_DEVICE_LOST), 1);
    hold_card(t);
    assert_int_equal(site_count(t, EVENT_DEVICE_BACK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(fill_is_the_larger_of_weight_and_level),
        SITE_TEST(level_has_its_own_age),
        SITE_TEST(faulty_and_impossible_levels_are_none),
        SITE_TEST(level_is_no_deposit),
        SITE_TEST(silent_level_sensor_is_a_lost_device),
        SITE_TEST(card_triggers_nothing),
        SITE_TEST(card_brings_no_port_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
