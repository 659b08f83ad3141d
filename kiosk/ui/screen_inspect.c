/* An inspection in four touches: bin, bags looked at, bags wrong, confirm. Quick keys for the usual
 * numbers go on at once; the others are stepped to. */
#include "kiosk/ui/format.h"
#include "kiosk/ui/notices.h"
#include "kiosk/ui/screens.h"
#include "kiosk/ui/widgets.h"

enum { TITLE_HEIGHT = 72, QUICK_MAX = 6 };

static const enum string_id thing_words[WRONG_THING_COUNT] = {
    [THING_BAG] = STR_THING_BAG,
    [THING_FOOD] = STR_THING_FOOD,
    [THING_RECYCLABLE] = STR_THING_RECYCLABLE,
    [THING_TISSUE] = STR_THING_TISSUE,
    [THING_HAZARDOUS] = STR_THING_HAZARDOUS,
    [THING_OTHER] = STR_THING_OTHER,
};

/* ---- the figure ------------------------------------------------------------------------------ */

static void found_words(char *out, size_t size, int64_t checked, int64_t wrong)
{
    strings_compose(out, size, STR_INSPECT_FOUND, format_count(checked).text,
                    format_count(wrong).text);
}

/* Outward, so that the interval is never narrower than it is. */
static void interval_words(char *out, size_t size, interval_t interval)
{
    const int64_t high = ((int64_t)interval.high_ppm + 999) / 1000;
    strings_compose(out, size, STR_INSPECT_INTERVAL, format_percent(interval.low_ppm, 1000000).text,
                    format_percent(high, 1000).text);
}

/* "92.5%" or 样本不足 */
static void accuracy_words(char *out, size_t size, const struct figure_accuracy *accuracy)
{
    strings_compose(out, size, accuracy->enough ? STR_PERCENT : STR_INSPECT_FEW,
                    format_percent(accuracy->passed.part, accuracy->passed.whole).text, NULL);
}

/* "查 40 错 3 · 95% 区间 80.1–97.4%", "查 12 错 1 · 满 30 袋才计算" */
static void sample_words(char *out, size_t size, const struct view *view)
{
    const struct figure_accuracy *week = &view->inspect.week;
    char found[FORMAT_MAX * 2], rest[FORMAT_MAX * 3];
    found_words(found, sizeof found, week->passed.whole, week->passed.whole - week->passed.part);
    if (week->enough) {
        interval_words(rest, sizeof rest, week->interval);
    } else {
        strings_compose(rest, sizeof rest, STR_INSPECT_LEAST,
                        format_count(view->site->timing.sample_least).text, NULL);
    }
    strings_compose(out, size, STR_JOIN, found, rest);
}

/* ---- which bin ------------------------------------------------------------------------------- */

static void bin_button(struct canvas *canvas, rect_t rect, const struct view *view,
                       const struct view_bin *bin)
{
    enum { ICON = 96, NUMBER = 56 };
    const uint32_t ground = widget_class_colour(view->site, bin->class);
    const bool pressed = canvas_target(canvas, rect, INTENT_INSPECT, bin->number);
    const uint32_t fill = pressed ? theme_shade(ground, 20) : ground;
    const uint32_t ink = theme_text_on(fill);
    char number[FORMAT_MAX];

    canvas_fill(canvas, rect, fill, RADIUS);
    rect_t inside = layout_inset(rect, PADDING, GAP);
    strings_compose(number, sizeof number, STR_BINS, format_count(bin->number).text, NULL);
    const bool roomy = inside.h >= ICON + GAP + NUMBER + 60;
    inside = layout_centre(inside, inside.w, roomy ? ICON + GAP + NUMBER + 90 : inside.h);
    if (roomy) {
        rect_t row = layout_cut_top(&inside, ICON);
        canvas_icon(canvas, layout_cut_left(&row, ICON), widget_class_icon(bin->class), ink);
        layout_cut_top(&inside, GAP);
    }
    canvas_text(canvas, layout_cut_top(&inside, roomy ? NUMBER : inside.h / 2),
                (text_style_t){TEXT_HEADING, FONT_BOLD, ALIGN_LEFT, ink}, number);
    canvas_block(canvas, inside, (text_style_t){TEXT_LARGE, FONT_BOLD, ALIGN_LEFT, ink}, 2,
                 BLOCK_TOP, widget_class_label(view->site, bin->class));
}

