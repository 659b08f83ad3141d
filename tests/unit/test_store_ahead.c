/* Reading ahead changes how often the medium is asked, and nothing of what a reader sees. */
#include <errno.h>
#include <unistd.h>

#include "kiosk/store/db.h"
#include "tests/unit/store_fixture.h"

enum { PAGE = 2048, ROWS = 6000, NOWHERE = -1 };

static struct db reader;
static sqlite3 *writer;

/* SQLite's own reads are counted, and fail where they touch the broken page. */
static int64_t reads, bytes_read, broken_page;

static ssize_t watched_pread(int file, void *bytes, size_t count, off_t at)
{
    const int64_t broken_at = (broken_page - 1) * PAGE;

    reads++;
    bytes_read += (int64_t)count;
    if (broken_page != NOWHERE && at < broken_at + PAGE && at + (off_t)count > broken_at) {
        errno = EIO;
        return -1;
    }
    return pread(file, bytes, count, at);
}

static void watch_reads(bool on)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

    vfs->xSetSystemCall(vfs, "pread", on ? (sqlite3_syscall_ptr)watched_pread : NULL);
    vfs->xSetSystemCall(vfs, "pread64", on ? (sqlite3_syscall_ptr)watched_pread : NULL);
    reads = bytes_read = 0;
    broken_page = NOWHERE;
}

static void write_sql(const char *sql)
{
    if (sqlite3_exec(writer, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail_msg("%s: %s", sql, sqlite3_errmsg(writer));
    }
}

/* Two tables that grow together, so that the pages of one lie among those of the other, and one
 * word for all rows of the first to tell commits apart. */
static void write_tables(const char *journal_mode)
{
    char sql[128];

    memset(&reader, 0, sizeof reader);
    snprintf(reader.path, sizeof reader.path, "%s", path_of("read.db"));
    assert_int_equal(sqlite3_open(reader.path, &writer), SQLITE_OK);
    snprintf(sql, sizeof sql, "PRAGMA page_size = 2048; PRAGMA journal_mode = %s", journal_mode);
    write_sql(sql);
    write_sql("PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0;"
              "CREATE TABLE deposits(seq INTEGER PRIMARY KEY, commit_number INTEGER, rest BLOB);"
              "CREATE TABLE rows(seq INTEGER PRIMARY KEY, rest BLOB); BEGIN");
    for (int i = 0; i < ROWS; i++) {
        write_sql("INSERT INTO deposits VALUES(NULL, 1000000, zeroblob(120));"
                  "INSERT INTO rows VALUES(NULL, zeroblob(300))");
    }
    write_sql("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    assert_int_equal(db_open_reader(&reader), SQLITE_OK);
}

static int leave(void **state)
{
    watch_reads(false);
    db_close(&reader, false);
    sqlite3_close(writer);
    return end(state);
}

static sqlite3_stmt *query(sqlite3 *handle, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &statement, NULL), SQLITE_OK);
    return statement;
}

