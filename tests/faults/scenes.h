/* What a kiosk does with its ledger, as scenes that can be cut or disturbed at any call. */
#ifndef TESTS_FAULTS_SCENES_H
#define TESTS_FAULTS_SCENES_H

#include "tests/faults/witness.h"

struct scene {
    const char *name;
    /* Makes what is there before, on a medium that is not watched yet; NULL: an empty directory. */
    void (*prepare)(struct witness *witness);
    /* Returns early where nothing gets on any more. The ledger may be left open. */
    void (*play)(struct witness *witness);
};

extern const struct scene scenes[];
extern const int scene_count;

#endif
