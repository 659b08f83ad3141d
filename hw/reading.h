/* The vocabulary that hw/ speaks upward: one decoded value from one channel at one time.
 *
 * Plain values, owned by whoever holds them. This is the only header of hw/ that kiosk/core may
 * include, so it knows no port, no driver and no byte.
 */
#ifndef HW_READING_H
#define HW_READING_H

#include <stdbool.h>
#include <stdint.h>

enum {
    HW_PORTS_MAX = 16,     /* ports and buses of one site */
    HW_CHANNELS_MAX = 8,   /* channels of one port, numbered from 1 */
    HW_PORT_NAME_MAX = 16, /* a port's name in configuration and captures, with its NUL */
    HW_CARD_MAX = 64       /* a card number or a QR text with its NUL, UTF-8 */
};

enum reading_kind {
    READING_WEIGHT, /* grams */
    READING_LID,    /* open or closed */
    READING_LEVEL,  /* distance from a level sensor to the contents, mm */
    READING_CARD,   /* a card or QR code was held to a reader */
    READING_LOCK    /* a lock opened (value_open) or did not */
};

/* A missing, moving, over- or under-range value is never turned into 0: only OK and MOVING with
 * `has_value` carry a weight. */
enum reading_status {
    READING_OK,        /* a valid value: the device says stable, or its format has no such flag */
    READING_MOVING,    /* a valid value, but the device says that it is still moving */
    READING_OVERLOAD,  /* the device's flag decides, never its digits */
    READING_UNDERLOAD, /* likewise */
    READING_BUSY,      /* the device answered that it cannot answer now */
    READING_ERROR      /* the device reports a fault of its own (for a lid: sensor fault) */
};

typedef struct reading_t {
    int64_t t_ms;           /* monotonic, ms: when the last byte of the frame arrived */
    int32_t grams;          /* READING_WEIGHT with has_value; sign kept */
    int32_t level_mm;       /* READING_LEVEL with has_value */
    int32_t level_mm;       /* READING_LEVEL with has_value */
    uint8_t port;           /* index in the site's port table */
    uint8_t channel;        /* from 1 */
    uint8_t kind;           /* enum reading_kind */
    uint8_t status;         /* enum reading_status */
    bool has_value;         /* grams (weight) or lid_open (lid) may be used */
    bool lid_open;          /* READING_LID and READING_LOCK with has_value */
    char card[HW_CARD_MAX]; /* READING_CARD with has_value */
} reading_t;

#endif
