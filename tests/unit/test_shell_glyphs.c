/* Glyphs, pictures and tones: the pieces of the panel that need no panel. */
#include "kiosk/shell/glyphs.h"
#include "kiosk/shell/png.h"
#include "kiosk/shell/sound.h"
#include "kiosk/shell/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct glyphs *glyphs;

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

static int width_of(enum font_weight weight, int size, const char *text)
{
    return glyphs_width(glyphs, weight, size, text, (int)strlen(text));
}

static void hanzi_are_as_wide_as_the_em_and_digits_all_alike(void **state)
{
    (void)state;
    assert_int_equal(width_of(FONT_REGULAR, 40, "易腐垃圾"), 160);
    assert_int_equal(width_of(FONT_BOLD, 33, "桶"), 33);
    for (char digit[2] = "0"; digit[0] <= '9'; digit[0]++) {
        assert_int_equal(width_of(FONT_REGULAR, 64, digit), width_of(FONT_REGULAR, 64, "8"));
        assert_int_equal(width_of(FONT_BOLD, 64, digit), width_of(FONT_BOLD, 64, "8"));
    }
    assert_int_equal(width_of(FONT_REGULAR, 40, ""), 0);
    assert_int_equal(width_of(FONT_ICONS, 50, "\xEE\x80\x81"), 50); /* U+E001 */
}

static int ink(const struct glyph *glyph)
{
    int sum = 0;
    for (int i = 0; glyph->mask != NULL && i < glyph->width * glyph->height; i++) {
        sum += glyph->mask[i];
    }
    return sum;
}

/* The mask is cut out of a larger surface: if it were cut in the wrong place, ink would be lost. */
static void no_ink_is_lost_when_the_mask_is_cut_out(void **state)
{
    static const uint32_t codes[] = {'j', 'W', '0', ',', 0x6876 /* 桶 */, 0x4E00 /* 一 */, 0xB0};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct glyph large, small;
        glyphs_get(glyphs, FONT_REGULAR, 400, codes[i], &large);
        int64_t at_large = ink(&large);
        glyphs_get(glyphs, FONT_REGULAR, 100, codes[i], &small);
        int64_t at_small = ink(&small);
        assert_true(at_small > 0);
        /* Ink grows with the square of the size. */
        assert_in_range(at_small * 16, at_large * 98 / 100, at_large * 102 / 100);
    }
}

static void masks_sit_on_the_baseline(void **state)
{
    struct glyph zero, comma, one;
    (void)state;
    glyphs_get(glyphs, FONT_REGULAR, 100, 'H', &zero);
    assert_int_equal(zero.top - zero.height, 0); /* H stands on it */
    assert_in_range(zero.top, 72, 75);           /* cap height 0.733 em */
    glyphs_get(glyphs, FONT_REGULAR, 100, ',', &comma);
    assert_true(comma.top - comma.height < -5); /* hangs below */
    glyphs_get(glyphs, FONT_REGULAR, 100, 0x4E00, &one);
    assert_in_range(one.top - one.height / 2, 34, 44); /* 一 is at the middle, 0.38 em up */
}

static void a_second_look_renders_nothing(void **state)
{
    struct glyph glyph;
    (void)state;
    glyphs_get(glyphs, FONT_BOLD, 71, 0x6876, &glyph);
    int before = glyphs_statistics(glyphs).rendered;
    glyphs_get(glyphs, FONT_BOLD, 71, 0x6876, &glyph);
    assert_int_equal(glyphs_statistics(glyphs).rendered, before);
    glyphs_get(glyphs, FONT_BOLD, 72, 0x6876, &glyph);
    assert_int_equal(glyphs_statistics(glyphs).rendered, before + 1);
}

static void warming_goes_in_small_slices_until_all_is_warm(void **state)
{
    static struct draw_list list;
    (void)state;
    list.commands[0] = (struct draw_command){.kind = DRAW_TEXT, .size = 37, .text = 0};
    list.commands[1] =
        (struct draw_command){.kind = DRAW_ICON, .rect = {0, 0, 77, 99}, .icon = 0xE002};
    list.command_count = 2;
    strcpy(list.texts, "一二三四五一二三四五");
    int rounds = 0, rendered = 0, now;
    while ((now = glyphs_warm(glyphs, &list, 2)) == 2) {
        rendered += now;
        rounds++;
        assert_true(rounds < 10);
    }
    assert_int_equal(rendered + now, 6);
    assert_int_equal(glyphs_warm(glyphs, &list, 100), 0);
}

static void a_character_that_no_font_has_is_a_visible_box(void **state)
{
    struct glyph glyph;
    (void)state;
    int boxes = glyphs_statistics(glyphs).boxes;
    glyphs_get(glyphs, FONT_REGULAR, 50, 0xF0000, &glyph); /* private use: nobody has it */
    assert_int_equal(glyphs_statistics(glyphs).boxes, boxes + 1);
    assert_true(ink(&glyph) > 0);
    assert_int_equal(glyph.advance, 50);
    glyphs_get(glyphs, FONT_ICONS, 50, 0xE0F0, &glyph);
    assert_true(ink(&glyph) > 0);
}

