/* What the screens say, and what touches and keys mean. */
#include "tests/golden/samples.c"

#include "kiosk/ui/ui.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct view view;
static struct site site;
static struct draw_list list;
static struct ui ui;

static int fake_width(void *context, enum font_weight weight, int size, const char *text, int count)
{
    (void)context;
    (void)weight;
    (void)text;
    return count * size / 5; /* narrow: every text stays on one line */
}

static void draw(void (*make)(struct view *view, struct site *site))
{
    ui = (struct ui){1920, 1080, 476, {NULL, fake_width}, 0};
    make(&view, &site);
    ui_draw(&ui, &view, &list);
}

static void redraw(void)
{
    ui_draw(&ui, &view, &list);
}

/* Is there a text that contains `part`? */
static bool says(const char *part)
{
    for (int i = 0; i < list.command_count; i++) {
        if (list.commands[i].kind == DRAW_TEXT &&
            strstr(list.texts + list.commands[i].text, part) != NULL) {
            return true;
        }
    }
    return false;
}

static const struct draw_target *target_of(enum intent_kind intent, int argument)
{
    for (int i = 0; i < list.target_count; i++) {
        if (list.targets[i].intent == (int)intent && list.targets[i].argument == argument) {
            return &list.targets[i];
        }
    }
    return NULL;
}

static void assert_key(enum ui_key key, enum intent_kind intent, int argument)
{
    const intent_t got = ui_key(&view, key);
    assert_int_equal(got.kind, intent);
    if (intent != INTENT_NONE) {
        assert_int_equal(got.argument, argument);
    }
}

/* ---- touch ----------------------------------------------------------------------------------- */

static void a_tap_is_press_and_release_on_the_same_thing(void **state)
{
    (void)state;
    draw(choose);
    const struct draw_target *kitchen = target_of(INTENT_CHOOSE, WASTE_KITCHEN);
    const struct draw_target *residual = target_of(INTENT_CHOOSE, WASTE_RESIDUAL);
    assert_non_null(kitchen);
    assert_non_null(residual);
    const rect_t k = kitchen->rect;
    const rect_t r = residual->rect;
    const uint32_t id = kitchen->id;

    ui_press(&ui, &list, k.x + 5, k.y + 5);
    assert_int_equal(ui.pressed, id);
    redraw();
    assert_int_equal(target_of(INTENT_CHOOSE, WASTE_KITCHEN)->id, id); /* from frame to frame */
    const intent_t tap = ui_release(&ui, &list, k.x + k.w - 1, k.y + k.h - 1);
    assert_int_equal(tap.kind, INTENT_CHOOSE);
    assert_int_equal(tap.argument, WASTE_KITCHEN);
    assert_int_equal(ui.pressed, 0);

    ui_press(&ui, &list, k.x + 5, k.y + 5);
    assert_int_equal(ui_release(&ui, &list, r.x + 5, r.y + 5).kind, INTENT_NONE);
    ui_press(&ui, &list, 0, 0);
    assert_int_equal(ui.pressed, 0);
    assert_int_equal(ui_release(&ui, &list, k.x + 5, k.y + 5).kind, INTENT_NONE);
}

static void a_press_does_not_survive_a_change_of_screen(void **state)
{
    (void)state;
    draw(keypad); /* its back button and the guide's both cancel */
    const struct draw_target *back = target_of(INTENT_CANCEL, 0);
    ui_press(&ui, &list, back->rect.x + 1, back->rect.y + 1);
    guide(&view, &site);
    redraw();
    const rect_t again = target_of(INTENT_CANCEL, 0)->rect;
    assert_int_equal(ui_release(&ui, &list, again.x + 1, again.y + 1).kind, INTENT_NONE);
}

