/* Handing one bin over: full bin weighed, swapped for an empty one, empty one weighed. */
#include "kiosk/ui/format.h"
#include "kiosk/ui/notices.h"
#include "kiosk/ui/screens.h"
#include "kiosk/ui/widgets.h"

enum { STEP_COUNT = 3, STEP_HEIGHT = 84 };

static void step_draw(struct canvas *canvas, rect_t rect, int number, const char *text, int order)
{
    enum { MARK = 56 };
    const bool now = order == 0;
    rect_t row = rect;
    if (now) {
        canvas_fill(canvas, rect, COLOUR_CARD, RADIUS);
        canvas_frame(canvas, rect, COLOUR_INK, RADIUS, LINE + 1);
    }
    row = layout_inset(row, GAP, 0);
    rect_t mark = layout_cut_left(&row, MARK);
    mark = layout_centre(mark, MARK, MARK);
    if (order < 0) {
        widget_badge(canvas, mark, ICON_CHECK, COLOUR_GOOD);
    } else {
        const uint32_t ground = now ? COLOUR_INK : COLOUR_TRACK;
        canvas_fill(canvas, mark, ground, MARK / 2);
        canvas_text(canvas, mark,
                    (text_style_t){TEXT_LARGE, FONT_BOLD, ALIGN_CENTRE, theme_text_on(ground)},
                    format_count(number).text);
    }
    layout_cut_left(&row, GAP);
    canvas_block(canvas, row,
                 (text_style_t){TEXT_LARGE, now ? FONT_BOLD : FONT_REGULAR, ALIGN_LEFT,
                                now ? (uint32_t)COLOUR_INK : (uint32_t)COLOUR_QUIET},
                 2, BLOCK_MIDDLE, text);
}

static void steps_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    static const int now_of[] = {[COLLECT_SETTLING] = 0,
                                 [COLLECT_SWAP] = 1,
                                 [COLLECT_WEIGHING] = 2,
                                 [COLLECT_DONE] = STEP_COUNT};
    const int now = now_of[view->collect];
    char before[FORMAT_MAX * 2];
    strings_compose(before, sizeof before, STR_COLLECT_BEFORE,
                    format_kilograms(view->collect_before_g, 1).text, NULL);
    const char *first = view->collect == COLLECT_SETTLING ? strings_get(STR_COLLECT_SETTLING)
                        : view->collect_weighed           ? before
                                                          : strings_get(STR_WEIGHT_UNKNOWN);
    const char *const texts[STEP_COUNT] = {
        first, strings_get(STR_COLLECT_SWAP),
        strings_get(view->collect == COLLECT_WEIGHING ? STR_COLLECT_SETTLING : STR_COLLECT_LAST)};
    for (int i = 0; i < STEP_COUNT; i++) {
        step_draw(canvas, layout_cut_top(&rect, STEP_HEIGHT), i + 1, texts[i], i - now);
        layout_cut_top(&rect, GAP - 4);
    }
}

/* What was signed, for a telephone to keep: beside the words, or below them. */
static void statement_draw(struct canvas *canvas, rect_t *rect, const struct view *view)
{
    /* What the words beside or above it need, and less than a camera can read. */
    enum { SIDE = 380, HINT = 34, WORDS_WIDTH = 400, WORDS_HEIGHT = 390, LEAST = 200 };
    const int width = canvas->portrait ? rect->w : rect->w - WORDS_WIDTH;
    const int height = rect->h - HINT - (canvas->portrait ? WORDS_HEIGHT : 0);
    int side = height < SIDE ? height : SIDE;
    side = width < side ? width : side;
    if (view->statement[0] == '\0' || side < LEAST) {
        return;
    }
    rect_t place =
        canvas->portrait ? layout_cut_bottom(rect, side + HINT) : layout_cut_right(rect, side);
    place = layout_centre(place, side, side + HINT);
    canvas_qr(canvas, layout_cut_top(&place, side), view->statement);
    canvas_text(canvas, place, (text_style_t){TEXT_BODY, FONT_REGULAR, ALIGN_CENTRE, COLOUR_QUIET},
                strings_get(STR_STATEMENT_HINT));
}

