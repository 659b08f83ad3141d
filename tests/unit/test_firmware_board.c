/* The board at the lids, with a clock and pins of the test: what it tells is read by the driver
 * that the kiosk has for it. */
#include "hw/firmware/board.h"
#include "hw_collected.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ID = 7, CHANNELS = 4, TICK_MS = 5, TOLD_MAX = 512 };

enum { C = BOARD_CONTACT_CLOSED, O = BOARD_CONTACT_OPEN, F = BOARD_CONTACT_FAULTY };

static const struct board_config config = {
    .id = ID, .lids = CHANNELS, .levels = CHANNELS, .locks = CHANNELS};

/* A line that was told, and when. */
struct told {
    enum lid_line_kind kind;
    uint32_t after_ms; /* since the start */
    uint8_t sequence;
    char states[LID_LINE_CHANNELS_MAX + 1]; /* LID, LCK */
    uint16_t mm[LID_LINE_CHANNELS_MAX];     /* LVL */
};

static struct board board;
static struct board_input input;
static uint32_t start_ms;
static uint32_t now_ms;
static struct told told[TOLD_MAX];
static size_t told_count;
static struct collected collected;

static void take_line(const uint8_t *bytes, const struct lid_line *line)
{
    assert_true(told_count < TOLD_MAX);
    struct told *one = &told[told_count++];
    *one = (struct told){
        .kind = line->kind,
        .after_ms = now_ms - start_ms,
        .sequence = (uint8_t)strtoul((char[]){(char)bytes[8], (char)bytes[9], '\0'}, NULL, 16)};
    assert_int_equal(line->board, board.config.id);
    for (uint8_t i = 0; i < line->channels; i++) {
        if (line->kind == LID_LINE_LEVELS) {
            one->mm[i] = lid_line_mm(line, (uint8_t)(i + 1));
        } else {
            one->states[i] = lid_line_state(line, (uint8_t)(i + 1));
        }
    }
}

static void tick(void)
{
    uint8_t out[BOARD_OUT_MAX];
    const size_t length = board_tick(&board, &input, now_ms, out);
    for (size_t at = 0; at < length;) {
        const struct lid_line line = lid_line_read(out + at, length - at, true);
        assert_int_equal(line.verdict, LID_LINE_WHOLE);
        take_line(out + at, &line);
        at += line.length;
    }
    collected_feed(&collected, out, length);
}

/* Ticks until `ms` later, that moment included. */
static void run(uint32_t ms)
{
    for (uint32_t end_ms = now_ms + ms; now_ms != end_ms;) {
        now_ms += TICK_MS;
        tick();
    }
}

static void forget(void)
{
    told_count = 0;
    collected.count = 0;
}

static void start(const struct board_config *as, uint32_t at_ms)
{
    memset(&input, 0, sizeof input);
    start_ms = now_ms = at_ms;
    forget();
    collected_begin(&collected, "lid_line");
    board_start(&board, as, at_ms);
    tick();
}

/* Quiet pins, and nothing told yet. */
static void start_quiet(uint32_t at_ms)
{
    start(&config, at_ms);
    run(100);
    forget();
}

/* The last line of that kind; NULL where there is none. */
static const struct told *last(enum lid_line_kind kind)
{
    for (size_t i = told_count; i-- > 0;) {
        if (told[i].kind == kind) {
            return &told[i];
        }
    }
    return NULL;
}

static size_t count_of(enum lid_line_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < told_count; i++) {
        count += told[i].kind == kind;
    }
    return count;
}

static void hear(const void *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        board_hear(&board, ((const uint8_t *)bytes)[i], now_ms);
    }
}

static void hear_unlock(uint8_t id, uint8_t channel)
{
    uint8_t line[LID_LINE_MAX];
    hear(line, lid_line_write_unlock(id, channel, line));
}

