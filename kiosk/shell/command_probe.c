/* biaogan probe: line settings and protocol of an unknown port. */
#include "kiosk/shell/commands.h"

#include "hw/link.h"
#include "hw/port.h"
#include "hw/probe.h"
#include "kiosk/shell/clock.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SECONDS_DEFAULT = 2, /* per line setting: even a slow scale sends more than three frames */
    SECONDS_MAX = 3600,
    ENOUGH_FRAMES = 2 * PROBE_FRAMES_ENOUGH, /* of a fitting format: listening longer is idle */
    LOOK_MS = 250,                           /* how often that is looked at */
    QUIET_LINES = 2,   /* silent at so many line settings: only questions can help */
    ASK_TIMES = 4,     /* requests to one polled device */
    ANSWER_MS = 400,   /* the longest wait for an answer */
    PAUSE_MS = 100,    /* so much silence ends an answer */
    ROWS_MAX = 20,     /* of the ranking */
    SAMPLE_BYTES = 32, /* of what nobody understands */
    RATE_MS = 1000     /* window of the hit rate of --watch */
};

static const char help[] =
    "usage: biaogan probe PORT [--seconds N] [--protocol NAME] [--line L] [--watch]\n"
    "\n"
    "Finds the line settings and the protocol of the device on PORT: listens, and asks polled\n"
    "devices for their value (a request that could zero or tare another device is sent only with\n"
    "--protocol). Prints a ranking, tab-separated with a header line: line, protocol, frames,\n"
    "rejects, score (permille of the bytes in whole frames), sample frame, decoded, options.\n"
    "Writes no configuration.\n"
    "\n"
    "  --seconds N      listen so long at each line setting (2)\n"
    "  --protocol NAME  only this one of `biaogan protocols`\n"
    "  --line L         only this line setting, like 9600/8n1 or 2400/7e1\n"
    "  --watch          show bytes, values and hit rate live until Ctrl-C; with --seconds, so "
    "long\n"
    "  --help           this text\n"
    "\n"
    "Exit code: 0 exactly one format fits, 1 none or several, 2 wrong usage or environment.\n";

