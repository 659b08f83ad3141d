/* What somebody found against what happened, one to one, by bin and time. */
#ifndef TESTS_CORPUS_SCORE_H
#define TESTS_CORPUS_SCORE_H

#include "tests/corpus/listen.h"

enum { DELAYS_MAX = 60000 };

/* Of deposits of at least max(20 g, 5 divisions), unless it says small. */
struct tally {
    int captures, visits;
    int deposits, found, missed, invented;
    int unsure;           /* found, but nobody could say which outcome is right */
    int judged, wrong;    /* found with an outcome to be judged; of these wrong */
    int weighed, heavier; /* found with a weight to compare; of these off by more than 1 division */
    int far_off;          /* by more than 3 */
    double largest_d;     /* the largest error, divisions */
    int unweighed, expected_unweighed;
    int small, small_found, small_wrong;
    int fast_delays, slow_delays; /* scales of 10 readings a second and more; others */
    int32_t fast_ms[DELAYS_MAX], slow_ms[DELAYS_MAX];
    int64_t readings;
    double seconds, hours;
};

/* Adds a scene's deposits. `errors` (may be NULL) gets a line for each error, with `name`. Marks
 * what was matched in `found`. `judges_outcome` false: right wherever the bin is. */
void score_add(struct tally *tally, const struct scene *scene, struct found_list *found,
               bool judges_outcome, FILE *errors);

/* Missed, invented, wrong outcome, and weights off by more than `divisions` (1 or 3). */
int score_errors(const struct tally *tally, int divisions);

/* The given share (per mille) of the delays, sorted; -1 where there are none. */
int32_t score_delay(int32_t *delays_ms, int count, int permille);

#endif
