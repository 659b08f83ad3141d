#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/report/export.h"
#include "kiosk/shell/commands.h"
#include "kiosk/store/participation.h"
#include "kiosk/store/people.h"

enum { LINE_MAX_BYTES = 1024, CSV_FIELDS = 3 };

static const char usage[] =
    "usage: biaogan people --state DIR list\n"
    "       biaogan people --state DIR add CARD NAME DEPARTMENT\n"
    "       biaogan people --state DIR remove CARD-OR-ID\n"
    "       biaogan people --state DIR import FILE.csv\n"
    "       biaogan people --state DIR [--from YYYY-MM-DD] [--to YYYY-MM-DD] departments\n"
    "\n"
    "Names, departments and cards stand in DIR/people.tsv only; the ledger has random ids.\n"
    "  list     id, card, department and name, separated by tabs\n"
    "  add      prints the id; a card that is known keeps its id and changes its owner's name\n"
    "  remove   erases the person without a trace; the ledger goes on counting and names nobody\n"
    "  import   lines CARD,NAME,DEPARTMENT; a first line without digits in its card is a header\n"
    "  departments  how many took part in each, from the ledger; no person is told from another\n";

static int fail(const char *error)
{
    fprintf(stderr, "biaogan people: %s\n", error);
    return COMMAND_FAILED;
}

static int list(const char *directory)
{
    char error[PEOPLE_ERROR_MAX];
    struct people people;

    if (!people_read(&people, directory, error)) {
        return fail(error);
    }
    puts("id\tcard\tdepartment\tname");
    for (size_t i = 0; i < people.count; i++) {
        const struct person *person = &people.list[i];
        printf("%s\t%s\t%s\t%s\n", person->id, person->card, person->department, person->name);
    }
    people_free(&people);
    return COMMAND_DONE;
}

/* Cut texts would be other texts: too long ones are refused. */
static bool fill(char *to, const char *from)
{
    size_t length = strlen(from);

    if (length >= PERSON_TEXT_MAX) {
        return false;
    }
    memcpy(to, from, length + 1);
    return true;
}

static bool make_person(struct person *person, const char *card, const char *name,
                        const char *department)
{
    memset(person, 0, sizeof *person);
    return fill(person->card, card) && fill(person->name, name) &&
           fill(person->department, department);
}

static int add(const char *directory, char **words)
{
    char error[PEOPLE_ERROR_MAX];
    struct person person;

    if (!make_person(&person, words[0], words[1], words[2])) {
        return fail("a text is longer than 63 bytes; shorten it");
    }
    if (!people_put(directory, &person, error)) {
        return fail(error);
    }
    puts(person.id);
    return COMMAND_DONE;
}

static int erase(const char *directory, const char *card_or_id)
{
    char error[PEOPLE_ERROR_MAX];

    if (people_erase(directory, card_or_id, error)) {
        return COMMAND_DONE;
    }
    if (*error) {
        return fail(error);
    }
    fprintf(stderr, "biaogan people: nobody has this card or id\n");
    return COMMAND_NOT_SO;
}

/* ---- CSV ------------------------------------------------------------------------------------- */

/* Takes one cell in place: plain, or in quotes with quotes doubled. `*at` is behind its comma
 * then, or NULL after the last cell. NULL: the quotes do not match. */
static char *take_cell(char **at)
{
    char *cell = *at, *to = *at, *from = *at;

    if (*from == '"') {
        for (from++; *from != '\0' && (*from != '"' || from[1] == '"'); from++) {
            from += *from == '"';
            *to++ = *from;
        }
        if (*from++ != '"') {
            return NULL;
        }
    } else {
        to = from += strcspn(from, ",");
    }
    if (*from != ',' && *from != '\0') {
        return NULL;
    }
    *at = *from == ',' ? from + 1 : NULL;
    *to = '\0';
    return cell;
}

static bool parse_row(char *line, struct person *person)
{
    const char *cells[CSV_FIELDS] = {"", "", ""};
    char *at = line;

    for (int i = 0; i < CSV_FIELDS && at; i++) {
        cells[i] = take_cell(&at);
        if (!cells[i]) {
            return false;
        }
    }
    return !at && make_person(person, cells[0], cells[1], cells[2]);
}

