/* The search on screen: keys and touch reach the same intents, and what is shown is what goes. */
#include "kiosk/ui/strings.h"
#include "kiosk/ui/ui.h"
#include "tests/golden/samples.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct view view;
static struct site site;
static struct draw_list list;

static int fake_width(void *context, enum font_weight weight, int size, const char *text, int count)
{
    (void)context;
    (void)weight;
    (void)text;
    return size * count / 3;
}

static void draw(void (*make)(struct view *view, struct site *site), int width, int height)
{
    const struct ui ui = {width, height, 476, {NULL, fake_width}, 0};
    make(&view, &site);
    ui_draw(&ui, &view, &list);
}

static bool has_target(enum intent_kind intent, int argument)
{
    for (int i = 0; i < list.target_count; i++) {
        if (list.targets[i].intent == (int16_t)intent && list.targets[i].argument == argument) {
            return true;
        }
    }
    return false;
}

static bool says(const char *text)
{
    for (int i = 0; i < list.command_count; i++) {
        const struct draw_command *command = &list.commands[i];
        if (command->kind == DRAW_TEXT && strstr(list.texts + command->text, text) != NULL) {
            return true;
        }
    }
    return false;
}

static void assert_key(enum ui_key key, enum intent_kind intent, int argument)
{
    const intent_t got = ui_key(&view, key);
    assert_int_equal(got.kind, intent);
    if (intent != INTENT_NONE) {
        assert_int_equal(got.argument, argument);
    }
}

static void every_letter_and_group_can_be_touched(void **state)
{
    (void)state;
    static const int panels[][2] = {{1920, 1080}, {1080, 1920}, {1024, 600}};
    for (size_t p = 0; p < sizeof panels / sizeof *panels; p++) {
        draw(sample_search, panels[p][0], panels[p][1]);
        for (int letter = 0; letter < 26; letter++) {
            assert_true(has_target(INTENT_LETTER, letter));
        }
        for (int group = 0; group < ITEM_GROUP_COUNT; group++) {
            assert_true(has_target(INTENT_GROUP, group));
            assert_true(says(strings_get((enum string_id)(STR_GROUP_MEALS + group))));
        }
        assert_true(has_target(INTENT_CANCEL, 0));
        assert_false(has_target(INTENT_ERASE, 0)); /* nothing to erase */
    }
}

static void what_was_found_is_named_with_its_class_in_words(void **state)
{
    (void)state;
    draw(sample_search_letters, 1920, 1080);
    assert_true(says("C D"));
    assert_true(has_target(INTENT_ERASE, 0));
    for (int i = 0; i < view.search.count; i++) {
        assert_true(has_target(INTENT_ITEM, view.search.found[i].index));
        assert_true(says(view.search.found[i].item->words[0].text));
        assert_true(says(site.classes[view.search.found[i].item->class].label));
    }
    assert_true(says(strings_get(STR_SEARCH_LOCAL)));
}

static void pages_are_turned_both_ways_but_not_beyond_the_ends(void **state)
{
    (void)state;
    draw(sample_search_letters, 1920, 1080); /* the second page of four */
    assert_true(has_target(INTENT_PAGE, 0));
    assert_true(has_target(INTENT_PAGE, 2));
    draw(sample_search_group, 1920, 1080); /* the first of ten */
    assert_true(has_target(INTENT_PAGE, 1));
    assert_false(has_target(INTENT_PAGE, 0));
    draw(sample_search_few, 1920, 1080);
    assert_false(has_target(INTENT_PAGE, 1));
}

static void groups_are_offered_where_letters_find_nothing(void **state)
{
    (void)state;
    draw(sample_search_none, 1920, 1080);
    assert_true(says("X Q Z W"));
    assert_true(has_target(INTENT_GROUP, ITEM_DAILY));
    assert_true(has_target(INTENT_ERASE, 0));
}

static void keys_do_what_touch_does(void **state)
{
    (void)state;
    draw(sample_search_letters, 1920, 1080);
    assert_key(UI_KEY_LETTER_A, INTENT_LETTER, 0);
    assert_key(UI_KEY_LETTER_Z, INTENT_LETTER, 25);
    assert_key(UI_KEY_BACKSPACE, INTENT_ERASE, 0);
    assert_key(UI_KEY_ESCAPE, INTENT_CANCEL, 0);
    assert_key(UI_KEY_ENTER, INTENT_ITEM, view.search.found[0].index);
    assert_key(UI_KEY_DIGIT_0 + 3, INTENT_ITEM, view.search.found[2].index);
    assert_key(UI_KEY_DIGIT_0 + 9, INTENT_NONE, 0);
    assert_key(UI_KEY_DIGIT_0, INTENT_NONE, 0);
    assert_key(UI_KEY_TAB, INTENT_PAGE, 2);
    draw(sample_search, 1920, 1080);
    assert_key(UI_KEY_BACKSPACE, INTENT_CANCEL, 0);
    assert_key(UI_KEY_ENTER, INTENT_NONE, 0);
    assert_key(UI_KEY_TAB, INTENT_NONE, 0);
}

static void the_choice_leads_to_the_search_by_button_and_by_letter(void **state)
{
    (void)state;
    draw(sample_base, 1920, 1080); /* its screen is the choice */
    assert_true(has_target(INTENT_SEARCH, 0));
    assert_key(UI_KEY_LETTER_A + 3, INTENT_LETTER, 3);
    site.items = NULL;
    const struct ui ui = {1920, 1080, 476, {NULL, fake_width}, 0};
    ui_draw(&ui, &view, &list);
    assert_false(has_target(INTENT_SEARCH, 0));
    assert_key(UI_KEY_LETTER_A + 3, INTENT_NONE, 0);
}

static void the_guide_names_the_thing_and_gives_its_tip(void **state)
{
    (void)state;
    draw(sample_guide_item, 1920, 1080);
    assert_true(says(view.item->words[0].text));
    assert_true(says(view.item->tip));
    assert_false(says(strings_get(STR_SEARCH_LOCAL)));
    draw(sample_guide_item_local, 1080, 1920);
    assert_true(says(view.item->tip));
    assert_true(says(strings_get(STR_SEARCH_LOCAL)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_letter_and_group_can_be_touched),
        cmocka_unit_test(what_was_found_is_named_with_its_class_in_words),
        cmocka_unit_test(pages_are_turned_both_ways_but_not_beyond_the_ends),
        cmocka_unit_test(groups_are_offered_where_letters_find_nothing),
        cmocka_unit_test(keys_do_what_touch_does),
        cmocka_unit_test(the_choice_leads_to_the_search_by_button_and_by_letter),
        cmocka_unit_test(the_guide_names_the_thing_and_gives_its_tip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
