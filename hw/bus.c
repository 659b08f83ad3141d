#include "hw/bus.h"

#include <assert.h>
#include <errno.h>
#include <modbus/modbus.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    BYTE_TIMEOUT_MS = 50, /* inside an answer; USB adapters hand bytes over in bunches */
    CRC_BYTES = 2,
    HEAD_BYTES = 3,    /* of an answer with data: address, function, count */
    CONFIRM_BYTES = 6, /* of an answer to a write: address, function, first, value or count */
    EXCEPTION_BIT = 0x80
};

/* ---- opening --------------------------------------------------------------------------------- */

static int fail(const struct bus_config *config, int reason, char error[LINK_ERROR_MAX])
{
    snprintf(error, LINK_ERROR_MAX, "%s cannot be opened as a bus: %s: %s", config->device,
             modbus_strerror(reason),
             reason == EACCES ? "add the user to the group dialout"
             : reason == ENOENT
                 ? "plug the adapter in, or name its socket under /dev/serial/by-path"
                 : "see that no other program has it");
    return -1;
}

int bus_open(struct bus *bus, const struct bus_config *config, char error[LINK_ERROR_MAX])
{
    assert(bus->master == NULL);
    struct link_line line;
    if (!link_line_parse(config->line, &line, error)) {
        return -1;
    }
    const char parity = line.parity == 'e' ? 'E' : line.parity == 'o' ? 'O' : 'N';
    modbus_t *master =
        modbus_new_rtu(config->device, (int)line.baud, parity, line.data_bits, line.stop_bits);
    if (master == NULL) {
        return fail(config, errno, error);
    }
    const uint32_t timeout_us = (uint32_t)config->timeout_ms * 1000;
    if (modbus_set_response_timeout(master, timeout_us / 1000000, timeout_us % 1000000) != 0 ||
        modbus_set_byte_timeout(master, 0, BYTE_TIMEOUT_MS * 1000) != 0 ||
        modbus_connect(master) != 0) {
        const int reason = errno;
        modbus_free(master);
        return fail(config, reason, error);
    }
    bus->config = *config;
    bus->master = master;
    return 0;
}

void bus_close(struct bus *bus)
{
    if (bus->master != NULL) {
        modbus_close(bus->master);
        modbus_free(bus->master);
        bus->master = NULL;
    }
}

/* ---- one exchange ---------------------------------------------------------------------------- */

static enum bus_result result_of(int reason)
{
    switch (reason) {
    case ETIMEDOUT:
        return BUS_SILENT;
    case EMBBADCRC:
    case EMBBADDATA:
    case EMBBADEXC:
    case EMBUNKEXC:
    case EMBMDATA:
    case EMBBADSLAVE:
    case EINVAL:
        return BUS_BROKEN;
    default:
        return BUS_GONE; /* EIO, ENXIO, EBADF, ENODEV, and end of file as ECONNRESET */
    }
}

/* Reads back what was just sent. An answer to a relay's request is equal to the request, so the
 * echo has to be counted, not recognised. */
static enum bus_result skip_echo(struct bus *bus, const uint8_t *request, size_t length)
{
    uint8_t echo[MODBUS_REQUEST_MAX + CRC_BYTES];
    const size_t expected = length + CRC_BYTES;
    struct pollfd line = {.fd = modbus_get_socket(bus->master), .events = POLLIN};
    for (size_t got = 0; got < expected;) {
        const int ready = poll(&line, 1, bus->config.timeout_ms);
        if (ready == 0) {
            return BUS_SILENT;
        }
        const ssize_t count = ready < 0 ? -1 : read(line.fd, echo + got, expected - got);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (count <= 0) {
            return BUS_GONE;
        }
        got += (size_t)count;
    }
    return memcmp(echo, request, length) == 0 ? BUS_OK : BUS_BROKEN;
}

static void take_time(const struct bus *bus, int ms)
{
    if (bus->config.pause != NULL) {
        bus->config.pause(bus->config.context, ms);
    }
}

