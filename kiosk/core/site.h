/* One sorting point as configured: immutable while the program runs.
 *
 * The shell fills it from the site file and keeps it; everyone else borrows it const.
 */
#ifndef KIOSK_CORE_SITE_H
#define KIOSK_CORE_SITE_H

#include "hw/reading.h"
#include "kiosk/core/items.h"

enum { SITE_BINS_MAX = 8, SITE_TEXT_MAX = 96, SITE_ID_MAX = 24 };

/* A channel of a port; port -1 where the bin has no such sensor. */
struct site_channel {
    int8_t port;     /* index in site.ports, or -1 */
    uint8_t channel; /* from 1 */
};

struct site_bin {
    uint8_t number; /* painted on the bin, from 1 */
    enum waste_class class;
    struct site_channel scale;
    struct site_channel lid;
    struct site_channel level;
    struct site_channel lock; /* of its lid; channel 0 where it has none */
    int32_t capacity_g;       /* contents that count as full */
    int32_t tare_g;           /* what the scale shows with an empty bin on it */
    int32_t division_g;       /* the scale's division */
    /* What the level sensor shows with the bin empty and full; empty is farther away. */
    int32_t level_empty_mm, level_full_mm;
};

struct site_class {
    char label[SITE_TEXT_MAX]; /* 易腐垃圾 */
    char note[SITE_TEXT_MAX];  /* second line: 厨余 · Kitchen waste */
    uint32_t rgb;              /* legal colour, 0xRRGGBB */
};

/* Periods in ms, weights in g. Defaults in site_defaults(). */
struct site_timing {
    int32_t visit_idle_ms;      /* a visit ends so long after its last event */
    int32_t reading_age_ms;     /* an older reading is no reading */
    int32_t level_age_ms;       /* the same for a level: it changes slowly, and is read seldom */
    int32_t settle_ms;          /* the window whose spread is tested */
    int32_t settle_limit_ms;    /* after the lid closed: give up waiting for a settled weight */
    int32_t lid_left_open_ms;   /* a gain that rests so long under an open lid is a deposit */
    int32_t service_idle_ms;    /* the fill board closes by itself */
    int32_t undo_ms;            /* so long after the receipt its deposit may be taken back */
    int32_t min_deposit_g;      /* smaller gains are no deposit, but for the division that they may
                                   be weighed too light (never below 3 divisions) */
    int32_t near_full_permille; /* 将满 */
    int32_t full_permille;      /* 已满 */
    int32_t sample_least;       /* fewer inspected bags read 样本不足 */
};

struct site {
    char id[SITE_ID_MAX];
    char name[SITE_TEXT_MAX];  /* 路桥区机关事务中心 */
    char point[SITE_TEXT_MAX]; /* 1 号点位 */
    char hours[SITE_TEXT_MAX]; /* 06:30–09:00 · 16:30–19:00, or "" */
    struct site_class classes[WASTE_CLASS_COUNT];
    struct site_bin bins[SITE_BINS_MAX];
    uint8_t bin_count;
    char ports[HW_PORTS_MAX][HW_PORT_NAME_MAX];
    char protocols[HW_PORTS_MAX][SITE_ID_MAX]; /* of the ports, for the technician's eyes */
    uint16_t zeroes[HW_PORTS_MAX], tares[HW_PORTS_MAX]; /* what the scales behind them can be told;
                                                           bit = channel */
    uint8_t port_count;
    struct site_timing timing;
    const struct items *items; /* borrowed; NULL: nothing can be looked up */
    bool has_cleaner_pin;
};

/* Whether the scale of a bin takes that command. */
static inline bool site_scale_can(const struct site *site, const struct site_bin *bin, bool is_tare)
{
    const int port = bin->scale.port;
    const unsigned channels = port < 0 ? 0U : is_tare ? site->tares[port] : site->zeroes[port];
    return (channels >> bin->scale.channel & 1U) != 0;
}

/* A site without ports and bins, with the legal classes and all timings set. */
void site_defaults(struct site *site);

#endif
