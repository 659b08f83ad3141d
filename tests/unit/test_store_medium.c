/* A full, failing or damaged medium costs nothing that was acknowledged, and is named. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/store_fixture.h"

/* SQLite's own writes can be made to fail; its fdatasync and fsync are reached by their names. */
static int write_errno, sync_errno, syncs_failed;
static struct stat sync_victim; /* the only file whose sync fails; all where it is empty */

static int writes_to_live; /* the process dies at the one after these; 0: it lives */

static void count_write(void)
{
    if (writes_to_live > 0 && --writes_to_live == 0) {
        _exit(0);
    }
}

static ssize_t failing_write(int file, const void *bytes, size_t count)
{
    count_write();
    if (write_errno) {
        errno = write_errno;
        return -1;
    }
    return write(file, bytes, count);
}

static ssize_t failing_pwrite(int file, const void *bytes, size_t count, off_t at)
{
    count_write();
    if (write_errno) {
        errno = write_errno;
        return -1;
    }
    return pwrite(file, bytes, count, at);
}

int fdatasync(int file)
{
    struct stat found;

    if (sync_errno && fstat(file, &found) == 0 &&
        (sync_victim.st_ino == 0 || sync_victim.st_ino == found.st_ino)) {
        errno = sync_errno;
        syncs_failed++;
        return -1;
    }
    return fsync(file);
}

static void intercept_writes(bool on)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

    vfs->xSetSystemCall(vfs, "write", on ? (sqlite3_syscall_ptr)failing_write : NULL);
    vfs->xSetSystemCall(vfs, "pwrite", on ? (sqlite3_syscall_ptr)failing_pwrite : NULL);
    vfs->xSetSystemCall(vfs, "pwrite64", on ? (sqlite3_syscall_ptr)failing_pwrite : NULL);
}

static int restore(void **state)
{
    write_errno = sync_errno = 0;
    sync_victim.st_ino = 0;
    intercept_writes(false);
    return end(state);
}

/* ---- a bad medium ---------------------------------------------------------------------------- */

static void a_full_medium_is_survived_without_a_gap(void **state)
{
    static const int numbers[] = {ENOSPC, EDQUOT, EFBIG};
    uint64_t seed = random_event_seed();
    int64_t seq = 0, expected = 0;

    (void)state;
    intercept_writes(true);
    struct ledger *ledger = opened("a");
    for (int round = 0; round < 60; round++) {
        struct kiosk_event event = random_event(&seed, random_kind(&seed));
        expected = ledger_last_seq(ledger);
        write_errno = numbers[round % 3];
        assert_int_equal(ledger_append(ledger, &event, &seq, error), LEDGER_FULL);
        assert_non_null(strstr(error, "free space"));
        write_errno = 0;
        assert_int_equal(append(ledger, &event), expected + 1);
    }
    expected = ledger_last_seq(ledger);
    ledger_close(ledger);
    intercept_writes(false);
    assert_int_equal(ask("SELECT count(*) FROM ledger"), expected);
}

/* The lock that the writer keeps must not keep the journal: it would grow for ever. And whoever
 * reads meanwhile sees each commit as it comes. */
static void the_journal_begins_anew_while_rows_are_written(void **state)
{
    (void)state;
    enum { ROWS = 4000, PAGES_MAX = 1100, FRAME = 2048 + 24 };
    struct ledger *ledger = opened("boot-a"), *reader = NULL;
    struct stat journal;
    off_t largest = 0;

    for (int i = 1; i <= ROWS; i++) {
        struct kiosk_event event = tick(i * 1000, 0);
        append(ledger, &event);
        if (i == 1) {
            assert_int_equal(ledger_open_reader(&reader, directory, error), LEDGER_OK);
        }
        if (i % 97 == 0) {
            assert_int_equal(ledger_last_seq(reader), ledger_last_seq(ledger));
            assert_int_equal(stat(path_of("ledger.db-wal"), &journal), 0);
            largest = journal.st_size > largest ? journal.st_size : largest;
        }
    }
    ledger_close(reader);
    ledger_close(ledger);
    assert_true(largest > 900 * FRAME); /* it was long enough to begin anew */
    assert_true(largest < PAGES_MAX * FRAME);
}

