/* A simulated site: bins with mass on scales, lids, noise, and people who come and go.
 *
 * Pure and deterministic: the same scenario and seed give the same bytes at the same times. It
 * speaks the real byte protocols, so everything above the wire is exercised. Time is a parameter;
 * the caller moves the site from sim_deadline() to sim_deadline(). One thread at a time.
 * The caller owns the struct; nothing in it needs freeing.
 */
#ifndef HW_SIM_SIM_H
#define HW_SIM_SIM_H

#include "hw/capture.h"

enum {
    SIM_BINS = 4,              /* one of each class, in the order of the classes: recyclable,
                                  hazardous, kitchen, residual */
    SIM_SCENARIO_STEPS = 4096, /* actions of one scenario file, or of one simulated day ahead */
    SIM_ERROR_MAX = 160
};

/* The ports of the simulated site, in the order of its port table: four scales, one lid board. */
enum { SIM_PORT_SCALE_1, SIM_PORT_LIDS = SIM_BINS, SIM_PORT_COUNT };

struct sim_port_info {
    const char *name;     /* "s1" .. "s4", "l1" */
    const char *protocol; /* a name of the driver table */
    const char *line;
};
extern const struct sim_port_info sim_ports[SIM_PORT_COUNT];

/* The text id of a bin's class: "recyclable" ... */
extern const char *const sim_bin_classes[SIM_BINS];

/* What really happened: one line for each bag that fell, the scenario's truth. */
struct sim_truth {
    int64_t opened_ms, closed_ms; /* of the lid */
    uint8_t bin;                  /* 0 .. SIM_BINS-1 */
    int32_t grams;                /* mass that arrived during the opening */
    char chosen[16];              /* class id chosen before the lid opened, or "" */
    char outcome[16];             /* the outcome that DESIGN's rules give: "consistent" ... */
};

/* What the site emits, in order of time. bytes: a port said something; ui: a person touched the
 * screen (verb and argument of the capture format); truth: a deposit is complete; line_state: a
 * port was unplugged or came back. Any may be NULL. */
struct sim_sink {
    void *context;
    void (*bytes)(void *context, int64_t t_ms, int port, const uint8_t *bytes, size_t count);
    void (*ui)(void *context, int64_t t_ms, const char *verb, const char *argument);
    void (*truth)(void *context, const struct sim_truth *truth);
    void (*line_state)(void *context, int64_t t_ms, int port, bool up);
};

struct sim;

/* Bytes that a struct sim needs: the caller gives the memory, so that nothing is allocated here. */
size_t sim_size(void);

/* A site at t_ms with seeded noise, and people who come at random: `visits_per_hour` on average
 * (0: nobody). */
void sim_init(struct sim *sim, int64_t t_ms, uint64_t seed, int visits_per_hour);

/* Reads a scenario (see sim/scenario.h) in place of the random people. -1 with line and reason. */
int sim_load_scenario(struct sim *sim, const char *text, char error[SIM_ERROR_MAX]);

/* When the last action of the loaded scenario begins, ms; the site's beginning without one. */
int64_t sim_scenario_end(const struct sim *sim);

/* When sim_advance must be called next, ms. */
int64_t sim_deadline(const struct sim *sim);

/* Moves the site to t_ms and emits everything due until then. */
void sim_advance(struct sim *sim, int64_t t_ms, const struct sim_sink *sink);

/* What the host said to the device at a port: scales of some protocols can be told to zero. */
void sim_hear(struct sim *sim, int port, const uint8_t *bytes, size_t count);

/* By hand: a person at the real window. What that person touched on the screen is not known here,
 * so the truth of such a deposit is `undeclared`. */
void sim_lid(struct sim *sim, int bin, bool open);
void sim_throw(struct sim *sim, int bin, int32_t grams);
void sim_empty(struct sim *sim, int bin); /* take the full bin away, put an empty one */
bool sim_lid_is_open(const struct sim *sim, int bin);
int32_t sim_grams(const struct sim *sim, int bin); /* true mass on the scale */

#endif
