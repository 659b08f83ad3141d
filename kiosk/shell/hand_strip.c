#include "kiosk/shell/hand_strip.h"

#include "kiosk/ui/strings.h"
#include "kiosk/ui/theme.h"

#include <stdio.h>
#include <string.h>

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
    *strip = (struct hand_strip){.ui = *kiosk, .top = kiosk->height, .pressed = -1};
    strip->ui.height = height;
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

static struct draw_command *add(struct draw_list *list, enum draw_kind kind, rect_t rect,
                                uint32_t colour)
{
    if (list->command_count == DRAW_COMMANDS_MAX) {
        list->overflow = true;
        return NULL;
    }
    struct draw_command *command = &list->commands[list->command_count++];
    memset(command, 0, sizeof *command);
    command->kind = (uint8_t)kind;
    command->rect = rect;
    command->colour = colour;
    command->alpha = 255;
    return command;
}

static void add_text(struct draw_list *list, rect_t rect, int size, uint32_t colour,
                     enum text_align align, const char *text)
{
    size_t length = strlen(text) + 1;
    struct draw_command *command = (size_t)list->text_used + length <= DRAW_TEXT_POOL_MAX
                                       ? add(list, DRAW_TEXT, rect, colour)
                                       : NULL;
    if (command == NULL) {
        list->overflow = true;
        return;
    }
    memcpy(list->texts + list->text_used, text, length);
    command->text = (uint16_t)list->text_used;
    command->size = (int16_t)size;
    command->align = (uint8_t)align;
    command->weight = FONT_REGULAR;
    list->text_used += (int)length;
}

static void draw_button(const struct hand_strip *strip, int place, struct draw_list *list)
{
    rect_t rect = strip->places[place];
    bool pressed = place == strip->pressed;
    struct draw_command *ground =
        add(list, DRAW_FILL, rect, pressed ? COLOUR_INK_PRESSED : COLOUR_CARD);
    if (ground != NULL) {
        ground->radius = (int16_t)(rect.h / 6);
    }
    enum string_id label = buttons[place % HAND_BUTTONS].label;
    if (label == STR_HAND_OPEN && strip->lid_open[place / HAND_BUTTONS]) {
        label = STR_HAND_CLOSE;
    }
    int size = rect.h * 2 / 5 < rect.w / 4 ? rect.h * 2 / 5 : rect.w / 4;
    add_text(list, rect, size, pressed ? COLOUR_WHITE : COLOUR_INK, ALIGN_CENTRE,
             strings_get(label));
}

void hand_strip_draw(struct hand_strip *strip, const struct view *view, struct draw_list *list)
{
    rect_t all = {0, strip->top, strip->ui.width, strip->ui.height};
    add(list, DRAW_FILL, all, COLOUR_INK);
    int title_h = strip->places[0].y - strip->top;
    for (int bin = 0; bin < SIM_BINS && bin < view->bin_count; bin++) {
        strip->lid_open[bin] = view->bins[bin].lid_open;
        char number[8], title[STRINGS_COMPOSED_MAX];
        snprintf(number, sizeof number, "%d", view->bins[bin].number);
        strings_compose(title, sizeof title, STR_HAND_TITLE, number,
                        view->site->classes[view->bins[bin].class].label);
        rect_t place = strip->places[bin * HAND_BUTTONS];
        rect_t line = {place.x, strip->top, strip->ui.width / SIM_BINS - place.h / 4, title_h};
        add_text(list, line, title_h * 3 / 5, COLOUR_LINE, ALIGN_LEFT, title);
        for (int button = 0; button < HAND_BUTTONS; button++) {
            draw_button(strip, bin * HAND_BUTTONS + button, list);
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
    strip->pressed = strip->ui.height > 0 ? place_at(strip, x, y) : -1;
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
