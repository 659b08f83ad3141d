/* Failing calls: the n-th call of one method of the file system fails, for n = 1, 2, ... until a
 * scene runs through, once or from then on. Nothing is acknowledged that is not there, nothing
 * crashes, and when the fault is gone everything that waits is recorded. After a failed sync, whose
 * writes the system has forgotten, the power is cut as well.
 *
 *     disturb --seed N --step N
 *
 * Every `step`-th n is tried, from one that the seed draws.
 */
#include "tests/faults/medium.h"
#include "tests/faults/repeat.h"
#include "tests/faults/vfs.h"
#include "tests/faults/workshop.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CUTS = 3, NTH_MAX = 100000 };

static const struct vfs_fault faults[] = {
    {"open EIO", VFS_OPEN, SQLITE_CANTOPEN, EIO, false},
    {"open ENOSPC", VFS_OPEN, SQLITE_CANTOPEN, ENOSPC, false},
    {"delete EIO", VFS_DELETE, SQLITE_IOERR_DELETE, EIO, false},
    {"access EIO", VFS_ACCESS, SQLITE_IOERR_ACCESS, EIO, false},
    {"read EIO", VFS_READ, SQLITE_IOERR_READ, EIO, false},
    /* SQLITE_IOERR_SHORT_READ would say that the file ends there: a lie that no system tells. */
    {"read EIO half", VFS_READ, SQLITE_IOERR_READ, EIO, true},
    /* What the system's own file system makes of a read that failed: SQLite takes it for damage. */
    {"read EIO corrupt", VFS_READ, SQLITE_IOERR_CORRUPTFS, EIO, false},
    {"write EIO", VFS_WRITE, SQLITE_IOERR_WRITE, EIO, false},
    {"write EIO half", VFS_WRITE, SQLITE_IOERR_WRITE, EIO, true},
    {"write ENOSPC", VFS_WRITE, SQLITE_FULL, ENOSPC, false},
    {"write short", VFS_WRITE, SQLITE_FULL, ENOSPC, true},
    {"truncate EIO", VFS_TRUNCATE, SQLITE_IOERR_TRUNCATE, EIO, false},
    {"sync EIO", VFS_SYNC, SQLITE_IOERR_FSYNC, EIO, false},
    {"sync ENOSPC", VFS_SYNC, SQLITE_IOERR_FSYNC, ENOSPC, false},
    {"size EIO", VFS_FILE_SIZE, SQLITE_IOERR_FSTAT, EIO, false},
    {"lock EIO", VFS_LOCK, SQLITE_IOERR_LOCK, EIO, false},
    {"shm map EIO", VFS_SHM_MAP, SQLITE_IOERR_SHMMAP, EIO, false},
    {"shm map ENOSPC", VFS_SHM_MAP, SQLITE_IOERR_SHMSIZE, ENOSPC, false},
    {"shm lock EIO", VFS_SHM_LOCK, SQLITE_IOERR_SHMLOCK, EIO, false},
};

/* Of the program's own calls. */
static const int numbers[] = {EIO, ENOSPC};

struct disturbance {
    const char *name;
    const struct vfs_fault *fault; /* NULL: one of the program's own calls, with `number` */
    int number;
    bool sticky;
    const struct scene *scene;
    uint64_t random;
    long runs, failures;
    char directory[256], cut[256];
};

static void report(struct disturbance *run, long nth, const char *when, const char *reason)
{
    run->failures++;
    printf("WRONG: %s, %s, call %ld%s, %s: %s\n", run->scene->name, run->name, nth,
           run->sticky ? " on" : "", when, reason);
}

static void set_fault(const struct disturbance *run, long nth)
{
    vfs_set_fault(nth > 0 ? run->fault : NULL, nth, run->sticky);
    medium_calls_fail(run->fault == NULL ? nth : 0, run->sticky, run->number);
}

static void cut_power(struct disturbance *run, const struct witness *witness, struct medium *medium,
                      long nth)
{
    char reason[WITNESS_REASON_MAX];
    for (int i = 0; i < CUTS; i++) {
        struct cut cut = {
            .manner = (enum cut_manner)i, .seed = medium_random(&run->random), .sector = 4096};
        medium_cut(medium, &cut, run->cut);
        if (!repeat_check(witness, run->cut, reason)) {
            report(run, nth, "power cut", reason);
        }
    }
}

/* False when nothing failed: the scene has fewer calls than `nth`. */
static bool disturb(struct disturbance *run, long nth)
{
    static struct witness witness;
    char reason[WITNESS_REASON_MAX];
    set_fault(run, 0);
    repeat_run(run->directory, &witness);
    struct medium *medium = medium_watch(run->directory);
    set_fault(run, nth);
    run->scene->play(&witness);
    bool failed = (run->fault != NULL ? vfs_failures() : medium_calls_failures()) > 0;
    bool open = witness.ledger != NULL;
    witness_close(&witness);
    set_fault(run, 0);
    cut_power(run, &witness, medium, nth);
    if (open && !run->sticky) {
        report(run, nth, "one fault", "the scene left the ledger open");
    }
    if (!witness_catch_up(&witness)) {
        report(run, nth, "fault gone", "what waited cannot be recorded");
    }
    witness_close(&witness);
    cut_power(run, &witness, medium, nth);
    medium_free(medium);
    if (!repeat_check(&witness, run->directory, reason)) {
        report(run, nth, "fault gone", reason);
    }
    run->runs++;
    return failed;
}

static void disturb_all(struct disturbance *run, long step)
{
    long first = 1 + (long)(medium_random(&run->random) % (uint64_t)step);
    for (long nth = first; nth < NTH_MAX && run->failures < 20; nth += step) {
        if (!disturb(run, nth)) {
            break;
        }
    }
}

int main(int count, char **arguments)
{
    static struct disturbance run;
    long step = (long)workshop_option(count, arguments, "--step", 1);
    run.random = workshop_option(count, arguments, "--seed", 1);
    printf("seed %llu, every call in %ld\n", (unsigned long long)run.random, step);
    workshop_make();
    workshop_directory("cut", run.cut);
    workshop_directory("ledger", run.directory);
    vfs_register();
    repeat_begin();
    const int vfs_faults = (int)(sizeof faults / sizeof *faults);
    const int own_faults = (int)(sizeof numbers / sizeof *numbers);
    for (int i = 0; i < vfs_faults + own_faults; i++) {
        long before = run.runs;
        run.fault = i < vfs_faults ? &faults[i] : NULL;
        run.number = i < vfs_faults ? 0 : numbers[i - vfs_faults];
        run.name = i < vfs_faults ? faults[i].name : run.number == EIO ? "own EIO" : "own ENOSPC";
        for (int k = 0; k < 2 * scene_count; k++) {
            run.scene = &scenes[k / 2];
            run.sticky = k % 2 == 1;
            if (!run.sticky) {
                set_fault(&run, 0);
                repeat_prepare(run.scene, "before");
            }
            disturb_all(&run, step);
        }
        printf("%-16s %5ld runs\n", run.name, run.runs - before);
        fflush(stdout);
    }
    if (vfs_retried_syncs() != 0) {
        run.failures++;
        printf("WRONG: %ld failed syncs were tried again\n", vfs_retried_syncs());
    }
    printf("%ld runs, %ld checks of %ld states, %ld wrong\n", run.runs, repeat_checks(),
           repeat_new_checks(), run.failures);
    return run.failures == 0 && run.runs > 0 ? 0 : 1;
}
