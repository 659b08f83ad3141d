/* How fast, how cheap and how steady the ledger is, through its own code. See README.md here.
 *
 *     ledger_bench fill DIR DEPOSITS       a big ledger, without syncs
 *     ledger_bench widen BIG TIMES         its deposits so many times, one after the other
 *     ledger_bench durable DIR DEPOSITS    against overwriting the same bytes, five pairs
 *     ledger_bench work DIR DEPOSITS       the same deposits without syncs: our own work
 *     ledger_bench visits DIR VISITS       whole visits: lid, deposit, end
 *     ledger_bench growth DIR BIG DEPOSITS an empty ledger in DIR and the big one, side by side
 *     ledger_bench month BIG               the last 30 days: roll-up against the rows
 */
#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "kiosk/store/query.h"
#include "tests/bench/ledger_io.h"
#include "tests/bench/ledger_rows.h"

enum { PAIRS = 5, PATH_LENGTH_MAX = 4096 };

static double now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* User and system time of this process. */
static double cpu_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double quantile(double *values, size_t count, double share)
{
    qsort(values, count, sizeof *values, by_size);
    return values[(size_t)((double)(count - 1) * share)];
}

static void fail(const char *what)
{
    fprintf(stderr, "ledger_bench: %s\n", what);
    exit(2);
}

static struct ledger *open_ledger(const char *directory)
{
    char error[LEDGER_ERROR_MAX];
    struct ledger *ledger;

    if (ledger_open(&ledger, directory, "bench-boot", error) != LEDGER_OK) {
        fail(error);
    }
    return ledger;
}

static void append(struct ledger *ledger, const struct kiosk_event *event)
{
    char error[LEDGER_ERROR_MAX];
    int64_t seq;

    if (ledger_append(ledger, event, &seq, error) != LEDGER_OK) {
        fail(error);
    }
}

static struct ledger *new_ledger(const char *directory)
{
    char command[PATH_LENGTH_MAX];
    struct kiosk_event start = bench_start();

    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    if (system(command) != 0) {
        fail("cannot empty the directory");
    }
    struct ledger *ledger = open_ledger(directory);
    append(ledger, &start);
    return ledger;
}

static int64_t number_of(const char *text)
{
    int64_t number = strtoll(text, NULL, 10);

    if (number <= 0) {
        fail("how many?");
    }
    return number;
}

/* ---- filling --------------------------------------------------------------------------------- */

static void fill(const char *directory, int64_t deposits)
{
    ledger_io_install(false);
    struct ledger *ledger = new_ledger(directory);
    double begin = now_us();
    for (int64_t i = 0; i < deposits; i++) {
        struct kiosk_event deposit = bench_deposit(i);
        append(ledger, &deposit);
    }
    ledger_close(ledger);
    printf("filled\t%" PRId64 " deposits\t%.0f/s\n", deposits,
           (double)deposits / (now_us() - begin) * 1e6);
}

/* ---- durable deposits ------------------------------------------------------------------------ */

/* One side of a pair. */
struct side {
    double total_us, cpu_us;
    double *latencies;
    int64_t count;
};

/* The limit of the medium: as many bytes as a deposit writes to the WAL, overwritten in place in a
 * file that has its size already, and fdatasync. */
static int open_limit(const char *directory, int64_t count, size_t bytes)
{
    enum { BLOCK = 65536 };
    static const char block[BLOCK];
    char path[PATH_LENGTH_MAX];

    snprintf(path, sizeof path, "%s/limit.bin", directory);
    int file = open(path, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0644);
    for (size_t size = 0; file >= 0 && size < bytes * (size_t)count; size += BLOCK) {
        if (write(file, block, BLOCK) != BLOCK) {
            fail("cannot prepare the file of the limit");
        }
    }
    if (file < 0 || fsync(file) != 0 || lseek(file, 0, SEEK_SET) != 0) {
        fail("cannot prepare the file of the limit");
    }
    unlink(path);
    return file;
}

static void add_latency(struct side *side, double from_us)
{
    double took_us = now_us() - from_us;

    side->latencies[side->count++] = took_us;
    side->total_us += took_us;
}

static void overwrite(struct side *side, int file, size_t bytes)
{
    static char block[65536];
    double from = now_us();

    assert(bytes <= sizeof block);
    block[0]++;
    if (write(file, block, bytes) != (ssize_t)bytes || fdatasync(file) != 0) {
        fail("cannot write the file of the limit");
    }
    add_latency(side, from);
}

