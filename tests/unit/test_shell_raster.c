/* Raster: pixels that can be counted, clips that hold, and differences that miss nothing. */
#include "kiosk/shell/raster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { W = 240, H = 160, PAPER = 0xF5F5F5, INK = 0x202020 };

static struct glyphs *glyphs;

struct panel {
    uint32_t pixels[W * H];
    struct raster_target target;
};

static struct panel first, second;

static void clear(struct panel *panel)
{
    memset(panel->pixels, 0x77, sizeof panel->pixels);
    panel->target = (struct raster_target){panel->pixels, W, W, H};
}

static int open_all(void **state)
{
    char error[GLYPHS_ERROR_MAX];
    (void)state;
    glyphs = glyphs_open(error);
    return glyphs == NULL ? -1 : 0;
}

static int close_all(void **state)
{
    (void)state;
    glyphs_close(glyphs);
    return 0;
}

static struct draw_command *add(struct draw_list *list, enum draw_kind kind, rect_t rect,
                                uint32_t colour)
{
    struct draw_command *command = &list->commands[list->command_count++];
    *command = (struct draw_command){
        .kind = (uint8_t)kind, .rect = rect, .colour = colour, .alpha = 255, .size = 20};
    return command;
}

static struct draw_command *add_text(struct draw_list *list, rect_t rect, const char *text)
{
    struct draw_command *command = add(list, DRAW_TEXT, rect, INK);
    command->text = (uint16_t)list->text_used;
    strcpy(list->texts + list->text_used, text);
    list->text_used += (int)strlen(text) + 1;
    return command;
}

static void add_paper(struct draw_list *list)
{
    *list = (struct draw_list){0};
    add(list, DRAW_FILL, (rect_t){0, 0, W, H}, PAPER);
}

static uint32_t at(const struct panel *panel, int x, int y)
{
    return panel->pixels[y * W + x] & 0xFFFFFF;
}

static const rect_t whole = {0, 0, W, H};

static void a_fill_covers_its_rectangle_and_nothing_else(void **state)
{
    static struct draw_list list;
    (void)state;
    add_paper(&list);
    add(&list, DRAW_FILL, (rect_t){10, 20, 30, 40}, 0x123456);
    clear(&first);
    raster_draw(&first.target, glyphs, &list, whole);
    for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++) {
            bool inside = x >= 10 && x < 40 && y >= 20 && y < 60;
            assert_int_equal(at(&first, x, y), inside ? 0x123456 : PAPER);
        }
    }
}

static void nothing_outside_the_clip_is_touched(void **state)
{
    static struct draw_list list;
    const rect_t clip = {33, 21, 90, 77};
    (void)state;
    add_paper(&list);
    add(&list, DRAW_FILL, (rect_t){-20, -20, 200, 100}, 0x336699)->radius = 30;
    struct draw_command *frame = add(&list, DRAW_FRAME, (rect_t){5, 5, 220, 150}, 0xAA0000);
    frame->radius = 25;
    frame->line = 6;
    add_text(&list, (rect_t){0, 30, W, 60}, "易腐垃圾 12.34 kg")->size = 44;
    add(&list, DRAW_ICON, (rect_t){20, 10, 100, 100}, 0x00AA00)->icon = 0xE001;
    add(&list, DRAW_DASH, (rect_t){0, 80, W, 9}, 0x0000AA)->line = 3;
    clear(&first);
    raster_draw(&first.target, glyphs, &list, clip);
    clear(&second);
    raster_draw(&second.target, glyphs, &list, whole);
    for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++) {
            bool inside = x >= 33 && x < 123 && y >= 21 && y < 98;
            assert_int_equal(first.pixels[y * W + x],
                             inside ? second.pixels[y * W + x] : 0x77777777);
        }
    }
}

