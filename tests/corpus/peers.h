/* The rules by which the peers weigh a deposit, on the same displays as ours, each in several
 * tunings of which the best counts:
 *
 *   door   N s after the lid opened: the reading there is, minus the reading before (the kiosk with
 *          four doors works like this: it opens a door, waits a fixed time, reads once)
 *   step   the first reading that differs from the base by more than a threshold; after a pause the
 *          reading there is, minus the base (the weigh station that waits half a second for
 *          "stable", then takes what there is)
 *   close  as door, but N s after the lid closed: kinder, and no known peer has it
 *
 * All know the site, never look at a service, and take an overload or silence of 5 s for unknown.
 * Which choice stood is not asked of them: their outcome counts as right wherever the bin is.
 */
#ifndef TESTS_CORPUS_PEERS_H
#define TESTS_CORPUS_PEERS_H

#include "tests/corpus/world.h"

enum {
    PEER_DOORS = 6,
    PEER_STEPS = 12,
    PEER_CLOSES = 6,
    PEER_FIRST_STEP = PEER_DOORS,
    PEER_FIRST_CLOSE = PEER_FIRST_STEP + PEER_STEPS,
    PEER_RULES = PEER_FIRST_CLOSE + PEER_CLOSES,
    PEER_FOUND = 4000
};

struct peer_found {
    int bin;
    int64_t t_ms;
    bool weighed;
    int32_t grams;
};

struct peer_bin {
    bool known;    /* grams is fresh enough at heard_ms */
    int32_t grams; /* newest */
    int64_t heard_ms;
    bool lid_open;
    bool has_base[PEER_RULES];
    double base_g[PEER_RULES];
    int64_t due_ms[PEER_RULES]; /* INT64_MAX: nothing pends */
};

struct peers {
    const struct scene *scene;
    bool service;
    struct peer_bin bins[SCENE_BINS_MAX];
    int count[PEER_RULES];
    struct peer_found found[PEER_RULES][PEER_FOUND];
};

void peers_begin(struct peers *peers, const struct scene *scene);
void peers_hear(struct peers *peers, const struct display *display);
void peers_end(struct peers *peers, int64_t t_ms);

/* "door 12.0 s", "step 5 d, 0.5 s", "close 3.0 s" */
void peers_name(int rule, char text[32]);

#endif