static void a_rare_character_comes_from_the_full_font(void **state)
{
    struct glyph glyph;
    (void)state;
    int before = glyphs_statistics(glyphs).from_full_font;
    int boxes = glyphs_statistics(glyphs).boxes;
    glyphs_get(glyphs, FONT_REGULAR, 50, 0x7A00, &glyph); /* 稀 is common: in the subset */
    assert_int_equal(glyphs_statistics(glyphs).from_full_font, before);
    glyphs_get(glyphs, FONT_REGULAR, 50, 0x55F7, &glyph); /* 嗷 is level 2 */
    assert_int_equal(glyphs_statistics(glyphs).from_full_font, before + 1);
    assert_int_equal(glyphs_statistics(glyphs).boxes, boxes);
    assert_true(ink(&glyph) > 0);
}

static void a_full_cache_begins_anew_and_stays_right(void **state)
{
    struct glyph glyph;
    (void)state;
    glyphs_get(glyphs, FONT_REGULAR, 300, 0x6876, &glyph);
    int reference = ink(&glyph);
    int emptied = glyphs_statistics(glyphs).emptied;
    for (uint32_t code = 0x4E00; glyphs_statistics(glyphs).emptied < emptied + 2; code++) {
        glyphs_get(glyphs, FONT_REGULAR, 300, code, &glyph);
        assert_true(glyphs_statistics(glyphs).arena_used <= GLYPHS_ARENA_BYTES);
        assert_true(code < 0x5E00);
    }
    glyphs_get(glyphs, FONT_REGULAR, 300, 0x6876, &glyph);
    assert_int_equal(ink(&glyph), reference);
}

