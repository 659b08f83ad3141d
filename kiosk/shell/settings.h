/* The site file: libconfig text -> settings, checked whole before anything opens.
 *
 * Every key stands in a table with its type and range; an unknown key, a missing one, a value out
 * of range or two sensors on one channel is refused with file, line and reason. assets/deploy holds
 * samples with every key. Main thread; settings are immutable afterwards.
 */
#ifndef KIOSK_SHELL_SETTINGS_H
#define KIOSK_SHELL_SETTINGS_H

#include "hw/port.h"
#include "kiosk/core/site.h"

enum {
    SETTINGS_PATH_MAX = 256,
    SETTINGS_HASH_MAX = 160, /* an argon2id string of libsodium with its NUL */
    SETTINGS_ERROR_MAX = 320
};

struct port_settings {
    char device[SETTINGS_PATH_MAX]; /* "/dev/serial/by-path/..." or a pseudo-terminal */
    char protocol[32];
    const struct hw_driver *driver; /* of `protocol` */
    char line[HW_LINE_TEXT_MAX];
    char unit[HW_UNIT_MAX];
    bool mask7;
    bool checksum;
    int equal_frames;
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

struct settings {
    struct site site;
    struct port_settings ports[HW_PORTS_MAX]; /* same index as site.ports */
    struct screen_settings screen;
    struct web_settings web;
    char cleaner_pin[SETTINGS_HASH_MAX];
};

/* 0, or -1 with "FILE:LINE: what and why" in `error`. */
int settings_read_file(const char *path, struct settings *settings, char error[SETTINGS_ERROR_MAX]);

/* The same from text; `name` stands for the file in messages. */
int settings_read_text(const char *text, const char *name, struct settings *settings,
                       char error[SETTINGS_ERROR_MAX]);

/* The simulated site that is part of the program: five ports, four bins. */
int settings_read_simulated(struct settings *settings, char error[SETTINGS_ERROR_MAX]);

/* What port `index` needs to pump its bytes. */
void settings_pump(const struct settings *settings, int index, struct port_config *pump);

/* Index of a port by name, -1 where there is none. */
int settings_port(const struct settings *settings, const char *name);

#endif
