/* The dictionary that is part of the program, and how to spell what a site adds to it.
 *
 * Made at build time by assets/items/items.py: read-only, valid for ever, any thread.
 */
#ifndef ASSETS_ITEMS_H
#define ASSETS_ITEMS_H

#include "kiosk/core/items.h"

extern const struct items items_builtin;

/* The first letter of the pinyin of every common ideograph, by code point from ITEMS_FIRST on;
 * '\0' where it is not known. */
enum { ITEMS_FIRST = 0x4E00, ITEMS_LETTERS = 0x9FFF - ITEMS_FIRST + 1 };
extern const char items_letters[ITEMS_LETTERS];

#endif
