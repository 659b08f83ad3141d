/* Card and QR readers: the number on the card, or nothing. */
#include "hw_collected.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct collected got;

static const char rdm_frame[] = "\x02"
                                "010784F22151\x03";
static const char em_frame[] = "\x02\x0A\x02\x06\x00\x8E\x6D\x5D\xB0\x03";

static const struct {
    const char *protocol;
    const char *frame;
    size_t length;
    const char *card;
} cards[] = {
    {"rdm630", rdm_frame, sizeof rdm_frame - 1, "0126153249"},
    {"em_bin", em_frame, sizeof em_frame - 1, "0009334109"},
};
enum { CARDS = sizeof cards / sizeof cards[0] };

static void a_card_is_a_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < CARDS; i++) {
        collected_begin(&got, cards[i].protocol);
        collected_feed(&got, cards[i].frame, cards[i].length);
        assert_int_equal(got.count, 1);
        assert_int_equal(got.readings[0].kind, READING_CARD);
        assert_int_equal(got.readings[0].status, READING_OK);
        assert_true(got.readings[0].has_value);
        assert_string_equal(got.readings[0].card, cards[i].card);
    }
}

static void assert_no_other_card(const char *card)
{
    for (size_t i = 0; i < got.count; i++) {
        assert_string_equal(got.readings[i].card, card);
    }
}

static void a_damaged_byte_is_nobody_elses_card(void **state)
{
    (void)state;
    for (size_t i = 0; i < CARDS; i++) {
        for (size_t place = 0; place < cards[i].length; place++) {
            char bytes[HW_FRAME_MAX];
            for (unsigned flip = 1; flip < 256; flip++) {
                memcpy(bytes, cards[i].frame, cards[i].length);
                bytes[place] = (char)(bytes[place] ^ (char)flip);
                collected_begin(&got, cards[i].protocol);
                collected_feed(&got, bytes, cards[i].length);
                assert_no_other_card(cards[i].card);
            }
            collected_begin(&got, cards[i].protocol); /* lost */
            collected_feed(&got, cards[i].frame, place);
            collected_feed(&got, cards[i].frame + place + 1, cards[i].length - place - 1);
            collected_feed(&got, cards[i].frame, cards[i].length);
            collected_feed(&got, cards[i].frame, cards[i].length);
            assert_in_range(got.count, 1, 3);
            assert_no_other_card(cards[i].card);
            collected_begin(&got, cards[i].protocol); /* doubled */
            collected_feed(&got, cards[i].frame, place + 1);
            collected_feed(&got, cards[i].frame + place, cards[i].length - place);
            collected_feed(&got, cards[i].frame, cards[i].length);
            assert_in_range(got.count, 1, 2);
            assert_no_other_card(cards[i].card);
        }
    }
}

/* However the bytes arrive, the end of a text that is too long is no card of its own. */
static void the_tail_of_a_long_code_is_no_card(void **state)
{
    (void)state;
    char text[200];
    for (size_t length = 64; length < 180; length++) {
        for (size_t chunk = 1; chunk <= 70; chunk += 23) {
            memset(text, 'x', length);
            memcpy(text + length, "\r\nOK1\r\n", 7);
            collected_begin(&got, "qr_line");
            for (size_t at = 0; at < length + 7; at += chunk) {
                const size_t rest = length + 7 - at;
                collected_feed(&got, text + at, rest < chunk ? rest : chunk);
            }
            assert_int_equal(got.count, 1);
            assert_string_equal(got.readings[0].card, "OK1");
            assert_int_equal(got.port.stats.rejects[REJECT_LENGTH], 1);
        }
    }
}

static void a_lost_line_ends_a_long_code(void **state)
{
    (void)state;
    char text[100];
    memset(text, 'x', sizeof text);
    collected_begin(&got, "qr_line");
    collected_feed(&got, text, sizeof text);
    port_lost(&got.port);
    collected_feed_text(&got, "OK1\r\n");
    assert_int_equal(got.count, 1);
    assert_string_equal(got.readings[0].card, "OK1");
}

static void a_code_is_text(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "A\tB\r\n", "\xC0\x80\r\n", "\xED\xA0\x80\r\n", "A\xFF\r\n", "A\x7F\r\n", "\xE5\x8E\r\n",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        collected_begin(&got, "qr_line");
        collected_feed_text(&got, refused[i]);
        assert_int_equal(got.count, 0);
        assert_int_equal(got.port.stats.rejects[REJECT_LAYOUT], 1);
    }
    collected_begin(&got, "qr_line");
    collected_feed_text(&got, "\xE5\x8E\xA8\xE4\xBD\x99\r\n"); /* 厨余 */
    assert_int_equal(got.count, 1);
    assert_string_equal(got.readings[0].card, "\xE5\x8E\xA8\xE4\xBD\x99");
}

/* EM-18 sends twelve digits and nothing else; QR readers may be set to send no line end. */
static void silence_ends_what_has_no_end(void **state)
{
    (void)state;
    static const struct {
        const char *protocol, *bytes, *card;
    } cases[] = {{"rdm630", "010784F22151", "0126153249"}, {"qr_line", "WASTE-0042", "WASTE-0042"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        collected_begin(&got, cases[i].protocol);
        collected_feed_text(&got, cases[i].bytes);
        assert_int_equal(got.count, 0);
        port_quiet(&got.port, PORT_QUIET_MS, collected_take, &got);
        port_quiet(&got.port, 2 * PORT_QUIET_MS, collected_take, &got);
        assert_int_equal(got.count, 1);
        assert_string_equal(got.readings[0].card, cases[i].card);
    }
    collected_begin(&got, "rdm630");
    collected_feed_text(&got, "010784F2215"); /* one digit short */
    port_quiet(&got.port, PORT_QUIET_MS, collected_take, &got);
    collected_feed_text(&got, "\x02");
    port_quiet(&got.port, PORT_QUIET_MS, collected_take, &got);
    assert_int_equal(got.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_is_a_number),
        cmocka_unit_test(a_damaged_byte_is_nobody_elses_card),
        cmocka_unit_test(the_tail_of_a_long_code_is_no_card),
        cmocka_unit_test(a_lost_line_ends_a_long_code),
        cmocka_unit_test(a_code_is_text),
        cmocka_unit_test(silence_ends_what_has_no_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