/* Both sides take turns, a block each: whatever else the medium does, it does to both. */
static double run_pair(const char *directory, int64_t count, struct side *ours, struct side *limit)
{
    enum { WARM = 1000, BLOCK = 50 };
    struct ledger *ledger = new_ledger(directory);
    struct ledger_io io;

    (void)ledger_io_take();
    for (int64_t i = 0; i < WARM; i++) {
        struct kiosk_event deposit = bench_rush(i);
        append(ledger, &deposit);
    }
    io = ledger_io_take();
    size_t bytes = (size_t)(io.wal_bytes / WARM);
    int file = open_limit(directory, count, bytes);
    ours->count = limit->count = 0;
    ours->total_us = limit->total_us = ours->cpu_us = limit->cpu_us = 0;
    for (int64_t i = 0; i < count; i++) {
        struct kiosk_event deposit = bench_rush(WARM + i);
        double from = now_us(), begin = cpu_us();
        append(ledger, &deposit);
        ours->cpu_us += cpu_us() - begin;
        add_latency(ours, from);
        if (i % BLOCK == BLOCK - 1) {
            begin = cpu_us();
            for (int k = 0; k < BLOCK; k++) {
                overwrite(limit, file, bytes);
            }
            limit->cpu_us += cpu_us() - begin;
        }
    }
    io = ledger_io_take();
    close(file);
    ledger_close(ledger);
    double deposits = (double)count, ratio = limit->total_us / ours->total_us;
    printf("%.0f\t%.0f\t%.3f\t%.0f\t%.0f\t%.0f\t%.0f\t%.1f\t%.1f\t%.3f\t%.1f\t%.0f\t%.0f\n",
           deposits / ours->total_us * 1e6, deposits / limit->total_us * 1e6, ratio,
           quantile(ours->latencies, (size_t)count, 0.5),
           quantile(limit->latencies, (size_t)count, 0.5),
           quantile(ours->latencies, (size_t)count, 0.99),
           quantile(limit->latencies, (size_t)count, 0.99), ours->cpu_us / deposits,
           limit->cpu_us / deposits, (double)io.syncs / deposits, (double)io.writes / deposits,
           (double)(io.wal_bytes + io.other_bytes) / deposits, (double)io.wal_bytes / deposits);
    fflush(stdout);
    return ratio;
}

static void durable(const char *directory, int64_t count)
{
    struct side ours, limit;
    double ratios[PAIRS];

    count -= count % 100;
    ours.latencies = malloc(sizeof *ours.latencies * (size_t)count);
    limit.latencies = malloc(sizeof *limit.latencies * (size_t)count);
    ledger_io_install(true);
    printf("ledger/s\tlimit/s\tratio\tmedian us\tlimit's\tp99 us\tlimit's\tCPU us\tlimit's\t"
           "flushes\twrites\tbytes\tof them WAL\n");
    for (int pair = 0; pair < PAIRS; pair++) {
        ratios[pair] = run_pair(directory, count, &ours, &limit);
    }
    printf("ratio\t%.3f (median of %d)\n", quantile(ratios, PAIRS, 0.5), PAIRS);
    free(ours.latencies);
    free(limit.latencies);
}

/* What the ledger does between two flushes, which are left out. Under callgrind: what so many
 * deposits more cost. */
static void work(const char *directory, int64_t count)
{
    ledger_io_install(false);
    struct ledger *ledger = new_ledger(directory);
    double begin = cpu_us();
    for (int64_t i = 0; i < count; i++) {
        struct kiosk_event deposit = bench_rush(i);
        append(ledger, &deposit);
    }
    double took_us = cpu_us() - begin;
    ledger_close(ledger);
    printf("work\t%.1f us CPU a deposit\n", took_us / (double)count);
}

/* A visit as the program records it: the lid opens, the deposit, the end of the visit. */
static void visits(const char *directory, int64_t count)
{
    ledger_io_install(true);
    struct ledger *ledger = new_ledger(directory);
    (void)ledger_io_take();
    double begin = now_us();
    for (int64_t i = 0; i < count; i++) {
        struct kiosk_event rows[] = {bench_opening(i), bench_deposit(i), bench_visit(i)};
        for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
            append(ledger, &rows[row]);
        }
    }
    double seconds = (now_us() - begin) / 1e6;
    struct ledger_io io = ledger_io_take();
    ledger_close(ledger);
    printf("visits\t%.0f/s\t%.3f flushes\t%.0f bytes each\n", (double)count / seconds,
           (double)io.syncs / (double)count,
           (double)(io.wal_bytes + io.other_bytes) / (double)count);
}

