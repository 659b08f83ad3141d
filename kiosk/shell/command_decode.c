/* biaogan decode: bytes on stdin -> one line a result on stdout. */
#include "kiosk/shell/commands.h"

#include "hw/port.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK_BYTES = 65536 };

static const char help[] =
    "usage: biaogan decode --protocol NAME [options] < bytes\n"
    "\n"
    "Reads what a device sent and prints one line a result: status<TAB>value<TAB>unit.\n"
    "Rejected and unfinished bytes print nothing; how many there were goes to stderr.\n"
    "\n"
    "  --protocol NAME     one of `biaogan protocols`\n"
    "  --hex               stdin is hex text (02 2B 30 ...), blanks and line ends ignored\n"
    "  --mask7             clear bit 8 of every byte: a 7-bit line read as 8n1\n"
    "  --checksum on|off   verify the check of the format (default: as the protocol says)\n"
    "  --unit UNIT         unit of formats that send none (default: printed as cfg):\n"
    "                      g kg t jin for a weight, mm cm m for a distance\n"
    "  --help              this text\n"
    "\n"
    "Exit code: 0 done, 2 wrong usage or input.\n";

/* Hex text may be cut anywhere by read(), so the place in it is kept between chunks. */
struct hex_reader {
    uint64_t line;
    uint64_t column; /* of the next character, from 1 */
    int high;        /* the first digit of a pair, or -1 */
    uint64_t high_line;
    uint64_t high_column;
};

struct decoding {
    struct port port;
    bool hex;
    struct hex_reader hex_reader;
};

static void print_unit(const struct decoding *decoding, const struct hw_value *value)
{
    const char *configured = decoding->port.config.options.unit;
    if (value->kind == READING_LOCK) {
        puts(""); /* a lock has no unit, and none can be configured */
        return;
    }
    puts(value->unit[0] ? value->unit : configured[0] ? configured : "cfg");
}

/* The lids of one board are one result: a character a channel. */
static void print_lids(const struct hw_value *values, size_t count)
{
    char bits[HW_VALUES_MAX + 1] = "";
    enum reading_status status = READING_OK;
    for (size_t i = 0; i < count; i++) {
        char text[HW_VALUE_TEXT_MAX];
        hw_value_text(&values[i], text, sizeof text);
        bits[i] = text[0];
        if (values[i].status != READING_OK) {
            status = values[i].status;
        }
    }
    printf("%s\t%s\t%s\n", hw_status_text(status), bits, values[0].unit);
}

static void print_values(void *context, const struct hw_value *values, size_t count)
{
    const struct decoding *decoding = context;
    if (values[0].kind == READING_LID) {
        print_lids(values, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char text[HW_VALUE_TEXT_MAX];
        hw_value_text(&values[i], text, sizeof text);
        printf("%s\t%s\t", hw_status_text(values[i].status), text);
        print_unit(decoding, &values[i]);
    }
}

static int hex_value(uint8_t character)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    const char *found = character ? strchr(digits, character) : NULL;
    if (!found) {
        return -1;
    }
    const int place = (int)(found - digits);
    return place < 16 ? place : place - 6;
}

/* Turns hex text into bytes in place. Returns how many; *is_good is false at a wrong character. */
static size_t read_hex(struct hex_reader *reader, uint8_t *text, size_t count, bool *is_good)
{
    size_t bytes = 0;
    *is_good = true;
    for (size_t i = 0; i < count; i++) {
        const uint8_t character = text[i];
        const int value = hex_value(character);
        if (value >= 0 && reader->high >= 0) {
            text[bytes++] = (uint8_t)(reader->high << 4 | value);
            reader->high = -1;
        } else if (value >= 0) {
            reader->high = value;
            reader->high_line = reader->line;
            reader->high_column = reader->column;
        } else if (!strchr(" \t\r\n\v\f", character) || character == '\0') {
            fprintf(stderr,
                    "biaogan decode: stdin, line %" PRIu64 " column %" PRIu64
                    ": byte 0x%02X is no hex digit: "
                    "write pairs like 02 2B, or leave --hex out for raw bytes\n",
                    reader->line, reader->column, character);
            *is_good = false;
            break;
        }
        reader->column++;
        if (character == '\n') {
            reader->line++;
            reader->column = 1;
        }
    }
    return bytes;
}

static bool hex_ends_whole(const struct hex_reader *reader)
{
    if (reader->high < 0) {
        return true;
    }
    fprintf(stderr,
            "biaogan decode: stdin, line %" PRIu64 " column %" PRIu64
            ": the last hex digit has no partner: every byte needs two, like 0D\n",
            reader->high_line, reader->high_column);
    return false;
}