/* A bit a lock. */
static unsigned driven(void)
{
    unsigned mask = 0;
    for (uint8_t channel = 1; channel <= CHANNELS; channel++) {
        mask |= (unsigned)board_drives(&board, channel, now_ms) << (channel - 1);
    }
    return mask;
}

static void the_first_line_waits_for_quiet_contacts(void **state)
{
    (void)state;
    start(&config, 0);
    run(BOARD_QUIET_MS - TICK_MS);
    assert_int_equal(told_count, 0);
    run(TICK_MS);
    assert_int_equal(told_count, 2);
    assert_string_equal(last(LID_LINE_LIDS)->states, "CCCC");
    assert_string_equal(last(LID_LINE_LOCKS)->states, "LLLL");
}

static void a_change_is_told_once_and_at_once(void **state)
{
    (void)state;
    start_quiet(0);
    input.lids[1] = O;
    const uint32_t moved_ms = now_ms + TICK_MS - start_ms;
    run(100);
    assert_int_equal(told_count, 1);
    assert_string_equal(told[0].states, "COCC");
    assert_int_equal(told[0].after_ms, moved_ms + BOARD_QUIET_MS);
}

static void bounce_is_no_change(void **state)
{
    (void)state;
    start_quiet(0);
    /* Contacts bounce for a few milliseconds, then stay. */
    for (int i = 0; i < 5; i++) {
        input.lids[0] = i % 2 ? C : O;
        run(TICK_MS);
    }
    assert_int_equal(told_count, 0);
    run(100);
    assert_int_equal(told_count, 1);
    assert_string_equal(told[0].states, "OCCC");
    forget();
    /* A knock on the lid: away and back before it counts. */
    input.lids[0] = C;
    run(BOARD_QUIET_MS - TICK_MS);
    input.lids[0] = O;
    run(200);
    assert_int_equal(told_count, 0);
}

static void a_contact_that_never_rests_is_faulty(void **state)
{
    (void)state;
    start_quiet(0);
    for (uint32_t ms = 0; ms < BOARD_CHATTER_MS + 100; ms += TICK_MS) {
        input.lids[2] = ms / TICK_MS % 2 ? C : O;
        run(TICK_MS);
    }
    assert_string_equal(last(LID_LINE_LIDS)->states, "CC?C");
    input.lids[2] = O;
    run(100);
    assert_string_equal(last(LID_LINE_LIDS)->states, "CCOC");
}

static void a_stuck_switch_goes_on_saying_what_it_says(void **state)
{
    (void)state;
    start_quiet(0);
    input.lids[3] = O;
    run(60000);
    assert_true(count_of(LID_LINE_LIDS) >= 60000 / LID_LINE_KEEPALIVE_MS);
    for (size_t i = 0; i < told_count; i++) {
        assert_true(told[i].kind != LID_LINE_LIDS || strcmp(told[i].states, "CCCO") == 0);
    }
}

static void a_watched_wire_tells_a_short_and_a_cut(void **state)
{
    (void)state;
    static const struct {
        uint16_t reading;
        int want;
    } cases[] = {
        {0, F},   {255, F}, {256, C}, {512, C}, {596, C},
        {597, O}, {682, O}, {852, O}, {853, F}, {1023, F},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(board_contact_of_adc(cases[i].reading), cases[i].want);
    }
    start_quiet(0);
    input.lids[0] = (uint8_t)board_contact_of_adc(1023);
    run(100);
    assert_string_equal(last(LID_LINE_LIDS)->states, "?CCC");
}

