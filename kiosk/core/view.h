/* What the screens may see of the kiosk, and nothing else: a value, made anew for each frame.
 *
 * Everything a screen shows is here, ready to print; a screen decides no rule. Strings are borrowed
 * from the site and its dictionary and live as long as the program.
 */
#ifndef KIOSK_CORE_VIEW_H
#define KIOSK_CORE_VIEW_H

#include "kiosk/core/figures.h"

enum { VIEW_STATEMENT_MAX = 512 };

enum view_screen {
    SCREEN_CHOOSE,  /* idle is the first step: which class? */
    SCREEN_SEARCH,  /* what is it, and where does it go? */
    SCREEN_GUIDE,   /* chosen: which bin, open its lid, live weight */
    SCREEN_WRONG,   /* a lid of another class is open */
    SCREEN_RECEIPT, /* weight, outcome, whether recorded; asks where nothing was chosen */
    SCREEN_KEYPAD,  /* PIN of the service screens */
    SCREEN_FILL,    /* the cleaner's board */
    SCREEN_COLLECT, /* one bin is being handed over */
    SCREEN_DEVICES, /* the technician's board */
    SCREEN_INSPECT, /* an inspection is entered */
    SCREEN_COUNT
};

enum view_step {
    STEP_OPEN_LID, /* chosen, waiting for the lid */
    STEP_DROP,     /* the lid is open */
    STEP_WEIGHING  /* closed, the weight is settling */
};

/* State of a sensor; all but OK, NONE and WAITING are faults with a name. */
enum sensor_state {
    SENSOR_OK,
    SENSOR_NONE,     /* not configured */
    SENSOR_WAITING,  /* nothing heard yet just after the start: no fault, say nothing of it */
    SENSOR_SILENT,   /* the last reading is older than its limit */
    SENSOR_LOST,     /* the port is gone */
    SENSOR_OVERLOAD, /* over or under its range */
    SENSOR_ERROR,    /* the device reports a fault */
    SENSOR_FROZEN    /* it repeats one value, whatever happens to it */
};

enum fill_level { FILL_UNKNOWN, FILL_ROOM, FILL_NEAR_FULL, FILL_FULL };

struct view_bin {
    uint8_t number;
    enum waste_class class;
    enum sensor_state scale, lid;
    bool has_grams;   /* a reading within its age limit */
    int32_t grams;    /* contents: reading minus tare; may be a little below 0 */
    bool has_level;   /* a reading of the level sensor within its own age limit */
    int32_t level_mm; /* from that sensor down to the contents */
    bool has_fill;    /* permille may be shown: by weight, by level or by both */
    int32_t permille; /* how full, 0..1000: the larger of weight and level */
    int64_t age_ms;   /* since the last reading; -1 where there was none */
    enum fill_level level;
    bool lid_open;
    bool in_service; /* being handed over */
};

/* What one page of the search shows. */
enum { SEARCH_PAGE_GROUP = ITEM_PAGE_MAX, SEARCH_PAGE_LETTERS = 5 };

struct view_search {
    enum item_group group; /* ITEM_GROUP_NONE: by letters */
    char letters[ITEM_LETTERS_MAX + 1];
    int total, page, page_count; /* page_count 0: nothing is asked for, or nothing found */
    int count;                   /* on this page */
    struct {
        int index; /* argument of INTENT_ITEM */
        const struct item *item;
    } found[ITEM_PAGE_MAX];
};

struct view_receipt {
    uint8_t bin; /* index in bins */
    enum waste_class bin_class, chosen, declared_after;
    enum outcome outcome;
    enum weight_quality quality;
    int32_t weight_g; /* quality other than none */
    bool recorded;    /* the ledger has acknowledged it: 已记录 */
    int64_t seq;      /* its number, once recorded */
    civil_t at;
    bool asking; /* undeclared and not yet answered */
    bool undone; /* taken back */
    int undo_s;  /* it may be taken back so long still; 0: it may not */
};

/* Figures of the ledger; nothing that is not recorded is in them. */
struct view_figures {
    int64_t today_deposits;
    int64_t today_grams;
    int64_t week_deposits;   /* denominator of 操作一致率: every deposit of the week */
    int64_t week_consistent; /* numerator: consistent and corrected */
};

enum keypad_state { KEYPAD_ENTRY, KEYPAD_CHECKING, KEYPAD_WRONG, KEYPAD_LOCKED };

enum collect_step {
    COLLECT_SETTLING, /* waiting for a settled weight to begin with */
    COLLECT_SWAP,     /* take the full bin, put an empty one, close the lid, press done */
    COLLECT_WEIGHING, /* done pressed: waiting for a settled weight */
    COLLECT_DONE      /* recorded */
};

enum inspect_step {
    INSPECT_BIN,     /* which bin? */
    INSPECT_CHECKED, /* how many bags were looked at? */
    INSPECT_WRONG,   /* how many of them were wrong? */
    INSPECT_CONFIRM, /* what was wrong; confirm */
    INSPECT_DONE     /* recorded */
};

