/* Writes a ledger as a kiosk would, quickly: make_ledger DIR RUNS ROWS SEED
 *
 * RUNS runs of the program, each a boot of its own with a start and a stop, and about ROWS events
 * between: visits, deposits, collections, adjustments, logins, devices, clock steps up and down.
 * The directory may hold a ledger already: the runs go on behind it. Prints the last seq.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/store/ledger.h"
#include "tests/unit/random_event.h"

enum { STEP_MOST_MS = 3 * 3600 * 1000 };

struct run {
    struct ledger *ledger;
    uint64_t seed;
    moment_t at;
    int64_t visit;
};

static int64_t write_event(struct run *run, struct kiosk_event *event)
{
    char error[LEDGER_ERROR_MAX];
    int64_t seq = 0;

    event->at = run->at;
    if (ledger_append(run->ledger, event, &seq, error) != LEDGER_OK) {
        fprintf(stderr, "make_ledger: %s\n", error);
        exit(2);
    }
    return seq;
}

static void pass(struct run *run, int64_t ms)
{
    run->at.t_ms += ms;
    run->at.utc_ms += run->at.quality == CLOCK_UNSET ? 0 : ms;
}

static void step_clock(struct run *run)
{
    struct kiosk_event event = {.kind = EVENT_CLOCK};
    int64_t step_ms = (int64_t)random_below(&run->seed, 2 * STEP_MOST_MS) - STEP_MOST_MS;

    if (run->at.quality == CLOCK_UNSET) {
        run->at.quality = CLOCK_NTP;
        run->at.utc_ms = INT64_C(1790000000000) + run->visit * 60000;
    } else {
        step_ms += step_ms < 0 ? -1000 : 1000;
        run->at.utc_ms += step_ms;
        event.body.clock.step_ms = step_ms;
    }
    write_event(run, &event);
}

/* A person with one bag. */
static void make_visit(struct run *run)
{
    static const enum event_kind order[] = {EVENT_OPENING, EVENT_DEPOSIT, EVENT_VISIT};

    run->visit++;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        pass(run, 1000 + random_below(&run->seed, 9000));
        struct kiosk_event event = random_event(&run->seed, order[i]);
        event.body.deposit.visit = run->visit; /* the first member of all three */
        if (order[i] == EVENT_DEPOSIT) {
            event.body.deposit.opened_ms = run->at.t_ms - 9000;
            event.body.deposit.closed_ms = run->at.t_ms - 2000;
        }
        write_event(run, &event);
    }
}

static void make_other(struct run *run)
{
    static const enum event_kind kinds[] = {
        EVENT_COLLECTION, EVENT_ADJUSTMENT, EVENT_DEVICE_LOST, EVENT_DEVICE_BACK, EVENT_LOGIN,
        EVENT_OVERLOAD,   EVENT_FROZEN,     EVENT_SETTINGS,    EVENT_EXPORT,
    };
    enum event_kind kind = kinds[random_below(&run->seed, sizeof kinds / sizeof *kinds)];
    struct kiosk_event event = random_event(&run->seed, kind);

    pass(run, random_below(&run->seed, 60000));
    write_event(run, &event);
}

static void make_run(struct run *run, int number, int rows)
{
    struct kiosk_event start = {.kind = EVENT_START}, stop = {.kind = EVENT_STOP};

    run->at = (moment_t){.t_ms = 20000 + random_below(&run->seed, 9000), .quality = CLOCK_UNSET};
    if (number % 4 != 0) {
        run->at.quality = CLOCK_RTC;
        run->at.utc_ms = INT64_C(1790000000000) + run->visit * 60000;
    }
    strcpy(start.body.start.version, "test");
    strcpy(start.body.start.site, "p1");
    write_event(run, &start);
    while (rows > 0) {
        const uint32_t choice = random_below(&run->seed, 100);
        if (choice < 85) {
            make_visit(run);
            rows -= 3;
        } else if (choice < 95) {
            make_other(run);
            rows--;
        } else {
            pass(run, random_below(&run->seed, 30000));
            step_clock(run);
            rows--;
        }
    }
    strcpy(stop.body.stop.reason, "test");
    pass(run, 100);
    write_event(run, &stop);
}

int main(int argc, char **argv)
{
    char error[LEDGER_ERROR_MAX], boot[BOOT_ID_MAX];
    struct run run = {0};

    if (argc != 5) {
        fputs("usage: make_ledger DIR RUNS ROWS SEED\n", stderr);
        return 2;
    }
    run.seed = strtoull(argv[4], NULL, 10);
    run.visit = (int64_t)(random_next(&run.seed) % 100000);
    int64_t last = 0;
    for (int i = 0; i < atoi(argv[2]); i++) {
        snprintf(boot, sizeof boot, "%016" PRIx64, random_next(&run.seed));
        if (ledger_open(&run.ledger, argv[1], boot, error) != LEDGER_OK) {
            fprintf(stderr, "make_ledger: %s\n", error);
            return 2;
        }
        make_run(&run, i, atoi(argv[3]));
        last = ledger_last_seq(run.ledger);
        ledger_close(run.ledger);
    }
    printf("%" PRId64 "\n", last);
    return 0;
}
