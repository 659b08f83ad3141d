/* Looking a thing up: which entries letters find, in which order, and what choosing one does. */
#include "core_site.h"

#define WORDS(...) ((const struct item_word[]){__VA_ARGS__})
#define ENTRY(class, group, count, ...)                                                            \
    {                                                                                              \
        WORDS(__VA_ARGS__), count, class, group, false, "drain it", "TEST"                         \
    }

/* In the order of their letters, as every dictionary is. */
static const struct item list[] = {
    ENTRY(WASTE_RECYCLABLE, ITEM_ELECTRIC, 1, {"disc", "cd", "cd"}),
    ENTRY(WASTE_HAZARDOUS, ITEM_ELECTRIC, 2, {"power bank", "cdb", "chongdianbao"},
          {"mobile source", "yddy", "yidongdianyuan"}),
    ENTRY(WASTE_HAZARDOUS, ITEM_ELECTRIC, 1, {"rechargeable", "cddc", "chongdiandianchi"}),
    ENTRY(WASTE_RESIDUAL, ITEM_MEALS, 2, {"big bone", "dgt", "dagutou"},
          {"tube bone", "tg", "tonggu"}),
    ENTRY(WASTE_RESIDUAL, ITEM_ELECTRIC, 2, {"dry cell", "gdc", "gandianchi"},
          {"number 5", "hdc", "haodianchi"}),
    ENTRY(WASTE_KITCHEN, ITEM_PRODUCE, 1, {"watermelon", "xg", ""}),
    ENTRY(WASTE_KITCHEN, ITEM_PRODUCE, 2, {"banana", "xj", "xiangjiao"},
          {"banana peel", "xjp", "xiangjiaopi"}),
};
enum { DISC, POWER_BANK, RECHARGEABLE, BIG_BONE, DRY_CELL, WATERMELON, BANANA };

static const struct items items = {list, sizeof list / sizeof *list};

/* ---- the table ------------------------------------------------------------------------------- */

#define assert_found(letters, ...)                                                                 \
    do {                                                                                           \
        const int wanted_[] = {__VA_ARGS__};                                                       \
        const int count_ = (int)(sizeof wanted_ / sizeof *wanted_);                                \
        uint16_t found_[ITEMS_MAX];                                                                \
        assert_int_equal(items_search(&items, letters, 0, found_, ITEMS_MAX), count_);             \
        for (int i_ = 0; i_ < count_; i_++) {                                                      \
            assert_int_equal(found_[i_], wanted_[i_]);                                             \
        }                                                                                          \
    } while (false)

static void equal_letters_come_first_and_infixes_last(void **state)
{
    (void)state;
    assert_found("cd", DISC, POWER_BANK, RECHARGEABLE);
    assert_found("cdd", RECHARGEABLE);
    assert_found("dc", DRY_CELL, RECHARGEABLE); /* inside: the shorter name first */
    assert_found("g", DRY_CELL, WATERMELON, BIG_BONE);
}

static void other_names_lead_there_but_after_names(void **state)
{
    (void)state;
    assert_found("xjp", BANANA);
    assert_found("x", WATERMELON, BANANA);
    assert_found("yddy", POWER_BANK);
    assert_found("t", BIG_BONE);
}

static void whole_pinyin_leads_there_too(void **state)
{
    (void)state;
    assert_found("xiangj", BANANA);
    assert_found("cho", POWER_BANK, RECHARGEABLE);
    uint16_t found[1];
    assert_int_equal(items_search(&items, "xigua", 0, found, 1), 0); /* initials are known only */
}

static void what_nothing_matches_finds_nothing(void **state)
{
    (void)state;
    uint16_t found[2] = {77, 77};
    assert_int_equal(items_search(&items, "", 0, found, 2), 0);
    assert_int_equal(items_search(&items, "qqq", 0, found, 2), 0);
    assert_int_equal(items_search(&items, "xiangjiaopixiangjiao", 0, found, 2), 0);
    assert_int_equal(found[0], 77);
}

static void pages_follow_one_another_without_gap(void **state)
{
    (void)state;
    uint16_t found[3] = {77, 77, 77};
    assert_int_equal(items_search(&items, "cd", 1, found, 1), 3);
    assert_int_equal(found[0], POWER_BANK);
    assert_int_equal(found[1], 77); /* nothing beyond what was asked for */
    assert_int_equal(items_search(&items, "cd", 3, found + 1, 2), 3);
    assert_int_equal(found[1], 77);
    assert_int_equal(items_of_group(&items, ITEM_ELECTRIC, 2, found, 3), 4);
    assert_int_equal(found[0], RECHARGEABLE);
    assert_int_equal(found[1], DRY_CELL);
    assert_int_equal(found[2], 77);
    assert_int_equal(items_of_group(&items, ITEM_PAPER, 0, found, 3), 0);
}

