/* The inside of a run: its state, and how its parts are made. For app.c and app_open.c only. */
#ifndef KIOSK_SHELL_APP_INTERNAL_H
#define KIOSK_SHELL_APP_INTERNAL_H

#include "kiosk/shell/app.h"
#include "kiosk/shell/backup_thread.h"
#include "kiosk/shell/bus_thread.h"
#include "kiosk/shell/card.h"
#include "kiosk/shell/clock.h"
#include "kiosk/shell/display.h"
#include "kiosk/shell/gate.h"
#include "kiosk/shell/io.h"
#include "kiosk/shell/log.h"
#include "kiosk/shell/pages.h"
#include "kiosk/shell/settings_list.h"
#include "kiosk/shell/sound.h"
#include "kiosk/shell/store_thread.h"
#include "kiosk/shell/tally.h"
#include "kiosk/shell/touch.h"
#include "kiosk/shell/version.h"
#include "kiosk/web/web.h"

enum { APP_EXIT_ENVIRONMENT = 2 };

struct app {
    const struct app_config *config;
    int wake, clock_watch, signals;
    struct kiosk kiosk;
    struct view view;
    bool must_show;
    bool quit;
    const char *quit_reason;
    int64_t started_ms, clock_news_ms;
    struct store_thread *store;
    struct ledger_setting setting_list[LEDGER_SETTINGS_MAX];
    struct backup_thread *backup;
    struct ring readings; /* of struct kiosk_input: io -> main */
    struct io *io;
    struct bus_threads *buses;
    char adapters_path[SETTINGS_PATH_MAX];
    struct gate *gate;
    struct simulation *simulation;
    struct display *display;
    struct recorder *recorder;
    struct speaker *speaker;
    struct web *web;
    struct tally tally;
};

/* Says what failed, and returns the exit code of the run. */
int app_fail(const char *what, const char *why);

/* Each makes one part of `app` from its configuration: 0, or the exit code of the run. In this
 * order; signals are taken before any thread is made. */
int app_open_descriptors(struct app *app);
int app_open_store(struct app *app);
int app_open_simulation(struct app *app);
int app_open_display(struct app *app);
int app_open_recorder(struct app *app);

#endif
