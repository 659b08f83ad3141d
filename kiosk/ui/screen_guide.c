/* Chosen: the whole panel takes the class's colour and says which bin, from three metres. */
#include "kiosk/ui/format.h"
#include "kiosk/ui/notices.h"
#include "kiosk/ui/screens.h"
#include "kiosk/ui/widgets.h"

enum { SHADE_PANEL = 20, PILL_HEIGHT = 58 };

static void bin_words(char *out, size_t size, const struct view *view)
{
    char bin[FORMAT_MAX], position[FORMAT_MAX];
    if (view->target_bin < 0) {
        strings_compose(out, size, STR_NO_BIN, NULL, NULL);
        return;
    }
    strings_compose(bin, sizeof bin, STR_BINS,
                    format_count(view->bins[view->target_bin].number).text, NULL);
    widget_bin_position(position, sizeof position, view->target_bin, view->bin_count);
    strings_compose(out, size, position[0] != '\0' ? STR_JOIN : STR_NAME_ALONE, bin, position);
}

/* No bin at all is nobody's fault at the kiosk: the choice stands alone then. */
static bool is_chosen_bin(const struct view *view)
{
    return view->target_bin < 0 || view->bins[view->target_bin].class == view->chosen;
}

/* Will the deposit be booked without a weight? */
static bool unweighable(const struct view *view)
{
    if (view->target_bin < 0) {
        return false;
    }
    const enum sensor_state scale = view->bins[view->target_bin].scale;
    return scale == SENSOR_NONE || notices_sensor_fault(scale);
}

/* Full or nearly so: told, never refused. */
static void fill_warning(struct canvas *canvas, rect_t rect, const struct view *view)
{
    if (view->target_bin < 0 || view->bins[view->target_bin].level < FILL_NEAR_FULL) {
        return;
    }
    const char *text = strings_get(
        view->bins[view->target_bin].level == FILL_FULL ? STR_BIN_FULL : STR_BIN_NEAR_FULL);
    const text_style_t style = {TEXT_LARGE, FONT_BOLD, ALIGN_LEFT, COLOUR_INK};
    const int wide = canvas_measure(canvas, style.size, style.weight, text);
    rect_t pill = layout_cut_left(&rect, wide + 34 + GAP_SMALL + 2 * GAP + 4);
    canvas_fill(canvas, pill, COLOUR_WARN_SOFT, pill.h / 2);
    pill = layout_inset(pill, GAP, 0);
    const rect_t icon = layout_cut_left(&pill, 34);
    canvas_icon(canvas, layout_centre(icon, 32, 32), ICON_WARNING, COLOUR_INK);
    layout_cut_left(&pill, GAP_SMALL);
    canvas_text(canvas, pill, style, text);
}

/* ---- steps ----------------------------------------------------------------------------------- */

static int pill_width(const struct canvas *canvas, const char *text, bool done)
{
    return canvas_measure(canvas, TEXT_BODY + 2, FONT_BOLD, text) + 2 * (GAP + 4) + 2 +
           (done ? 30 : 0);
}

enum pill { PILL_DONE, PILL_NOW, PILL_LATER };

static void pill_draw(struct canvas *canvas, rect_t rect, const char *text, enum pill state,
                      uint32_t ground)
{
    const uint32_t colour = theme_text_on(ground);
    const bool now = state == PILL_NOW;
    const text_style_t style = {TEXT_BODY + 2, now ? FONT_BOLD : FONT_REGULAR, ALIGN_CENTRE,
                                now ? theme_text_on(colour) : colour};
    if (now) {
        canvas_fill(canvas, rect, colour, rect.h / 2);
    } else {
        canvas_frame(canvas, rect, colour, rect.h / 2, LINE);
    }
    rect_t inside = layout_inset(rect, GAP, 0);
    if (state == PILL_DONE) {
        const rect_t icon = layout_cut_left(&inside, 26);
        canvas_icon(canvas, layout_centre(icon, 24, 24), ICON_CHECK, colour);
    }
    canvas_text(canvas, inside, style, text);
}

