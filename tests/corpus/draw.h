/* Numbers at random from a printed seed: the same on every machine, because only sums and products
 * of IEEE doubles are used and no function of libm. Plain value; one thread.
 */
#ifndef TESTS_CORPUS_DRAW_H
#define TESTS_CORPUS_DRAW_H

#include <stdbool.h>
#include <stdint.h>

struct draw {
    uint64_t state;
};

/* `stream` tells apart what is drawn from one seed: the people of a capture do not change because
 * its scales are other ones. */
struct draw draw_begin(uint64_t seed, uint64_t stream);

uint64_t draw_bits(struct draw *draw);
double draw_unit(struct draw *draw); /* [0, 1) */
double draw_between(struct draw *draw, double least, double most);
int64_t draw_integer(struct draw *draw, int64_t least, int64_t most); /* both included */
bool draw_chance(struct draw *draw, double probability);
double draw_normal(struct draw *draw); /* mean 0, deviation 1, within 4.9: a sum of eight */

/* A sine of period 1 by a polynomial (error below 0.002). */
double draw_wave(double phase);

#endif
