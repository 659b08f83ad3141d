/* The display: what the view says becomes pixels, and touches become intents.
 *
 * Draws only what differs from the picture before. Pictures of new screens are saved where asked
 * for. In a window of a simulated site a strip below the kiosk lets a person open lids and throw
 * bags by hand; it is no part of the kiosk's own screen.
 *
 * Main thread. The handle is created by display_open() and freed by display_close().
 */
#ifndef KIOSK_SHELL_DISPLAY_H
#define KIOSK_SHELL_DISPLAY_H

#include "kiosk/shell/simulation.h"
#include "kiosk/shell/window.h"
#include "kiosk/ui/ui.h"

struct display;

struct display_config {
    struct window_config window;
    int panel_width_mm;
    bool by_hand;      /* with the strip */
    const char *shots; /* directory, or NULL */
};

enum display_event_kind {
    DISPLAY_NOTHING,
    DISPLAY_INTENT,
    DISPLAY_CARD,
    DISPLAY_HAND,
    DISPLAY_QUIT
};

struct display_event {
    enum display_event_kind kind;
    intent_t intent;
    char card[HW_CARD_MAX];
    struct simulation_hand hand;
};

enum { DISPLAY_ERROR_MAX = WINDOW_ERROR_MAX };

struct display *display_open(const struct display_config *config, char error[DISPLAY_ERROR_MAX]);
void display_close(struct display *display);

/* Shows the view: draws and presents what changed since the last time. */
void display_show(struct display *display, const struct view *view);

/* True while touches wait to be taken by display_next(). */
bool display_pump(struct display *display);

/* The next thing that a person did, NOTHING when there is none. May change what must be shown (a
 * pressed button): display_show() again afterwards. */
struct display_event display_next(struct display *display, int64_t now_ms);

/* When display_next() may have a key that waits (see kiosk/shell/wedge.h), INT64_MAX where none. */
int64_t display_deadline(const struct display *display);

int display_pollfds(const struct display *display, struct pollfd *fds, int most);

/* Renders some characters that other screens will need; false when all are warm. */
bool display_warm(struct display *display);

#endif
