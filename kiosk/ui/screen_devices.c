/* The technician's board: one row a device, and which channel a lid is on. */
#include "kiosk/ui/format.h"
#include "kiosk/ui/notices.h"
#include "kiosk/ui/screens.h"
#include "kiosk/ui/widgets.h"

#include <string.h>

enum { COUNT_LINE = 28 };

static const text_style_t plain = {TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, COLOUR_INK};
static const text_style_t strong = {TEXT_BODY, FONT_BOLD, ALIGN_LEFT, COLOUR_INK};
static const text_style_t quiet = {TEXT_BODY, FONT_REGULAR, ALIGN_LEFT, COLOUR_QUIET};

/* ---- one device ------------------------------------------------------------------------------ */

static bool port_is_well(const struct view_device *device)
{
    return device->state == PORT_TRUSTED && device->fault == PORT_FAULT_NONE;
}

/* What the device itself says, or fails to say, over a line that is in order. */
static enum string_id scale_words(const struct view_device *device)
{
    static const enum string_id words[] = {[SENSOR_OVERLOAD] = STR_STATE_RANGE,
                                           [SENSOR_ERROR] = STR_SCALE_FAULT,
                                           [SENSOR_FROZEN] = STR_STATE_FROZEN};
    const bool has_words = device->scale == SENSOR_OVERLOAD || device->scale == SENSOR_ERROR ||
                           device->scale == SENSOR_FROZEN;
    return has_words && port_is_well(device) ? words[device->scale] : STR_PORT_TRUSTED;
}

static bool is_well(const struct view_device *device)
{
    return port_is_well(device) && scale_words(device) == STR_PORT_TRUSTED;
}

static const char *state_words(const struct view_device *device)
{
    static const enum string_id faults[PORT_FAULT_COUNT] = {
        [PORT_FAULT_ABSENT] = STR_PORT_ABSENT,
        [PORT_FAULT_UNOPENABLE] = STR_PORT_UNOPENABLE,
        [PORT_FAULT_LOST] = STR_PORT_LOST,
        [PORT_FAULT_SILENT] = STR_PORT_SILENT,
        [PORT_FAULT_FRAMES] = STR_PORT_FRAMES,
        [PORT_FAULT_WRONG_DEVICE] = STR_PORT_WRONG_DEVICE,
        [PORT_FAULT_DUPLICATE] = STR_PORT_DUPLICATE,
        [PORT_FAULT_UNIT] = STR_PORT_UNIT,
    };
    static const enum string_id states[PORT_STATE_COUNT] = {
        [PORT_ABSENT] = STR_PORT_ABSENT,     [PORT_OPENING] = STR_PORT_OPENING,
        [PORT_CHECKING] = STR_PORT_CHECKING, [PORT_TRUSTED] = STR_PORT_TRUSTED,
        [PORT_SILENT] = STR_PORT_SILENT,     [PORT_LOST] = STR_PORT_LOST,
    };
    if (port_is_well(device)) {
        return strings_get(scale_words(device));
    }
    return strings_get(device->fault != PORT_FAULT_NONE ? faults[device->fault]
                                                        : states[device->state]);
}

static void state_draw(struct canvas *canvas, rect_t rect, const struct view_device *device)
{
    const char *words = state_words(device);
    rect = layout_centre(rect, rect.w, COUNT_LINE + GAP_SMALL);
    if (!is_well(device)) {
        const int wide = canvas_measure(canvas, TEXT_BODY, FONT_BOLD, words);
        rect = layout_cut_left(&rect, wide + 2 * GAP_SMALL + 2);
        canvas_fill(canvas, rect, COLOUR_WARN_SOFT, GAP_SMALL);
        rect = layout_inset(rect, GAP_SMALL, 0);
    }
    canvas_text(canvas, rect, strong, words);
}

