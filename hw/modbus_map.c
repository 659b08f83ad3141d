#include "hw/modbus_map.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* What is multiplied below needs 2^24 * 10^6 * 10^6 * 2^63 < 2^127. */
__extension__ typedef unsigned __int128 wide;

enum {
    FLOAT_FRACTION_BITS = 23,
    FLOAT_BIAS = 127,
    EXPONENT_MAX = 63,  /* 2^23 * 2^64 / (10^6 * 10^6) is far above 2^31 already */
    EXPONENT_MIN = -76, /* 2^24 * 10^12 / 2^77 is far below a half */
    DIVISION_CODES = 15,
    REGISTER_LAST = 65535
};

static const uint32_t power_of_ten[MODBUS_DECIMALS_MAX + 1] = {1,     10,     100,    1000,
                                                               10000, 100000, 1000000};

/* ---- numbers --------------------------------------------------------------------------------- */

/* A number as sign, mantissa and power of two: exact for everything a register can hold. */
struct exact {
    bool negative;
    uint32_t mantissa;
    int exponent;
};

static uint32_t ordered_bits(const struct modbus_map *map, const uint8_t *bytes)
{
    /* Place of A, B, C, D among the bytes as they arrive. */
    static const uint8_t places[MODBUS_ORDER_COUNT][4] = {
        [MODBUS_ABCD] = {0, 1, 2, 3},
        [MODBUS_CDAB] = {2, 3, 0, 1},
        [MODBUS_BADC] = {1, 0, 3, 2},
        [MODBUS_DCBA] = {3, 2, 1, 0},
    };
    if (map->width == 16) {
        const bool is_swapped = map->order == MODBUS_BADC || map->order == MODBUS_DCBA;
        return (uint32_t)bytes[is_swapped ? 1 : 0] << 8 | bytes[is_swapped ? 0 : 1];
    }
    const uint8_t *place = places[map->order];
    return (uint32_t)bytes[place[0]] << 24 | (uint32_t)bytes[place[1]] << 16 |
           (uint32_t)bytes[place[2]] << 8 | bytes[place[3]];
}

static bool float_to_exact(uint32_t bits, struct exact *exact)
{
    const int biased = (int)(bits >> FLOAT_FRACTION_BITS & 0xFF);
    const uint32_t fraction = bits & 0x7FFFFF;
    if (biased == 0xFF) {
        return false; /* not a number, or infinite */
    }
    exact->negative = bits >> 31 != 0;
    exact->mantissa = biased == 0 ? fraction : fraction | 0x800000;
    exact->exponent = (biased == 0 ? 1 : biased) - FLOAT_BIAS - FLOAT_FRACTION_BITS;
    return true;
}

/* False where the bits say "no value". */
static bool to_exact(const struct modbus_map *map, uint32_t bits, struct exact *exact)
{
    if (map->number == MODBUS_FLOAT) {
        return float_to_exact(bits, exact);
    }
    int64_t number = bits;
    if (map->number == MODBUS_INT) {
        number = map->width == 16 ? (int16_t)bits : (int32_t)bits;
    }
    /* The pattern counts as well: a site file writes FFFFFFFF as -1. */
    const bool same_bits = map->width == 32 && bits == (uint32_t)map->invalid;
    const bool is_lowest = map->width == 32 && map->number == MODBUS_INT && number == INT32_MIN;
    if (number == map->invalid || same_bits || is_lowest) {
        return false;
    }
    exact->negative = number < 0;
    exact->mantissa = (uint32_t)(number < 0 ? -number : number);
    exact->exponent = 0;
    return true;
}

/* number * multiply / divide, rounded half away from zero. False where it passes int32_t. */
static bool scale(const struct exact *number, uint64_t multiply, uint64_t divide, int32_t *result)
{
    if (number->mantissa == 0 || number->exponent < EXPONENT_MIN) {
        *result = 0;
        return true;
    }
    if (number->exponent > EXPONENT_MAX) {
        return false;
    }
    wide over = (wide)number->mantissa * multiply;
    wide under = divide;
    if (number->exponent >= 0) {
        over <<= number->exponent;
    } else {
        under <<= -number->exponent;
    }
    const wide limit = (wide)INT32_MAX + (number->negative ? 1 : 0);
    /* Apart, because twice `over` could pass 128 bits. */
    wide whole = over / under;
    const wide rest = over % under;
    whole += rest >= under - rest ? 1 : 0;
    if (whole > limit) {
        return false;
    }
    *result = (int32_t)(number->negative ? -(int64_t)whole : (int64_t)whole);
    return true;
}

