/* What a board at the lids does, without its pins: quietens switches, turns echoes into distances,
 * opens locks, and speaks the lid line (hw/lid_line.h). A sketch reads the pins and the clock, and
 * passes them in; lid_board/lid_board.ino is one.
 *
 * Owned by its caller; nothing is allocated, and nothing is kept anywhere else. C99 with <string.h>
 * only, integers only. Not for interrupts: call everything from one loop, at least every
 * BOARD_TICK_MOST_MS. Times are milliseconds of a clock that may start anywhere and wraps after
 * 2^32 of them.
 */
#ifndef HW_FIRMWARE_BOARD_H
#define HW_FIRMWARE_BOARD_H

#include "hw/lid_line.h"

enum {
    BOARD_QUIET_MS = 20,     /* a contact counts when it has not moved for so long */
    BOARD_CHATTER_MS = 1000, /* and is faulty when it was not that quiet for so long */
    BOARD_PULSE_MS = 500,    /* how long a lock's coil is driven */
    BOARD_REST_MS = 500,     /* and then rests, deaf to commands: coils are not made to hold */
    BOARD_TICK_MOST_MS = 50, /* so that no time above is stretched by more than that */
    BOARD_ECHOES = 5,        /* of so many echoes the median counts */
    BOARD_ECHOES_LEAST = 3,  /* if at least so many were heard, else nothing was */
    BOARD_MM_LEAST = 20,     /* nearer and farther is out of range: HC-SR04, JSN-SR04T */
    BOARD_MM_MOST = 4500,
    BOARD_ECHO_MOST_US = 26300, /* there and back over BOARD_MM_MOST: wait no longer */
    BOARD_OUT_MAX = 3 * LID_LINE_MAX
};

enum board_contact_state { BOARD_CONTACT_CLOSED, BOARD_CONTACT_OPEN, BOARD_CONTACT_FAULTY };

struct board_config {
    uint8_t id;     /* 0 to LID_LINE_BOARD_MAX */
    uint8_t lids;   /* how many channels, 1 to LID_LINE_CHANNELS_MAX */
    uint8_t levels; /* likewise, or 0: no LVL lines */
    uint8_t locks;  /* likewise, or 0: no LCK lines, and no commands */
};

/* The pins at one time, channel 1 at [0]; enum board_contact_state. */
struct board_input {
    uint8_t lids[LID_LINE_CHANNELS_MAX];
    uint8_t locks[LID_LINE_CHANNELS_MAX]; /* BOARD_CONTACT_FAULTY: the lock has no contact */
};

struct board_contact {
    uint8_t state;          /* what is told */
    uint8_t seen;           /* what the pin said last */
    uint32_t seen_since_ms; /* since when it has said nothing else */
    uint32_t quiet_ms;      /* when it was quiet last */
};

struct board_pulse {
    bool is_busy; /* driven or resting */
    uint32_t begun_ms;
};

struct board {
    struct board_config config;
    struct board_contact lids[LID_LINE_CHANNELS_MAX];
    struct board_contact locks[LID_LINE_CHANNELS_MAX];
    struct board_pulse pulses[LID_LINE_CHANNELS_MAX];
    uint16_t echoes_mm[LID_LINE_CHANNELS_MAX][BOARD_ECHOES]; /* or LID_LINE_NOTHING_HEARD */
    uint8_t next_echo[LID_LINE_CHANNELS_MAX];
    uint32_t lids_told_ms;
    uint32_t levels_told_ms;
    uint32_t locks_told_ms;
    uint8_t sequence;
    uint8_t heard_count;
    uint8_t heard[LID_LINE_MAX]; /* what may become a command */
};

/* Contacts are unknown (`?`) and locks not driven until the first ticks. */
void board_start(struct board *board, const struct board_config *config, uint32_t now_ms);

/* The state of a lid switch whose wire is watched, from what a 10-bit converter reads (0 to 1023 of
 * the supply) at the middle of: supply - 4.7k - pin - wire - 4.7k - switch with 4.7k across it -
 * ground. A lid that is shut closes its switch: 1/2; open: 2/3; a short: 0; a cut wire: 1. */
enum board_contact_state board_contact_of_adc(uint16_t reading);

/* Millimetres of an echo that came back after `echo_us`, or LID_LINE_NOTHING_HEARD: 0 us, or out of
 * range. Sound travels 343 mm/ms at 20 degrees Celsius, 0.17 % more with each degree. */
uint16_t board_mm_of_echo(uint32_t echo_us);

/* An echo of the level sensor of `channel`, from 1; 0 = none came. */
void board_echo(struct board *board, uint8_t channel, uint32_t echo_us);

/* What the level sensor of `channel` tells now: mm or LID_LINE_NOTHING_HEARD. */
uint16_t board_level(const struct board *board, uint8_t channel);

/* A byte from the host. */
void board_hear(struct board *board, uint8_t byte, uint32_t now_ms);

/* Takes the pins in; writes the lines that are due and returns how many bytes they are. */
size_t board_tick(struct board *board, const struct board_input *input, uint32_t now_ms,
                  uint8_t out[BOARD_OUT_MAX]);

/* Whether the coil of the lock of `channel` is to be driven, as of the last tick or command. */
bool board_drives(const struct board *board, uint8_t channel, uint32_t now_ms);

#endif
