/* Frames for the benchmarks: the rows of the tables in ../vectors that need no options. Main
 * thread; the caller owns the samples. */
#ifndef TESTS_BENCH_SAMPLES_H
#define TESTS_BENCH_SAMPLES_H

#include "hw/port.h"

struct sample {
    uint8_t bytes[HW_FRAME_MAX];
    size_t count;
    bool is_ok; /* the table says that it is one plain value */
};

/* The rows of `protocol` in all tables of `directory`, at most `most`; returns how many. */
size_t samples_read(const char *directory, const char *protocol, struct sample *samples,
                    size_t most);

#endif