static enum bus_result send(struct bus *bus, const uint8_t *request, size_t length)
{
    take_time(bus, BUS_PAUSE_MS);
    /* A late answer must not satisfy the next request. */
    (void)modbus_flush(bus->master);
    if (modbus_set_slave(bus->master, request[0]) != 0) {
        return result_of(errno);
    }
    bus->stats.requests++;
    if (modbus_send_raw_request(bus->master, request, (int)length) < 0) {
        return result_of(errno);
    }
    return bus->config.echo ? skip_echo(bus, request, length) : BUS_OK;
}

/* `answer` is then whole, its CRC fits, and it comes from the slave and function asked. */
static enum bus_result receive(struct bus *bus, const uint8_t *request, size_t expected,
                               uint8_t answer[MODBUS_RTU_MAX_ADU_LENGTH])
{
    const int count = modbus_receive_confirmation(bus->master, answer);
    if (count < 0) {
        return result_of(errno);
    }
    /* libmodbus answers 0 for another slave's frame. */
    if (count < HEAD_BYTES + CRC_BYTES || answer[0] != request[0]) {
        return BUS_BROKEN;
    }
    if (answer[1] == (request[1] | EXCEPTION_BIT)) {
        return BUS_REFUSED;
    }
    const bool fits = answer[1] == request[1] && (size_t)count == expected + CRC_BYTES;
    return fits ? BUS_OK : BUS_BROKEN;
}

static enum bus_result ask(struct bus *bus, const uint8_t *request, size_t length, size_t expected,
                           uint8_t answer[MODBUS_RTU_MAX_ADU_LENGTH])
{
    assert(bus->master != NULL);
    enum bus_result result = send(bus, request, length);
    if (result == BUS_OK) {
        result = receive(bus, request, expected, answer);
    }
    uint64_t *const counts[] = {
        [BUS_OK] = &bus->stats.answers,
        [BUS_SILENT] = &bus->stats.silences,
        [BUS_BROKEN] = &bus->stats.broken,
        [BUS_REFUSED] = &bus->stats.refused,
    };
    if (result != BUS_GONE) {
        (*counts[result])++;
    }
    return result;
}

enum bus_result bus_read(struct bus *bus, const struct modbus_map *map, int tries,
                         reading_t readings[HW_CHANNELS_MAX], size_t *count)
{
    uint8_t request[MODBUS_REQUEST_MAX];
    uint8_t answer[MODBUS_RTU_MAX_ADU_LENGTH];
    size_t bytes;
    const size_t length = modbus_map_request(map, request, &bytes);
    enum bus_result result = BUS_SILENT;
    *count = 0;
    for (int i = 0; i < tries && (result == BUS_SILENT || result == BUS_BROKEN); i++) {
        if (i > 0) {
            take_time(bus, BYTE_TIMEOUT_MS); /* what is still being sent must not collide */
        }
        result = ask(bus, request, length, HEAD_BYTES + bytes, answer);
        if (result == BUS_OK && answer[HEAD_BYTES - 1] != bytes) {
            result = BUS_BROKEN;
        }
    }
    if (result == BUS_OK) {
        *count = modbus_map_decode(map, answer + HEAD_BYTES, readings);
    } else if (result == BUS_REFUSED) {
        *count = modbus_map_fault(map, readings);
    }
    return result;
}

/* 05, 06, 0F and 10 confirm with the first six bytes of what was asked. */
static enum bus_result write_slave(struct bus *bus, const uint8_t *request, size_t length)
{
    uint8_t answer[MODBUS_RTU_MAX_ADU_LENGTH];
    const enum bus_result result = ask(bus, request, length, CONFIRM_BYTES, answer);
    return result == BUS_OK && memcmp(answer, request, CONFIRM_BYTES) != 0 ? BUS_BROKEN : result;
}

enum bus_result bus_switch(struct bus *bus, const struct modbus_map *map, int channel, bool on)
{
    uint8_t request[MODBUS_REQUEST_MAX];
    const size_t length = modbus_map_switch(map, channel, on, request);
    return write_slave(bus, request, length);
}

enum bus_result bus_command(struct bus *bus, const struct modbus_map *map, int channel,
                            enum hw_command command)
{
    uint8_t request[MODBUS_REQUEST_MAX];
    const size_t length = modbus_map_command(map, channel, command, request);
    assert(length > 0);
    return write_slave(bus, request, length);
}