static void tiles_are_per_class_in_the_order_of_the_bins(void **state)
{
    (void)state;
    draw(choose_eight);
    assert_int_equal(list.target_count, 6); /* four tiles, the search, the service entrance */
    assert_non_null(target_of(INTENT_SERVICE, 0));
    assert_true(says("4、5、6 号桶"));
    site.has_cleaner_pin = false;
    redraw();
    assert_null(target_of(INTENT_SERVICE, 0));
    assert_key(UI_KEY_TAB, INTENT_NONE, 0);
    draw(choose_two);
    assert_int_equal(list.target_count, 4);
    assert_true(target_of(INTENT_CHOOSE, WASTE_KITCHEN)->rect.x <
                target_of(INTENT_CHOOSE, WASTE_RESIDUAL)->rect.x);
}

static void keys_reach_what_touch_reaches(void **state)
{
    (void)state;
    draw(choose);
    assert_key((enum ui_key)(UI_KEY_DIGIT_0 + 3), INTENT_CHOOSE, WASTE_KITCHEN);
    assert_key((enum ui_key)(UI_KEY_DIGIT_0 + 5), INTENT_NONE, 0);
    assert_key(UI_KEY_TAB, INTENT_SERVICE, 0);
    draw(guide);
    assert_key(UI_KEY_ESCAPE, INTENT_CANCEL, 0);
    draw(wrong);
    assert_key(UI_KEY_ENTER, INTENT_MEANT_IT, 0);
    draw(receipt);
    assert_key(UI_KEY_ENTER, INTENT_FINISH, 0);
    assert_key((enum ui_key)(UI_KEY_DIGIT_0 + 1), INTENT_NONE, 0);
    draw(receipt_asking);
    assert_key((enum ui_key)(UI_KEY_DIGIT_0 + 1), INTENT_CHOOSE, WASTE_RECYCLABLE);
    draw(keypad);
    assert_key(UI_KEY_DIGIT_9, INTENT_DIGIT, 9);
    assert_key(UI_KEY_BACKSPACE, INTENT_ERASE, 0);
    assert_key(UI_KEY_ENTER, INTENT_ENTER, 0);
    draw(keypad_locked);
    assert_key(UI_KEY_DIGIT_9, INTENT_NONE, 0);
    assert_key(UI_KEY_ESCAPE, INTENT_CANCEL, 0);
    assert_null(target_of(INTENT_DIGIT, 1));
    draw(fill);
    assert_key((enum ui_key)(UI_KEY_DIGIT_0 + 4), INTENT_COLLECT, 4);
    assert_key(UI_KEY_ESCAPE, INTENT_LEAVE, 0);
    draw(sample_collect_swap);
    assert_key(UI_KEY_ENTER, INTENT_COLLECT_DONE, 0);
    draw(sample_collect_settling);
    assert_key(UI_KEY_ENTER, INTENT_NONE, 0);
    assert_null(target_of(INTENT_COLLECT_DONE, 0));
}

/* ---- words: nothing claimed that was not seen ------------------------------------------------ */

static void recorded_is_said_only_when_it_is(void **state)
{
    (void)state;
    draw(receipt);
    assert_true(says("已记录 · 第 18 204 号 · 08:42:17"));
    view.receipt.recorded = false;
    redraw();
    assert_false(says("已记录"));
    assert_true(says("正在记录"));
    view.store = STORE_FAILED;
    redraw();
    assert_false(says("已记录"));
    assert_true(says("尚未记录：存储故障"));
}

static void each_outcome_has_its_own_words(void **state)
{
    (void)state;
    draw(receipt);
    assert_true(says("已投入【易腐垃圾】桶，与所选一致"));
    draw(receipt_corrected);
    assert_true(says("提示后改正"));
    draw(receipt_wrong_bin);
    assert_true(says("已投入【其他垃圾】桶，与所选【易腐垃圾】不一致"));
    draw(receipt_asking);
    assert_true(says("已投入【易腐垃圾】桶，投放前未选类别"));
    assert_true(says("刚才投的是什么？"));
    assert_non_null(target_of(INTENT_CHOOSE, WASTE_HAZARDOUS));
    draw(receipt_answered);
    assert_true(says("已补充申报：其他垃圾"));
    assert_null(target_of(INTENT_CHOOSE, WASTE_HAZARDOUS));
    draw(receipt_interrupted);
    assert_true(says("中断"));
    for (int i = 0; i < golden_sample_count; i++) {
        draw(golden_samples[i].make);
        assert_false(says("分类正确"));
    }
}