static void a_failed_sync_ends_the_handle_and_nothing_is_lost(void **state)
{
    struct kiosk_event event = tick(1, 0);
    int64_t seq = 0;
    struct ledger *ledger = opened("a");

    (void)state;
    append(ledger, &event);
    sync_errno = EIO;
    assert_int_equal(ledger_append(ledger, &event, &seq, error), LEDGER_FAILED);
    sync_errno = 0;
    /* The next sync would succeed, with the pages gone: it must not be tried. */
    assert_int_equal(ledger_append(ledger, &event, &seq, error), LEDGER_FAILED);
    assert_non_null(strstr(error, "open it again"));
    ledger_close(ledger);
    ledger = opened("a");
    seq = ledger_last_seq(ledger);
    assert_true(seq == 1 || seq == 2); /* what was not acknowledged may be there or not */
    event = tick(2, 0);
    assert_int_equal(append(ledger, &event), seq + 1);
    ledger_close(ledger);
    assert_int_equal(ask("SELECT count(*) = max(seq) FROM ledger"), 1);
}

/* The commit that could not be synced is found again in the WAL: it is not written twice. */
static void what_a_failed_sync_left_behind_is_not_recorded_twice(void **state)
{
    struct kiosk_event first = tick(1, 0), event = tick(2, 0), third = tick(3, 0);
    int64_t seq = 0;
    struct ledger *ledger = opened("a");

    (void)state;
    append(ledger, &first);
    sync_errno = EIO;
    assert_int_equal(ledger_append(ledger, &event, &seq, error), LEDGER_FAILED);
    sync_errno = 0;
    ledger_close(ledger);
    ledger = opened("a");
    assert_int_equal(append(ledger, &event), 2);
    assert_int_equal(append(ledger, &third), 3);
    assert_int_equal(append(ledger, &third), 4); /* the same again, when nothing failed, is news */
    ledger_close(ledger);
    assert_int_equal(ask("SELECT count(*) FROM ledger WHERE t_ms = 2"), 1);
    assert_int_equal(ask("SELECT count(*) FROM ledger"), 4);
}

static void a_failed_sync_at_the_end_is_not_tried_again(void **state)
{
    struct kiosk_event event = tick(1, 0);
    struct ledger *ledger = opened("a");

    (void)state;
    append(ledger, &event);
    sync_errno = EIO;
    syncs_failed = 0;
    ledger_close(ledger);
    sync_errno = 0;
    assert_int_equal(syncs_failed, 1);
    assert_int_equal(ask("SELECT max(seq) FROM ledger"), 1);
}

static void a_failed_sync_of_the_checkpoint_is_noticed(void **state)
{
    struct kiosk_event event = tick(1, 0);
    enum ledger_result result = LEDGER_OK;
    int64_t seq = 0, last = 0;
    struct ledger *ledger = opened("a");

    (void)state;
    /* Commits sync the WAL alone; the database file is synced by the checkpoint. */
    assert_int_equal(stat(path_of("ledger.db"), &sync_victim), 0);
    sync_errno = EIO;
    for (int i = 0; i < 5000 && result == LEDGER_OK; i++) {
        result = ledger_append(ledger, &event, &seq, error);
        assert_true(result != LEDGER_OK || seq == last + 1);
        last = result == LEDGER_OK ? ledger_last_seq(ledger) : last;
    }
    sync_errno = 0;
    memset(&sync_victim, 0, sizeof sync_victim);
    assert_int_equal(result, LEDGER_FAILED);
    ledger_close(ledger);
    ledger = opened("a");
    assert_int_equal(ledger_last_seq(ledger), last);
    ledger_close(ledger);
}

