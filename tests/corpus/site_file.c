#include "tests/corpus/site_file.h"

#include "tests/corpus/wires.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>

struct text {
    char *at;
    size_t left;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text->at, text->left, format, arguments);
    va_end(arguments);
    assert(length >= 0 && (size_t)length < text->left);
    text->at += length;
    text->left -= (size_t)length;
}

/* Captures hold a mark in place of the PIN, which is that of the simulated site: 2580. */
static const char cleaner_pin[] = "$argon2id$v=19$m=19456,t=2,p=1$mBjoLGba0sVYsinTVdVj3w$"
                                  "UHlZG7rtf7kZaQeQ7cn0I7QtGAmHvJ2Y6ApihXFH/Ho";

static void add_ports(const struct scene *scene, struct text *text)
{
    add(text, "ports = (\n");
    for (int bin = 0; bin < scene->bin_count; bin++) {
        const struct scale_character *scale = &scene->scales[bin];
        const struct wire *wire = &wires[scale->wire];
        add(text,
            "    { name = \"s%d\"; device = \"/dev/corpus-s%d\"; protocol = \"%s\"; line = \"%s\";",
            bin + 1, bin + 1, wire->protocol, wire->line);
        add(text, "%s equal_frames = %d; },\n", wire->needs_unit ? " unit = \"kg\";" : "",
            scale->equal_frames);
    }
    add(text, "    { name = \"l1\"; device = \"/dev/corpus-l1\"; protocol = \"lid_line\"; }\n);\n");
}

static void add_bus(const struct scene *scene, struct text *text)
{
    add(text, "buses = (\n    { name = \"bus1\"; device = \"/dev/corpus-bus1\"; devices = (\n");
    for (int bin = 0; bin < scene->bin_count; bin++) {
        add(text, "        { map = \"weight\"; address = %d; channel = %d; },\n", bin + 1, bin + 1);
    }
    add(text, "        { map = \"di\"; address = 20; channel = 1; count = %d; }\n    ); }\n);\n",
        scene->bin_count);
}

void site_file_write(const struct scene *scene, char file[SITE_FILE_MAX])
{
    struct text text = {file, SITE_FILE_MAX};
    add(&text, "# Capture %s, %s, seed %" PRIu64 ".\n", corpus_level_names[scene->level],
        corpus_split_names[scene->split], scene->seed);
    add(&text, "site = { id = \"corpus\"; name = \"corpus\"; point = \"1\"; };\n");
    add(&text, "access = { cleaner_pin = \"%s\"; };\n", cleaner_pin);
    scene->on_bus ? add_bus(scene, &text) : add_ports(scene, &text);
    add(&text, "bins = (\n");
    for (int bin = 0; bin < scene->bin_count; bin++) {
        const struct scale_character *scale = &scene->scales[bin];
        add(&text, "    { number = %d; class = \"%s\"; ", bin + 1,
            scene_class_names[scene->classes[bin]]);
        if (scene->on_bus) {
            add(&text, "scale = \"bus1\"; scale_channel = %d; ", bin + 1);
        } else {
            add(&text, "scale = \"s%d\"; ", bin + 1);
        }
        if (scale->has_lid) {
            add(&text, "lid = \"%s\"; lid_channel = %d; ", scene->on_bus ? "bus1" : "l1", bin + 1);
        }
        add(&text, "capacity_g = 60000; division_g = %" PRId32 "; }%s\n", scale->division_g,
            bin + 1 < scene->bin_count ? "," : "");
    }
    add(&text, ");\n");
}