static void bins_words(char *out, size_t size, const struct view_device *device)
{
    const number_text_t number = format_count(device->bins == 1 ? device->first_bin : device->bins);
    strings_compose(out, size,
                    device->bins == 0   ? STR_DEVICE_UNUSED
                    : device->bins == 1 ? STR_BINS
                                        : STR_DEVICE_BINS,
                    number.text, NULL);
}

/* "1 开 · 2 关": every channel of a lid board. */
static void lids_words(char *out, size_t size, const struct view_device *device)
{
    out[0] = '\0';
    for (int i = 0; device->lids[i] != '\0'; i++) {
        const char state = device->lids[i];
        char channel[FORMAT_MAX * 2], joined[STRINGS_COMPOSED_MAX];
        strings_compose(channel, sizeof channel,
                        state == 'O'   ? STR_CHANNEL_OPEN
                        : state == 'C' ? STR_CHANNEL_CLOSED
                                       : STR_CHANNEL_UNHEARD,
                        format_count(i + 1).text, NULL);
        strings_compose(joined, sizeof joined, i == 0 ? STR_NAME_ALONE : STR_PAIR,
                        i == 0 ? channel : out, channel);
        strings_compose(out, size, STR_NAME_ALONE, joined, NULL);
    }
}

static void value_words(char *out, size_t size, const struct view_device *device)
{
    if (device->weighs) {
        const number_text_t kilograms = format_kilograms(device->grams, 2);
        strings_compose(out, size, device->has_grams ? STR_WEIGHT : STR_UNKNOWN, kilograms.text,
                        NULL);
    } else if (device->lids[0] != '\0') {
        lids_words(out, size, device);
    } else {
        strings_compose(out, size, STR_UNKNOWN, NULL, NULL);
    }
}

/* What a scale turned out to be like; what arrived where that is not known or no scale. */
static void learnt_words(char *out, size_t size, const struct view_device *device)
{
    if (device->weighs && device->has_noise) {
        const int32_t noise_g = (device->noise_mg + 999) / 1000;
        strings_compose(out, size, STR_DEVICE_LEARNT, format_count(device->division_g).text,
                        format_count(noise_g).text);
    } else {
        strings_compose(out, size, STR_DEVICE_FRAMES, format_grouped((int64_t)device->frames).text,
                        NULL);
    }
}

/* What arrived, above what was dropped and how often the line was; the latter alone where rows are
 * low. */
static void counts_draw(struct canvas *canvas, rect_t rect, const struct view_device *device)
{
    char words[STRINGS_COMPOSED_MAX];
    if (rect.h >= 2 * COUNT_LINE) {
        learnt_words(words, sizeof words, device);
        canvas_text(canvas, layout_cut_top(&rect, rect.h / 2), quiet, words);
    }
    strings_compose(words, sizeof words, STR_DEVICE_REJECTS,
                    format_grouped((int64_t)device->rejects).text,
                    format_count(device->disconnects_in_hour).text);
    canvas_text(canvas, rect, quiet, words);
}

static void name_draw(struct canvas *canvas, rect_t rect, const struct view_device *device)
{
    char bins[FORMAT_MAX * 2];
    widget_badge(canvas, layout_centre(layout_cut_left(&rect, 36), 28, 28),
                 is_well(device) ? ICON_CHECK : ICON_WARNING,
                 is_well(device) ? COLOUR_GOOD : COLOUR_WARN);
    layout_cut_left(&rect, GAP_SMALL);
    canvas_text(canvas, layout_cut_left(&rect, 76), strong, device->name);
    bins_words(bins, sizeof bins, device);
    canvas_text(canvas, layout_cut_left(&rect, 100), plain, bins);
    canvas_text(canvas, rect, quiet, device->protocol);
}

