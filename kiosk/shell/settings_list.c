#include "kiosk/shell/settings_list.h"

#include "assets/assets.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libconfig.h>

ASSET(simulated_site);

struct listing {
    struct ledger_setting *list;
    int count;
};

static bool is_secret(const char *name)
{
    return strstr(name, "pin") != NULL || strstr(name, "password") != NULL;
}

static void format_value(const config_setting_t *setting, char value[EVENT_LINE_MAX])
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        snprintf(value, EVENT_LINE_MAX, "%" PRId64, (int64_t)config_setting_get_int64(setting));
        break;
    case CONFIG_TYPE_BOOL:
        snprintf(value, EVENT_LINE_MAX, "%s", config_setting_get_bool(setting) ? "true" : "false");
        break;
    case CONFIG_TYPE_STRING:
        snprintf(value, EVENT_LINE_MAX, "%s", config_setting_get_string(setting));
        break;
    default:
        snprintf(value, EVENT_LINE_MAX, "%.17g", config_setting_get_float(setting));
        break;
    }
    for (char *at = value; *at != '\0'; at++) {
        *at = *at == '\n' ? ' ' : *at;
    }
}

static void list_setting(struct listing *listing, const config_setting_t *setting,
                         const char *prefix)
{
    const bool has_parts = config_setting_is_aggregate(setting) == CONFIG_TRUE;
    if (!has_parts && listing->count < LEDGER_SETTINGS_MAX) {
        struct ledger_setting *entry = &listing->list[listing->count++];
        snprintf(entry->name, sizeof entry->name, "%s", prefix);
        entry->is_secret = is_secret(entry->name);
        format_value(setting, entry->value);
    }
    for (int i = 0; has_parts && i < config_setting_length(setting); i++) {
        char name[2 * EVENT_TEXT_MAX];
        const config_setting_t *part = config_setting_get_elem(setting, (unsigned)i);
        if (config_setting_name(part) != NULL) {
            snprintf(name, sizeof name, "%.40s%s%.40s", prefix, *prefix != '\0' ? "." : "",
                     config_setting_name(part));
        } else {
            snprintf(name, sizeof name, "%.40s[%d]", prefix, i);
        }
        list_setting(listing, part, name);
    }
}

static bool read_simulated(config_t *config)
{
    char *text = malloc(asset_simulated_site_size + 1);
    if (text == NULL) {
        return false;
    }
    memcpy(text, asset_simulated_site, asset_simulated_site_size);
    text[asset_simulated_site_size] = '\0';
    bool read = config_read_string(config, text) == CONFIG_TRUE;
    free(text);
    return read;
}

int settings_list_read(const char *path, struct ledger_setting list[LEDGER_SETTINGS_MAX])
{
    struct listing listing = {.list = list};
    config_t config;
    config_init(&config);
    bool read =
        path == NULL ? read_simulated(&config) : config_read_file(&config, path) == CONFIG_TRUE;
    if (read) {
        list_setting(&listing, config_root_setting(&config), "");
    }
    config_destroy(&config);
    return read ? listing.count : -1;
}
