/* The strip below the kiosk in a window of a simulated site: lids and bags by hand.
 *
 * Part of the trial, not of the kiosk: it shows what a person could do with their hands at the real
 * bins. Main thread; part of struct display.
 */
#ifndef KIOSK_SHELL_HAND_STRIP_H
#define KIOSK_SHELL_HAND_STRIP_H

#include "kiosk/shell/simulation.h"
#include "kiosk/ui/ui.h"

enum { HAND_BUTTONS = 4, HAND_PLACES = SIM_BINS * HAND_BUTTONS };

struct hand_strip {
    struct ui window; /* kiosk and strip together */
    int top;          /* px: where it begins below the kiosk */
    rect_t places[HAND_PLACES];
    int pressed; /* index in places, -1 = none */
    bool lid_open[SIM_BINS];
};

/* Its height in a window of this size, px. */
int hand_strip_height(int width, int height);

void hand_strip_init(struct hand_strip *strip, const struct ui *kiosk, int height);

/* Appends the strip to the kiosk's list. */
void hand_strip_draw(struct hand_strip *strip, const struct view *view, struct draw_list *list);

void hand_strip_press(struct hand_strip *strip, int x, int y);
/* True: `hand` is what to do. */
bool hand_strip_release(struct hand_strip *strip, int x, int y, struct simulation_hand *hand);

#endif
