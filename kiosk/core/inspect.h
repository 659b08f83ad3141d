/* An inspection (抽检) at the kiosk: bin, N bags checked, M of them wrong, what was wrong, done.
 *
 *     BIN --bin--> CHECKED --N--> WRONG --M--> CONFIRM --done--> DONE --bin--> CHECKED ...
 *
 * INTENT_CANCEL goes one step back. From the bin on, that bin is in service: bags that are taken
 * out and put back make no deposit, and what stays out shows as an adjustment. Pure; part of struct
 * kiosk.
 */
#ifndef KIOSK_CORE_INSPECT_H
#define KIOSK_CORE_INSPECT_H

#include "kiosk/core/view.h"

enum { INSPECT_CHECKED_MAX = 999, INSPECT_CHECKED_USUAL = 10 };

struct inspection {
    enum inspect_step step;
    int bin; /* index; BIN: of no meaning */
    int32_t checked, wrong;
    int32_t things;
    uint32_t token; /* of its event while the ledger has not acknowledged it */
    bool recorded;
};

#endif
