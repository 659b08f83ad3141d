/* What is it, and where does it go? Groups of things, or the first letters of a name. */
#include "kiosk/ui/format.h"
#include "kiosk/ui/notices.h"
#include "kiosk/ui/screens.h"
#include "kiosk/ui/widgets.h"

#include <string.h>

enum { LETTERS = 26, KEYS_ACROSS = 7, KEYS_ACROSS_PORTRAIT = 6, PAGER = 720, PAGER_MIDDLE = 160 };

static bool is_by_group(const struct view *view)
{
    return view->search.group != ITEM_GROUP_NONE;
}

static const char *group_word(enum item_group group)
{
    return strings_get((enum string_id)(STR_GROUP_MEALS + (int)group));
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void key_draw(struct canvas *canvas, rect_t rect, enum intent_kind intent, int argument)
{
    const bool pressed = canvas_target(canvas, rect, intent, argument);
    canvas_fill(canvas, rect, pressed ? COLOUR_PRESSED : COLOUR_CARD, RADIUS);
    canvas_frame(canvas, rect, pressed ? COLOUR_INK : COLOUR_LINE, RADIUS,
                 pressed ? LINE_PRESSED : LINE);
    if (intent == INTENT_ERASE) {
        canvas_icon(canvas, layout_centre(rect, 46, 46), ICON_BACKSPACE, COLOUR_INK);
        return;
    }
    const char letter[] = {(char)('A' + argument), '\0'};
    canvas_text(canvas, rect, (text_style_t){TEXT_HEADING + 4, FONT_BOLD, ALIGN_CENTRE, COLOUR_INK},
                letter);
}

/* Letters in the order of the alphabet: nobody has to know a typewriter. */
static void keys_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    const int across = canvas->portrait ? KEYS_ACROSS_PORTRAIT : KEYS_ACROSS;
    const int rows = (LETTERS + 1 + across - 1) / across;
    for (int i = 0; i < LETTERS; i++) {
        key_draw(canvas, layout_cell(rect, across, rows, GAP_SMALL, i), INTENT_LETTER, i);
    }
    if (view->search.letters[0] != '\0') {
        key_draw(canvas, layout_cell(rect, across, rows, GAP_SMALL, across * rows - 1),
                 INTENT_ERASE, 0);
    }
}

/* ---- groups ---------------------------------------------------------------------------------- */

static void groups_draw(struct canvas *canvas, rect_t rect, int across)
{
    const int rows = (ITEM_GROUP_COUNT + across - 1) / across;
    for (int i = 0; i < ITEM_GROUP_COUNT; i++) {
        const rect_t cell = layout_cell(rect, across, rows, GAP_SMALL + 4, i);
        const bool pressed = canvas_target(canvas, cell, INTENT_GROUP, i);
        canvas_fill(canvas, cell, pressed ? COLOUR_PRESSED : COLOUR_CARD, RADIUS);
        canvas_frame(canvas, cell, pressed ? COLOUR_INK : COLOUR_LINE, RADIUS,
                     pressed ? LINE_PRESSED : LINE);
        canvas_text(canvas, layout_inset(cell, GAP_SMALL, 0),
                    (text_style_t){TEXT_LARGE, FONT_BOLD, ALIGN_CENTRE, COLOUR_INK},
                    group_word((enum item_group)i));
    }
}

/* ---- things ---------------------------------------------------------------------------------- */

/* Appends " · 又名 ..." with as many other names as find room. */
static void add_aliases(const struct canvas *canvas, char *text, size_t size,
                        const struct item *item, int room)
{
    char also[STRINGS_COMPOSED_MAX] = "", more[STRINGS_COMPOSED_MAX], whole[STRINGS_COMPOSED_MAX];
    char best[STRINGS_COMPOSED_MAX] = "";
    for (int i = 1; i < item->word_count; i++) {
        strings_compose(more, sizeof more, i > 1 ? STR_SEARCH_PAIR : STR_NAME_ALONE,
                        i > 1 ? also : item->words[i].text, item->words[i].text);
        memcpy(also, more, sizeof also);
        strings_compose(more, sizeof more, STR_SEARCH_ALSO, also, NULL);
        strings_compose(whole, sizeof whole, STR_JOIN, text, more);
        if (canvas_measure(canvas, TEXT_BODY, FONT_REGULAR, whole) >= room) {
            break;
        }
        memcpy(best, whole, sizeof best);
    }
    if (best[0] != '\0') {
        strings_compose(text, size, STR_NAME_ALONE, best, NULL);
    }
}

