/* What gets through a bad line: noisy frames through every protocol that has a check.
 *
 *     noise_bench TABLE_DIRECTORY [FRAMES [SEED [PROTOCOL]]]
 *
 * The frames are those of the tables in ../vectors, each sent one to eight times in a row as scales
 * do. Two ports take the same bytes, cut at random: one believes every frame, one is set up as a
 * site's port is, with the driver's own port_config.equal_frames. A value is wrong where none of
 * the last frames sent had it; a level of the second port, where none was within
 * PORT_LEVEL_NEAR_MM.
 *
 *   noise `line`   one byte in 1000 has a bit changed, is another byte, lost or doubled; one frame
 *                  in 1000 each is lost, sent twice, loses its end together with the beginning of
 *                  the next one, or is split by foreign bytes
 *   noise `pairs`  one frame in 100, never two in a row, has the same bit changed in two bytes:
 * what an XOR cannot see
 *
 *   wrong      values that were never sent, from at most one damaged byte, where each frame counts.
 *              Goal 0 for all but level sensors: their four to nine binary bytes may look like a
 *              beginning anywhere, so that after a lost byte the end of one frame and the beginning
 *              of the next can pass an 8-bit sum together
 *   blind      the same from more damage in one frame than the check can tell. An XOR sees each
 *              column of bits by itself, so two equal changes in one column cancel out, and it does
 *              not see order. A sum of 7 bits lets one in 128 through; a CRC-16 one in 65536. A
 * check that a device may leave out is gone where its byte is lost confirmed  wrong or blind values
 * that the port calls READING_OK as sites set it up: goal 0, in both kinds of noise. Only cards and
 * lock boards speak once, without a second frame that could confirm them: what is blind there, is
 * blind
 *
 * Ends with 1 where a goal is missed, or where the undamaged frames do not give their values. */
#include "tests/bench/samples.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SAMPLES_MAX = 256,
    READINGS_MAX = HW_VALUES_MAX,
    RECENT = 4, /* frames: what a reading can come from when formats look beyond their end */
    REPEATS_MAX = 8,
    SENT_MAX = 4 * HW_FRAME_MAX,
    DAMAGE_MUCH = 2, /* more than one byte */
    RARE = 1000,
    PAIRS_RARE = 100,
    FRAMES_DEFAULT = 1000000
};

struct sent {
    struct sample sample;
    reading_t readings[READINGS_MAX];
    size_t reading_count;
};

struct bench {
    const struct hw_driver *driver;
    struct sent pool[SAMPLES_MAX];
    size_t pool_count;
    uint64_t random;
    const struct sent *recent[RECENT];
    unsigned damage[RECENT]; /* of these frames, in damaged bytes */
    uint64_t damaged_frames, values, wrong, blind, confirmed;
    size_t lost_head; /* bytes that the last frame's damage takes from the next */
};

static uint64_t next_random(struct bench *bench)
{
    /* splitmix64 */
    uint64_t mixed = bench->random += UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ mixed >> 31;
}

static size_t random_below(struct bench *bench, size_t end)
{
    return (size_t)((next_random(bench) >> 32) * end >> 32);
}

/* ---- what was sent --------------------------------------------------------------------------- */

static bool is_same_value(const reading_t *a, const reading_t *b, int near_mm)
{
    return a->kind == b->kind && a->channel == b->channel && a->grams == b->grams &&
           abs(a->level_mm - b->level_mm) <= near_mm && a->lid_open == b->lid_open &&
           strcmp(a->card, b->card) == 0;
}

static bool was_sent(const struct bench *bench, const reading_t *reading, int near_mm)
{
    for (size_t i = 0; i < RECENT; i++) {
        const struct sent *sent = bench->recent[i];
        for (size_t k = 0; sent && k < sent->reading_count; k++) {
            if (is_same_value(&sent->readings[k], reading, near_mm)) {
                return true;
            }
        }
    }
    return false;
}

static void learn(void *context, const reading_t *reading)
{
    struct sent *sent = context;
    if (reading->has_value && sent->reading_count < READINGS_MAX) {
        sent->readings[sent->reading_count++] = *reading;
    }
}

static void believe_each(void *context, const reading_t *reading)
{
    struct bench *bench = context;
    if (!reading->has_value) {
        return;
    }
    bench->values++;
    if (!was_sent(bench, reading, 0)) {
        unsigned damage = 0;
        for (size_t i = 0; i < RECENT; i++) {
            damage += bench->damage[i];
        }
        *(damage < DAMAGE_MUCH ? &bench->wrong : &bench->blind) += 1;
    }
}

static void believe_confirmed(void *context, const reading_t *reading)
{
    struct bench *bench = context;
    if (reading->has_value && reading->status == READING_OK &&
        !was_sent(bench, reading, PORT_LEVEL_NEAR_MM)) {
        bench->confirmed++;
    }
}