static void an_unknown_weight_is_never_a_number(void **state)
{
    (void)state;
    draw(receipt_unweighed);
    assert_true(says("重量未知"));
    assert_false(says("0.00"));
    draw(guide_hazardous_fault);
    assert_true(says("重量将记为未知"));
    assert_false(says("0.00"));
    draw(guide);
    view.has_live = false;
    redraw();
    assert_true(says("—"));
    assert_false(says("0.00"));
    draw(receipt_wrong_bin); /* never settled */
    assert_true(says("约"));
}

static void a_stale_bin_shows_no_digits(void **state)
{
    (void)state;
    draw(fill);
    assert_true(says("12.4 千克"));
    assert_true(says("刚刚更新"));
    scale_fault(&view, 0, SENSOR_SILENT, 12000);
    redraw();
    assert_false(says("12.4 千克"));
    assert_false(says("34"));
    assert_true(says("称重无数据"));
    assert_true(says("12 秒前"));
    view.bins[0].age_ms = -1;
    redraw();
    assert_true(says("无数据"));
}

static void the_rate_is_counted_or_a_dash(void **state)
{
    (void)state;
    draw(choose);
    assert_true(says("96.4%"));
    assert_true(says("536 / 556 次"));
    draw(choose_first_day);
    assert_true(says("—"));
    assert_false(says("0.0%"));
}

static void faults_are_told_and_waste_is_still_taken(void **state)
{
    (void)state;
    draw(choose_faults);
    assert_true(says("暂停记录"));
    assert_true(says("3 条待记录"));
    assert_true(says("2 号桶称重无数据，仍可投放"));
    assert_true(says("称重故障"));
    assert_non_null(target_of(INTENT_CHOOSE, WASTE_HAZARDOUS));
    draw(choose_first_day);
    assert_true(says("时钟未设置"));
    assert_false(says("称重")); /* only just started: no fault */
    for (int i = 0; i < golden_sample_count; i++) {
        golden_samples[i].make(&view, &site);
        view.store = STORE_FAILED;
        redraw();
        assert_true(says("暂停记录"));
    }
}

static void the_bin_is_counted_from_its_nearer_end(void **state)
{
    (void)state;
    static const char *const words[] = {"1 号桶 · 左起第一个", "2 号桶 · 左起第二个",
                                        "3 号桶 · 右起第二个", "4 号桶 · 右起第一个"};
    for (int i = 0; i < 4; i++) {
        draw(guide);
        view.target_bin = i;
        redraw();
        assert_true(says(words[i]));
    }
    view.bin_count = 3;
    view.target_bin = 1;
    redraw();
    assert_true(says("正中间"));
    view.bin_count = 1;
    view.target_bin = 0;
    redraw();
    assert_false(says("起第"));
    view.target_bin = -1;
    redraw();
    assert_true(says("没有此类桶"));
}

static void only_a_bin_that_needs_hands_has_the_dark_button(void **state)
{
    (void)state;
    draw(fill);
    for (int i = 0; i < view.bin_count; i++) {
        const rect_t button = target_of(INTENT_COLLECT, view.bins[i].number)->rect;
        bool dark = false;
        for (int k = 0; k < list.command_count; k++) {
            const struct draw_command *command = &list.commands[k];
            dark = dark || (command->kind == DRAW_FILL && command->colour == 0x14181B &&
                            memcmp(&command->rect, &button, sizeof button) == 0);
        }
        assert_int_equal(dark, view.bins[i].level >= FILL_NEAR_FULL);
    }
}

