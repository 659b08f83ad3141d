/* One bin: what its scale and its lid say, and what came of each opening of the lid.
 *
 *     RESTING   --lid opens-->  OPEN  --lid closes-->  WEIGHING  --decided-->  RESTING
 *     any       --collection begins-->  SERVICE  --ends-->  RESTING
 *
 * While RESTING, the settled weight is the base, and follows slow drift. An opening is judged by
 * the difference between the settled weight after it and the base before it, so that zero offset,
 * creep and the bin's own weight cancel out. A lid left open is decided once a gain has rested for
 * long enough; from then on, as where no usable lid sensor is, a settled step decides alone.
 *
 * Weight that moved just before a lid opened (a bag laid on it, a late lid, somebody who leans) is
 * judged by where the weight is afterwards: back at the base, it was leaning; still there, it is
 * the bag's, or, when it had rested for longer than people wait, nobody's.
 *
 * Quality: SETTLED when the weight stood still, UNSETTLED when it did not within the limit, but the
 * change is larger than what its scatter can hide (the outcome is judged as usual and the spread
 * kept); otherwise nothing is known, and the outcome is `unweighed`.
 *
 * A quiet scale that freezes answers like one into which nothing was thrown: such openings are told
 * as without a gain, and kept (`unanswered`). Where the scale is judged frozen after all, or shows
 * at once what came meanwhile, each of them that was more than a rattle (BIN_RATTLE_MS) is told
 * again, in hindsight, as a deposit that nobody weighed; but a wrong lid that had been warned of
 * only when its visit is over and nothing was thrown into the right bin instead. Likewise gains
 * under a closed lid that is found stuck (`hidden`). Rows once told stay, also where the scale
 * wakes up again.
 *
 * Where no lid told of a deposit, a step alone did, and somebody who leaned on the bin for long is
 * one, too. Once the weight rests again where it rested before (`old`), all steps since are taken
 * back (`retracted`), and so is a bag that fell late. Weight that went and comes again was pulled
 * at, unless both witnesses speak for a bag: a choice of this class, and a lid that cannot deny it.
 *
 * The books. Every settled change of the base while the program runs is in exactly one row:
 *
 *     deposit.weight_g + addition.change_g + closing.change_g + adjustment.change_g
 *         - collection.removed_g
 *         = base now - first base - what has drifted since the last row
 *
 * `booked_g` is the level that the rows account for; base_g - booked_g, the drift, has a row of its
 * own as soon as it is as large as the least deposit, before a collection and at the end of a run.
 *
 * Pure; part of struct kiosk. Times are monotonic ms.
 */
#ifndef KIOSK_CORE_BIN_H
#define KIOSK_CORE_BIN_H

#include "kiosk/core/frozen.h"
#include "kiosk/core/learn.h"
#include "kiosk/core/old_bases.h"
#include "kiosk/core/site.h"
#include "kiosk/core/view.h"

enum {
    BIN_ADJUST_MS = 5000,  /* weight that came or went under a closed lid must stay so long */
    BIN_BELIEVE_MS = 6000, /* the same, where a choice says that the lid may lie; and then until who
                              made it is gone, as a bag may be laid on a lid before it is opened */
    BIN_STEP_MS = 2500, /* the same, where the lid sensor is gone and a step decides alone, ... */
    BIN_STEP_CHOSEN_MS = 700, /* ... and somebody has chosen this class, unless the weight is known
                                 to a division at once, ... */
    BIN_STEP_NEXT_MS = 1500,  /* ... and before the next turn begins, ... */
    BIN_PASS_MS = 700,   /* ... and after it is known to rest, before the next bag falls on it */
    BIN_VAIN_MS = 10000, /* open for nothing so long when somebody chooses: the lid is stuck */
    BIN_LATE_MS = 10000, /* so long after an opening the rest of its bag may still fall, or all of
                            it, where the person had chosen this class; ... */
    BIN_LATE_OTHER_MS = 4000, /* ... and where not */
    BIN_THROW_MS = 1000,      /* a shorter opening was wind, or a look */
    BIN_AWAIT_MS = 2000,  /* weight that rested longer before a lid opened was not that person's */
    BIN_RATTLE_MS = 300,  /* a shorter opening lets no bag in */
    BIN_CHATTER_MS = 150, /* a lid that opens again so soon was never closed */
    BIN_CONCLUDE_MS = 3000, /* a gain that rests so long under an open lid is the person's before */
    BIN_SWAP_MS = 5 * 60 * 1000, /* a bin that was taken away is put back within so long */
    BIN_LEAN_MS = 1500,          /* weight that came and went: shorter is a touch */
    BIN_LEAN_G = 300,
    BIN_DOUBTED_MAX = 16 /* those that prove a scale to be frozen, and shorter ones between */
};