static void steps_draw(struct canvas *canvas, rect_t rect, const struct view *view, uint32_t ground)
{
    const bool open = view->step == STEP_DROP;
    const bool weighing = view->step == STEP_WEIGHING;
    const bool chosen = view->chosen != WASTE_NONE;
    const int now = weighing ? 2 : 1;
    const int widest = rect.w / 2;
    char other[STRINGS_COMPOSED_MAX];
    strings_compose(other, sizeof other, STR_STEP_CHOSE_OTHER,
                    widget_class_label(view->site, view->chosen), NULL);
    const char *const texts[] = {
        chosen && !is_chosen_bin(view)
            ? other
            : strings_get(chosen ? STR_STEP_CHOSEN : STR_STEP_NOT_CHOSEN),
        strings_get(weighing ? STR_STEP_OPENED
                    : open   ? STR_STEP_CLOSE
                             : STR_STEP_OPEN),
        strings_get(weighing ? STR_STEP_WEIGHING : STR_STEP_WEIGH),
    };
    for (int i = 0; i < 3; i++) {
        const bool done = i < now && (i > 0 || chosen);
        const int wide = pill_width(canvas, texts[i], done);
        const rect_t pill = layout_cut_left(&rect, wide < widest ? wide : widest);
        pill_draw(canvas, pill, texts[i],
                  done       ? PILL_DONE
                  : i == now ? PILL_NOW
                             : PILL_LATER,
                  ground);
        layout_cut_left(&rect, GAP - 4);
    }
}

static void weight_draw(struct canvas *canvas, rect_t rect, const struct view *view,
                        uint32_t colour)
{
    const int baseline = rect.y + rect.h - GAP;
    if (unweighable(view)) {
        canvas_block(canvas, rect, (text_style_t){TEXT_TITLE + 12, FONT_BOLD, ALIGN_LEFT, colour},
                     2, BLOCK_MIDDLE, strings_get(STR_WEIGHT_WILL_BE_UNKNOWN));
        return;
    }
    const number_text_t live = format_kilograms(view->live_g, 2);
    widget_weight(canvas, rect.x, baseline, rect.w, TEXT_WEIGHT, colour,
                  view->has_live ? live.text : strings_get(STR_UNKNOWN));
}

/* Once a lid is open there is nothing left to choose for this bag. */
static void cancel_draw(struct canvas *canvas, rect_t rect, const struct view *view,
                        uint32_t ground)
{
    const bool may_choose = view->step == STEP_OPEN_LID;
    widget_button(canvas, rect,
                  &(struct button){.kind = BUTTON_ON_COLOUR,
                                   .icon = ICON_BACK,
                                   .text = strings_get(may_choose ? STR_CHOOSE_AGAIN : STR_BACK),
                                   .intent = INTENT_CANCEL,
                                   .ground = ground});
}

/* A lid that nobody chose is named, not praised: its words stand on neutral ground. */
static enum string_id heading(const struct view *view)
{
    if (view->step == STEP_WEIGHING) {
        return STR_WEIGHING_NOW;
    }
    if (view->target_bin < 0) {
        return STR_STEP_CHOSEN;
    }
    return is_chosen_bin(view) ? STR_PLEASE_DROP : STR_OPENED;
}

/* The thing that was looked up, and whether rules differ about it. */
static void heading_draw(struct canvas *canvas, rect_t rect, const struct view *view,
                         uint32_t ground)
{
    const uint32_t colour = theme_text_on(ground);
    const char *asks = strings_get(heading(view));
    char words[STRINGS_COMPOSED_MAX];
    strings_compose(words, sizeof words, view->item != NULL ? STR_JOIN : STR_NAME_ALONE,
                    view->item != NULL ? view->item->words[0].text : asks, asks);
    if (view->item != NULL && view->item->local) {
        const char *local = strings_get(STR_SEARCH_LOCAL);
        const int wide = pill_width(canvas, local, false);
        pill_draw(canvas, layout_cut_right(&rect, wide), local, PILL_LATER, ground);
        layout_cut_right(&rect, GAP_SMALL);
    }
    canvas_text(canvas, rect, (text_style_t){TEXT_HEADING + 4, FONT_REGULAR, ALIGN_LEFT, colour},
                words);
}

static void tip_draw(struct canvas *canvas, rect_t rect, const char *tip, uint32_t colour)
{
    const rect_t icon = layout_cut_left(&rect, 36);
    canvas_icon(canvas, layout_centre(icon, 32, 32), ICON_ARROW_RIGHT, colour);
    layout_cut_left(&rect, GAP_SMALL + 4);
    canvas_text(canvas, rect, (text_style_t){TEXT_LARGE, FONT_BOLD, ALIGN_LEFT, colour}, tip);
}

static enum waste_class named_class(const struct view *view)
{
    return is_chosen_bin(view) ? view->chosen : view->bins[view->target_bin].class;
}

