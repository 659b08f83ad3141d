/* Rows that correct a deposit told before: the rest of its bag falls from the rim, or what only the
 * weight had told of goes again. And what only looks like a bag where no lid tells.
 */
#include "core_site.h"

static const struct figures *today(struct test_site *t, struct figures *figures)
{
    *figures = figures_of_day(&t->kiosk.journal.figures, t->kiosk.clock.utc_ms);
    return figures;
}

static int64_t grams_today(struct test_site *t)
{
    struct figures figures;
    return figures_deposits(today(t, &figures), FIGURES_ALL, FIGURES_ALL).grams;
}

/* ---- the rest falls -------------------------------------------------------------------------- */

static void drop_half(struct test_site *t)
{
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 400);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
}

static void rest_of_a_bag_is_added_to_its_deposit(void **state)
{
    struct test_site *t = *state;
    drop_half(t);
    t->load_g[WASTE_KITCHEN] += 500;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 0);
    assert_int_equal(site_count(t, EVENT_ADDITION), 1);
    const struct event_addition *addition = &site_event(t, EVENT_ADDITION, 0)->body.addition;
    assert_int_equal(addition->change_g, 500);
    assert_int_equal(addition->final_g - addition->base_g, 500);
    assert_int_equal(addition->bin, WASTE_KITCHEN + 1);
    assert_int_equal(addition->visit, site_deposit(t, 0)->visit);
    const struct kiosk_event *named = &t->ledger[addition->deposit_seq - 1];
    assert_int_equal(named->kind, EVENT_DEPOSIT);
    assert_int_equal(named->body.deposit.weight_g, 400);
    assert_int_equal(grams_today(t), 900);
    assert_int_equal(site_event(t, EVENT_VISIT, 0)->body.visit.grams, 900);
}

static void receipt_shows_the_whole_weight_once_it_is_recorded(void **state)
{
    struct test_site *t = *state;
    struct view view;
    drop_half(t);
    t->ack_delay_ms = 500;
    t->load_g[WASTE_KITCHEN] += 500;
    site_run(t, 6200);
    assert_int_equal(site_count(t, EVENT_ADDITION), 1);
    kiosk_view(&t->kiosk, t->now_ms, &view);
    assert_int_equal(view.receipt.weight_g, 400);
    site_run(t, 500);
    kiosk_view(&t->kiosk, t->now_ms, &view);
    assert_int_equal(view.receipt.weight_g, 900);
}

/* What nobody can be said to have brought is weight of nobody. */
static void rest_of_a_bag_that_was_taken_back_is_nobodys(void **state)
{
    struct test_site *t = *state;
    drop_half(t);
    site_intent(t, INTENT_UNDO, 0);
    t->load_g[WASTE_KITCHEN] += 500;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_ADDITION), 0);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.change_g, 500);
    assert_int_equal(grams_today(t), 0);
}

static void rest_of_a_bag_whose_row_has_no_number_yet_is_nobodys(void **state)
{
    struct test_site *t = *state;
    t->store_down = true;
    drop_half(t);
    t->load_g[WASTE_KITCHEN] += 500;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_ADDITION), 0);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.change_g, 500);
}

static void weight_that_comes_long_after_a_deposit_is_nobodys(void **state)
{
    struct test_site *t = *state;
    drop_half(t);
    site_run(t, 12000);
    t->load_g[WASTE_KITCHEN] += 500;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_ADDITION), 0);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.change_g, 500);
}

static void who_leans_on_the_bin_after_a_deposit_adds_nothing(void **state)
{
    struct test_site *t = *state;
    drop_half(t);
    t->load_g[WASTE_KITCHEN] += 5000;
    site_run(t, 3000);
    t->load_g[WASTE_KITCHEN] -= 5000;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_ADDITION), 0);
    assert_int_equal(grams_today(t), 400);
}

/* ---- it was none ----------------------------------------------------------------------------- */

static void without_lids(struct test_site *t)
{
    site_port(t, LID_PORT, false);
    site_run(t, 2000);
}

static void step_that_goes_as_it_came_is_taken_back(void **state)
{
    struct test_site *t = *state;
    struct figures figures;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] += 3000;
    site_run(t, 8000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    t->load_g[WASTE_KITCHEN] -= 3000;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_UNDONE), 1);
    const int64_t seq = site_event(t, EVENT_UNDONE, 0)->body.undone.deposit_seq;
    assert_int_equal(t->ledger[seq - 1].kind, EVENT_DEPOSIT);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.change_g, -3000);
    assert_int_equal(today(t, &figures)->undone.count, 1);
    assert_int_equal(grams_today(t), 0);
    assert_int_equal(site_event(t, EVENT_VISIT, 0)->body.visit.deposits, 0);
}

