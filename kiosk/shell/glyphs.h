/* Glyphs: what each character looks like at each size, rendered once and kept.
 *
 * SDL_ttf renders a character the first time it is asked for; its 8-bit coverage mask is then kept
 * in one arena of GLYPHS_ARENA_BYTES. When the arena or the table is full, everything is forgotten
 * and rendered anew, so memory has a bound and no screen can be too rich. Warming at start keeps
 * the first-use cost (tens of microseconds a character) off the touches.
 *
 * The fonts are embedded subsets (assets/fonts). A character they lack comes from the machine's
 * own Noto Sans CJK, found through fontconfig at the first such character; one that no font has is
 * a box. No hinting and no kerning: positions depend on nothing but the font, so a picture is the
 * same everywhere.
 *
 * One thread (main).
 */
#ifndef KIOSK_SHELL_GLYPHS_H
#define KIOSK_SHELL_GLYPHS_H

#include "kiosk/ui/draw.h"

enum {
    GLYPHS_ARENA_BYTES = 4 * 1024 * 1024, /* masks of about ten screens at 1080p */
    GLYPHS_ENTRIES = 4096,                /* characters by weight and size; a power of two */
    GLYPHS_SIZE_MAX = 1000,               /* px; larger is drawn at this size */
    GLYPHS_ERROR_MAX = 160
};

struct glyphs;

/* One character at one size. `mask` is width * height coverages (0..255), row by row, valid until
 * the next glyphs_* call; NULL where there is nothing to draw. */
struct glyph {
    const uint8_t *mask;
    int left; /* px from the pen to the mask's left edge */
    int top;  /* px from the baseline up to the mask's upper edge */
    int width, height;
    int advance; /* px from this pen to the next */
};

struct glyphs_statistics {
    int entries;        /* kept now */
    int arena_used;     /* bytes */
    int rendered;       /* since the start */
    int emptied;        /* how often everything was forgotten */
    int from_full_font; /* characters that the subset lacks */
    int boxes;          /* characters that no font has */
};

/* NULL with a message in `error` when the embedded fonts cannot be opened. */
struct glyphs *glyphs_open(char error[GLYPHS_ERROR_MAX]);
void glyphs_close(struct glyphs *glyphs);

/* Size in px of the em, at least 1. */
void glyphs_get(struct glyphs *glyphs, enum font_weight weight, int size, uint32_t code,
                struct glyph *glyph);

/* Width in px of `count` bytes of UTF-8; renders nothing. Its type is that of draw_metrics, with
 * the struct glyphs as context. */
int glyphs_width(void *glyphs, enum font_weight weight, int size, const char *text, int count);
struct draw_metrics glyphs_metrics(struct glyphs *glyphs);

/* Renders what `list` needs, at most `most` new characters; returns how many. Less than `most`
 * means that the whole list is warm. */
int glyphs_warm(struct glyphs *glyphs, const struct draw_list *list, int most);

struct glyphs_statistics glyphs_statistics(const struct glyphs *glyphs);

/* The next character of UTF-8 text; moves *text, which must be before `end`. A byte that is no
 * UTF-8 counts as one U+FFFD. */
uint32_t glyphs_next_code(const char **text, const char *end);

#endif