static void device_row(struct canvas *canvas, rect_t rect, const struct view_device *device)
{
    enum { NAME = 380, STATE = 150, VALUE = 224, AGE = 116 };
    char value[STRINGS_COMPOSED_MAX], age[FORMAT_MAX * 2];
    value_words(value, sizeof value, device);
    widget_age(age, sizeof age, device->age_ms);
    widget_card(canvas, rect);
    rect_t inside = layout_inset(rect, GAP, 2);
    if (canvas->portrait) {
        rect_t upper = layout_cut_top(&inside, inside.h / 2);
        state_draw(canvas, layout_cut_right(&upper, STATE), device);
        name_draw(canvas, upper, device);
        canvas_text(canvas, layout_cut_left(&inside, VALUE), plain, value);
        canvas_text(canvas, layout_cut_left(&inside, AGE), quiet, age);
        counts_draw(canvas, inside, device);
        return;
    }
    name_draw(canvas, layout_cut_left(&inside, NAME), device);
    state_draw(canvas, layout_cut_left(&inside, STATE), device);
    canvas_text(canvas, layout_cut_left(&inside, VALUE), plain, value);
    canvas_text(canvas, layout_cut_left(&inside, AGE), quiet, age);
    counts_draw(canvas, inside, device);
}

/* ---- wiring ---------------------------------------------------------------------------------- */

static void wiring_words(char *out, size_t size, const struct view *view)
{
    const struct view_wiring *wiring = &view->wiring;
    char bin[FORMAT_MAX], other[FORMAT_MAX], where[STRINGS_COMPOSED_MAX];
    strings_compose(bin, sizeof bin, STR_BINS, format_count(view->bins[wiring->bin].number).text,
                    NULL);
    if (wiring->port != NULL) {
        strings_compose(where, sizeof where, STR_WIRING_CHANNEL, wiring->port,
                        format_count(wiring->channel).text);
    }
    switch (wiring->result) {
    case WIRING_OFF:
        strings_compose(out, size, STR_WIRING_ASK, NULL, NULL);
        break;
    case WIRING_WAITING:
        strings_compose(out, size, STR_WIRING_OPEN, bin, format_count(wiring->wait_s).text);
        break;
    case WIRING_RIGHT:
        strings_compose(out, size, STR_WIRING_RIGHT, bin, where);
        break;
    case WIRING_OTHER:
        if (wiring->other_bin < 0) {
            strings_compose(out, size, STR_WIRING_NO_BIN, where, NULL);
            break;
        }
        strings_compose(other, sizeof other, STR_BINS,
                        format_count(view->bins[wiring->other_bin].number).text, NULL);
        strings_compose(out, size, STR_WIRING_OTHER, where, other);
        break;
    case WIRING_NOTHING:
        strings_compose(out, size, STR_WIRING_NOTHING, bin, NULL);
        break;
    }
}

/* ---- zero and tare --------------------------------------------------------------------------- */

static void order_words(char *out, size_t size, const struct view *view)
{
    static const enum string_id words[] = {
        [ORDER_PICK] = STR_ORDER_PICK,       [ORDER_BIN] = STR_ORDER_BIN,
        [ORDER_WAITING] = STR_ORDER_WAITING, [ORDER_DONE] = STR_ORDER_DONE,
        [ORDER_SAME] = STR_ORDER_SAME,       [ORDER_SILENT] = STR_ORDER_SILENT,
    };
    const struct view_order *order = &view->order;
    char bin[FORMAT_MAX], weight[STRINGS_COMPOSED_MAX];
    strings_compose(bin, sizeof bin, STR_BINS, format_count(view->bins[order->bin].number).text,
                    NULL);
    strings_compose(weight, sizeof weight, order->has_grams ? STR_WEIGHT : STR_UNKNOWN,
                    format_kilograms(order->grams, 2).text, NULL);
    const enum string_id id = order->step != ORDER_CONFIRM ? words[order->step]
                              : order->is_tare             ? STR_ORDER_TARE
                                                           : STR_ORDER_ZERO;
    strings_compose(out, size, id, bin, weight);
}

/* ---- the question below, and its buttons ----------------------------------------------------- */

enum { CHOICES_MAX = SITE_BINS_MAX + 1 };