static void a_name_or_another_name_finds_its_entry(void **state)
{
    (void)state;
    assert_int_equal(items_find(&items, "banana"), BANANA);
    assert_int_equal(items_find(&items, "banana peel"), BANANA);
    assert_int_equal(items_find(&items, "banan"), -1);
    assert_int_equal(items_find(&items, ""), -1);
}

/* Whatever is typed, each page is what one long page would have there. */
static void every_page_is_a_part_of_the_whole(void **state)
{
    (void)state;
    for (char a = 'a'; a <= 'z'; a++) {
        for (char b = 'a' - 1; b <= 'z'; b++) {
            const char letters[3] = {a, b < 'a' ? '\0' : b, '\0'};
            uint16_t whole[ITEMS_MAX], page[2];
            const int total = items_search(&items, letters, 0, whole, ITEMS_MAX);
            for (int first = 0; first < total; first += 2) {
                assert_int_equal(items_search(&items, letters, first, page, 2), total);
                for (int i = 0; i < 2 && first + i < total; i++) {
                    assert_int_equal(page[i], whole[first + i]);
                }
            }
        }
    }
}

static void groups_have_their_text_ids(void **state)
{
    (void)state;
    for (enum item_group group = 0; group < ITEM_GROUP_COUNT; group++) {
        assert_int_equal(item_group_find(item_group_text(group)), group);
    }
    assert_int_equal(item_group_find("stones"), ITEM_GROUP_NONE);
    assert_string_equal(item_group_text(ITEM_GROUP_NONE), "");
}

/* ---- at the kiosk ---------------------------------------------------------------------------- */

static int setup_with_items(void **state)
{
    const int result = site_setup(state);
    if (result == 0) {
        ((struct test_site *)*state)->site.items = &items;
    }
    return result;
}

static void type(struct test_site *t, const char *letters)
{
    for (; *letters != '\0'; letters++) {
        site_intent(t, INTENT_LETTER, *letters - 'a');
    }
}

static void name(struct test_site *t, const char *item)
{
    struct kiosk_input input = {.kind = INPUT_ITEM};
    snprintf(input.u.item, sizeof input.u.item, "%s", item);
    site_input(t, input);
}

static void a_thing_found_by_letters_is_on_the_deposit(void **state)
{
    struct test_site *t = *state;
    site_intent(t, INTENT_SEARCH, 0);
    assert_int_equal(site_view(t).screen, SCREEN_SEARCH);
    assert_int_equal(site_view(t).search.count, 0);
    type(t, "xj");
    struct view view = site_view(t);
    assert_string_equal(view.search.letters, "xj");
    assert_int_equal(view.search.total, 1);
    assert_int_equal(view.search.count, 1);
    assert_ptr_equal(view.search.found[0].item, &list[BANANA]);
    site_intent(t, INTENT_ITEM, view.search.found[0].index);
    view = site_view(t);
    assert_int_equal(view.screen, SCREEN_GUIDE);
    assert_int_equal(view.chosen, WASTE_KITCHEN);
    assert_ptr_equal(view.item, &list[BANANA]);
    site_drop(t, WASTE_KITCHEN, 1500);
    assert_ptr_equal(site_view(t).item, &list[BANANA]);
    site_run(t, 3000);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
    assert_string_equal(site_deposit(t, 0)->item, "banana");
    assert_string_equal(site_event(t, EVENT_OPENING, 0)->body.opening.item, "banana");
}

static void a_thing_found_in_its_group_is_on_the_deposit(void **state)
{
    struct test_site *t = *state;
    site_intent(t, INTENT_SEARCH, 0);
    site_intent(t, INTENT_GROUP, ITEM_ELECTRIC);
    struct view view = site_view(t);
    assert_int_equal(view.search.group, ITEM_ELECTRIC);
    assert_int_equal(view.search.count, 4);
    assert_int_equal(view.search.page_count, 1);
    site_intent(t, INTENT_ITEM, view.search.found[3].index);
    site_drop(t, WASTE_RESIDUAL, 300);
    site_run(t, 3000);
    assert_string_equal(site_deposit(t, 0)->item, "dry cell");
    assert_int_equal(site_deposit(t, 0)->chosen, WASTE_RESIDUAL);
}

static void a_thing_named_by_another_name_is_kept_by_its_name(void **state)
{
    struct test_site *t = *state;
    name(t, "tube bone");
    assert_int_equal(site_view(t).screen, SCREEN_GUIDE);
    site_drop(t, WASTE_KITCHEN, 900); /* in the wrong bin nevertheless */
    site_run(t, 3000);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_WRONG_BIN);
    assert_string_equal(site_deposit(t, 0)->item, "big bone");
}

static void a_thing_nobody_knows_changes_nothing(void **state)
{
    struct test_site *t = *state;
    name(t, "moon rock");
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
    site_intent(t, INTENT_SEARCH, 0);
    site_intent(t, INTENT_ITEM, 999);
    site_intent(t, INTENT_ITEM, -1);
    site_intent(t, INTENT_GROUP, 99);
    site_intent(t, INTENT_LETTER, 26);
    site_intent(t, INTENT_PAGE, 5);
    assert_int_equal(site_view(t).screen, SCREEN_SEARCH);
    assert_int_equal(site_view(t).search.count, 0);
}

