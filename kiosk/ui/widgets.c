#include "kiosk/ui/widgets.h"

#include "kiosk/ui/format.h"
#include "kiosk/ui/notices.h"
#include "kiosk/ui/strings.h"

#include <string.h>

enum { SHADE_PRESSED = 30 };

/* ---- classes --------------------------------------------------------------------------------- */

enum icon widget_class_icon(enum waste_class class)
{
    static const enum icon icons[WASTE_CLASS_COUNT] = {
        [WASTE_RECYCLABLE] = ICON_RECYCLABLE,
        [WASTE_HAZARDOUS] = ICON_HAZARDOUS,
        [WASTE_KITCHEN] = ICON_KITCHEN,
        [WASTE_RESIDUAL] = ICON_RESIDUAL,
    };
    return class < WASTE_CLASS_COUNT ? icons[class] : ICON_BIN;
}

const char *widget_class_label(const struct site *site, enum waste_class class)
{
    return class < WASTE_CLASS_COUNT ? site->classes[class].label : strings_get(STR_UNKNOWN);
}

uint32_t widget_class_colour(const struct site *site, enum waste_class class)
{
    return class < WASTE_CLASS_COUNT ? site->classes[class].rgb : (uint32_t)COLOUR_INK;
}

/* ---- buttons --------------------------------------------------------------------------------- */

struct button_look {
    uint32_t fill, pressed, frame, text;
    bool filled, framed;
};

static struct button_look look_of(const struct button *button)
{
    static const struct button_look looks[] = {
        [BUTTON_PRIMARY] = {COLOUR_INK, COLOUR_INK_PRESSED, 0, COLOUR_WHITE, true, false},
        [BUTTON_SECONDARY] = {COLOUR_CARD, COLOUR_PRESSED, COLOUR_INK, COLOUR_INK, true, true},
        [BUTTON_QUIET] = {0, COLOUR_PRESSED, 0, COLOUR_QUIET, false, false},
        [BUTTON_ON_WARN] = {0, COLOUR_WARN_PRESSED, COLOUR_INK, COLOUR_INK, false, true},
    };
    if (button->kind != BUTTON_ON_COLOUR) {
        return looks[button->kind];
    }
    const uint32_t text = theme_text_on(button->ground);
    return (struct button_look){0,   theme_shade(button->ground, SHADE_PRESSED), text, text, false,
                                true};
}

static void button_content(struct canvas *canvas, rect_t rect, enum icon icon, const char *text,
                           uint32_t colour)
{
    enum { ICON_SIZE = 34 };
    const text_style_t style = {TEXT_LARGE - 2, FONT_BOLD, ALIGN_CENTRE, colour};
    rect_t inside = layout_inset(rect, GAP_SMALL + 4, 4);

    if (icon != ICON_NONE) {
        const int wide =
            ICON_SIZE + GAP_SMALL + canvas_measure(canvas, style.size, style.weight, text);
        inside = layout_centre(inside, wide + 2, inside.h);
        const rect_t place = layout_cut_left(&inside, ICON_SIZE);
        canvas_icon(canvas, layout_centre(place, ICON_SIZE, ICON_SIZE), icon, colour);
        layout_cut_left(&inside, GAP_SMALL);
    }
    canvas_block(canvas, inside, style, 2, BLOCK_MIDDLE, text);
}

void widget_button(struct canvas *canvas, rect_t rect, const struct button *button)
{
    const struct button_look look = look_of(button);
    const bool pressed = canvas_target(canvas, rect, button->intent, button->argument);

    if (pressed || look.filled) {
        canvas_fill(canvas, rect, pressed ? look.pressed : look.fill, RADIUS);
    }
    if (pressed || look.framed) {
        canvas_frame(canvas, rect, look.framed ? look.frame : COLOUR_WHITE, RADIUS,
                     pressed ? LINE_PRESSED : LINE + 1);
    }
    const bool quiet_pressed = pressed && button->kind == BUTTON_QUIET;
    button_content(canvas, rect, button->icon, button->text,
                   quiet_pressed ? (uint32_t)COLOUR_INK : look.text);
}

void widget_class_button(struct canvas *canvas, rect_t rect, const struct site *site,
                         enum waste_class class)
{
    const uint32_t colour = widget_class_colour(site, class);
    const uint32_t text = theme_text_on(colour);
    const bool pressed = canvas_target(canvas, rect, INTENT_CHOOSE, (int)class);

