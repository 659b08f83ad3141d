#include "tests/corpus/draw.h"

/* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators". */
uint64_t draw_bits(struct draw *draw)
{
    draw->state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t mixed = draw->state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ (mixed >> 31);
}

struct draw draw_begin(uint64_t seed, uint64_t stream)
{
    struct draw draw = {seed};
    draw.state = draw_bits(&draw) ^ (stream * UINT64_C(0xD1B54A32D192ED03));
    draw_bits(&draw);
    return draw;
}

double draw_unit(struct draw *draw)
{
    return (double)(draw_bits(draw) >> 11) * (1.0 / 9007199254740992.0);
}

double draw_between(struct draw *draw, double least, double most)
{
    return least + (most - least) * draw_unit(draw);
}

int64_t draw_integer(struct draw *draw, int64_t least, int64_t most)
{
    return least + (int64_t)(draw_unit(draw) * (double)(most - least + 1));
}

bool draw_chance(struct draw *draw, double probability)
{
    return draw_unit(draw) < probability;
}

double draw_normal(struct draw *draw)
{
    uint64_t sum = 0;
    for (int word = 0; word < 2; word++) {
        uint64_t bits = draw_bits(draw);
        for (int part = 0; part < 4; part++) {
            sum += bits & 0xFFFF;
            bits >>= 16;
        }
    }
    /* Eight of a mean of 32767.5 and a variance of 65536^2 / 12 each. */
    return ((double)sum - 8 * 32767.5) * (1.2247448713915890 / 65536.0);
}

double draw_wave(double phase)
{
    double turn = phase - (double)(int64_t)phase;
    turn = turn < 0 ? turn + 1 : turn;
    double sign = turn < 0.5 ? 1 : -1;
    double half = turn < 0.5 ? turn * 2 : turn * 2 - 1;
    double arch = 4 * half * (1 - half);
    return sign * arch * (0.775 + 0.225 * arch);
}
