/* PIN entry and its lockout: three tries are free, then each wrong one doubles a wait from 30 s to
 * 15 minutes. A right PIN clears the count. Pure; part of struct kiosk. Deposits are never blocked
 * by it.
 */
#ifndef KIOSK_CORE_ACCESS_H
#define KIOSK_CORE_ACCESS_H

#include "kiosk/core/events.h"

enum {
    ACCESS_FREE_TRIES = 3,
    ACCESS_FIRST_WAIT_MS = 30 * 1000,
    ACCESS_LONGEST_WAIT_MS = 15 * 60 * 1000
};

struct access {
    char digits[PIN_DIGITS_MAX + 1];
    uint8_t digit_count;
    bool checking;    /* the shell is comparing the hash */
    bool wrong;       /* the last one was wrong, and no digit was entered since */
    uint8_t failures; /* wrong in a row */
    int64_t locked_until_ms;
};

/* Forgets the digits; keeps count and lock. */
void access_clear(struct access *access);

void access_digit(struct access *access, int64_t now_ms, int digit);
void access_erase(struct access *access, int64_t now_ms);

/* True: `digits` must be checked now, and access_result() called with the answer. */
bool access_enter(struct access *access, int64_t now_ms);
void access_result(struct access *access, int64_t now_ms, bool accepted);

bool access_locked(const struct access *access, int64_t now_ms);

#endif
