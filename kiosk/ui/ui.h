/* From a view to draw commands, and from touches to intents. No SDL, no clock, no state of its own
 * but which target is pressed.
 *
 * The same layout code serves every panel: landscape and portrait, 1024x600 to 1920x1080. One
 * thread (main). The caller owns every struct.
 */
#ifndef KIOSK_UI_UI_H
#define KIOSK_UI_UI_H

#include "kiosk/core/view.h"
#include "kiosk/ui/draw.h"

struct ui {
    int width, height;  /* panel, px */
    int panel_width_mm; /* its physical width, for the least sizes of targets and text */
    struct draw_metrics metrics;
    uint32_t pressed; /* id of the target under the finger, 0 = none */
};

/* Lays the view's screen out into `list` (emptied first). */
void ui_draw(const struct ui *ui, const struct view *view, struct draw_list *list);

/* A finger or button went down or up at x, y. Press highlights (pressed changes, draw again); a
 * release on the same target returns its intent, anything else INTENT_NONE. */
void ui_press(struct ui *ui, const struct draw_list *list, int x, int y);
intent_t ui_release(struct ui *ui, const struct draw_list *list, int x, int y);

/* A key: digits, letters, ENTER, ESCAPE, BACKSPACE and TAB reach the same intents as touch. */
enum ui_key {
    UI_KEY_DIGIT_0,
    UI_KEY_DIGIT_9 = UI_KEY_DIGIT_0 + 9,
    UI_KEY_ENTER,
    UI_KEY_ESCAPE,
    UI_KEY_BACKSPACE,
    UI_KEY_TAB,
    UI_KEY_LETTER_A,
    UI_KEY_LETTER_Z = UI_KEY_LETTER_A + 25
};
intent_t ui_key(const struct view *view, enum ui_key key);

/* Every fixed string of the screens, one after another, for warming glyphs and for the font test.
 * NULL at the end. */
const char *ui_fixed_text(int index);

#endif
