#include "kiosk/shell/noted.h"

#include "kiosk/shell/clock.h"
#include "kiosk/store/notes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool noted_record(const char *directory, const struct kiosk_event *event, const char *command)
{
    struct ledger *ledger = NULL;
    char boot_id[BOOT_ID_MAX], error[LEDGER_ERROR_MAX];

    if (!notes_leave(directory, event)) {
        fprintf(stderr,
                "biaogan %s: %s/notes: cannot be written (%s); the ledger will not know of this "
                "%s: check --state and who may write there\n",
                command, directory, strerror(errno), event_kind_text(event->kind));
        return false;
    }
    /* Where the kiosk runs, it has the ledger, and finds the note by itself. */
    clock_start(1);
    clock_boot_id(boot_id);
    if (ledger_open(&ledger, directory, boot_id, error) == LEDGER_OK) {
        const moment_t now = clock_moment();
        notes_take(directory, ledger, &now, false);
        ledger_close(ledger);
    }
    return true;
}
