/* Golden pictures: every screen, drawn from made-up views, against the pictures in this folder.
 *
 *     golden REFERENCE_DIR            compare; a difference or a missing picture fails
 *     golden --update DIR             write the pictures anew (README shows these very files)
 *
 * The panels of `panels` with a suffix are compared; every panel is searched for texts that do not
 * fit, rectangles outside the panel and characters that the embedded fonts lack.
 */
#include "kiosk/shell/png.h"
#include "kiosk/shell/raster.h"
#include "kiosk/ui/ui.h"
#include "tests/golden/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The same fonts and FreeType give the same pixels. Another FreeType may place an edge a little
 * differently, so a pixel counts as different when red, green or blue is off by more than
 * TOLERANCE_CHANNEL. A few of them anywhere are allowed, but not together: one changed digit of the
 * smallest type puts more than TOLERANCE_BLOCK into one square of BLOCK pixels. */
enum { TOLERANCE_CHANNEL = 24, TOLERANCE_BLOCK = 8, BLOCK = 16, TOLERANCE_PERMILLE = 5 };

enum { PATH_LENGTH_MAX = 512, PIXELS_MAX = 1920 * 1080 };

static const struct panel {
    int width, height, width_mm;
    const char *suffix; /* NULL: searched for faults, not kept as a picture */
} panels[] = {
    {1280, 720, 476, "landscape"}, /* 21.5 inch, at two thirds of its pixels */
    {720, 1280, 268, "portrait"},  /* the same, upright */
    {1920, 1080, 476, NULL},       /* 21.5 inch */
    {1080, 1920, 268, NULL},       /* the same, upright */
    {1280, 800, 217, NULL},        /* 10.1 inch */
    {1024, 600, 223, NULL},        /* 10.1 inch */
};

enum { PANELS = sizeof panels / sizeof panels[0] };

static struct draw_list list;
static uint32_t pixels[PIXELS_MAX];

static struct raster_target draw(struct glyphs *glyphs, const struct panel *panel,
                                 const struct view *view)
{
    struct raster_target target = {pixels, panel->width, panel->width, panel->height};
    const struct ui ui = {
        .width = panel->width,
        .height = panel->height,
        .panel_width_mm = panel->width_mm,
        .metrics = glyphs_metrics(glyphs),
    };
    ui_draw(&ui, view, &list);
    raster_draw(&target, glyphs, &list, (rect_t){0, 0, panel->width, panel->height});
    return target;
}

/* ---- faults that need no reference ----------------------------------------------------------- */

static int fault(const char *name, const struct panel *panel, const char *what, const char *text)
{
    printf("%s at %dx%d: %s%s%s\n", name, panel->width, panel->height, what,
           text[0] == '\0' ? "" : ": ", text);
    return 1;
}

static int find_faults(struct glyphs *glyphs, const char *name, const struct panel *panel)
{
    int faults = 0;
    const struct draw_command *paper = &list.commands[0];
    if (list.overflow) {
        faults += fault(name, panel, "the draw list overflows", "");
    }
    if (list.command_count == 0 || paper->kind != DRAW_FILL || paper->alpha != 255 ||
        paper->radius != 0 || paper->rect.x > 0 || paper->rect.y > 0 ||
        paper->rect.x + paper->rect.w < panel->width ||
        paper->rect.y + paper->rect.h < panel->height) {
        faults += fault(name, panel, "the first command does not paint the whole panel", "");
    }
    for (int i = 0; i < list.command_count; i++) {
        const struct draw_command *command = &list.commands[i];
        const char *text = command->kind == DRAW_TEXT ? list.texts + command->text : "";
        rect_t r = command->rect;
        if (r.x < 0 || r.y < 0 || r.x + r.w > panel->width || r.y + r.h > panel->height) {
            faults += fault(name, panel, "something reaches outside the panel", text);
        }
        if (command->kind != DRAW_TEXT) {
            continue;
        }
        int width = glyphs_width(glyphs, (enum font_weight)command->weight, command->size, text,
                                 (int)strlen(text));
        if (width > r.w) {
            faults += fault(name, panel, "a text is wider than its place", text);
        }
    }
    return faults;
}

