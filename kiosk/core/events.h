/* What goes into the core, what it decides, and what it asks the shell to do. Values only.
 *
 * Inputs are everything that happens. Events are what the ledger keeps, and what kiosk_apply()
 * folds, on start as well as live. Effects are what the shell performs.
 */
#ifndef KIOSK_CORE_EVENTS_H
#define KIOSK_CORE_EVENTS_H

#include "kiosk/core/site.h"

enum {
    PIN_DIGITS_MAX = 8,
    EFFECTS_MAX = 64, /* the most effects of one step */
    BOOT_ID_MAX = 40, /* a boot's id with its NUL */
    EVENT_TEXT_MAX = 48,
    SUBJECT_MAX = 24,                /* 20 hexadecimal digits with their NUL */
    EVENT_LINE_MAX = 200,            /* a longer text, with its NUL */
    EVENT_HASH_MAX = 2 * 32 + 1,     /* a SHA-256 or a public key in hexadecimal digits */
    EVENT_SIGNATURE_MAX = 2 * 64 + 1 /* an Ed25519 signature likewise */
};

/* ---- events: one row of the ledger each ------------------------------------------------------ */

/* X(NAME, "text id", body member) */
#define EVENT_KINDS(X)                                                                             \
    X(EVENT_START, "start", start)                /* the program began */                          \
    X(EVENT_STOP, "stop", stop)                   /* the program ended in good order */            \
    X(EVENT_CLOCK, "clock", clock)                /* the wall clock was set or changed quality */  \
    X(EVENT_OPENING, "opening", opening)          /* a lid opened */                               \
    X(EVENT_CLOSING, "closing", closing)          /* an opening ended without a deposit */         \
    X(EVENT_DEPOSIT, "deposit", deposit)          /* an opening ended with one */                  \
    X(EVENT_DECLARED, "declared", declared)       /* the answer of a person asked afterwards */    \
    X(EVENT_VISIT, "visit", visit)                /* a visit ended */                              \
    X(EVENT_COLLECTION, "collection", collection) /* a full bin was handed over */                 \
    X(EVENT_ADJUSTMENT, "adjustment", adjustment) /* weight came or went with no lid open */       \
    X(EVENT_DEVICE_LOST, "device_lost", device)   /* a port or sensor went silent or away */       \
    X(EVENT_DEVICE_BACK, "device_back", device)   /* it speaks again */                            \
    X(EVENT_LOGIN, "login", login)          /* somebody tried to enter the service screens */      \
    X(EVENT_OVERLOAD, "overload", overload) /* a scale left its range, or is back in it */         \
    X(EVENT_FROZEN, "frozen", frozen)       /* a scale repeats one value, or lives again */        \
    X(EVENT_ZERO, "zero", scale_order)      /* a scale was told to set its zero */                 \
    X(EVENT_TARE, "tare", scale_order)      /* a scale was told to tare */                         \
    X(EVENT_UNDONE, "undone", undone)       /* a deposit is taken back */                          \
    X(EVENT_ADDITION, "addition", addition) /* more of a deposit came to rest after its row */     \
    X(EVENT_INSPECTION, "inspection", inspection) /* somebody looked into bags */                  \
    X(EVENT_CHECKPOINT, "checkpoint", checkpoint) /* the rows so far, signed */                    \
    X(EVENT_KEY, "key", key)                   /* the signing key is another one from here on */   \
    X(EVENT_SETTINGS, "settings", settings)    /* a setting is another one than before */          \
    X(EVENT_EXPORT, "export", export)          /* records were given away */                       \
    X(EVENT_STORAGE, "storage", storage)       /* room for the ledger ran low, out, or is back */  \
    X(EVENT_SET_ASIDE, "set_aside", set_aside) /* the ledger before this one was damaged */        \
    X(EVENT_PURGE, "purge", purge)             /* the oldest rows were taken out */                \
    X(EVENT_CALIBRATION, "calibration", calibration) /* a scale was held against a known weight */ \
    X(EVENT_IDENTIFIED, "identified", identified)    /* a known card was held during a visit */

enum event_kind {
#define X(name, text, member) name,
    EVENT_KINDS(X)
#undef X
        EVENT_KIND_COUNT
};
const char *event_kind_text(enum event_kind kind);
enum event_kind event_kind_find(const char *text); /* EVENT_KIND_COUNT where there is none */

