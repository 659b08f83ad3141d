/* The books of a bin: whatever happens, its rows add up to what its scale has come to show. */
#include "core_site.h"

enum { BIN = WASTE_KITCHEN };

static int32_t change_of(const struct kiosk_event *event, int32_t number)
{
    const struct event_deposit *deposit = &event->body.deposit;
    const struct event_closing *closing = &event->body.closing;
    const struct event_adjustment *adjustment = &event->body.adjustment;
    const struct event_addition *addition = &event->body.addition;
    const struct event_collection *collection = &event->body.collection;
    switch (event->kind) {
    case EVENT_DEPOSIT:
        return deposit->bin == number && deposit->quality != QUALITY_NONE ? deposit->weight_g : 0;
    case EVENT_CLOSING:
        return closing->bin == number ? closing->change_g : 0;
    case EVENT_ADJUSTMENT:
        return adjustment->bin == number ? adjustment->change_g : 0;
    case EVENT_ADDITION:
        return addition->bin == number ? addition->change_g : 0;
    case EVENT_COLLECTION:
        return collection->bin == number ? -collection->removed_g : 0;
    default:
        return 0;
    }
}

static int32_t booked(const struct test_site *t, int bin)
{
    int32_t sum = 0;
    for (int i = 0; i < t->event_count; i++) {
        sum += change_of(&t->events[i], bin + 1);
    }
    return sum;
}

/* The end of the run writes down what has drifted since the last row. */
static void assert_books_close(struct test_site *t, const int32_t first_g[BINS])
{
    kiosk_end(&t->kiosk, t->now_ms, "test", &t->effects);
    site_take_effects(t);
    for (int bin = 0; bin < BINS; bin++) {
        assert_true(t->kiosk.bins[bin].has_base);
        assert_int_equal(first_g[bin] + booked(t, bin), t->kiosk.bins[bin].base_g);
    }
}

static void collect(struct test_site *t, int bin)
{
    site_intent(t, INTENT_SERVICE, 0);
    site_pin(t, "1234", true);
    site_intent(t, INTENT_COLLECT, bin + 1);
    site_run(t, 3000);
    t->load_g[bin] = EMPTY_G - 500 + site_random_below(t, 1000);
    site_run(t, 3000);
    site_intent(t, INTENT_COLLECT_DONE, 0);
    site_run(t, 4000);
    site_intent(t, INTENT_LEAVE, 0);
    site_intent(t, INTENT_LEAVE, 0);
}

static void lean(struct test_site *t, int bin)
{
    int32_t grams = site_random_below(t, 20000) - 2000;
    t->load_g[bin] += grams;
    site_run(t, site_random_below(t, 8000));
    t->load_g[bin] -= grams;
}

static void something_happens(struct test_site *t)
{
    int bin = site_random_below(t, BINS);
    switch (site_random_below(t, 10)) {
    case 0:
        lean(t, bin);
        break;
    case 1: /* taken out, or emptied, with no lid */
        t->load_g[bin] -= site_random_below(t, 3000);
        break;
    case 2:
        collect(t, bin);
        break;
    case 3: /* drift */
        t->load_g[bin] += site_random_below(t, 60) - 30;
        break;
    case 4: /* the scale is away while a bag falls */
        site_mute_scale(t, bin, true);
        site_run(t, 3000);
        site_drop(t, bin, site_random_below(t, 2000));
        site_run(t, 3000);
        site_mute_scale(t, bin, false);
        break;
    case 5: /* the lid's wire is loose */
        site_port(t, LID_PORT, false);
        t->load_g[bin] += site_random_below(t, 4000);
        site_run(t, site_random_below(t, 6000));
        site_port(t, LID_PORT, true);
        break;
    case 6: /* left open */
        site_lid(t, bin, true);
        t->load_g[bin] += site_random_below(t, 2000) - 200;
        site_run(t, 500 * site_random_below(t, 160));
        t->load_g[bin] += site_random_below(t, 2000) - 1000;
        site_run(t, site_random_below(t, 6000));
        site_lid(t, bin, false);
        break;
    default:
        site_choose(t, (enum waste_class)site_random_below(t, WASTE_CLASS_COUNT));
        site_drop(t, bin, site_random_below(t, 5000) - 300);
        break;
    }
    site_run(t, site_random_below(t, 9000));
}

static void rows_add_up_whatever_happens(void **state)
{
    struct test_site *t = *state;
    for (uint32_t seed = 1; seed <= 300; seed++) {
        site_begin(t);
        site_seed(t, seed);
        int32_t first_g[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            first_g[bin] = t->kiosk.bins[bin].base_g;
            t->noise_g[bin] = (int32_t)(seed % 3) * DIVISION_G;
        }
        for (int i = 0; i < 60; i++) {
            something_happens(t);
        }
        site_run(t, 90000);
        assert_books_close(t, first_g);
    }
}

static const struct event_adjustment *only_adjustment(const struct test_site *t)
{
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 1);
    return &site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment;
}

