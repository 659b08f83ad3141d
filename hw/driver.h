/* What a device family has to offer to be a driver: one row of the table in drivers.c.
 *
 * A driver turns bytes into values, a frame at a time. It is a pure function: it owns nothing,
 * keeps nothing between calls, and sees no file descriptor, clock or other driver. Any thread may
 * call it.
 */
#ifndef HW_DRIVER_H
#define HW_DRIVER_H

#include "hw/reading.h"

#include <stddef.h>
#include <string.h>

enum {
    HW_FRAME_MAX = 64,               /* the longest frame of any driver, bytes */
    HW_VALUES_MAX = 8,               /* the most values one frame can carry */
    HW_UNIT_MAX = 8,                 /* a unit's text with its NUL */
    HW_DECIMALS_MAX = 9,             /* digits after the point */
    HW_VALUE_TEXT_MAX = HW_CARD_MAX, /* a value's text with its NUL */
    HW_REQUEST_MAX = 32,             /* the longest request a polled driver sends, bytes */
    HW_LINE_TEXT_MAX = 16            /* "115200/8n1" with its NUL */
};

#define HW_UNIT_BITS "bits" /* of lids, and of locks that a device tells all at once */

/* Settings of one port that change how its bytes are read. */
struct hw_options {
    bool mask7;             /* clear bit 8 of every byte first: a 7-bit line read as 8n1 */
    bool checksum;          /* verify the check of formats that have one; off only to look at a
                               device whose check is not understood */
    char unit[HW_UNIT_MAX]; /* unit of formats that send none: "g" "kg" "t" "jin"; "" = not set */
    char address;           /* of polled devices that have one; 0 = the protocol's usual one */
    bool open_is_set;  /* of lock boards that only tell how a contact stands: it closes when the
                          lock opens, not when it locks */
    bool has_decimals; /* `decimals` replaces what formats without a point leave open */
    uint8_t decimals;  /* 0 to 5 */
};

/* What a scale can be told to do; recorded in the ledger by who tells it. */
enum hw_command { HW_COMMAND_ZERO, HW_COMMAND_TARE, HW_COMMAND_CLEAR_TARE };

enum frame_verdict {
    FRAME_WAIT,  /* a frame may have begun: more bytes are needed */
    FRAME_OK,    /* the first `length` bytes are one whole frame */
    FRAME_SKIP,  /* the first `length` bytes are what may stand between frames (a line end): drop
                    them, count nothing */
    FRAME_REJECT /* the first `length` bytes (at least 1) can belong to no frame: drop them */
};

/* Why bytes were dropped; counted per port. X(NAME, "text id") */
#define REJECT_REASONS(X)                                                                          \
    X(REJECT_NOISE, "noise")       /* not the beginning of a frame */                              \
    X(REJECT_LAYOUT, "layout")     /* began like a frame, then a byte that cannot stand there */   \
    X(REJECT_CHECKSUM, "checksum") /* whole, but its check does not fit */                         \
    X(REJECT_LENGTH, "length")     /* grew past the longest frame without an end */                \
    X(REJECT_VALUE, "value")       /* well-formed, but no value or one outside int32 grams */

enum reject_reason {
#define X(name, text) name,
    REJECT_REASONS(X)
#undef X
        REJECT_REASON_COUNT
};
_Static_assert((int)REJECT_REASON_COUNT == (int)HW_REJECT_REASONS, "reading.h counts them too");

struct frame_result {
    enum frame_verdict verdict;
    enum reject_reason reason; /* for FRAME_REJECT */
    uint32_t length;           /* for FRAME_OK, FRAME_SKIP and FRAME_REJECT: how many bytes are done
                                  with; for FRAME_WAIT: with fewer than this many bytes the answer
                                  stays FRAME_WAIT, so that nobody need ask; 0 = ask again */
    uint32_t values;           /* for FRAME_OK: how many were written, 0 where the frame carries
                                  none (a host's own command, a keep-alive) */
};

/* One value as the device displayed it: sign, digits and decimals are kept, so that nothing is lost
 * on the way to a screen or to `biaogan decode`. */
struct hw_value {
    enum reading_kind kind;
    enum reading_status status;
    uint8_t channel;        /* from 1 */
    bool has_digits;        /* weight: `digits`, `decimals`, `negative` are set */
    bool negative;          /* "-0.00" keeps its sign */
    uint8_t decimals;       /* digits after the point, 0 to 9 */
    uint64_t digits;        /* all digits as one integer, without sign and point; at most 10^15 */
    char unit[HW_UNIT_MAX]; /* as sent ("kg", "g", "%"), NUL to its end; "" where the format sends
                               none */
    bool tare;              /* the stored tare, not what lies on the scale: shown, but no reading */
    bool lid_open;          /* lid, lock */
    char text[HW_CARD_MAX]; /* card: its number or text; status error or busy: the device's code */
};

/* A value with nothing in it yet. Unlike `= {...}` it leaves alone what lies behind the NUL of
 * `text`: that would be most of the work of a frame. */
static inline void hw_value_begin(struct hw_value *value, enum reading_kind kind)
{
    value->kind = kind;
    value->status = READING_OK;
    value->channel = 1;
    value->has_digits = false;
    value->negative = false;
    value->decimals = 0;
    value->digits = 0;
    memset(value->unit, 0, sizeof value->unit);
    value->tare = false;
    value->lid_open = false;
    value->text[0] = '\0';
}

typedef struct frame_result hw_frame_reader(const struct hw_options *options, const uint8_t *bytes,
                                            size_t count, struct hw_value values[HW_VALUES_MAX]);

