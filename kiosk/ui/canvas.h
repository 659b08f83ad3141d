/* Writing draw commands: units in, device pixels out, every text made to fit its place.
 *
 * Lives for one ui_draw() on the caller's stack. What does not fit the list sets its `overflow`.
 */
#ifndef KIOSK_UI_CANVAS_H
#define KIOSK_UI_CANVAS_H

#include "kiosk/ui/icons.h"
#include "kiosk/ui/layout.h"
#include "kiosk/ui/theme.h"
#include "kiosk/ui/ui.h"

struct canvas {
    const struct ui *ui;
    struct draw_list *list;
    enum view_screen screen;
    int short_px;      /* short side of the panel */
    int width, height; /* of the whole panel, units */
    bool portrait;
    int touch; /* least side of a target, units */
};

typedef struct text_style_t {
    int size; /* em height, units; longer texts are set smaller, down to TEXT_LEAST */
    enum font_weight weight;
    enum text_align align;
    uint32_t colour;
} text_style_t;

struct canvas canvas_begin(const struct ui *ui, enum view_screen screen, struct draw_list *list);

/* The whole panel, and what is left of it inside the margins. */
rect_t canvas_panel(const struct canvas *canvas);
rect_t canvas_page(const struct canvas *canvas);

void canvas_fill(struct canvas *canvas, rect_t rect, uint32_t colour, int radius);
void canvas_fill_alpha(struct canvas *canvas, rect_t rect, uint32_t colour, int radius, int alpha);
void canvas_frame(struct canvas *canvas, rect_t rect, uint32_t colour, int radius, int line);
void canvas_dash(struct canvas *canvas, rect_t rect, uint32_t colour, int line);
void canvas_icon(struct canvas *canvas, rect_t rect, enum icon icon, uint32_t colour);

/* A square code of `text` for the cameras of telephones, on white. */
void canvas_qr(struct canvas *canvas, rect_t rect, const char *text);

/* Height of a line of text in a block, and the least height of a rect for it. */
int canvas_line_height(int size);

/* Width of `text` in units, rounded up. */
int canvas_measure(const struct canvas *canvas, int size, enum font_weight weight,
                   const char *text);

/* One line, in the middle of rect's height. */
void canvas_text(struct canvas *canvas, rect_t rect, text_style_t style, const char *text);

/* One line whose baseline is `baseline`, starting (ALIGN_LEFT) or ending (ALIGN_RIGHT) at x, at
 * most `width` wide. Returns its width. */
int canvas_text_baseline(struct canvas *canvas, int x, int baseline, int width, text_style_t style,
                         const char *text);

/* As many lines as fit rect, at most `lines_max`, from its top or in its middle. Returns the
 * height used. */
enum block_place { BLOCK_TOP, BLOCK_MIDDLE };
int canvas_block(struct canvas *canvas, rect_t rect, text_style_t style, int lines_max,
                 enum block_place place, const char *text);

/* Makes rect touchable; returns whether a finger is on it now. One target for an intent and its
 * argument on a screen. */
bool canvas_target(struct canvas *canvas, rect_t rect, enum intent_kind intent, int argument);

#endif