static void lines_come_without_a_change(void **state)
{
    (void)state;
    start(&config, 0);
    run(10000);
    uint32_t before_ms[] = {
        [LID_LINE_LIDS] = BOARD_QUIET_MS, [LID_LINE_LEVELS] = 0, [LID_LINE_LOCKS] = BOARD_QUIET_MS};
    static const uint32_t every_ms[] = {[LID_LINE_LIDS] = LID_LINE_KEEPALIVE_MS,
                                        [LID_LINE_LEVELS] = LID_LINE_LEVELS_MS,
                                        [LID_LINE_LOCKS] = LID_LINE_KEEPALIVE_MS};
    for (size_t i = 2; i < told_count; i++) { /* behind the first lids and locks */
        const enum lid_line_kind kind = told[i].kind;
        assert_int_equal(told[i].after_ms, before_ms[kind] + every_ms[kind]);
        before_ms[kind] = told[i].after_ms;
    }
    assert_int_equal(count_of(LID_LINE_LIDS), 20);
    assert_int_equal(count_of(LID_LINE_LOCKS), 20);
    assert_int_equal(count_of(LID_LINE_LEVELS), 10);
}

static void every_line_has_the_next_number(void **state)
{
    (void)state;
    start(&config, 0);
    for (int round = 0; round < 10; round++) {
        run(5000);
        input.lids[0] = round % 2 ? C : O;
    }
    assert_true(told_count > 240);
    for (size_t i = 0; i < told_count; i++) {
        assert_int_equal(told[i].sequence, i & 0xFF);
    }
}

static void echoes_become_millimetres(void **state)
{
    (void)state;
    static const struct {
        uint32_t echo_us;
        uint16_t want_mm;
    } cases[] = {
        {0, LID_LINE_NOTHING_HEARD},
        {1, LID_LINE_NOTHING_HEARD},
        {113, LID_LINE_NOTHING_HEARD},
        {114, 20}, /* 19.6 mm, rounded */
        {2000, 343},
        {5831, 1000},
        {26239, 4500},
        {26242, LID_LINE_NOTHING_HEARD},
        {38000, LID_LINE_NOTHING_HEARD},
        {UINT32_MAX, LID_LINE_NOTHING_HEARD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(board_mm_of_echo(cases[i].echo_us), cases[i].want_mm);
    }
}

static void the_median_of_five_echoes_counts(void **state)
{
    (void)state;
    start_quiet(0);
    assert_int_equal(board_level(&board, 1), LID_LINE_NOTHING_HEARD);
    static const uint32_t echoes_us[] = {4000, 2000, 20000, 2006, 2012};
    static const uint16_t want_mm[] = {0, 0, 686, 344, 345};
    for (size_t i = 0; i < BOARD_ECHOES; i++) {
        board_echo(&board, 1, echoes_us[i]);
        assert_int_equal(board_level(&board, 1), want_mm[i]);
    }
    assert_int_equal(board_level(&board, 2), LID_LINE_NOTHING_HEARD);
    /* One that stays away changes nothing much; three do. */
    board_echo(&board, 1, 0);
    board_echo(&board, 1, 0);
    assert_int_equal(board_level(&board, 1), 345);
    board_echo(&board, 1, 30000);
    assert_int_equal(board_level(&board, 1), LID_LINE_NOTHING_HEARD);
    /* No such channel: nothing happens. */
    board_echo(&board, 0, 2000);
    board_echo(&board, CHANNELS + 1, 2000);
}

static void levels_are_told_each_second(void **state)
{
    (void)state;
    start_quiet(0);
    for (int i = 0; i < BOARD_ECHOES; i++) {
        board_echo(&board, 2, 2000);
        board_echo(&board, 3, 60000);
        board_echo(&board, 4, 26000);
    }
    run(1000);
    const struct told *levels = last(LID_LINE_LEVELS);
    const uint16_t want_mm[] = {0, 343, 0, 4459};
    assert_memory_equal(levels->mm, want_mm, sizeof want_mm);
}

static void a_command_opens_the_asked_lock_only(void **state)
{
    (void)state;
    for (uint8_t channel = 1; channel <= CHANNELS; channel++) {
        start_quiet(0);
        assert_int_equal(driven(), 0);
        hear_unlock(ID, channel);
        assert_int_equal(driven(), 1U << (channel - 1));
        run(BOARD_PULSE_MS - TICK_MS);
        assert_int_equal(driven(), 1U << (channel - 1));
        run(TICK_MS);
        assert_int_equal(driven(), 0);
        run(5000);
        assert_int_equal(driven(), 0);
    }
}

static void a_coil_rests_however_often_it_is_asked(void **state)
{
    (void)state;
    start_quiet(0);
    unsigned busy = 0;
    for (int i = 0; i < 1000; i++) {
        hear_unlock(ID, 2);
        run(TICK_MS);
        busy += driven() == 2;
    }
    assert_in_range(busy, 490, 510);
}

static void what_is_no_command_for_this_board_opens_nothing(void **state)
{
    (void)state;
    uint8_t line[LID_LINE_MAX];
    start_quiet(0);
    hear_unlock(ID + 1, 1);
    hear_unlock(ID, CHANNELS + 1);
    assert_int_equal(driven(), 0);
    /* Any changed, lost or doubled byte. */
    const size_t length = lid_line_write_unlock(ID, 3, line);
    for (size_t place = 0; place < length; place++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            uint8_t damaged[LID_LINE_MAX];
            memcpy(damaged, line, length);
            damaged[place] = (uint8_t)(damaged[place] ^ flip);
            hear(damaged, length);
            assert_int_equal(driven(), 0);
        }
        hear(line, place);
        hear(line + place + 1, length - place - 1);
        assert_int_equal(driven(), 0);
    }
    /* What boards say, and noise longer than any line. */
    hear(line, lid_line_write(ID, 0, "OOOO", line));
    hear(line, lid_line_write_locks(ID, 0, "UUUU", line));
    for (int i = 0; i < 1000; i++) {
        board_hear(&board, (uint8_t)(i * 7), now_ms);
    }
    assert_int_equal(driven(), 0);
    hear_unlock(ID, 3);
    assert_int_equal(driven(), 1U << 2);
}

