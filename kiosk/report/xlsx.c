#include "kiosk/report/xlsx.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xlsxwriter.h>

enum { PATH_LENGTH_MAX = 512, COLUMN_WIDTH = 15 };

struct sheet {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *bold, *moment, *day, *tenths;
};

static lxw_datetime date_of(int64_t utc_ms)
{
    const civil_t civil = civil_from_utc(utc_ms);
    return (lxw_datetime){civil.year, civil.month,  civil.day,
                          civil.hour, civil.minute, (double)civil.second};
}

static lxw_error put_cell(const struct sheet *out, lxw_row_t row, lxw_col_t column,
                          const cell_t *cell)
{
    lxw_datetime date;
    switch (cell->type) {
    case CELL_UNKNOWN:
        break;
    case CELL_NUMBER:
        return worksheet_write_number(out->sheet, row, column, (double)cell->number, NULL);
    case CELL_TENTHS:
        return worksheet_write_number(out->sheet, row, column, (double)cell->number / 10,
                                      out->tenths);
    case CELL_DAY:
        date = date_of(cell->number * 24 * 3600 * 1000 - LOCAL_OFFSET_MS);
        return worksheet_write_datetime(out->sheet, row, column, &date, out->day);
    case CELL_TIME:
        date = date_of(cell->number);
        return worksheet_write_datetime(out->sheet, row, column, &date, out->moment);
    case CELL_WORD:
        return worksheet_write_string(out->sheet, row, column, cell->shown->bytes, NULL);
    case CELL_TEXT:
        return worksheet_write_string(out->sheet, row, column, cell->text, NULL);
    }
    return LXW_NO_ERROR;
}

static lxw_format *format_of(lxw_workbook *book, const char *numbers)
{
    lxw_format *format = workbook_add_format(book);
    format_set_num_format(format, numbers);
    return format;
}

static void put_header(struct sheet *out, const struct column *columns)
{
    lxw_col_t count = 0;
    for (; columns[count].name != NULL; count++) {
        worksheet_set_column(out->sheet, count, count, COLUMN_WIDTH, NULL);
        worksheet_write_string(out->sheet, 0, count, columns[count].name, out->bold);
    }
    worksheet_freeze_panes(out->sheet, 1, 0);
}

/* What put_row() works on. */
struct rows {
    const struct sheet *out;
    const struct column *columns;
    int64_t count;
    bool failed;
    char *error;
};

static bool put_row(void *context, const struct ledger_record *record)
{
    struct rows *rows = context;

    if (rows->count == XLSX_ROWS_MAX) {
        snprintf(rows->error, LEDGER_ERROR_MAX,
                 "a sheet holds %d rows and there are more; choose fewer days, or csv",
                 XLSX_ROWS_MAX);
        rows->failed = true;
        return false;
    }
    for (lxw_col_t column = 0; rows->columns[column].name != NULL; column++) {
        const cell_t cell = rows->columns[column].cell(record);
        if (put_cell(rows->out, (lxw_row_t)rows->count + 1, column, &cell) != LXW_NO_ERROR) {
            snprintf(rows->error, LEDGER_ERROR_MAX,
                     "record %lld cannot be a row of a workbook; take csv", (long long)record->seq);
            rows->failed = true;
            return false;
        }
    }
    rows->count++;
    return true;
}

static bool put_rows(struct sheet *out, struct record_cursor *cursor, const struct column *columns,
                     int64_t *count, char error[LEDGER_ERROR_MAX])
{
    struct rows rows = {.out = out, .columns = columns, .error = error};
    const int more = record_cursor_run(cursor, put_row, &rows, error);

    record_cursor_rest(cursor);
    *count = rows.count;
    return more == 0 && !rows.failed;
}

static bool fill(const char *path, struct record_cursor *cursor, const struct column *columns,
                 int64_t *rows, char error[LEDGER_ERROR_MAX])
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    struct sheet out = {.book = workbook_new_opt(path, &options)};
    if (out.book == NULL) {
        snprintf(error, LEDGER_ERROR_MAX, "out of memory; stop other programs");
        return false;
    }
    out.sheet = workbook_add_worksheet(out.book, NULL);
    out.bold = workbook_add_format(out.book);
    format_set_bold(out.bold);
    out.moment = format_of(out.book, "yyyy-mm-dd hh:mm:ss");
    out.day = format_of(out.book, "yyyy-mm-dd");
    out.tenths = format_of(out.book, "0.0");
    put_header(&out, columns);
    const bool filled = put_rows(&out, cursor, columns, rows, error);
    const lxw_error closed = workbook_close(out.book);
    if (filled && closed != LXW_NO_ERROR) {
        snprintf(error, LEDGER_ERROR_MAX,
                 "%.100s: %s; free space there, or name another place in "
                 "TMPDIR",
                 path, lxw_strerror(closed));
    }
    return filled && closed == LXW_NO_ERROR;
}

int xlsx_make(struct record_cursor *cursor, const struct column *columns, int64_t *rows,
              char error[LEDGER_ERROR_MAX])
{
    char path[PATH_LENGTH_MAX];
    const char *place = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/biaogan-XXXXXX", place != NULL && *place ? place : "/tmp");
    int file = mkostemp(path, O_CLOEXEC);
    if (file < 0) {
        snprintf(error, LEDGER_ERROR_MAX, "%.100s: %s; name another place in TMPDIR", path,
                 strerror(errno));
        return -1;
    }
    /* The library writes to the name; we read what it wrote through a descriptor of our own. */
    close(file);
    const bool done = fill(path, cursor, columns, rows, error);
    file = done ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (done && file < 0) {
        snprintf(error, LEDGER_ERROR_MAX, "%.100s: %s; name another place in TMPDIR", path,
                 strerror(errno));
    }
    unlink(path);
    return file;
}
