/* Weight first, then what was recorded, in words that claim no more than was seen. */
#include "kiosk/ui/format.h"
#include "kiosk/ui/notices.h"
#include "kiosk/ui/screens.h"
#include "kiosk/ui/text.h"
#include "kiosk/ui/widgets.h"

#include <string.h>

struct verdict {
    enum string_id words; /* {0} the bin's class, {1} the chosen one */
    enum icon icon;
    uint32_t ground;
};

static struct verdict verdict_of(const struct view_receipt *receipt)
{
    static const struct verdict verdicts[OUTCOME_COUNT] = {
        [OUTCOME_CONSISTENT] = {STR_DID_CONSISTENT, ICON_CHECK, COLOUR_GOOD},
        [OUTCOME_CORRECTED] = {STR_DID_CORRECTED, ICON_CHECK, COLOUR_GOOD},
        [OUTCOME_WRONG_BIN] = {STR_DID_WRONG_BIN, ICON_WARNING, COLOUR_WARN},
        [OUTCOME_UNDECLARED] = {STR_DID_UNDECLARED, ICON_BIN, COLOUR_INK},
        [OUTCOME_UNWEIGHED] = {STR_DID_UNWEIGHED, ICON_WEIGHT, COLOUR_WARN},
        [OUTCOME_INTERRUPTED] = {STR_DID_INTERRUPTED, ICON_WARNING, COLOUR_WARN},
    };
    struct verdict verdict = verdicts[receipt->outcome];
    if (receipt->outcome == OUTCOME_INTERRUPTED && receipt->quality != QUALITY_NONE) {
        verdict.words = STR_DID_INTERRUPTED_WEIGHED;
    }
    if (receipt->undone) {
        verdict = (struct verdict){STR_DID_UNDO, ICON_CROSS, COLOUR_INK};
    }
    return verdict;
}

static void recorded_words(char *out, size_t size, const struct view *view)
{
    const struct view_receipt *receipt = &view->receipt;
    char serial[FORMAT_MAX * 2], first[FORMAT_MAX * 3];
    if (!receipt->recorded) {
        strings_compose(out, size, view->store == STORE_OK ? STR_RECORDING : STR_NOT_RECORDED, NULL,
                        NULL);
        return;
    }
    strings_compose(serial, sizeof serial, STR_SERIAL_NUMBER, format_grouped(receipt->seq).text,
                    NULL);
    strings_compose(first, sizeof first, STR_JOIN, strings_get(STR_RECORDED), serial);
    /* While the undo button stands beside it, there is no room for the time. */
    const bool with_time = view->has_clock && view->receipt.undo_s == 0;
    strings_compose(out, size, with_time ? STR_JOIN : STR_NAME_ALONE, first,
                    format_time(receipt->at).text);
}

static void weight_draw(struct canvas *canvas, rect_t rect, const struct view_receipt *receipt)
{
    if (receipt->quality == QUALITY_NONE) {
        canvas_text(canvas, rect, (text_style_t){TEXT_HUGE, FONT_BOLD, ALIGN_LEFT, COLOUR_INK},
                    strings_get(STR_WEIGHT_UNKNOWN));
        return;
    }
    const int baseline = rect.y + rect.h - GAP_LARGE - 8;
    if (receipt->quality == QUALITY_UNSETTLED) {
        const int used =
            canvas_text_baseline(canvas, rect.x, baseline, rect.w,
                                 (text_style_t){TEXT_TITLE, FONT_REGULAR, ALIGN_LEFT, COLOUR_INK},
                                 strings_get(STR_ABOUT));
        layout_cut_left(&rect, used + GAP_SMALL);
    }
    widget_weight(canvas, rect.x, baseline, rect.w, TEXT_WEIGHT, COLOUR_INK,
                  format_kilograms(receipt->weight_g, 2).text);
}

