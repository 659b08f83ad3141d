#include "kiosk/shell/settings_bus.h"

#include "hw/bus.h"
#include "hw/link.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { REGISTER_MOST = 65535, PERIOD_LEAST_MS = 20, PERIOD_MOST_MS = 60000 };

/* ---- the tables: every key there is ---------------------------------------------------------- */

struct raw_bus {
    char name[HW_PORT_NAME_MAX];
    struct port_settings port;
    struct bus_settings bus;
};

/* A device: its ready map, and what the site file says instead. */
struct raw_device {
    struct modbus_map map;
    char name[24];
    char number[8], order[8];
    int sign, open_when;
};

static const struct row bus_rows[] = {
    ROW_TEXT_OF(struct raw_bus, "name", name, true),
    ROW_TEXT_OF(struct raw_bus, "device", port.device, true),
    ROW_TEXT_OF(struct raw_bus, "line", port.line, false),
    ROW_INT_OF(struct raw_bus, "timeout_ms", bus.timeout_ms, 20, 2000, false),
    ROW_BOOL_OF(struct raw_bus, "echo", bus.echo),
};

static const struct row device_rows[] = {
    ROW_TEXT_OF(struct raw_device, "map", name, true),
    ROW_INT_OF(struct raw_device, "address", map.address, 1, MODBUS_ADDRESS_MAX, false),
    ROW_INT_OF(struct raw_device, "channel", map.channel, 1, HW_CHANNELS_MAX, false),
    ROW_INT_OF(struct raw_device, "count", map.count, 1, HW_CHANNELS_MAX, false),
    ROW_INT_OF(struct raw_device, "function", map.function, 1, 15, false),
    ROW_INT_OF(struct raw_device, "register", map.first, 0, REGISTER_MOST, false),
    ROW_INT_OF(struct raw_device, "stride", map.stride, 1, MODBUS_BLOCK_MAX, false),
    ROW_INT_OF(struct raw_device, "width", map.width, 16, 32, false),
    ROW_TEXT_OF(struct raw_device, "type", number, false),
    ROW_TEXT_OF(struct raw_device, "order", order, false),
    ROW_INT_OF(struct raw_device, "sign", sign, -1, 1, false),
    ROW_INT_OF(struct raw_device, "multiply", map.multiply, 1, MODBUS_RATIO_MAX, false),
    ROW_INT_OF(struct raw_device, "divide", map.divide, 1, MODBUS_RATIO_MAX, false),
    ROW_INT_OF(struct raw_device, "decimals", map.decimals, 0, MODBUS_DECIMALS_MAX, false),
    ROW_TEXT_OF(struct raw_device, "unit", map.unit, false),
    ROW_INT_OF(struct raw_device, "invalid", map.invalid, INT_MIN, INT_MAX, false),
    ROW_INT_OF(struct raw_device, "status_register", map.status, MODBUS_NONE, REGISTER_MOST, false),
    ROW_INT_OF(struct raw_device, "ok_mask", map.ok_mask, 0, 0xFFFF, false),
    ROW_INT_OF(struct raw_device, "moving_mask", map.moving_mask, 0, 0xFFFF, false),
    ROW_INT_OF(struct raw_device, "overload_mask", map.overload_mask, 0, 0xFFFF, false),
    ROW_INT_OF(struct raw_device, "underload_mask", map.underload_mask, 0, 0xFFFF, false),
    ROW_INT_OF(struct raw_device, "error_mask", map.error_mask, 0, 0xFFFF, false),
    ROW_INT_OF(struct raw_device, "division_register", map.division, MODBUS_NONE, REGISTER_MOST,
               false),
    ROW_INT_OF(struct raw_device, "zero_function", map.zero.function, 0, 16, false),
    ROW_INT_OF(struct raw_device, "zero_register", map.zero.first, 0, REGISTER_MOST, false),
    ROW_INT_OF(struct raw_device, "zero_value", map.zero.value, 0, REGISTER_MOST, false),
    ROW_INT_OF(struct raw_device, "tare_function", map.tare.function, 0, 16, false),
    ROW_INT_OF(struct raw_device, "tare_register", map.tare.first, 0, REGISTER_MOST, false),
    ROW_INT_OF(struct raw_device, "tare_value", map.tare.value, 0, REGISTER_MOST, false),
    ROW_INT_OF(struct raw_device, "command_stride", map.command_stride, 0, REGISTER_MOST, false),
    ROW_INT_OF(struct raw_device, "open_when", open_when, 0, 1, false),
    ROW_INT_OF(struct raw_device, "least_mm", map.least_mm, 0, INT_MAX, false),
    ROW_INT_OF(struct raw_device, "most_mm", map.most_mm, 0, INT_MAX, false),
    ROW_INT_OF(struct raw_device, "period_ms", map.period_ms, PERIOD_LEAST_MS, PERIOD_MOST_MS,
               false),
};

