/* The simulated site on pseudo-terminals: a thread that plays hw/sim at kiosk speed.
 *
 * It makes one pseudo-terminal a port and a directory of links that stand for the sockets, so that
 * everything above the wire is the real thing. People's touches come out of a ring; what a person
 * does by hand at the window goes in through another. Main thread.
 */
#ifndef KIOSK_SHELL_SIMULATION_H
#define KIOSK_SHELL_SIMULATION_H

#include "hw/sim/sim.h"
#include "kiosk/shell/settings.h"

enum { SIMULATION_ERROR_MAX = 400 };

struct simulation_config {
    const char *scenario; /* text of a scenario file, or NULL for people at random */
    const char *scenario_name;
    uint64_t seed;
    int visits_per_hour;
    int wake; /* woken when there is a touch */
};

struct simulation_touch {
    int64_t t_ms;
    char verb[16];
    char argument[CAPTURE_WORD_MAX];
};

enum hand_kind { HAND_LID, HAND_THROW, HAND_EMPTY };

struct simulation_hand {
    enum hand_kind kind;
    int bin;   /* 0 .. SIM_BINS-1 */
    int value; /* HAND_LID: 1 open, 0 closed; HAND_THROW: grams */
};

struct simulation;

/* Points the devices of `settings` (ports named as sim_ports) at its pseudo-terminals. NULL with a
 * message. */
struct simulation *simulation_open(const struct simulation_config *config,
                                   struct settings *settings, char error[SIMULATION_ERROR_MAX]);
/* Begins to play; after the io thread was started or before, as you like. */
void simulation_start(struct simulation *simulation);
void simulation_close(struct simulation *simulation);

bool simulation_touch(struct simulation *simulation, struct simulation_touch *touch);
void simulation_hand(struct simulation *simulation, const struct simulation_hand *hand);

#endif