static void a_clip_outside_the_panel_draws_nothing(void **state)
{
    static struct draw_list list;
    (void)state;
    add_paper(&list);
    clear(&first);
    raster_draw(&first.target, glyphs, &list, (rect_t){W, 0, 50, 50});
    raster_draw(&first.target, glyphs, &list, (rect_t){-60, -60, 50, 50});
    raster_draw(&first.target, glyphs, &list, (rect_t){0, 0, 0, 0});
    for (int i = 0; i < W * H; i++) {
        assert_int_equal(first.pixels[i], 0x77777777);
    }
}

static void half_alpha_is_half_way(void **state)
{
    static struct draw_list list;
    (void)state;
    *(&list) = (struct draw_list){0};
    add(&list, DRAW_FILL, whole, 0x000000);
    add(&list, DRAW_FILL, (rect_t){0, 0, 10, 10}, 0xFFFFFF)->alpha = 128;
    add(&list, DRAW_FILL, (rect_t){10, 0, 10, 10}, 0xFFFFFF)->alpha = 0;
    clear(&first);
    raster_draw(&first.target, glyphs, &list, whole);
    assert_in_range(at(&first, 5, 5) & 0xFF, 127, 129);
    assert_int_equal(at(&first, 15, 5), 0);
}

/* The area of a rounded rectangle is known: w*h - (4 - pi) r^2. Coverage must add up to it. */
static void round_corners_cover_the_area_of_a_circle(void **state)
{
    static struct draw_list list;
    (void)state;
    *(&list) = (struct draw_list){0};
    add(&list, DRAW_FILL, whole, 0x000000);
    add(&list, DRAW_FILL, (rect_t){20, 20, 100, 100}, 0xFFFFFF)->radius = 50;
    clear(&first);
    raster_draw(&first.target, glyphs, &list, whole);
    int64_t sum = 0;
    for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++) {
            sum += at(&first, x, y) & 0xFF;
        }
    }
    int64_t area = 7853982; /* pi * 50^2, in 1/1000 px */
    assert_in_range(sum * 1000 / 255, area * 997 / 1000, area * 1003 / 1000);
    for (int i = 0; i < 50; i++) { /* and it is the same from all four sides */
        for (int j = 0; j < 50; j++) {
            assert_int_equal(at(&first, 20 + i, 20 + j), at(&first, 119 - i, 20 + j));
            assert_int_equal(at(&first, 20 + i, 20 + j), at(&first, 20 + i, 119 - j));
        }
    }
}

static void a_frame_is_hollow_and_as_thick_as_its_line(void **state)
{
    static struct draw_list list;
    (void)state;
    add_paper(&list);
    struct draw_command *frame = add(&list, DRAW_FRAME, (rect_t){10, 10, 100, 80}, 0xAA0000);
    frame->line = 4;
    frame->radius = 12;
    clear(&first);
    raster_draw(&first.target, glyphs, &list, whole);
    assert_int_equal(at(&first, 60, 10), 0xAA0000);
    assert_int_equal(at(&first, 60, 13), 0xAA0000);
    assert_int_equal(at(&first, 60, 14), PAPER);
    assert_int_equal(at(&first, 60, 9), PAPER);
    assert_int_equal(at(&first, 13, 50), 0xAA0000);
    assert_int_equal(at(&first, 14, 50), PAPER);
    assert_int_equal(at(&first, 109, 50), 0xAA0000);
    assert_int_equal(at(&first, 10, 10), PAPER); /* the corner is cut off */
    assert_int_equal(at(&first, 60, 50), PAPER);
}

static void ink_box(const struct panel *panel, int *left, int *right, int *top, int *bottom)
{
    *left = *top = 10000;
    *right = *bottom = -1;
    for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++) {
            if (at(panel, x, y) != PAPER) {
                *left = x < *left ? x : *left;
                *right = x > *right ? x : *right;
                *top = y < *top ? y : *top;
                *bottom = y;
            }
        }
    }
}

