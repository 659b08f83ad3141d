/* The bytes that the simulated indicators send, and those that they hear. Pure; any thread. */
#ifndef HW_SIM_WIRE_H
#define HW_SIM_WIRE_H

#include "hw/sim/scale.h"

#include <stddef.h>
#include <stdint.h>

enum { SIM_FRAME_MAX = 24 };

typedef size_t sim_frame_writer(const struct sim_display *display, uint8_t frame[SIM_FRAME_MAX]);

/* Yaohua tF0: 02, sign, six digits, decimals, XOR in two digits, 03. Overload is not documented for
 * it and has no flag: the digits go on. */
sim_frame_writer sim_write_yaohua_tf0;

/* "ST,GS,+  12.34kg" CR LF; US while moving, OL beyond the capacity, NT with a tare. */
sim_frame_writer sim_write_st_gs;

/* The line that a host is about to finish. */
struct sim_ear {
    char line[8];
    size_t length; /* full: too long to be an order */
};

/* Takes a byte from the host; answers with the order that it completes. */
typedef enum sim_order sim_hearer(struct sim_ear *ear, uint8_t byte);

/* "MZ" zero, "MT" tare, "CT" clear tare, each with CR, LF or both. In the continuous output of a
 * Yaohua nothing can be said to it. */
sim_hearer sim_hear_st_gs;

#endif
