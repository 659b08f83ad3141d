/* Chinese line breaking, fitting, and putting values into sentences. */
#include "kiosk/ui/format.h"
#include "kiosk/ui/strings.h"
#include "kiosk/ui/text.h"
#include "kiosk/ui/ui.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Ideographs and their punctuation are one em wide, the rest 0.6. */
static int fake_width(void *context, enum font_weight weight, int size, const char *text, int count)
{
    (void)context;
    (void)weight;
    int width = 0;
    for (int i = 0; i < count; i++) {
        const unsigned char byte = (unsigned char)text[i];
        if (byte < 0x80) {
            width += size * 6 / 10;
        } else if (byte >= 0xC0) {
            width += size;
        }
    }
    return width;
}

static const struct draw_metrics metrics = {NULL, fake_width};
static const struct text_face face = {&metrics, FONT_REGULAR};

/* Wraps at 10 px an em and `ems` ems, and joins the lines with '|'. */
static const char *wrapped(const char *text, int ems)
{
    static char out[512];
    struct text_line lines[TEXT_LINES_MAX];
    const int count = text_wrap(face, 10, text, ems * 10, lines, TEXT_LINES_MAX);
    size_t used = 0;
    assert_true(count <= TEXT_LINES_MAX);
    for (int i = 0; i < count; i++) {
        if (i > 0) {
            out[used++] = '|';
        }
        memcpy(out + used, text + lines[i].start, (size_t)lines[i].count);
        used += (size_t)lines[i].count;
    }
    out[used] = '\0';
    return out;
}

static void decodes_utf8_and_survives_rubbish(void **state)
{
    (void)state;
    uint32_t code_point;
    assert_int_equal(text_decode("桶", &code_point), 3);
    assert_int_equal(code_point, 0x6876);
    assert_int_equal(text_decode("\xF0\xA0\x80\x80", &code_point), 4);
    assert_int_equal(code_point, 0x20000);
    assert_int_equal(text_decode("", &code_point), 0);
    static const char *const bad[] = {"\x80", "\xC0\x80", "\xE6\xA1", "\xED\xA0\x80", "\xFF"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(text_decode(bad[i], &code_point), 1);
        assert_int_equal(code_point, 0xFFFD);
    }
}

static void breaks_between_ideographs_only_where_one_may(void **state)
{
    (void)state;
    assert_string_equal(wrapped("废纸废塑料废金属", 3), "废纸废|塑料废|金属");
    assert_string_equal(wrapped("打开桶盖，请投放", 4), "打开桶|盖，|请投放");
    assert_string_equal(wrapped("投入【易腐】桶", 3), "投入|【易|腐】桶");
    assert_string_equal(wrapped("第 18204 号", 4), "第|18204|号");
    assert_false(text_may_break(0x6876, 0xFF0C)); /* 桶 ， */
    assert_false(text_may_break(0x3010, 0x6876)); /* 【 桶 */
    assert_false(text_may_break(0xFF08, 0x6876)); /* （ 桶 */
    assert_true(text_may_break(0xFF0C, 0x6876));
    assert_false(text_may_break('1', '2'));
}

static void breaks_where_one_would_breathe(void **state)
{
    (void)state;
    assert_string_equal(wrapped("已投入桶，与所选一致", 7), "已投入桶，|与所选一致");
}

static void a_word_wider_than_the_line_is_cut_not_lost(void **state)
{
    (void)state;
    assert_string_equal(wrapped("1234567890", 3), "12345|67890");
}

static void too_many_lines_are_told(void **state)
{
    (void)state;
    struct text_line lines[2];
    assert_int_equal(text_wrap(face, 10, "一二三四五六七", 20, lines, 2), 3);
}

static void shrinks_before_it_cuts(void **state)
{
    (void)state;
    char out[64];
    assert_int_equal(text_shrink(face, 40, 10, "一二三四", 160), 40);
    assert_int_equal(text_shrink(face, 40, 10, "一二三四", 100), 25);
    assert_int_equal(text_shrink(face, 40, 30, "一二三四", 100), 30);
    assert_int_equal(text_ellipsise(face, 30, "一二三四", 12, 100, out, sizeof out), 90);
    assert_string_equal(out, "一二…");
}

static void sentences_take_their_values(void **state)
{
    (void)state;
    char out[STRINGS_COMPOSED_MAX], small[11];
    assert_string_equal(strings_compose(out, sizeof out, STR_DID_WRONG_BIN, "其他垃圾", "易腐垃圾"),
                        "已投入【其他垃圾】桶，与所选【易腐垃圾】不一致");
    /* Cut at a whole code point. */
    assert_string_equal(strings_compose(small, sizeof small, STR_NAME_ALONE, "一二三四", NULL),
                        "一二三");
}

static void every_fixed_text_is_listed_once_and_ends(void **state)
{
    (void)state;
    int count = 0;
    while (ui_fixed_text(count) != NULL) {
        assert_true(ui_fixed_text(count)[0] != '\0');
        count++;
    }
    assert_int_equal(count, STRING_COUNT + 1);
    assert_null(ui_fixed_text(-1));
}

static void numbers_never_claim_more_than_was_counted(void **state)
{
    (void)state;
    assert_string_equal(format_kilograms(1254, 2).text, "1.25");
    assert_string_equal(format_kilograms(1255, 2).text, "1.26");
    assert_string_equal(format_kilograms(46249, 1).text, "46.2");
    assert_string_equal(format_kilograms(-4, 2).text, "0.00");
    assert_string_equal(format_kilograms(-60, 1).text, "−0.1");
    assert_string_equal(format_percent(536, 556).text, "96.4");
    assert_string_equal(format_percent(99999, 100000).text, "99.9");
    assert_string_equal(format_percent(0, 3).text, "0.0");
    assert_string_equal(format_percent(3, 3).text, "100.0");
    assert_string_equal(format_permille(999).text, "99");
    assert_string_equal(format_grouped(18204).text, "18 204");
    assert_string_equal(format_grouped(999).text, "999");
    assert_string_equal(format_grouped(1234567).text, "1 234 567");
    assert_string_equal(format_seconds(449).text, "0.4");
    assert_string_equal(format_seconds(12999).text, "12");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_utf8_and_survives_rubbish),
        cmocka_unit_test(breaks_between_ideographs_only_where_one_may),
        cmocka_unit_test(breaks_where_one_would_breathe),
        cmocka_unit_test(a_word_wider_than_the_line_is_cut_not_lost),
        cmocka_unit_test(too_many_lines_are_told),
        cmocka_unit_test(shrinks_before_it_cuts),
        cmocka_unit_test(sentences_take_their_values),
        cmocka_unit_test(every_fixed_text_is_listed_once_and_ends),
        cmocka_unit_test(numbers_never_claim_more_than_was_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
