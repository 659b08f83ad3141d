/* What every screen owes to every panel: nothing outside, nothing cut, large enough, readable.
 *
 * The made-up views are those of the golden pictures.
 */
#include "tests/golden/samples.c"

#include "kiosk/ui/strings.h"
#include "kiosk/ui/theme.h"
#include "kiosk/ui/ui.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct panel {
    int width, height, width_mm;
    bool usual; /* 21.5 inch: the sizes in millimetres are promised here */
} panels[] = {
    {1920, 1080, 476, true}, {1080, 1920, 268, true},  {1280, 720, 476, true},
    {1280, 800, 217, false}, {800, 1280, 136, false},  {1024, 600, 223, false},
    {1366, 768, 344, false}, {1920, 1080, 700, false}, {1080, 1920, 0, false},
};
enum { PANEL_COUNT = sizeof panels / sizeof *panels };

static struct view view;
static struct site site;
static struct draw_list list;

/* Ideographs one em, figures 0.6, small letters and blanks 0.5: a little wider than Noto Sans CJK
 * on the texts of the screens. */
static int fake_width(void *context, enum font_weight weight, int size, const char *text, int count)
{
    (void)context;
    (void)weight;
    int width = 0;
    for (int i = 0; i < count; i++) {
        const unsigned char byte = (unsigned char)text[i];
        const bool narrow = byte == ' ' || (byte >= 'a' && byte <= 'z');
        if (byte < 0xE0 && (byte < 0x80 || byte >= 0xC0)) {
            width += (size * (narrow ? 5 : 6) + 9) / 10;
        } else if (byte >= 0xC0) {
            width += size;
        }
    }
    return width;
}

static struct ui ui_of(const struct panel *panel)
{
    return (struct ui){panel->width, panel->height, panel->width_mm, {NULL, fake_width}, 0};
}

/* Calls `check` for every sample on every panel, drawn. */
static void on_all(void (*check)(const struct golden_sample *sample, const struct panel *panel))
{
    for (int p = 0; p < PANEL_COUNT; p++) {
        for (int s = 0; s < golden_sample_count; s++) {
            const struct ui ui = ui_of(&panels[p]);
            golden_samples[s].make(&view, &site);
            ui_draw(&ui, &view, &list);
            check(&golden_samples[s], &panels[p]);
        }
    }
}

static bool inside(rect_t rect, const struct panel *panel)
{
    return rect.x >= 0 && rect.y >= 0 && rect.w > 0 && rect.h > 0 &&
           rect.x + rect.w <= panel->width && rect.y + rect.h <= panel->height;
}

