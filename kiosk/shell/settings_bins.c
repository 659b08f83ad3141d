/* The section `bins` of the site file. */
#include "kiosk/shell/settings_bus.h"

struct raw_bin {
    int number, capacity_g, tare_g, division_g, scale_channel, lid_channel;
    int lock_channel, level_channel, level_empty_mm, level_full_mm;
    char class[16], scale[HW_PORT_NAME_MAX], lid[HW_PORT_NAME_MAX], level[HW_PORT_NAME_MAX];
    char lock[HW_PORT_NAME_MAX];
};

static const struct row bin_rows[] = {
    ROW_INT_OF(struct raw_bin, "number", number, 1, 99, true),
    ROW_TEXT_OF(struct raw_bin, "class", class, true),
    ROW_TEXT_OF(struct raw_bin, "scale", scale, true),
    ROW_INT_OF(struct raw_bin, "scale_channel", scale_channel, 1, HW_CHANNELS_MAX, false),
    ROW_TEXT_OF(struct raw_bin, "lid", lid, false),
    ROW_INT_OF(struct raw_bin, "lid_channel", lid_channel, 1, HW_CHANNELS_MAX, false),
    ROW_TEXT_OF(struct raw_bin, "level", level, false),
    ROW_INT_OF(struct raw_bin, "level_channel", level_channel, 1, HW_CHANNELS_MAX, false),
    ROW_INT_OF(struct raw_bin, "level_empty_mm", level_empty_mm, 1, 20000, false),
    ROW_INT_OF(struct raw_bin, "level_full_mm", level_full_mm, 0, 20000, false),
    ROW_TEXT_OF(struct raw_bin, "lock", lock, false),
    ROW_INT_OF(struct raw_bin, "lock_channel", lock_channel, 1, HW_CHANNELS_MAX, false),
    ROW_INT_OF(struct raw_bin, "capacity_g", capacity_g, 1000, 5000000, true),
    ROW_INT_OF(struct raw_bin, "tare_g", tare_g, -2000000, 2000000, false),
    ROW_INT_OF(struct raw_bin, "division_g", division_g, 1, 10000, true),
};

/* A lid board has the locks of its lids as well. */
static bool reads(const struct hw_driver *driver, enum reading_kind kind)
{
    return driver->kind == kind || (kind == READING_LOCK && driver->unlock != NULL);
}

static int find_channel(const struct settings_reader *reader, const config_setting_t *at,
                        const struct settings *settings, const char *key, const char *port_name,
                        int channel_number, enum reading_kind kind, struct site_channel *channel)
{
    int port = settings_port(settings, port_name);
    if (port < 0) {
        return settings_fail(reader, at, "%s = \"%s\" is no port of this file", key, port_name);
    }
    const struct bus_settings *bus = settings_bus(settings, port);
    if (bus != NULL && settings_bus_map(bus, kind, channel_number) == NULL) {
        return settings_fail(reader, at,
                             "%s = \"%s\": no device of this bus reads a %s on channel %d", key,
                             port_name, key, channel_number);
    }
    if (bus == NULL && !reads(settings->ports[port].driver, kind)) {
        return settings_fail(reader, at, "%s = \"%s\": protocol %s does not read a %s", key,
                             port_name, settings->ports[port].protocol, key);
    }
    *channel = (struct site_channel){.port = (int8_t)port, .channel = (uint8_t)channel_number};
    return 0;
}

static bool same_channel(const struct site_channel *a, const struct site_channel *b)
{
    return a->port >= 0 && a->port == b->port && a->channel == b->channel;
}

static int check_bin(const struct settings_reader *reader, const config_setting_t *at,
                     const struct site *site, const struct site_bin *bin)
{
    for (int i = 0; i < site->bin_count; i++) {
        const struct site_bin *other = &site->bins[i];
        const struct {
            const char *name;
            const struct site_channel *own, *others;
        } sensors[] = {{"scale", &bin->scale, &other->scale},
                       {"lid", &bin->lid, &other->lid},
                       {"level", &bin->level, &other->level},
                       {"lock", &bin->lock, &other->lock}};
        if (other->number == bin->number) {
            return settings_fail(reader, at, "two bins have the number %d", bin->number);
        }
        for (size_t k = 0; k < sizeof sensors / sizeof sensors[0]; k++) {
            const struct site_channel *own = sensors[k].own;
            if (same_channel(own, sensors[k].others)) {
                return settings_fail(reader, at,
                                     "bins %d and %d are on one %s channel, port \"%s\" channel %d",
                                     other->number, bin->number, sensors[k].name,
                                     site->ports[own->port], own->channel);
            }
        }
    }
    return 0;
}

static int find_level(const struct settings_reader *reader, const config_setting_t *at,
                      const struct settings *settings, const struct raw_bin *raw,
                      struct site_bin *bin)
{
    if (raw->level[0] == '\0') {
        return 0;
    }
    if (raw->level_full_mm >= raw->level_empty_mm) {
        return settings_fail(reader, at, "level_empty_mm = %d must be above level_full_mm = %d",
                             raw->level_empty_mm, raw->level_full_mm);
    }
    bin->level_empty_mm = raw->level_empty_mm;
    bin->level_full_mm = raw->level_full_mm;
    return find_channel(reader, at, settings, "level", raw->level, raw->level_channel,
                        READING_LEVEL, &bin->level);
}

int settings_read_bin(const struct settings_reader *reader, config_setting_t *element,
                      struct settings *settings)
{
    struct raw_bin raw = {
        .scale_channel = 1, .lid_channel = 1, .level_channel = 1, .lock_channel = 1};
    struct site *site = &settings->site;
    if (site->bin_count == SITE_BINS_MAX) {
        return settings_fail(reader, element, "more than %d bins", SITE_BINS_MAX);
    }
    if (settings_read_group(reader, element, "a bin", ROWS(bin_rows), &raw) != 0) {
        return -1;
    }
    struct site_bin bin = {
        .number = (uint8_t)raw.number,
        .class = waste_class_find(raw.class),
        .lid = {.port = -1},
        .level = {.port = -1},
        .lock = {.port = -1},
        .capacity_g = raw.capacity_g,
        .tare_g = raw.tare_g,
        .division_g = raw.division_g,
    };
    if (bin.class == WASTE_NONE) {
        return settings_fail(reader, element,
                             "class \"%s\" is none of recyclable hazardous kitchen residual",
                             raw.class);
    }
    const bool has_lock = raw.lock[0] != '\0';
    const bool has_lid = raw.lid[0] != '\0';
    if (find_channel(reader, element, settings, "scale", raw.scale, raw.scale_channel,
                     READING_WEIGHT, &bin.scale) != 0 ||
        (has_lid && find_channel(reader, element, settings, "lid", raw.lid, raw.lid_channel,
                                 READING_LID, &bin.lid) != 0) ||
        find_level(reader, element, settings, &raw, &bin) != 0 ||
        (has_lock && find_channel(reader, element, settings, "lock", raw.lock, raw.lock_channel,
                                  READING_LOCK, &bin.lock) != 0) ||
        check_bin(reader, element, site, &bin) != 0) {
        return -1;
    }
    site->bins[site->bin_count++] = bin;
    return 0;
}
