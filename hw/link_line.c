/* Line settings as text. */
#include "hw/link.h"

#include <stdio.h>
#include <string.h>

static const uint32_t rates[] = {300,   600,   1200,  2400,   4800,  9600,
                                 19200, 38400, 57600, 115200, 230400};

static bool is_rate(uint32_t baud)
{
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        if (rates[i] == baud) {
            return true;
        }
    }
    return false;
}

bool link_line_parse(const char *text, struct link_line *line, char error[LINK_ERROR_MAX])
{
    uint32_t baud = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9' && baud < 1000000; at++) {
        baud = baud * 10 + (uint32_t)(*at - '0');
    }
    if (*at != '/' || strlen(at) != 4 || !strchr("78", at[1]) || !strchr("neo", at[2]) ||
        !strchr("12", at[3])) {
        snprintf(error, LINK_ERROR_MAX,
                 "line setting \"%.20s\" is not understood: write speed/bits, parity, stop bits, "
                 "like 9600/8n1 or 2400/7e1",
                 text);
        return false;
    }
    if (!is_rate(baud)) {
        snprintf(error, LINK_ERROR_MAX,
                 "line setting \"%.20s\": speed is none of 300 600 1200 2400 4800 9600 19200 38400 "
                 "57600 115200 230400",
                 text);
        return false;
    }
    *line = (struct link_line){
        .baud = baud,
        .data_bits = (uint8_t)(at[1] - '0'),
        .parity = at[2],
        .stop_bits = (uint8_t)(at[3] - '0'),
    };
    return true;
}
