#include "kiosk/shell/settings.h"

#include "hw/link.h"
#include "kiosk/shell/settings_bus.h"
#include "kiosk/shell/settings_rows.h"
#include "kiosk/store/purge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the tables: every key there is ---------------------------------------------------------- */

/* What a port or a bin says before names are looked up. */
struct raw_port {
    char name[HW_PORT_NAME_MAX];
    struct port_settings settings;
};

struct raw_class {
    struct site_class style;
    char colour[16];
};

static const struct row site_rows[] = {
    ROW_TEXT_OF(struct settings, "id", site.id, true),
    ROW_TEXT_OF(struct settings, "name", site.name, true),
    ROW_TEXT_OF(struct settings, "point", site.point, true),
    ROW_TEXT_OF(struct settings, "hours", site.hours, false),
    ROW_TEXT_OF(struct settings, "items", items, false),
};

static const struct row screen_rows[] = {
    ROW_INT_OF(struct settings, "width", screen.width, 0, 7680, false),
    ROW_INT_OF(struct settings, "height", screen.height, 0, 7680, false),
    ROW_INT_OF(struct settings, "panel_width_mm", screen.panel_width_mm, 100, 3000, false),
    ROW_BOOL_OF(struct settings, "sound", screen.sound),
};

static const struct row timing_rows[] = {
    ROW_INT_OF(struct settings, "visit_idle_ms", site.timing.visit_idle_ms, 3000, 120000, false),
    ROW_INT_OF(struct settings, "reading_age_ms", site.timing.reading_age_ms, 500, 60000, false),
    ROW_INT_OF(struct settings, "level_age_ms", site.timing.level_age_ms, 500, 3600000, false),
    ROW_INT_OF(struct settings, "settle_ms", site.timing.settle_ms, 200, 10000, false),
    ROW_INT_OF(struct settings, "settle_limit_ms", site.timing.settle_limit_ms, 1000, 60000, false),
    ROW_INT_OF(struct settings, "lid_left_open_ms", site.timing.lid_left_open_ms, 1000, 600000,
               false),
    ROW_INT_OF(struct settings, "service_idle_ms", site.timing.service_idle_ms, 5000, 3600000,
               false),
    ROW_INT_OF(struct settings, "undo_ms", site.timing.undo_ms, 0, 120000, false),
    ROW_INT_OF(struct settings, "min_deposit_g", site.timing.min_deposit_g, 1, 100000, false),
    ROW_INT_OF(struct settings, "near_full_permille", site.timing.near_full_permille, 1, 1000,
               false),
    ROW_INT_OF(struct settings, "full_permille", site.timing.full_permille, 1, 1000, false),
    ROW_INT_OF(struct settings, "sample_least", site.timing.sample_least, 1, 1000000, false),
};

static const struct row access_rows[] = {
    ROW_TEXT_OF(struct settings, "cleaner_pin", pins[ROLE_CLEANER], false),
    ROW_TEXT_OF(struct settings, "technician_pin", pins[ROLE_TECHNICIAN], false),
    ROW_TEXT_OF(struct settings, "inspector_pin", pins[ROLE_INSPECTOR], false),
};

static const struct row web_rows[] = {
    ROW_BOOL_OF(struct settings, "enabled", web.enabled),
    ROW_TEXT_OF(struct settings, "address", web.address, false),
    ROW_INT_OF(struct settings, "port", web.port, 0, 65535, false),
    ROW_TEXT_OF(struct settings, "password", web.password, false),
    ROW_TEXT_OF(struct settings, "certificate", web.certificate, false),
    ROW_TEXT_OF(struct settings, "key", web.key, false),
    ROW_BOOL_OF(struct settings, "allow_plain_http", web.allow_plain_http),
};

static const struct row storage_rows[] = {
    ROW_INT_OF(struct settings, "keep_months", storage.keep_months, 0, PURGE_MONTHS_MAX, false),
    ROW_TEXT_OF(struct settings, "backup", storage.backup, false),
};

static const struct row port_rows[] = {
    ROW_TEXT_OF(struct raw_port, "name", name, true),
    ROW_TEXT_OF(struct raw_port, "device", settings.device, true),
    ROW_TEXT_OF(struct raw_port, "protocol", settings.protocol, true),
    ROW_TEXT_OF(struct raw_port, "line", settings.line, false),
    ROW_TEXT_OF(struct raw_port, "unit", settings.unit, false),
    ROW_BOOL_OF(struct raw_port, "mask7", settings.mask7),
    ROW_BOOL_OF(struct raw_port, "checksum", settings.checksum),
    ROW_INT_OF(struct raw_port, "equal_frames", settings.equal_frames, 1, 10, false),
    ROW_INT_OF(struct raw_port, "open_when", settings.open_when, 0, 1, false),
};

