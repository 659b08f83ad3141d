#include "kiosk/store/people.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <sodium.h>

enum {
    PATH_LENGTH_MAX = 4096,
    LINE_LENGTH_MAX = SUBJECT_MAX + 3 * PERSON_TEXT_MAX + 8,
    FIELD_COUNT = 4,
    SUBJECT_BYTES = 10 /* 80 random bits */
};
static const char header[] = "#biaogan-people 1\tcard\tdepartment\tname\n";

_Static_assert(2 * SUBJECT_BYTES < SUBJECT_MAX, "a subject id fits");

static bool explain(char error[PEOPLE_ERROR_MAX], const char *path, const char *what,
                    const char *remedy)
{
    snprintf(error, PEOPLE_ERROR_MAX, "%.100s: %.50s; %.70s", path, what, remedy);
    return false;
}

static bool path_of(const char *directory, const char *name, char path[PATH_LENGTH_MAX],
                    char error[PEOPLE_ERROR_MAX])
{
    int length = snprintf(path, PATH_LENGTH_MAX, "%s/%s", directory, name);

    return length < PATH_LENGTH_MAX ||
           explain(error, directory, "this name is too long", "give another one");
}

/* ---- reading --------------------------------------------------------------------------------- */

static int by_id(const void *left, const void *right)
{
    const struct person *a = left, *b = right;
    return strcmp(a->id, b->id);
}

/* Cuts a line, which loses its end, into its fields. */
static bool parse_line(char *line, struct person *person)
{
    char *const fields[FIELD_COUNT] = {person->id, person->card, person->department, person->name};
    const size_t sizes[FIELD_COUNT] = {sizeof person->id, sizeof person->card,
                                       sizeof person->department, sizeof person->name};

    memset(person, 0, sizeof *person);
    if (line[strcspn(line, "\n")] == '\0') {
        return false; /* the end of the line is missing */
    }
    line[strcspn(line, "\n")] = '\0';
    for (int i = 0; i < FIELD_COUNT; i++) {
        const bool is_last = i == FIELD_COUNT - 1;
        const size_t length = strcspn(line, "\t");
        if (length >= sizes[i] || (line[length] == '\t') == is_last) {
            return false;
        }
        memcpy(fields[i], line, length);
        line += length + !is_last;
    }
    return *person->id && *person->card;
}

static bool read_lines(struct people *people, FILE *file, const char *path,
                       char error[PEOPLE_ERROR_MAX])
{
    char line[LINE_LENGTH_MAX], where[48];

    if (!fgets(line, sizeof line, file) || strcmp(line, header) != 0) {
        return explain(error, path, "is no table of people", "restore it from a copy");
    }
    for (int number = 2; fgets(line, sizeof line, file); number++) {
        if (people->count >= PEOPLE_MAX || !parse_line(line, &people->list[people->count])) {
            snprintf(where, sizeof where, "line %d cannot be understood", number);
            return explain(error, path, where, "restore it from a copy");
        }
        people->count++;
    }
    if (ferror(file)) {
        return explain(error, path, strerror(errno), "check the medium");
    }
    qsort(people->list, people->count, sizeof *people->list, by_id);
    return true;
}

bool people_read(struct people *people, const char *directory, char error[PEOPLE_ERROR_MAX])
{
    char path[PATH_LENGTH_MAX];

    *people = (struct people){0};
    if (!path_of(directory, "people.tsv", path, error)) {
        return false;
    }
    FILE *file = fopen(path, "re");
    if (!file) {
        return errno == ENOENT ||
               explain(error, path, strerror(errno), "run this as the user of the kiosk");
    }
    people->list = calloc(PEOPLE_MAX, sizeof *people->list);
    bool read = people->list ? read_lines(people, file, path, error)
                             : explain(error, path, "out of memory", "stop other programs");
    fclose(file);
    if (!read) {
        people_free(people);
    }
    return read;
}

void people_free(struct people *people)
{
    if (people->list) {
        sodium_memzero(people->list, people->count * sizeof *people->list);
    }
    free(people->list);
    *people = (struct people){0};
}

const struct person *people_by_card(const struct people *people, const char *card)
{
    for (size_t i = 0; i < people->count; i++) {
        if (strcmp(people->list[i].card, card) == 0) {
            return &people->list[i];
        }
    }
    return NULL;
}

const struct person *people_by_id(const struct people *people, const char *id)
{
    struct person wanted = {0};

    if (strlen(id) >= sizeof wanted.id || people->count == 0) {
        return NULL;
    }
    strcpy(wanted.id, id);
    return bsearch(&wanted, people->list, people->count, sizeof wanted, by_id);
}

/* ---- changing -------------------------------------------------------------------------------- */

