/* Damaged files: whatever is wrong with the ledger's file when the kiosk starts, nothing is
 * deleted, a new ledger begins that names the old one, and recording goes on at once. Where the
 * damage does not show at the start, verifying finds it, or every acknowledged row is there.
 *
 *     damage --seed N --cases N
 */
#include "tests/faults/medium.h"
#include "tests/faults/witness.h"
#include "tests/faults/workshop.h"

#include "kiosk/store/verify.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS = 120, PATH_SIZE = 600 };

enum harm {
    HARM_FLIP,
    HARM_BLOCK,
    HARM_TRUNCATE,
    HARM_ZERO_HEADER,
    HARM_NO_WAL,
    HARM_EMPTY,
    HARM_GONE,
    HARMS
};
static const char *const harm_names[HARMS] = {
    "a bit flipped", "a block of noise", "cut off", "header zeroed", "no -wal", "empty", "gone"};

struct run {
    uint64_t random;
    char model[256], directory[256];
    long cases, set_aside, found, harmless, failures;
};

static void report(struct run *run, enum harm harm, const char *reason)
{
    run->failures++;
    printf("WRONG: case %ld, %s: %s\n", run->cases, harm_names[harm], reason);
}

static int64_t size_of(const char *path)
{
    struct stat state;
    return stat(path, &state) == 0 ? (int64_t)state.st_size : -1;
}

static void write_at(const char *path, int64_t at, const uint8_t *bytes, size_t count)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0 || pwrite(file, bytes, count, at) != (ssize_t)count) {
        abort();
    }
    close(file);
}

static void flip_bit(struct run *run, const char *path)
{
    uint8_t byte = 0;
    int64_t at = (int64_t)(medium_random(&run->random) % (uint64_t)size_of(path));
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || pread(file, &byte, 1, at) != 1) {
        abort();
    }
    close(file);
    byte ^= (uint8_t)(1U << medium_random(&run->random) % 8);
    write_at(path, at, &byte, 1);
}

static void harm_file(struct run *run, enum harm harm)
{
    char path[PATH_SIZE], wal[PATH_SIZE];
    uint8_t noise[512];
    snprintf(path, sizeof path, "%s/ledger.db", run->directory);
    snprintf(wal, sizeof wal, "%s/ledger.db-wal", run->directory);
    /* The log is harmed as often as the file, where there is one. */
    const bool in_wal = size_of(wal) > 0 && medium_random(&run->random) % 2 == 0;
    const char *victim = in_wal ? wal : path;
    const uint64_t size = (uint64_t)size_of(victim);
    for (size_t i = 0; i < sizeof noise; i++) {
        noise[i] = harm == HARM_ZERO_HEADER ? 0 : (uint8_t)medium_random(&run->random);
    }
    switch (harm) {
    case HARM_FLIP:
        flip_bit(run, victim);
        break;
    case HARM_BLOCK:
        write_at(victim, (int64_t)(medium_random(&run->random) % size / 512 * 512), noise, 512);
        break;
    case HARM_TRUNCATE:
        if (truncate(victim, (off_t)(medium_random(&run->random) % size)) != 0) {
            abort();
        }
        break;
    case HARM_ZERO_HEADER:
        write_at(victim, 0, noise, 100);
        break;
    case HARM_NO_WAL:
        (void)unlink(wal);
        break;
    case HARM_GONE:
        (void)unlink(path);
        (void)unlink(wal);
        break;
    default:
        if (truncate(path, 0) != 0) {
            abort();
        }
        break;
    }
}

static int count_files(const char *directory, const char *prefix)
{
    DIR *listing = opendir(directory);
    int count = 0;
    for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
        count += strncmp(entry->d_name, prefix, strlen(prefix)) == 0;
    }
    closedir(listing);
    return count;
}

static void copy_model(struct run *run)
{
    char command[PATH_SIZE + 300];
    medium_empty(run->directory);
    snprintf(command, sizeof command, "cp '%s'/* '%s'/", run->model, run->directory);
    if (system(command) != 0) {
        abort();
    }
}

struct first_row {
    const char *name; /* that it must say; "": of a file that is gone */
    bool names_old;
};

static void look_at_first(void *context, const struct kiosk_event *event, int64_t seq)
{
    struct first_row *first = context;
    if (seq == 1) {
        first->names_old =
            event->kind == EVENT_SET_ASIDE && strcmp(event->body.set_aside.file, first->name) == 0;
    }
}