struct hw_driver {
    const char *name;       /* in configuration, captures and `biaogan decode` */
    enum reading_kind kind; /* what it reads */
    const char *line;       /* usual line settings, "9600/8n1" */
    bool polled;            /* poll() must be sent before the device speaks */
    uint16_t poll_ms;       /* for polled drivers: how often, ms */
    bool whole_lines;      /* text without a check and without a word at its beginning: after a line
                              that is too long, the rest of it is dropped too, because the tail of a
                              number is a number */
    bool checksum_default; /* value of hw_options.checksum where the port does not say */
    uint8_t equal_frames; /* port_config.equal_frames where the site does not say: 2 for weights and
                             levels whose check is weak (an XOR, a sum of 7 or 8 bits) or missing,
                             so that no damage of one frame becomes a value; 1 under a CRC, and for
                             what speaks only once: lids, locks, cards */
    const char *summary;  /* one line for people: maker, models */

    /* Looks at the beginning of `bytes` (count >= 1, already masked where the port says so) and
     * writes the values of the frame that stands there; what it leaves in `values` without FRAME_OK
     * means nothing. Never reads past `count`; answers FRAME_WAIT only while count < HW_FRAME_MAX.
     */
    hw_frame_reader *frame;

    /* NULL where every frame shows its own end. For formats where only what follows shows it: the
     * same of bytes for which frame() waits, if nothing follows. FRAME_OK then takes all of them;
     * anything else means that they are no frame. */
    hw_frame_reader *last_frame;

    /* NULL for streaming devices. Writes the next request, returns its length. */
    size_t (*poll)(const struct hw_options *options, uint8_t request[HW_REQUEST_MAX]);

    /* NULL where the device takes none. Writes the request for `command`, returns its length; 0
     * where this device does not know that command. */
    size_t (*command)(const struct hw_options *options, enum hw_command command,
                      uint8_t request[HW_REQUEST_MAX]);

    /* NULL where the device has no locks. Writes the request to open the lock of `channel`, from 1;
     * returns its length. */
    size_t (*unlock)(const struct hw_options *options, uint8_t channel,
                     uint8_t request[HW_REQUEST_MAX]);
};

/* The table: `hw_drivers[0 .. hw_driver_count-1]`, sorted by kind and name. */
extern const struct hw_driver *const hw_drivers[];
extern const size_t hw_driver_count;

/* NULL where no driver has that name. */
const struct hw_driver *hw_driver_find(const char *name);

/* Text id of a reject reason and of a reading status ("ok", "unstable", "overload", "underload",
 * "busy", "error": the words of `biaogan decode`). */
const char *hw_reject_text(enum reject_reason reason);
const char *hw_status_text(enum reading_status status);

/* A unit of the table, whose lookup can be kept from frame to frame. */
struct hw_unit {
    const char *name;
    uint32_t factor;                     /* grams or millimetres, the whole part */
    uint32_t billionths;                 /* and what is behind its point */
    uint32_t steps[HW_DECIMALS_MAX + 1]; /* the last digit's factor with that many decimals, 0 where
                                            it is no whole number */
};

/* NULL where `name` is no unit of weight (case ignored). Those that are: "g" "kg" "t" "mg", "jin"
 * (500 g), "lb" (453.59237 g), "oz" (28.349523125 g), "ozt" "dwt" "gn" of troy weight, "ct" (0.2
 * g): each is exact. "tl" differs from place to place; "pcs" and "%" weigh nothing. */
const struct hw_unit *hw_weight_unit(const char *name);

/* NULL where `name` is no unit of distance ("mm" "cm" "m"). */
const struct hw_unit *hw_distance_unit(const char *name);

/* The value in grams or millimetres as below; false also where `unit` is NULL. */
bool hw_value_in(const struct hw_value *value, const struct hw_unit *unit, int32_t *result);

extern const uint32_t hw_power_of_ten[HW_DECIMALS_MAX + 1];

/* The same, which is asked for with every frame: nearly always one product, and a division for
 * tenths of a gram. */
static inline bool hw_value_quickly_in(const struct hw_value *value, const struct hw_unit *unit,
                                       int32_t *result)
{
    if (value->has_digits && unit && value->decimals <= HW_DECIMALS_MAX &&
        value->digits <= INT32_MAX && unit->billionths == 0) {
        uint64_t total = value->digits * unit->steps[value->decimals];
        if (unit->steps[value->decimals] == 0) {
            const uint32_t scale = hw_power_of_ten[value->decimals];
            total = (value->digits * unit->factor + scale / 2) / scale;
        }
        if (total <= INT32_MAX) {
            *result = value->negative ? -(int32_t)total : (int32_t)total;
            return true;
        }
    }
    return hw_value_in(value, unit, result);
}

/* Grams of a displayed weight in `unit` (as hw_weight_unit() has them), rounded half away from
 * zero. False where the unit is no weight or the result does not fit int32_t. */
bool hw_value_to_grams(const struct hw_value *value, const char *unit, int32_t *grams);

/* Millimetres of a distance in `unit` ("mm" "cm" "m"), in the same way. */
bool hw_value_to_mm(const struct hw_value *value, const char *unit, int32_t *mm);

/* One character of a row, a channel each: "1" open, "0" closed, "?" fault. Lids are, and locks with
 * the unit HW_UNIT_BITS; a code for the whole device is not. */
bool hw_value_is_bit(const struct hw_value *value);

/* The value as displayed ("-0.200", a card's number, a bit, lock: "opened" or "closed"; "" without
 * digits), NUL-terminated; `size` at least HW_VALUE_TEXT_MAX. */
void hw_value_text(const struct hw_value *value, char *text, size_t size);

#endif
