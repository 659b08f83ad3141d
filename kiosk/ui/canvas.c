#include "kiosk/ui/canvas.h"

#include "kiosk/ui/strings.h"
#include "kiosk/ui/text.h"

#include <assert.h>
#include <string.h>

/* Line height over em height, in percent: room for descenders and brackets outside the em box. */
enum { LINE_HEIGHT_PERCENT = 130 };

/* From the em box's middle down to the baseline, in percent of the em: the box reaches from 0.12
 * below to 0.88 above it (Noto Sans CJK, table OS/2 and `BASE`). */
enum { BASELINE_PERCENT = 38 };

static int clamp(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

struct canvas canvas_begin(const struct ui *ui, enum view_screen screen, struct draw_list *list)
{
    assert(ui->width > 0 && ui->height > 0 && ui->metrics.text_width != NULL);
    const bool portrait = ui->height > ui->width;
    const int short_px = portrait ? ui->width : ui->height;
    const int long_px = portrait ? ui->height : ui->width;
    const int long_units = long_px * LAYOUT_SHORT_SIDE / short_px;
    struct canvas canvas = {
        .ui = ui,
        .list = list,
        .screen = screen,
        .short_px = short_px,
        .width = portrait ? LAYOUT_SHORT_SIDE : long_units,
        .height = portrait ? long_units : LAYOUT_SHORT_SIDE,
        .portrait = portrait,
        .touch = TOUCH_LEAST,
    };
    if (ui->panel_width_mm > 0) {
        const int width_mm = ui->panel_width_mm;
        canvas.touch =
            clamp((TOUCH_MM * canvas.width + width_mm - 1) / width_mm + 1, TOUCH_LEAST, TOUCH_MOST);
    }
    return canvas;
}

rect_t canvas_panel(const struct canvas *canvas)
{
    return (rect_t){0, 0, canvas->width, canvas->height};
}

rect_t canvas_page(const struct canvas *canvas)
{
    const int margin = canvas->portrait ? MARGIN_PORTRAIT : MARGIN;
    return layout_inset(canvas_panel(canvas), margin, MARGIN_PORTRAIT);
}

static int px(const struct canvas *canvas, int units)
{
    return layout_px(canvas->short_px, units);
}

static void append(struct canvas *canvas, struct draw_command command)
{
    struct draw_list *list = canvas->list;
    if (list->command_count == DRAW_COMMANDS_MAX) {
        list->overflow = true;
        return;
    }
    list->commands[list->command_count++] = command;
}

/* A panel whose long side is no whole number of units has up to one unit more: what reaches the
 * canvas's edge reaches the panel's. */
static rect_t device_rect(const struct canvas *canvas, rect_t rect)
{
    rect_t out = layout_px_rect(canvas->short_px, rect);
    if (rect.x + rect.w == canvas->width) {
        out.w = canvas->ui->width - out.x;
    }
    if (rect.y + rect.h == canvas->height) {
        out.h = canvas->ui->height - out.y;
    }
    return out;
}

static struct draw_command shape(const struct canvas *canvas, enum draw_kind kind, rect_t rect,
                                 uint32_t colour)
{
    return (struct draw_command){
        .kind = (uint8_t)kind, .alpha = 255, .rect = device_rect(canvas, rect), .colour = colour};
}

void canvas_fill_alpha(struct canvas *canvas, rect_t rect, uint32_t colour, int radius, int alpha)
{
    struct draw_command command = shape(canvas, DRAW_FILL, rect, colour);
    const int shorter = command.rect.w < command.rect.h ? command.rect.w : command.rect.h;
    if (shorter <= 0) {
        return;
    }
    command.radius = (int16_t)clamp(px(canvas, radius), 0, shorter / 2);
    command.alpha = (uint8_t)alpha;
    append(canvas, command);
}

void canvas_fill(struct canvas *canvas, rect_t rect, uint32_t colour, int radius)
{
    canvas_fill_alpha(canvas, rect, colour, radius, 255);
}

void canvas_frame(struct canvas *canvas, rect_t rect, uint32_t colour, int radius, int line)
{
    struct draw_command command = shape(canvas, DRAW_FRAME, rect, colour);
    const int shorter = command.rect.w < command.rect.h ? command.rect.w : command.rect.h;
    if (shorter <= 0) {
        return;
    }
    command.radius = (int16_t)clamp(px(canvas, radius), 0, shorter / 2);
    command.line = (int16_t)clamp(px(canvas, line), 1, shorter);
    append(canvas, command);
}

void canvas_dash(struct canvas *canvas, rect_t rect, uint32_t colour, int line)
{
    struct draw_command command = shape(canvas, DRAW_DASH, rect, colour);
    command.line = (int16_t)clamp(px(canvas, line), 1, command.rect.h);
    append(canvas, command);
}

void canvas_icon(struct canvas *canvas, rect_t rect, enum icon icon, uint32_t colour)
{
    struct draw_command command = shape(canvas, DRAW_ICON, rect, colour);
    command.weight = FONT_ICONS;
    command.icon = (uint32_t)icon;
    append(canvas, command);
}

/* The place of `text` in the pool; -1 where it has no room. */
static int pool_text(struct draw_list *list, const char *text, int count)
{
    const int place = list->text_used;
    if (place + count + 1 > DRAW_TEXT_POOL_MAX) {
        list->overflow = true;
        return -1;
    }
    memcpy(list->texts + place, text, (size_t)count);
    list->texts[place + count] = '\0';
    list->text_used += count + 1;
    return place;
}

void canvas_qr(struct canvas *canvas, rect_t rect, const char *text)
{
    enum { QUIET_PARTS = 16 }; /* 4 modules on each side of the 65 that a statement takes */
    canvas_fill(canvas, rect, COLOUR_QR_GROUND, 0);
    struct draw_command command = shape(
        canvas, DRAW_QR, layout_inset(rect, rect.w / QUIET_PARTS, rect.h / QUIET_PARTS), COLOUR_QR);
    const int place = pool_text(canvas->list, text, (int)strlen(text));
    if (place >= 0) {
        command.text = (uint16_t)place;
        append(canvas, command);
    }
}

static void append_text(struct canvas *canvas, rect_t device, int size_px, text_style_t style,
                        const char *text, int count)
{
    struct draw_list *list = canvas->list;
    const int place = count == 0 ? -1 : pool_text(list, text, count);
    if (place < 0) {
        return;
    }
    struct draw_command command = {.kind = DRAW_TEXT,
                                   .weight = (uint8_t)style.weight,
                                   .align = (uint8_t)style.align,
                                   .alpha = 255,
                                   .rect = device,
                                   .colour = style.colour,
                                   .size = (int16_t)size_px,
                                   .text = (uint16_t)place};
    append(canvas, command);
}

static struct text_face face_of(const struct canvas *canvas, enum font_weight weight)
{
    return (struct text_face){&canvas->ui->metrics, weight};
}

int canvas_line_height(int size)
{
    return (size * LINE_HEIGHT_PERCENT + 99) / 100;
}

int canvas_measure(const struct canvas *canvas, int size, enum font_weight weight, const char *text)
{
    const int wide = text_width(face_of(canvas, weight), px(canvas, size), text, (int)strlen(text));
    return (wide * LAYOUT_SHORT_SIDE + canvas->short_px - 1) / canvas->short_px;
}

static int least_px(const struct canvas *canvas, int size)
{
    return px(canvas, size < TEXT_LEAST ? size : TEXT_LEAST);
}

void canvas_text(struct canvas *canvas, rect_t rect, text_style_t style, const char *text)
{
    const rect_t device = device_rect(canvas, rect);
    const struct text_face face = face_of(canvas, style.weight);
    const int size =
        text_shrink(face, px(canvas, style.size), least_px(canvas, style.size), text, device.w);
    char fitted[STRINGS_COMPOSED_MAX + sizeof TEXT_ELLIPSIS];
    const int count = (int)strlen(text);
    if (text_width(face, size, text, count) <= device.w) {
        append_text(canvas, device, size, style, text, count);
        return;
    }
    text_ellipsise(face, size, text, count, device.w, fitted, sizeof fitted);
    append_text(canvas, device, size, style, fitted, (int)strlen(fitted));
}

int canvas_text_baseline(struct canvas *canvas, int x, int baseline, int width, text_style_t style,
                         const char *text)
{
    int wide = canvas_measure(canvas, style.size, style.weight, text);
    if (wide + 1 > width) {
        style.size = clamp(style.size * (width - 1) / wide, TEXT_LEAST, style.size);
        wide = canvas_measure(canvas, style.size, style.weight, text);
    }
    const int used = clamp(wide + 1, 0, width);
    const int height = canvas_line_height(style.size);
    const int left = style.align == ALIGN_RIGHT ? x - used : x;
    const int middle = baseline - style.size * BASELINE_PERCENT / 100;
    canvas_text(canvas, (rect_t){left, middle - height / 2, used, height}, style, text);
    return used;
}

int canvas_block(struct canvas *canvas, rect_t rect, text_style_t style, int lines_max,
                 enum block_place place, const char *text)
{
    const struct text_face face = face_of(canvas, style.weight);
    const int width_px = device_rect(canvas, rect).w;
    struct text_line lines[TEXT_LINES_MAX];
    int size = style.size;
    int room, count;

    assert(lines_max <= TEXT_LINES_MAX);
    const int wide_px = text_width(face, px(canvas, size), text, (int)strlen(text));
    for (;;) {
        room = clamp(rect.h / canvas_line_height(size), 1, lines_max);
        /* Sizes at which not even the lines' total width would do need no breaking to refuse. A
         * last line of one ideograph is worth a somewhat smaller size. */
        if (wide_px * size / style.size <= room * width_px || size <= TEXT_LEAST) {
            count = text_wrap(face, px(canvas, size), text, width_px, lines, room);
            if (size <= TEXT_LEAST) {
                break;
            }
            const bool orphan = count > 1 && count <= room && lines[count - 1].count <= 3 &&
                                size * 4 > style.size * 3;
            if (count <= room && !orphan) {
                break;
            }
        }
        size = clamp(size * 15 / 16, TEXT_LEAST, size - 1);
    }
    const int shown = count <= room ? count : room;
    const int height = canvas_line_height(size);
    int y = rect.y + (place == BLOCK_MIDDLE ? (rect.h - shown * height) / 2 : 0);
    for (int i = 0; i < shown; i++, y += height) {
        const bool cut = i == shown - 1 && count > room;
        const char *start = text + lines[i].start;
        const int bytes = cut ? (int)strlen(start) : lines[i].count;
        const rect_t device = device_rect(canvas, (rect_t){rect.x, y, rect.w, height});
        char fitted[STRINGS_COMPOSED_MAX + sizeof TEXT_ELLIPSIS];
        text_ellipsise(face, px(canvas, size), start, bytes, device.w, fitted, sizeof fitted);
        append_text(canvas, device, px(canvas, size), style, fitted, (int)strlen(fitted));
    }
    return shown * height;
}

/* An id that is the same from frame to frame and differs between screens: never 0. */
static uint32_t target_id(enum view_screen screen, enum intent_kind intent, int argument)
{
    assert(argument >= 0 && argument <= UINT16_MAX && (int)intent <= UINT8_MAX);
    return (uint32_t)screen << 24 | (uint32_t)intent << 16 | (uint32_t)argument;
}

bool canvas_target(struct canvas *canvas, rect_t rect, enum intent_kind intent, int argument)
{
    struct draw_list *list = canvas->list;
    const uint32_t id = target_id(canvas->screen, intent, argument);
    assert(intent != INTENT_NONE);
    if (list->target_count == DRAW_TARGETS_MAX) {
        list->overflow = true;
        return false;
    }
    list->targets[list->target_count++] = (struct draw_target){.rect = device_rect(canvas, rect),
                                                               .id = id,
                                                               .intent = (int16_t)intent,
                                                               .argument = argument};
    return canvas->ui->pressed == id;
}
