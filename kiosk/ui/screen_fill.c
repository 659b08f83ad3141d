/* The cleaner's board: everything to decide with at a glance, and how fresh it is. */
#include "kiosk/ui/format.h"
#include "kiosk/ui/notices.h"
#include "kiosk/ui/screens.h"
#include "kiosk/ui/widgets.h"

static bool wants_hands(const struct view_bin *bin)
{
    return bin->level == FILL_NEAR_FULL || bin->level == FILL_FULL;
}

/* A number is shown as one only while its reading is within the age limit. */
static bool is_fresh(const struct view_bin *bin)
{
    return bin->has_grams;
}

static const char *state_words(const struct view_bin *bin)
{
    static const enum string_id sensor[] = {
        [SENSOR_NONE] = STR_STATE_NO_SCALE,  [SENSOR_WAITING] = STR_STATE_WAITING,
        [SENSOR_SILENT] = STR_STATE_SILENT,  [SENSOR_LOST] = STR_STATE_LOST,
        [SENSOR_OVERLOAD] = STR_STATE_RANGE, [SENSOR_ERROR] = STR_SCALE_FAULT};
    static const enum string_id level[] = {[FILL_UNKNOWN] = STR_STATE_SILENT,
                                           [FILL_ROOM] = STR_STATE_ROOM,
                                           [FILL_NEAR_FULL] = STR_NEAR_FULL,
                                           [FILL_FULL] = STR_FULL};
    if (bin->in_service) {
        return strings_get(STR_STATE_IN_SERVICE);
    }
    if (bin->scale != SENSOR_OK) {
        return strings_get(sensor[bin->scale]);
    }
    if (!is_fresh(bin)) {
        return strings_get(STR_STATE_SILENT);
    }
    return strings_get(bin->lid_open ? STR_STATE_LID_OPEN : level[bin->level]);
}

static void column_gauge(struct canvas *canvas, rect_t rect, const struct view *view,
                         const struct view_bin *bin)
{
    enum { RADIUS_COLUMN = 12 };
    const uint32_t colour = widget_class_colour(view->site, bin->class);
    if (!is_fresh(bin)) {
        canvas_fill(canvas, rect, COLOUR_TRACK, RADIUS_COLUMN);
        canvas_frame(canvas, rect, COLOUR_QUIET, RADIUS_COLUMN, LINE);
        return;
    }
    canvas_fill(canvas, rect, COLOUR_TRACK, RADIUS_COLUMN);
    rect_t level = rect;
    const int permille = bin->permille < 0 ? 0 : bin->permille > 1000 ? 1000 : bin->permille;
    level = layout_cut_bottom(&level, rect.h * permille / 1000);
    canvas_fill(canvas, level, colour, RADIUS_COLUMN);

    const int line_y = rect.y + rect.h - rect.h * view->site->timing.near_full_permille / 1000;
    canvas_dash(canvas, (rect_t){rect.x, line_y - 3, rect.w, 6},
                line_y - 2 > level.y ? theme_text_on(colour) : (uint32_t)COLOUR_INK, LINE + 1);
}

enum { NUMBER_LINE = 30 };

/* An amber ground under what should not be overlooked. */
static void state_draw(struct canvas *canvas, rect_t rect, const struct view_bin *bin)
{
    const text_style_t style = {TEXT_BODY, FONT_BOLD, ALIGN_LEFT, COLOUR_INK};
    if (wants_hands(bin) || (!is_fresh(bin) && bin->scale != SENSOR_WAITING)) {
        const int wide = canvas_measure(canvas, TEXT_BODY, FONT_BOLD, state_words(bin));
        rect = layout_cut_left(&rect, wide + 2 * GAP_SMALL + 2);
        canvas_fill(canvas, rect, COLOUR_WARN_SOFT, GAP_SMALL);
        rect = layout_inset(rect, GAP_SMALL, 0);
    }
    canvas_text(canvas, rect, style, state_words(bin));
}

