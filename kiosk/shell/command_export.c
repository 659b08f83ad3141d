#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "kiosk/report/export.h"
#include "kiosk/shell/commands.h"
#include "kiosk/shell/manifest.h"

enum { CHUNK = 256 * 1024, PATH_LENGTH_MAX = 4096 };

static const char usage[] =
    "usage: biaogan export --state DIR --what WHAT\n"
    "                      [--from YYYY-MM-DD] [--to YYYY-MM-DD] --format csv|xlsx|jsonl\n"
    "                      --out FILE [--with-names]\n"
    "\n"
    "Writes the records of the local days FROM to TO, both included; without them, all.\n"
    "  --state DIR   the directory that holds ledger.db\n"
    "  --what WHAT   deposits, visits, collections, inspections, alarms; changes: every change of\n"
    "                a bin's weight; runs: of the program; uptime: by day and part; balance: by\n"
    "                day and bin; figures: by day\n"
    "  --format csv  Chinese headers, for spreadsheets; xlsx: the same as a workbook; jsonl: one\n"
    "                JSON object a line\n"
    "  --out FILE    replaced only when the export is complete; - is standard output\n"
    "  --with-names  JSON lines also name the people whose cards were held, as far as the table "
    "of\n"
    "                people knows them; into a file, and only where the ledger can say so\n"
    "The ledger keeps that it was exported, and FILE.manifest.json what proves it: the SHA-256 of\n"
    "the file and the newest signed checkpoint, for `biaogan verify --anchor`.\n";

struct options {
    const char *state, *what, *from, *to, *format, *out;
    bool with_names;
};

static bool parse_options(struct options *options, int argc, char **argv)
{
    static const struct option long_options[] = {
        {"state", required_argument, NULL, 's'},  {"what", required_argument, NULL, 'w'},
        {"from", required_argument, NULL, 'f'},   {"to", required_argument, NULL, 't'},
        {"format", required_argument, NULL, 'm'}, {"out", required_argument, NULL, 'o'},
        {"with-names", no_argument, NULL, 'n'},   {NULL, 0, NULL, 0},
    };
    int option;

    optind = 1;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        switch (option) {
        case 's':
            options->state = optarg;
            break;
        case 'w':
            options->what = optarg;
            break;
        case 'f':
            options->from = optarg;
            break;
        case 't':
            options->to = optarg;
            break;
        case 'm':
            options->format = optarg;
            break;
        case 'o':
            options->out = optarg;
            break;
        case 'n':
            options->with_names = true;
            break;
        default:
            return false;
        }
    }
    return optind == argc && options->state && options->what && options->format && options->out;
}

static bool write_all(int file, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(file, bytes, count);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        bytes += written;
        count -= (size_t)written;
    }
    return true;
}

/* Copies the whole export; says what went wrong itself. A stream has no manifest and is not hashed:
 * that would cost more than all the rest. */
static bool copy(struct export *export, int file, const char *name, struct event_export *said)
{
    const bool is_stream = file == STDOUT_FILENO;
    crypto_hash_sha256_state hashing;
    uint8_t hash[crypto_hash_sha256_BYTES];
    char chunk[CHUNK];
    ssize_t count;

    crypto_hash_sha256_init(&hashing);
    while ((count = export_read(export, chunk, sizeof chunk)) > 0) {
        if (!is_stream) {
            crypto_hash_sha256_update(&hashing, (const uint8_t *)chunk, (size_t)count);
        }
        if (!write_all(file, chunk, (size_t)count)) {
            fprintf(stderr,
                    "biaogan export: %s: cannot write (%s); free space or choose another "
                    "place with --out\n",
                    name, strerror(errno));
            return false;
        }
    }
    if (count < 0) {
        fprintf(stderr, "biaogan export: %s\n", export_error(export));
    }
    if (!is_stream) {
        crypto_hash_sha256_final(&hashing, hash);
        sodium_bin2hex(said->sha256, sizeof said->sha256, hash, sizeof hash);
    }
    said->rows = export_rows(export);
    return count == 0;
}

/* What the ledger will say of it. The last row is read before the export begins, so that the export
 * has it in any case. */