struct choices {
    int count;
    char bins[SITE_BINS_MAX][FORMAT_MAX];
    struct button buttons[CHOICES_MAX];
};

static void add(struct choices *choices, enum button_kind kind, const char *text,
                enum intent_kind intent, int argument)
{
    choices->buttons[choices->count++] = (struct button){
        .kind = kind, .icon = ICON_NONE, .text = text, .intent = intent, .argument = argument};
}

static void add_bins(struct choices *choices, const struct view *view, enum intent_kind intent,
                     int primary)
{
    for (int i = 0; i < view->bin_count; i++) {
        strings_compose(choices->bins[i], FORMAT_MAX, STR_BINS,
                        format_count(view->bins[i].number).text, NULL);
        add(choices, i == primary ? BUTTON_PRIMARY : BUTTON_SECONDARY, choices->bins[i], intent,
            view->bins[i].number);
    }
}

static void wiring_choices(struct choices *choices, const struct view *view)
{
    const bool waits = view->wiring.result == WIRING_WAITING;
    add_bins(choices, view, INTENT_WIRING, waits ? view->wiring.bin : -1);
    for (int i = 0; i < choices->count && view->bin_count <= 4; i++) {
        choices->buttons[i].icon = ICON_LID;
    }
    if (view->order.is_offered) {
        add(choices, BUTTON_SECONDARY, strings_get(STR_ORDER_OPEN), INTENT_SCALES, 0);
    }
}

static void order_choices(struct choices *choices, const struct view *view)
{
    const struct view_order *order = &view->order;
    const bool is_asked = order->step == ORDER_BIN;
    if (order->step == ORDER_WAITING) {
        return;
    }
    if (order->step == ORDER_PICK) {
        add_bins(choices, view, INTENT_SCALE, -1);
    }
    if (is_asked && order->zeroes) {
        add(choices, BUTTON_SECONDARY, strings_get(STR_ZERO), INTENT_ZERO, 0);
    }
    if (is_asked && order->tares) {
        add(choices, BUTTON_SECONDARY, strings_get(STR_TARE), INTENT_TARE, 0);
    }
    if (order->step == ORDER_CONFIRM) {
        add(choices, BUTTON_PRIMARY, strings_get(STR_CONFIRM), INTENT_CONFIRM, 0);
    }
    const bool is_over = order->step > ORDER_WAITING;
    add(choices, BUTTON_SECONDARY, strings_get(is_over ? STR_BACK : STR_CANCEL), INTENT_CANCEL, 0);
}

static void question_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    const bool is_order = view->order.step != ORDER_OFF;
    const bool must_act =
        is_order ? view->order.step >= ORDER_CONFIRM && view->order.step != ORDER_DONE
                 : view->wiring.result == WIRING_WAITING || view->wiring.result == WIRING_OTHER ||
                       view->wiring.result == WIRING_NOTHING;
    char words[STRINGS_COMPOSED_MAX];
    struct choices choices = {.count = 0};
    if (is_order) {
        order_words(words, sizeof words, view);
        order_choices(&choices, view);
    } else {
        wiring_words(words, sizeof words, view);
        wiring_choices(&choices, view);
    }
    rect_t line = layout_cut_top(&rect, 44);
    if (must_act) {
        canvas_fill(canvas, line, COLOUR_WARN_SOFT, GAP_SMALL);
        line = layout_inset(line, GAP_SMALL, 0);
    }
    canvas_text(canvas, line, (text_style_t){TEXT_LARGE, FONT_BOLD, ALIGN_LEFT, COLOUR_INK}, words);
    layout_cut_top(&rect, GAP_SMALL);
    for (int i = 0; i < choices.count; i++) {
        widget_button(canvas, layout_cell(rect, choices.count, 1, GAP_SMALL, i),
                      &choices.buttons[i]);
    }
}

/* ---- the screen ------------------------------------------------------------------------------ */

