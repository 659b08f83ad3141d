/* A bus master on standard input and output, for tests that own the other end of the line.
 *
 *     bus_master DEVICE LINE TIMEOUT_MS plain|echo
 *
 * Commands, one a line; each answers with one line: the result and then each reading.
 *     read MAP ADDRESS REGISTER COUNT      -1: as the map says
 *     switch FUNCTION CHANNEL on|off
 *     open                                 again, after "gone"
 */
#include "hw/bus.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const result_texts[] = {
    [BUS_OK] = "ok",           [BUS_SILENT] = "silent", [BUS_BROKEN] = "broken",
    [BUS_REFUSED] = "refused", [BUS_GONE] = "gone",
};

static void pace(void *context, int ms)
{
    (void)context;
    (void)poll(NULL, 0, ms);
}

static void print_reading(const reading_t *reading)
{
    printf("\t%d %s ", reading->channel, hw_status_text((enum reading_status)reading->status));
    if (!reading->has_value) {
        fputs("-", stdout);
    } else if (reading->kind == READING_LID) {
        fputs(reading->lid_open ? "open" : "closed", stdout);
    } else {
        printf("%" PRId32, reading->kind == READING_LEVEL ? reading->level_mm : reading->grams);
    }
}

static void read_slave(struct bus *bus, const char *arguments)
{
    char name[32];
    int address;
    int first;
    int channels;
    const struct modbus_row *row = NULL;
    if (sscanf(arguments, "%31s %d %d %d", name, &address, &first, &channels) == 4) {
        row = modbus_row_find(name);
    }
    if (row == NULL) {
        puts("usage");
        return;
    }
    struct modbus_map map = row->map;
    map.address = address < 0 ? map.address : address;
    map.first = first < 0 ? map.first : first;
    map.count = channels < 0 ? map.count : channels;
    reading_t readings[HW_CHANNELS_MAX];
    size_t count;
    const enum bus_result result = bus_read(bus, &map, BUS_TRIES, readings, &count);
    fputs(result_texts[result], stdout);
    for (size_t i = 0; i < count; i++) {
        print_reading(&readings[i]);
    }
    puts("");
    if (result == BUS_GONE) {
        bus_close(bus);
    }
}

static void switch_relay(struct bus *bus, const char *arguments)
{
    struct modbus_map map = modbus_row_find("relay")->map;
    char state[8];
    int channel;
    map.count = HW_CHANNELS_MAX;
    if (sscanf(arguments, "%d %d %7s", &map.function, &channel, state) != 3) {
        puts("usage");
        return;
    }
    puts(result_texts[bus_switch(bus, &map, channel, strcmp(state, "on") == 0)]);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fputs("usage: bus_master DEVICE LINE TIMEOUT_MS plain|echo\n", stderr);
        return 2;
    }
    const struct bus_config config = {
        .device = argv[1],
        .line = argv[2],
        .timeout_ms = atoi(argv[3]),
        .echo = strcmp(argv[4], "echo") == 0,
        .pause = pace,
    };
    struct bus bus = {0};
    char error[LINK_ERROR_MAX] = "";
    char command[128];
    while (fgets(command, sizeof command, stdin) != NULL) {
        if (strncmp(command, "open", 4) == 0) {
            bus_close(&bus);
            puts(bus_open(&bus, &config, error) == 0 ? "ok" : error);
        } else if (bus.master == NULL) {
            puts("closed");
        } else if (strncmp(command, "read ", 5) == 0) {
            read_slave(&bus, command + 5);
        } else if (strncmp(command, "switch ", 7) == 0) {
            switch_relay(&bus, command + 7);
        } else {
            puts("usage");
        }
        fflush(stdout);
    }
    bus_close(&bus);
    return 0;
}
