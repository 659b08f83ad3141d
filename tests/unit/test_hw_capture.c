/* The capture format: what is written is read again, and each wrong line says what and where. */
#include "hw/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct capture_event event;
static char error[CAPTURE_ERROR_MAX];

static void parse(const char *line)
{
    const int result = capture_parse(line, 0, &event, error);
    if (result != 0) {
        print_error("%s: %s\n", line, error);
    }
    assert_int_equal(result, 0);
}

static void every_line_survives_the_round_trip(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "@ port s1 yaohua_tf0 9600/8n1\n",
        "@ port bench-scale_1.a st_gs 115200/7e2\n",
        "0 s1 < 02 2B 30 30 32 30 30 30 32 31 42 03\n",
        "120 s1 > 57\n",
        "120 s1 > 00 FF\n",
        "5000 s1 ! lost\n",
        "5000 s1 ! back\n",
        "5100 bus1 = scale 2 1250 stable\n",
        "5100 bus1 = scale 8 -2147483648 moving\n",
        "5100 bus1 = scale 1 - overload\n",
        "5100 bus1 = scale 1 - underload\n",
        "5100 bus1 = scale 1 - busy\n",
        "5100 bus1 = scale 1 - error\n",
        "5100 bus1 = lid 2 open\n",
        "5100 bus1 = lid 2 closed\n",
        "5100 bus1 = lid 2 fault\n",
        "5100 bus1 = level 2 850 stable\n",
        "5100 bus1 = level 8 0 moving\n",
        "5100 bus1 = level 1 - error\n",
        "5100 bus1 = lock 2 open\n",
        "5100 bus1 = lock 2 closed\n",
        "5100 bus1 = lock 2 fault\n",
        "6000 ui choose kitchen\n",
        "6000 ui item 香蕉皮 两个\n",
        "6000 ui card 01026f6c3a\n",
        "6000 ui pin 0000\n",
        "6000 ui tap screen:guide\n",
        "6000 ui cancel\n",
        "7000 clock 1763856000000 ntp\n",
        "999999999999999999 clock 0 unset\n",
        "7000 clock 1 rtc\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char text[CAPTURE_LINE_MAX];
        parse(lines[i]);
        assert_int_equal(capture_format(&event, text), strlen(lines[i]));
        assert_string_equal(text, lines[i]);
    }
}

static void fields_are_filled(void **state)
{
    (void)state;
    parse("@ port s1 yaohua_tf0 9600/8n1");
    assert_int_equal(event.kind, CAPTURE_PORT);
    assert_string_equal(event.port, "s1");
    assert_string_equal(event.protocol, "yaohua_tf0");
    assert_string_equal(event.line, "9600/8n1");
    parse("  0 \t s1   <  02\t2B  \r\n");
    assert_int_equal(event.kind, CAPTURE_RX);
    assert_int_equal(event.byte_count, 2);
    assert_int_equal(event.bytes[0], 0x02);
    assert_int_equal(event.bytes[1], 0x2B);
    parse("5100 bus1 = scale 2 -1250 moving");
    assert_int_equal(event.kind, CAPTURE_VALUE);
    assert_int_equal(event.t_ms, 5100);
    assert_int_equal(event.reading.channel, 2);
    assert_int_equal(event.reading.kind, READING_WEIGHT);
    assert_int_equal(event.reading.status, READING_MOVING);
    assert_int_equal(event.reading.grams, -1250);
    assert_true(event.reading.has_value);
    parse("5100 bus1 = lid 3 fault");
    assert_int_equal(event.reading.kind, READING_LID);
    assert_int_equal(event.reading.status, READING_ERROR);
    assert_false(event.reading.has_value);
    parse("5100 bus1 = level 3 850 stable");
    assert_int_equal(event.reading.kind, READING_LEVEL);
    assert_int_equal(event.reading.channel, 3);
    assert_int_equal(event.reading.level_mm, 850);
    assert_true(event.reading.has_value);
    parse("6000 ui item 香蕉皮  两个 ");
    assert_int_equal(event.kind, CAPTURE_UI);
    assert_string_equal(event.verb, "item");
    assert_string_equal(event.argument, "香蕉皮  两个");
    parse("7000 clock 1763856000000 ntp");
    assert_int_equal(event.kind, CAPTURE_CLOCK);
    assert_true(event.utc_ms == INT64_C(1763856000000));
    assert_string_equal(event.quality, "ntp");
}

