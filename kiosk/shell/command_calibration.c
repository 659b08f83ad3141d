#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kiosk/shell/commands.h"
#include "kiosk/shell/noted.h"

static const char usage[] =
    "usage: biaogan calibration --state DIR --scale PORT --reference GRAMS --before GRAMS\n"
    "                           [--after GRAMS] --by TEXT\n"
    "\n"
    "A scale was compared with a known weight, and perhaps adjusted: a row of the ledger says so.\n"
    "  --reference GRAMS  the known weight\n"
    "  --before GRAMS     what the scale showed for it\n"
    "  --after GRAMS      what it shows since it was adjusted; left out: it was not\n"
    "  --by TEXT          the firm or office that did it, no person's name: rows are for ever\n";

enum { GRAMS_MAX = 1000000000 };

static bool take_grams(const char *text, int32_t *grams)
{
    char *end = NULL;
    const long value = strtol(text, &end, 10);

    *grams = (int32_t)value;
    return end != text && *end == '\0' && value >= -GRAMS_MAX && value <= GRAMS_MAX;
}

static bool take_text(const char *text, char *to, size_t size)
{
    snprintf(to, size, "%s", text);
    return *text != '\0' && strlen(text) < size;
}

int command_calibration(int argc, char **argv)
{
    static const struct option options[] = {{"state", required_argument, NULL, 's'},
                                            {"scale", required_argument, NULL, 'p'},
                                            {"reference", required_argument, NULL, 'r'},
                                            {"before", required_argument, NULL, 'b'},
                                            {"after", required_argument, NULL, 'a'},
                                            {"by", required_argument, NULL, 'w'},
                                            {NULL, 0, NULL, 0}};
    static const char needed[] = "sprbw";
    struct kiosk_event event = {.kind = EVENT_CALIBRATION};
    struct event_calibration *said = &event.body.calibration;
    const char *directory = NULL;
    char given[sizeof needed] = "";
    int option;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return COMMAND_DONE;
    }
    optind = 1;
    bool right = true;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        directory = option == 's' ? optarg : directory;
        right = right && option != '?' &&
                (option != 'p' || take_text(optarg, said->scale, sizeof said->scale)) &&
                (option != 'w' || take_text(optarg, said->who, sizeof said->who)) &&
                (option != 'r' || take_grams(optarg, &said->reference_g)) &&
                (option != 'b' || take_grams(optarg, &said->before_g)) &&
                (option != 'a' || take_grams(optarg, &said->after_g));
        said->has_after |= option == 'a';
        const char *place = strchr(needed, option);
        if (place != NULL) {
            given[place - needed] = (char)option;
        }
    }
    if (!right || optind != argc || memcmp(given, needed, sizeof needed - 1) != 0) {
        fprintf(stderr, "biaogan calibration: an option is missing, wrong or too long\n%s", usage);
        return COMMAND_FAILED;
    }
    if (access(directory, F_OK) != 0) {
        fprintf(stderr, "biaogan calibration: %s: is not there; check --state\n", directory);
        return COMMAND_FAILED;
    }
    return noted_record(directory, &event, "calibration") ? COMMAND_DONE : COMMAND_FAILED;
}
