/* What the screens may see, and that nothing the world sends can stop the kiosk. */
#include "core_site.h"

/* ---- screens --------------------------------------------------------------------------------- */

static void idle_is_the_first_question(void **state)
{
    struct test_site *t = *state;
    struct view view = site_view(t);
    assert_int_equal(view.screen, SCREEN_CHOOSE);
    assert_int_equal(view.countdown_s, 0);
    assert_int_equal(view.target_bin, -1);
    assert_int_equal(view.wrong_bin, -1);
    assert_int_equal(view.chosen, WASTE_NONE);
    assert_true(view.has_clock);
    assert_int_equal(view.now.year, 2026);
    assert_int_equal(view.now.hour, 8);
    assert_int_equal(view.bin_count, BINS);
    for (int i = 0; i < BINS; i++) {
        assert_int_equal(view.bins[i].scale, SENSOR_OK);
        assert_int_equal(view.bins[i].lid, SENSOR_OK);
        assert_int_equal(view.bins[i].grams, 0);
        assert_int_equal(view.bins[i].level, FILL_ROOM);
    }
}

static void guide_follows_the_lid_and_the_weight(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    struct view view = site_view(t);
    assert_int_equal(view.screen, SCREEN_GUIDE);
    assert_int_equal(view.step, STEP_OPEN_LID);
    assert_int_equal(view.chosen, WASTE_KITCHEN);
    assert_true(view.has_live);
    assert_int_equal(view.live_g, 0);
    site_lid(t, WASTE_KITCHEN, true);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 200);
    view = site_view(t);
    assert_int_equal(view.step, STEP_DROP);
    assert_true(view.has_live);
    assert_int_equal(view.live_g, 700);
    assert_int_equal(view.countdown_s, 0); /* nothing counts down while a lid is open */
    t->load_g[WASTE_KITCHEN] -= 900;
    site_run(t, 200);
    assert_int_equal(site_view(t).live_g, 0);
    site_lid(t, WASTE_KITCHEN, false);
    assert_int_equal(site_view(t).step, STEP_WEIGHING);
}

static void lid_without_a_choice_is_guided_too(void **state)
{
    struct test_site *t = *state;
    site_lid(t, WASTE_RESIDUAL, true);
    struct view view = site_view(t);
    assert_int_equal(view.screen, SCREEN_GUIDE);
    assert_int_equal(view.chosen, WASTE_NONE);
    assert_int_equal(view.target_bin, WASTE_RESIDUAL);
    assert_int_equal(t->sounds[SOUND_WRONG_LID], 0);
}

static void closed_wrong_lid_leads_on_to_the_right_one(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_RESIDUAL, true);
    site_run(t, 300);
    site_lid(t, WASTE_RESIDUAL, false);
    struct view view = site_view(t);
    assert_int_equal(view.screen, SCREEN_GUIDE);
    assert_int_equal(view.step, STEP_OPEN_LID);
    assert_int_equal(view.target_bin, WASTE_KITCHEN);
    site_lid(t, WASTE_RESIDUAL, true);
    t->load_g[WASTE_RESIDUAL] += 500;
    site_run(t, 1000);
    site_lid(t, WASTE_RESIDUAL, false); /* but a bag in the wrong bin is weighed there */
    assert_int_equal(site_view(t).step, STEP_WEIGHING);
    assert_int_equal(site_view(t).target_bin, WASTE_RESIDUAL);
    assert_int_equal(site_view(t).chosen, WASTE_KITCHEN); /* nobody chose what it fell into */
}

/* A closing lid presses on the scale for a moment: no reason to speak of a bag. */
static void slam_of_a_wrong_lid_is_no_bag(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_RESIDUAL, true);
    site_run(t, 1000);
    site_lid(t, WASTE_RESIDUAL, false);
    t->load_g[WASTE_RESIDUAL] += 160;
    site_run(t, 200);
    assert_int_equal(site_view(t).step, STEP_OPEN_LID);
    assert_int_equal(site_view(t).target_bin, WASTE_KITCHEN);
}

static void class_that_was_meant_counts_as_chosen(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_RESIDUAL, true);
    site_intent(t, INTENT_MEANT_IT, 0);
    assert_int_equal(site_view(t).screen, SCREEN_GUIDE);
    assert_int_equal(site_view(t).chosen, WASTE_RESIDUAL);
    site_lid(t, WASTE_RESIDUAL, false);
    assert_int_equal(site_view(t).step, STEP_WEIGHING);
}

