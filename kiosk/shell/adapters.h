/* Which adapter was seen behind which device name, so that two that were exchanged are noticed.
 *
 * Only adapters with a serial number of their own can be remembered. Kept in a text file, one line
 * "DEVICE<TAB>vid:pid<TAB>serial"; a file that cannot be read or written costs only the memory.
 * One thread.
 */
#ifndef KIOSK_SHELL_ADAPTERS_H
#define KIOSK_SHELL_ADAPTERS_H

#include "hw/ports.h"
#include "hw/reading.h"

struct adapter {
    char device[PORTS_NAME_MAX]; /* as the configuration names it */
    struct port_identity identity;
};

struct adapters {
    int count;
    struct adapter list[HW_PORTS_MAX];
};

/* Reads the file; an absent one is empty. Lines that make no sense are passed over. */
void adapters_read(struct adapters *adapters, const char *path);

/* The other device name whose adapter this is, where it is not what `device` had; NULL otherwise.
 * `entry` is what is behind `device` now. */
const char *adapters_owner(const struct adapters *adapters, const char *device,
                           const struct port_entry *entry);

/* Remembers; true when that changed something. */
bool adapters_note(struct adapters *adapters, const char *device, const struct port_entry *entry);

/* Replaces the file as a whole. False with errno. */
bool adapters_write(const struct adapters *adapters, const char *path);

#endif
