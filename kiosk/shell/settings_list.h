/* The site file as a flat list of names and values, for the ledger to tell what has changed. */
#ifndef KIOSK_SHELL_SETTINGS_LIST_H
#define KIOSK_SHELL_SETTINGS_LIST_H

#include "kiosk/store/changes.h"

/* Of the file, or of the simulated site's where `path` is NULL. Returns how many, -1 where it
 * cannot be read. PINs and passwords are marked as secret. */
int settings_list_read(const char *path, struct ledger_setting list[LEDGER_SETTINGS_MAX]);

#endif