static bool verifies(const struct run *run)
{
    static struct verify_report verdict;
    const struct verify_request request = {.directory = run->directory};
    char error[LEDGER_ERROR_MAX];
    return ledger_verify(&request, &verdict, error) == LEDGER_OK && verdict.is_good;
}

static int64_t bytes_of(const struct run *run, const char *name)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", run->directory, name);
    const int64_t size = size_of(path);
    return size < 0 ? 0 : size;
}

/* The ledger is set aside at the start, or by the row that meets the damage: the kiosk opens again
 * then, as its store thread does. */
static bool goes_on(struct run *run, struct witness *after)
{
    *after = (struct witness){.directory = run->directory, .t_ms = INT64_C(10000000)};
    return witness_append(after, EVENT_START, 0) && witness_append(after, EVENT_DEPOSIT, 1);
}

static void try_case(struct run *run, const struct witness *before)
{
    static struct witness after;
    char reason[WITNESS_REASON_MAX], error[LEDGER_ERROR_MAX];
    enum harm harm = (enum harm)(medium_random(&run->random) % HARMS);
    copy_model(run);
    harm_file(run, harm);
    const int64_t bytes = bytes_of(run, "ledger.db") + bytes_of(run, "ledger.db-wal");
    run->cases++;
    if (!goes_on(run, &after)) {
        report(run, harm, "the kiosk cannot record");
        witness_close(&after);
        return;
    }
    const bool aside = count_files(run->directory, "ledger.db.damaged-1") > 0;
    struct first_row first = {.name = aside ? "ledger.db.damaged-1" : ""};
    if ((aside || harm == HARM_GONE || harm == HARM_EMPTY) &&
        (ledger_fold(after.ledger, 0, look_at_first, &first, error) != LEDGER_OK ||
         !first.names_old)) {
        report(run, harm, "the new ledger does not begin with the name of the old one");
    }
    witness_close(&after);
    if (aside &&
        bytes != bytes_of(run, "ledger.db.damaged-1") + bytes_of(run, "ledger.db.damaged-1-wal")) {
        report(run, harm, "bytes of the old ledger are gone");
    }
    if (aside || first.names_old) {
        run->set_aside++;
        if (!verifies(run)) {
            report(run, harm, "the new ledger does not verify");
        }
        return;
    }
    if (!verifies(run)) {
        run->found++;
        return;
    }
    run->harmless++;
    static struct witness both;
    both = *before;
    for (int i = 0; i < after.count; i++) {
        both.acknowledged[both.count++] = after.acknowledged[i];
    }
    both.t_ms = after.t_ms;
    if (!witness_check(&both, run->directory, reason)) {
        report(run, harm, reason);
    }
}

/* A ledger of a kiosk that was killed: half of it in the file, half in the log. */
static void make_model(struct run *run, struct witness *witness)
{
    char live[256], command[PATH_SIZE + 300];
    workshop_directory("live", live);
    workshop_directory("model", run->model);
    *witness = (struct witness){.directory = live};
    witness_append(witness, EVENT_START, 0);
    for (int i = 0; i < ROWS; i++) {
        witness_append(witness, EVENT_DEPOSIT, i);
        if (i == ROWS / 2) {
            witness_close(witness);
        }
    }
    snprintf(command, sizeof command, "cp '%s'/* '%s'/ && rm -f '%s'/*-shm", live, run->model,
             run->model);
    if (system(command) != 0) {
        abort();
    }
    witness_close(witness);
    witness->directory = run->model;
}

int main(int count, char **arguments)
{
    static struct run run;
    static struct witness witness;
    run.random = workshop_option(count, arguments, "--seed", 1);
    const long cases = (long)workshop_option(count, arguments, "--cases", 50);
    printf("seed %llu\n", (unsigned long long)run.random);
    workshop_make();
    workshop_directory("ledger", run.directory);
    make_model(&run, &witness);
    while (run.cases < cases) {
        try_case(&run, &witness);
    }
    printf("%ld cases: %ld set aside, %ld found by verifying, %ld harmless; %ld wrong\n", run.cases,
           run.set_aside, run.found, run.harmless, run.failures);
    return run.failures == 0 && run.set_aside > 0 ? 0 : 1;
}