static int64_t value_of(sqlite3 *handle, const char *sql)
{
    sqlite3_stmt *statement = query(handle, sql);

    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

/* Goes through the table until it ends or fails; returns how that was. */
static int go_through(sqlite3 *handle, int64_t *rows)
{
    sqlite3_stmt *all = query(handle, "SELECT seq FROM deposits ORDER BY seq");
    int code;

    *rows = 0;
    while ((code = sqlite3_step(all)) == SQLITE_ROW) {
        assert_int_equal(sqlite3_column_int64(all, 0), ++*rows);
    }
    sqlite3_finalize(all);
    return code;
}

/* ---- what is seen ---------------------------------------------------------------------------- */

/* A reader that stops every few rows, within its transaction or outside, while somebody else
 * changes every row, and copies the log into the file as far as the reader's lock lets it. */
static void read_while_rows_change(bool writes_beside_readers)
{
    uint64_t seed = random_event_seed();
    int64_t commit_number = 1000000, expected = 0, seq = 0, transactions = 0, whole = 0;
    sqlite3_stmt *rest =
        query(reader.handle, "SELECT commit_number FROM deposits WHERE seq > ?1 ORDER BY seq");

    sqlite3_bind_int64(rest, 1, 0);
    while (whole < 12) {
        const bool is_inside = expected != 0;
        if (random_below(&seed, 2) && (writes_beside_readers || !is_inside)) {
            char sql[96];
            snprintf(sql, sizeof sql, "UPDATE deposits SET commit_number = %lld",
                     (long long)++commit_number);
            write_sql(sql);
        }
        if (random_below(&seed, 2)) {
            write_sql("PRAGMA wal_checkpoint(PASSIVE)");
        }
        int code = SQLITE_ROW;
        for (int count = (int)random_below(&seed, 700); count > 0 && code == SQLITE_ROW; count--) {
            code = sqlite3_step(rest);
            if (code == SQLITE_ROW) {
                transactions += expected == 0;
                expected = expected ? expected : commit_number;
                assert_int_equal(sqlite3_column_int64(rest, 0), expected);
                seq++;
            }
        }
        assert_true(code == SQLITE_ROW || code == SQLITE_DONE);
        if (code == SQLITE_DONE) {
            assert_int_equal(seq, ROWS);
            seq = 0;
            whole++;
        }
        if (code == SQLITE_DONE || random_below(&seed, 3) == 0) {
            sqlite3_reset(rest);
            sqlite3_bind_int64(rest, 1, seq);
            expected = 0;
        }
    }
    sqlite3_finalize(rest);
    assert_true(transactions > whole);
}

static void a_transaction_sees_one_commit_right_through(void **state)
{
    (void)state;
    write_tables("WAL");
    read_while_rows_change(true);
}

static void so_does_one_of_a_file_without_a_log(void **state)
{
    (void)state;
    write_tables("DELETE");
    read_while_rows_change(false);
}

static void a_file_that_cannot_change_is_read_to_its_end(void **state)
{
    static struct ahead ahead;
    char uri[DB_PATH_MAX + 32];
    sqlite3 *handle = NULL;
    int64_t rows;

    (void)state;
    write_tables("WAL");
    snprintf(uri, sizeof uri, "file:%s?immutable=1", reader.path);
    assert_int_equal(ahead_add(&ahead), SQLITE_OK);
    assert_int_equal(
        sqlite3_open_v2(uri, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, ahead.through.name),
        SQLITE_OK);
    assert_int_equal(go_through(handle, &rows), SQLITE_DONE);
    assert_int_equal(rows, ROWS);
    sqlite3_close(handle);
    through_remove(&ahead.through);
}

/* ---- what it costs --------------------------------------------------------------------------- */

static void a_table_is_read_in_large_pieces(void **state)
{
    int64_t rows;

    (void)state;
    write_tables("WAL");
    const int64_t pages = value_of(writer, "SELECT count(*) FROM dbstat WHERE name = 'deposits'");
    watch_reads(true);
    assert_int_equal(go_through(reader.handle, &rows), SQLITE_DONE);
    assert_int_equal(rows, ROWS);
    assert_true(reads < pages / 8);
}

static void look_up(sqlite3 *handle)
{
    sqlite3_stmt *one = query(handle, "SELECT seq FROM deposits WHERE seq = ?1");
    uint64_t seed = 20261123;

    for (int i = 0; i < 2000; i++) {
        const int64_t seq = 1 + random_below(&seed, ROWS);
        sqlite3_bind_int64(one, 1, seq);
        assert_int_equal(sqlite3_step(one), SQLITE_ROW);
        assert_int_equal(sqlite3_column_int64(one, 0), seq);
        sqlite3_reset(one);
    }
    sqlite3_finalize(one);
}

static void who_looks_here_and_there_reads_nothing_else(void **state)
{
    sqlite3 *plain = NULL;

    (void)state;
    write_tables("WAL");
    assert_int_equal(sqlite3_open(reader.path, &plain), SQLITE_OK);
    for (int i = 0; i < 2; i++) {
        sqlite3 *handle = i == 0 ? plain : reader.handle;
        /* Little is kept, so that much is read. */
        assert_int_equal(sqlite3_exec(handle, "PRAGMA cache_size = 10", NULL, NULL, NULL),
                         SQLITE_OK);
        (void)value_of(handle, "SELECT count(*) FROM sqlite_schema");
    }
    watch_reads(true);
    look_up(plain);
    const int64_t plain_reads = reads, plain_bytes = bytes_read;
    watch_reads(true);
    look_up(reader.handle);
    assert_true(plain_reads > 1000);
    assert_int_equal(reads, plain_reads);
    assert_int_equal(bytes_read, plain_bytes);
    sqlite3_close(plain);
}

/* ---- a broken medium ------------------------------------------------------------------------- */

static int64_t page_of(const char *table)
{
    char sql[160];

    snprintf(sql, sizeof sql,
             "SELECT pageno FROM dbstat WHERE name = '%s' AND pagetype = 'leaf' ORDER BY pageno"
             " LIMIT 1 OFFSET 100",
             table);
    return value_of(writer, sql);
}

static void a_broken_place_that_nobody_asked_for_does_not_matter(void **state)
{
    int64_t rows;

    (void)state;
    write_tables("WAL");
    const int64_t page = page_of("rows");
    watch_reads(true);
    broken_page = page;
    assert_int_equal(go_through(reader.handle, &rows), SQLITE_DONE);
    assert_int_equal(rows, ROWS);
}

static void a_broken_page_is_told_where_it_lies(void **state)
{
    sqlite3 *plain = NULL;
    int64_t rows, expected;

    (void)state;
    write_tables("WAL");
    const int64_t page = page_of("deposits");
    assert_int_equal(sqlite3_open(reader.path, &plain), SQLITE_OK);
    sqlite3_extended_result_codes(plain, 1);
    watch_reads(true);
    broken_page = page;
    assert_true(go_through(plain, &expected) != SQLITE_DONE && expected > 0);
    assert_int_equal(go_through(reader.handle, &rows), SQLITE_IOERR_READ); /* and no damage */
    assert_int_equal(rows, expected);
    assert_int_equal(sqlite3_system_errno(reader.handle), EIO);
    sqlite3_close(plain);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_transaction_sees_one_commit_right_through),
        CASE(so_does_one_of_a_file_without_a_log),
        CASE(a_file_that_cannot_change_is_read_to_its_end),
        CASE(a_table_is_read_in_large_pieces),
        CASE(who_looks_here_and_there_reads_nothing_else),
        CASE(a_broken_place_that_nobody_asked_for_does_not_matter),
        CASE(a_broken_page_is_told_where_it_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
