/* The truth of a simulated site: which deposit each bag is by the rules of the site, judged from
 * what really happened and not from what a scale saw.
 *
 * A visit ends 10 s after its last event, at once when the person says so, and never while a lid is
 * open. A lid opening is judged by the latest choice before it in the same visit.
 * Pure; one thread at a time.
 */
#ifndef HW_SIM_TRUTH_H
#define HW_SIM_TRUTH_H

#include "hw/sim/sim.h"

enum { SIM_VISIT_IDLE_MS = 10000, SIM_NO_CHOICE = -1 };

struct sim_opening {
    bool open;
    bool silent; /* the scale was unplugged at some time during the opening */
    bool near_miss;
    int choice;
    int64_t opened_ms;
    int32_t thrown_g;
};

struct sim_judge {
    int choice;     /* bin of the chosen class, or SIM_NO_CHOICE */
    bool near_miss; /* since the choice another lid was opened and closed without a gain */
    bool service;   /* the cleaner is at work: nothing is a deposit */
    int64_t last_event_ms;
    struct sim_opening openings[SIM_BINS];
};

void sim_judge_init(struct sim_judge *judge, int64_t t_ms);
void sim_judge_choose(struct sim_judge *judge, int64_t t_ms, int choice);
void sim_judge_touch(struct sim_judge *judge, int64_t t_ms); /* a touch that changes nothing */
void sim_judge_tap(struct sim_judge *judge, int64_t t_ms, const char *intent);
void sim_judge_cancel(struct sim_judge *judge, int64_t t_ms);
void sim_judge_open(struct sim_judge *judge, int64_t t_ms, int bin, bool line_up);
void sim_judge_throw(struct sim_judge *judge, int bin, int32_t grams);
void sim_judge_line_down(struct sim_judge *judge, int bin);

/* True where the opening was a deposit, which is then in `truth`. */
bool sim_judge_close(struct sim_judge *judge, int64_t t_ms, int bin, struct sim_truth *truth);

#endif