/* ---- inspections ----------------------------------------------------------------------------- */

static void an_inspection_is_four_touches(void **state)
{
    (void)state;
    draw(sample_inspect);
    assert_int_equal(list.target_count, 5); /* four bins and the way out */
    assert_non_null(target_of(INTENT_INSPECT, 3));
    assert_true(says("95.8%") && says("查 120 错 5") && says("90.6–98.3%"));
    draw(sample_inspect_checked);
    assert_non_null(target_of(INTENT_CHECKED, 5));
    assert_non_null(target_of(INTENT_CHECKED, 30));
    assert_non_null(target_of(INTENT_COUNT, 9));
    assert_non_null(target_of(INTENT_COUNT, 11));
    draw(sample_inspect_wrong); /* of three */
    assert_non_null(target_of(INTENT_WRONG, 0));
    assert_non_null(target_of(INTENT_WRONG, 3));
    assert_null(target_of(INTENT_WRONG, 4));
    draw(sample_inspect_confirm);
    assert_non_null(target_of(INTENT_INSPECT_NEXT, 0));
    assert_non_null(target_of(INTENT_THING, THING_OTHER));
    draw(sample_inspect_few);
    assert_true(says("样本不足") && says("满 30 袋才计算"));
    assert_false(says("%"));
}

static void keys_reach_an_inspection_too(void **state)
{
    (void)state;
    draw(sample_inspect);
    assert_key((enum ui_key)(UI_KEY_DIGIT_0 + 3), INTENT_INSPECT, 3);
    assert_key((enum ui_key)(UI_KEY_DIGIT_0 + 9), INTENT_NONE, 0);
    draw(sample_inspect_wrong);
    assert_key((enum ui_key)(UI_KEY_DIGIT_0 + 2), INTENT_COUNT, 2);
    assert_key((enum ui_key)(UI_KEY_DIGIT_0 + 4), INTENT_NONE, 0);
    assert_key(UI_KEY_ENTER, INTENT_INSPECT_NEXT, 0);
    assert_key(UI_KEY_ESCAPE, INTENT_CANCEL, 0);
    draw(sample_inspect_confirm);
    assert_key((enum ui_key)(UI_KEY_DIGIT_0 + 1), INTENT_THING, THING_BAG);
}

static void a_receipt_may_be_taken_back_while_it_says_so(void **state)
{
    (void)state;
    draw(receipt);
    assert_null(target_of(INTENT_UNDO, 0));
    draw(receipt_undo);
    assert_non_null(target_of(INTENT_UNDO, 0));
    assert_true(says("撤销（8）"));
    draw(receipt_undone);
    assert_null(target_of(INTENT_UNDO, 0));
    assert_true(says("已撤销"));
    assert_false(says("与所选一致"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tap_is_press_and_release_on_the_same_thing),
        cmocka_unit_test(a_press_does_not_survive_a_change_of_screen),
        cmocka_unit_test(tiles_are_per_class_in_the_order_of_the_bins),
        cmocka_unit_test(keys_reach_what_touch_reaches),
        cmocka_unit_test(recorded_is_said_only_when_it_is),
        cmocka_unit_test(each_outcome_has_its_own_words),
        cmocka_unit_test(an_unknown_weight_is_never_a_number),
        cmocka_unit_test(a_stale_bin_shows_no_digits),
        cmocka_unit_test(the_rate_is_counted_or_a_dash),
        cmocka_unit_test(faults_are_told_and_waste_is_still_taken),
        cmocka_unit_test(the_bin_is_counted_from_its_nearer_end),
        cmocka_unit_test(only_a_bin_that_needs_hands_has_the_dark_button),
        cmocka_unit_test(an_inspection_is_four_touches),
        cmocka_unit_test(keys_reach_an_inspection_too),
        cmocka_unit_test(a_receipt_may_be_taken_back_while_it_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
