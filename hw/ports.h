/* The serial ports of this machine: where each one is, and which adapter it is.
 *
 * A port's name (/dev/ttyUSB0) moves from boot to boot. What stays is the socket (by-path) and, for
 * adapters whose identity nobody shares, the adapter (by-id). libserialport lists the ports and
 * reads the USB identity; the stable names are symbolic links that udev keeps. Blocks only on the
 * file system; any thread. The caller owns all memory.
 */
#ifndef HW_PORTS_H
#define HW_PORTS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    PORTS_MAX = 64,
    PORTS_NAME_MAX = 256, /* a path with its NUL */
    PORTS_TEXT_MAX = 64   /* a text of a USB descriptor with its NUL */
};

/* An adapter as its USB descriptors describe it. */
struct port_identity {
    bool is_usb;
    unsigned vid, pid;
    int bus, address;            /* where it is plugged in now; another one after each plugging */
    char serial[PORTS_TEXT_MAX]; /* "" where it has none */
    char manufacturer[PORTS_TEXT_MAX];
    char product[PORTS_TEXT_MAX];
};

struct port_entry {
    char device[PORTS_NAME_MAX];  /* "/dev/ttyUSB0" */
    char by_path[PORTS_NAME_MAX]; /* "/dev/serial/by-path/...", "" where there is none */
    char by_id[PORTS_NAME_MAX];   /* "/dev/serial/by-id/..."; "" where none, or not unique */
    struct port_identity identity;
    bool clashes; /* another adapter here has the same identity */
};

/* Where ports are looked for. Tests have trees and adapters of their own. */
struct ports_source {
    /* Fills device and identity of at most `most` entries; returns how many, -1 on failure. */
    int (*find)(void *context, struct port_entry *entries, int most);
    void *context;
    const char *serial_directory; /* holds by-path/ and by-id/; "/dev/serial" */
};

/* This machine's: libserialport and /dev/serial. */
extern const struct ports_source ports_machine;

/* All ports, sorted by device. Returns how many, -1 where they cannot be listed. */
int ports_list(const struct ports_source *source, struct port_entry entries[PORTS_MAX]);

/* The entry behind a device name of the configuration, which may be a symbolic link; NULL where
 * none of the `count` entries is it. */
const struct port_entry *ports_find(const struct port_entry *entries, int count,
                                    const char *device);

/* Same maker, model and serial number: they cannot be told apart by identity. */
bool ports_same_identity(const struct port_identity *a, const struct port_identity *b);

/* True where the identity alone names the adapter: it has a serial number that no other one here
 * has. */
bool ports_is_unique(const struct port_entry *entry);

/* What somebody who binds the port should know; "" where there is nothing to say. Static. */
const char *ports_note(const struct port_entry *entry);

/* True where both names lead to one device now. */
bool ports_are_one(const char *device, const char *other);

#endif