static void a_class_chosen_afterwards_is_no_thing(void **state)
{
    struct test_site *t = *state;
    name(t, "banana");
    site_intent(t, INTENT_CANCEL, 0);
    site_choose(t, WASTE_KITCHEN);
    assert_null(site_view(t).item);
    site_drop(t, WASTE_KITCHEN, 900);
    site_run(t, 3000);
    assert_string_equal(site_deposit(t, 0)->item, "");
}

static void back_goes_one_level_up(void **state)
{
    struct test_site *t = *state;
    site_intent(t, INTENT_SEARCH, 0);
    type(t, "xjq");
    assert_int_equal(site_view(t).search.total, 0);
    site_intent(t, INTENT_ERASE, 0);
    assert_string_equal(site_view(t).search.letters, "xj");
    assert_int_equal(site_view(t).search.total, 1);
    site_intent(t, INTENT_CANCEL, 0);
    assert_int_equal(site_view(t).screen, SCREEN_SEARCH);
    assert_string_equal(site_view(t).search.letters, "");
    site_intent(t, INTENT_CANCEL, 0);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
}

static void a_full_field_takes_no_more_letters(void **state)
{
    struct test_site *t = *state;
    site_intent(t, INTENT_SEARCH, 0);
    for (int i = 0; i < 2 * ITEM_LETTERS_MAX; i++) {
        type(t, "x");
    }
    assert_int_equal(strlen(site_view(t).search.letters), ITEM_LETTERS_MAX);
    for (int i = 0; i < 2 * ITEM_LETTERS_MAX; i++) {
        site_intent(t, INTENT_ERASE, 0);
    }
    assert_string_equal(site_view(t).search.letters, "");
    assert_int_equal(site_view(t).screen, SCREEN_SEARCH);
}

static void a_search_left_alone_falls_back_to_the_choice(void **state)
{
    struct test_site *t = *state;
    site_intent(t, INTENT_SEARCH, 0);
    site_run(t, 20000);
    type(t, "x");
    site_run(t, 20000);
    assert_int_equal(site_view(t).screen, SCREEN_SEARCH);
    site_run(t, 10000);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
    assert_int_equal(site_count(t, EVENT_VISIT), 0); /* nobody brought anything */
}

static void a_lid_ends_the_search(void **state)
{
    struct test_site *t = *state;
    site_intent(t, INTENT_SEARCH, 0);
    site_drop(t, WASTE_KITCHEN, 800);
    assert_int_equal(site_view(t).screen, SCREEN_GUIDE);
    site_run(t, 3000);
    assert_int_equal(site_view(t).screen, SCREEN_RECEIPT);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_UNDECLARED);
    site_run(t, 15000);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
}

static void a_power_cut_does_not_lose_the_thing(void **state)
{
    struct test_site *t = *state;
    name(t, "banana");
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 1000);
    t->load_g[WASTE_KITCHEN] += 700;
    site_restart(t);
    site_run(t, 2000);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 12000);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_INTERRUPTED);
    assert_string_equal(site_deposit(t, 0)->item, "banana");
}

static void without_a_dictionary_there_is_no_search(void **state)
{
    struct test_site *t = *state;
    t->site.items = NULL;
    site_intent(t, INTENT_SEARCH, 0);
    type(t, "xj");
    name(t, "banana");
    site_intent(t, INTENT_ITEM, 0);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
}

#define ITEM_TEST(test) cmocka_unit_test_setup_teardown(test, setup_with_items, site_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_letters_come_first_and_infixes_last),
        cmocka_unit_test(other_names_lead_there_but_after_names),
        cmocka_unit_test(whole_pinyin_leads_there_too),
        cmocka_unit_test(what_nothing_matches_finds_nothing),
        cmocka_unit_test(pages_follow_one_another_without_gap),
        cmocka_unit_test(a_name_or_another_name_finds_its_entry),
        cmocka_unit_test(every_page_is_a_part_of_the_whole),
        cmocka_unit_test(groups_have_their_text_ids),
        ITEM_TEST(a_thing_found_by_letters_is_on_the_deposit),
        ITEM_TEST(a_thing_found_in_its_group_is_on_the_deposit),
        ITEM_TEST(a_thing_named_by_another_name_is_kept_by_its_name),
        ITEM_TEST(a_thing_nobody_knows_changes_nothing),
        ITEM_TEST(a_class_chosen_afterwards_is_no_thing),
        ITEM_TEST(back_goes_one_level_up),
        ITEM_TEST(a_full_field_takes_no_more_letters),
        ITEM_TEST(a_search_left_alone_falls_back_to_the_choice),
        ITEM_TEST(a_lid_ends_the_search),
        ITEM_TEST(a_power_cut_does_not_lose_the_thing),
        ITEM_TEST(without_a_dictionary_there_is_no_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
