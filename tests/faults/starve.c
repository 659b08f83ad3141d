/* Memory runs out at the n-th allocation, for n = 1, 2, ... until a scene runs through, once or
 * from then on: SQLite's, Jansson's and our own. Nothing is acknowledged that is not there, nothing
 * crashes or leaks, and when there is memory again what waits is recorded.
 *
 *     starve --seed N --step N --first N
 *
 * Every `step`-th n is tried, from `first` or from one that the seed draws.
 */
#include "tests/faults/medium.h"
#include "tests/faults/repeat.h"
#include "tests/faults/workshop.h"

#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NTH_MAX = 1000000 };

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static struct {
    long nth, calls, failures;
    bool sticky;
} fault;

static sqlite3_mem_methods below;

static bool fails(void)
{
    if (fault.nth == 0) {
        return false;
    }
    fault.calls++;
    bool now = fault.calls == fault.nth || (fault.sticky && fault.calls > fault.nth);
    fault.failures += now;
    return now;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

static void *sqlite_malloc(int size)
{
    return fails() ? NULL : below.xMalloc(size);
}

static void *sqlite_realloc(void *old, int size)
{
    return fails() ? NULL : below.xRealloc(old, size);
}

static void install(void)
{
    sqlite3_mem_methods ours;
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &below) != SQLITE_OK) {
        abort();
    }
    ours = below;
    ours.xMalloc = sqlite_malloc;
    ours.xRealloc = sqlite_realloc;
    /* Without its small private pool, so that every allocation can fail. */
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) != SQLITE_OK ||
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK) {
        abort();
    }
    json_set_alloc_funcs(__wrap_malloc, free);
}

struct starvation {
    const struct scene *scene;
    uint64_t random;
    long runs, failures;
    char directory[256];
};

static bool starve(struct starvation *run, long nth, bool sticky)
{
    static struct witness witness;
    char reason[WITNESS_REASON_MAX];
    repeat_run(run->directory, &witness);
    fault.nth = nth;
    fault.sticky = sticky;
    fault.calls = fault.failures = 0;
    run->scene->play(&witness);
    witness_close(&witness);
    bool failed = fault.failures > 0;
    fault.nth = 0;
    bool caught_up = witness_catch_up(&witness);
    witness_close(&witness);
    if (!caught_up) {
        snprintf(reason, sizeof reason, "what waited cannot be recorded");
    }
    if (!caught_up || !repeat_check(&witness, run->directory, reason)) {
        run->failures++;
        printf("WRONG: %s, allocation %ld%s: %s\n", run->scene->name, nth, sticky ? " on" : "",
               reason);
    }
    run->runs++;
    return failed;
}

int main(int count, char **arguments)
{
    static struct starvation run;
    const long step = (long)workshop_option(count, arguments, "--step", 1);
    const long first = (long)workshop_option(count, arguments, "--first", 0);
    run.random = workshop_option(count, arguments, "--seed", 1);
    printf("seed %llu, every allocation in %ld\n", (unsigned long long)run.random, step);
    install();
    workshop_make();
    workshop_directory("ledger", run.directory);
    repeat_begin();
    for (int i = 0; i < 2 * scene_count; i++) {
        const long before = run.runs;
        run.scene = &scenes[i / 2];
        if (i % 2 == 0) {
            repeat_prepare(run.scene, "before");
        }
        const long drawn = 1 + (long)(medium_random(&run.random) % (uint64_t)step);
        long nth = first > 0 ? first : drawn;
        while (nth < NTH_MAX && run.failures < 20 && starve(&run, nth, i % 2 == 1)) {
            nth += step;
        }
        printf("%-10s %-4s %5ld runs, up to allocation %ld\n", run.scene->name,
               i % 2 == 1 ? "on" : "once", run.runs - before, nth);
        fflush(stdout);
    }
    printf("%ld runs left %ld states, %ld wrong\n", run.runs, repeat_new_checks(), run.failures);
    return run.failures == 0 && run.runs > 0 ? 0 : 1;
}
