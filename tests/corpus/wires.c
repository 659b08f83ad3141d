#include "tests/corpus/wires.h"

#include "hw/lid_line.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Layouts: the manuals named at the top of the file of each driver in hw/. */
typedef size_t frame_writer(const struct display *display, const char *number, uint8_t *frame);

static size_t put(uint8_t *frame, int length)
{
    assert(length > 0 && length < CAPTURE_BYTES_MAX);
    (void)frame;
    return (size_t)length;
}

#define PRINT(...) put(frame, snprintf((char *)frame, CAPTURE_BYTES_MAX, __VA_ARGS__))

static const char *digits_of(const char *number)
{
    return number[0] == '-' ? number + 1 : number;
}

static char sign_of(const char *number)
{
    return number[0] == '-' ? '-' : '+';
}

/* 02, sign, six digits, decimals, XOR of those in two digits (9 is followed by ':' to '?' in no
 * known device: letters), 03. */
static size_t write_tf0(const struct display *display, const char *number, uint8_t *frame)
{
    (void)display;
    const char *point = strchr(number, '.');
    int decimals = point == NULL ? 0 : (int)strlen(point + 1);
    unsigned value = 0;
    for (const char *digit = digits_of(number); *digit != '\0'; digit++) {
        value = *digit == '.' ? value : value * 10 + (unsigned)(*digit - '0');
    }
    char text[16];
    snprintf(text, sizeof text, "%c%06u%d", sign_of(number), value % 1000000, decimals);
    unsigned check = 0;
    for (const char *byte = text; *byte != '\0'; byte++) {
        check ^= (unsigned char)*byte;
    }
    return PRINT("\x02%s%X%X\x03", text, check >> 4, check & 0xF);
}

static const char *st_us_ol(const struct display *display)
{
    return display->overload ? "OL" : display->moving ? "US" : "ST";
}

static size_t write_st_gs(const struct display *display, const char *number, uint8_t *frame)
{
    return PRINT("%s,GS,%c%7skg\r\n", st_us_ol(display), sign_of(number), digits_of(number));
}

/* Grams with one decimal: nine characters. */
static size_t write_and_std(const struct display *display, const char *number, uint8_t *frame)
{
    (void)number;
    if (display->overload) {
        return PRINT("OL,+999999.9  g\r\n");
    }
    int32_t grams = display->grams;
    return PRINT("%s,%c%06" PRId32 ".0  g\r\n", st_us_ol(display), grams < 0 ? '-' : '+',
                 grams < 0 ? -grams : grams);
}

static size_t write_cas22(const struct display *display, const char *number, uint8_t *frame)
{
    const char lamps = display->moving ? '\x44' : '\x45';
    return PRINT("%s,GS,\x01%c,%8s kg\r\n", st_us_ol(display), lamps, number);
}

static size_t write_sics(const struct display *display, const char *number, uint8_t *frame)
{
    if (display->overload) {
        return PRINT("S +\r\n");
    }
    return PRINT("S %c %10s kg\r\n", display->moving ? 'D' : 'S', number);
}

static size_t write_dini(const struct display *display, const char *number, uint8_t *frame)
{
    return PRINT("%s,GS,%8s,kg\r\n", st_us_ol(display), number);
}

static size_t write_kern_text(const struct display *display, const char *number, uint8_t *frame)
{
    return PRINT(" %12s %s \r\n", number, display->moving ? "  " : "kg");
}

static size_t write_sbi(const struct display *display, const char *number, uint8_t *frame)
{
    if (display->overload) {
        return PRINT("      High      \r\n" + 2);
    }
    return PRINT("%c%9s %s \r\n", sign_of(number), digits_of(number),
                 display->moving ? "  " : "kg");
}

static size_t write_ww(const struct display *display, const char *number, uint8_t *frame)
{
    (void)display;
    char padded[16];
    bool negative = number[0] == '-';
    size_t width = negative ? 6 : 7;
    size_t length = strlen(digits_of(number));
    snprintf(padded, sizeof padded, "%s%.*s%s", negative ? "-" : "",
             length < width ? (int)(width - length) : 0, "0000000", digits_of(number));
    return PRINT("ww%skg\r\n", padded);
}

/* '=', sign or 0, seven characters. */
static size_t write_eq_forward(const struct display *display, const char *number, uint8_t *frame)
{
    (void)display;
    size_t length = strlen(digits_of(number));
    return PRINT("=%c%.*s%s", number[0] == '-' ? '-' : '0', length < 7 ? (int)(7 - length) : 0,
                 "0000000", digits_of(number));
}

static const struct {
    frame_writer *write;
    const char *request;
} writers[] = {
    {write_tf0, NULL},        {write_st_gs, NULL},      {write_and_std, NULL},
    {write_cas22, NULL},      {write_sics, "SI\r\n"},   {write_dini, "READ\r\n"},
    {write_kern_text, "w"},   {write_sbi, "\x1bP\r\n"}, {write_ww, NULL},
    {write_eq_forward, NULL},
};

