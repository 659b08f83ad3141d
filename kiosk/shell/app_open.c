#include "kiosk/shell/app_internal.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PAST_DAYS = 8, /* the week on screen, and a day in hand */
    HEADLESS_WIDTH = 1920,
    HEADLESS_HEIGHT = 1080,
    DAY_MS = 24 * 3600 * 1000
};

int app_fail(const char *what, const char *why)
{
    log_line(LOG_ERROR, "run", "%s: %s", what, why);
    return APP_EXIT_ENVIRONMENT;
}

int app_open_descriptors(struct app *app)
{
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGHUP);
    /* Before any thread is made, so that none of them is interrupted. A file that may not grow any
     * further (SIGXFSZ) is a full medium, not an end. */
    if (pthread_sigmask(SIG_BLOCK, &stop, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
        signal(SIGXFSZ, SIG_IGN) == SIG_ERR) {
        return app_fail("signals", strerror(errno));
    }
    app->signals = signalfd(-1, &stop, SFD_NONBLOCK | SFD_CLOEXEC);
    app->wake = wake_open();
    app->clock_watch = clock_watch_open();
    return app->signals < 0 || app->wake < 0 ? app_fail("descriptors", strerror(errno)) : 0;
}

int app_open_store(struct app *app)
{
    char boot_id[BOOT_ID_MAX];
    clock_boot_id(boot_id);
    moment_t now = clock_moment();
    int64_t past = now.quality == CLOCK_UNSET ? 0 : now.utc_ms - (int64_t)PAST_DAYS * DAY_MS;
    const struct store_config config = {
        .directory = app->config->directory,
        .boot_id = boot_id,
        .past_utc_ms = past,
        .keep_months = app->config->settings->storage.keep_months,
        .settings = app->setting_list,
        .setting_count = settings_list_read(app->config->config_path, app->setting_list),
        .wake = app->wake,
    };
    app->store = store_thread_start(&config);
    if (app->store == NULL) {
        return app_fail("store", "cannot make the thread");
    }
    const char *to = app->config->settings->storage.backup;
    app->backup = to[0] == '\0' ? NULL : backup_thread_start(app->config->directory, to);
    return to[0] == '\0' || app->backup != NULL ? 0 : app_fail("backup", "cannot make the thread");
}

int app_open_simulation(struct app *app)
{
    if (!app->config->simulate) {
        return 0;
    }
    struct simulation_config config = {
        .scenario = app->config->scenario,
        .scenario_name = app->config->scenario_name,
        .seed = app->config->seed,
        .visits_per_hour = app->config->visits_per_hour,
        .wake = app->wake,
    };
    char error[SIMULATION_ERROR_MAX];
    app->simulation = simulation_open(&config, app->config->settings, error);
    return app->simulation != NULL ? 0 : app_fail("simulated site", error);
}

int app_open_display(struct app *app)
{
    const struct app_config *config = app->config;
    const struct screen_settings *screen = &config->settings->screen;
    struct display_config display = {
        .window =
            {
                .title = "标杆 Biaogan",
                .width = config->width > 0 ? config->width : screen->width,
                .height = config->height > 0 ? config->height : screen->height,
                .headless = config->headless,
            },
        .panel_width_mm = screen->panel_width_mm,
        .by_hand = config->simulate && !config->headless && config->width > 0,
        .shots = config->shots,
    };
    if (config->headless && display.window.width == 0) {
        display.window.width = HEADLESS_WIDTH;
        display.window.height = HEADLESS_HEIGHT;
    }
    if (config->shots != NULL && mkdir(config->shots, 0755) != 0 && errno != EEXIST) {
        return app_fail(config->shots, strerror(errno));
    }
    char error[DISPLAY_ERROR_MAX];
    app->display = display_open(&display, error);
    return app->display != NULL ? 0 : app_fail("display", error);
}

int app_open_recorder(struct app *app)
{
    if (app->config->record == NULL) {
        return 0;
    }
    char error[CAPTURE_ERROR_MAX];
    app->recorder =
        recorder_open(app->config->record, app->config->settings, clock_now_ms(), error);
    return app->recorder != NULL ? 0 : app_fail("recorder", error);
}