struct view_inspect {
    enum inspect_step step;
    int bin; /* index; not of INSPECT_BIN */
    int32_t checked, wrong;
    int32_t things; /* 1 << enum wrong_thing, together */
    bool recorded;  /* INSPECT_DONE: the ledger has acknowledged it */
    int64_t week_inspections;
    struct figure_accuracy week; /* 督导抽检准确率 of this week */
};

/* One port of the site. */
struct view_device {
    const char *name, *protocol; /* borrowed from the site */
    enum port_state state;
    enum port_fault fault;
    int64_t age_ms; /* since the last whole frame; -1 where there was none */
    uint64_t frames, rejects;
    int disconnects_in_hour;
    uint8_t bins; /* how many bins have a sensor on it; the first is named */
    uint8_t first_bin;
    bool weighs;             /* a scale: grams with has_grams */
    enum sensor_state scale; /* of the first of its scales that is not well; else OK or WAITING */
    bool has_grams;
    int32_t grams;
    bool has_noise; /* learnt at rest, of the first of its scales (learn.h) */
    int32_t division_g, noise_mg, settle_ms;
    char lids[HW_CHANNELS_MAX + 1]; /* a lid board: O open, C closed by channel, - never heard */
};

/* "Open the lid of bin 2": what moved? */
enum wiring_result {
    WIRING_OFF,     /* nothing is asked */
    WIRING_WAITING, /* open it now */
    WIRING_RIGHT,   /* the channel of the site file moved */
    WIRING_OTHER,   /* another one did */
    WIRING_NOTHING  /* nothing moved in time */
};

/* Zero and tare: which scale, which of them, really? */
enum order_step {
    ORDER_OFF,
    ORDER_PICK,    /* which bin's scale? */
    ORDER_BIN,     /* zero or tare? */
    ORDER_CONFIRM, /* really? */
    ORDER_WAITING, /* sent; until the weight stands still */
    ORDER_DONE,    /* it shows about 0 */
    ORDER_SAME,    /* it shows something else */
    ORDER_SILENT   /* it says nothing that stands still */
};

struct view_order {
    bool is_offered; /* some scale can be told to */
    enum order_step step;
    bool is_tare;
    int bin;            /* index */
    bool zeroes, tares; /* what this bin's scale can */
    bool has_grams;
    int32_t grams; /* what it shows; DONE and SAME: what it showed when it stood still */
};

struct view_wiring {
    enum wiring_result result;
    int bin;          /* index: whose lid is asked for */
    int wait_s;       /* WAITING: so long still */
    const char *port; /* RIGHT, OTHER: what moved; borrowed from the site */
    int channel;
    int other_bin; /* OTHER: index of the bin that has it in the site file, or -1 */
};

struct view {
    const struct site *site;
    enum view_screen screen;
    bool has_clock;
    civil_t now;

    int bin_count;
    struct view_bin bins[SITE_BINS_MAX];

    /* SCREEN_GUIDE: WASTE_NONE where a lid opened and nothing was chosen, another class than the
     * bin's where a bag fell in the wrong bin; target_bin is that lid's bin then. */
    enum waste_class chosen;
    int target_bin;          /* index of the bin to use, or -1 */
    const struct item *item; /* the thing that was looked up, NULL where a class was chosen */
    enum view_step step;
    bool has_live;  /* live_g may be shown */
    int32_t live_g; /* gain since the lid opened, at least 0; 0 until it opens */
    int wrong_bin;  /* SCREEN_WRONG: index of the lid to close */

    struct view_search search;

    struct view_receipt receipt;
    int32_t visit_deposits;
    int32_t visit_grams;
    bool unknown_card; /* the card just held is nobody's; the visit goes on */
    int countdown_s;   /* until the visit ends by itself; 0 = no visit */

    struct view_figures figures;

    enum keypad_state keypad;
    int keypad_digits; /* how many are entered */
    int keypad_wait_s; /* KEYPAD_LOCKED */

    int collect_bin; /* index */
    enum collect_step collect;
    int32_t collect_before_g, collect_after_g; /* COLLECT_SWAP on: before; COLLECT_DONE: both */
    bool collect_weighed;                      /* false: the scale could not weigh it */
    bool collect_less;                         /* COLLECT_DONE: weight did go */
    bool collect_recorded;                     /* COLLECT_DONE: the ledger has acknowledged it */

    struct view_inspect inspect; /* SCREEN_INSPECT */

    int device_count; /* SCREEN_DEVICES */
    struct view_device devices[HW_PORTS_MAX];
    struct view_wiring wiring;
    struct view_order order;
    char fingerprint[EVENT_TEXT_MAX]; /* SCREEN_DEVICES: of the key that signs the ledger */

    /* COLLECT_DONE and recorded: what a photo of the screen shall keep; "" where nothing is signed
     * yet. */
    char statement[VIEW_STATEMENT_MAX];

    enum store_state store;
    bool store_low; /* room runs out; for those who can do something about it */
    int unrecorded; /* events that wait for storage */
};

#endif
