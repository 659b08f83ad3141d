/* The PIN of the service screens: large keys, dots instead of digits. */
#include "kiosk/ui/format.h"
#include "kiosk/ui/notices.h"
#include "kiosk/ui/screens.h"
#include "kiosk/ui/widgets.h"

static bool accepts_keys(const struct view *view)
{
    return view->keypad == KEYPAD_ENTRY || view->keypad == KEYPAD_WRONG;
}

struct key_face {
    enum intent_kind intent;
    int argument;
};

static void key_draw(struct canvas *canvas, rect_t rect, struct key_face face, bool live)
{
    const bool enter = face.intent == INTENT_ENTER;
    const bool pressed = live && canvas_target(canvas, rect, face.intent, face.argument);
    uint32_t fill = enter ? COLOUR_INK : COLOUR_CARD;
    uint32_t ink = enter ? COLOUR_WHITE : COLOUR_INK;

    if (!live) {
        fill = COLOUR_PAPER;
        ink = COLOUR_QUIET;
    } else if (pressed) {
        fill = enter ? COLOUR_INK_PRESSED : COLOUR_PRESSED;
    }
    canvas_fill(canvas, rect, fill, RADIUS);
    canvas_frame(canvas, rect, pressed ? COLOUR_INK : COLOUR_LINE, RADIUS,
                 pressed ? LINE_PRESSED : LINE);
    if (face.intent == INTENT_ERASE) {
        canvas_icon(canvas, layout_centre(rect, 46, 46), ICON_BACKSPACE, ink);
        return;
    }
    canvas_text(canvas, layout_inset(rect, GAP_SMALL, 0),
                (text_style_t){enter ? TEXT_LARGE + 2 : TEXT_TITLE, FONT_BOLD, ALIGN_CENTRE, ink},
                enter ? strings_get(STR_CONFIRM) : format_count(face.argument).text);
}

static void keys_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    static const struct key_face faces[12] = {
        {INTENT_DIGIT, 1}, {INTENT_DIGIT, 2}, {INTENT_DIGIT, 3}, {INTENT_DIGIT, 4},
        {INTENT_DIGIT, 5}, {INTENT_DIGIT, 6}, {INTENT_DIGIT, 7}, {INTENT_DIGIT, 8},
        {INTENT_DIGIT, 9}, {INTENT_ERASE, 0}, {INTENT_DIGIT, 0}, {INTENT_ENTER, 0}};
    for (int i = 0; i < 12; i++) {
        key_draw(canvas, layout_cell(rect, 3, 4, GAP, i), faces[i], accepts_keys(view));
    }
}

static void dots_draw(struct canvas *canvas, rect_t rect, int count)
{
    enum { DOT = 26, DOT_GAP = 18 };
    for (int i = 0; i < count && i < PIN_DIGITS_MAX; i++) {
        const int x = rect.x + i * (DOT + DOT_GAP);
        canvas_fill(canvas, (rect_t){x, rect.y + (rect.h - DOT) / 2, DOT, DOT}, COLOUR_INK,
                    DOT / 2);
    }
}

static void message_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    static const enum string_id words[] = {[KEYPAD_ENTRY] = STR_KEYPAD_ENTRY,
                                           [KEYPAD_CHECKING] = STR_KEYPAD_CHECKING,
                                           [KEYPAD_WRONG] = STR_KEYPAD_WRONG,
                                           [KEYPAD_LOCKED] = STR_KEYPAD_LOCKED};
    const bool bad = view->keypad == KEYPAD_WRONG || view->keypad == KEYPAD_LOCKED;
    char text[STRINGS_COMPOSED_MAX];
    strings_compose(text, sizeof text, words[view->keypad], format_count(view->keypad_wait_s).text,
                    NULL);
    if (bad) {
        canvas_fill(canvas, rect, COLOUR_WARN_SOFT, RADIUS);
        rect = layout_inset(rect, GAP, 4);
        const rect_t icon = layout_cut_left(&rect, 34);
        canvas_icon(canvas, layout_centre(icon, 34, 34), ICON_WARNING, COLOUR_INK);
        layout_cut_left(&rect, GAP - 4);
    }
    canvas_block(canvas, rect,
                 (text_style_t){TEXT_LARGE - 2, bad ? FONT_BOLD : FONT_REGULAR, ALIGN_LEFT,
                                bad ? (uint32_t)COLOUR_INK : (uint32_t)COLOUR_QUIET},
                 2, BLOCK_MIDDLE, text);
}

void screen_keypad_draw(struct canvas *canvas, const struct view *view)
{
    enum { BACK_WIDTH = 180, BADGE = 104, TITLE = 72, DOTS = 64, MESSAGE = 84, KEYS_WIDTH = 520 };
    const int back = canvas->touch > 72 ? canvas->touch : 72;
    canvas_fill(canvas, canvas_panel(canvas), COLOUR_PAPER, 0);
    rect_t page = layout_inset(canvas_page(canvas), canvas->portrait ? 8 : 12, GAP - 4);
    notices_cut_storage(canvas, &page, view);

    rect_t keys;
    if (canvas->portrait) {
        rect_t foot = layout_cut_bottom(&page, page.h * 54 / 100);
        keys = layout_centre(foot, 640, foot.h);
    } else {
        keys = layout_cut_right(&page, KEYS_WIDTH);
        layout_cut_right(&page, MARGIN + 8);
    }
    keys_draw(canvas, keys, view);

    rect_t row = layout_cut_top(&page, back);
    widget_button(canvas, layout_cut_left(&row, BACK_WIDTH),
                  &(struct button){.kind = BUTTON_SECONDARY,
                                   .icon = ICON_BACK,
                                   .text = strings_get(STR_BACK),
                                   .intent = INTENT_CANCEL});
    const int words = TITLE + DOTS + GAP + MESSAGE;
    const int badge = page.h >= BADGE + 2 * GAP + words ? BADGE + GAP : 0;
    page = layout_centre(page, page.w, badge + words);
    if (badge > 0) {
        widget_badge(canvas, (rect_t){page.x, page.y, BADGE, BADGE}, ICON_LOCK, COLOUR_INK);
        layout_cut_top(&page, badge);
    }
    canvas_text(canvas, layout_cut_top(&page, TITLE),
                (text_style_t){TEXT_TITLE, FONT_BOLD, ALIGN_LEFT, COLOUR_INK},
                strings_get(STR_KEYPAD_TITLE));
    dots_draw(canvas, layout_cut_top(&page, DOTS), view->keypad_digits);
    canvas_fill(canvas, layout_cut_top(&page, LINE), COLOUR_LINE, 0);
    layout_cut_top(&page, GAP - LINE);
    message_draw(canvas, page, view);
}

intent_t screen_keypad_key(const struct view *view, enum ui_key key)
{
    const int digit = screens_key_digit(key);
    if (key == UI_KEY_ESCAPE) {
        return (intent_t){INTENT_CANCEL, 0};
    }
    if (!accepts_keys(view)) {
        return (intent_t){INTENT_NONE, 0};
    }
    if (digit >= 0) {
        return (intent_t){INTENT_DIGIT, digit};
    }
    if (key == UI_KEY_BACKSPACE) {
        return (intent_t){INTENT_ERASE, 0};
    }
    return (intent_t){key == UI_KEY_ENTER ? INTENT_ENTER : INTENT_NONE, 0};
}