/* ---- growth ---------------------------------------------------------------------------------- */

struct growth {
    struct ledger *ledgers[2]; /* without rows, with them */
    int64_t rows, next;
    double *latencies[2];
};

/* Deposits go to both ledgers in turn, and which is first changes from one to the next, so that
 * both see the same medium. */
static void append_both(struct growth *growth, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        struct kiosk_event deposit = bench_deposit(growth->rows + growth->next++);
        for (int turn = 0; turn < 2; turn++) {
            const int which = (int)((growth->next + turn) % 2);
            double from = now_us();
            append(growth->ledgers[which], &deposit);
            growth->latencies[which][i] = now_us() - from;
        }
    }
}

/* The p99 of some thousand commits is that of the few that the medium was slow at: rounds, and the
 * median of their ratios. */
static void growth(const char *directory, const char *big, int64_t count)
{
    enum { ROUNDS = 9 };
    struct growth growth = {.rows = 0};
    double ratios[ROUNDS], medians[ROUNDS];

    ledger_io_install(true);
    growth.ledgers[0] = new_ledger(directory);
    growth.ledgers[1] = open_ledger(big);
    growth.rows = ledger_last_seq(growth.ledgers[1]);
    for (int i = 0; i < 2; i++) {
        growth.latencies[i] = malloc(sizeof **growth.latencies * (size_t)count);
    }
    append_both(&growth, count < 1000 ? count : 1000); /* both journals have their size */
    for (int round = 0; round < ROUNDS; round++) {
        append_both(&growth, count);
        double p99[2], median[2];
        for (int i = 0; i < 2; i++) {
            p99[i] = quantile(growth.latencies[i], (size_t)count, 0.99);
            median[i] = quantile(growth.latencies[i], (size_t)count, 0.5);
        }
        ratios[round] = p99[1] / p99[0];
        medians[round] = median[1] / median[0];
        printf("round %d\tp99 %.0f us, with rows %.0f us: %+.1f %%\tmedian %.0f us, %.0f us\n",
               round + 1, p99[0], p99[1], (ratios[round] - 1) * 100, median[0], median[1]);
        fflush(stdout);
    }
    const double middle = quantile(ratios, ROUNDS, 0.5), least = ratios[0],
                 most = ratios[ROUNDS - 1];
    printf("growth of p99 with %" PRId64
           " rows\t%+.1f %% (%+.1f to %+.1f)\tof the median %+.1f %%\n",
           growth.rows, (middle - 1) * 100, (least - 1) * 100, (most - 1) * 100,
           (quantile(medians, ROUNDS, 0.5) - 1) * 100);
    for (int i = 0; i < 2; i++) {
        ledger_close(growth.ledgers[i]);
        free(growth.latencies[i]);
    }
}

/* ---- years of it ------------------------------------------------------------------------------
 */

static int64_t ask(sqlite3 *handle, const char *sql)
{
    sqlite3_stmt *query = NULL;

    if (sqlite3_prepare_v2(handle, sql, -1, &query, NULL) != SQLITE_OK ||
        sqlite3_step(query) != SQLITE_ROW) {
        fail(sqlite3_errmsg(handle));
    }
    int64_t value = sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    return value;
}

/* For the query of the month alone: the deposits are copied to later days, and the roll-up is made
 * anew from all of them. The chain knows nothing of it. */
static void widen(const char *directory, int64_t times)
{
    static const char copies[] =
        "INSERT INTO deposits SELECT seq + k * (SELECT max(seq) FROM deposits),"
        " day + k * (SELECT max(day) - min(day) + 1 FROM deposits), t_ms, utc_ms, clock, site,"
        " visit, bin, bin_class, chosen, declared_after, outcome, quality, weight_g, base_g,"
        " final_g, spread_g, opened_ms, closed_ms, scale, item, undone_seq, person FROM deposits, "
        "times ORDER BY 1;"
        "DELETE FROM daily;"
        "INSERT INTO daily SELECT day, coalesce(bin_class, ''), outcome, count(*),"
        " count(weight_g), coalesce(sum(weight_g), 0) FROM deposits GROUP BY 1, 2, 3;";
    char path[PATH_LENGTH_MAX], sql[2048];
    sqlite3 *handle;

    snprintf(path, sizeof path, "%s/ledger.db", directory);
    snprintf(sql, sizeof sql,
             "PRAGMA synchronous = OFF; CREATE TEMP TABLE times AS WITH RECURSIVE n(k) AS (SELECT 1"
             " UNION ALL SELECT k + 1 FROM n WHERE k < %" PRId64 ") SELECT k FROM n; %s",
             times - 1, copies);
    if (times < 2 || sqlite3_open(path, &handle) != SQLITE_OK ||
        sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail("cannot copy the deposits");
    }
    sqlite3_close(handle);
}

