/* A download of the ledger, pulled as bytes: the command line, the web page and whoever else needs
 * one read the same bytes from here.
 *
 * Memory does not grow with the number of rows, and no read transaction outlives a call, so a slow
 * reader does not disturb the writer. An export is a snapshot: rows written after export_open() are
 * not in it. One thread a handle; created by export_open(), freed by export_close().
 */
#ifndef KIOSK_REPORT_EXPORT_H
#define KIOSK_REPORT_EXPORT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "kiosk/store/query.h"

/* X(NAME, "word", "media type") */
#define EXPORT_FORMATS(X)                                                                          \
    X(EXPORT_CSV, "csv", "text/csv; charset=utf-8")                                                \
    X(EXPORT_JSONL, "jsonl", "application/x-ndjson")                                               \
    X(EXPORT_XLSX, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")

enum export_format {
#define X(name, text, type) name,
    EXPORT_FORMATS(X)
#undef X
        EXPORT_FORMAT_COUNT
};

enum { EXPORT_ERROR_MAX = LEDGER_ERROR_MAX, EXPORT_NAME_MAX = 160 };

struct export_request {
    enum record_kind what;
    enum export_format format;
    day_range_t days;
    bool with_names; /* JSON lines of deposits and visits: the name of the person, where known.
                        Whoever asks for it sees to it that the ledger says so. */
};

/* Reads the four words of a request; NULL or "" for `from` and `to` is no limit. False: `error`
 * names the wrong word and the right ones. */
bool export_parse(struct export_request *request, const char *what, const char *from,
                  const char *to, const char *format, char error[EXPORT_ERROR_MAX]);

/* Reads a date YYYY-MM-DD as its local_day(). False where it is none. */
bool export_parse_day(const char *text, int64_t *day);

struct export;

/* NULL on failure; `error` says why and what to do. */
struct export *export_open(const char *directory, const struct export_request *request,
                           char error[EXPORT_ERROR_MAX]);

/* The next bytes, at most `size` (> 0). 0: the end; -1: failure, see export_error(). */
ssize_t export_read(struct export *export, char *bytes, size_t size);

const char *export_error(const struct export *export); /* "" where there is none */
int64_t export_rows(const struct export *export);      /* records read so far */
void export_close(struct export *export);              /* NULL is allowed */

const char *export_media_type(enum export_format format);

/* The file's name, UTF-8: 投放记录-2026-11-01至2026-11-30.csv; and the same for those who read only
 * ASCII: deposits-2026-11-01-2026-11-30.csv. */
void export_file_name(const struct export_request *request, char name[EXPORT_NAME_MAX],
                      char ascii[EXPORT_NAME_MAX]);

#endif