#define BIN_NEVER INT64_MIN

enum bin_phase { BIN_RESTING, BIN_OPEN, BIN_WEIGHING, BIN_SERVICE };

struct bin_opening {
    int64_t visit;
    enum waste_class chosen;  /* the choice that stood when the lid opened */
    int64_t choice_ms;        /* when that was made */
    char item[ITEM_NAME_MAX]; /* the thing it was made for, or "" */
    int64_t opened_ms, closed_ms;
    int64_t first_closed_ms; /* it may have opened again since */
    bool has_base;
    int32_t base_g;
    bool late_base;   /* the lid was already open when we began: take the base from what rests */
    bool interrupted; /* begun before a restart */
    bool decided;     /* what it brought is told already; only a further gain counts */
    bool has_brought; /* and that was a deposit */
    bool lifted;      /* what had been laid on the lid was taken up again: to be told */
    bool blind;       /* the scale was frozen when the lid opened: what it repeats is no base */
    bool near_miss;   /* for that choice a wrong lid was opened and closed for nothing, ... */
    int64_t near_miss_ms; /* ... at this time */
    bool is_spent;        /* of a wrong lid: a deposit has made good for it already */
    bool meant_it;        /* warned of the wrong lid, the person said that this class was meant */
    bool was_away;  /* the weight had left the base before: it rested at away_g, for away_ms */
    bool is_theirs; /* who opens the lid was at the kiosk when it left */
    bool came_back; /* and was seen at the base again */
    int32_t away_g;
    int64_t away_ms;
    int64_t gain_ms; /* when the readings last rose above the base; opened_ms before */
};

/* Settled weight that is not the base, while nothing should change it. */
struct bin_away {
    int64_t since_ms; /* BIN_NEVER: it is at the base */
    int64_t until_ms; /* it was last seen there */
    int32_t grams;
};

/* Who stood at the kiosk when the weight left the base under a lid that told of nobody. */
struct bin_claim {
    int64_t since_ms; /* as bin_lean; another movement has another claim */
    int64_t visit;    /* 0: nobody */
    enum waste_class chosen;
    int64_t choice_ms;
    char item[ITEM_NAME_MAX];
    bool expected;    /* they had chosen this bin's class, and opened no lid of that class yet */
    bool present;     /* they still are there */
    bool holds;       /* their visit waits for what becomes of it */
    int32_t first_g;  /* the first reading off the base */
    int64_t stood_ms; /* since when the value before it had been repeated; 0 */
};

/* Somebody leans, or pulls: how far and since when the readings are off the base. */
struct bin_lean {
    int64_t since_ms; /* BIN_NEVER */
    int32_t peak_g;   /* the farthest, from the base */
};

/* From a weight at rest to nothing within one reading: the zero key, if it stays there. */
struct bin_zero {
    bool suspected;
    bool confirmed; /* and not yet told */
    bool by_hand;   /* or a hand let go between two readings of a slow scale */
    uint8_t readings;
    int32_t from_g;
};

struct bin {
    const struct site_bin *site;
    const struct site_timing *timing;
    enum bin_phase phase;