/* Bins are named by their number (from 1). Times *_ms are monotonic of the boot in the row. */
struct event_start {
    char version[EVENT_TEXT_MAX];
    char site[SITE_ID_MAX];
};
struct event_stop {
    char reason[EVENT_TEXT_MAX];
};
struct event_clock {
    int64_t step_ms; /* new minus old; 0 at the first setting */
};
struct event_opening {
    int64_t visit;
    int32_t bin;
    enum waste_class chosen;  /* the choice that stood when the lid opened */
    char item[ITEM_NAME_MAX]; /* the thing it was made for; "" where a class was chosen */
    bool near_miss;           /* another lid had been opened by mistake since that choice */
    bool has_base;
    int32_t base_g; /* settled weight before the opening */
};
struct event_closing {
    int64_t visit;
    int32_t bin;
    bool wrong_lid;   /* warned, then closed without a gain: a near miss */
    int32_t change_g; /* what the weight did instead; below the least deposit, or a removal */
};
struct event_deposit {
    int64_t visit;
    int32_t bin;
    enum waste_class bin_class, chosen;
    enum outcome outcome;
    enum weight_quality quality;
    int32_t weight_g; /* quality other than none */
    bool has_base;
    int32_t base_g, final_g, spread_g;
    int64_t opened_ms, closed_ms;
    char scale[HW_PORT_NAME_MAX]; /* the port that weighed */
    char item[ITEM_NAME_MAX];     /* the thing that was looked up; "" where a class was chosen */
};
struct event_declared {
    int64_t visit;
    int64_t deposit_seq; /* the row it answers */
    enum waste_class declared_after;
};
struct event_visit {
    int64_t visit;
    int64_t started_ms;
    int32_t deposits; /* told by then: a scale found out later adds unweighed ones */
    int32_t grams;
    int32_t near_misses;
};
struct event_collection {
    int32_t bin;
    enum waste_class bin_class;
    enum weight_quality quality;
    int32_t before_g, after_g, removed_g; /* quality other than none; removed = before - after */
    int64_t started_ms;
    char who[EVENT_TEXT_MAX];
};
struct event_adjustment {
    int32_t bin;
    int32_t change_g; /* negative: taken out */
    int32_t base_g, final_g;
    enum adjust_cause cause;
    int32_t peak_g; /* LEANING: the farthest from the base that it went */
};
struct event_device {
    char device[HW_PORT_NAME_MAX];
    char fault[EVENT_TEXT_MAX]; /* "lost" "silent" "wrong_device" ...: text id */
    int64_t since_ms;
};
/* By the person, or because the weight that alone had told of it went again. The deposit's row
 * stays; figures leave it out and count it as undone. */
struct event_undone {
    int64_t visit;
    int64_t deposit_seq;
};
/* A part of the bag had hung on the rim. The deposit's row stays; its weight, and what the scale
 * showed after it, are larger by `change_g` wherever they are read or summed up. */
struct event_addition {
    int64_t visit;
    int64_t deposit_seq;
    int32_t bin;
    int32_t change_g;        /* positive */
    int32_t base_g, final_g; /* before and after this part fell */
};
struct event_inspection {
    int32_t bin;
    enum waste_class bin_class;
    int32_t checked, wrong; /* bags; 0 <= wrong <= checked, checked > 0 */
    int32_t things;         /* 1 << enum wrong_thing, together */
    char who[EVENT_TEXT_MAX];
};
struct event_login {
    char who[EVENT_TEXT_MAX]; /* role: "cleaner" */
    bool accepted;
};

/* Both: once with `began`, once without; `since_ms` is when it began, in this boot. */
struct event_overload {
    int32_t bin;
    bool began;
    int64_t since_ms;
};
struct event_frozen {
    int32_t bin;
    bool began;
    int32_t grams; /* what the scale repeats; when it ends: what it shows instead */
    int64_t since_ms;
};

