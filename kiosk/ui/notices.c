#include "kiosk/ui/notices.h"

#include "kiosk/ui/format.h"

#include <string.h>

int notices_bin_numbers(char *out, size_t size, const struct view *view, unsigned which)
{
    const char *separator = strings_get(STR_LIST_SEPARATOR);
    size_t used = 0;
    int count = 0;
    out[0] = '\0';
    for (int i = 0; i < view->bin_count; i++) {
        if ((which >> i & 1) == 0) {
            continue;
        }
        const number_text_t number = format_count(view->bins[i].number);
        if (used + strlen(separator) + strlen(number.text) >= size) {
            break;
        }
        if (count > 0) {
            strcpy(out + used, separator);
            used += strlen(separator);
        }
        strcpy(out + used, number.text);
        used += strlen(number.text);
        count++;
    }
    return count;
}

bool notices_sensor_fault(enum sensor_state sensor)
{
    return sensor != SENSOR_OK && sensor != SENSOR_NONE && sensor != SENSOR_WAITING;
}

static bool scale_silent(const struct view_bin *bin)
{
    return bin->scale == SENSOR_SILENT || bin->scale == SENSOR_LOST;
}

static bool scale_out_of_range(const struct view_bin *bin)
{
    return bin->scale == SENSOR_OVERLOAD;
}

static bool scale_error(const struct view_bin *bin)
{
    return bin->scale == SENSOR_ERROR;
}

static bool scale_frozen(const struct view_bin *bin)
{
    return bin->scale == SENSOR_FROZEN;
}

static bool lid_fault(const struct view_bin *bin)
{
    return notices_sensor_fault(bin->lid);
}

static bool lid_left_open(const struct view_bin *bin)
{
    return bin->lid_open && !bin->in_service;
}

void notices_storage(struct notices *notices, const struct view *view)
{
    notices->count = 0;
    if (view->store == STORE_OK) {
        return;
    }
    char waiting[FORMAT_MAX * 2];
    const char *fault = strings_get(view->store == STORE_FULL ? STR_STORE_FULL : STR_STORE_FAULT);
    char *text = notices->texts[notices->count++];
    if (view->unrecorded > 0) {
        strings_compose(waiting, sizeof waiting, STR_WAITING_RECORDS,
                        format_count(view->unrecorded).text, NULL);
        strings_compose(text, STRINGS_COMPOSED_MAX, STR_JOIN, fault, waiting);
    } else {
        strings_compose(text, STRINGS_COMPOSED_MAX, STR_NAME_ALONE, fault, NULL);
    }
}

void notices_all(struct notices *notices, const struct view *view)
{
    static const struct {
        bool (*wanted)(const struct view_bin *bin);
        enum string_id text;
    } rules[] = {{scale_silent, STR_NOTICE_SCALE_SILENT},
                 {scale_error, STR_NOTICE_SCALE_ERROR},
                 {scale_out_of_range, STR_NOTICE_SCALE_RANGE},
                 {scale_frozen, STR_NOTICE_SCALE_FROZEN},
                 {lid_fault, STR_NOTICE_LID},
                 {lid_left_open, STR_NOTICE_LID_OPEN}};
    char bins[STRINGS_COMPOSED_MAX];

    notices_storage(notices, view);
    if (view->unknown_card) {
        strings_compose(notices->texts[notices->count++], STRINGS_COMPOSED_MAX, STR_NOTICE_CARD,
                        NULL, NULL);
    }
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        unsigned which = 0;
        for (int k = 0; k < view->bin_count; k++) {
            which |= (unsigned)rules[i].wanted(&view->bins[k]) << k;
        }
        if (notices_bin_numbers(bins, sizeof bins, view, which) > 0) {
            strings_compose(notices->texts[notices->count++], STRINGS_COMPOSED_MAX, rules[i].text,
                            bins, NULL);
        }
    }
    if (!view->has_clock) {
        strings_compose(notices->texts[notices->count++], STRINGS_COMPOSED_MAX, STR_NOTICE_CLOCK,
                        NULL, NULL);
    }
}

void notices_draw(struct canvas *canvas, rect_t rect, const struct notices *notices)
{
    enum { ICON_SIZE = 32, LINE_HEIGHT = 29 };
    const text_style_t style = {TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, COLOUR_INK};
    char more[FORMAT_MAX * 2], last[STRINGS_COMPOSED_MAX];

    canvas_fill(canvas, rect, COLOUR_WARN_SOFT, RADIUS);
    rect_t inside = layout_inset(rect, GAP, 3);
    const rect_t icon = layout_cut_left(&inside, ICON_SIZE);
    canvas_icon(canvas, layout_centre(icon, ICON_SIZE, ICON_SIZE), ICON_WARNING, COLOUR_INK);
    layout_cut_left(&inside, GAP - 4);

    const int room = inside.h / LINE_HEIGHT > 0 ? inside.h / LINE_HEIGHT : 1;
    if (notices->count == 1) {
        canvas_block(canvas, inside, style, room, BLOCK_MIDDLE, notices->texts[0]);
        return;
    }
    const int lines = notices->count < room ? notices->count : room;
    rect_t block = layout_centre(inside, inside.w, lines * LINE_HEIGHT);
    for (int i = 0; i < lines - 1; i++) {
        canvas_text(canvas, layout_cut_top(&block, LINE_HEIGHT), style, notices->texts[i]);
    }
    if (notices->count > lines) {
        strings_compose(more, sizeof more, STR_NOTICE_MORE,
                        format_count(notices->count - lines).text, NULL);
        strings_compose(last, sizeof last, STR_JOIN, notices->texts[lines - 1], more);
    } else {
        strings_compose(last, sizeof last, STR_NAME_ALONE, notices->texts[lines - 1], NULL);
    }
    canvas_text(canvas, layout_cut_top(&block, LINE_HEIGHT), style, last);
}

static void cut_notices(struct canvas *canvas, rect_t *page, const struct notices *notices)
{
    if (notices->count == 0) {
        return;
    }
    notices_draw(canvas, layout_cut_top(page, NOTICE_HEIGHT), notices);
    layout_cut_top(page, GAP);
}

void notices_cut_storage(struct canvas *canvas, rect_t *page, const struct view *view)
{
    struct notices notices;
    notices_storage(&notices, view);
    cut_notices(canvas, page, &notices);
}

void notices_cut_service(struct canvas *canvas, rect_t *page, const struct view *view)
{
    struct notices notices;
    notices_storage(&notices, view);
    if (notices.count == 0 && view->store_low) {
        strings_compose(notices.texts[notices.count++], STRINGS_COMPOSED_MAX, STR_STORE_LOW, NULL,
                        NULL);
    }
    cut_notices(canvas, page, &notices);
}
