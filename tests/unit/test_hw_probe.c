/* Scores of what devices send: recorded frames over and over, seven bits as eight, noise. */
#include "hw/probe.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROW_MAX = 2048, REPEATS = 6, STREAM_MAX = PROBE_BYTES_MAX };

static struct probe_score scores[PROBE_CANDIDATES_MAX];
static uint8_t stream[STREAM_MAX];
static size_t stream_count;

static size_t read_hex(const char *text, uint8_t *bytes, size_t most)
{
    size_t count = 0;
    char *end;
    for (const char *at = text; *at != '\0' && *at != '\t' && count < most; at = end) {
        bytes[count++] = (uint8_t)strtoul(at, &end, 16);
        if (end == at) {
            return 0;
        }
        end += *end == ' ';
    }
    return count;
}

static void repeat(const void *bytes, size_t count, int times)
{
    stream_count = 0;
    for (int i = 0; i < times; i++) {
        assert_true(stream_count + count <= sizeof stream);
        memcpy(stream + stream_count, bytes, count);
        stream_count += count;
    }
}

static size_t score_stream(const char *only)
{
    return probe_score_all(only != NULL ? hw_driver_find(only) : NULL, NULL, "9600/8n1", stream,
                           stream_count, scores, 0);
}

/* The place of a protocol among `count` ranked scores; `count` where it is missing. */
static size_t place_of(const char *protocol, size_t count)
{
    size_t place = 0;
    while (place < count && strcmp(scores[place].driver->name, protocol) != 0) {
        place++;
    }
    return place;
}

/* A row whose frames are whole and valid: nothing rejected, no options needed. */
static bool is_plain_row(const char *row, char protocol[32])
{
    char status[128], options[128] = "";
    return sscanf(row, "%31[^\t]\t%*[^\t]\t%127[^\t]\t%*[^\t]\t%*[^\t]\t%*[^\t]\t%127[^\n]",
                  protocol, status, options) >= 2 &&
           strstr(status, "reject") == NULL && strstr(status, "wait") == NULL &&
           options[0] == '\0' && hw_driver_find(protocol) != NULL;
}

static int check_table(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char row[ROW_MAX], protocol[32];
    uint8_t bytes[512];
    int rows = 0;
    while (fgets(row, sizeof row, file) != NULL) {
        if (!is_plain_row(row, protocol)) {
            continue;
        }
        const size_t count = read_hex(strchr(row, '\t') + 1, bytes, sizeof bytes);
        if (count * REPEATS > sizeof stream) {
            continue;
        }
        repeat(bytes, count, REPEATS);
        struct probe_score own;
        const struct hw_driver *driver = hw_driver_find(protocol);
        const struct hw_options options = {.checksum = driver->checksum_default};
        probe_score(driver, &options, driver->line, stream, stream_count, &own);
        if (own.rejects > 0 || own.all_bytes + HW_FRAME_MAX < stream_count || own.frames < 3) {
            continue; /* garbage around the frames, on purpose, or frames without a value */
        }
        const size_t scored = score_stream(NULL);
        const size_t equal = probe_rank(scores, scored);
        const size_t place = place_of(protocol, scored);
        if (equal == 0 || place >= scored) {
            print_error("%s: %s", path, row);
        }
        assert_true(equal > 0 && place < scored);
        rows++;
    }
    fclose(file);
    return rows;
}

static void every_recorded_frame_is_recognised(void **state)
{
    (void)state;
    glob_t tables;
    assert_int_equal(glob("vectors/*.tsv", 0, NULL, &tables), 0);
    int rows = 0;
    for (size_t i = 0; i < tables.gl_pathc; i++) {
        rows += check_table(tables.gl_pathv[i]);
    }
    globfree(&tables);
    print_message("%d rows\n", rows);
    assert_true(rows >= 50);
}