static void age_draw(struct canvas *canvas, rect_t rect, const struct view_bin *bin)
{
    char age[FORMAT_MAX * 2];
    widget_age(age, sizeof age, bin->age_ms);
    canvas_text(canvas, rect, (text_style_t){TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, COLOUR_QUIET},
                age);
}

/* "83%" with its foot on `baseline`; returns the width used. */
static int percent_draw(struct canvas *canvas, rect_t rect, int baseline, int size,
                        const struct view_bin *bin)
{
    const int sign_size = size * 45 / 100 > TEXT_BODY ? size * 45 / 100 : TEXT_BODY;
    const int sign =
        canvas_measure(canvas, sign_size, FONT_BOLD, strings_get(STR_PERCENT_SIGN)) + 4;
    const int wide = canvas_text_baseline(canvas, rect.x, baseline, rect.w - sign,
                                          (text_style_t){size, FONT_BOLD, ALIGN_LEFT, COLOUR_INK},
                                          format_permille(bin->permille).text);
    canvas_text_baseline(canvas, rect.x + wide + 2, baseline, sign,
                         (text_style_t){sign_size, FONT_BOLD, ALIGN_LEFT, COLOUR_INK},
                         strings_get(STR_PERCENT_SIGN));
    return wide + 2 + sign;
}

/* From the foot of the gauge upward: age, state, kilograms, percent. Where cards are low, percent
 * and kilograms share a line. A stale bin shows a dash and no digits: an old number is none. */
static void column_numbers(struct canvas *canvas, rect_t rect, const struct view_bin *bin)
{
    enum { ROOMY = 170, NARROW = 150, LARGE_PERCENT = 84, SMALL_PERCENT = 36 };
    const text_style_t plain = {TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, COLOUR_INK};
    const bool roomy = rect.h >= ROOMY;
    char kilograms[FORMAT_MAX * 2];

    age_draw(canvas, layout_cut_bottom(&rect, NUMBER_LINE), bin);
    state_draw(canvas, layout_cut_bottom(&rect, NUMBER_LINE), bin);
    layout_cut_bottom(&rect, roomy ? GAP_SMALL : 2);
    if (!is_fresh(bin)) {
        if (rect.h >= NUMBER_LINE) {
            canvas_text(
                canvas, layout_cut_bottom(&rect, roomy ? 60 : NUMBER_LINE),
                (text_style_t){roomy ? TEXT_TITLE : TEXT_BODY, FONT_BOLD, ALIGN_LEFT, COLOUR_QUIET},
                strings_get(STR_UNKNOWN));
        }
        return;
    }
    strings_compose(kilograms, sizeof kilograms, STR_WEIGHT, format_kilograms(bin->grams, 1).text,
                    NULL);
    if (roomy || rect.w < NARROW) {
        canvas_text(canvas, layout_cut_bottom(&rect, NUMBER_LINE), plain, kilograms);
        percent_draw(canvas, rect, rect.y + rect.h - (roomy ? GAP : GAP_SMALL),
                     roomy ? LARGE_PERCENT : TEXT_LARGE, bin);
        return;
    }
    const int size = rect.h >= 50 ? SMALL_PERCENT : TEXT_LARGE;
    const int baseline = rect.y + rect.h - (rect.h >= 50 ? 12 : 8);
    const int used = percent_draw(canvas, rect, baseline, size, bin);
    canvas_text_baseline(canvas, rect.x + used + GAP_SMALL, baseline, rect.w - used - GAP_SMALL,
                         plain, kilograms);
}

static void collect_button(struct canvas *canvas, rect_t rect, const struct view_bin *bin)
{
    widget_button(canvas, rect,
                  &(struct button){.kind = wants_hands(bin) ? BUTTON_PRIMARY : BUTTON_SECONDARY,
                                   .text = strings_get(STR_COLLECT),
                                   .intent = INTENT_COLLECT,
                                   .argument = bin->number});
}