static bool overlap(rect_t a, rect_t b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

static void check_bounds(const struct golden_sample *sample, const struct panel *panel)
{
    assert_false(list.overflow);
    assert_true(list.command_count > 0);
    for (int i = 0; i < list.command_count; i++) {
        const rect_t r = list.commands[i].rect;
        if (!inside(r, panel)) {
            fail_msg("%s on %dx%d: command %d (kind %d) at %d,%d %dx%d leaves the panel",
                     sample->name, panel->width, panel->height, i, list.commands[i].kind, r.x, r.y,
                     r.w, r.h);
        }
    }
}

static void nothing_leaves_the_panel(void **state)
{
    (void)state;
    on_all(check_bounds);
}

static void check_targets(const struct golden_sample *sample, const struct panel *panel)
{
    for (int i = 0; i < list.target_count; i++) {
        const struct draw_target *target = &list.targets[i];
        assert_true(inside(target->rect, panel));
        assert_int_not_equal(target->id, 0);
        for (int k = 0; k < i; k++) {
            assert_int_not_equal(target->id, list.targets[k].id);
            if (overlap(target->rect, list.targets[k].rect)) {
                fail_msg("%s on %dx%d: targets %d and %d overlap", sample->name, panel->width,
                         panel->height, k, i);
            }
        }
        /* 20 mm, in pixels x mm to stay with integers. */
        const rect_t r = target->rect;
        const int shorter = r.w < r.h ? r.w : r.h;
        if (panel->usual && shorter * panel->width_mm < 20 * panel->width) {
            fail_msg("%s on %dx%d: target %d is %dx%d px, less than 20 mm", sample->name,
                     panel->width, panel->height, i, r.w, r.h);
        }
    }
}

static void targets_are_large_and_apart(void **state)
{
    (void)state;
    on_all(check_targets);
}

static void check_texts(const struct golden_sample *sample, const struct panel *panel)
{
    for (int i = 0; i < list.command_count; i++) {
        const struct draw_command *command = &list.commands[i];
        if (command->kind != DRAW_TEXT) {
            continue;
        }
        const char *text = list.texts + command->text;
        const int width = fake_width(NULL, FONT_REGULAR, command->size, text, (int)strlen(text));
        if (width > command->rect.w || command->size > command->rect.h) {
            fail_msg("%s on %dx%d: \"%s\" (%d px wide, %d high) does not fit %dx%d", sample->name,
                     panel->width, panel->height, text, width, command->size, command->rect.w,
                     command->rect.h);
        }
        if (!sample->longest && panel->usual) {
            if (command->size * panel->width_mm < 8 * panel->width) {
                fail_msg("%s on %dx%d: \"%s\" at %d px is smaller than 8 mm", sample->name,
                         panel->width, panel->height, text, command->size);
            }
            /* Cut short; the texts that end in an ellipsis by themselves begin with 正在. */
            if (strstr(text, "…") != NULL && strstr(text, "正在") != text) {
                fail_msg("%s on %dx%d: \"%s\" is cut", sample->name, panel->width, panel->height,
                         text);
            }
        }
        /* No two texts on one another. */
        for (int k = 0; k < i; k++) {
            if (list.commands[k].kind == DRAW_TEXT) {
                rect_t mine = command->rect;
                rect_t other = list.commands[k].rect;
                mine.y += (mine.h - command->size) / 2 + 1;
                mine.h = command->size - 2;
                other.y += (other.h - list.commands[k].size) / 2 + 1;
                other.h = list.commands[k].size - 2;
                if (overlap(mine, other)) {
                    fail_msg("%s on %dx%d: \"%s\" lies on \"%s\"", sample->name, panel->width,
                             panel->height, text, list.texts + list.commands[k].text);
                }
            }
        }
    }
}

static void texts_fit_and_keep_apart(void **state)
{
    (void)state;
    on_all(check_texts);
}

/* ---- contrast, WCAG 2.1 ---------------------------------------------------------------------- */

/* x^0.2 by Newton: no libm for one figure. */
static double fifth_root(double x)
{
    double y = 1.0;
    for (int i = 0; i < 60; i++) {
        y -= (y * y * y * y * y - x) / (5 * y * y * y * y);
    }
    return y;
}

static double linear(uint32_t channel)
{
    const double c = channel / 255.0;
    const double base = (c + 0.055) / 1.055;
    return c <= 0.04045 ? c / 12.92 : base * base * fifth_root(base) * fifth_root(base);
}

static double luminance(uint32_t rgb)
{
    return 0.2126 * linear(rgb >> 16 & 0xFF) + 0.7152 * linear(rgb >> 8 & 0xFF) +
           0.0722 * linear(rgb & 0xFF);
}

static double contrast(uint32_t a, uint32_t b)
{
    const double la = luminance(a) + 0.05;
    const double lb = luminance(b) + 0.05;
    return la > lb ? la / lb : lb / la;
}

/* The opaque colour under the place where a text begins or an icon has its middle. */
static uint32_t ground_of(int index)
{
    const struct draw_command *above = &list.commands[index];
    const rect_t r = above->rect;
    const int y = r.y + r.h / 2;
    const int x = above->kind == DRAW_ICON || above->align == ALIGN_CENTRE ? r.x + r.w / 2
                  : above->align == ALIGN_LEFT                             ? r.x + 1
                                                                           : r.x + r.w - 2;
    uint32_t ground = 0;
    for (int i = 0; i < index; i++) {
        const struct draw_command *below = &list.commands[i];
        const rect_t b = below->rect;
        if (below->kind == DRAW_FILL && below->alpha == 255 && x >= b.x && y >= b.y &&
            x < b.x + b.w && y < b.y + b.h) {
            ground = below->colour;
        }
    }
    return ground;
}

static bool is_class_colour(uint32_t colour)
{
    for (int i = 0; i < WASTE_CLASS_COUNT; i++) {
        for (int shade = 0; shade <= 50; shade++) {
            if (colour == theme_shade(site.classes[i].rgb, shade)) {
                return true;
            }
        }
    }
    return false;
}

static void check_contrast(const struct golden_sample *sample, const struct panel *panel)
{
    for (int i = 0; i < list.command_count; i++) {
        const struct draw_command *command = &list.commands[i];
        if (command->kind != DRAW_TEXT && command->kind != DRAW_ICON) {
            continue;
        }
        const uint32_t ground = ground_of(i);
        const double least = command->kind == DRAW_ICON ? 3.0 : is_class_colour(ground) ? 4.5 : 7.0;
        const double got = contrast(command->colour, ground);
        if (got < least) {
            fail_msg("%s on %dx%d: %s %06X on %06X has contrast %d.%d", sample->name, panel->width,
                     panel->height,
                     command->kind == DRAW_ICON ? "icon" : list.texts + command->text,
                     command->colour, ground, (int)got, (int)(got * 10) % 10);
        }
    }
}

static void everything_can_be_read(void **state)
{
    (void)state;
    on_all(check_contrast);
}

static void everything_can_be_read_while_pressed(void **state)
{
    (void)state;
    const struct panel *panel = &panels[0];
    for (int s = 0; s < golden_sample_count; s++) {
        struct ui ui = ui_of(panel);
        golden_samples[s].make(&view, &site);
        ui_draw(&ui, &view, &list);
        const int targets = list.target_count;
        for (int i = 0; i < targets; i++) {
            ui.pressed = 0;
            ui_draw(&ui, &view, &list);
            static struct draw_list released;
            released = list;
            ui.pressed = released.targets[i].id;
            ui_draw(&ui, &view, &list);
            /* Pressing shows. */
            assert_true(list.command_count != released.command_count ||
                        memcmp(list.commands, released.commands, sizeof list.commands) != 0);
            check_contrast(&golden_samples[s], panel);
        }
    }
}

static void a_grey_residual_bin_can_be_read_too(void **state)
{
    (void)state;
    for (int s = 0; s < golden_sample_count; s++) {
        const struct ui ui = ui_of(&panels[0]);
        golden_samples[s].make(&view, &site);
        site.classes[WASTE_RESIDUAL].rgb = 0x8A8D8F; /* the grey of older bins */
        ui_draw(&ui, &view, &list);
        check_contrast(&golden_samples[s], &panels[0]);
    }
}

static bool shows(const char *words)
{
    for (int i = 0; i < list.command_count; i++) {
        const struct draw_command *command = &list.commands[i];
        if (command->kind == DRAW_TEXT && strcmp(list.texts + command->text, words) == 0) {
            return true;
        }
    }
    return false;
}

static void each_fault_of_a_device_has_words_of_its_own(void **state)
{
    (void)state;
    static const enum string_id words[PORT_FAULT_COUNT] = {
        [PORT_FAULT_ABSENT] = STR_PORT_ABSENT,
        [PORT_FAULT_UNOPENABLE] = STR_PORT_UNOPENABLE,
        [PORT_FAULT_LOST] = STR_PORT_LOST,
        [PORT_FAULT_SILENT] = STR_PORT_SILENT,
        [PORT_FAULT_FRAMES] = STR_PORT_FRAMES,
        [PORT_FAULT_WRONG_DEVICE] = STR_PORT_WRONG_DEVICE,
        [PORT_FAULT_DUPLICATE] = STR_PORT_DUPLICATE,
        [PORT_FAULT_UNIT] = STR_PORT_UNIT,
    };
    for (int fault = PORT_FAULT_NONE; fault < PORT_FAULT_COUNT; fault++) {
        const struct ui ui = ui_of(&panels[0]);
        sample_devices(&view, &site);
        view.devices[0].state = fault == PORT_FAULT_NONE ? PORT_TRUSTED : PORT_CHECKING;
        view.devices[0].fault = (uint8_t)fault;
        ui_draw(&ui, &view, &list);
        for (int other = PORT_FAULT_NONE + 1; other < PORT_FAULT_COUNT; other++) {
            assert_true(shows(strings_get(words[other])) == (other == fault));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_leaves_the_panel),
        cmocka_unit_test(targets_are_large_and_apart),
        cmocka_unit_test(texts_fit_and_keep_apart),
        cmocka_unit_test(everything_can_be_read),
        cmocka_unit_test(everything_can_be_read_while_pressed),
        cmocka_unit_test(a_grey_residual_bin_can_be_read_too),
        cmocka_unit_test(each_fault_of_a_device_has_words_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
