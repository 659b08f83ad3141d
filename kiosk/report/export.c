#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assets/strings/export.def"
#include "kiosk/report/columns.h"
#include "kiosk/report/export.h"
#include "kiosk/report/text.h"
#include "kiosk/report/xlsx.h"

struct export
{
    struct ledger *ledger;
    struct record_cursor *cursor;
    struct people people; /* for their departments; CSV has none */
    const struct column *columns;
    column_line *csv_line; /* or NULL */
    bool with_names;
    enum export_format format;
    int64_t rows;
    bool ended;
    int workbook;             /* XLSX: the finished file; -1 */
    struct text text;         /* where lines are written now */
    char line[TEXT_LINE_MAX]; /* one being handed out, where the reader has no room for it */
    size_t length, given;     /* of it; how much the reader has */
    char error[EXPORT_ERROR_MAX];
};

static const char *const format_texts[EXPORT_FORMAT_COUNT] = {
#define X(name, text, type) [name] = text,
    EXPORT_FORMATS(X)
#undef X
};
static const char *const media_types[EXPORT_FORMAT_COUNT] = {
#define X(name, text, type) [name] = type,
    EXPORT_FORMATS(X)
#undef X
};

/* ---- requests -------------------------------------------------------------------------------- */

static bool parse_number(const char *digits, int count, int *number)
{
    *number = 0;
    for (int i = 0; i < count; i++) {
        if (digits[i] < '0' || digits[i] > '9') {
            return false;
        }
        *number = *number * 10 + (digits[i] - '0');
    }
    return true;
}

bool export_parse_day(const char *text, int64_t *day)
{
    int year, month, of_month;

    if (strlen(text) != strlen("YYYY-MM-DD") || text[4] != '-' || text[7] != '-' ||
        !parse_number(text, 4, &year) || !parse_number(text + 5, 2, &month) ||
        !parse_number(text + 8, 2, &of_month) || month < 1 || month > 12) {
        return false;
    }
    int64_t midnight = utc_from_local_date(year, month, of_month);
    civil_t civil = civil_from_utc(midnight);
    *day = local_day(midnight);
    /* A day that the month does not have lands in another one. */
    return civil.month == month && civil.day == of_month && *day >= 0;
}

static bool parse_limit(const char *name, const char *text, bool *limited, int64_t *day,
                        char error[EXPORT_ERROR_MAX])
{
    *limited = text && *text;
    if (!*limited || export_parse_day(text, day)) {
        return true;
    }
    snprintf(error, EXPORT_ERROR_MAX, "%s: \"%.20s\" is no date; write it as 2026-11-23", name,
             text);
    return false;
}

bool export_parse(struct export_request *request, const char *what, const char *from,
                  const char *to, const char *format, char error[EXPORT_ERROR_MAX])
{
    memset(request, 0, sizeof *request);
    request->what = record_kind_find(what ? what : "");
    if (request->what == RECORD_KIND_COUNT) {
        snprintf(error, EXPORT_ERROR_MAX,
                 "what: \"%.20s\" cannot be exported; choose deposits, visits, collections, "
                 "inspections, alarms, changes, runs, uptime, balance or figures",
                 what ? what : "");
        return false;
    }
    while (request->format < EXPORT_FORMAT_COUNT &&
           strcmp(format_texts[request->format], format ? format : "") != 0) {
        request->format++;
    }
    if (request->format == EXPORT_FORMAT_COUNT) {
        snprintf(error, EXPORT_ERROR_MAX,
                 "format: \"%.20s\" is not known; choose csv, xlsx or jsonl", format ? format : "");
        return false;
    }
    if (!parse_limit("from", from, &request->days.has_from, &request->days.from, error) ||
        !parse_limit("to", to, &request->days.has_to, &request->days.to, error)) {
        return false;
    }
    if (request->days.has_from && request->days.has_to && request->days.from > request->days.to) {
        snprintf(error, EXPORT_ERROR_MAX, "from: %.20s is after to: %.20s; exchange them", from,
                 to);
        return false;
    }
    return true;
}

const char *export_media_type(enum export_format format)
{
    return media_types[format];
}