/* Written by the store alone, behind the row that it signs last (kiosk/store/checkpoint.h). */
struct event_checkpoint {
    int64_t covers;                      /* this row and all before it */
    char hash[EVENT_HASH_MAX];           /* of the row `covers` */
    char site[SITE_ID_MAX];              /* of the last start; "" before the first */
    char key[EVENT_HASH_MAX];            /* the public key */
    char signature[EVENT_SIGNATURE_MAX]; /* over what kiosk/store/chain.h says */
};
/* Likewise: `key` signs from the checkpoint after this row on. */
struct event_key {
    char key[EVENT_HASH_MAX], previous[EVENT_HASH_MAX];
    char reason[EVENT_TEXT_MAX]; /* "missing": the key file was gone */
};
struct event_settings {
    char name[EVENT_TEXT_MAX]; /* "" in the row that carries the digest of all of them */
    bool has_old, has_new;     /* absent: the setting is new, or is gone */
    char old_value[EVENT_LINE_MAX], new_value[EVENT_LINE_MAX]; /* a secret is "(secret)" */
    char digest[EVENT_HASH_MAX]; /* SHA-256 of all settings; "" in the rows of single ones */
};
struct event_export {
    char what[EVENT_TEXT_MAX], format[EVENT_TEXT_MAX];
    char from[EVENT_TEXT_MAX], to[EVENT_TEXT_MAX]; /* local days, both included; "": no limit */
    int64_t rows;
    int64_t last_seq;            /* the newest row that could be in it */
    char who[EVENT_TEXT_MAX];    /* "web", "command line", "usb" */
    char sha256[EVENT_HASH_MAX]; /* of the file */
};
struct event_storage {
    char state[EVENT_TEXT_MAX]; /* "low" "full" "unwritable" "failed" "ok" */
    int64_t free_bytes;
    int64_t since_ms; /* when it began, in this boot */
    bool has_since_utc;
    int64_t since_utc_ms;
    int32_t kept; /* events that waited and are recorded now */
    int32_t lost; /* events that could not be kept */
};
struct event_set_aside {
    char file[EVENT_TEXT_MAX]; /* its name now, in the same directory */
    bool has_last;             /* its end could be read */
    int64_t last_seq;
    char last_hash[EVENT_HASH_MAX];
};
struct event_purge {
    int64_t first_seq, last_seq; /* the rows that were taken out */
    int64_t before_utc_ms;       /* all of them are older */
    int32_t months;              /* how long rows are kept */
    char hash[EVENT_HASH_MAX];   /* of the row last_seq: the chain goes on from it */
};
/* Who somebody is stands elsewhere, and can be erased there. */
struct event_identified {
    int64_t visit;
    char person[SUBJECT_MAX]; /* a random subject id */
};
/* Told, not done: what the scale made of it shows in the weights that follow. */
struct event_scale_order {
    int32_t bin;
    char scale[HW_PORT_NAME_MAX]; /* the port */
    bool has_before;
    int32_t before_g; /* what it showed */
    char who[EVENT_TEXT_MAX];
};

/* Told by whoever did it. */
struct event_calibration {
    char scale[HW_PORT_NAME_MAX]; /* the port */
    int32_t reference_g;          /* the known weight */
    int32_t before_g;             /* what the scale showed for it */
    bool has_after;               /* it was adjusted */
    int32_t after_g;              /* and shows this since */
    char who[EVENT_TEXT_MAX];     /* a firm or an office */
};

struct kiosk_event {
    enum event_kind kind;
    moment_t at;
    union {
        struct event_start start;
        struct event_stop stop;
        struct event_clock clock;
        struct event_opening opening;
        struct event_closing closing;
        struct event_deposit deposit;
        struct event_declared declared;
        struct event_visit visit;
        struct event_collection collection;
        struct event_adjustment adjustment;
        struct event_device device;
        struct event_login login;
        struct event_overload overload;
        struct event_frozen frozen;
        struct event_undone undone;
        struct event_addition addition;
        struct event_inspection inspection;
        struct event_checkpoint checkpoint;
        struct event_key key;
        struct event_settings settings;
        struct event_export export;
        struct event_storage storage;
        struct event_set_aside set_aside;
        struct event_purge purge;
        struct event_identified identified;
        struct event_scale_order scale_order;
        struct event_calibration calibration;
    } body;
};

/* ---- intents: what a person can want --------------------------------------------------------- */

/* X(NAME, "word in captures"). The argument is a class, a bin number or a digit. */
#define INTENT_KINDS(X)                                                                            \
    X(INTENT_NONE, "")                                                                             \
    X(INTENT_CHOOSE, "choose")     /* class */                                                     \
    X(INTENT_SEARCH, "search")     /* to the search of things */                                   \
    X(INTENT_GROUP, "group")       /* a group of things */                                         \
    X(INTENT_LETTER, "letter")     /* 0..25: one more letter of a name's pinyin */                 \
    X(INTENT_PAGE, "page")         /* from 0: a page of what was found */                          \
    X(INTENT_ITEM, "item")         /* index in the dictionary: this thing, and its class */        \
    X(INTENT_FINISH, "finish")     /* the person says that the visit is over */                    \
    X(INTENT_MORE, "more")         /* one more bag: back to the choice */                          \
    X(INTENT_MEANT_IT, "meant_it") /* "I do want this bin's class", on a wrong lid */              \
    X(INTENT_CANCEL, "cancel")     /* back, whatever is on screen */                               \
    X(INTENT_SERVICE, "service")   /* to the PIN keypad */                                         \
    X(INTENT_DIGIT, "digit")       /* 0..9 */                                                      \
    X(INTENT_ERASE, "erase")       /* last digit or letter */                                      \
    X(INTENT_ENTER, "enter")       /* the PIN is complete */                                       \
    X(INTENT_COLLECT, "collect")   /* bin number: begin to hand it over */                         \
    X(INTENT_COLLECT_DONE, "collect_done") /* the empty bin stands, the lid is closed */           \
    X(INTENT_WIRING, "wiring")             /* bin number: on which channel is its lid? */          \
    X(INTENT_UNDO, "undo")                 /* take the deposit of the receipt back */              \
    X(INTENT_INSPECT, "inspect")           /* bin number: begin to inspect it */                   \
    X(INTENT_COUNT, "count")               /* bags: the number being entered, and stay there */    \
    X(INTENT_CHECKED, "checked")           /* bags: so many were looked at; go on */               \
    X(INTENT_WRONG, "wrong")               /* bags: so many of them were wrong; go on */           \
    X(INTENT_THING, "thing")               /* enum wrong_thing: tick it, or take the tick away */  \
    X(INTENT_INSPECT_NEXT, "inspect_next") /* go on with what is entered; at last, record it */    \
    X(INTENT_SCALES, "scales")             /* zero or tare: of which scale? */                     \
    X(INTENT_SCALE, "scale")               /* bin number: of this one */                           \
    X(INTENT_ZERO, "zero")                                                                         \
    X(INTENT_TARE, "tare")                                                                         \
    X(INTENT_CONFIRM, "confirm") /* yes, do that */                                                \
    X(INTENT_LEAVE, "leave")     /* close the service screens */