static void bad_utf8_is_replaced_byte_by_byte(void **state)
{
    static const struct {
        const char *text;
        uint32_t codes[5];
        int count;
    } rows[] = {
        {"A桶", {'A', 0x6876}, 2},
        {"\xF0\x9F\x98\x80", {0x1F600}, 1},
        {"\xE6\xA1", {0xFFFD, 0xFFFD}, 2},             /* cut off */
        {"\x80Z", {0xFFFD, 'Z'}, 2},                   /* a following byte alone */
        {"\xC0\xAF", {0xFFFD, 0xFFFD}, 2},             /* '/' in a longer spelling */
        {"\xED\xA0\x80", {0xFFFD, 0xFFFD, 0xFFFD}, 3}, /* half of a UTF-16 pair */
        {"\xFF\xFE", {0xFFFD, 0xFFFD}, 2},
        {"\xE6"
         "A",
         {0xFFFD, 'A'},
         2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *text = rows[i].text, *end = text + strlen(text);
        for (int k = 0; k < rows[i].count; k++) {
            assert_true(text < end);
            assert_int_equal(glyphs_next_code(&text, end), rows[i].codes[k]);
        }
        assert_ptr_equal(text, end);
    }
}

static void a_picture_survives_the_file(void **state)
{
    uint32_t pixels[7 * 5];
    struct raster_target picture = {pixels, 7, 6, 5}, back;
    char path[] = "/tmp/biaogan-png-XXXXXX", error[PNG_ERROR_MAX];
    (void)state;
    for (uint32_t i = 0; i < 7 * 5; i++) {
        pixels[i] = 0xFF000000 | (i * 0x070503 & 0xFFFFFF);
    }
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(png_write(path, &picture, error), 0);
    assert_int_equal(png_read(path, &back, error), 0);
    assert_int_equal(back.width, 6);
    assert_int_equal(back.height, 5);
    for (int y = 0; y < 5; y++) {
        assert_memory_equal(back.pixels + y * back.stride, pixels + y * 7, 6 * sizeof(uint32_t));
    }
    free(back.pixels);
    unlink(path);
}

static void picture_errors_name_the_file(void **state)
{
    uint32_t pixel = 0;
    struct raster_target picture = {&pixel, 1, 1, 1};
    char error[PNG_ERROR_MAX];
    (void)state;
    assert_int_equal(png_write("/nonexistent/a.png", &picture, error), -1);
    assert_non_null(strstr(error, "/nonexistent/a.png"));
    assert_int_equal(png_read("/nonexistent/b.png", &picture, error), -1);
    assert_non_null(strstr(error, "/nonexistent/b.png"));
    assert_null(picture.pixels);
}

static int crossings(const int16_t *samples, int count)
{
    int crossed = 0;
    for (int i = 1; i < count; i++) {
        crossed += (samples[i - 1] < 0) != (samples[i] < 0);
    }
    return crossed;
}

static void tones_fall_for_a_wrong_lid_and_rise_for_a_receipt(void **state)
{
    static int16_t samples[SOUND_SAMPLES_MAX];
    (void)state;
    for (int tone = 0; tone < SOUND_COUNT; tone++) {
        int count = sound_samples((enum sound)tone, samples);
        assert_in_range(count, SOUND_RATE / 50, SOUND_SAMPLES_MAX);
        assert_in_range(abs(samples[0]) + abs(samples[count - 1]), 0, 200); /* no click */
        int loudest = 0;
        for (int i = 0; i < count; i++) {
            loudest = abs(samples[i]) > loudest ? abs(samples[i]) : loudest;
        }
        assert_in_range(loudest, 8000, 16000);
    }
    const int tenth = SOUND_RATE / 10;
    int count = sound_samples(SOUND_WRONG_LID, samples);
    assert_true(crossings(samples, tenth) > crossings(samples + count - tenth, tenth) + 20);
    count = sound_samples(SOUND_RECEIPT, samples);
    assert_true(crossings(samples, tenth) + 20 < crossings(samples + count - tenth, tenth));
}

static void a_machine_without_sound_says_so_once(void **state)
{
    char error[SOUND_ERROR_MAX];
    (void)state;
    setenv("SDL_AUDIODRIVER", "no-such-driver", 1);
    struct speaker *sound = sound_open();
    assert_non_null(sound);
    assert_false(sound_error(sound, error));
    sound_play(sound, SOUND_TAP);
    int told = 0;
    for (int i = 0; i < 5000 && told == 0; i++) {
        usleep(1000);
        told += sound_error(sound, error);
    }
    assert_int_equal(told, 1);
    assert_non_null(strstr(error, "sound:"));
    sound_play(sound, SOUND_TAP);
    assert_false(sound_error(sound, error));
    sound_close(sound);
}

static void a_panel_without_display_is_memory(void **state)
{
    struct window window;
    struct window_event event;
    struct pollfd fds[WINDOW_POLLFDS_MAX];
    const struct window_config config = {.title = "t", .width = 64, .height = 48, .headless = true};
    char error[WINDOW_ERROR_MAX];
    (void)state;
    assert_int_equal(window_open(&window, &config, error), 0);
    assert_int_equal(window_target(&window)->width, 64);
    window_target(&window)->pixels[64 * 48 - 1] = 0xFF123456;
    window_present(&window, &(rect_t){0, 0, 64, 48}, 1);
    assert_int_equal(window_pollfds(&window, fds, WINDOW_POLLFDS_MAX), 0);
    assert_false(window_pump(&window));
    assert_false(window_next_event(&window, 0, &event));
    window_close(&window);
    window_close(&window);
}

static void a_missing_display_is_named_with_its_remedy(void **state)
{
    struct window window;
    const struct window_config config = {.title = "t", .width = 64, .height = 48};
    char error[WINDOW_ERROR_MAX];
    (void)state;
    setenv("SDL_VIDEODRIVER", "x11", 1);
    setenv("DISPLAY", ":987", 1);
    assert_int_equal(window_open(&window, &config, error), -1);
    assert_non_null(strstr(error, ":987"));
    assert_non_null(strstr(error, "--headless"));
}

/* Without a display SDL falls back on a driver that shows nothing: that is no display either. */
static void a_driver_that_shows_nothing_is_no_display(void **state)
{
    struct window window;
    const struct window_config config = {.title = "t", .width = 64, .height = 48};
    char error[WINDOW_ERROR_MAX];
    (void)state;
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    assert_int_equal(window_open(&window, &config, error), -1);
    assert_non_null(strstr(error, "dummy"));
    assert_non_null(strstr(error, "--headless"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hanzi_are_as_wide_as_the_em_and_digits_all_alike),
        cmocka_unit_test(no_ink_is_lost_when_the_mask_is_cut_out),
        cmocka_unit_test(masks_sit_on_the_baseline),
        cmocka_unit_test(a_second_look_renders_nothing),
        cmocka_unit_test(warming_goes_in_small_slices_until_all_is_warm),
        cmocka_unit_test(a_character_that_no_font_has_is_a_visible_box),
        cmocka_unit_test(a_rare_character_comes_from_the_full_font),
        cmocka_unit_test(a_full_cache_begins_anew_and_stays_right),
        cmocka_unit_test(bad_utf8_is_replaced_byte_by_byte),
        cmocka_unit_test(a_picture_survives_the_file),
        cmocka_unit_test(picture_errors_name_the_file),
        cmocka_unit_test(tones_fall_for_a_wrong_lid_and_rise_for_a_receipt),
        cmocka_unit_test(a_machine_without_sound_says_so_once),
        cmocka_unit_test(a_panel_without_display_is_memory),
        cmocka_unit_test(a_missing_display_is_named_with_its_remedy),
        cmocka_unit_test(a_driver_that_shows_nothing_is_no_display),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
