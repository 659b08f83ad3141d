/* What somebody has changed in the settings since the last run, as rows of the ledger.
 *
 * The row that carries the SHA-256 of all settings has no name; behind it comes one row for each
 * setting that is another than before. A secret is never in a row, nor anything made of it: the row
 * says that it changed. The text to compare with is kept beside the ledger's rows; where it is not
 * the one whose digest was recorded, only the new digest is. The writer's thread.
 */
#ifndef KIOSK_STORE_CHANGES_H
#define KIOSK_STORE_CHANGES_H

#include "kiosk/store/ledger.h"

enum { LEDGER_SETTINGS_MAX = 1024 };

struct ledger_setting {
    char name[EVENT_TEXT_MAX]; /* "ports[0].device" */
    char value[EVENT_LINE_MAX];
    bool is_secret;
};

/* In order of their names' appearance. Writes nothing where nothing has changed; all or nothing
 * otherwise. At the first call for a ledger: the digest alone. */
enum ledger_result ledger_note_settings(struct ledger *ledger, const moment_t *at,
                                        const struct ledger_setting *settings, int count,
                                        char error[LEDGER_ERROR_MAX]);

#endif