enum intent_kind {
#define X(name, text) name,
    INTENT_KINDS(X)
#undef X
        INTENT_KIND_COUNT
};
const char *intent_kind_text(enum intent_kind kind);
enum intent_kind intent_kind_find(const char *text); /* INTENT_NONE where there is none */

typedef struct intent_t {
    enum intent_kind kind;
    int argument;
} intent_t;

/* ---- inputs ---------------------------------------------------------------------------------- */

enum input_kind {
    INPUT_TICK,        /* time passed: a deadline is due */
    INPUT_READING,     /* a channel said something */
    INPUT_PORT,        /* a port went away or came back */
    INPUT_INTENT,      /* a person touched something */
    INPUT_ITEM,        /* a thing by its name (captures) */
    INPUT_PIN,         /* a whole PIN at once (captures, keyboards) */
    INPUT_CARD,        /* a card was held to a reader (captures) */
    INPUT_CARD_RESULT, /* the answer to EFFECT_FIND_CARD */
    INPUT_PIN_RESULT,  /* the answer to EFFECT_CHECK_PIN */
    INPUT_CLOCK,       /* wall-clock news */
    INPUT_STORED,      /* the ledger holds the event of this token, durably */
    INPUT_STORE_STATE, /* the ledger cannot be written, or can again */
    INPUT_STORE_ROOM,  /* how much room the ledger's medium has */
    INPUT_PORT_STATUS  /* what is known of a port changed */
};

enum store_state { STORE_OK, STORE_FULL, STORE_UNWRITABLE, STORE_FAILED };

struct kiosk_input {
    enum input_kind kind;
    int64_t t_ms; /* monotonic; never before the input before it */
    union {
        reading_t reading;
        struct {
            uint8_t port;
            bool up;
        } port;
        port_status_t port_status;
        intent_t intent;
        char item[ITEM_NAME_MAX];
        char pin[PIN_DIGITS_MAX + 1];
        char card[HW_CARD_MAX];
        char person[SUBJECT_MAX]; /* whose card it is; "" where nobody knows it */
        struct {
            bool accepted;
            enum role role; /* whose PIN it was */
        } pin_result;
        struct {
            int64_t utc_ms;
            enum clock_quality quality;
        } clock;
        struct {
            uint32_t token;
            int64_t seq;
        } stored;
        enum store_state store_state;
        struct {
            int64_t free_bytes;
            bool low; /* somebody should do something about it */
        } store_room;
    } u;
};

/* ---- effects --------------------------------------------------------------------------------- */

enum effect_kind {
    EFFECT_RECORD,
    EFFECT_SOUND,
    EFFECT_CHECK_PIN,
    EFFECT_FIND_CARD,
    EFFECT_SCALE_COMMAND, /* send the scale its zero or tare request */
    EFFECT_UNLOCK         /* open a lock; one that does not open is no hindrance */
};

enum sound { SOUND_TAP, SOUND_WRONG_LID, SOUND_RECEIPT, SOUND_FAULT, SOUND_COUNT };

struct kiosk_effect {
    enum effect_kind kind;
    union {
        struct {
            uint32_t token; /* comes back in INPUT_STORED */
            struct kiosk_event event;
        } record;
        enum sound sound;
        char pin[PIN_DIGITS_MAX + 1];
        struct {
            uint8_t port, channel;
            bool is_tare; /* else its zero */
        } scale_command;
        struct {
            uint8_t port, channel;
        } unlock;
        char card[HW_CARD_MAX];
    } u;
};

struct kiosk_effects {
    int count;
    struct kiosk_effect list[EFFECTS_MAX];
};

#endif
