#include "hw/sim/truth.h"

#include <stdio.h>
#include <string.h>

void sim_judge_init(struct sim_judge *judge, int64_t t_ms)
{
    *judge = (struct sim_judge){.choice = SIM_NO_CHOICE, .last_event_ms = t_ms};
}

static void end_visit(struct sim_judge *judge)
{
    judge->choice = SIM_NO_CHOICE;
    judge->near_miss = false;
}

static bool any_lid_open(const struct sim_judge *judge)
{
    for (int bin = 0; bin < SIM_BINS; bin++) {
        if (judge->openings[bin].open) {
            return true;
        }
    }
    return false;
}

void sim_judge_touch(struct sim_judge *judge, int64_t t_ms)
{
    if (t_ms - judge->last_event_ms >= SIM_VISIT_IDLE_MS && !any_lid_open(judge)) {
        end_visit(judge);
    }
    judge->last_event_ms = t_ms;
}

void sim_judge_choose(struct sim_judge *judge, int64_t t_ms, int choice)
{
    sim_judge_touch(judge, t_ms);
    judge->choice = choice;
    judge->near_miss = false;
}

void sim_judge_cancel(struct sim_judge *judge, int64_t t_ms)
{
    sim_judge_touch(judge, t_ms);
    end_visit(judge);
}

void sim_judge_tap(struct sim_judge *judge, int64_t t_ms, const char *intent)
{
    sim_judge_touch(judge, t_ms);
    if (strcmp(intent, "service") == 0) {
        judge->service = true;
        end_visit(judge);
    } else if (strcmp(intent, "leave") == 0) {
        judge->service = false;
        end_visit(judge);
    } else if (strcmp(intent, "finish") == 0) {
        end_visit(judge);
    }
}

void sim_judge_open(struct sim_judge *judge, int64_t t_ms, int bin, bool line_up)
{
    sim_judge_touch(judge, t_ms);
    judge->openings[bin] = (struct sim_opening){
        .open = true,
        .silent = !line_up,
        .near_miss = judge->near_miss,
        .choice = judge->choice,
        .opened_ms = t_ms,
    };
}

void sim_judge_throw(struct sim_judge *judge, int bin, int32_t grams)
{
    judge->openings[bin].thrown_g += grams;
}

void sim_judge_line_down(struct sim_judge *judge, int bin)
{
    judge->openings[bin].silent = true;
}

static const char *outcome_of(const struct sim_opening *opening, int bin)
{
    if (opening->silent) {
        return "unweighed";
    }
    if (opening->choice == SIM_NO_CHOICE) {
        return "undeclared";
    }
    if (opening->choice != bin) {
        return "wrong_bin";
    }
    return opening->near_miss ? "corrected" : "consistent";
}

bool sim_judge_close(struct sim_judge *judge, int64_t t_ms, int bin, struct sim_truth *truth)
{
    struct sim_opening *opening = &judge->openings[bin];
    sim_judge_touch(judge, t_ms);
    opening->open = false;
    if (judge->service) {
        return false;
    }
    if (opening->thrown_g <= 0) {
        judge->near_miss |= opening->choice != SIM_NO_CHOICE && opening->choice != bin &&
                            opening->choice == judge->choice;
        return false;
    }
    judge->near_miss = false;
    *truth = (struct sim_truth){
        .opened_ms = opening->opened_ms,
        .closed_ms = t_ms,
        .bin = (uint8_t)bin,
        .grams = opening->thrown_g,
    };
    const char *chosen = opening->choice == SIM_NO_CHOICE ? "" : sim_bin_classes[opening->choice];
    snprintf(truth->chosen, sizeof truth->chosen, "%s", chosen);
    snprintf(truth->outcome, sizeof truth->outcome, "%s", outcome_of(opening, bin));
    return true;
}