static const struct row class_rows[] = {
    ROW_TEXT_OF(struct raw_class, "label", style.label, false),
    ROW_TEXT_OF(struct raw_class, "note", style.note, false),
    ROW_TEXT_OF(struct raw_class, "colour", colour, false),
};

/* ---- ports ----------------------------------------------------------------------------------- */

int settings_port(const struct settings *settings, const char *name)
{
    for (int i = 0; i < settings->site.port_count; i++) {
        if (strcmp(settings->site.ports[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

struct gate_pins settings_pins(const struct settings *settings)
{
    struct gate_pins pins;
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        pins.hashes[role] = settings->pins[role];
    }
    return pins;
}

int settings_serial_count(const struct settings *settings)
{
    return settings->site.port_count - settings->bus_count;
}

void settings_pump(const struct settings *settings, int index, struct port_config *pump)
{
    const struct port_settings *port = &settings->ports[index];
    *pump = (struct port_config){
        .driver = port->driver,
        .options = {.mask7 = port->mask7,
                    .checksum = port->checksum,
                    .open_is_set = port->open_when != 0},
        .index = (uint8_t)index,
        .equal_frames = (uint8_t)port->equal_frames,
    };
    memcpy(pump->options.unit, port->unit, sizeof pump->options.unit);
}

static int check_port(const struct settings_reader *reader, const config_setting_t *at,
                      const struct settings *settings, struct raw_port *raw)
{
    struct port_settings *port = &raw->settings;
    if (settings_port(settings, raw->name) >= 0) {
        return settings_fail(reader, at, "two ports are named \"%s\"", raw->name);
    }
    for (int i = 0; i < settings->site.port_count; i++) {
        if (strcmp(settings->ports[i].device, port->device) == 0) {
            return settings_fail(reader, at, "ports \"%s\" and \"%s\" have one device, %s",
                                 settings->site.ports[i], raw->name, port->device);
        }
    }
    port->driver = hw_driver_find(port->protocol);
    if (port->driver == NULL) {
        return settings_fail(reader, at,
                             "unknown protocol \"%s\"; `biaogan protocols` lists what there is",
                             port->protocol);
    }
    if (port->line[0] == '\0') {
        snprintf(port->line, sizeof port->line, "%s", port->driver->line);
    }
    struct link_line line;
    char reason[LINK_ERROR_MAX];
    if (!link_line_parse(port->line, &line, reason)) {
        return settings_fail(reader, at, "line of port \"%s\": %s", raw->name, reason);
    }
    if (port->open_when != 0 && port->driver->kind != READING_LOCK) {
        return settings_fail(
            reader, at,
            "open_when of port \"%s\" is for lock boards, and %s is none: leave it "
            "out",
            raw->name, port->protocol);
    }
    const bool is_scale = port->driver->kind == READING_WEIGHT;
    if (port->unit[0] != '\0' && is_scale && hw_weight_unit(port->unit) == NULL) {
        return settings_fail(reader, at, "unit \"%s\" of port \"%s\" is none: g kg t jin lb oz",
                             port->unit, raw->name);
    }
    return 0;
}

/* What the scale behind a port can be told, whatever its channel, for the technician's board. */
static void tell_commands(struct settings *settings, uint8_t index)
{
    struct port_config pump;
    uint8_t request[HW_REQUEST_MAX];
    settings_pump(settings, index, &pump);
    if (pump.driver->kind == READING_WEIGHT && pump.driver->command != NULL) {
        const bool zeroes = pump.driver->command(&pump.options, HW_COMMAND_ZERO, request) > 0;
        const bool tares = pump.driver->command(&pump.options, HW_COMMAND_TARE, request) > 0;
        settings->site.zeroes[index] = zeroes ? UINT16_MAX : 0;
        settings->site.tares[index] = tares ? UINT16_MAX : 0;
    }
}

static int read_port(const struct settings_reader *reader, config_setting_t *element,
                     struct settings *settings)
{
    struct raw_port raw = {.name = ""};
    if (settings->site.port_count == HW_PORTS_MAX) {
        return settings_fail(reader, element, "more than %d ports", HW_PORTS_MAX);
    }
    config_setting_t *protocol = config_setting_get_member(element, "protocol");
    const char *name = protocol == NULL ? NULL : config_setting_get_string(protocol);
    const struct hw_driver *driver = name == NULL ? NULL : hw_driver_find(name);
    raw.settings.checksum = driver != NULL && driver->checksum_default;
    raw.settings.equal_frames = driver != NULL ? driver->equal_frames : 1;
    if (settings_read_group(reader, element, "a port", ROWS(port_rows), &raw) != 0 ||
        check_port(reader, element, settings, &raw) != 0) {
        return -1;
    }
    uint8_t index = settings->site.port_count++;
    memcpy(settings->site.ports[index], raw.name, sizeof raw.name);
    snprintf(settings->site.protocols[index], SITE_ID_MAX, "%.*s", SITE_ID_MAX - 1,
             raw.settings.protocol);
    settings->ports[index] = raw.settings;
    tell_commands(settings, index);
    return 0;
}

/* ---- classes --------------------------------------------------------------------------------- */

static int read_class(const struct settings_reader *reader, config_setting_t *setting,
                      struct site *site)
{
    enum waste_class class = waste_class_find(config_setting_name(setting));
    if (class == WASTE_NONE) {
        return settings_fail(reader, setting, "unknown class \"%s\"", config_setting_name(setting));
    }
    struct raw_class raw = {.style = site->classes[class]};
    if (settings_read_group(reader, setting, "a class", ROWS(class_rows), &raw) != 0) {
        return -1;
    }
    if (raw.colour[0] != '\0') {
        char *end;
        unsigned long rgb = strtoul(raw.colour + 1, &end, 16);
        if (raw.colour[0] != '#' || strlen(raw.colour) != 7 || *end != '\0') {
            return settings_fail(reader, setting, "colour \"%s\" is not like \"#1F5F98\"",
                                 raw.colour);
        }
        raw.style.rgb = (uint32_t)rgb;
    }
    site->classes[class] = raw.style;
    return 0;
}

/* ---- the whole file -------------------------------------------------------------------------- */

static int read_classes(const struct settings_reader *reader, config_setting_t *group,
                        struct settings *settings)
{
    if (!config_setting_is_group(group)) {
        return settings_fail(reader, group, "classes must be a group");
    }
    for (int i = 0; i < config_setting_length(group); i++) {
        if (read_class(reader, config_setting_get_elem(group, (unsigned)i), &settings->site) != 0) {
            return -1;
        }
    }
    return 0;
}

static int read_list(const struct settings_reader *reader, config_setting_t *list, const char *what,
                     int (*read)(const struct settings_reader *, config_setting_t *,
                                 struct settings *),
                     struct settings *settings)
{
    if (!config_setting_is_list(list)) {
        return settings_fail(reader, list, "%s must be a list: ( { ... }, { ... } )", what);
    }
    for (int i = 0; i < config_setting_length(list); i++) {
        if (read(reader, config_setting_get_elem(list, (unsigned)i), settings) != 0) {
            return -1;
        }
    }
    return 0;
}

static int read_ports(const struct settings_reader *reader, config_setting_t *list,
                      struct settings *settings)
{
    return read_list(reader, list, "ports", read_port, settings);
}

static int read_buses(const struct settings_reader *reader, config_setting_t *list,
                      struct settings *settings)
{
    return read_list(reader, list, "buses", settings_read_bus, settings);
}

static int read_bins(const struct settings_reader *reader, config_setting_t *list,
                     struct settings *settings)
{
    return read_list(reader, list, "bins", settings_read_bin, settings);
}

#define GROUP_READER(name)                                                                         \
    static int read_##name(const struct settings_reader *reader, config_setting_t *group,          \
                           struct settings *settings)                                              \
    {                                                                                              \
        return settings_read_group(reader, group, #name, ROWS(name##_rows), settings);             \
    }
GROUP_READER(site)
GROUP_READER(screen)
GROUP_READER(timing)
GROUP_READER(access)
GROUP_READER(web)
GROUP_READER(storage)

/* In this order, whatever the order in the file: bins name ports and buses, and buses are the last
 * ports. */
static const struct section {
    const char *name;
    bool required;
    int (*read)(const struct settings_reader *, config_setting_t *, struct settings *);
} sections[] = {
    {"site", true, read_site},        {"screen", false, read_screen},
    {"timing", false, read_timing},   {"access", true, read_access},
    {"web", false, read_web},         {"storage", false, read_storage},
    {"classes", false, read_classes}, {"ports", false, read_ports},
    {"buses", false, read_buses},     {"bins", true, read_bins},
};
enum { SECTION_COUNT = sizeof sections / sizeof sections[0] };

static int check_sections(const struct settings_reader *reader, config_setting_t *root)
{
    for (int i = 0; i < config_setting_length(root); i++) {
        config_setting_t *setting = config_setting_get_elem(root, (unsigned)i);
        bool known = false;
        for (size_t k = 0; k < SECTION_COUNT; k++) {
            known = known || strcmp(sections[k].name, config_setting_name(setting)) == 0;
        }
        if (!known) {
            return settings_fail(reader, setting, "unknown section \"%s\"",
                                 config_setting_name(setting));
        }
    }
    return 0;
}

static bool is_hash(const char *text)
{
    return strncmp(text, "$argon2id$", strlen("$argon2id$")) == 0;
}

/* Where a key stands, or the group that lacks it. */
static const config_setting_t *key_or_group(const config_setting_t *root, const char *group,
                                            const char *key)
{
    const config_setting_t *at = config_setting_get_member(root, group);
    const config_setting_t *member = at == NULL ? NULL : config_setting_get_member(at, key);
    return member != NULL ? member : at;
}

static int check_whole(const struct settings_reader *reader, config_setting_t *root,
                       const struct settings *settings)
{
    config_setting_t *bins = config_setting_get_member(root, "bins");
    for (enum waste_class class = 0; class < WASTE_CLASS_COUNT; class ++) {
        int count = 0;
        for (int i = 0; i < settings->site.bin_count; i++) {
            count += settings->site.bins[i].class == class;
        }
        if (count == 0) {
            return settings_fail(reader, bins, "no bin of class %s: each class needs one",
                                 waste_class_text(class));
        }
    }
    const struct site_timing *timing = &settings->site.timing;
    if (timing->near_full_permille > timing->full_permille) {
        return settings_fail(reader, config_setting_get_member(root, "timing"),
                             "near_full_permille is above full_permille");
    }
    const struct web_settings *web = &settings->web;
    config_setting_t *at = config_setting_get_member(root, "web");
    if ((web->enabled || web->password[0] != '\0') && !is_hash(web->password)) {
        return settings_fail(reader, key_or_group(root, "web", "password"),
                             "web.password must be what `biaogan passwd` prints");
    }
    if (!is_hash(settings->pins[ROLE_CLEANER])) {
        return settings_fail(reader, key_or_group(root, "access", "cleaner_pin"),
                             "access.cleaner_pin must be what `biaogan passwd` prints for the PIN");
    }
    static const char *const optional_pins[ROLE_COUNT] = {
        [ROLE_TECHNICIAN] = "technician_pin",
        [ROLE_INSPECTOR] = "inspector_pin",
    };
    for (int role = 0; role < ROLE_COUNT; role++) {
        const char *key = optional_pins[role], *hash = settings->pins[role];
        if (key != NULL && hash[0] != '\0' && !is_hash(hash)) {
            return settings_fail(reader, key_or_group(root, "access", key),
                                 "access.%s must be what `biaogan passwd` prints", key);
        }
    }
    const int months = settings->storage.keep_months;
    if (months != 0 && months < PURGE_MONTHS_MIN) {
        return settings_fail(reader, key_or_group(root, "storage", "keep_months"),
                             "storage.keep_months must be 0 (for ever) or at least %d",
                             PURGE_MONTHS_MIN);
    }
    if ((web->certificate[0] == '\0') != (web->key[0] == '\0')) {
        return settings_fail(reader, at, "web.certificate and web.key go together");
    }
    return 0;
}

static int read_root(const struct settings_reader *reader, config_setting_t *root,
                     struct settings *settings)
{
    if (check_sections(reader, root) != 0) {
        return -1;
    }
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        config_setting_t *setting = config_setting_get_member(root, sections[i].name);
        if (setting == NULL && sections[i].required) {
            return settings_fail(reader, NULL, "the section \"%s\" is missing", sections[i].name);
        }
        if (setting != NULL && sections[i].read(reader, setting, settings) != 0) {
            return -1;
        }
    }
    settings->site.has_cleaner_pin = true;
    return check_whole(reader, root, settings);
}

static void set_defaults(struct settings *settings)
{
    *settings = (struct settings){
        .screen = {.panel_width_mm = 476, .sound = true}, /* 21.5 inch, 16:9 */
        .web = {.address = "127.0.0.1", .port = 8080},
        .storage = {.keep_months = PURGE_MONTHS},
    };
    site_defaults(&settings->site);
}

static int finish(config_t *config, int parsed, const char *name, struct settings *settings,
                  char error[SETTINGS_ERROR_MAX])
{
    struct settings_reader reader = {.file = name, .error = error};
    int result;
    if (parsed == CONFIG_TRUE) {
        set_defaults(settings);
        result = read_root(&reader, config_root_setting(config), settings);
    } else {
        snprintf(error, SETTINGS_ERROR_MAX, "%s:%d: %s", name, config_error_line(config),
                 config_error_text(config));
        result = -1;
    }
    config_destroy(config);
    return result;
}

int settings_read_text(const char *text, const char *name, struct settings *settings,
                       char error[SETTINGS_ERROR_MAX])
{
    config_t config;
    config_init(&config);
    return finish(&config, config_read_string(&config, text), name, settings, error);
}