static void text_stands_where_its_alignment_says(void **state)
{
    static struct draw_list list;
    int left, right, top, bottom;
    (void)state;
    for (int align = ALIGN_LEFT; align <= ALIGN_RIGHT; align++) {
        add_paper(&list);
        struct draw_command *text = add_text(&list, (rect_t){20, 40, 200, 60}, "桶国桶");
        text->align = (uint8_t)align;
        text->size = 40;
        clear(&first);
        raster_draw(&first.target, glyphs, &list, whole);
        ink_box(&first, &left, &right, &top, &bottom);
        int spare = align == ALIGN_LEFT ? 0 : align == ALIGN_CENTRE ? 40 : 80;
        assert_in_range(left, 20 + spare, 20 + spare + 5);
        assert_in_range(right, 20 + spare + 115, 20 + spare + 120);
        assert_in_range((top + bottom) / 2, 67, 72); /* in the middle of 40..100 */
    }
}

static void text_is_cut_at_its_rectangle(void **state)
{
    static struct draw_list list;
    int left, right, top, bottom;
    (void)state;
    add_paper(&list);
    add_text(&list, (rect_t){50, 50, 60, 20}, "可回收物可回收物可回收物")->size = 40;
    clear(&first);
    raster_draw(&first.target, glyphs, &list, whole);
    ink_box(&first, &left, &right, &top, &bottom);
    assert_true(left >= 50 && right < 110 && top >= 50 && bottom < 70);
}

static void an_icon_fills_the_square_in_the_middle_of_its_rectangle(void **state)
{
    static struct draw_list list;
    int left, right, top, bottom;
    (void)state;
    add_paper(&list);
    add(&list, DRAW_ICON, (rect_t){20, 30, 200, 100}, INK)->icon = 0xE001;
    clear(&first);
    raster_draw(&first.target, glyphs, &list, whole);
    ink_box(&first, &left, &right, &top, &bottom);
    assert_true(left >= 70 && right < 170 && top >= 30 && bottom < 130);
    assert_true(right - left > 60 && bottom - top > 60);
}

static void a_dashed_line_has_gaps(void **state)
{
    static struct draw_list list;
    (void)state;
    add_paper(&list);
    add(&list, DRAW_DASH, (rect_t){0, 10, W, 20}, INK)->line = 2;
    clear(&first);
    raster_draw(&first.target, glyphs, &list, whole);
    int inked = 0, rows = 0;
    for (int x = 0; x < W; x++) {
        inked += at(&first, x, 19) == INK;
    }
    for (int y = 0; y < H; y++) {
        rows += at(&first, 0, y) == INK;
    }
    assert_int_equal(inked, W * 3 / 5);
    assert_int_equal(rows, 2);
}

static void equal_lists_differ_nowhere(void **state)
{
    static struct draw_list was, is;
    rect_t dirty[RASTER_DIRTY_MAX];
    (void)state;
    add_paper(&was);
    add_text(&was, (rect_t){10, 10, 100, 30}, "1.25 kg");
    add_paper(&is);
    is.text_used = 100; /* the same text elsewhere in the pool is the same text */
    add_text(&is, (rect_t){10, 10, 100, 30}, "1.25 kg");
    assert_int_equal(raster_diff(glyphs, &was, &is, W, H, dirty), 0);
}