static void put_date(char *out, size_t size, int64_t day)
{
    civil_t civil = civil_from_day(day);

    snprintf(out, size, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}

void export_file_name(const struct export_request *request, char name[EXPORT_NAME_MAX],
                      char ascii[EXPORT_NAME_MAX])
{
    const day_range_t *days = &request->days;
    const char *suffix = format_texts[request->format];
    char from[40] = "", to[40] = "";

    if (days->has_from) {
        put_date(from, sizeof from, days->from);
    }
    if (days->has_to) {
        put_date(to, sizeof to, days->to);
    }
    if (!days->has_from && !days->has_to) {
        snprintf(name, EXPORT_NAME_MAX, "%s.%s", word_record(request->what), suffix);
        snprintf(ascii, EXPORT_NAME_MAX, "%s.%s", record_kind_text(request->what), suffix);
        return;
    }
    snprintf(name, EXPORT_NAME_MAX, "%s-%s" EXPORT_UNTIL "%s.%s", word_record(request->what), from,
             to, suffix);
    snprintf(ascii, EXPORT_NAME_MAX, "%s-%s_%s.%s", record_kind_text(request->what), from, to,
             suffix);
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void put_json_cell(struct text *line, const cell_t *cell)
{
    switch (cell->type) {
    case CELL_UNKNOWN:
        text_put(line, "null", 4);
        break;
    case CELL_NUMBER:
        text_put_integer(line, cell->number);
        break;
    case CELL_TENTHS:
        text_put_tenths(line, cell->number);
        break;
    case CELL_DAY:
        text_put_char(line, '"');
        text_put_day(line, cell->number);
        text_put_char(line, '"');
        break;
    case CELL_TIME:
        text_put_iso_time(line, cell->number);
        break;
    case CELL_WORD:
    case CELL_TEXT:
        text_put_json(line, cell->text);
        break;
    }
}

static void put_csv_line(const struct export *export, struct text *line,
                         const struct ledger_record *record)
{
    for (const struct column *column = export->columns; column->name; column++) {
        cell_t cell = column->cell(record);
        if (column != export->columns) {
            text_put_char(line, ',');
        }
        cell_put_csv(line, &cell);
    }
    text_put(line, "\r\n", 2);
}

static void put_json_line(const struct export *export, struct text *line,
                          const struct ledger_record *record)
{
    char before = '{';

    for (const struct column *column = export->columns; column->name; column++) {
        cell_t cell = column->cell(record);
        text_put_char(line, before);
        text_put_char(line, '"');
        text_put_string(line, column->name);
        text_put(line, "\":", 2);
        put_json_cell(line, &cell);
        before = ',';
    }
    if (export->with_names) {
        text_put_string(line, ",\"name\":");
        if (*record->name) {
            text_put_json(line, record->name);
        } else {
            text_put_string(line, "null");
        }
    }
    text_put(line, "}\n", 2);
}

static void put_csv_header(struct export *export)
{
    /* The byte-order mark is what makes spreadsheets read UTF-8. */
    text_put_string(&export->text, "\xEF\xBB\xBF");
    for (const struct column *column = export->columns; column->name; column++) {
        if (column != export->columns) {
            text_put_char(&export->text, ',');
        }
        text_put_csv(&export->text, column->name);
    }
    text_put(&export->text, "\r\n", 2);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void write_to(struct export *export, char *bytes, size_t size)
{
    export->text.at = bytes;
    export->text.end = bytes + size;
}

struct export *export_open(const char *directory, const struct export_request *request,
                           char error[EXPORT_ERROR_MAX])
{
    struct export *export = calloc(1, sizeof *export);

    if (!export) {
        snprintf(error, EXPORT_ERROR_MAX, "out of memory; stop other programs");
        return NULL;
    }
    export->format = request->format;
    export->with_names = request->with_names;
    export->columns =
        request->format == EXPORT_JSONL ? columns_json(request->what) : columns_csv(request->what);
    export->workbook = -1;
    if (ledger_open_reader(&export->ledger, directory, error) != LEDGER_OK ||
        record_cursor_open(&export->cursor, export->ledger, request->what, &request->days, error) !=
            LEDGER_OK) {
        export_close(export);
        return NULL;
    }
    if (request->format == EXPORT_JSONL) {
        if (!people_read(&export->people, directory, error)) {
            export_close(export);
            return NULL;
        }
        record_cursor_know(export->cursor, &export->people);
    }
    export->csv_line = columns_csv_line(request->what);
    if (export->format == EXPORT_CSV) {
        write_to(export, export->line, sizeof export->line);
        put_csv_header(export);
        export->length = (size_t)(export->text.at - export->line);
    } else if (export->format == EXPORT_XLSX) {
        export->workbook = xlsx_make(export->cursor, export->columns, &export->rows, error);
        if (export->workbook < 0) {
            export_close(export);
            return NULL;
        }
    }
    return export;
}

/* Goes on while there is room for another line. */
static bool put_record(void *context, const struct ledger_record *record)
{
    struct export *export = context;
    struct text *text = &export->text;

    export->rows++;
    if (export->format == EXPORT_JSONL) {
        put_json_line(export, text, record);
    } else if (export->csv_line) {
        export->csv_line(text, record);
    } else {
        put_csv_line(export, text, record);
    }
    return text_room(text) >= TEXT_LINE_MAX;
}

/* Writes lines to `bytes`, at least one where there is one; returns their length. */
static size_t put_lines(struct export *export, char *bytes, size_t size)
{
    write_to(export, bytes, size);
    export->ended = record_cursor_run(export->cursor, put_record, export, export->error) != 1;
    return (size_t)(export->text.at - bytes);
}

/* What is left of the line being handed out. */
static size_t take_line(struct export *export, char *bytes, size_t size)
{
    size_t left = export->length - export->given;
    size_t count = left < size ? left : size;

    memcpy(bytes, export->line + export->given, count);
    export->given += count;
    return count;
}

static ssize_t read_workbook(struct export *export, char *bytes, size_t size)
{
    ssize_t count = read(export->workbook, bytes, size);
    if (count < 0) {
        snprintf(export->error, sizeof export->error, "the workbook cannot be read back; try csv");
    }
    return count;
}

ssize_t export_read(struct export *export, char *bytes, size_t size)
{
    assert(size > 0);
    if (export->workbook >= 0) {
        return read_workbook(export, bytes, size);
    }
    size_t count = take_line(export, bytes, size);
    while (count < size && !export->ended) {
        if (size - count >= TEXT_LINE_MAX) {
            count += put_lines(export, bytes + count, size - count);
        } else if (count > 0) {
            break;
        } else {
            export->length = put_lines(export, export->line, sizeof export->line);
            export->given = 0;
            count = take_line(export, bytes, size);
        }
    }
    record_cursor_rest(export->cursor);
    return count == 0 && *export->error ? -1 : (ssize_t)count;
}

const char *export_error(const struct export *export)
{
    return export->error;
}

int64_t export_rows(const struct export *export)
{
    return export->rows;
}

void export_close(struct export *export)
{
    if (!export) {
        return;
    }
    if (export->workbook >= 0) {
        close(export->workbook);
    }
    record_cursor_close(export->cursor);
    people_free(&export->people);
    ledger_close(export->ledger);
    free(export);
}
