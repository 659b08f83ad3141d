/* What a frame costs from bytes to reading: every driver, fed with the first plain frame of the
 * tables in ../vectors, again and again.
 *
 *     parser_bench TABLE_DIRECTORY [PROTOCOL [CHUNK_BYTES [FRAMES]]]
 *
 * Prints protocol, bytes a frame, chunk and ns a frame. parser_bench.sh counts instructions. */
#include "hw/port.h"

#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINE_MAX_BYTES = 4096, FRAMES_DEFAULT = 200000, STREAM_FRAMES = 64 };

struct sample {
    uint8_t bytes[HW_FRAME_MAX];
    size_t count;
};

static void count_reading(void *context, const reading_t *reading)
{
    *(uint64_t *)context += reading->has_value;
}

/* Takes the bytes of a row "protocol<TAB>hex<TAB>ok<TAB>..." of `name` without options. */
static bool take_row(char *line, const char *name, struct sample *sample)
{
    char *rest = line;
    const char *protocol = strsep(&rest, "\t");
    char *hex = strsep(&rest, "\t");
    const char *status = strsep(&rest, "\t");
    const char *last = rest ? strrchr(rest, '\t') : NULL;
    if (!status || !last || strcmp(protocol, name) != 0 || strcmp(status, "ok") != 0 ||
        last[1] != '\n') {
        return false;
    }
    for (sample->count = 0; *hex; hex += *hex == ' ') {
        if (sample->count == HW_FRAME_MAX) {
            return false;
        }
        sample->bytes[sample->count++] = (uint8_t)strtoul(hex, &hex, 16);
    }
    return true;
}

static bool find_sample(const char *directory, const char *name, struct sample *sample)
{
    char pattern[LINE_MAX_BYTES];
    glob_t tables;
    bool is_found = false;
    snprintf(pattern, sizeof pattern, "%s/*.tsv", directory);
    if (glob(pattern, 0, NULL, &tables) != 0) {
        return false;
    }
    for (size_t i = 0; i < tables.gl_pathc && !is_found; i++) {
        char line[LINE_MAX_BYTES];
        FILE *file = fopen(tables.gl_pathv[i], "r");
        while (file && !is_found && fgets(line, sizeof line, file)) {
            is_found = take_row(line, name, sample);
        }
        if (file) {
            fclose(file);
        }
    }
    globfree(&tables);
    return is_found;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* False where the frames were not all taken. */
static bool run(const struct hw_driver *driver, const struct sample *sample, size_t chunk,
                size_t frames)
{
    static uint8_t stream[STREAM_FRAMES * HW_FRAME_MAX];
    struct port port;
    struct port_config config = {
        .driver = driver, .options = {.checksum = driver->checksum_default}, .equal_frames = 1};
    memcpy(config.options.unit, "kg", sizeof "kg");
    for (size_t i = 0; i < STREAM_FRAMES; i++) {
        memcpy(stream + i * sample->count, sample->bytes, sample->count);
    }
    const size_t total = STREAM_FRAMES * sample->count;
    const size_t step = chunk > 0 ? chunk : sample->count;
    const size_t rounds = (frames + STREAM_FRAMES - 1) / STREAM_FRAMES;
    uint64_t readings = 0;
    port_init(&port, &config);
    const uint64_t begin = now_ns();
    for (size_t round = 0; round < rounds; round++) {
        for (size_t at = 0; at < total; at += step) {
            port_feed(&port, stream + at, total - at < step ? total - at : step, 0, count_reading,
                      &readings);
        }
    }
    const uint64_t taken = now_ns() - begin;
    printf("%s\t%zu\t%zu\t%zu\t%" PRIu64 "\n", driver->name, sample->count, step,
           rounds * STREAM_FRAMES, taken / (rounds * STREAM_FRAMES));
    /* The last one may wait for what follows it. */
    return port.stats.frames + 1 >= rounds * STREAM_FRAMES;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 5) {
        fprintf(stderr, "usage: parser_bench TABLE_DIRECTORY [PROTOCOL [CHUNK_BYTES [FRAMES]]]\n");
        return 2;
    }
    const size_t chunk = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    const size_t frames = argc > 4 ? strtoul(argv[4], NULL, 10) : FRAMES_DEFAULT;
    int result = 0;
    printf("protocol\tbytes\tchunk\tframes\tns a frame\n");
    for (size_t i = 0; i < hw_driver_count; i++) {
        const struct hw_driver *driver = hw_drivers[i];
        struct sample sample;
        if ((argc > 2 && strcmp(argv[2], driver->name) != 0) ||
            !find_sample(argv[1], driver->name, &sample)) {
            continue;
        }
        if (!run(driver, &sample, chunk, frames)) {
            fprintf(stderr, "parser_bench: %s: frames were lost\n", driver->name);
            result = 1;
        }
    }
    return result;
}