/* Characters of the pictures and of every fixed text, shown in a picture or not. */
static int find_missing_characters(struct glyphs *glyphs)
{
    const char *text;
    for (int i = 0; (text = ui_fixed_text(i)) != NULL; i++) {
        glyphs_width(glyphs, FONT_REGULAR, 20, text, (int)strlen(text));
        glyphs_width(glyphs, FONT_BOLD, 20, text, (int)strlen(text));
    }
    struct glyphs_statistics statistics = glyphs_statistics(glyphs);
    if (statistics.boxes == 0 && statistics.from_full_font == 0) {
        return 0;
    }
    printf("the embedded fonts lack %d characters (%d in no font): see assets/fonts/subset.py\n",
           statistics.boxes + statistics.from_full_font, statistics.boxes);
    return 1;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static int channel_difference(uint32_t a, uint32_t b, int shift)
{
    return abs((int)(a >> shift & 0xFF) - (int)(b >> shift & 0xFF));
}

static bool is_different(uint32_t a, uint32_t b)
{
    return channel_difference(a, b, 16) > TOLERANCE_CHANNEL ||
           channel_difference(a, b, 8) > TOLERANCE_CHANNEL ||
           channel_difference(a, b, 0) > TOLERANCE_CHANNEL;
}

/* Different pixels of the square whose upper left corner is x, y. */
static int count_differences(const struct raster_target *a, const struct raster_target *b, int x,
                             int y)
{
    int count = 0;
    for (int i = y; i < y + BLOCK && i < a->height; i++) {
        for (int k = x; k < x + BLOCK && k < a->width; k++) {
            count += is_different(a->pixels[i * a->stride + k], b->pixels[i * b->stride + k]);
        }
    }
    return count;
}

static bool is_like(const struct raster_target *drawn, const struct raster_target *reference,
                    const char *path)
{
    if (drawn->width != reference->width || drawn->height != reference->height) {
        printf("%s: is %dx%d, drawn %dx%d\n", path, reference->width, reference->height,
               drawn->width, drawn->height);
        return false;
    }
    int different = 0, squares = 0, first_x = 0, first_y = 0;
    for (int y = 0; y < drawn->height; y += BLOCK) {
        for (int x = 0; x < drawn->width; x += BLOCK) {
            int count = count_differences(drawn, reference, x, y);
            different += count;
            if (count > TOLERANCE_BLOCK && squares++ == 0) {
                first_x = x;
                first_y = y;
            }
        }
    }
    int allowed = drawn->width * drawn->height / 1000 * TOLERANCE_PERMILLE;
    if (squares == 0 && different <= allowed) {
        return true;
    }
    printf("%s: %d pixels differ; %d squares of %d px look different, the first at %d,%d\n", path,
           different, squares, BLOCK, first_x, first_y);
    return false;
}

static int compare(const struct raster_target *drawn, const char *directory, const char *picture)
{
    char path[PATH_LENGTH_MAX], error[PNG_ERROR_MAX], wrong[PATH_LENGTH_MAX];
    struct raster_target reference;
    snprintf(path, sizeof path, "%s/%s.png", directory, picture);
    bool equal = false;
    if (png_read(path, &reference, error) != 0) {
        printf("%s\n", error);
    } else {
        equal = is_like(drawn, &reference, path);
        free(reference.pixels);
    }
    if (equal) {
        return 0;
    }
    snprintf(wrong, sizeof wrong, "%s_err.png", picture);
    if (png_write(wrong, drawn, error) == 0) {
        printf("  drawn now: %s; if it is right: golden --update %s\n", wrong, directory);
    } else {
        printf("  %s\n", error);
    }
    return 1;
}

static int write_picture(const struct raster_target *drawn, const char *directory,
                         const char *picture)
{
    char path[PATH_LENGTH_MAX], error[PNG_ERROR_MAX];
    snprintf(path, sizeof path, "%s/%s.png", directory, picture);
    if (png_write(path, drawn, error) == 0) {
        return 0;
    }
    printf("%s\n", error);
    return 1;
}

/* ---- running --------------------------------------------------------------------------------- */

static int run_sample(struct glyphs *glyphs, const struct golden_sample *sample, bool update,
                      const char *directory)
{
    static struct view view;
    static struct site site;
    int failures = 0;
    view = (struct view){0};
    site = (struct site){0};
    sample->make(&view, &site);
    for (int i = 0; i < PANELS; i++) {
        const struct panel *panel = &panels[i];
        char picture[PATH_LENGTH_MAX / 2];
        struct raster_target drawn = draw(glyphs, panel, &view);
        failures += find_faults(glyphs, sample->name, panel);
        if (panel->suffix == NULL) {
            continue;
        }
        snprintf(picture, sizeof picture, "%s-%s", sample->name, panel->suffix);
        failures += update ? write_picture(&drawn, directory, picture)
                           : compare(&drawn, directory, picture);
    }
    return failures;
}

int main(int argc, char **argv)
{
    bool update = argc == 3 && strcmp(argv[1], "--update") == 0;
    if (argc != 2 && !update) {
        fprintf(stderr, "usage: golden [--update] DIR\n");
        return 2;
    }
    char error[GLYPHS_ERROR_MAX];
    struct glyphs *glyphs = glyphs_open(error);
    if (glyphs == NULL) {
        fprintf(stderr, "golden: %s\n", error);
        return 2;
    }
    int failures = 0;
    for (int i = 0; i < golden_sample_count; i++) {
        failures += run_sample(glyphs, &golden_samples[i], update, argv[argc - 1]);
    }
    failures += find_missing_characters(glyphs);
    glyphs_close(glyphs);
    printf("%d screens, %d failures\n", golden_sample_count, failures);
    return failures == 0 ? 0 : 1;
}