/* Grams of one unit, or 0. */
static uint32_t unit_grams(const char *unit)
{
    const struct hw_value one = {.kind = READING_WEIGHT, .has_digits = true, .digits = 1};
    const struct hw_value many = {.kind = READING_WEIGHT, .has_digits = true, .digits = 1000};
    int32_t grams;
    int32_t grams_of_many;
    /* Units that are no whole number of grams would be rounded twice. */
    return hw_value_to_grams(&one, unit, &grams) &&
                   hw_value_to_grams(&many, unit, &grams_of_many) && grams_of_many == grams * 1000
               ? (uint32_t)grams
               : 0;
}

static uint32_t unit_mm(const char *unit)
{
    const struct hw_value one = {.kind = READING_LEVEL, .has_digits = true, .digits = 1};
    int32_t mm;
    return hw_value_to_mm(&one, unit, &mm) ? (uint32_t)mm : 0;
}

static uint32_t unit_size(const struct modbus_map *map)
{
    return map->kind == READING_LEVEL ? unit_mm(map->unit) : unit_grams(map->unit);
}

/* ---- one answer ------------------------------------------------------------------------------ */

struct block {
    int first, count; /* registers or inputs */
};

static void reach(struct block *block, int first, int count)
{
    const int end = block->first + block->count;
    block->first = first < block->first ? first : block->first;
    block->count = (first + count > end ? first + count : end) - block->first;
}

static bool reads_bits(const struct modbus_map *map)
{
    return map->function == MODBUS_READ_COILS || map->function == MODBUS_READ_INPUTS;
}

static struct block block_of(const struct modbus_map *map)
{
    if (reads_bits(map)) {
        return (struct block){map->first, map->count};
    }
    const int way = (map->count - 1) * map->stride;
    struct block block = {map->first, way + map->width / 16};
    if (map->status != MODBUS_NONE) {
        reach(&block, map->status, way + 1);
    }
    if (map->division != MODBUS_NONE) {
        reach(&block, map->division, 1);
    }
    return block;
}

/* Of BC360 and its relatives (manual p.42): 0 = 0.001, 1 = 0.002, 2 = 0.005, 3 = 0.01 ... 8 = 0.5,
 * 9 = 1 ... 14 = 50. It is the scale's division, and with it the place of the point. */
static int division_decimals(unsigned code)
{
    return code >= DIVISION_CODES ? MODBUS_NONE : code >= 9 ? 0 : 3 - (int)code / 3;
}

static uint16_t word_at(const uint8_t *data, int index)
{
    return (uint16_t)(data[2 * index] << 8 | data[2 * index + 1]);
}

/* The flag decides, never the digits. */
static enum reading_status status_of(const struct modbus_map *map, unsigned bits)
{
    const unsigned needed = (unsigned)map->ok_mask;
    return (bits & (unsigned)map->overload_mask) != 0    ? READING_OVERLOAD
           : (bits & (unsigned)map->underload_mask) != 0 ? READING_UNDERLOAD
           : (bits & (unsigned)map->error_mask) != 0     ? READING_ERROR
           : (bits & needed) != needed                   ? READING_ERROR
           : (bits & (unsigned)map->moving_mask) != 0    ? READING_MOVING
                                                         : READING_OK;
}

static bool measure(const struct modbus_map *map, const uint8_t *bytes, int decimals,
                    int32_t *result)
{
    struct exact number;
    if (decimals == MODBUS_NONE || !to_exact(map, ordered_bits(map, bytes), &number)) {
        return false;
    }
    number.negative = number.negative != map->negate;
    const uint64_t multiply = (uint64_t)map->multiply * unit_size(map);
    const uint64_t divide = (uint64_t)map->divide * power_of_ten[decimals];
    return scale(&number, multiply, divide, result);
}

