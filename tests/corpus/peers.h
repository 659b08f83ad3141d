/* The two rules by which the peers weigh a deposit, on the same displays as ours, each in several
 * tunings of which the best counts:
 *
 *   timer  N s after the lid closed: the reading there is, minus the reading before it opened
 *   step   the first reading that differs from the base by more than a threshold; after a pause the
 *          reading there is, minus the base
 *
 * Both know the site, never look at a service, and take an overload or silence of 5 s for unknown.
 * Which choice stood is not asked of them: their outcome counts as right wherever the bin is.
 */
#ifndef CORPUS_PEERS_H
#define CORPUS_PEERS_H

#include "tests/corpus/world.h"

enum { PEER_TIMERS = 6, PEER_STEPS = 12, PEER_RULES = PEER_TIMERS + PEER_STEPS, PEER_FOUND = 4000 };

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

/* "timer 3.0 s", "step 5 d, 0.5 s" */
void peers_name(int rule, char text[32]);

#endif
