/* What drawing costs: fonts, glyphs, a full redraw, a dirty redraw; beside memcpy of one frame.
 *
 *     draw_bench [ROUNDS]
 *
 * Pixels in memory, no display: what a display adds is measured by ui_bench.sh.
 */
#include "kiosk/shell/raster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { W = 1920, H = 1080, TILES = 4, ROUNDS_MAX = 2000 };

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static long self_kib(const char *field)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    char line[256];
    long value = -1;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, field, strlen(field)) == 0) {
            value = atol(line + strlen(field) + 1);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return value;
}

static void add(struct draw_list *list, enum draw_kind kind, rect_t rect, uint32_t colour,
                int radius)
{
    list->commands[list->command_count++] = (struct draw_command){.kind = (uint8_t)kind,
                                                                  .rect = rect,
                                                                  .colour = colour,
                                                                  .alpha = 255,
                                                                  .radius = (int16_t)radius,
                                                                  .line = 3};
}

static void add_text(struct draw_list *list, rect_t rect, uint32_t colour, int size,
                     enum font_weight weight, const char *text)
{
    add(list, DRAW_TEXT, rect, colour, 0);
    struct draw_command *command = &list->commands[list->command_count - 1];
    command->size = (int16_t)size;
    command->weight = (uint8_t)weight;
    command->align = ALIGN_CENTRE;
    command->text = (uint16_t)list->text_used;
    strcpy(list->texts + list->text_used, text);
    list->text_used += (int)strlen(text) + 1;
}

/* The page of the baselines (title, clock, four tiles with icon, name and weight), with rounded
 * tiles and two weights of type. */
static void page(struct draw_list *list, int grams)
{
    static const char *const names[TILES] = {"可回收物", "有害垃圾", "易腐垃圾", "其他垃圾"};
    static const uint32_t colours[TILES] = {0x1565C0, 0xC62828, 0x2E7D32, 0x616161};
    *list = (struct draw_list){0};
    add(list, DRAW_FILL, (rect_t){0, 0, W, H}, 0xF5F5F5, 0);
    add_text(list, (rect_t){40, 30, 900, 70}, 0x202020, 44, FONT_BOLD, "阳光小区垃圾分类投放点");
    add_text(list, (rect_t){1300, 30, 600, 70}, 0x202020, 44, FONT_REGULAR, "2026-11-23 14:05:09");
    for (int i = 0; i < TILES; i++) {
        rect_t tile = {24 + i * 474, 160, 450, 880};
        char weight[32];
        snprintf(weight, sizeof weight, "%d.%02d kg", grams / 1000 + i, grams % 1000 / 10);
        add(list, DRAW_FILL, tile, colours[i], 24);
        add(list, DRAW_ICON, (rect_t){tile.x + 125, 200, 200, 200}, 0xFFFFFF, 0);
        list->commands[list->command_count - 1].icon = 0xE001 + (uint32_t)i;
        add_text(list, (rect_t){tile.x, 420, 450, 120}, 0xFFFFFF, 80, FONT_BOLD, names[i]);
        add_text(list, (rect_t){tile.x + 40, 600, 370, 110}, 0xFFFFFF, 80, FONT_REGULAR, weight);
        add(list, DRAW_DASH, (rect_t){tile.x + 40, 760, 370, 20}, 0xFFFFFF, 0);
        add(list, DRAW_FRAME, (rect_t){tile.x + 40, 820, 370, 120}, 0xFFFFFF, 24);
        add_text(list, (rect_t){tile.x + 40, 820, 370, 120}, 0xFFFFFF, 40, FONT_REGULAR,
                 "1 号桶 · 约 35%");
    }
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t report(const char *what, int64_t *samples, int count, int64_t base)
{
    qsort(samples, (size_t)count, sizeof samples[0], compare);
    int64_t median = samples[count / 2];
    printf("%-34s median %9.1f us  p95 %9.1f us", what, (double)median / 1e3,
           (double)samples[count * 95 / 100] / 1e3);
    if (base > 0) {
        printf("  %.2f x memcpy", (double)median / (double)base);
    }
    printf("\n");
    return median;
}

int main(int argc, char **argv)
{
    static struct draw_list lists[2];
    static int64_t samples[ROUNDS_MAX];
    int rounds = argc > 1 ? atoi(argv[1]) : 300;
    rounds = rounds < 1 ? 1 : rounds > ROUNDS_MAX ? ROUNDS_MAX : rounds;
    uint32_t *pixels = malloc(W * H * sizeof *pixels), *copy = malloc(W * H * sizeof *copy);
    if (pixels == NULL || copy == NULL) {
        fprintf(stderr, "draw_bench: no memory\n");
        return 2;
    }
    memset(pixels, 1, W * H * sizeof *pixels);
    memset(copy, 2, W * H * sizeof *copy);
    struct raster_target target = {pixels, W, W, H};
    const rect_t whole = {0, 0, W, H};

    char error[GLYPHS_ERROR_MAX];
    long pss = self_kib("Pss:");
    int64_t begin = now_ns();
    struct glyphs *glyphs = glyphs_open(error);
    int64_t opened = now_ns();
    if (glyphs == NULL) {
        fprintf(stderr, "draw_bench: %s\n", error);
        return 2;
    }
    printf("open three fonts                   %.2f ms, +%ld KiB PSS\n",
           (double)(opened - begin) / 1e6, self_kib("Pss:") - pss);
    page(&lists[0], 1230);
    begin = now_ns();
    int warmed = glyphs_warm(glyphs, &lists[0], 10000);
    int64_t cold = now_ns() - begin;
    printf("render %d glyphs, first use        %.2f ms (%.1f us each), %d KiB of masks, "
           "+%ld KiB PSS in all\n",
           warmed, (double)cold / 1e6, (double)cold / 1e3 / warmed,
           glyphs_statistics(glyphs).arena_used / 1024, self_kib("Pss:") - pss);

    for (int i = 0; i < rounds; i++) {
        begin = now_ns();
        memcpy(copy, pixels, W * H * sizeof *pixels);
        samples[i] = now_ns() - begin;
        pixels[i] = copy[W * H - 1 - i];
    }
    int64_t base = report("memcpy of one 1080p frame", samples, rounds, 0);
    for (int i = 0; i < rounds; i++) {
        begin = now_ns();
        raster_draw(&target, glyphs, &lists[0], whole);
        samples[i] = now_ns() - begin;
    }
    int64_t full = report("full redraw", samples, rounds, base);
    int dirty_count = 0;
    for (int i = 0; i < rounds; i++) {
        rect_t dirty[RASTER_DIRTY_MAX];
        page(&lists[1 - (i & 1)], 1230 + 10 * i);
        begin = now_ns();
        dirty_count = raster_diff(glyphs, &lists[i & 1], &lists[1 - (i & 1)], W, H, dirty);
        for (int k = 0; k < dirty_count; k++) {
            raster_draw(&target, glyphs, &lists[1 - (i & 1)], dirty[k]);
        }
        samples[i] = now_ns() - begin;
    }
    int64_t partial = report("four weights changed: diff + redraw", samples, rounds, base);
    printf("%d dirty rectangles, 1/%.1f of a full redraw\n", dirty_count,
           (double)full / (double)partial);
    glyphs_close(glyphs);
    free(pixels);
    free(copy);
    return 0;
}