static void start_port(struct port *port, const struct hw_driver *driver, uint8_t equal_frames)
{
    struct port_config config = {.driver = driver,
                                 .options = {.checksum = driver->checksum_default},
                                 .equal_frames = equal_frames};
    memcpy(config.options.unit, "kg", sizeof "kg");
    port_init(port, &config);
}

static bool is_last_frame(const struct hw_driver *driver, const struct sample *sample, size_t count)
{
    const struct hw_options options = {.checksum = true};
    struct hw_value values[HW_VALUES_MAX];
    return driver->last_frame &&
           driver->last_frame(&options, sample->bytes, count, values).verdict == FRAME_OK;
}

/* A check that may be left out is there where the bytes before it were whole as well. */
static bool has_check(const struct hw_driver *driver, const struct sample *sample)
{
    return !is_last_frame(driver, sample, sample->count) ||
           is_last_frame(driver, sample, sample->count - 1);
}

/* Keeps the rows that are one whole frame with a check and a value. */
static void fill_pool(struct bench *bench, const char *directory)
{
    static struct sample samples[SAMPLES_MAX];
    const size_t count = samples_read(directory, bench->driver->name, samples, SAMPLES_MAX);
    bench->pool_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct sent *sent = &bench->pool[bench->pool_count];
        struct port port;
        *sent = (struct sent){.sample = samples[i]};
        start_port(&port, bench->driver, 1);
        port_feed(&port, samples[i].bytes, samples[i].count, 0, learn, sent);
        if (bench->driver->last_frame) {
            port_quiet(&port, 0, learn, sent);
        }
        uint64_t rejects = 0;
        for (int reason = 0; reason < REJECT_REASON_COUNT; reason++) {
            rejects += port.stats.rejects[reason];
        }
        bench->pool_count += port.stats.frames == 1 && rejects == 0 && port.pending_count == 0 &&
                             sent->reading_count > 0 && has_check(bench->driver, &samples[i]);
    }
}

/* ---- the line -------------------------------------------------------------------------------- */

struct line {
    uint8_t bytes[SENT_MAX];
    size_t count;
    unsigned damage;
};

static void put(struct line *line, uint8_t byte)
{
    if (line->count < SENT_MAX) {
        line->bytes[line->count++] = byte;
    }
}

static void send_byte(struct bench *bench, struct line *line, uint8_t byte)
{
    if (random_below(bench, RARE) > 0) {
        put(line, byte);
        return;
    }
    line->damage++;
    switch (random_below(bench, 4)) {
    case 0:
        put(line, (uint8_t)(byte ^ 1U << random_below(bench, 8)));
        break;
    case 1:
        put(line, (uint8_t)(byte ^ (1 + random_below(bench, 255))));
        break;
    case 2:
        put(line, byte);
        put(line, byte);
        break;
    default:
        break; /* lost */
    }
}

static void send_noisy(struct bench *bench, struct line *line, const struct sample *sample)
{
    const size_t event = random_below(bench, RARE);
    size_t from = bench->lost_head < sample->count ? bench->lost_head : sample->count;
    size_t to = sample->count;
    size_t split = sample->count;
    line->damage = from > 0 ? DAMAGE_MUCH : 0;
    bench->lost_head = 0;
    if (event == 0) {
        line->damage = DAMAGE_MUCH;
        return;
    }
    if (event == 1) {
        to = random_below(bench, sample->count);
        bench->lost_head = random_below(bench, sample->count);
        line->damage = DAMAGE_MUCH;
    } else if (event == 2) {
        split = random_below(bench, sample->count);
        line->damage = DAMAGE_MUCH;
    }
    for (int copies = event == 3 ? 2 : 1; copies > 0; copies--) {
        for (size_t i = from; i < to; i++) {
            for (size_t foreign = i == split ? random_below(bench, 8) : 0; foreign > 0; foreign--) {
                put(line, (uint8_t)next_random(bench));
            }
            send_byte(bench, line, sample->bytes[i]);
        }
    }
}

static void send_pair(struct bench *bench, struct line *line, const struct sample *sample)
{
    memcpy(line->bytes, sample->bytes, sample->count);
    line->count = sample->count;
    line->damage = 0;
    if (bench->damage[0] == 0 && random_below(bench, PAIRS_RARE) == 0) {
        const size_t first = random_below(bench, sample->count);
        const size_t second = (first + 1 + random_below(bench, sample->count - 1)) % sample->count;
        const uint8_t bit = (uint8_t)(1U << random_below(bench, 8));
        line->bytes[first] ^= bit;
        line->bytes[second] ^= bit;
        line->damage = DAMAGE_MUCH;
    }
}

