/* Weights written as text: the one reader of digits, sign and point. Pure; any thread. */
#ifndef HW_DECIMAL_H
#define HW_DECIMAL_H

#include "hw/driver.h"

/* Reads all `width` bytes: blanks, a sign or none, blanks, digits with at most one point, blanks.
 * Fills has_digits, negative, digits and decimals. False, and `value` untouched, where the bytes
 * are anything else, hold no digit, more than 15 digits or more than 9 decimals. */
bool decimal_read(const uint8_t *text, size_t width, struct hw_value *value);

/* Likewise with the lowest digit first: "000.300-" is -3.000. At most 15 bytes. */
bool decimal_read_reversed(const uint8_t *text, size_t width, struct hw_value *value);

/* `decimals` of the port's settings, for values written without a point. */
void decimal_set_point(const struct hw_options *options, bool has_point, struct hw_value *value);

#endif
