/* One capture before it is played: the site, what its devices are like, and all that happens there.
 *
 *     scene_begin()  draws devices and habits from the ranges of a level and a split (parameters.c)
 *     scene_plan()   draws what happens: people, weather, cleaners, faults (plan.c)
 *     truth_judge()  says what each opening is by the rules of the design (truth.c)
 *     world_play()   plays it: what the instruments display, and when (world.c)
 *
 * Nothing here knows how the kiosk decides. Weights are true grams in double, times ms since the
 * capture's start. The caller owns the scene; one thread.
 */
#ifndef TESTS_CORPUS_SCENE_H
#define TESTS_CORPUS_SCENE_H

#include "hw/reading.h"
#include "tests/corpus/draw.h"

#include <stdio.h>

enum {
    SCENE_BINS_MAX = 6,
    SCENE_CLASSES = 4,
    SCENE_ACTIONS_MAX = 60000,
    SCENE_OPENINGS_MAX = 4000,
    SCENE_FAULTS_MAX = 64,
    SCENE_NONE = -1
};

enum corpus_level { LEVEL_CALM, LEVEL_BUSY, LEVEL_ROUGH, LEVEL_BROKEN, LEVEL_IDLE, LEVEL_COUNT };
enum corpus_split { SPLIT_FIT, SPLIT_HELD_OUT, SPLIT_COUNT };

extern const char *const corpus_level_names[LEVEL_COUNT];
extern const char *const corpus_split_names[SPLIT_COUNT];
extern const char *const scene_class_names[SCENE_CLASSES];

/* A platform, its load cell and its indicator. */
struct scale_character {
    int wire; /* index of the protocol, wires.h */
    int32_t division_g;
    double period_ms; /* between two readings */
    double jitter_ms; /* either way */
    double late_chance, late_ms;
    double missing_chance, duplicate_chance;
    double frequency_hz, damping; /* of the platform: 0.28 overshoots by 40 %, 0.69 by 5 % */
    double bounce;                /* what a falling bag adds to its own step */
    double filter_ms;             /* the indicator's low pass */
    double white_g;               /* noise of one reading */
    double walk_g;                /* random walk, per square root of a second */
    double creep, creep_s;        /* share of a load that comes later, and how slowly */
    double drift_g_per_h;
    double swing_g, swing_h; /* of temperature: amplitude and period */
    bool tracks_zero;
    bool tells_stable; /* its flag means something, where the protocol has one */
    double stable_ms;
    double spike_chance, spike_g;
    double coupling; /* share of the neighbours' oscillation */
    int equal_frames;
    bool has_lid; /* configured; where not, the kiosk sees steps alone */
};

struct lid_character {
    bool on_bus;
    int delay_least_ms, delay_most_ms;
    double late_chance;
    int late_ms;
    double bounce_chance; /* contacts that chatter */
};

struct habits {
    double visits_per_hour;
    bool overlaps;
    double undeclared, answers, finishes;
    double corrected, wrong_bin, several_lids, second_drop, two_bags, only_looks;
    double left_open, found_open, rim, rim_late, takes_out, small_bag;
    double hand_force; /* chance of a hand on the lid or rim while it is open */
    /* events per hour */
    double leans, trucks, winds, vibrations, swaps, emptyings, zeros, tares, collections;
    double lean_overlap; /* share of leans that do not wait for the bin to be free */
    double truck_g;      /* amplitude at most */
};

enum fault_kind {
    FAULT_SILENT,   /* the scale sends nothing */
    FAULT_OVERLOAD, /* says overload whatever lies there */
    FAULT_FROZEN,   /* repeats its last value */
    FAULT_GARBAGE,  /* sends bytes that are no frames */
    FAULT_LOST,     /* the port goes away */
    FAULT_LID_STUCK_OPEN,
    FAULT_LID_STUCK_CLOSED,
    FAULT_LID_SILENT, /* the whole board */
    FAULT_LID_BROKEN, /* the board says that the switch is faulty */
    FAULT_LID_MISSING /* not even configured: for the record */
};

