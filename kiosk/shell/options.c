#include "kiosk/shell/options.h"

#include <errno.h>
#include <inttypes.h>

bool options_number(const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
    char *end;
    errno = 0;
    uintmax_t number = strtoumax(text, &end, 10);
    /* strtoumax() alone would take blanks and signs. */
    if (text[0] < '0' || text[0] > '9' || errno != 0 || *end != '\0' || number < least ||
        number > most) {
        return false;
    }
    *value = number;
    return true;
}