static bool describe(struct event_export *said, const struct options *options)
{
    struct ledger *ledger = NULL;
    char error[LEDGER_ERROR_MAX];

    memset(said, 0, sizeof *said);
    snprintf(said->what, sizeof said->what, "%s", options->what);
    snprintf(said->format, sizeof said->format, "%s%s", options->format,
             options->with_names ? " with names" : "");
    snprintf(said->from, sizeof said->from, "%s", options->from ? options->from : "");
    snprintf(said->to, sizeof said->to, "%s", options->to ? options->to : "");
    snprintf(said->who, sizeof said->who, "command line");
    if (sodium_init() < 0 || ledger_open_reader(&ledger, options->state, error) != LEDGER_OK) {
        fprintf(stderr, "biaogan export: %s\n", error);
        return false;
    }
    said->last_seq = ledger_last_seq(ledger);
    ledger_close(ledger);
    return true;
}

/* A power cut leaves the old file or the new one, never half of one: the bytes go to a name beside
 * it, are synced, and take its place. */
static bool copy_to_file(struct export *export, const char *name, struct event_export *said)
{
    char temporary[PATH_LENGTH_MAX], directory[PATH_LENGTH_MAX];
    const char *slash = strrchr(name, '/');

    int length = snprintf(temporary, sizeof temporary, "%s.part", name);
    if (length >= (int)sizeof temporary) {
        fprintf(stderr, "biaogan export: --out is too long; choose a shorter name\n");
        return false;
    }
    snprintf(directory, sizeof directory, "%.*s", slash ? (int)(slash - name + 1) : 1,
             slash ? name : ".");
    int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) {
        fprintf(stderr, "biaogan export: %s: cannot make it (%s); check --out\n", temporary,
                strerror(errno));
        return false;
    }
    bool copied = copy(export, file, temporary, said);
    bool synced = fsync(file) == 0;
    bool closed = close(file) == 0;
    if (!copied || !synced || !closed || rename(temporary, name) != 0) {
        if (copied) {
            fprintf(stderr, "biaogan export: %s: cannot finish it (%s); check the medium\n", name,
                    strerror(errno));
        }
        unlink(temporary);
        return false;
    }
    int parent = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent >= 0) {
        (void)fsync(parent);
        close(parent);
    }
    return true;
}

int command_export(int argc, char **argv)
{
    char error[EXPORT_ERROR_MAX];
    struct export_request request;
    struct options options = {0};

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return COMMAND_DONE;
    }
    if (!parse_options(&options, argc, argv)) {
        fputs(usage, stderr);
        return COMMAND_FAILED;
    }
    if (!export_parse(&request, options.what, options.from, options.to, options.format, error)) {
        fprintf(stderr, "biaogan export: --%s\n", error);
        return COMMAND_FAILED;
    }
    const bool is_stream = strcmp(options.out, "-") == 0;
    request.with_names = options.with_names;
    if (request.with_names && (is_stream || request.format != EXPORT_JSONL)) {
        fprintf(stderr, "biaogan export: --with-names: names go into JSON lines in a file; choose "
                        "--format jsonl and --out FILE\n");
        return COMMAND_FAILED;
    }
    struct event_export said;
    if (!describe(&said, &options)) {
        return COMMAND_FAILED;
    }
    struct export *export = export_open(options.state, &request, error);
    if (!export) {
        fprintf(stderr, "biaogan export: %s\n", error);
        return COMMAND_FAILED;
    }
    bool done = is_stream ? copy(export, STDOUT_FILENO, "standard output", &said)
                          : copy_to_file(export, options.out, &said);
    export_close(export);
    if (done) {
        fprintf(stderr, "%" PRId64 " rows\n", said.rows);
        /* A ledger that nobody may write can still be read out, but nobody's name. */
        if (!manifest_record(options.state, &said) && options.with_names) {
            (void)unlink(options.out);
            done = false;
        }
        done = done && (is_stream || manifest_write(options.state, options.out, &said));
    }
    return done ? COMMAND_DONE : COMMAND_FAILED;
}
