/* Weight that moved where the lid tells the wrong story or none: whose it is, and whether it is a
 * deposit at all.
 */
#include "core_site.h"

/* ---- no lid sensor --------------------------------------------------------------------------- */

static void without_lids(struct test_site *t)
{
    site_port(t, LID_PORT, false);
    site_run(t, 2000);
}

/* Who has gone by the time it is decided is still who brought it. */
static void choice_counts_that_stood_when_the_weight_came(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 3000);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 1500);
    site_intent(t, INTENT_FINISH, 0);
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
    assert_int_equal(site_deposit(t, 0)->chosen, WASTE_KITCHEN);
    assert_int_equal(site_count(t, EVENT_VISIT), 1);
    assert_int_equal(site_event(t, EVENT_VISIT, 0)->body.visit.deposits, 1);
}

static void next_choice_ends_the_deposit_before(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 2000);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 3000);
    site_choose(t, WASTE_RESIDUAL);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    t->load_g[WASTE_KITCHEN] += 500; /* into the wrong bin */
    site_run(t, 6000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 2);
    assert_int_equal(site_deposit(t, 0)->weight_g, 700);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
    assert_int_equal(site_deposit(t, 1)->weight_g, 500);
    assert_int_equal(site_deposit(t, 1)->outcome, OUTCOME_WRONG_BIN);
}

static void choice_made_after_the_weight_came_is_none(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 400);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_UNDECLARED);
}

/* The second falls on the first before that was told. */
static void two_bags_one_after_the_other_are_two_deposits(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 4000);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 500);
    t->load_g[WASTE_KITCHEN] += 500;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 2);
    assert_int_equal(site_deposit(t, 0)->weight_g, 700);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_UNDECLARED);
    assert_int_equal(site_deposit(t, 1)->weight_g, 500);
    assert_int_equal(site_deposit(t, 1)->outcome, OUTCOME_CONSISTENT);
}

/* The first person has gone; what they brought is theirs all the same, and no visit is cut in two.
 */
static void bag_that_another_fell_on_stays_with_its_visit(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 500);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 2800);
    site_intent(t, INTENT_FINISH, 0);
    t->load_g[WASTE_KITCHEN] += 500;
    site_run(t, 30000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 2);
    assert_int_equal(site_deposit(t, 0)->weight_g, 700);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
    assert_int_equal(site_deposit(t, 1)->outcome, OUTCOME_UNDECLARED);
    for (int i = 0; i < 2; i++) {
        const struct event_visit *visit = &site_event(t, EVENT_VISIT, i)->body.visit;
        assert_int_equal(visit->visit, site_deposit(t, i)->visit);
        assert_int_equal(visit->deposits, 1);
    }
}

static void who_leans_harder_and_goes_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] += 3000;
    site_run(t, 3000);
    t->load_g[WASTE_KITCHEN] += 2000;
    site_run(t, 3000);
    t->load_g[WASTE_KITCHEN] -= 5000;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
}

/* ---- a lid that lies ------------------------------------------------------------------------- */

/* Its wire and another's are swapped: the other lid opens, and nothing comes there. */
static void weight_under_the_chosen_lid_counts_though_another_opened(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_RESIDUAL, true);
    site_run(t, 1000);
    t->load_g[WASTE_KITCHEN] += 900;
    site_run(t, 1000);
    site_lid(t, WASTE_RESIDUAL, false);
    site_run(t, 30000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->bin, WASTE_KITCHEN + 1);
    assert_int_equal(site_deposit(t, 0)->weight_g, 900);
    assert_int_equal(site_deposit(t, 0)->chosen, WASTE_KITCHEN);
}

/* A lid that is proved to be stuck was so before: what came under it since it last opened, while
 * somebody was there, are deposits whose weight stands in the books already. */