struct probing {
    const char *device;
    const struct hw_driver *only; /* --protocol */
    const char *line;             /* --line */
    int64_t listen_ms;
    bool seconds_given, watch;
    bool has_line; /* false: a pseudo-terminal, which has no line settings */
    struct link link;
    uint8_t bytes[PROBE_BYTES_MAX];
    size_t count;
    struct probe_score scores[PROBE_CANDIDATES_MAX];
    size_t score_count;
    uint8_t seen[PROBE_BYTES_MAX]; /* of the line setting at which most arrived */
    size_t seen_count;
    int64_t seen_ms;
    char seen_line[HW_LINE_TEXT_MAX];
    int quiet_lines;
    bool lost;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

/* ---- the port -------------------------------------------------------------------------------- */

/* Waits for bytes until `due_ms`. How many came; 0 when none did, -1 when the port is lost. */
static ssize_t receive(struct probing *probing, uint8_t *bytes, size_t size, int64_t due_ms)
{
    struct pollfd fd = {.fd = probing->link.fd, .events = POLLIN};
    if (poll(&fd, 1, clock_wait_ms(due_ms)) <= 0) {
        return 0;
    }
    const ssize_t count = probing->link.ops->read(&probing->link, bytes, size);
    if (count == LINK_LOST) {
        probing->lost = true;
        return -1;
    }
    return count == LINK_AGAIN ? 0 : count;
}

static bool is_clear(const struct probing *probing, const struct hw_driver *asked)
{
    static struct probe_score scores[PROBE_CANDIDATES_MAX];
    const size_t count =
        probe_score_all(probing->only, asked, "", probing->bytes, probing->count, scores, 0);
    return probe_rank(scores, count) > 0 && scores[0].frames >= ENOUGH_FRAMES;
}

/* Appends what arrives until `due_ms`, or until more would tell nothing new. */
static void listen_until(struct probing *probing, int64_t due_ms, const struct hw_driver *asked)
{
    int64_t look_ms = clock_now_ms() + LOOK_MS;
    while (!interrupted && probing->count < sizeof probing->bytes && clock_now_ms() < due_ms) {
        const ssize_t got = receive(probing, probing->bytes + probing->count,
                                    sizeof probing->bytes - probing->count, due_ms);
        if (got < 0) {
            return;
        }
        probing->count += (size_t)got;
        if (asked != NULL && got > 0 && clock_now_ms() + PAUSE_MS < due_ms) {
            due_ms = clock_now_ms() + PAUSE_MS;
        }
        if (asked == NULL && clock_now_ms() >= look_ms) {
            look_ms = clock_now_ms() + LOOK_MS;
            if (is_clear(probing, asked)) {
                return;
            }
        }
    }
}

/* ---- one line setting ------------------------------------------------------------------------ */

static void keep_sample(struct probing *probing, const char *line, int64_t took_ms)
{
    if (probing->count > probing->seen_count) {
        memcpy(probing->seen, probing->bytes, probing->count);
        probing->seen_count = probing->count;
        probing->seen_ms = took_ms > 0 ? took_ms : 1;
        snprintf(probing->seen_line, sizeof probing->seen_line, "%s", line);
    }
}

static void score(struct probing *probing, const char *line, const struct hw_driver *asked)
{
    const size_t before = probing->score_count;
    probing->score_count = probe_score_all(probing->only, asked, line, probing->bytes,
                                           probing->count, probing->scores, before);
    for (size_t i = before; i < probing->score_count && !probing->has_line; i++) {
        struct probe_score *own = &probing->scores[i];
        snprintf(own->line, sizeof own->line, "%s",
                 probing->line != NULL ? line : own->driver->line);
    }
}

static void listen_on(struct probing *probing, const char *line)
{
    if (probing->quiet_lines >= QUIET_LINES || (probing->only != NULL && probing->only->polled)) {
        return;
    }
    const int64_t start_ms = clock_now_ms();
    probing->count = 0;
    listen_until(probing, start_ms + probing->listen_ms, NULL);
    keep_sample(probing, line, clock_now_ms() - start_ms);
    probing->quiet_lines = probing->count == 0 ? probing->quiet_lines + 1 : -PROBE_LINES_MAX;
    score(probing, line, NULL);
}

/* False where an earlier driver of the table sends the same request. */
static bool is_first_with_request(const struct hw_driver *driver, const uint8_t *request,
                                  size_t length)
{
    for (size_t i = 0; hw_drivers[i] != driver; i++) {
        uint8_t other[HW_REQUEST_MAX];
        if (probe_request(hw_drivers[i], other) == length && memcmp(other, request, length) == 0) {
            return false;
        }
    }
    return true;
}

static void ask(struct probing *probing, const char *line, const struct hw_driver *driver,
                const uint8_t *request, size_t length)
{
    const int64_t start_ms = clock_now_ms();
    const int64_t answer_ms = driver->poll_ms > ANSWER_MS ? driver->poll_ms : ANSWER_MS;
    probing->count = 0;
    for (int i = 0; i < ASK_TIMES && !probing->lost && !interrupted; i++) {
        if (probing->link.ops->write(&probing->link, request, length) == LINK_LOST) {
            probing->lost = true;
            return;
        }
        listen_until(probing, clock_now_ms() + answer_ms, driver);
        if (probing->count == 0) {
            return; /* nobody answers to this */
        }
    }
    keep_sample(probing, line, clock_now_ms() - start_ms);
    score(probing, line, driver);
}

static void ask_on(struct probing *probing, const char *line)
{
    for (size_t i = 0; i < hw_driver_count && !probing->lost && !interrupted; i++) {
        const struct hw_driver *driver = hw_drivers[i];
        uint8_t request[HW_REQUEST_MAX];
        const size_t length = probe_request(driver, request);
        const bool is_named = driver == probing->only;
        const bool is_wanted = probing->only == NULL || is_named;
        const bool is_safe = is_named || probe_endangers(request, length) == NULL;
        const bool is_here = is_named || !probing->has_line || probe_is_asked_on(driver, line);
        if (length > 0 && is_wanted && is_safe && is_here &&
            (is_named || is_first_with_request(driver, request, length))) {
            ask(probing, line, driver, request, length);
        }
    }
}

/* 0, or -1 with the reason in `error`. */
static int try_line(struct probing *probing, const char *line, char error[LINK_ERROR_MAX])
{
    if (isatty(STDERR_FILENO) && probing->has_line) {
        fprintf(stderr, "biaogan probe: trying %s\n", line);
    }
    const struct link_ops *ops = link_for_device(probing->device);
    if (ops->open(&probing->link, probing->device, line, error) != 0) {
        return -1;
    }
    listen_on(probing, line);
    if (probe_rank(probing->scores, probing->score_count) == 0 && !probing->lost) {
        ask_on(probing, line);
    }
    ops->close(&probing->link);
    return 0;
}

/* Tries line settings until one gives a finding. 0, or -1 where the port cannot be used. */
static int try_lines(struct probing *probing, char error[LINK_ERROR_MAX])
{
    static char lines[PROBE_LINES_MAX][HW_LINE_TEXT_MAX];
    size_t count = probe_lines(probing->only, lines);
    if (probing->line != NULL) {
        snprintf(lines[0], sizeof lines[0], "%s", probing->line);
    }
    if (probing->line != NULL || !probing->has_line) {
        count = 1;
    }
    size_t tried = 0;
    for (size_t i = 0; i < count && !probing->lost && !interrupted; i++) {
        if (try_line(probing, lines[i], error) == 0) {
            tried++;
        } else if (access(probing->device, F_OK) != 0 || count == 1) {
            return -1;
        }
        if (probe_rank(probing->scores, probing->score_count) > 0) {
            return 0;
        }
    }
    if (probing->lost) {
        snprintf(error, LINK_ERROR_MAX, "%.80s: the device went away: plug it in and try again",
                 probing->device);
        return -1;
    }
    return tried > 0 || interrupted ? 0 : -1;
}

/* ---- output ---------------------------------------------------------------------------------- */

static void print_hex(FILE *out, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s%02X", i > 0 ? " " : "", bytes[i]);
    }
}

