/* biaogan simulate: a simulated site in virtual time, written as a capture with its truth. */
#include "kiosk/shell/commands.h"

#include "hw/sim/sim.h"
#include "kiosk/shell/options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    HOUR_MS = 3600 * 1000,
    HOURS_DEFAULT = 10,
    HOURS_MAX = 24 * 7,
    VISITS_DEFAULT = 25,
    VISITS_MAX = 200,
    SCENARIO_TAIL_MS = 30000, /* so that the last visit of a scenario can end */
    SCENARIO_BYTES_MAX = 1024 * 1024,
    STRIDE_MS = 1000
};

static const char usage[] =
    "usage: biaogan simulate [--scenario FILE | --visits-per-hour N] [--hours H] [--seed N]\n"
    "                        [--date YYYY-MM-DD] --capture OUT [--truth OUT.tsv]\n"
    "Simulates a site with four bins in virtual time and writes what its ports sent and what\n"
    "people touched as a capture, and what really happened as tab-separated text.\n"
    "  --scenario FILE      do what FILE says (language: hw/sim/scenario.h)\n"
    "  --visits-per-hour N  random people, 0 to 200 (25)\n"
    "  --hours H            how long, for example 0.5 (10; a scenario: until 30 s after its end)\n"
    "  --seed N             another seed, other noise and other people (1)\n"
    "  --date YYYY-MM-DD    the day; the clock starts at 08:00 in China (2026-11-23)\n";

struct options {
    const char *scenario, *capture, *truth;
    int64_t duration_ms; /* 0: not given */
    int visits_per_hour;
    uint64_t seed;
    int64_t utc_ms;
};

struct output {
    FILE *capture, *truth; /* truth may be NULL */
    uint64_t frames, deposits;
};

/* Hours with up to three decimals, as milliseconds. */
static bool parse_hours(const char *text, int64_t *duration_ms)
{
    unsigned hours = 0;
    char decimals[4] = "";
    int used = 0;
    if (strspn(text, "0123456789.") != strlen(text) || sscanf(text, "%4u%n", &hours, &used) != 1) {
        return false;
    }
    text += used;
    if (*text == '.' && (sscanf(text, ".%3[0-9]%n", decimals, &used) != 1 || text[used] != '\0')) {
        return false;
    }
    if (*text != '.' && *text != '\0') {
        return false;
    }
    int64_t thousandths = 0;
    for (int i = 0; i < 3; i++) {
        thousandths = thousandths * 10 + (i < (int)strlen(decimals) ? decimals[i] - '0' : 0);
    }
    *duration_ms = (int64_t)hours * HOUR_MS + thousandths * (HOUR_MS / 1000);
    return *duration_ms > 0 && *duration_ms <= (int64_t)HOURS_MAX * HOUR_MS;
}

/* 08:00 in China is 00:00 UTC of the same day. */
static bool parse_date(const char *text, int64_t *utc_ms)
{
    struct tm day = {.tm_isdst = 0};
    int used = 0;
    if (strlen(text) != 10 ||
        sscanf(text, "%4d-%2d-%2d%n", &day.tm_year, &day.tm_mon, &day.tm_mday, &used) != 3 ||
        used != 10) {
        return false;
    }
    day.tm_year -= 1900;
    day.tm_mon -= 1;
    struct tm asked = day;
    time_t seconds = timegm(&day);
    *utc_ms = (int64_t)seconds * 1000;
    return seconds > 0 && day.tm_mon == asked.tm_mon && day.tm_mday == asked.tm_mday;
}

static bool set_option(struct options *options, int option, const char *argument)
{
    uint64_t number = 0;
    switch (option) {
    case 's':
        options->scenario = argument;
        return true;
    case 'c':
        options->capture = argument;
        return true;
    case 't':
        options->truth = argument;
        return true;
    case 'v':
        if (!options_number(argument, 0, VISITS_MAX, &number)) {
            return false;
        }
        options->visits_per_hour = (int)number;
        return true;
    case 'h':
        return parse_hours(argument, &options->duration_ms);
    case 'd':
        return parse_date(argument, &options->utc_ms);
    default:
        return options_number(argument, 0, UINT64_MAX, &options->seed);
    }
}