    canvas_fill(canvas, rect, pressed ? theme_shade(colour, SHADE_PRESSED) : colour, RADIUS);
    if (pressed) {
        canvas_frame(canvas, rect, COLOUR_WHITE, RADIUS, LINE_PRESSED);
    }
    button_content(canvas, rect, widget_class_icon(class), widget_class_label(site, class), text);
}

/* ---- plain parts ----------------------------------------------------------------------------- */

void widget_card(struct canvas *canvas, rect_t rect)
{
    canvas_fill(canvas, rect, COLOUR_CARD, RADIUS);
    canvas_frame(canvas, rect, COLOUR_LINE, RADIUS, LINE);
}

void widget_badge(struct canvas *canvas, rect_t rect, enum icon icon, uint32_t ground)
{
    canvas_fill(canvas, rect, ground, rect.w / 2);
    /* The warning triangle's weight lies low: it sits a little higher than the middle. */
    rect_t inside = layout_inset(rect, rect.w * 22 / 100, rect.h * 22 / 100);
    if (icon == ICON_WARNING) {
        inside.y -= rect.h * 4 / 100;
    }
    canvas_icon(canvas, inside, icon, theme_text_on(ground));
}

void widget_gauge(struct canvas *canvas, rect_t rect, uint32_t colour, uint32_t track,
                  int track_alpha, bool known, int permille)
{
    canvas_fill_alpha(canvas, rect, track, rect.h / 2, track_alpha);
    if (!known || permille <= 0) {
        return;
    }
    rect_t level = rect;
    level.w = rect.w * (permille < 1000 ? permille : 1000) / 1000;
    if (level.w < rect.h) {
        level.w = rect.h; /* round at both ends even when nearly empty */
    }
    canvas_fill(canvas, level, colour, rect.h / 2);
}

int widget_weight(struct canvas *canvas, int x, int baseline, int width, int size, uint32_t colour,
                  const char *kilograms)
{
    const int unit_size = size * 30 / 100 > TEXT_BODY ? size * 30 / 100 : TEXT_BODY;
    const char *unit = strings_get(STR_KILOGRAMS);
    const int gap = size / 8;
    const int unit_wide = canvas_measure(canvas, unit_size, FONT_REGULAR, unit) + 1;
    const text_style_t number = {size, FONT_BOLD, ALIGN_LEFT, colour};
    const text_style_t small = {unit_size, FONT_REGULAR, ALIGN_LEFT, colour};
    int used =
        canvas_text_baseline(canvas, x, baseline, width - unit_wide - gap, number, kilograms);
    used += gap;
    return used + canvas_text_baseline(canvas, x + used, baseline, width - used, small, unit);
}

/* ---- header ---------------------------------------------------------------------------------- */

static const char *weekday_name(int weekday)
{
    static const enum string_id names[] = {STR_SUNDAY,   STR_MONDAY, STR_TUESDAY, STR_WEDNESDAY,
                                           STR_THURSDAY, STR_FRIDAY, STR_SATURDAY};
    return strings_get(names[(unsigned)weekday % 7]);
}

void widget_clock(struct canvas *canvas, rect_t rect, const struct view *view)
{
    if (view->has_clock) {
        canvas_text(canvas, rect, (text_style_t){TEXT_CLOCK, FONT_BOLD, ALIGN_RIGHT, COLOUR_INK},
                    format_hour_minute(view->now).text);
    }
}

void widget_header(struct canvas *canvas, rect_t rect, const struct view *view)
{
    enum { CLOCK_WIDTH = 178, SECOND_LINE = 30 };
    const struct site *site = view->site;
    char text[STRINGS_COMPOSED_MAX];

    if (view->has_clock) {
        rect_t right = layout_cut_right(&rect, CLOCK_WIDTH);
        char date[FORMAT_MAX];
        strings_compose(date, sizeof date, STR_DATE, format_count(view->now.month).text,
                        format_count(view->now.day).text);
        const size_t used = strlen(date);
        date[used] = ' ';
        strcpy(date + used + 1, weekday_name(view->now.weekday));
        canvas_text(canvas, layout_cut_bottom(&right, SECOND_LINE),
                    (text_style_t){TEXT_BODY, FONT_REGULAR, ALIGN_RIGHT, COLOUR_QUIET}, date);
        widget_clock(canvas, right, view);
    }
    layout_cut_right(&rect, GAP);
    if (site->hours[0] != '\0') {
        strings_compose(text, sizeof text, STR_HOURS, site->hours, NULL);
        canvas_text(canvas, layout_cut_bottom(&rect, SECOND_LINE),
                    (text_style_t){TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, COLOUR_QUIET}, text);
    }
    if (site->point[0] != '\0') {
        strings_compose(text, sizeof text, STR_JOIN, site->name, site->point);
    } else {
        strings_compose(text, sizeof text, STR_NAME_ALONE, site->name, NULL);
    }
    canvas_block(canvas, rect, (text_style_t){TEXT_LARGE + 2, FONT_BOLD, ALIGN_LEFT, COLOUR_INK}, 2,
                 BLOCK_MIDDLE, text);
}

