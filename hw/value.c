/* Displayed values: exact decimal arithmetic, no floating point. */
#include "hw/driver.h"

#include <assert.h>
#include <string.h>

enum { DECIMALS_MAX = 9 };

static const uint64_t power_of_ten[DECIMALS_MAX + 1] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
};

struct unit {
    const char *name;
    uint32_t factor;
};

static const struct unit weight_units[] = {
    {"kg", 1000}, {"g", 1}, {"jin", 500 /* 市斤 */}, {"t", 1000000}, {NULL, 0},
};
static const struct unit distance_units[] = {{"mm", 1}, {"cm", 10}, {"m", 1000}, {NULL, 0}};

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

/* 0 where the unit is none of these. */
static uint32_t factor_of(const struct unit *units, const char *name)
{
    for (; units->name; units++) {
        if (equal_ignoring_case(name, units->name)) {
            return units->factor;
        }
    }
    return 0;
}

static bool multiply(const struct hw_value *value, uint32_t factor, int32_t *result)
{
    if (!value->has_digits || factor == 0 || value->decimals > DECIMALS_MAX) {
        return false;
    }
    const uint64_t scale = power_of_ten[value->decimals];
    const uint64_t whole = value->digits / scale;
    if (whole > (uint64_t)INT32_MAX + 1) {
        return false;
    }
    /* Whole and fraction apart, so that no product passes 64 bits: 2^31 * 10^6 and 10^9 * 10^6. */
    const uint64_t fraction = value->digits % scale;
    const uint64_t total = whole * factor + (fraction * factor + scale / 2) / scale;
    if (total > (uint64_t)INT32_MAX + (value->negative ? 1 : 0)) {
        return false;
    }
    *result = (int32_t)(value->negative ? -(int64_t)total : (int64_t)total);
    return true;
}

bool hw_value_to_grams(const struct hw_value *value, const char *unit, int32_t *grams)
{
    return multiply(value, factor_of(weight_units, unit), grams);
}

bool hw_value_to_mm(const struct hw_value *value, const char *unit, int32_t *mm)
{
    return multiply(value, factor_of(distance_units, unit), mm);
}

static void lid_text(const struct hw_value *value, char *text)
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
    if (value->kind == READING_LID) {
        lid_text(value, text);
    } else if (value->kind == READING_LOCK) {
        lock_text(value, text);
    } else if (value->has_digits) {
        number_text(value, text);
    } else {
        memcpy(text, value->text, sizeof value->text);
    }
}