static void receipt_counts_down_and_goes(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 700);
    site_run(t, 1000);
    struct view view = site_view(t);
    assert_int_equal(view.screen, SCREEN_RECEIPT);
    assert_int_equal(view.receipt.bin, WASTE_KITCHEN);
    assert_int_equal(view.receipt.at.hour, 8);
    assert_int_equal(view.visit_deposits, 1);
    assert_in_range(view.countdown_s, 1, 10);
    site_run(t, 10000);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
}

static void fill_levels_follow_the_capacity(void **state)
{
    struct test_site *t = *state;
    static const struct {
        int32_t contents_g;
        enum fill_level level;
        int32_t permille;
    } cases[] = {
        {-500, FILL_ROOM, 0},         {47990, FILL_ROOM, 799}, {48000, FILL_NEAR_FULL, 800},
        {56990, FILL_NEAR_FULL, 949}, {57000, FILL_FULL, 950}, {60000, FILL_FULL, 1000},
        {90000, FILL_FULL, 1000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        t->load_g[0] = EMPTY_G + cases[i].contents_g;
        site_run(t, 200);
        struct view view = site_view(t);
        assert_int_equal(view.bins[0].level, cases[i].level);
        assert_int_equal(view.bins[0].permille, cases[i].permille);
        assert_int_equal(view.bins[0].grams, cases[i].contents_g);
    }
}

/* A missing value is never an empty bin. */
static void unknown_fill_is_unknown(void **state)
{
    struct test_site *t = *state;
    site_mute_scale(t, 0, true);
    site_run(t, 3000);
    struct view view = site_view(t);
    assert_int_equal(view.bins[0].scale, SENSOR_SILENT);
    assert_false(view.bins[0].has_grams);
    assert_int_equal(view.bins[0].level, FILL_UNKNOWN);
    t->scale_status[1] = READING_UNDERLOAD;
    t->scale_status[2] = READING_ERROR;
    site_run(t, 200);
    view = site_view(t);
    assert_int_equal(view.bins[1].scale, SENSOR_OVERLOAD);
    assert_int_equal(view.bins[2].scale, SENSOR_ERROR);
    assert_int_equal(view.bins[2].level, FILL_UNKNOWN);
}

static void two_bins_of_a_class_share_by_room(void **state)
{
    struct test_site *t = *state;
    t->site.bins[WASTE_HAZARDOUS].class = WASTE_KITCHEN;
    t->load_g[WASTE_HAZARDOUS] = EMPTY_G + 9000;
    site_run(t, 500);
    site_choose(t, WASTE_KITCHEN);
    assert_int_equal(site_view(t).target_bin, WASTE_KITCHEN);
    t->load_g[WASTE_KITCHEN] = EMPTY_G + 20000;
    site_run(t, 500);
    assert_int_equal(site_view(t).target_bin, WASTE_HAZARDOUS);
    site_choose(t, WASTE_HAZARDOUS);
    assert_int_equal(site_view(t).target_bin, -1); /* no bin of that class */
    assert_int_equal(site_view(t).screen, SCREEN_GUIDE);
}

static void ages_are_shown_to_the_cleaner_only(void **state)
{
    struct test_site *t = *state;
    assert_int_equal(site_view(t).bins[0].age_ms, -1);
    site_intent(t, INTENT_SERVICE, 0);
    site_pin(t, "1234", true);
    site_mute_scale(t, 0, true);
    site_run(t, 5050);
    assert_in_range(site_view(t).bins[0].age_ms, 5000, 5200);
}

/* The screen changes by time alone at no moment that was not announced. */
static void view_changes_only_at_its_deadlines(void **state)
{
    struct test_site *t = *state;
    static struct view before, after;
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 700);
    site_run(t, 1000);
    for (int i = 0; i < BINS; i++) {
        site_mute_scale(t, i, true);
    }
    site_mute_lids(t, true);
    int64_t end_ms = t->now_ms + 90000;
    int changes = 0;
    while (t->now_ms < end_ms) {
        int64_t due_ms = kiosk_view_deadline(&t->kiosk, t->now_ms);
        int64_t step_ms = kiosk_deadline(&t->kiosk);
        int64_t next_ms = due_ms < step_ms ? due_ms : step_ms;
        assert_true(due_ms > t->now_ms);
        kiosk_view(&t->kiosk, t->now_ms, &before);
        kiosk_view(&t->kiosk, next_ms - 1, &after);
        assert_memory_equal(&before, &after, sizeof before);
        t->now_ms = next_ms;
        site_input(t, (struct kiosk_input){.kind = INPUT_TICK});
        changes++;
    }
    assert_in_range(changes, 10, 100); /* a countdown and a minute or two, not a busy loop */
}

/* ---- whatever the world sends ---------------------------------------------------------------- */

