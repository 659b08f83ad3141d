#include "tests/corpus/capture_file.h"

#include "tests/corpus/world.h"

#include <inttypes.h>

int64_t capture_duration_ms(enum corpus_level level)
{
    static const int minutes[LEVEL_COUNT] = {80, 20, 40, 60, 24 * 60};
    return (int64_t)minutes[level] * 60000;
}

struct writing {
    const struct scene *scene;
    FILE *file;
    uint8_t sequence;
};

static void write_display(void *context, const struct display *display)
{
    struct writing *writing = context;
    const struct scene *scene = writing->scene;
    struct capture_event events[2];
    bool of_bin = display->bin >= 0;
    int count = wires_write(display, of_bin ? scene->scales[display->bin].wire : 0,
                            of_bin ? scene->scales[display->bin].division_g : 1, scene->on_bus,
                            &writing->sequence, events);
    for (int i = 0; i < count; i++) {
        char text[CAPTURE_LINE_MAX];
        capture_format(&events[i], text);
        fputs(text, writing->file);
    }
}

int capture_file_write(const struct scene *scene, FILE *file)
{
    struct writing writing = {.scene = scene, .file = file};
    fprintf(file, "%s\n# corpus %s %s seed %" PRIu64 ", %d visits\n", CAPTURE_HEADER,
            corpus_level_names[scene->level], corpus_split_names[scene->split], scene->seed,
            scene->counts.visits);
    for (int bin = 0; bin < scene->bin_count && !scene->on_bus; bin++) {
        const struct wire *wire = &wires[scene->scales[bin].wire];
        fprintf(file, "@ port s%d %s %s\n", bin + 1, wire->protocol, wire->line);
    }
    fputs(scene->on_bus ? "" : "@ port l1 lid_line 9600/8n1\n", file);
    fputs("0 clock 1764036000000 ntp\n", file);
    return world_play(scene, write_display, &writing);
}
