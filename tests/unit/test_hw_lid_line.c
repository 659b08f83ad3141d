/* What a board at the lids says, byte for byte: the lines here were computed by another program. */
#include "hw/crc16.h"
#include "hw/lid_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void the_check_is_crc16_modbus(void **state)
{
    (void)state;
    assert_int_equal(crc16_modbus((const uint8_t *)"123456789", 9), 0x4B37);
    assert_int_equal(crc16_modbus((const uint8_t *)"", 0), 0xFFFF);
    /* A reply of a Modbus input board, recorded: the check goes low byte first on that bus. */
    static const uint8_t reply[] = {0x01, 0x02, 0x01, 0x00};
    assert_int_equal(crc16_modbus(reply, sizeof reply), 0x88A1);
}

static void assert_line(const char *want, const uint8_t *line, size_t length)
{
    assert_int_equal(length, strlen(want));
    assert_memory_equal(line, want, length);
}

static void lines_are_written_byte_for_byte(void **state)
{
    (void)state;
    static const struct {
        uint8_t board, sequence;
        const char *states, *line;
    } cases[] = {
        {1, 0x2A, "OCCC", "$LID,01,2A,OCCC*1220\r\n"},
        {99, 0xFF, "O", "$LID,99,FF,O*C52B\r\n"},
        {0, 0, "OC?COC?C", "$LID,00,00,OC?COC?C*EF4D\r\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t line[LID_LINE_MAX];
        const size_t length =
            lid_line_write(cases[i].board, cases[i].sequence, cases[i].states, line);
        assert_line(cases[i].line, line, length);
    }
}

static void every_kind_is_written_byte_for_byte(void **state)
{
    (void)state;
    static const uint16_t mm[] = {350, LID_LINE_NOTHING_HEARD};
    static const uint16_t most[] = {1, 9999, 20, 0, 1000, 2000, 3000, 4000};
    uint8_t line[LID_LINE_MAX];
    assert_line("$LVL,01,2B,0350,----*D7D1\r\n", line, lid_line_write_levels(1, 0x2B, mm, 2, line));
    assert_line("$LCK,01,2C,LU?L*AAAC\r\n", line, lid_line_write_locks(1, 0x2C, "LU?L", line));
    assert_line("$UNL,01,3*DCB6\r\n", line, lid_line_write_unlock(1, 3, line));
    assert_int_equal(lid_line_write_levels(99, 0xFF, most, 8, line), LID_LINE_MAX);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    static const uint16_t mm[] = {350, LID_LINE_NOTHING_HEARD, 9999};
    uint8_t bytes[LID_LINE_MAX];
    struct lid_line line = lid_line_read(bytes, lid_line_write(1, 2, "OC?", bytes), true);
    assert_int_equal(line.verdict, LID_LINE_WHOLE);
    assert_int_equal(line.kind, LID_LINE_LIDS);
    assert_int_equal(line.channels, 3);
    assert_int_equal(lid_line_state(&line, 1), LID_LINE_OPEN);
    assert_int_equal(lid_line_state(&line, 3), LID_LINE_FAULT);
    line = lid_line_read(bytes, lid_line_write_levels(42, 2, mm, 3, bytes), true);
    assert_int_equal(line.verdict, LID_LINE_WHOLE);
    assert_int_equal(line.kind, LID_LINE_LEVELS);
    assert_int_equal(line.board, 42);
    for (uint8_t i = 0; i < 3; i++) {
        assert_int_equal(lid_line_mm(&line, (uint8_t)(i + 1)), mm[i]);
    }
    line = lid_line_read(bytes, lid_line_write_unlock(99, 8, bytes), true);
    assert_int_equal(line.verdict, LID_LINE_WHOLE);
    assert_int_equal(line.kind, LID_LINE_UNLOCK);
    assert_int_equal(line.board, 99);
    assert_int_equal(lid_line_unlock_channel(&line), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_check_is_crc16_modbus),
        cmocka_unit_test(lines_are_written_byte_for_byte),
        cmocka_unit_test(every_kind_is_written_byte_for_byte),
        cmocka_unit_test(what_is_written_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
