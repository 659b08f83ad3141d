/* biaogan backup and biaogan purge: what happens to a ledger besides recording. */
#include "kiosk/shell/clock.h"
#include "kiosk/shell/commands.h"
#include "kiosk/store/backup.h"
#include "kiosk/store/purge.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char backup_usage[] =
    "usage: biaogan backup --state DIR --to DIRECTORY\n"
    "\n"
    "Copies the ledger to another medium; the kiosk may be running. The copy takes the place of\n"
    "an older one in DIRECTORY only when it is synced, read back and whole. The key that signs is\n"
    "not copied.\n";

static const char purge_usage[] =
    "usage: biaogan purge --state DIR [--months N] [--dry-run]\n"
    "\n"
    "Takes out the rows that are older than N months (24) and whose days are covered by exports\n"
    "of deposits, visits, collections, inspections, alarms and changes, all made after those\n"
    "days. The kiosk must not be running;\n"
    "a running kiosk does the same by itself once a day (storage.keep_months).\n"
    "  --dry-run   only says what would go\n";

struct options {
    const char *state, *to;
    long months;
    bool dry_run;
};

static bool parse_options(struct options *options, int argc, char **argv, bool is_purge)
{
    static const struct option backup_options[] = {
        {"state", required_argument, NULL, 's'}, {"to", required_argument, NULL, 't'}, {0}};
    static const struct option purge_options[] = {{"state", required_argument, NULL, 's'},
                                                  {"months", required_argument, NULL, 'm'},
                                                  {"dry-run", no_argument, NULL, 'd'},
                                                  {0}};
    char *end = NULL;
    int option;

    optind = 1;
    while ((option = getopt_long(argc, argv, "", is_purge ? purge_options : backup_options,
                                 NULL)) != -1) {
        switch (option) {
        case 's':
            options->state = optarg;
            break;
        case 't':
            options->to = optarg;
            break;
        case 'm':
            options->months = strtol(optarg, &end, 10);
            if (*end != '\0' || end == optarg || options->months < PURGE_MONTHS_MIN ||
                options->months > PURGE_MONTHS_MAX) {
                fprintf(stderr, "biaogan purge: --months must be %d to %d\n", PURGE_MONTHS_MIN,
                        PURGE_MONTHS_MAX);
                return false;
            }
            break;
        case 'd':
            options->dry_run = true;
            break;
        default:
            return false;
        }
    }
    return optind == argc && options->state && (is_purge || options->to);
}

int command_backup(int argc, char **argv)
{
    struct options options = {0};
    struct backup_report report;
    char error[LEDGER_ERROR_MAX] = "";

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(backup_usage, stdout);
        return COMMAND_DONE;
    }
    if (!parse_options(&options, argc, argv, false)) {
        fputs(backup_usage, stderr);
        return COMMAND_FAILED;
    }
    if (ledger_backup(options.state, options.to, NULL, &report, error) != LEDGER_OK) {
        fprintf(stderr, "biaogan backup: %s\n", error);
        return COMMAND_FAILED;
    }
    printf("%s/ledger.db: rows up to %" PRId64 ", %" PRId64 " bytes\n", options.to, report.last_seq,
           report.bytes);
    return COMMAND_DONE;
}

static void tell_purge(const struct purge *purge)
{
    if (purge->last_seq >= purge->first_seq) {
        printf("%s %" PRId64 " to %" PRId64 "\n", purge->dry_run ? "would take out" : "took out",
               purge->first_seq, purge->last_seq);
    }
    if (purge->old_to > purge->last_seq && !purge->has_more) {
        printf("old, but not exported whole (see --help): up to %" PRId64 "\n", purge->old_to);
    }
}

int command_purge(int argc, char **argv)
{
    struct options options = {.months = PURGE_MONTHS};
    struct ledger *ledger = NULL;
    char error[LEDGER_ERROR_MAX] = "", boot_id[BOOT_ID_MAX];

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(purge_usage, stdout);
        return COMMAND_DONE;
    }
    if (!parse_options(&options, argc, argv, true)) {
        fputs(purge_usage, stderr);
        return COMMAND_FAILED;
    }
    clock_start(1);
    clock_boot_id(boot_id);
    enum ledger_result result = options.dry_run
                                    ? ledger_open_reader(&ledger, options.state, error)
                                    : ledger_open(&ledger, options.state, boot_id, error);
    struct purge purge = {
        .months = (int32_t)options.months, .now = clock_moment(), .dry_run = options.dry_run};
    if (result == LEDGER_OK && purge.now.quality == CLOCK_UNSET) {
        snprintf(error, sizeof error, "the clock is not set: nothing can be old; set it first");
        result = LEDGER_UNWRITABLE;
    }
    purge.has_more = true;
    for (bool first = true; result == LEDGER_OK && purge.has_more; first = false) {
        result = ledger_purge(ledger, &purge, error);
        if (result == LEDGER_OK && (first || purge.last_seq >= purge.first_seq)) {
            tell_purge(&purge);
        }
        purge.has_more = purge.has_more && !purge.dry_run;
    }
    ledger_close(ledger);
    if (result != LEDGER_OK) {
        fprintf(stderr, "biaogan purge: %s\n", error);
        return COMMAND_FAILED;
    }
    return COMMAND_DONE;
}
