/* Idle is the first step: which class? Tiles in the order of the bins, one for each class. */
#include "kiosk/ui/format.h"
#include "kiosk/ui/notices.h"
#include "kiosk/ui/screens.h"
#include "kiosk/ui/widgets.h"

struct tiles {
    int count;
    enum waste_class classes[WASTE_CLASS_COUNT];
};

static struct tiles tiles_of(const struct view *view)
{
    struct tiles tiles = {0};
    bool seen[WASTE_CLASS_COUNT] = {false};
    for (int i = 0; i < view->bin_count; i++) {
        const enum waste_class class = view->bins[i].class;
        if (class < WASTE_CLASS_COUNT && !seen[class]) {
            seen[class] = true;
            tiles.classes[tiles.count++] = class;
        }
    }
    return tiles;
}

static void examples_draw(struct canvas *canvas, rect_t rect, enum waste_class class,
                          uint32_t colour)
{
    static const enum string_id lines[WASTE_CLASS_COUNT][2] = {
        [WASTE_RECYCLABLE] = {STR_RECYCLABLE_1, STR_RECYCLABLE_2},
        [WASTE_HAZARDOUS] = {STR_HAZARDOUS_1, STR_HAZARDOUS_2},
        [WASTE_KITCHEN] = {STR_KITCHEN_1, STR_KITCHEN_2},
        [WASTE_RESIDUAL] = {STR_RESIDUAL_1, STR_RESIDUAL_2},
    };
    const text_style_t style = {TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, colour};
    for (int i = 0; i < 2; i++) {
        canvas_text(canvas, layout_cell(rect, 1, 2, 0, i), style, strings_get(lines[class][i]));
    }
}

/* ---- gauges ---------------------------------------------------------------------------------- */

enum { BAR_HEIGHT = 14, GAUGE_HEIGHT = 30 + GAP_SMALL + BAR_HEIGHT, TRACK_ALPHA = 84 };

static const char *level_words(const struct view_bin *bin)
{
    static const enum string_id words[] = {[FILL_UNKNOWN] = STR_FILLED,
                                           [FILL_ROOM] = STR_FILLED,
                                           [FILL_NEAR_FULL] = STR_NEAR_FULL,
                                           [FILL_FULL] = STR_FULL};
    if (notices_sensor_fault(bin->scale)) {
        return strings_get(STR_SCALE_FAULT);
    }
    return strings_get(words[bin->level]);
}

static bool level_known(const struct view_bin *bin)
{
    return bin->has_fill && bin->level != FILL_UNKNOWN;
}

/* One bin of its class gets words and percent; several share the width, each with its number. */
static void tile_gauge(struct canvas *canvas, rect_t rect, const struct view_bin *bin, int of,
                       uint32_t colour)
{
    const text_style_t left = {TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, colour};
    text_style_t right = {TEXT_BODY, FONT_BOLD, ALIGN_RIGHT, colour};
    char percent[FORMAT_MAX], text[STRINGS_COMPOSED_MAX];
    const rect_t bar = layout_cut_bottom(&rect, BAR_HEIGHT);
    layout_cut_bottom(&rect, GAP_SMALL);

    if (level_known(bin)) {
        strings_compose(percent, sizeof percent, STR_PERCENT, format_permille(bin->permille).text,
                        NULL);
    } else {
        strings_compose(percent, sizeof percent, STR_UNKNOWN, NULL, NULL);
    }
    if (of == 1) {
        rect_t label = rect;
        canvas_text(canvas, layout_cut_right(&label, 70), right, percent);
        canvas_text(canvas, label, left, level_words(bin));
    } else {
        const number_text_t number = format_count(bin->number);
        const enum string_id words = of == 2            ? STR_GAUGE_OF_BIN
                                     : level_known(bin) ? STR_NUMBER_ALONE
                                                        : STR_GAUGE_UNKNOWN;
        strings_compose(text, sizeof text, words, number.text, percent);
        right.align = ALIGN_CENTRE;
        canvas_text(canvas, rect, right, text);
    }
    widget_gauge(canvas, bar, colour, colour, TRACK_ALPHA, level_known(bin), bin->permille);
}

static void tile_gauges(struct canvas *canvas, rect_t rect, const struct view *view,
                        enum waste_class class, uint32_t colour)
{
    int of = 0;
    for (int i = 0; i < view->bin_count; i++) {
        of += view->bins[i].class == class;
    }
    for (int i = 0, cell = 0; i < view->bin_count; i++) {
        if (view->bins[i].class == class) {
            const rect_t place = layout_cell(rect, of, 1, of > 4 ? 6 : GAP - 4, cell++);
            tile_gauge(canvas, place, &view->bins[i], of, colour);
        }
    }
}