static void decode_registers(const struct modbus_map *map, const uint8_t *data, int index,
                             reading_t *reading)
{
    const struct block block = block_of(map);
    const int way = index * map->stride;
    if (map->status != MODBUS_NONE) {
        reading->status = (uint8_t)status_of(map, word_at(data, map->status + way - block.first));
    }
    if (reading->status != READING_OK && reading->status != READING_MOVING) {
        return;
    }
    const int decimals = map->division == MODBUS_NONE
                             ? map->decimals
                             : division_decimals(word_at(data, map->division - block.first));
    int32_t value = 0;
    bool is_good = measure(map, data + 2 * (map->first + way - block.first), decimals, &value);
    if (map->kind == READING_LEVEL) {
        is_good = is_good && value >= map->least_mm && value <= map->most_mm;
        reading->level_mm = is_good ? value : 0;
    } else {
        reading->grams = is_good ? value : 0;
    }
    reading->has_value = is_good;
    if (!is_good) {
        reading->status = READING_ERROR;
    }
}

size_t modbus_map_decode(const struct modbus_map *map, const uint8_t *data,
                         reading_t readings[HW_CHANNELS_MAX])
{
    assert(map->count >= 1 && map->channel >= 1 &&
           map->channel + map->count - 1 <= HW_CHANNELS_MAX);
    for (int i = 0; i < map->count; i++) {
        readings[i] = (reading_t){.kind = (uint8_t)map->kind,
                                  .channel = (uint8_t)(map->channel + i),
                                  .status = READING_OK};
        if (reads_bits(map)) {
            const bool is_set = (data[i / 8] >> i % 8 & 1) != 0;
            readings[i].has_value = true;
            readings[i].lid_open = is_set != map->open_is_0;
        } else {
            decode_registers(map, data, i, &readings[i]);
        }
    }
    return (size_t)map->count;
}

size_t modbus_map_fault(const struct modbus_map *map, reading_t readings[HW_CHANNELS_MAX])
{
    for (int i = 0; i < map->count; i++) {
        readings[i] = (reading_t){.kind = (uint8_t)map->kind,
                                  .channel = (uint8_t)(map->channel + i),
                                  .status = READING_ERROR};
    }
    return (size_t)map->count;
}

/* ---- requests -------------------------------------------------------------------------------- */

static size_t put_head(const struct modbus_map *map, int function, int first, unsigned value,
                       uint8_t *request)
{
    request[0] = (uint8_t)map->address;
    request[1] = (uint8_t)function;
    request[2] = (uint8_t)((unsigned)first >> 8);
    request[3] = (uint8_t)first;
    request[4] = (uint8_t)(value >> 8);
    request[5] = (uint8_t)value;
    return 6;
}

size_t modbus_map_request(const struct modbus_map *map, uint8_t request[MODBUS_REQUEST_MAX],
                          size_t *answer_bytes)
{
    assert(map->kind != READING_LOCK && map->first != MODBUS_NONE);
    const struct block block = block_of(map);
    *answer_bytes = (size_t)(reads_bits(map) ? (block.count + 7) / 8 : 2 * block.count);
    return put_head(map, map->function, block.first, (unsigned)block.count, request);
}

size_t modbus_map_switch(const struct modbus_map *map, int channel, bool on,
                         uint8_t request[MODBUS_REQUEST_MAX])
{
    assert(map->kind == READING_LOCK);
    assert(channel >= map->channel && channel < map->channel + map->count);
    const int coil = map->first + channel - map->channel;
    if (map->function == MODBUS_WRITE_COIL) {
        return put_head(map, map->function, coil, on ? 0xFF00 : 0x0000, request);
    }
    const size_t length = put_head(map, map->function, coil, 1, request);
    request[length] = 1; /* byte of coils */
    request[length + 1] = on ? 1 : 0;
    return length + 2;
}

size_t modbus_map_command(const struct modbus_map *map, int channel, enum hw_command command,
                          uint8_t request[MODBUS_REQUEST_MAX])
{
    assert(channel >= map->channel && channel < map->channel + map->count);
    const struct modbus_command *it = command == HW_COMMAND_ZERO   ? &map->zero
                                      : command == HW_COMMAND_TARE ? &map->tare
                                                                   : NULL;
    if (it == NULL || it->function == 0) {
        return 0;
    }
    const int reg = it->first + (channel - map->channel) * map->command_stride;
    if (it->function == MODBUS_WRITE_REGISTER) {
        return put_head(map, it->function, reg, (unsigned)it->value, request);
    }
    const size_t length = put_head(map, it->function, reg, 1, request);
    request[length] = 2; /* bytes of registers */
    request[length + 1] = (uint8_t)(it->value >> 8);
    request[length + 2] = (uint8_t)it->value;
    return length + 3;
}

/* ---- whether a map makes sense --------------------------------------------------------------- */