static size_t read_csv(FILE *file, struct person *list, char error[PEOPLE_ERROR_MAX])
{
    static const char mark[] = "\xEF\xBB\xBF";
    char line[LINE_MAX_BYTES];
    size_t count = 0;

    error[0] = '\0';
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        char *begin = line;
        if (number == 1 && strncmp(line, mark, strlen(mark)) == 0) {
            begin += strlen(mark);
        }
        begin[strcspn(begin, "\r\n")] = '\0';
        if (*begin == '\0') {
            continue;
        }
        if (count == PEOPLE_MAX || !parse_row(begin, &list[count])) {
            snprintf(error, PEOPLE_ERROR_MAX,
                     "line %d: write it as CARD,NAME,DEPARTMENT, each at most 63 bytes; nothing "
                     "was imported",
                     number);
            return 0;
        }
        bool is_header = number == 1 && !strpbrk(list[count].card, "0123456789");
        count += !is_header;
    }
    return count;
}

static int import(const char *directory, const char *name)
{
    char error[PEOPLE_ERROR_MAX];
    FILE *file = fopen(name, "re");
    struct person *list = calloc(PEOPLE_MAX, sizeof *list);

    if (!file || !list) {
        fprintf(stderr, "biaogan people: %s: cannot read it\n", name);
        if (file) {
            fclose(file);
        }
        free(list);
        return COMMAND_FAILED;
    }
    size_t count = read_csv(file, list, error);
    fclose(file);
    bool done = *error == '\0' && people_put_all(directory, list, count, error);
    free(list);
    if (!done) {
        return fail(error);
    }
    fprintf(stderr, "%zu people\n", count);
    return COMMAND_DONE;
}

/* ---- departments ----------------------------------------------------------------------------- */

static void print_figures(const struct department_figures *figures, const char *name)
{
    printf("%s\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\n", name,
           figures->people, figures->took_part, figures->deposits, figures->consistent,
           figures->grams);
}

static bool count_departments(const char *directory, const day_range_t *range,
                              struct participation *participation, char error[LEDGER_ERROR_MAX])
{
    struct people people;
    struct ledger *ledger = NULL;

    if (!people_read(&people, directory, error)) {
        return false;
    }
    bool counted = ledger_open_reader(&ledger, directory, error) == LEDGER_OK &&
                   ledger_participation(ledger, &people, range, participation, error) == LEDGER_OK;
    ledger_close(ledger);
    people_free(&people);
    return counted;
}

static int departments(const char *directory, const day_range_t *range)
{
    char error[LEDGER_ERROR_MAX];
    struct participation *participation = calloc(1, sizeof *participation);

    if (!participation) {
        return fail("out of memory; stop other programs");
    }
    bool counted = count_departments(directory, range, participation, error);
    if (counted) {
        puts("department\tpeople\ttook_part\tdeposits\tconsistent\tgrams");
        for (int i = 0; i < participation->count; i++) {
            print_figures(&participation->departments[i], participation->departments[i].department);
        }
        print_figures(&participation->unknown, "-");
    }
    free(participation);
    return counted ? COMMAND_DONE : fail(error);
}

int command_people(int argc, char **argv)
{
    static const struct option options[] = {{"state", required_argument, NULL, 's'},
                                            {"from", required_argument, NULL, 'f'},
                                            {"to", required_argument, NULL, 't'},
                                            {NULL, 0, NULL, 0}};
    const char *directory = NULL;
    day_range_t range = {0};
    bool is_wrong = false;
    int option;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return COMMAND_DONE;
    }
    optind = 1;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 's') {
            directory = optarg;
        } else if (option == 'f') {
            range.has_from = export_parse_day(optarg, &range.from);
            is_wrong |= !range.has_from;
        } else if (option == 't') {
            range.has_to = export_parse_day(optarg, &range.to);
            is_wrong |= !range.has_to;
        } else {
            is_wrong = true;
        }
    }
    char **words = argv + optind;
    int count = argc - optind;
    const bool is_known = !is_wrong && directory;
    if (is_known && count == 1 && strcmp(words[0], "list") == 0) {
        return list(directory);
    }
    if (is_known && count == 4 && strcmp(words[0], "add") == 0) {
        return add(directory, words + 1);
    }
    if (is_known && count == 2 && strcmp(words[0], "remove") == 0) {
        return erase(directory, words[1]);
    }
    if (is_known && count == 2 && strcmp(words[0], "import") == 0) {
        return import(directory, words[1]);
    }
    if (is_known && count == 1 && strcmp(words[0], "departments") == 0) {
        return departments(directory, &range);
    }
    fputs(usage, stderr);
    return COMMAND_FAILED;
}