/* -1: go on; else the exit status. */
static int parse_options(int argc, char **argv, struct options *options)
{
    static const struct option longs[] = {
        {"scenario", required_argument, NULL, 's'},
        {"visits-per-hour", required_argument, NULL, 'v'},
        {"hours", required_argument, NULL, 'h'},
        {"seed", required_argument, NULL, 'n'},
        {"date", required_argument, NULL, 'd'},
        {"capture", required_argument, NULL, 'c'},
        {"truth", required_argument, NULL, 't'},
        {"help", no_argument, NULL, '?' + 1},
        {NULL, 0, NULL, 0},
    };
    bool visits_given = false;
    optind = 1;
    for (;;) {
        int index = 0;
        int option = getopt_long(argc, argv, "", longs, &index);
        if (option == -1) {
            break;
        }
        if (option == '?' + 1) {
            fputs(usage, stdout);
            return 0;
        }
        if (option == '?') {
            fputs(usage, stderr);
            return COMMAND_FAILED;
        }
        visits_given |= option == 'v';
        if (!set_option(options, option, optarg)) {
            fprintf(stderr, "biaogan simulate: --%s does not take '%s'; see --help\n",
                    longs[index].name, optarg);
            return COMMAND_FAILED;
        }
    }
    if (optind < argc || options->capture == NULL || (visits_given && options->scenario != NULL)) {
        fprintf(stderr, "biaogan simulate: %s\n%s",
                optind < argc              ? "unexpected argument"
                : options->capture == NULL ? "--capture OUT is missing"
                                           : "--scenario and --visits-per-hour exclude each other",
                usage);
        return COMMAND_FAILED;
    }
    return -1;
}

static void write_event(struct output *output, const struct capture_event *event)
{
    char text[CAPTURE_LINE_MAX];
    size_t length = capture_format(event, text);
    fwrite(text, 1, length, output->capture);
}

static void set_port(struct capture_event *event, int port)
{
    snprintf(event->port, sizeof event->port, "%s", sim_ports[port].name);
}

static void write_bytes(void *context, int64_t t_ms, int port, const uint8_t *bytes, size_t count)
{
    struct output *output = context;
    struct capture_event event = {.kind = CAPTURE_RX, .t_ms = t_ms};
    set_port(&event, port);
    event.byte_count = count < CAPTURE_BYTES_MAX ? count : CAPTURE_BYTES_MAX;
    memcpy(event.bytes, bytes, event.byte_count);
    write_event(output, &event);
    output->frames++;
}

static void write_touch(void *context, int64_t t_ms, const char *verb, const char *argument)
{
    struct capture_event event = {.kind = CAPTURE_UI, .t_ms = t_ms};
    snprintf(event.verb, sizeof event.verb, "%s", verb);
    snprintf(event.argument, sizeof event.argument, "%s", argument);
    write_event(context, &event);
}

static void write_line_state(void *context, int64_t t_ms, int port, bool up)
{
    struct capture_event event = {.kind = up ? CAPTURE_BACK : CAPTURE_LOST, .t_ms = t_ms};
    set_port(&event, port);
    write_event(context, &event);
}

static void write_truth(void *context, const struct sim_truth *truth)
{
    struct output *output = context;
    output->deposits++;
    if (output->truth != NULL) {
        fprintf(output->truth, "%" PRId64 "\t%" PRId64 "\t%d\t%s\t%" PRId32 "\t%s\t%s\n",
                truth->opened_ms, truth->closed_ms, truth->bin + 1, sim_bin_classes[truth->bin],
                truth->grams, truth->chosen, truth->outcome);
    }
}

static void write_heads(struct output *output, const struct options *options)
{
    fprintf(output->capture, CAPTURE_HEADER "\n# simulated, seed %" PRIu64 ", %s\n", options->seed,
            options->scenario != NULL ? "scenario" : "random people");
    for (int port = 0; port < SIM_PORT_COUNT; port++) {
        struct capture_event event = {.kind = CAPTURE_PORT};
        set_port(&event, port);
        snprintf(event.protocol, sizeof event.protocol, "%s", sim_ports[port].protocol);
        snprintf(event.line, sizeof event.line, "%s", sim_ports[port].line);
        write_event(output, &event);
    }
    struct capture_event clock = {
        .kind = CAPTURE_CLOCK, .utc_ms = options->utc_ms, .quality = "ntp"};
    write_event(output, &clock);
    if (output->truth != NULL) {
        fputs("opened_ms\tclosed_ms\tbin\tbin_class\tgrams\tchosen\toutcome\n", output->truth);
    }
}