    struct settle settle;
    struct learn learn;
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
    int64_t base_ms; /* when the weight last was at the base */
    bool has_booked;
    int32_t booked_g;
    struct bin_away away;
    struct bin_away passed;        /* where it had rested before it rose to there, ... */
    struct bin_claim passed_claim; /* ... and whose that was */
    struct bin_lean lean;
    struct bin_claim claim;
    struct bin_zero zero;
    bool lean_ended; /* and not yet told: lean.peak_g */
    bool unseen;     /* the base was lost in an opening that nobody could weigh */

    int64_t taken_away_ms; /* the weight fell far below what the site says of an empty bin;
                              BIN_NEVER */
    struct old_bases old;  /* since the lid opened */
    int32_t laid_g;        /* came under the closed lid, and was told as a gain; 0 */
    bool lid_doubtful;     /* it says closed although bags came: a step decides alone */

    struct bin_opening opening; /* OPEN and WEIGHING */
    bool gained;                /* the newest reading lies above the opening's base */
    int64_t rest_since_ms;      /* OPEN: standing still since; BIN_NEVER */
    int32_t rest_g;
    struct bin_opening late; /* the latest opening, while its bag, or the rest of it, may still
                                fall: late.closed_ms, or BIN_NEVER */
    int64_t proof_ms;        /* when a verdict is compared with what rests; BIN_NEVER */
    int32_t proof_g;
    /* What may be told again in hindsight, oldest first. */
    struct bin_opening unanswered[BIN_DOUBTED_MAX]; /* without a gain, and not a digit changed */
    struct bin_opening hidden[BIN_DOUBTED_MAX]; /* a gain under a lid that has not opened since */
    int unanswered_count, hidden_count;
    int64_t hung_ms; /* the scale hung from then on; BIN_NEVER */
};

enum lid_edge { LID_SAME, LID_OPENED, LID_CLOSED };

enum bin_verdict {
    BIN_GAIN,      /* an opening brought weight */
    BIN_NO_GAIN,   /* an opening brought none; weight_g is what changed (below the least deposit,
                      or a removal) */
    BIN_UNKNOWN,   /* an opening ended and the scale could not say */
    BIN_STEP,      /* weight came with no lid sensor to see an opening */
    BIN_ADDITION,  /* more of what `opening` brought, which is told already, came to rest */
    BIN_ADJUSTMENT /* weight came or went under a closed lid, or only the base moved: `cause` */
};

struct bin_decision {
    enum bin_verdict verdict;
    struct bin_opening opening; /* as it was; closed_ms set. For STEP: times and base only. */
    enum weight_quality quality;
    enum adjust_cause cause; /* ADJUSTMENT */
    int32_t weight_g;        /* final minus base */
    int32_t base_g, final_g, spread_g;
    int32_t peak_g; /* ADJUST_LEANING */
    bool fell_late; /* GAIN: of an opening that had ended without one */
    /* ADJUSTMENT: deposits of before that went with it, by their openings. */
    int retracted;
    int64_t retracted_ms[OLD_STEPS_MAX];
};

void bin_init(struct bin *bin, const struct site_bin *site, const struct site_timing *timing);

/* A reading of this bin's scale or lid; the lid's tells what the kiosk must do about it.
 * `same_turn`: the visit and the choice are still those of the bin's latest opening. */
void bin_weigh(struct bin *bin, const reading_t *reading);
enum lid_edge bin_lid(struct bin *bin, const reading_t *reading, bool same_turn);

/* A reading of its level sensor: what is shown of it, and of no effect on deposits. */
void bin_level(struct bin *bin, const reading_t *reading);
bool bin_level_is_fresh(const struct bin *bin, int64_t now_ms);

void bin_scale_port(struct bin *bin, bool up);
void bin_lid_port(struct bin *bin, bool up);

/* After LID_OPENED. If an earlier opening was still being weighed it is decided first, on the best
 * estimate: true, and `decision` holds it. */
bool bin_interrupt(struct bin *bin, int64_t now_ms, struct bin_decision *decision);
void bin_open(struct bin *bin, int64_t now_ms, int64_t visit, enum waste_class chosen);
void bin_close(struct bin *bin, int64_t now_ms); /* after LID_CLOSED */

