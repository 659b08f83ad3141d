/* The words of the screens (assets/strings/screen.def), and putting values into them. */
#ifndef KIOSK_UI_STRINGS_H
#define KIOSK_UI_STRINGS_H

#include <stddef.h>

enum string_id {
#define X(name, text) name,
#include "assets/strings/screen.def"
#undef X
    STRING_COUNT
};

enum { STRINGS_COMPOSED_MAX = 512 }; /* bytes: the longest sentence with the longest names in it */

const char *strings_get(enum string_id id);

/* The text with {0} and {1} replaced; a NULL argument stands for "". Cut at a code point if
 * `size` bytes do not hold it. Returns `out`. */
const char *strings_compose(char *out, size_t size, enum string_id id, const char *first,
                            const char *second);

#endif
