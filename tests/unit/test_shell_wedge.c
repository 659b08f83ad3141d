/* Card readers that type like a keyboard never reach the screens; people always do. */
#include "kiosk/shell/wedge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ENTER = 100, OTHER = -1, OUT_MAX = 256 };

static struct wedge wedge;
static int64_t now_ms;
static char out[OUT_MAX];
static size_t out_length;
static uint32_t cards;
static char card[HW_CARD_MAX];

static int set_up(void **state)
{
    (void)state;
    memset(&wedge, 0, sizeof wedge);
    memset(out, 0, sizeof out);
    now_ms = 1000000;
    out_length = 0;
    cards = 0;
    return 0;
}

static void take(void)
{
    int key;
    while (wedge_take(&wedge, now_ms, &key)) {
        assert_in_range(out_length, 0, OUT_MAX - 2);
        out[out_length++] = key == ENTER ? '\n' : (char)('0' + key);
    }
}

/* A digit, "\n" for Enter, and any other character for a key without a meaning. */
static void type(const char *keys, int64_t gap_ms)
{
    for (; *keys != '\0'; keys++) {
        now_ms += gap_ms;
        take();
        const bool is_digit = *keys >= '0' && *keys <= '9';
        wedge_key(&wedge, *keys == '\n' ? ENTER : is_digit ? *keys - '0' : OTHER, *keys, now_ms);
        take();
        cards += wedge_card(&wedge, card);
    }
}

static void wait(void)
{
    now_ms += 51;
    take();
    assert_true(wedge_deadline(&wedge) == INT64_MAX);
}

static void card_is_swallowed(void **state)
{
    (void)state;
    static const char *const numbers[] = {"0012345678", "12345", "04A1B2C3D4", "ABCDE"};
    for (uint32_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        type(numbers[i], i % 2 == 0 ? 1 : 50);
        type("\n", 20);
        wait();
        assert_int_equal(cards, i + 1);
        assert_string_equal(card, numbers[i]);
        assert_string_equal(out, "");
    }
}

static void what_is_too_long_for_a_card_is_none_and_no_typing(void **state)
{
    (void)state;
    type("https://example.org/0123456789/0123456789/0123456789/0123456789/0123456789\n", 2);
    wait();
    assert_int_equal(cards, 0);
    assert_string_equal(out, "");
    type("0012345678\n", 2);
    assert_string_equal(card, "0012345678");
}

static void person_is_not(void **state)
{
    (void)state;
    type("2580\n", 120);
    wait();
    type("0012345678\n", 51); /* however long it is */
    wait();
    assert_string_equal(out, "2580\n0012345678\n");
    assert_int_equal(cards, 0);
}

/* A PIN of four digits is no card, even from somebody who rolls over the keys. */
static void short_burst_is_typing(void **state)
{
    (void)state;
    type("2580\n", 10);
    assert_string_equal(out, "2580\n"); /* at once with the Enter */
    wait();
    assert_int_equal(cards, 0);
}

static void burst_without_enter_is_typing(void **state)
{
    (void)state;
    type("1234567890", 5);
    assert_string_equal(out, "");
    wait();
    assert_string_equal(out, "1234567890");
    assert_int_equal(cards, 0);
}

static void key_comes_out_by_itself_in_time(void **state)
{
    (void)state;
    type("7", 1000);
    assert_string_equal(out, "");
    assert_true(wedge_deadline(&wedge) == now_ms + 51);
    now_ms = wedge_deadline(&wedge);
    take();
    assert_string_equal(out, "7");
    assert_true(wedge_deadline(&wedge) == INT64_MAX);
}

static void enter_that_ends_twice_is_swallowed_with_its_card(void **state)
{
    (void)state;
    type("0012345678\n\n", 3);
    wait();
    assert_string_equal(out, "");
    assert_int_equal(cards, 1);
    type("\n", 200); /* but a person's comes through */
    wait();
    assert_string_equal(out, "\n");
}

static void cards_one_after_the_other_are_counted(void **state)
{
    (void)state;
    type("0012345678\n0087654321\n0011223344\n", 2);
    wait();
    assert_int_equal(cards, 3);
    assert_string_equal(out, "");
}

static void card_between_a_persons_keys_takes_none_of_them(void **state)
{
    (void)state;
    type("25", 200);
    now_ms += 100;
    type("0012345678\n", 4);
    now_ms += 100;
    type("80\n", 200);
    wait();
    assert_string_equal(out, "2580\n");
    assert_int_equal(cards, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(card_is_swallowed, set_up),
        cmocka_unit_test_setup(what_is_too_long_for_a_card_is_none_and_no_typing, set_up),
        cmocka_unit_test_setup(person_is_not, set_up),
        cmocka_unit_test_setup(short_burst_is_typing, set_up),
        cmocka_unit_test_setup(burst_without_enter_is_typing, set_up),
        cmocka_unit_test_setup(key_comes_out_by_itself_in_time, set_up),
        cmocka_unit_test_setup(enter_that_ends_twice_is_swallowed_with_its_card, set_up),
        cmocka_unit_test_setup(cards_one_after_the_other_are_counted, set_up),
        cmocka_unit_test_setup(card_between_a_persons_keys_takes_none_of_them, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
