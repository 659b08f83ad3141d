/* biaogan verify: is the ledger what was written? */
#include "kiosk/shell/commands.h"
#include "kiosk/shell/options.h"
#include "kiosk/store/verify.h"

#include <ctype.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FINGERPRINT_DIGITS = 32 };

static const char usage[] =
    "usage: biaogan verify --state DIR [--from-seq N | --incremental]\n"
    "                      [--key FINGERPRINT] [--anchor FILE]...\n"
    "\n"
    "Checks the numbers, hashes, signatures and clocks of every row of the ledger, its end, its\n"
    "figures and its triggers; changes nothing in it. One line a finding, tab-separated:\n"
    "level (ok, warning, fault), seq (the first bad row, - for none), reason, finding.\n"
    "\n"
    "  --state DIR        the directory that holds ledger.db; the kiosk may be running\n"
    "  --incremental      from the last signed checkpoint that was verified before\n"
    "  --from-seq N       from the last signed checkpoint before row N\n"
    "  --key FINGERPRINT  of the key that must have signed, as the kiosk's screen shows it\n"
    "  --anchor FILE      a manifest of an export, or the text of a QR code: what it signed must\n"
    "                     still be in the ledger\n"
    "\n"
    "Exit code: 0 nothing worse than a warning, 1 a fault, 2 it could not be checked.\n";

struct options {
    struct verify_request request;
    char fingerprint[LEDGER_FINGERPRINT_MAX];
    int anchors;
};

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "biaogan verify: %s: %s\n", what, why);
    return COMMAND_FAILED;
}

/* As people type it: any case, any grouping. */
static bool take_fingerprint(struct options *options, const char *text)
{
    int digits = 0;
    char *to = options->fingerprint;

    for (; *text != '\0'; text++) {
        if (*text == '-' || *text == ' ' || *text == ':') {
            continue;
        }
        if (!isxdigit((unsigned char)*text) || digits == FINGERPRINT_DIGITS) {
            return false;
        }
        if (digits > 0 && digits % 4 == 0) {
            *to++ = '-';
        }
        *to++ = (char)tolower((unsigned char)*text);
        digits++;
    }
    *to = '\0';
    options->request.fingerprint = options->fingerprint;
    return digits == FINGERPRINT_DIGITS;
}

static int take_option(struct options *options, int option)
{
    uint64_t number;

    switch (option) {
    case 's':
        options->request.directory = optarg;
        return 0;
    case 'i':
        options->request.incremental = true;
        return 0;
    case 'f':
        if (!options_number(optarg, 1, INT64_MAX, &number)) {
            return fail("--from-seq", "takes the number of a row");
        }
        options->request.from_seq = (int64_t)number;
        return 0;
    case 'k':
        return take_fingerprint(options, optarg)
                   ? 0
                   : fail("--key", "takes the 32 hexadecimal digits of a fingerprint");
    case 'a':
        if (options->anchors == VERIFY_ANCHORS_MAX) {
            return fail("--anchor", "eight of them at most");
        }
        options->request.anchors[options->anchors++] = optarg;
        return 0;
    default:
        fputs(usage, stderr);
        return COMMAND_FAILED;
    }
}

static void tell(const struct verify_report *report)
{
    puts("level\tseq\treason\tfinding");
    for (int i = 0; i < report->finding_count; i++) {
        const struct verify_finding *finding = &report->findings[i];
        char seq[24] = "-";
        if (finding->seq > 0) {
            snprintf(seq, sizeof seq, "%" PRId64, finding->seq);
        }
        printf("%s\t%s\t%s\t%s\n", finding->is_fault ? "fault" : "warning", seq,
               verify_reason_text(finding->reason), finding->text);
    }
    if (report->is_good) {
        printf("ok\t%" PRId64 "\twhole\trows %" PRId64 " to %" PRId64 ", %" PRId64
               " checkpoints, %" PRId64 " rows not signed yet, key %s\n",
               report->last_seq, report->first_seq, report->last_seq, report->checkpoints,
               report->unsigned_rows, report->fingerprint);
    }
}

int command_verify(int argc, char **argv)
{
    static const struct option known[] = {
        {"state", required_argument, NULL, 's'},
        {"incremental", no_argument, NULL, 'i'},
        {"from-seq", required_argument, NULL, 'f'},
        {"key", required_argument, NULL, 'k'},
        {"anchor", required_argument, NULL, 'a'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct options options = {0};
    struct verify_report report;
    char error[LEDGER_ERROR_MAX];

    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "h", known, NULL)) != -1;) {
        if (option == 'h') {
            fputs(usage, stdout);
            return COMMAND_DONE;
        }
        if (take_option(&options, option) != 0) {
            return COMMAND_FAILED;
        }
    }
    if (optind != argc || !options.request.directory ||
        (options.request.incremental && options.request.from_seq > 0)) {
        fputs(usage, stderr);
        return COMMAND_FAILED;
    }
    if (ledger_verify(&options.request, &report, error) != LEDGER_OK) {
        return fail("ledger", error);
    }
    tell(&report);
    if (fflush(stdout) != 0) {
        return fail("stdout", "cannot be written: is the disk full or the pipe closed?");
    }
    return report.is_good ? COMMAND_DONE : COMMAND_NOT_SO;
}