static const char *const number_words[MODBUS_NUMBER_COUNT] = {
    [MODBUS_INT] = "int", [MODBUS_UINT] = "uint", [MODBUS_FLOAT] = "float"};
static const char *const order_words[MODBUS_ORDER_COUNT] = {
    [MODBUS_ABCD] = "ABCD", [MODBUS_CDAB] = "CDAB", [MODBUS_BADC] = "BADC", [MODBUS_DCBA] = "DCBA"};

static int find_word(const char *const *words, int count, const char *word)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0) {
            return i;
        }
    }
    return -1;
}

/* ---- devices --------------------------------------------------------------------------------- */

static const struct modbus_row *row_of(const struct settings_reader *reader,
                                       config_setting_t *element)
{
    config_setting_t *map =
        config_setting_is_group(element) ? config_setting_get_member(element, "map") : NULL;
    const char *name = map == NULL ? NULL : config_setting_get_string(map);
    if (name == NULL) {
        settings_fail(reader, element, "a device of a bus is a group with a text \"map\"");
        return NULL;
    }
    const struct modbus_row *row = modbus_row_find(name);
    if (row == NULL) {
        char names[SETTINGS_ERROR_MAX / 2] = "";
        for (size_t i = 0; i < modbus_row_count; i++) {
            const size_t used = strlen(names);
            snprintf(names + used, sizeof names - used, " %s", modbus_rows[i].name);
        }
        settings_fail(reader, map, "unknown map \"%s\"; there are:%s", name, names);
    }
    return row;
}

const struct modbus_map *settings_bus_map(const struct bus_settings *bus, enum reading_kind kind,
                                          int channel)
{
    for (int i = 0; i < bus->device_count; i++) {
        const struct modbus_map *map = &bus->devices[i];
        if (map->kind == (int)kind && channel >= map->channel &&
            channel < map->channel + map->count) {
            return map;
        }
    }
    return NULL;
}

static int check_device(const struct settings_reader *reader, config_setting_t *element,
                        struct raw_device *raw, const struct bus_settings *bus)
{
    const int number = find_word(number_words, MODBUS_NUMBER_COUNT, raw->number);
    const int order = find_word(order_words, MODBUS_ORDER_COUNT, raw->order);
    if (number < 0 || order < 0 || raw->sign == 0) {
        return settings_fail(reader, element,
                             "type is int, uint or float; order is ABCD, CDAB, BADC or DCBA; sign "
                             "is 1 or -1");
    }
    struct modbus_map *map = &raw->map;
    map->number = (enum modbus_number)number;
    map->order = (enum modbus_order)order;
    map->negate = raw->sign < 0;
    map->open_is_0 = raw->open_when == 0;
    char reason[MODBUS_ERROR_MAX];
    if (!modbus_map_check(map, reason)) {
        return settings_fail(reader, element, "map \"%s\": %s", raw->name, reason);
    }
    for (int i = 0; i < map->count; i++) {
        if (settings_bus_map(bus, (enum reading_kind)map->kind, map->channel + i) != NULL) {
            return settings_fail(reader, element,
                                 "two devices of one kind have channel %d: name another `channel`",
                                 map->channel + i);
        }
    }
    return 0;
}

static int read_device(const struct settings_reader *reader, config_setting_t *element,
                       struct bus_settings *bus, const char **line)
{
    if (bus->device_count == BUS_DEVICES_MAX) {
        return settings_fail(reader, element, "more than %d devices on one bus", BUS_DEVICES_MAX);
    }
    const struct modbus_row *row = row_of(reader, element);
    if (row == NULL) {
        return -1;
    }
    struct raw_device raw = {.map = row->map, .sign = row->map.negate ? -1 : 1};
    raw.open_when = row->map.open_is_0 ? 0 : 1;
    /* What nearly every device that takes commands takes. */
    raw.map.zero.value = row->map.zero.function == 0 ? 1 : row->map.zero.value;
    raw.map.tare.value = row->map.tare.function == 0 ? 1 : row->map.tare.value;
    snprintf(raw.number, sizeof raw.number, "%s", number_words[row->map.number]);
    snprintf(raw.order, sizeof raw.order, "%s", order_words[row->map.order]);
    if (settings_read_group(reader, element, "a device of a bus", ROWS(device_rows), &raw) != 0 ||
        check_device(reader, element, &raw, bus) != 0) {
        return -1;
    }
    bus->devices[bus->device_count++] = raw.map;
    *line = *line == NULL ? row->line : *line;
    return 0;
}