static void a_known_stream_is_the_one_finding(void **state)
{
    (void)state;
    static const char frame[] = "\x02+0020002"
                                "1B\x03";
    repeat(frame, sizeof frame - 1, REPEATS);
    assert_int_equal(probe_rank(scores, score_stream(NULL)), 1);
    assert_string_equal(scores[0].driver->name, "yaohua_tf0");
    assert_int_equal(scores[0].frames, REPEATS);
    assert_int_equal(scores[0].rejects, 0);
    assert_int_equal(scores[0].score, 1000);
    assert_int_equal(scores[0].sample_length, sizeof frame - 1);
    assert_memory_equal(scores[0].sample, frame, sizeof frame - 1);
    assert_int_equal(scores[0].value.digits, 2000);
    assert_int_equal(scores[0].value.decimals, 2);
}

static void listening_may_begin_and_end_inside_a_frame(void **state)
{
    (void)state;
    static const char frame[] = "ST,GS,+  1.234kg\r\n";
    repeat(frame, sizeof frame - 1, REPEATS);
    for (size_t cut = 1; cut < sizeof frame - 1; cut++) {
        struct probe_score score;
        const struct hw_options options = {0};
        probe_score(hw_driver_find("st_gs"), &options, "9600/8n1", stream + cut,
                    stream_count - 2 * cut, &score);
        assert_true(probe_fits(&score));
        assert_int_equal(score.rejects, 0);
        assert_true(score.frames >= REPEATS - 2);
    }
}

static uint8_t with_parity(uint8_t byte, int odd)
{
    int ones = odd;
    for (int i = 0; i < 7; i++) {
        ones += byte >> i & 1;
    }
    return (uint8_t)(byte | (ones & 1) << 7);
}

static void seven_bits_read_as_eight_need_the_mask(void **state)
{
    (void)state;
    static const char frame[] = "ST,GS,+  1.234kg\r\n";
    for (int odd = 0; odd < 2; odd++) {
        repeat(frame, sizeof frame - 1, REPEATS);
        for (size_t i = 0; i < stream_count; i++) {
            stream[i] = with_parity(stream[i], odd);
        }
        const size_t count = score_stream("st_gs");
        assert_int_equal(probe_rank(scores, count), 1);
        assert_true(scores[0].options.mask7);
        assert_int_equal(scores[0].frames, REPEATS);
        struct probe_bytes seen;
        probe_count_bytes(stream, stream_count, &seen);
        assert_non_null(strstr(probe_hint(&seen), odd ? "7o1" : "7e1"));
    }
}

static void plain_bytes_need_no_mask(void **state)
{
    (void)state;
    repeat("ST,GS,+  1.234kg\r\n", 18, REPEATS);
    probe_rank(scores, score_stream("st_gs"));
    assert_false(scores[0].options.mask7);
}

static void noise_fits_nothing(void **state)
{
    (void)state;
    uint32_t seed = 11;
    print_message("seed %u\n", seed);
    for (int round = 0; round < 20; round++) {
        for (stream_count = 0; stream_count < 2000; stream_count++) {
            seed = seed * 1664525 + 1013904223;
            stream[stream_count] = (uint8_t)(seed >> 24);
        }
        assert_int_equal(probe_rank(scores, score_stream(NULL)), 0);
    }
}

static void half_of_it_noise_fits_nothing_either(void **state)
{
    (void)state;
    static const char piece[] = "ST,GS,+  1.234kg\r\n\x80\x91\xA2\xB3\xC4\xD5\xE6\xF7\x80\x91\xA2";
    repeat(piece, sizeof piece - 1, REPEATS);
    const size_t count = score_stream("st_gs");
    assert_int_equal(probe_rank(scores, count), 0);
    assert_int_equal(scores[0].frames, REPEATS);
    assert_true(scores[0].rejects >= REPEATS - 1);
}

static void two_frames_are_no_finding(void **state)
{
    (void)state;
    repeat("ST,GS,+  1.234kg\r\n", 18, 2);
    assert_int_equal(probe_rank(scores, score_stream("st_gs")), 0);
}

static void nothing_is_no_finding(void **state)
{
    (void)state;
    stream_count = 0;
    assert_int_equal(score_stream(NULL), 0);
    assert_int_equal(probe_rank(scores, 0), 0);
    const struct probe_bytes seen = {0};
    assert_non_null(strstr(probe_hint(&seen), "nothing arrives"));
}