static void print_counts(const struct port *port)
{
    fprintf(stderr, "frames\t%" PRIu64 "\n", port->stats.frames);
    for (int reason = 0; reason < REJECT_REASON_COUNT; reason++) {
        fprintf(stderr, "rejected %s\t%" PRIu64 "\n", hw_reject_text((enum reject_reason)reason),
                port->stats.rejects[reason]);
    }
    fprintf(stderr, "unfinished bytes\t%u\n", port->pending_count);
}

/* Feeds all of stdin; exit code. */
static int decode_stdin(struct decoding *decoding)
{
    static uint8_t chunk[CHUNK_BYTES];
    bool is_good = true;
    while (is_good) {
        const ssize_t got = read(STDIN_FILENO, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            fprintf(stderr, "biaogan decode: cannot read stdin: %s: give it a file or a pipe\n",
                    strerror(errno));
            return COMMAND_FAILED;
        }
        if (got == 0) {
            break;
        }
        size_t count = (size_t)got;
        if (decoding->hex) {
            count = read_hex(&decoding->hex_reader, chunk, count, &is_good);
        }
        port_feed_values(&decoding->port, chunk, count, 0, print_values, decoding);
        if (fflush(stdout) != 0) {
            fprintf(stderr, "biaogan decode: cannot write to stdout: %s\n", strerror(errno));
            return COMMAND_FAILED;
        }
    }
    port_end_values(&decoding->port, 0, print_values, decoding);
    if (is_good && decoding->hex) {
        is_good = hex_ends_whole(&decoding->hex_reader);
    }
    print_counts(&decoding->port);
    return is_good ? 0 : 2;
}

static int list_protocols(const char *problem, const char *name)
{
    fprintf(stderr, "biaogan decode: %s%s: choose one of:", problem, name);
    for (size_t i = 0; i < hw_driver_count; i++) {
        fprintf(stderr, " %s", hw_drivers[i]->name);
    }
    fputs("\n", stderr);
    return COMMAND_FAILED;
}

static bool set_unit(struct hw_options *options, const char *unit)
{
    const struct hw_value one = {.has_digits = true, .digits = 1};
    int32_t result;
    if (strlen(unit) >= sizeof options->unit ||
        (!hw_value_to_grams(&one, unit, &result) && !hw_value_to_mm(&one, unit, &result))) {
        fprintf(stderr, "biaogan decode: --unit %s: choose one of: g kg t jin mm cm m\n", unit);
        return false;
    }
    memcpy(options->unit, unit, strlen(unit) + 1);
    return true;
}

int command_decode(int argc, char **argv)
{
    static const struct option known[] = {
        {"protocol", required_argument, NULL, 'p'},
        {"mask7", no_argument, NULL, 'm'},
        {"checksum", required_argument, NULL, 'c'},
        {"unit", required_argument, NULL, 'u'},
        {"hex", no_argument, NULL, 'x'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    struct decoding decoding = {.hex_reader = {.line = 1, .column = 1, .high = -1}};
    struct port_config config = {.equal_frames = 1};
    const char *protocol = NULL;
    const char *checksum = NULL;
    opterr = 0;
    optind = 0;
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        switch (option) {
        case 'p':
            protocol = optarg;
            break;
        case 'm':
            config.options.mask7 = true;
            break;
        case 'c':
            checksum = optarg;
            break;
        case 'u':
            if (!set_unit(&config.options, optarg)) {
                return COMMAND_FAILED;
            }
            break;
        case 'x':
            decoding.hex = true;
            break;
        case 'h':
            fputs(help, stdout);
            return 0;
        default:
            fprintf(stderr,
                    "biaogan decode: \"%s\" is not known or lacks its value: "
                    "see biaogan decode --help\n",
                    argv[optind - 1]);
            return COMMAND_FAILED;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "biaogan decode: unexpected \"%s\": the bytes are read from stdin\n",
                argv[optind]);
        return COMMAND_FAILED;
    }
    if (!protocol) {
        return list_protocols("--protocol is missing", "");
    }
    config.driver = hw_driver_find(protocol);
    if (!config.driver) {
        return list_protocols("unknown protocol ", protocol);
    }
    if (checksum && strcmp(checksum, "on") != 0 && strcmp(checksum, "off") != 0) {
        fprintf(stderr, "biaogan decode: --checksum %s: say on or off\n", checksum);
        return COMMAND_FAILED;
    }
    config.options.checksum =
        checksum ? strcmp(checksum, "on") == 0 : config.driver->checksum_default;
    port_init(&decoding.port, &config);
    return decode_stdin(&decoding);
}
