#include "kiosk/shell/wedge.h"

static void forget(struct wedge *wedge)
{
    wedge->held_count = 0;
    wedge->given = 0;
    wedge->is_over = false;
}

static bool goes_on(const struct wedge *wedge, int64_t now_ms)
{
    return now_ms - wedge->last_ms <= WEDGE_GAP_MS;
}

void wedge_key(struct wedge *wedge, int key, bool is_enter, int64_t now_ms)
{
    const bool second_enter = wedge->ends_card && is_enter && goes_on(wedge, now_ms);
    wedge->last_ms = now_ms;
    if (second_enter) {
        return;
    }
    wedge->ends_card = false;
    /* Beyond the capacity nothing is kept: no person types so much so fast. */
    if (wedge->held_count < WEDGE_HELD_MAX) {
        wedge->held[wedge->held_count] = key;
    }
    wedge->held_count++;
    if (!is_enter) {
        return;
    }
    if (wedge->held_count >= WEDGE_KEYS) {
        wedge->cards++;
        wedge->ends_card = true;
        forget(wedge);
    } else {
        wedge->is_over = true; /* too short for a card: nobody need wait for more */
    }
}

bool wedge_take(struct wedge *wedge, int64_t now_ms, int *key)
{
    if (wedge->held_count > 0 && !goes_on(wedge, now_ms)) {
        wedge->is_over = true;
    }
    const int kept = wedge->held_count < WEDGE_HELD_MAX ? wedge->held_count : WEDGE_HELD_MAX;
    while (wedge->is_over && wedge->given < kept) {
        *key = wedge->held[wedge->given++];
        if (*key >= 0) {
            return true;
        }
    }
    if (wedge->is_over) {
        forget(wedge);
    }
    return false;
}

int64_t wedge_deadline(const struct wedge *wedge)
{
    if (wedge->held_count == 0) {
        return INT64_MAX;
    }
    return wedge->is_over ? wedge->last_ms : wedge->last_ms + WEDGE_GAP_MS + 1;
}