static void zero_key_moves_the_base_and_is_no_removal(void **state)
{
    struct test_site *t = *state;
    t->load_g[BIN] = 0; /* the key: from one reading to the next, and still */
    site_run(t, 3000);
    assert_int_equal(only_adjustment(t)->cause, ADJUST_ZEROED);
    assert_int_equal(only_adjustment(t)->change_g, -EMPTY_G);
    site_choose(t, (enum waste_class)BIN);
    site_drop(t, BIN, 700);
    site_run(t, 3000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 700);
}

static void zero_key_under_an_open_lid_costs_no_bag(void **state)
{
    struct test_site *t = *state;
    site_choose(t, (enum waste_class)BIN);
    site_lid(t, BIN, true);
    site_run(t, 1500);
    t->load_g[BIN] = 0;
    site_run(t, 1500);
    t->load_g[BIN] += 900;
    site_run(t, 1000);
    site_lid(t, BIN, false);
    site_run(t, 3000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 900);
    assert_int_equal(only_adjustment(t)->cause, ADJUST_ZEROED);
}

/* Whatever its scale calls zero: less in a bin that shows less than nothing is no bin away. */
static void bag_after_a_removal_below_zero_is_a_deposit(void **state)
{
    struct test_site *t = *state;
    t->load_g[BIN] = -3000;
    site_run(t, 20000);
    t->load_g[BIN] -= 700;
    site_run(t, 20000);
    site_choose(t, (enum waste_class)BIN);
    site_drop(t, BIN, 3500);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->weight_g, 3500);
}

/* Without a lid sensor, too: a bin that is put back is no bag. */
static void swapped_bin_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    site_drop(t, BIN, 6000);
    site_run(t, 5000);
    site_port(t, LID_PORT, false);
    site_run(t, 3000);
    t->load_g[BIN] = 500;
    site_run(t, 20000);
    t->load_g[BIN] = EMPTY_G + 200;
    site_run(t, 10000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 2);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.cause, ADJUST_REMOVAL);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 1)->body.adjustment.cause, ADJUST_SWAPPED);
}

static void leaning_before_the_lid_is_not_the_base(void **state)
{
    struct test_site *t = *state;
    site_choose(t, (enum waste_class)BIN);
    t->load_g[BIN] += 5000; /* leans */
    site_run(t, 1800);
    site_lid(t, BIN, true);
    site_run(t, 500);
    t->load_g[BIN] -= 5000;
    site_run(t, 500);
    t->load_g[BIN] += 650;
    site_run(t, 500);
    site_lid(t, BIN, false);
    site_run(t, 4000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 650);
}

static void bag_that_falls_after_the_lid_is_its_openings(void **state)
{
    struct test_site *t = *state;
    site_choose(t, (enum waste_class)BIN);
    site_drop(t, BIN, 0);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_CLOSING), 1);
    t->load_g[BIN] += 800;
    site_run(t, 5000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 800);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
}

/* The next bag comes before the late one was told: each is its own opening's. */
static void bag_that_fell_late_is_told_before_the_lid_opens_again(void **state)
{
    struct test_site *t = *state;
    site_choose(t, (enum waste_class)BIN);
    site_drop(t, BIN, 0);
    site_run(t, 3000);
    t->load_g[BIN] += 800;
    site_run(t, 2900);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    site_drop(t, BIN, 500);
    site_run(t, 5000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 2);
    assert_int_equal(site_deposit(t, 0)->weight_g, 800);
    assert_int_equal(site_deposit(t, 1)->weight_g, 500);
}

/* It says closed all day; who chose a class and opened nothing did throw. */
static void lid_stuck_closed_is_outvoted(void **state)
{
    struct test_site *t = *state;
    for (int i = 0; i < 3; i++) {
        site_choose(t, (enum waste_class)BIN);
        site_run(t, 2000);
        t->load_g[BIN] += 700;
        site_run(t, 20000);
        assert_int_equal(site_deposit(t, i)->weight_g, 700);
        assert_int_equal(site_deposit(t, i)->outcome, OUTCOME_CONSISTENT);
    }
    t->load_g[BIN] += 400; /* by then nobody needs to choose any more */
    site_run(t, 20000);
    assert_int_equal(site_deposit(t, 3)->outcome, OUTCOME_UNDECLARED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(rows_add_up_whatever_happens),
        SITE_TEST(zero_key_moves_the_base_and_is_no_removal),
        SITE_TEST(zero_key_under_an_open_lid_costs_no_bag),
        SITE_TEST(bag_after_a_removal_below_zero_is_a_deposit),
        SITE_TEST(swapped_bin_is_no_deposit),
        SITE_TEST(leaning_before_the_lid_is_not_the_base),
        SITE_TEST(bag_that_falls_after_the_lid_is_its_openings),
        SITE_TEST(bag_that_fell_late_is_told_before_the_lid_opens_again),
        SITE_TEST(lid_stuck_closed_is_outvoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