static void a_board_without_locks_or_levels_leaves_them_out(void **state)
{
    (void)state;
    static const struct board_config lids_only = {.id = ID, .lids = 2};
    start(&lids_only, 0);
    hear_unlock(ID, 1);
    assert_int_equal(driven(), 0);
    board_echo(&board, 1, 2000);
    run(5000);
    assert_true(count_of(LID_LINE_LIDS) >= 10);
    assert_int_equal(count_of(LID_LINE_LIDS), told_count);
    assert_string_equal(told[0].states, "CC");
}

static void the_clock_may_wrap_at_any_time(void **state)
{
    (void)state;
    for (uint32_t before_ms = 0; before_ms <= 1500; before_ms += 10) {
        start(&config, 0U - before_ms);
        run(100);
        assert_string_equal(last(LID_LINE_LIDS)->states, "CCCC");
        hear_unlock(ID, 1);
        input.lids[0] = O;
        run(BOARD_PULSE_MS - TICK_MS);
        assert_int_equal(driven(), 1);
        run(TICK_MS);
        assert_int_equal(driven(), 0);
        run(1400);
        /* 100 + 500 + 1400 ms: both at 20 ms, lids at 125 ms, then every 500 ms. */
        assert_int_equal(count_of(LID_LINE_LIDS), 5);
        assert_int_equal(count_of(LID_LINE_LOCKS), 4);
        assert_int_equal(count_of(LID_LINE_LEVELS), 2);
        assert_string_equal(last(LID_LINE_LIDS)->states, "OCCC");
    }
}

static void a_state_that_lasts_longer_than_the_clock_is_no_news(void **state)
{
    (void)state;
    start_quiet(0);
    run(1000);
    forget();
    /* As after 2^32 ms without a change: ticks came all the time, the last of them just now. */
    for (int i = 0; i < CHANNELS; i++) {
        board.lids[i].seen_since_ms = now_ms + TICK_MS;
        board.locks[i].seen_since_ms = now_ms + TICK_MS;
    }
    run(400);
    for (size_t i = 0; i < told_count; i++) {
        assert_true(told[i].kind != LID_LINE_LIDS || strcmp(told[i].states, "CCCC") == 0);
        assert_true(told[i].kind != LID_LINE_LOCKS || strcmp(told[i].states, "LLLL") == 0);
    }
}