static void a_changed_weight_is_dirty_no_wider_than_its_text(void **state)
{
    static struct draw_list was, is;
    rect_t dirty[RASTER_DIRTY_MAX];
    (void)state;
    add_paper(&was);
    add_text(&was, (rect_t){0, 100, W, 40}, "1.25 kg");
    add_paper(&is);
    add_text(&is, (rect_t){0, 100, W, 40}, "1.26 kg");
    assert_int_equal(raster_diff(glyphs, &was, &is, W, H, dirty), 1);
    assert_true(dirty[0].w < 120 && dirty[0].y >= 100 && dirty[0].h <= 40);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static int random_below(uint32_t *seed, int limit)
{
    return (int)(next_random(seed) % (uint32_t)limit);
}

static void random_list(struct draw_list *list, uint32_t *seed)
{
    static const char *const texts[] = {"1.25 kg", "桶已满", "操作一致率 98.7%", "W", "轻轻"};
    add_paper(list);
    int count = random_below(seed, 12);
    for (int i = 0; i < count; i++) {
        rect_t rect = {random_below(seed, W) - 20, random_below(seed, H) - 20,
                       random_below(seed, 150), random_below(seed, 100)};
        struct draw_command *command =
            random_below(seed, 2) ? add_text(list, rect, texts[random_below(seed, 5)])
                                  : add(list, (enum draw_kind)random_below(seed, 2), rect, 0);
        if (random_below(seed, 4) == 0) {
            command->kind = random_below(seed, 2) ? DRAW_ICON : DRAW_DASH;
            command->icon = 0xE001 + (uint32_t)random_below(seed, 4);
        }
        command->colour = next_random(seed) & 0xFFFFFF;
        command->alpha = random_below(seed, 2) ? 255 : (uint8_t)random_below(seed, 256);
        command->radius = (int16_t)random_below(seed, 40);
        command->line = (int16_t)random_below(seed, 12);
        command->size = (int16_t)(1 + random_below(seed, 60));
        command->align = (uint8_t)random_below(seed, 3);
        command->weight = (uint8_t)random_below(seed, 2);
    }
}

/* What the whole design of redrawing rests on: old picture + dirty rectangles = new picture. */
static void dirty_rectangles_turn_the_old_picture_into_the_new(void **state)
{
    static struct draw_list was, is;
    uint32_t seed = 20260101;
    (void)state;
    for (int round = 0; round < 300; round++) {
        uint32_t kept = seed;
        random_list(&was, &seed);
        is = was;
        for (int i = random_below(&seed, 4); i >= 0 && is.command_count > 1; i--) {
            int victim = 1 + random_below(&seed, is.command_count - 1);
            switch (random_below(&seed, 4)) {
            case 0:
                is.commands[victim].colour ^= 0xFF00FF;
                break;
            case 1:
                is.commands[victim].rect.x += 7;
                break;
            case 2: /* taken out: everything behind it moves up */
                memmove(&is.commands[victim], &is.commands[victim + 1],
                        (size_t)(is.command_count - victim - 1) * sizeof is.commands[0]);
                is.command_count--;
                break;
            default:
                random_list(&is, &seed);
                break;
            }
        }
        rect_t dirty[RASTER_DIRTY_MAX];
        clear(&first);
        raster_draw(&first.target, glyphs, &was, whole);
        int count = raster_diff(glyphs, &was, &is, W, H, dirty);
        assert_true(count <= RASTER_DIRTY_MAX);
        for (int i = 0; i < count; i++) {
            raster_draw(&first.target, glyphs, &is, dirty[i]);
        }
        clear(&second);
        raster_draw(&second.target, glyphs, &is, whole);
        if (memcmp(first.pixels, second.pixels, sizeof first.pixels) != 0) {
            fail_msg("round %d, seed %u", round, kept);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fill_covers_its_rectangle_and_nothing_else),
        cmocka_unit_test(nothing_outside_the_clip_is_touched),
        cmocka_unit_test(a_clip_outside_the_panel_draws_nothing),
        cmocka_unit_test(half_alpha_is_half_way),
        cmocka_unit_test(round_corners_cover_the_area_of_a_circle),
        cmocka_unit_test(a_frame_is_hollow_and_as_thick_as_its_line),
        cmocka_unit_test(text_stands_where_its_alignment_says),
        cmocka_unit_test(text_is_cut_at_its_rectangle),
        cmocka_unit_test(an_icon_fills_the_square_in_the_middle_of_its_rectangle),
        cmocka_unit_test(a_dashed_line_has_gaps),
        cmocka_unit_test(equal_lists_differ_nowhere),
        cmocka_unit_test(a_changed_weight_is_dirty_no_wider_than_its_text),
        cmocka_unit_test(dirty_rectangles_turn_the_old_picture_into_the_new),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
