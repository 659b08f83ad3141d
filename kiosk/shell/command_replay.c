/* biaogan replay: a capture through the whole pipeline in virtual time. */
#include "kiosk/shell/commands.h"
#include "kiosk/shell/options.h"
#include "kiosk/shell/replay.h"

#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: biaogan replay [--config FILE] --state DIR [--chunk N] CAPTURE\n"
    "Plays what was recorded on the wires (\"-\": standard input) through the whole pipeline in\n"
    "virtual time and writes the same ledger as the live program into DIR.\n"
    "  --config FILE  the site file (the simulated site's where none is named)\n"
    "  --state DIR    where the ledger is; made where it does not exist\n"
    "  --chunk N      give the ports N bytes at a time; the ledger is the same for every N\n";

/* ---- chance ---------------------------------------------------------------------------------- */

/* What a replay writes is no evidence: with the key and the id of its ledger made from these bytes
 * the same capture gives the same file, byte by byte, signatures and all. A directory that has a
 * key keeps it. */
static void same_bytes(void *const bytes, const size_t size)
{
    static uint64_t calls;
    unsigned char seed[randombytes_SEEDBYTES] = "biaogan replay";

    calls++;
    memcpy(seed + sizeof seed - sizeof calls, &calls, sizeof calls);
    randombytes_buf_deterministic(bytes, size, seed);
}

static uint32_t same_number(void)
{
    uint32_t number = 0;

    same_bytes(&number, sizeof number);
    return number;
}

static const char *name_of_same(void)
{
    return "replay";
}

static void make_chance_repeat(void)
{
    static randombytes_implementation same = {
        .implementation_name = name_of_same,
        .random = same_number,
        .buf = same_bytes,
    };

    randombytes_set_implementation(&same);
}

/* ---- the command ----------------------------------------------------------------------------- */

static int fail(const char *message)
{
    fprintf(stderr, "biaogan replay: %s\n", message);
    return COMMAND_FAILED;
}

static int load_settings(const char *path, struct settings *settings)
{
    char error[SETTINGS_ERROR_MAX];
    int result = path == NULL ? settings_read_simulated(settings, error)
                              : settings_read_file(path, settings, error);
    if (result == 0) {
        result = settings_load_items(settings, error);
    }
    return result == 0 ? 0 : fail(error);
}

static int replay(struct replay_config *config, const char *config_path)
{
    struct settings *settings = calloc(1, sizeof *settings);
    if (settings == NULL || load_settings(config_path, settings) != 0) {
        settings_free(settings);
        return COMMAND_FAILED;
    }
    config->settings = settings;
    struct replay_summary summary;
    char error[REPLAY_ERROR_MAX];
    make_chance_repeat();
    int result = replay_run(config, &summary, error);
    settings_free(settings);
    if (result != 0) {
        return fail(error);
    }
    fprintf(stderr,
            "replayed %" PRId64 " s: %" PRId64 " rows, %" PRId64 " deposits, %" PRId64 " visits\n",
            summary.duration_ms / 1000, summary.rows, summary.deposits, summary.visits);
    if (summary.touches_ignored > 0) {
        fprintf(stderr,
                "%" PRId64
                " touches mean nothing to this version or its dictionary and were passed over\n",
                summary.touches_ignored);
    }
    return 0;
}

int command_replay(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"state", required_argument, NULL, 's'},
        {"chunk", required_argument, NULL, 'n'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct replay_config config = {0};
    const char *config_path = NULL;
    int option;
    optind = 1;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            config_path = optarg;
            break;
        case 's':
            config.directory = optarg;
            break;
        case 'n': {
            uint64_t chunk;
            if (!options_number(optarg, 1, 65536, &chunk)) {
                return fail("--chunk takes a number from 1 to 65536");
            }
            config.chunk = (int)chunk;
            break;
        }
        case 'h':
            fputs(usage, stdout);
            return 0;
        default:
            fputs(usage, stderr);
            return COMMAND_FAILED;
        }
    }
    if (config.directory == NULL || optind != argc - 1) {
        fputs(usage, stderr);
        return COMMAND_FAILED;
    }
    config.capture = argv[optind];
    return replay(&config, config_path);
}
