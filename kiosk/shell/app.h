/* The running kiosk: wiring of the threads, and the main loop.
 *
 * Start order: a scenario is read before anything opens; then the store thread, because the journal
 * must be folded before anything can be decided; meanwhile the window opens; then ports, web page
 * and simulated site. The loop sleeps in one poll() over the display, the rings' wake-up, the clock
 * and signals, until the next deadline.
 *
 * Main thread.
 */
#ifndef KIOSK_SHELL_APP_H
#define KIOSK_SHELL_APP_H

#include "kiosk/shell/settings.h"

struct app_config {
    struct settings *settings; /* borrowed; a simulated site points its devices elsewhere */
    const char *config_path;   /* where the settings came from; NULL: the simulated site's */
    const char *directory;     /* of the ledger */
    bool simulate;
    const char *scenario; /* text, or NULL: people at random */
    const char *scenario_name;
    uint64_t seed;
    int visits_per_hour;
    bool headless;
    int width, height;  /* of the window; 0 = as the site file says */
    int speed;          /* times real time */
    int64_t for_ms;     /* end after so much kiosk time; 0 = never */
    const char *shots;  /* directory for a picture of every new screen, or NULL */
    const char *record; /* capture to write, or NULL */
};

/* Runs until asked to stop. 0, or 2 when it could not start (the reason is on stderr). */
int app_run(const struct app_config *config);

#endif
