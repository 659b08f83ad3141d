/* Tells a card reader that types like a keyboard (USB-HID "keyboard wedge") from a person.
 *
 * A burst of WEDGE_KEYS keys or more, each within WEDGE_GAP_MS of the one before, that ends in
 * Enter is a card. It is taken whole, so that no digit of it reaches the keypad, and wedge_card()
 * gives its number; everything else comes out again in order, at most WEDGE_GAP_MS late. Keys
 * without a meaning count, and never come out.
 *
 * Pure; the caller owns the struct and gives the time. Times are monotonic ms.
 */
#ifndef KIOSK_SHELL_WEDGE_H
#define KIOSK_SHELL_WEDGE_H

#include "hw/reading.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    WEDGE_KEYS = 6,    /* with the Enter */
    WEDGE_GAP_MS = 50, /* readers type every 1 to 20 ms; the fastest typists every 60 */
    WEDGE_HELD_MAX = 64
};

struct wedge {
    int held[WEDGE_HELD_MAX]; /* keys whose burst goes on; -1 for one without a meaning */
    int held_count;           /* keys of the burst, also those beyond the capacity */
    int given;                /* of `held`, already out: the burst is over */
    bool is_over;             /* the burst was typing; what is left of `held` may come out */
    bool ends_card;           /* a card has just ended: a second Enter (CR LF) belongs to it */
    int64_t last_ms;
    char typed[HW_CARD_MAX]; /* what the burst says so far */
    int typed_length;        /* also beyond the capacity: no number then */
    char card[HW_CARD_MAX];  /* the last card's number; "" once it was taken */
};

/* A key went down: its enum ui_key, or -1 for one without a meaning; what it types, letters in
 * capitals, '\n' for Enter and '\0' for nothing. First take all that wedge_take() and wedge_card()
 * give at this time. */
void wedge_key(struct wedge *wedge, int key, char character, int64_t now_ms);

/* The number of a card that was held since the last call; false where there was none. */
bool wedge_card(struct wedge *wedge, char card[HW_CARD_MAX]);

/* The next key that was typing after all; false when there is none (yet). */
bool wedge_take(struct wedge *wedge, int64_t now_ms, int *key);

/* When a held key may come out, INT64_MAX where none is held. */
int64_t wedge_deadline(const struct wedge *wedge);

#endif