static void bin_card(struct canvas *canvas, rect_t rect, const struct view *view,
                     const struct view_bin *bin)
{
    const bool compact = rect.h < 400;
    const int pad = compact ? GAP - 2 : PADDING;
    const int button = canvas->touch > (compact ? 64 : 76) ? canvas->touch : compact ? 64 : 76;
    enum { LEAST_NUMBERS = 140 };
    char number[FORMAT_MAX];

    widget_card(canvas, rect);
    rect_t inside = layout_inset(rect, pad, pad);
    /* Where the button would leave no room for the numbers, it stands beside them. */
    const bool beside = canvas->portrait && inside.h < button + LEAST_NUMBERS;
    if (beside) {
        collect_button(canvas, layout_cut_right(&inside, button), bin);
        layout_cut_right(&inside, GAP - 4);
    }
    rect_t title = layout_cut_top(&inside, compact ? 34 : 44);
    strings_compose(number, sizeof number, STR_BINS, format_count(bin->number).text, NULL);
    const int wide = canvas_measure(canvas, TEXT_BODY, FONT_REGULAR, number) + 1;
    canvas_text(canvas, layout_cut_right(&title, wide),
                (text_style_t){TEXT_BODY, FONT_REGULAR, ALIGN_RIGHT, COLOUR_QUIET}, number);
    layout_cut_right(&title, GAP_SMALL);
    canvas_text(canvas, title,
                (text_style_t){compact ? TEXT_LARGE - 2 : TEXT_LARGE + 2, FONT_BOLD, ALIGN_LEFT,
                               COLOUR_INK},
                widget_class_label(view->site, bin->class));
    layout_cut_top(&inside, compact ? 6 : GAP - 4);

    if (!beside) {
        collect_button(canvas, layout_cut_bottom(&inside, button), bin);
        layout_cut_bottom(&inside, compact ? GAP_SMALL : GAP);
    }
    column_gauge(canvas, layout_cut_left(&inside, rect.w * (compact ? 19 : 30) / 100), view, bin);
    layout_cut_left(&inside, GAP - 2);
    column_numbers(canvas, inside, bin);
}

static void title_words(char *out, size_t size, const struct view *view)
{
    char bins[FORMAT_MAX * 2];
    unsigned which = 0;
    for (int i = 0; i < view->bin_count; i++) {
        which |= (unsigned)wants_hands(&view->bins[i]) << i;
    }
    const int some = notices_bin_numbers(bins, sizeof bins, view, which);
    strings_compose(out, size, some > 0 ? STR_FILL_SOME : STR_FILL_NONE, bins, NULL);
}

void screen_fill_draw(struct canvas *canvas, const struct view *view)
{
    char words[STRINGS_COMPOSED_MAX];
    title_words(words, sizeof words, view);
    canvas_fill(canvas, canvas_panel(canvas), COLOUR_PAPER, 0);
    rect_t page = canvas_page(canvas);
    widget_board_top(canvas, &page, view, strings_get(STR_FILL_TITLE), words);

    const int columns = canvas->portrait ? 2 : view->bin_count > 4 ? 4 : view->bin_count;
    for (int i = 0; i < view->bin_count; i++) {
        const int rows = (view->bin_count + columns - 1) / columns;
        bin_card(canvas, layout_cell(page, columns, rows, rows > 2 ? GAP : GAP + 2, i), view,
                 &view->bins[i]);
    }
}

intent_t screen_fill_key(const struct view *view, enum ui_key key)
{
    const int digit = screens_key_digit(key);
    for (int i = 0; i < view->bin_count; i++) {
        if (view->bins[i].number == digit) {
            return (intent_t){INTENT_COLLECT, digit};
        }
    }
    return (intent_t){key == UI_KEY_ESCAPE ? INTENT_LEAVE : INTENT_NONE, 0};
}
