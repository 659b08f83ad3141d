/* Draw commands: what a screen wants on the panel, as a plain list.
 *
 * Screens append commands; the window (or a test) rasters them in order. A command is a value
 * without pointers into screens, so two lists can be compared and only what differs be redrawn.
 * All coordinates are device pixels of the panel, already laid out.
 */
#ifndef KIOSK_UI_DRAW_H
#define KIOSK_UI_DRAW_H

#include <stdbool.h>
#include <stdint.h>

enum {
    DRAW_COMMANDS_MAX = 512,
    DRAW_TEXT_POOL_MAX = 8192, /* bytes of all texts of one screen with their NULs */
    DRAW_TARGETS_MAX = 64      /* touchable places of one screen */
};

typedef struct rect_t {
    int x, y, w, h;
} rect_t;

enum draw_kind {
    DRAW_FILL,  /* rect filled with `colour`; corners rounded by `radius` */
    DRAW_FRAME, /* its outline, `line` px wide, inside the rect */
    DRAW_TEXT,  /* one line of UTF-8, see draw_text */
    DRAW_ICON,  /* one icon of the icon font, as large as fits, centred in rect */
    DRAW_DASH,  /* a dashed horizontal line along the middle of rect, `line` px thick */
    DRAW_QR     /* a QR code of the text at `text`, as large as fits, centred in rect, dark modules
                   in `colour`; the ground and the quiet zone around it are the screen's */
};

enum font_weight { FONT_REGULAR, FONT_BOLD, FONT_ICONS, FONT_COUNT };
enum text_align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT };

struct draw_command {
    uint8_t kind;    /* enum draw_kind */
    uint8_t weight;  /* enum font_weight */
    uint8_t align;   /* enum text_align */
    uint8_t alpha;   /* 255 = opaque */
    rect_t rect;     /* bounding box: nothing is drawn outside */
    uint32_t colour; /* 0xRRGGBB */
    int16_t radius;  /* px */
    int16_t line;    /* px */
    int16_t size;    /* DRAW_TEXT: em height, px */
    uint16_t text;   /* DRAW_TEXT, DRAW_QR: offset in the text pool */
    uint32_t icon;   /* code point in the icon font */
};

/* A place that answers to touch. `id` is stable from frame to frame, so that a press and its
 * release can be told to be on the same thing. */
struct draw_target {
    rect_t rect;
    uint32_t id;
    int16_t intent; /* enum intent_kind */
    int32_t argument;
};

struct draw_list {
    int command_count;
    struct draw_command commands[DRAW_COMMANDS_MAX];
    int target_count;
    struct draw_target targets[DRAW_TARGETS_MAX];
    int text_used;
    char texts[DRAW_TEXT_POOL_MAX];
    bool overflow; /* something did not fit: a mistake of ours, tests refuse it */
};

/* Text metrics come from whoever rasters; tests use a fixed-width fake. `count` bytes of UTF-8. */
struct draw_metrics {
    void *context;
    int (*text_width)(void *context, enum font_weight weight, int size, const char *text,
                      int count);
};

#endif
