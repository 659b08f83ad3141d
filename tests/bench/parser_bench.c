/* What a frame costs from bytes to reading: every driver, fed with the first plain frame of the
 * tables in ../vectors, again and again. st_gs, the usual format, has frames of its own, and beside
 * them stands what sscanf() takes for the same line.
 *
 *     parser_bench TABLE_DIRECTORY [CASE [CHUNK_BYTES [FRAMES]]]
 *
 * Prints case, bytes a frame, chunk, frames and ns a frame, the median of ROUNDS in which all cases
 * take turns. parser_bench.sh counts instructions. */
#include "tests/bench/samples.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SAMPLES_MAX = 256, CASES_MAX = 64, FRAMES_DEFAULT = 200000, STREAM_FRAMES = 64, ROUNDS = 9 };

struct bench_case {
    const char *name;
    const struct hw_driver *driver; /* NULL: sscanf() */
    struct sample sample;
    uint64_t ns[ROUNDS];
};

struct bench {
    struct bench_case cases[CASES_MAX];
    size_t count;
    size_t chunk;
    size_t frames;
};

static void count_reading(void *context, const reading_t *reading)
{
    *(uint64_t *)context += reading->has_value;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static void add(struct bench *bench, const char *name, const struct hw_driver *driver,
                const struct sample *sample)
{
    if (bench->count < CASES_MAX) {
        bench->cases[bench->count++] =
            (struct bench_case){.name = name, .driver = driver, .sample = *sample};
    }
}

/* Of the lines that the scales of a site send most. */
static void add_usual(struct bench *bench)
{
    static const struct {
        const char *name;
        const char *protocol;
        const char *frame;
    } usual[] = {
        {"sscanf", NULL, "ST,GS,+  12.34kg\r\n"},
        {"st_gs", "st_gs", "ST,GS,+  12.34kg\r\n"},
        {"st_gs_net", "st_gs", "US,NT,-000.360kg\r\n"},
        {"st_gs_g", "st_gs", "ST,GS,   245.6 g\r\n"},
    };
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        struct sample sample = {.count = strlen(usual[i].frame), .is_ok = true};
        memcpy(sample.bytes, usual[i].frame, sample.count);
        add(bench, usual[i].name, usual[i].protocol ? hw_driver_find(usual[i].protocol) : NULL,
            &sample);
    }
}

static void add_from_tables(struct bench *bench, const char *directory)
{
    static struct sample samples[SAMPLES_MAX];
    for (size_t i = 0; i < hw_driver_count; i++) {
        const size_t count = samples_read(directory, hw_drivers[i]->name, samples, SAMPLES_MAX);
        size_t first = 0;
        while (first < count && !samples[first].is_ok) {
            first++;
        }
        if (first < count && strcmp(hw_drivers[i]->name, "st_gs") != 0) {
            add(bench, hw_drivers[i]->name, hw_drivers[i], &samples[first]);
        }
    }
}

/* A line as programs without a parser of their own read it; the line is a string before. */
static bool scan(const struct bench_case *it, size_t rounds)
{
    long sum = 0;
    for (size_t i = 0; i < rounds * STREAM_FRAMES; i++) {
        char line[HW_FRAME_MAX + 1];
        char status[3];
        char mode[3];
        char sign;
        float kilograms;
        memcpy(line, it->sample.bytes, it->sample.count);
        line[it->sample.count] = '\0';
        if (sscanf(line, "%2[^,],%2[^,],%c%fkg", status, mode, &sign, &kilograms) == 4) {
            sum += (long)(kilograms * 1000);
        }
    }
    return sum > 0;
}

/* False where the frames were not all taken. */
static bool pump(const struct bench_case *it, size_t chunk, size_t rounds)
{
    static uint8_t stream[STREAM_FRAMES * HW_FRAME_MAX];
    const struct sample *sample = &it->sample;
    struct port port;
    struct port_config config = {.driver = it->driver,
                                 .options = {.checksum = it->driver->checksum_default},
                                 .equal_frames = 1};
    memcpy(config.options.unit, "kg", sizeof "kg");
    for (size_t i = 0; i < STREAM_FRAMES; i++) {
        memcpy(stream + i * sample->count, sample->bytes, sample->count);
    }
    const size_t total = STREAM_FRAMES * sample->count;
    const size_t step = chunk > 0 ? chunk : sample->count;
    uint64_t readings = 0;
    port_init(&port, &config);
    for (size_t round = 0; round < rounds; round++) {
        for (size_t at = 0; at < total; at += step) {
            port_feed(&port, stream + at, total - at < step ? total - at : step, 0, count_reading,
                      &readings);
        }
    }
    /* The last one may wait for what follows it. */
    return port.stats.frames + 1 >= rounds * STREAM_FRAMES;
}

static bool run(const struct bench *bench, struct bench_case *it, size_t round)
{
    const size_t rounds = (bench->frames + STREAM_FRAMES - 1) / STREAM_FRAMES;
    const uint64_t begin = now_ns();
    const bool is_whole = it->driver ? pump(it, bench->chunk, rounds) : scan(it, rounds);
    it->ns[round] = now_ns() - begin;
    if (!is_whole) {
        fprintf(stderr, "parser_bench: %s: frames were lost\n", it->name);
    }
    return is_whole;
}

static int ascending(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a;
    const uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* ns a frame. */
static double median(struct bench_case *it, size_t frames)
{
    qsort(it->ns, ROUNDS, sizeof it->ns[0], ascending);
    return (double)it->ns[ROUNDS / 2] / (double)frames;
}

/* Instructions are counted over one round. */
static int run_one(struct bench *bench, const char *name)
{
    for (size_t i = 0; i < bench->count; i++) {
        if (strcmp(bench->cases[i].name, name) == 0) {
            return run(bench, &bench->cases[i], 0) ? 0 : 1;
        }
    }
    fprintf(stderr, "parser_bench: no case is called %s\n", name);
    return 2;
}

static int run_all(struct bench *bench)
{
    int result = 0;
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < bench->count; i++) {
            result |= !run(bench, &bench->cases[i], round);
        }
    }
    printf("case\tbytes\tchunk\tframes\tns a frame\ttimes sscanf\n");
    const double sscanf_ns = median(&bench->cases[0], bench->frames);
    for (size_t i = 0; i < bench->count; i++) {
        struct bench_case *it = &bench->cases[i];
        const double ns = median(it, bench->frames);
        printf("%s\t%zu\t%zu\t%zu\t%.1f\t%.1f\n", it->name, it->sample.count,
               bench->chunk > 0 ? bench->chunk : it->sample.count, bench->frames, ns,
               sscanf_ns / ns);
    }
    return result;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 5) {
        fprintf(stderr, "usage: parser_bench TABLE_DIRECTORY [CASE [CHUNK_BYTES [FRAMES]]]\n");
        return 2;
    }
    static struct bench bench;
    bench.chunk = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    bench.frames = argc > 4 ? strtoul(argv[4], NULL, 10) : FRAMES_DEFAULT;
    add_usual(&bench);
    add_from_tables(&bench, argv[1]);
    return argc > 2 ? run_one(&bench, argv[2]) : run_all(&bench);
}
