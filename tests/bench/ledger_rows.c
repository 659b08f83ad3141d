#include "tests/bench/ledger_rows.h"

#include <stdio.h>
#include <string.h>

static const int64_t begin_utc_ms = 1704038400000; /* 2024-01-01 in China */

/* SplitMix64 of the number: rows can be made in any order. */
static uint32_t random_of(int64_t number, int salt, uint32_t limit)
{
    uint64_t z = (uint64_t)number * 0x9E3779B97F4A7C15u + (uint64_t)salt;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ (z >> 31)) % limit);
}

static struct kiosk_event event_at(enum event_kind kind, int64_t number, int64_t offset_ms)
{
    struct kiosk_event event;
    int64_t t_ms = 5000 + number * BENCH_STEP_MS + offset_ms;

    memset(&event, 0, sizeof event);
    event.kind = kind;
    event.at = (moment_t){t_ms, begin_utc_ms + t_ms, CLOCK_NTP};
    return event;
}

struct kiosk_event bench_start(void)
{
    struct kiosk_event event = event_at(EVENT_START, 0, -5000);

    snprintf(event.body.start.version, sizeof event.body.start.version, "bench");
    snprintf(event.body.start.site, sizeof event.body.start.site, "hz-xihu-0001");
    return event;
}

static int32_t bin_of(int64_t number)
{
    return (int32_t)random_of(number, 1, 4) + 1;
}

static int32_t base_of(int64_t number)
{
    return 20000 + (int32_t)random_of(number, 2, 40000);
}

struct kiosk_event bench_opening(int64_t number)
{
    struct kiosk_event event = event_at(EVENT_OPENING, number, 4000);

    event.body.opening = (struct event_opening){
        .visit = number + 1,
        .bin = bin_of(number),
        .chosen = (enum waste_class)(bin_of(number) - 1),
        .has_base = true,
        .base_g = base_of(number),
    };
    return event;
}

struct kiosk_event bench_deposit(int64_t number)
{
    struct kiosk_event event = event_at(EVENT_DEPOSIT, number, 9000 + random_of(number, 3, 5000));
    uint32_t chance = random_of(number, 4, 100);
    int32_t bin = bin_of(number);
    int32_t grams = 50 + (int32_t)random_of(number, 5, 9000);

    event.body.deposit = (struct event_deposit){
        .visit = number + 1,
        .bin = bin,
        .bin_class = (enum waste_class)(bin - 1),
        .chosen = chance < 94   ? (enum waste_class)(bin - 1)
                  : chance < 97 ? (enum waste_class)(bin % 4)
                                : WASTE_NONE,
        .outcome = chance < 90   ? OUTCOME_CONSISTENT
                   : chance < 94 ? OUTCOME_CORRECTED
                   : chance < 97 ? OUTCOME_WRONG_BIN
                                 : OUTCOME_UNDECLARED,
        .quality = random_of(number, 6, 50) ? QUALITY_SETTLED : QUALITY_UNSETTLED,
        .weight_g = grams,
        .has_base = true,
        .base_g = base_of(number),
        .final_g = base_of(number) + grams,
        .spread_g = (int32_t)random_of(number, 7, 12),
        .opened_ms = event.at.t_ms - 6000,
        .closed_ms = event.at.t_ms - 1500,
    };
    snprintf(event.body.deposit.scale, sizeof event.body.deposit.scale, "s%d", bin);
    return event;
}

struct kiosk_event bench_visit(int64_t number)
{
    struct kiosk_event deposit = bench_deposit(number);
    struct kiosk_event event = event_at(EVENT_VISIT, number, 25000);

    event.body.visit = (struct event_visit){
        .visit = number + 1,
        .started_ms = event.at.t_ms - 25000,
        .deposits = 1,
        .grams = deposit.body.deposit.weight_g,
    };
    return event;
}

struct kiosk_event bench_rush(int64_t number)
{
    struct kiosk_event event = bench_deposit(number);
    int64_t earlier_ms = event.at.t_ms - (20000 + number * 1000);

    event.at.t_ms -= earlier_ms;
    event.at.utc_ms -= earlier_ms;
    event.body.deposit.opened_ms -= earlier_ms;
    event.body.deposit.closed_ms -= earlier_ms;
    return event;
}
