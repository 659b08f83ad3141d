/* The site file: libconfig text -> settings, checked whole before anything opens.
 *
 * Every key stands in a table with its type and range; an unknown key, a missing one, a value out
 * of range or two sensors on one channel is refused with file, line and reason. assets/deploy holds
 * samples with every key. Main thread; settings are immutable afterwards.
 */
#ifndef KIOSK_SHELL_SETTINGS_H
#define KIOSK_SHELL_SETTINGS_H

#include "hw/modbus_map.h"
#include "hw/port.h"
#include "kiosk/core/site.h"

enum {
    SETTINGS_PATH_MAX = 256,
    SETTINGS_HASH_MAX = 160, /* an argon2id string of libsodium with its NUL */
    SETTINGS_ERROR_MAX = 320,
    BUSES_MAX = 4,       /* Modbus lines */
    BUS_DEVICES_MAX = 16 /* slaves, or parts of slaves, of one of them */
};

#define BUS_PROTOCOL "modbus" /* what stands for a driver's name in captures and lists */

struct port_settings {
    char device[SETTINGS_PATH_MAX]; /* "/dev/serial/by-path/..." or a pseudo-terminal */
    char protocol[32];
    const struct hw_driver *driver; /* of `protocol`; NULL: a bus, see settings_bus.h */
    char line[HW_LINE_TEXT_MAX];
    char unit[HW_UNIT_MAX];
    bool mask7;
    bool checksum;
    int equal_frames;
    int open_when; /* lock8a: 0 or 1, the contact's state while the lock is open */
};

/* A Modbus line: a port of the site whose values come ready made. */
struct bus_settings {
    uint8_t port; /* index in settings.ports: device and line */
    bool echo;
    int timeout_ms;
    int device_count;
    struct modbus_map devices[BUS_DEVICES_MAX];
};

struct screen_settings {
    int width, height; /* px; 0 = the whole screen */
    int panel_width_mm;
    bool sound;
};

struct web_settings {
    bool enabled;
    char address[64];
    int port;
    char password[SETTINGS_HASH_MAX];
    char certificate[SETTINGS_PATH_MAX], key[SETTINGS_PATH_MAX];
    bool allow_plain_http;
};

struct storage_settings {
    int keep_months;                /* rows that were exported are kept so long; 0: for ever */
    char backup[SETTINGS_PATH_MAX]; /* directory on another medium; "": none */
};

struct settings {
    struct site site;
    struct port_settings ports[HW_PORTS_MAX]; /* same index as site.ports; buses last */
    struct bus_settings buses[BUSES_MAX];
    int bus_count;
    struct screen_settings screen;
    struct web_settings web;
    char items[SETTINGS_PATH_MAX]; /* the site's own dictionary, "" where it has none */
    struct items_file *items_file; /* of it; see settings_load_items() */
    struct storage_settings storage;
    char pins[ROLE_COUNT][SETTINGS_HASH_MAX]; /* argon2id strings; "" where a role has none */
};

/* 0, or -1 with "FILE:LINE: what and why" in `error`. */
int settings_read_file(const char *path, struct settings *settings, char error[SETTINGS_ERROR_MAX]);

/* The same from text; `name` stands for the file in messages. */
int settings_read_text(const char *text, const char *name, struct settings *settings,
                       char error[SETTINGS_ERROR_MAX]);

/* The simulated site that is part of the program: five ports, four bins. */
int settings_read_simulated(struct settings *settings, char error[SETTINGS_ERROR_MAX]);

/* Gives site.items the built-in dictionary, merged with the file of site.items where the settings
 * name one. 0, or -1 with the reason. */
int settings_load_items(struct settings *settings, char error[SETTINGS_ERROR_MAX]);

/* Frees settings from calloc(), and what they hold. NULL is nothing. */
void settings_free(struct settings *settings);

/* How many of the ports speak a byte protocol: they come first, buses after them. */
int settings_serial_count(const struct settings *settings);

/* What port `index`, which is no bus, needs to pump its bytes. */
void settings_pump(const struct settings *settings, int index, struct port_config *pump);

/* The hash of each role's PIN, "" where that role has none; borrowed from the settings. */
struct gate_pins {
    const char *hashes[ROLE_COUNT];
};
struct gate_pins settings_pins(const struct settings *settings);

/* Index of a port by name, -1 where there is none. */
int settings_port(const struct settings *settings, const char *name);

#endif