static bool wrong(char error[MODBUS_ERROR_MAX], const char *text)
{
    snprintf(error, MODBUS_ERROR_MAX, "%s", text);
    return false;
}

static bool is_in(int value, int least, int most)
{
    return value >= least && value <= most;
}

static bool check_function(const struct modbus_map *map, char error[MODBUS_ERROR_MAX])
{
    switch (map->kind) {
    case READING_LID:
        return reads_bits(map) || wrong(error, "function of lids is 2 (inputs) or 1 (coils)");
    case READING_LOCK:
        return map->function == MODBUS_WRITE_COIL || map->function == MODBUS_WRITE_COILS ||
               wrong(error, "function of relays is 5 (one coil) or 15 (several)");
    default:
        return map->function == MODBUS_READ_HOLDING || map->function == MODBUS_READ_REGISTERS ||
               wrong(error, "function of registers is 3 (holding) or 4 (input)");
    }
}

static bool check_registers(const struct modbus_map *map, char error[MODBUS_ERROR_MAX])
{
    const int words = map->width / 16;
    if ((map->width != 16 && map->width != 32) ||
        (map->width == 16 && map->number == MODBUS_FLOAT)) {
        return wrong(error, "width is 16 or 32 bits, of a float 32");
    }
    if (!is_in(map->multiply, 1, MODBUS_RATIO_MAX) || !is_in(map->divide, 1, MODBUS_RATIO_MAX) ||
        !is_in(map->decimals, 0, MODBUS_DECIMALS_MAX)) {
        return wrong(error, "multiply and divide are 1 to 1000000, decimals 0 to 6");
    }
    if (map->count > 1 && map->stride < words) {
        return wrong(error, "stride is smaller than one value: channels would overlap");
    }
    if (unit_size(map) == 0) {
        return wrong(error, map->kind == READING_LEVEL ? "unit of a level is mm, cm or m"
                                                       : "unit of a weight is g, kg, t or jin");
    }
    if (map->status == MODBUS_NONE && (map->ok_mask | map->moving_mask | map->overload_mask |
                                       map->underload_mask | map->error_mask) != 0) {
        return wrong(error, "status masks need a status_register");
    }
    return block_of(map).count <= MODBUS_BLOCK_MAX ||
           wrong(error, "the registers lie too far apart: one request takes 32");
}

static bool check_command(const struct modbus_map *map, const struct modbus_command *command,
                          char error[MODBUS_ERROR_MAX])
{
    if (command->function == 0) {
        return true;
    }
    if (map->kind != READING_WEIGHT) {
        return wrong(error, "zero_function and tare_function are for weights");
    }
    if (command->function != MODBUS_WRITE_REGISTER && command->function != MODBUS_WRITE_REGISTERS) {
        return wrong(error, "zero_function and tare_function are 6 or 16, or 0: no such command");
    }
    if (map->count > 1 && map->command_stride < 1) {
        return wrong(error, "command_stride is open: name the registers from one channel's zero or "
                            "tare to the next, or all channels would be told at once");
    }
    const int last = command->first + (map->count - 1) * map->command_stride;
    return (is_in(command->first, 0, REGISTER_LAST) && is_in(last, 0, REGISTER_LAST) &&
            is_in(command->value, 0, UINT16_MAX)) ||
           wrong(error, "registers and values of zero and tare are 0 to 65535");
}

bool modbus_map_check(const struct modbus_map *map, char error[MODBUS_ERROR_MAX])
{
    if (!is_in(map->address, 1, MODBUS_ADDRESS_MAX)) {
        return wrong(error, "address is 1 to 247");
    }
    if (map->first == MODBUS_NONE) {
        return wrong(error, "this map leaves the register open: name it, counted from 0");
    }
    if (map->division == MODBUS_OPEN) {
        return wrong(error, "this map leaves the division_register open: name it, or -1");
    }
    if (!is_in(map->channel, 1, HW_CHANNELS_MAX) ||
        !is_in(map->count, 1, HW_CHANNELS_MAX + 1 - map->channel)) {
        return wrong(error, "channels are 1 to 8: channel + count - 1 must not pass 8");
    }
    const bool has_registers = map->kind == READING_WEIGHT || map->kind == READING_LEVEL;
    return check_function(map, error) && (!has_registers || check_registers(map, error)) &&
           check_command(map, &map->zero, error) && check_command(map, &map->tare, error);
}
