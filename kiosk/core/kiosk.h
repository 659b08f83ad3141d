/* The kiosk as one function over values: what happened -> what to do, and what to show.
 *
 *     kiosk_step(state, input, effects)   decides
 *     kiosk_apply(state, event, seq)      folds one row of the ledger, live and on start
 *     kiosk_deadline(state)               when to send INPUT_TICK if nothing else comes
 *     kiosk_view(state, now, view)        what the screens may see
 *
 * No clock, no allocation, no I/O: the same inputs give the same events, on every machine. The
 * caller owns the struct (it is large: not on a small stack) and calls from one thread.
 *
 * An event is folded when the ledger has acknowledged it, so no figure on screen is ahead of the
 * ledger and 已记录 is never said too early. Until then it waits in `pending`; when that is full
 * the kiosk shows 暂停记录 and counts what it could not even keep.
 */
#ifndef KIOSK_CORE_KIOSK_H
#define KIOSK_CORE_KIOSK_H

#include "kiosk/core/access.h"
#include "kiosk/core/bin.h"
#include "kiosk/core/figures.h"
#include "kiosk/core/inspect.h"
#include "kiosk/core/view.h"
#include "kiosk/core/visit.h"

enum { KIOSK_PENDING_MAX = 64 };

enum service_screen {
    SERVICE_NONE,
    SERVICE_KEYPAD,
    SERVICE_FILL,
    SERVICE_COLLECT,
    SERVICE_DEVICES,
    SERVICE_INSPECT
};

/* Looking a thing up. Nothing typed and no group: the first page, with groups and letters. */
struct search {
    bool shown;
    int64_t touched_ms;
    enum item_group group; /* ITEM_GROUP_NONE: by letters */
    char letters[ITEM_LETTERS_MAX + 1];
    int page, total; /* of what was found */
    uint16_t found[ITEM_PAGE_MAX];
};

/* The latest deposit, as long as it is on screen. */
struct receipt {
    bool shown;
    int64_t hide_ms;
    uint32_t token; /* of its event while the ledger has not acknowledged it */
    bool recorded;
    int64_t seq;
    moment_t at;
    int bin;
    struct event_deposit deposit;
    bool declared; /* declared_after holds the answer */
    enum waste_class declared_after;
    bool undone; /* taken back */
};

/* One bin being handed over. */
struct collection {
    int bin;
    enum collect_step step;
    int64_t started_ms;
    int64_t waiting_ms; /* SETTLING, WEIGHING: since when a settled weight is waited for */
    settled_t before, after;
    uint32_t token; /* of its event while the ledger has not acknowledged it */
    bool recorded;
};

/* Every lid channel ever heard, whether a bin has it or not. */
struct lid_channel {
    bool heard, open;
};

/* A wiring check: all bins are in service meanwhile, so that no lid makes a deposit. */
struct wiring {
    enum wiring_result result;
    int bin; /* index */
    int64_t until_ms;
    struct lid_channel before[HW_PORTS_MAX][HW_CHANNELS_MAX + 1];
    uint8_t moved_port, moved_channel;
};

/* Zero or tare of one scale, on its way; its bin is in service from sending to the answer. */
struct scale_order {
    enum order_step step;
    bool is_tare;
    int bin; /* index */
    int64_t sent_ms;
    int32_t after_g;
};

/* The lock of a bin's lid. */
struct bin_lock {
    bool is_asked; /* to open, and nothing heard yet */
    int64_t asked_ms;
    bool is_blind; /* its board cannot tell whether it is open */
    bool is_faulty;
    int64_t fault_ms;
};

/* A port as the core sees it. */
struct device {
    bool used; /* some bin has a sensor on it */
    bool up;
    bool faulty;      /* device_lost is out, device_back is not */
    int64_t heard_ms; /* last reading, or when waiting for one began */
    int64_t fault_ms;
    port_status_t status; /* as the io thread told last; all 0 before */
};

/* The faults of a bin's scale that have an event of their own. */
struct scale_faults {
    bool overload; /* its beginning is recorded, its end is not */
    int64_t overload_ms;
    int64_t differs_ms; /* since when its readings say otherwise; BIN_NEVER */
    bool frozen;
    int64_t frozen_ms;
};

