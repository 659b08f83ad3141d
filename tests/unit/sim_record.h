/* A sink that keeps what a simulated site tells: a digest of everything, counts and truths. */
#ifndef TESTS_UNIT_SIM_RECORD_H
#define TESTS_UNIT_SIM_RECORD_H

#include "hw/sim/sim.h"

#include <stdio.h>
#include <string.h>

enum { RECORD_TRUTHS = 2048 };

struct record {
    uint64_t digest; /* FNV-1a, 64 bits */
    int64_t last_ms;
    bool out_of_order;
    uint64_t frames, touches;
    uint64_t frames_of[SIM_PORT_COUNT];
    int lines_down, lines_up;
    struct sim_truth truths[RECORD_TRUTHS];
    int truth_count;
};

static inline void record_digest(struct record *record, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++) {
        record->digest = (record->digest ^ bytes[i]) * UINT64_C(0x100000001B3);
    }
}

static inline void record_time(struct record *record, int64_t t_ms, int port)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%lld/%d:", (long long)t_ms, port);
    record_digest(record, text, (size_t)length);
    record->out_of_order |= t_ms < record->last_ms;
    record->last_ms = t_ms;
}

static inline void record_bytes(void *context, int64_t t_ms, int port, const uint8_t *bytes,
                                size_t count)
{
    struct record *record = context;
    record_time(record, t_ms, port);
    record_digest(record, bytes, count);
    record->frames++;
    record->frames_of[port]++;
}

static inline void record_touch(void *context, int64_t t_ms, const char *verb, const char *argument)
{
    struct record *record = context;
    record_time(record, t_ms, -1);
    record_digest(record, verb, strlen(verb));
    record_digest(record, argument, strlen(argument));
    record->touches++;
}

static inline void record_truth(void *context, const struct sim_truth *truth)
{
    struct record *record = context;
    record_time(record, truth->closed_ms, truth->bin);
    record_digest(record, truth->outcome, strlen(truth->outcome));
    if (record->truth_count < RECORD_TRUTHS) {
        record->truths[record->truth_count] = *truth;
    }
    record->truth_count++;
}

static inline void record_line_state(void *context, int64_t t_ms, int port, bool up)
{
    struct record *record = context;
    record_time(record, t_ms, port);
    record->lines_up += up;
    record->lines_down += !up;
}

static inline struct sim_sink record_sink(struct record *record)
{
    memset(record, 0, sizeof *record);
    record->digest = UINT64_C(0xCBF29CE484222325);
    return (struct sim_sink){record, record_bytes, record_touch, record_truth, record_line_state};
}

#endif
