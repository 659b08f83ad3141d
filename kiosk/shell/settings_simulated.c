#include "assets/assets.h"
#include "kiosk/shell/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int settings_read_simulated(struct settings *settings, char error[SETTINGS_ERROR_MAX])
{
    char *text = malloc(asset_simulated_site_size + 1);
    if (text == NULL) {
        snprintf(error, SETTINGS_ERROR_MAX, "the simulated site: no memory");
        return -1;
    }
    memcpy(text, asset_simulated_site, asset_simulated_site_size);
    text[asset_simulated_site_size] = '\0';
    int result = settings_read_text(text, "simulated.cfg", settings, error);
    free(text);
    return result;
}
