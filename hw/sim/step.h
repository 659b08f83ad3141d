/* One action at a simulated site: what scenario files hold and what random people do. */
#ifndef HW_SIM_STEP_H
#define HW_SIM_STEP_H

#include "hw/sim/sim.h"

enum sim_verb {
    /* A person's touches: they reach the sink's ui(). */
    SIM_CHOOSE,
    SIM_ITEM,
    SIM_CARD,
    SIM_PIN,
    SIM_TAP,
    SIM_CANCEL,
    /* At the bins: `target` is the bin, `grams` and `duration_ms` where they apply. */
    SIM_OPEN,
    SIM_CLOSE,
    SIM_THROW,
    SIM_EMPTY,
    SIM_CONTENTS,
    SIM_LEAN,
    /* On the wires: `target` is the port. */
    SIM_UNPLUG,
    SIM_REPLUG,
    SIM_GARBAGE,
    SIM_FREEZE,
    SIM_THAW,
    SIM_VERB_COUNT
};

struct sim_step {
    int64_t at_ms; /* since the beginning of the site */
    enum sim_verb verb;
    int32_t target;              /* bin or port, from 0; SIM_CHOOSE and SIM_ITEM: the class's bin */
    int32_t grams;               /* SIM_GARBAGE: bytes */
    int64_t duration_ms;         /* SIM_LEAN */
    char word[CAPTURE_WORD_MAX]; /* argument of a touch */
};

/* The bin of a class id, -1 where there is none. */
int sim_bin_of_class(const char *class_id);

/* The word of a verb in scenarios; for a touch also the verb of the capture format. */
const char *sim_verb_name(enum sim_verb verb);

#endif