/* Appends until the process dies at its n-th write, telling the parent what was acknowledged. */
static void append_until_death(int writes, int tell)
{
    struct kiosk_event event = tick(1, 1795406400000);
    struct ledger *ledger = NULL;
    int64_t seq;

    writes_to_live = writes;
    if (ledger_open(&ledger, directory, "a", error) != LEDGER_OK) {
        _exit(1);
    }
    while (ledger_append(ledger, &event, &seq, error) == LEDGER_OK) {
        if (write(tell, &seq, sizeof seq) != sizeof seq) {
            _exit(1);
        }
    }
    _exit(1);
}

static void death_at_any_write_loses_nothing_acknowledged(void **state)
{
    struct kiosk_event event = tick(1, 1795406400000);
    int64_t last = 0;

    (void)state;
    intercept_writes(true);
    for (int writes = 1; writes <= 60; writes++) {
        int64_t acknowledged = last, seq;
        int pipe_ends[2], status;
        assert_int_equal(pipe(pipe_ends), 0);
        pid_t child = fork();
        if (child == 0) {
            append_until_death(writes, pipe_ends[1]);
        }
        close(pipe_ends[1]);
        while (read(pipe_ends[0], &seq, sizeof seq) == sizeof seq) {
            assert_in_range(seq, acknowledged + 1, acknowledged + 2); /* or a checkpoint between */
            acknowledged = seq;
        }
        close(pipe_ends[0]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        struct ledger *ledger = opened("a");
        assert_string_equal(ledger_notice(ledger), "");
        last = ledger_last_seq(ledger);
        assert_in_range(last, acknowledged, acknowledged + 2);
        event.at.t_ms = 100 + writes;
        assert_int_equal(append(ledger, &event), last + 1);
        last = ledger_last_seq(ledger);
        ledger_close(ledger);
    }
    assert_int_equal(ask("SELECT count(*) = max(seq) FROM ledger"), 1);
}

static void a_place_that_cannot_be_written_is_refused_with_its_name(void **state)
{
    struct ledger *ledger = (struct ledger *)1;
    char path[300];

    (void)state;
    snprintf(path, sizeof path, "%s/file", directory);
    int file = open(path, O_CREAT | O_WRONLY, 0600);
    assert_true(file >= 0);
    close(file);
    strcat(path, "/state");
    assert_int_equal(ledger_open(&ledger, path, "a", error), LEDGER_UNWRITABLE);
    assert_null(ledger);
    assert_non_null(strstr(error, path));
    assert_int_equal(ledger_open(&ledger, "/proc/self/state", "a", error), LEDGER_UNWRITABLE);
    assert_int_equal(ledger_open(&ledger, "", "a", error), LEDGER_UNWRITABLE);
    assert_int_equal(ledger_open_reader(&ledger, directory, error), LEDGER_UNWRITABLE);
    assert_non_null(strstr(error, "--state"));
}

static void a_second_writer_is_refused(void **state)
{
    struct kiosk_event event = tick(1, 0);
    struct ledger *first = opened("a"), *second = NULL;

    (void)state;
    assert_int_equal(ledger_open(&second, directory, "b", error), LEDGER_UNWRITABLE);
    assert_null(second);
    assert_non_null(strstr(error, "another program"));
    assert_int_equal(append(first, &event), 1);
    ledger_close(first);
}

/* ---- damaged and foreign files --------------------------------------------------------------- */

/* A new ledger says first what came before it, and signs that. */
enum { AFTER_SET_ASIDE = 3 };

static void overwrite(const char *name, long at, const char *bytes, size_t count)
{
    FILE *file = fopen(path_of(name), at < 0 ? "w" : "r+");

    assert_non_null(file);
    assert_int_equal(fseek(file, at < 0 ? 0 : at, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    fclose(file);
}

static void a_file_of_garbage_is_set_aside_and_recording_goes_on(void **state)
{
    struct kiosk_event event = tick(1, 0);
    char garbage[8192];

    (void)state;
    memset(garbage, 'x', sizeof garbage);
    for (int i = 1; i <= 2; i++) {
        char aside[64];
        overwrite("ledger.db", -1, garbage, sizeof garbage);
        struct ledger *ledger = opened("a");
        assert_non_null(strstr(ledger_notice(ledger), "set aside"));
        assert_int_equal(append(ledger, &event), AFTER_SET_ASIDE);
        ledger_close(ledger);
        snprintf(aside, sizeof aside, "ledger.db.damaged-%d", i);
        assert_int_equal(access(path_of(aside), F_OK), 0);
    }
}

static void a_broken_page_is_found_after_an_unclean_stop(void **state)
{
    struct kiosk_event event = tick(1, 0);
    char zeros[4096] = {0};

    (void)state;
    struct ledger *ledger = opened("a");
    for (int i = 0; i < 300; i++) {
        append(ledger, &event);
    }
    ledger_close(ledger);
    pid_t child = fork();
    if (child == 0) {
        struct ledger *dying = NULL;
        int64_t seq;
        if (ledger_open(&dying, directory, "b", error) == LEDGER_OK) {
            (void)ledger_append(dying, &event, &seq, error);
        }
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    int64_t leaf = ask("SELECT pageno FROM dbstat WHERE name = 'ledger' AND pagetype = 'leaf'"
                       " ORDER BY pageno LIMIT 1");
    int64_t page = ask("PRAGMA page_size");
    assert_true(page <= (int64_t)sizeof zeros);
    /* Asking has folded the WAL in, so it is made to look unclean again. */
    overwrite("ledger.db", (long)((leaf - 1) * page), zeros, (size_t)page);
    overwrite("ledger.db-wal", -1, zeros, 100);
    ledger = opened("c");
    assert_non_null(strstr(ledger_notice(ledger), "set aside"));
    assert_int_equal(append(ledger, &event), AFTER_SET_ASIDE);
    ledger_close(ledger);
}

static void a_foreign_or_newer_database_is_left_alone(void **state)
{
    struct ledger *ledger = NULL;

    (void)state;
    assert_int_equal(tamper("CREATE TABLE recipes(name TEXT)"), SQLITE_OK);
    assert_int_equal(ledger_open(&ledger, directory, "a", error), LEDGER_FAILED);
    assert_non_null(strstr(error, "another program"));
    assert_int_equal(ask("SELECT count(*) FROM recipes"), 0);
    assert_int_equal(tamper("DROP TABLE recipes"), SQLITE_OK);
    ledger_close(opened("a"));
    assert_int_equal(tamper("PRAGMA user_version = 99"), SQLITE_OK);
    assert_int_equal(ledger_open(&ledger, directory, "a", error), LEDGER_FAILED);
    assert_non_null(strstr(error, "newer version"));
    assert_int_equal(ledger_open_reader(&ledger, directory, error), LEDGER_FAILED);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, restore)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_journal_begins_anew_while_rows_are_written),
        CASE(a_full_medium_is_survived_without_a_gap),
        CASE(a_failed_sync_ends_the_handle_and_nothing_is_lost),
        CASE(what_a_failed_sync_left_behind_is_not_recorded_twice),
        CASE(a_failed_sync_at_the_end_is_not_tried_again),
        CASE(a_failed_sync_of_the_checkpoint_is_noticed),
        CASE(death_at_any_write_loses_nothing_acknowledged),
        CASE(a_place_that_cannot_be_written_is_refused_with_its_name),
        CASE(a_second_writer_is_refused),
        CASE(a_file_of_garbage_is_set_aside_and_recording_goes_on),
        CASE(a_broken_page_is_found_after_an_unclean_stop),
        CASE(a_foreign_or_newer_database_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