static const reading_t *last_reading(enum reading_kind kind, uint8_t channel)
{
    for (size_t i = collected.count; i-- > 0;) {
        if (collected.readings[i].kind == kind && collected.readings[i].channel == channel) {
            return &collected.readings[i];
        }
    }
    fail_msg("no reading of kind %d, channel %d", (int)kind, channel);
    return NULL;
}

static void the_driver_reads_what_the_board_tells(void **state)
{
    (void)state;
    uint32_t seed = 20260610;
    print_message("seed %u\n", seed);
    start_quiet(0U - 100000);
    for (int round = 0; round < 200; round++) {
        uint32_t echo_us[CHANNELS];
        for (uint8_t i = 0; i < CHANNELS; i++) {
            seed = seed * 1664525 + 1013904223;
            input.lids[i] = (uint8_t)((seed >> 8) % 3);
            input.locks[i] = (uint8_t)((seed >> 16) % 3);
            echo_us[i] = seed >> 17; /* to 32767: some are out of range */
            for (int echo = 0; echo < BOARD_ECHOES; echo++) {
                board_echo(&board, (uint8_t)(i + 1), echo_us[i]);
            }
        }
        forget();
        run(1000);
        assert_true(collected.count <= COLLECTED_MAX);
        for (uint8_t i = 0; i < CHANNELS; i++) {
            const uint8_t channel = (uint8_t)(i + 1);
            const reading_t *lid = last_reading(READING_LID, channel);
            assert_int_equal(lid->has_value, input.lids[i] != F);
            assert_int_equal(lid->lid_open, input.lids[i] == O);
            const reading_t *lock = last_reading(READING_LOCK, channel);
            assert_int_equal(lock->has_value, input.locks[i] != F);
            assert_int_equal(lock->lid_open, input.locks[i] == O);
            const reading_t *level = last_reading(READING_LEVEL, channel);
            const uint16_t mm = board_mm_of_echo(echo_us[i]);
            assert_int_equal(level->has_value, mm != LID_LINE_NOTHING_HEARD);
            assert_int_equal(level->level_mm, mm);
            assert_int_equal(level->status, level->has_value ? READING_OK : READING_ERROR);
        }
    }
    for (int reason = 0; reason < HW_REJECT_REASONS; reason++) {
        assert_int_equal(collected.port.stats.rejects[reason], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_waits_for_quiet_contacts),
        cmocka_unit_test(a_change_is_told_once_and_at_once),
        cmocka_unit_test(bounce_is_no_change),
        cmocka_unit_test(a_contact_that_never_rests_is_faulty),
        cmocka_unit_test(a_stuck_switch_goes_on_saying_what_it_says),
        cmocka_unit_test(a_watched_wire_tells_a_short_and_a_cut),
        cmocka_unit_test(lines_come_without_a_change),
        cmocka_unit_test(every_line_has_the_next_number),
        cmocka_unit_test(echoes_become_millimetres),
        cmocka_unit_test(the_median_of_five_echoes_counts),
        cmocka_unit_test(levels_are_told_each_second),
        cmocka_unit_test(a_command_opens_the_asked_lock_only),
        cmocka_unit_test(a_coil_rests_however_often_it_is_asked),
        cmocka_unit_test(what_is_no_command_for_this_board_opens_nothing),
        cmocka_unit_test(a_board_without_locks_or_levels_leaves_them_out),
        cmocka_unit_test(the_clock_may_wrap_at_any_time),
        cmocka_unit_test(a_state_that_lasts_longer_than_the_clock_is_no_news),
        cmocka_unit_test(the_driver_reads_what_the_board_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