const struct wire wires[] = {
    {"yaohua_tf0", "9600/8n1", .needs_unit = true},
    {"st_gs", "9600/8n1", .has_flag = true, .has_overload = true},
    {"and_std", "9600/7e1", .has_flag = true, .has_overload = true},
    {"cas22", "19200/8n1", .has_flag = true, .has_overload = true},
    {"mt_sics", "19200/8n1", .polled = true, .has_flag = true, .has_overload = true},
    {"dini", "19200/8n1", .polled = true, .has_flag = true, .has_overload = true},
    {"kern_text", "19200/8n1", .polled = true, .has_flag = true, .needs_unit = true},
    {"sbi", "9600/8o1", .polled = true, .has_flag = true, .has_overload = true, .needs_unit = true},
    {.protocol = "yaohua_ww", .line = "9600/8n1"},
    {"eq_forward", "9600/8n1", .needs_unit = true},
};
const int wire_count = sizeof wires / sizeof wires[0];

_Static_assert(sizeof wires / sizeof wires[0] == sizeof writers / sizeof writers[0],
               "a writer for each wire");

/* Kilograms with as many decimals as the division has. */
static void number_of(int32_t grams, int32_t division_g, char text[16])
{
    int decimals = division_g >= 100 ? 1 : division_g >= 10 ? 2 : 3;
    int32_t unit = decimals == 1 ? 100 : decimals == 2 ? 10 : 1;
    int32_t per_kg = 1000 / unit;
    int32_t counts = (grams < 0 ? -grams : grams) / unit;
    snprintf(text, 16, "%s%" PRId32 ".%0*" PRId32, grams < 0 ? "-" : "", counts / per_kg, decimals,
             counts % per_kg);
}

static struct capture_event *begin(struct capture_event *event, enum capture_kind kind,
                                   const struct display *display, const char *port)
{
    event->kind = kind;
    event->t_ms = display->t_ms;
    snprintf(event->port, sizeof event->port, "%s", port);
    return event;
}

static int write_bus(const struct display *display, struct capture_event *event)
{
    begin(event, CAPTURE_VALUE, display, "bus1");
    event->reading = (reading_t){.channel = (uint8_t)(display->bin + 1), .has_value = true};
    if (display->kind == DISPLAY_LID) {
        char lid = display->lids[display->bin];
        event->reading.kind = READING_LID;
        event->reading.status = lid == '?' ? READING_ERROR : READING_OK;
        event->reading.has_value = lid != '?';
        event->reading.lid_open = lid == 'O';
        return 1;
    }
    event->reading.kind = READING_WEIGHT;
    event->reading.has_value = !display->overload;
    event->reading.grams = display->overload ? 0 : display->grams;
    event->reading.status = display->overload ? READING_OVERLOAD
                            : display->moving ? READING_MOVING
                                              : READING_OK;
    return 1;
}

static int write_bytes(const struct display *display, int wire, int32_t division_g,
                       const char *port, struct capture_event events[2])
{
    int count = 0;
    const char *request = writers[wire].request;
    if (request != NULL) {
        begin(&events[count], CAPTURE_TX, display, port);
        events[count].byte_count = strlen(request);
        memcpy(events[count].bytes, request, events[count].byte_count);
        count++;
    }
    begin(&events[count], CAPTURE_RX, display, port);
    if (display->kind == DISPLAY_NOISE) {
        size_t length = 4 + display->word % 13;
        for (size_t i = 0; i < length; i++) {
            events[count].bytes[i] = (uint8_t)((display->word >> (i % 24)) * (i + 7));
        }
        events[count].byte_count = length;
    } else {
        char number[16];
        number_of(display->grams, division_g, number);
        events[count].byte_count = writers[wire].write(display, number, events[count].bytes);
    }
    return count + 1;
}

int wires_write(const struct display *display, int wire, int32_t division_g, bool on_bus,
                uint8_t *sequence, struct capture_event events[2])
{
    char port[HW_PORT_NAME_MAX];
    snprintf(port, sizeof port, display->bin < 0 ? "l1" : "s%d", display->bin + 1);
    switch (display->kind) {
    case DISPLAY_UI:
        begin(events, CAPTURE_UI, display, "");
        snprintf(events->verb, sizeof events->verb, "%s", display->verb);
        snprintf(events->argument, sizeof events->argument, "%s", display->argument);
        return 1;
    case DISPLAY_LOST:
    case DISPLAY_BACK:
        begin(events, display->kind == DISPLAY_LOST ? CAPTURE_LOST : CAPTURE_BACK, display, port);
        return 1;
    case DISPLAY_LID:
        if (on_bus) {
            return write_bus(display, events);
        }
        begin(events, CAPTURE_RX, display, "l1");
        events->byte_count = lid_line_write(1, (*sequence)++, display->lids, events->bytes);
        return 1;
    case DISPLAY_NOISE:
    case DISPLAY_WEIGHT:
        break;
    }
    return on_bus ? write_bus(display, events)
                  : write_bytes(display, wire, division_g, port, events);
}