static int well_count(const struct view *view)
{
    int count = 0;
    for (int i = 0; i < view->device_count; i++) {
        count += is_well(&view->devices[i]);
    }
    return count;
}

/* Faults first: where there is no room for all, those that are well are left out. */
static void order_by_need(const struct view *view, int order[HW_PORTS_MAX])
{
    int count = 0;
    for (int well = 0; well <= 1; well++) {
        for (int i = 0; i < view->device_count; i++) {
            if (is_well(&view->devices[i]) == (well == 1)) {
                order[count++] = i;
            }
        }
    }
}

static void devices_draw(struct canvas *canvas, rect_t rect, const struct view *view)
{
    enum { ROW_LEAST = 42, ROW_LEAST_PORTRAIT = 74, ROW_MOST = 64, ROW_MOST_PORTRAIT = 92 };
    const int least = canvas->portrait ? ROW_LEAST_PORTRAIT : ROW_LEAST;
    const int most = canvas->portrait ? ROW_MOST_PORTRAIT : ROW_MOST;
    const int room = (rect.h + GAP_SMALL) / (least + GAP_SMALL);
    const bool all = view->device_count <= room;
    int order[HW_PORTS_MAX];
    order_by_need(view, order);
    const int rows = all ? view->device_count : room;
    const int shown = all ? rows : rows - 1;
    if (rows == 0) {
        return;
    }
    const int fit = (rect.h + GAP_SMALL) / rows - GAP_SMALL;
    rect.h = rows * ((fit < most ? fit : most) + GAP_SMALL) - GAP_SMALL;
    for (int i = 0; i < shown; i++) {
        device_row(canvas, layout_cell(rect, 1, rows, GAP_SMALL, i),
                   &view->devices[all ? i : order[i]]);
    }
    if (!all) {
        char words[STRINGS_COMPOSED_MAX];
        strings_compose(words, sizeof words, STR_DEVICES_MORE,
                        format_count(view->device_count - shown).text, NULL);
        canvas_text(canvas, layout_cell(rect, 1, rows, GAP_SMALL, shown), quiet, words);
    }
}

void screen_devices_draw(struct canvas *canvas, const struct view *view)
{
    char words[STRINGS_COMPOSED_MAX];
    strings_compose(words, sizeof words, STR_DEVICES_WELL, format_count(well_count(view)).text,
                    format_count(view->device_count).text);
    canvas_fill(canvas, canvas_panel(canvas), COLOUR_PAPER, 0);
    rect_t page = canvas_page(canvas);
    widget_board_top(canvas, &page, view, strings_get(STR_DEVICES_TITLE), words);
    const int button = BUTTON_HEIGHT > canvas->touch ? BUTTON_HEIGHT : canvas->touch;
    question_draw(canvas, layout_cut_bottom(&page, 44 + GAP_SMALL + button), view);
    layout_cut_bottom(&page, GAP);
    if (view->fingerprint[0] != '\0') {
        strings_compose(words, sizeof words, STR_FINGERPRINT, view->fingerprint, NULL);
        canvas_text(canvas, layout_cut_bottom(&page, canvas_line_height(TEXT_BODY)), quiet, words);
        layout_cut_bottom(&page, GAP_SMALL);
    }
    devices_draw(canvas, page, view);
}

intent_t screen_devices_key(const struct view *view, enum ui_key key)
{
    const int digit = screens_key_digit(key);
    for (int i = 0; i < view->bin_count; i++) {
        if (view->bins[i].number == digit) {
            return (intent_t){view->order.step == ORDER_OFF ? INTENT_WIRING : INTENT_SCALE, digit};
        }
    }
    if (key == UI_KEY_ENTER && view->order.step == ORDER_CONFIRM) {
        return (intent_t){INTENT_CONFIRM, 0};
    }
    return (intent_t){key == UI_KEY_ESCAPE ? INTENT_CANCEL : INTENT_NONE, 0};
}