/* All levels move with the key, that before the step among them. */
static void step_is_taken_back_over_a_zero_key(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] += 3000;
    site_run(t, 8000);
    t->load_g[WASTE_KITCHEN] = 0;
    site_run(t, 8000);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.cause, ADJUST_ZEROED);
    t->load_g[WASTE_KITCHEN] -= 3000;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_count(t, EVENT_UNDONE), 1);
}

/* Somebody leans on the bin just after a lid was closed for nothing: a bag that fell late, until it
 * goes. */
static void bag_that_fell_late_and_goes_as_it_came_is_taken_back(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_open_for(t, WASTE_KITCHEN, 1700);
    t->load_g[WASTE_KITCHEN] += 500;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    t->load_g[WASTE_KITCHEN] -= 500;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_UNDONE), 1);
    assert_int_equal(grams_today(t), 0);
}

static void step_that_stays_is_a_deposit_whatever_else_goes(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] += 3000;
    site_run(t, 8000);
    t->load_g[WASTE_KITCHEN] -= 700;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_count(t, EVENT_UNDONE), 0);
}

static void bag_taken_out_much_later_was_a_deposit(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] += 3000;
    site_run(t, OLD_BASES_KEPT_MS + 10000);
    t->load_g[WASTE_KITCHEN] -= 3000;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_UNDONE), 0);
}

static void deposit_through_a_lid_is_not_taken_back_by_a_removal(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 3000);
    site_run(t, 3000);
    t->load_g[WASTE_KITCHEN] -= 3000;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_count(t, EVENT_UNDONE), 0);
}

/* ---- what was no bag ------------------------------------------------------------------------- */

static void who_pulls_at_a_bin_and_lets_go_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] -= 700;
    site_run(t, 20000);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.change_g, -700);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 1)->body.adjustment.change_g, 700);
}

/* The hand that pulls is not steady: what it gives back meanwhile is a step to a scale. */
static void who_pulls_with_an_unsteady_hand_leaves_nothing(void **state)
{
    struct test_site *t = *state;
    static const int32_t parts_g[] = {-600, 60, 50, -50, 540};
    without_lids(t);
    for (size_t i = 0; i < sizeof parts_g / sizeof parts_g[0]; i++) {
        t->load_g[WASTE_KITCHEN] += parts_g[i];
        site_run(t, 20000);
    }
    assert_true(site_count(t, EVENT_DEPOSIT) > 0);
    assert_int_equal(site_count(t, EVENT_UNDONE), site_count(t, EVENT_DEPOSIT));
    assert_int_equal(grams_today(t), 0);
}

static void who_pulls_and_lets_go_in_two_parts_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] -= 600;
    site_run(t, 20000);
    t->load_g[WASTE_KITCHEN] += 60;
    site_run(t, 2200);
    t->load_g[WASTE_KITCHEN] += 540;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
}

/* Less than a deposit at a time is followed as drift. */
static void who_pulls_little_by_little_and_lets_go_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    for (int i = 0; i < 3; i++) {
        t->load_g[WASTE_KITCHEN] -= 2 * DIVISION_G;
        site_run(t, 10000);
    }
    t->load_g[WASTE_KITCHEN] += 6 * DIVISION_G;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
}

static void who_leans_and_goes_little_by_little_leaves_nothing(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] += 6 * DIVISION_G;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    for (int i = 0; i < 3; i++) {
        t->load_g[WASTE_KITCHEN] -= 2 * DIVISION_G;
        site_run(t, 10000);
    }
    assert_int_equal(site_count(t, EVENT_UNDONE), 1);
    assert_int_equal(grams_today(t), 0);
}

/* Between two readings of a slow scale a hand lets go, too: no zero key was pressed. */
static void who_leans_on_a_slow_scale_at_zero_leaves_nothing(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->scale_period_ms = 300;
    t->load_g[WASTE_KITCHEN] = 0;
    site_run(t, OLD_BASES_KEPT_MS + 20000);
    t->load_g[WASTE_KITCHEN] = 600;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    t->load_g[WASTE_KITCHEN] = 0;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_UNDONE), 1);
    assert_int_equal(grams_today(t), 0);
}

static void bag_after_somebody_took_something_out_is_a_deposit(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] -= 700;
    site_run(t, 20000);
    t->load_g[WASTE_KITCHEN] += 1200;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->weight_g, 1200);
}

