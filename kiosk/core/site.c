#include "kiosk/core/site.h"

#include <string.h>

void site_defaults(struct site *site)
{
    /* Names: 浙江省生活垃圾管理条例. Colours: screen equivalents of the PMS values of the city
     * guides (647C, 485C, 2259C, Black 7C), darkened where white text needs the contrast. */
    static const struct site defaults = {
        .id = "site",
        .classes =
            {
                [WASTE_RECYCLABLE] = {"可回收物", "Recyclable", 0x1F5F98},
                [WASTE_HAZARDOUS] = {"有害垃圾", "Hazardous", 0xCF2A1E},
                [WASTE_KITCHEN] = {"易腐垃圾", "厨余 · Kitchen waste", 0x0C7B43},
                [WASTE_RESIDUAL] = {"其他垃圾", "Residual", 0x3D3935},
            },
        .timing =
            {
                .visit_idle_ms = 10000,
                .reading_age_ms = 2000,
                .level_age_ms = 10000,
                .settle_ms = 1000,
                .settle_limit_ms = 8000,
                .lid_left_open_ms = 8000,
                .service_idle_ms = 60000,
                .undo_ms = 10000,
                .min_deposit_g = 20,
                .near_full_permille = 800,
                .full_permille = 950,
                .sample_least = 30,
            },
    };
    *site = defaults;
}