static void print_value(FILE *out, const struct hw_value *value)
{
    char text[HW_VALUE_TEXT_MAX];
    hw_value_text(value, text, sizeof text);
    fprintf(out, "%s %s%s%s", hw_status_text(value->status),
            value->kind == READING_CARD ? value->text : text, value->unit[0] ? " " : "",
            value->unit);
}

static void print_options(FILE *out, const struct probe_score *score)
{
    const bool unchecked = score->driver->checksum_default && !score->options.checksum;
    fprintf(out, "%s%s%s", score->options.mask7 ? "mask7" : "",
            score->options.mask7 && unchecked ? " " : "", unchecked ? "checksum=off" : "");
    fputs(!score->options.mask7 && !unchecked ? "-" : "", out);
}

static void print_ranking(const struct probing *probing)
{
    puts("line\tprotocol\tframes\trejects\tscore\tsample\tdecoded\toptions");
    for (size_t i = 0; i < probing->score_count && i < ROWS_MAX; i++) {
        const struct probe_score *score = &probing->scores[i];
        printf("%s\t%s\t%" PRIu32 "\t%" PRIu32 "\t%d\t", score->line, score->driver->name,
               score->frames, score->rejects, score->score);
        print_hex(stdout, score->sample, score->sample_length);
        putchar('\t');
        print_value(stdout, &score->value);
        putchar('\t');
        print_options(stdout, score);
        putchar('\n');
    }
}

static void explain_nothing(const struct probing *probing)
{
    struct probe_bytes seen;
    probe_count_bytes(probing->seen, probing->seen_count, &seen);
    if (seen.count == 0) {
        fprintf(stderr, "biaogan probe: %s: nothing understood: %s\n", probing->device,
                probe_hint(&seen));
        return;
    }
    const int64_t rate = (int64_t)seen.count * 1000 / probing->seen_ms;
    fprintf(stderr, "biaogan probe: %s: nothing understood: %zu bytes, %" PRId64 " bytes/s%s%s: ",
            probing->device, seen.count, rate, probing->has_line ? " at " : "",
            probing->has_line ? probing->seen_line : "");
    print_hex(stderr, probing->seen, seen.count < SAMPLE_BYTES ? seen.count : SAMPLE_BYTES);
    fprintf(stderr, "\n%s\n", probe_hint(&seen));
}