/* An opening that the ledger began and never ended, found on start. */
void bin_restore(struct bin *bin, int64_t now_ms, const struct bin_opening *opening);

/* To be asked after every input and at bin_deadline() until it says no: true, and `decision` holds
 * what is to be recorded. */
bool bin_decide(struct bin *bin, int64_t now_ms, struct bin_decision *decision);
int64_t bin_deadline(const struct bin *bin); /* INT64_MAX where none */

/* The weight has just left the base, at rest: bin_claimed() is to be told who is there. */
bool bin_leaves(const struct bin *bin, int64_t now_ms);
void bin_claimed(struct bin *bin, const struct bin_claim *claim);
void bin_present(struct bin *bin, int64_t visit); /* who is at the kiosk now; 0: nobody */
bool bin_claim_is_over(const struct bin *bin);    /* decided, or gone without a trace */

/* Weight has just come to rest off the base, and the lid cannot tell, or is not believed, that
 * nobody brought it. */
bool bin_moves_unseen(const struct bin *bin, int64_t now_ms);

/* Its lid is not of the class that was chosen; and it was not said that this one was meant. */
bool bin_is_wrong_lid(const struct bin *bin, const struct bin_opening *opening);
bool bin_was_warned(const struct bin *bin, const struct bin_opening *opening);

/* Both were opened for the very same choice: what others chose since changes nothing. */
bool bin_same_choice(const struct bin_opening *a, const struct bin_opening *b);

/* A near miss was corrected: what a wrong lid hid of that choice is no deposit. */
void bin_made_good(struct bin *bin, const struct bin_opening *corrected);

/* To be asked at rest, before a decision is recorded, until it says no: true, and `decision`
 * (UNKNOWN) is a deposit that was told as something else (hindsight.c). `present` is the visit of
 * who is at the kiosk now; 0: nobody. */
bool bin_hindsight(struct bin *bin, int64_t present, struct bin_decision *decision);

/* Somebody's next turn begins, for the class `next`, or the lid opens (WASTE_NONE): a gain that
 * already rests under the open lid, under a lid that tells nothing or lies, or that fell late, is
 * decided now. */
bool bin_conclude(struct bin *bin, int64_t now_ms, struct bin_decision *decision);
bool bin_conclude_unseen(struct bin *bin, int64_t now_ms, enum waste_class next,
                         struct bin_decision *decision);

/* An opening is being watched whose end is not decided. */
bool bin_is_busy(const struct bin *bin);

/* Service: readings and lids go on, but nothing of them is a deposit. */
void bin_service_begin(struct bin *bin);
void bin_service_end(struct bin *bin, int64_t now_ms, const settled_t *after);

/* The base and the books move to `grams`: true, and `decision` is the row that says so. */
bool bin_rebook(struct bin *bin, int64_t now_ms, int32_t grams, struct bin_decision *decision);

/* Where the weight stands still, using no reading from before `since_ms`. */
settled_t bin_settled(const struct bin *bin, int64_t now_ms, int64_t since_ms);
/* The same by the fewest readings that prove anything, where there is no time for more. */
settled_t bin_settled_soon(const struct bin *bin, int64_t now_ms, int64_t since_ms);
/* The same of a weight that stands still, averaged over as many readings as it stood through: it
 * may have come to rest long before it was known to. */
void bin_average(const struct bin *bin, int64_t since_ms, settled_t *weight);
/* What there is to say of it, moving or not. */
settled_t bin_estimate(const struct bin *bin, int64_t now_ms, int64_t since_ms);
/* What rested off the base is no measure any more. */
void bin_forget_away(struct bin *bin);
/* The base is `grams` from now on. */
void bin_rest_at(struct bin *bin, int32_t grams, int64_t now_ms);
/* A collection accounts for what stood here: the books begin anew with the next base. */
void bin_cleared(struct bin *bin);
int32_t bin_min_deposit(const struct bin *bin);
enum sensor_state bin_scale_state(const struct bin *bin, int64_t now_ms);
enum sensor_state bin_lid_state(const struct bin *bin, int64_t now_ms);

#endif