/* One line on a wide panel, two on an upright one. */
static void week_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    const text_style_t quiet = {TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, COLOUR_QUIET};
    char figure[FORMAT_MAX * 2], sample[STRINGS_COMPOSED_MAX], words[STRINGS_COMPOSED_MAX];
    if (view->inspect.week_inspections == 0) {
        canvas_text(canvas, rect, quiet, strings_get(STR_INSPECT_NONE));
        return;
    }
    const char *label = strings_get(STR_INSPECT_WEEK);
    const int wide = canvas_measure(canvas, TEXT_BODY, FONT_REGULAR, label) + 1;
    canvas_text(canvas,
                canvas->portrait ? layout_cut_top(&rect, rect.h / 2) : layout_cut_left(&rect, wide),
                quiet, label);
    layout_cut_left(&rect, canvas->portrait ? 0 : GAP);
    accuracy_words(figure, sizeof figure, &view->inspect.week);
    sample_words(sample, sizeof sample, view);
    strings_compose(words, sizeof words, STR_JOIN, figure, sample);
    canvas_text(canvas, rect, (text_style_t){TEXT_BODY, FONT_BOLD, ALIGN_LEFT, COLOUR_INK}, words);
}

static void bins_draw(struct canvas *canvas, const struct view *view)
{
    enum { WEEK = 40 };
    rect_t page = canvas_page(canvas);
    widget_board_top(canvas, &page, view, strings_get(STR_INSPECT_TITLE),
                     strings_get(STR_INSPECT_WHICH));
    week_draw(canvas, layout_cut_bottom(&page, canvas->portrait ? 2 * WEEK : WEEK), view);
    layout_cut_bottom(&page, GAP_SMALL);
    const int columns = canvas->portrait ? 2 : view->bin_count > 4 ? 4 : view->bin_count;
    const int rows = (view->bin_count + columns - 1) / columns;
    for (int i = 0; i < view->bin_count; i++) {
        bin_button(canvas, layout_cell(page, columns, rows, GAP, i), view, &view->bins[i]);
    }
}

/* ---- numbers --------------------------------------------------------------------------------- */

struct quick_keys {
    int count, columns;
    int values[QUICK_MAX];
};

/* The usual numbers of a page. */
static const struct quick_keys *quick_keys(enum inspect_step step)
{
    static const struct quick_keys checked = {4, 2, {5, 10, 20, 30}};
    static const struct quick_keys wrong = {6, 3, {0, 1, 2, 3, 4, 5}};
    return step == INSPECT_CHECKED ? &checked : &wrong;
}

static bool may_be(const struct view_inspect *inspect, int count)
{
    return inspect->step == INSPECT_CHECKED ? count >= 1 && count <= 999
                                            : count >= 0 && count <= inspect->checked;
}

static void key_draw(struct canvas *canvas, rect_t rect, intent_t intent, bool live,
                     const char *text)
{
    const bool pressed = live && canvas_target(canvas, rect, intent.kind, intent.argument);
    canvas_fill(canvas, rect,
                pressed ? (uint32_t)COLOUR_PRESSED
                : live  ? (uint32_t)COLOUR_CARD
                        : (uint32_t)COLOUR_PAPER,
                RADIUS);
    canvas_frame(canvas, rect, pressed ? COLOUR_INK : COLOUR_LINE, RADIUS,
                 pressed ? LINE_PRESSED : LINE);
    canvas_text(canvas, layout_inset(rect, GAP_SMALL, 0),
                (text_style_t){TEXT_TITLE, FONT_BOLD, ALIGN_CENTRE,
                               live ? (uint32_t)COLOUR_INK : (uint32_t)COLOUR_QUIET},
                text);
}