/* ---- the month ------------------------------------------------------------------------------- */

static void sum_rows(sqlite3 *handle, const day_range_t *range, struct figures *sums)
{
    static const char query[] =
        "SELECT bin_class, outcome, count(*), count(weight_g), coalesce(sum(weight_g), 0)"
        " FROM deposits WHERE day >= ?1 AND day <= ?2 GROUP BY 1, 2";
    sqlite3_stmt *rows = NULL;

    memset(sums, 0, sizeof *sums);
    if (sqlite3_prepare_v2(handle, query, -1, &rows, NULL) != SQLITE_OK) {
        fail(sqlite3_errmsg(handle));
    }
    sqlite3_bind_int64(rows, 1, range->from);
    sqlite3_bind_int64(rows, 2, range->to);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        const char *class = (const char *)sqlite3_column_text(rows, 0);
        const char *outcome = (const char *)sqlite3_column_text(rows, 1);
        enum waste_class bin_class = waste_class_find(class ? class : "");
        enum outcome found = outcome_find(outcome);
        sums->deposits[bin_class][found].count = sqlite3_column_int64(rows, 2);
        sums->deposits[bin_class][found].weighed = sqlite3_column_int64(rows, 3);
        sums->deposits[bin_class][found].grams = sqlite3_column_int64(rows, 4);
    }
    sqlite3_finalize(rows);
}

static void month(const char *directory)
{
    enum { ROUNDS = 5, REPEATS = 200 };
    static struct figures rolled, raw;
    char error[LEDGER_ERROR_MAX], path[PATH_LENGTH_MAX];
    double roll_us[ROUNDS], raw_us[ROUNDS];
    struct ledger *ledger;
    sqlite3 *handle;

    snprintf(path, sizeof path, "%s/ledger.db", directory);
    if (ledger_open_reader(&ledger, directory, error) != LEDGER_OK) {
        fail(error);
    }
    if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK) {
        fail("cannot open the ledger for the raw query");
    }
    day_range_t range = {.has_from = true, .has_to = true};
    range.to = ask(handle, "SELECT max(day) FROM deposits");
    range.from = range.to - 29;
    int64_t count = ask(handle, "SELECT count(*) FROM deposits");
    for (int round = 0; round < ROUNDS; round++) {
        double begin = now_us();
        for (int i = 0; i < REPEATS; i++) {
            if (ledger_figures(ledger, &range, &rolled, error) != LEDGER_OK) {
                fail(error);
            }
        }
        roll_us[round] = (now_us() - begin) / REPEATS;
        begin = now_us();
        sum_rows(handle, &range, &raw);
        raw_us[round] = now_us() - begin;
    }
    if (memcmp(rolled.deposits, raw.deposits, sizeof raw.deposits) != 0) {
        fail("the roll-up and the rows differ");
    }
    double roll = quantile(roll_us, ROUNDS, 0.5), rows = quantile(raw_us, ROUNDS, 0.5);
    printf("30 days of %" PRId64 " deposits\troll-up %.1f us\trows %.0f us\t1/%.0f, and equal\n",
           count, roll, rows, rows / roll);
    sqlite3_close(handle);
    ledger_close(ledger);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 2 ? argv[1] : "";

    ledger_begin_process();

    if (strcmp(mode, "fill") == 0 && argc == 4) {
        fill(argv[2], number_of(argv[3]));
    } else if (strcmp(mode, "widen") == 0 && argc == 4) {
        widen(argv[2], number_of(argv[3]));
    } else if (strcmp(mode, "durable") == 0 && argc == 4) {
        durable(argv[2], number_of(argv[3]));
    } else if (strcmp(mode, "work") == 0 && argc == 4) {
        work(argv[2], number_of(argv[3]));
    } else if (strcmp(mode, "visits") == 0 && argc == 4) {
        visits(argv[2], number_of(argv[3]));
    } else if (strcmp(mode, "growth") == 0 && argc == 5) {
        growth(argv[2], argv[3], number_of(argv[4]));
    } else if (strcmp(mode, "month") == 0 && argc == 3) {
        month(argv[2]);
    } else {
        fail("usage: fill DIR N | widen BIG N | durable DIR N | work DIR N | visits DIR N | growth "
             "DIR BIG N | "
             "month BIG");
    }
    return 0;
}