/* ---- buses ----------------------------------------------------------------------------------- */

const struct bus_settings *settings_bus(const struct settings *settings, int port)
{
    for (int i = 0; i < settings->bus_count; i++) {
        if (settings->buses[i].port == port) {
            return &settings->buses[i];
        }
    }
    return NULL;
}

static int check_bus(const struct settings_reader *reader, const config_setting_t *at,
                     const struct settings *settings, const struct raw_bus *raw)
{
    if (settings_port(settings, raw->name) >= 0) {
        return settings_fail(reader, at, "two ports or buses are named \"%s\"", raw->name);
    }
    for (int i = 0; i < settings->site.port_count; i++) {
        if (strcmp(settings->ports[i].device, raw->port.device) == 0) {
            return settings_fail(reader, at, "ports \"%s\" and \"%s\" have one device, %s",
                                 settings->site.ports[i], raw->name, raw->port.device);
        }
    }
    struct link_line line;
    char reason[LINK_ERROR_MAX];
    if (!link_line_parse(raw->port.line, &line, reason)) {
        return settings_fail(reader, at, "line of bus \"%s\": %s", raw->name, reason);
    }
    return 0;
}

/* The keys of a bus; its list of devices is another table's. */
static int read_devices(const struct settings_reader *reader, config_setting_t *element,
                        struct raw_bus *raw)
{
    config_setting_t *devices =
        config_setting_is_group(element) ? config_setting_get_member(element, "devices") : NULL;
    if (devices == NULL || !config_setting_is_list(devices) ||
        config_setting_length(devices) == 0) {
        return settings_fail(reader, element,
                             "a bus has a list of devices: devices = ( { map = ...; }, ... )");
    }
    const char *line = NULL;
    for (int i = 0; i < config_setting_length(devices); i++) {
        config_setting_t *device = config_setting_get_elem(devices, (unsigned)i);
        if (read_device(reader, device, &raw->bus, &line) != 0) {
            return -1;
        }
    }
    snprintf(raw->port.line, sizeof raw->port.line, "%s", line);
    config_setting_remove(element, "devices");
    return 0;
}

/* What the scales on a bus can be told, for the technician's board. */
static void tell_commands(struct site *site, const struct bus_settings *bus)
{
    for (int i = 0; i < bus->device_count; i++) {
        const struct modbus_map *map = &bus->devices[i];
        for (int channel = map->channel; channel < map->channel + map->count; channel++) {
            const uint16_t bit = (uint16_t)(1U << channel);
            site->zeroes[bus->port] |= map->zero.function != 0 ? bit : 0;
            site->tares[bus->port] |= map->tare.function != 0 ? bit : 0;
        }
    }
}

int settings_read_bus(const struct settings_reader *reader, config_setting_t *element,
                      struct settings *settings)
{
    if (settings->bus_count == BUSES_MAX || settings->site.port_count == HW_PORTS_MAX) {
        return settings_fail(reader, element, "more than %d buses, or %d ports and buses",
                             BUSES_MAX, HW_PORTS_MAX);
    }
    struct raw_bus raw = {.port = {.protocol = BUS_PROTOCOL, .equal_frames = 1},
                          .bus = {.timeout_ms = BUS_TIMEOUT_DEFAULT_MS}};
    if (read_devices(reader, element, &raw) != 0 ||
        settings_read_group(reader, element, "a bus", ROWS(bus_rows), &raw) != 0 ||
        check_bus(reader, element, settings, &raw) != 0) {
        return -1;
    }
    const uint8_t index = settings->site.port_count++;
    raw.bus.port = index;
    memcpy(settings->site.ports[index], raw.name, sizeof raw.name);
    snprintf(settings->site.protocols[index], sizeof settings->site.protocols[index], "%s",
             BUS_PROTOCOL);
    settings->ports[index] = raw.port;
    settings->buses[settings->bus_count++] = raw.bus;
    tell_commands(&settings->site, &raw.bus);
    return 0;
}
