/* Any bytes through any driver: nothing is read or written out of bounds, how the bytes are cut
 * into calls changes nothing, and every value that comes out is a possible one.
 *
 * Bytes 0-1: driver, by the hash of its name, so that the corpus outlives changes of the table;
 * byte 2: bit 0 mask7, bit 1 no checksum, bit 2 unit kg, bits 3-4 equal frames, bit 5 an open
 * lock's contact is closed. seed.py writes such files from the tables of frames. */
#include "hw/port.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { READINGS_MAX = 4096, HEAD_BYTES = 3 };

struct collected {
    size_t count;
    reading_t readings[READINGS_MAX];
};

static void collect(void *context, const reading_t *reading)
{
    struct collected *to = context;
    FUZZ_CHECK(reading->channel >= 1 && reading->channel <= HW_CHANNELS_MAX);
    FUZZ_CHECK(reading->status <= READING_ERROR);
    FUZZ_CHECK(!reading->has_value || reading->status == READING_OK ||
               reading->status == READING_MOVING);
    FUZZ_CHECK(reading->has_value ||
               (reading->grams == 0 && reading->level_mm == 0 && !reading->lid_open));
    FUZZ_CHECK(memchr(reading->card, '\0', sizeof reading->card));
    if (to->count < READINGS_MAX) {
        to->readings[to->count++] = *reading;
    }
}

static void run(const struct port_config *config, const uint8_t *bytes, size_t size, size_t chunk,
                struct collected *to, struct port *port)
{
    to->count = 0;
    port_init(port, config);
    for (size_t at = 0; at < size; at += chunk) {
        port_feed(port, bytes + at, size - at < chunk ? size - at : chunk, 0, collect, to);
    }
}

static bool is_same(const reading_t *a, const reading_t *b)
{
    return a->grams == b->grams && a->channel == b->channel && a->kind == b->kind &&
           a->status == b->status && a->has_value == b->has_value && a->lid_open == b->lid_open &&
           a->level_mm == b->level_mm && strcmp(a->card, b->card) == 0;
}

/* FNV-1a, folded to 16 bits. */
static unsigned hash_of(const char *name)
{
    uint32_t hash = 2166136261U;
    for (; *name; name++) {
        hash = (hash ^ (uint8_t)*name) * 16777619U;
    }
    return (hash ^ hash >> 16) & 0xFFFF;
}

static const struct hw_driver *driver_of(unsigned number)
{
    for (size_t i = 0; i < hw_driver_count; i++) {
        if (hash_of(hw_drivers[i]->name) == number) {
            return hw_drivers[i];
        }
    }
    return hw_drivers[number % hw_driver_count];
}

static void show(void *context, const struct hw_value *values, size_t count)
{
    size_t *total = context;
    *total += count;
    FUZZ_CHECK(count >= 1 && count <= HW_VALUES_MAX);
    for (size_t i = 0; i < count; i++) {
        char text[HW_VALUE_TEXT_MAX];
        hw_value_text(&values[i], text, sizeof text);
        FUZZ_CHECK(strlen(text) < sizeof text);
        FUZZ_CHECK(memchr(values[i].unit, '\0', sizeof values[i].unit));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct collected whole;
    static struct collected cut;
    static const size_t chunks[] = {1, 7, 64, 100};
    struct port port;
    struct port cut_port;
    if (size < HEAD_BYTES) {
        return 0;
    }
    struct port_config config = {
        .driver = driver_of((unsigned)data[0] << 8 | data[1]),
        .options = {.mask7 = data[2] & 1,
                    .checksum = !(data[2] & 2),
                    .open_is_set = data[2] >> 5 & 1},
        .equal_frames = (uint8_t)(data[2] >> 3 & 3),
    };
    if (data[2] & 4) {
        memcpy(config.options.unit, "kg", sizeof "kg");
    }
    data += HEAD_BYTES;
    size -= HEAD_BYTES;
    run(&config, data, size, size + 1, &whole, &port);
    FUZZ_CHECK(port.stats.bytes == size);
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        run(&config, data, size, chunks[i], &cut, &cut_port);
        FUZZ_CHECK(port.stats.frames == cut_port.stats.frames);
        FUZZ_CHECK(memcmp(port.stats.rejects, cut_port.stats.rejects, sizeof port.stats.rejects) ==
                   0);
        FUZZ_CHECK(cut.count == whole.count);
        for (size_t k = 0; k < whole.count; k++) {
            FUZZ_CHECK(is_same(&whole.readings[k], &cut.readings[k]));
        }
    }
    size_t shown = 0;
    port_init(&cut_port, &config);
    port_feed_values(&cut_port, data, size, 0, show, &shown);
    FUZZ_CHECK(cut_port.stats.frames == port.stats.frames && shown >= whole.count);
    port_end_values(&cut_port, 0, show, &shown);
    return 0;
}
