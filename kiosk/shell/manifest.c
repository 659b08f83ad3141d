#include "kiosk/shell/manifest.h"

#include "kiosk/shell/noted.h"
#include "kiosk/store/ledger.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4200 };

bool manifest_record(const char *directory, const struct event_export *export)
{
    const struct kiosk_event event = {.kind = EVENT_EXPORT, .body.export = *export};
    return noted_record(directory, &event, "export");
}

/* As JSON wants it: names of files may hold anything. */
static void put_text(FILE *out, const char *name, const char *text)
{
    fprintf(out, "  \"%s\": \"", name);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            fprintf(out, "\\%c", *text);
        } else if ((unsigned char)*text < ' ') {
            fprintf(out, "\\u%04x", (unsigned)*text);
        } else {
            putc(*text, out);
        }
    }
    fputs("\",\n", out);
}

static bool read_statement(const char *directory, struct ledger_statement *statement)
{
    struct ledger *ledger = NULL;
    char error[LEDGER_ERROR_MAX];
    memset(statement, 0, sizeof *statement);
    bool read = ledger_open_reader(&ledger, directory, error) == LEDGER_OK &&
                ledger_statement(ledger, statement, error) == LEDGER_OK;
    ledger_close(ledger);
    if (!read) {
        fprintf(stderr, "biaogan export: %s\n", error);
    }
    return read;
}

bool manifest_write(const char *directory, const char *file, const struct event_export *export)
{
    struct ledger_statement statement;
    char path[PATH_SIZE], fresh[PATH_SIZE];
    const char *slash = strrchr(file, '/');
    if (!read_statement(directory, &statement)) {
        return false;
    }
    snprintf(path, sizeof path, "%s.manifest.json", file);
    snprintf(fresh, sizeof fresh, "%s.manifest.json.part", file);
    FILE *out = fopen(fresh, "we");
    if (out == NULL) {
        fprintf(stderr, "biaogan export: %s: cannot make it (%s)\n", fresh, strerror(errno));
        return false;
    }
    fputs("{\n", out);
    put_text(out, "file", slash != NULL ? slash + 1 : file);
    put_text(out, "sha256", export->sha256);
    put_text(out, "what", export->what);
    put_text(out, "from", export->from);
    put_text(out, "to", export->to);
    put_text(out, "format", export->format);
    fprintf(out, "  \"rows\": %" PRId64 ",\n  \"last_seq\": %" PRId64 ",\n", export->rows,
            export->last_seq);
    put_text(out, "key", statement.fingerprint);
    fprintf(out, "  \"checkpoint\": \"%s\"\n}\n", statement.text);
    bool written = fflush(out) == 0 && fsync(fileno(out)) == 0;
    written = fclose(out) == 0 && written && rename(fresh, path) == 0;
    if (!written) {
        fprintf(stderr, "biaogan export: %s: cannot write it (%s)\n", path, strerror(errno));
        unlink(fresh);
    }
    return written;
}
