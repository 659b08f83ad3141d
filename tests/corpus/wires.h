/* From what an instrument displays to the lines of a capture: real byte protocols, the lid board's
 * line, and values of a register bus.
 *
 * The layouts are those of the makers' manuals as hw/ documents them; nothing of the drivers' code
 * is used. Pure; one thread.
 */
#ifndef TESTS_CORPUS_WIRES_H
#define TESTS_CORPUS_WIRES_H

#include "hw/capture.h"

#include <stdbool.h>
#include <stdint.h>

enum display_kind {
    DISPLAY_WEIGHT,
    DISPLAY_LID,   /* one line of the board: all lids; on a bus: one lid */
    DISPLAY_NOISE, /* bytes that are no frame */
    DISPLAY_LOST,
    DISPLAY_BACK,
    DISPLAY_UI
};

/* What happened at one of the site's wires, or at the screen. */
struct display {
    int64_t t_ms;
    enum display_kind kind;
    int bin; /* index: whose scale, or whose lid on a bus; -1: the lid board */
    int32_t grams;
    bool moving, overload;
    char lids[9];  /* 'O' 'C' '?' by bin, NUL-terminated */
    uint32_t word; /* noise: what the bytes are made of */
    const char *verb, *argument;
};

struct wire {
    const char *protocol;
    const char *line;
    bool polled;
    bool has_flag; /* tells whether the weight stands still */
    bool has_overload;
    bool needs_unit; /* the site file must say "kg" */
};

extern const struct wire wires[];
extern const int wire_count;

/* The capture's lines for `display`, at most two (a request and its answer). `wire` is that of its
 * bin; `division_g` sets the decimals; `sequence` is the board's counter. Returns how many. */
int wires_write(const struct display *display, int wire, int32_t division_g, bool on_bus,
                uint8_t *sequence, struct capture_event events[2]);

#endif