void screen_guide_draw(struct canvas *canvas, const struct view *view)
{
    enum { EDGE = 40, ASK = 54, WORD = 150, BIN = 50, FULL = 52, WEIGHT = 190 };
    enum { CANCEL_WIDTH = 200, TIP = 48, WORDS = ASK + WORD + BIN + GAP_SMALL + FULL };
    const bool has_tip = view->item != NULL && view->item->tip[0] != '\0';
    const int words_height = WORDS + (has_tip ? TIP + GAP_SMALL : 0);
    const uint32_t ground =
        widget_class_colour(view->site, is_chosen_bin(view) ? view->chosen : WASTE_NONE);
    const uint32_t shade = theme_shade(ground, SHADE_PANEL);
    const uint32_t colour = theme_text_on(ground);
    const int button = BUTTON_HEIGHT > canvas->touch ? BUTTON_HEIGHT : canvas->touch;
    char where[STRINGS_COMPOSED_MAX];

    /* Words above, weight below; the bins stand beside them or, upright, between them. */
    canvas_fill(canvas, canvas_panel(canvas), ground, 0);
    rect_t page = canvas_panel(canvas);
    rect_t side, bottom;
    if (canvas->portrait) {
        layout_cut_top(&page, EDGE);
        layout_cut_bottom(&page, EDGE);
        bottom = layout_cut_bottom(&page, WEIGHT + GAP + PILL_HEIGHT + GAP_LARGE + button);
        bottom = layout_inset(bottom, MARGIN_PORTRAIT + 8, 0);
        rect_t words = layout_inset(page, MARGIN_PORTRAIT + 8, 0);
        notices_cut_storage(canvas, &words, view);
        side = page;
        layout_cut_top(&side, words.y - page.y + words_height + GAP);
        layout_cut_bottom(&side, GAP);
        page = layout_cut_top(&words, words_height);
        canvas_fill(canvas, side, shade, 0);
    } else {
        side = layout_cut_right(&page, canvas->width * 45 / 100);
        canvas_fill(canvas, side, shade, 0);
        page = layout_inset(page, EDGE + 12, EDGE);
        bottom = page;
        rect_t top = layout_inset(side, GAP, GAP);
        notices_cut_storage(canvas, &top, view);
    }

    heading_draw(canvas, layout_cut_top(&page, ASK), view, ground);
    canvas_block(canvas, layout_cut_top(&page, WORD),
                 (text_style_t){TEXT_HUGE, FONT_BOLD, ALIGN_LEFT, colour}, 3, BLOCK_MIDDLE,
                 widget_class_label(view->site, named_class(view)));
    bin_words(where, sizeof where, view);
    canvas_text(canvas, layout_cut_top(&page, BIN),
                (text_style_t){TEXT_HEADING, FONT_REGULAR, ALIGN_LEFT, colour}, where);
    layout_cut_top(&page, GAP_SMALL);
    if (has_tip) {
        tip_draw(canvas, layout_cut_top(&page, TIP), view->item->tip, colour);
        layout_cut_top(&page, GAP_SMALL);
    }
    fill_warning(canvas, layout_cut_top(&page, FULL), view);

    if (canvas->portrait) {
        rect_t row = layout_cut_bottom(&bottom, button);
        cancel_draw(canvas, layout_cut_right(&row, CANCEL_WIDTH), view, ground);
        layout_cut_bottom(&bottom, GAP_LARGE);
    }
    if (view->target_bin >= 0) {
        steps_draw(canvas, layout_cut_bottom(&bottom, PILL_HEIGHT), view, ground);
        layout_cut_bottom(&bottom, GAP);
        weight_draw(canvas, layout_cut_bottom(&bottom, WEIGHT), view, colour);
    }

    rect_t bins = layout_inset(side, GAP_LARGE, GAP);
    if (!canvas->portrait) {
        bins = layout_inset(side, GAP_LARGE, EDGE);
        rect_t row = layout_cut_bottom(&bins, button);
        cancel_draw(canvas, layout_cut_right(&row, CANCEL_WIDTH), view, shade);
        layout_cut_top(&bins, BUTTON_HEIGHT);
    }
    widget_bins(canvas, bins, view, view->target_bin, shade);
}

intent_t screen_guide_key(const struct view *view, enum ui_key key)
{
    (void)view;
    const bool back = key == UI_KEY_ESCAPE || key == UI_KEY_BACKSPACE;
    return (intent_t){back ? INTENT_CANCEL : INTENT_NONE, 0};
}