/* One change at a time: the descriptor holds the lock until it is closed. */
static int lock(const char *directory, char error[PEOPLE_ERROR_MAX])
{
    char path[PATH_LENGTH_MAX];

    if (!path_of(directory, "people.lock", path, error)) {
        return -1;
    }
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || flock(file, LOCK_EX) != 0) {
        explain(error, path, strerror(errno), "check --state and who may write there");
        if (file >= 0) {
            close(file);
        }
        return -1;
    }
    return file;
}

static bool write_lines(const struct people *people, int descriptor)
{
    FILE *file = fdopen(descriptor, "w");

    if (!file) {
        close(descriptor);
        return false;
    }
    fputs(header, file);
    for (size_t i = 0; i < people->count; i++) {
        const struct person *person = &people->list[i];
        fprintf(file, "%s\t%s\t%s\t%s\n", person->id, person->card, person->department,
                person->name);
    }
    bool written = fflush(file) == 0 && !ferror(file) && fsync(fileno(file)) == 0;
    return fclose(file) == 0 && written;
}

static bool sync_directory(const char *directory)
{
    int file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = file >= 0 && fsync(file) == 0;

    if (file >= 0) {
        close(file);
    }
    return synced;
}

/* The file of an interrupted change is overwritten first of all: whoever stands in it only is
 * nobody. */
static bool replace(const struct people *people, const char *directory,
                    char error[PEOPLE_ERROR_MAX])
{
    char path[PATH_LENGTH_MAX], part[PATH_LENGTH_MAX];

    if (!path_of(directory, "people.tsv", path, error) ||
        !path_of(directory, "people.tsv.part", part, error)) {
        return false;
    }
    int file = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0 || !write_lines(people, file) || rename(part, path) != 0 ||
        !sync_directory(directory)) {
        explain(error, path, strerror(errno), "free space, or check who may write there");
        (void)unlink(part);
        return false;
    }
    return true;
}

/* Texts stand between tabs, one person a line. */
static bool is_plain(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7F) {
            return false;
        }
    }
    return true;
}

static struct person *find_owner(struct people *people, const char *card_or_id, bool ids)
{
    for (size_t i = 0; i < people->count; i++) {
        struct person *person = &people->list[i];
        if (strcmp(person->card, card_or_id) == 0 || (ids && strcmp(person->id, card_or_id) == 0)) {
            return person;
        }
    }
    return NULL;
}

static bool put(struct people *people, struct person *person, const char *directory,
                char error[PEOPLE_ERROR_MAX])
{
    uint8_t random[SUBJECT_BYTES];

    if (!*person->card || !is_plain(person->card) || !is_plain(person->name) ||
        !is_plain(person->department)) {
        return explain(error, directory, "a person needs a card, and plain texts",
                       "leave out tabs and line ends");
    }
    struct person *owner = find_owner(people, person->card, false);
    if (!owner) {
        if (people->count >= PEOPLE_MAX) {
            return explain(error, directory, "no more people fit", "erase those who left");
        }
        owner = &people->list[people->count++];
        randombytes_buf(random, sizeof random);
        sodium_bin2hex(owner->id, sizeof owner->id, random, sizeof random);
    }
    memcpy(person->id, owner->id, sizeof person->id);
    *owner = *person;
    return true;
}

/* What people_read() gave, with room for everybody. */
static bool read_to_change(struct people *people, const char *directory,
                           char error[PEOPLE_ERROR_MAX])
{
    if (!people_read(people, directory, error)) {
        return false;
    }
    if (!people->list) {
        people->list = calloc(PEOPLE_MAX, sizeof *people->list);
    }
    return people->list || explain(error, directory, "out of memory", "stop other programs");
}

bool people_put_all(const char *directory, struct person *list, size_t count,
                    char error[PEOPLE_ERROR_MAX])
{
    struct people people = {0};

    if (sodium_init() < 0) {
        return explain(error, directory, "no random numbers", "check this machine");
    }
    int locked = lock(directory, error);
    bool done = locked >= 0 && read_to_change(&people, directory, error);
    for (size_t i = 0; i < count && done; i++) {
        done = put(&people, &list[i], directory, error);
    }
    done = done && replace(&people, directory, error);
    people_free(&people);
    if (locked >= 0) {
        close(locked);
    }
    return done;
}

bool people_put(const char *directory, struct person *person, char error[PEOPLE_ERROR_MAX])
{
    return people_put_all(directory, person, 1, error);
}

bool people_erase(const char *directory, const char *card_or_id, char error[PEOPLE_ERROR_MAX])
{
    struct people people = {0};
    bool done = false;

    error[0] = '\0';
    int locked = lock(directory, error);
    if (locked >= 0 && read_to_change(&people, directory, error)) {
        struct person *person = find_owner(&people, card_or_id, true);
        if (person) {
            *person = people.list[--people.count];
            sodium_memzero(&people.list[people.count], sizeof *people.list);
        }
        /* Also where there was none: a change that was cut off may have left a file. */
        done = replace(&people, directory, error) && person;
    }
    people_free(&people);
    if (locked >= 0) {
        close(locked);
    }
    return done;
}