struct pending_event {
    uint32_t token; /* 0 = free */
    bool answered;  /* a deposit, declared afterwards before it had its number */
    enum waste_class answer;
    bool undone; /* a deposit, taken back before it had its number */
    struct kiosk_event event;
};

/* The medium of the ledger, and what it kept from us. */
struct storage {
    int64_t free_bytes; /* as the store told last */
    bool low;
    moment_t low_since;
    bool is_due; /* an interruption began whose end is not told yet */
    moment_t since;
    int unkept_before, kept;
};

/* What the ledger says, and nothing else: kiosk_apply() alone writes here. */
struct journal {
    int64_t last_visit;
    struct figures_calendar figures;
    bool opening_pending[SITE_BINS_MAX]; /* begun and not ended, by index of the bin */
    struct bin_opening openings[SITE_BINS_MAX];
    bool overload[SITE_BINS_MAX], frozen[SITE_BINS_MAX]; /* begun and not ended */
    int32_t frozen_g[SITE_BINS_MAX];
};

struct kiosk {
    const struct site *site; /* borrowed */
    int64_t now_ms;
    moment_t clock; /* the last wall-clock news */
    struct bin bins[SITE_BINS_MAX];
    struct scale_faults scale_faults[SITE_BINS_MAX]; /* by index of the bin */
    struct visits visits;
    bool choosing; /* back at the choice although one stands ("one more bag") */
    struct search search;
    struct receipt receipt;
    struct access access;
    enum service_screen service;
    int64_t service_touched_ms;
    struct collection collection;
    struct inspection inspection;
    struct lid_channel lids[HW_PORTS_MAX][HW_CHANNELS_MAX + 1];
    struct wiring wiring;
    struct scale_order order;
    struct bin_lock locks[SITE_BINS_MAX];
    struct device devices[HW_PORTS_MAX];
    struct journal journal;
    char statement[VIEW_STATEMENT_MAX], fingerprint[EVENT_TEXT_MAX]; /* of the last checkpoint */
    enum store_state store;
    struct storage storage;
    struct pending_event pending[KIOSK_PENDING_MAX];
    uint32_t last_token;
    int unkept; /* events for which not even `pending` had room */
};

void kiosk_init(struct kiosk *kiosk, const struct site *site);

/* Folds one row of the ledger. Before kiosk_begin() for the rows of the past. */
void kiosk_apply(struct kiosk *kiosk, const struct kiosk_event *event, int64_t seq);

/* What the ledger has signed last, in the words of kiosk/store/chain.h, and by which key. */
void kiosk_signed(struct kiosk *kiosk, const char *statement, const char *fingerprint);

/* Begins a run: records the start, and takes up openings that a power cut interrupted. */
void kiosk_begin(struct kiosk *kiosk, const moment_t *at, const char *version,
                 struct kiosk_effects *effects);

/* Ends it in good order: `reason` goes into the ledger. */
void kiosk_end(struct kiosk *kiosk, int64_t now_ms, const char *reason,
               struct kiosk_effects *effects);

/* One input. Deadlines that passed before it are handled first, each at its own time, so that a
 * late caller gets the same events as a punctual one. `effects` is emptied first. */
void kiosk_step(struct kiosk *kiosk, const struct kiosk_input *input,
                struct kiosk_effects *effects);

/* When INPUT_TICK is due if nothing else comes, INT64_MAX where never. */
int64_t kiosk_deadline(const struct kiosk *kiosk);

/* What the screens may see at `now_ms` (not before the last input). */
void kiosk_view(const struct kiosk *kiosk, int64_t now_ms, struct view *view);

/* When the view changes by the passing of time alone. */
int64_t kiosk_view_deadline(const struct kiosk *kiosk, int64_t now_ms);

/* Somebody is at the kiosk, or something is being weighed: every reading matters at once. */
bool kiosk_is_busy(const struct kiosk *kiosk);

/* Events decided and not yet acknowledged. */
int kiosk_pending_count(const struct kiosk *kiosk);

#endif