static void what_a_stuck_lid_hid_is_told_in_hindsight(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_RESIDUAL);
    site_run(t, 1000);
    t->load_g[WASTE_KITCHEN] += 600; /* into the wrong bin */
    site_run(t, 30000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.change_g, 600);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 1000);
    t->load_g[WASTE_KITCHEN] += 800;
    site_run(t, 30000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 2);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_UNWEIGHED);
    assert_int_equal(site_deposit(t, 0)->chosen, WASTE_RESIDUAL);
    assert_int_equal(site_deposit(t, 1)->outcome, OUTCOME_CONSISTENT);
    assert_int_equal(site_deposit(t, 1)->weight_g, 800);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 1);
}

/* Also where nobody had touched the screen, and where the lid had worked before. */
static void what_nobody_declared_under_a_stuck_lid_is_told_in_hindsight(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 500);
    site_run(t, 60000);
    t->load_g[WASTE_KITCHEN] += 4800;
    site_run(t, 60000);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 1000);
    t->load_g[WASTE_KITCHEN] += 800;
    site_run(t, 30000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 3);
    assert_int_equal(site_deposit(t, 1)->outcome, OUTCOME_UNWEIGHED);
    assert_int_equal(site_deposit(t, 1)->chosen, WASTE_NONE);
    assert_int_equal(site_deposit(t, 2)->weight_g, 800);
}

/* Weight that only came back is hidden by no lid. */
static void who_pulled_at_a_bin_whose_lid_is_stuck_brought_nothing(void **state)
{
    struct test_site *t = *state;
    t->load_g[WASTE_KITCHEN] -= 700;
    site_run(t, 20000);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 60000);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 1000);
    t->load_g[WASTE_KITCHEN] += 800;
    site_run(t, 30000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->weight_g, 800);
}

/* Two bags under a lid that is stuck, and the same class chosen for each. */
static void same_choice_again_ends_the_deposit_before(void **state)
{
    struct test_site *t = *state;
    for (int i = 0; i < 2; i++) {
        site_choose(t, WASTE_KITCHEN);
        site_run(t, 1000);
        t->load_g[WASTE_KITCHEN] += 600 + 200 * i;
        site_run(t, 5000);
    }
    site_run(t, 30000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 2);
    assert_int_equal(site_deposit(t, 0)->weight_g, 600);
    assert_int_equal(site_deposit(t, 1)->weight_g, 800);
    assert_int_equal(site_deposit(t, 1)->outcome, OUTCOME_CONSISTENT);
}

static void a_lid_that_opened_since_hid_nothing(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_RESIDUAL);
    site_run(t, 1000);
    t->load_g[WASTE_KITCHEN] += 600;
    site_run(t, 30000);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 1000);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 30000);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 1000);
    t->load_g[WASTE_KITCHEN] += 800;
    site_run(t, 30000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
}

static void what_was_taken_away_again_was_no_deposit(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_RESIDUAL);
    site_run(t, 1000);
    t->load_g[WASTE_KITCHEN] += 600;
    site_run(t, 30000);
    t->load_g[WASTE_KITCHEN] -= 600;
    site_run(t, 30000);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 1000);
    t->load_g[WASTE_KITCHEN] += 800;
    site_run(t, 30000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
}

/* It says open since long: no opening is judged by it that somebody's choice came after. */
static void choice_counts_under_a_lid_that_is_stuck_open(void **state)
{
    struct test_site *t = *state;
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 20000);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 2000);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 5000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
    assert_int_equal(site_deposit(t, 0)->weight_g, 700);
}

/* ---- laid on the lid ------------------------------------------------------------------------- */

/* Laid down there, taken up again, and thrown in: it was no part of the bin before. */
static void bag_laid_on_the_lid_first_is_a_whole_deposit(void **state)
{
    struct test_site *t = *state;
    t->load_g[WASTE_KITCHEN] += 900;
    site_run(t, 10000);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.change_g, 900);
    site_choose(t, WASTE_KITCHEN);
    t->load_g[WASTE_KITCHEN] -= 900;
    site_run(t, 1500);
    site_drop(t, WASTE_KITCHEN, 900);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->weight_g, 900);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 1)->body.adjustment.change_g, -900);
}