/* Its class's colour and symbol at the left; name, and the class in words beside it. */
static void item_draw(struct canvas *canvas, rect_t rect, const struct view *view, int place)
{
    enum { BLOCK = 84, SYMBOL = 52, NAME = 38, WORDS = 32 };
    const struct item *item = view->search.found[place].item;
    const enum waste_class class = (enum waste_class)item->class;
    const uint32_t ground = widget_class_colour(view->site, class);
    const bool pressed = canvas_target(canvas, rect, INTENT_ITEM, view->search.found[place].index);
    char words[STRINGS_COMPOSED_MAX];

    canvas_fill(canvas, rect, pressed ? COLOUR_PRESSED : COLOUR_CARD, RADIUS);
    rect_t inside = rect;
    const rect_t block = layout_cut_left(&inside, BLOCK);
    canvas_fill(canvas, block, ground, RADIUS);
    canvas_fill(canvas, (rect_t){block.x + RADIUS, block.y, block.w - RADIUS, block.h}, ground, 0);
    canvas_icon(canvas, layout_centre(block, SYMBOL, SYMBOL), widget_class_icon(class),
                theme_text_on(ground));
    canvas_frame(canvas, rect, pressed ? (uint32_t)COLOUR_INK : ground, RADIUS,
                 pressed ? LINE_PRESSED : LINE);
    inside = layout_inset(inside, GAP, 0);
    inside = layout_centre(inside, inside.w, NAME + WORDS);
    canvas_text(canvas, layout_cut_top(&inside, NAME),
                (text_style_t){TEXT_LARGE, FONT_BOLD, ALIGN_LEFT, COLOUR_INK}, item->words[0].text);
    strings_compose(words, sizeof words, item->local ? STR_JOIN : STR_NAME_ALONE,
                    widget_class_label(view->site, class), strings_get(STR_SEARCH_LOCAL));
    add_aliases(canvas, words, sizeof words, item, inside.w);
    canvas_text(canvas, inside, (text_style_t){TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, COLOUR_INK},
                words);
}

static void pager_draw(struct canvas *canvas, rect_t rect, const struct view_search *search)
{
    char page[FORMAT_MAX * 3];
    rect = layout_centre(rect, PAGER, rect.h);
    rect_t before = layout_cut_left(&rect, (rect.w - PAGER_MIDDLE) / 2);
    rect_t next = layout_cut_right(&rect, before.w);
    if (search->page > 0) {
        widget_button(canvas, before,
                      &(struct button){.kind = BUTTON_SECONDARY,
                                       .text = strings_get(STR_SEARCH_BEFORE),
                                       .intent = INTENT_PAGE,
                                       .argument = search->page - 1});
    }
    if (search->page + 1 < search->page_count) {
        widget_button(canvas, next,
                      &(struct button){.kind = BUTTON_SECONDARY,
                                       .text = strings_get(STR_SEARCH_NEXT),
                                       .intent = INTENT_PAGE,
                                       .argument = search->page + 1});
    }
    strings_compose(page, sizeof page, STR_SEARCH_PAGE, format_count(search->page + 1).text,
                    format_count(search->page_count).text);
    canvas_text(canvas, rect, (text_style_t){TEXT_LARGE, FONT_REGULAR, ALIGN_CENTRE, COLOUR_INK},
                page);
}

static void found_draw(struct canvas *canvas, rect_t rect, const struct view *view, int across,
                       int rows)
{
    const int button = canvas->touch > 72 ? canvas->touch : 72;
    if (view->search.page_count > 1) {
        pager_draw(canvas, layout_cut_bottom(&rect, button), &view->search);
        layout_cut_bottom(&rect, GAP_SMALL + 4);
    } else {
        layout_cut_bottom(&rect, canvas->portrait ? 0 : button + GAP_SMALL + 4);
    }
    for (int i = 0; i < view->search.count; i++) {
        item_draw(canvas, layout_cell(rect, across, rows, GAP_SMALL, i), view, i);
    }
}

/* ---- the screen ------------------------------------------------------------------------------ */

static void header_draw(struct canvas *canvas, rect_t row, const struct view *view)
{
    enum { BACK_WIDTH = 180, COUNT_WIDTH = 200 };
    const text_style_t large = {TEXT_HEADING + 4, FONT_BOLD, ALIGN_LEFT, COLOUR_INK};
    char count[FORMAT_MAX * 2];
    widget_button(canvas, layout_cut_left(&row, BACK_WIDTH),
                  &(struct button){.kind = BUTTON_SECONDARY,
                                   .icon = ICON_BACK,
                                   .text = strings_get(STR_BACK),
                                   .intent = INTENT_CANCEL});
    layout_cut_left(&row, GAP + 8);
    if (view->search.total > 0) {
        strings_compose(count, sizeof count, STR_SEARCH_FOUND,
                        format_count(view->search.total).text, NULL);
        canvas_text(canvas, layout_cut_right(&row, COUNT_WIDTH),
                    (text_style_t){TEXT_BODY, FONT_REGULAR, ALIGN_RIGHT, COLOUR_QUIET}, count);
    }
    canvas_text(canvas, row, large,
                is_by_group(view) ? group_word(view->search.group) : strings_get(STR_SEARCH_TITLE));
}

