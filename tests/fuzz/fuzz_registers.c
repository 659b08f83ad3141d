/* Any map that passes its own check, and any answer to the request it makes: nothing is read out of
 * bounds, each channel gives one reading, and a reading without a value carries no number.
 *
 * Byte 0: the ready map it begins with; byte 1: how many of its numbers the next bytes replace, two
 * for each; the rest is the data of the answer, with zeros where it is too short. */
#include "hw/modbus_map.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { NUMBERS = 24, DATA_MAX = 2 * MODBUS_BLOCK_MAX };

struct input {
    const uint8_t *data;
    size_t size;
};

static int next_byte(struct input *input)
{
    if (input->size == 0) {
        return 0;
    }
    input->size--;
    return *input->data++;
}

/* A register, or MODBUS_NONE. */
static int next_register(struct input *input)
{
    const int high = next_byte(input);
    const int number = high << 8 | next_byte(input);
    return number == 0xFFFF ? MODBUS_NONE : number;
}

/* Only what the site file could say: it checks the range of each number itself. */
static void replace(struct modbus_map *map, unsigned which, struct input *input)
{
    static const char units[][HW_UNIT_MAX] = {"g", "kg", "t", "jin", "mm", "cm", "m", "pcs"};
    int *const registers[] = {&map->first, &map->status, &map->division};
    int *const masks[] = {&map->ok_mask, &map->moving_mask, &map->overload_mask,
                          &map->underload_mask, &map->error_mask};
    int *const bytes[] = {&map->address, &map->function, &map->stride,  &map->channel,
                          &map->count,   &map->width,    &map->decimals};
    int *const words[] = {&map->multiply, &map->divide, &map->invalid, &map->least_mm,
                          &map->most_mm};
    if (which < 3) {
        *registers[which] = next_register(input);
    } else if (which < 8) {
        *masks[which - 3] = next_register(input) & 0xFFFF;
    } else if (which < 15) {
        *bytes[which - 8] = next_byte(input);
    } else if (which < 20) {
        *words[which - 15] = next_register(input) * (1 + next_byte(input));
    } else if (which == 20) {
        const int choice = next_byte(input);
        map->number = (enum modbus_number)(choice % MODBUS_NUMBER_COUNT);
        map->order = (enum modbus_order)(choice / 4 % MODBUS_ORDER_COUNT);
        map->negate = choice & 0x40;
        map->open_is_0 = choice & 0x80;
    } else if (which == 21) {
        memcpy(map->unit, units[next_byte(input) % 8], HW_UNIT_MAX);
    } else {
        struct modbus_command *command = which == 22 ? &map->zero : &map->tare;
        command->function = next_byte(input) % 17;
        command->first = next_register(input) & 0xFFFF;
        command->value = next_register(input) & 0xFFFF;
        map->command_stride = next_byte(input);
    }
}

static void check_reading(const struct modbus_map *map, const reading_t *reading, size_t place)
{
    FUZZ_CHECK(reading->kind == map->kind && reading->status <= READING_ERROR);
    FUZZ_CHECK(reading->channel == map->channel + (int)place);
    FUZZ_CHECK(reading->channel >= 1 && reading->channel <= HW_CHANNELS_MAX);
    FUZZ_CHECK(reading->has_value ==
               (reading->status == READING_OK || reading->status == READING_MOVING));
    FUZZ_CHECK(reading->has_value ||
               (reading->grams == 0 && reading->level_mm == 0 && !reading->lid_open));
    FUZZ_CHECK(map->kind != READING_LEVEL || !reading->has_value ||
               (reading->level_mm >= map->least_mm && reading->level_mm <= map->most_mm));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct modbus_map map = modbus_rows[(size_t)next_byte(&input) % modbus_row_count].map;
    for (int left = next_byte(&input) % NUMBERS; left > 0; left--) {
        replace(&map, (unsigned)next_byte(&input) % NUMBERS, &input);
    }
    char error[MODBUS_ERROR_MAX] = "";
    if (!modbus_map_check(&map, error)) {
        FUZZ_CHECK(error[0] != '\0' && memchr(error, '\0', sizeof error) != NULL);
        return 0;
    }
    uint8_t request[MODBUS_REQUEST_MAX];
    if (map.kind == READING_LOCK) {
        FUZZ_CHECK(modbus_map_switch(&map, map.channel, true, request) <= sizeof request);
        return 0;
    }
    const int last = map.channel + map.count - 1;
    const size_t zero = modbus_map_command(&map, map.channel, HW_COMMAND_ZERO, request);
    FUZZ_CHECK(zero <= sizeof request && (zero > 0) == (map.zero.function != 0));
    const size_t tare = modbus_map_command(&map, last, HW_COMMAND_TARE, request);
    FUZZ_CHECK(tare <= sizeof request && (tare > 0) == (map.tare.function != 0));
    FUZZ_CHECK(map.kind == READING_WEIGHT || zero + tare == 0);
    size_t count = 0;
    FUZZ_CHECK(modbus_map_request(&map, request, &count) <= sizeof request);
    FUZZ_CHECK(count >= 1 && count <= DATA_MAX);
    /* An allocation of the exact size lets AddressSanitizer see reads past the end. */
    uint8_t *answer = calloc(1, count);
    if (!answer) {
        return 0;
    }
    memcpy(answer, input.data, input.size < count ? input.size : count);
    reading_t readings[HW_CHANNELS_MAX];
    const size_t channels = modbus_map_decode(&map, answer, readings);
    FUZZ_CHECK(channels == (size_t)map.count);
    for (size_t i = 0; i < channels; i++) {
        check_reading(&map, &readings[i], i);
    }
    free(answer);
    return 0;
}