static void quick_key_draw(struct canvas *canvas, rect_t rect, const struct view_inspect *inspect,
                           int value)
{
    const enum intent_kind kind = inspect->step == INSPECT_CHECKED ? INTENT_CHECKED : INTENT_WRONG;
    key_draw(canvas, rect, (intent_t){kind, value}, may_be(inspect, value),
             format_count(value).text);
}

static void step_key_draw(struct canvas *canvas, rect_t rect, const struct view_inspect *inspect,
                          enum string_id sign, int value)
{
    key_draw(canvas, rect, (intent_t){INTENT_COUNT, value}, may_be(inspect, value),
             strings_get(sign));
}

/* − 7 + */
static void stepper_draw(struct canvas *canvas, rect_t rect, const struct view_inspect *inspect)
{
    const int value = inspect->step == INSPECT_CHECKED ? inspect->checked : inspect->wrong;
    const int key = rect.w * 28 / 100;
    step_key_draw(canvas, layout_cut_left(&rect, key), inspect, STR_MINUS, value - 1);
    step_key_draw(canvas, layout_cut_right(&rect, key), inspect, STR_PLUS, value + 1);
    canvas_text(canvas, layout_inset(rect, GAP_SMALL, 0),
                (text_style_t){TEXT_TITLE, FONT_BOLD, ALIGN_CENTRE, COLOUR_INK},
                format_count(value).text);
}

/* Back, and on. */
static void steps_draw(struct canvas *canvas, rect_t row, enum string_id onwards)
{
    widget_button(canvas, layout_cell(row, 2, 1, GAP, 0),
                  &(struct button){.kind = BUTTON_SECONDARY,
                                   .icon = ICON_BACK,
                                   .text = strings_get(STR_BACK),
                                   .intent = INTENT_CANCEL});
    widget_button(canvas, layout_cell(row, 2, 1, GAP, 1),
                  &(struct button){.kind = BUTTON_PRIMARY,
                                   .text = strings_get(onwards),
                                   .intent = INTENT_INSPECT_NEXT});
}

static void number_draw(struct canvas *canvas, rect_t page, const struct view *view, int button)
{
    const struct view_inspect *inspect = &view->inspect;
    const struct quick_keys *keys = quick_keys(inspect->step);
    const int rows = (keys->count + keys->columns - 1) / keys->columns;
    const bool first = inspect->step == INSPECT_CHECKED;
    rect_t row = layout_cut_bottom(&page, button);
    steps_draw(canvas, row, STR_INSPECT_NEXT);
    layout_cut_bottom(&page, GAP);
    stepper_draw(canvas, layout_cut_bottom(&page, button), inspect);
    layout_cut_bottom(&page, GAP_LARGE);
    canvas_text(canvas, layout_cut_top(&page, TITLE_HEIGHT),
                (text_style_t){TEXT_TITLE, FONT_BOLD, ALIGN_LEFT, COLOUR_INK},
                strings_get(first ? STR_INSPECT_HOW_MANY : STR_INSPECT_HOW_WRONG));
    layout_cut_top(&page, GAP_SMALL);
    const int high = rows * 150 + (rows - 1) * GAP;
    page.h = page.h < high ? page.h : high;
    for (int i = 0; i < keys->count; i++) {
        quick_key_draw(canvas, layout_cell(page, keys->columns, rows, GAP, i), inspect,
                       keys->values[i]);
    }
}

/* ---- confirm --------------------------------------------------------------------------------- */

static void thing_draw(struct canvas *canvas, rect_t rect, const struct view_inspect *inspect,
                       enum wrong_thing thing)
{
    enum { MARK = 30 };
    const bool ticked = (inspect->things >> thing & 1) != 0;
    const bool pressed = canvas_target(canvas, rect, INTENT_THING, (int)thing);
    canvas_fill(canvas, rect, pressed ? COLOUR_PRESSED : COLOUR_CARD, RADIUS);
    canvas_frame(canvas, rect, ticked ? COLOUR_INK : COLOUR_LINE, RADIUS,
                 ticked ? LINE_PRESSED : LINE);
    rect_t inside = layout_inset(rect, GAP - 4, 0);
    rect_t mark = layout_cut_left(&inside, MARK);
    mark = layout_centre(mark, MARK, MARK);
    canvas_frame(canvas, mark, COLOUR_INK, 6, LINE);
    if (ticked) {
        canvas_fill(canvas, mark, COLOUR_INK, 6);
        canvas_icon(canvas, layout_inset(mark, 4, 4), ICON_CHECK, COLOUR_WHITE);
    }
    layout_cut_left(&inside, GAP_SMALL);
    canvas_text(
        canvas, inside,
        (text_style_t){TEXT_BODY + 2, ticked ? FONT_BOLD : FONT_REGULAR, ALIGN_LEFT, COLOUR_INK},
        strings_get(thing_words[thing]));
}