/* ---- tiles ----------------------------------------------------------------------------------- */

static void tile_bins(char *out, size_t size, const struct view *view, enum waste_class class)
{
    char numbers[FORMAT_MAX * 2];
    unsigned which = 0;
    for (int i = 0; i < view->bin_count; i++) {
        which |= (unsigned)(view->bins[i].class == class) << i;
    }
    notices_bin_numbers(numbers, sizeof numbers, view, which);
    strings_compose(out, size, STR_BINS, numbers, NULL);
}

/* How wide the widest of the tiles' bin numbers is: the symbols leave that room, all alike. */
static int widest_bins(const struct canvas *canvas, const struct view *view,
                       const struct tiles *tiles)
{
    int widest = 0;
    for (int i = 0; i < tiles->count; i++) {
        char bins[FORMAT_MAX * 3];
        tile_bins(bins, sizeof bins, view, tiles->classes[i]);
        const int wide = canvas_measure(canvas, TEXT_BODY, FONT_BOLD, bins) + 2;
        widest = wide > widest ? wide : widest;
    }
    return widest;
}

static void tile_draw(struct canvas *canvas, rect_t rect, const struct view *view,
                      enum waste_class class, int bins_wide)
{
    const struct site_class *words = &view->site->classes[class];
    const uint32_t ground = words->rgb;
    const uint32_t colour = theme_text_on(ground);
    const bool pressed = canvas_target(canvas, rect, INTENT_CHOOSE, (int)class);
    char bins[FORMAT_MAX * 3];

    canvas_fill(canvas, rect, pressed ? theme_shade(ground, 30) : ground, RADIUS);
    if (pressed) {
        canvas_frame(canvas, rect, COLOUR_WHITE, RADIUS, LINE_PRESSED);
    }
    rect_t inside = layout_inset(rect, PADDING, PADDING - 4);
    tile_gauges(canvas, layout_cut_bottom(&inside, GAUGE_HEIGHT), view, class, colour);
    layout_cut_bottom(&inside, GAP - 4);

    enum { WORD = 62, NOTE = 29, EXAMPLES = 58 };
    const int spare = inside.h - WORD - NOTE - GAP_SMALL - EXAMPLES - GAP;
    const int beside = inside.w - GAP_SMALL - bins_wide;
    const int most = spare < beside ? spare : beside;
    const int icon_side = most < 64 ? 64 : most > 150 ? 150 : most;
    rect_t top = layout_cut_top(&inside, icon_side);
    canvas_icon(canvas, layout_cut_left(&top, icon_side), widget_class_icon(class), colour);
    layout_cut_left(&top, GAP_SMALL);
    tile_bins(bins, sizeof bins, view, class);
    const text_style_t number = {TEXT_BODY, FONT_BOLD, ALIGN_RIGHT, colour};
    if (canvas_measure(canvas, TEXT_LEAST, FONT_BOLD, bins) < top.w) {
        canvas_text(canvas, layout_cut_top(&top, 30), number, bins);
    } else {
        canvas_block(canvas, layout_cut_top(&top, 60), number, 2, BLOCK_TOP, bins);
    }

    /* What room is left stands above the words, so that they sit on the gauge. */
    rect_t text = layout_cut_bottom(&inside, WORD + NOTE + GAP_SMALL + EXAMPLES);
    canvas_block(canvas, layout_cut_top(&text, WORD),
                 (text_style_t){TEXT_WORD, FONT_BOLD, ALIGN_LEFT, colour}, 3, BLOCK_MIDDLE,
                 words->label);
    canvas_text(canvas, layout_cut_top(&text, NOTE),
                (text_style_t){TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, colour}, words->note);
    layout_cut_top(&text, GAP_SMALL);
    examples_draw(canvas, text, class, colour);
}

/* ---- figures --------------------------------------------------------------------------------- */

static void figure(struct canvas *canvas, rect_t rect, enum string_id label, const char *value,
                   const char *unit)
{
    const text_style_t number = {TEXT_FIGURE, FONT_BOLD, ALIGN_LEFT, COLOUR_INK};
    const text_style_t small = {TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, COLOUR_QUIET};
    rect = layout_centre(rect, rect.w, 30 + 54);
    canvas_text(canvas, layout_cut_top(&rect, 30), small, strings_get(label));
    const int baseline = rect.y + 42;
    const int used = canvas_text_baseline(canvas, rect.x, baseline, rect.w, number, value);
    const int room = rect.w - used - GAP_SMALL;
    if (room >= canvas_measure(canvas, TEXT_BODY, FONT_REGULAR, unit) + 1) {
        canvas_text_baseline(canvas, rect.x + used + GAP_SMALL, baseline, room, small, unit);
    }
}