/* The verdict's mark and, beside it, its words. */
static void verdict_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    enum { BADGE = 72, ANSWER = 48 };
    const struct view_receipt *receipt = &view->receipt;
    const struct site *site = view->site;
    const struct verdict verdict = verdict_of(receipt);
    const bool answered = receipt->declared_after < WASTE_CLASS_COUNT;
    char text[STRINGS_COMPOSED_MAX];

    rect_t mark = layout_cut_left(&rect, BADGE);
    widget_badge(canvas, layout_cut_top(&mark, BADGE), verdict.icon, verdict.ground);
    layout_cut_left(&rect, GAP);
    strings_compose(text, sizeof text, verdict.words, widget_class_label(site, receipt->bin_class),
                    widget_class_label(site, receipt->chosen));
    rect_t words = rect;
    words.h -= answered ? ANSWER + GAP : 0;
    const int used = canvas_block(
        canvas, words, (text_style_t){TEXT_HEADING - 2, FONT_BOLD, ALIGN_LEFT, COLOUR_INK},
        TEXT_LINES_MAX, BLOCK_TOP, text);
    if (answered) {
        layout_cut_top(&rect, used + GAP);
        strings_compose(text, sizeof text, STR_DECLARED_AFTER,
                        widget_class_label(site, receipt->declared_after), NULL);
        canvas_block(canvas, layout_cut_top(&rect, ANSWER),
                     (text_style_t){TEXT_LARGE, FONT_REGULAR, ALIGN_LEFT, COLOUR_INK}, 2, BLOCK_TOP,
                     text);
    }
}

static void undo_button(struct canvas *canvas, rect_t rect, int seconds)
{
    char words[FORMAT_MAX];
    strings_compose(words, sizeof words, STR_UNDO_IN, format_count(seconds).text, NULL);
    widget_button(canvas, rect,
                  &(struct button){.kind = BUTTON_SECONDARY, .text = words, .intent = INTENT_UNDO});
}

static void result_card(struct canvas *canvas, rect_t rect, const struct view *view)
{
    enum { WEIGHT = 210, STAMP = 58, UNDO = 180 };
    const bool recorded = view->receipt.recorded;
    const bool may_undo = view->receipt.undo_s > 0;
    const int stamp_height = may_undo ? canvas->touch + GAP : STAMP;
    char text[STRINGS_COMPOSED_MAX];

    widget_card(canvas, rect);
    rect_t inside = layout_inset(rect, PADDING + 16, PADDING + 4);
    rect_t stamp = layout_cut_bottom(&inside, stamp_height);
    canvas_fill(canvas, layout_cut_top(&stamp, LINE), COLOUR_LINE, 0);
    recorded_words(text, sizeof text, view);
    layout_cut_top(&stamp, GAP);
    if (may_undo) {
        undo_button(canvas, layout_cut_right(&stamp, UNDO), view->receipt.undo_s);
        layout_cut_right(&stamp, GAP_SMALL);
    }
    canvas_text(canvas, stamp,
                (text_style_t){TEXT_BODY, recorded ? FONT_REGULAR : FONT_BOLD, ALIGN_LEFT,
                               recorded ? (uint32_t)COLOUR_QUIET : (uint32_t)COLOUR_INK},
                text);
    layout_cut_bottom(&inside, GAP);
    weight_draw(canvas, layout_cut_top(&inside, WEIGHT), &view->receipt);
    layout_cut_top(&inside, GAP_LARGE);
    verdict_draw(canvas, inside, view);
}

/* ---- what was done so far -------------------------------------------------------------------- */

static void total_words(char *out, size_t size, enum string_id count_words, int64_t count,
                        int64_t grams, int decimals)
{
    char counted[FORMAT_MAX * 2], weighed[FORMAT_MAX * 2];
    strings_compose(counted, sizeof counted, count_words, format_count(count).text, NULL);
    strings_compose(weighed, sizeof weighed, STR_WEIGHT, format_kilograms(grams, decimals).text,
                    NULL);
    strings_compose(out, size, STR_JOIN, counted, weighed);
}

/* A card of its own, or one line where the question needs the room. */
static void total(struct canvas *canvas, rect_t rect, enum string_id label, const char *text,
                  bool card)
{
    const text_style_t small = {TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, COLOUR_QUIET};
    text_style_t large = {TEXT_FIGURE, FONT_BOLD, ALIGN_LEFT, COLOUR_INK};
    if (card) {
        widget_card(canvas, rect);
        rect = layout_centre(layout_inset(rect, PADDING + 8, 0), rect.w, 30 + 62);
        canvas_text(canvas, layout_cut_top(&rect, 30), small, strings_get(label));
    } else {
        canvas_text(canvas, layout_cut_left(&rect, 110), small, strings_get(label));
        large.size = TEXT_LARGE - 2;
    }
    canvas_text(canvas, rect, large, text);
}