static int conclude(const struct probing *probing, size_t equal)
{
    const struct probe_score *best = &probing->scores[0];
    if (equal == 0) {
        explain_nothing(probing);
        return 1;
    }
    if (equal > 1) {
        fprintf(stderr,
                "biaogan probe: %s: several formats fit, choose the one whose value is on "
                "the display:",
                probing->device);
        for (size_t i = 0; i < equal; i++) {
            fprintf(stderr, " %s", probing->scores[i].driver->name);
        }
        fputc('\n', stderr);
        return 1;
    }
    fprintf(stderr, "biaogan probe: %s: protocol = \"%s\"; line = \"%s\";%s%s\n", probing->device,
            best->driver->name, best->line, best->options.mask7 ? " mask7 = true;" : "",
            best->driver->checksum_default && !best->options.checksum ? " checksum = false;" : "");
    if (best->driver->kind == READING_CARD && !best->options.checksum) {
        fputs("Any line of text fits this format: make sure that it is a reader.\n", stderr);
    }
    return 0;
}

/* ---- live ------------------------------------------------------------------------------------ */

static void print_decoded(void *context, const struct hw_value *values, size_t count)
{
    bool *any = context;
    for (size_t i = 0; i < count; i++) {
        fputs(*any ? "; " : "", stdout);
        print_value(stdout, &values[i]);
        *any = true;
    }
}

static uint64_t rejects_of(const struct port_stats *stats)
{
    uint64_t rejects = 0;
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        rejects += stats->rejects[i];
    }
    return rejects;
}

/* Frames of the last whole second out of all that began in it; the running one before that. */
struct hit_rate {
    int64_t since_ms;
    uint64_t frames, rejects; /* at since_ms */
    int permille;
};

static int hit_rate(struct hit_rate *rate, const struct port_stats *stats, int64_t now_ms)
{
    const uint64_t frames = stats->frames - rate->frames;
    const uint64_t all = frames + rejects_of(stats) - rate->rejects;
    if (all > 0) {
        rate->permille = (int)(frames * 1000 / all);
    }
    if (now_ms - rate->since_ms >= RATE_MS) {
        rate->since_ms = now_ms;
        rate->frames = stats->frames;
        rate->rejects = rejects_of(stats);
    }
    return rate->permille;
}

static void send_request(struct probing *probing, const struct port_config *config)
{
    uint8_t request[HW_REQUEST_MAX];
    const size_t length = config->driver->poll(&config->options, request);
    if (probing->link.ops->write(&probing->link, request, length) == LINK_LOST) {
        probing->lost = true;
    }
}

static void watch_bytes(struct probing *probing, const struct port_config *config, int64_t due_ms)
{
    static struct port port;
    port_init(&port, config);
    const int64_t start_ms = clock_now_ms();
    struct hit_rate rate = {.since_ms = start_ms};
    int64_t ask_ms = config->driver->polled ? start_ms : INT64_MAX;
    puts("ms\tbytes\tdecoded\tframes\trejects\thit");
    while (!interrupted && !probing->lost && clock_now_ms() < due_ms) {
        if (clock_now_ms() >= ask_ms) {
            send_request(probing, config);
            ask_ms = clock_now_ms() + config->driver->poll_ms;
        }
        uint8_t bytes[SAMPLE_BYTES];
        const ssize_t got =
            receive(probing, bytes, sizeof bytes, ask_ms < due_ms ? ask_ms : due_ms);
        if (got <= 0) {
            continue;
        }
        const int64_t now_ms = clock_now_ms();
        bool any = false;
        printf("%" PRId64 "\t", now_ms - start_ms);
        print_hex(stdout, bytes, (size_t)got);
        putchar('\t');
        port_feed_values(&port, bytes, (size_t)got, now_ms, print_decoded, &any);
        printf("\t%" PRIu64 "\t%" PRIu64 "\t%d\n", port.stats.frames, rejects_of(&port.stats),
               hit_rate(&rate, &port.stats, now_ms));
        fflush(stdout);
    }
    probing->score_count = port.stats.frames > 0;
}