static int32_t any_weight(struct test_site *t)
{
    static const int32_t odd[] = {INT32_MAX, INT32_MIN, 10000000, -10000000, 0, -1};
    int pick = site_random_below(t, 60);
    return pick < 6 ? odd[pick] : 100 * site_random_below(t, 600);
}

static reading_t any_reading(struct test_site *t)
{
    bool wild = site_random_below(t, 20) == 0;
    reading_t reading = {
        .t_ms = t->now_ms - (site_random_below(t, 10) == 0 ? site_random_below(t, 5000) : 0),
        .kind = (uint8_t)site_random_below(t, wild ? 256 : 2),
        .port = (uint8_t)site_random_below(t, wild ? 256 : BINS),
        .channel = (uint8_t)site_random_below(t, wild ? 256 : 2),
        .status = (uint8_t)site_random_below(t, wild ? 256 : READING_ERROR + 1),
        .has_value = site_random_below(t, 8) != 0,
        .lid_open = site_random_below(t, 2) == 0,
        .grams = any_weight(t),
    };
    if (reading.kind == READING_LID && !wild) {
        reading.port = LID_PORT;
        reading.channel = (uint8_t)(1 + site_random_below(t, BINS));
    }
    return reading;
}

static int any_argument(struct test_site *t)
{
    static const int odd[] = {INT32_MAX, INT32_MIN, -1, 255, 256, 1000};
    int pick = site_random_below(t, 24);
    return pick < 6 ? odd[pick] : pick % 8;
}

static void any_pin(struct test_site *t, char *pin)
{
    for (int i = 0; i < PIN_DIGITS_MAX; i++) {
        pin[i] = (char)(site_random_below(t, 3) == 0 ? 0 : site_random_below(t, 256));
    }
    pin[PIN_DIGITS_MAX] = '\0';
}

static struct kiosk_input any_input(struct test_site *t)
{
    struct kiosk_input input = {.kind = (enum input_kind)site_random_below(t, 12)};
    switch (input.kind) {
    case INPUT_PORT:
        input.u.port.port = (uint8_t)site_random_below(t, 8) == 0
                                ? (uint8_t)site_random_below(t, 256)
                                : (uint8_t)site_random_below(t, BINS + 1);
        input.u.port.up = site_random_below(t, 4) != 0;
        break;
    case INPUT_INTENT:
        input.u.intent.kind = (enum intent_kind)site_random_below(t, INTENT_KIND_COUNT + 2);
        input.u.intent.argument = any_argument(t);
        break;
    case INPUT_PIN:
        any_pin(t, input.u.pin);
        break;
    case INPUT_PIN_RESULT:
        input.u.pin_result.accepted = site_random_below(t, 2) == 0;
        break;
    case INPUT_CLOCK:
        input.u.clock.utc_ms = site_random_below(t, 4) == 0
                                   ? (int64_t)((uint64_t)site_random(t) << 32 | site_random(t))
                                   : START_UTC_MS + site_random_below(t, 1000000);
        input.u.clock.quality = (enum clock_quality)site_random_below(t, 5);
        break;
    case INPUT_STORED:
        input.u.stored.token = t->kiosk.pending[site_random_below(t, KIOSK_PENDING_MAX)].token;
        input.u.stored.seq = site_random_below(t, 1000);
        break;
    case INPUT_STORE_STATE:
        input.u.store_state = (enum store_state)site_random_below(t, STORE_FAILED + 1);
        break;
    case INPUT_TICK:
        break;
    case INPUT_READING:
    default:
        input.kind = INPUT_READING;
        input.u.reading = any_reading(t);
        break;
    }
    return input;
}

static void assert_view_is_sound(const struct test_site *t)
{
    static struct view view;
    kiosk_view(&t->kiosk, t->now_ms, &view);
    assert_true((unsigned)view.screen < SCREEN_COUNT);
    assert_in_range(view.target_bin + 1, 0, BINS);
    assert_in_range(view.wrong_bin + 1, 0, BINS);
    assert_in_range(view.collect_bin + 1, 0, BINS);
    assert_true(view.screen != SCREEN_WRONG || view.wrong_bin >= 0);
    assert_true(view.screen != SCREEN_COLLECT || view.collect_bin >= 0);
    assert_in_range(view.receipt.bin, 0, BINS - 1);
    assert_in_range(view.keypad_digits, 0, PIN_DIGITS_MAX);
    assert_in_range(view.inspect.bin, 0, BINS - 1);
    assert_true(view.inspect.wrong >= 0 && view.inspect.wrong <= view.inspect.checked);
    assert_true(view.live_g >= 0 && view.countdown_s >= 0 && view.unrecorded >= 0);
    assert_true(kiosk_view_deadline(&t->kiosk, t->now_ms) > t->now_ms);
}

