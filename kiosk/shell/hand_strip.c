#include "kiosk/shell/hand_strip.h"

#include "kiosk/ui/canvas.h"
#include "kiosk/ui/format.h"
#include "kiosk/ui/strings.h"
#include "kiosk/ui/widgets.h"

enum { SMALL_BAG_G = 350, LARGE_BAG_G = 2400, TITLE_SHARE = 3 };

static const struct {
    enum string_id label;
    enum hand_kind kind;
    int value;
} buttons[HAND_BUTTONS] = {
    {STR_HAND_OPEN, HAND_LID, 1}, /* or closes, when the lid is open */
    {STR_HAND_SMALL, HAND_THROW, SMALL_BAG_G},
    {STR_HAND_LARGE, HAND_THROW, LARGE_BAG_G},
    {STR_HAND_EMPTY, HAND_EMPTY, 0},
};

int hand_strip_height(int width, int height)
{
    int short_side = width < height ? width : height;
    int strip = short_side / 9;
    /* Narrow windows give each bin two rows of buttons. */
    return width < height ? strip * 2 : strip;
}

void hand_strip_init(struct hand_strip *strip, const struct ui *kiosk, int height)
{
    *strip = (struct hand_strip){.window = *kiosk, .top = kiosk->height, .pressed = -1};
    strip->window.height += height;
    int gap = height / 12 + 2;
    bool two_rows = kiosk->width < kiosk->height;
    int columns = two_rows ? HAND_BUTTONS / 2 : HAND_BUTTONS;
    int title_h = height / (two_rows ? TITLE_SHARE + 1 : TITLE_SHARE);
    int bin_w = (kiosk->width - gap) / SIM_BINS;
    int rows = HAND_BUTTONS / columns;
    int button_w = (bin_w - gap) / columns;
    int button_h = (height - title_h - gap) / rows;
    for (int i = 0; i < HAND_PLACES; i++) {
        int bin = i / HAND_BUTTONS, button = i % HAND_BUTTONS;
        strip->places[i] = (rect_t){
            .x = gap + bin * bin_w + button % columns * button_w,
            .y = strip->top + title_h + button / columns * button_h,
            .w = button_w - gap / 2,
            .h = button_h - gap / 2,
        };
    }
}

/* A canvas whose unit is the pixel: the strip is laid out in those. */
static struct canvas pixels(const struct hand_strip *strip, struct draw_list *list)
{
    return (struct canvas){.ui = &strip->window,
                           .list = list,
                           .short_px = LAYOUT_SHORT_SIDE,
                           .width = strip->window.width,
                           .height = strip->window.height};
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static void draw_button(struct canvas *canvas, const struct hand_strip *strip, int place)
{
    const rect_t rect = strip->places[place];
    const bool pressed = place == strip->pressed;
    enum string_id label = buttons[place % HAND_BUTTONS].label;
    if (label == STR_HAND_OPEN && strip->lid_open[place / HAND_BUTTONS]) {
        label = STR_HAND_CLOSE;
    }
    const int size = least(rect.h * 2 / 5, rect.w / 4);
    canvas_fill(canvas, rect, pressed ? COLOUR_INK_PRESSED : COLOUR_CARD, rect.h / 6);
    canvas_text(canvas, rect,
                (text_style_t){size, FONT_REGULAR, ALIGN_CENTRE,
                               pressed ? (uint32_t)COLOUR_WHITE : (uint32_t)COLOUR_INK},
                strings_get(label));
}

void hand_strip_draw(struct hand_strip *strip, const struct view *view, struct draw_list *list)
{
    struct canvas canvas = pixels(strip, list);
    const int width = strip->window.width;
    const int title_h = strip->places[0].y - strip->top;
    canvas_fill(&canvas, (rect_t){0, strip->top, width, strip->window.height - strip->top},
                COLOUR_INK, 0);
    for (int bin = 0; bin < SIM_BINS && bin < view->bin_count; bin++) {
        char title[STRINGS_COMPOSED_MAX];
        strip->lid_open[bin] = view->bins[bin].lid_open;
        strings_compose(title, sizeof title, STR_HAND_TITLE,
                        format_count(view->bins[bin].number).text,
                        widget_class_label(view->site, view->bins[bin].class));
        const int x = strip->places[bin * HAND_BUTTONS].x;
        const rect_t line = {x, strip->top, width / SIM_BINS - strip->places[0].x, title_h};
        canvas_text(&canvas, line,
                    (text_style_t){least(title_h * 3 / 5, line.w / 9), FONT_REGULAR, ALIGN_LEFT,
                                   COLOUR_LINE},
                    title);
        for (int button = 0; button < HAND_BUTTONS; button++) {
            draw_button(&canvas, strip, bin * HAND_BUTTONS + button);
        }
    }
}

static int place_at(const struct hand_strip *strip, int x, int y)
{
    for (int i = 0; i < HAND_PLACES; i++) {
        rect_t rect = strip->places[i];
        if (x >= rect.x && x < rect.x + rect.w && y >= rect.y && y < rect.y + rect.h) {
            return i;
        }
    }
    return -1;
}

void hand_strip_press(struct hand_strip *strip, int x, int y)
{
    strip->pressed = strip->window.height > strip->top ? place_at(strip, x, y) : -1;
}

bool hand_strip_release(struct hand_strip *strip, int x, int y, struct simulation_hand *hand)
{
    int place = strip->pressed;
    strip->pressed = -1;
    if (place < 0 || place_at(strip, x, y) != place) {
        return false;
    }
    int bin = place / HAND_BUTTONS, button = place % HAND_BUTTONS;
    *hand = (struct simulation_hand){
        .kind = buttons[button].kind,
        .bin = bin,
        .value = buttons[button].kind == HAND_LID ? !strip->lid_open[bin] : buttons[button].value,
    };
    return true;
}