static void run(struct sim *sim, const struct options *options, struct output *output)
{
    const struct sim_sink sink = {
        .context = output,
        .bytes = write_bytes,
        .ui = write_touch,
        .truth = write_truth,
        .line_state = write_line_state,
    };
    int64_t end_ms = options->duration_ms;
    if (end_ms == 0) {
        end_ms = options->scenario != NULL ? sim_scenario_end(sim) + SCENARIO_TAIL_MS
                                           : (int64_t)HOURS_DEFAULT * HOUR_MS;
    }
    write_heads(output, options);
    for (int64_t t_ms = 0; t_ms < end_ms;) {
        t_ms = t_ms + STRIDE_MS < end_ms ? t_ms + STRIDE_MS : end_ms;
        sim_advance(sim, t_ms, &sink);
    }
    fprintf(stderr,
            "biaogan simulate: seed %" PRIu64 ", %" PRId64 " s, %" PRIu64 " frames, %" PRIu64
            " deposits\n",
            options->seed, end_ms / 1000, output->frames, output->deposits);
}

static int load_scenario(struct sim *sim, const char *path)
{
    int result = -1;
    char error[SIM_ERROR_MAX] = "";
    FILE *file = fopen(path, "rb");
    char *text = file != NULL ? malloc(SCENARIO_BYTES_MAX + 1) : NULL;
    if (text == NULL) {
        fprintf(stderr, "biaogan simulate: cannot read %s: %s\n", path, strerror(errno));
    } else {
        size_t length = fread(text, 1, SCENARIO_BYTES_MAX, file);
        text[length] = '\0';
        if (ferror(file) || !feof(file)) {
            fprintf(stderr, "biaogan simulate: cannot read %s: %s\n", path,
                    ferror(file) ? strerror(errno) : "a scenario has at most 1 MiB");
        } else if (sim_load_scenario(sim, text, error) < 0) {
            fprintf(stderr, "biaogan simulate: %s: %s\n", path, error);
        } else {
            result = 0;
        }
    }
    free(text);
    if (file != NULL) {
        fclose(file);
    }
    return result;
}

static FILE *create(const char *path)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        fprintf(stderr, "biaogan simulate: cannot write %s: %s\n", path, strerror(errno));
    }
    return file;
}

/* A full disk shows at the latest when the last bytes are written. */
static bool close_output(FILE *file, const char *path)
{
    if (file == NULL) {
        return true;
    }
    bool failed = ferror(file) != 0;
    failed |= fclose(file) != 0;
    if (failed) {
        fprintf(stderr, "biaogan simulate: cannot write %s: %s\n", path, strerror(errno));
    }
    return !failed;
}

static int simulate(struct sim *sim, const struct options *options)
{
    sim_init(sim, 0, options->seed, options->scenario != NULL ? 0 : options->visits_per_hour);
    if (options->scenario != NULL && load_scenario(sim, options->scenario) < 0) {
        return COMMAND_FAILED;
    }
    struct output output = {.capture = create(options->capture)};
    bool ready = output.capture != NULL;
    if (ready && options->truth != NULL) {
        output.truth = create(options->truth);
        ready = output.truth != NULL;
    }
    if (ready) {
        run(sim, options, &output);
    }
    bool written = close_output(output.capture, options->capture);
    written &= close_output(output.truth, options->truth);
    return ready && written ? 0 : COMMAND_FAILED;
}

int command_simulate(int argc, char **argv)
{
    struct options options = {
        .visits_per_hour = VISITS_DEFAULT,
        .seed = 1,
        .utc_ms = INT64_C(1795392000000), /* 2026-11-23 08:00 in China */
    };
    int status = parse_options(argc, argv, &options);
    if (status >= 0) {
        return status;
    }
    struct sim *sim = malloc(sim_size());
    if (sim == NULL) {
        fprintf(stderr, "biaogan simulate: out of memory\n");
        return COMMAND_FAILED;
    }
    status = simulate(sim, &options);
    free(sim);
    return status;
}