static void send(struct test_site *t, struct kiosk_input input)
{
    input.t_ms = t->now_ms;
    kiosk_step(&t->kiosk, &input, &t->effects);
}

/* Chance alone hardly finds the way through the keypad. */
static void send_through_the_keypad(struct test_site *t, enum role role)
{
    static const intent_t next[ROLE_COUNT] = {
        [ROLE_CLEANER] = {INTENT_COLLECT, 3},
        [ROLE_TECHNICIAN] = {INTENT_WIRING, 3},
        [ROLE_INSPECTOR] = {INTENT_INSPECT, 3},
    };
    struct kiosk_input service = {.kind = INPUT_INTENT, .u.intent = {INTENT_SERVICE, 0}};
    struct kiosk_input pin = {.kind = INPUT_PIN, .u.pin = "1234"};
    struct kiosk_input right = {.kind = INPUT_PIN_RESULT, .u.pin_result = {true, role}};
    struct kiosk_input then = {.kind = INPUT_INTENT, .u.intent = next[role]};
    send(t, service);
    send(t, pin);
    send(t, right);
    send(t, then);
}

/* A tick must move every deadline that is due, or the shell would spin on it. */
static void send_tick(struct test_site *t)
{
    send(t, (struct kiosk_input){.kind = INPUT_TICK});
    assert_true(kiosk_deadline(&t->kiosk) > t->now_ms);
}

static void whatever_comes_the_kiosk_goes_on(void **state)
{
    struct test_site *t = *state;
    int screens[SCREEN_COUNT] = {0};
    for (uint32_t seed = 1; seed <= 100; seed++) {
        site_begin(t);
        site_seed(t, seed);
        for (int i = 0; i < 3000; i++) {
            if (site_random_below(t, 100) == 0) {
                send_through_the_keypad(t, (enum role)site_random_below(t, ROLE_COUNT));
            }
            send(t, any_input(t));
            assert_view_is_sound(t);
            screens[site_view(t).screen]++;
            t->now_ms += site_random_below(t, site_random_below(t, 50) == 0 ? 100000 : 120);
            send_tick(t);
        }
    }
    for (int i = 0; i < SCREEN_COUNT; i++) {
        /* This site has no dictionary, so there is nothing to search. */
        if (screens[i] <= 100 && i != SCREEN_SEARCH) {
            fail_msg("screen %d was reached %d times only", i, screens[i]);
        }
    }
}

/* One lid sensor and one scale for all the bins, and every timing at its least. */
static void odd_sites_go_on_too(void **state)
{
    struct test_site *t = *state;
    for (uint32_t seed = 1; seed <= 60; seed++) {
        site_prepare(t);
        t->site.bin_count = seed % 2 == 0 ? SITE_BINS_MAX : 1;
        for (int i = 0; i < t->site.bin_count; i++) {
            t->site.bins[i] = t->site.bins[0];
            t->site.bins[i].number = (uint8_t)(i + 1);
            t->site.bins[i].scale.port = seed % 3 == 0 ? -1 : 0;
            t->site.bins[i].lid.port = seed % 5 == 0 ? -1 : LID_PORT;
            t->site.bins[i].capacity_g = 0;
        }
        if (seed % 7 == 0) {
            t->site.timing = (struct site_timing){0};
        }
        kiosk_init(&t->kiosk, &t->site);
        site_begin_kiosk(t);
        site_seed(t, seed);
        for (int i = 0; i < 2000; i++) {
            send(t, any_input(t));
            site_view(t);
            t->now_ms += site_random_below(t, 200);
            send_tick(t);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(idle_is_the_first_question),
        SITE_TEST(guide_follows_the_lid_and_the_weight),
        SITE_TEST(lid_without_a_choice_is_guided_too),
        SITE_TEST(closed_wrong_lid_leads_on_to_the_right_one),
        SITE_TEST(slam_of_a_wrong_lid_is_no_bag),
        SITE_TEST(class_that_was_meant_counts_as_chosen),
        SITE_TEST(receipt_counts_down_and_goes),
        SITE_TEST(fill_levels_follow_the_capacity),
        SITE_TEST(unknown_fill_is_unknown),
        SITE_TEST(two_bins_of_a_class_share_by_room),
        SITE_TEST(ages_are_shown_to_the_cleaner_only),
        SITE_TEST(view_changes_only_at_its_deadlines),
        SITE_TEST(whatever_comes_the_kiosk_goes_on),
        SITE_TEST(odd_sites_go_on_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
