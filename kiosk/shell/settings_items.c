#include "assets/items.h"
#include "kiosk/shell/items_file.h"
#include "kiosk/shell/settings.h"

#include <stdlib.h>

_Static_assert((int)ITEMS_FILE_ERROR_MAX <= (int)SETTINGS_ERROR_MAX, "its messages fit");

int settings_load_items(struct settings *settings, char error[SETTINGS_ERROR_MAX])
{
    settings->site.items = &items_builtin;
    if (settings->items[0] == '\0') {
        return 0;
    }
    settings->items_file = items_file_open(settings->items, error);
    if (settings->items_file == NULL) {
        return -1;
    }
    settings->site.items = items_file_items(settings->items_file);
    return 0;
}

void settings_free(struct settings *settings)
{
    if (settings != NULL) {
        items_file_close(settings->items_file);
        free(settings);
    }
}
