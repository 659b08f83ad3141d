/* Taking a deposit back: within its time, once, and in figures that leave it out. */
#include "core_site.h"

#include "kiosk/core/step.h"

static void deposit(struct test_site *t, enum waste_class chosen, int bin, int32_t grams)
{
    const int before = site_count(t, EVENT_DEPOSIT);
    if (chosen != WASTE_NONE) {
        site_choose(t, chosen);
    }
    site_drop(t, bin, grams);
    for (int i = 0; i < 100 && site_count(t, EVENT_DEPOSIT) == before; i++) {
        site_run(t, 100);
    }
    assert_int_equal(site_count(t, EVENT_DEPOSIT), before + 1);
    assert_int_equal(site_view(t).screen, SCREEN_RECEIPT);
}

static int64_t seq_of_last_deposit(const struct test_site *t)
{
    int64_t seq = 0;
    for (int i = 0; i < t->ledger_count; i++) {
        seq = t->ledger[i].kind == EVENT_DEPOSIT ? i + 1 : seq;
    }
    return seq;
}

static void an_undone_deposit_is_named_and_left_out(void **state)
{
    struct test_site *t = *state;
    deposit(t, WASTE_KITCHEN, WASTE_KITCHEN, 1200);
    site_run(t, 100);
    struct view view = site_view(t);
    assert_int_equal(view.figures.today_deposits, 1);
    assert_true(view.receipt.undo_s > 0 && view.receipt.undo_s <= 10);
    site_intent(t, INTENT_UNDO, 0);
    site_run(t, 100);
    view = site_view(t);
    assert_int_equal(site_count(t, EVENT_UNDONE), 1);
    assert_int_equal(site_event(t, EVENT_UNDONE, 0)->body.undone.deposit_seq,
                     seq_of_last_deposit(t));
    assert_true(view.receipt.undone);
    assert_int_equal(view.receipt.undo_s, 0);
    assert_int_equal(view.figures.today_deposits, 0);
    assert_int_equal(view.figures.today_grams, 0);
    assert_int_equal(view.visit_deposits, 0);
    assert_int_equal(view.visit_grams, 0);
    site_intent(t, INTENT_UNDO, 0);
    site_run(t, 100);
    assert_int_equal(site_count(t, EVENT_UNDONE), 1);
}

static void the_time_for_it_is_limited(void **state)
{
    struct test_site *t = *state;
    t->site.timing.visit_idle_ms = 60000; /* the receipt stays longer than the button */
    deposit(t, WASTE_KITCHEN, WASTE_KITCHEN, 1200);
    const int64_t due_ms = undo_until(&t->kiosk);
    site_run(t, due_ms - t->now_ms - 1);
    assert_int_equal(site_view(t).receipt.undo_s, 1);
    site_run(t, 1);
    assert_int_equal(site_view(t).screen, SCREEN_RECEIPT);
    assert_int_equal(site_view(t).receipt.undo_s, 0);
    site_intent(t, INTENT_UNDO, 0);
    assert_int_equal(site_count(t, EVENT_UNDONE), 0);
}

static void without_a_receipt_there_is_nothing_to_take_back(void **state)
{
    struct test_site *t = *state;
    site_intent(t, INTENT_UNDO, 0);
    deposit(t, WASTE_KITCHEN, WASTE_KITCHEN, 1200);
    site_intent(t, INTENT_FINISH, 0);
    site_intent(t, INTENT_UNDO, 0);
    assert_int_equal(site_count(t, EVENT_UNDONE), 0);
}

static void undoing_before_it_is_recorded_waits_for_its_number(void **state)
{
    struct test_site *t = *state;
    t->store_down = true;
    deposit(t, WASTE_KITCHEN, WASTE_KITCHEN, 1200);
    site_intent(t, INTENT_UNDO, 0);
    assert_true(site_view(t).receipt.undone);
    assert_int_equal(site_count(t, EVENT_UNDONE), 0);
    t->store_down = false;
    site_run(t, 1000);
    assert_int_equal(site_count(t, EVENT_UNDONE), 1);
    assert_int_equal(site_event(t, EVENT_UNDONE, 0)->body.undone.deposit_seq,
                     seq_of_last_deposit(t));
    assert_int_equal(site_view(t).figures.today_deposits, 0);
}

static void nobody_is_asked_what_an_undone_deposit_was(void **state)
{
    struct test_site *t = *state;
    deposit(t, WASTE_NONE, WASTE_KITCHEN, 1200);
    site_run(t, 100);
    assert_true(site_view(t).receipt.asking);
    site_intent(t, INTENT_UNDO, 0);
    assert_false(site_view(t).receipt.asking);
    site_choose(t, WASTE_RESIDUAL); /* the next bag's choice, not an answer */
    site_run(t, 100);
    assert_int_equal(site_count(t, EVENT_DECLARED), 0);
    assert_int_equal(site_view(t).screen, SCREEN_GUIDE);
}

static void a_restart_finds_the_same_figures(void **state)
{
    struct test_site *t = *state;
    deposit(t, WASTE_KITCHEN, WASTE_KITCHEN, 1200);
    site_intent(t, INTENT_UNDO, 0);
    deposit(t, WASTE_KITCHEN, WASTE_RESIDUAL, 800);
    site_run(t, 20000);
    const struct view_figures before = site_view(t).figures;
    assert_int_equal(before.today_deposits, 1);
    assert_int_equal(before.today_grams, 800);
    site_restart(t);
    site_run(t, 1000);
    const struct view_figures after = site_view(t).figures;
    assert_memory_equal(&before, &after, sizeof before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(an_undone_deposit_is_named_and_left_out),
        SITE_TEST(the_time_for_it_is_limited),
        SITE_TEST(without_a_receipt_there_is_nothing_to_take_back),
        SITE_TEST(undoing_before_it_is_recorded_waits_for_its_number),
        SITE_TEST(nobody_is_asked_what_an_undone_deposit_was),
        SITE_TEST(a_restart_finds_the_same_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
