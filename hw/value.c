/* Displayed values: exact decimal arithmetic, no floating point. */
#include "hw/driver.h"

#include <assert.h>
#include <string.h>

enum { DECIMALS_MAX = HW_DECIMALS_MAX };

static const uint64_t BILLION = 1000000000;

const uint32_t hw_power_of_ten[DECIMALS_MAX + 1] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
};

/* What one step of the last digit is worth with 0 to 9 decimals; 0 where that is no whole number.
 */
#define STEP(factor, scale) ((factor) % (scale) ? 0U : (factor) / (scale))
#define UNIT(text, units)                                                                          \
    {                                                                                              \
        .name = (text), .factor = (units),                                                         \
        .steps = {                                                                                 \
            (units),                                                                               \
            STEP(units, 10U),                                                                      \
            STEP(units, 100U),                                                                     \
            STEP(units, 1000U),                                                                    \
            STEP(units, 10000U),                                                                   \
            STEP(units, 100000U),                                                                  \
            STEP(units, 1000000U),                                                                 \
        },                                                                                         \
    }

static const struct hw_unit weight_units[] = {
    UNIT("kg", 1000U),
    UNIT("g", 1U),
    UNIT("jin", 500U /* 市斤 */),
    UNIT("t", 1000000U),
    /* International yard and pound agreement, 1959; a carat of 1907. */
    {.name = "lb", .factor = 453, .billionths = 592370000},
    {.name = "oz", .factor = 28, .billionths = 349523125},
    {.name = "ozt", .factor = 31, .billionths = 103476800},
    {.name = "dwt", .factor = 1, .billionths = 555173840},
    {.name = "gn", .factor = 0, .billionths = 64798910},
    {.name = "ct", .factor = 0, .billionths = 200000000},
    {.name = "mg", .factor = 0, .billionths = 1000000},
    {.name = NULL},
};
static const struct hw_unit distance_units[] = {
    UNIT("mm", 1U),
    UNIT("cm", 10U),
    UNIT("m", 1000U),
    {.name = NULL},
};

static bool equal_ignoring_case(const char *text, const char *lower)
{
    for (; *text && *lower; text++, lower++) {
        /* Only a letter's two cases become the lower one by this bit. */
        if ((*text | 0x20) != *lower) {
            return false;
        }
    }
    return *text == *lower;
}

static const struct hw_unit *find(const struct hw_unit *units, const char *name)
{
    for (; units->name; units++) {
        if (equal_ignoring_case(name, units->name)) {
            return units;
        }
    }
    return NULL;
}

const struct hw_unit *hw_weight_unit(const char *name)
{
    return find(weight_units, name);
}

const struct hw_unit *hw_distance_unit(const char *name)
{
    return find(distance_units, name);
}

static bool take(uint64_t total, uint64_t most, bool negative, int32_t *result)
{
    if (total <= most) {
        *result = (int32_t)(negative ? -(int64_t)total : (int64_t)total);
    }
    return total <= most;
}

bool hw_value_in(const struct hw_value *value, const struct hw_unit *unit, int32_t *result)
{
    if (!value->has_digits || !unit || value->decimals > DECIMALS_MAX) {
        return false;
    }
    const uint64_t most = (uint64_t)INT32_MAX + (value->negative ? 1 : 0);
    const uint64_t scale = hw_power_of_ten[value->decimals];
    if (unit->billionths == 0 && value->digits <= UINT32_MAX) {
        const uint64_t total = (value->digits * unit->factor + scale / 2) / scale;
        return take(total, most, value->negative, result);
    }
    /* Billionths throughout: 2^31 of them a gram fit 64 bits. Whole and fraction apart, and the
     * fraction's part above the point apart from that below, so that no product passes 64 bits.
     * What is cut off is less than a billionth, which never moves a half. */
    const uint64_t step = unit->factor * BILLION + unit->billionths;
    const uint64_t whole = value->digits / scale;
    if (whole > ((uint64_t)INT32_MAX + 1) * BILLION / step) {
        return false;
    }
    const uint64_t fraction = value->digits % scale;
    const uint64_t above = fraction * unit->factor;
    const uint64_t exact = whole * step + above / scale * BILLION +
                           above % scale * BILLION / scale + fraction * unit->billionths / scale;
    const uint64_t total = (exact + BILLION / 2) / BILLION;
    return take(total, most, value->negative, result);
}

bool hw_value_to_grams(const struct hw_value *value, const char *unit, int32_t *grams)
{
    return hw_value_quickly_in(value, hw_weight_unit(unit), grams);
}

bool hw_value_to_mm(const struct hw_value *value, const char *unit, int32_t *mm)
{
    return hw_value_quickly_in(value, hw_distance_unit(unit), mm);
}

bool hw_value_is_bit(const struct hw_value *value)
{
    const bool is_of_row = value->kind == READING_LID ||
                           (value->kind == READING_LOCK && strcmp(value->unit, HW_UNIT_BITS) == 0);
    return is_of_row && value->text[0] == '\0';
}

static void bit_text(const struct hw_value *value, char *text)
{
    text[0] = value->status == READING_OK ? (value->lid_open ? '1' : '0') : '?';
    text[1] = '\0';
}

static void lock_text(const struct hw_value *value, char *text)
{
    const char *word = value->text[0] != '\0'        ? value->text
                       : value->status != READING_OK ? ""
                       : value->lid_open             ? "opened"
                                                     : "closed";
    memcpy(text, word, strlen(word) + 1);
}

static void number_text(const struct hw_value *value, char *text)
{
    assert(value->decimals <= DECIMALS_MAX);
    char reversed[HW_VALUE_TEXT_MAX];
    size_t length = 0;
    uint64_t rest = value->digits;
    for (unsigned place = 0; rest > 0 || place <= value->decimals; place++) {
        if (place == value->decimals && place > 0) {
            reversed[length++] = '.';
        }
        reversed[length++] = (char)('0' + rest % 10);
        rest /= 10;
    }
    if (value->negative) {
        reversed[length++] = '-';
    }
    for (size_t i = 0; i < length; i++) {
        text[i] = reversed[length - 1 - i];
    }
    text[length] = '\0';
}

void hw_value_text(const struct hw_value *value, char *text, size_t size)
{
    assert(size >= HW_VALUE_TEXT_MAX);
    (void)size;
    if (hw_value_is_bit(value)) {
        bit_text(value, text);
    } else if (value->kind == READING_LOCK) {
        lock_text(value, text);
    } else if (value->has_digits) {
        number_text(value, text);
    } else {
        memcpy(text, value->text, strlen(value->text) + 1);
    }
}