static const struct hw_driver loose = {.name = "loose", .kind = READING_WEIGHT, .line = "9600/8n1"};
static const struct hw_driver other = {.name = "other", .kind = READING_WEIGHT, .line = "9600/8n1"};
static const struct hw_driver text = {.name = "text", .kind = READING_CARD, .line = "9600/8n1"};

static struct probe_score fitting(const struct hw_driver *driver, int score, bool checksum)
{
    return (struct probe_score){
        .driver = driver, .options.checksum = checksum, .frames = 9, .score = score};
}

static void equal_formats_are_a_choice_for_a_person(void **state)
{
    (void)state;
    scores[0] = fitting(&other, 990, false);
    scores[1] = fitting(&loose, 1000, false);
    scores[2] = fitting(&text, 1000, false);
    assert_int_equal(probe_rank(scores, 3), 2);
    assert_ptr_equal(scores[0].driver, &loose);
    assert_ptr_equal(scores[1].driver, &other);
}

static void a_check_outweighs_a_format_without(void **state)
{
    (void)state;
    scores[0] = fitting(&loose, 1000, false);
    scores[1] = fitting(&other, 960, true);
    assert_int_equal(probe_rank(scores, 2), 1);
    assert_ptr_equal(scores[0].driver, &other);
}

static void what_comes_unasked_is_no_polled_device(void **state)
{
    (void)state;
    static const struct hw_driver polled = {
        .name = "asked", .kind = READING_WEIGHT, .line = "9600/8n1", .polled = true};
    scores[0] = fitting(&polled, 1000, false);
    scores[1] = fitting(&loose, 1000, false);
    assert_int_equal(probe_rank(scores, 2), 1);
    assert_ptr_equal(scores[0].driver, &loose);
    scores[0] = fitting(&polled, 1000, false);
    assert_int_equal(probe_rank(scores, 1), 1);
}

static void no_request_holds_anothers_command(void **state)
{
    (void)state;
    for (size_t i = 0; i < hw_driver_count; i++) {
        const struct hw_driver *driver = hw_drivers[i];
        const struct hw_options options = {.checksum = driver->checksum_default};
        for (int c = HW_COMMAND_ZERO; driver->command != NULL && c <= HW_COMMAND_CLEAR_TARE; c++) {
            uint8_t request[HW_REQUEST_MAX + 2] = {0x55};
            const size_t length = driver->command(&options, (enum hw_command)c, request + 1);
            if (length > 0) {
                assert_non_null(probe_endangers(request, length + 1));
            }
        }
    }
    assert_null(probe_endangers((const uint8_t *)"\xF1\xF2", 2));
}

static void the_plan_begins_with_what_is_likely(void **state)
{
    (void)state;
    static char lines[PROBE_LINES_MAX][HW_LINE_TEXT_MAX];
    const size_t count = probe_lines(NULL, lines);
    assert_string_equal(lines[0], "9600/8n1");
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(lines[i], lines[k]);
        }
    }
    for (size_t d = 0; d < hw_driver_count; d++) {
        size_t at = 0;
        while (at < count && strcmp(lines[at], hw_drivers[d]->line) != 0) {
            at++;
        }
        assert_true(at < count);
        probe_lines(hw_drivers[d], lines);
        assert_string_equal(lines[0], hw_drivers[d]->line);
        probe_lines(NULL, lines);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_recorded_frame_is_recognised),
        cmocka_unit_test(a_known_stream_is_the_one_finding),
        cmocka_unit_test(listening_may_begin_and_end_inside_a_frame),
        cmocka_unit_test(seven_bits_read_as_eight_need_the_mask),
        cmocka_unit_test(plain_bytes_need_no_mask),
        cmocka_unit_test(noise_fits_nothing),
        cmocka_unit_test(half_of_it_noise_fits_nothing_either),
        cmocka_unit_test(two_frames_are_no_finding),
        cmocka_unit_test(nothing_is_no_finding),
        cmocka_unit_test(equal_formats_are_a_choice_for_a_person),
        cmocka_unit_test(a_check_outweighs_a_format_without),
        cmocka_unit_test(what_comes_unasked_is_no_polled_device),
        cmocka_unit_test(no_request_holds_anothers_command),
        cmocka_unit_test(the_plan_begins_with_what_is_likely),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