static void confirm_draw(struct canvas *canvas, rect_t page, const struct view *view, int button)
{
    const struct view_inspect *inspect = &view->inspect;
    char found[FORMAT_MAX * 2];
    rect_t row = layout_cut_bottom(&page, button);
    steps_draw(canvas, row, STR_INSPECT_RECORD);
    layout_cut_bottom(&page, GAP_LARGE);
    found_words(found, sizeof found, inspect->checked, inspect->wrong);
    canvas_text(canvas, layout_cut_top(&page, TITLE_HEIGHT + GAP),
                (text_style_t){TEXT_HUGE / 2 + 12, FONT_BOLD, ALIGN_LEFT, COLOUR_INK}, found);
    layout_cut_top(&page, GAP);
    if (inspect->wrong == 0) {
        return; /* nothing was wrong: there is nothing to tick */
    }
    canvas_text(canvas, layout_cut_top(&page, 40),
                (text_style_t){TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, COLOUR_QUIET},
                strings_get(STR_INSPECT_THINGS));
    layout_cut_top(&page, GAP_SMALL);
    const int columns = canvas->portrait ? 2 : 3;
    const int rows = (WRONG_THING_COUNT + columns - 1) / columns;
    const int high = rows * 100 + (rows - 1) * GAP;
    page.h = page.h < high ? page.h : high;
    for (int thing = 0; thing < WRONG_THING_COUNT; thing++) {
        thing_draw(canvas, layout_cell(page, columns, rows, GAP, thing), inspect,
                   (enum wrong_thing)thing);
    }
}

/* ---- done ------------------------------------------------------------------------------------ */

static void done_draw(struct canvas *canvas, rect_t page, const struct view *view, int button)
{
    enum { BADGE = 96, LINE_HEIGHT = 40, FIGURE = 100 };
    const struct view_inspect *inspect = &view->inspect;
    const text_style_t quiet = {TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, COLOUR_QUIET};
    const enum string_id stamp = inspect->recorded         ? STR_RECORDED
                                 : view->store == STORE_OK ? STR_RECORDING
                                                           : STR_NOT_RECORDED;
    char text[STRINGS_COMPOSED_MAX], found[FORMAT_MAX * 2];
    rect_t row = layout_cut_bottom(&page, button);
    widget_button(canvas, layout_cell(row, 2, 1, GAP, 0),
                  &(struct button){.kind = BUTTON_PRIMARY,
                                   .text = strings_get(STR_INSPECT_AGAIN),
                                   .intent = INTENT_CANCEL});
    widget_button(canvas, layout_cell(row, 2, 1, GAP, 1),
                  &(struct button){.kind = BUTTON_SECONDARY,
                                   .text = strings_get(STR_LEAVE),
                                   .intent = INTENT_LEAVE});
    layout_cut_bottom(&page, GAP_LARGE);
    page = layout_centre(page, page.w, BADGE + 2 * GAP_LARGE + FIGURE + 2 * LINE_HEIGHT);
    row = layout_cut_top(&page, BADGE);
    widget_badge(canvas, layout_cut_left(&row, BADGE), ICON_CHECK, COLOUR_GOOD);
    layout_cut_left(&row, PADDING);
    found_words(found, sizeof found, inspect->checked, inspect->wrong);
    canvas_text(canvas, layout_cut_top(&row, BADGE - LINE_HEIGHT),
                (text_style_t){TEXT_TITLE, FONT_BOLD, ALIGN_LEFT, COLOUR_INK}, found);
    canvas_text(canvas, row, quiet, strings_get(stamp));
    layout_cut_top(&page, GAP_LARGE);
    canvas_fill(canvas, layout_cut_top(&page, LINE), COLOUR_LINE, 0);
    layout_cut_top(&page, GAP_LARGE - LINE);
    if (inspect->week_inspections == 0) {
        return; /* not in the ledger yet, and there was none before */
    }
    canvas_text(canvas, layout_cut_top(&page, LINE_HEIGHT), quiet, strings_get(STR_INSPECT_WEEK));
    accuracy_words(text, sizeof text, &inspect->week);
    canvas_text(canvas, layout_cut_top(&page, FIGURE),
                (text_style_t){TEXT_HUGE - 32, FONT_BOLD, ALIGN_LEFT, COLOUR_INK}, text);
    sample_words(text, sizeof text, view);
    canvas_text(canvas, layout_cut_top(&page, LINE_HEIGHT),
                (text_style_t){TEXT_BODY, FONT_BOLD, ALIGN_LEFT, COLOUR_INK}, text);
}

