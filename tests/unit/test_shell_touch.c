/* Touches between their two forms: inputs of the core and words of captures. */
#include "kiosk/shell/touch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct kiosk_input parsed(const char *verb, const char *argument)
{
    struct kiosk_input input = {0};
    assert_true(touch_parse(verb, argument, &input));
    return input;
}

static bool understood(const char *verb, const char *argument)
{
    struct kiosk_input input = {0};
    return touch_parse(verb, argument, &input);
}

static void each_class_can_be_chosen(void **state)
{
    (void)state;
    for (enum waste_class class = 0; class < WASTE_CLASS_COUNT; class ++) {
        struct kiosk_input input = parsed("choose", waste_class_text(class));
        assert_int_equal(input.kind, INPUT_INTENT);
        assert_int_equal(input.u.intent.kind, INTENT_CHOOSE);
        assert_int_equal(input.u.intent.argument, class);
    }
}

static void a_tap_has_its_number(void **state)
{
    (void)state;
    struct kiosk_input input = parsed("tap", "collect 3");
    assert_int_equal(input.u.intent.kind, INTENT_COLLECT);
    assert_int_equal(input.u.intent.argument, 3);
    assert_int_equal(parsed("tap", "finish").u.intent.kind, INTENT_FINISH);
    assert_int_equal(parsed("cancel", "").u.intent.kind, INTENT_CANCEL);
}

static void a_pin_is_digits_or_what_the_recorder_wrote(void **state)
{
    (void)state;
    struct kiosk_input input = parsed("pin", "2580");
    assert_int_equal(input.kind, INPUT_PIN);
    assert_string_equal(input.u.pin, "2580");
    assert_string_equal(parsed("pin", "*").u.pin, "*");     /* the cleaner's */
    assert_string_equal(parsed("pin", "**").u.pin, "**");   /* the technician's */
    assert_string_equal(parsed("pin", "***").u.pin, "***"); /* the inspector's */
    assert_string_equal(parsed("pin", "12345678").u.pin, "12345678");
    assert_false(understood("pin", ""));
    assert_false(understood("pin", "25a0"));
    assert_false(understood("pin", "123456789"));
    assert_false(understood("pin", "****"));
    assert_false(understood("pin", "*2"));
}

static void a_thing_is_named(void **state)
{
    (void)state;
    struct kiosk_input input = parsed("item", "香蕉皮");
    assert_int_equal(input.kind, INPUT_ITEM);
    assert_string_equal(input.u.item, "香蕉皮");
    struct capture_event event = {0};
    touch_format_item("香蕉", &event);
    assert_int_equal(event.kind, CAPTURE_UI);
    assert_string_equal(parsed(event.verb, event.argument).u.item, "香蕉");
    assert_int_equal(parsed("tap", "letter 23").u.intent.argument, 23);
    const intent_t by_place = {INTENT_ITEM, 3}; /* means nothing to another dictionary */
    assert_false(touch_format(&by_place, &event));
    assert_false(understood("item", "一二三四五六七八九十一二三四")); /* longer than any name */
}

static void what_means_nothing_is_refused(void **state)
{
    (void)state;
    assert_false(understood("", ""));
    assert_false(understood("item", ""));
    assert_false(understood("choose", "paper"));
    assert_false(understood("choose", ""));
    assert_false(understood("tap", ""));
    assert_false(understood("tap", "dance"));
    assert_false(understood("tap", "collect 3x"));
    assert_false(understood("tap", "collect three"));
    assert_false(understood("tap", "collect 99999999999999999999"));
}

/* Whatever is written is read back as the same intent. */
static void what_is_recorded_is_read_back(void **state)
{
    (void)state;
    int written = 0;
    for (enum intent_kind kind = 0; kind < INTENT_KIND_COUNT; kind++) {
        bool of_a_bin = kind == INTENT_COLLECT || kind == INTENT_WIRING || kind == INTENT_SCALE;
        intent_t intent = {kind, of_a_bin ? 4 : kind == INTENT_CHOOSE ? 2 : 0};
        struct capture_event event = {0};
        if (!touch_format(&intent, &event)) {
            continue;
        }
        written++;
        struct kiosk_input input = parsed(event.verb, event.argument);
        assert_int_equal(event.kind, CAPTURE_UI);
        assert_int_equal(input.u.intent.kind, intent.kind);
        assert_int_equal(input.u.intent.argument, intent.argument);
    }
    assert_in_range(written, 8, INTENT_KIND_COUNT);
}

static void digits_of_a_pin_are_never_recorded(void **state)
{
    (void)state;
    static const intent_t secrets[] = {{INTENT_DIGIT, 5}, {INTENT_ERASE, 0}, {INTENT_ENTER, 0}};
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        struct capture_event event = {0};
        assert_false(touch_format(&secrets[i], &event));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_class_can_be_chosen),
        cmocka_unit_test(a_tap_has_its_number),
        cmocka_unit_test(a_pin_is_digits_or_what_the_recorder_wrote),
        cmocka_unit_test(a_thing_is_named),
        cmocka_unit_test(what_means_nothing_is_refused),
        cmocka_unit_test(what_is_recorded_is_read_back),
        cmocka_unit_test(digits_of_a_pin_are_never_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
