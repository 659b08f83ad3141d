#include "hw/sim/random.h"

#include <assert.h>

void sim_random_seed(struct sim_random *random, uint64_t seed, uint64_t stream)
{
    struct sim_random mixer = {seed ^ (stream * UINT64_C(0xD1B54A32D192ED03))};
    random->state = sim_random_next(&mixer);
}

uint64_t sim_random_next(struct sim_random *random)
{
    random->state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = random->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

int32_t sim_random_range(struct sim_random *random, int32_t lowest, int32_t highest)
{
    assert(lowest <= highest);
    uint64_t span = (uint64_t)((int64_t)highest - lowest) + 1;
    /* Of the top 32 bits, the high half of the product: no modulo bias worth speaking of. */
    return (int32_t)(lowest + (int64_t)(((sim_random_next(random) >> 32) * span) >> 32));
}

int sim_random_chance(struct sim_random *random, int permille)
{
    return sim_random_range(random, 0, 999) < permille;
}

int32_t sim_random_noise(struct sim_random *random, int32_t deviation)
{
    uint64_t bits = sim_random_next(random);
    int64_t sum = 0;
    for (int part = 0; part < 4; part++) {
        sum += (int64_t)((bits >> (16 * part)) & 0xFFFF);
    }
    /* Four uniforms of 0 .. 65535: mean 131070, standard deviation 37837. */
    return (int32_t)((sum - 131070) * deviation / 37837);
}
