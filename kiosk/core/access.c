#include "kiosk/core/access.h"

#include <string.h>

void access_clear(struct access *access)
{
    memset(access->digits, 0, sizeof access->digits);
    access->digit_count = 0;
    access->checking = false;
    access->wrong = false;
}

bool access_locked(const struct access *access, int64_t now_ms)
{
    return now_ms < access->locked_until_ms;
}

static bool may_type(const struct access *access, int64_t now_ms)
{
    return !access->checking && !access_locked(access, now_ms);
}

void access_digit(struct access *access, int64_t now_ms, int digit)
{
    if (!may_type(access, now_ms) || digit < 0 || digit > 9) {
        return;
    }
    access->wrong = false;
    if (access->digit_count < PIN_DIGITS_MAX) {
        access->digits[access->digit_count++] = (char)('0' + digit);
    }
}

void access_erase(struct access *access, int64_t now_ms)
{
    if (may_type(access, now_ms) && access->digit_count > 0) {
        access->digits[--access->digit_count] = '\0';
    }
}

bool access_enter(struct access *access, int64_t now_ms)
{
    if (!may_type(access, now_ms) || access->digit_count == 0) {
        return false;
    }
    access->checking = true;
    return true;
}

static int64_t wait_after(uint8_t failures)
{
    if (failures < ACCESS_FREE_TRIES) {
        return 0;
    }
    int64_t wait = ACCESS_FIRST_WAIT_MS;
    for (int i = ACCESS_FREE_TRIES; i < failures && wait < ACCESS_LONGEST_WAIT_MS; i++) {
        wait *= 2;
    }
    return wait < ACCESS_LONGEST_WAIT_MS ? wait : ACCESS_LONGEST_WAIT_MS;
}

void access_result(struct access *access, int64_t now_ms, bool accepted)
{
    access_clear(access);
    if (accepted) {
        access->failures = 0;
        access->locked_until_ms = 0;
        return;
    }
    access->wrong = true;
    if (access->failures < UINT8_MAX) {
        access->failures++;
    }
    access->locked_until_ms = now_ms + wait_after(access->failures);
}