/* Hands full: the class is chosen with the bag on the lid. It is a deposit when it lies inside. */
static void bag_on_the_lid_of_the_chosen_class_is_no_deposit_yet(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    t->load_g[WASTE_KITCHEN] += 900;
    site_run(t, 8000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    t->load_g[WASTE_KITCHEN] -= 900;
    site_run(t, 800);
    site_drop(t, WASTE_KITCHEN, 900);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->weight_g, 900);
    for (int i = 0; i < site_count(t, EVENT_ADJUSTMENT); i++) {
        assert_int_equal(site_event(t, EVENT_ADJUSTMENT, i)->body.adjustment.change_g, 0);
    }
}

/* For a moment as light as before something was laid there, and then the lid rattles. */
static void wind_at_a_lid_on_which_something_lies_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    t->load_g[WASTE_KITCHEN] += 60;
    site_run(t, 10000);
    t->load_g[WASTE_KITCHEN] -= 60;
    site_run(t, 200);
    for (int i = 0; i < 2; i++) {
        site_lid(t, WASTE_KITCHEN, true);
        site_run(t, 300);
        t->load_g[WASTE_KITCHEN] += i == 0 ? 60 : 0;
        site_lid(t, WASTE_KITCHEN, false);
        site_run(t, 600);
    }
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
}

/* Taken up so shortly before the lid opens that it never came to rest in between. */
static void bag_taken_up_as_the_lid_opens_is_a_whole_deposit(void **state)
{
    struct test_site *t = *state;
    t->load_g[WASTE_KITCHEN] += 900;
    site_run(t, 10000);
    site_choose(t, WASTE_KITCHEN);
    t->load_g[WASTE_KITCHEN] -= 900;
    site_run(t, 300);
    t->load_g[WASTE_KITCHEN] += 2500; /* the lid is pushed up */
    site_run(t, 200);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 300);
    t->load_g[WASTE_KITCHEN] += 900 - 2500;
    site_run(t, 1500);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->weight_g, 900);
}

/* Wind pulls at a lid as a hand would, but chooses no class. */
static void wind_over_what_was_laid_on_the_lid_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    t->load_g[WASTE_KITCHEN] += 900;
    site_run(t, 30000);
    for (int i = 0; i < 5; i++) {
        site_lid(t, WASTE_KITCHEN, true);
        t->load_g[WASTE_KITCHEN] -= 900;
        site_run(t, 1200);
        t->load_g[WASTE_KITCHEN] += 900;
        site_lid(t, WASTE_KITCHEN, false);
        site_run(t, 30000);
    }
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
}

/* ---- taken away and put back ----------------------------------------------------------------- */

static void first_heavy_bag_after_an_emptying_is_a_deposit(void **state)
{
    struct test_site *t = *state;
    t->load_g[WASTE_KITCHEN] -= 9000; /* emptied, with no collection */
    site_run(t, 60000);
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 4000);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->weight_g, 4000);
}

/* Whose bin still stands there needs no choice: the site says what an empty bin shows. */
static void undeclared_heavy_bag_after_an_emptying_is_a_deposit(void **state)
{
    struct test_site *t = *state;
    t->load_g[WASTE_KITCHEN] += 9000;
    site_run(t, 30000);
    t->load_g[WASTE_KITCHEN] -= 9000;
    site_run(t, 60000);
    site_drop(t, WASTE_KITCHEN, 4000);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_UNDECLARED);
}

/* Long after, it needs no choice, and the bin that came back is no longer waited for. */
static void heavy_bag_long_after_an_emptying_is_a_deposit(void **state)
{
    struct test_site *t = *state;
    t->load_g[WASTE_KITCHEN] -= 9000;
    site_run(t, BIN_SWAP_MS + 60000);
    site_drop(t, WASTE_KITCHEN, 4000);
    site_run(t, 3000);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_UNDECLARED);
    assert_int_equal(site_deposit(t, 0)->weight_g, 4000);
}

/* ---- opened again, left open ----------------------------------------------------------------- */

static void second_bag_through_a_lid_opened_again_is_a_second_deposit(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 500);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 2500); /* it rests under the open lid */
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 400);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 500);
    t->load_g[WASTE_KITCHEN] += 400;
    site_run(t, 1000);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 2);
    assert_int_equal(site_deposit(t, 0)->weight_g, 700);
    assert_int_equal(site_deposit(t, 1)->weight_g, 400);
}

