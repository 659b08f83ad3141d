/* One bin: what its scale and its lid say, and what came of each opening of the lid.
 *
 *     RESTING   --lid opens-->  OPEN  --lid closes-->  WEIGHING  --decided-->  RESTING
 *     any       --collection begins-->  SERVICE  --ends-->  RESTING
 *
 * While RESTING, the settled weight is the base, and follows slow drift. An opening is judged by
 * the difference between the settled weight after it and the base before it, so that zero offset,
 * creep and the bin's own weight cancel out. A lid left open is decided once a gain has rested for
 * long enough. Without a usable lid sensor, a settled step of the weight decides alone.
 *
 * Pure; part of struct kiosk. Times are monotonic ms.
 */
#ifndef KIOSK_CORE_BIN_H
#define KIOSK_CORE_BIN_H

#include "kiosk/core/frozen.h"
#include "kiosk/core/settle.h"
#include "kiosk/core/site.h"
#include "kiosk/core/view.h"

enum {
    BIN_ADJUST_MS = 5000, /* weight that came or went under a closed lid must stay so long */
    BIN_STEP_MS = 1500,   /* the same, where the lid sensor is gone and a step decides alone */
    BIN_FLICKER_MS = 5000 /* how long a scale at rest is watched to learn how much it flickers */
};

#define BIN_NEVER INT64_MIN

/* What a scale at rest does by itself: learnt, so that a noisy one still settles. */
struct bin_flicker {
    int64_t since_ms;      /* of the watch that goes on; BIN_NEVER */
    int32_t spread_g;      /* the largest of any window since then */
    int32_t low_g, high_g; /* of the windows' medians */
};

enum bin_phase { BIN_RESTING, BIN_OPEN, BIN_WEIGHING, BIN_SERVICE };

struct bin_opening {
    int64_t visit;
    enum waste_class chosen;  /* the choice that stood when the lid opened */
    char item[ITEM_NAME_MAX]; /* the thing it was made for, or "" */
    int64_t opened_ms, closed_ms;
    bool has_base;
    int32_t base_g;
    bool late_base;   /* the lid was already open when we began: take the base from what rests */
    bool interrupted; /* begun before a restart */
    bool decided;     /* its deposit is out already; only a further gain counts */
    bool blind;       /* the scale was frozen when the lid opened: what it repeats is no base */
    bool meant_it;    /* warned of the wrong lid, the person said that this class was meant */
};

struct bin {
    const struct site_bin *site;
    const struct site_timing *timing;
    enum bin_phase phase;

    struct settle settle;
    struct bin_flicker flicker;
    struct frozen frozen;
    enum reading_status scale_status;
    int32_t grams;    /* the newest weight */
    int64_t value_ms; /* when it came; BIN_NEVER */
    bool scale_port_up, lid_port_up;
    int64_t lid_ms; /* newest reading of the lid; BIN_NEVER */
    bool lid_open, lid_fault;
    int64_t level_ms; /* newest distance of the level sensor; BIN_NEVER */
    int32_t level_mm;

    bool has_base;
    int32_t base_g;
    int64_t away_since_ms; /* RESTING: settled off the base since; BIN_NEVER */
    int64_t base_ms;       /* when the weight last was at the base */

    struct bin_opening opening; /* OPEN and WEIGHING */
    int64_t rest_since_ms;      /* OPEN: standing still since; BIN_NEVER */
    int32_t rest_g;
};

enum lid_edge { LID_SAME, LID_OPENED, LID_CLOSED };

enum bin_verdict {
    BIN_GAIN,      /* an opening brought weight */
    BIN_NO_GAIN,   /* an opening brought none; weight_g is what changed (below the least deposit,
                      or a removal) */
    BIN_UNKNOWN,   /* an opening ended and the scale could not say */
    BIN_STEP,      /* weight came with no lid sensor to see an opening */
    BIN_ADJUSTMENT /* weight came or went under a closed lid */
};

struct bin_decision {
    enum bin_verdict verdict;
    struct bin_opening opening; /* as it was; closed_ms set. For STEP: times and base only. */
    enum weight_quality quality;
    int32_t weight_g; /* final minus base */
    int32_t final_g, spread_g;
};

void bin_init(struct bin *bin, const struct site_bin *site, const struct site_timing *timing);

/* A reading of this bin's scale or lid; the lid's tells what the kiosk must do about it. */
void bin_weigh(struct bin *bin, const reading_t *reading);
enum lid_edge bin_lid(struct bin *bin, const reading_t *reading);

/* A reading of its level sensor: what is shown of it, and of no effect on deposits. */
void bin_level(struct bin *bin, const reading_t *reading);
bool bin_level_is_fresh(const struct bin *bin, int64_t now_ms);

void bin_scale_port(struct bin *bin, bool up);
void bin_lid_port(struct bin *bin, bool up);

/* After LID_OPENED. If an earlier opening was still being weighed, or an adjustment was pending, it
 * is decided first, on the best estimate: true, and `decision` holds it. */
bool bin_interrupt(struct bin *bin, int64_t now_ms, struct bin_decision *decision);
void bin_open(struct bin *bin, int64_t now_ms, int64_t visit, enum waste_class chosen);
void bin_close(struct bin *bin, int64_t now_ms); /* after LID_CLOSED */

/* An opening that the ledger began and never ended, found on start. */
void bin_restore(struct bin *bin, int64_t now_ms, const struct bin_opening *opening);

/* To be asked after every input and at bin_deadline(): true, and `decision` holds it. */
bool bin_decide(struct bin *bin, int64_t now_ms, struct bin_decision *decision);
int64_t bin_deadline(const struct bin *bin); /* INT64_MAX where none */

/* An opening is being watched whose end is not decided. */
bool bin_is_busy(const struct bin *bin);

/* Service: readings and lids go on, but nothing of them is a deposit. */
void bin_service_begin(struct bin *bin);
void bin_service_end(struct bin *bin, int64_t now_ms, const settled_t *after);

settled_t bin_settled(const struct bin *bin, int64_t now_ms, int64_t since_ms);
int32_t bin_min_deposit(const struct bin *bin);
enum sensor_state bin_scale_state(const struct bin *bin, int64_t now_ms);
enum sensor_state bin_lid_state(const struct bin *bin, int64_t now_ms);

#endif