static void done_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    enum { BADGE = 104, WORDS = 60, WEIGHT = 150, STAMP = 40 };
    const bool gone = view->collect_less || !view->collect_weighed;
    const text_style_t words = {TEXT_TITLE, FONT_BOLD, ALIGN_LEFT, COLOUR_INK};
    const enum string_id stamp = view->collect_recorded    ? STR_RECORDED
                                 : view->store == STORE_OK ? STR_RECORDING
                                                           : STR_NOT_RECORDED;
    statement_draw(canvas, &rect, view);
    rect = layout_centre(rect, rect.w, BADGE + GAP + WORDS + WEIGHT + STAMP);
    rect_t row = layout_cut_top(&rect, BADGE);
    widget_badge(canvas, layout_cut_left(&row, BADGE), gone ? ICON_CHECK : ICON_WARNING,
                 gone ? (uint32_t)COLOUR_GOOD : (uint32_t)COLOUR_WARN);
    layout_cut_top(&rect, GAP);
    canvas_text(canvas, layout_cut_top(&rect, WORDS), words,
                strings_get(!view->collect_weighed ? STR_COLLECTED_UNKNOWN
                            : gone                 ? STR_COLLECTED
                                                   : STR_COLLECTED_NO_LESS));
    if (view->collect_weighed) {
        const int32_t removed = view->collect_before_g - view->collect_after_g;
        rect_t weight = layout_cut_top(&rect, WEIGHT);
        widget_weight(canvas, weight.x, weight.y + weight.h - GAP_LARGE, weight.w, 124, COLOUR_INK,
                      format_kilograms(removed, 1).text);
    }
    canvas_text(canvas, layout_cut_top(&rect, STAMP),
                (text_style_t){TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, COLOUR_QUIET},
                strings_get(stamp));
}

static void buttons_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    const struct button cancel = {
        .kind = BUTTON_SECONDARY, .text = strings_get(STR_CANCEL), .intent = INTENT_CANCEL};
    const struct button back = {.kind = BUTTON_PRIMARY,
                                .icon = ICON_BACK,
                                .text = strings_get(STR_BACK),
                                .intent = INTENT_CANCEL};
    const struct button done = {.kind = BUTTON_PRIMARY,
                                .text = strings_get(STR_COLLECT_DONE_BUTTON),
                                .intent = INTENT_COLLECT_DONE};
    if (view->collect == COLLECT_DONE) {
        widget_button(canvas, layout_cell(rect, 2, 1, GAP, 0), &back);
        return;
    }
    if (view->collect == COLLECT_SWAP) {
        widget_button(canvas, layout_cell(rect, 2, 1, GAP, 0), &done);
    }
    widget_button(canvas, layout_cell(rect, 2, 1, GAP, 1), &cancel);
}

void screen_collect_draw(struct canvas *canvas, const struct view *view)
{
    const struct view_bin *bin = &view->bins[view->collect_bin];
    const int button = canvas->touch > BUTTON_HEIGHT ? canvas->touch : BUTTON_HEIGHT;
    canvas_fill(canvas, canvas_panel(canvas), COLOUR_PAPER, 0);
    rect_t page = canvas_panel(canvas);
    char title[FORMAT_MAX * 2];
    strings_compose(title, sizeof title, STR_COLLECT_TITLE, format_count(bin->number).text, NULL);
    widget_bin_side(canvas,
                    canvas->portrait ? layout_cut_top(&page, page.h * 34 / 100)
                                     : layout_cut_left(&page, page.w * 38 / 100),
                    view, bin, title);
    page = layout_inset(page, canvas->portrait ? MARGIN_PORTRAIT + 8 : MARGIN + 12, MARGIN);
    notices_cut_storage(canvas, &page, view);
    buttons_draw(canvas, layout_cut_bottom(&page, button), view);
    layout_cut_bottom(&page, GAP_LARGE);
    if (view->collect == COLLECT_DONE) {
        done_draw(canvas, page, view);
        return;
    }
    steps_draw(canvas, layout_centre(page, page.w, STEP_COUNT * (STEP_HEIGHT + GAP - 4)), view);
}

intent_t screen_collect_key(const struct view *view, enum ui_key key)
{
    if (key == UI_KEY_ENTER && view->collect == COLLECT_SWAP) {
        return (intent_t){INTENT_COLLECT_DONE, 0};
    }
    return (intent_t){key == UI_KEY_ESCAPE ? INTENT_CANCEL : INTENT_NONE, 0};
}
