/* Any text as a site file: it is refused with a reason that names the file, or what is said in it
 * keeps every promise that the rest of the program builds on. */
#include "kiosk/shell/settings.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const char file_name[] = "fuzz.cfg";

#define CHECK_TEXT(text) FUZZ_CHECK(memchr((text), '\0', sizeof(text)))

/* libconfig itself leaves a text without its closing quote behind; the program ends then anyway. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig.so\n";
}

static void check_channel(const struct settings *settings, const struct site_channel *channel)
{
    FUZZ_CHECK(channel->port >= -1 && channel->port < settings->site.port_count);
    FUZZ_CHECK(channel->port < 0 || (channel->channel >= 1 && channel->channel <= HW_CHANNELS_MAX));
}

static void check_ports(const struct settings *settings)
{
    const int serial_count = settings_serial_count(settings);
    FUZZ_CHECK(settings->site.port_count <= HW_PORTS_MAX);
    FUZZ_CHECK(serial_count >= 0 && settings->bus_count >= 0 && settings->bus_count <= BUSES_MAX);
    for (int i = 0; i < settings->site.port_count; i++) {
        const struct port_settings *port = &settings->ports[i];
        CHECK_TEXT(settings->site.ports[i]);
        CHECK_TEXT(port->device);
        CHECK_TEXT(port->protocol);
        CHECK_TEXT(port->line);
        CHECK_TEXT(port->unit);
        /* The name is found again, so that no two ports have one. */
        FUZZ_CHECK(settings_port(settings, settings->site.ports[i]) == i);
        FUZZ_CHECK((port->driver != NULL) == (i < serial_count));
        if (port->driver) {
            struct port_config pump;
            struct port ready;
            settings_pump(settings, i, &pump);
            FUZZ_CHECK(pump.equal_frames >= 1);
            port_init(&ready, &pump);
        }
    }
    for (int i = 0; i < settings->bus_count; i++) {
        const struct bus_settings *bus = &settings->buses[i];
        FUZZ_CHECK(bus->port >= serial_count && bus->port < settings->site.port_count);
        FUZZ_CHECK(bus->device_count >= 0 && bus->device_count <= BUS_DEVICES_MAX);
        FUZZ_CHECK(bus->timeout_ms > 0);
    }
}

static void check_bins(const struct settings *settings)
{
    FUZZ_CHECK(settings->site.bin_count >= 1 && settings->site.bin_count <= SITE_BINS_MAX);
    for (int i = 0; i < settings->site.bin_count; i++) {
        const struct site_bin *bin = &settings->site.bins[i];
        FUZZ_CHECK(bin->class < WASTE_CLASS_COUNT);
        FUZZ_CHECK(bin->capacity_g > 0 && bin->division_g > 0);
        FUZZ_CHECK(bin->scale.port >= 0);
        check_channel(settings, &bin->scale);
        check_channel(settings, &bin->lid);
        check_channel(settings, &bin->level);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct settings settings;
    char error[SETTINGS_ERROR_MAX];
    char *text = malloc(size + 1);
    if (!text) {
        return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    memset(error, 'x', sizeof error);
    if (settings_read_text(text, file_name, &settings, error) != 0) {
        FUZZ_CHECK(memchr(error, '\0', sizeof error));
        FUZZ_CHECK(strncmp(error, file_name, sizeof file_name - 1) == 0);
    } else {
        check_ports(&settings);
        check_bins(&settings);
    }
    free(text);
    return 0;
}