static void totals_draw(struct canvas *canvas, rect_t rect, const struct view *view, bool cards)
{
    const int gap = cards ? GAP : 0;
    /* The receipt of a visit that is over stands without its sum. */
    const int rows = view->visit_deposits > 0 ? 2 : 1;
    char text[FORMAT_MAX * 4];
    if (rows == 2) {
        total_words(text, sizeof text, STR_BAGS, view->visit_deposits, view->visit_grams, 2);
        total(canvas, layout_cell(rect, 1, rows, gap, 0), STR_THIS_VISIT, text, cards);
    }
    total_words(text, sizeof text, STR_COUNT_TIMES, view->figures.today_deposits,
                view->figures.today_grams, 1);
    total(canvas, layout_cell(rect, 1, rows, gap, rows - 1), STR_TODAY_HERE, text, cards);
}

enum { QUESTION_TITLE = 56, ONE_LINE_TOTALS = 80 };

static void question_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    enum { MOST = 120 };
    const int rows_high = 2 * MOST + GAP;
    rect = layout_centre(rect, rect.w, QUESTION_TITLE + GAP_SMALL + rows_high);
    canvas_text(canvas, layout_cut_top(&rect, QUESTION_TITLE),
                (text_style_t){TEXT_HEADING + 2, FONT_BOLD, ALIGN_LEFT, COLOUR_INK},
                strings_get(STR_QUESTION));
    layout_cut_top(&rect, GAP_SMALL);
    for (int class = 0; class < WASTE_CLASS_COUNT; class ++) {
        widget_class_button(canvas, layout_cell(rect, 2, 2, GAP, class), view->site,
                            (enum waste_class) class);
    }
}

static void buttons_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    char finish[FORMAT_MAX];
    strings_compose(finish, sizeof finish, view->countdown_s > 0 ? STR_FINISH_IN : STR_FINISH,
                    format_count(view->countdown_s).text, NULL);
    widget_button(canvas, layout_cell(rect, 2, 1, GAP, 0),
                  &(struct button){.kind = BUTTON_PRIMARY,
                                   .text = strings_get(STR_MORE),
                                   .intent = INTENT_MORE});
    widget_button(
        canvas, layout_cell(rect, 2, 1, GAP, 1),
        &(struct button){.kind = BUTTON_SECONDARY, .text = finish, .intent = INTENT_FINISH});
}

void screen_receipt_draw(struct canvas *canvas, const struct view *view)
{
    enum { CARD_PORTRAIT = 580, BUTTON = 96 };
    const int button = canvas->touch > BUTTON ? canvas->touch : BUTTON;
    canvas_fill(canvas, canvas_panel(canvas), COLOUR_PAPER, 0);
    rect_t page = layout_inset(canvas_page(canvas), canvas->portrait ? 4 : 12, GAP - 4);
    notices_cut_storage(canvas, &page, view);

    if (canvas->portrait) {
        /* The question's buttons keep their size: the card gives way. */
        const int below = GAP_LARGE + ONE_LINE_TOTALS + QUESTION_TITLE + GAP_SMALL +
                          2 * canvas->touch + GAP + GAP_LARGE + button;
        const int room = page.h - below;
        result_card(canvas, layout_cut_top(&page, room < CARD_PORTRAIT ? room : CARD_PORTRAIT),
                    view);
        layout_cut_top(&page, GAP_LARGE);
    } else {
        result_card(canvas, layout_cut_left(&page, page.w * 53 / 100), view);
        layout_cut_left(&page, GAP_LARGE);
    }
    buttons_draw(canvas, layout_cut_bottom(&page, button), view);
    layout_cut_bottom(&page, canvas->portrait ? GAP_LARGE : GAP);
    if (view->receipt.asking) {
        totals_draw(canvas, layout_cut_top(&page, ONE_LINE_TOTALS), view, false);
        question_draw(canvas, page, view);
    } else {
        totals_draw(canvas, page, view, true);
    }
}

intent_t screen_receipt_key(const struct view *view, enum ui_key key)
{
    const int digit = screens_key_digit(key);
    if (view->receipt.asking && digit >= 1 && digit <= WASTE_CLASS_COUNT) {
        return (intent_t){INTENT_CHOOSE, digit - 1};
    }
    if (key == UI_KEY_ENTER) {
        return (intent_t){INTENT_FINISH, 0};
    }
    return (intent_t){key == UI_KEY_BACKSPACE || key == UI_KEY_ESCAPE ? INTENT_MORE : INTENT_NONE,
                      0};
}
