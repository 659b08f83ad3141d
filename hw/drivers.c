/* The one table of drivers, and the words of `biaogan decode`. A new device family is a new file
 * with its row, a line in drivers.h and a line here. */
#include "hw/drivers.h"

#include <string.h>

const struct hw_driver *const hw_drivers[] = {
    &scale_stgs_st_gs,
    &scale_yaohua_tf0,
    &lid_board_lid_line,
};
const size_t hw_driver_count = sizeof hw_drivers / sizeof hw_drivers[0];

static const char *const reject_texts[REJECT_REASON_COUNT] = {
#define X(name, text) [name] = text,
    REJECT_REASONS(X)
#undef X
};

static const char *const status_texts[] = {
    [READING_OK] = "ok",
    [READING_MOVING] = "unstable",
    [READING_OVERLOAD] = "overload",
    [READING_UNDERLOAD] = "underload",
    [READING_BUSY] = "busy",
    [READING_ERROR] = "error",
};

const struct hw_driver *hw_driver_find(const char *name)
{
    for (size_t i = 0; i < hw_driver_count; i++) {
        if (strcmp(hw_drivers[i]->name, name) == 0) {
            return hw_drivers[i];
        }
    }
    return NULL;
}

const char *hw_reject_text(enum reject_reason reason)
{
    return reject_texts[reason];
}

const char *hw_status_text(enum reading_status status)
{
    return status_texts[status];
}
