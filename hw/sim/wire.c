#include "hw/sim/wire.h"

#include "hw/bytes.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* One division of 10 g is the last of two decimals of a kilogram: both formats show the count of
 * divisions with a point in it. */
static_assert(SIM_DIVISION_G == 10, "the formats below show hundredths of a kilogram");
enum { DECIMALS = 2, DIVISIONS_PER_KG = 100, DIGITS_MAX = 999999 };

static unsigned magnitude(const struct sim_display *display)
{
    unsigned divisions =
        (unsigned)(display->divisions < 0 ? -display->divisions : display->divisions);
    return divisions > DIGITS_MAX ? DIGITS_MAX : divisions;
}

/* A nibble above 9 is a letter: 37h + n. */
size_t sim_write_yaohua_tf0(const struct sim_display *display, uint8_t frame[SIM_FRAME_MAX])
{
    char text[10];
    snprintf(text, sizeof text, "%c%06u%d", display->divisions < 0 ? '-' : '+', magnitude(display),
             DECIMALS);
    size_t length = 0;
    unsigned check = 0;
    frame[length++] = 0x02;
    for (const char *byte = text; *byte != '\0'; byte++) {
        frame[length++] = (uint8_t)*byte;
        check ^= (uint8_t)*byte;
    }
    frame[length++] = byte_hex_digit(check >> 4);
    frame[length++] = byte_hex_digit(check);
    frame[length++] = 0x03;
    return length;
}

size_t sim_write_st_gs(const struct sim_display *display, uint8_t frame[SIM_FRAME_MAX])
{
    char text[SIM_FRAME_MAX];
    unsigned divisions = magnitude(display);
    int length = 0;
    if (display->overload) {
        length = snprintf(text, sizeof text, "OL,GS,+       kg\r\n");
    } else {
        length =
            snprintf(text, sizeof text, "%s,%s,%c%4u.%02ukg\r\n", display->stable ? "ST" : "US",
                     display->net ? "NT" : "GS", display->divisions < 0 ? '-' : '+',
                     divisions / DIVISIONS_PER_KG, divisions % DIVISIONS_PER_KG);
    }
    assert(length > 0 && length < SIM_FRAME_MAX);
    memcpy(frame, text, (size_t)length);
    return (size_t)length;
}

enum sim_order sim_hear_st_gs(struct sim_ear *ear, uint8_t byte)
{
    static const char words[][3] = {
        [SIM_ORDER_ZERO] = "MZ", [SIM_ORDER_TARE] = "MT", [SIM_ORDER_CLEAR_TARE] = "CT"};
    if (!byte_is_line_end(byte)) {
        if (ear->length < sizeof ear->line) {
            ear->line[ear->length++] = (char)byte;
        }
        return SIM_ORDER_NONE;
    }
    enum sim_order order = SIM_ORDER_NONE;
    for (enum sim_order i = SIM_ORDER_ZERO; i <= SIM_ORDER_CLEAR_TARE; i++) {
        if (ear->length == strlen(words[i]) && memcmp(ear->line, words[i], ear->length) == 0) {
            order = i;
        }
    }
    ear->length = 0;
    return order;
}
