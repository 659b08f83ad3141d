/* Made-up traffic of a site for the benchmarks of the ledger: the same rows every time. */
#ifndef TESTS_BENCH_LEDGER_ROWS_H
#define TESTS_BENCH_LEDGER_ROWS_H

#include "kiosk/core/events.h"

enum { BENCH_STEP_MS = 86000 }; /* from one visit to the next: a thousand a day */

struct kiosk_event bench_start(void);

/* The parts of visit `number` (from 0): one lid, one deposit. */
struct kiosk_event bench_opening(int64_t number);
struct kiosk_event bench_deposit(int64_t number);
struct kiosk_event bench_visit(int64_t number);

/* Deposit `number` of a rush, a second after the one before: so the chain is signed every 100 rows,
 * not every 15 minutes. */
struct kiosk_event bench_rush(int64_t number);

#endif