static void comments_and_empty_lines_are_no_events(void **state)
{
    (void)state;
    static const char *const lines[] = {CAPTURE_HEADER, "# recorded by hand", "#", "", "\n",
                                        "  \t\r\n"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_int_equal(capture_parse(lines[i], 77, &event, error), 0);
        assert_int_equal(event.kind, CAPTURE_COMMENT);
        assert_int_equal(event.t_ms, 77);
    }
}

static void a_full_line_of_bytes_fits(void **state)
{
    (void)state;
    char text[CAPTURE_LINE_MAX];
    struct capture_event full = {.kind = CAPTURE_RX,
                                 .t_ms = 999999999999999999,
                                 .port = "fifteen-letters",
                                 .byte_count = CAPTURE_BYTES_MAX};
    for (size_t i = 0; i < CAPTURE_BYTES_MAX; i++) {
        full.bytes[i] = (uint8_t)i;
    }
    assert_true(capture_format(&full, text) < CAPTURE_LINE_MAX);
    parse(text);
    assert_int_equal(event.byte_count, CAPTURE_BYTES_MAX);
    assert_memory_equal(event.bytes, full.bytes, CAPTURE_BYTES_MAX);
    text[strlen(text) - 1] = '\0';
    strcat(text, " 00");
    assert_int_equal(capture_parse(text, 0, &event, error), -1);
    assert_non_null(strstr(error, "at most 256"));
}