/* Nobody has to know the classes by heart. */
static void search_draw(struct canvas *canvas, rect_t rect)
{
    enum { ICON = 44, QUESTION = 36, ANSWER = 46 };
    const bool pressed = canvas_target(canvas, rect, INTENT_SEARCH, 0);
    const text_style_t question = {TEXT_LARGE - 2, FONT_REGULAR, ALIGN_LEFT, COLOUR_INK};
    const text_style_t answer = {TEXT_HEADING, FONT_BOLD, ALIGN_LEFT, COLOUR_INK};
    canvas_fill(canvas, rect, pressed ? COLOUR_PRESSED : COLOUR_CARD, RADIUS);
    canvas_frame(canvas, rect, COLOUR_INK, RADIUS, pressed ? LINE_PRESSED : LINE + 1);
    rect_t inside = layout_inset(rect, PADDING, GAP_SMALL);
    canvas_icon(canvas, layout_centre(layout_cut_left(&inside, ICON), ICON, ICON), ICON_SEARCH,
                COLOUR_INK);
    layout_cut_left(&inside, GAP);
    const int wide =
        canvas_measure(canvas, question.size, question.weight, strings_get(STR_SEARCH)) + GAP;
    if (inside.h >= QUESTION + ANSWER && inside.w >= wide) {
        inside = layout_centre(inside, inside.w, QUESTION + ANSWER);
        canvas_text(canvas, layout_cut_top(&inside, QUESTION), question, strings_get(STR_SEARCH));
    } else if (inside.w >= 2 * wide) {
        canvas_text(canvas, layout_cut_left(&inside, wide), question, strings_get(STR_SEARCH));
    }
    canvas_text(canvas, inside, answer, strings_get(STR_SEARCH_SHORT));
}

static void figures_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    const struct view_figures *figures = &view->figures;
    const bool any = figures->week_deposits > 0;
    char rate[FORMAT_MAX], counted[FORMAT_MAX * 3];
    const char *unknown = strings_get(STR_UNKNOWN);

    widget_card(canvas, rect);
    rect_t inside = layout_inset(rect, canvas->portrait ? GAP : PADDING, 0);
    /* The longest label keeps its size. */
    const int least =
        canvas_measure(canvas, TEXT_BODY, FONT_REGULAR, strings_get(STR_WEEK_RATE)) + 2;
    const int part = inside.w * (canvas->portrait ? 33 : 44) / 100;
    const int third = part > least ? part : least;
    const rect_t week = layout_cut_right(&inside, third);
    layout_cut_right(&inside, GAP);
    figure(canvas, layout_cell(inside, 2, 1, GAP, 0), STR_TODAY_DEPOSITS,
           format_count(figures->today_deposits).text, strings_get(STR_TIMES));
    figure(canvas, layout_cell(inside, 2, 1, GAP, 1), STR_TODAY_WEIGHT,
           format_kilograms(figures->today_grams, 1).text, strings_get(STR_KILOGRAMS));
    if (any) {
        strings_compose(rate, sizeof rate, STR_PERCENT,
                        format_percent(figures->week_consistent, figures->week_deposits).text,
                        NULL);
        strings_compose(counted, sizeof counted, STR_RATIO_TIMES,
                        format_count(figures->week_consistent).text,
                        format_count(figures->week_deposits).text);
    }
    figure(canvas, week, STR_WEEK_RATE, any ? rate : unknown, any ? counted : "");
}

/* ---- the screen ------------------------------------------------------------------------------ */

enum { HEADER = 80, TITLE = 64, FIGURES = 104, SERVICE_WIDTH = 140, SEARCH = 88 };
enum { SEARCH_WIDTH = 360, SEARCH_WIDTH_LEAST = 280, PORTRAIT_LEAST = 1240 };

/* An upright panel of 16:10 has no row to spare: the search stands beside the title there. */
static bool is_short(const struct canvas *canvas)
{
    return canvas->portrait && canvas->height < PORTRAIT_LEAST;
}

