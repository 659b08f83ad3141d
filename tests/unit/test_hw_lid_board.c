/* What a lid board says, byte for byte: the lines here were computed by another program. */
#include "hw/crc16.h"
#include "hw/lid_board.h"

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
        assert_int_equal(length, strlen(cases[i].line));
        assert_memory_equal(line, cases[i].line, length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_check_is_crc16_modbus),
        cmocka_unit_test(lines_are_written_byte_for_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