struct scene_fault {
    enum fault_kind kind;
    int bin;
    int64_t from_ms, to_ms;
};

enum action_kind {
    ACTION_UI,    /* verb and argument */
    ACTION_LID,   /* value: 1 opens, 0 closes */
    ACTION_LOAD,  /* value: grams that come (or go), falling */
    ACTION_FORCE, /* value: grams of a body against the bin from now on, 0: no more; extra: ramp,
                     ms; wobble */
    ACTION_SHAKE, /* value: amplitude in grams; extra: ms; rate_hz */
    ACTION_ZERO   /* zero or tare pressed at the indicator */
};

struct scene_action {
    int64_t t_ms;
    int32_t order; /* of equal times */
    enum action_kind kind;
    int bin;     /* index; SCENE_NONE: the whole site */
    int opening; /* the opening whose movement this is, or SCENE_NONE */
    double value, extra, wobble, rate_hz;
    char verb[8];
    char argument[24];
};

/* A lid opening: a deposit where weight came with it. */
struct scene_opening {
    int bin;
    int64_t opened_ms, closed_ms; /* closed_ms: the capture's end where it stays open */
    int64_t first_load_ms, last_move_ms;
    double grams;
    bool merges;        /* one deposit with the next one would be right, too (truth.c) */
    bool found_open;    /* somebody else had left the lid open: this bag came through it, too */
    int moves;          /* weights that came or went */
    bool splits;        /* two deposits are right, too: no lid tells that both bags came together */
    const char *story;  /* what the planner had in mind */
    bool answered;      /* a class was named afterwards */
    int declared_after; /* class */
    /* truth_judge() */
    int chosen;        /* class or SCENE_NONE */
    int choice_number; /* 0: none */
    int later_choice;  /* made before its lid was reported, perhaps; 0: none */
    bool missed;       /* as a near miss it corrected a deposit */
    bool sure;         /* no doubt about which choice stood */
    enum { KNOWS_NO, KNOWS_MAYBE, KNOWS_YES } scale_knows;
    const char *outcome; /* text id; "" where no deposit */
};

struct scene_counts {
    int visits, leans, removals, collections, winds, trucks;
};

struct scene {
    enum corpus_level level;
    enum corpus_split split;
    uint64_t seed;
    int64_t duration_ms;
    int bin_count;
    int classes[SCENE_BINS_MAX];
    struct scale_character scales[SCENE_BINS_MAX];
    struct lid_character lids;
    bool on_bus; /* all values come over a register bus */
    struct habits habits;
    struct scene_fault faults[SCENE_FAULTS_MAX];
    int fault_count;
    struct scene_action *actions;
    int action_count;
    struct scene_opening *openings;
    int opening_count;
    struct scene_counts counts;
};

/* What is drawn apart: a seed is another capture in every level and split, and what people do does
 * not depend on how often their scale was read. */
enum {
    STREAM_PARAMETERS,
    STREAM_PLAN,
    STREAM_WORLD,
    STREAM_PLATFORMS,
    STREAM_COUNT = STREAM_PLATFORMS + SCENE_BINS_MAX
};
uint64_t scene_stream(const struct scene *scene, int stream);

/* NULL only where there is no memory. */
struct scene *scene_new(void);
void scene_free(struct scene *scene);

void scene_begin(struct scene *scene, enum corpus_level level, enum corpus_split split,
                 uint64_t seed, int64_t duration_ms);
void scene_plan(struct scene *scene);
void truth_judge(struct scene *scene);

/* Faults of a bin's scale or lid: is one on at `t_ms`? */
const struct scene_fault *scene_scale_fault(const struct scene *scene, int bin, int64_t t_ms);
const struct scene_fault *scene_lid_fault(const struct scene *scene, int bin, int64_t t_ms);

/* What counts apart: below the larger of 20 g and 5 divisions. */
bool opening_is_small(const struct scene *scene, const struct scene_opening *opening);

/* One line a deposit, tab-separated, under a header. */
void truth_write(const struct scene *scene, FILE *file);

#endif