static void send_clean(struct bench *bench, struct line *line, const struct sample *sample)
{
    (void)bench;
    memcpy(line->bytes, sample->bytes, sample->count);
    line->count = sample->count;
}

typedef void send_frame(struct bench *bench, struct line *line, const struct sample *sample);

static void remember(struct bench *bench, const struct sent *sent, unsigned damage)
{
    memmove(bench->recent + 1, bench->recent, (RECENT - 1) * sizeof bench->recent[0]);
    memmove(bench->damage + 1, bench->damage, (RECENT - 1) * sizeof bench->damage[0]);
    bench->recent[0] = sent;
    bench->damage[0] = damage;
    bench->damaged_frames += damage > 0;
}

static void run(struct bench *bench, uint64_t frames, uint64_t seed, send_frame *send)
{
    struct port each;
    struct port confirmed;
    size_t repeats = 0;
    const struct sent *sent = NULL;
    start_port(&each, bench->driver, 1);
    start_port(&confirmed, bench->driver, bench->driver->equal_frames);
    bench->random = seed;
    memset(bench->recent, 0, sizeof bench->recent);
    memset(bench->damage, 0, sizeof bench->damage);
    bench->damaged_frames = bench->values = bench->wrong = bench->blind = bench->confirmed = 0;
    bench->lost_head = 0;
    for (uint64_t frame = 0; frame < frames; frame++) {
        struct line line = {.count = 0};
        if (repeats == 0) {
            sent = &bench->pool[random_below(bench, bench->pool_count)];
            repeats = 1 + random_below(bench, REPEATS_MAX);
        }
        repeats--;
        send(bench, &line, &sent->sample);
        remember(bench, sent, line.damage);
        const size_t cut = random_below(bench, line.count + 1);
        port_feed(&each, line.bytes, cut, 0, believe_each, bench);
        port_feed(&each, line.bytes + cut, line.count - cut, 0, believe_each, bench);
        port_feed(&confirmed, line.bytes, line.count, 0, believe_confirmed, bench);
    }
}

/* False where a goal is missed. */
static bool run_driver(struct bench *bench, uint64_t frames, uint64_t seed)
{
    static const struct {
        const char *name;
        send_frame *send;
    } noises[] = {{"line", send_noisy}, {"pairs", send_pair}};
    const enum reading_kind kind = bench->driver->kind;
    const bool speaks_once = kind == READING_CARD || kind == READING_LOCK;
    bool is_good = true;
    run(bench, RARE, seed, send_clean);
    /* The last one may wait for what follows it. */
    if (bench->wrong + bench->blind + bench->confirmed > 0 || bench->values + 1 < RARE) {
        fprintf(stderr,
                "noise_bench: %s: without noise, %" PRIu64 " of %d values, %" PRIu64
                " of them wrong\n",
                bench->driver->name, bench->values, RARE, bench->wrong + bench->blind);
        is_good = false;
    }
    for (size_t i = 0; i < sizeof noises / sizeof noises[0]; i++) {
        run(bench, frames, seed, noises[i].send);
        printf("%s\t%s\t%zu\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
               "\t%" PRIu64 "\n",
               bench->driver->name, noises[i].name, bench->pool_count, frames,
               bench->damaged_frames, bench->values, bench->wrong, bench->blind, bench->confirmed);
        fflush(stdout);
        is_good = is_good && (bench->wrong == 0 || kind == READING_LEVEL) &&
                  (bench->confirmed == 0 || speaks_once);
    }
    return is_good;
}

int main(int argc, char **argv)
{
    static struct bench bench;
    if (argc < 2 || argc > 5) {
        fprintf(stderr, "usage: noise_bench TABLE_DIRECTORY [FRAMES [SEED [PROTOCOL]]]\n");
        return 2;
    }
    const uint64_t frames = argc > 2 ? strtoull(argv[2], NULL, 10) : FRAMES_DEFAULT;
    const uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    size_t tried = 0;
    int result = 0;
    printf("seed %" PRIu64 "\n", seed);
    printf("protocol\tnoise\tsamples\tframes\tdamaged\tvalues\twrong\tblind\tconfirmed\n");
    for (size_t i = 0; i < hw_driver_count; i++) {
        bench.driver = hw_drivers[i];
        if (!bench.driver->checksum_default ||
            (argc > 4 && strcmp(argv[4], bench.driver->name) != 0)) {
            continue;
        }
        fill_pool(&bench, argv[1]);
        if (bench.pool_count > 0) {
            tried++;
            result |= !run_driver(&bench, frames, seed);
        }
    }
    if (tried == 0) {
        fprintf(stderr, "noise_bench: no frames in %s\n", argv[1]);
        return 2;
    }
    return result;
}
