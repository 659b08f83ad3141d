/* The simulator's own random numbers: splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom
 * number generators", OOPSLA 2014). Integers only, so that amd64 and arm64 draw the same site.
 */
#ifndef HW_SIM_RANDOM_H
#define HW_SIM_RANDOM_H

#include <stdint.h>

struct sim_random {
    uint64_t state;
};

/* A stream of its own for each `stream` of one seed. */
void sim_random_seed(struct sim_random *random, uint64_t seed, uint64_t stream);

uint64_t sim_random_next(struct sim_random *random);

/* lowest .. highest, both included; lowest <= highest. */
int32_t sim_random_range(struct sim_random *random, int32_t lowest, int32_t highest);

/* True in `permille` of 1000 cases. */
int sim_random_chance(struct sim_random *random, int permille);

/* Bell-shaped around 0 with the given standard deviation; never beyond 3.5 of it. */
int32_t sim_random_noise(struct sim_random *random, int32_t deviation);

#endif