/* ---- bins in a row --------------------------------------------------------------------------- */

void widget_bin_position(char *out, size_t size, int index, int count)
{
    static const enum string_id ordinals[] = {STR_ONE, STR_TWO, STR_THREE, STR_FOUR};
    const int from_right = count - 1 - index;
    out[0] = '\0';
    if (count < 2) {
        return;
    }
    if (index == from_right) {
        strings_compose(out, size, STR_IN_THE_MIDDLE, NULL, NULL);
    } else if (index < from_right) {
        strings_compose(out, size, STR_FROM_LEFT, strings_get(ordinals[index]), NULL);
    } else {
        strings_compose(out, size, STR_FROM_RIGHT, strings_get(ordinals[from_right]), NULL);
    }
}

static void bin_picture(struct canvas *canvas, rect_t rect, const struct view *view, int index,
                        bool target)
{
    const struct view_bin *bin = &view->bins[index];
    const uint32_t class_colour = widget_class_colour(view->site, bin->class);
    const uint32_t fill = target ? (uint32_t)COLOUR_WHITE : class_colour;
    const uint32_t ink = target ? (uint32_t)COLOUR_INK : theme_text_on(class_colour);
    const int lid_height = rect.w / 8 + 4;
    const bool wide = rect.w >= 84;
    char text[FORMAT_MAX];

    rect_t body = rect;
    rect_t lid = layout_cut_top(&body, lid_height);
    layout_cut_top(&body, 5);
    if (bin->lid_open) {
        lid.y -= lid_height + 2; /* lifted */
    }
    canvas_fill(canvas, lid, fill, lid_height / 3);
    body = layout_inset(body, rect.w / 20, 0);
    canvas_fill(canvas, body, fill, RADIUS * 2 / 3);
    if (!target) {
        canvas_frame(canvas, lid, COLOUR_WHITE, lid_height / 3, LINE);
        canvas_frame(canvas, body, COLOUR_WHITE, RADIUS * 2 / 3, LINE);
    }

    rect_t inside = layout_inset(body, 6, rect.w / 8);
    rect_t number = layout_cut_bottom(&inside, wide ? rect.w * 36 / 100 : inside.h * 45 / 100);
    const int side = inside.w * 80 / 100 < inside.h ? inside.w * 80 / 100 : inside.h;
    canvas_icon(canvas, layout_centre(inside, side, side), widget_class_icon(bin->class),
                target ? class_colour : ink);
    strings_compose(text, sizeof text, wide ? STR_BIN_SHORT : STR_NUMBER_ALONE,
                    format_count(bin->number).text, NULL);
    canvas_text(
        canvas, number,
        (text_style_t){target && wide ? TEXT_LARGE : TEXT_BODY, FONT_BOLD, ALIGN_CENTRE, ink},
        text);
}

void widget_bins(struct canvas *canvas, rect_t rect, const struct view *view, int target,
                 uint32_t ground)
{
    enum { TARGET_PERCENT = 125, WIDEST = 118, HEIGHT_PERCENT = 160 };
    const int count = view->bin_count;
    if (count == 0) {
        return;
    }
    const int gap = count > 4 ? 7 : 18;
    /* One bin of the row is a quarter wider. */
    int wide = (rect.w - gap * (count - 1)) * 100 / (count * 100 + TARGET_PERCENT - 100);
    wide = wide < WIDEST ? wide : WIDEST;
    const int target_wide = wide * TARGET_PERCENT / 100;
    const int target_high = (wide < 80 ? 80 : wide) * HEIGHT_PERCENT / 100 * TARGET_PERCENT / 100;
    const int high = (wide < 80 ? 80 : wide) * HEIGHT_PERCENT / 100;
    const int row_wide = (count - 1) * (wide + gap) + (target >= 0 ? target_wide : wide);
    const int arrow = target_wide < 84 ? target_wide : 84;
    const rect_t row = layout_centre(rect, row_wide, target_high + GAP + arrow);
    const int foot = row.y + target_high;
    int x = row.x;

    for (int i = 0; i < count; i++) {
        const bool chosen = i == target;
        const int w = chosen ? target_wide : wide;
        const int h = chosen ? target_high : high;
        bin_picture(canvas, (rect_t){x, foot - h, w, h}, view, i, chosen);
        if (chosen) {
            canvas_icon(canvas, (rect_t){x + (w - arrow) / 2, foot + GAP, arrow, arrow},
                        ICON_ARROW_UP, theme_text_on(ground));
        }
        x += w + gap;
    }
}

