/* Answers with several registers: what the tables of frames, one value a frame, cannot say. */
#include "hw/crc16.h"
#include "hw/port.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct heard {
    char text[256];
};

static void take(void *context, const struct hw_value *values, size_t count)
{
    struct heard *heard = context;
    for (size_t i = 0; i < count; i++) {
        char text[HW_VALUE_TEXT_MAX];
        assert_int_equal(values[i].channel, i + 1);
        hw_value_text(&values[i], text, sizeof text);
        strcat(heard->text, text);
        strcat(heard->text, ";");
    }
}

/* Adds the CRC and lets modbus_rtu hear the frame. */
static void assert_heard(const uint8_t *bytes, size_t count, const char *want)
{
    uint8_t frame[HW_FRAME_MAX];
    memcpy(frame, bytes, count);
    const uint16_t crc = crc16_modbus(bytes, count);
    frame[count] = (uint8_t)crc;
    frame[count + 1] = (uint8_t)(crc >> 8);
    const struct port_config config = {
        .driver = hw_driver_find("modbus_rtu"), .options = {.checksum = true}, .equal_frames = 1};
    struct port port;
    struct heard heard = {""};
    port_init(&port, &config);
    port_feed_values(&port, frame, count + 2, 0, take, &heard);
    assert_string_equal(heard.text, want);
}

static void an_odd_number_of_registers_are_16_bits_each(void **state)
{
    (void)state;
    assert_heard((const uint8_t[]){0x11, 3, 6, 0, 1, 0, 2, 0xFF, 0xFD}, 9, "1;2;-3;");
}

static void pairs_of_registers_are_32_bits_each(void **state)
{
    (void)state;
    assert_heard((const uint8_t[]){0x11, 4, 8, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFE}, 11, "1;-2;");
}

/* 40 bytes of data: longer than anything here, so that nothing good is kept waiting behind it. */
static void a_longer_answer_is_passed_over(void **state)
{
    (void)state;
    const uint8_t long_answer[43] = {0x11, 3, 40};
    assert_heard(long_answer, sizeof long_answer, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_odd_number_of_registers_are_16_bits_each),
        cmocka_unit_test(pairs_of_registers_are_32_bits_each),
        cmocka_unit_test(a_longer_answer_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