/* What was typed, or what to type. */
static void entry_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    const char *letters = view->search.letters;
    char shown[ITEM_LETTERS_MAX * 2 + 1];
    int length = 0;
    widget_card(canvas, rect);
    rect_t inside = layout_inset(rect, GAP, 0);
    const rect_t icon = layout_cut_left(&inside, 40);
    canvas_icon(canvas, layout_centre(icon, 36, 36), ICON_SEARCH, COLOUR_INK);
    layout_cut_left(&inside, GAP_SMALL + 4);
    for (int i = 0; letters[i] != '\0'; i++) {
        shown[length++] = (char)(letters[i] - 'a' + 'A');
        shown[length++] = ' ';
    }
    shown[length > 0 ? length - 1 : 0] = '\0';
    if (length > 0) {
        canvas_text(canvas, inside, (text_style_t){TEXT_HEADING, FONT_BOLD, ALIGN_LEFT, COLOUR_INK},
                    shown);
    } else {
        canvas_text(canvas, inside,
                    (text_style_t){TEXT_BODY + 2, FONT_REGULAR, ALIGN_LEFT, COLOUR_QUIET},
                    strings_get(STR_SEARCH_EXAMPLE));
    }
}

static void words_draw(struct canvas *canvas, rect_t rect, enum string_id id)
{
    canvas_text(canvas, rect, (text_style_t){TEXT_BODY, FONT_BOLD, ALIGN_LEFT, COLOUR_QUIET},
                strings_get(id));
}

/* Beside the keys: what was found, or the groups. */
static void results_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    enum { LABEL = 40, NONE = 88 };
    if (view->search.count > 0) {
        found_draw(canvas, rect, view, 1, SEARCH_PAGE_LETTERS);
        return;
    }
    if (view->search.letters[0] != '\0') {
        rect_t none = layout_cut_top(&rect, NONE);
        canvas_fill(canvas, none, COLOUR_WARN_SOFT, RADIUS);
        canvas_block(canvas, layout_inset(none, GAP, 4),
                     (text_style_t){TEXT_BODY + 2, FONT_BOLD, ALIGN_LEFT, COLOUR_INK}, 2,
                     BLOCK_MIDDLE, strings_get(STR_SEARCH_NONE));
        layout_cut_top(&rect, GAP_SMALL + 4);
    } else {
        words_draw(canvas, layout_cut_top(&rect, LABEL), STR_SEARCH_GROUPS);
    }
    groups_draw(canvas, rect, 3);
}

static void letters_draw(struct canvas *canvas, rect_t page, const struct view *view)
{
    enum { KEYS_WIDTH = 640, ENTRY = 72, LABEL = 40 };
    rect_t keys;
    if (canvas->portrait) {
        keys = layout_cut_bottom(&page, page.h * 52 / 100);
        layout_cut_bottom(&page, GAP + 8);
    } else {
        keys = layout_cut_left(&page, KEYS_WIDTH);
        layout_cut_left(&page, GAP + 8);
    }
    words_draw(canvas, layout_cut_top(&keys, LABEL), STR_SEARCH_LETTERS);
    entry_draw(canvas, layout_cut_top(&keys, ENTRY), view);
    layout_cut_top(&keys, GAP_SMALL + 4);
    keys_draw(canvas, keys, view);
    results_draw(canvas, page, view);
}

void screen_search_draw(struct canvas *canvas, const struct view *view)
{
    const int button = canvas->touch > 72 ? canvas->touch : 72;
    canvas_fill(canvas, canvas_panel(canvas), COLOUR_PAPER, 0);
    rect_t page = layout_inset(canvas_page(canvas), canvas->portrait ? 0 : -16, -8);
    notices_cut_storage(canvas, &page, view);
    header_draw(canvas, layout_cut_top(&page, button), view);
    layout_cut_top(&page, GAP);
    if (is_by_group(view)) {
        const int across = canvas->portrait ? 2 : 3;
        found_draw(canvas, page, view, across, SEARCH_PAGE_GROUP / across);
    } else {
        letters_draw(canvas, page, view);
    }
}

intent_t screen_search_key(const struct view *view, enum ui_key key)
{
    const struct view_search *search = &view->search;
    const int digit = screens_key_digit(key);
    if (key >= UI_KEY_LETTER_A && key <= UI_KEY_LETTER_Z) {
        return (intent_t){INTENT_LETTER, (int)key - (int)UI_KEY_LETTER_A};
    }
    if (key == UI_KEY_ESCAPE || (key == UI_KEY_BACKSPACE && search->letters[0] == '\0')) {
        return (intent_t){INTENT_CANCEL, 0};
    }
    if (key == UI_KEY_BACKSPACE) {
        return (intent_t){INTENT_ERASE, 0};
    }
    if (key == UI_KEY_TAB && search->page_count > 0) {
        return (intent_t){INTENT_PAGE, (search->page + 1) % search->page_count};
    }
    const int place = key == UI_KEY_ENTER ? 0 : digit - 1;
    if (place >= 0 && place < search->count) {
        return (intent_t){INTENT_ITEM, search->found[place].index};
    }
    return (intent_t){INTENT_NONE, 0};
}