void screen_inspect_draw(struct canvas *canvas, const struct view *view)
{
    static void (*const parts[])(struct canvas *, rect_t, const struct view *, int) = {
        [INSPECT_CHECKED] = number_draw,
        [INSPECT_WRONG] = number_draw,
        [INSPECT_CONFIRM] = confirm_draw,
        [INSPECT_DONE] = done_draw,
    };
    canvas_fill(canvas, canvas_panel(canvas), COLOUR_PAPER, 0);
    if (view->inspect.step == INSPECT_BIN) {
        bins_draw(canvas, view);
        return;
    }
    const struct view_bin *bin = &view->bins[view->inspect.bin];
    const int button = canvas->touch > BUTTON_HEIGHT ? canvas->touch : BUTTON_HEIGHT;
    rect_t page = canvas_panel(canvas);
    char title[FORMAT_MAX * 2];
    strings_compose(title, sizeof title, STR_INSPECT_BIN, format_count(bin->number).text, NULL);
    widget_bin_side(canvas,
                    canvas->portrait ? layout_cut_top(&page, page.h * 30 / 100)
                                     : layout_cut_left(&page, page.w * 38 / 100),
                    view, bin, title);
    page = layout_inset(page, canvas->portrait ? MARGIN_PORTRAIT + 8 : MARGIN + 12, MARGIN);
    notices_cut_storage(canvas, &page, view);
    parts[view->inspect.step](canvas, page, view, button);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static intent_t bin_key(const struct view *view, int digit)
{
    for (int i = 0; i < view->bin_count; i++) {
        if (view->bins[i].number == digit) {
            return (intent_t){INTENT_INSPECT, digit};
        }
    }
    return (intent_t){INTENT_NONE, 0};
}

static intent_t digit_key(const struct view *view, int digit)
{
    const struct view_inspect *inspect = &view->inspect;
    switch (inspect->step) {
    case INSPECT_BIN:
        return bin_key(view, digit);
    case INSPECT_CHECKED:
    case INSPECT_WRONG:
        return (intent_t){may_be(inspect, digit) ? INTENT_COUNT : INTENT_NONE, digit};
    case INSPECT_CONFIRM:
        return (intent_t){digit >= 1 && digit <= WRONG_THING_COUNT ? INTENT_THING : INTENT_NONE,
                          digit - 1};
    case INSPECT_DONE:
        break;
    }
    return (intent_t){INTENT_NONE, 0};
}

intent_t screen_inspect_key(const struct view *view, enum ui_key key)
{
    const int digit = screens_key_digit(key);
    if (digit >= 0) {
        return digit_key(view, digit);
    }
    if (key == UI_KEY_ESCAPE || key == UI_KEY_BACKSPACE) {
        return (intent_t){INTENT_CANCEL, 0};
    }
    const bool goes_on = view->inspect.step != INSPECT_BIN && view->inspect.step != INSPECT_DONE;
    return (intent_t){key == UI_KEY_ENTER && goes_on ? INTENT_INSPECT_NEXT : INTENT_NONE, 0};
}
