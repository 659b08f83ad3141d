/* Every colour, size, radius and gap of the screens, in one place.
 *
 * Paper ground, ink text; colour only for the classes of waste and for warnings. Lengths are units
 * (layout.h). Contrast after WCAG 2.1: at least 7:1, and 4.5:1 on class colours, where all text is
 * large; a test computes it for every text of every screen.
 */
#ifndef KIOSK_UI_THEME_H
#define KIOSK_UI_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum {
    COLOUR_PAPER = 0xF4F2EC,
    COLOUR_CARD = 0xFFFFFF,
    COLOUR_INK = 0x14181B,
    COLOUR_INK_PRESSED = 0x454C52,
    COLOUR_QUIET = 0x4A4E51, /* second-rank text */
    COLOUR_LINE = 0xD8D5CB,
    COLOUR_TRACK = 0xE9E6DD, /* the empty part of a gauge */
    COLOUR_PRESSED = 0xDAD6CA,
    COLOUR_WHITE = 0xFFFFFF,
    COLOUR_WARN = 0xF2A900,      /* amber ground of warnings, under ink */
    COLOUR_WARN_SOFT = 0xFFE7AD, /* amber ground of notices, under ink */
    COLOUR_WARN_PRESSED = 0xD89600,
    COLOUR_WARN_DEEP = 0x3A2C08, /* dark card on amber */
    COLOUR_WARN_PALE = 0xFFF1CF, /* text on that card */
    COLOUR_GOOD = 0x0B7A43,      /* the ring of a check mark */
    COLOUR_QR = 0x000000,        /* a code for cameras */
    COLOUR_QR_GROUND = 0xFFFFFF,

    TEXT_LEAST = 16, /* nothing shrinks below */
    TEXT_BODY = 22,  /* 8 mm on a 21.5 inch panel */
    TEXT_LARGE = 28,
    TEXT_HEADING = 34,
    TEXT_TITLE = 46,
    TEXT_WORD = 48, /* a class's name on its tile */
    TEXT_CLOCK = 44,
    TEXT_FIGURE = 42, /* figures of the day */
    TEXT_HUGE = 112,  /* a class's name on its own screen */
    TEXT_WEIGHT = 168,

    GAP_SMALL = 8,
    GAP = 16,
    GAP_LARGE = 28,
    MARGIN = 40,          /* panel edge, landscape */
    MARGIN_PORTRAIT = 28, /* panel edge, portrait */
    PADDING = 24,         /* inside cards */
    RADIUS = 18,
    LINE = 2,
    LINE_PRESSED = 5,

    BUTTON_HEIGHT = 80,
    TOUCH_LEAST = 64, /* a target's least side; grows with TOUCH_MM up to TOUCH_MOST */
    TOUCH_MOST = 96,
    TOUCH_MM = 20
};

/* `rgb` mixed with black, or with white where its text is ink: the text reads better, not worse.
 * percent 0 leaves it as it is. */
uint32_t theme_shade(uint32_t rgb, int percent);

/* White or ink: whichever reads better on `ground`. */
uint32_t theme_text_on(uint32_t ground);

#endif
