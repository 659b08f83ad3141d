#include "kiosk/shell/wedge.h"

#include <string.h>

static void forget(struct wedge *wedge)
{
    wedge->held_count = 0;
    wedge->given = 0;
    wedge->is_over = false;
    wedge->typed_length = 0;
}

static bool goes_on(const struct wedge *wedge, int64_t now_ms)
{
    return now_ms - wedge->last_ms <= WEDGE_GAP_MS;
}

static void note_character(struct wedge *wedge, char character)
{
    if (character == '\0') {
        return;
    }
    if (wedge->typed_length < HW_CARD_MAX - 1) {
        wedge->typed[wedge->typed_length] = character;
    }
    wedge->typed_length++;
}

static void keep_card(struct wedge *wedge)
{
    if (wedge->typed_length < HW_CARD_MAX) {
        memcpy(wedge->card, wedge->typed, (size_t)wedge->typed_length);
        wedge->card[wedge->typed_length] = '\0';
    }
    wedge->ends_card = true;
    forget(wedge);
}

void wedge_key(struct wedge *wedge, int key, char character, int64_t now_ms)
{
    const bool is_enter = character == '\n';
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
        note_character(wedge, character);
        return;
    }
    if (wedge->held_count >= WEDGE_KEYS) {
        keep_card(wedge);
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

bool wedge_card(struct wedge *wedge, char card[HW_CARD_MAX])
{
    const bool was_held = wedge->card[0] != '\0';

    memcpy(card, wedge->card, HW_CARD_MAX);
    wedge->card[0] = '\0';
    return was_held;
}

int64_t wedge_deadline(const struct wedge *wedge)
{
    if (wedge->held_count == 0) {
        return INT64_MAX;
    }
    return wedge->is_over ? wedge->last_ms : wedge->last_ms + WEDGE_GAP_MS + 1;
}