/* Somebody else opens it while what the lid's closing stirred up still moves. */
static void what_moves_between_two_openings_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 3000);
    site_lid(t, WASTE_KITCHEN, false);
    for (int i = 0; i < 4; i++) {
        t->load_g[WASTE_KITCHEN] = EMPTY_G + (i % 2 == 0 ? 700 : 0);
        site_run(t, 100);
    }
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_KITCHEN, true);
    t->load_g[WASTE_KITCHEN] = EMPTY_G;
    site_run(t, 1000);
    t->load_g[WASTE_KITCHEN] += 1200;
    site_run(t, 1000);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->weight_g, 1200);
}

/* Nobody else came: the choice that stood when the lid opened is whose bag it is. */
static void who_takes_more_than_a_minute_keeps_the_choice(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 80000);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 1500);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 5000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
}

/* The kiosk starts while somebody is at the bin; the lid stays open for the rest of the day. */
static void lid_open_before_the_first_weight_loses_no_bag(void **state)
{
    struct test_site *t = *state;
    site_prepare(t);
    kiosk_init(&t->kiosk, &t->site);
    site_begin_kiosk(t);
    site_mute_scale(t, WASTE_KITCHEN, true);
    site_run(t, 200);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 300);
    site_mute_scale(t, WASTE_KITCHEN, false);
    site_run(t, 20000);
    for (int i = 0; i < 2; i++) {
        t->load_g[WASTE_KITCHEN] += 2000;
        site_run(t, 40000);
    }
    int32_t grams = 0;
    for (int i = 0; i < site_count(t, EVENT_DEPOSIT); i++) {
        grams += site_deposit(t, i)->weight_g;
    }
    assert_int_equal(grams, 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(choice_counts_that_stood_when_the_weight_came),
        SITE_TEST(next_choice_ends_the_deposit_before),
        SITE_TEST(choice_made_after_the_weight_came_is_none),
        SITE_TEST(two_bags_one_after_the_other_are_two_deposits),
        SITE_TEST(bag_that_another_fell_on_stays_with_its_visit),
        SITE_TEST(who_leans_harder_and_goes_is_no_deposit),
        SITE_TEST(choice_counts_under_a_lid_that_is_stuck_open),
        SITE_TEST(weight_under_the_chosen_lid_counts_though_another_opened),
        SITE_TEST(what_a_stuck_lid_hid_is_told_in_hindsight),
        SITE_TEST(what_nobody_declared_under_a_stuck_lid_is_told_in_hindsight),
        SITE_TEST(who_pulled_at_a_bin_whose_lid_is_stuck_brought_nothing),
        SITE_TEST(same_choice_again_ends_the_deposit_before),
        SITE_TEST(a_lid_that_opened_since_hid_nothing),
        SITE_TEST(what_was_taken_away_again_was_no_deposit),
        SITE_TEST(wind_at_a_lid_on_which_something_lies_is_no_deposit),
        SITE_TEST(bag_laid_on_the_lid_first_is_a_whole_deposit),
        SITE_TEST(bag_on_the_lid_of_the_chosen_class_is_no_deposit_yet),
        SITE_TEST(bag_taken_up_as_the_lid_opens_is_a_whole_deposit),
        SITE_TEST(wind_over_what_was_laid_on_the_lid_is_no_deposit),
        SITE_TEST(first_heavy_bag_after_an_emptying_is_a_deposit),
        SITE_TEST(lid_open_before_the_first_weight_loses_no_bag),
        SITE_TEST(undeclared_heavy_bag_after_an_emptying_is_a_deposit),
        SITE_TEST(heavy_bag_long_after_an_emptying_is_a_deposit),
        SITE_TEST(second_bag_through_a_lid_opened_again_is_a_second_deposit),
        SITE_TEST(what_moves_between_two_openings_is_no_deposit),
        SITE_TEST(who_takes_more_than_a_minute_keeps_the_choice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
