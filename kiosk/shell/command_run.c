/* biaogan run: the kiosk. */
#include "kiosk/shell/app.h"
#include "kiosk/shell/commands.h"
#include "kiosk/shell/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { VISITS_DEFAULT = 25, SPEED_MAX = 200, SCENARIO_BYTES_MAX = 1024 * 1024 };

static const char usage[] =
    "usage: biaogan run [--config FILE] [--state DIR] [--simulate [SCENARIO]] [--window WxH]\n"
    "                   [--headless] [--speed X] [--for SECONDS] [--shots DIR] [--record FILE]\n"
    "                   [--visits-per-hour N] [--seed N] [--no-web]\n"
    "The kiosk. Without --config it is the simulated site.\n"
    "  --config FILE         the site file (assets/deploy/site.cfg is a sample)\n"
    "  --state DIR           where the ledger is kept (./biaogan-state)\n"
    "  --simulate [SCENARIO] a simulated site on pseudo-terminals: people at random, or what the\n"
    "                        scenario file says; in a window, lids and bags also by hand\n"
    "  --visits-per-hour N   random people, 0 to 200 (25)\n"
    "  --seed N              other people, other noise (1)\n"
    "  --window WxH          a window of that size; otherwise the site file's, or the whole "
    "screen\n"
    "  --headless            no display: the panel is memory (--window gives its size)\n"
    "  --speed X             X times real time, 1 to 200; only with a simulated site\n"
    "  --for SECONDS         end after so much kiosk time\n"
    "  --shots DIR           a PNG of every new screen\n"
    "  --record FILE         write a capture of everything that happens\n"
    "  --no-web              without the administrator's page\n";

struct options {
    struct app_config app;
    const char *config_path, *scenario_path;
    bool no_web;
};

static int fail(const char *thing, const char *why)
{
    fprintf(stderr, "biaogan run: %s: %s\n", thing, why);
    return COMMAND_FAILED;
}

static bool parse_size(const char *text, struct app_config *app)
{
    int used = 0;
    return sscanf(text, "%4dx%4d%n", &app->width, &app->height, &used) == 2 && text[used] == '\0' &&
           app->width >= 320 && app->height >= 320;
}

/* The whole file, NUL-terminated; NULL with the reason on stderr. */
static char *read_scenario(const char *path)
{
    FILE *file = fopen(path, "re");
    char *text = file == NULL ? NULL : calloc(1, SCENARIO_BYTES_MAX + 1);
    if (text == NULL) {
        fail(path, strerror(errno));
    } else if (fread(text, 1, SCENARIO_BYTES_MAX + 1, file) > SCENARIO_BYTES_MAX) {
        fail(path, "larger than 1 MiB, no scenario");
        free(text);
        text = NULL;
    } else if (ferror(file)) {
        fail(path, "cannot be read (is it a directory?)");
        free(text);
        text = NULL;
    }
    if (file != NULL) {
        fclose(file);
    }
    return text;
}

static int run(struct options *options)
{
    struct settings *settings = calloc(1, sizeof *settings);
    char error[SETTINGS_ERROR_MAX] = "no memory";
    int read = settings == NULL ? -1
               : options->config_path == NULL
                   ? settings_read_simulated(settings, error)
                   : settings_read_file(options->config_path, settings, error);
    if (read == 0) {
        read = settings_load_items(settings, error);
    }
    if (read != 0) {
        settings_free(settings);
        return fail("configuration", error);
    }
    char *scenario = NULL;
    if (options->scenario_path != NULL) {
        scenario = read_scenario(options->scenario_path);
        if (scenario == NULL) {
            settings_free(settings);
            return COMMAND_FAILED;
        }
    }
    settings->web.enabled = settings->web.enabled && !options->no_web;
    options->app.settings = settings;
    options->app.scenario = scenario;
    options->app.scenario_name = options->scenario_path;
    int result = app_run(&options->app);
    free(scenario);
    settings_free(settings);
    return result;
}

/* 0 to go on, -1 after --help, or an exit code. */
static int parse_option(int option, struct options *options)
{
    struct app_config *app = &options->app;
    uint64_t number = 0;
    switch (option) {
    case 'c':
        options->config_path = options->app.config_path = optarg;
        return 0;
    case 's':
        app->directory = optarg;
        return 0;
    case 'm':
        app->simulate = true;
        options->scenario_path = optarg;
        return 0;
    case 'v':
        app->visits_per_hour = options_number(optarg, 0, 200, &number) ? (int)number : -1;
        return app->visits_per_hour >= 0 ? 0 : fail(optarg, "--visits-per-hour takes 0 to 200");
    case 'd':
        app->seed = options_number(optarg, 0, INT32_MAX, &number) ? number : UINT64_MAX;
        return app->seed != UINT64_MAX ? 0 : fail(optarg, "--seed takes a whole number");
    case 'w':
        return parse_size(optarg, app) ? 0 : fail(optarg, "--window takes WxH, at least 320x320");
    case 'q':
        app->headless = true;
        return 0;
    case 'x':
        app->speed = options_number(optarg, 1, SPEED_MAX, &number) ? (int)number : 0;
        return app->speed > 0 ? 0 : fail(optarg, "--speed takes 1 to 200");
    case 'f':
        app->for_ms = options_number(optarg, 1, 1000000000, &number) ? (int64_t)number * 1000 : 0;
        return app->for_ms > 0 ? 0 : fail(optarg, "--for takes seconds");
    case 'p':
        app->shots = optarg;
        return 0;
    case 'r':
        app->record = optarg;
        return 0;
    case 'n':
        options->no_web = true;
        return 0;
    case 'h':
        fputs(usage, stdout);
        return -1;
    default:
        fputs(usage, stderr);
        return COMMAND_FAILED;
    }
}

int command_run(int argc, char **argv)
{
    static const struct option long_options[] = {
        {"config", required_argument, NULL, 'c'},
        {"state", required_argument, NULL, 's'},
        {"simulate", optional_argument, NULL, 'm'},
        {"visits-per-hour", required_argument, NULL, 'v'},
        {"seed", required_argument, NULL, 'd'},
        {"window", required_argument, NULL, 'w'},
        {"headless", no_argument, NULL, 'q'},
        {"speed", required_argument, NULL, 'x'},
        {"for", required_argument, NULL, 'f'},
        {"shots", required_argument, NULL, 'p'},
        {"record", required_argument, NULL, 'r'},
        {"no-web", no_argument, NULL, 'n'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct options options = {.app = {.directory = "biaogan-state",
                                      .seed = 1,
                                      .visits_per_hour = VISITS_DEFAULT,
                                      .speed = 1}};
    int option;
    optind = 1;
    while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        int result = parse_option(option, &options);
        if (result != 0) {
            return result < 0 ? 0 : result;
        }
    }
    /* getopt knows optional arguments only as --simulate=FILE; people also write a blank. */
    if (options.app.simulate && options.scenario_path == NULL && optind < argc) {
        options.scenario_path = argv[optind++];
    }
    if (optind != argc) {
        return fail(argv[optind], "not understood; see biaogan run --help");
    }
    options.app.simulate = options.app.simulate || options.config_path == NULL;
    if (options.app.speed != 1 && !options.app.simulate) {
        return fail("--speed", "real devices cannot run faster; add --simulate");
    }
    return run(&options);
}
