/* A lid of another class is open: what to close, where to go, and a way to be right. */
#include "kiosk/ui/format.h"
#include "kiosk/ui/notices.h"
#include "kiosk/ui/screens.h"
#include "kiosk/ui/widgets.h"

static void bin_card(struct canvas *canvas, rect_t rect, enum string_id action, uint32_t ground,
                     uint32_t colour, int number, const char *label, enum icon icon)
{
    enum { ACTION = 46, NUMBER = 92, LABEL = 46 };
    char text[FORMAT_MAX];
    canvas_fill(canvas, rect, ground, RADIUS);
    rect_t inside = layout_inset(rect, GAP_LARGE + 4, PADDING);
    const int side = inside.h < 150 ? inside.h : 150;
    const rect_t picture = layout_cut_right(&inside, side);
    canvas_icon(canvas, layout_centre(picture, side, side), icon, colour);
    layout_cut_right(&inside, GAP);

    inside = layout_centre(inside, inside.w, ACTION + NUMBER + LABEL + GAP);
    canvas_text(canvas, layout_cut_top(&inside, ACTION),
                (text_style_t){TEXT_HEADING - 2, FONT_REGULAR, ALIGN_LEFT, colour},
                strings_get(action));
    layout_cut_top(&inside, GAP);
    strings_compose(text, sizeof text, number > 0 ? STR_BINS : STR_UNKNOWN,
                    format_count(number).text, NULL);
    canvas_text(canvas, layout_cut_top(&inside, NUMBER),
                (text_style_t){TEXT_TITLE + 22, FONT_BOLD, ALIGN_LEFT, colour}, text);
    canvas_block(canvas, inside, (text_style_t){TEXT_HEADING - 2, FONT_REGULAR, ALIGN_LEFT, colour},
                 2, BLOCK_MIDDLE, label);
}

/* "易腐垃圾 · 右起第二个" */
static void place_words(char *out, size_t size, const struct view *view, enum waste_class class,
                        int index)
{
    char position[FORMAT_MAX] = "";
    if (index >= 0) {
        widget_bin_position(position, sizeof position, index, view->bin_count);
    }
    strings_compose(out, size, position[0] != '\0' ? STR_JOIN : STR_NAME_ALONE,
                    widget_class_label(view->site, class), position);
}

static void cards_draw(struct canvas *canvas, rect_t rect, const struct view *view,
                       const struct view_bin *wrong)
{
    enum { ARROW = 96 };
    const uint32_t go_to = widget_class_colour(view->site, view->chosen);
    const int number = view->target_bin >= 0 ? view->bins[view->target_bin].number : 0;
    rect_t from, arrow, to = rect;

    if (canvas->portrait) {
        from = layout_cut_top(&to, (rect.h - ARROW) / 2);
        arrow = layout_cut_top(&to, ARROW);
    } else {
        from = layout_cut_left(&to, (rect.w - ARROW - GAP) / 2);
        arrow = layout_cut_left(&to, ARROW + GAP);
    }
    char place[STRINGS_COMPOSED_MAX];
    place_words(place, sizeof place, view, wrong->class, view->wrong_bin);
    bin_card(canvas, from, STR_PLEASE_CLOSE, COLOUR_WARN_DEEP, COLOUR_WARN_PALE, wrong->number,
             place, widget_class_icon(wrong->class));
    canvas_icon(canvas, layout_centre(arrow, 64, 64),
                canvas->portrait ? ICON_ARROW_DOWN : ICON_ARROW_RIGHT, COLOUR_INK);
    place_words(place, sizeof place, view, view->chosen, view->target_bin);
    bin_card(canvas, to, STR_PLEASE_GO_TO, go_to, theme_text_on(go_to), number, place,
             widget_class_icon(view->chosen));
}

void screen_wrong_draw(struct canvas *canvas, const struct view *view)
{
    enum { BADGE = 124, TITLE = 96, SENTENCE_LANDSCAPE = 78, SENTENCE_PORTRAIT = 160 };
    const struct view_bin *wrong = &view->bins[view->wrong_bin];
    const struct site *site = view->site;
    char bin[STRINGS_COMPOSED_MAX / 2], text[STRINGS_COMPOSED_MAX];

    canvas_fill(canvas, canvas_panel(canvas), COLOUR_WARN, 0);
    rect_t page = layout_inset(canvas_page(canvas), canvas->portrait ? 8 : 12, GAP - 4);
    notices_cut_storage(canvas, &page, view);

    rect_t head =
        layout_cut_top(&page, TITLE + (canvas->portrait ? SENTENCE_PORTRAIT : SENTENCE_LANDSCAPE));
    rect_t badge = layout_cut_left(&head, BADGE);
    widget_badge(canvas, (rect_t){badge.x, badge.y + GAP_SMALL, BADGE, BADGE}, ICON_CROSS,
                 COLOUR_INK);
    layout_cut_left(&head, GAP_LARGE);
    canvas_text(canvas, layout_cut_top(&head, TITLE),
                (text_style_t){TEXT_TITLE + 32, FONT_BOLD, ALIGN_LEFT, COLOUR_INK},
                strings_get(STR_WRONG_TITLE));
    strings_compose(bin, sizeof bin, STR_BIN_OF_CLASS, format_count(wrong->number).text,
                    widget_class_label(site, wrong->class));
    strings_compose(text, sizeof text, STR_WRONG_SENTENCE, widget_class_label(site, view->chosen),
                    bin);
    canvas_block(canvas, head, (text_style_t){TEXT_LARGE + 2, FONT_REGULAR, ALIGN_LEFT, COLOUR_INK},
                 4, BLOCK_TOP, text);
    layout_cut_top(&page, GAP);

    const int height = canvas->touch > BUTTON_HEIGHT ? canvas->touch : BUTTON_HEIGHT;
    rect_t row = layout_cut_bottom(&page, height);
    strings_compose(text, sizeof text, STR_MEANT_IT, widget_class_label(site, wrong->class), NULL);
    const int wide = canvas_measure(canvas, TEXT_LARGE, FONT_BOLD, text) + 2 * GAP_LARGE;
    widget_button(
        canvas, layout_cut_left(&row, wide),
        &(struct button){.kind = BUTTON_ON_WARN, .text = text, .intent = INTENT_MEANT_IT});
    layout_cut_bottom(&page, GAP_LARGE);
    if (canvas->portrait) {
        page = layout_centre(page, page.w, 700);
    }
    cards_draw(canvas, page, view, wrong);
}

intent_t screen_wrong_key(const struct view *view, enum ui_key key)
{
    (void)view;
    if (key == UI_KEY_ESCAPE) {
        return (intent_t){INTENT_CANCEL, 0};
    }
    return (intent_t){key == UI_KEY_ENTER ? INTENT_MEANT_IT : INTENT_NONE, 0};
}
