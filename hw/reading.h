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
    uint8_t port;           /* index in the site's port table */
    uint8_t channel;        /* from 1 */
    uint8_t kind;           /* enum reading_kind */
    uint8_t status;         /* enum reading_status */
    bool has_value;         /* grams (weight) or lid_open (lid) may be used */
    bool lid_open;          /* READING_LID and READING_LOCK with has_value */
    char card[HW_CARD_MAX]; /* READING_CARD with has_value */
} reading_t;

/* What is known of a port; the words of the service screen, the log and the ledger.
 * X(NAME, "text id") */
#define PORT_STATES(X)                                                                             \
    X(PORT_ABSENT, "absent")     /* no such device, or it may not be opened */                     \
    X(PORT_OPENING, "opening")   /* being opened */                                                \
    X(PORT_CHECKING, "checking") /* open; its frames have not proved its role yet */               \
    X(PORT_TRUSTED, "trusted")   /* its readings are used */                                       \
    X(PORT_SILENT, "silent")     /* open and once trusted, but it says nothing */                  \
    X(PORT_LOST, "lost")         /* it went away and is tried again */

#define PORT_FAULTS(X)                                                                             \
    X(PORT_FAULT_NONE, "")                                                                         \
    X(PORT_FAULT_ABSENT, "absent")             /* no such device */                                \
    X(PORT_FAULT_UNOPENABLE, "unopenable")     /* permission, or another program has it */         \
    X(PORT_FAULT_LOST, "lost")                 /* it went away */                                  \
    X(PORT_FAULT_SILENT, "silent")             /* not one whole frame for a while */               \
    X(PORT_FAULT_FRAMES, "frame_errors")       /* once good, now bytes without whole frames */     \
    X(PORT_FAULT_WRONG_DEVICE, "wrong_device") /* it speaks, but not this port's protocol, or the  \
                                                  adapter of another port is in its socket */      \
    X(PORT_FAULT_DUPLICATE, "duplicate")       /* two ports of the configuration are one device */ \
    X(PORT_FAULT_UNIT, "wrong_unit")           /* what it shows is no weight: pieces, percent, or  \
                                                  no unit, and the configuration names none */

#define X(name, text) name,
enum port_state { PORT_STATES(X) PORT_STATE_COUNT };
enum port_fault { PORT_FAULTS(X) PORT_FAULT_COUNT };
#undef X

enum { HW_REJECT_REASONS = 5 }; /* as many as driver.h has */

/* Told when something changed, and once a second while somebody looks. */
typedef struct port_status_t {
    int64_t last_frame_ms;               /* monotonic; INT64_MIN before the first */
    uint64_t frames;                     /* whole frames since the start */
    uint64_t rejects[HW_REJECT_REASONS]; /* by reason, in the order of driver.h */
    uint32_t disconnects;                /* since the start */
    uint16_t disconnects_in_hour;
    uint8_t port;  /* index in the site's port table */
    uint8_t state; /* enum port_state */
    uint8_t fault; /* enum port_fault */
} port_status_t;

#endif