static int watch(struct probing *probing, const struct port_config *config, const char *line)
{
    char error[LINK_ERROR_MAX];
    const struct link_ops *ops = link_for_device(probing->device);
    if (ops->open(&probing->link, probing->device, line, error) != 0) {
        fprintf(stderr, "biaogan probe: %s\n", error);
        return 2;
    }
    watch_bytes(probing, config,
                probing->seconds_given ? clock_now_ms() + probing->listen_ms : INT64_MAX);
    ops->close(&probing->link);
    if (probing->lost) {
        fprintf(stderr, "biaogan probe: %s: the device went away\n", probing->device);
        return 2;
    }
    return probing->score_count > 0 ? 0 : 1;
}

static int watch_named(struct probing *probing)
{
    const struct port_config config = {
        .driver = probing->only,
        .options = {.checksum = probing->only->checksum_default},
        .equal_frames = 1,
    };
    return watch(probing, &config, probing->line != NULL ? probing->line : probing->only->line);
}

/* ---- the command ----------------------------------------------------------------------------- */

static int probe(struct probing *probing)
{
    if (probing->watch && probing->only != NULL) {
        return watch_named(probing);
    }
    char error[LINK_ERROR_MAX] = "";
    if (try_lines(probing, error) != 0) {
        fprintf(stderr, "biaogan probe: %s\n", error);
        return 2;
    }
    const size_t equal = probe_rank(probing->scores, probing->score_count);
    print_ranking(probing);
    fflush(stdout);
    const int result = conclude(probing, equal);
    if (result != 0 || !probing->watch) {
        return result;
    }
    const struct probe_score best = probing->scores[0];
    const struct port_config config = {
        .driver = best.driver, .options = best.options, .equal_frames = 1};
    return watch(probing, &config, best.line);
}

static int fail(const char *thing, const char *why)
{
    fprintf(stderr, "biaogan probe: %s: %s\n", thing, why);
    return 2;
}

/* 0 to go on, -1 after --help, or an exit code. */
static int parse_option(int option, char **argv, struct probing *probing)
{
    char *end;
    struct link_line line;
    char error[LINK_ERROR_MAX];
    switch (option) {
    case 's': {
        const long seconds = strtol(optarg, &end, 10);
        if (end == optarg || *end != '\0' || seconds < 1 || seconds > SECONDS_MAX) {
            return fail("--seconds", "a whole number from 1 to 3600 is needed");
        }
        probing->listen_ms = seconds * 1000;
        probing->seconds_given = true;
        return 0;
    }
    case 'p':
        probing->only = hw_driver_find(optarg);
        return probing->only != NULL
                   ? 0
                   : fail(optarg, "no such protocol; `biaogan protocols` lists what there is");
    case 'l':
        probing->line = optarg;
        return link_line_parse(optarg, &line, error) ? 0 : fail("--line", error);
    case 'w':
        probing->watch = true;
        return 0;
    case 'h':
        fputs(help, stdout);
        return -1;
    default:
        return fail(argv[optind - 1], "not known or without its value: see biaogan probe --help");
    }
}

int command_probe(int argc, char **argv)
{
    static const struct option known[] = {
        {"seconds", required_argument, NULL, 's'}, {"protocol", required_argument, NULL, 'p'},
        {"line", required_argument, NULL, 'l'},    {"watch", no_argument, NULL, 'w'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
    };
    static struct probing probing; /* large */
    probing.listen_ms = SECONDS_DEFAULT * 1000;
    opterr = 0;
    optind = 0;
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        const int result = parse_option(option, argv, &probing);
        if (result != 0) {
            return result < 0 ? 0 : result;
        }
    }
    if (optind != argc - 1) {
        return fail(optind == argc ? "PORT" : argv[optind + 1],
                    optind == argc ? "which one? `biaogan ports` lists them"
                                   : "one PORT at a time");
    }
    probing.device = argv[optind];
    probing.has_line = link_for_device(probing.device) != &link_pty;
    const struct sigaction act = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    return probe(&probing);
}