/* ---- service screens ------------------------------------------------------------------------- */

void widget_age(char *out, size_t size, int64_t age_ms)
{
    enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS };
    if (age_ms < 0) {
        strings_compose(out, size, STR_NO_DATA, NULL, NULL);
    } else if (age_ms < SECOND_MS) {
        strings_compose(out, size, STR_AGE_NOW, NULL, NULL);
    } else if (age_ms < MINUTE_MS) {
        strings_compose(out, size, STR_AGE_SECONDS, format_seconds(age_ms).text, NULL);
    } else if (age_ms < HOUR_MS) {
        strings_compose(out, size, STR_AGE_MINUTES, format_count(age_ms / MINUTE_MS).text, NULL);
    } else {
        strings_compose(out, size, STR_AGE_HOURS, format_count(age_ms / HOUR_MS).text, NULL);
    }
}

void widget_board_top(struct canvas *canvas, rect_t *page, const struct view *view,
                      const char *title, const char *words)
{
    enum { LEAVE_WIDTH = 150, CLOCK_WIDTH = 130, TITLE_WIDTH = 330, HEADER = 76 };
    const int header = canvas->touch > HEADER ? canvas->touch : HEADER;
    if (canvas->portrait) {
        notices_cut_service(canvas, page, view);
    }
    rect_t top = layout_cut_top(page, header);
    widget_button(canvas, layout_cut_right(&top, LEAVE_WIDTH),
                  &(struct button){.kind = BUTTON_SECONDARY,
                                   .icon = ICON_BACK,
                                   .text = strings_get(STR_LEAVE),
                                   .intent = INTENT_LEAVE});
    layout_cut_right(&top, PADDING);
    widget_clock(canvas, layout_cut_right(&top, CLOCK_WIDTH), view);
    layout_cut_right(&top, GAP);
    rect_t left = layout_centre(top, top.w, 72);
    if (!canvas->portrait) {
        rect_t notice = layout_cut_right(&left, top.w - TITLE_WIDTH);
        notices_cut_service(canvas, &notice, view);
    }
    canvas_text(canvas, layout_cut_top(&left, 42),
                (text_style_t){TEXT_LARGE + 2, FONT_BOLD, ALIGN_LEFT, COLOUR_INK}, title);
    canvas_text(canvas, layout_cut_top(&left, 30),
                (text_style_t){TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, COLOUR_QUIET}, words);
    layout_cut_top(page, GAP + 2);
}

void widget_bin_side(struct canvas *canvas, rect_t rect, const struct view *view,
                     const struct view_bin *bin, const char *title)
{
    enum { ICON = 190, TITLE = 76, LABEL = 96 };
    const uint32_t ground = widget_class_colour(view->site, bin->class);
    const uint32_t colour = theme_text_on(ground);
    const int icon = rect.h > 400 ? ICON : 110;

    canvas_fill(canvas, rect, ground, 0);
    rect_t inside = layout_inset(rect, canvas->portrait ? MARGIN_PORTRAIT + 8 : MARGIN + 12, GAP);
    inside = layout_centre(inside, inside.w, icon + GAP_LARGE + TITLE + LABEL);
    rect_t row = layout_cut_top(&inside, icon);
    canvas_icon(canvas, layout_cut_left(&row, icon), widget_class_icon(bin->class), colour);
    layout_cut_top(&inside, GAP_LARGE);
    canvas_text(canvas, layout_cut_top(&inside, TITLE),
                (text_style_t){TEXT_WORD + 8, FONT_BOLD, ALIGN_LEFT, colour}, title);
    canvas_block(canvas, inside, (text_style_t){TEXT_HEADING, FONT_REGULAR, ALIGN_LEFT, colour}, 3,
                 BLOCK_TOP, widget_class_label(view->site, bin->class));
}
