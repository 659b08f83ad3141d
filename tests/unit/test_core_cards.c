/* Cards: a visit becomes a person's, and no number goes anywhere but to the table of people. */
#include "core_site.h"

static const char wang[] = "00112233445566778899";
static const char li[] = "99887766554433221100";

static void hold_card(struct test_site *t, const char *card)
{
    reading_t reading = {.kind = READING_CARD, .channel = 1, .has_value = true};
    int asked = t->cards_asked;

    strcpy(reading.card, card);
    site_reading(t, reading);
    assert_int_equal(t->cards_asked, asked + 1);
    assert_string_equal(t->card, card);
}

static void answer(struct test_site *t, const char *person)
{
    struct kiosk_input input = {.kind = INPUT_CARD_RESULT};
    strcpy(input.u.person, person);
    site_input(t, input);
}

static const struct event_identified *identified(struct test_site *t, int index)
{
    return &site_event(t, EVENT_IDENTIFIED, index)->body.identified;
}

static bool holds(const void *bytes, size_t size, const char *text)
{
    const size_t length = strlen(text);
    for (size_t i = 0; i + length <= size; i++) {
        if (memcmp((const char *)bytes + i, text, length) == 0) {
            return true;
        }
    }
    return false;
}

static void a_known_card_names_the_visit_and_its_number_stays_nowhere(void **state)
{
    static const char card[] = "0013101234";
    struct test_site *t = *state;
    hold_card(t, card);
    answer(t, wang);
    assert_int_equal(site_count(t, EVENT_IDENTIFIED), 1);
    assert_string_equal(identified(t, 0)->person, wang);
    assert_false(site_view(t).unknown_card);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 1000);
    site_drop(t, WASTE_KITCHEN, 1500);
    site_run(t, 30000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->visit, identified(t, 0)->visit);
    assert_int_equal(site_event(t, EVENT_VISIT, 0)->body.visit.visit, identified(t, 0)->visit);
    assert_false(holds(t->events, sizeof t->events, card));
    assert_false(holds(&t->kiosk, sizeof t->kiosk, card));
}

static void an_unknown_card_is_said_and_the_visit_goes_on_without_a_person(void **state)
{
    struct test_site *t = *state;
    hold_card(t, "4711");
    answer(t, "");
    assert_true(site_view(t).unknown_card);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 1000);
    site_drop(t, WASTE_KITCHEN, 1500);
    site_run(t, 30000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_count(t, EVENT_IDENTIFIED), 0);
    assert_false(site_view(t).unknown_card); /* the next visit is another one */
}

static void the_same_card_again_changes_nothing(void **state)
{
    struct test_site *t = *state;
    for (int i = 0; i < 3; i++) {
        hold_card(t, "1");
        answer(t, wang);
    }
    assert_int_equal(site_count(t, EVENT_IDENTIFIED), 1);
    assert_int_equal(site_count(t, EVENT_VISIT), 0);
}

static void another_card_is_another_visit(void **state)
{
    struct test_site *t = *state;
    hold_card(t, "1");
    answer(t, wang);
    hold_card(t, "2");
    answer(t, li);
    assert_int_equal(site_count(t, EVENT_VISIT), 1);
    assert_int_equal(site_count(t, EVENT_IDENTIFIED), 2);
    assert_int_not_equal(identified(t, 0)->visit, identified(t, 1)->visit);
    hold_card(t, "3");
    answer(t, ""); /* a stranger's bag is not Li's */
    assert_int_equal(site_count(t, EVENT_VISIT), 2);
    assert_true(site_view(t).unknown_card);
}

static void a_card_after_the_first_bag_is_of_the_same_visit(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_RESIDUAL);
    site_run(t, 1000);
    site_drop(t, WASTE_RESIDUAL, 900);
    site_run(t, 4000);
    hold_card(t, "1");
    answer(t, wang);
    assert_int_equal(identified(t, 0)->visit, site_deposit(t, 0)->visit);
}

static void service_hears_no_cards(void **state)
{
    struct test_site *t = *state;
    reading_t reading = {.kind = READING_CARD, .channel = 1, .has_value = true, .card = "1"};
    site_input(t, (struct kiosk_input){.kind = INPUT_INTENT, .u.intent = {INTENT_SERVICE, 0}});
    site_reading(t, reading);
    assert_int_equal(t->cards_asked, 0);
}

/* Numbers of visits are not given twice: the row that names a person keeps its visit. */
static void a_visit_that_a_power_cut_ended_keeps_its_number(void **state)
{
    struct test_site *t = *state;
    hold_card(t, "1");
    answer(t, wang);
    int64_t visit = identified(t, 0)->visit;
    site_run(t, 100);
    struct kiosk *next = calloc(1, sizeof *next);
    assert_non_null(next);
    kiosk_init(next, &t->site);
    for (int i = 0; i < t->ledger_count; i++) {
        kiosk_apply(next, &t->ledger[i], i + 1);
    }
    assert_true(next->journal.last_visit >= visit);
    free(next);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(a_known_card_names_the_visit_and_its_number_stays_nowhere),
        SITE_TEST(an_unknown_card_is_said_and_the_visit_goes_on_without_a_person),
        SITE_TEST(the_same_card_again_changes_nothing),
        SITE_TEST(another_card_is_another_visit),
        SITE_TEST(a_card_after_the_first_bag_is_of_the_same_visit),
        SITE_TEST(service_hears_no_cards),
        SITE_TEST(a_visit_that_a_power_cut_ended_keeps_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