static void same_weight_from_who_has_chosen_is_a_deposit(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] -= 700;
    site_run(t, 20000);
    site_choose(t, WASTE_KITCHEN);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
}

static void same_weight_from_who_has_chosen_is_a_deposit_under_an_open_lid_too(void **state)
{
    struct test_site *t = *state;
    site_lid(t, WASTE_KITCHEN, true);
    t->load_g[WASTE_KITCHEN] += 400;
    site_run(t, 60000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    t->load_g[WASTE_KITCHEN] -= 700;
    site_run(t, 20000);
    site_choose(t, WASTE_KITCHEN);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 2);
    assert_int_equal(site_deposit(t, 1)->weight_g, 700);
}

static void who_lets_go_while_somebody_chooses_is_no_deposit_under_a_closed_lid(void **state)
{
    struct test_site *t = *state;
    t->load_g[WASTE_KITCHEN] -= 700;
    site_run(t, 20000);
    site_choose(t, WASTE_KITCHEN);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 120000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
}

static void bag_taken_out_and_put_in_again_is_a_deposit(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] += 3000;
    site_run(t, 8000);
    t->load_g[WASTE_KITCHEN] -= 3000;
    site_run(t, 8000);
    t->load_g[WASTE_KITCHEN] += 3000;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 2);
    assert_int_equal(site_count(t, EVENT_UNDONE), 1);
    assert_int_equal(grams_today(t), 3000);
}

static void zero_key_of_a_scale_that_drifted_below_zero_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] = 0;
    site_run(t, 20000);
    for (int i = 0; i < 10; i++) {
        t->load_g[WASTE_KITCHEN] -= DIVISION_G;
        site_run(t, 60000);
    }
    t->load_g[WASTE_KITCHEN] = 0;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
}

static void who_leans_harder_for_a_while_and_goes_leaves_nothing(void **state)
{
    struct test_site *t = *state;
    without_lids(t);
    t->load_g[WASTE_KITCHEN] += 3000;
    site_run(t, 8000);
    t->load_g[WASTE_KITCHEN] += 100;
    site_run(t, 2000);
    t->load_g[WASTE_KITCHEN] += 100;
    site_run(t, 2000);
    t->load_g[WASTE_KITCHEN] -= 3200;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_count(t, EVENT_UNDONE), 1);
    assert_int_equal(grams_today(t), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(rest_of_a_bag_is_added_to_its_deposit),
        SITE_TEST(receipt_shows_the_whole_weight_once_it_is_recorded),
        SITE_TEST(rest_of_a_bag_that_was_taken_back_is_nobodys),
        SITE_TEST(rest_of_a_bag_whose_row_has_no_number_yet_is_nobodys),
        SITE_TEST(weight_that_comes_long_after_a_deposit_is_nobodys),
        SITE_TEST(who_leans_on_the_bin_after_a_deposit_adds_nothing),
        SITE_TEST(step_that_goes_as_it_came_is_taken_back),
        SITE_TEST(step_is_taken_back_over_a_zero_key),
        SITE_TEST(bag_that_fell_late_and_goes_as_it_came_is_taken_back),
        SITE_TEST(step_that_stays_is_a_deposit_whatever_else_goes),
        SITE_TEST(bag_taken_out_much_later_was_a_deposit),
        SITE_TEST(deposit_through_a_lid_is_not_taken_back_by_a_removal),
        SITE_TEST(who_pulls_at_a_bin_and_lets_go_is_no_deposit),
        SITE_TEST(who_pulls_with_an_unsteady_hand_leaves_nothing),
        SITE_TEST(who_pulls_and_lets_go_in_two_parts_is_no_deposit),
        SITE_TEST(who_pulls_little_by_little_and_lets_go_is_no_deposit),
        SITE_TEST(who_leans_and_goes_little_by_little_leaves_nothing),
        SITE_TEST(who_leans_on_a_slow_scale_at_zero_leaves_nothing),
        SITE_TEST(bag_after_somebody_took_something_out_is_a_deposit),
        SITE_TEST(same_weight_from_who_has_chosen_is_a_deposit),
        SITE_TEST(same_weight_from_who_has_chosen_is_a_deposit_under_an_open_lid_too),
        SITE_TEST(who_lets_go_while_somebody_chooses_is_no_deposit_under_a_closed_lid),
        SITE_TEST(bag_taken_out_and_put_in_again_is_a_deposit),
        SITE_TEST(zero_key_of_a_scale_that_drifted_below_zero_is_no_deposit),
        SITE_TEST(who_leans_harder_for_a_while_and_goes_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
