/* The figures, one definition each. The screen, the downloads and the web page all print what these
 * functions say; SQL selects rows or adds up counts and weights, and decides nothing.
 *
 *   deposit        every deposit, whatever its outcome or weight, that was not taken back
 *   操作一致率      (consistent + corrected) / all deposits; by weight: their grams / all grams
 *   share          deposits of one outcome / all deposits
 *   grams          the sum of the known weights; an unknown weight is in no sum
 *   near miss      a wrong lid, opened after the warning and closed without a gain
 *   督导抽检准确率   (checked - wrong) / checked, with the 95 % interval of Wilson (1927)
 *   undone         deposits that were taken back: in none of the above, counted apart
 *
 * A deposit belongs to the local day of its own row, also when it is taken back, or more of it
 * comes to rest, after midnight. Pure, integers only; struct figures_calendar is part of struct
 * kiosk.
 */
#ifndef KIOSK_CORE_FIGURES_H
#define KIOSK_CORE_FIGURES_H

#include "kiosk/core/events.h"

enum {
    FIGURES_DAYS = 16,         /* a week, and days that a wrong clock made up */
    FIGURES_RECENT = 64,       /* deposits that a later row may still change */
    FIGURES_SAMPLE_LEAST = 30, /* below so many checked a site that says nothing reads 样本不足 */
    FIGURES_ALL = -1,          /* any class, any outcome */
    WILSON_CHECKED_MAX = 9000000 /* more are scaled down to it */
};

typedef struct ratio_t {
    int64_t part, whole; /* whole 0: there is no ratio */
} ratio_t;

struct figure_sum {
    int64_t count;
    int64_t weighed; /* those of a known weight */
    int64_t grams;   /* of these */
};

/* The sums of a period. */
struct figures {
    /* By the class of the bin (WASTE_NONE: unknown) and by outcome. */
    struct figure_sum deposits[WASTE_CLASS_COUNT + 1][OUTCOME_COUNT];
    struct figure_sum undone;
    int64_t near_misses;
    int64_t inspections, checked, wrong;
};

void figures_add(struct figures *sum, const struct figures *part);
void figures_subtract(struct figures *sum, const struct figures *part);
void figures_add_deposit(struct figures *figures, const struct event_deposit *deposit);
void figures_add_closing(struct figures *figures, const struct event_closing *closing);
void figures_add_inspection(struct figures *figures, const struct event_inspection *inspection);

bool outcome_is_consistent(enum outcome outcome);

/* Deposits of a class and an outcome; FIGURES_ALL stands for any. */
struct figure_sum figures_deposits(const struct figures *figures, int class, int outcome);
ratio_t figures_consistency(const struct figures *figures);           /* by count */
ratio_t figures_consistency_by_weight(const struct figures *figures); /* by grams */
ratio_t figures_share(const struct figures *figures, enum outcome outcome);

/* Parts of a thousand, rounded down: a share never looks better than it is. -1 without a ratio. */
int32_t ratio_permille(ratio_t ratio);

/* ---- inspections ----------------------------------------------------------------------------- */

/* Millionths: 1000000 is 100 %. */
typedef struct interval_t {
    int32_t low_ppm, high_ppm;
} interval_t;

/* The 95 % interval of Wilson of `passed` out of `checked`, 0 <= passed <= checked, checked > 0.
 * Off by less than 0.0005 percentage points from real arithmetic (tests/figures checks it). */
interval_t wilson_interval(int64_t passed, int64_t checked);

struct figure_accuracy {
    ratio_t passed;      /* (checked - wrong) / checked */
    interval_t interval; /* where something was checked */
    bool enough;         /* at least `least` were checked; else it reads 样本不足 */
};
struct figure_accuracy figures_accuracy(const struct figures *figures, int32_t least);

/* ---- mass balance ---------------------------------------------------------------------------- */

/* Every row that tells of a change of a bin's weight is one of these, and no change is in two. */
#define WEIGHT_CHANGES(X)                                                                          \
    X(CHANGE_DEPOSIT, "deposit")       /* somebody's deposit */                                    \
    X(CHANGE_UNDONE, "undone")         /* a deposit that was taken back: its weight stays */       \
    X(CHANGE_CLOSING, "closing")       /* an opening without a deposit: a little, or a removal */  \
    X(CHANGE_ADJUSTMENT, "adjustment") /* came or went under a closed lid */                       \
    X(CHANGE_COLLECTION, "collection") /* cleared */

enum change_kind {
#define X(name, text) name,
    WEIGHT_CHANGES(X)
#undef X
        CHANGE_KIND_COUNT
};
const char *change_kind_text(enum change_kind kind);
enum change_kind change_kind_find(const char *text); /* CHANGE_KIND_COUNT where there is none */

struct weight_change {
    enum change_kind kind;
    int32_t bin;
    bool near_miss;   /* CLOSING: of a wrong lid */
    bool has_change;  /* the scale could tell */
    int32_t change_g; /* positive: more in the bin; a collection's is what was removed */
    bool has_before, has_after;
    int32_t before_g, after_g; /* what the scale showed */
};

/* One bin, one period:  deposits + unattributed - removed  against  last - first + cleared. */
struct balance {
    int64_t deposits_g;
    int64_t unattributed_g; /* gains that are no deposit */
    int64_t removed_g;      /* losses that are no collection; at least 0 */
    int64_t cleared_g;      /* by collections */
    int64_t unknown;        /* deposits whose weight the scale could not tell */
    int64_t unknown_cleared;
    bool has_first, has_last;
    int32_t first_g, last_g; /* the first and the last weight shown */
};

/* In the order of the ledger. */
void balance_add(struct balance *balance, const struct weight_change *change);
int64_t balance_accounted(const struct balance *balance); /* deposits + unattributed - removed */
/* last - first + cleared; false where the scale did not show enough. */
bool balance_gain(const struct balance *balance, int64_t *gain_g);

/* ---- uptime ---------------------------------------------------------------------------------- */

/* From `from` up to, not including, `to`. Spans of a list are sorted by `from`; they may overlap.
 */
typedef struct span_t {
    int64_t from, to;
} span_t;

struct uptime {
    int64_t up_ms, faulty_ms, off_ms; /* their sum is the period */
};

/* A part is off while no run covers it, faulty while a run and a fault do, and up otherwise. */
struct uptime uptime_of(span_t period, const span_t *runs, int run_count, const span_t *faults,
                        int fault_count);

/* ---- the week of the screen ------------------------------------------------------------------ */

struct figures_day {
    bool used;
    int64_t day; /* local_day() */
    struct figures figures;
};

struct figures_recent {
    int64_t seq; /* 0 = free */
    int64_t day;
    int64_t visit, opened_ms;
    int32_t bin;
    enum waste_class bin_class;
    enum outcome outcome;
    bool undone;
    struct figure_sum sum; /* of it alone */
};

struct figures_calendar {
    struct figures_day days[FIGURES_DAYS];
    struct figures_recent recent[FIGURES_RECENT];
    int next_recent;
};

/* One row of the ledger, in its order; kinds that count in no figure are ignored. */
void figures_apply(struct figures_calendar *calendar, const struct kiosk_event *event, int64_t seq);

/* The deposit of this bin's opening, where it is in the ledger and not long past; or NULL. */
const struct figures_recent *figures_find(const struct figures_calendar *calendar, int32_t bin,
                                          int64_t opened_ms);

/* The sum of the days of the week of `utc_ms`, and of its day alone. */
struct figures figures_of_day(const struct figures_calendar *calendar, int64_t utc_ms);
struct figures figures_of_week(const struct figures_calendar *calendar, int64_t utc_ms);

#endif