/* Title, search and notices upright; the rest of the page is left in `page`. */
static void head_portrait(struct canvas *canvas, rect_t *page, const struct view *view,
                          const struct notices *notices)
{
    const text_style_t title = {TEXT_TITLE, FONT_BOLD, ALIGN_LEFT, COLOUR_INK};
    if (notices->count > 0) {
        layout_cut_top(page, GAP_SMALL);
        notices_draw(canvas, layout_cut_top(page, NOTICE_HEIGHT + 30), notices);
    }
    const bool has_search = is_short(canvas) && view->site->items != NULL;
    layout_cut_top(page, GAP);
    rect_t row = layout_cut_top(page, has_search && canvas->touch > TITLE ? canvas->touch : TITLE);
    if (has_search) {
        search_draw(canvas, layout_cut_right(&row, SEARCH_WIDTH_LEAST));
    }
    canvas_text(canvas, row, title, strings_get(STR_CHOOSE_TITLE));
    layout_cut_top(page, GAP_SMALL);
}

static void head_landscape(struct canvas *canvas, rect_t *page, const struct notices *notices)
{
    const text_style_t title = {TEXT_TITLE, FONT_BOLD, ALIGN_LEFT, COLOUR_INK};
    rect_t row = layout_cut_top(page, TITLE);
    canvas_text(canvas, layout_cut_left(&row, 370), title, strings_get(STR_CHOOSE_TITLE));
    if (notices->count > 0) {
        notices_draw(canvas, row, notices);
    }
}

/* Search, figures and the way in for cleaners, at the bottom of `page`. */
static void foot_draw(struct canvas *canvas, rect_t *page, const struct view *view)
{
    rect_t bottom = layout_cut_bottom(page, FIGURES);
    layout_cut_bottom(page, GAP + 2);
    if (view->site->has_cleaner_pin) { /* without one nobody could enter */
        const rect_t service = layout_cut_right(&bottom, SERVICE_WIDTH);
        layout_cut_right(&bottom, GAP_SMALL);
        widget_button(canvas, service,
                      &(struct button){.kind = BUTTON_QUIET,
                                       .icon = ICON_BROOM,
                                       .text = strings_get(STR_SERVICE),
                                       .intent = INTENT_SERVICE});
    }
    if (view->site->items != NULL && !canvas->portrait) {
        search_draw(canvas, layout_cut_left(&bottom, SEARCH_WIDTH));
        layout_cut_left(&bottom, GAP + 2);
    } else if (view->site->items != NULL && !is_short(canvas)) {
        search_draw(canvas, layout_cut_bottom(page, SEARCH));
        layout_cut_bottom(page, GAP + 2);
    }
    figures_draw(canvas, bottom, view);
}

void screen_choose_draw(struct canvas *canvas, const struct view *view)
{
    const struct tiles tiles = tiles_of(view);
    struct notices notices;
    notices_all(&notices, view);

    canvas_fill(canvas, canvas_panel(canvas), COLOUR_PAPER, 0);
    rect_t page = canvas_page(canvas);
    widget_header(canvas, layout_cut_top(&page, HEADER), view);
    layout_cut_top(&page, GAP_SMALL);
    if (canvas->portrait) {
        head_portrait(canvas, &page, view, &notices);
    } else {
        head_landscape(canvas, &page, &notices);
    }
    layout_cut_top(&page, GAP - 4);
    foot_draw(canvas, &page, view);

    const int bins_wide = widest_bins(canvas, view, &tiles);
    const int columns = canvas->portrait ? (tiles.count == 4 ? 2 : 1) : tiles.count;
    const int rows = (tiles.count + columns - 1) / columns;
    for (int i = 0; i < tiles.count; i++) {
        tile_draw(canvas, layout_cell(page, columns, rows, GAP + 2, i), view, tiles.classes[i],
                  bins_wide);
    }
}

intent_t screen_choose_key(const struct view *view, enum ui_key key)
{
    const struct tiles tiles = tiles_of(view);
    const int digit = screens_key_digit(key);
    if (digit >= 1 && digit <= tiles.count) {
        return (intent_t){INTENT_CHOOSE, (int)tiles.classes[digit - 1]};
    }
    if (view->site->items != NULL && key >= UI_KEY_LETTER_A && key <= UI_KEY_LETTER_Z) {
        return (intent_t){INTENT_LETTER, (int)key - (int)UI_KEY_LETTER_A};
    }
    const bool service = key == UI_KEY_TAB && view->site->has_cleaner_pin;
    return (intent_t){service ? INTENT_SERVICE : INTENT_NONE, 0};
}