static void a_wrong_line_says_what_and_where(void **state)
{
    (void)state;
    static const struct {
        const char *line, *error;
    } cases[] = {
        {"#biaogan-capture 2", "column 18: capture version \"2\": this program reads version 1"},
        {"#biaogan-capture", "column 17: capture version is missing: this program reads version 1"},
        {"@ bus b1", "column 3: declaration \"bus\": only \"@ port\" is known"},
        {"@ port", "column 7: port name is missing: 1 to 15 letters, digits and _-.:"},
        {"@ port sixteen-letters- st_gs 9600/8n1",
         "column 8: port name \"sixteen-letters-\": 1 to 15 letters, digits and _-.:"},
        {"@ port s1 st/gs 9600/8n1",
         "column 11: protocol \"st/gs\": a name of `biaogan protocols`"},
        {"@ port s1 st_gs", "column 16: line setting is missing: like 9600/8n1"},
        {"@ port s1 st_gs 9601/8n1", "column 17: line setting \"9601/8n1\": like 9600/8n1"},
        {"@ port s1 st_gs 9600/8n1 x",
         "column 26: unexpected \"x\": the line is complete before it"},
        {"soon s1 ! lost", "column 1: time \"soon\": ms since start, a whole number, or @ or #"},
        {"-1 s1 ! lost", "column 1: time \"-1\": ms since start, a whole number, or @ or #"},
        {"10000000000000000000 s1 ! lost",
         "column 1: time \"10000000000000000000\": ms since start, a whole number, or @ or #"},
        {"99 s1 ! lost",
         "column 1: time 99 is before 100 of the line above: sort the events by time"},
        {"100", "column 4: port name is missing: 1 to 15 letters, digits and _-.:"},
        {"100 s/1 ! lost", "column 5: port name \"s/1\": 1 to 15 letters, digits and _-.:"},
        {"100 s1", "column 7: sign is missing: < received, > sent, = value, ! lost or back"},
        {"100 s1 ? 1", "column 8: sign \"?\": < received, > sent, = value, ! lost or back"},
        {"100 s1 <", "column 9: byte is missing: two upper-case hex digits each, like 0D"},
        {"100 s1 < 2b", "column 10: byte \"2b\": two upper-case hex digits each, like 0D"},
        {"100 s1 < 2", "column 10: byte \"2\": two upper-case hex digits each, like 0D"},
        {"100 s1 > 022B", "column 10: byte \"022B\": two upper-case hex digits each, like 0D"},
        {"100 s1 ! gone", "column 10: port news \"gone\": lost or back"},
        {"100 s1 ! lost x", "column 15: unexpected \"x\": the line is complete before it"},
        {"100 b1 = door 1 open", "column 10: value \"door\": scale, lid, level or lock"},
        {"100 b1 = scale 0 1 stable", "column 16: channel \"0\": 1 to 8"},
        {"100 b1 = scale 9 1 stable", "column 16: channel \"9\": 1 to 8"},
        {"100 b1 = scale 1 1.5 stable",
         "column 18: grams \"1.5\": a whole number, or - where there is none"},
        {"100 b1 = scale 1 2147483648 stable",
         "column 18: grams \"2147483648\": a whole number, or - where there is none"},
        {"100 b1 = scale 1 5 overload", "column 20: status \"overload\": stable or moving"},
        {"100 b1 = scale 1 - stable", "column 20: status \"stable\": overload, underload, busy "
                                      "or error where there is no number"},
        {"100 b1 = level 1 far stable",
         "column 18: mm \"far\": a whole number, or - where there is none"},
        {"100 b1 = level 1 5", "column 19: status is missing: stable or moving"},
        {"100 b1 = lid 1 ajar", "column 16: lid state \"ajar\": open, closed or fault"},
        {"100 ui", "column 7: verb is missing: choose, item, card, pin, tap or cancel"},
        {"100 ui dance x", "column 8: verb \"dance\": choose, item, card, pin, tap or cancel"},
        {"100 ui choose", "column 14: argument is missing: 1 to 95 bytes of UTF-8"},
        {"100 ui cancel now", "column 15: unexpected \"now\": the line is complete before it"},
        {"100 ui item \xFF",
         "column 13: argument is no text: UTF-8 without control characters, please"},
        {"100 ui item a\x07"
         "b",
         "column 13: argument is no text: UTF-8 without control characters, please"},
        {"100 ui item \xE9\xA6",
         "column 13: argument is no text: UTF-8 without control characters, please"},
        {"100 ui item \xC0\xAF",
         "column 13: argument is no text: UTF-8 without control characters, please"},
        {"100 clock", "column 10: wall clock is missing: UTC ms since 1970, a whole number"},
        {"100 clock -5 ntp", "column 11: wall clock \"-5\": UTC ms since 1970, a whole number"},
        {"100 clock 5 gps", "column 13: clock quality \"gps\": unset, rtc or ntp"},
        {"100 clock 5 ntp x", "column 17: unexpected \"x\": the line is complete before it"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(capture_parse(cases[i].line, 100, &event, error), -1);
        assert_string_equal(error, cases[i].error);
    }
}

static void an_endless_line_is_refused(void **state)
{
    (void)state;
    static char line[2 * CAPTURE_LINE_MAX];
    memset(line, ' ', sizeof line - 1);
    line[0] = '5';
    assert_int_equal(capture_parse(line, 0, &event, error), -1);
    assert_non_null(strstr(error, "split it"));
    memset(line, 'a', sizeof line - 1);
    memcpy(line, "5 ui item ", 10);
    line[10 + CAPTURE_WORD_MAX] = '\0';
    assert_int_equal(capture_parse(line, 0, &event, error), -1);
    assert_non_null(strstr(error, "1 to 95 bytes"));
    line[10 + CAPTURE_WORD_MAX - 1] = '\0';
    assert_int_equal(capture_parse(line, 0, &event, error), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_survives_the_round_trip),
        cmocka_unit_test(fields_are_filled),
        cmocka_unit_test(comments_and_empty_lines_are_no_events),
        cmocka_unit_test(a_full_line_of_bytes_fits),
        cmocka_unit_test(a_wrong_line_says_what_and_where),
        cmocka_unit_test(an_endless_line_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
